/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters with reasons, per service and per namespace, per CPU. The list is
 * counters.def, that of the counters of a key rule rule_counters.def. A leaf: any
 * file may count.
 */
#ifndef L7_STATS_H
#define L7_STATS_H

#include <linux/percpu.h>
#include <linux/types.h>

enum l7_ctr {
#define L7_CTR(id, name, text) L7_C_##id,
#include "counters.def"
#undef L7_CTR
	L7_C_MAX,
};

/** struct l7_stats - one CPU's counters; 64-bit values are read word-wise, so
 * that a 32-bit reader may see a torn value: statistics only
 */
struct l7_stats {
	u64 v[L7_C_MAX];
};

extern const char *const l7_ctr_names[L7_C_MAX];

#define l7_stat_add(pcpu, ctr, n)	this_cpu_add((pcpu)->v[ctr], n)
#define l7_stat_inc(pcpu, ctr)		this_cpu_inc((pcpu)->v[ctr])

enum l7_rule_ctr {
#define L7_RULE_CTR(id, name, text) L7_RC_##id,
#include "rule_counters.def"
#undef L7_RULE_CTR
	L7_RC_MAX,
};

#define L7_RULE_STATS	8	/* rules of a service, at most */

/** struct l7_rule_stats - one CPU's counters of the rules of a service */
struct l7_rule_stats {
	u64 v[L7_RULE_STATS][L7_RC_MAX];
};

extern const char *const l7_rule_ctr_names[L7_RC_MAX];

#define l7_rule_stat_inc(pcpu, i, ctr)	this_cpu_inc((pcpu)->v[i][ctr])

/** l7_rule_stats_sum() - add up all CPUs; out has L7_RULE_STATS * L7_RC_MAX
 * members
 */
void l7_rule_stats_sum(const struct l7_rule_stats __percpu *s, u64 *out);
void l7_rule_stats_zero(struct l7_rule_stats __percpu *s);

struct l7_stats __percpu *l7_stats_alloc(void);
/** l7_stats_sum() - add up all CPUs; out has L7_C_MAX members */
void l7_stats_sum(const struct l7_stats __percpu *s, u64 *out);
void l7_stats_zero(struct l7_stats __percpu *s);

#endif /* L7_STATS_H */
