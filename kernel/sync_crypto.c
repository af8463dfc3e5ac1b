// SPDX-License-Identifier: GPL-2.0
/*
 * Sealing of sync packets. The clear header is both nonce and additional data
 * of XChaCha20-Poly1305: node, lane, epoch and number together never repeat,
 * as the epoch is random at each start. So that of one number, it does not matter
 * under which key, there is one packet. Process context; no lock is needed, numbers
 * are atomic and keys are read by RCU (sync_key.c).
 */
#include <crypto/chacha20poly1305.h>
#include <linux/timex.h>
#include "sync_priv.h"

static_assert(L7_WIRE_HEADER == XCHACHA20POLY1305_NONCE_SIZE);
static_assert(L7_WIRE_TAG == CHACHA20POLY1305_AUTHTAG_SIZE);
static_assert(L7_SYNC_AEAD_LEN == CHACHA20POLY1305_KEY_SIZE);

int l7_seal_init(struct l7_sync_run *run)
{
	/* early in a boot two directors' might be the same, or those of two boots */
	int err = wait_for_random_bytes();
	u64 now = ktime_get_real_ns(), entropy = random_get_entropy();

	if (err)
		return err;
	get_random_bytes(&run->epoch, sizeof(run->epoch));
	get_random_bytes(&run->challenge_key, sizeof(run->challenge_key));
	/* two copies of one machine may get the same until the kernel reseeds */
	run->challenge_key.key[0] ^= now;
	run->challenge_key.key[1] ^= entropy;
	run->epoch ^= siphash_2u64(now, entropy, &run->challenge_key);
	return 0;
}

static const u8 class_of[L7_LANES] = {
	[L7_LANE_CONTROL] = L7_CLASS_CONTROL,
	[L7_LANE_LIVE] = L7_CLASS_LIVE,
	[L7_LANE_BULK] = L7_CLASS_BULK,
};

static void write_header(struct l7_sync_run *run, struct l7_sync_packet *p,
			 u8 lane, u8 key_id, u64 number)
{
	u8 plain = run->conf.plaintext ? L7_CLASS_PLAIN : 0;
	struct l7_header h = {
		.class = class_of[lane] | plain,
		.key_id = key_id,
		.cluster = run->conf.cluster,
		.node = run->conf.node,
		.lane = lane,
		.epoch = run->epoch,
		.number = number,
	};

	l7_codec_header_put(&h, p->buf);
}

u32 l7_seal_close(struct l7_sync_run *run, struct l7_sync_packet *p, u8 lane,
		  u8 key_id, u64 *number)
{
	const struct l7_sync_key *k;
	u8 *frames = l7_sync_frames(p);

	*number = atomic64_inc_return(&run->number[lane]);
	if (run->conf.plaintext) {
		write_header(run, p, lane, 0, *number);
		return L7_WIRE_HEADER + p->len;
	}
	rcu_read_lock();
	k = l7_keys_get_rcu(run, key_id);
	write_header(run, p, lane, k->id, *number);
	xchacha20poly1305_encrypt(frames, frames, p->len, p->buf,
				  L7_WIRE_HEADER, p->buf, k->aead);
	rcu_read_unlock();
	return L7_WIRE_HEADER + p->len + L7_WIRE_TAG;
}

bool l7_seal_is_ours(const struct l7_sync_run *run, const struct l7_header *h)
{
	return h->cluster == run->conf.cluster &&
	       !(h->class & L7_CLASS_PLAIN) == !run->conf.plaintext;
}

static bool decrypt(const struct l7_sync_run *run, u8 key_id, u8 *buf, u32 len)
{
	const struct l7_sync_key *k;
	bool genuine;

	rcu_read_lock();
	k = l7_keys_find_rcu(run, key_id);
	genuine = k && xchacha20poly1305_decrypt(buf + L7_WIRE_HEADER,
						 buf + L7_WIRE_HEADER, len, buf,
						 L7_WIRE_HEADER, buf, k->aead);
	rcu_read_unlock();
	return genuine;
}

bool l7_seal_open(const struct l7_sync_run *run, u8 key_id, u8 *buf, u32 len,
		  struct l7_reader *frames)
{
	frames->p = buf + L7_WIRE_HEADER;
	frames->len = len - L7_WIRE_HEADER;
	if (run->conf.plaintext)
		return true;
	if (frames->len < L7_WIRE_TAG ||
	    !decrypt(run, key_id, buf, frames->len))
		return false;
	frames->len -= L7_WIRE_TAG;
	return true;
}

/* The nonce is computed, not remembered: a recording of old epochs costs us no
 * memory and cannot push out the challenge of a live one. It changes with each
 * epoch of the node that was confirmed, so an answer works once.
 */
void l7_seal_nonce(const struct l7_sync_run *run, u8 node, u64 epoch,
		   u8 nonce[L7_NONCE_LEN])
{
	u64 who = (u64)run->confirms[node] << 8 | node;
	u64 half[2] = {
		siphash_3u64(who, epoch, 0, &run->challenge_key),
		siphash_3u64(who, epoch, 1, &run->challenge_key),
	};

	memcpy(nonce, half, L7_NONCE_LEN);
}
