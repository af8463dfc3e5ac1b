/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, system ip_vs_l7. Addresses are stored as struct sockaddr, so
 * that the kernel and user space tools print them as they should be.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ip_vs_l7

#if !defined(L7_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define L7_TRACE_H

#include <linux/in6.h>
#include <linux/tracepoint.h>
#include "event.h"
#include "flow.h"
#include "stats.h"

#ifndef L7_TRACE_TYPES
#define L7_TRACE_TYPES

enum l7_trace_binding {
	L7_TRACE_LEARNED,
	L7_TRACE_HIT,
	L7_TRACE_EXPIRED,
	L7_TRACE_DELETED,
};

/* @out: sizeof(struct sockaddr_in6) bytes */
static inline void l7_trace_addr(u8 *out, u8 af, const union nf_inet_addr *a,
				 __be16 port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = port };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = port };

	if (af == AF_INET6) {
		v6.sin6_addr = a->in6;
		memcpy(out, &v6, sizeof(v6));
		return;
	}
	memset(out, 0, sizeof(v6));
	v4.sin_addr = a->in;
	memcpy(out, &v4, sizeof(v4));
}

#endif /* L7_TRACE_TYPES */

/* What print formats name must be known to user space by number. */
TRACE_DEFINE_ENUM(L7_FLOW_PENDING);
TRACE_DEFINE_ENUM(L7_FLOW_CONNECTING);
TRACE_DEFINE_ENUM(L7_FLOW_SPLICED);
TRACE_DEFINE_ENUM(L7_FLOW_STANDBY);
TRACE_DEFINE_ENUM(L7_FLOW_CLOSING);
TRACE_DEFINE_ENUM(L7_FLOW_CLOSED);
TRACE_DEFINE_ENUM(L7_TRACE_LEARNED);
TRACE_DEFINE_ENUM(L7_TRACE_HIT);
TRACE_DEFINE_ENUM(L7_TRACE_EXPIRED);
TRACE_DEFINE_ENUM(L7_TRACE_DELETED);
TRACE_DEFINE_ENUM(L7_REC_BINDING);
TRACE_DEFINE_ENUM(L7_REC_FLOW);
TRACE_DEFINE_ENUM(L7_APPLY_OK);
TRACE_DEFINE_ENUM(L7_APPLY_OLD);
TRACE_DEFINE_ENUM(L7_APPLY_CONFLICT);
TRACE_DEFINE_ENUM(L7_APPLY_UNRESOLVED);
TRACE_DEFINE_ENUM(L7_APPLY_FULL);

#define l7_show_flow_state(state)				\
	__print_symbolic(state,					\
			 { L7_FLOW_PENDING, "pending" },	\
			 { L7_FLOW_CONNECTING, "connecting" },	\
			 { L7_FLOW_SPLICED, "spliced" },	\
			 { L7_FLOW_STANDBY, "standby" },	\
			 { L7_FLOW_CLOSING, "closing" },	\
			 { L7_FLOW_CLOSED, "closed" })

#define l7_show_binding(what)					\
	__print_symbolic(what,					\
			 { L7_TRACE_LEARNED, "learned" },	\
			 { L7_TRACE_HIT, "hit" },		\
			 { L7_TRACE_EXPIRED, "expired" },	\
			 { L7_TRACE_DELETED, "deleted" })

#define l7_show_kind(kind)					\
	__print_symbolic(kind,					\
			 { L7_REC_BINDING, "binding" },		\
			 { L7_REC_FLOW, "flow" })

#define l7_show_apply(outcome)					\
	__print_symbolic(outcome,				\
			 { L7_APPLY_OK, "applied" },		\
			 { L7_APPLY_OLD, "old" },		\
			 { L7_APPLY_CONFLICT, "conflict" },	\
			 { L7_APPLY_UNRESOLVED, "unresolved" },	\
			 { L7_APPLY_FULL, "refused" })

/* A flow changes from its present state to @state. */
TRACE_EVENT(l7_flow_state,
	TP_PROTO(const struct l7_flow *f, u8 state),
	TP_ARGS(f, state),
	TP_STRUCT__entry(
		__array(u8, client, sizeof(struct sockaddr_in6))
		__array(u8, vip, sizeof(struct sockaddr_in6))
		__field(u8, from)
		__field(u8, to)
	),
	TP_fast_assign(
		l7_trace_addr(__entry->client, f->af, &f->client, f->cport);
		l7_trace_addr(__entry->vip, f->af, &f->vip, f->vport);
		__entry->from = f->state;
		__entry->to = state;
	),
	TP_printk("client=%pISpc vip=%pISpc %s -> %s",
		  __entry->client, __entry->vip,
		  l7_show_flow_state(__entry->from),
		  l7_show_flow_state(__entry->to))
);

