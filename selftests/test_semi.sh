#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Semi-synchronous mirroring: no request reaches its server before a peer has the connection, unless that
# takes too long.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"

ROUNDS=10
PORT=9000

# A mirrors to B, which is two milliseconds away.
near() {
	local d
	l7_ipvs_service both "$VIP" $PORT rr rs1
	for d in dira dirb; do
		in_ns $d ipvsl7adm -A -t "$VIP_URL:$PORT" -k cookie:SESSID "$@"
		defer in_ns $d ipvsadm -C
		defer in_ns $d ipvsl7adm -C
	done
	mirror
	defer in_ns dira ipvsl7adm --stop-sync
	defer in_ns dirb ipvsl7adm --stop-sync
	wait_for has_peer dira
	wait_for has_peer dirb
	wait_for is_ready dirb
}
is_ready() { in_ns "$1" ipvsl7adm --ready >/dev/null 2>&1; }
reconnect() {
	ip -n dira link set sync up
	ip -n dira addr replace fd00:3::21/64 dev sync nodad
	wait_for is_ready dira
	wait_for is_ready dirb
	wait_for all_confirmed
}
# Has B all that A sent?
all_confirmed() {
	in_ns dira ipvsl7adm --peers --json | python3 -c "import json, sys
sys.exit(any(p['unconfirmed'] or p['missing'] for p in json.load(sys.stdin)['peers']))"
}
# Segments that the client had to send again.
resent() { in_ns client cat /proc/net/snmp | awk '/^Tcp: [0-9]/ { print $13 }'; }
is_at_b() { in_ns dirb ipvsl7adm --flows -n | grep -q ":$1 "; }

# unheard: B misses what changes at A, until the case ends, or heard.
unheard() {
	in_ns dirb nft "add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add rule inet l7test in iif sync udp dport 8849 @th,64,16 0x0101 drop"
	defer heard
}
heard() { in_ns dirb nft delete table inet l7test 2>/dev/null || true; }

# rounds PORT DELAY: A's cable is pulled as soon as the server has a request, so what is on its way is lost; the client's ports
# begin there. Sets KEPT, CONFIRMED.
rounds() {
	local first=$(($1 + FAMILY * 10)) i before after answer
	l7_netem dira sync delay "$2"
	KEPT=0 CONFIRMED=0
	for ((i = 0; i < ROUNDS; i++)); do
		before=$(counter dira semi_confirmed)
		answer=$(in_ns client curl -s --noproxy '*' --max-time 20 --local-port $((first + i)) "http://$VIP_URL:$PORT/")
		assert_eq answer "$answer" ok
		after=$(counter dira semi_confirmed)
		if is_at_b $((first + i)); then
			KEPT=$((KEPT + 1))
		else
			assert_eq "confirmed, and not there" "$after" "$before"
		fi
		CONFIRMED=$((CONFIRMED + after - before))
		reconnect
	done
}
kept() {
	local before
	near --semi-sync
	before=$(resent)
	rounds 41000 2ms
	assert_eq "sent again by the client" "$(resent)" "$before"
	echo "# $KEPT kept, $CONFIRMED of $ROUNDS confirmed"
	[ $CONFIRMED -ge $((ROUNDS / 2)) ] || fail "$CONFIRMED of $ROUNDS confirmed in time"
	[ $KEPT -ge $CONFIRMED ] || fail "$KEPT at B"
}
# Else it is lost, or the above shows nothing.
lost() {
	near
	rounds 42000 50ms
	assert_eq confirmed $CONFIRMED 0
	[ $KEPT -le $((ROUNDS / 2)) ] || fail "$KEPT of $ROUNDS are at B"
}

# A large request in pieces, and the next ones of its connection.
whole() {
	local out=$L7_TMP/whole before
	PORT=8081
	near --semi-sync
	before=$(($(counter dira semi_confirmed) + $(counter dira semi_timeout)))
	l7_netem dira sync delay 2ms
	head -c 300000 /dev/urandom >"$L7_TMP/body"
	for _ in 1 2 3; do
		L7_PORT=8081 client_get /upload -T "$L7_TMP/body" -o "$out"
		grep -q "sha256=$(sha256sum <"$L7_TMP/body" | cut -d' ' -f1)" "$out" || fail "$(cat "$out")"
	done
	assert_eq "that waited" $(($(counter dira semi_confirmed) + $(counter dira semi_timeout) - before)) 3
}

