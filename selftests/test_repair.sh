#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mirroring over a link that loses, corrupts, reorders and doubles packets: all changes are at the peer soon,
# packet by packet, without everything being sent again.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"

CHANGES=60

# mirrored: both directors mirror.
mirrored() {
	local d
	policies
	for d in dira dirb; do start $d; done
	for d in dira dirb; do wait_for state_is $d READY; done
	bind first rs1
	wait_for here first
	STALE=$(ctr dirb sync_stale)
}

nothing_missing() {
	in_ns dirb ipvsl7adm --peers --json | grep -q '"missing": 0,'
}

# change N: so many sessions begin, each with a binding and a connection that comes and goes.
change() { client get path=/ count="$1" >/dev/null; }

# lossy ARG...: of netem. Nothing is lost for good.
lossy() {
	mirrored
	both_ways "$@"
	change $CHANGES
	wait_for nothing_missing
	wait_for same
	assert_eq "given up" "$(ctr dirb sync_rx_lost)" 0
	[ "$(ctr dirb sync_nack_tx)" -gt 0 ] || fail "nothing was asked for"
	[ "$(ctr dira sync_resent)" -gt 0 ] || fail "nothing was sent again"
}

# By and by: nothing but what is missing is sent again. (When signs of life are lost in a row, a peer is
# thought dead, and gets everything.)
by_packets() {
	lossy "$@"
	# A walk over all would tell of each once more.
	[ $(($(ctr dirb sync_stale) - STALE)) -lt $CHANGES ] || fail "everything was sent again"
}

# What is changed on its way is dropped by UDP's sum, and sent again.
corrupted() {
	local before CHANGES=120
	before=$(bad_sums)
	lossy corrupt 5%
	wait_for more_bad_sums "$before"
	assert_eq "malformed frames" "$(ctr dirb sync_rx_malformed)" 0
}
bad_sums() {
	case $FAMILY in 4) set -- UdpInCsumErrors ;; 6) set -- Udp6InCsumErrors ;; esac
	in_ns dirb nstat -asz "$1" | awk -v n="$1" '$1 == n { print $2 }'
}
more_bad_sums() { [ "$(bad_sums)" -gt "$1" ]; }

# Without that, as it does not authenticate.
corrupted_unsummed() {
	local CHANGES=120
	l7_family 4
	in_ns dirb nft 'add table inet l7test; add chain inet l7test in { type filter hook prerouting priority -400; };
		add rule inet l7test in iif sync udp dport 8849 udp checksum set 0'
	defer heard
	lossy corrupt 5%
	wait_for not_authentic
	assert_eq "malformed frames" "$(ctr dirb sync_rx_malformed)" 0
}
not_authentic() { [ "$(ctr dirb sync_rx_auth)" -gt 0 ]; }

# Late and doubled packets are not asked for; there are two of a change, and 1 of 100 may be.
reordered() {
	mirrored
	both_ways delay 1ms reorder 75% duplicate 10%
	change $CHANGES
	wait_for same
	assert_eq "given up" "$(ctr dirb sync_rx_lost)" 0
	[ "$(ctr dira sync_resent)" -le $((CHANGES / 50)) ] ||
		fail "$(ctr dira sync_resent) packets were sent again"
}

# What overtakes all that is on its way for 10 ms is no sign of loss, where it is known how far the peer is.
overtaken() {
	local before CHANGES=200
	mirrored
	both_ways delay 10ms reorder 25%
	wait_for is_far dirb
	before=$(ctr dira sync_resent)
	change $CHANGES
	wait_for same
	assert_eq "given up" "$(ctr dirb sync_rx_lost)" 0
	[ $(($(ctr dira sync_resent) - before)) -le $((CHANGES / 100)) ] ||
		fail "$(($(ctr dira sync_resent) - before)) packets were sent again"
}
is_far() { [ "$(rtt_us "$1")" -ge 12000 ]; }

# The last packet of all is missed as well, and asked for until it comes.
the_last() {
	mirrored
	unheard 1
	bind last rs2
	wait_for asked_often
	! here last || fail "it was not lost"
	in_ns dirb ipvsl7adm --peers --json | grep -q '"missing": 1,' || fail "it is not told to be missing"
	in_ns dira ipvsl7adm --peers --json | grep -q '"unconfirmed": 1,' || fail "it is not told to be unconfirmed"
	heard
	wait_for here last
	wait_for nothing_missing
	wait_for confirmed
	in_ns dirb ipvsl7adm --peers --json | grep -q '"repaired": 1,' || fail "not told to be repaired"
	assert_eq "given up" "$(ctr dirb sync_rx_lost)" 0
}
asked_often() { [ "$(ctr dirb sync_nack_tx)" -ge 3 ]; }
confirmed() { in_ns dira ipvsl7adm --peers --json | grep -q '"unconfirmed": 0,'; }

# What is asked for in vain is given up after a while, and everything is asked for.
in_vain() {
	mirrored
	unheard 1
	bind vain rs2
	wait_for lost_one
	# By the walk, which comes in another lane.
	wait_for here vain
	wait_for nothing_missing
	heard
	bind after rs1
	wait_for here after
}
lost_one() { [ "$(ctr dirb sync_rx_lost)" -ge 1 ]; }

# What finds no room at the receiver is lost as on the way: all at once, to one that joins.
no_room() {
	local d
	policies
	start dira
	bind_many dira s 3000
	start dirb --receive-buffer 4k
	for d in dira dirb; do wait_for state_is $d READY; done
	wait_for nothing_missing
	wait_for same
	[ "$(in_ns dirb cat /proc/net/snmp /proc/net/snmp6 | no_room_of)" -gt 0 ] || fail "there was room for all"
}
# Packets that found no room, of both families.
no_room_of() {
	awk '/^Udp: [0-9]/ { n += $6 }
		/^Udp6RcvbufErrors/ { n += $2 }
		END { print n + 0 }'
}

# A director that stops waits until its peer has all.
stop_under_loss() {
	mirrored
	both_ways loss 30%
	bind_many dira s 50
	stop dira
	assert_eq "bindings at once" "$(all_of dirb)" "$(all_of dira)"
}

ktap_plan 23
l7_topo_up
l7_nginx_up
mirror_key
run_test_v4v6 by_packets "1 of 10 lost" loss 10%
run_test_v4v6 by_packets "1 of 4 lost" loss 25%
run_test_v4v6 lossy "half lost" loss 50%
run_test_v4v6 lossy "losses in a row" loss gemodel 5% 30%
run_test_v4v6 corrupted "1 of 20 corrupted"
run_test corrupted_unsummed "1 of 20 corrupted, without UDP's sum, IPv4"
run_test_v4v6 reordered
run_test_v4v6 overtaken
run_test_v4v6 the_last "the last packet"
run_test_v4v6 in_vain "asked for in vain"
run_test_v4v6 stop_under_loss "stop under loss"
run_test_v4v6 no_room "a tiny receive buffer"
ktap_exit
