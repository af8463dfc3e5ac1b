#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory that is not there: each place of the module that allocates is found by tracing, and
# fails once, and then each time for a while. Traffic goes on, commands say what is wrong, and
# afterwards everything is as before. For the debug kernel, which also finds what leaks.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=failslab.sh
. "$L7_SELFTESTS/failslab.sh"

# A session is learned, and found again, with a request in two pieces.
requests() {
	new_session timeout=20
	assert_eq "server of the session" \
		"$(client get path=/ "cookie=SESSID=$SESSION" timeout=20 | servers)" "$SERVER"
}
packets() {
	service 80 rr -- -k cookie:SESSID
	ONCE=1 sweep 5 requests
}

# What an operator does; each command may fail, but says why.
commands() {
	local bad=0
	adm() {
		in_ns dira ipvsl7adm "$@" >"$L7_TMP/adm.out" 2>"$L7_TMP/adm.err" && return
		bad=1
		[ -s "$L7_TMP/adm.err" ] || { echo "failed without a word: $*"; exit 2; }
		cat "$L7_TMP/adm.err"
	}
	adm -A -t "$VIP_URL:81" -k cookie:A -k src/24 --timeout 100s
	adm -E -t "$VIP_URL:81" -k cookie:B
	adm --add-binding cookie:B=x -t "$VIP_URL:81" -r "$(server_at rs1 81)"
	adm --lookup cookie:B=x -t "$VIP_URL:81"
	adm -L
	adm --bindings
	adm --flows
	adm --stats
	adm --reset-flows -t "$VIP_URL:81"
	adm -D -t "$VIP_URL:81"
	# not to meet the next round
	in_ns dira ipvsl7adm -D -t "$VIP_URL:81" 2>/dev/null || true
	return $bad
}
control() {
	l7_ipvs_service dira "$VIP" 81
	defer in_ns dira ipvsadm -D -t "$VIP_URL:81"
	sweep 5 commands
}

namespace() {
	local bad=0
	ip netns add nomem || bad=1
	if [ -e /run/netns/nomem ]; then
		in_ns nomem ipvsl7adm -A -t "$VIP_URL:80" -k src || bad=1
		in_ns nomem ipvsl7adm --add-binding src="$CLI1" -t "$VIP_URL:80" -r "$SRV1:80" || bad=1
		ip netns del nomem
	fi
	return $bad
}
namespaces() { sweep 5 namespace; }

# Both directors mirror, and what is bound at one is known to the other.
mirroring() {
	local d n=0 bad=0
	for d in dira dirb; do
		n=$((n + 1))
		in_ns $d ipvsl7adm --start-sync --interface sync --group "$GROUP" --node $n \
			--key-file "$L7_TMP/key" || bad=1
	done
	[ $bad != 0 ] || busywait 3000 mirrors || bad=1
	for d in dira dirb; do in_ns $d ipvsl7adm --stop-sync || true; done
	in_ns dirb ipvsl7adm --flush-bindings || true
	return $bad
}
mirrors() {
	in_ns dira ipvsl7adm --add-binding "cookie:SESSID=m$RANDOM" -t "$VIP_URL:80" \
		-r "$(server_at rs1 80)"
	[ "$(in_ns dirb ipvsl7adm --bindings -n | wc -l)" -gt 1 ]
}
sync() {
	case $FAMILY in 4) GROUP=239.0.0.88 ;; 6) GROUP=ff05::88 ;; esac
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	service 80 rr -- -k cookie:SESSID
	l7_ipvs_service dirb "$VIP" 80
	in_ns dirb ipvsl7adm -A -t "$SVC" -k cookie:SESSID
	defer in_ns dirb ipvsadm -C
	defer in_ns dirb ipvsl7adm -C
	sweep 5 mirroring
}

needs_failslab
ktap_plan 6
l7_topo_up
l7_nginx_up
l7_director_takes dira
l7_family 4
run_test control "allocations for commands"
run_test namespaces "allocations for namespaces"
run_test_v4v6 packets "allocations for packets"
run_test_v4v6 sync "allocations for mirroring"
ktap_exit
