// SPDX-License-Identifier: GPL-2.0
/*
 * Lines of FTP control connections, see ftp.h. Owns their grammar; whom to believe is
 * the caller's. No locks, no state.
 */
#include "ftp.h"
#include "text.h"

#define CODE_LEN	3
#define NUMBERS		6	/* of an address and port in PORT and 227 */
#define NUMBERS_MAX	23	/* their bytes: 255,255,255,255,255,255 */

static const u8 pasv_code[CODE_LEN] = { '2', '2', '7' };
static const u8 epsv_code[CODE_LEN] = { '2', '2', '9' };
static const u8 tls_code[CODE_LEN] = { '2', '3', '4' };

static bool is_digit(u8 c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of a line without its end; 0: it has none. */
static u32 text_len(const u8 *line, u32 len)
{
	if (!len || line[len - 1] != '\n')
		return 0;
	len--;
	return len && line[len - 1] == '\r' ? len - 1 : len;
}

/* Is the command @word, in any case, with a space behind it? */
static bool is_command(const struct l7_text *t, const char *word)
{
	u32 i;

	if (t->end - t->at < 5 || t->p[t->at + 4] != ' ')
		return false;
	for (i = 0; i < 4; i++)
		if ((t->p[t->at + i] & ~0x20) != word[i])
			return false;
	return true;
}

static void pass_spaces(struct l7_text *t)
{
	while (l7_text_byte(t, ' '))
		;
}

/* h1,h2,h3,h4,p1,p2 */
static bool take_numbers(struct l7_text *t, struct l7_ftp_data *d)
{
	u8 bytes[NUMBERS];
	u32 i, v;

	for (i = 0; i < NUMBERS; i++) {
		if ((i && !l7_text_byte(t, ',')) || !l7_text_number(t, 255, &v))
			return false;
		bytes[i] = (u8)v;
	}
	d->af = AF_INET;
	memcpy(&d->addr.ip, bytes, 4);
	memcpy(&d->port, bytes + 4, 2);
	return d->port;
}

/* |af|address|port|, with any printable character for the bars (RFC 2428 2) */
static bool take_eprt(struct l7_text *t, struct l7_ftp_data *d)
{
	u8 bar = t->at < t->end ? t->p[t->at] : 0;
	u32 family;

	if (bar < '!' || bar > '~' || !l7_text_byte(t, bar) ||
	    !l7_text_number(t, 2, &family) || !family || !l7_text_byte(t, bar))
		return false;
	d->af = family == 1 ? AF_INET : AF_INET6;
	return l7_text_addr(t, bar, d->af, &d->addr) &&
	       l7_text_port(t, &d->port) && d->port && l7_text_byte(t, bar);
}

enum l7_parse l7_ftp_command(const u8 *line, u32 len, struct l7_ftp_data *d)
{
	struct l7_text t = { .p = line, .end = text_len(line, len) };
	bool port = is_command(&t, "PORT");

	memset(d, 0, sizeof(*d));
	if (!port && !is_command(&t, "EPRT"))
		return L7_PARSE_NONE;
	t.at += 5;
	pass_spaces(&t);
	if (port ? !take_numbers(&t, d) : !take_eprt(&t, d))
		return L7_PARSE_BAD;
	pass_spaces(&t);
	return t.at == t.end ? L7_PARSE_FOUND : L7_PARSE_BAD;
}

static bool is_reply(const struct l7_text *t, const u8 *code)
{
	return t->end > CODE_LEN && !memcmp(t->p, code, CODE_LEN) &&
	       t->p[CODE_LEN] == ' ';
}

/* The first digit behind the code; the end if there is none. */
static void find_numbers(struct l7_text *t)
{
	t->at = CODE_LEN;
	while (t->at < t->end && !is_digit(t->p[t->at]))
		t->at++;
}

/* (|||port|), as take_eprt() without family and address */
static bool take_epsv(struct l7_text *t, struct l7_ftp_data *d)
{
	const u8 *open = memchr(t->p, '(', t->end);
	u8 bar;

	if (!open || t->end - (u32)(open - t->p) < 2)
		return false;
	t->at = (u32)(open - t->p) + 1;
	bar = t->p[t->at];
	return bar >= '!' && bar <= '~' && l7_text_byte(t, bar) &&
	       l7_text_byte(t, bar) && l7_text_byte(t, bar) &&
	       l7_text_port(t, &d->port) && d->port && l7_text_byte(t, bar) &&
	       l7_text_byte(t, ')');
}

enum l7_parse l7_ftp_reply(const u8 *line, u32 len, struct l7_ftp_data *d)
{
	struct l7_text t = { .p = line, .end = text_len(line, len) };
	bool ok;

	memset(d, 0, sizeof(*d));
	if (is_reply(&t, epsv_code)) {
		ok = take_epsv(&t, d);
	} else if (is_reply(&t, pasv_code)) {
		find_numbers(&t);
		/* a seventh number is none of an address */
		ok = take_numbers(&t, d) &&
		     (t.at == t.end || (t.p[t.at] != ',' && !is_digit(t.p[t.at])));
	} else {
		return L7_PARSE_NONE;
	}
	return ok ? L7_PARSE_FOUND : L7_PARSE_BAD;
}

/* The code that a line begins with; 0: none. */
static u16 code_of(const u8 *line, u32 len)
{
	if (len <= CODE_LEN || line[0] == '0' || !is_digit(line[0]) ||
	    !is_digit(line[1]) || !is_digit(line[2]))
		return 0;
	return (u16)((line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0');
}

bool l7_ftp_is_text(u16 *block, bool asked, const u8 *line, u32 len)
{
	u16 code = code_of(line, len);

	if (asked && code && line[CODE_LEN] == ' ')
		*block = 0;

	if (!*block) {
		if (code && line[CODE_LEN] == '-')
			*block = code;
		return false;
	}
	if (code != *block || (line[CODE_LEN] != ' ' && line[CODE_LEN] != '\r' &&
			       line[CODE_LEN] != '\n'))
		return true;
	*block = 0;
	return false;
}

bool l7_ftp_begins_tls(const u8 *line, u32 len)
{
	struct l7_text t = { .p = line, .end = text_len(line, len) };

	return is_reply(&t, tls_code);
}

bool l7_ftp_may_announce(const u8 *line, u32 len)
{
	u32 n = len < CODE_LEN ? len : CODE_LEN;

	return !memcmp(line, pasv_code, n) && (len <= CODE_LEN ||
					       line[CODE_LEN] == ' ');
}

static u32 put_number(u8 *p, u8 v)
{
	u32 n = 0;

	if (v >= 100)
		p[n++] = '0' + v / 100;
	if (v >= 10)
		p[n++] = '0' + v / 10 % 10;
	p[n++] = '0' + v % 10;
	return n;
}

/* The four numbers of an address with a comma behind each. */
static u32 put_addr(u8 *p, __be32 addr)
{
	u32 i, n = 0;
	u8 bytes[4];

	memcpy(bytes, &addr, 4);
	for (i = 0; i < 4; i++) {
		n += put_number(p + n, bytes[i]);
		p[n++] = ',';
	}
	return n;
}

/* Where the two numbers of the port begin: behind the fourth comma. */
static u32 port_at(const u8 *line, u32 at)
{
	u32 commas = 0;

	while (commas < 4)
		commas += line[at++] == ',';
	return at;
}

bool l7_ftp_readdress(u8 *line, u32 len, __be32 addr)
{
	struct l7_text t = { .p = line, .end = text_len(line, len) };
	u32 tail, opening, from, n, end;
	u8 text[NUMBERS_MAX];

	find_numbers(&t);
	tail = port_at(line, t.at);
	opening = t.at > CODE_LEN + 1 && line[t.at - 1] == '(';
	n = put_addr(text, addr);
	/* Where it begins, if what follows stays where it is. */
	if (n + opening > tail - CODE_LEN - 1)
		return false;
	from = t.at;
	if (n > tail - t.at)
		from = tail - n;
	if (from < t.at && opening)
		line[from - 1] = '(';
	memcpy(line + from, text, n);
	/* What is shorter draws the rest of the line near. */
	end = from + n;
	memmove(line + end, line + tail, t.end - tail);
	memset(line + end + t.end - tail, ' ', tail - end);
	return true;
}
