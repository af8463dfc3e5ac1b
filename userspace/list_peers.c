// SPDX-License-Identifier: GPL-2.0
/* See list.h: the other directors, and whether this one has what they have. */
#include <stdio.h>
#include "format.h"
#include "json.h"
#include "list.h"
#include "names.h"
#include "request.h"
#include "table.h"

static const char *diff_name(uint32_t what)
{
	return what == IPVS_L7_POLICY_DIFF_KIND_DIFFERS ? "differs" :
	       what == IPVS_L7_POLICY_DIFF_KIND_ONLY_HERE ? "only-here" :
							     "only-there";
}

static void keys_json(const struct peer *p)
{
	char id[FORMAT_SIZE];
	unsigned int i;

	json_array("keys");
	for (i = 0; i < p->nkeys; i++)
		json_string(NULL, format_keys(id, &p->keys[i], 1));
	json_array_end();
}

static void diffs_json(const struct peer *p)
{
	unsigned int i;

	json_bool("policies_differ", p->config_differs);
	json_number("policies_known_to_differ", p->npolicies);
	json_array("policy_diffs");
	for (i = 0; i < p->ndiffs; i++) {
		json_object(NULL);
		json_endpoint("service", &p->diffs[i].service);
		json_string("what", diff_name(p->diffs[i].what));
		json_object_end();
	}
	json_array_end();
}

/* The kernel keeps a peer that vanished, and thinks it dead after a second. */
static bool is_silent(const struct peer *p)
{
	return p->last_seen >= 1000;
}

const char *list_peer_state(const struct peer *p)
{
	if (!p->confirmed)
		return "UNKNOWN";
	return is_silent(p) ? "SILENT" : format_node_state(p->state);
}

void list_peer_json(const char *key, const struct peer *p)
{
	char epoch[20];

	/* Not a number: more digits than JavaScript keeps. */
	snprintf(epoch, sizeof(epoch), "%016llx", (unsigned long long)p->epoch);
	json_object(key);
	json_number("node", p->node);
	json_endpoint("address", &p->addr);
	json_bool("confirmed", p->confirmed);
	json_number("last_seen_ms", p->last_seen);
	json_string("epoch", epoch);
	json_number("rx_packets", p->rx_packets);
	json_number("rx_records", p->rx_records);
	json_number("lost", p->lost);
	json_number("replayed", p->replayed);
	json_number("repaired", p->repaired);
	json_number("missing", p->missing);
	json_number("unconfirmed", p->unconfirmed);
	json_string("state", list_peer_state(p));
	json_bool("joined", p->joined);
	json_bool("equal", p->equal);
	json_number("differs", p->differs);
	json_signed("clock_skew_s", p->skew);
	if (p->mean_rtt)
		json_number("rtt_us", p->mean_rtt);
	json_number("bindings", p->bindings);
	json_number("flows", p->flows);
	keys_json(p);
	json_bool("other_secrets", p->other_secrets);
	json_bool("accepts", p->accepts);
	json_bool("accepts_policies", p->takes);
	json_number("pushes_taken", p->taken);
	json_number("pushes_taken_changes", p->taken_changes);
	diffs_json(p);
	json_object_end();
}

const char list_other_secrets[] = "was started with another cluster key";

static void peer_json(const struct peer *p, void *arg)
{
	(void)arg;
	list_peer_json(NULL, p);
}

/* SYN cookies go by the clock, in steps of 64 seconds. */
const char *list_skew(char *buf, int32_t skew)
{
	if (skew >= -10 && skew <= 10)
		return NULL;
	snprintf(buf, FORMAT_SIZE, "its clock is %lld s %s",
		 skew < 0 ? -(long long)skew : (long long)skew,
		 skew < 0 ? "behind" : "ahead");
	return buf;
}

