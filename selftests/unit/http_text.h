/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What tests of HTTP heads often write. Header only.
 */
#ifndef L7_HTTP_TEXT_H
#define L7_HTTP_TEXT_H

#include "unit.h"
#include "pure/http.h"

static const char *const verdicts[] = { "MORE", "FOUND", "NONE", "BAD" };

#define LINE(target)	"GET " target " HTTP/1.1\r\n"
#define GET		LINE("/")
#define OK		"HTTP/1.1 200 OK\r\n"
#define EARLY		"HTTP/1.1 103 Early Hints\r\n"

static inline void check_verdict(enum l7_parse got, enum l7_parse want)
{
	if (got != want)
		unit_fail(__FILE__, __LINE__, "%s, not %s", verdicts[got],
			  verdicts[want]);
}

/* A cookie's name; with a star behind it, names that begin so. */
static inline struct l7_cookie_sel selector(const char *name)
{
	struct l7_cookie_sel sel = { .name_len = (u8)strcspn(name, "*") };

	memcpy(sel.name, name, sel.name_len);
	sel.wildcard = name[sel.name_len] == '*';
	return sel;
}

#endif /* L7_HTTP_TEXT_H */
