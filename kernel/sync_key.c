// SPDX-License-Identifier: GPL-2.0
/*
 * The keys of packets: up to four are installed, packets under any of them are
 * accepted, and one is sent with, the newest that all living peers accept. One of
 * them comes from the cluster key, unless mirroring was started with another or it
 * was removed; the secrets that come from that (secret.c) stay in any case. Owns the
 * table of keys, which is replaced as a whole under conf_lock and read by RCU, and
 * run->key_id, under peers_lock and read anywhere.
 */
#include <linux/delay.h>
#include <linux/slab.h>
#include "secret.h"
#include "sync_priv.h"
#include "trace.h"

#define RETIRE_MS	2000	/* how long peers are given to go on to another key */
#define FOREIGN_MS	3000	/* how long it is told that an unknown key was heard */

static_assert(L7_SYNC_KEYS_MAX == L7_KEYS_MAX);
static_assert(sizeof_field(struct l7_hello, keys) == L7_KEYS_MAX);

/* --- The table --- */

static struct l7_sync_keys *table(const struct l7_sync_run *run)
{
	return rcu_dereference_protected(run->keys,
					 lockdep_is_held(&run->ln->conf_lock));
}

static void free_cb(struct rcu_head *head)
{
	kfree_sensitive(container_of(head, struct l7_sync_keys, rcu));
}

static void replace(struct l7_sync_run *run, struct l7_sync_keys *new)
{
	struct l7_sync_keys *old = table(run);

	rcu_assign_pointer(run->keys, new);
	call_rcu(&old->rcu, free_cb);
	l7_keys_update(run);
	l7_sync_hello_soon(run);
}

/* Eight bits of a keyed hash, never 0: enough to tell a few keys apart before
 * trying them, and worth nothing to who does not know the key.
 */
static u8 id_of(const u8 *aead)
{
	static const char label[] = "ipvs-l7 key id";
	siphash_key_t k;
	u8 id;

	memcpy(&k, aead, sizeof(k));
	id = (u8)siphash(label, sizeof(label), &k) ?: 1;
	memzero_explicit(&k, sizeof(k));
	return id;
}

static void derive(struct l7_sync_key *k, const u8 *master, const char *path)
{
	l7_secret_packet_key(master, k->aead);
	k->id = id_of(k->aead);
	strscpy(k->path, path, sizeof(k->path));
}

const struct l7_sync_key *l7_keys_find_rcu(const struct l7_sync_run *run, u8 id)
{
	const struct l7_sync_keys *t = rcu_dereference(run->keys);
	u32 i;

	for (i = 0; i < t->n; i++)
		if (t->key[i].id == id)
			return &t->key[i];
	return NULL;
}

const struct l7_sync_key *l7_keys_get_rcu(const struct l7_sync_run *run, u8 id)
{
	const struct l7_sync_keys *t = rcu_dereference(run->keys);

	return l7_keys_find_rcu(run, id) ?:
	       l7_keys_find_rcu(run, READ_ONCE(run->key_id)) ?:
	       &t->key[t->n - 1];
}

bool l7_keys_has(const struct l7_sync_run *run, u8 id)
{
	bool has;

	if (run->conf.plaintext)
		return !id;
	rcu_read_lock();
	has = l7_keys_find_rcu(run, id);
	rcu_read_unlock();
	return has;
}

u32 l7_keys_but(const struct l7_sync_run *run, u8 id, u8 ids[L7_KEYS_MAX])
{
	const struct l7_sync_keys *t;
	u32 i, n = 0;

	memset(ids, 0, L7_KEYS_MAX);
	rcu_read_lock();
	t = rcu_dereference(run->keys);
	for (i = 0; i < t->n; i++)
		if (t->key[i].id != id)
			ids[n++] = t->key[i].id;
	rcu_read_unlock();
	return n;
}

