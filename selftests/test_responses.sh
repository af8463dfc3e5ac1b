#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Keys that a server names in a later response of a connection: found behind bodies of every
# kind, and never in one.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

searching() { service 8081 rr -- -k "cookie:SESSID,responses=$1"; }

# keep ARG...: sets OUT, and SERVER, whom the last answer names.
keep() {
	OUT=$(client keep "$@")
	SERVER=$(sed -nE '$s/.*server=(rs[0-9]).*/\1/p' <<<"$OUT")
}
statuses() { assert_eq statuses "$(cut -d' ' -f1 <<<"$OUT" | xargs)" "$1"; }
sets() { echo "GET /answer?h=Set-Cookie:SESSID=$1"; }
# learned NAME...: each bound to the server of OUT; unlearned NAME...: not bound.
learned() {
	local v
	for v in "$@"; do assert_eq "$v is bound to" "$(bound_to "cookie:SESSID=$v")" "$SERVER"; done
}
unlearned() {
	local v
	for v in "$@"; do assert_eq "$v is bound to" "$(bound_to "cookie:SESSID=$v")" ""; done
}

# What looks like an answer that names a key, in the form of a query, and its bytes.
FAKE='HTTP/1.1+200+OK%0d%0aSet-Cookie:+SESSID=fake%0d%0aContent-Length:+0%0d%0a%0d%0a'
FAKE_LEN=63

third() {
	searching "$1"
	keep req="GET /who" req="GET /who" req="$(sets third)" req="$(sets fourth)"
	statuses "200 200 200 200"
	unlearned fourth
	if [ "$1" -lt 3 ]; then unlearned third; else learned third; fi
	assert_counters binding_learned="$(($1 >= 3))" learn_bad=0 learn_lost=0
}

# As ever, by default: the first alone.
by_default() {
	service 8081 rr -- -k cookie:SESSID
	keep req="$(sets first)" req="$(sets second)"
	learned first
	unlearned second
	assert_counters binding_learned=1
}

every_one() {
	local i reqs=()
	searching 16
	for i in {1..17}; do reqs+=("req=$(sets "n$i")"); done
	keep "${reqs[@]}"
	learned n{1..16}
	unlearned n17
	assert_counters binding_learned=16
}

# Responses of all kinds in between, and requests.
kinds() {
	searching 16
	keep req="GET /push?n=3&ms=1" req="HEAD /answer?body=abc" \
		req="GET /answer?status=304+Not+Modified&length=100" \
		req="GET /answer?status=204+No+Content" \
		req="POST /upload|body=HEAD / HTTP/1.1\r\n\r\n" \
		req="POST /upload|chunks=HEAD / HTTP/1.1\r\n\r\n" \
		req="POST /upload|Expect: 100-continue|body=abc" \
		req="GET /answer?status=103+Early%0d%0ah:1%0d%0a%0d%0aHTTP/1.1+200+OK&body=late" \
		req="GET /answer?chunk=7&body=$FAKE" req="GET /blob?bytes=100000" \
		req="GET /answer?split=5&h=A:b" \
		req="GET /answer?split=9&h=Set-Cookie:SESSID=end"
	statuses "200 200 304 204 200 200 200 200 200 200 200 200"
	learned end
	unlearned fake
	assert_counters binding_learned=1 learn_bad=0
}

# nginx's own: HEAD, a file of which nothing is new, a range.
nginx_kinds() {
	local etag
	service 80 rr -- -k cookie:SESSID,responses=4
	etag=$(client_curl -sSI "http://$VIP_URL/blob" | tr -d '\r' | sed -n 's/^ETag: //p')
	[ -n "$etag" ] || fail "no ETag"
	keep req="HEAD /blob" req="GET /blob|If-None-Match: $etag" req="GET /blob|Range: bytes=5-99999" \
		req="GET /"
	statuses "200 304 206 200"
	assert_counters binding_learned=1
	assert_eq bindings "$(binding_count)" 1
	service_clear "$SVC"
	service 80 rr -- -k cookie:SESSID,responses=3
	keep req="HEAD /blob" req="GET /blob|If-None-Match: $etag" req="GET /who" req="GET /"
	assert_eq bindings "$(binding_count)" 0
}

