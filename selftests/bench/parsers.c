// SPDX-License-Identifier: GPL-2.0
/*
 * The parsers of kernel/pure/ against others on the same bytes, in one process.
 *
 *   parsers ROUNDS                   time each subject; they take turns, round by round
 *   parsers --once GROUP SUBJECT N   that subject N times: to count instructions
 *   parsers --list                   names
 *
 * Prints "GROUP SUBJECT BYTES MEDIAN LOW HIGH": nanoseconds for a parse, the
 * median of the rounds and their quartiles. A subject that does not find what is
 * there ends the program.
 */
#include <http_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>
#include "pure/http.h"
#include "pure/http_key.h"
#include "pure/mqtt.h"
#include "pure/rdp.h"
#include "pure/tls.h"

struct golden {
	const char *name, *client, *server;
};

#include "../unit/golden_tls12.h"
#include "../unit/golden_tls13.h"

#define SIZE(a)		(sizeof(a) / sizeof(*(a)))
#define ROUND_NS	400000	/* what a subject gets of each round, about */
#define HEADERS_MAX	64

/* picohttpparser, as libh2o has it; it comes without a header file. */
struct phr_header {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

int phr_parse_request(const char *buf, size_t len, const char **method, size_t *method_len,
		      const char **path, size_t *path_len, int *minor,
		      struct phr_header *headers, size_t *n, size_t last_len);
int phr_parse_response(const char *buf, size_t len, int *minor, int *status,
		       const char **msg, size_t *msg_len, struct phr_header *headers,
		       size_t *n, size_t last_len);

/* --- What is parsed --- */

#define BROWSER								\
	"Host: www.example.com\r\n"					\
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" \
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8\r\n" \
	"Accept-Language: en-US,en;q=0.5\r\n"				\
	"Accept-Encoding: gzip, deflate, br, zstd\r\n"			\
	"Connection: keep-alive\r\n"
#define SESSION	"SESSID=4f1c9a7e2b6d4c80a1e35d7f90b2c648"

static const char request_550[] =
	"GET /shop/item/4711?ref=home&sid=0123456789abcdef HTTP/1.1\r\n" BROWSER
	"Referer: https://www.example.com/shop/search?q=lamp&page=3\r\n"
	"Upgrade-Insecure-Requests: 1\r\n"
	"Cookie: theme=dark; " SESSION "; SRV=s1; consent=yes\r\n"
	"X-Request-Id: 7d1a4c\r\n"
	"\r\n";

/* As with analytics and a consent banner: a dozen cookies, client hints. */
#define TRACKERS							\
	"_ga=GA1.2.1234567890.1700000000; _gid=GA1.2.987654321.1700000001; "	\
	"_fbp=fb.1.1700000000000.1234567890; OptanonAlertBoxClosed=2026-01-01T00:00:00.000Z; "	\
	"OptanonConsent=isGpcEnabled=0&datestamp=Thu+Jan+01+2026+00%3A00%3A00+GMT%2B0000"	\
	"&version=202301.1.0&isIABGlobal=false&hosts=&consentId=01234567-89ab-cdef-0123-"	\
	"456789abcdef&interactionCount=1&landingPath=NotLandingPage&groups=C0001%3A1%2CC0003"	\
	"%3A1%2CC0002%3A1%2CC0004%3A1&geolocation=DE%3BBE&AwaitingReconsent=false; "	\
	"ab_bucket=control; csrftoken=kX0aQmZrT4bYw9uLhP2sVn7cEjRf5tGd; lang=en; tz=Europe/Berlin; "	\
	"_uetsid=0123456789abcdef0123456789abcdef; _uetvid=fedcba9876543210fedcba9876543210; "	\
	"__stripe_mid=01234567-89ab-cdef-0123-456789abcdef0123456; cf_clearance=aZ09bY18cX27dW36"	\
	"eV45fU54gT63hS72iR81jQ90-1700000000-1.2.1.1-kP01lO12mN23nM34oL45pK56qJ67rI78sH89tG90uF; "	\
	"recently_viewed=4711%2C4712%2C4713%2C4801%2C4950%2C5002; cart=eyJpdGVtcyI6W119; "	\
	"_hjSessionUser_123456=eyJpZCI6IjAxMjM0NTY3LTg5YWItY2RlZi0wMTIzLTQ1Njc4OWFiY2RlZiIsImNyZWF0"	\
	"ZWQiOjE3MDAwMDAwMDAwMDAsImV4aXN0aW5nIjp0cnVlfQ==; "

static const char request_2k[] =
	"GET /shop/item/4711?ref=home&sid=0123456789abcdef HTTP/1.1\r\n" BROWSER
	"Sec-CH-UA: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\n"
	"Sec-CH-UA-Mobile: ?0\r\n"
	"Sec-CH-UA-Platform: \"Linux\"\r\n"
	"Upgrade-Insecure-Requests: 1\r\n"
	"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\n"
	"Sec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n"
	"Referer: https://www.example.com/shop/search?q=a+longer+search+with+words&page=2"
	"&sort=price&order=asc&utm_source=newsletter&utm_medium=email&utm_campaign=winter\r\n"
	"Cookie: " TRACKERS SESSION "; consent=yes\r\n"
	"If-None-Match: W/\"5f3a-18c0f2a7e40\"\r\n"
	"Priority: u=0, i\r\n"
	"X-Request-Id: 7d1a4c\r\n"
	"\r\n";

static const char response[] =
	"HTTP/1.1 200 OK\r\n"
	"Server: nginx/1.22.1\r\n"
	"Date: Wed, 25 Nov 2026 21:00:00 GMT\r\n"
	"Content-Type: text/html; charset=utf-8\r\n"
	"Transfer-Encoding: chunked\r\n"
	"Connection: keep-alive\r\n"
	"Vary: Accept-Encoding\r\n"
	"Cache-Control: no-store, no-cache, must-revalidate\r\n"
	"Set-Cookie: theme=dark; Path=/; Max-Age=31536000\r\n"
	"Set-Cookie: " SESSION "; Path=/; HttpOnly; Secure; SameSite=Lax\r\n"
	"Strict-Transport-Security: max-age=31536000\r\n"
	"X-Content-Type-Options: nosniff\r\n"
	"\r\n";

static const char rdp_request[] =
	"\x03\x00\x00\x33\x2e\xe0\x00\x00\x00\x00\x00"
	"Cookie: mstshash=administrator\r\n"
	"\x01\x00\x08\x00\x0b\x00\x00\x00";

static const char mqtt_connect[] =
	"\x10\x37\x00\x04MQTT\x04\xc2\x00\x3c"
	"\x00\x17sensor-0123456789abcdef\x00\x06gauge1\x00\x08password";

struct input {
	u8 *p;
	u32 len;
};

static struct input in_550, in_2k, in_response, in_hello, in_resuming, in_flight13, in_flight12,
	in_rdp, in_mqtt;

static struct input copy(const void *from, size_t len)
{
	struct input in = { malloc(len), (u32)len };

