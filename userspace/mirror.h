/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel module knows of mirroring, as model.h of the rest. */
#ifndef IPVSL7ADM_MIRROR_H
#define IPVSL7ADM_MIRROR_H

#include "model.h"

struct policy_diff {
	struct ep service;
	uint32_t what;		/* enum ipvs_l7_policy_diff_kind */
};

struct peer {
	uint8_t node;
	struct ep addr;
	bool confirmed;
	uint32_t last_seen;	/* milliseconds ago */
	uint64_t epoch;
	uint64_t rx_packets;
	uint64_t rx_records;
	uint64_t lost;
	uint64_t replayed;
	uint64_t repaired;
	uint64_t missing;	/* packets that it sent and that did not come yet */
	uint64_t unconfirmed;	/* packets of changes that it may not have yet */
	uint32_t state;		/* enum ipvs_l7_node_state, as it says */
	bool joined, equal;	/* all that it has came; its tables are ours */
	bool gone;		/* it left; in notifications */
	uint32_t differs;	/* parts of them that are not */
	bool config_differs;
	int32_t skew;		/* seconds by which its clock is ahead */
	uint32_t npolicies;	/* that differ, as far as is known; 16 are listed */
	unsigned int ndiffs;
	struct policy_diff diffs[16];
	uint32_t bindings;
	uint32_t flows;
	unsigned int nkeys;
	uint8_t keys[IPVS_L7_SYNC_KEYS_MAX];	/* ids; first the one it sends with */
	bool other_secrets;	/* it was started with another cluster key */
	bool accepts;		/* it takes in what is sent here */
	uint32_t mean_rtt;	/* microseconds there and back, of its HELLOs; 0 = not known */
	uint32_t rtt, full_rtt;	/* likewise, of the test: a short packet, a full one; 0 = none */
	uint32_t echo_bytes;	/* of the answer to these, UDP payload */
	int32_t ahead;		/* milliseconds, its clock's; with rtt */
	bool takes;		/* it accepts policies */
	uint32_t push_status;	/* enum ipvs_l7_push_status, of our last push; 0 = no answer */
	uint32_t push_reason;	/* enum ipvs_l7_push_reason */
	struct ep push_service;	/* whose policy it refused */
	char push_why[IPVS_L7_PUSH_WHY_MAX + 1];
	uint32_t push_changes;	/* policies that changed there */
	uint32_t taken;		/* pushes of its that were taken over here */
	uint32_t taken_changes;	/* policies that changed here by the last */
};

/** struct sync_key - a key that is installed
 * @sends: packets are sent with it
 * @path: absolute path of its file, "" = not known
 */
struct sync_key {
	uint8_t id;
	bool sends;
	char path[IPVS_L7_KEY_PATH_MAX + 1];
};

/** struct secret - what a key file holds
 * @has: @key is valid
 * @path: absolute path of the file, "" = none, or not known
 */
struct secret {
	bool has;
	uint8_t key[IPVS_L7_SYNC_KEY_LEN];
	char path[IPVS_L7_KEY_PATH_MAX + 1];
};

/** struct sync_conf - how mirroring runs, or is to run
 * @node, @cluster: -1 = not given
 * @receive_buffer: bytes, 0 = not given
 * @accept_policies: those that a peer pushes are taken over
 * @secret: the cluster key, or one to be added
 * @packet: the first key of packets, if not that of the cluster key
 * @key_id: of the key to be removed; as told by the kernel, of that of @secret
 * @keys: the oldest first; as told by the kernel
 * @other_key: somebody sends under a key that is not installed
 * @packet_bytes: of a full packet, UDP payload
 */
struct sync_conf {
	bool running;
	uint32_t state;		/* enum ipvs_l7_node_state */
	char ifname[IFNAMSIZ];
	struct ep group;
	struct ep peers[IPVS_L7_SYNC_PEERS_MAX];
	unsigned int npeers;
	uint16_t port;
	int node;
	int cluster;
	uint32_t receive_buffer;
	bool plaintext;
	bool accept_policies;
	struct secret secret;
	struct secret packet;
	uint8_t key_id;
	unsigned int nkeys;
	struct sync_key keys[IPVS_L7_SYNC_KEYS_MAX];
	bool other_key;
	uint32_t packet_bytes;
};

/* Is a key installed? */
static inline bool sync_has_key(const struct sync_conf *s, uint8_t id)
{
	unsigned int i;

	for (i = 0; i < s->nkeys; i++)
		if (s->keys[i].id == id)
			return true;
	return false;
}

#endif /* IPVSL7ADM_MIRROR_H */
