// SPDX-License-Identifier: GPL-2.0
/*
 * See insert.h. No locks, no state.
 */
#include "insert.h"

static const char head[] = "Set-Cookie: ";
static const char filler[] = "X-Empty: ";
static const char digits[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#define MARK_MAX	11	/* ".4294967295" */

static_assert(L7_INSERT_NAME_MAX + MARK_MAX <= L7_COOKIE_NAME_MAX, "name");
static_assert(sizeof(head) - 1 + L7_COOKIE_NAME_MAX + 1 + L7_TOKEN_LEN + 2 +
	      L7_COOKIE_ATTR_MAX + 2 <= L7_INSERT_MAX, "line");

void l7_insert_token(const u8 *hash, u8 text[L7_TOKEN_LEN])
{
	u32 i, v;

	for (i = 0; i < L7_TOKEN_LEN; i += 4, hash += 3) {
		v = (u32)hash[0] << 16 | (u32)hash[1] << 8 | hash[2];
		text[i] = (u8)digits[v >> 18];
		text[i + 1] = (u8)digits[v >> 12 & 63];
		text[i + 2] = (u8)digits[v >> 6 & 63];
		text[i + 3] = (u8)digits[v & 63];
	}
}

void l7_insert_sel(const struct l7_rule *r, u32 pool, struct l7_cookie_sel *sel)
{
	char mark[MARK_MAX];
	u32 n = MARK_MAX;

	*sel = r->sel;
	if (!pool || r->type == L7_KEY_COOKIE_REWRITE)
		return;
	for (; pool; pool /= 10)
		mark[--n] = (char)('0' + pool % 10);
	mark[--n] = '.';
	memcpy(sel->name + sel->name_len, mark + n, MARK_MAX - n);
	sel->name_len += (u8)(MARK_MAX - n);
}

/* What is behind the token is the server's; so are quotes around both. */
const u8 *l7_insert_token_of(const struct l7_rule *r, const u8 *p,
			     struct l7_slice value)
{
	p += value.off;
	if (r->type != L7_KEY_COOKIE_REWRITE)
		return value.len == L7_TOKEN_LEN ? p : NULL;
	if (value.len >= 2 && p[0] == '"' && p[value.len - 1] == '"') {
		p++;
		value.len -= 2;
	}
	return value.len >= L7_TOKEN_LEN ? p : NULL;
}

u32 l7_insert_covers(u32 at, u32 all, u32 seq, u32 len, u32 *off, u32 *skip)
{
	bool is_behind = (s32)(at - seq) >= 0;
	u32 n;

	*off = is_behind ? at - seq : 0;
	*skip = is_behind ? 0 : seq - at;
	if (*off >= len || *skip >= all)
		return 0;
	n = all - *skip;
	return n < len - *off ? n : len - *off;
}

u32 l7_insert_len(const struct l7_rule *r, u32 pool)
{
	struct l7_cookie_sel sel;

	l7_insert_sel(r, pool, &sel);
	return sizeof(head) - 1 + sel.name_len + 1 + L7_TOKEN_LEN +
	       (r->attr_len ? 2u + r->attr_len : 0) + 2;
}

static u8 *put(u8 *out, const void *p, u32 len)
{
	memcpy(out, p, len);
	return out + len;
}

void l7_insert_line(const struct l7_rule *r, u32 pool,
		    const u8 token[L7_TOKEN_LEN], u8 *out)
{
	struct l7_cookie_sel sel;

	l7_insert_sel(r, pool, &sel);
	out = put(out, head, sizeof(head) - 1);
	out = put(out, sel.name, sel.name_len);
	*out++ = '=';
	out = put(out, token, L7_TOKEN_LEN);
	if (r->attr_len) {
		out = put(out, "; ", 2);
		out = put(out, r->attr, r->attr_len);
	}
	put(out, "\r\n", 2);
}

void l7_insert_filler(u8 *out, u32 len)
{
	memset(out, '-', len);
	if (len >= sizeof(filler) + 2)
		memcpy(out, filler, sizeof(filler) - 1);
	out[len - 2] = '\r';
	out[len - 1] = '\n';
}
