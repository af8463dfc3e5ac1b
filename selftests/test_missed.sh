#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The end of a connection that a director did not hear of, as it was deaf or cut off, is told later: no director keeps
# the connection, or brings it back.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"
# shellcheck source=wire.sh
. "$L7_SELFTESTS/wire.sh"

KEY=$L7_TMP/cluster.key

# What director B does not hear of, nor say, until the case ends.
deaf() {
	in_ns dirb nft 'add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add chain inet l7test out { type filter hook output priority 0; };
		add rule inet l7test in iif sync drop; add rule inet l7test out oif sync drop'
	defer eval 'hears 2>/dev/null'
	wait_for is_silent dira
	wait_for is_silent dirb
}
hears() { in_ns dirb nft delete table inet l7test; }
is_silent() { in_ns "$1" ipvsl7adm --peers -n | grep -q ' SILENT '; }
# Of port 80: what was closed elsewhere is kept for a minute.
all_flows() { in_ns "$1" ipvsl7adm --flows -n | grep -cF " $VIP_URL:80 " || true; }
none() { [ "$(all_flows dira)$(all_flows dirb)" = 00 ]; }
# Rounds of comparing do not bring it back.
stays_away() {
	wait_for none
	sleep 5 # paced: two rounds
	none || fail "$(in_ns dira ipvsl7adm --flows -n; in_ns dirb ipvsl7adm --flows -n)"
}
begin() {
	back_to_a
	wait_for none
	hold "$@"
	wait_for has_flows dirb STANDBY 1
}

# $1: seconds until B hears again.
missed() {
	begin 80
	deaf
	in_ns dira ipvsl7adm --reset-flows
	wait_for has_none dira
	sleep "$1" # paced: as long as it is to be remembered
	assert_eq "at B" "$(flows dirb STANDBY)" 1
	hears
	stays_away
}
has_none() { [ "$(all_flows "$1")" = 0 ]; }

# The client ends it, and A still has it, as one that is closing.
closing() {
	begin 8081 reset
	deaf
	: >"$L7_TMP/go"
	wait_for has_flows dira CLOSING 1
	hears
	wait_for has_flows dirb CLOSING 1
	assert_eq "at B" "$(flows dirb STANDBY)" 0
}

# It ends at B while A is cut off, and A comes back with it.
returns() {
	local ready=$L7_TMP/ready gate=$L7_TMP/gate next=$L7_TMP/next
	back_to_a
	defer back_to_a
	wait_for none
	rm -f "$ready" "$gate" "$next"
	two_requests "$ready" "$gate" "$next" "$L7_TMP/never"
	wait_for_file "$ready"
	: >"$gate"
	wait_for has_flows dirb STANDBY 1
	die
	: >"$next"
	wait_for has_flows dirb SPLICED 1
	in_ns dirb ipvsl7adm --reset-flows
	wait_for has_none dirb
	sleep 12 # paced: longer than a record may be on its way
	assert_eq "at A" "$(all_flows dira)" 1
	back_to_a
	stays_away
}

# A is cut off, and the connection, idle there, expires; at B, which serves it, it lives, though idle as well for a while.
# To both it is one change since.
expires_there() {
	local rc=0
	back_to_a
	defer back_to_a
	lives 20
	defer lives 900
	rm -f "$L7_TMP"/gate?
	two_requests "$L7_TMP/gate0" "$L7_TMP/gate1" "$L7_TMP/gate2" "$L7_TMP/gate3"
	wait_for_file "$L7_TMP/gate0"
	: >"$L7_TMP/gate1"
	wait_for has_flows dirb STANDBY 1
	die
	sleep 12 # paced: towards the end of its life at A
	: >"$L7_TMP/gate2"
	wait_for has_flows dirb SPLICED 1
	L7_WAIT_MS=$((30000 * ${L7_SLOW:-1})) wait_for has_none dira
	l7_director_restore dira
	wait_for has_flows dira STANDBY 1
	assert_eq "at B" "$(flows dirb SPLICED)" 1
	: >"$L7_TMP/gate3"
	wait "$BG" || rc=$?
	assert_eq "$(cat "$L7_TMP/two.out")" $rc 0
}

# lives SECONDS: idle connections.
lives() {
	local d
	for d in dira dirb; do
		in_ns "$d" ipvsl7adm -E -t "$VIP_URL:80" -k cookie:SESSID --flow-timeout "$1"
	done
}

# A director is told by one whose clock is ahead that a connection has ended, and it is another one which goes on.
other() {
	local out=$L7_TMP/other port=4711
	in_group
	back_to_a
	defer back_to_a
	l7_director_takes dirb
	l7_blob
	rm -f "$out"
	L7_CURL_SECONDS=60 client_get "/blob?rate=400k" -o "$out" --interface "$CLI5" --local-port $port &
	defer pkill -f "curl .*--local-port $port"
	wait_for has_bytes "$out" 1000000
	wait_for has_flows dirb SPLICED 1
	wire join 9
	defer wire leave 9
	wire speak late_answer
	[ "$(flows dirb SPLICED)" = 1 ] || fail "$(in_ns dirb ipvsl7adm --flows -n)"
	wait_for has_flows dira STANDBY 1
	wire speak end
	assert_eq "at B, ended" "$(flows dirb SPLICED)" 0
}

# Likewise, of one that is idle for seconds: an end of much later is of another connection, one of a few changes later of
# this one.
other_idle() {
	in_group
	back_to_a
	defer back_to_a
	l7_director_takes dirb
	in_background idle client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" hold "$VIP" 80 count=1 \
		"from=$CLI5" port=4712 text='GET /who HTTP/1.1\r\nHost: x\r\n\r\n'
	wait_for has_flows dirb SPLICED 1
	wire join 9
	defer wire leave 9
	sleep 4 # paced: what was used in the last two seconds goes on in any case
	wire speak ended_ahead
	[ "$(flows dirb SPLICED)" = 1 ] || fail "$(in_ns dirb ipvsl7adm --flows -n)"
	wait_for has_flows dira STANDBY 1
	wire speak ended_near
	assert_eq "at B, ended" "$(flows dirb SPLICED)" 0
}

# A director is told of a connection that it made itself, and has not got: it has ended, whatever is remembered of it.
made_here() {
	in_group
	wire join 9
	defer wire leave 9
	wire speak made_by_2
}

# Mirroring over the family's own group, where wire is, too.
in_group() {
	local d
	GROUP=239.0.0.88
	[ "$FAMILY" = 4 ] || GROUP=ff05::88
	wire family "$FAMILY" "$GROUP"
	for d in dira dirb; do
		in_ns "$d" ipvsl7adm --stop-sync
	done
	mirror
	wait_for is_ready dirb
}
is_ready() { in_ns "$1" ipvsl7adm --ready >/dev/null 2>&1; }

ktap_plan 16
l7_topo_up
l7_nginx_up
l7_server_up
PORTS=80 policies -k cookie:SESSID
PORTS=8081 policies --mirror connections
mirror
wire_up
# What an earlier file closed.
for f in 4 6; do
	l7_family $f
	L7_WAIT_MS=90000 wait_for none
done
run_test_v4v6 missed "the end of a connection is missed" 0
run_test_v4v6 missed "the end of a connection is missed, for long" 12
run_test_v4v6 returns "a director comes back with a connection that has ended"
run_test_v4v6 closing "a connection is closed meanwhile"
run_test_v4v6 expires_there "a connection expires at one director alone"
run_test_v4v6 other "another connection of the same ports"
run_test_v4v6 other_idle "another connection of the same ports, idle"
run_test_v4v6 made_here "a connection that this director made"
ktap_exit
