// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the words of a command line. The first byte says whether they
 * come from a saved table, the rest is words, each ended by a zero. Whatever
 * is accepted lies in the ranges that the module takes, and can be saved and
 * restored. Each word is also read as number, size and time, and compared with
 * what wide arithmetic makes of it.
 */
#include <strings.h>
#include "parse.h"
#include "saved.h"

#define WORDS_MAX	64
#define YEAR		31536000u

/** struct words - a command line of its own
 * @text: what @argv points into
 */
struct words {
	char *text;
	char *argv[WORDS_MAX + 2];
	int argc;
};

static void split(struct words *ws, const u8 *data, size_t len)
{
	static char name[] = "ipvsl7adm";
	char *p, *end;

	ws->text = malloc(len + 1);
	REQUIRE(ws->text);
	if (len)
		memcpy(ws->text, data, len);
	ws->text[len] = '\0';
	ws->argv[0] = name;
	ws->argc = 1;
	end = ws->text + len;
	for (p = ws->text; p < end && ws->argc <= WORDS_MAX; p += strlen(p) + 1)
		ws->argv[ws->argc++] = p;
	ws->argv[ws->argc] = NULL;
}

static bool is_in(const struct words *ws, const char *p, size_t n, size_t len)
{
	return p >= ws->text && p + n <= ws->text + len;
}

/* --- Numbers, with more bits than they can have --- */

typedef unsigned __int128 wide;

/* The digits at *@s, which moves behind them; false if there are none. */
static bool read_digits(const char **s, wide *v)
{
	const char *p = *s;

	*v = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		if (*v < (wide)1 << 100)
			*v = *v * 10 + (wide)(*p - '0');
	if (p == *s)
		return false;
	*s = p;
	return true;
}

static void require_size(const char *s, wide v, const char *unit)
{
	static const char *const units[] = { "", "k", "m", "g" };
	struct error e = { "" };
	uint32_t got = 0;
	wide want = 0;
	u32 i;
	int ret = parse_size("n", s, 1, UINT32_MAX, &got, &e);

	for (i = 0; i < FUZZ_SIZE(units); i++)
		if (!strcasecmp(unit, units[i]))
			want = v << 10 * i;
	REQUIRE(!ret == (want >= 1 && want <= UINT32_MAX));
	if (!ret)
		REQUIRE(got == (uint32_t)want);
}

