#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ipvsl7adm --explain: what it says of captured bytes is what then happens to a connection that
# sends them. HTTP, TLS as openssl speaks it, RDP, MQTT, whatever else.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"
# shellcheck source=lib_cli.sh
. "$L7_SELFTESTS/lib_cli.sh"

# For IPv4 with AddressSanitizer and UndefinedBehaviorSanitizer, where that was built: it takes
# its time to start.
adm() {
	local adm=$L7_TOP/userspace/obj/asan/ipvsl7adm
	[ "$FAMILY" = 4 ] && [ -x "$adm" ] || adm=$ADM
	in_ns dira "$adm" "$@"
}

# explain [ARG...]: standard input, for the service; sets OUT.
explain() { OUT=$(adm --explain - -t "$SVC" -n "$@" 2>&1) || fail "status $?: $OUT"; }
# explain_keys ARG...: the same of keys, without a service.
explain_keys() { OUT=$(adm --explain - "$@" 2>&1) || fail "status $?: $OUT"; }
# says TEXT...: in OUT, each.
says() {
	local text
	for text; do
		grep -qF -- "$text" <<<"$OUT" || fail "not said: $text; but: $OUT"
	done
}

# http LINE...: a request with these fields.
http() { printf 'GET /who?q=1 HTTP/1.1\r\nHost: x\r\n'; printf '%s\r\n' "$@" ''; }

cookie() {
	local at
	service 80 rr -- -k cookie:SESSID
	explain < <(http "Cookie: x=y")
	says "Rule 0  cookie:SESSID: no such key" "Decision: IPVS schedules:" "(key_none)"
	explain < <(http "Cookie: SESSID=nobody")
	says 'key "nobody" (6 bytes)' "not bound" "Decision: IPVS schedules:" "(key_miss)"
	new_session
	at=$(server_at "$SERVER" 80)
	explain < <(http "Cookie: a=b; SESSID=$SESSION; c=d")
	says "key \"$SESSION\"" "bound to $at, expires in " ", hash " \
		"Decision: rule 0 decides: bound to $at"
	# That is where it goes, and asking was no use of the binding.
	assert_counters key_hit=0
	assert_eq server "$(client get path=/who cookie="SESSID=$SESSION" | servers)" "$SERVER"
	in_ns dira ipvsadm -e -t "$SVC" -r "$at" -m -w 0
	explain < <(http "Cookie: SESSID=$SESSION")
	says "Decision: rule 0 decides: bound to $at"
	in_ns dira ipvsadm -d -t "$SVC" -r "$at"
	explain < <(http "Cookie: SESSID=$SESSION")
	says "which the service does not have any more" "(binding_server_gone)"
}

