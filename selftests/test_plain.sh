#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is not the module's business stays as it was, and what was stays when the module goes:
# services without a policy, routed traffic; policies deleted and changed, the module removed
# and namespaces deleted under traffic.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

# Ordinary IPVS and routing: nothing is counted, nothing is kept.
beside() {
	local out
	count_from syn spliced syncookie_bad
	flows=$(all_flows)
	out=$(L7_PORT=8080 client_get "/who?[1-6]" -H 'Connection: close')
	assert_eq servers "$(server_of <<<"$out" | sort | uniq -c | awk '{ print $1 $2 }' | xargs)" \
		"2rs1 2rs2 2rs3"
	out=$(L7_PORT=8080 client_get /blob | sha256sum)
	assert_eq download "${out%% *}" "$L7_BLOB_SHA256"
	out=$(client_curl "http://$(url_host "$SRV2")/who")
	assert_eq "routed to a server" "$(server_of <<<"$out")" rs2
	in_ns client ping -c 1 -W 5 "$SRV3" >/dev/null
	in_ns client ping -c 1 -W 5 "$VIP" >/dev/null
	# Refused as by a host without the service.
	! L7_PORT=81 client_get / -m 10 2>"$L7_TMP/error" || fail "port 81 answers"
	has_text "$L7_TMP/error" "(7) Failed to connect" || fail "port 81: $(cat "$L7_TMP/error")"
	assert_counted syn 0
	assert_counted spliced 0
	assert_counted syncookie_bad 0
	# Those of earlier tests may end meanwhile.
	[ "$(all_flows)" -le "$flows" ] || fail "more flows than the $flows before"
}

all_flows() { in_ns dira ipvsl7adm --flows -n | wc -l; }

# A policy for a service that IPVS does not have does nothing but refuse as the host would.
no_service() {
	in_ns dira ipvsl7adm -A -t "$VIP_URL:82" -k cookie:SESSID
	defer in_ns dira ipvsl7adm -D -t "$VIP_URL:82"
	! L7_PORT=82 client_get / -m 10 2>"$L7_TMP/error" || fail "port 82 answers"
	has_text "$L7_TMP/error" "(7) Failed to connect" || fail "port 82: $(cat "$L7_TMP/error")"
}

# transfers_go_on COMMAND...: run while a download, an upload and an idle connection are
# spliced; all three must come to a good end.
transfers_go_on() {
	traffic_up
	"$@"
	let_go
	wait "${PIDS[0]}" || fail "download: $(cat "$L7_TMP/down.err")"
	wait "${PIDS[1]}" || fail "upload: $(cat "$L7_TMP/up.err")"
	assert_eq download "$(sha256sum <"$L7_TMP/down" | cut -d' ' -f1)" "$(cat "$(blob_of 4000000).sha256")"
	assert_eq upload "$(cut -d' ' -f2- "$L7_TMP/up")" \
		"length=4000000 sha256=$(cat "$(blob_of 4000000).sha256")"
	assert_eq "idle connection" "$HELD_END" answer
}

