// SPDX-License-Identifier: GPL-2.0
/*
 * A server's flight: tables of well-formed and malformed ones, each at every
 * truncation, with a ticket wanted and without.
 */
#include "tls_ask.h"

static const struct {
	const char *text;
	const char *want;
} answers[] = {
	{ REC(MSG(PLAIN)), "0303" },
	{ REC(SH("")), "0303" },
	{ "16 0300 [2 02 [3 0300 " RANDOM PLAIN "] ] ", "0300" },
	{ REC(MSG("[1 aabb] c02f 00 ")), "0303 id:aabb" },
	{ REC(MSG("[1 1d*32] c02f 00 [2 ff01 [2 00] ] ")), "0303 id:32" },
	{ REC(SH(IS_13)), "0303 13" },
	{ REC(SH("002b [2 7f1c] ")), "0303 13" },
	{ REC(SH("0033 [2 ab*36] " IS_13)), "0303 13" },
	{ REC(SH("0029 [2 0102] 0033 [2 ab*36] " IS_13)), "0303 13 psk:258" },
	{ REC(SH(IS_13 "0029 [2 0000] ")), "0303 13 psk:0" },
	{ REC(SH(PROMISE)), "0303 promised" },
	{ REC(SH("ff01 [2 00] " PROMISE "0017 [2 ] 1234 [2 ] 1234 [2 ] ")), "0303 promised" },
	/* what belongs to another version says nothing */
	{ REC(SH(PROMISE IS_13)), "0303 13" },
	{ REC(SH("0029 [2 0000] ")), "0303" },
	/* what follows does not matter */
	{ REC(SH("")) "!ff ff", "0303" },
	{ REC(SH(PROMISE) "!0b ffffff 00"), "0303 promised" },
	/* what comes first is no answer */
	{ CCS REC(SH("")), "0303" },
	{ WARNING CCS WARNING REC(SH("")), "0303" },
	{ REC("00 [3 ] ") REC(SH("")), "0303" },
	{ REC("00 [3 ] 00 [3 00] " SH("")), "0303" },
	{ REC(HRR) CCS REC(SH(IS_13)), "0303 13 retried" },
	{ REC(HRR) REC(MSG("[1 aabb] 1301 00 [2 " IS_13 "] ")), "0303 id:aabb 13 retried" },
	{ REC(HRR SH("")), "0303 retried" },
	/* over several records */
	{ "16 0303 [2 02] 16 0303 [2 000026 03] 16 0303 [2 03 " RANDOM "00] 16 0303 [2 c0] "
	  "16 0303 [2 2f00! 0b] 00", "0303" },
};

static const struct {
	const char *text;
	const char *want;
} tickets[] = {
	{ REC(SH("")), "0303" },
	{ REC(SH(IS_13 PROMISE)) "!16 ", "0303 13" },
	{ REC(SH(PROMISE)) REC(TICKET("0708")), "0303 promised ticket:0708" },
	{ REC(SH(PROMISE) TICKET("0708")) "!00", "0303 promised ticket:0708" },
	{ REC(SH(PROMISE) CERTIFICATE DONE TICKET("07") "!04") CCS,
	  "0303 promised ticket:07" },
	{ REC(SH(PROMISE)) REC(CERTIFICATE) REC("0c [3 00] " DONE) REC(TICKET("07")),
	  "0303 promised ticket:07" },
	{ REC(MSG("[1 aabb] c02f 00 [2 " PROMISE "] ")) REC(TICKET("07*2000")),
	  "0303 id:aabb promised ticket:2000" },
	{ REC(SH(PROMISE)) REC("0b 00000a 000102") REC("03040506 0708 09 0e 0000")
	  REC("00 04") REC("0000 08 00000000 00") REC("02 01") REC("02! 14"),
	  "0303 promised ticket:0102" },
	/* none */
	{ REC(SH(PROMISE)) REC(TICKET("")) "!00", "0303 promised" },
	{ REC(SH(PROMISE)) CCS "!00", "0303 promised" },
	{ REC(SH(PROMISE) CERTIFICATE DONE) FATAL "!00", "0303 promised" },
	{ REC(SH(PROMISE) CERTIFICATE DONE) CLOSE "!00", "0303 promised" },
	/* something in between */
	{ REC(SH(PROMISE) "00 [3 ] ") WARNING REC(TICKET("07")), "0303 promised ticket:07" },
	{ REC(HRR) CCS REC(SH("")), "0303 retried" },
	{ REC(HRR) CCS REC(SH(PROMISE)) REC(TICKET("07")), "0303 retried promised ticket:07" },
};