	if (!in.p)
		abort();
	memcpy(in.p, from, len);
	return in;
}

static struct input from_hex(const char *hex)
{
	struct input in = { malloc(strlen(hex) / 2), (u32)(strlen(hex) / 2) };
	u32 i;

	for (i = 0; i < in.len; i++)
		if (sscanf(hex + 2 * i, "%2hhx", in.p + i) != 1)
			abort();
	return in;
}

static const struct golden *recorded(const struct golden *g, size_t n, const char *name)
{
	while (n--)
		if (!strcmp(g[n].name, name))
			return &g[n];
	abort();
}

/* An extension of @n times @fill behind the bytes @head. */
static void extension(struct input *in, u16 type, const char *head, u16 hlen, u8 fill, u16 n)
{
	l7_put16(in->p + in->len, type);
	l7_put16(in->p + in->len + 2, (u16)(hlen + n));
	memcpy(in->p + in->len + 4, head, hlen);
	memset(in->p + in->len + 4 + hlen, fill, n);
	in->len += 4u + hlen + n;
}

/* What Chrome offers, with a post-quantum key share, as in tls_text.h. */
static struct input client_hello(void)
{
	struct input in = { calloc(1, 4096), 5 + 4 };
	u32 ext;

#define PUT(bytes)	(memcpy(in.p + in.len, bytes, sizeof(bytes) - 1), \
			 in.len += sizeof(bytes) - 1)
#define EXT(type, head, fill, n) extension(&in, type, head, sizeof(head) - 1, fill, n)
	PUT("\x03\x03" "0123456789abcdef0123456789abcdef" "\x20" "abcdef0123456789abcdef0123456789"
	    "\x00\x20\x2a\x2a\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30\xcc\xa9"
	    "\xcc\xa8\xc0\x13\xc0\x14\x00\x9c\x00\x9d\x00\x2f\x00\x35\x01\x00\x00\x00");
	ext = in.len;
	EXT(0x3a3a, "", 0, 0);
	EXT(0xff01, "\x00", 0, 0);
	EXT(5, "\x01\x00\x00\x00\x00", 0, 0);
	EXT(18, "", 0, 0);
	EXT(0, "\x00\x12\x00\x00\x0fwww.example.com", 0, 0);
	EXT(13, "\x00\x10\x04\x03\x08\x04\x04\x01\x05\x03\x08\x05\x05\x01\x08\x06\x06\x01", 0, 0);
	EXT(45, "\x01\x01", 0, 0);
	EXT(23, "", 0, 0);
	EXT(35, "", 0, 0);
	EXT(0xfe0d, "\x00\x00\x01\x00\x01\x2f\x00\x20", 0xec, 32 + 2 + 176);
	EXT(51, "\x04\xed\x4a\x4a\x00\x01\x00\x11\xec\x04\xc0", 0xab, 1216 + 36);
	EXT(16, "\x00\x0c\x02h2\x08http/1.1", 0, 0);
	EXT(27, "\x02\x00\x02", 0, 0);
	EXT(10, "\x00\x0a\x4a\x4a\x11\xec\x00\x1d\x00\x17\x00\x18", 0, 0);
	EXT(0x44cd, "\x00\x03\x02h2", 0, 0);
	EXT(43, "\x06\x9a\x9a\x03\x04\x03\x03", 0, 0);
	EXT(11, "\x01\x00", 0, 0);
	EXT(0x8a8a, "\x00", 0, 0);
#undef EXT
#undef PUT
	l7_put16(in.p + ext - 2, (u16)(in.len - ext));
	memcpy(in.p, "\x16\x03\x01", 3);
	l7_put16(in.p + 3, (u16)(in.len - 5));
	l7_put32(in.p + 5, 0x01000000 | (in.len - 9));
	return in;
}

