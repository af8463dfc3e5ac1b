// SPDX-License-Identifier: GPL-2.0
/* See command.h. Which option goes with which action is one table. */
#include <getopt.h>
#include <string.h>
#include "command.h"
#include "parse.h"

#define BIT(action)	(UINT64_C(1) << (action))
#define POLICY		(BIT(DO_ADD) | BIT(DO_EDIT))
#define LISTINGS	(BIT(DO_LIST) | BIT(DO_BINDINGS) | BIT(DO_FLOWS) | \
			 BIT(DO_PEERS) | BIT(DO_STATS) | BIT(DO_SYNC) | \
			 BIT(DO_LOOKUP))
#define ONE_BINDING	(BIT(DO_LOOKUP) | BIT(DO_ADD_BINDING) | \
			 BIT(DO_DEL_BINDING))
#define ANY_SERVICE	(BIT(DO_LIST) | BIT(DO_ZERO) | BIT(DO_BINDINGS) | \
			 BIT(DO_FLOWS) | BIT(DO_STATS) | \
			 BIT(DO_FLUSH_BINDINGS) | BIT(DO_RESET_FLOWS))
/* What the lines of a saved table can be. */
#define SAVED		(POLICY | BIT(DO_DELETE) | BIT(DO_CLEAR) | \
			 BIT(DO_ZERO) | BIT(DO_ADD_BINDING) | \
			 BIT(DO_DEL_BINDING) | BIT(DO_FLUSH_BINDINGS) | \
			 BIT(DO_RESET_FLOWS) | BIT(DO_SET_LIMITS) | \
			 BIT(DO_START_SYNC) | BIT(DO_STOP_SYNC) | \
			 BIT(DO_ADD_KEY) | BIT(DO_DEL_KEY))

/* Options without a letter, and actions from OPT_ACTION on. */
enum {
	OPT_INSPECT = 256,
	OPT_SILENT,
	OPT_CONNECT,
	OPT_TRIES,
	OPT_MAX_REQUEST,
	OPT_FLOW_TIMEOUT,
	OPT_ON_DRAIN,
	OPT_MAX_LIFETIME,
	OPT_PREBIND,
	OPT_ACCEPT_PROXY,
	OPT_SEND_PROXY,
	OPT_MIRROR,
	OPT_FTP,
	OPT_SEMI_SYNC,
	OPT_ROUTE,
	OPT_EXACT,
	OPT_JSON,
	OPT_INTERFACE,
	OPT_GROUP,
	OPT_PEER,
	OPT_PORT,
	OPT_NODE,
	OPT_CLUSTER,
	OPT_RECEIVE_BUFFER,
	OPT_KEY_FILE,
	OPT_PACKET_KEY,
	OPT_ACCEPT_POLICIES,
	OPT_PLAINTEXT,
	OPT_ANSWER,
	OPT_CLIENT,
	OPT_STATIC,
	OPT_RULES,
	OPT_FORCE,
	OPT_ACTION = 512,
};

#define ACT(action)	(OPT_ACTION + (action))

static const char letters[] = "-:ACDELRSZf:ht:u:k:lnp:r:s:v";

