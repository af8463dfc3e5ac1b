#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Directors compare their tables, and get what differs, whatever the reason: bindings and connections
# that were refused at their time, one among thousands, on request. What is on its way, and what
# expires, is no difference.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"

# peer DIRECTOR FIELD: of its only peer.
peer() { in_ns "$1" ipvsl7adm --peers --json | sed -n "s/^ *\"$2\": \\([^,]*\\),*$/\\1/p"; }
is_equal() { [ "$(peer "$1" equal)" = true ]; }
differs() { [ "$(peer "$1" differs)" -gt 0 ]; }
# asked DIRECTOR: how often for entries.
asked() { ctr "$1" sync_pull_tx; }
limit() { in_ns "$1" ipvsl7adm --set-limits "$2=$3"; }

# both: mirroring at both, until they have compared their tables.
both() {
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	wait_for state_is dirb READY
	wait_for is_equal dira
	wait_for is_equal dirb
}

nobody_asked() {
	assert_eq "dira asked" "$(asked dira)" 0
	assert_eq "dirb asked" "$(asked dirb)" 0
}

# Tables that are equal, also while they change.
alike() {
	local i
	both
	bind_many dira a 300
	bind_many dirb b 300
	wait_for same
	for ((i = 0; i < 120; i++)); do
		bind "c$i" rs1
	done
	wait_for same
	assert_eq bindings "$(all_of dirb | wc -l)" 720
	wait_for is_equal dira
	wait_for is_equal dirb
	nobody_asked
}

# What a director had no room for, it gets when it has.
refused() {
	both
	defer limit dirb bindings 1048576
	limit dirb bindings 100
	bind_many dira r 300
	wait_for differs dirb
	! is_equal dirb || fail "equal, with $(all_of dirb | wc -l) of 300"
	state_is dirb READY || fail "dirb: $(state dirb)"
	limit dirb bindings 1048576
	wait_for same
	wait_for is_equal dirb
	[ "$(asked dirb)" -gt 0 ] || fail "dirb did not ask"
	[ "$(ctr dira sync_pull_rx)" -gt 0 ] || fail "dira was not asked"
	[ "$(ctr dirb sync_differ)" -gt 0 ] || fail "no difference was counted"
	assert_eq "given up" "$(ctr dirb sync_rx_lost)" 0
}

# Of many, only the part in which it is is sent.
one_of_many() {
	local before got
	both
	bind_many dira m 3000
	wait_for same
	defer limit dirb bindings 1048576
	limit dirb bindings 3000
	bind late rs1
	wait_for differs dirb
	limit dirb bindings 1048576
	before=$(ctr dirb sync_rx_records)
	wait_for same
	got=$(($(ctr dirb sync_rx_records) - before))
	[ "$got" -lt 100 ] || fail "$got records for one"
}

# both_afresh: without the connections of earlier tests. hold_four: connections that stay.
both_afresh() {
	local d
	for d in dira dirb; do
		in_ns $d ipvsl7adm --reset-flows
	done
	both
}
hold_four() {
	client_background held hold count=4 reset=1 'text=GET /who HTTP/1.1\r\nHost: x\r\n\r\n'
	wait_for_text "$L7_TMP/held.out" "held 4 failed 0"
}
# full_at_dirb: both have the same hundred bindings, and dirb has room for no more.
full_at_dirb() {
	both
	bind_many dira z 100
	wait_for same
	wait_for is_equal dira
	wait_for is_equal dirb
	defer limit dirb bindings 1048576
	limit dirb bindings 100
}
# never_equal_at DIRECTOR WHEN: by its monitor, which runs since before.
never_equal_at() {
	local out=$L7_TMP/monitor.out
	! grep -q ', equal' "$out" || fail "$1 calls its peer equal, $2: $(cat "$out")"
}

