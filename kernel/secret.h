/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Secrets of a namespace: SYN-cookie key and the two lanes of the binding
 * hash. Random at start; derived from the cluster key once mirroring is on, so
 * that peers accept each other's handshakes and find each other's bindings.
 * A leaf. Readers use RCU.
 */
#ifndef L7_SECRET_H
#define L7_SECRET_H

#include <linux/siphash.h>

struct l7_net;

/** struct l7_secret - one generation of derived keys
 * @cookie: SYN cookies now made
 * @cookie_old: accepted as well: the key before the last change
 * @cookie_changed: there was such a change
 * @lane: binding hash
 * @lane_old: tokens made with them are accepted as well
 */
struct l7_secret {
	siphash_key_t cookie;
	siphash_key_t cookie_old;
	siphash_key_t lane[2];
	siphash_key_t lane_old[2];
	bool cookie_changed;
	struct rcu_head rcu;
};

int l7_secret_init(struct l7_net *ln);
void l7_secret_exit(struct l7_net *ln);
/** l7_secret_set() - derive all secrets from a cluster key
 * @master: 32 bytes
 * Process context, under conf_lock. The binding lanes change, so the caller
 * flushes the bindings. Return: 0, 1 when nothing changed (same key), -ENOMEM.
 */
int l7_secret_set(struct l7_net *ln, const u8 *master);
/** l7_secret_id() - tells those that come from a cluster key from others; nothing
 * follows from it. Never 0
 */
u32 l7_secret_id(const u8 *master);
/** l7_secret_packet_key() - derive the key of packets from a cluster key
 * @aead: out, 32 bytes
 */
void l7_secret_packet_key(const u8 *master, u8 *aead);
const struct l7_secret *l7_secret_rcu(struct l7_net *ln);

#endif /* L7_SECRET_H */
