// SPDX-License-Identifier: GPL-2.0
/* See format.h. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "format.h"

const char *format_protocol(const struct ep *ep)
{
	return ep->udp ? "UDP" : "TCP";
}

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

/* Appends at @n; returns where the text ends. Rules are far shorter than the
 * buffer.
 */
__attribute__((format(printf, 3, 4)))
static int append(char *buf, int n, const char *format, ...)
{
	va_list args;
	int more;

	va_start(args, format);
	more = vsnprintf(buf + n, FORMAT_SIZE - (size_t)n, format, args);
	va_end(args);
	return n + more < FORMAT_SIZE ? n + more : FORMAT_SIZE - 1;
}

/* "path=/; secure" as the options it was made of */
static int format_attributes(char *buf, int n, const char *s)
{
	n = append(buf, n, *s ? "," : "");
	for (; *s; s++) {
		bool next = s[0] == ';' && s[1] == ' ';

		n = append(buf, n, "%c", next ? ',' : *s);
		s += next;
	}
	return n;
}

static int format_parameters(char *buf, int n, const struct rule *r)
{
	switch ((enum ipvs_l7_key_type)r->type) {
	case IPVS_L7_KEY_TYPE_SRC:
		return r->prefix ? append(buf, n, "/%u", r->prefix) : n;
	case IPVS_L7_KEY_TYPE_COOKIE:
	case IPVS_L7_KEY_TYPE_URL:
	case IPVS_L7_KEY_TYPE_HEADER:
		n = append(buf, n, ":%s%s", r->name, r->wildcard ? "*" : "");
		if (r->offset)
			n = append(buf, n, ",offset=%u", r->offset);
		return r->length ? append(buf, n, ",length=%u", r->length) : n;
	case IPVS_L7_KEY_TYPE_COOKIE_INSERT:
		n = append(buf, n, ":%s,insert", r->name);
		return format_attributes(buf, n, r->attributes);
	case IPVS_L7_KEY_TYPE_COOKIE_REWRITE:
		return append(buf, n, ":%s,rewrite", r->name);
	case IPVS_L7_KEY_TYPE_TLS_TICKET:
		return r->length ? append(buf, n, ":%u", r->length) :
				   append(buf, n, ":all");
	case IPVS_L7_KEY_TYPE_PAYLOAD:
		return append(buf, n, ":%u,%u", r->offset, r->length);
	case IPVS_L7_KEY_TYPE_PAYLOAD_LV:
		return append(buf, n, ":%u,%u", r->offset, r->prefix);
	case IPVS_L7_KEY_TYPE_TLS_SESSION:
	case IPVS_L7_KEY_TYPE_PATH_HASH:
	case IPVS_L7_KEY_TYPE_RDP:
	case IPVS_L7_KEY_TYPE_MQTT:
	case IPVS_L7_KEY_TYPE_PREBIND:
		break;
	}
	return n;
}

const char *format_rule(char *buf, const struct rule *r)
{
	int n = append(buf, 0, "%s", format_key_type(r->type));

	n = format_parameters(buf, n, r);
	if (r->responses > 1)
		n = append(buf, n, ",responses=%u", r->responses);
	if (r->route)
		n = append(buf, n, ",route");
	if (r->learn)
		n = append(buf, n, ",learn=request");
	if (r->require)
		append(buf, n, ",require");
	return buf;
}

const char *format_route(char *buf, const struct route *r)
{
	char server[FORMAT_SIZE];

	append(buf, 0, "%s=%s", r->name, format_endpoint(server, &r->server));
	return buf;
}

