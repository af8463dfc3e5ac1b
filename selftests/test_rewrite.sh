#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cookie of the real server's whose first 16 bytes the director overwrites, and believes on the
# way back: however the head comes, the token is whole, and every other byte as it was sent.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

MARK=0000000000000000
rewriting() { service "$1" rr -- -k cookie:SRV,rewrite; }

# answer [ARG...]: path of an answer with these arguments and the placeholder.
answer() {
	local a path="/answer?h=Set-Cookie:+SRV=$MARK.rest;+Path=/"
	for a; do path="$path&$a"; done
	echo "$path"
}
ask() { client get path="$(answer)" "$@"; }

# of_answer: sets SERVER and TOKEN from a line "server=rsN ... set=SRV=TOKEN.rest".
of_answer() {
	SERVER=$(servers <<<"$1")
	TOKEN=${1##*set=SRV=}
	case $TOKEN in ????????????????.*) ;; *) fail "no token: $1" ;; esac
	TOKEN=${TOKEN%%.*}
	[ "$TOKEN" != $MARK ] || fail "not overwritten: $1"
}

# tokens: of the answers on standard input.
tokens() { sed -n 's/.*set=SRV=\([^.]*\)\..*/\1/p'; }

sticks() {
	local other
	rewriting 8081
	of_answer "$(ask)"
	assert_eq "with it" "$(client get count=3 cookie="SRV=$TOKEN.rest" | cut -d' ' -f1,5-)" \
		"$(printf "server=$SERVER\n%.0s" 1 2 3)"
	assert_eq "in quotes" "$(client get cookie="SRV=\"$TOKEN.rest\"" | servers)" "$SERVER"
	assert_eq "set again" "$(ask cookie="SRV=$TOKEN.x")" "server=$SERVER set=SRV=$TOKEN.rest"
	other=$(ask count=3)
	assert_eq "servers of new clients" "$(server_set <<<"$other")" "rs1 rs2 rs3"
	assert_eq "token of the same server" "$(grep -c "^server=$SERVER set=SRV=$TOKEN.rest\$" <<<"$other")" 1
	assert_eq "different tokens" "$(tokens <<<"$other" | sort -u | wc -l)" 3
	assert_counters cookie_rewritten=5 key_hit=5 key_none=4 binding_learned=0 rewrite_cancelled=0
	assert_eq bindings "$(binding_count)" 0
}

# What no director made does not steer: other bytes, too few, that of another service.
forged() {
	local t
	rewriting 80
	of_answer "$(client get path=/mark)"
	rewriting 8081
	for t in "$TOKEN" "$TOKEN.rs1" AAAAAAAAAAAAAAAA $MARK "${TOKEN:1}" "A$TOKEN" rs1 '""' "\"${TOKEN:1}\""; do
		assert_eq "servers with $t" "$(client get count=3 cookie="SRV=$t" | server_set)" "rs1 rs2 rs3"
	done
	assert_counters key_hit=0 key_miss=27 cookie_rewritten=0
	# that of this service, with a byte less, more in front, and another one
	of_answer "$(ask)"
	for t in "${TOKEN:0:15}" "x$TOKEN" "${TOKEN:0:15}!"; do
		assert_eq "servers with $t" "$(client get count=3 cookie="SRV=$t" | server_set)" "rs1 rs2 rs3"
	done
	assert_counters key_hit=0 key_miss=36 cookie_rewritten=1
}

# What is too short for a token, or of another name, stays.
short() {
	local v
	rewriting 8081
	for v in short 000000000000000 '"000000000000000"'; do
		assert_eq "$v" "$(client get "path=/answer?h=Set-Cookie:+SRV=$v" | cut -d' ' -f2)" "set=SRV=$v"
	done
	assert_counters rewrite_short=3
	for v in SRV= SRV=\;+Max-Age=0 SRVX=$MARK srv=$MARK; do
		assert_eq "$v" "$(client get "path=/answer?h=Set-Cookie:+$v" | cut -d' ' -f2)" "set=${v%;*}"
	done
	assert_counters rewrite_short=3 cookie_rewritten=0 rewrite_cancelled=0
	v=$(client get "path=/answer?h=Set-Cookie:+SRV=\"$MARK\"" | cut -d' ' -f2)
	case $v in "set=SRV=\"$MARK\"" | '') fail "quoted: $v" ;; 'set=SRV="'????????????????'"') ;; *) fail "quoted: $v" ;; esac
}