# Sums that come when they have been looked at, and the differences not yet, say nothing.
too_late() {
	full_at_dirb
	both_ways loss 100%
	wait_for is_silent dira
	bind late rs1
	in_background monitor dira "$(type -P ipvsl7adm)" --monitor -n
	sums_late dirb 150ms
	l7_netem dira sync delay 0ms
	wait_for is_joined dira
	# Three rounds.
	read -r -t 9 -u "$L7_NEVER" || true
	never_equal_at dira "whose sums came too late"
	end_process "$BG"
	l7_netem dirb sync delay 0ms
	wait_for differs dirb
}
# sums_late DIRECTOR DELAY: of what it sends, packets as long as those with sums.
sums_late() {
	local proto=ip at=2
	[ "$FAMILY" = 4 ] || { proto=ipv6 at=4; }
	in_ns "$1" tc qdisc replace dev sync root handle 1: prio
	in_ns "$1" tc qdisc add dev sync parent 1:3 handle 3: netem delay "$2"
	in_ns "$1" tc filter add dev sync parent 1: protocol $proto u32 match u16 0x0200 0xfe00 at $at flowid 1:3
}
is_silent() { in_ns "$1" ipvsl7adm --peers -n | grep -q ' SILENT '; }
is_joined() { ! is_silent "$1" && [ "$(peer "$1" joined)" = true ]; }

# What was equal before a silence is not known to be after it: one round that finds something is not enough.
returned() {
	full_at_dirb
	both_ways loss 100%
	wait_for is_silent dira
	wait_for is_silent dirb
	in_background monitor dirb "$(type -P ipvsl7adm)" --monitor -n
	bind late rs1
	both_ways loss 0%
	wait_for differs dirb
	never_equal_at dirb "back from a silence"
	end_process "$BG"
}

# Connections, too: the peer can go on with them.
connections() {
	both_afresh
	defer limit dirb flows 262144
	limit dirb flows 1
	hold_four
	wait_for flows_are dira 4
	wait_for differs dirb
	! flows_are dirb 4 || fail "dirb has more than it has room for"
	limit dirb flows 262144
	wait_for flows_are dirb 4
	wait_for is_equal dirb
	end_process "$BG"
}
flows_are() { [ "$(in_ns "$1" ipvsl7adm --flows --json | grep -c '"state": "\(SPLICED\|STANDBY\)"')" = "$2" ]; }

# Who joins is not ready before it is equal.
joining() {
	policies
	bind_many dira j 300
	start dira
	wait_for state_is dira ALONE
	defer limit dirb bindings 1048576
	limit dirb bindings 100
	start dirb
	wait_for differs dirb
	state_is dirb JOINING || fail "dirb: $(state dirb)"
	in_ns dirb ipvsl7adm --ready 2>"$L7_TMP/err" || true
	grep -q "not ready: JOINING, node 1 has other entries" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	state_is dira READY || fail "dira: $(state dira)"
	limit dirb bindings 1048576
	wait_for state_is dirb READY
	[ "$(all_of dirb)" = "$(all_of dira)" ] || fail "ready, but not the same"
}

# All drop at the same time what is not used, and that is at the end of a quarter of its lifetime: it is
# over soon after one has begun, so that one that did not wait for its end would be found to differ.
expiry() {
	local d
	both
	for d in dira dirb; do
		in_ns $d ipvsl7adm -E -t "$SVC" -p 32
	done
	wait_for will_be_over_early
	bind_many dira x 200
	wait_for same
	L7_WAIT_MS=$((60000 * ${L7_SLOW:-1})) wait_for nothing_left
	nobody_asked
	wait_for is_equal dirb
}
# The kernel counts ends in seconds since it was booted, and 33 from now on.
will_be_over_early() {
	local up
	read -r up _ </proc/uptime
	[ $(((${up%.*} + 33) % 8)) = 1 ]
}
nothing_left() { [ -z "$(all_of dira)$(all_of dirb)" ]; }

# What was removed stays so, also without room to remember that it was.
flushed() {
	both
	defer limit dira bindings 1048576
	defer limit dirb bindings 1048576
	limit dira bindings 100
	limit dirb bindings 100
	bind_many dira f 90
	wait_for same
	in_ns dira ipvsl7adm --flush-bindings
	wait_for nothing_left
	# Two rounds of comparison.
	read -r -t 5 -u "$L7_NEVER" || true
	nothing_left || fail "came back: $(all_of dira | wc -l), $(all_of dirb | wc -l)"
	wait_for is_equal dirb
}

