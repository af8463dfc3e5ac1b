// SPDX-License-Identifier: GPL-2.0
/* Unit tests of parse.c, format.c, json.c and command.c. */
#include <arpa/inet.h>
#include "command.h"
#include "format.h"
#include "json.h"
#include "parse.h"
#include "restore.h"
#include "test.h"

static void numbers(void)
{
	uint64_t v;

	CHECK(!parse_number("n", "0", 0, 5, &v, &e) && v == 0);
	CHECK(!parse_number("n", "18446744073709551609", 0, UINT64_MAX, &v,
			    &e));
	CHECK(refused(parse_number("n", "18446744073709551616", 0, UINT64_MAX,
				   &v, &e)));
	CHECK(refused(parse_number("n", "6", 0, 5, &v, &e)));
	CHECK(refused(parse_number("n", "", 0, 5, &v, &e)));
	CHECK(refused(parse_number("n", "-1", 0, 5, &v, &e)));
	CHECK(refused(parse_number("n", "+1", 0, 5, &v, &e)));
	CHECK(refused(parse_number("n", " 1", 0, 5, &v, &e)));
	CHECK(refused(parse_number("n", "1x", 0, 5, &v, &e)));
	CHECK(refused(parse_number("n", "0x1", 0, 5, &v, &e)));
}

static void sizes(void)
{
	uint32_t v;

	CHECK(!parse_size("s", "512", 1, UINT32_MAX, &v, &e) && v == 512);
	CHECK(!parse_size("s", "64k", 1, UINT32_MAX, &v, &e) && v == 65536);
	CHECK(!parse_size("s", "64M", 1, UINT32_MAX, &v, &e) && v == 64u << 20);
	CHECK(!parse_size("s", "3g", 1, UINT32_MAX, &v, &e) && v == 3u << 30);
	CHECK(refused(parse_size("s", "4g", 1, UINT32_MAX, &v, &e)));
	CHECK(refused(parse_size("s", "18446744073709551g", 1, UINT32_MAX, &v,
				 &e)));
	CHECK(refused(parse_size("s", "1kb", 1, UINT32_MAX, &v, &e)));
	CHECK(refused(parse_size("s", "1t", 1, UINT32_MAX, &v, &e)));
	CHECK(refused(parse_size("s", "k", 1, UINT32_MAX, &v, &e)));
}

static void durations(void)
{
	uint32_t v;

	CHECK(!parse_duration("d", "5", 1000, 1, 10, &v, &e) && v == 5);
	CHECK(!parse_duration("d", "5", 1, 1, 10000, &v, &e) && v == 5000);
	CHECK(!parse_duration("d", "250ms", 1, 1, 10000, &v, &e) && v == 250);
	CHECK(!parse_duration("d", "2m", 1000, 1, 1000, &v, &e) && v == 120);
	CHECK(!parse_duration("d", "1h", 1000, 1, 9999, &v, &e) && v == 3600);
	CHECK(!parse_duration("d", "1d", 1000, 1, 86400, &v, &e) && v == 86400);
	CHECK(!parse_duration("d", "3000ms", 1000, 1, 10, &v, &e) && v == 3);
	CHECK(refused(parse_duration("d", "1500ms", 1000, 1, 10, &v, &e)));
	CHECK(refused(parse_duration("d", "0", 1000, 1, 10, &v, &e)));
	CHECK(refused(parse_duration("d", "11", 1000, 1, 10, &v, &e)));
	CHECK(refused(parse_duration("d", "1w", 1000, 1, 10, &v, &e)));
	CHECK(refused(parse_duration("d", "ms", 1000, 1, 10, &v, &e)));
	CHECK(refused(parse_duration("d", "18446744073709551609d", 1000, 1,
				     10, &v, &e)));
}

static void durations_return(void)
{
	static const uint32_t some[] = {
		1, 2, 59, 60, 61, 999, 1000, 1500, 3600, 86399, 86400, 31536000,
	};
	char buf[FORMAT_SIZE];
	uint32_t v;
	size_t i;

	for (i = 0; i < UNIT_SIZE(some); i++) {
		CHECK(!parse_duration("d", format_duration(buf, some[i]), 1, 1,
				      UINT32_MAX, &v, &e) && v == some[i]);
		CHECK(!parse_duration("d", format_duration(buf, some[i] *
							   1000ULL),
				      1000, 1, UINT32_MAX, &v, &e) &&
		      v == some[i]);
	}
	CHECK(!strcmp(format_duration(buf, 0), "0s"));
}

