// SPDX-License-Identifier: GPL-2.0
/*
 * Per-CPU counters: allocation, summing up, zeroing. A leaf, no lock.
 */
#include <linux/percpu.h>
#include "stats.h"

const char *const l7_ctr_names[L7_C_MAX] = {
#define L7_CTR(id, name, text) [L7_C_##id] = name,
#include "counters.def"
#undef L7_CTR
};

const char *const l7_rule_ctr_names[L7_RC_MAX] = {
#define L7_RULE_CTR(id, name, text) [L7_RC_##id] = name,
#include "rule_counters.def"
#undef L7_RULE_CTR
};

struct l7_stats __percpu *l7_stats_alloc(void)
{
	return alloc_percpu(struct l7_stats);
}

void l7_stats_sum(const struct l7_stats __percpu *s, u64 *out)
{
	int cpu, i;

	memset(out, 0, sizeof(*out) * L7_C_MAX);
	for_each_possible_cpu(cpu)
		for (i = 0; i < L7_C_MAX; i++)
			out[i] += per_cpu_ptr(s, cpu)->v[i];
}

void l7_stats_zero(struct l7_stats __percpu *s)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(s, cpu), 0, sizeof(struct l7_stats));
}

void l7_rule_stats_sum(const struct l7_rule_stats __percpu *s, u64 *out)
{
	int cpu, i;

	memset(out, 0, sizeof(struct l7_rule_stats));
	for_each_possible_cpu(cpu)
		for (i = 0; i < L7_RULE_STATS * L7_RC_MAX; i++)
			out[i] += per_cpu_ptr(s, cpu)->v[i / L7_RC_MAX][i % L7_RC_MAX];
}

void l7_rule_stats_zero(struct l7_rule_stats __percpu *s)
{
	int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(s, cpu), 0, sizeof(struct l7_rule_stats));
}