/* A connection is left to IPVS; @why is the counter that tells the reason. */
TRACE_EVENT(l7_fallback,
	TP_PROTO(const struct l7_flow *f, enum l7_ctr why),
	TP_ARGS(f, why),
	TP_STRUCT__entry(
		__array(u8, client, sizeof(struct sockaddr_in6))
		__array(u8, vip, sizeof(struct sockaddr_in6))
		__array(char, why, 32)
	),
	TP_fast_assign(
		l7_trace_addr(__entry->client, f->af, &f->client, f->cport);
		l7_trace_addr(__entry->vip, f->af, &f->vip, f->vport);
		strscpy(__entry->why, l7_ctr_names[why],
			sizeof(__entry->why));
	),
	TP_printk("client=%pISpc vip=%pISpc reason=%s",
		  __entry->client, __entry->vip, __entry->why)
);

/* @server may be NULL: not known. */
TRACE_EVENT(l7_binding,
	TP_PROTO(enum l7_trace_binding what, u32 scope, const u8 *hash,
		 const struct l7_endpoint *server),
	TP_ARGS(what, scope, hash, server),
	TP_STRUCT__entry(
		__array(u8, hash, 8)
		__array(u8, server, sizeof(struct sockaddr_in6))
		__field(u32, scope)
		__field(u8, what)
	),
	TP_fast_assign(
		memcpy(__entry->hash, hash, sizeof(__entry->hash));
		memset(__entry->server, 0, sizeof(__entry->server));
		if (server)
			l7_trace_addr(__entry->server, server->af,
				      &server->addr, server->port);
		__entry->scope = scope;
		__entry->what = what;
	),
	TP_printk("%s scope=%08x hash=%s server=%pISpc",
		  l7_show_binding(__entry->what), __entry->scope,
		  __print_hex_str(__entry->hash, 8), __entry->server)
);

TRACE_EVENT(l7_sync_apply,
	TP_PROTO(const struct l7_record *rec, enum l7_apply outcome),
	TP_ARGS(rec, outcome),
	TP_STRUCT__entry(
		__field(u32, gen)
		__field(u8, kind)
		__field(u8, origin)
		__field(u8, outcome)
		__field(bool, removed)
	),
	TP_fast_assign(
		__entry->gen = rec->gen;
		__entry->kind = rec->kind;
		__entry->origin = rec->origin;
		__entry->outcome = outcome;
		__entry->removed = rec->removed;
	),
	TP_printk("%s%s origin=%u gen=%u %s",
		  l7_show_kind(__entry->kind),
		  __entry->removed ? " removed" : "",
		  __entry->origin, __entry->gen,
		  l7_show_apply(__entry->outcome))
);

/* A peer has pushed its policies. */
TRACE_EVENT(l7_sync_push,
	TP_PROTO(u8 node, u32 id, const struct l7_pushed *out),
	TP_ARGS(node, id, out),
	TP_STRUCT__entry(
		__field(u32, id)
		__field(u32, added)
		__field(u32, changed)
		__field(u32, deleted)
		__field(u8, node)
		__field(u8, reason)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->added = out->added;
		__entry->changed = out->changed;
		__entry->deleted = out->deleted;
		__entry->node = node;
		__entry->reason = out->reason;
	),
	TP_printk("node=%u push=%u added=%u changed=%u deleted=%u refused=%u",
		  __entry->node, __entry->id, __entry->added,
		  __entry->changed, __entry->deleted, __entry->reason)
);

TRACE_EVENT(l7_sync_key,
	TP_PROTO(u8 was, u8 now),
	TP_ARGS(was, now),
	TP_STRUCT__entry(
		__field(u8, was)
		__field(u8, now)
	),
	TP_fast_assign(
		__entry->was = was;
		__entry->now = now;
	),
	TP_printk("sends with %02x, was %02x", __entry->now, __entry->was)
);

#endif /* L7_TRACE_H */

/* Outside a kernel tree the header is found by -I. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