static void endpoints(void)
{
	static const struct {
		const char *in, *out;
		enum parse_port port;
	} good[] = {
		{ "192.0.2.1:80", "192.0.2.1:80", PORT_WANTED },
		{ "[2001:db8::1]:443", "[2001:db8::1]:443", PORT_WANTED },
		{ "[2001:DB8:0:0::1]:1", "[2001:db8::1]:1", PORT_WANTED },
		{ "[::ffff:192.0.2.1]:1", "[::ffff:192.0.2.1]:1", PORT_WANTED },
		{ "192.0.2.1:http", "192.0.2.1:80", PORT_WANTED },
		{ "192.0.2.1", "192.0.2.1", PORT_NONE },
		{ "2001:db8::1", "2001:db8::1", PORT_NONE },
		{ "[2001:db8::1]", "2001:db8::1", PORT_NONE },
		{ "::", "::", PORT_NONE },
	};
	static const struct {
		const char *in;
		enum parse_port port;
	} bad[] = {
		{ "", PORT_WANTED }, { ":", PORT_WANTED },
		{ ":80", PORT_WANTED }, { "192.0.2.1", PORT_WANTED },
		{ "192.0.2.1:", PORT_WANTED }, { "192.0.2.1:0", PORT_WANTED },
		{ "192.0.2.1:65536", PORT_WANTED },
		{ "192.0.2.1:80x", PORT_WANTED },
		{ "192.0.2.1:-80", PORT_WANTED },
		{ "192.0.2.256:80", PORT_WANTED },
		{ "192.0.2:80", PORT_WANTED }, { "1:80", PORT_WANTED },
		{ "2001:db8::1:80", PORT_WANTED },
		{ "[192.0.2.1]:80", PORT_WANTED }, { "[::1", PORT_WANTED },
		{ "[::1]80", PORT_WANTED }, { "[]:80", PORT_WANTED },
		{ "[::1]:", PORT_WANTED }, { "[::g]:80", PORT_WANTED },
		{ "192.0.2.1:no-such-service", PORT_WANTED },
		{ "192.0.2.1:80", PORT_NONE }, { "[::1]:80", PORT_NONE },
		{ "", PORT_NONE }, { "192.0.2.1/24", PORT_NONE },
	};
	char buf[FORMAT_SIZE], lng[400];
	struct ep ep;
	size_t i;

	for (i = 0; i < UNIT_SIZE(good); i++) {
		UNIT_ROW("%s", good[i].in);
		CHECK(!parse_endpoint("x", good[i].in, good[i].port, false,
				      &ep, &e) &&
		      !strcmp(format_endpoint(buf, &ep), good[i].out));
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i].in);
		/* Numeric: what is no address may not wait for a resolver. */
		CHECK(refused(parse_endpoint("x", bad[i].in, bad[i].port, true,
					     &ep, &e)));
	}
	memset(lng, 'a', sizeof(lng) - 1);
	lng[sizeof(lng) - 1] = '\0';
	CHECK(refused(parse_endpoint("x", lng, PORT_NONE, true, &ep, &e)));
}

static void toggles(void)
{
	enum toggle t = TOGGLE_NOT_GIVEN;

	CHECK(!parse_toggle("t", NULL, &t, &e) && t == TOGGLE_ON);
	CHECK(!parse_toggle("t", "off", &t, &e) && t == TOGGLE_OFF);
	CHECK(!parse_toggle("t", "on", &t, &e) && t == TOGGLE_ON);
	CHECK(refused(parse_toggle("t", "", &t, &e)));
	CHECK(refused(parse_toggle("t", "yes", &t, &e)));
	CHECK_EQ(t, TOGGLE_ON);
}

static void limits(void)
{
	static const char *const bad[] = {
		"", "bindings", "bindings=", "bindings=0", "x=1",
		"pending-bytes=4095", "flows=1,", ",flows=1", "flows=4g",
	};
	struct limits l = { 0 };
	size_t i;

	CHECK(!parse_limits("bindings=1m,pending-bytes=64m", &l, &e) &&
	      l.bindings == 1 << 20 && l.pending_bytes == 64 << 20 &&
	      !l.flows);
	CHECK(!parse_limits("flows=7,pending=8,pending-src=9", &l, &e) &&
	      l.flows == 7 && l.pending == 8 && l.pending_src == 9 &&
	      l.bindings == 1 << 20);
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(parse_limits(bad[i], &l, &e)));
	}
}

