// SPDX-License-Identifier: GPL-2.0
/*
 * See fields.h. Names are those of the options, where these differ from those
 * of the netlink specification.
 */
#include <netlink/msg.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include "fields.h"
#include "model.h"

#define SET_SIZE	24

/** struct set - an attribute set
 * @name: by type
 * @nest: what is inside, by type
 */
struct set {
	const char *name[SET_SIZE];
	const struct set *nest[SET_SIZE];
};

static const struct set endpoint = {
	.name = {
		[IPVS_L7_A_ENDPOINT_ADDR4] = "address",
		[IPVS_L7_A_ENDPOINT_ADDR6] = "address",
		[IPVS_L7_A_ENDPOINT_PORT] = "port",
		[IPVS_L7_A_ENDPOINT_UDP] = "udp",
	},
};

static const struct set rule = {
	.name = {
		[IPVS_L7_A_RULE_TYPE] = "key type",
		[IPVS_L7_A_RULE_PREFIX] = "key prefix",
		[IPVS_L7_A_RULE_NAME] = "key name",
		[IPVS_L7_A_RULE_WILDCARD] = "key wildcard",
		[IPVS_L7_A_RULE_OFFSET] = "key offset",
		[IPVS_L7_A_RULE_LENGTH] = "key length",
		[IPVS_L7_A_RULE_REQUIRE] = "key require",
		[IPVS_L7_A_RULE_LEARN_REQUEST] = "key learn",
		[IPVS_L7_A_RULE_RESPONSES] = "key responses",
		[IPVS_L7_A_RULE_ROUTE] = "key route",
	},
};

static const struct set steer = {
	.name = {
		[IPVS_L7_A_STEER_MATCH] = "steer match",
		[IPVS_L7_A_STEER_HOW] = "steer how",
		[IPVS_L7_A_STEER_NAME] = "steer name",
		[IPVS_L7_A_STEER_PATTERN] = "steer pattern",
		[IPVS_L7_A_STEER_TARGET] = "steer target",
		[IPVS_L7_A_STEER_MARK] = "steer fwmark",
	},
};

static const struct set route = {
	.name = {
		[IPVS_L7_A_ROUTE_NAME] = "route name",
		[IPVS_L7_A_ROUTE_SERVER] = "route server",
	},
	.nest = { [IPVS_L7_A_ROUTE_SERVER] = &endpoint },
};

static const struct set svc = {
	.name = {
		[IPVS_L7_A_SVC_SERVICE] = "service",
		[IPVS_L7_A_SVC_TIMEOUT] = "timeout",
		[IPVS_L7_A_SVC_INSPECT_TIMEOUT] = "inspect-timeout",
		[IPVS_L7_A_SVC_SILENT_TIMEOUT] = "silent-timeout",
		[IPVS_L7_A_SVC_CONNECT_TIMEOUT] = "connect-timeout",
		[IPVS_L7_A_SVC_TRIES] = "tries",
		[IPVS_L7_A_SVC_MAX_REQUEST] = "max-request",
		[IPVS_L7_A_SVC_FLOW_TIMEOUT] = "flow-timeout",
		[IPVS_L7_A_SVC_ACCEPT_PROXY] = "accept-proxy",
		[IPVS_L7_A_SVC_SEND_PROXY] = "send-proxy",
		[IPVS_L7_A_SVC_MIRROR_CONNECTIONS] = "mirror",
		[IPVS_L7_A_SVC_FTP] = "ftp",
		[IPVS_L7_A_SVC_SEMI_SYNC] = "semi-sync",
		[IPVS_L7_A_SVC_RULE] = "key",
		[IPVS_L7_A_SVC_STEER] = "steer",
		[IPVS_L7_A_SVC_GROUP] = "group",
		[IPVS_L7_A_SVC_ON_DRAIN] = "on-drain",
		[IPVS_L7_A_SVC_MAX_LIFETIME] = "max-lifetime",
		[IPVS_L7_A_SVC_PREBIND] = "prebind",
		[IPVS_L7_A_SVC_ROUTE] = "route",
	},
	.nest = {
		[IPVS_L7_A_SVC_SERVICE] = &endpoint,
		[IPVS_L7_A_SVC_RULE] = &rule,
		[IPVS_L7_A_SVC_STEER] = &steer,
		[IPVS_L7_A_SVC_ROUTE] = &route,
	},
};

static const struct set stats = {
	.name = { [IPVS_L7_A_STATS_SERVICE] = "service" },
	.nest = { [IPVS_L7_A_STATS_SERVICE] = &endpoint },
};

static const struct set binding = {
	.name = {
		[IPVS_L7_A_BINDING_SERVICE] = "service",
		[IPVS_L7_A_BINDING_RULE] = "rule",
		[IPVS_L7_A_BINDING_VALUE] = "value",
		[IPVS_L7_A_BINDING_HASH] = "hash",
		[IPVS_L7_A_BINDING_SERVER] = "real-server",
		[IPVS_L7_A_BINDING_POOL] = "fwmark",
		[IPVS_L7_A_BINDING_STATIC] = "static",
	},
	.nest = {
		[IPVS_L7_A_BINDING_SERVICE] = &endpoint,
		[IPVS_L7_A_BINDING_SERVER] = &endpoint,
	},
};

