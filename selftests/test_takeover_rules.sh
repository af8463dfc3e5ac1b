#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What others know of a connection when it goes on at another director: connection tracking and rules that go
# by its states, IPVS' own counts, and ports that come again.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"
# shellcheck source=rules.sh
. "$(dirname "$0")/rules.sh"

# guarded LOOSE COMMAND...: a firewall at both directors that lets through what begins with a SYN, and what
# conntrack knows to go on, whether or not conntrack picks up what is under way.
guarded() {
	local d
	for d in dira dirb; do
		until_end $d net.ipv4.vs.conntrack=1 net.netfilter.nf_conntrack_tcp_loose="$1"
		nft_rules $d '
		table inet l7test {
			counter refused { }
			chain known {
				meta l4proto != tcp accept
				ct state established accept
				ct state new tcp flags & (fin | syn | rst | ack) == syn accept
				counter name refused drop
			}
			chain input { type filter hook input priority 0; jump known; }
			chain forward { type filter hook forward priority 0; jump known; }
		}'
	done
	"${@:2}"
}
refused() { in_ns "$1" nft list counter inet l7test refused | awk '$1 == "packets" { print $2 }'; }

# goes_on_guarded LOOSE KIND [...]: nothing of what goes on at B is refused there.
goes_on_guarded() {
	guarded "$@"
	assert_eq "packets refused at B" "$(refused dirb)" 0
}

# active DIRECTOR: connections that IPVS counts at VIP's port 80 as active; conns: all since ever.
active() { vip_sum "$1" 5; }
conns() { vip_sum "$1" 3 --stats --exact; }
vip_sum() {
	in_ns "$1" ipvsadm -L -n "${@:3}" | awk -v v="$VIP_URL:80" -v column="$2" '
		$1 == "TCP" { mine = $2 == v }
		$1 == "->" && mine { n += $column }
		END { print n + 0 }'
}
are_active() { [ "$(active "$1")" -le "$2" ]; }
answered() { [ "$(grep -c server= "$L7_TMP/two.out")" = "$1" ]; }

# There and back: IPVS counts a connection where it goes on, and once each time; where it no longer does, not
# for longer than neighbours may take to notice.
counts() {
	local ready=$L7_TMP/ready gates=("$L7_TMP/gate1" "$L7_TMP/gate2" "$L7_TMP/gate3") a b at_b rc=0
	back_to_a
	defer back_to_a
	rm -f "$ready" "${gates[@]}"
	# What an earlier test left at these servers may be active for a quarter of an hour.
	a=$(active dira) b=$(active dirb) at_b=$(conns dirb)
	two_requests "$ready" "${gates[@]}"
	: >"${gates[0]}"
	wait_for answered 1
	assert_eq "active at A" "$(active dira)" $((a + 1))
	wait_for has_flows dirb STANDBY 1
	l7_director_takes dirb
	: >"${gates[1]}"
	wait_for answered 2
	assert_eq "active at B" "$(active dirb)" $((b + 1))
	wait_for are_active dira "$a"
	l7_director_takes dira
	: >"${gates[2]}"
	wait "$BG" || rc=$?
	assert_eq "$(cat "$L7_TMP/two.out")" $rc 0
	wait_for are_active dira "$a"
	wait_for are_active dirb "$b"
	assert_eq "connections counted at B" $(($(conns dirb) - at_b)) 1
}

# The client's port comes again at the other director, as soon as its connection was closed by the server, or
# reset.
ports() {
	local how port=43000
	back_to_a
	defer back_to_a
	for how in server reset; do
		back_to_a
		port=$((port + 10 + FAMILY))
		sockets port_again 2 $port $how
		wait_for has_flows dirb CLOSING 1
		die
		sockets port_again 2 $port $how
	done
}

# windows CLIENT SERVER: there and back, with receive buffers (and so window scales) that differ.
windows() {
	local rs
	until_end client net.ipv4.tcp_rmem="4096 $1 $1"
	for rs in $L7_SERVERS; do until_end "$rs" net.ipv4.tcp_rmem="4096 $2 $2"; done
	return_journey
}

# A client that hears none of B's announcements goes on to send to A, which passes it on, until it asks.
unbelieving() {
	local out=$L7_TMP/journey pid a before
	l7_family 4
	back_to_a
	defer back_to_a
	l7_blob
	rm -f "$out"
	in_ns client nft "add table arp l7test; add chain arp l7test in { type filter hook input priority 0; };
		add rule arp l7test in arp saddr ip $VIP arp daddr ip $VIP drop"
	defer in_ns client nft delete table arp l7test
	# B's asking for the client would tell, too.
	ip -n dirb neigh replace 10.0.1.1 lladdr "$(mac_of client eth0)" dev out nud permanent
	defer ip -n dirb neigh del 10.0.1.1 dev out
	L7_CURL_SECONDS=90 client_get "/blob?rate=$((RATE / 2))k" -o "$out" &
	pid=$!
	wait_for has_bytes "$out" 3000000
	a=$(ip -n client neigh show "$VIP") before=$(counter dirb takeover)
	l7_director_takes dirb
	wait_for has_bytes "$out" $(($(stat -c %s "$out") + 2000000))
	assert_eq "A's address" "$(ip -n client neigh show "$VIP" | awk '{ print $5 }')" "$(awk '{ print $5 }' <<<"$a")"
	wait "$pid" || fail "curl: status $?"
	assert_eq checksum "$(sha256sum <"$out" | cut -d' ' -f1)" "$L7_BLOB_SHA256"
	[ "$(counter dirb takeover)" -gt "$before" ] || fail "nothing was taken over"
}

ktap_plan 31
l7_topo_up
l7_nginx_up
l7_server_up
policies -k cookie:SESSID
mirror
run_test_v4v6 counts "IPVS' counts, there and back"
run_test_v4v6 ports "a port again"
run_test_v4v6 windows "a client of small windows" 16384 6291456
run_test_v4v6 windows "servers of small windows" 6291456 16384
run_test unbelieving "a client that ignores announcements"
for loose in 1 0; do
	run_test_v4v6 goes_on_guarded "firewall, loose $loose: in keep-alive idle" $loose session keepalive
	run_test_v4v6 goes_on_guarded "firewall, loose $loose: server speaks first" $loose session push
	run_test_v4v6 guarded "firewall, loose $loose: there and back" $loose return_journey
done
in_ns dira ipvsl7adm -C
in_ns dirb ipvsl7adm -C
# shellcheck disable=SC2034
DELAYED=
for f in 4 6; do
	l7_family $f
	for d in dira dirb; do
		for port in 80 8081 7; do in_ns $d ipvsl7adm -A -t "$VIP_URL:$port" --mirror connections; done
	done
done
run_test_v4v6 counts "plain: IPVS' counts, there and back"
run_test_v4v6 goes_on_guarded "plain, firewall, loose 1: server speaks first" 1 session push
run_test_v4v6 goes_on_guarded "plain, firewall, loose 0: server speaks first" 0 session push
run_test_v4v6 guarded "plain, firewall, loose 0: there and back" 0 return_journey
run_test_v4v6 ports "plain: a port again"
ktap_exit