static void secrets(void)
{
	static const char hex[] =
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1E1F";
	static const char b64[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
	uint8_t want[32], got[32];
	char buf[128];
	size_t i;

	for (i = 0; i < 32; i++)
		want[i] = (uint8_t)i;
	CHECK(!parse_secret((char *)want, 32, got) &&
	      !memcmp(got, want, 32));
	CHECK(!parse_secret(hex, 64, got) && !memcmp(got, want, 32));
	snprintf(buf, sizeof(buf), " \n%s\r\n", hex);
	memset(got, 0, 32);
	CHECK(!parse_secret(buf, strlen(buf), got) &&
	      !memcmp(got, want, 32));
	memset(got, 0, 32);
	CHECK(!parse_secret(b64, 44, got) && !memcmp(got, want, 32));
	memset(got, 0, 32);
	CHECK(!parse_secret(b64, 43, got) && !memcmp(got, want, 32));

	CHECK(parse_secret("", 0, got));
	CHECK(parse_secret("   ", 3, got));
	CHECK(parse_secret(hex, 63, got));
	CHECK(parse_secret(hex, 62, got));
	/* Bits that 32 bytes do not have. */
	memcpy(buf, b64, 45);
	buf[42] = '9';
	CHECK(parse_secret(buf, 44, got));
	for (i = 0; i < 64; i++)
		if (i != 32)
			parse_secret((char *)unit_flush(hex, i), i, got);
}

static void words(void)
{
	static const struct {
		const char *in;
		int n;
		const char *out[4];
	} rows[] = {
		{ "", 0, { NULL } },
		{ " \t\n", 0, { NULL } },
		{ "# a b", 0, { NULL } },
		{ "a", 1, { "a" } },
		{ " a  b\t c\n", 3, { "a", "b", "c" } },
		{ "a#b # c", 1, { "a#b" } },
		{ "\"a b\" c", 2, { "a b", "c" } },
		{ "a\" \"b", 1, { "a b" } },
		{ "\"\" b", 2, { "", "b" } },
		{ "a\\ b \\\"", 2, { "a b", "\"" } },
		{ "\"\\\\\" \"#\"", 2, { "\\", "#" } },
		{ "\"a", -1, { NULL } },
		{ "a\\", -1, { NULL } },
		{ "\"a\\\"", -1, { NULL } },
		{ "a b c d e f", -1, { NULL } },
	};
	char *w[6], line[64];
	size_t i;
	int n, j;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%s", rows[i].in);
		strcpy(line, rows[i].in);
		n = parse_words(line, w, 6, &e);
		CHECK_EQ(n, rows[i].n);
		for (j = 0; j < n; j++)
			CHECK(!strcmp(w[j], rows[i].out[j]));
		CHECK(n < 0 || !w[n]);
	}
}

static void words_return(void)
{
	uint64_t seed = unit_seed();
	unsigned long loops = unit_loops(20000);
	static const char set[] = "ab \t\"\\#\n'x";
	char in[24], quoted[64], line[128], *w[4];
	size_t n, i;

	while (loops--) {
		n = unit_below(&seed, sizeof(in));
		for (i = 0; i < n; i++)
			in[i] = set[unit_below(&seed, sizeof(set) - 1)];
		in[n] = '\0';
		snprintf(line, sizeof(line), "x %s\n",
			 format_word(quoted, sizeof(quoted), in));
		UNIT_ROW("%s", line);
		if (!CHECK(parse_words(line, w, 4, &e) == 2 &&
			   !strcmp(w[1], in)))
			return;
	}
}

/* Nothing but the sanitizers looks at what comes of nonsense. */
static void nonsense(void)
{
	static const char *const vocabulary[] = {
		"cookie:", "src/", "hash=", "rule:", ",offset=", ",length=",
		"=", "[", "]:", "::", "bindings=", "ms", "\"", "\\", "#",
	};
	uint64_t seed = unit_seed();
	unsigned long loops = unit_loops(200000);
	uint8_t buf[256];
	struct key_value kv;
	struct limits l;
	struct rule r;
	struct ep ep;
	char *w[8], *s;
	uint32_t v;
	size_t n;

	while (loops--) {
		n = (size_t)snprintf((char *)buf, sizeof(buf), "%s%s",
				     rules_good[unit_below(&seed,
							   UNIT_SIZE(rules_good))],
				     unit_below(&seed, 2) ? "=value" : "");
		n = unit_mutate(&seed, buf, n, sizeof(buf) - 1, vocabulary,
				UNIT_SIZE(vocabulary));
		buf[n] = '\0';
		s = (char *)unit_flush(buf, n + 1);
		parse_rule(s, &r, &e);
		parse_key_value(s, &kv, &e);
		parse_limits(s, &l, &e);
		parse_endpoint("x", s, PORT_WANTED, true, &ep, &e);
		parse_endpoint("x", s, PORT_NONE, true, &ep, &e);
		parse_duration("x", s, 1, 1, UINT32_MAX, &v, &e);
		parse_size("x", s, 1, UINT32_MAX, &v, &e);
		parse_secret(s, n, buf);
		parse_words(s, w, 8, &e);
	}
}

