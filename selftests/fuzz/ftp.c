// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: lines of FTP control connections. Of the first byte one bit says whose the
 * line is; four more bytes are the address that a reply gets. The oracle reads words with
 * libc.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include "fuzz.h"
#include "pure/ftp.h"

#define ROOM	512

/* A number as it may stand there, without sign or zeros in front; -1: none. */
static long number(char **s, long max)
{
	size_t n = strspn(*s, "0123456789");
	long v;

	if (!n || n > 5 || (n > 1 && **s == '0'))
		return -1;
	v = strtol(*s, s, 10);
	return v <= max ? v : -1;
}

/* h1,h2,h3,h4,p1,p2 */
static bool numbers(char **s, struct l7_ftp_data *d)
{
	u8 bytes[6];
	long v;
	int i;

	for (i = 0; i < 6; i++) {
		if (i && *(*s)++ != ',')
			return false;
		v = number(s, 255);
		if (v < 0)
			return false;
		bytes[i] = (u8)v;
	}
	d->af = AF_INET;
	memcpy(&d->addr.ip, bytes, 4);
	memcpy(&d->port, bytes + 4, 2);
	return d->port;
}

static bool port(char **s, struct l7_ftp_data *d)
{
	long v = number(s, 65535);

	d->port = htons((u16)v);
	return v > 0;
}

static bool eprt(char **s, struct l7_ftp_data *d)
{
	char bar = *(*s)++, *end;

	if (!isgraph((unsigned char)bar) || ((*s)[0] != '1' && (*s)[0] != '2') ||
	    (*s)[1] != bar)
		return false;
	d->af = (*s)[0] == '1' ? AF_INET : AF_INET6;
	*s += 2;
	end = strchr(*s, bar);
	if (!end)
		return false;
	*end = 0;
	if (inet_pton(d->af, *s, &d->addr) != 1)
		return false;
	*s = end + 1;
	return port(s, d) && *(*s)++ == bar;
}

static bool epsv(char *s, struct l7_ftp_data *d)
{
	char bar;

	s = strchr(s, '(');
	if (!s || !isgraph((unsigned char)s[1]))
		return false;
	bar = s[1];
	if (s[2] != bar || s[3] != bar)
		return false;
	s += 4;
	return port(&s, d) && s[0] == bar && s[1] == ')';
}

static enum l7_parse oracle_command(char *s, struct l7_ftp_data *d)
{
	bool is_port = !strncasecmp(s, "PORT ", 5), ok;

	if (!is_port && strncasecmp(s, "EPRT ", 5))
		return L7_PARSE_NONE;
	s += 5;
	s += strspn(s, " ");
	ok = is_port ? numbers(&s, d) : eprt(&s, d);
	return ok && !s[strspn(s, " ")] ? L7_PARSE_FOUND : L7_PARSE_BAD;
}

static enum l7_parse oracle_reply(char *s, struct l7_ftp_data *d)
{
	if (!strncmp(s, "229 ", 4))
		return epsv(s, d) ? L7_PARSE_FOUND : L7_PARSE_BAD;
	if (strncmp(s, "227 ", 4))
		return L7_PARSE_NONE;
	s += 4;
	s += strcspn(s, "0123456789");
	return numbers(&s, d) && *s != ',' && !isdigit((unsigned char)*s) ?
	       L7_PARSE_FOUND : L7_PARSE_BAD;
}

static enum l7_parse oracle(const u8 *line, size_t len, bool reply,
			    struct l7_ftp_data *d)
{
	char text[ROOM + 1] = "";

	memset(d, 0, sizeof(*d));
	if (!len || line[len - 1] != '\n')
		return L7_PARSE_NONE;
	memcpy(text, line, len - 1);
	if (len > 1 && text[len - 2] == '\r')
		text[len - 2] = 0;
	return reply ? oracle_reply(text, d) : oracle_command(text, d);
}

/* The same line but for its address, or no room for it. */
static void readdress(u8 *line, u32 len, __be32 addr,
		      const struct l7_ftp_data *was)
{
	char dots[INET_ADDRSTRLEN];
	struct l7_ftp_data d;
	u8 before[ROOM];
	size_t room;

	memcpy(before, line, len);
	inet_ntop(AF_INET, &was->addr.ip, dots, sizeof(dots));
	/* what stands behind the code and in front of the address, and the address */
	room = strlen(dots) + strcspn((char *)line + 4, "0123456789");
	inet_ntop(AF_INET, &addr, dots, sizeof(dots));
	room -= room > 0 && line[3 + strcspn((char *)line + 4, "0123456789")] == '(' &&
		strcspn((char *)line + 4, "0123456789");
	if (!l7_ftp_readdress(line, len, addr)) {
		REQUIRE(room < strlen(dots));
		REQUIRE(!memcmp(before, line, len));
		return;
	}
	REQUIRE(room >= strlen(dots));
	REQUIRE(!memcmp(line, "227 ", 4));
	REQUIRE(l7_ftp_reply(line, len, &d) == L7_PARSE_FOUND);
	REQUIRE(d.addr.ip == addr && d.port == was->port);
	REQUIRE(line[len - 1] == '\n');
	REQUIRE(len < 2 || (before[len - 2] == '\r') == (line[len - 2] == '\r'));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	bool reply = fuzz_u8(&in) & 1;
	struct l7_ftp_data d, want;
	enum l7_parse v, w;
	struct fuzz_bytes line;
	__be32 addr = 0;
	size_t n;

	if (reply)
		fuzz_bytes(&in, &addr, sizeof(addr));
	if (in.len > ROOM || memchr(in.p, 0, in.len))
		return 0;
	fuzz_place(&line, in.p, in.len, 0);
	v = reply ? l7_ftp_reply(line.p, (u32)in.len, &d) :
		    l7_ftp_command(line.p, (u32)in.len, &d);
	w = oracle(in.p, in.len, reply, &want);
	REQUIRE(v == w);
	if (v != L7_PARSE_FOUND)
		return 0;
	REQUIRE(d.port && d.port == want.port && d.af == want.af);
	REQUIRE(!memcmp(&d.addr, &want.addr, sizeof(d.addr)));
	for (n = 0; reply && d.af && n <= in.len; n++)
		REQUIRE(l7_ftp_may_announce(line.p, (u32)n));
	if (reply && d.af)
		readdress(line.p, (u32)in.len, addr, &d);
	return 0;
}
