// SPDX-License-Identifier: GPL-2.0
/*
 * Host names and paths against patterns: a table, with guard pages around names
 * and patterns alike; every short name over a small alphabet against a slow
 * matcher.
 */
#include "unit.h"
#include "pure/match.h"

static const struct {
	const char *name, *pattern;
	bool want;
} hosts[] = {
	{ "a.example", "a.example", true },
	{ "A.Example", "a.eXAMPLE", true },
	{ "ABCXYZabcxyz.example", "abcxyzABCXYZ.example", true },
	{ "a.example.", "a.example", true },
	{ "a.example..", "a.example", false },
	{ "a.example", "b.example", false },
	{ "a.example", "a.exampl", false },
	{ "a.exampl", "a.example", false },
	{ "xa.example", "a.example", false },
	{ "example", "example", true },
	{ "192.0.2.1", "192.0.2.1", true },
	{ "[2001:DB8::1]", "[2001:db8::1]", true },
	{ "a.example:80", "a.example", false },
	/* only letters have a case */
	{ "a@example", "a`example", false },
	{ "a[example", "a{example", false },
	{ "\xc4.example", "\xe4.example", false },
	{ "\xc4.example", "\xc4.example", true },
	/* stars */
	{ "www.example.com", "*.example.com", true },
	{ "WWW.EXAMPLE.COM", "*.example.com", true },
	{ "www.example.com.", "*.example.com", true },
	{ "a.b.c.example.com", "*.example.com", true },
	{ "w.example.com", "*.example.com", true },
	{ "example.com", "*.example.com", false },
	{ ".example.com", "*.example.com", false },
	{ "..example.com", "*.example.com", false },
	{ "a..example.com", "*.example.com", false },
	{ ".a.example.com", "*.example.com", false },
	{ "a..b.example.com", "*.example.com", false },
	{ "wwwexample.com", "*.example.com", false },
	{ "www.example.org", "*.example.com", false },
	{ "www.example.com.evil", "*.example.com", false },
	{ "*.example.com", "*.example.com", true },
	{ "a.com", "*.com", true },
	{ "com", "*.com", false },
	{ ".", "*.com", false },
	{ "www.example.com", "w*.example.com", false },
	{ "www.example.com", "www.*.com", false },
	/* no star that stands for labels */
	{ "*", "*", true },
	{ "a", "*", false },
	{ "ab", "*b", false },
	{ "xab", "*ab", false },
	{ "x.b", "ab.b", false },
	{ "a..", "*.", false },
	{ "a.", "*.", false },
	{ "a", "*.", false },
	/* empty */
	{ "", "", false },
	{ ".", "", false },
	{ "", "a", false },
	{ "a", "", false },
	{ "", "*.a", false },
};

/* Each in memory of its own, whose ends cannot be touched. */
static bool host(const char *name, size_t len, const char *pattern, size_t plen)
{
	char *copy = malloc(plen);
	bool hit, front;

	memcpy(copy, pattern, plen);
	hit = l7_match_host(unit_flush(name, len), (u32)len, copy, (u32)plen);
	front = l7_match_host(unit_flush_front(name, len), (u32)len, copy,
			      (u32)plen);
	CHECK_EQ(front, hit);
	free(copy);
	return hit;
}

static void host_rows(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(hosts); i++) {
		UNIT_ROW("%s for %s", hosts[i].name, hosts[i].pattern);
		CHECK_EQ(host(hosts[i].name, strlen(hosts[i].name),
			      hosts[i].pattern, strlen(hosts[i].pattern)),
			 hosts[i].want);
	}
}

/* Zeros are bytes like others. */
static void zeros(void)
{
	CHECK(host("a\0b", 3, "A\0B", 3));
	CHECK(!host("a\0b", 3, "a\0c", 3));
	CHECK(!host("a\0b", 3, "a", 1));
	CHECK(l7_match_exact((const u8 *)"/\0", 2, "/\0", 2));
	CHECK(!l7_match_exact((const u8 *)"/\0", 2, "/", 1));
}

