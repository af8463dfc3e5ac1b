#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A director that comes, or comes back, is ready when it has all that its peers have, and says so;
# keepalived lets it take over no sooner.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=keepalived.sh
. "$L7_SELFTESTS/keepalived.sh"

MANY=3000
# Seconds that directors do not hear each other, and serve both.
SPLIT=${L7_SPLIT:-30}

# One that hears nobody serves alone, but listens first.
alone() {
	policies
	! is_ready dira || fail "ready without mirroring"
	in_ns dira ipvsl7adm --ready 2>"$L7_TMP/err" || true
	grep -q "not ready: mirroring is off" "$L7_TMP/err"
	start dira
	state_is dira JOINING || fail "at the start: $(state dira)"
	wait_for state_is dira ALONE
	assert_eq "its word" "$(in_ns dira ipvsl7adm --ready)" ALONE
	# To one that is ready an empty newcomer changes nothing.
	bind old rs1
	start dirb
	wait_for state_is dirb READY
	here old || fail "dirb is ready without it"
	state_is dira READY || fail "dira: $(state dira)"
}

# joins [NETEM-ARG...]: over such a link a director gets a large table, and is ready no sooner.
joins() {
	local had now
	policies
	bind_many dira m $MANY
	start dira
	wait_for state_is dira ALONE
	[ $# = 0 ] || both_ways "$@"
	start dirb
	! is_ready dirb || fail "ready at once"
	in_ns dirb ipvsl7adm --ready 2>"$L7_TMP/err" || true
	grep -q "not ready: JOINING" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	wait_for is_ready dirb
	had=$(all_of dirb)
	now=$(all_of dira)
	[ "$had" = "$now" ] || fail "ready with $(wc -l <<<"$had") of $(wc -l <<<"$now")"
	assert_eq "given up" "$(ctr dirb sync_rx_lost)" 0
}

# afar DELAY: a director joins one that is so far away. It has the lower node id, and begins the comparisons.
afar() {
	local d
	policies
	bind_many dirb m 300
	start dirb
	wait_for state_is dirb ALONE
	both_ways delay "$1"
	start dira
	wait_for is_ready dira
	[ "$(all_of dira)" = "$(all_of dirb)" ] || fail "ready, but not the same"
	for d in dira dirb; do wait_for equal_at $d; done
	for d in dira dirb; do is_as_far_at $d $((2 * ${1%ms})) || fail "$(in_ns $d ipvsl7adm --peers -n)"; done
}
is_as_far_at() {
	local rtt
	rtt=$(rtt_us "$1")
	[ "$rtt" -ge $((950 * $2)) ] && [ "$rtt" -lt $((10000 * $2)) ]
}
equal_at() { in_ns "$1" ipvsl7adm --peers --json | grep -q '"equal": true'; }

# One that restarts begins anew.
restart() {
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	wait_for state_is dirb READY
	bind_many dira r 500
	wait_for same
	stop dirb
	in_ns dirb ipvsl7adm --flush-bindings
	wait_for state_is dira ALONE
	start dirb
	wait_for state_is dirb READY
	[ "$(all_of dirb)" = "$(all_of dira)" ] || fail "ready, but not the same"
}

# Policies that are made anew, as from a file: connections that there were are told all the same.
made_anew() {
	local n=5
	policies
	start dira
	start dirb
	wait_for state_is dirb READY
	client_background open hold "count=$n" 'text=GET /who HTTP/1.1\r\nHost: l7.test\r\n\r\n' timeout=60
	wait_for flows_at dirb $n
	in_ns dira ipvsl7adm -S >"$L7_TMP/policies"
	in_ns dira ipvsl7adm -C
	grep ' -t ' "$L7_TMP/policies" | in_ns dira ipvsl7adm -R
	stop dirb
	wait_for state_is dira ALONE
	start dirb
	wait_for state_is dirb READY
	flows_at dirb $n || fail "ready with $(flows_of dirb) connections of $n"
	end_process "$BG"
}
flows_of() { in_ns "$1" ipvsl7adm --flows -t "$SVC" --json | grep -c '"client"'; }
flows_at() { [ "$(flows_of "$1")" = "$2" ]; }

# A director that is heard, but from which not all has come, is waited for. When it is lost, somebody
# has to serve; when it is back, what is missing is had.
donor_lost() {
	policies
	bind_many dira d 500
	start dira
	wait_for state_is dira ALONE
	# But the word that this was all comes.
	unheard 2 "udp length > 300"
	start dirb
	wait_for asked_often
	state_is dirb JOINING || fail "with nothing of it: $(state dirb)"
	in_ns dirb ipvsl7adm --ready 2>"$L7_TMP/err" || true
	grep -q "node 1 has not sent everything yet" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	both_ways loss 100%
	wait_for state_is dirb ALONE
	heard
	in_ns dira tc qdisc replace dev sync root netem delay 1ms
	in_ns dirb tc qdisc replace dev sync root netem delay 1ms
	wait_for state_is dirb READY
	wait_for same
}
asked_often() { [ "$(ctr dirb sync_nack_tx)" -ge 3 ]; }

# Both serve while they do not hear each other; then each gets what the other made.
split() {
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	wait_for state_is dirb READY
	both_ways loss 100%
	wait_for state_is dira ALONE
	wait_for state_is dirb ALONE
	bind_many dira left 100
	bind_many dirb right 100
	in_ns dira tc qdisc replace dev sync root netem delay 1ms
	in_ns dirb tc qdisc replace dev sync root netem delay 1ms
	wait_for silence_over
	wait_for same
	wait_for state_is dira READY
	wait_for state_is dirb READY
	assert_eq bindings "$(all_of dirb | wc -l)" 200
}
silence_over() { ! state_is dira ALONE && ! state_is dirb ALONE; }

# Meanwhile both give the same keys to different servers: afterwards they agree on each, as they do where each
# made one change (the lower node's), or one made more (the later one). What clients have open at either goes on.
conflicts() {
	local since
	policies
	both_serve
	# By what one hears of the other, both count on from the same generation.
	bind_many dirb c 20
	wait_for same
	bind_many dira a 1
	wait_for same
	both_ways loss 100%
	since=$EPOCHREALTIME
	wait_for state_is dira ALONE
	wait_for state_is dirb ALONE
	held dira "$VIP"
	held dirb "$VIP2"
	bind_many dira c 50 rs1
	bind_many dirb c 10 rs1
	bind_many dirb c 50 rs3
	[ "$(servers_of dira)" != "$(servers_of dirb)" ] || fail "no conflict"
	stay_alone "$since"
	agree
	go_on dira dirb
	go_on dirb dira
}
# stay_alone SINCE: for SPLIT seconds.
stay_alone() {
	while [ "$(elapsed_ms "$1")" -lt $((SPLIT * 1000)) ]; do
		sleep 1 # paced: so long is it that they do not hear each other
	done
	state_is dira ALONE && state_is dirb ALONE || fail "they hear each other"
}
agree() {
	local d n
	# So A hears what B has before that knows better, and each finds the conflicts.
	l7_netem dirb sync delay 1ms
	l7_netem dira sync delay 300ms
	wait_for agreed
	for d in dira dirb; do
		wait_for state_is $d READY
		n=$(ctr $d sync_conflict)
		[ "$n" -ge 40 ] || fail "$n conflicts were counted at $d"
		assert_eq "of 51 at $d" "$(bound_at $d rs1) $(bound_at $d rs2) $(bound_at $d rs3)" "40 1 10"
	done
}
# servers_of DIRECTOR: of the service's bindings: hash, server and node.
servers_of() { in_ns "$1" ipvsl7adm --bindings -n | awk -v s="$SVC" '$3 == s { print $NF, $4, $5 }' | sort; }
agreed() { silence_over && [ "$(servers_of dira)" = "$(servers_of dirb)" ]; }
bound_at() { servers_of "$1" | grep -cF " $(server_at "$2" 80) " || true; }

# both_serve: mirroring; the second address is B's, and rs3 is there alone, and answers by it.
both_serve() {
	local d svc in_b=${SRV1%1}22
	svc=$(url_host "$VIP2"):80
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at rs3 80)"
	l7_ipvs_service dirb "$VIP2" 80 rr rs3
	defer in_ns dirb ipvsadm -D -t "$svc"
	defer in_ns dira ipvsl7adm -D -t "$svc"
	ip -n dirb addr add "$VIP2" dev lo
	defer ip -n dirb addr del "$VIP2" dev lo
	ip -n client route add "$VIP2" via "$DIRB"
	defer ip -n client route del "$VIP2" via "$DIRB"
	ip -n rs3 route replace default via "$in_b"
	defer ip -n rs3 route replace default via "$GW"
	for d in dira dirb; do
		in_ns $d ipvsl7adm -A -t "$svc" -k cookie:SESSID
		start $d
	done
	wait_for state_is dira READY
	wait_for state_is dirb READY
}

