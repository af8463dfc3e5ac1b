// SPDX-License-Identifier: GPL-2.0
/*
 * ClientHello: tables of well-formed and malformed ones, each at every
 * truncation and cut into records of every size; every length off by one.
 */
#include "tls_ask.h"

static const struct {
	const char *text;
	const char *want;
} hellos[] = {
	{ RECORD(BODY(START)), "0303" },
	{ RECORD(BODY(START)) "!00", "0303" },
	{ RECORD(BODY(START) "!01 ff ff"), "0303" },
	{ HELLO(""), "0303" },
	{ "16 0300 [2 01 [3 0300 " RANDOM START "] ]", "0300" },
	{ "16 03ff [2 01 [3 03ff " RANDOM START "] ]", "03ff" },
	{ RECORD(BODY("[1 1d*32] [2 1301] [1 01 00] ")), "0303 id:32" },
	{ RECORD(BODY("[1 1d] [2 00*15000] [1 00*255] ")), "0303 id:1d" },
	{ HELLO(SNI(VECTOR(NAME("a.example")))), "0303 sni:a.example" },
	{ HELLO(SNI(VECTOR("01 [2 ff] " NAME("a") "02 [2 00]"))), "0303 sni:a" },
	{ HELLO(SNI(VECTOR("01 [2 ff] "))), "0303" },
	{ HELLO(SNI(VECTOR(NAME("!~_:")))), "0303 sni:!~_:" },
	{ HELLO(ALPN("[1 'h2'] [1 'http/1.1'] ")), "0303 alpn:h2 alpn:http/1.1" },
	{ HELLO(ALPN("[1 0a0a] [1 'h3'] ")), "0303 alpn:\n\n alpn:h3" },
	{ HELLO("0023 [2 ] "), "0303 ticket:" },
	{ HELLO("0023 [2 01020304] "), "0303 ticket:01020304" },
	{ HELLO(VERSIONS("0304")), "0303 13" },
	{ HELLO(VERSIONS("7a7a 0304 0303")), "0303 13" },
	{ HELLO(VERSIONS("0303 0302 0305 7f1c")), "0303" },
	{ HELLO("002a [2 ] "), "0303 early" },
	{ HELLO("fe0d [2 ] "), "0303 ech" },
	{ HELLO("fe0d [2 00ff] "), "0303 ech" },
	{ HELLO(PSK(IDENTITY("aa"), BINDER)), "0303 psk:aa" },
	{ HELLO(PSK(IDENTITY("aa") IDENTITY("bbcc"), BINDER "[1 b2*255] ")),
	  "0303 psk:aa psk:bbcc" },
	/* any order, GREASE, extensions that nobody knows */
	{ HELLO(GREASE VERSIONS("0304") SNI(VECTOR(NAME("a"))) "1a1a [2 00] "
		ALPN("[1 'h2']") "ffff [2 0102] 0023 [2 07] fe0d [2 01] 0033 [2 ff*300] "
		PSK(IDENTITY("aa"), BINDER)),
	  "0303 ticket:07 psk:aa sni:a alpn:h2 13 ech" },
	{ HELLO(ALPN("[1 'h2']") "fe0d [2 01] 0023 [2 07] " SNI(VECTOR(NAME("a")))
		"002a [2 ] " VERSIONS("0304") GREASE PSK(IDENTITY("aa"), BINDER)),
	  "0303 ticket:07 psk:aa sni:a alpn:h2 13 ech early" },
	/* of what is not read two may be there, if it is not below 64 */
	{ HELLO("003f [2 ] 0040 [2 ] 0040 [2 ] 003e [2 ] " GREASE GREASE), "0303" },
	/* over several records */
	{ "16 0301 [2 01] 16 0302 [2 000029] 16 03ff [2 0303 " RANDOM "00 0002] "
	  "16 0303 [2 1301 01 00! 16 ff] 00", "0303" },
	{ "16 0301 [2 01 00002a 03] 16 0301 [2 03 " RANDOM "01 aa 0002 1301 01 00] ",
	  "0303 id:aa" },
	{ CHROME, "0303 id:32 ticket: sni:www.example alpn:h2 alpn:http/1.1 13 ech" },
};