static const char *const nones[] = {
	FATAL "!00", CLOSE "!00", WARNING FATAL, CCS CLOSE, REC(HRR) FATAL,
	REC("00 [3 ] ") FATAL,
};

/* With a ticket wanted or without. */
static const char *const server_bads[] = {
	"13! ", "17! ", "'H'! 'TTP/1.1 400' ", "00! ", "16 02! ", "15 04! ",
	"16 0303 0000! ", "16 0303 4001! ", "14 0303 0000! ", "15 0303 0000! ",
	"14 0303 0002! 01 ", "14 0303 [2 00]! ", "14 0303 [2 02]! ",
	"15 0303 0001! 02 ", "15 0303 0004! ", "15 0303 [2 0028]! ", "15 0303 [2 0328]! ",
	REC("01! [3 ] "), REC("0b! [3 ] "), REC("04! [3 ] "), REC("00 [3 ] 0b! "),
	REC("02 000000! "), REC("02 ffffff! 03 "), REC("02 003ffd! 03 "),
	REC("02 [3 0200! ] "), REC("02 [3 0403! ] "), REC("02 [3 03 03! 5a*31 ] "),
	REC(MSG("21! 1d*33 c02f 00 ")), REC(MSG("ff! 1d*255 c02f 00 ")),
	REC(MSG("20! 1d*31 ")), REC(MSG("[1 ] ! ")), REC(MSG("[1 ] !c02f ")),
	REC(MSG(PLAIN "!00 ")), REC(MSG(PLAIN "0001! ")), REC(MSG(PLAIN "0000! 00 ")),
	REC(MSG(PLAIN "[2+1 !0023 [2 ] ] ")), REC(MSG(PLAIN "[2-1 !0023 [2 ] ] ")),
	REC(SH("0023 [2 00]! ")), REC(SH("0023 [2+1 !] ")), REC(SH("0023 [2 ] 0023! [2 ] ")),
	REC(SH("002b [2 ]! ")), REC(SH("002b [2 03]! ")), REC(SH("002b [2 030400]! ")),
	REC(SH("002b [2 0303]! ")), REC(SH("002b [2 0304] 002b! [2 0304] ")),
	REC(SH("0029 [2 ]! ")), REC(SH("0029 [2 00]! ")), REC(SH("0029 [2 000000]! ")),
	REC(HRR) CCS REC(HRR) "!", REC(HRR HRR "!"), REC(HRR) "17! ",
	/* in the middle of a message */
	REC("02 ") "14 0303 0001! 01 ", REC("02 000026 ") "15 0303 0002! 0228 ",
	REC("02 000026 ") "17! ", REC("02 000026 ") "16 0303 0000! ",
	REC("00 000001 ") "14 0303 0001! 01 ", REC("02 000026 04 00!") REC("00 "),
};