# held DIRECTOR VIP: a connection by it that stands still.  go_on DIRECTOR OTHER: it does, and the other one has it.
held() {
	rm -f "$L7_TMP/go-$1"
	in_background "held-$1" client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_sockets.py" "$2" 80 held "$L7_TMP/go-$1"
	wait_for_text "$L7_TMP/held-$1.out" held
	wait_for flow_is "$1" SPLICED
}
go_on() {
	wait_for flow_is "$2" STANDBY "$(client_port "$1")"
	: >"$L7_TMP/go-$1"
	wait_for_lines "$L7_TMP/held-$1.out" 2
	assert_eq "the connection by $1" "$(tail -n 1 "$L7_TMP/held-$1.out")" answer
}
client_port() { sed -n 's/^held //p' "$L7_TMP/held-$1.out"; }
# flow_is DIRECTOR STATE [PORT]: there is such a connection, of that port of the client's.
flow_is() {
	in_ns "$1" ipvsl7adm --flows -n | awk -v s="$2" -v p=":${3-}" '
		$2 == s && (p == ":" || substr($3, length($3) - length(p) + 1) == p) { n++ } END { exit !n }'
}

# $1 does not hear the other, and is heard, while both make changes.
one_way() {
	local deaf=$1 other told=''
	other=$(l7_other "$1")
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	wait_for state_is dirb READY
	in_ns "$deaf" nft 'add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add rule inet l7test in iif sync udp dport 8849 drop'
	defer heard "$deaf"
	bind_many "$deaf" left 100
	# For a second it tells what it does. A slow machine does not do it within that.
	state_is "$deaf" ALONE || told=1
	bind_many "$other" right 100
	wait_for state_is "$deaf" ALONE
	bind_many "$other" later 100
	[ -z "$told" ] || wait_for has_all "$other" 300
	in_ns "$deaf" ipvsl7adm --del-binding cookie:SESSID=left7 -t "$SVC"
	heard "$deaf"
	wait_for not_alone "$deaf"
	wait_for same
	wait_for state_is dira READY
	wait_for state_is dirb READY
	assert_eq bindings "$(all_of dirb | wc -l)" 299
}
not_alone() { ! state_is "$1" ALONE; }
has_all() { [ "$(all_of "$1" | wc -l)" = "$2" ]; }

