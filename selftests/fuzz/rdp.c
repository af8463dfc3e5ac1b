// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: RDP's Connection Request. Of the first byte one bit says whether
 * the rest is the whole stream or only what follows a right head. The oracle
 * looks for the first byte that is wrong, and only then for what is in the
 * packet, with libc's own numbers.
 */
#include <errno.h>
#include "stream.h"

#define HEAD		11
#define LONGEST		259

/* The size of the packet, 0 while it is not known. */
static u32 size_of(const u8 *p, u32 len)
{
	return len < 4 ? 0 : p[2] * 256u + p[3];
}

/* May this byte of the head be there? */
static bool head_ok(const u8 *p, u32 at)
{
	u32 size = size_of(p, at + 1);

	switch (at) {
	case 0:
		return p[0] == 3;
	case 2:
		return p[2] < 2;
	case 3:
		return size >= HEAD && size <= LONGEST;
	case 4:
		return p[4] + 5u == size;
	case 5:
		return p[5] == 0xe0;
	case 10:
		return p[10] < 16;
	}
	return true;
}

/* The cookie's name at the start of the variable part, or NULL. */
static const char *cookie_name(const u8 *p, u32 len)
{
	static const char *const names[] = { "Cookie: mstshash=", "Cookie: msts=" };
	size_t i;

	for (i = 0; i < FUZZ_SIZE(names); i++)
		if (len >= HEAD + strlen(names[i]) &&
		    !memcmp(p + HEAD, names[i], strlen(names[i])))
			return names[i];
	return NULL;
}

/* A number of libc's, which must be all digits up to a dot. */
static bool take_number(char **text, unsigned long long *v)
{
	size_t digits = strspn(*text, "0123456789");

	if (!digits || (*text)[digits] != '.')
		return false;
	errno = 0;
	*v = strtoull(*text, NULL, 10);
	*text += digits + 1;
	return true;
}

static enum l7_parse oracle_token(const u8 *p, struct answer *a)
{
	unsigned long long ip, port;
	u8 bytes[6];
	char text[LONGEST + 1] = "", *s = text;

	memcpy(text, p + a->key.off, a->key.len);
	if (!take_number(&s, &ip) || !take_number(&s, &port))
		return L7_PARSE_NONE;
	s += strspn(s, "0123456789");
	if (strcmp(s, "") && strcmp(s, " "))
		return L7_PARSE_NONE;
	/* strtoull() says the largest there is when it is more. */
	if (ip >= 1ull << 32 || port >= 1 << 16)
		return L7_PARSE_BAD;
	bytes[0] = (u8)(ip % 256);
	bytes[1] = (u8)(ip / 256 % 256);
	bytes[2] = (u8)(ip / 65536 % 256);
	bytes[3] = (u8)(ip / 16777216);
	bytes[4] = (u8)(port % 256);
	bytes[5] = (u8)(port / 256);
	memcpy(&a->dst.ip, bytes, 4);
	memcpy(&a->dport, bytes + 4, 2);
	return L7_PARSE_FOUND;
}

/* The cookie @name, in a packet of which the first @len bytes are there. */
static enum l7_parse oracle_cookie(const u8 *p, u32 len, const char *name,
				   struct answer *a)
{
	bool is_token = !strstr(name, "hash");
	u32 i;

	a->what = is_token ? L7_RDP_SERVER : L7_RDP_USER;
	a->key.off = HEAD + (u32)strlen(name);
	for (i = a->key.off; i < len && p[i] >= 32; i++)
		;
	a->key.len = i - a->key.off;
	if (i < len && p[i] != 13)
		return L7_PARSE_BAD;
	if (i + 1 < len && p[i + 1] != 10)
		return L7_PARSE_BAD;
	if (i + 1 >= len)
		return len == size_of(p, len) ? L7_PARSE_BAD : L7_PARSE_MORE;
	if (is_token)
		return oracle_token(p, a);
	return a->key.len ? L7_PARSE_FOUND : L7_PARSE_NONE;
}

static void oracle(const u8 *p, u32 len, const struct ask *how,
		   struct answer *a)
{
	enum l7_parse v = L7_PARSE_NONE;
	const char *name;
	u32 i, size = size_of(p, len);

	(void)how;
	memset(a, 0, sizeof(*a));
	for (i = 0; i < len && i < HEAD; i++)
		if (!head_ok(p, i))
			v = L7_PARSE_BAD;
	if (v == L7_PARSE_NONE && size && len > size)
		len = size;
	name = cookie_name(p, len);
	if (v == L7_PARSE_NONE && name)
		v = oracle_cookie(p, len, name, a);
	if (v != L7_PARSE_BAD && (!size || len < size))
		v = L7_PARSE_MORE;
	if (v != L7_PARSE_FOUND)
		memset(a, 0, sizeof(*a));
	a->verdict = v;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct fuzz_in in = { data, len };
	u8 packet[LONGEST] = { 3, 0, 0, 0, 0, 0xe0 };

	if (fuzz_u8(&in) & 1) {
		if (in.len > LONGEST - HEAD)
			return 0;
		len = HEAD + in.len;
		packet[2] = (u8)(len / 256);
		packet[3] = (u8)(len % 256);
		packet[4] = (u8)(len - 5);
		if (in.len)
			memcpy(packet + HEAD, in.p, in.len);
		require_stream(packet, len, NULL, ask_rdp, oracle);
	} else if (in.len <= FUZZ_ROOM) {
		require_stream(in.p, in.len, NULL, ask_rdp, oracle);
	}
	return 0;
}
