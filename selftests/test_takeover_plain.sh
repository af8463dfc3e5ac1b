#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connections that IPVS carries alone are mirrored where a policy asks for it, and go on through
# director B when director A dies: --mirror connections.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"
# shellcheck source=rules.sh
. "$(dirname "$0")/rules.sh"

# shellcheck disable=SC2034
DELAYED=

flows_json() { in_ns "$1" ipvsl7adm --flows --json; }
plain_at() { flows_json "$1" | grep -c '"plain": true' || true; }
# counts NAME N: director A's counter has grown by that since grown_from.
grown_from() { FROM=$(counter dira "$1"); }
grown_by() { assert_eq "growth of $1" $(($(counter dira "$1") - FROM)) "$2"; }

# fetch_slowly FILE: 20 MB in five seconds; fetched FILE: it came whole.
fetch_slowly() {
	l7_blob
	rm -f "$1"
	L7_CURL_SECONDS=90 client_get "/blob?rate=${RATE}k" -o "$1" &
	FETCH=$!
}
fetched() {
	local sum
	wait "$FETCH" || fail "curl: status $?"
	sum=$(sha256sum <"$1")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
}

# IPVS schedules as ever, nothing is delayed, and nothing but the listing shows a flow.
untouched() {
	local out
	back_to_a
	grown_from syn
	out=$(client_get "/who?[1-6]" -H 'Connection: close')
	assert_eq servers "$(server_of <<<"$out" | sort | uniq -c | awk '{ print $1 $2 }' | xargs)" \
		"2rs1 2rs2 2rs3"
	grown_by syn 0
	hold 80
	wait_for has_flows dira PLAIN 1
	wait_for has_flows dirb STANDBY 1
	flows_json dira | grep -q '"plain": true' || fail "$(flows_json dira)"
	[ "$(plain_at dirb)" -ge 1 ] || fail "$(flows_json dirb)"
	in_ns dira ipvsl7adm -L -n | grep -q '^ *mirror connections$' || fail "not listed"
	in_ns dira ipvsl7adm -S | grep -F -- "-t $VIP_URL:80 " | grep -q -- "--mirror connections" ||
		fail "not saved"
	goes_on
}

# What is reset ends at both.
reset() {
	back_to_a
	wait_for no_standby
	hold 80 reset
	wait_for has_flows dirb STANDBY 1
	: >"$L7_TMP/go"
	wait_for no_standby
	assert_eq "still there at A" "$(flows dira PLAIN)" 0
}
no_standby() { [ "$(flows dirb STANDBY)" = 0 ]; }

# The client takes the connection for open when A dies, though its answer to the server came to nobody.
handshake_lost() {
	local ready=$L7_TMP/ready gate=$L7_TMP/gate rc=0
	back_to_a
	defer back_to_a
	wait_for no_standby
	rm -f "$ready" "$gate"
	nft_rules dira "
	table inet l7test {
		chain prerouting { type filter hook prerouting priority -400;
			iif out tcp dport 80 tcp flags & (syn | ack) == ack drop
		}
	}"
	two_requests "$ready" "$gate"
	wait_for_file "$ready"
	wait_for has_flows dirb STANDBY 1
	die
	: >"$gate"
	wait "$BG" || rc=$?
	assert_eq "$(cat "$L7_TMP/two.out")" $rc 0
}