static const struct option longs[] = {
	{ "add-service", 0, NULL, 'A' },
	{ "edit-service", 0, NULL, 'E' },
	{ "delete-service", 0, NULL, 'D' },
	{ "clear", 0, NULL, 'C' },
	{ "list", 0, NULL, 'L' },
	{ "save", 0, NULL, 'S' },
	{ "restore", 0, NULL, 'R' },
	{ "zero", 0, NULL, 'Z' },
	{ "help", 0, NULL, 'h' },
	{ "version", 0, NULL, ACT(DO_VERSION) },
	{ "bindings", 0, NULL, ACT(DO_BINDINGS) },
	{ "flows", 0, NULL, ACT(DO_FLOWS) },
	{ "peers", 0, NULL, ACT(DO_PEERS) },
	{ "stats", 0, NULL, ACT(DO_STATS) },
	{ "sync", 0, NULL, ACT(DO_SYNC) },
	{ "ready", 0, NULL, ACT(DO_READY) },
	{ "selftest", 0, NULL, ACT(DO_SELFTEST) },
	{ "push-policies", 0, NULL, ACT(DO_PUSH) },
	{ "lookup", 1, NULL, ACT(DO_LOOKUP) },
	{ "add-binding", 1, NULL, ACT(DO_ADD_BINDING) },
	{ "del-binding", 1, NULL, ACT(DO_DEL_BINDING) },
	{ "flush-bindings", 0, NULL, ACT(DO_FLUSH_BINDINGS) },
	{ "reset-flows", 0, NULL, ACT(DO_RESET_FLOWS) },
	{ "set-limits", 1, NULL, ACT(DO_SET_LIMITS) },
	{ "start-sync", 0, NULL, ACT(DO_START_SYNC) },
	{ "stop-sync", 0, NULL, ACT(DO_STOP_SYNC) },
	{ "add-key", 1, NULL, ACT(DO_ADD_KEY) },
	{ "del-key", 1, NULL, ACT(DO_DEL_KEY) },
	{ "resync", 0, NULL, ACT(DO_RESYNC) },
	{ "forget-peer", 1, NULL, ACT(DO_FORGET_PEER) },
	{ "drain", 0, NULL, ACT(DO_DRAIN) },
	{ "undrain", 0, NULL, ACT(DO_UNDRAIN) },
	{ "monitor", 0, NULL, ACT(DO_MONITOR) },
	{ "generate-key", 2, NULL, ACT(DO_GENERATE_KEY) },
	{ "explain", 1, NULL, ACT(DO_EXPLAIN) },
	{ "tcp-service", 1, NULL, 't' },
	{ "udp-service", 1, NULL, 'u' },
	{ "key", 1, NULL, 'k' },
	{ "steer", 1, NULL, 's' },
	{ "route", 1, NULL, OPT_ROUTE },
	{ "fwmark", 1, NULL, 'f' },
	{ "timeout", 1, NULL, 'p' },
	{ "inspect-timeout", 1, NULL, OPT_INSPECT },
	{ "silent-timeout", 1, NULL, OPT_SILENT },
	{ "connect-timeout", 1, NULL, OPT_CONNECT },
	{ "tries", 1, NULL, OPT_TRIES },
	{ "max-request", 1, NULL, OPT_MAX_REQUEST },
	{ "flow-timeout", 1, NULL, OPT_FLOW_TIMEOUT },
	{ "max-lifetime", 1, NULL, OPT_MAX_LIFETIME },
	{ "prebind", 1, NULL, OPT_PREBIND },
	{ "on-drain", 1, NULL, OPT_ON_DRAIN },
	{ "accept-proxy", 2, NULL, OPT_ACCEPT_PROXY },
	{ "send-proxy", 2, NULL, OPT_SEND_PROXY },
	{ "mirror", 1, NULL, OPT_MIRROR },
	{ "ftp", 2, NULL, OPT_FTP },
	{ "semi-sync", 2, NULL, OPT_SEMI_SYNC },
	{ "real-server", 1, NULL, 'r' },
	{ "numeric", 0, NULL, 'n' },
	{ "exact", 0, NULL, OPT_EXACT },
	{ "json", 0, NULL, OPT_JSON },
	{ "all", 0, NULL, 'v' },
	{ "interface", 1, NULL, OPT_INTERFACE },
	{ "group", 1, NULL, OPT_GROUP },
	{ "peer", 1, NULL, OPT_PEER },
	{ "port", 1, NULL, OPT_PORT },
	{ "node", 1, NULL, OPT_NODE },
	{ "cluster", 1, NULL, OPT_CLUSTER },
	{ "receive-buffer", 1, NULL, OPT_RECEIVE_BUFFER },
	{ "key-file", 1, NULL, OPT_KEY_FILE },
	{ "packet-key", 1, NULL, OPT_PACKET_KEY },
	{ "accept-policies", 0, NULL, OPT_ACCEPT_POLICIES },
	{ "plaintext", 0, NULL, OPT_PLAINTEXT },
	{ "answer", 1, NULL, OPT_ANSWER },
	{ "client", 1, NULL, OPT_CLIENT },
	{ "static", 0, NULL, OPT_STATIC },
	{ "rules", 0, NULL, OPT_RULES },
	{ "force", 0, NULL, OPT_FORCE },
	{ NULL, 0, NULL, 0 },
};