# They do not hear each other for a while: each gets what the other changed, and not everything.
silent() {
	local n
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	wait_for state_is dirb READY
	bind_many dira s $MANY
	wait_for same
	sleep 8 # paced: what changed shortly before is sent as well
	both_ways loss 100%
	wait_for state_is dira ALONE
	wait_for state_is dirb ALONE
	bind_many dira left 20
	bind_many dirb right 20
	in_ns dira ipvsl7adm --del-binding cookie:SESSID=s7 -t "$SVC"
	n=$(records)
	both_ways delay 1ms
	wait_for silence_over
	wait_for same
	wait_for state_is dira READY
	wait_for state_is dirb READY
	n=$(($(records) - n))
	[ $n -ge 41 ] && [ $n -lt $((MANY / 4)) ] || fail "$n of $MANY records were sent"
	[ "$(all_of dirb | wc -l)" = $((MANY + 39)) ] || fail "$(all_of dirb | wc -l) bindings"
}
records() { echo $(($(ctr dira sync_tx_records) + $(ctr dirb sync_tx_records))); }

# --- keepalived ---

# director DIRECTOR PRIORITY: for the address, as the documentation has it.
director() {
	keepalived_up "$1" <<-TXT
	vrrp_instance outside {
	  state BACKUP
	  interface out
	  virtual_router_id 77
	  priority $2
	  advert_int 1
	  virtual_ipaddress { 10.0.1.177/24 }
	  track_script { l7_ready }
	}
	TXT
}
serves() { ip -n "$1" -o addr show dev out | grep -q 10.0.1.177/; }