# Every line of that name, the first four; in an early answer none.
lines() {
	local line="h=Set-Cookie:+SRV=$MARK" out t
	rewriting 8081
	out=$(client get "path=/answer?$line.a&h=Set-Cookie:+X=$MARK&h=set-cookie:SRV=short&$line.b")
	t=$(sed -n 's/.*set=SRV=\(.*\)\.a set.*/\1/p' <<<"$out")
	assert_eq "two lines" "${out#* }" "set=SRV=$t.a set=X=$MARK set=SRV=short set=SRV=$t.b"
	[ "$t" != $MARK ] || fail "$out"
	assert_counters cookie_rewritten=2 rewrite_short=1
	out=$(client get "path=/answer?$line.1&$line.2&$line.3&$line.4&$line.5&split=40")
	assert_eq "five lines" "$(grep -o "$MARK.*" <<<"$out")" "$MARK.5"
	client_curl -o /dev/null -D "$L7_TMP/head" \
		"http://$VIP_URL:8081/answer?status=103+Early%0d%0aSet-Cookie:+SRV=$MARK%0d%0a%0d%0aHTTP/1.1+200+OK&$line.x"
	assert_eq "early" "$(grep -c "SRV=$MARK" "$L7_TMP/head")" 1
	grep -qE '^Set-Cookie: SRV=.{16}\.x' "$L7_TMP/head" || fail "$(cat "$L7_TMP/head")"
}

