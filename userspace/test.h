/* SPDX-License-Identifier: GPL-2.0 */
/* What the unit tests of the CLI share. */
#ifndef IPVSL7ADM_TEST_H
#define IPVSL7ADM_TEST_H

#include "../selftests/unit/unit.h"
#include "error.h"

static struct error e;

/* What failed must have said why, as "FIELD: reason" or a sentence. */
static inline bool refused(int err)
{
	bool ok = err == -1 && e.text[0];

	e.text[0] = '\0';
	return ok;
}

/* Keys that are right, as they are written again. */
static const char *const rules_good[] = {
	"src", "src/1", "src/24", "src/128", "cookie:JSESSIONID",
	"cookie:ASPSESSIONID*", "cookie:a,offset=2", "cookie:a,length=8",
	"cookie:a,offset=2,length=8", "cookie:a*,offset=65535,length=65535",
	"cookie:__Host-s.i'd!#$%&+^_`|~", "cookie:a*b",
	"cookie:a,require", "cookie:a,offset=1,length=2,learn=request,require",
	"cookie:a,responses=2", "cookie:a*,length=1,responses=16,learn=request,require",
	"cookie:a,route", "url:jsessionid,route", "cookie:a*,offset=1,responses=3,route,learn=request,require",
	"cookie:S,insert", "cookie:S,insert,path=/,domain=a.example,secure",
	"cookie:S,insert,max-age=60,samesite=none,httponly,partitioned",
	"cookie:S,rewrite",
	"cookie:0123456789012345678901234567890123456789012345678901234567890123,rewrite",
	"url:jsessionid", "url:sid*,offset=1", "url:a,learn=request",
	"header:X-Session,length=8,learn=request", "header:Host,require",
	"path-hash", "path-hash,require", "tls-session", "tls-session,require",
	"tls-ticket:16", "tls-ticket:all", "tls-ticket:65535,require",
	"rdp", "rdp,require", "mqtt", "payload:0,4", "payload:65535,65535",
	"payload-lv:0,1", "payload-lv:7,2,require", "payload-lv:65535,4",
	"cookie:0123456789012345678901234567890123456789012345678901234567890123",
};

#endif /* IPVSL7ADM_TEST_H */
