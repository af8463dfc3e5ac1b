#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Steering: what a client says first chooses a pool of servers, a fwmark service of IPVS. Three
# nginx, curl and OpenSSL as clients.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

# The example of the manual: two sites and an API behind one address.
sites() {
	one_each
	service $HTTP rr -- -s 'path:/api/*=fwmark:3' -s host:shop.example=fwmark:1 -s 'host:*.blog.example=fwmark:2'
	assert_eq shop "$(ask_set 3 shop.example /)" rs1
	assert_eq "shop, by curl" "$(fetch http shop.example / | server_of) $(fetch http SHOP.Example /x | server_of)" "rs1 rs1"
	assert_eq blog "$(ask_set 3 www.blog.example /)" rs2
	assert_eq "blog, deeper" "$(ask_set 2 a.b.blog.example /)" rs2
	assert_eq "api of shop" "$(ask_set 3 shop.example /api/v1)" rs3
	assert_eq "api of nobody" "$(ask_set 2 other.example /api/)" rs3
	assert_counters steered=15 steer_none=0 pool_empty=0
	# Nobody's: all servers of the service.
	assert_eq others "$(ask_set 3 other.example /)" "rs1 rs2 rs3"
	assert_eq "blog itself" "$(ask_set 3 blog.example /)" "rs1 rs2 rs3"
	assert_eq "no prefix" "$(ask_set 3 other.example /apis)" "rs1 rs2 rs3"
	assert_counters steered=15 steer_none=9 key_none=0 spliced=24
	# As if it had always been so: the scheduler of each pool counts its connections.
	wait_for scheduled_is dira 3 5
}

names() {
	one_each $TLS
	service $TLS rr -- -s sni:shop.example=fwmark:1 -s 'sni:*.blog.example=fwmark:2'
	assert_eq shop "$(ask_tls shop.example) $(ask_tls Shop.EXAMPLE)" "rs1 rs1"
	assert_eq blog "$(ask_tls www.blog.example) $(ask_tls a.b.blog.example)" "rs2 rs2"
	assert_counters steered=4 steer_none=0 sni_ech=0
	assert_eq others "$(for i in 1 2 3; do ask_tls x$i.example; done | sort -u | xargs)" "rs1 rs2 rs3"
	assert_counters steered=4 steer_none=3
	# What is no TLS is nobody's either.
	client get timeout=5 >/dev/null || true
	assert_counters steer_none=4
}

protocols() {
	one_each $TLS
	service $TLS rr -- -s alpn:h2=fwmark:2 -s alpn:http/1.1=fwmark:1 -s any=fwmark:3
	assert_eq h2 "$(fetch https a.example / --http2)" "server=rs2 alpn=h2"
	assert_eq http/1.1 "$(fetch https a.example / --http1.1)" "server=rs1 alpn=http/1.1"
	assert_eq none "$(fetch https a.example / --no-alpn --http1.1)" "server=rs3 alpn="
	assert_counters steered=3
}

fields() {
	one_each
	service $HTTP rr -- -s header:X-Tenant:blue=fwmark:1 -s 'header:x-tenant:gr*=fwmark:2' -s 'path:*.php=fwmark:3' \
		-s path:/exact=fwmark:2
	assert_eq blue "$(ask_set 2 a / 'field=x-TENANT:  blue ')" rs1
	assert_eq green "$(ask_set 2 a / field=X-Tenant:green)" rs2
	assert_eq suffix "$(ask_set 2 a '/x.php?y=/z')" rs3
	assert_eq exact "$(ask_set 2 a '/exact?y')" rs2
	assert_counters steered=8 steer_none=0
	ask a / field=X-Tenant:bluer
	ask a /x.phps
	ask a /exact/
	ask a '/?.php'
	assert_counters steered=8 steer_none=4
}

# A request in pieces: each rule waits for what it wants to see.
pieces() {
	one_each
	service $HTTP rr -- -s 'path:/api/*=fwmark:3' -s header:X-Tenant:blue=fwmark:1 --inspect-timeout 30s
	assert_eq field "$(client get piece=90 path=/x filler=1800 field=X-Tenant:blue | servers)" rs1
	assert_eq path "$(client get piece=3 path=/api/x field=X-Tenant:blue | servers)" rs3
	assert_counters steered=2 steer_none=0 slow_fallback=0
}

hello_pieces() {
	one_each $TLS
	service $TLS rr -- -s alpn:nothing=fwmark:1 -s sni:l7.test=fwmark:2
	assert_eq server "$(in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_tls.py" "$VIP" "$PORT" big=1 \
		timeout=$((20 * ${L7_SLOW:-1})) | sed -n 's/^session 0 server=\([a-z0-9]*\).*/\1/p' | sort -u)" rs2
	assert_counters steered=2 steer_none=0 malformed_fallback=0
}

# hello_hex: a ClientHello with SNI outer.example and encrypted_client_hello.
hello_hex() {
	python3 -IS -c '
import struct
def ext(t, b): return struct.pack(">HH", t, len(b)) + b
name = b"outer.example"
x = ext(0, struct.pack(">HBH", len(name) + 3, 0, len(name)) + name) + ext(0xfe0d, b"\1\2\3\4")
m = b"\3\3" + b"r" * 32 + b"\0\0\2\x13\1\1\0" + struct.pack(">H", len(x)) + x
m = b"\1" + struct.pack(">I", len(m))[1:] + m
print((b"\x16\3\1" + struct.pack(">H", len(m)) + m).hex())'
}

ech() {
	pool 2 7 rs2
	service 7 rr -- -s alpn:h2=fwmark:1 -s sni:outer.example=fwmark:2 -s any=service
	assert_eq echo "$(client echo hex="$(hello_hex)")" same
	assert_counters sni_ech=1 steered=1 pool_empty=0
	# Rules of other kinds do not care.
	in_ns dira ipvsl7adm -E -t "$SVC" -s alpn:h2=fwmark:1 -s any=fwmark:2
	assert_eq echo "$(client echo hex="$(hello_hex)")" same
	assert_counters sni_ech=1 steered=2
}

ktap_plan 14
l7_topo_up
l7_server_up
steer_up || exit
defer steer_down
run_test_v4v6 sites "two sites and an API"
run_test_v4v6 names "by SNI"
run_test_v4v6 protocols "by ALPN"
run_test_v4v6 fields "by field, suffix and whole path"
run_test_v4v6 pieces "in pieces"
run_test_v4v6 hello_pieces "a long ClientHello"
run_test_v4v6 ech "encrypted ClientHello"
ktap_exit
