/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the module, one function each. All return 0, or -1 with a
 * sentence.
 */
#ifndef IPVSL7ADM_REQUEST_H
#define IPVSL7ADM_REQUEST_H

#include "error.h"
#include "mirror.h"

int request_svc_new(const struct svc *s, struct error *e);
int request_svc_set(const struct svc *s, struct error *e);
int request_svc_del(const struct ep *service, struct error *e);
int request_svc_flush(struct error *e);
int request_svc_get(const struct ep *service, struct svc *out, struct error *e);
/** request_svc_dump() - in order of address and port */
int request_svc_dump(void (*fn)(const struct svc *s, void *arg), void *arg,
		     struct error *e);

/** request_stats_dump() - @service: only this one; NULL: namespace and all
 * One subject's counters may come in several calls one after the other.
 */
int request_stats_dump(const struct ep *service,
		       void (*fn)(const struct stats *s, void *arg), void *arg,
		       struct error *e);
/** request_stats_zero() - @service: NULL = all */
int request_stats_zero(const struct ep *service, struct error *e);

/** request_binding_get() - -ENOENT (and a sentence) if there is none */
int request_binding_get(const struct ep *service, const struct key_value *kv,
			struct binding *out, struct error *e);
/** request_binding_find() - of a key as it was found in a request
 * @pool: fwmark of the pool that it is steered to, 0: none
 * @rule: index of its rule
 * @value: bytes of the whole value
 * Return: 1, 0 if there is none, or -1 with a sentence.
 */
int request_binding_find(const struct ep *service, uint32_t pool,
			 unsigned int rule, const void *value, uint32_t len,
			 struct binding *out, struct error *e);
int request_binding_new(const struct ep *service, const struct key_value *kv,
			const struct ep *server, bool fixed, struct error *e);
int request_binding_del(const struct ep *service, const struct key_value *kv,
			struct error *e);
/** request_binding_flush() - @service: NULL = all; @fixed: static ones, too */
int request_binding_flush(const struct ep *service, bool fixed, struct error *e);
/** request_binding_dump() - @service: NULL = all */
int request_binding_dump(const struct ep *service,
			 void (*fn)(const struct binding *b, void *arg),
			 void *arg, struct error *e);

/** request_flow_reset() - @service: NULL = all */
int request_flow_reset(const struct ep *service, struct error *e);
/** request_flow_dump() - @service: NULL = all */
int request_flow_dump(const struct ep *service,
		      void (*fn)(const struct flow *f, void *arg), void *arg,
		      struct error *e);
int request_peer_dump(void (*fn)(const struct peer *p, void *arg), void *arg,
		      struct error *e);

int request_sync_start(const struct sync_conf *c, struct error *e);
/** request_sync_key_add() - the key of @c, and its path */
int request_sync_key_add(const struct secret *s, struct error *e);
int request_sync_key_del(uint8_t id, bool force, struct error *e);
int request_sync_stop(struct error *e);
int request_sync_resync(struct error *e);
/** request_sync_forget() - drop a peer that is not heard any more */
int request_sync_forget(uint8_t node, struct error *e);
/** request_sync_selftest() - test the channel to each peer, which tell what came of it
 * @again: ask only for what is missing
 */
int request_sync_selftest(bool again, struct error *e);
enum push_step {
	PUSH_BEGIN,	/* all policies, to the peers that accept them */
	PUSH_AGAIN,	/* the same, to those that have not answered */
	PUSH_END,	/* not to them any more */
};

/** request_sync_push() - hand all policies to the peers that accept them; what came of it,
 * these tell
 */
int request_sync_push(enum push_step step, struct error *e);
/** request_sync_drain() - @on: be ready no more; else again */
int request_sync_drain(bool on, struct error *e);
/** struct watcher - who is told of changes; other than 0 ends the watch
 * @start: everything is to be asked for: at the beginning, and when something was
 *	missed
 * @sync: this director's mirroring is so now
 * @peer: a peer is so now
 */
struct watcher {
	int (*start)(void *arg, struct error *e);
	int (*sync)(const struct sync_conf *c, void *arg);
	int (*peer)(const struct peer *p, void *arg);
	void *arg;
};
/** request_watch() - what @w returned, or -1 with a sentence */
int request_watch(const struct watcher *w, struct error *e);
int request_sync_get(struct sync_conf *out, struct error *e);

int request_limits_set(const struct limits *l, struct error *e);
int request_limits_get(struct limits *out, struct error *e);

#endif /* IPVSL7ADM_REQUEST_H */
