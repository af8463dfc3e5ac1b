/* SPDX-License-Identifier: GPL-2.0 */
/* Names of attributes, for the sentence about one that the kernel refused. */
#ifndef IPVSL7ADM_FIELDS_H
#define IPVSL7ADM_FIELDS_H

#include <linux/netlink.h>

/** fields_at() - name of the attribute at an offset of a request
 * @offset: from the netlink header on
 * Return: NULL if there is none.
 */
const char *fields_at(const struct nlmsghdr *req, unsigned int offset);

/** fields_name() - name of an attribute of a command's outermost set */
const char *fields_name(const struct nlmsghdr *req, unsigned int type);

#endif /* IPVSL7ADM_FIELDS_H */