# A download, an upload and an idle connection under way; sets PIDS. With an argument, so slow
# that they never end.
traffic_up() {
	local rate=1000000 n=4000000
	[ $# = 0 ] || rate=50000
	blob_of $n >/dev/null
	rm -f "$L7_TMP/"{down,up}
	PIDS=()
	client_get "/blob?rate=$rate" -r "0-$((n - 1))" -m 60 -o "$L7_TMP/down" 2>"$L7_TMP/down.err" &
	PIDS+=($!)
	L7_PORT=8081 client_get "/upload?rate=$rate" -T "$L7_BLOB.$n" -H 'Expect:' -m 60 \
		-o "$L7_TMP/up" 2>"$L7_TMP/up.err" &
	PIDS+=($!)
	hold
	wait_for_bytes "$L7_TMP/down" 50000
	flows_at_least 3
}

flows_at_least() { wait_for has_at_least "$@"; }
has_at_least() { [ "$(flows_in SPLICED)" -ge "$1" ]; }

policy_deleted() {
	transfers_go_on delete_policies
	count_from syn
	client_get /who -o /dev/null
	assert_counted syn 0
	with_policies
	client_get /who -o /dev/null
	assert_counted syn 1
}

delete_policies() {
	local p
	defer with_policies
	for p in 80 8081 7; do in_ns dira ipvsl7adm -D -t "$VIP_URL:$p"; done
}

with_policies() {
	local p
	for p in 80 8081 7; do
		in_ns dira ipvsl7adm -A -t "$VIP_URL:$p" -k cookie:SESSID || true
	done
} 2>/dev/null

policy_edited() {
	transfers_go_on edit_policies
	client_get /who -o /dev/null
}

edit_policies() {
	local i
	for i in 1 2 3 4 5; do
		l7_edit 80 -k "cookie:OTHER$i" -k src --tries "$i"
		l7_edit 8081 --max-request $((512 * i)) --inspect-timeout ${i}s
		client_get /who -o /dev/null
	done
}

# Five rounds, or as many as L7_REPEAT says, of edits for as long as requests go on; none of these is lost.
policies_edited_often() {
	local i pid
	l7_edit 8081 -k cookie:FIRST
	for i in $(seq "${L7_REPEAT:-5}"); do
		# under way while edits happen: an answer takes a tenth of a second
		L7_PORT=8081 client_get "/answer?wait=100&n=[1-10]" -f --fail-early -m 20 -H 'Connection: close' \
			-o /dev/null &
		pid=$!
		while kill -0 $pid 2>/dev/null; do edit_once "$i"; done
		wait $pid || fail "requests of round $i"
	done
}
edit_once() {
	in_ns dira ipvsl7adm -R <<-END
		-E -t $VIP_URL:8081 -k cookie:OTHER$1 -k src --tries $((1 + $1 % 8))
		-E -t $VIP_URL:8081 -k cookie:SESSID,insert --mirror connections
		-E -t $VIP_URL:8081 -k cookie:SESSID --group group$1
		-E -t $VIP_URL:8081 -k cookie:LAST$1 --mirror none --group none
	END
}

# Both ends of what was spliced learn that it is over.
ended() {
	local rs
	let_go
	! wait "${PIDS[0]}" || fail "the download came to an end"
	! wait "${PIDS[1]}" || fail "the upload came to an end"
	has_text "$L7_TMP/down.err" '(56)\|(18)' || fail "download: $(cat "$L7_TMP/down.err")"
	has_text "$L7_TMP/up.err" '(5[56])\|(52)' || fail "upload: $(cat "$L7_TMP/up.err")"
	case $HELD_END in reset | closed) ;; *) fail "idle: $HELD_END" ;; esac
	for rs in $L7_SERVERS; do wait_for nothing_established "$rs"; done
}

nothing_established() {
	[ -z "$(in_ns "$1" ss -Htn state established "( sport = :80 or sport = :8081 )")" ]
}

# An operator resets the connections of one service, and then all.
reset_on_request() {
	traffic_up slow
	count_from reset
	in_ns dira ipvsl7adm --reset-flows -t "$VIP_URL:80"
	assert_counted reset 2
	! wait "${PIDS[0]}" || fail "the download came to an end"
	has_text "$L7_TMP/down.err" '(56)' || fail "download: $(cat "$L7_TMP/down.err")"
	assert_eq "connections left" "$(flows_in SPLICED)" 1
	flows_are RESETTING 0
	in_ns dira ipvsl7adm --reset-flows
	assert_counted reset 3
	ended
	flows_are RESETTING 0
}

# expires STATE: seconds until the only flow of that state to VIP ends.
expires() {
	in_ns dira ipvsl7adm --flows -n |
		awk -v state="$1" -v to="$VIP_URL:" '
			$2 == state && index($4, to) == 1 { split($1, t, ":"); print t[1] * 60 + t[2] }'
}
ends_within() { [ "$(expires "$1")" -le "$2" ]; }

