# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of takeovers share: two directors that mirror, and connections that are under way when
# the first dies. Sources lib.sh.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Is the binding delayed, so that what the client has said before may be lost with a director?
DELAYED=1
# Kilobytes a second of transfers, so that they last longer than a takeover.
RATE=$((4000 / ${L7_SLOW:-1}))
PORTS="80 8081 7"

mirror() {
	local d n=0 key=$L7_TMP/cluster.key
	[ -e "$key" ] || in_ns dira ipvsl7adm --generate-key="$key"
	for d in dira dirb; do
		n=$((n + 1))
		in_ns $d ipvsl7adm --start-sync --interface sync --group "${GROUP-239.0.0.88}" --node $n \
			--key-file "$key"
	done
}

# policies IPVSL7ADM-ARG...: of both families on both directors.
policies() {
	local f d port
	for f in 4 6; do
		l7_family $f
		for port in $PORTS; do
			l7_ipvs_service both "$VIP" "$port" rr
			for d in dira dirb; do
				in_ns $d ipvsl7adm -A -t "$VIP_URL:$port" "$@"
			done
		done
	done
}

counter() {
	in_ns "$1" ipvsl7adm --stats -v | awk -v name="$2" '$1 == name && !n++ { print $2 }'
}

bindings() { in_ns "$1" ipvsl7adm --bindings -n | grep -c "$VIP" || true; }
has_bindings() { [ "$(bindings "$1")" -ge "$2" ]; }
flows() { in_ns "$1" ipvsl7adm --flows -n | awk -v s="$2" -v v="$VIP_URL:" '$2 == s && index($4, v) == 1' | wc -l; }
has_flows() { [ "$(flows "$1" "$2")" -ge "$3" ]; }
has_peer() { in_ns "$1" ipvsl7adm --peers --json | grep -Eq '"confirmed": *true'; }

back_to_a() {
	[ ! -e "$L7_TMP/cut-dira" ] || l7_director_restore dira
	[ "$(l7_active)" = dira ] || l7_director_takes dira
	wait_for has_peer dirb
}

# hold PORT [reset]: a connection with a request that stands still, until there is L7_TMP/go.
hold() {
	rm -f "$L7_TMP/go" "$L7_TMP/held"
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_sockets.py" "$VIP" "$1" held "$L7_TMP/go" \
		"${@:2}" >"$L7_TMP/held" 2>&1 &
	HELD=$!
	defer eval "kill $HELD 2>/dev/null"
	wait_for_text "$L7_TMP/held" held
}
# goes_on: it does; then the client closes it.
goes_on() {
	: >"$L7_TMP/go"
	wait "$HELD" || true
	assert_eq "the connection" "$(tail -n 1 "$L7_TMP/held")" answer
}

die() {
	l7_director_cut dira
	l7_director_takes dirb
}

# $1 direction: a transfer of 20 MB that is a quarter done when A dies.
transfer() {
	local out=$L7_TMP/transfer.$1 pid before sum
	back_to_a
	defer back_to_a
	l7_blob
	before=$(counter dirb takeover)
	rm -f "$out"
	if [ "$1" = download ]; then
		L7_CURL_SECONDS=90 client_get "/blob?rate=${RATE}k" -o "$out" &
		pid=$!
		wait_for has_bytes "$out" 5000000
	else
		L7_CURL_SECONDS=90 L7_PORT=8081 client_get "/upload?rate=${RATE}000" -T "$L7_BLOB" -o "$out" &
		pid=$!
		wait_for uploaded $(($(sent_by_a) + 5000000))
	fi
	die
	wait "$pid" || fail "curl: status $?"
	if [ "$1" = download ]; then
		sum=$(sha256sum <"$out")
		assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	else
		assert_eq checksum "$(sed 's/.*sha256=//' "$out")" "$L7_BLOB_SHA256"
	fi
	[ "$(counter dirb takeover)" -gt "$before" ] || fail "nothing was taken over"
}

# Bytes that A sent towards the servers.
sent_by_a() { ip -n dira -s -j link show dev in | sed 's/.*"tx":{"bytes":\([0-9]*\).*/\1/'; }
uploaded() { [ "$(sent_by_a)" -ge "$1" ]; }

# $1 kind of session (l7_session.py): A dies while it stands still.
session() {
	local kind=$1 ready=$L7_TMP/ready gate=$L7_TMP/gate out=$L7_TMP/session cookie pid
	back_to_a
	defer back_to_a
	rm -f "$ready" "$gate"
	cookie=$(client_get / -o /dev/null -D - -H 'Connection: close' |
		sed -n 's/.*SESSID=\([^;]*\).*/\1/p')
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_session.py" "$VIP" "$kind" "$ready" \
		"$gate" "$cookie" >"$out" 2>&1 &
	pid=$!
	wait_for_file "$ready"
	case $kind:$DELAYED in
	handshake:1 | partial:1) ;;
	*) wait_for has_flows dirb STANDBY 1 ;;
	esac
	die
	: >"$gate"
	if [ "$kind:$DELAYED" = partial:1 ]; then
		# What the dead director had acknowledged is gone with it: the client must learn
		# of that at once, not by a timeout.
		! wait "$pid" || fail "cannot be: $(cat "$out")"
		grep -q ConnectionResetError "$out" || fail "$(cat "$out")"
		return
	fi
	wait "$pid" || fail "$(cat "$out")"
	[ "$kind:$DELAYED" != handshake:1 ] ||
		assert_eq "server of the cookie" "$(sed 's/.*server=//' "$out")" "${cookie%%-*}"
}