/* With which actions an option goes, and which of these want it. */
static const struct {
	int opt;
	uint64_t with;
	uint64_t wanted_by;
} matrix[] = {
	{ 't', POLICY | BIT(DO_DELETE) | ONE_BINDING | ANY_SERVICE |
	       BIT(DO_EXPLAIN), POLICY | BIT(DO_DELETE) },
	{ 'k', POLICY | BIT(DO_EXPLAIN), 0 },
	{ 's', POLICY, 0 },
	{ OPT_ROUTE, POLICY | BIT(DO_EXPLAIN), 0 },
	{ 'f', ONE_BINDING, 0 },
	{ 'p', POLICY, 0 },
	{ OPT_INSPECT, POLICY, 0 },
	{ OPT_SILENT, POLICY, 0 },
	{ OPT_CONNECT, POLICY, 0 },
	{ OPT_TRIES, POLICY, 0 },
	{ OPT_MAX_REQUEST, POLICY | BIT(DO_EXPLAIN), 0 },
	{ OPT_FLOW_TIMEOUT, POLICY, 0 },
	{ OPT_ON_DRAIN, POLICY, 0 },
	{ OPT_MAX_LIFETIME, POLICY, 0 },
	{ OPT_PREBIND, POLICY, 0 },
	{ OPT_ACCEPT_PROXY, POLICY | BIT(DO_EXPLAIN), 0 },
	{ OPT_SEND_PROXY, POLICY, 0 },
	{ OPT_MIRROR, POLICY, 0 },
	{ OPT_FTP, POLICY, 0 },
	{ OPT_SEMI_SYNC, POLICY, 0 },
	{ 'r', BIT(DO_ADD_BINDING), BIT(DO_ADD_BINDING) },
	{ 'n', LISTINGS | BIT(DO_SAVE) | BIT(DO_EXPLAIN) | BIT(DO_MONITOR) |
	       BIT(DO_SELFTEST) | BIT(DO_PUSH), 0 },
	{ OPT_EXACT, LISTINGS, 0 },
	{ OPT_JSON, LISTINGS | BIT(DO_EXPLAIN) | BIT(DO_MONITOR) |
	            BIT(DO_SELFTEST) | BIT(DO_PUSH), 0 },
	{ 'v', BIT(DO_STATS), 0 },
	{ OPT_RULES, BIT(DO_STATS), 0 },
	{ OPT_INTERFACE, BIT(DO_START_SYNC), BIT(DO_START_SYNC) },
	{ OPT_GROUP, POLICY | BIT(DO_START_SYNC), 0 },
	{ OPT_PEER, BIT(DO_START_SYNC), 0 },
	{ OPT_PORT, BIT(DO_START_SYNC), 0 },
	{ OPT_NODE, BIT(DO_START_SYNC), BIT(DO_START_SYNC) },
	{ OPT_CLUSTER, BIT(DO_START_SYNC), 0 },
	{ OPT_RECEIVE_BUFFER, BIT(DO_START_SYNC), 0 },
	{ OPT_KEY_FILE, BIT(DO_START_SYNC), 0 },
	{ OPT_PACKET_KEY, BIT(DO_START_SYNC), 0 },
	{ OPT_ACCEPT_POLICIES, BIT(DO_START_SYNC), 0 },
	{ OPT_PLAINTEXT, BIT(DO_START_SYNC), 0 },
	{ OPT_ANSWER, BIT(DO_EXPLAIN), 0 },
	{ OPT_CLIENT, BIT(DO_EXPLAIN), 0 },
	{ OPT_STATIC, BIT(DO_ADD_BINDING) | BIT(DO_FLUSH_BINDINGS), 0 },
	{ OPT_FORCE, BIT(DO_DEL_KEY), 0 },
};