# expected BODY: what the server sends for answer(), with the token.
expected() {
	printf 'HTTP/1.1 200 OK\r\nContent-Length: %d\r\nSet-Cookie: SRV=%s.rest; Path=/\r\n\r\n%s\n' \
		$((${#1} + 1)) "$TOKEN" "$1"
}

# The head comes cut at each place, by bytes, and in pieces: it arrives as it was sent.
pieces() {
	local out len
	rewriting 8081
	TOKEN=$MARK
	len=$(expected x | wc -c)
	out=$(client get count=$((len - 2)) timeout=60 path="$(answer 'cut={n}')")
	assert_eq answers "$(grep -cE '^server=rs. set=SRV=.{16}\.rest$' <<<"$out")" $((len - 2))
	assert_eq "different ones" "$(tokens <<<"$out" | sort -u | wc -l)" 3
	! grep -q $MARK <<<"$out" || fail "not overwritten: $(grep $MARK <<<"$out")"
	assert_counters cookie_rewritten=$((len - 2)) rewrite_cancelled=0
	# by bytes the server waits for the client to have what is held, and with Nagle for a while
	for out in split=7 'cut=70&cut=71&cut=75' 'cut=58&nagle=1' 'cut=57&cut=58&nagle=1' split=1; do
		client_curl -si "http://$VIP_URL:8081$(answer body=whole "$out")" >"$L7_TMP/answer"
		TOKEN=$(sed -n 's/.*SRV=\(.*\)\.rest.*/\1/p' "$L7_TMP/answer")
		[ "$TOKEN" != $MARK ] || fail "$out: not overwritten"
		assert_eq "$out" "$(cmp "$L7_TMP/answer" <(expected whole) 2>&1)" ""
	done
	# a line that turns out to be another cookie's
	out=$(client get "path=/answer?h=Set-Cookie:+SRVX=1&cut=52&h=Set-Cookie:+SRV=$MARK.rest")
	of_answer "$out"
	case $out in *" set=SRVX=1 "*) ;; *) fail "$out" ;; esac
	assert_counters rewrite_cancelled=0
}

# raw PATH: what comes back on one connection, to standard output.
raw() {
	printf 'GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' "$1" |
		in_ns client timeout $((20 * ${L7_SLOW:-1})) busybox nc "$VIP" "$PORT"
}

# What cannot be overwritten arrives as it was sent.
given_up() {
	local long
	rewriting 8081
	TOKEN=$MARK
	# it ends within the value
	raw "$(answer end=65)" >"$L7_TMP/answer"
	assert_eq "cut short" "$(cmp "$L7_TMP/answer" <(expected "server=rs1" | head -c 65) 2>&1)" ""
	assert_counters rewrite_cancelled=1
	# more than is held, and what does not go on: only of a value in quotes the end is needed
	long=$(printf 'x%.0s' {1..600})
	raw "/answer?h=Set-Cookie:+SRV=\"$MARK$long\"&cut=620" >"$L7_TMP/answer"
	assert_eq "long value" "$(grep -c "SRV=\"$MARK$long\""$'\r$' "$L7_TMP/answer")" 1
	assert_counters rewrite_cancelled=2
	raw "/answer?h=Set-Cookie:+SRV=\"$MARK\"&cut=65&pause=3000" >"$L7_TMP/answer"
	assert_eq "after a pause" "$(grep -c "SRV=\"$MARK\""$'\r$' "$L7_TMP/answer")" 1
	assert_counters rewrite_cancelled=3 cookie_rewritten=0
	raw "/answer?h=Set-Cookie:+SRV=\"$MARK$long\"" >"$L7_TMP/answer"
	assert_eq "long value at once" "$(grep -c "SRV=\"$MARK$long\""$'\r$' "$L7_TMP/answer")" 0
	raw "/answer?h=Set-Cookie:+SRV=$MARK$long&cut=620" >"$L7_TMP/answer"
	assert_eq "without quotes" "$(grep -c "SRV=$MARK$long"$'\r$' "$L7_TMP/answer")" 0
	assert_counters rewrite_cancelled=3 cookie_rewritten=2
	# what came twice is believed to go on; if not, nothing but the value is another
	raw "/answer?h=Set-Cookie:+SRV=short;+Path=/&cut=56&pause=3000" >"$L7_TMP/answer"
	assert_eq "short after all" "$(grep -cE $'^Set-Cookie: SRV=.{5}; Path=/\r$' "$L7_TMP/answer")" 1
	assert_counters rewrite_cancelled=3 cookie_rewritten=3
	rewriting 7
	assert_eq echo "$(client echo 'text=GET / HTTP/1.1\r\nHost: a\r\n\r\n' bytes=100000)" same
	assert_counters rewrite_cancelled=1
	assert_eq "no HTTP request" "$(client echo bytes=1000)" same
	assert_counters rewrite_cancelled=1 cookie_rewritten=0
}

# values: of the cookie in the head, one line each.
values() { sed -n 's/^Set-Cookie: SRV=\([^.]*\)\..*/\1/p' "${1:-$L7_TMP/head}"; }
# is_rewritten WHAT: the head has one cookie, with a token.
is_rewritten() {
	assert_eq "cookies of $1" "$(values | wc -l)" 1
	[ "$(values)" != $MARK ] || fail "$1: not overwritten"
}