/* --- Commands --- */

static int command(const char *text, bool restoring, struct command *c)
{
	static char line[512], name[] = "ipvsl7adm";
	static char *argv[64];
	int n;

	snprintf(line, sizeof(line), "%s", text);
	argv[0] = name;
	n = parse_words(line, argv + 1, 63, &e);
	return n < 0 ? -1 : command_parse(n + 1, argv, restoring, c, &e);
}

static const struct {
	const char *text;
	enum action action;
} good[] = {
	{ "", DO_LIST }, { "-L", DO_LIST }, { "-l -n", DO_LIST }, { "-Ln", DO_LIST },
	{ "-n", DO_LIST }, { "--json", DO_LIST }, { "-L --stats", DO_STATS },
	{ "--stats -L --exact", DO_STATS }, { "--list", DO_LIST },
	{ "--bindings --json", DO_BINDINGS },
	{ "-L -t 192.0.2.1:80", DO_LIST },
	{ "-A -t 192.0.2.1:80 -k src", DO_ADD },
	{ "-A -t [::1]:80 -k cookie:S -k src -p 1h --tries 8", DO_ADD },
	{ "-A -t 192.0.2.1:80 --mirror connections", DO_ADD },
	{ "-E -t 192.0.2.1:80 --mirror none", DO_EDIT },
	{ "-E -t 192.0.2.1:80 -p 10", DO_EDIT },
	{ "-D -t 192.0.2.1:80", DO_DELETE }, { "-C", DO_CLEAR }, { "-S", DO_SAVE },
	{ "-S -n", DO_SAVE }, { "-R", DO_RESTORE }, { "-Z", DO_ZERO },
	{ "-Z -t 192.0.2.1:80", DO_ZERO },
	{ "--lookup src=192.0.2.1 -t 192.0.2.1:80", DO_LOOKUP },
	{ "--lookup hash=00112233445566778899aabbccddeeff", DO_LOOKUP },
	{ "--add-binding cookie:S=x -t 192.0.2.1:80 -r 10.0.0.1:80",
	  DO_ADD_BINDING },
	{ "--del-binding cookie:S=x -t 192.0.2.1:80", DO_DEL_BINDING },
	{ "--del-binding hash=00112233445566778899aabbccddeeff", DO_DEL_BINDING },
	{ "--flush-bindings", DO_FLUSH_BINDINGS }, { "--reset-flows", DO_RESET_FLOWS },
	{ "--reset-flows -t 192.0.2.1:80", DO_RESET_FLOWS },
	{ "--set-limits flows=10", DO_SET_LIMITS },
	{ "-A -u 192.0.2.1:53 --mirror connections", DO_ADD },
	{ "-D --udp-service [2001:db8::1]:53", DO_DELETE },
	{ "--start-sync --interface e --group 239.1.1.1 --node 1 --key-file k",
	  DO_START_SYNC },
	{ "--start-sync --interface e --peer ::1 --peer ::2 --node 1 "
	  "--plaintext --port 9 --cluster 0 --receive-buffer 4k", DO_START_SYNC },
	{ "--start-sync --interface e --group 239.1.1.1 --node 1 --plaintext --key-file k",
	  DO_START_SYNC },
	{ "--start-sync --interface e --group 239.1.1.1 --node 1 --key-file k --packet-key p",
	  DO_START_SYNC },
	{ "--start-sync --interface e --group 239.1.1.1 --node 1 --key-file k --accept-policies",
	  DO_START_SYNC },
	{ "--push-policies", DO_PUSH }, { "--push-policies -n --json", DO_PUSH },
	{ "--selftest", DO_SELFTEST }, { "--selftest -n --json", DO_SELFTEST },
	{ "--stop-sync", DO_STOP_SYNC }, { "--resync", DO_RESYNC },
	{ "--forget-peer 255", DO_FORGET_PEER },
	{ "--drain", DO_DRAIN }, { "--undrain", DO_UNDRAIN }, { "--add-key f", DO_ADD_KEY },
	{ "--del-key 5a", DO_DEL_KEY }, { "--force --del-key 5a", DO_DEL_KEY },
	{ "--monitor", DO_MONITOR }, { "--monitor -n --json", DO_MONITOR },
	{ "--generate-key", DO_GENERATE_KEY }, { "--generate-key file", DO_GENERATE_KEY },
	{ "--explain f -t 192.0.2.1:80 -n --json", DO_EXPLAIN }, { "-h", DO_HELP },
	{ "--explain - --answer f -t [::1]:80 --client ::1", DO_EXPLAIN },
	{ "--explain - -k cookie:a -k src --max-request 1k --client 192.0.2.1",
	  DO_EXPLAIN },
	{ "--version", DO_VERSION },
};