void l7_keys_list(const struct l7_sync_run *run, struct l7_sync_conf *c)
{
	u8 sends = READ_ONCE(run->key_id);
	const struct l7_sync_keys *t;
	u32 i;

	rcu_read_lock();
	t = rcu_dereference(run->keys);
	c->nkeys = (u8)t->n;
	for (i = 0; i < t->n; i++) {
		c->keys[i].id = t->key[i].id;
		c->keys[i].sends = t->key[i].id == sends;
		strscpy(c->keys[i].path, t->key[i].path,
			sizeof(c->keys[i].path));
	}
	rcu_read_unlock();
	c->key_id = run->first.id;
	c->foreign = READ_ONCE(run->has_foreign);
}

/* --- Start and stop --- */

static bool is_key(const u8 key[L7_SYNC_KEY_LEN])
{
	return memchr_inv(key, 0, L7_SYNC_KEY_LEN);
}

/* That by which peers compare their tables; without encryption not all need have a
 * key. It comes from the key of packets that comes from the cluster key.
 */
static void derive_compare(struct l7_sync_run *run, const u8 *aead)
{
	siphash_key_t k = {};

	if (!run->conf.plaintext)
		memcpy(&k, aead, sizeof(k));
	run->cmp.key.key[0] = siphash_1u64(0, &k);
	run->cmp.key.key[1] = siphash_1u64(1, &k);
	memzero_explicit(&k, sizeof(k));
}

/* False: a listing could not tell it from that of the cluster key. */
static bool take_packet_key(struct l7_sync_run *run, struct l7_sync_key *k,
			    const struct l7_sync_conf *c)
{
	derive(k, c->packet_key, c->packet_key_path);
	return k->id != run->first.id ||
	       l7_secret_id(c->packet_key) == l7_secret_id(c->key);
}

/* Without a key (plain text only) the secrets of this director stay its own:
 * handshakes and bindings are then not shared, connections are.
 */
int l7_keys_init(struct l7_sync_run *run, const struct l7_sync_conf *c,
		 const char **why)
{
	struct l7_sync_keys *t = kzalloc(sizeof(*t), GFP_KERNEL);

	*why = "sync: no memory";
	if (!t)
		return -ENOMEM;
	RCU_INIT_POINTER(run->keys, t);
	if (!c->plaintext)
		derive(&t->key[0], c->key, c->key_path);
	derive_compare(run, t->key[0].aead);
	run->first.id = t->key[0].id;
	*why = "packet-key: has the id of the cluster key's: generate a new key";
	if (is_key(c->packet_key) && !take_packet_key(run, &t->key[0], c))
		return -EEXIST;
	*why = "sync: no memory";
	t->n = !c->plaintext;
	run->key_id = t->key[0].id;
	if (!is_key(c->key))
		return 0;
	run->first.secrets = l7_secret_id(c->key);
	return l7_net_new_key(run->ln, c->key);
}

void l7_keys_inherit(struct l7_sync_run *run, struct l7_sync_run *old)
{
	RCU_INIT_POINTER(run->keys, table(old));
	RCU_INIT_POINTER(old->keys, NULL);
	run->key_id = old->key_id;
	run->first = old->first;
	run->cmp.key = old->cmp.key;
}

void l7_keys_free(struct l7_sync_run *run)
{
	kfree_sensitive(rcu_dereference_protected(run->keys, true));
}

/* --- Which one is sent with --- */

bool l7_keys_reads(const struct l7_sync_run *run, const struct l7_sync_peer *p,
		   u8 id)
{
	return run->conf.plaintext || l7_rotate_has(p->keys, id);
}

/* What the living peers accept; returns their number. Under peers_lock. */
static u32 peers_accept(const struct l7_sync_run *run,
			u8 peers[L7_SYNC_PEERS_MAX][L7_KEYS_MAX])
{
	u32 i, n = 0;

	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && l7_peer_is_alive(run->peers[i]))
			memcpy(peers[n++], run->peers[i]->keys, L7_KEYS_MAX);
	return n;
}

static u8 choose_locked(const struct l7_sync_run *run)
{
	u8 own[L7_KEYS_MAX], peers[L7_SYNC_PEERS_MAX][L7_KEYS_MAX];
	u32 n = l7_keys_but(run, READ_ONCE(run->retired), own);
	u32 npeers = peers_accept(run, peers);

	return l7_rotate_choose(own, n, run->key_id, peers, npeers);
}