# An operator need not wait.
resync() {
	in_ns dira ipvsl7adm --resync 2>"$L7_TMP/err" && fail "without mirroring"
	grep -q "sync: not running" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	both
	bind_many dira s 200
	wait_for same
	in_ns dirb ipvsl7adm --resync
	wait_for sent_all dirb 200
	wait_for sent_all dira 200
	state_is dirb READY || fail "dirb: $(state dirb)"
	is_equal dirb || fail "dirb is not equal any more"
}
sent_all() { [ "$(ctr "$1" sync_tx_records)" -ge "$2" ]; }

# Policies that differ are named, at both.
policies_differ() {
	local other
	other="[fd00:1::100]:99"
	both
	assert_eq "at first" "$(diffs dira)$(diffs dirb)" ""
	in_ns dirb ipvsl7adm -E -t "$SVC" -p 999
	wait_for diffs_are dira "the policy of TCP $SVC differs"
	wait_for diffs_are dirb "the policy of TCP $SVC differs"
	in_ns dirb ipvsl7adm -E -t "$SVC" -p 1h
	wait_for diffs_are dira ""
	wait_for diffs_are dirb ""
	in_ns dirb ipvsl7adm -R <<<"-D -t $SVC
		-A -t $SVC -k header:X-Session"
	wait_for diffs_are dira "the policy of TCP $SVC differs"
	wait_for diffs_are dirb "the policy of TCP $SVC differs"
	in_ns dirb ipvsl7adm -R <<<"-D -t $SVC
		-A -t $SVC -k cookie:SESSID"
	wait_for diffs_are dira ""
	in_ns dirb ipvsl7adm -A -t "$other" -k src
	wait_for diffs_are dira "the policy of TCP $other is not here"
	wait_for diffs_are dirb "the policy of TCP $other is not there"
	assert_eq "JSON" "$(peer dira policies_differ)" true
	state_is dirb READY || fail "dirb: $(state dirb)"
	in_ns dirb ipvsl7adm -D -t "$other"
	wait_for diffs_are dira ""
}
# What is of a service that has no policy here is kept, or had later, and found as soon as it has one.
policy_late() {
	both_afresh
	in_ns dirb ipvsl7adm -D -t "$SVC"
	bind_many dira u 20
	wait_for same
	[ "$(ctr dirb sync_unresolved)" -ge 20 ] || fail "not told to be unresolved"
	! here u7 || fail "found without a policy"
	hold_four
	wait_for flows_are dira 4
	wait_for diffs_are dirb "the policy of TCP $SVC is not here"
	wait_for diffs_are dira "the policy of TCP $SVC is not there"
	in_ns dirb ipvsl7adm -A -t "$SVC" -k cookie:SESSID
	here u7 || fail "not found with a policy"
	assert_eq "bindings" "$(in_ns dirb ipvsl7adm --bindings -n | grep -cF " $(server_at rs2 80) ")" 20
	wait_for flows_are dirb 4
	wait_for same
	wait_for is_equal dirb
	wait_for diffs_are dirb ""
	end_process "$BG"
}

diffs() { in_ns "$1" ipvsl7adm --peers -n | sed -n 's/^Node [12]: //p'; }
diffs_are() { [ "$(diffs "$1")" = "$2" ]; }

ktap_plan 24
l7_topo_up
l7_nginx_up
mirror_key
run_test_v4v6 alike "equal tables"
run_test_v4v6 refused "bindings that were refused"
run_test_v4v6 one_of_many "one of many"
run_test_v4v6 too_late "sums that come too late"
run_test_v4v6 returned "back from a silence"
run_test_v4v6 connections
run_test_v4v6 joining
run_test_v4v6 expiry
run_test_v4v6 flushed "a large flush"
run_test_v4v6 resync "on request"
run_test_v4v6 policies_differ "policies that differ"
run_test_v4v6 policy_late "a policy that comes later"
ktap_exit