static const char *const bad[] = {
	"--explain", "--explain f", "--explain f -t 192.0.2.1:80 -k src",
	"--explain f -t 192.0.2.1:80 --max-request 1k", "--answer f",
	"--explain - --answer - -k src", "--client ::1", "--explain f g -k src",
	"--explain f -k src --client x:y:z:1", "--explain f -k src -p 9",
	"--start-sync --interface e --group 239.1.1.1 --node 1 --plaintext --packet-key p",
	"--start-sync --interface e --group 239.1.1.1 --node 1 --packet-key p",
	"--add-key f --packet-key p",
	"--add-key", "--add-key f --node 1", "--add-key f --del-key 5a", "--del-key 00",
	"--del-key 5", "--del-key 5a5", "--del-key 5g", "--force", "--add-key f --force",
	"--start-sync --interface e --group 239.1.1.1 --node 1 --plaintext --accept-policies",
	"--push-policies --exact", "--push-policies -t 192.0.2.1:80", "--accept-policies",
	"--push-policies --accept-policies", "--selftest --exact", "--selftest -t 192.0.2.1:80",
	"--forget-peer", "--forget-peer 0", "--forget-peer 256", "--forget-peer 2 --node 1",
	"--drain --undrain", "--drain -n", "--monitor --exact",
	"--monitor -t 192.0.2.1:80", "-L --mirror connections",
	"-A -t 192.0.2.1:80 --mirror none", "-A -t 192.0.2.1:80 --mirror x",
	"x", "-x", "--x", "-A", "-A -t 192.0.2.1:80", "-A -k src",
	"-A -D -t 192.0.2.1:80 -k src", "-k src",
	"-D", "-C -t 192.0.2.1:80", "-L -k src", "-A -n -t 192.0.2.1:80 -k src",
	"-A -t 192.0.2.1:80 -t 192.0.2.2:80 -k src", "-A -t 192.0.2.1:80 -k src -p",
	"-A -t 192.0.2.1:80 -k src x", "-A -t 192.0.2.1:80 -k src --tries 9",
	"-A -t 192.0.2.1:80 -k src --inspect-timeout 99ms",
	"-A -t 192.0.2.1:80 -k src --max-request 511",
	"-A -t 192.0.2.1:80 -k src -k src -k src -k src -k src -k src "
		"-k src -k src -k src",
	"--lookup src=192.0.2.1", "--lookup",
	"--del-binding cookie:S=x",
	"--add-binding hash=00112233445566778899aabbccddeeff -t 192.0.2.1:80 -r 10.0.0.1:80",
	"--add-binding src=192.0.2.1 -t 192.0.2.1:80",
	"--lookup src=192.0.2.1 -t 192.0.2.1:80 -r 10.0.0.1:80",
	"--start-sync", "--start-sync --interface e --node 1 --plaintext",
	"--start-sync --interface e --group 239.1.1.1 --peer 10.0.0.1 --node 1 --plaintext",
	"--start-sync --interface e --group 239.1.1.1 --node 1",
	"--start-sync --interface e --group 239.1.1.1 --node 0 --plaintext",
	"--start-sync --interface e --group 239.1.1.1 --node 256 --plaintext",
	"--start-sync --interface 0123456789abcdef --group 239.1.1.1 --node 1 --plaintext",
	"--start-sync --interface e --group 239.1.1.1:5 --node 1 --plaintext",
	"--stats --flows", "--generate-key a b", "-L --all",
	"-A -t 192.0.2.1:80 -s none", "-L -s any=fwmark:1",
	"-E -t 192.0.2.1:80 -s none -s any=fwmark:1",
	"-E -t 192.0.2.1:80 -s any=fwmark:1 -s none",
	"-E -t 192.0.2.1:80 -f 1", "--lookup src=192.0.2.1 -t 192.0.2.1:80 -f 0",
	"--lookup hash=00112233445566778899aabbccddeeff -f 1",
};