incomplete() {
	service 80 rr -- -k cookie:A -k url:q --inspect-timeout 1500ms --silent-timeout 20s
	explain < <(http "Cookie: b=c" | head -c 30)
	says "Rule 0  cookie:A: incomplete, waits for more" \
		"Decision: rule 0 waits for more, at most inspect-timeout (1500ms)" \
		"If no more come: IPVS schedules:" "(key_miss)"
	explain </dev/null
	says "Request: 0 bytes" "Decision: waits for the first byte, at most silent-timeout (20s)"
	adm -E -t "$SVC" -k cookie:A,require
	explain < <(http "Cookie: b=c" | head -c 30)
	says "If no more come: reset: required key not found (rule 0)"
	explain < <(http "Cookie: b=c")
	says "Decision: reset: required key not found (rule 0)"
	explain < <(printf 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
	says "HTTP/2 with prior knowledge"
}

# The kernel cuts the values it is asked for; these are cut already, and may be shorter than the
# rule would have them.
parts() {
	local rs1 rs2
	rs1=$(server_at rs1 80) rs2=$(server_at rs2 80)
	service 80 rr -- -k cookie:SID,offset=2,length=4 -k 'header:X-*,offset=300'
	adm --add-binding cookie:SID=..abcd.. -t "$SVC" -r "$rs1"
	adm --add-binding cookie:SID=..ab -t "$SVC" -r "$rs2"
	explain < <(http "Cookie: SID=xxabcdyy")
	says 'key "abcd" (4 bytes)' "Decision: rule 0 decides: bound to $rs1"
	explain < <(http "Cookie: SID=xxab")
	says 'key "ab" (2 bytes)' "Decision: rule 0 decides: bound to $rs2"
	adm --lookup cookie:SID=yyab -t "$SVC" -n | grep -qF " $rs2 "
	refused 1 "value: ends before the part" --lookup cookie:SID=yy -t "$SVC"
	assert_eq server "$(client get path=/who cookie=SID=zzab | servers)" rs2
	explain < <(http "Cookie: SID=xx" "X-A: $(printf '%0305d' 7)")
	says "no such key" 'key "00007" (5 bytes)' "(key_miss)"
}

# A chain in which the client's address comes second.
address() {
	local rs3
	rs3=$(server_at rs3 80)
	service 80 rr -- -k cookie:SESSID -k src -k url:q
	adm --add-binding "src=$CLI1" -t "$SVC" -r "$rs3"
	explain < <(http "Cookie: SESSID=x")
	says "Rule 1  src: the client's address is not known" \
		"Decision: rule 1 decides if its key is bound, else IPVS schedules"
	explain --client "$CLI1" < <(http "Cookie: SESSID=x")
	says "key $CLI1" "Decision: rule 1 decides: bound to $rs3" "an earlier rule decides"
	assert_eq server "$(client get path=/who cookie=SESSID=x | servers)" rs3
	explain --client "$CLI2" < <(http)
	says "(key_miss)"
}

# What an answer teaches; captured from nginx.
answers() {
	local f=$L7_TMP/answer
	service 80 rr -- -k cookie:SESSID -k url:q,learn=request
	client_curl -si "http://$VIP_URL/" >"$f"
	explain --answer "$f" < <(http)
	says "Answer: $(stat -c %s "$f") bytes" "Rule 0  cookie:SESSID: learned: key \"rs" \
		"bound to $(server_at "$(server_of <"$f")" 80), expires" \
		"will be bound to the server that takes the connection"
	client_curl -si "http://$VIP_URL/logout" >"$f"
	explain --answer "$f" < <(http "Cookie: SESSID=a")
	says "deleted: the binding of the request's key"
	explain --answer "$f" < <(http)
	says "but the request had none"
	head -c 20 "$f" >"$f.short"
	explain --answer "$f.short" < <(http)
	says "Rule 0  cookie:SESSID: incomplete, waits for more"
	explain --answer <(head -c 20000 /dev/zero | tr '\0' x) < <(http)
	says "Answer: the first 16384 bytes" "not this protocol"
}

# tls_session NAME VERSION [SESSION]: openssl s_client at a server that socat records, to
# $L7_TMP/NAME.client and .server; the session is kept in NAME.session. Resumes SESSION.
tls_session() {
	local name=$1 d=$L7_TMP/$1 proxy client=(-sess_in "$L7_TMP/${3-}.session")
	[ $# = 3 ] || client=(-sess_out "$d.session")
	in_background "socat-$name" dira socat -r "$d.client" -R "$d.server" \
		TCP4-LISTEN:4444,bind=127.0.0.1,reuseaddr TCP4:127.0.0.1:4445
	proxy=$BG
	wait_for_listen dira 4444
	in_ns dira openssl s_client "-$2" -connect 127.0.0.1:4444 "${client[@]}" \
		<"$L7_TMP/hold" >"$d.log" 2>&1 &
	defer end_process $!
	wait_for_text "$d.log" "^New, \|^Reused, "
	# Tickets of 1.3 come after the handshake.
	[ $# = 3 ] || wait_for test -s "$d.session"
	end_process $!
	end_process "$proxy"
}

tls() {
	local key rs2
	rs2=$(server_at rs2 4433)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
		-subj /CN=l7.test -keyout "$L7_TMP/e.key" -out "$L7_TMP/e.crt" 2>/dev/null
	rm -f "$L7_TMP/hold"
	mkfifo "$L7_TMP/hold"
	exec 5<>"$L7_TMP/hold"
	in_background s_server dira openssl s_server -accept 127.0.0.1:4445 -quiet \
		-key "$L7_TMP/e.key" -cert "$L7_TMP/e.crt"
	wait_for_listen dira 4445
	tls_session full tls1_2
	tls_session again tls1_2 full
	service 4433 rr -- -k tls-ticket
	explain --answer "$L7_TMP/full.server" <"$L7_TMP/full.client"
	says "Rule 0  tls-ticket:16: no such key" "(key_none)" "learned: key 0x" "(16 bytes), bound"
	key=$(sed -nE 's/.*learned: key 0x([0-9a-f]{32}) .*/\1/p' <<<"$OUT")
	adm --add-binding "tls-ticket=$key" -t "$SVC" -r "$rs2"
	explain <"$L7_TMP/again.client"
	says "key 0x$key (16 bytes)" "Decision: rule 0 decides: bound to $rs2"
	# TLS 1.3 tells by whether it resumes.
	tls_session full13 tls1_3
	tls_session again13 tls1_3 full13
	explain --answer "$L7_TMP/again13.server" <"$L7_TMP/again13.client"
	says "key 0x$key (16 bytes)" "Decision: rule 0 decides: bound to $rs2" "confirmed: "
	explain --answer "$L7_TMP/full13.server" <"$L7_TMP/again13.client"
	says "rejected: "
	explain < <(head -c 100 "$L7_TMP/again13.client")
	says "rule 0 waits for more"
	explain_keys -k cookie:A -k tls-session <"$L7_TMP/full.client"
	says "cookie:A: not this protocol" "tls-session: no such key"
}

# rdp COOKIE: a Connection Request.
rdp() {
	local n=$((6 + 8 + ${#1} + 2))
	# shellcheck disable=SC2059
	printf "\\x03\\x00\\x00\\x$(printf %02x $((n + 5)))\\x$(printf %02x $n)\\xe0\\0\\0\\0\\0\\0"
	printf 'Cookie: %s\r\n' "$1"
}

others() {
	local rs2
	rs2=$(server_at rs2 3389)
	service 3389 rr -- -k rdp -k mqtt -k payload-lv:1,2
	adm --add-binding rdp=alice -t "$SVC" -r "$rs2"
	adm --add-binding rule:1=dev-a -t "$SVC" -r "$rs2"
	explain < <(rdp mstshash=alice)
	says 'key "alice" (5 bytes)' "Decision: rule 0 decides: bound to $rs2"
	explain < <(rdp mstshash=bob)
	says 'key "bob" (3 bytes)' "will be bound to the server"
	explain < <(printf '\x10\x11\0\x04MQTT\x04\x02\0\x3c\0\x05dev-a')
	says "Rule 0  rdp: not this protocol" 'key "dev-a"' "Decision: rule 1 decides: bound to $rs2"
	explain < <(printf '\xff\0\x03\x01\x02\x03')
	says "Rule 2  payload-lv:1,2: found" "key 0x010203 (3 bytes)" "not bound"
	[ "$FAMILY" = 4 ] || return 0
	# Tokens that name 10.0.2.3:3389, and 10.0.2.9.
	explain < <(rdp "msts=$((10 + 2 * 65536 + 3 * 16777216)).15629.0000")
	says "names server 10.0.2.3:3389" "Decision: rule 0 decides: named server 10.0.2.3:3389"
	explain < <(rdp "msts=$((10 + 2 * 65536 + 9 * 16777216)).15629.0000")
	says "which the service does not have" "(binding_server_gone)"
}

any_file() {
	service 80 rr -- -k cookie:A -k tls-ticket -k mqtt -k payload:0,100 --max-request 2k
	explain < <(head -c 1000000 /dev/urandom)
	says "Request: the first 2048 bytes" "(100 bytes)"
	explain < <(printf 'GET / HTTP/1.1\r\nX: '; head -c 1000000 /dev/zero | tr '\0' a)
	says "Rule 0  cookie:A: incomplete, and no more is looked at" "(key_miss)"
	adm -E -t "$SVC" -k cookie:A
	explain < <(printf 'GET / HTTP/1.1\r\nX: '; head -c 1000000 /dev/zero | tr '\0' a)
	says "(too_long_fallback)"
	explain < <(head -c 3000 /dev/zero)
	says "(malformed_fallback)"
	refused 1 "explain: $L7_TMP/none: No such file" --explain "$L7_TMP/none" -t "$SVC"
	refused 1 "explain: /: Is a directory" --explain / -t "$SVC"
	refused 1 "answer: $L7_TMP/none: No such file" --explain /dev/null --answer "$L7_TMP/none" -t "$SVC"
	refused 1 "service: has no policy" --explain /dev/null -t "$VIP_URL:81"
	refused 1 "client: not of the service's family" --explain /dev/null -t "$SVC" \
		--client "$([ "$FAMILY" = 4 ] && echo ::1 || echo 127.0.0.1)"
	refused 2 "--explain wants either --tcp-service or --key" --explain /dev/null
	refused 2 "--explain wants either" --explain /dev/null -t "$SVC" -k src
	refused 2 "--max-request goes with --key" --explain /dev/null -t "$SVC" --max-request 1k
}

json() {
	service 80 rr -- -k cookie:SESSID -k src -k url:q
	new_session
	adm --explain - -t "$SVC" --json --client "$CLI1" < <(http "Cookie: SESSID=$SESSION") |
		fields "[0]['decision']['outcome']" "[0]['decision']['server']['port']" \
			"[0]['rules'][0]['keys'][0]['text']" "[0]['rules'][2]['reached']" \
			"[0]['rules'][1]['keys'][0]['address']" >"$L7_TMP/out"
	printf '%s\n' server 80 "$SESSION" False "$CLI1" | diff - "$L7_TMP/out"
	adm --explain - -k cookie:A --json --answer <(printf 'HTTP/1.1 200 OK\r\nSet-Cookie: A=\377\r\n\r\n') \
		< <(http "Cookie: B=\"\\") | fields "[0]['decision']['reason']" \
		"[0]['learning'][0]['learned']['hex']" >"$L7_TMP/out"
	printf '%s\n' key_none ff | diff - "$L7_TMP/out"
	adm --explain - -k cookie:A --json </dev/null | fields "[0]['decision']['outcome']" | grep -qx silent
}

# Cookies that the director writes itself: of a server, of none, and forged.
own_cookies() {
	local cookie at
	service 80 rr -- -k cookie:WAY,insert
	explain < <(http "Cookie: WAY=0123456789abcdef")
	says "Rule 0  cookie:WAY,insert: found" "names no server" "Decision: IPVS schedules:" "(key_miss)"
	cookie=$(client_curl -si "http://$VIP_URL/who" | tr -d '\r' >"$L7_TMP/got"
		sed -n 's/^Set-Cookie: \(WAY=[^;]*\).*/\1/p' "$L7_TMP/got")
	at=$(server_at "$(server_of <"$L7_TMP/got")" 80)
	explain < <(http "Cookie: $cookie")
	says "names server $at" "Decision: rule 0 decides: named server $at"
	adm --explain - -t "$SVC" --json < <(http "Cookie: $cookie") |
		fields "[0]['rules'][0]['keys'][0]['names_server']['port']" >"$L7_TMP/out"
	assert_eq "port" "$(cat "$L7_TMP/out")" 80
	in_ns dira ipvsadm -d -t "$SVC" -r "$at"
	explain < <(http "Cookie: $cookie")
	says "names no server"
	refused 1 "rule: of path-hash and the director's cookies" --add-binding "rule:0=${cookie#*=}" -t "$SVC" -r "$(server_at rs1 80)"
}

# A server that drains: followed, or not any more.
draining() {
	local at
	service 80 rr -- -k cookie:SESSID --on-drain rebind
	new_session
	at=$(server_at "$SERVER" 80)
	in_ns dira ipvsadm -e -t "$SVC" -r "$at" -m -w 0
	explain < <(http "Cookie: SESSID=$SESSION")
	says "bound to $at, which drains, expires in" \
		"Decision: IPVS schedules: the server drains, and others take clients (binding_drained)"
	adm --explain - -t "$SVC" --json < <(http "Cookie: SESSID=$SESSION") | grep -q '"server_drains": true'
	client get path=/who cookie="SESSID=$SESSION" >/dev/null
	assert_counters binding_drained=1
	adm -E -t "$SVC" --on-drain keep
	explain < <(http "Cookie: SESSID=$SESSION")
	says "Decision: rule 0 decides: bound to"
}

# Who has no key goes where it went a moment ago.
prebound() {
	local at
	service 80 rr -- -k cookie:SESSID --prebind 30
	explain < <(http)
	says "Prebind: client not known (--client tells)" \
		"Decision: as the client's last connection without a key, else IPVS schedules:"
	explain --client "$CLI1" < <(http)
	says "Prebind: client $CLI1" "not bound" "Decision: IPVS schedules:" "(key_none)"
	at=$(server_at "$(client get path=/who "from=$CLI1" | servers)" 80)
	explain --client "$CLI1" < <(http)
	says "bound to $at, expires in" \
		"Decision: as the client's last connection without a key: bound to $at (prebound)"
	assert_eq "the server" "$(server_at "$(client get path=/who "from=$CLI1" | servers)" 80)" "$at"
	assert_counters prebound=1
	explain --client "$CLI1" < <(http "Cookie: SESSID=x")
	says "Decision: IPVS schedules: its key has no binding"
	adm --explain - -t "$SVC" --client "$CLI1" --json < <(http) |
		fields "[0]['decision']['outcome']" "[0]['prebind']['address']" >"$L7_TMP/out"
	printf '%s\n' prebound "$CLI1" | diff - "$L7_TMP/out"
}

# get PATH HOST: a request of the session abc.
get() { printf 'GET %s HTTP/1.1\r\nHost: %s\r\nCookie: SESSID=abc\r\n\r\n' "$@"; }

# What a steering rule makes of it, and the keys among the servers of the pool that this leads to.
steering() {
	pool 1 80 rs1 rs2
	service 80 rr rs3 -- -k cookie:SESSID -s host:one.example=fwmark:1 \
		-s host:two.example=fwmark:2 -s 'path:/no*=reset'
	explain < <(get / one.example)
	says "Steer 0 host:one.example=fwmark:1: matches" "Steer 1 host:two.example=fwmark:2: not looked at" \
		"Decision: IPVS schedules in the pool fwmark:1: its key has no binding"
	adm --add-binding cookie:SESSID=abc -f 1 -t "$SVC" -r "$(server_at rs2 80)"
	explain < <(get / one.example)
	says "Decision: rule 0 decides: bound to $(server_at rs2 80)"
	assert_eq "the server" "$(client get host=one.example cookie=SESSID=abc | servers)" rs2
	adm --add-binding cookie:SESSID=abc -f 1 -t "$SVC" -r "$(server_at rs3 80)"
	explain < <(get / one.example)
	says "which the service does not have any more" "IPVS schedules in the pool fwmark:1: the server is no"
	explain < <(get / two.example)
	says "Steer 0 host:one.example=fwmark:1: does not match" "(pool_empty): the service's own" \
		"Decision: IPVS schedules: its key has no binding"
	explain < <(get /nothing x.example)
	says "Decision: reset: steering rule 2 says so"
	explain < <(printf 'GET / HTTP/1.1\r\nHo')
	says "Decision: steering rule 0 waits for more" "If no more come: IPVS schedules: the request is not complete"
	explain --json < <(get / one.example)
	says '"pool": 1' '"decides": true'
}

# Without a service nobody is asked, and anybody may.
without_kernel() {
	OUT=$(http "Cookie: A=b" | setpriv --reuid 65534 --clear-groups ipvsl7adm --explain - \
		-k cookie:A -k url:q -k cookie:C) || fail "status $?"
	says 'key "b" (1 byte)' \
		"Decision: rule 0 decides if its key is bound, else rule 1 if its key is bound, else IPVS schedules"
	explain_keys -k cookie:A --max-request 512 < <(http "Cookie: X=$(printf %0600d 1)" "Cookie: A=b")
	says "Request: the first 512 bytes" "(too_long_fallback)"
}

ktap_plan 26
l7_topo_up
l7_nginx_up
l7_family 4
clear_all
run_test_v4v6 cookie
run_test_v4v6 incomplete "incomplete and required"
run_test_v4v6 parts "parts of a value"
run_test_v4v6 address "client addresses"
run_test_v4v6 answers
run_test_v4v6 others "RDP, MQTT, payload"
run_test_v4v6 any_file "any file"
run_test_v4v6 json JSON
run_test_v4v6 own_cookies "cookies of the director"
run_test_v4v6 draining
run_test_v4v6 prebound
run_test_v4v6 steering
l7_family 4
run_test tls TLS
run_test without_kernel "without the kernel"
ktap_exit
