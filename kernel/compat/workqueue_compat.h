/* SPDX-License-Identifier: GPL-2.0 */
/* Names of the system's workqueues as of 6.17, which warns of the old ones. */
#ifndef L7_WORKQUEUE_COMPAT_H
#define L7_WORKQUEUE_COMPAT_H

#include <linux/workqueue.h>

#ifndef L7_HAVE_SYSTEM_DFL_WQ
#define system_dfl_wq system_unbound_wq
#endif

#endif /* L7_WORKQUEUE_COMPAT_H */
