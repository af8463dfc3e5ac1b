#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Four directors on one network mirror each other: all that one knows reaches all, whoever dies, comes,
# or hears badly.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=nodes.sh
. "$L7_SELFTESTS/nodes.sh"

# What each makes, all get; what one deletes is gone at all.
everyone() {
	local d
	fresh
	# shellcheck disable=SC2086
	begin $NODES
	# shellcheck disable=SC2086
	wait_for are_ready $NODES
	for d in $NODES; do bind_many "$d" "$d" 100; done
	# shellcheck disable=SC2086
	wait_for hold 400 $NODES
	in_ns dirc ipvsl7adm --del-binding cookie:SESSID=dira7 -t "$SVC"
	# shellcheck disable=SC2086
	wait_for hold 399 $NODES
	# shellcheck disable=SC2086
	nothing_lost $NODES
	assert_eq "peers of dird" "$(in_ns dird ipvsl7adm --peers -n | grep -c READY)" 3
}
one_by_one() { ONE_BY_ONE=1 everyone; }

# Each loses packets of its own, and all are repaired; who asks for what others asked for waits.
losses() {
	local d asked=0 resent
	fresh
	# shellcheck disable=SC2086
	begin $NODES
	# shellcheck disable=SC2086
	wait_for are_ready $NODES
	for d in dirb dirc dird; do l7_netem lan "$d-peers" loss 20%; done
	bind_many dira l 1000
	# shellcheck disable=SC2086
	wait_for hold 1000 $NODES
	# shellcheck disable=SC2086
	nothing_lost $NODES
	for d in dirb dirc dird; do asked=$((asked + $(ctr "$d" sync_nack_tx))); done
	resent=$(ctr dira sync_resent)
	[ "$asked" -gt 0 ] && [ "$resent" -gt 0 ] || fail "nothing was repaired: this shows nothing"
}

# The others go on, and when it is back it gets what it missed, from whom ever.
one_dies() {
	fresh
	# shellcheck disable=SC2086
	begin $NODES
	# shellcheck disable=SC2086
	wait_for are_ready $NODES
	pull dirb
	bind_many dira during 200
	wait_for hold 200 dira dirc dird
	pull dira
	bind_many dirc later 100
	wait_for hold 300 dirc dird
	plug dirb
	wait_for hold 300 dirb dirc dird
	plug dira
	# shellcheck disable=SC2086
	wait_for hold 300 $NODES
	# shellcheck disable=SC2086
	wait_for are_ready $NODES
}

# Three at once are served by one.
join_at_once() {
	fresh
	begin dira
	bind_many dira j 2000
	begin dirb dirc dird
	wait_for are_ready dirb dirc dird
	# shellcheck disable=SC2086
	hold 2000 $NODES || fail "ready, but not the same"
	# shellcheck disable=SC2086
	nothing_lost $NODES
}

# One of two who send everything dies in the midst of it: the other's is enough.
donor_dies() {
	fresh
	begin dira dirb
	wait_for are_ready dira dirb
	bind_many dira m 3000
	wait_for hold 3000 dira dirb
	l7_netem lan dirc-peers rate 2mbit
	begin dirc
	wait_for has_some dirc
	! is_ready dirc || fail "ready at once: this shows nothing"
	pull dira
	wait_for are_ready dirc
	hold 3000 dirb dirc || fail "ready with $(all_of dirc | wc -l) of 3000"
}
has_some() { [ "$(all_of "$1" | wc -l)" -ge 100 ]; }

ktap_plan 12
l7_topo_up
mirror_key
nodes_up
run_test_v4v6 everyone "what one knows, all know"
run_test_v4v6 one_by_one "the same by unicast"
run_test_v4v6 losses "each loses others"
run_test_v4v6 one_dies "two die, and come back"
run_test_v4v6 join_at_once "three join at once"
run_test_v4v6 donor_dies "a donor dies"
nodes_down
ktap_exit