# A body that is itself a response, whole, in pieces, in chunks and at a chunk's beginning.
fake_body() {
	searching 8
	keep req="GET /answer?body=$FAKE" req="GET /answer?chunk=1000&body=$FAKE" \
		req="GET /answer?chunk=9&body=$FAKE" req="GET /answer?body=$FAKE&h=A:b" \
		req="GET /answer?chunk=$FAKE_LEN&body=$FAKE$FAKE" req="$(sets true)"
	statuses "200 200 200 200 200 200"
	unlearned fake
	learned true
	assert_counters binding_learned=1
	# by who takes no notice of the method, the second response would begin in its body
	keep req="HEAD /answer?length=$((${#HEAD_OF} + 1))" req="GET /answer?body=x$FAKE" \
		req="GET /who"
	statuses "200 200 200"
	unlearned fake
	# and by who takes a body for requests, it would be that of HEAD
	keep req="POST /upload|body=HEAD / HTTP/1.1\r\n\r\n" req="GET /answer?body=$FAKE" req="GET /who"
	unlearned fake
	assert_counters binding_learned=1
}

# What l7_server.py says in front of a body of FAKE_LEN + 2 bytes.
HEAD_OF=$'HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n'

pipelined() {
	searching 4
	keep pipeline=1 "$@" req="HEAD /answer?body=abc" req="POST /upload|body=HEAD / HTTP/1.1\r\n\r\n" \
		req="GET /answer?chunk=5&body=$FAKE" req="$(sets last)" req="$(sets late)"
	statuses "200 200 200 200 200"
	learned last
	unlearned fake late
	assert_counters binding_learned=1
}

# The end of one and the next are in one segment.
one_segment() {
	local two='200+OK%0d%0aContent-Length:+0%0d%0a%0d%0aHTTP/1.1+200+OK'
	searching 2
	keep pipeline=1 req="GET /answer?status=$two&h=Set-Cookie:SESSID=same" req="GET /who"
	statuses "200 200"
	learned same
}

# The server takes back what it gave on this connection, or what the request had.
deletion() {
	local gone='GET /answer?h=Set-Cookie:SESSID=x;+Max-Age=0'
	searching 3
	keep req="$(sets kept)"
	learned kept
	keep req="GET /who|Cookie: SESSID=kept" req="$gone"
	unlearned kept
	assert_counters binding_deleted=1
	keep req="$(sets brief)" req="GET /who" req="$gone"
	unlearned brief
	assert_counters binding_deleted=2 binding_learned=2
	# too late
	keep req="$(sets stays)" req="GET /who" req="GET /who" req="$gone"
	[ -n "$(bound_to cookie:SESSID=stays)" ] || fail "deleted by the fourth"
}

# Where no further response can be told, what follows teaches nothing.
ends() {
	searching 8
	keep req="GET /answer?status=101+Other&length=0&h=Set-Cookie:SESSID=first" req="$(sets after101)"
	unlearned after101
	[ -n "$(bound_to cookie:SESSID=first)" ] || fail "first not learned"
	keep req="CONNECT /who" req="$(sets afterconnect)"
	unlearned afterconnect
	keep req="GET /who" req="get /who" req="$(sets aftercase)"
	unlearned aftercase
	keep req="GET /answer?h=Transfer-Encoding:gzip" req="$(sets aftergzip)"
	unlearned aftergzip
	keep req="GET /who" req="POST /upload|Content-Length: 3|body=abc" req="$(sets aftertwice)"
	unlearned aftertwice
	assert_counters binding_learned=1
}

# With large and small segments, a file in front.
offloads() {
	local at
	searching 4
	for at in client:eth0 rs1:eth0 rs2:eth0 rs3:eth0; do
		features $at tso "$1" gso "$1"
	done
	keep "${@:2}" req="GET /blob?bytes=700000" req="GET /push?n=5&ms=1" req="GET /blob?bytes=70001" \
		req="$(sets far)"
	statuses "200 200 200 200"
	learned far
	assert_counters binding_learned=1
}