static void make_inputs(void)
{
	in_550 = copy(request_550, sizeof(request_550) - 1);
	in_2k = copy(request_2k, sizeof(request_2k) - 1);
	in_response = copy(response, sizeof(response) - 1);
	in_rdp = copy(rdp_request, sizeof(rdp_request) - 1);
	in_mqtt = copy(mqtt_connect, sizeof(mqtt_connect) - 1);
	in_hello = client_hello();
	in_resuming = from_hex(recorded(golden_13, SIZE(golden_13), "13-resumed")->client);
	in_flight13 = from_hex(recorded(golden_13, SIZE(golden_13), "13")->server);
	in_flight12 = from_hex(recorded(golden_12, SIZE(golden_12), "12-ticket")->server);
}

/* --- The module's --- */

static const struct l7_cookie_sel sessid = { .name = "SESSID", .name_len = 6 };
static const struct l7_cookie_sel sid = { .name = "sid", .name_len = 3 };
static const struct l7_cookie_sel id = { .name = "X-Request-Id", .name_len = 12 };
static u8 scratch[L7_TLS_HELLO_MAX];

static u32 l7_cookie(const struct input *in)
{
	struct l7_slice v;

	return l7_http_request_cookie(in->p, in->len, &sessid, &v) == L7_PARSE_FOUND ? v.len : 0;
}

static u32 l7_set_cookie(const struct input *in)
{
	enum l7_set_cookie what;
	struct l7_slice v;

	return l7_http_response_cookie(in->p, in->len, &sessid, 1800000000, &v, &what) ==
	       L7_PARSE_FOUND && what == L7_SET_COOKIE_LEARN ? v.len : 0;
}

static u32 l7_url(const struct input *in)
{
	struct l7_slice v;

	return l7_http_request_url(in->p, in->len, &sid, &v) == L7_PARSE_FOUND ? v.len : 0;
}

static u32 l7_header(const struct input *in)
{
	struct l7_slice v;

	return l7_http_request_header(in->p, in->len, &id, &v) == L7_PARSE_FOUND ? v.len : 0;
}

static u32 l7_hello(const struct input *in)
{
	struct l7_tls_hello h;

	return l7_tls_client_hello(in->p, in->len, scratch, &h) == L7_PARSE_FOUND ?
	       h.session_id.len : 0;
}

