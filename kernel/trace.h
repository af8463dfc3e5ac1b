/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the module, system ip_vs_l7, and thin wrappers that keep
 * their cost away from the caller while they are off.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ip_vs_l7

#if !defined(L7_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define L7_TRACE_H

#include <linux/tracepoint.h>
#include "flow.h"
#include "pure/record.h"
#include "stats.h"

#ifndef L7_TRACE_TYPES
#define L7_TRACE_TYPES
enum l7_trace_binding {
	L7_TRACE_LEARNED,
	L7_TRACE_HIT,
	L7_TRACE_EXPIRED,
	L7_TRACE_DELETED,
};
#endif

TRACE_EVENT(l7_flow_state,
	TP_PROTO(const struct l7_flow *f, u8 state),
	TP_ARGS(f, state),
	TP_STRUCT__entry(
		__field(u8, af)
		__field(u8, from)
		__field(u8, to)
		__field(u16, cport)
		__field(u16, vport)
		__array(u8, client, 16)
		__array(u8, vip, 16)
	),
	TP_fast_assign(
		__entry->af = f->af;
		__entry->from = f->state;
		__entry->to = state;
		__entry->cport = ntohs(f->cport);
		__entry->vport = ntohs(f->vport);
		memcpy(__entry->client, &f->client, 16);
		memcpy(__entry->vip, &f->vip, 16);
	),
	TP_printk("af=%u client=%s port=%u vip=%s port=%u %s -> %s",
		  __entry->af,
		  __print_hex_str(__entry->client, __entry->af == 2 ? 4 : 16),
		  __entry->cport,
		  __print_hex_str(__entry->vip, __entry->af == 2 ? 4 : 16),
		  __entry->vport,
		  __print_symbolic(__entry->from,
				   { 0, "pending" }, { 1, "connecting" },
				   { 2, "spliced" }, { 3, "standby" },
				   { 4, "closing" }, { 5, "closed" }),
		  __print_symbolic(__entry->to,
				   { 0, "pending" }, { 1, "connecting" },
				   { 2, "spliced" }, { 3, "standby" },
				   { 4, "closing" }, { 5, "closed" }))
);

TRACE_EVENT(l7_fallback,
	TP_PROTO(const struct l7_flow *f, const char *why),
	TP_ARGS(f, why),
	TP_STRUCT__entry(
		__field(u8, af)
		__field(u16, cport)
		__field(u16, vport)
		__array(u8, client, 16)
		__array(u8, vip, 16)
		__array(char, why, 32)
	),
	TP_fast_assign(
		__entry->af = f->af;
		__entry->cport = ntohs(f->cport);
		__entry->vport = ntohs(f->vport);
		memcpy(__entry->client, &f->client, 16);
		memcpy(__entry->vip, &f->vip, 16);
		strscpy(__entry->why, why, 32);
	),
	TP_printk("af=%u client=%s port=%u vip=%s port=%u reason=%s",
		  __entry->af,
		  __print_hex_str(__entry->client, __entry->af == 2 ? 4 : 16),
		  __entry->cport,
		  __print_hex_str(__entry->vip, __entry->af == 2 ? 4 : 16),
		  __entry->vport, __entry->why)
);

TRACE_EVENT(l7_binding,
	TP_PROTO(const u8 *hash, const struct l7_endpoint *svc,
		 const struct l7_endpoint *server, u8 what),
	TP_ARGS(hash, svc, server, what),
	TP_STRUCT__entry(
		__field(u8, what)
		__field(u8, af)
		__field(u16, vport)
		__field(u16, sport)
		__array(u8, hash, 16)
		__array(u8, vip, 16)
		__array(u8, server, 16)
	),
	TP_fast_assign(
		__entry->what = what;
		__entry->af = svc ? svc->af : 0;
		__entry->vport = svc ? ntohs(svc->port) : 0;
		__entry->sport = server ? ntohs(server->port) : 0;
		memcpy(__entry->hash, hash, 16);
		memset(__entry->vip, 0, 16);
		memset(__entry->server, 0, 16);
		if (svc)
			memcpy(__entry->vip, &svc->addr, 16);
		if (server)
			memcpy(__entry->server, &server->addr, 16);
	),
	TP_printk("%s hash=%s af=%u vip=%s port=%u server=%s port=%u",
		  __print_symbolic(__entry->what,
				   { 0, "learned" }, { 1, "hit" },
				   { 2, "expired" }, { 3, "deleted" }),
		  __print_hex_str(__entry->hash, 16), __entry->af,
		  __print_hex_str(__entry->vip, __entry->af == 2 ? 4 : 16),
		  __entry->vport,
		  __print_hex_str(__entry->server, __entry->af == 2 ? 4 : 16),
		  __entry->sport)
);

TRACE_EVENT(l7_sync_apply,
	TP_PROTO(const struct l7_record *rec, int outcome),
	TP_ARGS(rec, outcome),
	TP_STRUCT__entry(
		__field(u8, kind)
		__field(u8, origin)
		__field(bool, removed)
		__field(u32, gen)
		__field(int, outcome)
	),
	TP_fast_assign(
		__entry->kind = rec->kind;
		__entry->origin = rec->origin;
		__entry->removed = rec->removed;
		__entry->gen = rec->gen;
		__entry->outcome = outcome;
	),
	TP_printk("%s%s origin=%u gen=%u %s",
		  __print_symbolic(__entry->kind, { 1, "binding" },
				   { 2, "flow" }),
		  __entry->removed ? " removed" : "", __entry->origin,
		  __entry->gen,
		  __print_symbolic(__entry->outcome, { 0, "applied" },
				   { 1, "old" }, { 2, "conflict" },
				   { 3, "unresolved" }, { 4, "refused" }))
);

#ifndef L7_TRACE_WRAPPERS
#define L7_TRACE_WRAPPERS
static inline void l7_flow_trace_state(const struct l7_flow *f, u8 state)
{
	trace_l7_flow_state(f, state);
}

static inline void l7_trace_flow_fallback(const struct l7_flow *f,
					  enum l7_ctr why)
{
	trace_l7_fallback(f, l7_ctr_names[why]);
}

static inline void l7_trace_binding(const u8 *hash,
				    const struct l7_endpoint *svc,
				    const struct l7_endpoint *server,
				    enum l7_trace_binding what)
{
	trace_l7_binding(hash, svc, server, what);
}

static inline void l7_trace_sync_apply(const struct l7_record *rec,
				       int outcome)
{
	trace_l7_sync_apply(rec, outcome);
}
#endif

#endif /* L7_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