static const char *const client_bads[] = {
	/* no TLS */
	"14! 0301 [2 01] ", "15! 0301 [2 0228] ", "17! 0301 [2 01] ", "18! ",
	"80! 2e 01 0301 0015 0000 0010 ", "'G'! 'ET / HTTP/1.1' ", "00! ",
	"16 02! 01 ", "16 04! 00 ", "16 'x'! ",
	/* records */
	"16 0301 0000! 16 ", "16 0301 4001! 01 ", "16 0301 ffff! 01 ",
	"16 0301 [2 01 ] 16 0301 0000! ", "16 0301 [2 01 ] 16 0301 4001! ",
	"16 0301 [2 01 ] 15 0301 0002! 0228 ", "16 0301 [2 01 ] 14 0301 0001! 01 ",
	"16 0301 [2 01 ] 17! ", "16 0301 [2 01 ] 16 04! ",
	/* messages */
	"16 0301 [2 00! 000000] ", "16 0301 [2 02! 000000] ", "16 0301 [2 16! ] ",
	"16 0301 [2 01 000000!] ", "16 0301 [2 01 000001! 03] ",
	"16 0301 [2 01 ffffff! 0303] ", "16 0301 [2 01 003ffd! 0303] ",
	"16 0301 [2 01 ] 16 0301 [2 003ffd!] ", "16 0301 [2 01 00 40 00! 0303] ",
	RECORD("01 [3 02 00!] "), RECORD("01 [3 04 03! " RANDOM START "] "),
	RECORD("01 [3 0303 ! 5a*31 ] "), RECORD("01 [3 0303 5a*32! ] "),
	"16 0301 [2 01 000100 02 00!] 16 0301 [2 00 ] ",
	"16 0301 [2 01 000100 0303 ] 16 0301 [2 5a*32 21!] 16 0301 [2 00 ] ",
	/* what stands before the extensions */
	RECORD(BODY("21! 1d*33 [2 1301] [1 00] ")),
	RECORD(BODY("ff! 1d*255 [2 1301] [1 00] ")),
	RECORD(BODY("20! 1d*31 ")), RECORD(BODY("[1 1d*32]! ")),
	RECORD(BODY("[1 ] ! 00 ")), RECORD(BODY("[1 ] 0000! [1 00] ")),
	RECORD(BODY("[1 ] 0001! 13 [1 00] ")), RECORD(BODY("[1 ] [2 130113]! [1 00] ")),
	RECORD(BODY("[1 ] ffff! 1301 [1 00] ")), RECORD(BODY("[1 ] 0004! 1301 00 ")),
	RECORD(BODY("[1 ] [2 1301] !")), RECORD(BODY("[1 ] [2 1301] 00! ")),
	RECORD(BODY("[1 ] [2 1301] 02! 00 ")), RECORD(BODY(START "!00 ")),
	RECORD(BODY(START "0001! ")), RECORD(BODY(START "0000! 00 ")),
	RECORD(BODY(START "[2+1 !0023 [2 ] ] ")), RECORD(BODY(START "[2-1 !0023 [2 ] ] ")),
	/* extensions as such */
	HELLO("!00 "), HELLO("00 23 !00 "), HELLO("0023 0001! "), HELLO("0023 ffff! 00 "),
	HELLO(GREASE "0023 [2+1 !00] "), HELLO("0033 [2+5 !00] 0023 [2 ] "),
	HELLO("0023 [2 ] 0023! [2 ] "), HELLO("003f [2 ] 0a0a [2 ] 003f! [2 ] "),
	HELLO("0000 [2 [2 01 [2 ff] ] ] 0000! [2 ] "), HELLO("fe0d [2 01] fe0d [2 01]! "),
	HELLO(VERSIONS("0304") "002b! [2 [1 0304] ] "),
	/* server_name */
	HELLO("0000 [2 ]! "), HELLO("0000 [2 00]! "), HELLO(SNI("[2 ] ") "!"),
	HELLO(SNI("[2 00] ") "!"), HELLO(SNI("[2 00 [2 ] ] ") "!"),
	HELLO(SNI("[2 00 [2+1 'a'] ] ") "!"), HELLO(SNI("[2 00 [2-1 'ab'] ] ") "!"),
	HELLO(SNI("[2+1 00 [2 'a'] ] ") "!"), HELLO(SNI("[2-1 00 [2 'a'] ] ") "!"),
	HELLO(SNI("[2 00 [2 'a'] ] 00") "!"), HELLO(SNI(VECTOR(NAME("a") "00 ")) "!"),
	HELLO(SNI(VECTOR(NAME("a") NAME("b"))) "!"), HELLO(SNI(VECTOR(NAME("a b"))) "!"),
	HELLO(SNI(VECTOR("00 [2 6100] ")) "!"), HELLO(SNI(VECTOR("00 [2 617f] ")) "!"),
	HELLO(SNI(VECTOR("00 [2 c3a4] ")) "!"), HELLO(SNI(VECTOR("00 [2 61*256] ")) "!"),
	HELLO(SNI(VECTOR("01 [2 ] ")) "!"),
	/* ALPN */
	HELLO("0010 [2 ]! "), HELLO("0010 [2 00]! "), HELLO(ALPN("") "!"), HELLO(ALPN("00") "!"),
	HELLO(ALPN("[1 'h2'] [1 ] ") "!"), HELLO(ALPN("[1+1 'h2'] ") "!"),
	HELLO(ALPN("[1-1 'h2'] ") "!"), HELLO("0010 [2 [2 [1 'h2'] ] 00]! "),
	HELLO("0010 [2 [2+1 [1 'h2'] ] ]! "), HELLO("0010 [2 [2-1 [1 'h2'] ] ]! "),
	/* supported_versions, early_data */
	HELLO("002b [2 ]! "), HELLO(VERSIONS("") "!"), HELLO(VERSIONS("03") "!"),
	HELLO(VERSIONS("030403") "!"), HELLO("002b [2 [1 0304] 00]! "),
	HELLO("002b [2 [1+2 0304] ]! "), HELLO("002b [2 [1 00*255] ]! "),
	HELLO("002a [2 00000000]! "),
	/* pre_shared_key */
	HELLO(PSK(IDENTITY("aa"), BINDER) "!" GREASE),
	HELLO(PSK(IDENTITY("aa"), BINDER) "!00 "),
	HELLO("0029 [2 ]! "), HELLO(PSK("", BINDER) "!"), HELLO(PSK(IDENTITY("aa"), "") "!"),
	HELLO("0029 [2 [2 " IDENTITY("aa") "] ]! "), HELLO(PSK(IDENTITY(""), BINDER) "!"),
	HELLO(PSK(IDENTITY("aa") IDENTITY(""), BINDER BINDER) "!"),
	HELLO(PSK("[2 aabbcc] 000000 ", BINDER) "!"),
	HELLO(PSK("[2 aabbccdd] 00000000 ff ", BINDER) "!"),
	HELLO(PSK("[2+1 aabbccdd] 00000000 ", BINDER) "!"),
	HELLO(PSK(IDENTITY("aa") IDENTITY("bb"), BINDER) "!"),
	HELLO(PSK(IDENTITY("aa"), BINDER BINDER) "!"),
	HELLO(PSK("", "") "!"), HELLO(PSK(IDENTITY("aa"), "[1 b1*31] ") "!"),
	HELLO(PSK(IDENTITY("aa") IDENTITY("bb"), BINDER "[1 b1*31] ") "!"),
	HELLO(PSK(IDENTITY("aa"), "[1 b1*31] 00 ") "!"),
	HELLO(PSK(IDENTITY("aa"), "[1+1 b1*32] ") "!"),
	HELLO(PSK(IDENTITY("aa"), "[1-1 b1*33] ") "!"),
	HELLO("0029 [2 [2 " IDENTITY("aa") "] [2 " BINDER "] 00]! "),
	HELLO("0029 [2 [2 " IDENTITY("aa") "] [2+1 " BINDER "] ]! "),
	HELLO("0029 [2 [2+1 " IDENTITY("aa") "] [2 " BINDER "] ]! "),
};