static const char *const ticket_bads[] = {
	REC(SH(PROMISE) "02! [3 ] "), REC(SH(PROMISE) "01! [3 ] "),
	REC(SH(PROMISE)) REC(DONE) "17! ", REC(SH(PROMISE)) "14 0303 [2 02]! ",
	REC(SH(PROMISE) "04 000003! 000000 "), REC(SH(PROMISE) "04 [3 00000000] !"),
	REC(SH(PROMISE) "04 [3 00000000 !00] "), REC(SH(PROMISE) "04 [3 00000000 [2+1 !07] ] "),
	REC(SH(PROMISE) "04 [3 00000000 [2-1 !07] ] "),
	REC(SH(PROMISE) "04 [3 00000000 [2 07] !00 ] "),
	REC(SH(PROMISE) "04 ffffff! "), REC(SH(PROMISE) "04 003ffd! "),
	REC(SH(PROMISE)) REC("0b 000004 0000") "14 0303 0001! 01 ",
	REC(SH(PROMISE)) REC("0b 000004 0000") "16 0303 0000! ",
};

static const char *const server_mores[] = {
	"", "15", "15 0303 0002 ", "15 0303 0002 02 ", "14 0303 0001 ", WARNING, CCS,
	REC("00 [3 ] "), REC("00 000001"), REC("00"), REC(HRR), REC(HRR) CCS,
	REC("02") "16 ", REC("02") "15 0303 00 ",
};

static const char *const ticket_mores[] = {
	REC(SH(PROMISE)), REC(SH(PROMISE) CERTIFICATE DONE), REC(SH(PROMISE)) WARNING,
	REC(SH(PROMISE)) "14 0303 0001 ", REC(SH(PROMISE) "0b ffffff 00 "),
	REC(SH(PROMISE) "04 000008 00000000 0002 07"), REC(SH(PROMISE) "04 003ffc "),
};

static void server_found(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(answers); i++)
		check_text(ask_answer, answers[i].text, L7_PARSE_FOUND,
			   answers[i].want);
	for (i = 0; i < UNIT_SIZE(tickets); i++)
		check_text(ask_ticket, tickets[i].text, L7_PARSE_FOUND,
			   tickets[i].want);
}

static void server_none(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(nones); i++) {
		check_text(ask_answer, nones[i], L7_PARSE_NONE, NULL);
		check_text(ask_ticket, nones[i], L7_PARSE_NONE, NULL);
	}
}

static void server_bad(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(server_bads); i++) {
		check_text(ask_answer, server_bads[i], L7_PARSE_BAD, NULL);
		check_text(ask_ticket, server_bads[i], L7_PARSE_BAD, NULL);
	}
	for (i = 0; i < UNIT_SIZE(ticket_bads); i++)
		check_text(ask_ticket, ticket_bads[i], L7_PARSE_BAD, NULL);
}

static void server_more(void)
{
	size_t i;

	for (i = 0; i < UNIT_SIZE(server_mores); i++) {
		check_text(ask_answer, server_mores[i], L7_PARSE_MORE, NULL);
		check_text(ask_ticket, server_mores[i], L7_PARSE_MORE, NULL);
	}
	for (i = 0; i < UNIT_SIZE(ticket_mores); i++)
		check_text(ask_ticket, ticket_mores[i], L7_PARSE_MORE, NULL);
}

static void session_ids(void)
{
	static const struct {
		bool is_13, counts;
		u8 id, ticket;
	} rows[] = {
		{ false, true, 32, 0 }, { false, true, 1, 0 }, { false, false, 0, 0 },
		{ true, false, 32, 0 }, { false, false, 32, 1 }, { true, false, 32, 1 },
	};
	size_t i;

	for (i = 0; i < UNIT_SIZE(rows); i++) {
		struct l7_tls_hello h = { .has_ticket_ext = true };
		struct l7_tls_answer a = { .is_13 = rows[i].is_13 };

		UNIT_ROW("row %zu", i);
		h.ticket.len = rows[i].ticket;
		a.session_id_len = rows[i].id;
		CHECK_EQ(l7_tls_session_id_counts(&h, &a), rows[i].counts);
	}
}

int main(void)
{
	UNIT_RUN(server_found);
	UNIT_RUN(server_none);
	UNIT_RUN(server_bad);
	UNIT_RUN(server_more);
	UNIT_RUN(session_ids);
	return unit_end();
}