static void commands(void)
{
	struct command c;
	size_t i;

	for (i = 0; i < UNIT_SIZE(good); i++) {
		UNIT_ROW("%s", good[i].text);
		e.text[0] = '\0';
		CHECK(!command(good[i].text, false, &c) &&
		      c.action == good[i].action);
		if (e.text[0])
			printf("# %s\n", e.text);
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(command(bad[i], false, &c)));
	}
	CHECK(refused(command("-L", true, &c)));
	CHECK(refused(command("-R", true, &c)));
	CHECK(refused(command("--generate-key", true, &c)));
	CHECK(refused(command("-t 192.0.2.1:80", true, &c)));
	CHECK(!command("-C", true, &c));
}

static void command_values(void)
{
	struct command c;

	CHECK(!command("-A -t [2001:db8::1]:443 -k cookie:A -k src/64 -p 30m "
		       "--inspect-timeout 1500ms --silent-timeout 60 "
		       "--connect-timeout 2 --tries 4 --max-request 8k "
		       "--flow-timeout 1h", false, &c));
	CHECK_EQ(c.svc.nrules, 2);
	CHECK_EQ(c.svc.nsteer, 0);
	CHECK_EQ(c.svc.rules[1].prefix, 64);
	CHECK_EQ(c.svc.timeout, 1800);
	CHECK_EQ(c.svc.inspect, 1500);
	CHECK_EQ(c.svc.silent, 60);
	CHECK_EQ(c.svc.connect, 2000);
	CHECK_EQ(c.svc.tries, 4);
	CHECK_EQ(c.svc.max_request, 8192);
	CHECK_EQ(c.svc.flow_timeout, 3600);
	CHECK_EQ(c.svc.service.port, 443);
	CHECK(command_service(&c)->af == AF_INET6);
	CHECK(!command("--bindings", false, &c) && !command_service(&c));
	CHECK(!command("-A -t 192.0.2.1:80 -s path:/api/*=fwmark:3 -s any=service",
		       false, &c));
	CHECK_EQ(c.svc.nrules, 0);
	CHECK_EQ(c.svc.nsteer, 2);
	CHECK_EQ(c.svc.steer[0].mark, 3);
	CHECK(!command("-E -t 192.0.2.1:80 --steer none", false, &c) &&
	      c.svc.no_steer);
	CHECK(!command("-A -t 192.0.2.1:80 -k cookie:S,route --route a=192.0.2.2 --route b=192.0.2.3:8080",
		       false, &c) && !c.svc.no_routes);
	CHECK_EQ(c.svc.nroutes, 2);
	CHECK(!strcmp(c.svc.routes[0].name, "a") && !c.svc.routes[0].server.port);
	CHECK_EQ(c.svc.routes[1].server.port, 8080);
	CHECK(!command("-E -t 192.0.2.1:80 --route none", false, &c) &&
	      c.svc.no_routes);
	CHECK(refused(command("-E -t 192.0.2.1:80 --route none --route a=192.0.2.2",
			      false, &c)));
	CHECK(refused(command("-E -t 192.0.2.1:80 --route a=192.0.2.2 --route none",
			      false, &c)));
	CHECK(refused(command("-L --route a=192.0.2.2", false, &c)));
	CHECK(refused(command("--explain f -t 192.0.2.1:80 --route a=192.0.2.2",
			      false, &c)));
	CHECK(!command("-f 7 --lookup src=192.0.2.1 -t 192.0.2.1:80", false, &c));
	CHECK_EQ(c.kv.pool, 7);
}

