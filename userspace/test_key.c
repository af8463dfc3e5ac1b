// SPDX-License-Identifier: GPL-2.0
/* Unit tests of parse_key.c, parse_steer.c and of how format.c writes the same. */
#include "format.h"
#include "parse.h"
#include "test.h"

static void rules(void)
{
	static const char *const bad[] = {
		"", "src/", "src/0", "src/129", "src/24x", "srcx", "SRC",
		"cookie", "cookie:", "cookie:*", "cookie:a b", "cookie:a=b",
		"cookie:a;b", "cookie:a\"b", "cookie:\xc3\xa4", "cookie:a,",
		"cookie:a,offset", "cookie:a,offset=", "cookie:a,offset=65536",
		"cookie:a,length=0", "cookie:a,x=1", "cookie:a,offset=1,",
		"cookie:a,required", "cookie:a,learn=response", "url", "url:",
		"url:a/b", "header", "header:", "header:a:b", "path-hash:",
		"cookie:S*,insert", "cookie:S,offset=1,insert",
		"cookie:S,insert,offset=1", "cookie:S,insert,learn=request",
		"cookie:S,learn=request,insert", "cookie:S,path=/",
		"header:S,route", "cookie:S,route=a", "cookie:S,insert,route", "mqtt,route",
		"cookie:S,route,insert", "cookie:S,responses=0", "cookie:S,responses=17",
		"cookie:S,responses=",
		"cookie:S,responses", "cookie:S,responses=1x", "url:S,responses=2",
		"header:S,responses=2", "cookie:S,insert,responses=2",
		"cookie:S,responses=2,insert", "tls-session,responses=2",
		"cookie:S,insert,path=", "cookie:S,insert,path=/ x",
		"cookie:S,insert,path=/;x", "cookie:S,insert,max-age=1x",
		"cookie:S,insert,samesite=Lax", "cookie:S,insert,secure=1",
		"cookie:S,insert,insert", "url:S,insert", "cookie:S,insert,require",
		"cookie:S,require,insert", "cookie:S,rewrite,require",
		"cookie:S*,rewrite", "cookie:S,offset=1,rewrite",
		"cookie:S,rewrite,length=1", "cookie:S,rewrite,learn=request",
		"cookie:S,learn=request,rewrite", "cookie:S,rewrite,path=/",
		"cookie:S,rewrite,secure", "cookie:S,rewrite,rewrite",
		"cookie:S,rewrite,insert", "cookie:S,insert,rewrite",
		"cookie:S,path=/,rewrite", "url:S,rewrite", "cookie:S,rewrite=1",
		"path-hash:/x", "path-hash,offset=1", "path-hash,learn=request",
		"tls", "tls-session:", "tls-session:4", "tls-session,",
		"tls-session,learn=request", "tls-ticket:", "tls-ticket:0",
		"tls-ticket:x", "tls-ticket:65536", "tls-ticket,offset=1",
		"rdp:", "rdp,learn=request", "mqtt:x", "payload", "payload:",
		"payload:1", "payload:1,", "payload:1,0", "payload:65536,1",
		"payload:1,2,3", "payload-lv:1", "payload-lv:1,3",
		"payload-lv:1,8", "payload-lv:,1", "payload-lv:1,11",
		"cookie:01234567890123456789012345678901234567890123456789012345678901234",
	};
	char buf[FORMAT_SIZE];
	struct rule r, again;
	size_t i;

	for (i = 0; i < UNIT_SIZE(rules_good); i++) {
		UNIT_ROW("%s", rules_good[i]);
		if (!CHECK(!parse_rule(rules_good[i], &r, &e)))
			continue;
		CHECK(!strcmp(format_rule(buf, &r), rules_good[i]));
		CHECK(!parse_rule(buf, &again, &e) &&
		      !memcmp(&r, &again, sizeof(r)));
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(parse_rule(bad[i], &r, &e)));
	}
	CHECK(!parse_rule("cookie:ASP*,offset=1", &r, &e) && r.wildcard &&
	      !strcmp(r.name, "ASP") && r.offset == 1);
}

