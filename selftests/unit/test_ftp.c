// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of FTP control connections: rows of commands and replies, malformed ones among
 * them; addresses exchanged in replies of many servers, and at random.
 */
#include <arpa/inet.h>
#include "unit.h"
#include "pure/ftp.h"

static const struct {
	const char *line;
	enum l7_parse verdict;
	const char *addr;	/* NULL: that of the control connection */
	u16 port;
} commands[] = {
	{ "PORT 192,0,2,9,4,1\r\n", L7_PARSE_FOUND, "192.0.2.9", 1025 },
	{ "port 192,0,2,9,255,255\n", L7_PARSE_FOUND, "192.0.2.9", 65535 },
	{ "Port  192,0,2,9,0,20 \r\n", L7_PARSE_FOUND, "192.0.2.9", 20 },
	{ "EPRT |1|192.0.2.9|6275|\r\n", L7_PARSE_FOUND, "192.0.2.9", 6275 },
	{ "EPRT |2|2001:db8::9|6446|\r\n", L7_PARSE_FOUND, "2001:db8::9", 6446 },
	{ "eprt !2!::!1!\r\n", L7_PARSE_FOUND, "::", 1 },
	{ "EPRT |2|::ffff:192.0.2.9|1|\n", L7_PARSE_FOUND, "::ffff:192.0.2.9", 1 },
	/* other commands */
	{ "PASV\r\n", L7_PARSE_NONE },
	{ "EPSV ALL\r\n", L7_PARSE_NONE },
	{ "PORTS 192,0,2,9,4,1\r\n", L7_PARSE_NONE },
	{ " PORT 192,0,2,9,4,1\r\n", L7_PARSE_NONE },
	{ "PORT\r\n", L7_PARSE_NONE },
	{ "\r\n", L7_PARSE_NONE },
	{ "", L7_PARSE_NONE },
	{ "PORT 192,0,2,9,4,1", L7_PARSE_NONE },	/* no end */
	{ "PORT 192,0,2,9,4,1\r", L7_PARSE_NONE },
	/* malformed */
	{ "PORT 192,0,2,9,4\r\n", L7_PARSE_BAD },
	{ "PORT 192,0,2,9,4,1,1\r\n", L7_PARSE_BAD },
	{ "PORT 192,0,2,9,4,256\r\n", L7_PARSE_BAD },
	{ "PORT 192,0,2,9,04,1\r\n", L7_PARSE_BAD },
	{ "PORT 192,0,2,9,0,0\r\n", L7_PARSE_BAD },
	{ "PORT 192.0.2.9,4,1\r\n", L7_PARSE_BAD },
	{ "PORT 192,0,2,,4,1\r\n", L7_PARSE_BAD },
	{ "PORT -1,0,2,9,4,1\r\n", L7_PARSE_BAD },
	{ "PORT \r\n", L7_PARSE_BAD },
	{ "EPRT |3|192.0.2.9|6275|\r\n", L7_PARSE_BAD },
	{ "EPRT |0|192.0.2.9|6275|\r\n", L7_PARSE_BAD },
	{ "EPRT |1|2001:db8::9|6275|\r\n", L7_PARSE_BAD },
	{ "EPRT |2|192.0.2.9|6275|\r\n", L7_PARSE_BAD },
	{ "EPRT |1|192.0.2.9|0|\r\n", L7_PARSE_BAD },
	{ "EPRT |1|192.0.2.9|65536|\r\n", L7_PARSE_BAD },
	{ "EPRT |1|192.0.2.9|6275\r\n", L7_PARSE_BAD },
	{ "EPRT |1|192.0.2.9|6275||\r\n", L7_PARSE_BAD },
	{ "EPRT |1!192.0.2.9|6275|\r\n", L7_PARSE_BAD },
	{ "EPRT  \r\n", L7_PARSE_BAD },
};

