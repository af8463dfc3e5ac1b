/* SPDX-License-Identifier: GPL-2.0 */
/* Generic netlink as of 6.6, for older kernels. */
#ifndef L7_GENL_COMPAT_H
#define L7_GENL_COMPAT_H

#include <linux/version.h>
#include <net/genetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
/* A dump has a record of its own, with attrs where struct genl_info has them. */
static inline const struct genl_dumpit_info *
genl_info_dump(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb);
}
#endif

#endif /* L7_GENL_COMPAT_H */
