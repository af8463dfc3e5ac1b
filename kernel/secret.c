// SPDX-License-Identifier: GPL-2.0
/*
 * The secrets of a namespace, derived from one master key: each is a piece of
 * the XChaCha20 keystream under the master and a nonce of its own, which a
 * pseudo random function may be used for. Readers use RCU; l7_secret_set() is
 * called under conf_lock.
 */
#include <crypto/chacha20poly1305.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "net.h"
#include "secret.h"

#define MASTER_LEN	CHACHA20POLY1305_KEY_SIZE
#define PACKET_KEY_LEN	CHACHA20POLY1305_KEY_SIZE

/* Derive @len bytes under a label of at most 24 characters. */
static void derive(u8 *out, u32 len, const u8 *master, const char *label)
{
	u8 buf[32 + CHACHA20POLY1305_AUTHTAG_SIZE] = {};
	u8 nonce[XCHACHA20POLY1305_NONCE_SIZE] = {};

	memcpy(nonce, label, min(strlen(label), sizeof(nonce)));
	xchacha20poly1305_encrypt(buf, buf, 32, NULL, 0, nonce, master);
	memcpy(out, buf, len);
	memzero_explicit(buf, sizeof(buf));
}

static void free_rcu_cb(struct rcu_head *head)
{
	kfree_sensitive(container_of(head, struct l7_secret, rcu));
}

void l7_secret_packet_key(const u8 *master, u8 *aead)
{
	derive(aead, PACKET_KEY_LEN, master, "l7 sync packets");
}

u32 l7_secret_id(const u8 *master)
{
	__le32 id;

	derive((u8 *)&id, sizeof(id), master, "l7 secrets id");
	return le32_to_cpu(id) ?: 1;
}

static struct l7_secret *make(const u8 *master)
{
	struct l7_secret *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	derive((u8 *)&s->cookie, sizeof(s->cookie), master, "l7 syn cookie");
	derive((u8 *)&s->lane[0], sizeof(s->lane[0]), master, "l7 binding 0");
	derive((u8 *)&s->lane[1], sizeof(s->lane[1]), master, "l7 binding 1");
	return s;
}

const struct l7_secret *l7_secret_rcu(struct l7_net *ln)
{
	return rcu_dereference(ln->secret);
}

int l7_secret_set(struct l7_net *ln, const u8 *master)
{
	struct l7_secret *old, *new = make(master);

	if (!new)
		return -ENOMEM;
	old = rcu_dereference_protected(ln->secret,
					lockdep_is_held(&ln->conf_lock));
	if (!memcmp(&old->cookie, &new->cookie, sizeof(new->cookie))) {
		kfree_sensitive(new);
		return 1;
	}
	new->cookie_old = old->cookie;
	memcpy(new->lane_old, old->lane, sizeof(old->lane));
	new->cookie_changed = true;
	rcu_assign_pointer(ln->secret, new);
	call_rcu(&old->rcu, free_rcu_cb);
	return 0;
}

int l7_secret_init(struct l7_net *ln)
{
	u8 master[MASTER_LEN];
	struct l7_secret *s;

	get_random_bytes(master, sizeof(master));
	s = make(master);
	memzero_explicit(master, sizeof(master));
	if (!s)
		return -ENOMEM;
	RCU_INIT_POINTER(ln->secret, s);
	return 0;
}

void l7_secret_exit(struct l7_net *ln)
{
	kfree_sensitive(rcu_dereference_protected(ln->secret, true));
	RCU_INIT_POINTER(ln->secret, NULL);
}
