#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Generic netlink: every refusal has its errno and an explanation that names the field; dumps
# list large tables once each; namespaces and privileges are kept apart.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

request() { in_ns dira "$L7_SELFTESTS/l7_netlink.py" "$@"; }

clear_all() {
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm --flush-bindings
}

refusals() {
	defer clear_all
	request "$1"
}

# More bindings than one message, one buffer or one look at the table holds.
large_dump() {
	local n=3000 rs i
	rs=$(url_host "$SRV1"):80
	defer clear_all
	in_ns dira ipvsl7adm -A -t "$VIP_URL:80" -k cookie:SID
	for ((i = 0; i < n; i++)); do
		echo "--add-binding cookie:SID=value$i -t $VIP_URL:80 -r $rs"
	done | in_ns dira ipvsl7adm -R
	in_ns dira ipvsl7adm --bindings -n | sed 1d | awk '{ print $NF }' | sort >"$L7_TMP/hashes"
	assert_eq "bindings listed" "$(wc -l <"$L7_TMP/hashes")" "$n"
	assert_eq "different ones" "$(uniq "$L7_TMP/hashes" | wc -l)" "$n"
	assert_eq "of another service" \
		"$(in_ns dira ipvsl7adm --bindings -n -t "$(url_host "$VIP2"):80" | wc -l)" 1
}

# Services enough for several messages.
many_services() {
	local i
	defer clear_all
	for ((i = 1; i <= 300; i++)); do
		echo "-A -t $VIP_URL:$((i + 1000)) -k cookie:NAME_$i -k src"
	done | in_ns dira ipvsl7adm -R
	assert_eq services "$(in_ns dira ipvsl7adm -S | grep -c ^-A)" 300
	assert_eq "services with counters" "$(in_ns dira ipvsl7adm --stats -n | grep -c ^TCP)" 300
	assert_eq "counters of each" \
		"$(in_ns dira ipvsl7adm --stats -nv | awk '
			/^[NT]/ { s++ }
			/^ / { n[s]++ }
			END { for (i = 1; i <= s; i++) if (n[i] != n[1]) print i, n[i]; print s }')" 301
}

namespaces() {
	defer clear_all
	in_ns dira ipvsl7adm -A -t "$VIP:80" -k src
	assert_eq "lines of dirb" "$(in_ns dirb ipvsl7adm -S | grep -c ^-A || true)" 0
	# Root of a user namespace, in a network namespace of its own.
	unshare -Urn sh -c 'ipvsl7adm -A -t 192.0.2.1:80 -k src && ipvsl7adm -S' |
		grep -q '^-A -t 192.0.2.1:80'
	assert_eq "lines of dira" "$(in_ns dira ipvsl7adm -S | grep -c ^-A)" 1
}

no_privilege() {
	in_ns dira setpriv --reuid 65534 --regid 65534 --clear-groups "$L7_SELFTESTS/l7_netlink.py" open
	# Root of a user namespace is nobody in another network namespace.
	in_ns dira unshare -Ur "$L7_SELFTESTS/l7_netlink.py" open
}

# A namespace goes with what was configured in it.
namespace_removed() {
	local i
	for i in 1 2 3 4 5; do
		ip netns add "gone$i"
		in_ns "gone$i" ipvsl7adm -A -t 192.0.2.1:80 -k cookie:A -k src
		in_ns "gone$i" ipvsl7adm --add-binding cookie:A=x -t 192.0.2.1:80 -r 10.0.0.1:80
		ip netns del "gone$i"
	done
}

# Changes and listings at the same time.
parallel() {
	local i j
	defer clear_all
	for i in 1 2 3; do
		for ((j = 0; j < 40; j++)); do
			echo "-A -t $VIP:$((i * 1000 + j)) -k cookie:A"
			echo "--add-binding cookie:A=x -t $VIP:$((i * 1000 + j)) -r 10.0.0.1:80"
			echo "-E -t $VIP:$((i * 1000 + j)) -k src -p $((j + 1))"
			[ $((j % 2)) = 0 ] || echo "-D -t $VIP:$((i * 1000 + j))"
		done | in_ns dira ipvsl7adm -R &
	done
	for i in 1 2 3 4 5; do
		in_ns dira ipvsl7adm -L -n >/dev/null
		in_ns dira ipvsl7adm --bindings --json >/dev/null
		in_ns dira ipvsl7adm --stats -n >/dev/null
	done
	wait
	assert_eq "services left" "$(in_ns dira ipvsl7adm -S | grep -c ^-A)" 60
}

ktap_plan 14
l7_topo_up
l7_family 4
clear_all
run_test refusals "a missing attribute is refused and named" missing
run_test refusals "a value out of range is refused and named" range
run_test refusals "a wrong attribute is refused and named" form
run_test refusals "what the state does not allow is refused and named" state
run_test refusals "requests and their answers" answers
run_test refusals "random attributes" fuzz
run_test_v4v6 large_dump "a large table is listed once"
run_test_v4v6 many_services "many services and their counters"
l7_family 4
run_test namespaces
run_test no_privilege
run_test namespace_removed
run_test parallel
ktap_exit