const char *format_steer(char *buf, const struct steer *r)
{
	int n = append(buf, 0, "%s", format_steer_match(r->match));

	if (*r->name)
		n = append(buf, n, ":%s", r->name);
	if (r->match != IPVS_L7_STEER_MATCH_ANY)
		n = append(buf, n, ":%s%s%s",
			   r->how == IPVS_L7_STEER_HOW_SUFFIX ? "*" : "",
			   r->pattern,
			   r->how == IPVS_L7_STEER_HOW_PREFIX ? "*" : "");
	switch ((enum ipvs_l7_steer_target)r->target) {
	case IPVS_L7_STEER_TARGET_SERVICE:
		append(buf, n, "=service");
		break;
	case IPVS_L7_STEER_TARGET_FWMARK:
		append(buf, n, "=fwmark:%u", r->mark);
		break;
	case IPVS_L7_STEER_TARGET_RESET:
		append(buf, n, "=reset");
		break;
	}
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

const char *format_optional(char *buf, const struct optional *o)
{
	return o->v ? format_duration(buf, o->v * 1000ULL) : "none";
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

const char *format_keys(char *buf, const uint8_t *ids, unsigned int n)
{
	unsigned int i;

	strcpy(buf, n ? "" : "-");
	for (i = 0; i < n; i++)
		sprintf(buf + strlen(buf), "%s%02x", i ? "," : "", ids[i]);
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
	case IPVS_L7_KEY_TYPE_COOKIE:
	case IPVS_L7_KEY_TYPE_COOKIE_INSERT:
	case IPVS_L7_KEY_TYPE_COOKIE_REWRITE:
		return "cookie";
	case IPVS_L7_KEY_TYPE_TLS_SESSION: return "tls-session";
	case IPVS_L7_KEY_TYPE_TLS_TICKET: return "tls-ticket";
	case IPVS_L7_KEY_TYPE_URL: return "url";
	case IPVS_L7_KEY_TYPE_HEADER: return "header";
	case IPVS_L7_KEY_TYPE_PATH_HASH: return "path-hash";
	case IPVS_L7_KEY_TYPE_RDP: return "rdp";
	case IPVS_L7_KEY_TYPE_MQTT: return "mqtt";
	case IPVS_L7_KEY_TYPE_PAYLOAD: return "payload";
	case IPVS_L7_KEY_TYPE_PAYLOAD_LV: return "payload-lv";
	case IPVS_L7_KEY_TYPE_PREBIND: return "prebind";
	}
	return "unknown";
}

const char *format_on_drain(uint8_t what)
{
	return what == IPVS_L7_ON_DRAIN_REBIND ? "rebind" : "keep";
}

const char *format_steer_match(uint8_t match)
{
	switch ((enum ipvs_l7_steer_match)match) {
	case IPVS_L7_STEER_MATCH_ANY: return "any";
	case IPVS_L7_STEER_MATCH_SNI: return "sni";
	case IPVS_L7_STEER_MATCH_ALPN: return "alpn";
	case IPVS_L7_STEER_MATCH_HOST: return "host";
	case IPVS_L7_STEER_MATCH_PATH: return "path";
	case IPVS_L7_STEER_MATCH_HEADER: return "header";
	}
	return "unknown";
}

const char *format_node_state(uint32_t state)
{
	switch ((enum ipvs_l7_node_state)state) {
	case IPVS_L7_NODE_STATE_ALONE: return "ALONE";
	case IPVS_L7_NODE_STATE_JOINING: return "JOINING";
	case IPVS_L7_NODE_STATE_READY: return "READY";
	case IPVS_L7_NODE_STATE_DEGRADED: return "DEGRADED";
	case IPVS_L7_NODE_STATE_DRAINING: return "DRAINING";
	}
	return "UNKNOWN";
}

const char *format_push_reason(uint32_t reason)
{
	switch ((enum ipvs_l7_push_reason)reason) {
	case IPVS_L7_PUSH_REASON_MALFORMED: return "malformed";
	case IPVS_L7_PUSH_REASON_UNKNOWN: return "unknown";
	case IPVS_L7_PUSH_REASON_INVALID: return "invalid";
	case IPVS_L7_PUSH_REASON_MEMORY: return "memory";
	case IPVS_L7_PUSH_REASON_BUSY: return "busy";
	case IPVS_L7_PUSH_REASON_SECRETS: return "secrets";
	case IPVS_L7_PUSH_REASON_PARTLY: return "partly";
	}
	return "other";
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
