// SPDX-License-Identifier: GPL-2.0
/*
 * Where messages end: a state machine over bytes, which passes over those that do
 * not matter to it. Owns the framing of messages. No locks; the state is the
 * caller's.
 *
 * Strict where a length is said (one Content-Length of digits alone, or one
 * Transfer-Encoding of "chunked" alone, not both, not folded, lines of chunks
 * with CRLF): to end the walk costs what later responses would teach, but a
 * response that begins elsewhere than the client thinks would let a body teach
 * it. Of heads and trailers it takes what http_head.h takes.
 */
#include "http_scan.h"
#include "http_walk.h"

/* What the next byte belongs to. */
enum part {
	STATUS,		/* the status line, up to its code; the start */
	METHOD,		/* of a request */
	TARGET,
	VERSION,
	LINE,		/* the first byte of a line behind it */
	NAME,		/* of a field that says nothing of the body's length */
	LENGTH,		/* maybe of Content-Length */
	CODING,		/* maybe of Transfer-Encoding */
	DIGITS,		/* the value of Content-Length */
	WORD,		/* the value of Transfer-Encoding */
	TEXT,		/* the rest of a line that does not matter */
	SIZE,		/* of a chunk, in hex digits */
	EXTENSION,	/* the rest of the line of SIZE */
	CHUNK,		/* its bytes */
	CHUNK_END,	/* the line end behind them */
	BODY,		/* bytes of Content-Length */
};

/* Progress in DIGITS and SIZE; elsewhere a number of bytes. */
enum {
	BEFORE,
	WITHIN,
	BEHIND,
};

#define SEEN_CR		0x01	/* just now: LF must follow */
#define SEEN_OLD	0x02	/* HTTP/1.0 */
#define SEEN_LENGTH	0x04
#define SEEN_CHUNKED	0x08
#define SEEN_OTHER	0x10	/* another coding, or several */
#define SEEN_LAST	0x20	/* chunk: trailers follow */
#define NO_FOLD		0x40	/* what follows does not continue this line */
#define SEEN_REQUEST	0x80	/* it is one */

/* Methods that matter; a bit of @status each, set once it is another. */
static const char *const methods[] = { "HEAD", "CONNECT" };
#define NOT_HEAD	0x1
#define NOT_CONNECT	0x2
#define METHOD_MAX	32

/* No body is that long; 16 times this is still a number. */
#define LEFT_MAX	((u64)1 << 59)

static const char status_form[] = "HTTP/1.# ###";
static const char length_name[] = "content-length";
static const char coding_name[] = "transfer-encoding";
static const char chunked[] = "chunked";

static enum l7_parse go(struct l7_http_walk *w, enum part part)
{
	w->part = part;
	w->at = BEFORE;
	return L7_PARSE_MORE;
}

/* --- Bytes of lines --- */

static enum l7_parse status_byte(struct l7_http_walk *w, u8 c)
{
	const u32 n = sizeof(status_form) - 1;
	u8 want = (u8)status_form[w->at];

	if (w->at == n)
		return c == ' ' ? go(w, TEXT) : L7_PARSE_BAD;
	if (want == '#' ? !is_digit(c) : c != want)
		return L7_PARSE_BAD;
	if (w->at >= n - 3)
		w->status = (u16)(w->status * 10 + c - '0');
	else if (want == '#' && c == '0')
		w->seen |= SEEN_OLD;
	w->at++;
	if (w->at < n)
		return L7_PARSE_MORE;
	w->seen |= NO_FOLD;
	return w->status < 100 ? L7_PARSE_BAD : L7_PARSE_MORE;
}

static enum l7_parse method_byte(struct l7_http_walk *w, u8 c)
{
	bool end = c == ' ' && w->at;
	u32 i;

	if (!end && (c < 'A' || c > 'Z' || w->at == METHOD_MAX))
		return L7_PARSE_BAD;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!(w->status >> i & 1) &&
		    (u8)methods[i][w->at] != (end ? '\0' : c))
			w->status |= 1u << i;
	if (end)
		return go(w, TARGET);
	w->at++;
	return L7_PARSE_MORE;
}

