#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The network of the tests itself, with plain IPVS and no L7 policy: a NAT service answers
# through director A and, once the addresses have moved or A has died, through director B.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Requests, one connection each, reach the three servers in turn, and servers see the client.
# Sets PORTS to the client's.
round_robin() {
	local out
	out=$(client_get /who --interface "$CLI2" -H 'Connection: close' \
		--next -sS --interface "$CLI2" -H 'Connection: close' "http://$VIP_URL/who" \
		--next -sS --interface "$CLI2" -H 'Connection: close' "http://$VIP_URL/who")
	assert_eq servers "$(server_of <<<"$out" | sort | xargs)" "rs1 rs2 rs3"
	assert_eq "the client's address" "$(grep -c "client=$CLI2 " <<<"$out")" 3
	PORTS=$(sed -n 's/.* port=\([0-9]*\) .*/\1/p' <<<"$out" | xargs)
}

through() {
	[ "$(l7_active)" = "$1" ] || l7_director_takes "$1"
	round_robin
	assert_eq "connections through $1" "$(known "$1")" 3
}

# How many of the connections from PORTS director $1 knows.
known() {
	in_ns "$1" ipvsadm -lnc | awk -v vip="$VIP_URL:80" -v ports=" $PORTS " '
		$5 == vip { sub(/.*:/, "", $4); if (index(ports, " " $4 " ")) n++ }
		END { print n + 0 }'
}

after_cut() {
	[ "$(l7_active)" = dira ] || l7_director_takes dira
	l7_director_cut dira
	defer l7_director_restore dira
	through dirb
}

session_cookie() {
	local jar=$L7_TMP/jar first
	defer rm -f "$jar"
	client_get / -c "$jar" -o /dev/null
	first=$(awk '$6 == "SESSID" { print $7 }' "$jar")
	case $first in rs[123]-*) ;; *) fail "no cookie: $(cat "$jar")" ;; esac
	client_get / -b "$jar" -c "$jar" -o /dev/null
	assert_eq "cookie of the second visit" "$(awk '$6 == "SESSID" { print $7 }' "$jar")" "$first"
	client_get /logout -b "$jar" -c "$jar" -o /dev/null
	assert_eq "cookie after logout" "$(awk '$6 == "SESSID" { print $7 }' "$jar")" ""
}

far_address() {
	local far out
	far=$(far_client 4321)
	out=$(client_get /who --interface "$far")
	assert_eq "the client's address" "$(cut -d' ' -f2 <<<"$out")" "client=$far"
}

transfers() {
	local sum
	l7_blob
	sum=$(client_get /blob | sha256sum)
	assert_eq download "${sum%% *}" "$L7_BLOB_SHA256"
	sum=$(L7_PORT=8081 client_get /upload -T "$L7_BLOB")
	assert_eq upload "${sum#* }" "length=20000000 sha256=$L7_BLOB_SHA256"
	assert_eq pushes "$(L7_PORT=8081 client_get '/push?n=5&ms=10' | wc -l)" 5
	sum=$(in_ns client sh -c 'printf "%s\n" "$2" | socat -t 5 - "TCP:$1:7"' sh "$VIP_URL" hello)
	assert_eq echo "$sum" hello
}

# The check of the check: what is after the mark, and only that.
kernel_complaint() {
	local log='[ 1.0] BUG: before
[ 2.0] kernel_mark 1 2 a case
[ 3.0] DEBUG: no bug'
	echo "$log" | kernel_complaints "kernel_mark 1 2"
	! printf '%s\n%s\n' "$log" '[ 4.0] WARNING: CPU: 0 PID: 1 at x' |
		kernel_complaints "kernel_mark 1 2" >"$L7_TMP/complaints" || fail "not seen"
	assert_eq "what is shown" "$(grep -c . "$L7_TMP/complaints")" 3
	printf '%s\n' "$log" "$(suspicious net/netfilter/nf_tables_api.c)" | kernel_complaints "kernel_mark 1 2"
	! printf '%s\n' "$log" "$(suspicious net/netfilter/ipvs/ip_vs_conn.c)" |
		kernel_complaints "kernel_mark 1 2" >/dev/null || fail "not seen, of another file"
}

suspicious() {
	printf '[ 5.0] %s\n' "WARNING: suspicious RCU usage" 6.1.192-l7debug ----- \
		"$1:4122 RCU-list traversed in non-reader section!!"
}

ktap_plan 13
l7_topo_up
l7_nginx_up
l7_server_up
for f in 4 6; do
	l7_family $f
	l7_ipvs_service both "$VIP" 80
	l7_ipvs_service both "$VIP" 8081
	l7_ipvs_service both "$VIP" 7
done
run_test_v4v6 through "through dira" dira
run_test_v4v6 session_cookie
run_test_v4v6 far_address
run_test_v4v6 transfers
run_test_v4v6 through "after the addresses moved to dirb" dirb
run_test_v4v6 after_cut "after dira was cut off"
run_test kernel_complaint
ktap_exit
