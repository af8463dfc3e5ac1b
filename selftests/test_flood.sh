#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Floods and limits: memory does not grow, real clients are served, and what does not fit is
# left to plain IPVS, counted by reason.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# Where nobody answers: the client drops what is sent there.
case_addresses() {
	case $FAMILY in
	4) SPOOFED=10.66.0.0 SPOOFED_NET=10.66.0.0/16 ;;
	6) SPOOFED=fd00:66:: SPOOFED_NET=fd00:66::/64 ;;
	esac
	FAR1=$(far_client 1) FAR2=$(far_client 20000)
	[ "$FAMILY" = 4 ] || FAR1=$CLI1
}

slab_kb() { awk '$1 == "Slab:" { print $2 }' /proc/meminfo; }
ipvs_conns() { in_ns dira ipvsadm -lnc | wc -l; }

synflood() { in_background flood client "$SYNFLOOD" "$@"; }

# 100000 SYNs: no state, and a client with a session is served all the while.
syn_flood() {
	local n=100000 slab conns rounds=0
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 20s
	ip -n dira route add "$SPOOFED_NET" via "$CLI1"
	defer ip -n dira route del "$SPOOFED_NET"
	new_session
	# What comes and goes with the first packets of any flood.
	synflood syn "$SPOOFED" "$VIP" 80 2000
	wait_for_exit "$BG"
	slab=$(slab_kb) conns=$(ipvs_conns)
	synflood syn "$SPOOFED" "$VIP" 80 $n
	until is_gone "$BG"; do
		assert_eq "server during the flood" \
			"$(client get timeout=30 "cookie=SESSID=$SESSION" | servers)" "$SERVER"
		[ "$(used pending)" -le 1 ] || fail "$(used pending) pending"
		rounds=$((rounds + 1))
	done
	wait_for counter_at_least syn $n
	assert_counters "pending=$((rounds + 1))" "spliced=$((rounds + 1))" pending_full=0
	[ $(($(ipvs_conns) - conns)) -le $((rounds + 1)) ] || fail "IPVS connections grew"
	slab=$(($(slab_kb) - slab))
	echo "$rounds requests, slab grew by $slab KB"
	[ $slab -lt 4096 ] || fail "slab grew by $slab KB"
	[ $rounds -gt 0 ] || fail "no request during the flood"
}

# Acknowledgements of nothing: likewise.
ack_flood() {
	local n=20000 slab
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 20s
	ip -n dira route add "$SPOOFED_NET" via "$CLI1"
	defer ip -n dira route del "$SPOOFED_NET"
	new_session
	slab=$(slab_kb)
	synflood ack "$SPOOFED" "$VIP" 80 $n
	until is_gone "$BG"; do
		assert_eq "server during the flood" \
			"$(client get timeout=30 "cookie=SESSID=$SESSION" | servers)" "$SERVER"
	done
	# a full backlog may drop some before they are looked at
	wait_for counter_at_least syncookie_bad $((n / 2))
	assert_eq pending "$(used pending)" 0
	[ $(($(slab_kb) - slab)) -lt 4096 ] || fail "slab grew by $(($(slab_kb) - slab)) KB"
}

# Clients that shake hands and say nothing: only so many are remembered, and others are served.
pending_limit() {
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 20s
	limits pending=50
	client_background hold hold count=120 "from=$FAR1" reset=1
	wait_for_text "$L7_TMP/hold.out" "held 120 failed 0"
	assert_eq pending "$(used pending)" 50
	counters
	[ "${C[pending_full]}" -ge 70 ] || fail "pending_full is ${C[pending_full]}"
	assert_eq "requests served" "$(client get count=3 timeout=3 "from=$FAR2" | servers | wc -w)" 3
	# a silent client gave up its place for each
	assert_counters spliced=3
	[ "${C[silent_evicted]}" -ge 1 ] || fail "silent_evicted is ${C[silent_evicted]-0}"
	end_process "$BG"
	wait_for used_is pending 0
	new_session
	assert_counters spliced=4
}

# One source (IPv6: one network of 64 bits) cannot use up what all have.
pending_source_limit() {
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 20s
	limits pending-src=20
	client_background hold hold count=60 "from=$FAR1" reset=1
	wait_for_text "$L7_TMP/hold.out" "held 60 failed 0"
	assert_eq pending "$(used pending)" 20
	new_session "from=$FAR2"
	assert_eq "server of another source" \
		"$(client get "from=$FAR2" "cookie=SESSID=$SESSION" | servers)" "$SERVER"
	assert_counters key_hit=1 spliced=2
	assert_eq "requests of the same source" \
		"$(client get count=2 timeout=3 "from=$FAR1" | servers | wc -w)" 2
	end_process "$BG"
	wait_for used_is pending 0
}

# As many flows as may be: further connections are plain.
flow_limit() {
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 20s
	new_session
	# Its flow is remembered for a while.
	limits flows=1
	client_background hold hold count=8 'text=GET / HTTP/1.1\r\nHost: x\r\n\r\n' reset=1
	wait_for_text "$L7_TMP/hold.out" "held 8 failed 0"
	assert_eq "requests served" "$(client get count=2 timeout=3 | servers | wc -w)" 2
	assert_counters spliced=1 flow_full=10
	in_ns dira ipvsl7adm --set-limits flows=1m
	assert_eq "server afterwards" "$(client get "cookie=SESSID=$SESSION" | servers)" "$SERVER"
	assert_counters spliced=2 flow_full=10
}

