#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Memory that is not there, for the kinds of services: each place that allocates for one fails once, and
# then each time for a while. What a client gets meanwhile may be wrong, or nothing; afterwards everything is as
# before. For the debug kernel, which also finds what leaks. Each place has its turn in one of the families, as
# a failure that lasts takes a client its timeout.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"
# shellcheck source=vsftpd.sh
. "$L7_SELFTESTS/vsftpd.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=failslab.sh
. "$L7_SELFTESTS/failslab.sh"

# The first answer names its server with a cookie, by which the second one comes from there.
get_named() {
	local out
	out=$(client get timeout=6 ${ANSWER:+"path=$ANSWER"})
	SERVER=$(servers <<<"$out")
	assert_eq "server" "$(client get timeout=6 "cookie=SRV=${out##*set=SRV=}" | servers)" "$SERVER"
}
# named KEY [PATH]: of the first answer.
named() {
	ANSWER=${2-}
	service 8081 rr -- -k "$1"
	sweep 3 get_named
}

# To a pool by what is asked for, over plain HTTP and by the name in a ClientHello.
get_steered() {
	assert_eq "by path" "$(ask a.example /api/ timeout=6)" rs3
	assert_eq "by host" "$(ask one.example / timeout=6)" rs1
}
steered() {
	one_each
	service $HTTP rr -- -s 'path:/api/*=fwmark:3' -s host:one.example=fwmark:1
	sweep 3 get_steered
}
get_by_name() { assert_eq "by name" "$(ask_tls two.example)" rs2; }
by_name() {
	one_each $TLS
	service $TLS rr -- -s sni:two.example=fwmark:2
	sweep 3 get_by_name
}

# A header comes, and goes.
get_proxied() {
	assert_eq "server" "$(L7_CURL_SECONDS=1 L7_PORT=$HTTP client_get / --haproxy-protocol | server_of | cut -c1-2)" rs
}
proxied() {
	service $HTTP rr -- -k cookie:SESSID --accept-proxy
	sweep 3 get_proxied
}

# A session with data connections in both modes.
get_by_ftp() {
	local mode name
	for mode in '' '-P -'; do
		# shellcheck disable=SC2086
		name=$(in_ns client curl -sS --connect-timeout 6 --max-time 20 $mode "ftp://$VIP_URL:21/name")
		case $name in rs[123]) ;; *) fail "$mode: $name" ;; esac
	done
}
ftp() {
	local rs
	mkdir -p "$L7_TMP/ftp/empty"
	for rs in $L7_SERVERS; do
		mkdir -p "$L7_TMP/ftp/$rs"
		echo "$rs" >"$L7_TMP/ftp/$rs/name"
		vsftpd_config "$rs" >"$L7_TMP/ftp/$rs.conf"
		in_background "vsftpd-$rs" "$rs" vsftpd "$L7_TMP/ftp/$rs.conf"
		wait_for_listen "$rs" 21
	done
	service 21 rr -- --ftp
	sweep 3 get_by_ftp
}

# A connection goes on through director B, and comes back.
carry_on() {
	local pid
	l7_director_takes dira
	rm -f "$L7_TMP/go" "$L7_TMP/held"
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_sockets.py" "$VIP" "$PORT" held "$L7_TMP/go" \
		>"$L7_TMP/held" 2>&1 &
	pid=$!
	busywait $((20000 * ${L7_SLOW:-1})) has_text "$L7_TMP/held" held || { kill $pid; return 1; }
	busywait $((2000 * ${L7_SLOW:-1})) stands_by || true
	l7_director_takes dirb
	: >"$L7_TMP/go"
	wait $pid || true
	l7_director_takes dira
	has_text "$L7_TMP/held" answer
}
stands_by() { in_ns dirb ipvsl7adm --flows -n | grep -q STANDBY; }
# taken_over POLICY-ARG...
taken_over() {
	service 80 rr -- "$@"
	l7_ipvs_service dirb "$VIP" 80
	defer in_ns dirb ipvsadm -C
	in_ns dirb ipvsl7adm -A -t "$SVC" "$@"
	defer in_ns dirb ipvsl7adm -C
	start dira && start dirb || fail "mirroring"
	defer stop dira
	defer stop dirb
	sweep 3 carry_on
}

needs_failslab
HALF=1
ktap_plan 16
l7_topo_up
l7_nginx_up
l7_server_up
steer_up
mirror_key
l7_director_takes dira
run_test_v4v6 named "a cookie is inserted" cookie:SRV,insert
run_test_v4v6 named "a cookie is overwritten" cookie:SRV,rewrite \
	"/answer?h=Set-Cookie:+SRV=0123456789abcdef.rest;+Path=/"
run_test_v4v6 steered "steering by path and host"
run_test_v4v6 by_name "steering by name"
run_test_v4v6 proxied "PROXY headers"
run_test_v4v6 ftp "FTP"
run_test_v4v6 taken_over "takeover" -k cookie:SESSID
run_test_v4v6 taken_over "takeover, plain" --mirror connections
steer_down
ktap_exit
