#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ipvsl7adm --selftest tells what is wrong with the channel of the directors, and that nothing is.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=wire.sh
. "$L7_SELFTESTS/wire.sh"

OTHER=$L7_TMP/other.key

# id_of FILE: of the key in it.
id_of() {
	PYTHONPATH=$L7_SELFTESTS /usr/bin/python3 -S -c "import l7_wire, sys
print(l7_wire.Key(bytes.fromhex(open(sys.argv[1]).read())).id)" "$1"
}
# tested DIRECTOR: nothing is wrong. Leaves what was printed in OUT.
tested() {
	OUT=$(in_ns "$1" ipvsl7adm --selftest -n 2>&1) || fail "$OUT"
}
# found DIRECTOR WORDS...: something is, and that is told.
found() {
	local words rc=0
	OUT=$(in_ns "$1" ipvsl7adm --selftest -n 2>&1) || rc=$?
	assert_eq "exit status" $rc 1
	for words in "${@:2}"; do
		grep -q -- "$words" <<<"$OUT" || fail "no '$words' in: $OUT"
	done
}
json() { in_ns "$1" ipvsl7adm --selftest --json 2>/dev/null | python3 -c "import json, sys; t = json.load(sys.stdin); print($2)"; }
# full MTU: bytes of a packet in which the interface's MTU leaves no room.
full() { echo $(($1 - 8 - (FAMILY == 4 ? 20 : 40))); }
# misses MATCH: dirb does not hear what of the directors' link matches, until the case ends, or heard.
misses() {
	in_ns dirb nft "add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add rule inet l7test in iif sync $1 drop"
	defer heard
}
mtu() {
	ip -n dira link set sync mtu "$1"
	ip -n dirb link set sync mtu "$1"
}

healthy() {
	both_ready
	tested dira
	grep -q "^ *2 .* ok$" <<<"$OUT" || fail "$OUT"
	tested dirb
	assert_eq "full packets" "$(json dira '[(p["node"], p["ok"], p["full_bytes"]) for p in t["peers"]]')" \
		"[(2, True, $(full 1500))]"
	assert_eq "clock, time there and back" "$(json dira '[abs(p["clock_ahead_ms"]) < 1000 and
		0 < p["rtt_us"] < 1e6 and 0 < p["full_rtt_us"] < 1e6 for p in t["peers"]]')" "[True]"
	assert_eq "refused" "$(json dira 'sum(t["refused"].values())')" 0
	assert_eq "unheard" "$(json dira 't["unheard"]')" "[]"
}

# Packets are as long as the interface carries them, and no longer than they may be.
of_size() {
	local most
	most=$(full "$1")
	both_ready
	defer mtu 1500
	mtu "$1"
	wait_for full_is $((most < 8192 ? most : 8192))
	tested dira
}
full_is() { [ "$(json dira 't["packet_bytes"]')" = "$1" ] && [ "$(json dirb 't["packet_bytes"]')" = "$1" ]; }

# Something on the way carries less than the interfaces.
narrow() {
	both_ready
	misses "udp length gt 1300"
	found dira "packets of $(full 1500) bytes are lost, shorter ones are not"
	found dirb "packets of $(full 1500) bytes are lost, shorter ones are not"
}

# One hears the other, which does not hear it.
one_way() {
	both_ready
	misses "udp dport 8849"
	wait_for deaf
	found dirb "silent for"
	assert_eq "with" "$(json dira '[p["wrong"] for p in t["peers"]]')" "['is heard, but does not hear this director']"
	heard
	wait_for hears
}
deaf() { in_ns dira ipvsl7adm --selftest 2>/dev/null | grep -q "is heard, but does not hear this director"; }
hears() { in_ns dirb ipvsl7adm --selftest >/dev/null 2>&1; }

# The same from the beginning: the one that is heard can't prove that it is alive.
never() {
	policies
	misses "udp dport 8849"
	start dira
	start dirb
	wait_for challenged
	found dira "no peer is heard" "(sync_rx_unknown_epoch): of a director that does not answer"
}
challenged() { [ "$(ctr dira sync_rx_unknown_epoch)" -gt 0 ]; }

# A good peer, and somebody else with this director's number.
twin() {
	both_ready
	wire family "$FAMILY" "$(group)"
	(for _ in {1..100}; do wire stranger 1 node=2; done) &
	found dirb "^ *1 .* ok$" "(sync_rx_own_id): of another director with this node's number"
	wait $!
}