void l7_keys_update(struct l7_sync_run *run)
{
	u8 was, now;

	if (run->conf.plaintext)
		return;
	spin_lock(&run->peers_lock);
	was = run->key_id;
	now = choose_locked(run);
	WRITE_ONCE(run->key_id, now);
	spin_unlock(&run->peers_lock);
	if (now == was)
		return;
	l7_stat_inc(run->ln->stats, L7_C_SYNC_KEY_SWITCH);
	trace_l7_sync_key(was, now);
	l7_sync_hello_soon(run);
}

/* Does every living peer accept the one that is sent with? */
static bool all_read(struct l7_sync_run *run)
{
	bool all = true;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && l7_peer_is_alive(run->peers[i]))
			all &= l7_keys_reads(run, run->peers[i], run->key_id);
	spin_unlock(&run->peers_lock);
	return all;
}

u32 l7_keys_others(struct l7_sync_run *run, bool due, u8 ids[L7_KEYS_MAX])
{
	return due || !all_read(run) ?
	       l7_keys_but(run, READ_ONCE(run->key_id), ids) : 0;
}

void l7_keys_tick(struct l7_sync_run *run)
{
	if (READ_ONCE(run->has_foreign) &&
	    time_after(jiffies, READ_ONCE(run->foreign) +
				msecs_to_jiffies(FOREIGN_MS)))
		WRITE_ONCE(run->has_foreign, false);
	l7_keys_update(run);
}

void l7_keys_foreign(struct l7_sync_run *run)
{
	WRITE_ONCE(run->foreign, jiffies);
	WRITE_ONCE(run->has_foreign, true);
}

/* --- The operator --- */

static int check_new(struct l7_sync_run *run, const struct l7_sync_key *new,
		     bool is_first, const char **why)
{
	const struct l7_sync_keys *t = table(run);
	u32 i;

	for (i = 0; i < t->n; i++) {
		if (t->key[i].id != new->id)
			continue;
		*why = memcmp(t->key[i].aead, new->aead, sizeof(new->aead)) ?
		       "key: another one that is installed has the same id: generate a new key" :
		       "key: is installed already";
		return -EEXIST;
	}
	/* of two of one id, a listing could not tell which was removed */
	*why = "key: the one that mirroring was started with has the same id: generate a new key";
	if (new->id == run->first.id && !is_first)
		return -EEXIST;
	*why = "key: four are installed, remove one before";
	return t->n == L7_KEYS_MAX ? -ENOSPC : 0;
}

