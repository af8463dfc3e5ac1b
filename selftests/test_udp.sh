#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections of UDP services are mirrored, and go on at their servers through director B when director A dies.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"
# shellcheck source=rules.sh
. "$(dirname "$0")/rules.sh"

PORT=5300

services() {
	local f d rs
	for f in 4 6; do
		l7_family $f
		for d in dira dirb; do
			{
				echo "-A -u $VIP_URL:$PORT -s rr"
				for rs in $L7_SERVERS; do echo "-a -u $VIP_URL:$PORT -r $(server_of_rs "$rs") -m"; done
			} | in_ns $d ipvsadm -R
			in_ns $d ipvsl7adm -A -u "$VIP_URL:$PORT" --mirror connections
		done
	done
	for rs in $L7_SERVERS; do
		busybox nsenter --net="/run/netns/$rs" -- /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_udp.py" serve "$rs" \
			$PORT </dev/null >"$L7_TMP/udp-$rs" 2>&1 &
		wait_for_text "$L7_TMP/udp-$rs" listens
	done
}
server_of_rs() { case $FAMILY in 4) echo "10.0.2.${1#rs}:$PORT" ;; 6) echo "[fd00:2::${1#rs}]:$PORT" ;; esac; }

# udp CLIENT ARG...: one that stands still.
udp() {
	rm -f "$L7_TMP/ready" "$L7_TMP/gate"
	in_background udp client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_udp.py" "$1" "$VIP" $PORT "${@:2}" \
		"$L7_TMP/ready" "$L7_TMP/gate"
	wait_for_file "$L7_TMP/ready"
}
udp_goes_on() {
	local rc=0
	: >"$L7_TMP/gate"
	wait "$BG" || rc=$?
	assert_eq "$(tail -n 1 "$L7_TMP/udp.out")" $rc 0
}

# Six clients by round robin: each server is asked by two, also behind the takeover.
asks() {
	back_to_a
	defer back_to_a
	udp ask 6
	wait_for has_flows dirb STANDBY 6
	in_ns dira ipvsl7adm --flows -n | grep -q ' udp *$' || fail "$(in_ns dira ipvsl7adm --flows -n)"
	die
	udp_goes_on
	wait_for has_flows dirb PLAIN 6
}

# IPVS moves a stream whose server is removed; from then on it is the new one's, at B as well, where the
# old one is still there.
moved() {
	local d rs port
	back_to_a
	defer back_to_a
	for d in dira dirb; do until_end $d net.ipv4.vs.expire_nodest_conn=1; done
	udp chat
	read -r port <"$L7_TMP/udp.out"
	wait_for has_server "$port"
	rs=$(server_of_flow "$port")
	in_ns dira ipvsadm -d -u "$VIP_URL:$PORT" -r "$rs"
	defer in_ns dira ipvsadm -a -u "$VIP_URL:$PORT" -r "$rs" -m
	wait_for is_elsewhere "$port" "$rs"
	: >"$L7_TMP/gate"
	wait_for_text "$L7_TMP/udp.out" told
	die
	udp_goes_on
	assert_eq "another server" "$(server_of_flow "$port" | sort -u | grep -c .)" 1
}
# server_of_flow PORT: as B knows it.
server_of_flow() { in_ns dirb ipvsl7adm --flows -n | awk -v p=":$1" '/ udp *$/ && $3 ~ p "$" { print $5 }'; }
has_server() { [ -n "$(server_of_flow "$1")" ]; }
is_elsewhere() { has_server "$1" && [ "$(server_of_flow "$1")" != "$2" ]; }

# Who sends datagrams makes flows: an eighth of them, and none of TCP's.
limited() {
	local n all most before
	back_to_a
	# those of earlier tests
	n=$(in_ns dira ipvsl7adm --flows -n | grep -c ' udp *$' || true)
	all=$(in_ns dira ipvsl7adm --flows -n | wc -l)
	most=$((n + 4))
	[ $((8 * most)) -gt $((all + 64)) ] || most=$((all / 8 + 8))
	in_ns dira ipvsl7adm --set-limits flows=$((8 * most))
	defer in_ns dira ipvsl7adm --set-limits flows=1m
	before=$(counter dira plain)
	udp ask $((most - n + 2))
	assert_eq "flows of UDP" $(($(counter dira plain) - before)) $((most - n))
	hold 80
	wait_for grown_to $((before + most - n + 1))
	goes_on
	udp_goes_on
}
grown_to() { [ "$(counter dira plain)" = "$1" ]; }

# The client says nothing more; with rules that go by states.
streams() {
	local d
	back_to_a
	defer back_to_a
	for d in dira dirb; do
		until_end $d net.ipv4.vs.conntrack=1
		nft_rules $d "
		table inet l7test {
			chain forward { type filter hook forward priority 0;
				udp sport $PORT ct state != established drop
			}
		}"
	done
	udp listen
	wait_for has_flows dirb STANDBY 1
	die
	udp_goes_on
}

# One question and its answer make no flow.
single() {
	local before
	back_to_a
	before=$(counter dira plain)
	in_ns client /usr/bin/python3 -S -E -c '
import socket, sys
s = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
s.settimeout(20)
s.connect((sys.argv[1], int(sys.argv[2])))
s.send(b"who")
s.recv(2048)' "$VIP" $PORT
	assert_eq "flows" "$(counter dira plain)" "$before"
}

# What says nothing of UDP is refused; what is there is saved and comes back.
told() {
	local svc what
	l7_family 4
	svc=$VIP2:$PORT
	for what in "-k src" "-k cookie:A --mirror connections" "--ftp" "-p 60" "--mirror connections --group g"; do
		# shellcheck disable=SC2086
		! in_ns dira ipvsl7adm -A -u "$svc" $what 2>"$L7_TMP/error" || fail "-u $what is accepted"
		[ -s "$L7_TMP/error" ] || fail "-u $what: nothing is said"
	done
	! in_ns dira ipvsl7adm --reset-flows -u "$svc" 2>"$L7_TMP/error" || fail "reset"
	has_text "$L7_TMP/error" UDP || fail "reset: $(<"$L7_TMP/error")"
	in_ns dira ipvsl7adm -A -u "$svc" --mirror connections
	defer in_ns dira ipvsl7adm -D -u "$svc"
	in_ns dira ipvsl7adm -A -t "$svc" --mirror connections
	defer in_ns dira ipvsl7adm -D -t "$svc"
	in_ns dira ipvsl7adm -S | grep -q -- "^-A -u $svc " || fail "not saved"
	in_ns dira ipvsl7adm -L -n | grep -q "^UDP *$svc " || fail "not listed"
	in_ns dira ipvsl7adm -L --json | grep -q '"protocol": "udp"' || fail "not in JSON"
}

ktap_plan 11
l7_topo_up
l7_server_up
l7_nginx_up
PORTS=80
policies --mirror connections
mirror
services
run_test_v4v6 asks "sessions stay at their servers"
run_test_v4v6 moved "a server is removed before"
run_test_v4v6 limited "as many as may be"
run_test_v4v6 streams "a server that alone speaks"
run_test_v4v6 single "a question and its answer"
run_test told "refused, listed, saved"
pkill -f "l7_udp.py serve" || true
ktap_exit
