// SPDX-License-Identifier: GPL-2.0
/* See format.h. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include "format.h"

const char *format_address(char *buf, const struct ep *ep)
{
	if (!ep->af || !inet_ntop(ep->af, ep->af == AF_INET ?
				  (const void *)&ep->in :
				  (const void *)&ep->in6, buf, FORMAT_SIZE))
		strcpy(buf, "-");
	return buf;
}

const char *format_endpoint(char *buf, const struct ep *ep)
{
	char addr[FORMAT_SIZE];

	format_address(addr, ep);
	if (!ep->af || !ep->port)
		snprintf(buf, FORMAT_SIZE, "%.64s", addr);
	else
		snprintf(buf, FORMAT_SIZE,
			 ep->af == AF_INET ? "%.64s:%u" : "[%.64s]:%u", addr,
			 ep->port);
	return buf;
}

const char *format_rule(char *buf, const struct rule *r)
{
	int n;

	if (r->type == IPVS_L7_KEY_TYPE_SRC) {
		if (r->prefix)
			snprintf(buf, FORMAT_SIZE, "src/%u", r->prefix);
		else
			strcpy(buf, "src");
		return buf;
	}
	n = snprintf(buf, FORMAT_SIZE, "cookie:%s%s", r->name,
		     r->wildcard ? "*" : "");
	if (r->offset)
		n += snprintf(buf + n, FORMAT_SIZE - (size_t)n, ",offset=%u",
			      r->offset);
	if (r->length)
		snprintf(buf + n, FORMAT_SIZE - (size_t)n, ",length=%u",
			 r->length);
	return buf;
}

const char *format_duration(char *buf, uint64_t ms)
{
	static const struct {
		uint64_t ms;
		const char *name;
	} units[] = {
		{ 86400000, "d" }, { 3600000, "h" }, { 60000, "m" },
		{ 1000, "s" }, { 1, "ms" },
	};
	size_t i = 0;

	while (!ms || ms % units[i].ms) {
		if (!ms) {
			i = 3;
			break;
		}
		i++;
	}
	snprintf(buf, FORMAT_SIZE, "%llu%s",
		 (unsigned long long)(ms / units[i].ms), units[i].name);
	return buf;
}

const char *format_clock(char *buf, uint32_t s)
{
	if (s < 3600)
		snprintf(buf, FORMAT_SIZE, "%02u:%02u", s / 60, s % 60);
	else
		snprintf(buf, FORMAT_SIZE, "%u:%02u:%02u", s / 3600,
			 s / 60 % 60, s % 60);
	return buf;
}

const char *format_number(char *buf, uint64_t v, bool exact)
{
	const char *unit = "";

	if (!exact) {
		if (v >= 100000000000000) {
			v /= 1000000000000;
			unit = "T";
		} else if (v >= 100000000000) {
			v /= 1000000000;
			unit = "G";
		} else if (v >= 100000000) {
			v /= 1000000;
			unit = "M";
		} else if (v >= 10000000) {
			v /= 1000;
			unit = "K";
		}
	}
	snprintf(buf, FORMAT_SIZE, "%llu%s", (unsigned long long)v, unit);
	return buf;
}

const char *format_hex(char *buf, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && 2 * i + 3 <= FORMAT_SIZE; i++)
		sprintf(buf + 2 * i, "%02x", p[i]);
	buf[2 * i] = '\0';
	return buf;
}

const char *format_word(char *buf, size_t size, const char *s)
{
	size_t n = 0;

	if (*s && !s[strcspn(s, " \t\r\n\v\f\"\\#")])
		return s;
	buf[n++] = '"';
	for (; *s && n + 4 < size; s++) {
		if (*s == '"' || *s == '\\')
			buf[n++] = '\\';
		buf[n++] = *s;
	}
	buf[n++] = '"';
	buf[n] = '\0';
	return buf;
}

const char *format_key_type(uint8_t type)
{
	/* the type: the compiler tells which is missing */
	switch ((enum ipvs_l7_key_type)type) {
	case IPVS_L7_KEY_TYPE_SRC: return "src";
	case IPVS_L7_KEY_TYPE_COOKIE: return "cookie";
	}
	return "unknown";
}

const char *format_flow_state(uint8_t state)
{
	switch ((enum ipvs_l7_flow_state)state) {
	case IPVS_L7_FLOW_STATE_PENDING: return "PENDING";
	case IPVS_L7_FLOW_STATE_CONNECTING: return "CONNECTING";
	case IPVS_L7_FLOW_STATE_SPLICED: return "SPLICED";
	case IPVS_L7_FLOW_STATE_STANDBY: return "STANDBY";
	case IPVS_L7_FLOW_STATE_CLOSING: return "CLOSING";
	case IPVS_L7_FLOW_STATE_RESETTING: return "RESETTING";
	case IPVS_L7_FLOW_STATE_CLOSED: return "CLOSED";
	}
	return "UNKNOWN";
}