# HEAD, 304, ranges, and several requests on one connection, of which the first counts.
nginx_responses() {
	local url="http://$VIP_URL:80"
	rewriting 80
	client_curl -I "$url/mark" >"$L7_TMP/head"
	is_rewritten HEAD
	client_curl -o "$L7_TMP/body" -D "$L7_TMP/head" -r 100-199 "$url/mark/blob"
	is_rewritten range
	assert_eq range "$(cmp "$L7_TMP/body" <(head -c 200 "$L7_BLOB" | tail -c 100))" ""
	client_curl -o /dev/null -D "$L7_TMP/head" "$url/mark/blob" \
		-H "If-None-Match: $(sed -n 's/^ETag: //p' "$L7_TMP/head" | tr -d '\r')"
	is_rewritten 304
	grep -q ' 304 ' "$L7_TMP/head" || fail "$(cat "$L7_TMP/head")"
	client_curl "$url/mark?1" "$url/mark?2" -D "$L7_TMP/head" -o /dev/null -o /dev/null
	assert_eq "kept alive" "$(values | wc -l) $(values | grep -c $MARK) $(values | sed -n 2p)" "2 1 $MARK"
	printf 'GET /mark HTTP/1.1\r\nHost: a\r\n\r\nGET /mark HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
		in_ns client timeout 10 busybox nc "$VIP" 80 >"$L7_TMP/two"
	assert_eq "pipelined answers" "$(grep -c '^server=' "$L7_TMP/two")" 2
	assert_eq "pipelined" "$(values "$L7_TMP/two" | grep -c $MARK) $(values "$L7_TMP/two" | sed -n 2p)" "1 $MARK"
	# the first has none: then the second stays as it is
	client_curl "$url/who" "$url/mark?2" -D "$L7_TMP/head" -o /dev/null -o /dev/null
	assert_eq "the second" "$(values)" $MARK
	assert_counters cookie_rewritten=5 rewrite_cancelled=0
}

# A whole file, with and without offloads, and small segments.
transfers() {
	local ns sum dev=$1
	rewriting 80
	for ns in client rs1 rs2 rs3; do
		in_ns "$ns" ethtool -K eth0 tso "$dev" gso "$dev" >/dev/null
		defer in_ns "$ns" ethtool -K eth0 tso on gso on >/dev/null
	done
	L7_CURL_SECONDS=60 client_get /mark/blob -D "$L7_TMP/head" -o "$L7_TMP/body"
	is_rewritten file
	sum=$(sha256sum <"$L7_TMP/body")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	of_answer "$(client get path=/mark mss=536)"
	assert_counters cookie_rewritten=2
}

# Segments are lost on each way, and come twice and late: each answer is whole.
harmed() {
	local out ns
	rewriting 8081
	for ns in $L7_SERVERS; do l7_netem "$ns" eth0 "$@"; done
	l7_netem lan client "$@"
	l7_netem client eth0 "$@"
	out=$(client get count=12 timeout=60 path="$(answer split=23 pause=5)")
	assert_eq answers "$(grep -cE '^server=rs. set=SRV=.{16}\.rest$' <<<"$out")" 12
	! grep -q $MARK <<<"$out" || fail "not overwritten: $out"
	assert_counters rewrite_cancelled=0
	rewriting 80
	L7_CURL_SECONDS=120 client_get /mark/blob -r 0-299999 -D "$L7_TMP/head" -o "$L7_TMP/body"
	is_rewritten "large body"
	assert_eq "large body" "$(cmp "$L7_TMP/body" <(head -c 300000 "$L7_BLOB") 2>&1)" ""
	assert_counters rewrite_cancelled=0
}

# The cookie has one name in all pools; what leads to a server of one is nothing in another.
pools() {
	local one a
	pool 1 8081 rs1 rs2
	pool 2 8081 rs2 rs3
	service 8081 rr rs3 -- -k cookie:SRV,rewrite -s host:one.example=fwmark:1 -s host:two.example=fwmark:2
	of_answer "$(ask host=one.example)"
	one=$TOKEN a=$SERVER
	assert_eq "in its pool" "$(ask_set 3 one.example / cookie="SRV=$one.rest")" "$a"
	assert_counters key_hit=3
	assert_eq "in another" "$(ask_set 4 two.example / cookie="SRV=$one.rest")" "rs2 rs3"
	assert_counters key_hit=3 key_miss=4
	of_answer "$(ask host=two.example)"
	[ "$TOKEN" != "$one" ] || fail "the same token"
	assert_eq "in that one" "$(ask_set 3 two.example / cookie="SRV=$TOKEN")" "$SERVER"
	of_answer "$(ask host=x.example)"
	assert_eq "in none" "$(ask_set 2 x.example / cookie="SRV=$TOKEN")" "rs3"
	assert_counters key_hit=8 cookie_rewritten=3
}