#define MATRIX_SIZE	(sizeof(matrix) / sizeof(*matrix))

static const char *long_name(int opt)
{
	const struct option *o;

	for (o = longs; o->name; o++)
		if (o->val == opt)
			return o->name;
	return "?";
}

static int action_opt(enum action action)
{
	static const int by_letter[] = {
		[DO_ADD] = 'A', [DO_EDIT] = 'E', [DO_DELETE] = 'D',
		[DO_CLEAR] = 'C', [DO_LIST] = 'L', [DO_SAVE] = 'S',
		[DO_RESTORE] = 'R', [DO_ZERO] = 'Z', [DO_HELP] = 'h',
		[DO_VERSION] = 0,
	};

	return by_letter[action] ? by_letter[action] : (int)ACT(action);
}

static enum action action_of(int opt)
{
	int a;

	for (a = DO_ADD; a <= DO_VERSION; a++)
		if (action_opt(a) == opt)
			return a;
	return DO_NOTHING;
}

/* --list and the name of a listing are the same action. */
static int set_action(struct command *c, enum action a, struct error *e)
{
	uint64_t named = LISTINGS & ~BIT(DO_LIST) & ~BIT(DO_LOOKUP);

	if (c->action == DO_NOTHING || c->action == a ||
	    (c->action == DO_LIST && BIT(a) & named)) {
		c->action = a;
		return 0;
	}
	if (a == DO_LIST && BIT(c->action) & named)
		return 0;
	return error_set(e, "--%s and --%s exclude each other",
			 long_name(action_opt(c->action)),
			 long_name(action_opt(a)));
}

/* --- Values of options --- */

static int add_key(struct svc *s, const char *arg, struct error *e)
{
	if (s->nrules == IPVS_L7_RULES_MAX)
		return error_set(e, "key: more than %d keys",
				 IPVS_L7_RULES_MAX);
	return parse_rule(arg, &s->rules[s->nrules++], e);
}

static int add_steer(struct svc *s, const char *arg, struct error *e)
{
	bool none = !strcmp(arg, "none");

	if (s->no_steer || (none && s->nsteer))
		return error_set(e, "steer: 'none' goes alone");
	s->no_steer = none;
	if (none)
		return 0;
	if (s->nsteer == IPVS_L7_STEER_MAX)
		return error_set(e, "steer: more than %d rules",
				 IPVS_L7_STEER_MAX);
	return parse_steer(arg, &s->steer[s->nsteer++], e);
}

static int add_route(struct svc *s, const char *arg, struct error *e)
{
	bool none = !strcmp(arg, "none");

	if (s->no_routes || (none && s->nroutes))
		return error_set(e, "route: 'none' goes alone");
	s->no_routes = none;
	if (none)
		return 0;
	if (s->nroutes == IPVS_L7_ROUTES_MAX)
		return error_set(e, "route: more than %d are given",
				 IPVS_L7_ROUTES_MAX);
	return parse_route(arg, &s->routes[s->nroutes++], e);
}

static int policy_option(int opt, const char *arg, struct svc *s,
			 struct error *e)
{
	const uint32_t year = 31536000;
	uint64_t v = 0;
	int err = 0;