static const char *const steer_good[] = {
	"any=fwmark:1", "any=service", "any=reset", "sni:a.example=fwmark:4294967295",
	"sni:*.example.com=fwmark:1", "alpn:h2=fwmark:2", "alpn:http/1.1=service",
	"host:shop.example=fwmark:3", "host:[2001:db8::1]=fwmark:3",
	"path:/api/*=fwmark:3", "path:*.php=fwmark:3", "path:/=fwmark:3",
	"path:/a=b=fwmark:3", "header:X-Tenant:blue=fwmark:4",
	"header:User-Agent:Mozilla/5.0 (X*=reset", "header:A:b:c=d=fwmark:4",
	"header:A:**=reset",
};

static void steering(void)
{
	static const char *const bad[] = {
		"", "any", "any=", "=fwmark:1", "any:=fwmark:1", "any:x=fwmark:1",
		"sni=fwmark:1", "sni:=fwmark:1", "sni:a b=fwmark:1", "sni:a=1",
		"sni:a=fwmark:0", "sni:a=fwmark:4294967296", "sni:a=fwmark:0x1",
		"sni:a=fwmark:", "sni:a=service:1", "SNI:a=reset", "alpn:=reset",
		"host:=fwmark:1", "path:=reset", "path:*=reset", "path:**=reset",
		"path:*a*=reset", "path:/a*b=reset", "path:/a?b=reset",
		"path:/a b=reset", "header:=reset", "header:a=reset",
		"header:a:=reset", "header:a:*=reset", "header::a=reset",
		"header:a b:c=reset", "header:a:b\nc=reset", "none",
		"cookie:a=fwmark:1",
	};
	char buf[FORMAT_SIZE], text[400];
	struct steer r, again;
	size_t i;

	for (i = 0; i < UNIT_SIZE(steer_good); i++) {
		UNIT_ROW("%s", steer_good[i]);
		if (!CHECK(!parse_steer(steer_good[i], &r, &e)))
			continue;
		CHECK(!strcmp(format_steer(buf, &r), steer_good[i]));
		CHECK(!parse_steer(buf, &again, &e) &&
		      !memcmp(&r, &again, sizeof(r)));
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(parse_steer(bad[i], &r, &e)));
	}
	/* the longest that there is, and one byte more */
	for (i = IPVS_L7_STEER_PATTERN_MAX; i < IPVS_L7_STEER_PATTERN_MAX + 2; i++) {
		snprintf(text, sizeof(text), "header:%064d:%0*d*=fwmark:4294967295",
			 7, (int)i, 7);
		CHECK(parse_steer(text, &r, &e) == -(i > IPVS_L7_STEER_PATTERN_MAX));
		if (i == IPVS_L7_STEER_PATTERN_MAX)
			CHECK(!strcmp(format_steer(buf, &r), text));
	}
	CHECK(!parse_steer("path:/api/*=fwmark:3", &r, &e) && r.mark == 3 &&
	      r.how == IPVS_L7_STEER_HOW_PREFIX && !strcmp(r.pattern, "/api/"));
}

static void routes(void)
{
	static const char *const good[] = {
		"a=192.0.2.1", "node-1=192.0.2.1:8080", "n!#$%&'()*+/:<>?@[]^_`{|}~=[2001:db8::1]:80",
		"a=2001:db8::1", "0123456789abcdef0123456789abcdef=192.0.2.1",
	};
	static const char *const bad[] = {
		"", "a", "=192.0.2.1", "a=", "a.b=192.0.2.1", "a b=192.0.2.1", "a\"=192.0.2.1",
		"a,=192.0.2.1", "a;=192.0.2.1", "a\\=192.0.2.1", "\xc3\xa4=192.0.2.1",
		"a==192.0.2.1", "a=192.0.2.1:0", "a=192.0.2.1:x:", "a=192.0.2.256", "none",
		"0123456789abcdef0123456789abcdefg=192.0.2.1", "a=192.0.2.1:",
	};
	char buf[FORMAT_SIZE];
	struct route r, again;
	size_t i;

	for (i = 0; i < UNIT_SIZE(good); i++) {
		UNIT_ROW("%s", good[i]);
		if (!CHECK(!parse_route(good[i], &r, &e)))
			continue;
		CHECK(!strcmp(format_route(buf, &r), good[i]));
		CHECK(!parse_route(buf, &again, &e) &&
		      !memcmp(&r, &again, sizeof(r)));
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(parse_route(bad[i], &r, &e)));
	}
	CHECK(!parse_route("a=[2001:db8::1]:81", &r, &e) && r.server.af == AF_INET6 &&
	      r.server.port == 81 && !strcmp(r.name, "a"));
}