static const struct {
	const char *line;
	enum l7_parse verdict;
	const char *addr;
	u16 port;
} replies[] = {
	{ "227 Entering Passive Mode (192,0,2,1,4,1).\r\n", L7_PARSE_FOUND,
	  "192.0.2.1", 1025 },
	{ "227 Entering Passive Mode (192,0,2,1,255,255)\r\n", L7_PARSE_FOUND,
	  "192.0.2.1", 65535 },
	{ "227 Entering Passive Mode. 192,0,2,1,4,1\r\n", L7_PARSE_FOUND,
	  "192.0.2.1", 1025 },
	{ "227 =192,0,2,1,4,1\n", L7_PARSE_FOUND, "192.0.2.1", 1025 },
	{ "227 192,0,2,1,4,1 ok\r\n", L7_PARSE_FOUND, "192.0.2.1", 1025 },
	{ "229 Entering Extended Passive Mode (|||6446|)\r\n", L7_PARSE_FOUND,
	  NULL, 6446 },
	{ "229 Extended Passive mode OK (!!!1!)\n", L7_PARSE_FOUND, NULL, 1 },
	/* other replies */
	{ "220 (vsFTPd 3.0.3)\r\n", L7_PARSE_NONE },
	{ "227-Entering Passive Mode (192,0,2,1,4,1).\r\n", L7_PARSE_NONE },
	{ "2270 Entering Passive Mode (192,0,2,1,4,1).\r\n", L7_PARSE_NONE },
	{ " 227 Entering Passive Mode (192,0,2,1,4,1).\r\n", L7_PARSE_NONE },
	{ "227\r\n", L7_PARSE_NONE },
	{ "22\r\n", L7_PARSE_NONE },
	{ "\r\n", L7_PARSE_NONE },
	{ "", L7_PARSE_NONE },
	{ "227 Entering Passive Mode (192,0,2,1,4,1).", L7_PARSE_NONE },
	/* malformed */
	{ "227 \r\n", L7_PARSE_BAD },
	{ "227 Entering Passive Mode\r\n", L7_PARSE_BAD },
	{ "227 Entering Passive Mode (192,0,2,1,4)\r\n", L7_PARSE_BAD },
	{ "227 Entering Passive Mode (192,0,2,1,4,1,1)\r\n", L7_PARSE_BAD },
	{ "227 Entering Passive Mode (192,0,2,1,0,0)\r\n", L7_PARSE_BAD },
	{ "227 Entering Passive Mode (192,0,2,1,4,256)\r\n", L7_PARSE_BAD },
	{ "227 Entering Passive Mode (192,0,2,1,4,2555)\r\n", L7_PARSE_BAD },
	{ "227 Entering Mode 2 (192,0,2,1,4,1)\r\n", L7_PARSE_BAD },
	{ "229 Entering Extended Passive Mode\r\n", L7_PARSE_BAD },
	{ "229 (\r\n", L7_PARSE_BAD },
	{ "229 (|||0|)\r\n", L7_PARSE_BAD },
	{ "229 (|||65536|)\r\n", L7_PARSE_BAD },
	{ "229 (||6446|)\r\n", L7_PARSE_BAD },
	{ "229 (|||6446)\r\n", L7_PARSE_BAD },
	{ "229 (|||6446!)\r\n", L7_PARSE_BAD },
	{ "229 (|||6446|\r\n", L7_PARSE_BAD },
	{ "229 (|1|192.0.2.1|6446|)\r\n", L7_PARSE_BAD },
	{ "229 (   6446 )\r\n", L7_PARSE_BAD },
};

