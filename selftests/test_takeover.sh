#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The other director carries on: bindings and spliced connections are mirrored, and after a hard
# failure of director A every kind of connection goes on through director B without a reset.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"

# Sessions made through A are found by B: same cookie, same server.
sessions() {
	local i cookie server n before jar
	back_to_a
	defer back_to_a
	before=$(bindings dirb)
	n=6
	for i in $(seq "$n"); do
		jar=$L7_TMP/jar$i
		client_get / -c "$jar" -H 'Connection: close' >/dev/null
	done
	wait_for has_bindings dirb $((before + n))
	die
	for i in $(seq "$n"); do
		cookie=$(awk '$6 == "SESSID" { print $7 }' "$L7_TMP/jar$i")
		server=$(client_get / -b "SESSID=$cookie" | server_of)
		assert_eq "server of session $i" "$server" "${cookie%%-*}"
	done
}

# The answer that names the session comes when A is dead: B learns from it.
answered() {
	local before cookie=later-$RANDOM$RANDOM out=$L7_TMP/answered pid server i
	back_to_a
	defer back_to_a
	wait_for no_standby
	before=$(counter dirb binding_learned)
	L7_PORT=8081 client_get "/answer?wait=$((6000 * ${L7_SLOW:-1}))&h=Set-Cookie:+SESSID=$cookie;+Path=/" \
		-H 'Connection: close' >"$out" &
	pid=$!
	wait_for has_flows dirb STANDBY 1
	die
	[ ! -s "$out" ] || fail "answered too early"
	wait "$pid" || fail "curl: status $?"
	server=$(server_of <"$out")
	assert_eq "learned by B" $(($(counter dirb binding_learned) - before)) 1
	for i in 1 2 3; do
		assert_eq "server of the session" "$(L7_PORT=8081 client_get / -b "SESSID=$cookie" | server_of)" "$server"
	done
}
no_standby() { [ "$(flows dirb STANDBY)" = 0 ]; }

ktap_plan 28
l7_topo_up
l7_nginx_up
l7_server_up
policies -k cookie:SESSID
mirror
run_test_v4v6 sessions
run_test_v4v6 closed
run_test_v4v6 transfer "in mid-download" download
run_test_v4v6 transfer "in mid-upload" upload
run_test_v4v6 answered "before the answer that names the session"
run_test_v4v6 session "between handshake and request" handshake
run_test_v4v6 session "in a half-sent request" partial
run_test_v4v6 session "in keep-alive idle" keepalive
run_test_v4v6 session "client speaks first" echo
run_test_v4v6 session "server speaks first" push
run_test_v4v6 return_journey
run_test_v4v6 half_open "the request comes to the other director, and the next one does not"
run_test_v4v6 half_open "the same, and its clock is behind" 20
run_test_v4v6 late "a server's answer comes to nobody"
ktap_exit