/* At its first byte it is not yet seen whether there is one. */
static enum l7_parse target_byte(struct l7_http_walk *w, u8 c)
{
	if (c == ' ' && w->at)
		return go(w, VERSION);
	w->at = 1;
	return is_blank(c) ? L7_PARSE_BAD : L7_PARSE_MORE;
}

static enum l7_parse version_byte(struct l7_http_walk *w, u8 c)
{
	u8 want = (u8)status_form[w->at];

	if (want == ' ' || (want == '#' ? !is_digit(c) : c != want))
		return L7_PARSE_BAD;
	if (want == '#' && c == '0')
		w->seen |= SEEN_OLD;
	w->at++;
	return L7_PARSE_MORE;
}

static enum l7_parse name_byte(struct l7_http_walk *w, u8 c)
{
	if (c == ':')
		return go(w, TEXT);
	return c > ' ' && c < 0x80 ? L7_PARSE_MORE : L7_PARSE_BAD;
}

/* The name has been @word so far; if it ends as such, @value follows. */
static enum l7_parse word_byte(struct l7_http_walk *w, u8 c, const char *word,
			       enum part value)
{
	if (c == ':' && !word[w->at])
		return go(w, value);
	if (lower(c) == (u8)word[w->at]) {
		w->at++;
		return L7_PARSE_MORE;
	}
	w->part = NAME;
	return name_byte(w, c);
}

static enum l7_parse first_byte(struct l7_http_walk *w, u8 c)
{
	bool trailer = w->seen & SEEN_LAST;

	if (is_blank(c))
		return w->seen & (NO_FOLD | SEEN_REQUEST) ? L7_PARSE_BAD :
							    go(w, TEXT);
	w->seen &= ~NO_FOLD;
	if (c == ':')
		return L7_PARSE_BAD;
	if (!trailer && lower(c) == (u8)length_name[0])
		w->part = LENGTH;
	else if (!trailer && lower(c) == (u8)coding_name[0])
		w->part = CODING;
	else
		w->part = NAME;
	w->at = 1;
	return w->part == NAME ? name_byte(w, c) : L7_PARSE_MORE;
}

static enum l7_parse add_digit(struct l7_http_walk *w, u32 digit, u32 base)
{
	w->at = WITHIN;
	w->left = w->left * base + digit;
	return w->left < LEFT_MAX ? L7_PARSE_MORE : L7_PARSE_BAD;
}

static enum l7_parse length_byte(struct l7_http_walk *w, u8 c)
{
	if (is_blank(c)) {
		w->at = w->at == BEFORE ? BEFORE : BEHIND;
		return L7_PARSE_MORE;
	}
	if (!is_digit(c) || w->at == BEHIND || (w->seen & SEEN_LENGTH))
		return L7_PARSE_BAD;
	return add_digit(w, c - '0', 10);
}

static enum l7_parse coding_byte(struct l7_http_walk *w, u8 c)
{
	if (is_blank(c) && (!w->at || !chunked[w->at]))
		return L7_PARSE_MORE;
	if (lower(c) == (u8)chunked[w->at]) {
		w->at++;
		return L7_PARSE_MORE;
	}
	w->seen |= SEEN_OTHER | NO_FOLD;
	return go(w, TEXT);
}

static enum l7_parse size_byte(struct l7_http_walk *w, u8 c)
{
	if (is_digit(c) && w->at != BEHIND)
		return add_digit(w, c - '0', 16);
	if (lower(c) >= 'a' && lower(c) <= 'f' && w->at != BEHIND)
		return add_digit(w, lower(c) - 'a' + 10, 16);
	if (w->at == BEFORE)
		return L7_PARSE_BAD;
	if (c == ';')
		return go(w, EXTENSION);
	/* Some servers pad the size with spaces. */
	w->at = BEHIND;
	return is_blank(c) ? L7_PARSE_MORE : L7_PARSE_BAD;
}

/* --- Ends of lines --- */