# mute: what the client answers to a server is lost; until speak.
mute() {
	in_ns client nft "add table inet l7mute; add chain inet l7mute out { type filter hook output priority 0; };
		add rule inet l7mute out tcp dport 8081 tcp flags & (syn | ack) == ack drop"
}
speak() { in_ns client nft delete table inet l7mute 2>/dev/null || true; }
# begin N: connections that say something when there is a file.
begin() {
	rm -f "$L7_TMP/begun" "$L7_TMP/speak"
	in_background begin client /usr/bin/python3 -S -E -c '
import os, socket, sys, time
socks = [socket.create_connection((sys.argv[1], 8081), timeout=20) for _ in range(int(sys.argv[2]))]
open(sys.argv[3], "w").close()
while not os.path.exists(sys.argv[4]):
    time.sleep(.01)
for s in socks:
    s.sendall(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"server=" in s.recv(4096)' "$VIP" "$1" "$L7_TMP/begun" "$L7_TMP/speak"
	wait_for_file "$L7_TMP/begun"
}
# Handshakes that nobody ends are followed as far as any may be pending, and all that end are.
handshakes() {
	local rc=0
	back_to_a
	wait_for no_standby
	in_ns dira ipvsl7adm --set-limits pending=3
	defer in_ns dira ipvsl7adm --set-limits pending=16k
	defer speak
	mute
	grown_from plain
	begin 8
	wait_for has_flows dirb STANDBY 3
	assert_eq "in mid-handshake" "$(flows dira PLAIN)" 3
	speak
	: >"$L7_TMP/speak"
	wait "$BG" || rc=$?
	assert_eq "$(cat "$L7_TMP/begin.out")" $rc 0
	grown_by plain 8
}

# A policy that splices, for connections that are older than itself.
older() {
	local out=$L7_TMP/older
	back_to_a
	defer back_to_a
	in_ns dira ipvsl7adm -D -t "$VIP_URL:80"
	defer edit --mirror connections
	wait_for no_standby
	fetch_slowly "$out"
	wait_for has_bytes "$out" 1000000
	assert_eq "flows without a policy" "$(flows dirb STANDBY)" 0
	edit -k cookie:SESSID --mirror connections
	wait_for has_flows dirb STANDBY 1
	grown_from syn
	client_get /who >/dev/null
	grown_by syn 1
	die
	fetched "$out"
}
edit() {
	local d
	for d in dira dirb; do
		in_ns "$d" ipvsl7adm -D -t "$VIP_URL:80" 2>/dev/null || true
		in_ns "$d" ipvsl7adm -A -t "$VIP_URL:80" "$@"
	done
}

# Without mirroring nothing is kept; it begins with the next packet once there is some.
not_mirroring() {
	local before
	back_to_a
	in_ns dira ipvsl7adm --stop-sync
	defer mirror
	before=$(counter dira plain)
	hold 80
	assert_eq "found" "$(counter dira plain)" "$before"
	goes_on
}

# The policy's end does not touch a connection.
policy_gone() {
	local out=$L7_TMP/gone
	back_to_a
	fetch_slowly "$out"
	wait_for has_bytes "$out" 1000000
	wait_for has_flows dira PLAIN 1
	in_ns dira ipvsl7adm -D -t "$VIP_URL:80"
	defer edit --mirror connections
	fetched "$out"
}
# direct -g|-i: direct routing, or tunnels: what servers answer does not pass the directors.
direct() {
	local rs addr d out=$L7_TMP/direct svc how=$1
	VIP2_URL=$(url_host "$VIP2")
	NODAD=
	[ "$FAMILY" = 4 ] || NODAD=1
	svc=$VIP2_URL:80
	[ "$how" = -g ] || modprobe -a ipip ip6_tunnel || skip "no ipip, ip6_tunnel"
	back_to_a
	defer back_to_a
	defer undirect
	for rs in rs1 rs2; do
		ip link add direct netns $rs type veth peer name $rs-direct netns lan
		ip -n lan link set $rs-direct master brout up
		addr=10.0.1.5${rs#rs}/24
		[ "$FAMILY" = 4 ] || addr=fd00:1::5${rs#rs}/64
		l7_sysctl $rs net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
		ip -n $rs link set direct up
		ip -n "$rs" addr add "$addr" dev direct ${NODAD:+nodad}
		ip -n $rs addr add "$VIP2" dev lo
		[ "$how" = -g ] || tunnel_end $rs
	done
	for d in dira dirb; do
		printf -- '-A -t %s -s rr\n-a -t %s -r %s %s\n-a -t %s -r %s %s\n' "$svc" \
			"$svc" "$(rs_at rs1)" "$how" "$svc" "$(rs_at rs2)" "$how" | in_ns $d ipvsadm -R
		in_ns $d ipvsl7adm -A -t "$svc" --mirror connections
	done
	VIP=$VIP2 VIP_URL=$VIP2_URL
	fetch_slowly "$out"
	wait_for has_bytes "$out" 3000000
	wait_for has_flows dirb STANDBY 1
	die
	fetched "$out"
	wait_for has_flows dirb CLOSING 1
	# What IPVS ends is not made anew.
	back_to_a
	server_removed "$how"
}

# The other end of a tunnel: the fallback device takes what comes from anywhere.
tunnel_end() {
	local dev=tunl0
	[ "$FAMILY" = 4 ] || dev=ip6tnl0
	ip -n "$1" link set $dev up
	l7_sysctl "$1" net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.tunl0.rp_filter=0
}

# server_removed -m|-g|-i: with its connections; a client that held one is told, and no other director goes on.
server_removed() {
	local how=$1 rs d
	for d in dira dirb; do l7_sysctl $d net.ipv4.vs.expire_nodest_conn=1; done
	defer forget_sysctl
	hold 80
	HELD_AT=$(awk '$1 == "held" { print $2 }' "$L7_TMP/held")
	wait_for is_held
	rs=$(held_by)
	in_ns dira ipvsadm -d -t "$VIP_URL:80" -r "$rs"
	defer in_ns dira ipvsadm -a -t "$VIP_URL:80" -r "$rs" "$how"
	wait_for ipvs_forgot
	# So long that the flow does not believe what it knew.
	read -r -t 6 -u "$L7_NEVER" || true
	: >"$L7_TMP/go"
	wait "$HELD" || true
	assert_eq "the connection" "$(tail -n 1 "$L7_TMP/held")" reset
	! is_held || fail "still there"
}
# held_by: the real server of what is held, or nothing.
held_by() {
	in_ns dira ipvsl7adm --flows -n |
		awk -v v="$VIP_URL:80" -v p=":$HELD_AT" '$2 == "PLAIN" && $4 == v && index($3 "|", p "|") { print $5 }'
}
is_held() { [ -n "$(held_by)" ]; }
ipvs_forgot() { ! in_ns dira ipvsadm -L -n -c | grep -q ":$HELD_AT .*ESTABLISHED\|ESTABLISHED.*:$HELD_AT "; }
forget_sysctl() { for d in dira dirb; do l7_sysctl $d net.ipv4.vs.expire_nodest_conn=0; done; }
nat_server_removed() {
	back_to_a
	server_removed -m
}
rs_at() { case $FAMILY in 4) echo "10.0.2.${1#rs}:80" ;; 6) echo "[fd00:2::${1#rs}]:80" ;; esac; }
undirect() {
	local rs d
	for rs in rs1 rs2; do
		ip -n lan link del $rs-direct
		ip -n $rs addr del "$VIP2" dev lo
	done
	for d in dira dirb; do
		in_ns $d ipvsl7adm -D -t "$VIP2_URL:80"
		in_ns $d ipvsadm -D -t "$VIP2_URL:80"
	done
} 2>/dev/null

# One with a helper of IPVS has sequence numbers of its own: it is left out.
helper() {
	local before svc
	l7_family 4
	svc=$VIP2:25
	back_to_a
	wait_for without_helper		# an earlier test's sessions may have held it
	modprobe ip_vs_ftp ports=25 || skip "no ip_vs_ftp"
	defer rmmod ip_vs_ftp
	l7_ipvs_service dira "$VIP2" 25
	defer in_ns dira ipvsadm -D -t "$svc"
	in_ns dira ipvsl7adm -A -t "$svc" --mirror connections
	defer in_ns dira ipvsl7adm -D -t "$svc"
	before=$(counter dira plain)
	assert_eq greeting "$(in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" \
		line "$VIP2" 25 | tr -d '\r' | cut -c1-6)" "220 rs"
	assert_eq "found" "$(counter dira plain)" "$before"
}