# What the director has acknowledged, nobody would send again: then nobody waits.
acknowledged() {
	local before
	PORT=8081
	near --semi-sync
	before=$(($(counter dira semi_confirmed) + $(counter dira semi_timeout)))
	assert_eq answer "$(in_ns client /usr/bin/python3 -S -E - "$VIP" 2>&1 <<-'TXT' | grep -o "server=rs1"
	import socket, sys, time
	s = socket.create_connection((sys.argv[1], 8081), 20)
	for part in b"GET / HTTP/1.1\r\nHo", b"st: x\r\nConnection: close\r\n\r\n":
	    s.sendall(part)
	    time.sleep(0.3)
	print(s.recv(65536).decode())
	TXT
	)" "server=rs1"
	assert_eq "that waited" $(($(counter dira semi_confirmed) + $(counter dira semi_timeout) - before)) 0
}

# The client goes away while its request waits: B does not keep what is no more.
aborted() {
	PORT=8081
	near --semi-sync
	unheard
	for _ in {1..20}; do
		in_ns client /usr/bin/python3 -S -E - "$VIP" <<-'TXT'
		import socket, struct, sys
		s = socket.create_connection((sys.argv[1], 8081), 20)
		s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		s.sendall(b"GET /push?n=1000&ms=50 HTTP/1.1\r\nHost: x\r\n\r\n")
		s.close()
		TXT
	done
	heard
	wait_for no_flows dira
	wait_for no_flows dirb
}
no_flows() { [ "$(in_ns "$1" ipvsl7adm --flows -n | grep -c "$VIP_URL:8081.*\(SPLICED\|STANDBY\|CONNECTING\)")" = 0 ]; }

# A peer that says nothing is not waited for any longer than that.
slow() {
	local before again
	PORT=8081
	near --semi-sync
	unheard
	before=$(counter dira semi_timeout) again=$(resent)
	assert_eq answer "$(L7_PORT=8081 client_get / | server_of)" rs1
	assert_eq "sent again by the client" "$(resent)" "$again"
	assert_eq "timeouts" $(($(counter dira semi_timeout) - before)) 1
	assert_eq "of the service" "$(in_ns dira ipvsl7adm --stats -n -t "$VIP_URL:8081" | awk '$1 == "semi_timeout" { print $2 }')" 1
}
alone() {
	local before
	PORT=8081
	near --semi-sync
	in_ns dirb ipvsl7adm --stop-sync
	in_ns dira ipvsl7adm --stop-sync
	before=$(counter dira semi_alone)
	assert_eq answer "$(L7_PORT=8081 client_get / | server_of)" rs1
	assert_eq "alone" $(($(counter dira semi_alone) - before)) 1
}

shown() {
	l7_family 4
	in_ns dira ipvsl7adm -A -t "$VIP_URL:80" -k src --semi-sync 2>"$L7_TMP/err" && fail "accepted without a request"
	grep -q "semi-sync: no request is held" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	in_ns dira ipvsl7adm -A -t "$VIP_URL:80" -k cookie:S --semi-sync
	defer in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -L -n | grep -q semi-sync || fail "not listed"
	in_ns dira ipvsl7adm -L -n --json | grep -q '"semi_sync": true' || fail "not in JSON"
	in_ns dira ipvsl7adm -S | grep -q "^-A -t $VIP_URL:80 .*--semi-sync" || fail "not saved"
	in_ns dira ipvsl7adm -E -t "$VIP_URL:80" --semi-sync=off
	in_ns dira ipvsl7adm -S | grep -q semi-sync && fail "still saved"
	return 0
}

ktap_plan 15
l7_topo_up
l7_server_up
/usr/bin/python3 -S -E "$L7_SELFTESTS/l7_cut.py" "$L7_TMP/cut.pid" rs1 $PORT dira sync </dev/null >"$L7_TMP/cut.log" 2>&1 &
defer kill $!
busywait 20000 test -s "$L7_TMP/cut.pid"
run_test_v4v6 kept "a peer has it before the server"
run_test_v4v6 lost "without, it is lost"
run_test_v4v6 whole "large requests"
run_test_v4v6 acknowledged "what was acknowledged"
run_test_v4v6 aborted "the client goes away"
run_test_v4v6 slow "a peer does not confirm"
run_test_v4v6 alone "there is no peer"
run_test shown "refused, listed, saved"
ktap_exit
