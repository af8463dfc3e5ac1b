/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Talks generic netlink with the module: one request at a time, its answers to
 * a callback, refusals as a sentence.
 */
#ifndef IPVSL7ADM_CTL_H
#define IPVSL7ADM_CTL_H

#include <netlink/netlink.h>
#include <netlink/msg.h>
#include <netlink/attr.h>
#include "error.h"

/** ctl_open() - connect; loads the module where it is installed
 * Return: 0, or -1 with a sentence.
 */
int ctl_open(struct error *e);
void ctl_close(void);

/** ctl_msg() - a request to which attributes can be added
 * @flags: NLM_F_DUMP, or 0
 * Never fails: without memory the program ends.
 */
struct nl_msg *ctl_msg(uint8_t cmd, int flags);

/** ctl_send() - send a request, wait for the end of its answers; frees @msg
 * @fn: called for each answer with its attributes; NULL if none is expected.
 *	Of a dump when all are there; it is asked for again when the table was
 *	resized meanwhile, and with the last try a warning goes to stderr.
 * Return: 0, or a negative errno with a sentence.
 */
int ctl_send(struct nl_msg *msg, void (*fn)(struct nlattr *attrs, int len,
					    void *arg),
	     void *arg, struct error *e);

/** ctl_listen() - what the module tells of itself, for ever
 * @group: multicast group of the family
 * @start: called when nothing that happens from now on is missed, and again when
 *	something was missed; it may send requests, and ends all with other than 0
 * @fn: called for each notification; likewise
 * Return: what these returned, or -1 with a sentence.
 */
int ctl_listen(const char *group, int (*start)(void *arg, struct error *e),
	       int (*fn)(uint8_t cmd, struct nlattr *attrs, int len, void *arg,
			 struct error *e),
	       void *arg, struct error *e);

#endif /* IPVSL7ADM_CTL_H */