# Prints when the first connection that is being reset will end.
sees_reset() {
	local left=''
	until [ -n "$left" ]; do left=$(expires RESETTING); done
	echo "$left"
}

# A connection that was idle for longer than a reset one stays: it stays as long all the same.
reset_when_idle() {
	local left
	l7_edit 80 --flow-timeout 20s
	hold
	flows_are SPLICED 1
	wait_for ends_within SPLICED 16
	sees_reset >"$L7_TMP/left" &
	defer eval "kill $! 2>/dev/null"
	in_ns dira ipvsl7adm --reset-flows -t "$VIP_URL:80"
	wait_for_text "$L7_TMP/left" .
	left=$(<"$L7_TMP/left")
	[ "$left" -ge 1 ] || fail "ends in '$left' seconds"
	let_go
	case $HELD_END in reset | closed) ;; *) fail "idle: $HELD_END" ;; esac
}

module_loaded() { [ -e /sys/module/ip_vs_l7 ]; }

# remove_module, load_module: with the policies of both families as they were.
remove_module() {
	in_ns dira ipvsl7adm -S >"$L7_TMP/policies"
	rmmod ip_vs_l7
}

load_module() {
	! module_loaded || return 0
	insmod "$L7_MODULE"
	in_ns dira ipvsl7adm -R <"$L7_TMP/policies"
}

module_removed() {
	local since
	[ -n "${L7_MODULE-}" ] || skip "do not know how to load the module again"
	traffic_up slow
	defer load_module
	remove_module
	since=$EPOCHREALTIME
	ended
	[ "$(elapsed_ms "$since")" -lt $((${L7_WAIT_MS:-40000} * ${L7_SLOW:-1})) ] ||
		fail "took $(elapsed_ms "$since") ms to end"
	client_get /who -o /dev/null
	both_ways 1000000
	load_module
	count_from spliced
	client_get /who -o /dev/null
	both_ways 1000000
	assert_counted spliced 3
}

# Five times, or as often as L7_REPEAT says.
module_removed_often() {
	local i
	[ -n "${L7_MODULE-}" ] || skip "do not know how to load the module again"
	defer load_module
	for i in $(seq "${L7_REPEAT:-5}"); do
		requests_in_a_loop &
		remove_module
		load_module
		wait $!
	done
	client_get /who -o /dev/null
}

# Connections in every state, some fail.
requests_in_a_loop() {
	client_get "/who?[1-15]" -H 'Connection: close' -m 3 -o /dev/null 2>/dev/null || true
}

namespace_deleted() {
	local i pid
	defer third_down
	for i in $(seq "${L7_REPEAT:-3}"); do
		third_up
		third_serves 80 8081
		client_get /who -o /dev/null
		rm -f "$L7_TMP/down"
		client_get "/blob?rate=50000" -m 60 -o "$L7_TMP/down" 2>"$L7_TMP/down.err" &
		pid=$!
		requests_in_a_loop &
		wait_for_bytes "$L7_TMP/down" 1000
		ip netns del dirc
		! wait $pid || fail "the download came to an end"
		has_text "$L7_TMP/down.err" "(56)" || fail "download: $(cat "$L7_TMP/down.err")"
		third_down
		wait $!
		client_get /who -o /dev/null
	done
}

ktap_plan 22
transport_up
for f in 4 6; do
	l7_family $f
	l7_ipvs_service dira "$VIP" 8080
done
run_test_v4v6 beside "services without a policy, routed traffic"
run_test_v4v6 no_service "a policy without a service"
run_test_v4v6 policy_deleted "policy deleted under traffic"
run_test_v4v6 policy_edited "policy edited under traffic"
run_test_v4v6 policies_edited_often "policy edited under traffic, often"
run_test_v4v6 reset_on_request "connections reset on request"
run_test_v4v6 reset_when_idle "idle connection reset on request"
run_test_v4v6 module_removed "module removed under traffic"
run_test_v4v6 module_removed "module removed under traffic again"
run_test_v4v6 module_removed_often "module removed and loaded again and again"
run_test_v4v6 namespace_deleted "namespace deleted under traffic"
ktap_exit