	switch (opt) {
	case 'k':
		return add_key(s, arg, e);
	case 's':
		return add_steer(s, arg, e);
	case OPT_ROUTE:
		return add_route(s, arg, e);
	case 'p':
		return parse_duration("timeout", arg, 1000, 1, year,
				      &s->timeout, e);
	case OPT_MAX_LIFETIME:
		return parse_optional("max-lifetime", arg, year,
				      &s->max_lifetime, e);
	case OPT_PREBIND:
		return parse_optional("prebind", arg, 3600, &s->prebind, e);
	case OPT_INSPECT:
		return parse_duration("inspect-timeout", arg, 1, 100, 60000,
				      &s->inspect, e);
	case OPT_SILENT:
		return parse_duration("silent-timeout", arg, 1000, 1, 3600,
				      &s->silent, e);
	case OPT_CONNECT:
		return parse_duration("connect-timeout", arg, 1, 50, 30000,
				      &s->connect, e);
	case OPT_MAX_REQUEST:
		return parse_size("max-request", arg, 512, 65536,
				  &s->max_request, e);
	case OPT_FLOW_TIMEOUT:
		return parse_duration("flow-timeout", arg, 1000, 1, year,
				      &s->flow_timeout, e);
	case OPT_ON_DRAIN:
		return parse_on_drain(arg, &s->on_drain, e);
	case OPT_ACCEPT_PROXY:
		return parse_toggle("accept-proxy", arg, &s->accept_proxy, e);
	case OPT_SEND_PROXY:
		return parse_toggle("send-proxy", arg, &s->send_proxy, e);
	case OPT_MIRROR:
		return parse_mirror(arg, &s->mirror, e);
	case OPT_FTP:
		return parse_toggle("ftp", arg, &s->ftp, e);
	case OPT_SEMI_SYNC:
		return parse_toggle("semi-sync", arg, &s->semi, e);
	case OPT_TRIES:
		err = parse_number("tries", arg, 1, 8, &v, e);
		s->tries = (uint32_t)v;
	}
	return err;
}

static int set_interface(struct sync_conf *c, const char *arg, struct error *e)
{
	size_t n = strlen(arg), i;

	if (!n || n >= sizeof(c->ifname))
		return error_set(e, "interface: a name has 1 to %zu characters",
				 sizeof(c->ifname) - 1);
	for (i = 0; i < n; i++)
		if ((unsigned char)arg[i] <= ' ' || arg[i] == '/')
			return error_set(e, "interface: not a name of an interface");
	memcpy(c->ifname, arg, n + 1);
	return 0;
}

static int add_peer(struct sync_conf *c, const char *arg, struct error *e)
{
	if (c->npeers == IPVS_L7_SYNC_PEERS_MAX)
		return error_set(e, "peer: more than %d peers",
				 IPVS_L7_SYNC_PEERS_MAX);
	return parse_endpoint("peer", arg, PORT_NONE, false,
			      &c->peers[c->npeers++], e);
}

static int parse_node(struct sync_conf *c, const char *arg, struct error *e)
{
	uint64_t v;

	if (parse_number("node", arg, 1, 255, &v, e))
		return -1;
	c->node = (int)v;
	return 0;
}

static int sync_option(int opt, const char *arg, struct sync_conf *c,
		       struct error *e)
{
	uint64_t v = 0;
	int err = 0;

	switch (opt) {
	case OPT_INTERFACE:
		return set_interface(c, arg, e);
	case OPT_PEER:
		return add_peer(c, arg, e);
	case OPT_PORT:
		err = parse_number("port", arg, 1, 65535, &v, e);
		c->port = (uint16_t)v;
		break;
	case OPT_NODE:
		return parse_node(c, arg, e);
	case OPT_CLUSTER:
		err = parse_number("cluster", arg, 0, 255, &v, e);
		c->cluster = (int)v;
		break;
	case OPT_RECEIVE_BUFFER:
		return parse_size("receive-buffer", arg, IPVS_L7_RECEIVE_BUFFER_MIN,
				  IPVS_L7_RECEIVE_BUFFER_MAX, &c->receive_buffer, e);
	case OPT_ACCEPT_POLICIES:
		c->accept_policies = true;
		break;
	case OPT_PLAINTEXT:
		c->plaintext = true;
	}
	return err;
}

static int action_value(struct command *c, const char *arg, struct error *e)
{
	switch (c->action) {
	case DO_LOOKUP:
	case DO_ADD_BINDING:
	case DO_DEL_BINDING:
		return parse_key_value(arg, &c->kv, e);
	case DO_SET_LIMITS:
		return parse_limits(arg, &c->limits, e);
	case DO_FORGET_PEER:
		return parse_node(&c->sync, arg, e);
	case DO_DEL_KEY:
		return parse_key_id(arg, &c->sync.key_id, e);
	case DO_ADD_KEY:
	case DO_GENERATE_KEY:
	case DO_EXPLAIN:
		c->path = arg;
		return 0;
	default:
		return 0;
	}
}

