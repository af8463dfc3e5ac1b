// SPDX-License-Identifier: GPL-2.0
/*
 * Cookies in lines of a response that are not complete: what may go on before
 * it is known whether it is a cookie's value.
 */
#include "http_text.h"
#include "pure/http_key.h"

#define NEED	4

static u32 begun_at(const char *text, size_t n, const struct l7_cookie_sel *sel,
		    struct l7_slice *value)
{
	const u8 *p = unit_flush(text, n);
	u32 at = 0;

	while (l7_http_response_set_cookie_value(p, (u32)n, sel, &at, value) ==
	       L7_PARSE_FOUND)
		;
	return l7_http_response_begun(p, (u32)n, sel, at, NEED, value);
}

/* What stands behind the bar does not go on; between brackets there is a value. */
static void begun(void)
{
	static const char *const rows[] = {
		"|", "HTT|", OK "|", OK "S|", OK "Set-Cookie|", OK "Set-Cookies: SID=a|",
		OK "Server: SID=a|", OK "Set-Cookie: SID|", OK "Set-Cookie: SID=|",
		OK "Set-Cookie: SID= |", OK "Set-Cookie: SID=|a", OK "set-cookie:SID = |abc",
		OK "Set-Cookie: SID=[abcd]|", OK "Set-Cookie: SID=[abcdefg]|",
		OK "Set-Cookie: SID=[abcd]; Path|", OK "Set-Cookie: SID=[abcd]\r\n|",
		OK "Set-Cookie: SID=|abc\r", OK "Set-Cookie: SID=|abc\r\n",
		OK "Set-Cookie: SID=|abc ", OK "Set-Cookie: SID=[abc d]|",
		OK "Set-Cookie: SID=|a\r\n ", OK "Set-Cookie: SID=[a\r\n b]|",
		OK "Set-Cookie:\r\n SID=|a", OK "Set-Cookie: SID=abc;|", OK "Set-Cookie: SID=;|",
		OK "Set-Cookie: SID=|\"", OK "Set-Cookie: SID=|\"abcdefg",
		OK "Set-Cookie: SID=|\"abcd\"",
		OK "Set-Cookie: SID=\"[abcd]\";|", OK "Set-Cookie: SID=[\"abcd];|",
		OK "Set-Cookie: SID=\"abc\";|", OK "Set-Cookie: XID=abcd|",
		OK "Set-Cookie: SIDX=abc|", OK "Set-Cookie: sid=abc|", OK "Set-Cookie: a; SID=abc|",
		OK "Set-Cookie: SID=abcd\r\nA|",
		OK "Set-Cookie: SID=abcd\r\nSet-Cookie: SID=|a",
		OK "A: b\r\n Set-Cookie: SID=a|", OK "Set-Cookie: SID=abc\r\n\r|",
		EARLY "Set-Cookie: SID=a|", EARLY "\r\nHTT|", EARLY "\r\n" OK "Set-Cookie: SID=|a",
		OK "\r\nSet-Cookie: SID=a|", OK "Set-Cookie: SID=a\x01|",
	};
	struct l7_cookie_sel sel = selector("SID");
	struct l7_slice value;
	char text[256];
	size_t i, n, bar, from, to;
	const char *c;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		UNIT_ROW("%zu: %s", i, rows[i]);
		bar = from = to = n = 0;
		for (c = rows[i]; *c; c++) {
			if (*c == '|')
				bar = n;
			else if (*c == '[')
				from = n;
			else if (*c == ']')
				to = n;
			else
				text[n++] = *c;
		}
		CHECK_EQ(begun_at(text, n, &sel, &value), bar);
		CHECK(to ? value.off == from && value.off + value.len == to : !value.len);
	}
}

/*
 * Whatever is there: of no place that is still to be found a byte has gone on, but
 * of those that were told, and they are those that are found.
 */
static void check_begun(const u8 *p, size_t len, const struct l7_cookie_sel *sel)
{
	struct l7_slice value, told = { 0, 0 };
	u32 at = 0, before = 0, now;
	size_t i;

	for (i = 0; i <= len; i++) {
		while (l7_http_response_set_cookie_value(p, (u32)i, sel, &at,
							 &value) == L7_PARSE_FOUND) {
			if (told.len) {
				CHECK(value.off == told.off && value.len >= told.len);
				told.len = 0;
			} else if (value.len >= NEED) {
				CHECK(value.off >= before);
			}
		}
		now = l7_http_response_begun(p, (u32)i, sel, at, NEED, &value);
		CHECK(now >= before && now <= i);
		CHECK(!value.len || (now == i && value.len >= NEED &&
				     value.off + value.len <= i));
		CHECK(!told.len || !value.len || told.off == value.off);
		if (value.len)
			told = value;
		before = now;
	}
}

static const char *const texts[] = {
	OK "Server: n\r\nSet-Cookie: SID=oneone; Path=/\r\nSet-Cookie: XID=x\r\n"
	"set-cookie: SID = \"twotwo\";\r\n Path=/\r\nA: b\r\nSet-Cookie: SID=three\r\n\r\n"
	"Set-Cookie: SID=body\r\n",
	EARLY "Set-Cookie: SID=xxxx\r\n\r\n" OK "Set-Cookie:\r\n\tSID=aa\r\n aaaa\r\n\r\n",
	OK "Set-Cookie: SID=a\nSet-Cookie: SID=bbbb\n\n",
};

static void begun_anywhere(void)
{
	struct l7_cookie_sel sel = selector("SID");
	size_t i;

	for (i = 0; i < UNIT_SIZE(texts); i++) {
		UNIT_ROW("%zu", i);
		check_begun(unit_flush(texts[i], strlen(texts[i])), strlen(texts[i]),
			    &sel);
	}
}

static void begun_random(void)
{
	static const char *const words[] = {
		"\r\n", "\n", "\r", " ", ":", ";", "=", "\"", OK, EARLY "\r\n",
		"Set-Cookie: SID=", "\r\n ", "SIDX=abcd", "\x7f",
	};
	struct l7_cookie_sel sel = selector("SID*");
	uint64_t rnd = unit_seed();
	unsigned long n = unit_loops(2000);
	u8 buf[1024];

	while (n--) {
		const char *text = texts[unit_below(&rnd, UNIT_SIZE(texts))];
		size_t len = strlen(text);

		memcpy(buf, text, len);
		len = unit_mutate(&rnd, buf, len, sizeof(buf), words,
				  UNIT_SIZE(words));
		UNIT_ROW("%lu to go", n);
		check_begun(unit_flush(buf, len), len, &sel);
	}
}

int main(void)
{
	UNIT_RUN(begun);
	UNIT_RUN(begun_anywhere);
	UNIT_RUN(begun_random);
	return unit_end();
}
