#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Persistence by the client's address: decided at the SYN, without a splice; learned once a
# server goes on behind its SYN-ACK; on ports where the server speaks first, too.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# from ADDRESS [N]: servers of N requests.
from() { client get "count=${2-1}" "from=$1" | servers; }

# Each address stays with its server; the connection is plain IPVS otherwise.
sticky() {
	local a out
	service 80 rr -- -k src
	for a in "$CLI1" "$CLI2" "$CLI3"; do
		out=$out$(from "$a")' '
	done
	assert_eq "different servers" "$(xargs -n 1 <<<"$out" | sort | xargs)" "rs1 rs2 rs3"
	for a in "$CLI1" "$CLI2" "$CLI3"; do
		assert_eq "servers of $a" "$(from "$a" 3)" "${out%% *} ${out%% *} ${out%% *}"
		out=${out#* }
	done
	assert_counters key_miss=3 key_hit=9 binding_learned=3 syn=0 pending=0 spliced=0
	assert_eq "spliced flows" "$(flow_count SPLICED)" 0
	assert_eq bindings "$(binding_count)" 3
}

# A network is one client; another network is another.
network() {
	local here there
	case $FAMILY in
	4) service 80 rr -- -k src/24 ;;
	6) service 80 rr -- -k src/64 ;;
	esac
	here=$(from "$CLI1")
	assert_eq "its neighbours" "$(from "$CLI2" 2) $(from "$CLI5")" "$here $here $here"
	assert_counters key_hit=3 key_miss=1
	# far_client 1 and 2 share a /24 and a /64.
	there=$(from "$(far_client 1)")
	assert_eq "the others" "$(from "$(far_client 2)" 2)" "$there $there"
	[ "$here" != "$there" ] || fail "both at $here"
	assert_eq bindings "$(binding_count)" 2
}

# A SYN binds nothing, nor does a SYN-ACK (test_flood.sh); a server that goes on does.
answered() {
	local rs
	service 80 rr -- -k src
	for rs in $L7_SERVERS; do
		server_rule "$rs" tcp dport 80 drop
	done
	assert_eq "no answer" "$(client get timeout=0.5 "from=$CLI1" | cut -d' ' -f1)" error=timeout
	assert_eq "bindings of a SYN" "$(binding_count)" 0
	for rs in $L7_SERVERS; do
		server_unrule "$rs"
		server_rule "$rs" tcp dport 80 reject with tcp reset
	done
	client get "from=$CLI1" >/dev/null
	assert_eq "bindings of a refusal" "$(binding_count)" 0
	for rs in $L7_SERVERS; do
		server_unrule "$rs"
	done
	rs=$(from "$CLI1")
	assert_eq "bound to" "$(bound_to "src=$CLI1")" "$rs"
	assert_counters binding_learned=1
}

# The server speaks first: no byte of the client can be waited for.
server_first() {
	local first out
	service 25 rr -- -k src
	first=$(greeting)
	out=$(greeting)$(greeting)$(greeting)
	assert_eq greetings "$out" "$first$first$first"
	assert_counters key_hit=3 spliced=0
}

greeting() { client line "from=$CLI1"; }

# There a policy that would wait for the client is refused, and says why.
server_first_cookie() {
	SVC=$VIP_URL:25
	defer in_ns dira ipvsl7adm -C
	out=$(in_ns dira ipvsl7adm -A -t "$SVC" -k cookie:SESSID 2>&1) && fail accepted
	grep -q "speaks first" <<<"$out" || fail "says '$out'"
	out=$(in_ns dira ipvsl7adm -A -t "$SVC" -k src -k cookie:SESSID 2>&1) && fail accepted
	in_ns dira ipvsl7adm -A -t "$SVC" -k src
	out=$(in_ns dira ipvsl7adm -E -t "$SVC" -k cookie:SESSID 2>&1) && fail accepted
	assert_eq policies "$(in_ns dira ipvsl7adm -S | grep -c '^-A.*-k src')" 1
}

# Weight 0 keeps the client; removal moves it.
leaving() {
	local first next
	service 80 rr -- -k src
	first=$(from "$CLI1")
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$first" 80)" -m -w 0
	assert_eq "drained" "$(from "$CLI1" 3)" "$first $first $first"
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at "$first" 80)"
	next=$(from "$CLI1")
	[ -n "$next" ] && [ "$next" != "$first" ] || fail "at '$next'"
	assert_eq "from then on" "$(from "$CLI1" 3)" "$next $next $next"
	assert_counters binding_server_gone=1
	assert_eq "bound to" "$(bound_to "src=$CLI1")" "$next"
}

# One client port, used again for connection after connection.
port_reuse() {
	local i
	service 80 rr -- -k src
	for i in 1 2 3; do
		client get count=2 "from=$CLI1" port=44444 reset=1
		client get "from=$CLI1" port=44444
	done >"$L7_TMP/reuse"
	assert_eq servers "$(server_set <"$L7_TMP/reuse" | wc -w)" 1
	assert_eq answers "$(servers <"$L7_TMP/reuse" | wc -w)" 9
}

# A port that a spliced connection had shortly before: the plain one that follows is left alone.
port_changes_sides() {
	service 80 rr -- -k cookie:SESSID
	client get "from=$CLI1" port=44445 reset=1 >/dev/null
	in_ns dira ipvsl7adm -E -t "$SVC" -k src
	assert_eq "as plain" "$(client get "from=$CLI1" port=44445 reset=1 | wc -w)" 4
	in_ns dira ipvsl7adm -E -t "$SVC" -k cookie:SESSID
	assert_eq "spliced again" "$(client get "from=$CLI1" port=44445 reset=1 | wc -w)" 4
	in_ns dira ipvsl7adm -D -t "$SVC"
	assert_eq "without a policy" "$(client get "from=$CLI1" port=44445 reset=1 | wc -w)" 4
	in_ns dira ipvsl7adm -A -t "$SVC" -k cookie:SESSID
	assert_eq "with a new policy" "$(client get "from=$CLI1" port=44445 reset=1 | wc -w)" 4
	assert_counters spliced=1
}

# Without any key in the request's place: the SYN is what counts, bytes are not looked at.
any_bytes() {
	service 7 rr -- -k src
	assert_eq bytes "$(client echo hex=0001 bytes=3000)" same
	assert_counters malformed_fallback=0 key_miss=1
}

ktap_plan 18
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 sticky
run_test_v4v6 network
run_test_v4v6 answered
run_test_v4v6 server_first
run_test_v4v6 server_first_cookie
run_test_v4v6 leaving
run_test_v4v6 port_reuse
run_test_v4v6 port_changes_sides
run_test_v4v6 any_bytes
ktap_exit