static int take_option(struct command *c, int opt, const char *arg,
		       struct error *e)
{
	switch (opt) {
	case 't':
	case 'u':
		if (parse_endpoint("service", arg, PORT_WANTED, false,
				   &c->svc.service, e))
			return -1;
		c->svc.service.udp = opt == 'u';
		return 0;
	case 'r':
		return parse_endpoint("real-server", arg, PORT_WANTED, false,
				      &c->server, e);
	case 'f':
		return parse_fwmark("fwmark", arg, &c->pool, e);
	case 'n':
		c->numeric = true;
		return 0;
	case 'v':
		c->all = true;
		return 0;
	case OPT_EXACT:
		c->exact = true;
		return 0;
	case OPT_JSON:
		c->json = true;
		return 0;
	case OPT_RULES:
		c->rules = true;
		return 0;
	case OPT_STATIC:
		c->fixed = true;
		return 0;
	case OPT_FORCE:
		c->force = true;
		return 0;
	case OPT_KEY_FILE:
		c->path = arg;
		return 0;
	case OPT_PACKET_KEY:
		c->packet_path = arg;
		return 0;
	case OPT_ANSWER:
		c->answer = arg;
		return 0;
	case OPT_GROUP:
		c->group = arg;
		return 0;
	case OPT_CLIENT:
		return parse_endpoint("client", arg, PORT_NONE, false,
				      &c->client, e);
	}
	if (opt >= OPT_INTERFACE && opt <= OPT_PLAINTEXT)
		return sync_option(opt, arg, &c->sync, e);
	return policy_option(opt, arg, &c->svc, e);
}

/* What it is follows from the command, which may stand behind it. */
static int take_group(struct command *c, struct error *e)
{
	if (!c->group)
		return 0;
	if (c->action == DO_START_SYNC)
		return parse_endpoint("group", c->group, PORT_NONE, false,
				      &c->sync.group, e);
	if (!(BIT(c->action) & POLICY))
		return 0;
	c->svc.has_group = true;
	return parse_group(c->group, c->svc.group, e);
}

/* --- What goes with what --- */

static int check_sync(const struct command *c, struct error *e)
{
	if (!c->sync.group.af == !c->sync.npeers)
		return error_set(e, "--start-sync wants either --group or --peer");
	if (!c->path && !c->sync.plaintext)
		return error_set(e, "--start-sync wants --key-file or --plaintext");
	if (c->sync.accept_policies && c->sync.plaintext)
		return error_set(e, "--accept-policies does not go with --plaintext: anybody could set them");
	if (c->packet_path && c->sync.plaintext)
		return error_set(e, "--packet-key does not go with --plaintext");
	return 0;
}

static int check_add(const struct command *c, struct error *e)
{
	if (!c->svc.nrules && !c->svc.nsteer && c->svc.mirror != TOGGLE_ON &&
	    c->svc.ftp != TOGGLE_ON)
		return error_set(e, "--add-service wants --key, --steer, --mirror or --ftp");
	return 0;
}

static int check_binding(const struct command *c, struct error *e)
{
	if (c->kv.by == KEY_BY_HASH && c->action == DO_ADD_BINDING)
		return error_set(e, "--add-binding wants a key and its value, not a hash");
	if (c->kv.by == KEY_BY_HASH && c->pool)
		return error_set(e, "--fwmark does not go with a hash");
	if (!c->svc.service.af && c->kv.by != KEY_BY_HASH)
		return error_set(e, "--%s wants --tcp-service",
				 long_name(action_opt(c->action)));
	return 0;
}