static u32 l7_flight(const struct input *in)
{
	struct l7_tls_answer a;

	return l7_tls_server_flight(in->p, in->len, false, scratch, &a) == L7_PARSE_FOUND ?
	       a.session_id_len : 0;
}

static u32 l7_ticket(const struct input *in)
{
	struct l7_tls_answer a;

	return l7_tls_server_flight(in->p, in->len, true, scratch, &a) == L7_PARSE_FOUND ?
	       a.ticket.len : 0;
}

static u32 l7_rdp(const struct input *in)
{
	struct l7_rdp r;

	return l7_rdp_request(in->p, in->len, &r) == L7_PARSE_FOUND ? r.key.len : 0;
}

static u32 l7_mqtt(const struct input *in)
{
	struct l7_slice v;

	return l7_mqtt_connect(in->p, in->len, &v) == L7_PARSE_FOUND ? v.len : 0;
}

/* --- Others --- */

/* The value of SESSID in the field that is given; 0 if there is none. */
static u32 value_in(const char *p, size_t len)
{
	const char *at = memmem(p, len, "SESSID=", 7), *end;

	if (!at)
		return 0;
	at += 7;
	len -= (size_t)(at - p);
	end = memchr(at, ';', len);
	return (u32)(end ? (size_t)(end - at) : len);
}

static u32 find_field(const struct phr_header *h, size_t n, const char *name, size_t len)
{
	u32 found = 0;

	for (; n-- && !found; h++)
		if (h->name_len == len && !strncasecmp(h->name, name, len))
			found = value_in(h->value, h->value_len);
	return found;
}

static u32 pico_request(const struct input *in)
{
	struct phr_header h[HEADERS_MAX];
	size_t n = HEADERS_MAX, method_len, path_len;
	const char *method, *path;
	int minor;

	if (phr_parse_request((const char *)in->p, in->len, &method, &method_len, &path,
			      &path_len, &minor, h, &n, 0) < 0)
		return 0;
	return find_field(h, n, "Cookie", 6);
}

static u32 pico_response(const struct input *in)
{
	struct phr_header h[HEADERS_MAX];
	size_t n = HEADERS_MAX, msg_len;
	int minor, status;
	const char *msg;

	if (phr_parse_response((const char *)in->p, in->len, &minor, &status, &msg, &msg_len, h,
			       &n, 0) < 0)
		return 0;
	return find_field(h, n, "Set-Cookie", 10);
}

/** struct joyent - where http_parser's callbacks are
 * @wanted: name of the field
 * @here: the value that follows is its
 */
struct joyent {
	const char *wanted;
	size_t len;
	bool here;
	u32 found;
};

static int on_field(http_parser *p, const char *at, size_t len)
{
	struct joyent *j = p->data;

	j->here = len == j->len && !strncasecmp(at, j->wanted, len);
	return 0;
}

static int on_value(http_parser *p, const char *at, size_t len)
{
	struct joyent *j = p->data;

	if (j->here && !j->found)
		j->found = value_in(at, len);
	return 0;
}

static int on_complete(http_parser *p)
{
	(void)p;
	return 1;	/* no body */
}

static u32 joyent(const struct input *in, enum http_parser_type type, const char *wanted)
{
	static const http_parser_settings settings = {
		.on_header_field = on_field, .on_header_value = on_value,
		.on_headers_complete = on_complete,
	};
	struct joyent j = { .wanted = wanted, .len = strlen(wanted) };
	http_parser p;

	http_parser_init(&p, type);
	p.data = &j;
	http_parser_execute(&p, &settings, (const char *)in->p, in->len);
	return HTTP_PARSER_ERRNO(&p) == HPE_OK ? j.found : 0;
}

static u32 joyent_request(const struct input *in)
{
	return joyent(in, HTTP_REQUEST, "Cookie");
}

static u32 joyent_response(const struct input *in)
{
	return joyent(in, HTTP_RESPONSE, "Set-Cookie");
}

/* Looks at no line and no byte's place: what no correct parser can do without. */
static u32 floor_cookie(const struct input *in)
{
	const char *p = (const char *)in->p, *at = memmem(p, in->len, "Cookie:", 7);

	return at ? value_in(at, in->len - (size_t)(at - p)) : 0;
}

/* --- Measuring --- */