static void policy_options(void)
{
	struct command c;

	CHECK(!command("--group 239.1.1.1 --start-sync --interface e --node 1 --plaintext",
		       false, &c) && c.sync.group.af == AF_INET && !c.svc.has_group);
	CHECK(!command("--group a.B_9-x -A -t 192.0.2.1:80 -k src", false, &c) &&
	      c.svc.has_group && !strcmp(c.svc.group, "a.B_9-x"));
	CHECK(!command("-E -t 192.0.2.1:80 --max-lifetime 1d", false, &c) &&
	      c.svc.max_lifetime.given && c.svc.max_lifetime.v == 86400);
	CHECK(!command("-E -t 192.0.2.1:80 --max-lifetime none", false, &c) &&
	      c.svc.max_lifetime.given && !c.svc.max_lifetime.v);
	CHECK(refused(command("-E -t 192.0.2.1:80 --max-lifetime 0", false, &c)));
	CHECK(refused(command("-E -t 192.0.2.1:80 --max-lifetime 366d", false, &c)));
	CHECK(!command("-E -t 192.0.2.1:80 --prebind 10", false, &c) &&
	      c.svc.prebind.given && c.svc.prebind.v == 10);
	CHECK(refused(command("-E -t 192.0.2.1:80 --prebind 2h", false, &c)));
	CHECK(!command("-E -t 192.0.2.1:80 --on-drain rebind", false, &c) &&
	      c.svc.on_drain == IPVS_L7_ON_DRAIN_REBIND);
	CHECK(refused(command("-E -t 192.0.2.1:80 --on-drain move", false, &c)));
	CHECK(!command("-E -t 192.0.2.1:80 --group none", false, &c) &&
	      c.svc.has_group && !*c.svc.group);
	CHECK(!command("-E -t 192.0.2.1:80", false, &c) && !c.svc.has_group);
	CHECK(refused(command("-E -t 192.0.2.1:80 --group \"\"", false, &c)));
	CHECK(refused(command("-E -t 192.0.2.1:80 --group a,b", false, &c)));
	CHECK(refused(command("-E -t 192.0.2.1:80 --group "
			      "012345678901234567890123456789012", false, &c)));
	CHECK(!command("--add-binding src=::1 -t [::2]:80 -r [::3]:80 --static",
		       false, &c) && c.fixed);
	CHECK(!command("--flush-bindings --static", true, &c) && c.fixed);
	CHECK(refused(command("--del-binding src=::1 -t [::2]:80 --static",
			      false, &c)));
	CHECK(!command("--stats --rules -v", false, &c) && c.rules);
	CHECK(refused(command("--bindings --rules", false, &c)));
	CHECK(refused(command("-D -t 192.0.2.1:80 --group a", false, &c)));
}

static void proxy_options(void)
{
	static const char *const bad[] = {
		"-A -t 192.0.2.1:80 -k src --accept-proxy=1",
		"-A -t 192.0.2.1:80 -k src --send-proxy off",
		"-E -t 192.0.2.1:80 --send-proxy --send-proxy=off",
		"-A -t 192.0.2.1:80 --accept-proxy", "-L --send-proxy",
		"--explain f -t 192.0.2.1:80 --accept-proxy",
		"--explain f -k src --send-proxy",
	};
	struct command c;
	size_t i;

	CHECK(!command("-A -t 192.0.2.1:80 -k src --accept-proxy", false, &c));
	CHECK_EQ(c.svc.accept_proxy, TOGGLE_ON);
	CHECK_EQ(c.svc.send_proxy, TOGGLE_NOT_GIVEN);
	CHECK(!command("-E -t 192.0.2.1:80 --accept-proxy=off --send-proxy",
		       true, &c));
	CHECK_EQ(c.svc.accept_proxy, TOGGLE_OFF);
	CHECK_EQ(c.svc.send_proxy, TOGGLE_ON);
	CHECK(!command("--explain f -k src --accept-proxy", false, &c));
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(command(bad[i], false, &c)));
	}
}

static void ftp_option(void)
{
	static const char *const bad[] = {
		"-L --semi-sync", "-A -t 192.0.2.1:80 --semi-sync", "-A -t 192.0.2.1:80 -k src --semi-sync=x",
		"-A -t 192.0.2.1:21 --ftp=off", "-A -t 192.0.2.1:21 --ftp=yes",
		"-A -t 192.0.2.1:21 --ftp active", "-L --ftp",
		"-E -t 192.0.2.1:21 --ftp --ftp=off", "-D -t 192.0.2.1:21 --ftp",
		"--explain f -k src --ftp",
	};
	struct command c;
	size_t i;

	CHECK(!command("-A -t 192.0.2.1:21 --ftp", false, &c));
	CHECK_EQ(c.svc.ftp, TOGGLE_ON);
	CHECK_EQ(c.svc.mirror, TOGGLE_NOT_GIVEN);
	CHECK(!command("-E -t 192.0.2.1:80 --semi-sync", true, &c));
	CHECK_EQ(c.svc.semi, TOGGLE_ON);
	CHECK(!command("-A -t 192.0.2.1:80 -k cookie:S --semi-sync=off", false, &c));
	CHECK_EQ(c.svc.semi, TOGGLE_OFF);
	CHECK(!command("-A -t [::1]:21 --ftp=on -k src", true, &c));
	CHECK_EQ(c.svc.ftp, TOGGLE_ON);
	CHECK(!command("-E -t 192.0.2.1:21 --ftp=off", false, &c));
	CHECK_EQ(c.svc.ftp, TOGGLE_OFF);
	CHECK(!command("-E -t 192.0.2.1:21 -p 10", false, &c));
	CHECK_EQ(c.svc.ftp, TOGGLE_NOT_GIVEN);
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(command(bad[i], false, &c)));
	}
}