static void key_values(void)
{
	static const struct {
		const char *in, *rule, *value;
	} good[] = {
		{ "cookie:S=abc", "cookie:S", "abc" },
		{ "cookie:S=a=b", "cookie:S", "a=b" },
		{ "cookie:S==", "cookie:S", "=" },
		{ "cookie:S=x,offset=3", "cookie:S", "x,offset=3" },
		{ "cookie:S,offset=2=abc", "cookie:S,offset=2", "abc" },
		{ "cookie:S,responses=3=r=3", "cookie:S,responses=3", "r=3" },
		{ "cookie:S,responses=3,route=v.n", "cookie:S,responses=3,route", "v.n" },
		{ "url:sid,learn=request=v", "url:sid,learn=request", "v" },
		{ "header:X,learn=request,require=v=w",
		  "header:X,learn=request,require", "v=w" },
		{ "tls-ticket=00ff", "tls-ticket:16", "00ff" },
		{ "payload:0,4=0x00010203", "payload:0,4", "0x00010203" },
		{ "mqtt=id", "mqtt", "id" },
		{ "cookie:S*,offset=2,length=8==c", "cookie:S*,offset=2,length=8",
		  "=c" },
		{ "src=192.0.2.1", "src", "192.0.2.1" },
		{ "cookie:S,insert,path=/,httponly=ab", "cookie:S,insert,path=/,httponly",
		  "ab" },
		{ "cookie:S,insert,path=/a,max-age=60=c=d", "cookie:S,insert,path=/a,max-age=60",
		  "c=d" },
		{ "src/24=192.0.2.1", "src/24", "192.0.2.1" },
	};
	static const char *const bad[] = {
		"", "=", "=x", "cookie:S", "cookie:S=", "src", "src=", "x=y",
		"rule:=x", "rule:8=x", "rule:x=y", "hash=", "hash=00",
		"hash=0123456789abcdef0123456789abcdeg",
		"hash=0123456789abcdef0123456789abcdef0",
		"cookie:S,offset==x", "cookie:S,length=0=x",
	};
	struct key_value kv;
	char buf[FORMAT_SIZE];
	size_t i;

	for (i = 0; i < UNIT_SIZE(good); i++) {
		UNIT_ROW("%s", good[i].in);
		CHECK(!parse_key_value(good[i].in, &kv, &e) &&
		      kv.by == KEY_BY_RULE &&
		      !strcmp(format_rule(buf, &kv.rule), good[i].rule) &&
		      !strcmp(kv.value, good[i].value) &&
		      kv.len == strlen(good[i].value));
	}
	for (i = 0; i < UNIT_SIZE(bad); i++) {
		UNIT_ROW("%s", bad[i]);
		CHECK(refused(parse_key_value(bad[i], &kv, &e)));
	}
	CHECK(!parse_key_value("rule:7=a=b", &kv, &e) &&
	      kv.by == KEY_BY_INDEX && kv.index == 7 &&
	      !strcmp(kv.value, "a=b"));
	CHECK(!parse_key_value("hash=00112233445566778899aAbBcCdDeEfF", &kv,
			       &e) && kv.by == KEY_BY_HASH &&
	      !strcmp(format_hex(buf, kv.hash, sizeof(kv.hash)),
		      "00112233445566778899aabbccddeeff"));
}

int main(void)
{
	UNIT_RUN(rules);
	UNIT_RUN(steering);
	UNIT_RUN(routes);
	UNIT_RUN(key_values);
	return unit_end();
}
