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
};

/** struct sync_conf - how mirroring runs, or is to run
 * @node, @cluster: -1 = not given
 * @key_path: absolute path of the key file, "" = none
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
	bool plaintext;
	bool has_key;
	uint8_t key[IPVS_L7_SYNC_KEY_LEN];
	char key_path[IPVS_L7_KEY_PATH_MAX + 1];
};

#endif /* IPVSL7ADM_MIRROR_H */