# Under loss every answer arrives, nothing false is learned, and what is lost in a body does not
# stop learning.
loss() {
	local where=$1 i at n=0 total=6
	short_rto 20
	for at in client:eth0 rs1:eth0 rs2:eth0 rs3:eth0; do
		features $at tso off gso off
	done
	case $where in
	from-client) l7_netem client eth0 loss 10% ;;
	from-server) for at in $L7_SERVERS; do l7_netem "$at" eth0 loss 10%; done ;;
	to-client) l7_netem lan client loss 10% ;;
	esac
	searching 3
	for ((i = 0; i < total; i++)); do
		keep timeout=60 req="GET /blob?bytes=60000" req="GET /answer?chunk=20&body=$FAKE" req="$(sets "n$i")"
		statuses "200 200 200"
		at=$(bound_to "cookie:SESSID=n$i")
		[ -n "$at" ] || continue
		assert_eq "n$i is bound to" "$at" "$SERVER"
		n=$((n + 1))
	done
	unlearned fake
	assert_counters binding_learned=$n
	[ $n -ge $((total / 2)) ] || fail "learned $n of $total"
	echo "learned $n of $total"
}

# A piece of a head is lost in front of the director, and what overtook it is not sent again:
# the head is never whole here. Learning ends, once the client has it.
lost() {
	local head='GET /answer?split=20&h=Set-Cookie:SESSID'
	searching 2
	keep req="$head=first"
	learned first
	in_ns dira nft "add table inet l7test; add chain inet l7test in \
		{ type filter hook prerouting priority -500; }; add rule inet l7test in \
		iifname in tcp sport 8081 tcp flags & psh == psh numgen inc mod 4 == 1 counter drop"
	defer server_unrule dira
	keep req="GET /who" req="$head=second"
	statuses "200 200"
	unlearned second
	server_unrule dira
	assert_counters learn_lost=1 binding_learned=1
	keep req="$head=third"
	learned third
	assert_counters learn_lost=1 binding_learned=2
}

# A rule that is searched longer than another.
chain() {
	service 8081 rr -- -k cookie:SESSID,responses=3 -k cookie:OTHER
	keep req="GET /answer?h=Set-Cookie:OTHER=one" \
		req="GET /answer?h=Set-Cookie:OTHER=two&h=Set-Cookie:SESSID=two" req="GET /who"
	[ -n "$(bound_to cookie:OTHER=one)" ] || fail "OTHER not learned"
	[ -n "$(bound_to cookie:SESSID=two)" ] || fail "SESSID not learned"
	assert_eq "OTHER of the second" "$(bound_to cookie:OTHER=two)" ""
	assert_counters binding_learned=2
}

saved() {
	searching 5
	assert_eq saved "$(in_ns dira ipvsl7adm -S -n | grep -o 'cookie:[^ "]*')" cookie:SESSID,responses=5
	in_ns dira ipvsl7adm -S -n >"$L7_TMP/saved"
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <"$L7_TMP/saved"
	in_ns dira ipvsl7adm -L -n --json | grep -q '"responses": 5' || fail "$(in_ns dira ipvsl7adm -L -n --json)"
	in_ns dira ipvsl7adm -E -t "$SVC" -k cookie:SESSID
	keep req="GET /who" req="$(sets second)"
	unlearned second
}

ktap_plan 42
l7_topo_up
l7_nginx_up
l7_server_up
l7_blob
run_test_v4v6 by_default
run_test_v4v6 third "third of 3" 3
run_test_v4v6 third "third of 2" 2
run_test_v4v6 every_one
run_test_v4v6 kinds
run_test_v4v6 nginx_kinds
run_test_v4v6 fake_body
run_test_v4v6 pipelined
run_test_v4v6 pipelined "pipelined, in pieces" piece=7 pause=1
run_test_v4v6 one_segment
run_test_v4v6 deletion
run_test_v4v6 ends
run_test_v4v6 chain
run_test_v4v6 saved
run_test_v4v6 lost
run_test_v4v6 offloads "offloads on" on
run_test_v4v6 offloads "offloads off" off
run_test_v4v6 offloads "offloads off, small segments" off mss=536
run_test_v4v6 loss "10 % loss from-client" from-client
run_test_v4v6 loss "10 % loss from-server" from-server
run_test_v4v6 loss "10 % loss to-client" to-client
ktap_exit