/* FOUND: the response has no body. */
static enum l7_parse head_end(struct l7_http_walk *w, bool head)
{
	if (w->status == 101)
		return L7_PARSE_NONE;
	if (w->status < 200) {
		memset(w, 0, sizeof(*w));
		return L7_PARSE_MORE;
	}
	if (head || w->status == 204 || w->status == 304)
		return L7_PARSE_FOUND;
	if (w->seen & (SEEN_CHUNKED | SEEN_OTHER)) {
		if (w->seen & (SEEN_LENGTH | SEEN_OLD))
			return L7_PARSE_BAD;
		return w->seen & SEEN_OTHER ? L7_PARSE_NONE : go(w, SIZE);
	}
	if (!(w->seen & SEEN_LENGTH))
		return L7_PARSE_NONE;
	return w->left ? go(w, BODY) : L7_PARSE_FOUND;
}

/* FOUND: the head is complete. */
static enum l7_parse request_end(struct l7_http_walk *w)
{
	if (!(w->status & NOT_CONNECT))
		return L7_PARSE_NONE;
	if (w->seen & (SEEN_CHUNKED | SEEN_OTHER)) {
		if (w->seen & (SEEN_LENGTH | SEEN_OLD))
			return L7_PARSE_BAD;
		if (w->seen & SEEN_OTHER)
			return L7_PARSE_NONE;
		go(w, SIZE);
	} else if (w->left) {
		go(w, BODY);
	} else {
		memset(w, 0, sizeof(*w));
	}
	return L7_PARSE_FOUND;
}

static enum l7_parse version_end(struct l7_http_walk *w)
{
	if (status_form[w->at] != ' ')
		return L7_PARSE_BAD;
	w->seen |= NO_FOLD;
	return go(w, LINE);
}

/* An empty line, which ends a head, or the trailers. */
static enum l7_parse lines_end(struct l7_http_walk *w, bool head)
{
	if (w->seen & SEEN_LAST)
		return L7_PARSE_FOUND;
	return w->seen & SEEN_REQUEST ? request_end(w) : head_end(w, head);
}

static enum l7_parse length_end(struct l7_http_walk *w)
{
	if (w->at == BEFORE)
		return L7_PARSE_BAD;
	w->seen |= SEEN_LENGTH | NO_FOLD;
	return go(w, LINE);
}

static enum l7_parse coding_end(struct l7_http_walk *w)
{
	bool other = chunked[w->at] || w->seen & SEEN_CHUNKED;

	w->seen |= (other ? SEEN_OTHER : SEEN_CHUNKED) | NO_FOLD;
	return go(w, LINE);
}

static enum l7_parse size_end(struct l7_http_walk *w)
{
	if (w->left)
		return go(w, CHUNK);
	w->seen |= SEEN_LAST | NO_FOLD;
	return go(w, LINE);
}

static enum l7_parse line_end(struct l7_http_walk *w, bool head)
{
	switch (w->part) {
	case STATUS:
		return status_form[w->at] ? L7_PARSE_BAD : go(w, LINE);
	case VERSION:
		return version_end(w);
	case LINE:
		return lines_end(w, head);
	case DIGITS:
		return length_end(w);
	case WORD:
		return coding_end(w);
	case TEXT:
		return go(w, LINE);
	case SIZE:
		return w->at == BEFORE ? L7_PARSE_BAD : size_end(w);
	case EXTENSION:
		return size_end(w);
	case CHUNK_END:
		return go(w, SIZE);
	}
	return L7_PARSE_BAD;	/* a name without a colon, a request without all */
}

static enum l7_parse text_byte(struct l7_http_walk *w, u8 c)
{
	switch (w->part) {
	case STATUS:
		return status_byte(w, c);
	case METHOD:
		return method_byte(w, c);
	case TARGET:
		return target_byte(w, c);
	case VERSION:
		return version_byte(w, c);
	case LINE:
		return first_byte(w, c);
	case NAME:
		return name_byte(w, c);
	case LENGTH:
		return word_byte(w, c, length_name, DIGITS);
	case CODING:
		return word_byte(w, c, coding_name, WORD);
	case DIGITS:
		return length_byte(w, c);
	case WORD:
		return coding_byte(w, c);
	case SIZE:
		return size_byte(w, c);
	case CHUNK_END:
		return L7_PARSE_BAD;
	}
	return L7_PARSE_MORE;	/* it does not matter */
}