# Weight 0 keeps the session; a server that is gone gives it to another, whose answer says so.
servers_change() {
	local was
	rewriting 8081
	of_answer "$(ask)"
	was=$SERVER
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$was" 8081)" -m -w 0
	assert_eq draining "$(client get cookie="SRV=$TOKEN" | servers)" "$was"
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at "$was" 8081)"
	of_answer "$(ask cookie="SRV=$TOKEN")"
	[ "$SERVER" != "$was" ] || fail "still at $was"
	assert_eq "the other" "$(client get cookie="SRV=$TOKEN" | servers)" "$SERVER"
}

# The rule, as it is told, saved, explained; and which are refused.
rules() {
	local bad
	rewriting 8081
	of_answer "$(ask)"
	assert_eq saved "$(in_ns dira ipvsl7adm -S -n | grep -o 'cookie:[^ "]*')" cookie:SRV,rewrite
	in_ns dira ipvsl7adm -S -n >"$L7_TMP/saved"
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <"$L7_TMP/saved"
	assert_eq restored "$(in_ns dira ipvsl7adm -S -n)" "$(cat "$L7_TMP/saved")"
	in_ns dira ipvsl7adm -L --json -n | grep -q '"key": "cookie:SRV,rewrite"' || fail "no JSON"
	printf 'GET / HTTP/1.1\r\nCookie: SRV=%s.x\r\n\r\n' "$TOKEN" |
		in_ns dira ipvsl7adm --explain - -t "$SVC" -n >"$L7_TMP/said"
	grep -q "cookie:SRV,rewrite: found" "$L7_TMP/said" || fail "$(cat "$L7_TMP/said")"
	in_ns dira ipvsl7adm --lookup "cookie:SRV,rewrite=$TOKEN.x" -t "$SVC" -n >"$L7_TMP/said"
	grep -F " $(server_at "$SERVER" 8081) " "$L7_TMP/said" | grep -q '^ *- .* -$' || fail "looked up: $(cat "$L7_TMP/said")"
	! in_ns dira ipvsl7adm --lookup cookie:SRV,rewrite=x -t "$SVC" 2>"$L7_TMP/error" || fail "looked up"
	grep -q 'value: names no real server' "$L7_TMP/error" || fail "says: $(cat "$L7_TMP/error")"
	for bad in 'cookie:S*,rewrite' cookie:S,rewrite,learn=request cookie:S,rewrite,offset=1 \
		cookie:S,length=1,rewrite cookie:S,rewrite,path=/ cookie:S,rewrite,require url:S,rewrite \
		"cookie:A,insert -k cookie:B,rewrite" "cookie:A,rewrite -k cookie:B,insert" \
		"cookie:A,rewrite -k cookie:B,rewrite" "cookie:A,rewrite -k cookie:A,rewrite"; do
		# shellcheck disable=SC2086
		! in_ns dira ipvsl7adm -E -t "$SVC" -k $bad 2>"$L7_TMP/error" || fail "taken: $bad"
		grep -q '^ipvsl7adm: ' "$L7_TMP/error" || fail "says: $(cat "$L7_TMP/error")"
	done
	in_ns dira ipvsl7adm -E -t "$SVC" -k cookie:A,rewrite -k cookie:B -k src
}

GROUPS_OF=(0 0 0 0 239.0.0.90 0 ff05::90)
sync_up() {
	in_ns "$1" ipvsl7adm --start-sync --interface sync --group "${GROUPS_OF[$FAMILY]}" --node "$2" \
		--key-file "$3"
}
directors_up() {
	defer l7_director_takes dira
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	sync_up dira 1 "$L7_TMP/key"
	defer in_ns dira ipvsl7adm --stop-sync
	sync_up dirb 2 "$L7_TMP/key"
	defer in_ns dirb ipvsl7adm --stop-sync
	rewriting "$1"
	l7_ipvs_service dirb "$VIP" "$1"
	defer in_ns dirb ipvsadm -C
	in_ns dirb ipvsl7adm -A -t "$SVC" -k cookie:SRV,rewrite
	defer in_ns dirb ipvsl7adm -C
}
standby_at() { [ "$(in_ns "$1" ipvsl7adm --flows -n | grep -c STANDBY)" -ge 1 ]; }
fall_over() {
	defer l7_director_restore dira
	l7_director_cut dira
	l7_director_takes dirb
}