static const struct set flow = {
	.name = {
		[IPVS_L7_A_FLOW_CLIENT] = "client",
		[IPVS_L7_A_FLOW_VIP] = "service",
	},
	.nest = {
		[IPVS_L7_A_FLOW_CLIENT] = &endpoint,
		[IPVS_L7_A_FLOW_VIP] = &endpoint,
	},
};

static const struct set peer = {
	.name = { [IPVS_L7_A_PEER_NODE] = "node" },
};

static const struct set sync_set = {
	.name = {
		[IPVS_L7_A_SYNC_IFNAME] = "interface",
		[IPVS_L7_A_SYNC_GROUP] = "group",
		[IPVS_L7_A_SYNC_PEER] = "peer",
		[IPVS_L7_A_SYNC_PORT] = "port",
		[IPVS_L7_A_SYNC_NODE] = "node",
		[IPVS_L7_A_SYNC_CLUSTER] = "cluster",
		[IPVS_L7_A_SYNC_RECEIVE_BUFFER] = "receive-buffer",
		[IPVS_L7_A_SYNC_PLAINTEXT] = "plaintext",
		[IPVS_L7_A_SYNC_ACCEPT_POLICIES] = "accept-policies",
		[IPVS_L7_A_SYNC_KEY] = "key",
		[IPVS_L7_A_SYNC_KEY_PATH] = "key-file",
		[IPVS_L7_A_SYNC_KEY_ID] = "key",
		[IPVS_L7_A_SYNC_FORCE] = "force",
	},
	.nest = {
		[IPVS_L7_A_SYNC_GROUP] = &endpoint,
		[IPVS_L7_A_SYNC_PEER] = &endpoint,
	},
};

static const struct set limits = {
	.name = {
		[IPVS_L7_A_LIMITS_BINDINGS] = "bindings",
		[IPVS_L7_A_LIMITS_FLOWS] = "flows",
		[IPVS_L7_A_LIMITS_PENDING] = "pending",
		[IPVS_L7_A_LIMITS_PENDING_SRC] = "pending-src",
		[IPVS_L7_A_LIMITS_PENDING_BYTES] = "pending-bytes",
	},
};

static const struct set *const by_cmd[] = {
	[IPVS_L7_CMD_SVC_NEW] = &svc,
	[IPVS_L7_CMD_SVC_SET] = &svc,
	[IPVS_L7_CMD_SVC_DEL] = &svc,
	[IPVS_L7_CMD_SVC_GET] = &svc,
	[IPVS_L7_CMD_SVC_FLUSH] = &svc,
	[IPVS_L7_CMD_STATS_GET] = &stats,
	[IPVS_L7_CMD_STATS_ZERO] = &stats,
	[IPVS_L7_CMD_BINDING_GET] = &binding,
	[IPVS_L7_CMD_BINDING_NEW] = &binding,
	[IPVS_L7_CMD_BINDING_DEL] = &binding,
	[IPVS_L7_CMD_BINDING_FLUSH] = &binding,
	[IPVS_L7_CMD_FLOW_GET] = &flow,
	[IPVS_L7_CMD_PEER_GET] = &peer,
	[IPVS_L7_CMD_SYNC_START] = &sync_set,
	[IPVS_L7_CMD_SYNC_STOP] = &sync_set,
	[IPVS_L7_CMD_SYNC_RESYNC] = &sync_set,
	[IPVS_L7_CMD_SYNC_GET] = &sync_set,
	[IPVS_L7_CMD_SYNC_KEY_ADD] = &sync_set,
	[IPVS_L7_CMD_SYNC_KEY_DEL] = &sync_set,
	[IPVS_L7_CMD_SYNC_PUSH] = &sync_set,
	[IPVS_L7_CMD_LIMITS_SET] = &limits,
	[IPVS_L7_CMD_LIMITS_GET] = &limits,
};

_Static_assert(IPVS_L7_A_SYNC_MAX < SET_SIZE && IPVS_L7_A_SVC_MAX < SET_SIZE &&
	       IPVS_L7_A_BINDING_MAX < SET_SIZE, "sets are larger");

static const struct set *set_of(const struct nlmsghdr *req)
{
	const struct genlmsghdr *g = nlmsg_data(req);

	return g->cmd < sizeof(by_cmd) / sizeof(*by_cmd) ? by_cmd[g->cmd] :
							   NULL;
}

static const char *find(const struct set *set, const struct nlattr *head,
			int len, const char *at)
{
	const struct nlattr *a;
	const char *name;
	int rem;

	nla_for_each_attr(a, head, len, rem) {
		unsigned int type = (unsigned int)nla_type(a);
		const char *from = (const char *)a;

		if (at < from || at >= from + a->nla_len || type >= SET_SIZE)
			continue;
		if (at > from && set->nest[type]) {
			name = find(set->nest[type], nla_data(a), nla_len(a),
				    at);
			if (name)
				return name;
		}
		return set->name[type];
	}
	return NULL;
}

const char *fields_at(const struct nlmsghdr *req, unsigned int offset)
{
	const struct set *set = set_of(req);

	if (!set || offset >= req->nlmsg_len)
		return NULL;
	return find(set, nlmsg_attrdata(req, GENL_HDRLEN),
		    nlmsg_attrlen(req, GENL_HDRLEN),
		    (const char *)req + offset);
}

const char *fields_name(const struct nlmsghdr *req, unsigned int type)
{
	const struct set *set = set_of(req);

	return set && type < SET_SIZE ? set->name[type] : NULL;
}
