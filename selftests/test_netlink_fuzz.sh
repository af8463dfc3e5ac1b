#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Generic netlink, fuzzed from its specification: random requests, valid and not, from one
# process and from several, and listings that are broken off.
#
# L7_SEED repeats a run; L7_NETLINK_FUZZ=N does N times as much.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

SEED=${L7_SEED:-$((RANDOM * 32768 + RANDOM))}
FACTOR=${L7_NETLINK_FUZZ:-1}

fuzz() {
	echo "again: L7_SEED=$SEED"
	in_ns dira "$L7_SELFTESTS/l7_netlink_fuzz.py" "$1" "$SEED" $(($2 * FACTOR))
}

# A debug kernel keeps freed memory for a while, and looks for leaks itself.
memory() {
	[ ! -e /sys/kernel/debug/kmemleak ] || skip "the kernel looks for leaks itself"
	fuzz memory 300
}

/usr/bin/python3 -c 'import yaml' 2>/dev/null || ktap_skip_all "no python3-yaml"
ktap_plan 4
l7_topo_up
l7_family 4
echo "# seed: $SEED"
run_test fuzz "random requests, one after the other" one 3000
run_test fuzz "random requests, several at once" many 4000
run_test fuzz "listings that are broken off, mixed and outrun" dumps 2000
run_test memory "memory does not grow"
ktap_exit