/* Behind the table: what each peer has otherwise. */
static void peer_diffs(const struct peer *p, void *arg)
{
	static const char *const words[] = {
		[IPVS_L7_POLICY_DIFF_KIND_DIFFERS] = "differs",
		[IPVS_L7_POLICY_DIFF_KIND_ONLY_HERE] = "is not there",
		[IPVS_L7_POLICY_DIFF_KIND_ONLY_THERE] = "is not here",
	};
	const struct command *c = arg;
	char ep[FORMAT_SIZE];
	unsigned int i;

	if (p->other_secrets)
		printf("Node %u %s: no bindings are exchanged with it\n",
		       p->node, list_other_secrets);
	if (list_skew(ep, p->skew))
		printf("Node %u: %s\n", p->node, ep);
	if (!p->config_differs)
		return;
	if (!p->npolicies)
		printf("Node %u has other policies, which it has not told yet\n",
		       p->node);
	for (i = 0; i < p->ndiffs; i++)
		printf("Node %u: the policy of %s %s %s\n", p->node,
		       format_protocol(&p->diffs[i].service),
		       names_endpoint(ep, &p->diffs[i].service, c->numeric),
		       p->diffs[i].what < sizeof(words) / sizeof(words[0]) ?
		       words[p->diffs[i].what] : "differs");
	if (p->npolicies > p->ndiffs)
		printf("Node %u: %u more\n", p->node,
		       p->npolicies - p->ndiffs);
}

static void peer_row(const struct peer *p, void *arg)
{
	char ep[FORMAT_SIZE], seen[FORMAT_SIZE], n[9][FORMAT_SIZE], node[16];
	char rtt[FORMAT_SIZE], keys[FORMAT_SIZE];
	const struct command *c = arg;

	snprintf(node, sizeof(node), "%u", p->node);
	table_row((const char *const[]) {
		node, names_endpoint(ep, &p->addr, c->numeric),
		list_peer_state(p),
		format_duration(seen, p->last_seen),
		list_rtt(rtt, p->mean_rtt),
		format_number(n[0], p->rx_packets, c->exact),
		format_number(n[1], p->rx_records, c->exact),
		format_number(n[2], p->missing, c->exact),
		format_number(n[3], p->repaired, c->exact),
		format_number(n[4], p->lost, c->exact),
		format_number(n[5], p->unconfirmed, c->exact),
		format_number(n[6], p->differs, c->exact),
		format_number(n[7], p->bindings, c->exact),
		format_number(n[8], p->flows, c->exact),
		format_keys(keys, p->keys, p->nkeys),
	});
}

int list_peers(const struct command *c, struct error *e)
{
	static const char *const heads[] = {
		">Node", "Address", "State", ">LastSeen", ">RTT", ">InPkts",
		">Records", ">Missing", ">Repaired", ">Lost", ">Unconf",
		">Differ", ">Bindings", ">Flows", "Keys", NULL,
	};
	int err;

	listing_begin(c, "peers", heads);
	err = request_peer_dump(c->json ? peer_json : peer_row,
				(void *)(uintptr_t)c, e);
	listing_end(c);
	if (!err && !c->json)
		err = request_peer_dump(peer_diffs, (void *)(uintptr_t)c, e);
	return err;
}

/* The first peer of which something is missing; best one that could be waited for. */
static void wanting(const struct peer *p, void *arg)
{
	struct peer *out = arg;

	if ((!out->node || out->other_secrets) && !is_silent(p) &&
	    (!p->joined || p->missing || !p->equal))
		*out = *p;
}

int list_ready(struct error *e)
{
	struct peer p = {};
	struct sync_conf s;

	if (request_sync_get(&s, e))
		return -1;
	if (!s.running)
		return error_set(e, "not ready: mirroring is off");
	if (s.state == IPVS_L7_NODE_STATE_READY ||
	    s.state == IPVS_L7_NODE_STATE_ALONE) {
		printf("%s%s\n", format_node_state(s.state),
		       s.state == IPVS_L7_NODE_STATE_ALONE && s.other_key ?
		       ", but somebody sends under a key that is not installed here" : "");
		return 0;
	}
	if (s.state == IPVS_L7_NODE_STATE_DRAINING)
		return error_set(e, "not ready: DRAINING, as its operator wants (--undrain)");
	if (request_peer_dump(wanting, &p, e))
		return -1;
	if (!p.node)
		return error_set(e, "not ready: %s, no peer was heard yet",
				 format_node_state(s.state));
	if (p.other_secrets)
		return error_set(e, "not ready: %s, node %u %s",
				 format_node_state(s.state), p.node,
				 list_other_secrets);
	return error_set(e, "not ready: %s, node %u %s, %llu packets are missing",
			 format_node_state(s.state), p.node,
			 !p.joined ? "has not sent everything yet" :
			 p.differs ? "has other entries" :
			 p.equal ? "has sent everything" :
				   "is being compared",
			 (unsigned long long)p.missing);
}
