// SPDX-License-Identifier: GPL-2.0
/* See saved.h. */
#include <netdb.h>
#include "saved.h"
#include "list.h"
#include "request.h"

static struct module *saving;

/* --- What save.c asks of request.c --- */

int request_limits_get(struct limits *out, struct error *e)
{
	(void)e;
	*out = saving->limits;
	return 0;
}

int request_sync_get(struct sync_conf *out, struct error *e)
{
	(void)e;
	*out = saving->sync;
	return 0;
}

int request_svc_dump(void (*fn)(const struct svc *s, void *arg), void *arg,
		     struct error *e)
{
	unsigned int i;

	(void)e;
	for (i = 0; i < saving->n; i++)
		fn(&saving->svcs[i], arg);
	return 0;
}

/* --- What parse.c asks of the resolver --- */

int __wrap_getaddrinfo(const char *host, const char *service,
		       const struct addrinfo *hints, struct addrinfo **out);
void __wrap_freeaddrinfo(struct addrinfo *ai);

int __wrap_getaddrinfo(const char *host, const char *service,
		       const struct addrinfo *hints, struct addrinfo **out)
{
	struct answer {
		struct addrinfo ai;
		union {
			struct sockaddr sa;
			struct sockaddr_in in;
			struct sockaddr_in6 in6;
		};
	} * a;
	bool v6 = host && !strcmp(host, "six");

	(void)hints;
	if ((host && !v6 && strcmp(host, "four")) ||
	    (service && strcmp(service, "http")))
		return EAI_NONAME;
	a = calloc(1, sizeof(*a));
	REQUIRE(a);
	a->ai.ai_addr = &a->sa;
	a->ai.ai_family = a->sa.sa_family = v6 ? AF_INET6 : AF_INET;
	if (v6)
		a->in6.sin6_addr.s6_addr[15] = 1;
	else
		a->in.sin_addr.s_addr = 0x0100007f;
	if (service)
		a->in.sin_port = 0x5000;
	*out = &a->ai;
	return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *ai)
{
	free(ai);
}

/* --- The module --- */

void module_init(struct module *m)
{
	memset(m, 0, sizeof(*m));
	m->limits.bindings = m->limits.flows = 1 << 20;
	m->limits.pending = 16384;
	m->limits.pending_src = 4096;
	m->limits.pending_bytes = 64 << 20;
}

static void set(uint32_t *field, uint32_t value)
{
	if (value)
		*field = value;
}

static bool is_same_ep(const struct ep *a, const struct ep *b)
{
	return a->af == b->af && a->port == b->port && a->udp == b->udp &&
	       !memcmp(&a->in6, &b->in6, sizeof(a->in6));
}

static struct svc *module_find(struct module *m, const struct ep *ep)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (is_same_ep(&m->svcs[i].service, ep))
			return &m->svcs[i];
	return NULL;
}

static void module_change(struct svc *s, const struct svc *by)
{
	set(&s->timeout, by->timeout);
	set(&s->inspect, by->inspect);
	set(&s->silent, by->silent);
	set(&s->connect, by->connect);
	set(&s->tries, by->tries);
	set(&s->max_request, by->max_request);
	set(&s->flow_timeout, by->flow_timeout);
	if (by->max_lifetime.given)
		s->max_lifetime.v = by->max_lifetime.v;
	if (by->prebind.given)
		s->prebind.v = by->prebind.v;
	if (by->on_drain)
		s->on_drain = by->on_drain;
	if (by->has_group)
		memcpy(s->group, by->group, sizeof(s->group));
	if (by->accept_proxy)
		s->accept_proxy = by->accept_proxy;
	if (by->send_proxy)
		s->send_proxy = by->send_proxy;
	if (by->mirror)
		s->mirror = by->mirror;
	if (by->ftp)
		s->ftp = by->ftp;
	if (by->semi)
		s->semi = by->semi;
	if (by->nrules) {
		s->nrules = by->nrules;
		memcpy(s->rules, by->rules, sizeof(s->rules));
	}
	if (by->nroutes || by->no_routes) {
		s->nroutes = by->nroutes;
		memcpy(s->routes, by->routes, sizeof(s->routes));
	}
	if (by->nsteer || by->no_steer) {
		s->nsteer = by->nsteer;
		memcpy(s->steer, by->steer, sizeof(s->steer));
	}
}

static void module_add(struct module *m, const struct svc *by)
{
	struct svc *s;

	if (m->n == SERVICES || module_find(m, &by->service) ||
	    (!by->nrules && !by->nsteer && by->mirror != TOGGLE_ON &&
	     by->ftp != TOGGLE_ON))
		return;
	s = &m->svcs[m->n++];
	memset(s, 0, sizeof(*s));
	s->service = by->service;
	s->timeout = 3600;
	s->inspect = 3000;
	s->silent = 600;
	s->connect = 1000;
	s->tries = 3;
	s->max_request = 16384;
	s->flow_timeout = 900;
	s->on_drain = IPVS_L7_ON_DRAIN_KEEP;
	s->accept_proxy = s->send_proxy = s->mirror = s->ftp = s->semi = TOGGLE_OFF;
	module_change(s, by);
}

static void module_limits(struct module *m, const struct limits *by)
{
	set(&m->limits.bindings, by->bindings);
	set(&m->limits.flows, by->flows);
	set(&m->limits.pending, by->pending);
	set(&m->limits.pending_src, by->pending_src);
	set(&m->limits.pending_bytes, by->pending_bytes);
}

