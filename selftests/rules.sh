# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What a director is set to until a test case ends, and clients by sockets. Sources lib.sh.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# until_end NS KEY=VALUE...: set sysctls until the test case ends.
until_end() {
	local ns=$1 kv key
	shift
	for kv in "$@"; do
		key=${kv%%=*}
		defer in_ns "$ns" busybox sysctl -qw "$key=$(in_ns "$ns" busybox sysctl -n "$key")"
		in_ns "$ns" busybox sysctl -qw "$kv" || return
	done
}

# nft_rules NS RULES [NAME]: a table "inet NAME" (l7test) until the test case ends.
nft_rules() {
	in_ns "$1" nft -f - <<<"$2" || return
	defer in_ns "$1" nft delete table inet "${3:-l7test}"
}

# sockets SCENARIO [ARG...]: l7_sockets.py, from VIP, port 80 (or L7_PORT).
sockets() {
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_sockets.py" "$VIP" "${L7_PORT:-80}" "$@"
}

# mac_of NS DEVICE
mac_of() { ip -n "$1" -br link show dev "$2" | awk '{ print $3 }'; }
