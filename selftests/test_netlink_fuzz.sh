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

/usr/bin/python3 -c 'import yaml' 2>/dev/null || ktap_skip_all "no python3-yaml"
ktap_plan 4
l7_topo_up
l7_family 4
echo "# seed: $SEED"
run_test fuzz "random requests, one after the other" one 1500
run_test fuzz "random requests, several at once" many 2000
run_test fuzz "listings that are broken off, mixed and outrun" dumps 1000
run_test fuzz "memory does not grow" memory 300
ktap_exit
