/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IPVS structures that differ between kernels. Which form a kernel has is told
 * by the header probes of compat/Kbuild.probe (L7_HAVE_*), because stable
 * releases change inside one version.
 */
#ifndef L7_IPVS_COMPAT_H
#define L7_IPVS_COMPAT_H

#include <net/ip_vs.h>

static inline bool l7_ipvs_dest_available(const struct ip_vs_dest *d)
{
#ifdef L7_HAVE_IP_VS_DEST_CFLAGS
	return d->cflags & IP_VS_DEST_CF_AVAILABLE;
#else
	return d->flags & IP_VS_DEST_F_AVAILABLE;
#endif
}

/* Is there a table for connections? There was one for the whole machine; there is one in
 * each namespace, from its first service on. Under RCU it stays.
 */
static inline bool l7_ipvs_has_conn_tab(const struct netns_ipvs *ipvs)
{
#ifdef L7_HAVE_IP_VS_CONN_TAB
	return rcu_access_pointer(ipvs->conn_tab);
#else
	return true;
#endif
}

/* One of the destination's inactive connections became active. */
static inline void l7_ipvs_dest_activate(struct ip_vs_dest *d)
{
	atomic_inc(&d->activeconns);
#ifndef L7_HAVE_IP_VS_DEST_TOTALCONNS
	atomic_dec(&d->inactconns);
#endif
}

static inline void l7_ipvs_count(struct ip_vs_cpu_stats *s)
{
	u64_stats_update_begin(&s->syncp);
	u64_stats_inc(&s->cnt.conns);
	u64_stats_update_end(&s->syncp);
}

/* As ip_vs_conn_stats() in ip_vs_core.c, which is not exported. */
static inline void l7_ipvs_count_conn(struct ip_vs_conn *cp,
				      struct ip_vs_service *svc)
{
	local_bh_disable();
	l7_ipvs_count(this_cpu_ptr(cp->dest->stats.cpustats));
	l7_ipvs_count(this_cpu_ptr(svc->stats.cpustats));
#ifdef L7_HAVE_IP_VS_TOT_STATS_PTR
	l7_ipvs_count(this_cpu_ptr(svc->ipvs->tot_stats->s.cpustats));
#else
	l7_ipvs_count(this_cpu_ptr(svc->ipvs->tot_stats.cpustats));
#endif
	local_bh_enable();
}

/* As ip_vs_unbind_app() in ip_vs_app.c, which is not exported. */
static inline void l7_ipvs_unbind_app(struct ip_vs_conn *cp)
{
	struct ip_vs_app *inc = READ_ONCE(cp->app);

	if (!inc || cmpxchg(&cp->app, inc, NULL) != inc)
		return;
	if (inc->done_conn)
		inc->done_conn(inc, cp);
	atomic_dec(&inc->usecnt);
	module_put(inc->app->module);
}

#endif /* L7_IPVS_COMPAT_H */