static void require_duration(const char *s, wide v, const char *unit)
{
	static const struct {
		const char *name;
		u32 ms;
	} units[] = {
		{ "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
		{ "h", 3600000 }, { "d", 86400000 },
	};
	struct error e = { "" };
	uint32_t got = 0;
	wide want = 0;
	u32 i;
	int ret = parse_duration("n", s, 1000, 1, YEAR, &got, &e);

	for (i = 0; i < FUZZ_SIZE(units); i++)
		if (!strcmp(unit, units[i].name))
			want = v * units[i].ms;
	REQUIRE(!ret == (want >= 1000 && want <= (wide)YEAR * 1000 &&
			 want % 1000 == 0));
	if (!ret)
		REQUIRE(got == (uint32_t)(want / 1000));
}

static void require_numbers(const char *s)
{
	struct error e = { "" };
	const char *unit = s;
	uint64_t got = 0;
	wide v;

	if (!read_digits(&unit, &v)) {
		REQUIRE(parse_number("n", s, 0, UINT64_MAX, &got, &e));
		return;
	}
	/* The largest ten are refused: where digits() stops before it wraps. */
	if (v <= UINT64_MAX - 9 && !*unit)
		REQUIRE(!parse_number("n", s, 0, UINT64_MAX, &got, &e) &&
			got == v);
	else if (v > UINT64_MAX || *unit)
		REQUIRE(parse_number("n", s, 0, UINT64_MAX, &got, &e));
	require_size(s, v, unit);
	require_duration(s, v, unit);
}

/* --- Commands --- */

/* 0 is "not given". */
static bool is_between(uint32_t v, uint32_t min, uint32_t max)
{
	return !v || (v >= min && v <= max);
}

static void require_ep(const struct ep *ep, bool with_port)
{
	if (!ep->af)
		return;
	REQUIRE(ep->af == AF_INET || ep->af == AF_INET6);
	REQUIRE(!ep->port == !with_port);
}

static void require_rule(const struct rule *r)
{
	if (r->type == IPVS_L7_KEY_TYPE_SRC) {
		REQUIRE(r->prefix <= 128 && !r->name[0] && !r->wildcard);
		return;
	}
	REQUIRE(r->type >= IPVS_L7_KEY_TYPE_COOKIE &&
		r->type <= IPVS_L7_KEY_TYPE_COOKIE_REWRITE);
	if (r->type != IPVS_L7_KEY_TYPE_COOKIE &&
	    r->type != IPVS_L7_KEY_TYPE_COOKIE_INSERT &&
	    r->type != IPVS_L7_KEY_TYPE_COOKIE_REWRITE &&
	    r->type != IPVS_L7_KEY_TYPE_URL &&
	    r->type != IPVS_L7_KEY_TYPE_HEADER) {
		REQUIRE(!r->name[0] && !r->wildcard);
		return;
	}
	REQUIRE(!r->prefix);
	REQUIRE(r->name[0] && strnlen(r->name, sizeof(r->name)) <=
		IPVS_L7_COOKIE_NAME_MAX);
	REQUIRE(!strpbrk(r->name, " \t\";,=()<>@:\\/[]?{}"));
}

static void require_steer(const struct steer *r)
{
	size_t n = strnlen(r->pattern, sizeof(r->pattern));

	REQUIRE(r->match >= IPVS_L7_STEER_MATCH_ANY &&
		r->match <= IPVS_L7_STEER_MATCH_HEADER);
	REQUIRE(r->how <= IPVS_L7_STEER_HOW_SUFFIX);
	REQUIRE(!r->mark == (r->target != IPVS_L7_STEER_TARGET_FWMARK));
	REQUIRE(!n == (r->match == IPVS_L7_STEER_MATCH_ANY));
	REQUIRE(n <= IPVS_L7_STEER_PATTERN_MAX);
	REQUIRE(!r->name[0] == (r->match != IPVS_L7_STEER_MATCH_HEADER));
	while (n--)
		REQUIRE((u8)r->pattern[n] >= ' ' && r->pattern[n] != 0x7f);
}

static void require_route(const struct route *r)
{
	size_t n = strnlen(r->name, sizeof(r->name));

	REQUIRE(n && n <= IPVS_L7_ROUTE_NAME_MAX);
	REQUIRE(!strpbrk(r->name, " \t\",.;=\\"));
	REQUIRE(r->server.af);
}

static void require_svc(const struct svc *s)
{
	unsigned int i;

	require_ep(&s->service, true);
	REQUIRE(is_between(s->timeout, 1, YEAR));
	REQUIRE(is_between(s->inspect, 100, 60000));
	REQUIRE(is_between(s->silent, 1, 3600));
	REQUIRE(is_between(s->connect, 50, 30000));
	REQUIRE(is_between(s->tries, 1, 8));
	REQUIRE(is_between(s->max_request, 512, 65536));
	REQUIRE(s->accept_proxy <= TOGGLE_ON && s->send_proxy <= TOGGLE_ON &&
		s->mirror <= TOGGLE_ON && s->ftp <= TOGGLE_ON && s->semi <= TOGGLE_ON);
	REQUIRE(is_between(s->flow_timeout, 1, YEAR));
	REQUIRE(s->nrules <= IPVS_L7_RULES_MAX);
	for (i = 0; i < s->nrules; i++)
		require_rule(&s->rules[i]);
	REQUIRE(s->nsteer <= IPVS_L7_STEER_MAX && !(s->nsteer && s->no_steer));
	for (i = 0; i < s->nsteer; i++)
		require_steer(&s->steer[i]);
	REQUIRE(s->nroutes <= IPVS_L7_ROUTES_MAX && !(s->nroutes && s->no_routes));
	for (i = 0; i < s->nroutes; i++)
		require_route(&s->routes[i]);
}

static void require_sync(const struct command *c)
{
	const struct sync_conf *s = &c->sync;
	unsigned int i;

	REQUIRE(s->ifname[0] && strnlen(s->ifname, IFNAMSIZ) < IFNAMSIZ);
	REQUIRE(!s->group.af != !s->npeers);
	REQUIRE(s->npeers <= IPVS_L7_SYNC_PEERS_MAX);
	REQUIRE(s->node >= 1 && s->node <= 255);
	REQUIRE(s->cluster >= -1 && s->cluster <= 255);
	REQUIRE(!s->receive_buffer || (s->receive_buffer >= IPVS_L7_RECEIVE_BUFFER_MIN &&
				       s->receive_buffer <= IPVS_L7_RECEIVE_BUFFER_MAX));
	REQUIRE(c->path || s->plaintext);
	REQUIRE(!s->accept_policies || !s->plaintext);
	require_ep(&s->group, false);
	for (i = 0; i < s->npeers; i++) {
		REQUIRE(s->peers[i].af);
		require_ep(&s->peers[i], false);
	}
}

static void require_key(const struct command *c)
{
	REQUIRE(c->kv.len >= 1 && c->kv.len <= 16384);
	if (c->kv.by == KEY_BY_RULE)
		require_rule(&c->kv.rule);
	if (c->kv.by == KEY_BY_INDEX)
		REQUIRE(c->kv.index < IPVS_L7_RULES_MAX);
	REQUIRE(c->svc.service.af || (c->kv.by == KEY_BY_HASH &&
				      c->action == DO_LOOKUP));
	if (c->action == DO_ADD_BINDING)
		REQUIRE(c->server.af);
}

static void require_command(const struct command *c, bool restoring)
{
	REQUIRE(c->action > DO_NOTHING && c->action <= DO_VERSION);
	if (restoring)
		REQUIRE(c->action != DO_RESTORE && c->action != DO_SAVE &&
			c->action != DO_GENERATE_KEY && c->action != DO_LIST);
	require_svc(&c->svc);
	require_ep(&c->server, true);
	switch (c->action) {
	case DO_ADD:
		REQUIRE(c->svc.service.af &&
			(c->svc.nrules || c->svc.nsteer ||
			 c->svc.mirror == TOGGLE_ON || c->svc.ftp == TOGGLE_ON));
		break;
	case DO_EDIT:
	case DO_DELETE:
		REQUIRE(c->svc.service.af);
		break;
	case DO_START_SYNC:
		require_sync(c);
		break;
	case DO_LOOKUP:
	case DO_ADD_BINDING:
	case DO_DEL_BINDING:
		require_key(c);
		break;
	case DO_SET_LIMITS:
		REQUIRE(!c->limits.pending_bytes ||
			c->limits.pending_bytes >= 4096);
		break;
	default:
		break;
	}
}

/* The same words again: pointers aside, the same. */
static void require_same(const u8 *data, size_t len, bool restoring, int ret,
			 const struct command *c, const struct error *e)
{
	struct error e2 = { "" };
	struct command c2, c1 = *c;
	struct words ws;

	split(&ws, data, len);
	REQUIRE(command_parse(ws.argc, ws.argv, restoring, &c2, &e2) == ret);
	c1.path = c2.path = NULL;
	c1.group = c2.group = NULL;
	c1.kv.value = c2.kv.value = NULL;
	if (ret)
		REQUIRE(!strcmp(e->text, e2.text));
	else
		REQUIRE(!memcmp(&c1, &c2, sizeof(c1)));
	free(ws.text);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct module m;
	struct error e = { "" };
	struct command c;
	struct words ws;
	bool restoring;
	int ret, i;

	if (!len)
		return 0;
	restoring = data[0] & 1;
	data++;
	len--;
	split(&ws, data, len);
	for (i = 1; i < ws.argc; i++)
		require_numbers(ws.argv[i]);
	ret = command_parse(ws.argc, ws.argv, restoring, &c, &e);
	REQUIRE(ret == 0 || ret == -1);
	if (ret) {
		REQUIRE(e.text[0] && memchr(e.text, '\0', sizeof(e.text)));
	} else {
		require_command(&c, restoring);
		if (c.path)
			REQUIRE(is_in(&ws, c.path, strlen(c.path), len));
		if (c.kv.value)
			REQUIRE(is_in(&ws, c.kv.value, c.kv.len, len));
		module_init(&m);
		module_apply(&m, &c);
		require_saved(&m);
	}
	require_same(data, len, restoring, ret, &c, &e);
	free(ws.text);
	return 0;
}