# The preferred director comes back with nothing: the other serves on until it has all.
no_early_takeover() {
	local L7_WAIT_MS=40000
	l7_family 4
	policies
	start dirb
	wait_for state_is dirb ALONE
	bind_many dirb k $MANY
	director dirb 100
	wait_for serves dirb
	both_ways rate 300kbit
	start dira
	director dira 150
	while ! is_ready dira; do
		! serves dira || is_ready dira || fail "dira serves, and is $(state dira)"
		read -r -t 0.2 -u "$L7_NEVER" || true
	done
	[ "$(all_of dira)" = "$(all_of dirb)" ] || fail "ready, but not the same"
	wait_for serves dira
	wait_for not_serves dirb
}
not_serves() { ! serves "$1"; }

# --- A planned switch ---

# One that drains is ready no more, has told its peers all, and works on; it does so as long as another
# is there.
drains() {
	policies
	refuses "not running"
	start dira
	wait_for state_is dira ALONE
	refuses "no peer is ready"
	start dirb
	wait_for state_is dirb READY
	wait_for state_is dira READY
	bind_many dira d 500
	in_ns dira ipvsl7adm --drain
	[ "$(all_of dirb)" = "$(all_of dira)" ] || fail "drained, and B has $(all_of dirb | wc -l) of 500"
	wait_for state_is dira DRAINING
	! is_ready dira || fail "ready"
	wait_for told dirb DRAINING
	state_is dirb READY || fail "dirb: $(state dirb)"
	bind later rs1
	wait_for here later
	in_ns dira ipvsl7adm --undrain
	wait_for is_ready dira
	in_ns dira ipvsl7adm --drain
	stop dirb
	wait_for state_is dira ALONE
}
refuses() {
	! in_ns dira ipvsl7adm --drain 2>"$L7_TMP/err" || fail "drains: $1"
	grep -q "$1" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	! state_is dira DRAINING
}
told() { in_ns "$1" ipvsl7adm --peers -n | grep -q " $2 "; }

# Changes that do not arrive: it says so, and drains all the same.
drains_in_vain() {
	policies
	start dira
	start dirb
	wait_for state_is dirb READY
	wait_for state_is dira READY
	unheard 1 "udp length > 0"
	bind lost rs1
	refuses_late
	heard
	wait_for here lost
	wait_for told dira READY
	in_ns dira ipvsl7adm --drain
}
refuses_late() {
	! in_ns dira ipvsl7adm --drain 2>"$L7_TMP/err" || fail "all is there"
	grep -q "has not confirmed" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	wait_for state_is dira DRAINING
}

# keepalived hands over, and takes back.
drained_hands_over() {
	local L7_WAIT_MS=40000
	l7_family 4
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	wait_for state_is dirb READY
	director dirb 100
	director dira 150
	wait_for serves dira
	in_ns dira ipvsl7adm --drain
	wait_for serves dirb
	wait_for not_serves dira
	state_is dira DRAINING
	in_ns dira ipvsl7adm --undrain
	wait_for serves dira
	wait_for not_serves dirb
}

ktap_plan 32
l7_topo_up
l7_nginx_up
mirror_key
run_test_v4v6 alone
run_test_v4v6 joins "join over a slow link" rate "$((1000 / ${L7_SLOW:-1}))kbit"
run_test_v4v6 joins "join, 1 of 5 lost" loss 20% delay 2ms
run_test_v4v6 afar "join from afar" 75ms
run_test_v4v6 afar "join from farther away" 200ms
run_test_v4v6 restart
run_test_v4v6 made_anew "policies made anew"
run_test_v4v6 donor_lost "the donor is cut off"
run_test_v4v6 split "split brain"
run_test_v4v6 conflicts "split brain of $SPLIT s with conflicts"
run_test_v4v6 one_way "B does not hear A" dirb
run_test_v4v6 one_way "A does not hear B" dira
run_test_v4v6 silent "a silence"
run_test_v4v6 drains "drain, and back"
run_test_v4v6 drains_in_vain "drain, unconfirmed"
run_test drained_hands_over "keepalived hands over when a director drains"
run_test no_early_takeover "keepalived waits for a director that is not ready"
ktap_exit
