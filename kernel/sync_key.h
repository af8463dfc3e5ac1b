/* SPDX-License-Identifier: GPL-2.0 */
/* Keys of packets, for the files of mirroring only. See sync_key.c. */
#ifndef L7_SYNC_KEY_H
#define L7_SYNC_KEY_H

#include "sync.h"
#include "pure/rotate.h"

#define L7_SYNC_AEAD_LEN	32

struct l7_sync_run;
struct l7_sync_peer;

/** struct l7_sync_key - a key of packets
 * @id: tells it from the others that are installed
 * @path: where the operator keeps it
 */
struct l7_sync_key {
	u8 id;
	u8 aead[L7_SYNC_AEAD_LEN];
	char path[L7_SYNC_PATH_MAX];
};

/** struct l7_sync_keys - those that are installed; never changed, but replaced
 * @n: their number, 0 without encryption
 * @key: the oldest first
 */
struct l7_sync_keys {
	struct rcu_head rcu;
	u32 n;
	struct l7_sync_key key[L7_KEYS_MAX];
};

/** struct l7_sync_first - the cluster key that mirroring was started with
 * @id: of the key of packets that comes from it, installed or not; 0 = no encryption
 * @secrets: id of those that come from it, 0 = they are this director's alone
 */
struct l7_sync_first {
	u8 id;
	u32 secrets;
};

/** struct l7_sync_ask - a challenge, or an answer
 * @key_id: the key that the other one can read
 */
struct l7_sync_ask {
	struct l7_challenge c;
	u8 key_id;
};

/** l7_keys_init() - install the first key, and derive all secrets from the cluster key
 * Under conf_lock. Return: 0, -EEXIST or -ENOMEM, with *why.
 */
int l7_keys_init(struct l7_sync_run *run, const struct l7_sync_conf *c,
		 const char **why);
/** l7_keys_inherit() - take over what a run had that is stopped; under conf_lock */
void l7_keys_inherit(struct l7_sync_run *run, struct l7_sync_run *old);
/** l7_keys_free() - also after l7_keys_init() failed, or was not called */
void l7_keys_free(struct l7_sync_run *run);
const struct l7_sync_key *l7_keys_find_rcu(const struct l7_sync_run *run, u8 id);
/** l7_keys_get_rcu() - the same, or if it is gone the one that is sent with; never NULL
 * with encryption
 */
const struct l7_sync_key *l7_keys_get_rcu(const struct l7_sync_run *run, u8 id);
/** l7_keys_has() - is it installed? Without encryption: is it 0? */
bool l7_keys_has(const struct l7_sync_run *run, u8 id);
/** l7_keys_but() - those installed but that of @id, the oldest first; returns their
 * number
 */
u32 l7_keys_but(const struct l7_sync_run *run, u8 id, u8 ids[L7_KEYS_MAX]);
/** l7_keys_list() - fill in what a listing says of keys */
void l7_keys_list(const struct l7_sync_run *run, struct l7_sync_conf *c);
/** l7_keys_reads() - does a peer accept that key? By the receiver, or under peers_lock */
bool l7_keys_reads(const struct l7_sync_run *run, const struct l7_sync_peer *p,
		   u8 id);
/** l7_keys_update() - peers, or what they accept, or our keys have changed: which
 * one is sent with from now on?
 */
void l7_keys_update(struct l7_sync_run *run);
/** l7_keys_tick() - that, and forget what was heard long ago; every L7_SYNC_HELLO_MS */
void l7_keys_tick(struct l7_sync_run *run);
/** l7_keys_others() - those that HELLO is sent under as well, as it is @due or as some
 * living peer does not accept the one that is sent with; returns their number
 */
u32 l7_keys_others(struct l7_sync_run *run, bool due, u8 ids[L7_KEYS_MAX]);
/** l7_keys_foreign() - a key was heard that is not installed; by the receiver only */
void l7_keys_foreign(struct l7_sync_run *run);

#endif /* L7_SYNC_KEY_H */
