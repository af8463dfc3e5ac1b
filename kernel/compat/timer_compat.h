/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timer names of newer kernels. The old macro is the guard: it went away when
 * the new one came (6.16).
 */
#ifndef L7_TIMER_COMPAT_H
#define L7_TIMER_COMPAT_H

#include <linux/timer.h>

#if !defined(timer_container_of) && defined(from_timer)
#define timer_container_of(var, timer, field) from_timer(var, timer, field)
#endif

#endif /* L7_TIMER_COMPAT_H */