static const char *const client_mores[] = {
	"", "16", "16 03", "16 0301", "16 0301 00", "16 0301 0001", "16 0301 4000 01",
	"16 0301 [2 01 ] ", "16 0301 [2 01 ] 16 ", "16 0301 [2 01 ] 15 0303 00",
	"16 0301 [2 01 003ffc] ", "16 0301 [2 01 000100 0303 5a*32 20 1d*31] ",
};

static void client_found(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(hellos); i++)
		check_text(ask_client, hellos[i].text, L7_PARSE_FOUND, hellos[i].want);
}

static void client_bad(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(client_bads); i++)
		check_text(ask_client, client_bads[i], L7_PARSE_BAD, NULL);
}

static void client_more(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(client_mores); i++)
		check_text(ask_client, client_mores[i], L7_PARSE_MORE, NULL);
}

static void client_in_pieces(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(hellos); i++)
		every_size(ask_client, hellos[i].text, hellos[i].text);
}

/* Only the record may be longer: its rest is not looked at. */
static void client_lengths(void)
{
	static const long lies[] = { -1, 1, -1000000, 1000000 };
	static struct stream s;
	static u8 pieces[ROOM];
	struct answer a;
	size_t i;
	u32 f, n;

	make(&s, EVERYTHING);
	a = ask_client(s.b, s.n);
	check_answer(&a, L7_PARSE_FOUND, "0303 id:32 ticket:20 psk:aabb psk:ccdd "
		     "sni:a.example alpn:h2 alpn:http/1.1 13 ech");
	for (f = 0; f < s.fields; f++) {
		long was = get_length(&s, f), most = (1L << 8 * s.width[f]) - 1;

		for (i = 0; i < UNIT_SIZE(lies); i++) {
			long v = was + lies[i];

			UNIT_ROW("length %u is %ld, not %ld", f, v, was);
			put_length(&s, f, v < 0 ? 0 : v > most ? most : v);
			a = ask_client(unit_flush(s.b, s.n), s.n);
			if (f == 0 && v == was + 1)
				CHECK_EQ(a.v, L7_PARSE_FOUND);
			else
				CHECK_EQ(a.v, L7_PARSE_BAD);
			n = cut(pieces, s.b + 5, s.n - 6, 40);
			pieces[n++] = 0;
			a = ask_client(unit_flush(pieces, n), n);
			CHECK_EQ(a.v, f == 0 ? L7_PARSE_FOUND : L7_PARSE_BAD);
		}
		put_length(&s, f, was);
	}
}