# Afterwards: the next director knows the cookie.
takeover_after() {
	directors_up 8081
	of_answer "$(ask)"
	fall_over
	assert_eq "at the next director" "$(client get cookie="SRV=$TOKEN.rest" count=3 | server_set)" "$SERVER"
	assert_eq "its token" "$(ask cookie="SRV=$TOKEN")" "server=$SERVER set=SRV=$TOKEN.rest"
}

# Within the body: it is whole.
takeover_within() {
	local sum
	directors_up 80
	rm -f "$L7_TMP/out"
	L7_CURL_SECONDS=90 client_get '/mark/blob?rate=4m' -o "$L7_TMP/out" -D "$L7_TMP/head" &
	wait_for has_bytes "$L7_TMP/out" 3000000
	wait_for standby_at dirb
	fall_over
	wait $! || fail "curl: status $?"
	sum=$(sha256sum <"$L7_TMP/out")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	is_rewritten file
}

# Within the value: what was held comes again, and arrives; with what value, no one can say.
takeover_held() {
	directors_up 8081
	rm -f "$L7_TMP/out"
	raw "$(answer body=whole cut=65 pause=4000)" >"$L7_TMP/out" &
	wait_for has_bytes "$L7_TMP/out" 36
	wait_for standby_at dirb
	fall_over
	wait $! || fail "nc: status $?"
	TOKEN=$MARK
	sed -i "s/SRV=.\{16\}/SRV=$MARK/" "$L7_TMP/out"
	assert_eq answer "$(cmp "$L7_TMP/out" <(expected whole) 2>&1)" ""
}

# After a change of the cluster's key cookies of the one before are good, until the server sends
# the placeholder again.
new_key() {
	local was
	directors_up 8081
	of_answer "$(ask)"
	was=$TOKEN
	in_ns dira ipvsl7adm --stop-sync
	in_ns dirb ipvsl7adm --stop-sync
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key2"
	defer rm -f "$L7_TMP/key2"
	sync_up dira 1 "$L7_TMP/key2"
	assert_eq "with the old one" "$(client get count=2 cookie="SRV=$was.rest" | server_set)" "$SERVER"
	of_answer "$(ask cookie="SRV=$was")"
	[ "$TOKEN" != "$was" ] || fail "the token is as before"
	assert_eq "with the new one" "$(client get count=2 cookie="SRV=$TOKEN" | server_set)" "$SERVER"
}

ktap_plan 34
l7_topo_up
l7_nginx_up
l7_server_up
l7_blob
run_test_v4v6 sticks
run_test_v4v6 forged "forged ones"
run_test_v4v6 short "short ones"
run_test_v4v6 lines "several lines"
run_test_v4v6 pieces "in pieces"
run_test_v4v6 given_up "given up"
run_test_v4v6 nginx_responses "responses of nginx"
l7_family 4
run_test transfers "a file, IPv4" on
run_test transfers "a file, no offloads, IPv4" off
l7_family 6
run_test transfers "a file, IPv6" on
run_test transfers "a file, no offloads, IPv6" off
run_test_v4v6 harmed "loss each way" loss 10% duplicate 3% delay 2ms 2ms
run_test_v4v6 pools
run_test_v4v6 servers_change "servers that drain and are gone"
run_test_v4v6 rules
run_test_v4v6 takeover_after "takeover after the response"
run_test_v4v6 takeover_within "takeover in the response"
run_test_v4v6 takeover_held "takeover within the value"
run_test_v4v6 new_key "new key"
ktap_exit