/* RFC 9112 2.2 tolerates a bare LF in heads, not here. Clients are not trusted: to
 * some servers it may be no line's end.
 */
static bool needs_cr(const struct l7_http_walk *w)
{
	return w->part == SIZE || w->part == EXTENSION ||
	       w->part == CHUNK_END || w->seen & SEEN_REQUEST;
}

static enum l7_parse line_byte(struct l7_http_walk *w, u8 c, bool head)
{
	if (c == '\n') {
		if (!(w->seen & SEEN_CR) && needs_cr(w))
			return L7_PARSE_BAD;
		w->seen &= ~SEEN_CR;
		return line_end(w, head);
	}
	if (w->seen & SEEN_CR)
		return L7_PARSE_BAD;
	if (c == '\r') {
		w->seen |= SEEN_CR;
		return L7_PARSE_MORE;
	}
	if (c < ' ' && c != '\t')
		return L7_PARSE_BAD;
	return text_byte(w, c);
}

/* --- The walk --- */

/* Some of the bytes that are only counted; their number is returned. */
static u32 pass(struct l7_http_walk *w, u32 len, enum l7_parse *v)
{
	u32 n = w->left < len ? (u32)w->left : len;

	w->left -= n;
	if (!w->left)
		*v = w->part == BODY ? L7_PARSE_FOUND : go(w, CHUNK_END);
	return n;
}

/* The first byte from @i on that may matter. */
static u32 skip(const struct l7_http_walk *w, const u8 *p, u32 i, u32 len)
{
	if (w->seen & SEEN_CR)
		return i;
	if (w->part == NAME)
		return skip_name(p, i, len);
	if (w->part == TEXT || w->part == EXTENSION)
		return skip_text(p, i, len);
	return i;
}

static bool is_counted(const struct l7_http_walk *w)
{
	return w->part == CHUNK || w->part == BODY;
}

/* The bytes from @i on that go together; where the next one is, is returned. */
static u32 step(struct l7_http_walk *w, const u8 *p, u32 i, u32 len, bool head,
		enum l7_parse *v)
{
	if (is_counted(w))
		return i + pass(w, len - i, v);
	i = skip(w, p, i, len);
	if (i < len)
		*v = line_byte(w, p[i++], head);
	return i;
}

enum l7_parse l7_http_walk_feed(struct l7_http_walk *w, const u8 *p, u32 len,
				bool head, u32 *at)
{
	enum l7_parse v = w->over;
	u32 i = 0;

	while (v == L7_PARSE_MORE && i < len)
		i = step(w, p, i, len, head, &v);
	if (v == L7_PARSE_FOUND) {
		memset(w, 0, sizeof(*w));
		*at = i;
	} else {
		w->over = (u8)v;
	}
	return v;
}

static bool is_in_head(const struct l7_http_walk *w)
{
	return w->part < SIZE && !(w->seen & SEEN_LAST);
}

enum l7_parse l7_http_walk_request(struct l7_http_walk *w, const u8 *p, u32 len,
				   u32 *at, bool *head)
{
	enum l7_parse v = w->over;
	bool in_head;
	u32 i = 0;

	while (v == L7_PARSE_MORE && i < len) {
		if (w->part == STATUS) {
			w->part = METHOD;
			w->seen = SEEN_REQUEST;
		}
		in_head = is_in_head(w);
		*head = !(w->status & NOT_HEAD);
		i = step(w, p, i, len, false, &v);
		if (v == L7_PARSE_FOUND && !in_head) {
			memset(w, 0, sizeof(*w));
			v = L7_PARSE_MORE;
		}
	}
	if (v == L7_PARSE_FOUND)
		*at = i;
	else
		w->over = (u8)v;
	return v;
}

u32 l7_http_walk_unread(const struct l7_http_walk *w)
{
	if (!is_counted(w) || w->over != L7_PARSE_MORE)
		return 0;
	return w->left < (u32)-1 ? (u32)w->left : (u32)-1;
}