# A -> B -> A: the connection made by A comes back to it.
return_journey() {
	local out=$L7_TMP/journey pid sum size
	back_to_a
	defer back_to_a
	l7_blob
	rm -f "$out"
	# at half the rate: two takeovers, and what is between them, fall into it
	L7_CURL_SECONDS=90 client_get "/blob?rate=$((RATE / 2))k" -o "$out" &
	pid=$!
	wait_for has_bytes "$out" 3000000
	l7_director_takes dirb
	size=$(stat -c %s "$out")
	wait_for has_bytes "$out" $((size + 4000000))
	l7_director_takes dira
	wait "$pid" || fail "curl: status $?"
	sum=$(sha256sum <"$out")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
}

# later SECONDS: the time of day.
later() { busybox date -s "@$(($(date +%s) + $1))" >/dev/null; }

# two_requests READY GATE NEXT: a client that connects, and says nothing until the first gate opens, nor between its two
# requests until the second one does.
two_requests() {
	in_background two client /usr/bin/python3 -S -E -c '
import socket, sys, os, time
s = socket.create_connection((sys.argv[1], 80), timeout=20)
open(sys.argv[2], "w").close()
for gate in sys.argv[3:]:
    while not os.path.exists(gate):
        time.sleep(.01)
    s.sendall(b"GET /who HTTP/1.1\r\nHost: x\r\n\r\n")
    print(s.recv(4096)[-60:], flush=True)' "$VIP" "$@"
}
# half_open [SECONDS]: the handshake is answered by A, the request comes to B, whose clock is so many seconds
# behind, and the next one to A again.
half_open() {
	local ready=$L7_TMP/ready gate=$L7_TMP/gate next=$L7_TMP/next rc=0
	back_to_a
	defer back_to_a
	rm -f "$ready" "$gate" "$next"
	two_requests "$ready" "$gate" "$next"
	wait_for_file "$ready"
	wait_for has_flows dira PENDING 1
	[ -z "${1-}" ] || { defer later "$1"; later "-$1"; }
	l7_director_takes dirb
	: >"$gate"
	wait_for has_text "$L7_TMP/two.out" server=
	wait_for has_flows dira STANDBY 1
	assert_eq "at A" "$(flows dira PENDING)" 0
	l7_director_takes dira
	: >"$next"
	wait "$BG" || rc=$?
	assert_eq "$(cat "$L7_TMP/two.out")" $rc 0
}

# The answer of a server to A is lost, and A no longer serves: it says nothing to the client, which goes on with B.
late() {
	local ready=$L7_TMP/ready rc=0
	back_to_a
	defer back_to_a
	rm -f "$ready"
	# until B serves, A must not have given the server up
	in_ns dira ipvsl7adm -E -t "$VIP_URL:8081" --connect-timeout "${L7_SLOW:-1}s"
	defer in_ns dira ipvsl7adm -E -t "$VIP_URL:8081" --connect-timeout 1s
	in_ns dira nft 'add table inet l7test; add chain inet l7test in { type filter hook prerouting priority -400; };
		add rule inet l7test in iif in tcp flags & (syn|ack) == syn|ack drop'
	defer in_ns dira nft delete table inet l7test
	in_background late client /usr/bin/python3 -S -E -c '
import socket, sys, time
s = socket.create_connection((sys.argv[1], 8081), timeout=20)
s.sendall(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n")
open(sys.argv[2], "w").close()
for i in range(20):
    time.sleep(.25)
    s.sendall(b"x" * 1000)
print(s.recv(4096)[-120:], flush=True)' "$VIP" "$ready"
	wait_for_file "$ready"
	wait_for has_flows dira CONNECTING 1
	l7_director_takes dirb
	wait "$BG" || rc=$?
	assert_eq "$(tail -n 1 "$L7_TMP/late.out")" $rc 0
}

# A closed connection does not stay on the other director as if it lived, and not longer than at the first, though that
# tells it again.
closed() {
	local port=$((22000 + FAMILY)) heard a b	# one that nobody gets by chance
	back_to_a
	client_get /who -H 'Connection: close' --local-port $port >/dev/null
	wait_for has_flows dirb CLOSING 1
	sleep 3 # paced: there is less left of it
	heard=$(counter dirb sync_rx_records)
	in_ns dira ipvsl7adm --resync
	wait_for told_again "$heard"
	a=$(expires dira $port) b=$(expires dirb $port)
	[ "$a" -gt 0 ] || fail "it is gone: $a"
	[ "$b" -le $((a + 2)) ] || fail "$a s at A, $b s at B"
}
told_again() { [ "$(counter dirb sync_rx_records)" -gt "$1" ]; }
# expires DIRECTOR PORT: seconds that remain of the connection from that port of the client's.
expires() {
	in_ns "$1" ipvsl7adm --flows --json | python3 -c "import json, sys
print(([f['expires_s'] for f in json.load(sys.stdin)['flows'] if f['client']['port'] == $2] + [0])[0])"
}
