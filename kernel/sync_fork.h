/* SPDX-License-Identifier: GPL-2.0 */
/* Mirroring of a machine that was restored from a snapshot, or copied. See sync_fork.c. */
#ifndef L7_SYNC_FORK_H
#define L7_SYNC_FORK_H

#include <linux/types.h>

struct l7_sync_run;
struct l7_seen;

/** l7_fork_module_init() - be told by the hypervisor; 0, or a negative errno */
int l7_fork_module_init(void);
void l7_fork_module_exit(void);

/** l7_fork_begin() - a run begins, before it sends anything */
void l7_fork_begin(struct l7_sync_run *run);
/** l7_fork_is_copy() - may somebody else have gone on from here? Then it is to say nothing */
bool l7_fork_is_copy(const struct l7_sync_run *run);
/** l7_fork_compare() - what a peer says that it has of ours */
void l7_fork_compare(struct l7_sync_run *run, const struct l7_seen *s);
/** l7_fork_tick() - begin anew, if need be; every L7_SYNC_HELLO_MS */
void l7_fork_tick(struct l7_sync_run *run);

#endif /* L7_SYNC_FORK_H */
