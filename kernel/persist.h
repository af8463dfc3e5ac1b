/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bindings: keyed hash -> real server. Owns the table, its limit, idle expiry
 * (one scan, no timer per entry) and the join of what peers say. Readers use
 * RCU; changes to one entry take a bucket spinlock, softirq safe.
 */
#ifndef L7_PERSIST_H
#define L7_PERSIST_H

#include "event.h"
#include "svc.h"
#include "pure/insert.h"

struct l7_walk;

/** struct l7_key - a key as the table knows it
 * @hash: keyed hash over service or group, pool, rule type, rule discriminator and value
 */
struct l7_key {
	u8 hash[L7_KEY_HASH_LEN];
};

int l7_persist_module_init(void);
void l7_persist_module_exit(void);
int l7_persist_init(struct l7_net *ln);
/** l7_persist_exit() - free all; no packet, peer or request comes any more */
void l7_persist_exit(struct l7_net *ln);

/** l7_persist_key() - hash a key value under a rule of a service
 * @pool: fwmark of the pool that the connection was steered to, 0: none. A
 *	session has a server in each.
 * @val: key bytes (cookie value; or the masked address in network order)
 * Context: any; RCU read side for the secret.
 */
void l7_persist_key(struct l7_net *ln, const struct l7_svc *svc, u32 pool,
		    const struct l7_rule *rule, const void *val, u32 len,
		    struct l7_key *key);

/** l7_persist_server() - the index by which bindings name a real server
 * In a group that of its address with port 0: each service has another port.
 */
u16 l7_persist_server(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_endpoint *server);

/** l7_prebind_rule - stands for the key of a client without any: its address */
extern const struct l7_rule l7_prebind_rule;

/** l7_persist_src_value() - masked client address, returns its length (4, 16)
 * One of the other family than the service's, which only a PROXY header can name,
 * counts whole.
 */
u32 l7_persist_src_value(const struct l7_svc *svc, const struct l7_rule *rule,
			 u8 af, const union nf_inet_addr *addr, u8 out[16]);
/** l7_persist_token() - what a cookie says that names a real server
 * @old: as made under the key before the last change, if there was one
 * Context: any; RCU read side for the secret.
 */
void l7_persist_token(struct l7_net *ln, const struct l7_svc *svc, u32 pool,
		      const struct l7_rule *rule,
		      const struct l7_endpoint *server, bool old,
		      u8 text[L7_TOKEN_LEN]);

/** l7_persist_lookup() - server index bound to a key, L7_SERVER_NONE if none
 * Counts as a use: restarts idle expiry. Context: RCU read side, softirq safe.
 */
u16 l7_persist_lookup(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key);

/** l7_persist_learn() - bind a key to a server, or move it, unless it is static
 * @type: rule type, for listings
 * Return: 1 created or moved (new generation), 0 refreshed, -ENOSPC, -ENOMEM.
 * Context: softirq safe.
 */
int l7_persist_learn(struct l7_net *ln, const struct l7_svc *svc, u8 type,
		     const struct l7_key *key, u16 server);

/** l7_persist_set() - the same by the word of an operator, who moves static
 * bindings, too
 * @fixed: make it a static one
 */
int l7_persist_set(struct l7_net *ln, const struct l7_svc *svc, u8 type,
		   const struct l7_key *key, u16 server, bool fixed);

/** l7_persist_forget() - delete a binding and tell the peers; -ENOENT if there is
 * none, or a static one
 */
int l7_persist_forget(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key);
/** l7_persist_doubt() - a server did not accept its own key
 * Who shows a key need not have it by right, and one key may lead many clients: the binding
 * has five minutes, which no use prolongs, until that server accepts the key again
 * (l7_persist_learn()). Another server's binding, and a static one, are left alone.
 */
void l7_persist_doubt(struct l7_net *ln, const struct l7_key *key, u16 server);
/** l7_persist_delete() - the same of any binding */
int l7_persist_delete(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_key *key);
/** l7_persist_flush() - delete the bindings of a scope, or all, and tell the peers
 * @svc: the service that counts them, NULL: none
 * @scope: NULL: all
 * @fixed: static ones, too
 * Process context, may sleep. Return: their number.
 */
unsigned int l7_persist_flush(struct l7_net *ln, const struct l7_svc *svc,
			      const u32 *scope, bool fixed);
/** l7_persist_purge() - drop all entries without a word: the hash keys changed,
 * so neither we nor a peer could find them again. Process context, may sleep.
 */
void l7_persist_purge(struct l7_net *ln);

/** struct l7_persist_info - one row of a listing
 * @hash: its key
 * @scope: service or group, see struct l7_svc
 * @type: enum l7_key_type
 * @origin: node that made the present state, 0 = this one, not mirrored
 * @gen: generation
 * @expires: seconds that remain if it is not used, rounded down
 * @limit: seconds that remain whatever its use; 0 = no such limit
 * @fixed: static: neither of them counts
 * @server: index of the real server
 */
struct l7_persist_info {
	u8 hash[L7_KEY_HASH_LEN];
	u32 scope;
	u8 type;
	u8 origin;
	u32 gen;
	u32 expires;
	u32 limit;
	u16 server;
	bool fixed;
};

/** l7_persist_peek() - like lookup without counting as a use; false if none */
bool l7_persist_peek(struct l7_net *ln, const struct l7_key *key,
		     struct l7_persist_info *info);
/** l7_persist_dump() - list live bindings from @at on, and move it
 * @fn: runs under RCU, must not sleep, may look at @at; non-zero stops and is
 *	returned. That entry comes again in the next call. Between calls
 *	entries may leave its bucket: only with @at->skip 0 none is missed.
 */
int l7_persist_dump(struct l7_net *ln, struct l7_walk *at,
		    int (*fn)(const struct l7_persist_info *info, void *arg),
		    void *arg);
/** l7_persist_count() - live bindings, and those not yet found to be over */
unsigned int l7_persist_count(struct l7_net *ln);

extern const struct l7_owner_ops l7_persist_owner;

#endif /* L7_PERSIST_H */
