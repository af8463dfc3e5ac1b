#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What else a director may be: a real server itself, a bridge.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

# third_counter NAME: of the third director.
third_counter() {
	in_ns dirc ipvsl7adm --stats -v -n --exact |
		awk -v name="$1" '$1 == name { print $2; exit }'
}

# A session on a server, given a cookie by it: prints the server of N more requests.
session_of() {
	local value=$RANDOM$RANDOM n=$1 first
	first=$(L7_PORT=8081 client_get \
		"/answer?h=Set-Cookie:SESSID%3D$value&body=set" -D - -o /dev/null)
	grep -q "SESSID=$value" <<<"$first" || fail "no cookie: $first"
	for ((; n > 0; n--)); do
		L7_PORT=8081 client_get /who -H "Cookie: SESSID=$value" | cut -d' ' -f1
	done | sort | uniq -c | xargs
}

# Two real servers, one of which is the director: sessions of either stay, bytes are right.
own_server() {
	local svc=$VIP_URL:8081 own=10.0.2.23 i out
	[ "$FAMILY" = 4 ] || own='[fd00:2::23]'
	defer third_down
	third_up
	in_background own dirc /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_server.py" \
		"$L7_TMP/own.pid" dirc
	wait_for_file "$L7_TMP/own.pid"
	defer rm -f "$L7_TMP/own.pid"
	l7_ipvs_service dirc "$VIP" 8081 rr rs1
	in_ns dirc ipvsadm -a -t "$svc" -r "$own:8081" -m
	in_ns dirc ipvsl7adm -A -t "$svc" -k cookie:SESSID
	out=$(for i in 1 2 3 4; do session_of 4; done)
	assert_eq "sessions" "$(sort <<<"$out" | uniq -c | xargs)" \
		"2 4 server=dirc 2 4 server=rs1"
	assert_eq spliced "$(third_counter spliced)" 20
	# Large bytes: both servers get their turn.
	upload 2000000
	upload 2000000
	assert_eq reset "$(third_counter reset)" 0
	assert_eq dropped "$(third_counter nomem_drop)" 0
}

# The device outside is a bridge and br_netfilter is at work: a packet passes the hooks as
# one of the bridge before it does as one of the host.
bridged() {
	modprobe br_netfilter
	defer third_down
	third_up bridge
	l7_sysctl dirc net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
	third_serves 80 8081
	both_ways 2000000
	client_get "/who?[1-20]" -H 'Connection: close' -o /dev/null
	assert_eq spliced "$(third_counter spliced)" 22
	assert_eq reset "$(third_counter reset)" 0
}

ktap_plan 4
transport_up
run_test_v4v6 own_server "a real server on the director"
run_test_v4v6 bridged "bridge with br_netfilter"
ktap_exit