/* As keyfile.c has it: in one line of text. */
static bool is_key_path(const char *path)
{
	const char *p;

	for (p = path; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
	return p > path && p - path <= IPVS_L7_KEY_PATH_MAX;
}

/* A file has one key, whose id follows from it. */
static uint8_t id_of(const char *path)
{
	uint32_t h = 0;

	while (*path)
		h = h * 31 + (unsigned char)*path++;
	return (uint8_t)(h % 255 + 1);
}

static void module_key(struct module *m, const char *path)
{
	struct sync_conf *s = &m->sync;
	uint8_t id = id_of(path);
	unsigned int i;

	if (!s->running || s->plaintext || s->nkeys == IPVS_L7_SYNC_KEYS_MAX ||
	    !is_key_path(path) || sync_has_key(s, id) ||
	    (id == s->key_id && strcmp(path, s->secret.path)))
		return;
	/* the cluster key is the oldest, whenever it comes */
	i = id == s->key_id ? 0 : s->nkeys;
	memmove(&s->keys[i + 1], &s->keys[i],
		(s->nkeys++ - i) * sizeof(*s->keys));
	memset(&s->keys[i], 0, sizeof(*s->keys));
	s->keys[i].id = id;
	strcpy(s->keys[i].path, path);
}

static void module_del_key(struct module *m, uint8_t id)
{
	struct sync_conf *s = &m->sync;
	unsigned int i;

	if (s->nkeys < 2 || !sync_has_key(s, id))
		return;
	for (i = 0; s->keys[i].id != id; i++)
		;
	memmove(&s->keys[i], &s->keys[i + 1],
		(--s->nkeys - i) * sizeof(*s->keys));
	memset(&s->keys[s->nkeys], 0, sizeof(*s->keys));
}

static void module_sync(struct module *m, const struct command *c)
{
	const char *packet = c->packet_path;

	if (m->sync.running || (c->path && !is_key_path(c->path)) ||
	    (packet && (!is_key_path(packet) ||
			(id_of(packet) == id_of(c->path) &&
			 strcmp(packet, c->path)))))
		return;
	m->sync = c->sync;
	m->sync.running = true;
	if (!m->sync.port)
		m->sync.port = 8849;
	if (m->sync.cluster < 0)
		m->sync.cluster = 0;
	if (!m->sync.receive_buffer)
		m->sync.receive_buffer = IPVS_L7_RECEIVE_BUFFER_DEF;
	m->sync.key_id = 0;
	if (!c->path)
		return;
	strcpy(m->sync.secret.path, c->path);
	if (!m->sync.plaintext)
		m->sync.key_id = id_of(c->path);
	module_key(m, packet ? packet : c->path);
}

void module_apply(struct module *m, const struct command *c)
{
	struct svc *s = module_find(m, &c->svc.service);

	switch (c->action) {
	case DO_ADD:
		module_add(m, &c->svc);
		break;
	case DO_EDIT:
		if (s)
			module_change(s, &c->svc);
		break;
	case DO_DELETE:
		if (s) {
			memmove(s, s + 1,
				(size_t)(m->svcs + m->n - s - 1) * sizeof(*s));
			memset(&m->svcs[--m->n], 0, sizeof(*s));
		}
		break;
	case DO_CLEAR:
		m->n = 0;
		memset(m->svcs, 0, sizeof(m->svcs));
		break;
	case DO_SET_LIMITS:
		module_limits(m, &c->limits);
		break;
	case DO_START_SYNC:
		module_sync(m, c);
		break;
	case DO_ADD_KEY:
		module_key(m, c->path);
		break;
	case DO_DEL_KEY:
		module_del_key(m, c->sync.key_id);
		break;
	case DO_STOP_SYNC:
		memset(&m->sync, 0, sizeof(m->sync));
		break;
	default:
		break;
	}
}

/* What -S prints; the caller frees it. */
static char *module_save(struct module *m, size_t *len)
{
	FILE *out = stdout;
	struct error e;
	char *text;

	saving = m;
	stdout = open_memstream(&text, len);
	REQUIRE(stdout && !list_save(&e));
	REQUIRE(!fclose(stdout));
	stdout = out;
	return text;
}

int module_restore(struct module *m, const void *text, size_t len,
		   struct error *e)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, len, "r");
	struct restore r;
	int status;
	size_t i;

	REQUIRE(in);
	status = restore_read(in, &r, e);
	for (i = 0; !status && i < r.n; i++)
		module_apply(m, &r.lines[i].c);
	restore_free(&r);
	fclose(in);
	return status;
}

void require_saved(struct module *m)
{
	static struct module again;
	size_t len, len2;
	char *text = module_save(m, &len), *text2;
	struct error e = { "" };

	module_init(&again);
	if (module_restore(&again, text, len, &e)) {
		fprintf(stderr, "%s\n%s", e.text, text);
		REQUIRE(!"saved, and cannot be restored");
	}
	REQUIRE(m->n == again.n);
	REQUIRE(!memcmp(m->svcs, again.svcs, m->n * sizeof(*m->svcs)));
	REQUIRE(!memcmp(&m->limits, &again.limits, sizeof(m->limits)));
	REQUIRE(!memcmp(&m->sync, &again.sync, sizeof(m->sync)));
	text2 = module_save(&again, &len2);
	REQUIRE(len == len2 && !memcmp(text, text2, len));
	free(text);
	free(text2);
}