other_key() {
	policies
	start dira
	KEY=$OTHER start dirb
	wait_for told_of_key
	found dira "no peer is heard" "packets were refused meanwhile (sync_rx_key)"
	[ "$(json dira 't["refused"]["sync_rx_key"]')" -gt 0 ] || fail "$(json dira t)"
	assert_eq "JSON" "$(json dira 't["other_key_heard"]')" True
}
told_of_key() { in_ns dira ipvsl7adm --selftest 2>/dev/null | grep -q "^Somebody sends under a key that is not installed"; }

# Of those whom mirroring was started with, one is there.
absent() {
	local gone=${SYNCB%22}23
	policies
	in_ns dira ipvsl7adm --start-sync --interface sync --peer "$SYNCB" --peer "$gone" --node 1 --key-file "$KEY"
	in_ns dirb ipvsl7adm --start-sync --interface sync --peer "$SYNCA" --node 2 --key-file "$KEY"
	wait_for is_ready dirb
	tested dirb
	wait_for is_ready dira
	found dira "^$gone is not heard" "^ *2 .* ok$"
	assert_eq "JSON" "$(json dira '[u["address"] for u in t["unheard"]]')" "['$gone']"
}

# A director that crashed for good: nobody misses it when it is forgotten, and it may come again.
forgotten() {
	both_ready
	refused "node: is heard" --forget-peer 2
	ip -n dirb link set sync down
	defer plug
	wait_for is_silent
	found dira "^ *2 .* silent"
	refused "node: no peer has this number" --forget-peer 3
	in_ns dira ipvsl7adm --forget-peer 2
	assert_eq peers "$(in_ns dira ipvsl7adm --peers --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["peers"])')" "[]"
	refused "node: no peer has this number" --forget-peer 2
	plug
	wait_for is_ready dira
	wait_for is_ready dirb
	tested dira
	grep -q "^ *2 .* ok$" <<<"$OUT" || fail "$OUT"
	stop dira
	refused "sync: not running" --forget-peer 2
}
# Setting it down took its IPv6 addresses.
plug() {
	ip -n dirb link set sync up
	ip -n dirb addr replace fd00:3::22/64 dev sync nodad
}
is_silent() { in_ns dira ipvsl7adm --peers -n | grep -q "^ *2 .* SILENT "; }
refused() {
	local out
	! out=$(in_ns dira ipvsl7adm "${@:2}" 2>&1) || fail "not refused"
	grep -q -- "$1" <<<"$out" || fail "$out"
}

# A peer, played by the test, whose clock is wrong and that sends shorter packets.
odd_peer() {
	policies
	start dirb
	wire family "$FAMILY" "$(group)"
	wire join 9
	wire_begin echo 9 4000
	found dirb "^ *9 .* +\(3999\|4000\)[0-9]* ms .* its clock is \(3999\|4000\) s ahead"
	wire_end
	wire clock 9 0
	wire_begin echo 9 0 1000
	found dirb "takes $(full 1500) bytes, but sends 1000 at most"
	wire_end
	wire leave 9
}

off() {
	local rc=0
	in_ns dira ipvsl7adm --selftest 2>"$L7_TMP/err" || rc=$?
	assert_eq "exit status" $rc 1
	grep -q "not running" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	policies
	start dira
	found dira "no peer is heard"
}

ktap_plan 20
l7_topo_up
mirror_key
until [ -e "$OTHER" ] && [ "$(id_of "$OTHER")" != "$(id_of "$KEY")" ]; do KEY=$OTHER mirror_key; done
wire_up
run_test_v4v6 healthy "nothing is wrong"
run_test_v4v6 of_size "the least MTU" 1280
run_test of_size "more than a packet can be" 9000
run_test_v4v6 narrow "the way carries less"
run_test_v4v6 one_way "one direction is cut"
run_test_v4v6 never "one direction is cut from the beginning"
run_test twin "another director has the same number"
run_test other_key "the other has another key"
run_test_v4v6 absent "one of two is not there"
run_test_v4v6 odd_peer "a wrong clock, and a smaller MTU"
run_test_v4v6 forgotten "one that crashed is forgotten"
run_test off "no mirroring, and nobody there"
ktap_exit
