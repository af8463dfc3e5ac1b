// SPDX-License-Identifier: GPL-2.0
/*
 * From a key's value to the hash by which the table knows it: two SipHash
 * lanes under the cluster's secret, over service, rule, pool and value. No state.
 */
#include <linux/unaligned.h>
#include <net/ipv6.h>
#include "net.h"
#include "persist.h"
#include "secret.h"
#include "server.h"

/** struct key_context - what a key's hash covers besides its value
 * @value: hash of the value
 * @svc: service, or group
 * @offset: of the rule, as the following; network order: the same everywhere
 * @length: likewise
 * @type: enum l7_key_type
 * @prefix: likewise
 * @wildcard: likewise
 * @name_len: bytes of @name that count
 * @name: likewise; behind it, if there is a pool, its fwmark in network order
 */
struct key_context {
	__le64 value;
	struct l7_endpoint svc;
	__be16 offset;
	__be16 length;
	u8 type;
	u8 prefix;
	u8 wildcard;
	u8 name_len;
	u8 name[L7_COOKIE_NAME_MAX + sizeof(__be32)];
} __packed __aligned(8);

static u32 fill_context(struct key_context *c, const struct l7_svc *svc,
			u32 pool, const struct l7_rule *rule)
{
	const struct l7_cookie_sel *sel = &rule->sel;
	u32 len = offsetof(struct key_context, name);

	memset(c, 0, len);
	c->svc = svc->owner;
	c->type = rule->type;
	c->prefix = rule->prefix;
	c->offset = htons(sel->offset);
	c->length = htons(sel->length);
	c->wildcard = sel->wildcard;
	c->name_len = sel->name_len;
	memcpy(c->name, sel->name, sel->name_len);
	if (!pool)
		return len + sel->name_len;
	put_unaligned_be32(pool, c->name + sel->name_len);
	return len + sel->name_len + sizeof(__be32);
}

static void hash_key(const siphash_key_t lane[2], const struct l7_svc *svc,
		     u32 pool, const struct l7_rule *rule, const void *val,
		     u32 len, u8 hash[L7_KEY_HASH_LEN])
{
	struct key_context c;
	u32 i, n;

	n = fill_context(&c, svc, pool, rule);
	for (i = 0; i < 2; i++) {
		c.value = cpu_to_le64(siphash(val, len, &lane[i]));
		put_unaligned_le64(siphash(&c, n, &lane[i]),
				   hash + i * sizeof(u64));
	}
}

u16 l7_persist_server(struct l7_net *ln, const struct l7_svc *svc,
		      const struct l7_endpoint *server)
{
	struct l7_endpoint any_port = *server;

	if (!l7_svc_in_group(svc))
		return l7_server_index(ln, server);
	any_port.port = 0;
	return l7_server_index(ln, &any_port);
}

void l7_persist_key(struct l7_net *ln, const struct l7_svc *svc, u32 pool,
		    const struct l7_rule *rule, const void *val, u32 len,
		    struct l7_key *key)
{
	hash_key(l7_secret_rcu(ln)->lane, svc, pool, rule, val, len, key->hash);
}

void l7_persist_token(struct l7_net *ln, const struct l7_svc *svc, u32 pool,
		      const struct l7_rule *rule,
		      const struct l7_endpoint *server, bool old,
		      u8 text[L7_TOKEN_LEN])
{
	const struct l7_secret *s = l7_secret_rcu(ln);
	struct l7_endpoint id = *server;
	u8 hash[L7_KEY_HASH_LEN];

	if (l7_svc_in_group(svc))
		id.port = 0;
	hash_key(old ? s->lane_old : s->lane, svc, pool, rule, &id, sizeof(id),
		 hash);
	l7_insert_token(hash, text);
}

const struct l7_rule l7_prebind_rule = {
	.type = L7_KEY_PREBIND, .prefix = 128,
};

u32 l7_persist_src_value(const struct l7_svc *svc, const struct l7_rule *rule,
			 u8 af, const union nf_inet_addr *addr, u8 out[16])
{
	u32 len = af == AF_INET ? 4 : 16, whole = rule->prefix / 8;

	/* a PROXY header may tell an IPv4 client so, and is the same client */
	if (af == AF_INET6 && ipv6_addr_v4mapped(&addr->in6)) {
		memcpy(out, &addr->in6.s6_addr32[3], 4);
		return 4;
	}
	memcpy(out, addr, len);
	if (whole >= len || af != svc->conf.id.af)
		return len;
	out[whole] &= (u8)(0xff00 >> rule->prefix % 8);
	memset(out + whole + 1, 0, len - whole - 1);
	return len;
}
