#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A director whose machine goes on as a copy, restored from a snapshot or cloned: it sends nothing more under
# the epoch that it had, which would repeat nonces, and joins anew.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=wire.sh
. "$L7_SELFTESTS/wire.sh"

CALM=10	# seconds, CALM_MS of sync_fork.c

both() {
	both_ready
	bind before rs1
	wait_for here before
	A=$(wire epoch 1)
	B=$(wire epoch 2)
}
anew_is() { [ "$(ctr "$1" sync_anew)" = "$2" ]; }
# They have what they had, and tell each other what is new.
mirror_on() {
	wait_for is_ready dira
	wait_for is_ready dirb
	here before || fail "a binding is lost"
	bind "after$1" rs3
	wait_for here "after$1"
	bind_many dirb "there$1" 1 rs2
	wait_for same
}

# It is tried until it works: by then with the keys that there were. An operator may end that.
interface() {
	wire family "$FAMILY" "$(group)"
	both
	wire join 9
	sleep "$CALM"
	rename sync away
	defer plug
	wire outrun 9 0x10000000000
	wait_for anew_is dirb 1
	wire leave 9
	in_ns dirb ipvsl7adm --sync | grep -q "^Mirroring: off" || fail "it runs"
	plug
	mirror_on 1
	wire join 9
	sleep "$CALM"
	rename sync away
	wire outrun 9 0x10000000000
	wait_for anew_is dirb 2
	wire leave 9
	stop dirb
	plug
	sleep 2	# paced
	! in_ns dirb ipvsl7adm --ready 2>/dev/null || fail "it began anew, all the same"
}
plug() { ! ip -n dirb link show away >/dev/null 2>&1 || rename away sync; }
# An interface that is up keeps its name, and one that was down has no address of IPv6.
rename() {
	ip -n dirb link set "$1" down
	ip -n dirb link set "$1" name "$2"
	ip -n dirb link set "$2" up
	ip -n dirb addr replace fd00:3::22/64 dev "$2" nodad
}

# A peer has heard more of it than it has said. What nobody can have said is no reason.
outrun() {
	wire family "$FAMILY" "$(group)"
	both
	wire join 9
	sleep "$CALM"
	wire outrun 9 0xffffffffffffffff
	wire outrun 9 0 0xffffffffffffffff
	wire outrun 9 0 1
	sleep 0.5	# paced
	assert_eq "began anew" "$(ctr dirb sync_anew)" 0
	assert_eq epoch "$(wire epoch 2)" "$B"
	wire outrun 9 "$@"
	wait_for anew_is dirb 1
	wire leave 9
	[ "$(wire epoch 2)" != "$B" ] || fail "under the same epoch"
	assert_eq "A began anew" "$(ctr dira sync_anew)" 0
	mirror_on 1
	stop dirb
	start dirb
	mirror_on 2
}

# A director in another life has bound the key in the same generation to another server. Whoever hears of both cannot
# tell which is later, but the director can.
two_lives() {
	local hash gen
	wire family "$FAMILY" "$(group)"
	both_ready
	bind_many dirb lived 1 rs3
	wait_for same
	hash=$(its hash dirb)
	gen=$(its generation dirb)
	wire join 9
	wire other_life 9 "$hash" "$gen"
	wait_for later "$gen"
	wire leave 9
	in_ns dirb ipvsl7adm --lookup cookie:SESSID=lived0 -t "$SVC" -n | grep -qF "$(server_at rs3 80)" || fail "moved"
}
# its FIELD DIRECTOR: of the one binding.
its() { in_ns "$2" ipvsl7adm --bindings --json | sed -n "s/.*\"$1\": \"\{0,1\}\([0-9a-f]*\).*/\1/p"; }
later() { [ "$(its generation dirb)" -gt "$1" ] && [ "$(its generation dira)" = "$(its generation dirb)" ]; }

# The hypervisor says so, to all namespaces of the machine.
told() {
	wire family "$FAMILY" "$(group)"
	[ -e "$L7_TMP/vmfork/vmfork.ko" ] || build
	both
	vmfork
	wait_for anew_is dira 1
	wait_for anew_is dirb 1
	[ "$(wire epoch 1)" != "$A" ] || fail "A under the same epoch"
	[ "$(wire epoch 2)" != "$B" ] || fail "B under the same epoch"
	mirror_on 1
	vmfork
	wait_for anew_is dirb 2
	mirror_on 2
	stop dira
	vmfork
	wait_for anew_is dirb 3
}
vmfork() {
	local out
	! out=$(insmod "$L7_TMP/vmfork/vmfork.ko" 2>&1) || fail "it stays loaded"
	grep -qi cancel <<<"$out" || fail "$out"
}
build() {
	local kdir
	kdir=/lib/modules/$(uname -r)/build
	[ -e "$kdir/Makefile" ] || skip "no headers of this kernel"
	mkdir -p "$L7_TMP/vmfork"
	cp "$L7_SELFTESTS"/vmfork/{Kbuild,vmfork.c} "$L7_TMP/vmfork"
	make -s -C "$kdir" M="$L7_TMP/vmfork" modules || fail "not built"
}

ktap_plan 10
l7_topo_up
mirror_key
wire_up
run_test_v4v6 outrun "a peer has heard more than was said" 0x10000000000
run_test_v4v6 outrun "a silent one did" 0 0x10000000000
run_test_v4v6 interface "the interface is not there"
run_test_v4v6 two_lives "said twice in one generation"
run_test_v4v6 told "the hypervisor says so"
ktap_exit