static const struct subject {
	const char *group;
	const char *name;
	u32 (*parse)(const struct input *in);
	const struct input *in;
	u32 found;	/* bytes */
} subjects[] = {
	{ "cookie-550", "ipvs-l7", l7_cookie, &in_550, 32 },
	{ "cookie-550", "picohttpparser", pico_request, &in_550, 32 },
	{ "cookie-550", "http_parser", joyent_request, &in_550, 32 },
	{ "cookie-550", "memmem", floor_cookie, &in_550, 32 },
	{ "cookie-2k", "ipvs-l7", l7_cookie, &in_2k, 32 },
	{ "cookie-2k", "picohttpparser", pico_request, &in_2k, 32 },
	{ "cookie-2k", "http_parser", joyent_request, &in_2k, 32 },
	{ "cookie-2k", "memmem", floor_cookie, &in_2k, 32 },
	{ "set-cookie", "ipvs-l7", l7_set_cookie, &in_response, 32 },
	{ "set-cookie", "picohttpparser", pico_response, &in_response, 32 },
	{ "set-cookie", "http_parser", joyent_response, &in_response, 32 },
	{ "set-cookie", "memmem", floor_cookie, &in_response, 32 },
	{ "url-550", "ipvs-l7", l7_url, &in_550, 16 },
	{ "header-550", "ipvs-l7", l7_header, &in_550, 6 },
	{ "header-2k", "ipvs-l7", l7_header, &in_2k, 6 },
	{ "hello", "ipvs-l7", l7_hello, &in_hello, 32 },
	{ "hello-resuming", "ipvs-l7", l7_hello, &in_resuming, 32 },
	{ "flight-1.3", "ipvs-l7", l7_flight, &in_flight13, 32 },
	{ "flight-1.2-ticket", "ipvs-l7", l7_ticket, &in_flight12, 176 },
	{ "rdp", "ipvs-l7", l7_rdp, &in_rdp, 13 },
	{ "mqtt", "ipvs-l7", l7_mqtt, &in_mqtt, 23 },
};

#define ROUNDS_MAX	1000

static double ns[SIZE(subjects)][ROUNDS_MAX];

/* By this name callgrind knows what to count. */
__attribute__((noinline)) void measured(const struct subject *s, unsigned long n);

void measured(const struct subject *s, unsigned long n)
{
	while (n--)
		if (s->parse(s->in) != s->found)
			abort();
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double time_of(const struct subject *s, unsigned long n)
{
	double since = seconds();

	measured(s, n);
	return (seconds() - since) * 1e9 / (double)n;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void time_all(int rounds)
{
	unsigned long n[SIZE(subjects)];
	size_t i;
	int r;

	for (i = 0; i < SIZE(subjects); i++) {
		time_of(&subjects[i], 1000);
		n[i] = (unsigned long)(ROUND_NS / time_of(&subjects[i], 1000)) + 1;
	}
	for (r = 0; r < rounds; r++)
		for (i = 0; i < SIZE(subjects); i++)
			ns[i][r] = time_of(&subjects[i], n[i]);
	for (i = 0; i < SIZE(subjects); i++) {
		qsort(ns[i], (size_t)rounds, sizeof(double), compare);
		printf("%s %s %u %.1f %.1f %.1f\n", subjects[i].group, subjects[i].name,
		       subjects[i].in->len, ns[i][rounds / 2], ns[i][rounds / 4],
		       ns[i][3 * rounds / 4]);
	}
}

int main(int argc, char **argv)
{
	int rounds = argc == 2 ? atoi(argv[1]) : 0;
	size_t i;

	make_inputs();
	for (i = 0; i < SIZE(subjects); i++) {
		const struct subject *s = &subjects[i];

		if (s->parse(s->in) != s->found) {
			fprintf(stderr, "parsers: %s of %s: found %u bytes, not %u\n", s->group,
				s->name, s->parse(s->in), s->found);
			return 1;
		}
		if (argc == 2 && !strcmp(argv[1], "--list"))
			printf("%s %s\n", s->group, s->name);
		if (argc == 5 && !strcmp(argv[1], "--once") && !strcmp(argv[2], s->group) &&
		    !strcmp(argv[3], s->name))
			measured(s, strtoul(argv[4], NULL, 10));
	}
	if (rounds > 0)
		time_all(rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX);
	return 0;
}