/* --- JSON, read back by eye of a table --- */

static void json_escapes(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "plain", "\"plain\"\n" },
		{ "a\"b\\c", "\"a\\\"b\\\\c\"\n" },
		{ "\x01\n\x7f", "\"\\u0001\\u000a\\u007f\"\n" },
		{ "\xc3\xa4", "\"\xc3\xa4\"\n" },
		{ "\xe2\x82\xac", "\"\xe2\x82\xac\"\n" },
		{ "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\"\n" },
		{ "\xc3", "\"\\u00c3\"\n" },
		{ "\xc0\x80", "\"\\u00c0\\u0080\"\n" },
		{ "\xed\xa0\x80", "\"\\u00ed\\u00a0\\u0080\"\n" },
		{ "\xf4\x90\x80\x80", "\"\\u00f4\\u0090\\u0080\\u0080\"\n" },
		{ "\xe2\x82", "\"\\u00e2\\u0082\"\n" },
		{ "\xff", "\"\\u00ff\"\n" },
	};
	FILE *out = stdout;
	char *text;
	size_t i, n;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		stdout = open_memstream(&text, &n);
		json_string(NULL, rows[i].in);
		json_end();
		fclose(stdout);
		stdout = out;
		UNIT_ROW("row %zu", i);
		CHECK(!strcmp(text, rows[i].out));
		free(text);
	}
}

static void json_shapes(void)
{
	struct ep none = { .af = 0 }, some = { .af = AF_INET, .port = 80 };
	FILE *out = stdout;
	char *text;
	size_t n;

	stdout = open_memstream(&text, &n);
	json_object(NULL);
	json_array("empty");
	json_array_end();
	json_array("two");
	json_number(NULL, 1);
	json_bool(NULL, false);
	json_array_end();
	json_endpoint("none", &none);
	json_endpoint("some", &some);
	json_object_end();
	json_end();
	fclose(stdout);
	stdout = out;
	CHECK(!strcmp(text, "{\n  \"empty\": [],\n  \"two\": [\n    1,\n"
		      "    false\n  ],\n  \"none\": null,\n  \"some\": {\n"
		      "    \"address\": \"0.0.0.0\",\n    \"port\": 80\n"
		      "  }\n}\n"));
	free(text);
}

/* A file, which may hold any byte: the status, and the lines in @r. */
static int read_file(const char *text, size_t len, struct restore *r)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, len, "r");
	int status = restore_read(in, r, &e);

	fclose(in);
	return status;
}

static void restored_files(void)
{
	static const char good[] = "# saved\n\n-A -t 192.0.2.1:80 -k src\n"
				   "  --set-limits flows=7";
	static const char bad[] = "-C\n-A -t 192.0.2.1:80\n-C\n";
	static const char zero[] = "-C\n-A -t 192.0.2.1:80 -k src\0 -k src\n";
	struct restore r;

	CHECK_EQ(read_file(good, sizeof(good) - 1, &r), 0);
	if (CHECK_EQ(r.n, 4)) {
		CHECK_EQ(r.lines[0].c.action, DO_NOTHING);
		CHECK_EQ(r.lines[2].number, 3);
		CHECK_EQ(r.lines[2].c.action, DO_ADD);
		CHECK_EQ(r.lines[3].c.limits.flows, 7);
	}
	restore_free(&r);
	CHECK_EQ(read_file(bad, sizeof(bad) - 1, &r), 2);
	CHECK(!strncmp(e.text, "line 2: ", 8));
	restore_free(&r);
	CHECK_EQ(read_file(zero, sizeof(zero) - 1, &r), 2);
	CHECK(!strcmp(e.text, "line 2: not a line of text"));
	restore_free(&r);
}

int main(void)
{
	UNIT_RUN(numbers);
	UNIT_RUN(sizes);
	UNIT_RUN(durations);
	UNIT_RUN(durations_return);
	UNIT_RUN(endpoints);
	UNIT_RUN(toggles);
	UNIT_RUN(limits);
	UNIT_RUN(secrets);
	UNIT_RUN(words);
	UNIT_RUN(words_return);
	UNIT_RUN(nonsense);
	UNIT_RUN(commands);
	UNIT_RUN(command_values);
	UNIT_RUN(policy_options);
	UNIT_RUN(proxy_options);
	UNIT_RUN(ftp_option);
	UNIT_RUN(restored_files);
	UNIT_RUN(json_escapes);
	UNIT_RUN(json_shapes);
	return unit_end();
}