static const struct {
	const char *line;
	const char *addr;
	const char *want;	/* NULL: no room */
} addressed[] = {
	{ "227 Entering Passive Mode (10,0,0,1,4,1).\r\n", "10.0.0.9",
	  "227 Entering Passive Mode (10,0,0,9,4,1).\r\n" },
	{ "227 Entering Passive Mode (192,168,100,201,200,100).\r\n", "10.0.0.9",
	  "227 Entering Passive Mode (10,0,0,9,200,100).       \r\n" },
	{ "227 Entering Passive Mode (10,0,0,1,4,1).\r\n", "192.168.100.201",
	  "227 Entering Passiv(192,168,100,201,4,1).\r\n" },
	{ "227 Entering Passive Mode. 10,0,0,1,4,1\n", "192.0.2.123",
	  "227 Entering Passive Mod192,0,2,123,4,1\n" },
	{ "227 =10,0,0,1,4,1\r\n", "10.0.0.12", "227 10,0,0,12,4,1\r\n" },
	{ "227 =10,0,0,1,4,1\r\n", "10.0.0.123", NULL },
	{ "227 10,0,0,1,4,1\r\n", "10.0.0.9", "227 10,0,0,9,4,1\r\n" },
	{ "227 10,0,0,1,4,1\r\n", "10.0.0.10", NULL },
	{ "227 (10,0,0,1,4,1)\r\n", "10.0.0.10", NULL },
	{ "227 (10,0,0,12,4,1)\r\n", "10.0.0.3", "227 (10,0,0,3,4,1) \r\n" },
	{ "227 a(10,0,0,1,4,1)\r\n", "10.0.0.10", "227 (10,0,0,10,4,1)\r\n" },
	{ "227 255,255,255,255,255,255\r\n", "0.0.0.0",
	  "227 0,0,0,0,255,255        \r\n" },
	{ "227 abcdefgh0,0,0,0,0,1\r\n", "255.255.255.255",
	  "227 255,255,255,255,0,1\r\n" },
};

static void check_data(const struct l7_ftp_data *d, const char *addr, u16 port)
{
	u8 af = addr ? strchr(addr, ':') ? AF_INET6 : AF_INET : 0, bytes[16];

	CHECK_EQ(ntohs(d->port), port);
	CHECK_EQ(d->af, af);
	if (!addr)
		return;
	CHECK_EQ(inet_pton(af, addr, bytes), 1);
	CHECK_MEM(&d->addr, bytes, af == AF_INET ? 4u : 16u);
}

static void command_rows(void)
{
	struct l7_ftp_data d;
	size_t i, len;

	for (i = 0; i < UNIT_SIZE(commands); i++) {
		UNIT_ROW("%s", commands[i].line);
		len = strlen(commands[i].line);
		CHECK_EQ(l7_ftp_command(unit_flush(commands[i].line, len),
					(u32)len, &d), commands[i].verdict);
		if (commands[i].verdict == L7_PARSE_FOUND)
			check_data(&d, commands[i].addr, commands[i].port);
	}
}

static void reply_rows(void)
{
	struct l7_ftp_data d;
	size_t i, len;

	for (i = 0; i < UNIT_SIZE(replies); i++) {
		UNIT_ROW("%s", replies[i].line);
		len = strlen(replies[i].line);
		CHECK_EQ(l7_ftp_reply(unit_flush(replies[i].line, len),
				      (u32)len, &d), replies[i].verdict);
		if (replies[i].verdict == L7_PARSE_FOUND)
			check_data(&d, replies[i].addr, replies[i].port);
	}
}

/* Of each reply with an address that is found, and of no other that has no code of it,
 * each prefix may become one.
 */
static void beginnings(void)
{
	static const char *const others[] = {
		"220", "1", "227-", "2277", "229 (|||6446|)", " 227", "3",
	};
	size_t i, n;

	for (i = 0; i < UNIT_SIZE(replies); i++) {
		if (replies[i].verdict != L7_PARSE_FOUND || !replies[i].addr)
			continue;
		UNIT_ROW("%s", replies[i].line);
		for (n = 0; n <= strlen(replies[i].line); n++)
			CHECK(l7_ftp_may_announce(unit_flush(replies[i].line, n),
						  (u32)n));
	}
	for (i = 0; i < UNIT_SIZE(others); i++) {
		UNIT_ROW("%s", others[i]);
		n = strlen(others[i]);
		CHECK(!l7_ftp_may_announce(unit_flush(others[i], n), (u32)n));
	}
}