# SYNs of invented addresses at a service of plain connections: its servers answer them, and
# nobody is bound by that. Whoever goes on is, meanwhile, too.
src_flood() {
	local n=20000 rounds=0 rs
	case_addresses
	service 80 rr -- -k src
	ip -n dira route add "$SPOOFED_NET" via "$CLI1"
	defer ip -n dira route del "$SPOOFED_NET"
	synflood syn "$SPOOFED" "$VIP" 80 $n
	until is_gone "$BG"; do
		rs=$(client get timeout=30 | servers)
		assert_eq "servers during the flood" "$(client get timeout=30 count=2 | servers)" "$rs $rs"
		rounds=$((rounds + 1))
	done
	[ $rounds -gt 0 ] || fail "no request during the flood"
	assert_eq bindings "$(binding_count)" 1
	assert_eq "in use" "$(used bindings)" 1
	counters
	[ "${C[binding_learned]}" = 1 ] || fail "binding_learned is ${C[binding_learned]}"
}

# The servers fall silent behind their SYN-ACK: what is held for them goes with the connection.
held_for_nobody() {
	local rs
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 1s
	wait_for used_is pending 0
	for rs in $L7_SERVERS; do server_rule "$rs" "tcp dport 80 tcp flags & (syn | ack) == ack drop"; done
	client_background held get piece=50 filler=500 timeout=3
	wait_for used_is pending 1
	end_process "$BG"
	wait_for used_is flows 0
	assert_eq pending "$(used pending)" 0
}

# What was acknowledged and lost on the way to the server is sent again as fast as it takes it.
held_for_later() {
	local rs
	case_addresses
	service 80 rr -- -k cookie:SESSID
	for rs in $L7_SERVERS; do server_rule "$rs" "tcp dport 80 tcp flags & (syn | ack) == ack drop"; done
	client_background held get piece=50 filler=2000 timeout=30
	wait_for counter_at_least retransmit 3
	for rs in $L7_SERVERS; do server_unrule "$rs"; done
	wait_for_text "$L7_TMP/held.out" "server="
	assert_counters spliced=1
}

# A full table: sessions that have a place keep it, others are served without.
binding_limit() {
	local out
	case_addresses
	service 80 rr -- -k cookie:SESSID --flow-timeout 20s
	wait_for used_is bindings 0
	limits bindings=3
	out=$(client sessions sessions=6 requests=1)
	assert_eq bindings "$(binding_count)" 3
	assert_counters binding_full=3 binding_learned=3 spliced=6
	SESSION=$(sed -n 's/session 1 .*cookie=SESSID=//p' <<<"$out")
	SERVER=$(sed -n 's/session 1 server=\(rs.\).*/\1/p' <<<"$out")
	assert_eq "a session with a place" "$(client get count=2 "cookie=SESSID=$SESSION" | servers)" \
		"$SERVER $SERVER"
	SESSION=$(sed -n 's/session 5 .*cookie=SESSID=//p' <<<"$out")
	assert_eq "one without" "$(client get count=3 "cookie=SESSID=$SESSION" | server_set)" \
		"rs1 rs2 rs3"
}

# Memory for held bytes: a request that finds none is not looked at.
byte_limit() {
	case_addresses
	service 80 rr -- -k cookie:SESSID --inspect-timeout 60s --flow-timeout 20s
	new_session
	limits pending-bytes=16k
	# Held bytes that are let go of are given back: few do for any number of requests.
	client get count=30 piece=50 "cookie=SESSID=$SESSION" >/dev/null
	assert_counters key_hit=30
	client_background hold hold count=40 'text=GET / HT' reset=1
	wait_for_text "$L7_TMP/hold.out" "held 40 failed 0"
	counters
	[ "${C[nomem_fallback]}" -ge 10 ] || fail "nomem_fallback is ${C[nomem_fallback]}"
	assert_eq "requests served" \
		"$(client get count=3 timeout=3 "cookie=SESSID=$SESSION" | server_set)" "rs1 rs2 rs3"
	assert_counters "nomem_fallback=$((C[nomem_fallback] + 3))" key_hit=30
	end_process "$BG"
	wait_for used_is pending 0
	assert_eq "server afterwards" \
		"$(client get filler=2000 piece=500 "cookie=SESSID=$SESSION" | servers)" "$SERVER"
	assert_counters key_hit=31
}

# What is over goes away: the last thing to be seen.
nothing_left() {
	wait_for used_is pending 0
	L7_WAIT_MS=90000 wait_for used_is flows 0
	L7_WAIT_MS=90000 wait_for used_is bindings 0
}

SYNFLOOD=$L7_SELFTESTS/synflood
if [ ! -x "$SYNFLOOD" ]; then
	mkdir -p "$L7_TMP"
	SYNFLOOD=$L7_TMP/synflood
	cc -O2 -o "$SYNFLOOD" "$L7_SELFTESTS/synflood.c" || ktap_skip_all "no compiler for synflood.c"
fi

ktap_plan 21
l7_topo_up
l7_nginx_up
busybox sysctl -qw net.core.netdev_max_backlog=200000
run_test_v4v6 syn_flood
run_test_v4v6 ack_flood
run_test_v4v6 pending_limit
run_test_v4v6 pending_source_limit
run_test_v4v6 flow_limit
run_test_v4v6 binding_limit
run_test_v4v6 byte_limit
run_test_v4v6 src_flood
run_test_v4v6 held_for_nobody "the server falls silent"
run_test_v4v6 held_for_later "the server is deaf for a while"
run_test nothing_left
ktap_exit