without_helper() { [ ! -e /sys/module/ip_vs_ftp ] || rmmod ip_vs_ftp; }

# IPVS' own daemon may run beside it.
beside_daemon() {
	l7_family 4
	back_to_a
	defer daemons stop
	daemons start
	transfer download
}
daemons() {
	case $1 in
	start)
		in_ns dira ipvsadm --start-daemon master --mcast-interface sync
		in_ns dirb ipvsadm --start-daemon backup --mcast-interface sync
		;;
	stop)
		in_ns dira ipvsadm --stop-daemon master
		in_ns dirb ipvsadm --stop-daemon backup
		;;
	esac
}

ktap_plan 40
l7_topo_up
l7_nginx_up
l7_server_up
policies --mirror connections
mirror
run_test_v4v6 untouched "scheduled as ever, and listed"
run_test_v4v6 closed
run_test_v4v6 reset "a client vanishes"
run_test_v4v6 handshake_lost "the end of a handshake comes to nobody"
run_test_v4v6 handshakes "as many handshakes as may be pending"
run_test_v4v6 transfer "in mid-download" download
run_test_v4v6 transfer "in mid-upload" upload
run_test_v4v6 session "before the first byte" handshake
run_test_v4v6 session "in a half-sent request" partial
run_test_v4v6 session "in keep-alive idle" keepalive
run_test_v4v6 session "client speaks first" echo
run_test_v4v6 session "server speaks first" push
run_test_v4v6 return_journey
run_test_v4v6 older "older than a policy that splices"
run_test_v4v6 not_mirroring "nothing without mirroring"
run_test_v4v6 policy_gone "the policy is deleted"
run_test_v4v6 nat_server_removed "its server is removed"
run_test_v4v6 direct "direct routing, and its server is removed" -g
run_test_v4v6 direct "tunnels, and the server is removed" -i
run_test helper "with a helper"
run_test beside_daemon "beside IPVS' daemon"
ktap_exit