/* The lines of a session, and which of them are text of a longer reply. */
static void blocks(void)
{
	static const struct {
		const char *line;
		bool text;
	} lines[] = {
		{ "220-welcome\r\n", false },
		{ "227 (10,0,0,1,4,1)\r\n", true },
		{ "229 (|||1025|)\r\n", true },
		{ "220-still\r\n", true },
		{ "220\r\n", false },
		{ "227 (10,0,0,1,4,1)\r\n", false },
		{ " 22-\r\n", false },
		{ "012-\r\n", false },
		{ "21-\r\n", false },
		{ "227 (10,0,0,1,4,1)\r\n", false },
		{ "227-first\r\n", false },
		{ "22", true },
		{ "", true },
		{ "2277\r\n", true },
		{ "227", true },
		{ "227\n", false },
		{ "211-\r\n", false },
		{ "212 \r\n", true },
		{ "211 end", false },
		{ "229 (|||1025|)\r\n", false },
	};
	u16 block = 0;
	size_t i, n;

	for (i = 0; i < UNIT_SIZE(lines); i++) {
		UNIT_ROW("%s", lines[i].line);
		n = strlen(lines[i].line);
		CHECK_EQ(l7_ftp_is_text(&block, false, unit_flush(lines[i].line, n),
					(u32)n), lines[i].text);
	}
	CHECK_EQ(block, 0);
	/* begun by mistake: the next reply to a command ends it */
	CHECK(!l7_ftp_is_text(&block, false, (const u8 *)"150-x\r\n", 7));
	CHECK(l7_ftp_is_text(&block, true, (const u8 *)"227-x\r\n", 7));
	CHECK(!l7_ftp_is_text(&block, true, (const u8 *)"227 x\r\n", 7));
	CHECK_EQ(block, 0);
}

static void tls(void)
{
	CHECK(l7_ftp_begins_tls((const u8 *)"234 Proceed with negotiation.\r\n", 31));
	CHECK(!l7_ftp_begins_tls((const u8 *)"234-Proceed\r\n", 13));
	CHECK(!l7_ftp_begins_tls((const u8 *)"234 Proceed", 11));
	CHECK(!l7_ftp_begins_tls((const u8 *)"200 234 \r\n", 10));
}

static void address_rows(void)
{
	size_t i, len;
	__be32 addr;
	u8 *line;
	bool ok;

	for (i = 0; i < UNIT_SIZE(addressed); i++) {
		UNIT_ROW("%s", addressed[i].line);
		len = strlen(addressed[i].line);
		line = unit_flush(addressed[i].line, len);
		CHECK_EQ(inet_pton(AF_INET, addressed[i].addr, &addr), 1);
		ok = l7_ftp_readdress(line, (u32)len, addr);
		CHECK_EQ(ok, !!addressed[i].want);
		CHECK_MEM(line, addressed[i].want ?: addressed[i].line, len);
	}
}

/* Whatever can be read has the new address and the old port afterwards. */
static void random_addresses(void)
{
	static const char *const words[] = {
		"(", ")", ".", " ", ",", "255", "0", "10,0,0,1,", "227 ", "Mode",
		"\r\n", "=",
	};
	unsigned long n = unit_loops(20000);
	uint64_t rnd = unit_seed();
	struct l7_ftp_data d, was;
	u8 line[L7_FTP_LINE], *p;
	size_t len, k;
	__be32 addr;

	while (n--) {
		k = unit_below(&rnd, UNIT_SIZE(addressed));
		len = strlen(addressed[k].line);
		memcpy(line, addressed[k].line, len);
		for (k = unit_below(&rnd, 4); k; k--)
			len = unit_mutate(&rnd, line, len, sizeof(line), words,
					  UNIT_SIZE(words));
		p = unit_flush(line, len);
		addr = (__be32)unit_rand(&rnd);
		if (l7_ftp_reply(p, (u32)len, &was) != L7_PARSE_FOUND ||
		    was.af != AF_INET)
			continue;
		UNIT_ROW("%.*s", (int)len, (const char *)line);
		if (!l7_ftp_readdress(p, (u32)len, addr)) {
			CHECK_MEM(p, line, len);
			continue;
		}
		CHECK_EQ(l7_ftp_reply(p, (u32)len, &d), L7_PARSE_FOUND);
		CHECK_EQ(d.addr.ip, addr);
		CHECK_EQ(d.port, was.port);
	}
}

int main(void)
{
	UNIT_RUN(command_rows);
	UNIT_RUN(reply_rows);
	UNIT_RUN(beginnings);
	UNIT_RUN(blocks);
	UNIT_RUN(tls);
	UNIT_RUN(address_rows);
	UNIT_RUN(random_addresses);
	return unit_end();
}