/* Label by label from the right. */
static bool slow_host(const char *name, const char *pattern)
{
	char n[16], s[16], *dot;
	bool star = !strncmp(pattern, "*.", 2) && pattern[2];
	size_t i;

	strcpy(n, name);
	strcpy(s, pattern + 2 * star);
	for (i = 0; n[i]; i++)
		if (n[i] == 'A')
			n[i] = 'a';
	for (i = 0; s[i]; i++)
		if (s[i] == 'A')
			s[i] = 'a';
	if (n[0] && n[strlen(n) - 1] == '.')
		n[strlen(n) - 1] = '\0';
	if (!star)
		return n[0] && !strcmp(n, s);
	for (dot = strchr(n, '.'); dot; dot = strchr(dot + 1, '.')) {
		if (dot == n || dot[-1] == '.')
			return false;
		if (!strcmp(dot + 1, s))
			return true;
	}
	return false;
}

/* The @i-th word of @len letters. */
static void word(char *out, unsigned int i, size_t len)
{
	out[len] = '\0';
	while (len--) {
		out[len] = "aA.b*"[i % 5];
		i /= 5;
	}
}

static void every_host(void)
{
	static const char *const patterns[] = {
		"", "a", "*", "*.", "*.a", "*.A", "*.a.b", "*..a", "*.*", "*.b",
		"a.a", ".", ".a", "a.", "*.a.", "*.*.a", "**",
	};
	unsigned int i, n = 1;
	char name[16];
	size_t len, j;

	for (len = 0; len <= 6; len++, n *= 5) {
		for (i = 0; i < n; i++) {
			word(name, i, len);
			for (j = 0; j < UNIT_SIZE(patterns); j++) {
				UNIT_ROW("%s for %s", name, patterns[j]);
				CHECK_EQ(l7_match_host((u8 *)name, (u32)len,
						       patterns[j],
						       (u32)strlen(patterns[j])),
					 slow_host(name, patterns[j]));
			}
		}
	}
}

static const struct {
	const char *name, *pattern;
	bool exact, prefix, suffix;
} paths[] = {
	{ "/app", "/app", true, true, true },
	{ "/app/x", "/app", false, true, false },
	{ "/apple", "/app", false, true, false },
	{ "/App", "/app", false, false, false },
	{ "/ap", "/app", false, false, false },
	{ "/x/a.png", ".png", false, false, true },
	{ ".png", ".png", true, true, true },
	{ "png", ".png", false, false, false },
	{ "/a.PNG", ".png", false, false, false },
	{ "/app/app", "/app", false, true, true },
	{ "", "", true, true, true },
	{ "/", "", false, true, true },
	{ "", "/", false, false, false },
	{ "/\xff", "\xff", false, false, true },
};

static void path_rows(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(paths); i++) {
		const char *pattern = paths[i].pattern;
		u32 len = (u32)strlen(paths[i].name), plen = (u32)strlen(pattern);
		const u8 *p = unit_flush(paths[i].name, len);

		UNIT_ROW("%s for %s", paths[i].name, pattern);
		CHECK_EQ(l7_match_exact(p, len, pattern, plen), paths[i].exact);
		CHECK_EQ(l7_match_prefix(p, len, pattern, plen), paths[i].prefix);
		CHECK_EQ(l7_match_suffix(p, len, pattern, plen), paths[i].suffix);
		p = unit_flush_front(paths[i].name, len);
		CHECK_EQ(l7_match_suffix(p, len, pattern, plen), paths[i].suffix);
	}
}

static void random_paths(void)
{
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(200000);

	while (n--) {
		char a[8], b[8];
		u32 i, j, same = 0, tail = 0;

		for (i = 0; i < 8; i++) {
			a[i] = (char)('a' + unit_below(&rnd, 2));
			b[i] = (char)('a' + unit_below(&rnd, 2));
		}
		i = unit_below(&rnd, 9);
		j = unit_below(&rnd, 9);
		while (same < i && same < j && a[same] == b[same])
			same++;
		while (tail < i && tail < j && a[i - 1 - tail] == b[j - 1 - tail])
			tail++;
		UNIT_ROW("%.*s for %.*s", i, a, j, b);
		CHECK_EQ(l7_match_prefix(unit_flush(a, i), i, b, j), same == j);
		CHECK_EQ(l7_match_suffix(unit_flush(a, i), i, b, j), tail == j);
		CHECK_EQ(l7_match_exact(unit_flush(a, i), i, b, j),
			 i == j && same == j);
	}
}

int main(void)
{
	UNIT_RUN(host_rows);
	UNIT_RUN(zeros);
	UNIT_RUN(every_host);
	UNIT_RUN(path_rows);
	UNIT_RUN(random_paths);
	return unit_end();
}
