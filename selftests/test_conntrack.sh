#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Connection tracking and firewalls on the director: with and without IPVS' own use of it, with
# rules that know the state of connections, and with ports that come again at once. conntrack
# must see ordinary connections in one sequence space.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

# What every case does under its rules.
exercise() {
	local out
	count_from reset
	out=$(client_get "/who?[1-5]" -H 'Connection: close')
	assert_eq requests "$(grep -c ^server= <<<"$out")" 5
	both_ways 2000000
	L7_PORT=7 sockets half_close 100000
	raw_up
	raw acked_pieces 3 3000 -- lost_first
	sockets port_again 10 45678 both
	assert_counted reset 0
}

# Packets that a rule with a counter has seen.
packets_of() {
	in_ns dira nft list counter inet l7test "$1" | awk '$1 == "packets" { print $2 }'
}

# vs_conntrack 0|1
vs_conntrack() { until_end dira net.ipv4.vs.conntrack="$1"; }

# Without a rule that asks for it, nothing is tracked.
with_tracking() {
	nft_rules dira 'table inet l7track {
		chain forward { type filter hook forward priority 0; ct state new accept; }
	}' l7track
}

plain_exercise() {
	vs_conntrack "$1"
	with_tracking
	exercise
}

# Nothing of an ordinary connection is invalid.
drop_invalid() {
	vs_conntrack 1
	nft_rules dira '
	table inet l7test {
		counter bad { }
		chain input { type filter hook input priority 0; ct state invalid counter name bad drop; }
		chain forward { type filter hook forward priority 0; ct state invalid counter name bad drop; }
		chain output { type filter hook output priority 0; ct state invalid counter name bad drop; }
	}'
	exercise
	assert_eq "invalid packets" "$(packets_of bad)" 0
}

# A firewall as an administrator writes it: what is new must be asked for.
stateful() {
	vs_conntrack 1
	nft_rules dira '
	table inet l7test {
		counter refused { }
		chain input { type filter hook input priority 0; policy accept;
			ct state established,related accept
			ct state new tcp dport { 80, 8081, 7 } accept
			meta l4proto != tcp accept
			counter name refused drop
		}
		chain forward { type filter hook forward priority 0; policy accept;
			ct state established,related accept
			meta l4proto != tcp accept
			counter name refused drop
		}
	}'
	exercise
	assert_eq "refused packets" "$(packets_of refused)" 0
}

# The connection's tracking as a whole: one entry, assured, of the client and the server.
tracked() {
	local entry
	vs_conntrack 1
	with_tracking
	in_ns dira conntrack -F
	hold
	entry=$(in_ns dira conntrack -f "ipv$FAMILY" -L -p tcp)
	entry=$(grep " dport=80 " <<<"$entry")
	let_go
	assert_eq entries "$(grep -c ESTABLISHED <<<"$entry")" 1
	grep -q ASSURED <<<"$entry" || fail "not assured: $entry"
	grep -q "dst=$VIP .* src=${SRV1%1}[123] " <<<"$entry" || fail "not translated: $entry"
}

notrack() {
	vs_conntrack "$1"
	nft_rules dira '
	table inet l7test {
		chain prerouting { type filter hook prerouting priority raw; tcp dport { 80, 8081, 7 } notrack; }
		chain output { type filter hook output priority raw; notrack; }
		chain server { type filter hook prerouting priority -299; tcp sport { 80, 8081, 7 } notrack; }
	}'
	exercise
}

# Rules of the raw table see a client's packets before the module does.
raw_rules() {
	nft_rules dira "
	table inet l7test {
		chain prerouting { type filter hook prerouting priority raw; tcp dport 80 drop; }
	}"
	count_from syn
	! client_get /who -m 1 2>/dev/null || fail "answered though the raw table drops"
	assert_counted syn 0
}

# ... all others see the connection, once, when there is a request.
later_rules() {
	nft_rules dira "
	table inet l7test {
		counter syns { }
		chain input { type filter hook input priority 0;
			tcp dport 80 tcp flags & (syn | ack) == syn counter name syns
		}
	}"
	client_get /who -o /dev/null
	assert_eq "SYNs in INPUT" "$(packets_of syns)" 1
}

# A rule refuses: the client is reset, or left alone by a rule that drops, never stuck for long.
refused() {
	nft_rules dira "
	table inet l7test {
		chain input { type filter hook input priority 0; tcp dport 80 reject with tcp reset; }
	}"
	! client_get /who -m 10 2>"$L7_TMP/error" || fail "answered though INPUT rejects"
	grep -q "reset by peer" "$L7_TMP/error" || fail "$(cat "$L7_TMP/error")"
}

ports_again() {
	vs_conntrack "$1"
	with_tracking
	count_from reset
	sockets port_again 60 45679 reset
	sockets port_again 60 45680 server
	sockets port_again 60 45681 both
	raw_up
	raw port_again 30
	assert_counted reset 0
}

ktap_plan 22
transport_up
run_test_v4v6 plain_exercise "conntrack off in IPVS" 0
run_test_v4v6 plain_exercise "conntrack on in IPVS" 1
run_test_v4v6 drop_invalid "rules that drop what is invalid"
run_test_v4v6 stateful "stateful rules"
run_test_v4v6 tracked "one entry of the connection"
run_test_v4v6 notrack "not tracked" 0
run_test_v4v6 raw_rules "rules of the raw table"
run_test_v4v6 later_rules "rules of the input hook"
run_test_v4v6 refused "a rule that rejects"
run_test_v4v6 ports_again "ports again at once, conntrack off" 0
run_test_v4v6 ports_again "ports again at once, conntrack on" 1
ktap_exit
