#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's half of run.sh: guest.sh DIRECTORY [TEST]...
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

dir=$1
shift
tests=("$@")
[ $# -gt 0 ] || tests=(ipvs nft_synproxy conntrack_icmp_related conntrack_tcp_unreplied
	conntrack_vrf nft_conntrack_helper nft_nat nft_flowtable)

# Everywhere, always: packets pass the hooks of a namespace that has a policy.
policies_everywhere() {
	local f
	while :; do
		for f in /run/netns/*; do
			[ -e "$f" ] && [ ! -e "$L7_TMP/policies/${f##*/}" ] || continue
			in_ns "${f##*/}" ipvsl7adm -A -t 192.0.2.1:80 -k cookie:SESSID -k src &&
				: >"$L7_TMP/policies/${f##*/}"
		done 2>/dev/null
		sleep 0.05 # paced: nothing tells of a new namespace
	done
}

# upstream TEST LOG: its status.
upstream() {
	(cd "$dir" && timeout -k 10 600 "./$1.sh") >"$2" 2>&1 </dev/null
}

same_with_module() {
	local without with watcher seen
	[ -e "$dir/$1.sh" ] || skip "this kernel has no such test"
	rm -rf "$L7_TMP/policies"
	mkdir -p "$L7_TMP/policies"
	[ ! -e /sys/module/ip_vs_l7 ] || rmmod ip_vs_l7
	without=0
	upstream "$1" "$L7_TMP/without" || without=$?
	[ $without != $KSFT_SKIP ] || skip "$(tail -n 1 "$L7_TMP/without")"
	insmod "$L7_MODULE"
	policies_everywhere &
	watcher=$!
	defer eval "kill $watcher 2>/dev/null"
	with=0
	upstream "$1" "$L7_TMP/with" || with=$?
	kill $watcher
	if [ $with != $without ]; then
		tail -n 30 "$L7_TMP/without" "$L7_TMP/with"
		fail "without the module it ends with $without, with it with $with"
	fi
	# Else it was run without policies.
	seen=("$L7_TMP"/policies/*)
	[ -e "${seen[0]}" ] || fail "no namespace was seen"
	echo "status $with; policies in: ${seen[*]##*/}"
}

mkdir -p "$L7_TMP"
ktap_plan ${#tests[@]}
for t in "${tests[@]}"; do
	run_test same_with_module "$t" "$t"
done
ktap_exit
