#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Requests as they come: long, in pieces, slow, by small segments, or no HTTP at all. Whatever
# cannot be understood is delivered as by plain IPVS, and counted by reason.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# Three requests of the session with the options reach its server.
assert_sticks() {
	assert_eq servers "$(client get count=3 "cookie=SESSID=$SESSION" "$@" | servers)" \
		"$SERVER $SERVER $SERVER"
}

# The cookie stands behind 20 KB of other fields.
long_head() {
	service 80 rr -- -k cookie:SESSID --max-request 32768
	new_session
	assert_sticks filler=20000
	assert_counters key_hit=3 too_long_fallback=0
}

# More than is looked at: served by whom the scheduler says.
too_long_head() {
	service 80 rr -- -k cookie:SESSID
	new_session
	assert_eq servers "$(client get count=3 filler=20000 "cookie=SESSID=$SESSION" | server_set)" \
		"rs1 rs2 rs3"
	assert_counters key_hit=0 too_long_fallback=3
	# The limit counts only for what has to be looked at.
	assert_eq "server of a cookie within" \
		"$(client get "field=Cookie: SESSID=$SESSION" filler=10000 | servers)" "$SERVER"
	in_ns dira ipvsl7adm -E -t "$SVC" --max-request 512
	assert_eq servers "$(client get count=3 filler=600 "cookie=SESSID=$SESSION" | server_set)" \
		"rs1 rs2 rs3"
	assert_counters key_hit=1 too_long_fallback=6
}

pieces() {
	service 80 rr -- -k cookie:SESSID
	new_session
	assert_sticks piece=20 pause=5
	assert_sticks piece=1 pause=1
	assert_counters key_hit=6
}

small_mss() {
	service 80 rr -- -k cookie:SESSID
	new_session
	assert_sticks mss=536 filler=3000
	assert_counters key_hit=3 mss_fallback=0
	service 8081 rr -- -k cookie:SESSID
	assert_eq "bytes in small segments" \
		"$(client get body=1 mss=536 'path=/answer?body='"$(printf 'x%.0s' {1..5000})")" 5000
}

# A body that comes with the head, and one that follows later.
bodies() {
	local sum
	service 8081 rr -- -k cookie:SESSID
	head -c 100000 /dev/urandom >"$L7_TMP/body"
	sum=$(sha256sum <"$L7_TMP/body")
	defer rm -f "$L7_TMP/body"
	L7_PORT=8081 client_get /upload --data-binary "@$L7_TMP/body" | grep -q "sha256=${sum%% *}"
	L7_PORT=8081 client_get /upload -T "$L7_TMP/body" -H 'Expect: 100-continue' |
		grep -q "sha256=${sum%% *}"
	assert_counters key_none=2 malformed_fallback=0
}

# Bytes of another protocol arrive as they are.
not_http() {
	service 7 rr -- -k cookie:SESSID
	assert_eq "binary" "$(client echo hex=00010203ff bytes=5000)" same
	assert_counters malformed_fallback=1
	assert_eq "a line" "$(client echo 'text=HELO world\r\n')" same
	assert_counters malformed_fallback=2
	# One that begins like HTTP and goes on otherwise.
	assert_eq "a head gone bad" "$(client echo 'text=GET / HTTP/1.1\r\nHost: x\r\n' hex=0001 bytes=100)" same
	assert_eq "a byte" "$(client echo hex=16)" same
	assert_eq bindings "$(binding_count)" 0
	assert_eq "flows that wait" "$(flow_count PENDING)" 0
}

# Prior knowledge: the preface, then a SETTINGS frame.
http2() {
	local preface=505249202a20485454502f322e300d0a0d0a534d0d0a0d0a
	service 7 rr -- -k cookie:SESSID
	assert_eq "preface" "$(client echo hex=${preface}000000040000000000)" same
	assert_eq "preface in pieces" "$(client echo hex=$preface piece=5 pause=5)" same
	assert_counters h2_fallback=2 malformed_fallback=0
}

# Half a head, then silence: a server gets it at the inspect timeout, and the client is served
# when it goes on.
slow() {
	local go=$L7_TMP/go
	rm -f "$go"
	defer rm -f "$go"
	service 80 rr -- -k cookie:SESSID --inspect-timeout 1s
	new_session
	client_background slow get "cookie=SESSID=$SESSION" stop=40 "resume=$go"
	wait_for counter_is slow_fallback 1
	wait_for flow_count_is 0 PENDING
	: >"$go"
	wait_for_text "$L7_TMP/slow.out" .
	assert_eq answers "$(servers <"$L7_TMP/slow.out" | wc -w)" 1
	assert_counters slow_fallback=1 key_hit=0
}

# The client speaks only some time after the handshake: a browser's spare connection.
spare() {
	local go=$L7_TMP/go
	rm -f "$go"
	defer rm -f "$go"
	service 80 rr -- -k cookie:SESSID --inspect-timeout 500ms
	new_session
	client_background spare get "cookie=SESSID=$SESSION" stop=0 "resume=$go"
	wait_for flow_count_is 1 PENDING
	# Longer than a request may take.
	busywait 1500 false || true
	assert_eq "still there" "$(flow_count PENDING)" 1
	: >"$go"
	wait_for_text "$L7_TMP/spare.out" .
	assert_eq server "$(servers <"$L7_TMP/spare.out")" "$SERVER"
	assert_counters slow_fallback=0 key_hit=1
}

# One that never speaks is forgotten.
silent() {
	service 80 rr -- -k cookie:SESSID --silent-timeout 1
	client_background silent hold count=5
	wait_for_text "$L7_TMP/silent.out" held
	wait_for counter_is silent_expired 5
	assert_eq flows "$(flow_count PENDING)" 0
}

# The client closes its side right behind the request.
half_close() {
	service 80 rr -- -k cookie:SESSID
	new_session
	assert_sticks half=1
	assert_counters key_hit=3
	wait_for flow_count_is 0 SPLICED
}

# A client that goes away before its request is complete leaves nothing behind.
closed_early() {
	service 7 rr -- -k cookie:SESSID
	assert_eq "half a head, closed" "$(client echo 'text=GET / HT')" same
	assert_eq "nothing, closed" "$(client echo)" same
	client_background early hold 'text=GET / HT' count=3 reset=1
	wait_for_text "$L7_TMP/early.out" "held 3"
	wait_for flow_count_is 3 PENDING
	end_process "$BG"
	wait_for flow_count_is 0 PENDING
	assert_counters spliced=2
}

ktap_plan 24
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 long_head
run_test_v4v6 too_long_head
run_test_v4v6 pieces
run_test_v4v6 small_mss
run_test_v4v6 bodies
run_test_v4v6 not_http
run_test_v4v6 http2
run_test_v4v6 slow
run_test_v4v6 spare
run_test_v4v6 silent
run_test_v4v6 half_close
run_test_v4v6 closed_early
ktap_exit