/* The longest ClientHello, with its header, and one byte more. */
static void client_longest(void)
{
	static struct stream s;
	static u8 pieces[ROOM];
	struct answer a;
	u32 n;

	make(&s, HELLO("0033 [2 ab*16331] "));
	CHECK_EQ(s.n, 5 + L7_TLS_HELLO_MAX);
	a = ask_client(unit_flush(s.b, s.n), s.n);
	check_answer(&a, L7_PARSE_FOUND, "0303");
	n = cut(pieces, s.b + 5, s.n - 5, 16383);
	a = ask_client(unit_flush(pieces, n - 1), n - 1);
	check_answer(&a, L7_PARSE_MORE, NULL);
	a = ask_client(unit_flush(pieces, n), n);
	check_answer(&a, L7_PARSE_FOUND, "0303");
	make(&s, HELLO("0033 [2 ab*16332] "));
	n = cut(pieces, s.b + 5, s.n - 5, 16384);
	a = ask_client(unit_flush(pieces, n), n);
	check_answer(&a, L7_PARSE_BAD, NULL);
}

/* Lists are read again later, and must not lead out of themselves then. */
static void iterators(void)
{
	static const u8 bytes[] = { 0xff, 0xff, 0, 1, 2, 3, 4, 5 };
	struct l7_tls_hello h = { .base = unit_flush(bytes, sizeof(bytes)) };
	struct l7_slice s;
	u32 n, at;

	for (n = 0; n <= sizeof(bytes); n++) {
		h.psk = h.alpn = (struct l7_slice){ .len = n };
		at = 0;
		CHECK(!l7_tls_psk_next(&h, &at, &s));
		at = 0;
		CHECK(!l7_tls_alpn_next(&h, &at, &s));
		at = n;
		CHECK(!l7_tls_psk_next(&h, &at, &s));
		at = 0xffffffff;
		CHECK(!l7_tls_psk_next(&h, &at, &s));
	}
	h.psk = h.alpn = (struct l7_slice){ .off = 3, .len = 2 };
	at = 0;
	CHECK(l7_tls_alpn_next(&h, &at, &s));
	CHECK(s.off == 4 && s.len == 1);
	CHECK(!l7_tls_alpn_next(&h, &at, &s));
}

int main(void)
{
	UNIT_RUN(client_found);
	UNIT_RUN(client_bad);
	UNIT_RUN(client_more);
	UNIT_RUN(client_in_pieces);
	UNIT_RUN(client_lengths);
	UNIT_RUN(client_longest);
	UNIT_RUN(iterators);
	return unit_end();
}
