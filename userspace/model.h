/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel module knows, as plain structures: parse.c makes them of
 * words, request.c turns them into netlink attributes, decode.c makes them of
 * netlink attributes, list.c and save.c print them.
 */
#ifndef IPVSL7ADM_MODEL_H
#define IPVSL7ADM_MODEL_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/ipvs_l7.h>

/** struct ep - address and port
 * @af: AF_INET, AF_INET6; 0 = none
 * @port: host order; 0 = none
 */
struct ep {
	int af;
	union {
		struct in_addr in;
		struct in6_addr in6;
	};
	uint16_t port;
	bool udp;	/* of a service or connection; else TCP */
};

/** struct rule - a key rule
 * @type: enum ipvs_l7_key_type
 * @prefix: src: bits of the address that count, 0 = all; payload-lv: bytes of
 *	the length
 * @name: of a cookie, parameter or field
 * @offset: first byte of the value, or of the payload, that counts
 * @length: bytes of the value that count, 0 = all
 * @require: a connection without the key is reset
 * @learn: a request binds its key
 * @attributes: of a cookie that the director makes
 * @route: the end of the value may name a real server
 * @responses: of a cookie that the server sets: so many are searched, 0 = 1
 */
struct rule {
	uint8_t type;
	uint8_t prefix;
	char name[IPVS_L7_COOKIE_NAME_MAX + 1];
	bool wildcard;
	uint16_t offset;
	uint16_t length;
	bool require;
	bool learn;
	char attributes[IPVS_L7_COOKIE_ATTR_MAX + 1];
	uint8_t responses;
	bool route;
};

/** struct steer - a steering rule
 * @match: enum ipvs_l7_steer_match
 * @how: enum ipvs_l7_steer_how
 * @target: enum ipvs_l7_steer_target
 * @mark: of the fwmark service, if that is the target
 * @name: of the field
 * @pattern: without the star of a prefix or suffix
 */
struct steer {
	uint8_t match;
	uint8_t how;
	uint8_t target;
	uint32_t mark;
	char name[IPVS_L7_COOKIE_NAME_MAX + 1];
	char pattern[IPVS_L7_STEER_PATTERN_MAX + 1];
};

/** struct route - the name of a real server
 * @server: port 0: the one of that address
 */
struct route {
	char name[IPVS_L7_ROUTE_NAME_MAX + 1];
	struct ep server;
};

/** struct optional - a number of which 0 says something, too */
struct optional {
	bool given;
	uint32_t v;
};

/** enum toggle - what is on or off */
enum toggle {
	TOGGLE_NOT_GIVEN,
	TOGGLE_OFF,
	TOGGLE_ON,
};

/** struct svc - a policy. A field that is 0 was not given.
 * @on_drain: enum ipvs_l7_on_drain
 * @accept_proxy: a PROXY header stands before what clients send
 * @send_proxy: real servers get one
 * @mirror: connections that are left to plain IPVS are mirrored
 * @ftp: they are control connections of FTP sessions
 * @semi: requests wait until a peer has the connection
 * @no_steer: steering rules are to be taken away
 * @no_routes: routes are to be taken away
 * @has_group: @group was given; empty = none
 */
struct svc {
	struct ep service;
	uint32_t timeout;	/* seconds */
	struct optional max_lifetime;	/* seconds, 0 = none */
	struct optional prebind;	/* seconds, 0 = none */
	uint32_t inspect;	/* milliseconds */
	uint32_t silent;	/* seconds */
	uint32_t connect;	/* milliseconds */
	uint32_t tries;
	uint32_t max_request;	/* bytes */
	uint32_t flow_timeout;	/* seconds */
	uint8_t on_drain;
	bool has_group;
	char group[IPVS_L7_GROUP_NAME_MAX + 1];
	enum toggle accept_proxy;
	enum toggle send_proxy;
	enum toggle mirror;
	enum toggle ftp;
	enum toggle semi;
	unsigned int nrules;
	struct rule rules[IPVS_L7_RULES_MAX];
	bool no_steer;
	unsigned int nsteer;
	struct steer steer[IPVS_L7_STEER_MAX];
	bool no_routes;
	unsigned int nroutes;
	struct route routes[IPVS_L7_ROUTES_MAX];
};

struct binding {
	struct ep service;	/* af 0: of a group, or no policy of this scope here */
	char group[IPVS_L7_GROUP_NAME_MAX + 1];
	struct ep server;	/* of a group: port 0 */
	uint8_t hash[IPVS_L7_HASH_LEN];
	uint8_t type;
	uint8_t origin;
	uint32_t scope;
	uint32_t gen;
	uint32_t expires;	/* seconds */
	uint32_t lifetime;	/* seconds, 0 = no end but @expires */
	bool fixed;		/* static: never expires */
};

struct flow {
	struct ep client;
	struct ep vip;
	struct ep server;	/* af 0: not chosen yet */
	uint8_t state;
	uint8_t origin;
	bool plain;		/* IPVS carries it alone */
	bool ftp_data;		/* of an FTP session; its ports may be 0: announced */
	uint32_t seq_delta;
	uint32_t ts_delta;
	uint8_t wscale_client;
	uint8_t wscale_server;
	uint32_t expires;	/* seconds */
	uint32_t buffered;	/* bytes */
};

/** struct limits - bounds; a field that is 0 was not given */
struct limits {
	uint32_t bindings;
	uint32_t flows;
	uint32_t pending;
	uint32_t pending_src;
	uint32_t pending_bytes;
	uint32_t used_bindings;
	uint32_t used_flows;
	uint32_t used_pending;
};

/** struct counter - one of a stats message
 * @rule: index of its rule; -1: of the subject itself
 */
struct counter {
	const char *name;
	int rule;
	uint64_t value;
};

#define COUNTERS_MAX	1024

/** struct stats - a part of the counters of one subject
 * @service: af 0: the namespace
 */
struct stats {
	struct ep service;
	unsigned int n;
	struct counter c[COUNTERS_MAX];
};

/** enum key_by - how a command names one binding */
enum key_by {
	KEY_BY_RULE,	/* rule as written, and value */
	KEY_BY_INDEX,	/* index of the rule, and value */
	KEY_BY_HASH,
};

/** struct key_value - the binding that a command names
 * @pool: fwmark of the pool in which, 0 = the service's own real servers
 * @value: not NUL terminated; for addresses, as written
 */
struct key_value {
	enum key_by by;
	struct rule rule;
	unsigned int index;
	uint8_t hash[IPVS_L7_HASH_LEN];
	uint32_t pool;
	const char *value;
	size_t len;
};

#endif /* IPVSL7ADM_MODEL_H */