/* @is_first: it is the one that mirroring was started with */
static int add(struct l7_sync_run *run, const struct l7_sync_key *k,
	       bool is_first, const char **why)
{
	int err = check_new(run, k, is_first, why);
	struct l7_sync_keys *new;
	u32 i;

	if (err)
		return err;
	*why = "sync: no memory";
	new = kmemdup(table(run), sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	/* the cluster key is the oldest, whenever it comes */
	i = is_first ? 0 : new->n;
	memmove(&new->key[i + 1], &new->key[i],
		(new->n++ - i) * sizeof(*new->key));
	new->key[i] = *k;
	replace(run, new);
	return 0;
}

static int running(struct l7_net *ln, const char **why)
{
	*why = "sync: not running";
	if (!ln->sync->run)
		return -ENOENT;
	*why = "key: mirroring is in plain text, which needs none";
	return ln->sync->run->conf.plaintext ? -EOPNOTSUPP : 0;
}

int l7_sync_key_add(struct l7_net *ln, const u8 *master, const char *path,
		    const char **why)
{
	int err = running(ln, why);
	struct l7_sync_key k;

	if (err)
		return err;
	*why = "key: must not be zero";
	if (!is_key(master))
		return -EINVAL;
	derive(&k, master, path);
	err = add(ln->sync->run, &k,
		  l7_secret_id(master) == ln->sync->run->first.secrets, why);
	memzero_explicit(&k, sizeof(k));
	return err;
}

/* Can all go on with one of those that remain? */
static bool is_spare(struct l7_sync_run *run, const u8 *rest, u32 n)
{
	u8 peers[L7_SYNC_PEERS_MAX][L7_KEYS_MAX], id;

	spin_lock(&run->peers_lock);
	id = l7_rotate_common(rest, n, peers, peers_accept(run, peers));
	spin_unlock(&run->peers_lock);
	return id;
}

static int check_old(struct l7_sync_run *run, u8 id, bool force,
		     const char **why)
{
	u8 rest[L7_KEYS_MAX];
	u32 n = l7_keys_but(run, id, rest);

	*why = "key: none of this id is installed";
	if (!l7_keys_has(run, id))
		return -ENOENT;
	*why = "key: there is no other one";
	if (!n)
		return -EBUSY;
	if (force)
		return 0;
	*why = "key: no other one is accepted by all peers that are heard";
	return is_spare(run, rest, n) ? 0 : -EBUSY;
}

/* May something come still that a peer sent before its last HELLO? */
static bool is_awaited(const struct l7_sync_peer *p)
{
	u32 lane;

	for (lane = L7_LANE_LIVE; lane < L7_LANES; lane++)
		if (p->claims[lane] > p->win[lane].highest)
			return true;
	return l7_peer_missing(p);
}

/* Why some living peer needs it still: it sends with it, or something may come again that
 * it sent; NULL if none does.
 */
static const char *need_of(struct l7_sync_run *run, u8 id)
{
	const struct l7_sync_peer *p;
	const char *why = NULL;
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++) {
		p = run->peers[i];
		if (!p || !l7_peer_is_alive(p))
			continue;
		if (p->keys[0] == id)
			why = "key: a peer goes on sending with it, as somebody has no other";
		else if (!why && is_awaited(p))
			why = "key: packets of a peer are missing, which may be under it: try again";
	}
	spin_unlock(&run->peers_lock);
	return why;
}

/* No longer tell that it is accepted, though it is, so that all go on to another;
 * 0: take that back.
 */
static void retire(struct l7_sync_run *run, u8 id)
{
	WRITE_ONCE(run->retired, id);
	l7_keys_update(run);
	l7_sync_hello_soon(run);
}

/* Twice, as a peer may be sending a last packet with it. */
static int wait_for_peers(struct l7_sync_run *run, u8 id, const char **why)
{
	unsigned long end = jiffies + msecs_to_jiffies(RETIRE_MS);
	u32 spare = 0;

	while (spare < 2 && time_before(jiffies, end)) {
		*why = need_of(run, id);
		spare = *why ? 0 : spare + 1;
		usleep_range(10000, 11000);
	}
	return *why ? -EBUSY : 0;
}

/* Peers that went on with it sent no changes here, as they were told that it is not
 * accepted.
 */
static void take_back(struct l7_sync_run *run, u8 id)
{
	u32 i;

	spin_lock(&run->peers_lock);
	for (i = 0; i < L7_SYNC_PEERS_MAX; i++)
		if (run->peers[i] && run->peers[i]->keys[0] == id)
			run->peers[i]->lacks = true;
	spin_unlock(&run->peers_lock);
}

static int del(struct l7_sync_run *run, u8 id, const char **why)
{
	const struct l7_sync_keys *t = table(run);
	struct l7_sync_keys *new;
	u32 i;

	*why = "sync: no memory";
	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	for (i = 0; i < t->n; i++)
		if (t->key[i].id != id)
			new->key[new->n++] = t->key[i];
	replace(run, new);
	return 0;
}

int l7_sync_key_del(struct l7_net *ln, u8 id, bool force, const char **why)
{
	struct l7_sync_run *run = ln->sync->run;
	int err = running(ln, why) ?: check_old(run, id, force, why);

	if (err)
		return err;
	retire(run, id);
	if (!force)
		err = wait_for_peers(run, id, why);
	if (err)
		take_back(run, id);
	else
		err = del(run, id, why);
	retire(run, 0);
	if (err || !force)
		return err;
	/* what is being received under it comes to nothing as well */
	flush_work(&run->rx);
	l7_peer_doubt(run);
	return 0;
}