static int check_explain(const struct command *c, struct error *e)
{
	if (!c->svc.service.af == !c->svc.nrules)
		return error_set(e, "--explain wants either --tcp-service or --key");
	if (c->svc.service.af && c->svc.max_request)
		return error_set(e, "--max-request goes with --key: a service has its own");
	if (c->svc.service.af && c->svc.accept_proxy)
		return error_set(e, "--accept-proxy goes with --key: a service has its own");
	if (c->svc.service.af && c->svc.nroutes + c->svc.no_routes)
		return error_set(e, "--route goes with --key: a service has its own");
	if (c->answer && !strcmp(c->path, "-") && !strcmp(c->answer, "-"))
		return error_set(e, "--explain and --answer cannot both read standard input");
	return 0;
}

static int check(const struct command *c, const bool *seen, bool restoring,
		 struct error *e)
{
	const char *name = long_name(action_opt(c->action));
	size_t i;

	if (restoring && !(BIT(c->action) & SAVED))
		return error_set(e, "--%s cannot be restored", name);
	for (i = 0; i < MATRIX_SIZE; i++) {
		if (seen[i] && !(BIT(c->action) & matrix[i].with))
			return error_set(e, "--%s does not go with --%s",
					 long_name(matrix[i].opt), name);
		if (!seen[i] && BIT(c->action) & matrix[i].wanted_by)
			return error_set(e, "--%s wants --%s", name,
					 long_name(matrix[i].opt));
	}
	if (c->action == DO_START_SYNC)
		return check_sync(c, e);
	if (c->action == DO_EXPLAIN)
		return check_explain(c, e);
	if (c->action == DO_ADD)
		return check_add(c, e);
	return BIT(c->action) & ONE_BINDING ? check_binding(c, e) : 0;
}

/* Marks an option as seen; those that are not lists may come once. */
static int see(int opt, bool *seen, struct error *e)
{
	size_t i;

	for (i = 0; i < MATRIX_SIZE; i++)
		if (matrix[i].opt == opt)
			break;
	if (i < MATRIX_SIZE && seen[i] && opt != 'k' && opt != 's' && opt != OPT_PEER &&
	    opt != OPT_ROUTE)
		return error_set(e, "--%s is given twice", long_name(opt));
	if (i < MATRIX_SIZE)
		seen[i] = true;
	return 0;
}

/* A word that is no option is a file for --generate-key, and wrong else. */
static int take_word(struct command *c, const char *arg, struct error *e)
{
	if (c->action != DO_GENERATE_KEY || c->path)
		return error_set(e, "'%.64s': not an option", arg);
	c->path = arg;
	return 0;
}

static int take(struct command *c, int opt, char **argv, bool *seen,
		struct error *e)
{
	enum action a = action_of(opt == 'l' ? 'L' : opt);

	if (opt == 1)
		return take_word(c, optarg, e);
	if (opt == ':')
		return error_set(e, "'%.64s' wants a value", argv[optind - 1]);
	if (opt == '?' && optopt && optopt < 256)
		return error_set(e, "'-%c': no such option", optopt);
	if (opt == '?')
		return error_set(e, "'%.64s': no such option",
				 argv[optind - 1]);
	if (a != DO_NOTHING)
		return set_action(c, a, e) ?: action_value(c, optarg, e);
	return see(opt == 'u' ? 't' : opt, seen, e) ?: take_option(c, opt, optarg, e);
}

int command_parse(int argc, char **argv, bool restoring, struct command *c,
		  struct error *e)
{
	bool seen[MATRIX_SIZE] = { false };
	int opt;

	memset(c, 0, sizeof(*c));
	c->sync.node = c->sync.cluster = -1;
	/* getopt starts afresh, and says nothing itself. */
	optind = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, letters, longs, NULL)) != -1)
		if (take(c, opt, argv, seen, e))
			return -1;
	c->kv.pool = c->pool;
	if (optind < argc && take_word(c, argv[optind], e))
		return -1;
	if (c->action == DO_NOTHING && restoring)
		return error_set(e, "no command");
	if (c->action == DO_NOTHING)
		c->action = DO_LIST;
	return take_group(c, e) ?: check(c, seen, restoring, e);
}
