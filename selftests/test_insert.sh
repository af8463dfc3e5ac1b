#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A cookie that the director puts into the response and believes on the way back: nothing is
# bound, no client can make one, and the bytes that follow it arrive as they were sent.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

inserting() { service "$1" rr -- -k "cookie:SRV,insert${2-}"; }

# of_answer: sets SERVER and TOKEN from a line "server=rsN ... set=SRV=TOKEN".
of_answer() {
	SERVER=$(servers <<<"$1")
	TOKEN=${1##*set=SRV=}
	case $1 in *set=SRV=????????????????) ;; *) fail "no cookie: $1" ;; esac
}

# tokens: of the answers on standard input.
tokens() { sed 's/.*set=SRV=//'; }

sticks() {
	local other
	inserting 8081
	of_answer "$(client get)"
	assert_eq "with it" "$(client get count=3 cookie="SRV=$TOKEN" | cut -d' ' -f1,5-)" \
		"$(printf "server=$SERVER\n%.0s" 1 2 3)"
	other=$(client get count=3)
	assert_eq "servers of new clients" "$(server_set <<<"$other")" "rs1 rs2 rs3"
	assert_eq "cookie of the same server" "$(grep -c "^server=$SERVER .*set=SRV=$TOKEN\$" <<<"$other")" 1
	assert_eq "different cookies" "$(tokens <<<"$other" | sort -u | wc -l)" 3
	assert_counters cookie_inserted=4 key_hit=3 key_none=4 binding_learned=0
	assert_eq bindings "$(binding_count)" 0
}

# What no director made does not steer: other bytes, other length, that of another service.
forged() {
	local t
	inserting 80
	of_answer "$(client get path=/who)"
	inserting 8081
	for t in "$TOKEN" AAAAAAAAAAAAAAAA "${TOKEN}A" "${TOKEN:1}" rs1 '""'; do
		assert_eq "servers with $t" "$(client get count=3 cookie="SRV=$t" | server_set)" "rs1 rs2 rs3"
	done
	assert_counters key_hit=0 key_miss=18 cookie_inserted=18
}

attributes() {
	local line
	inserting 8081 ",path=/,domain=l7.test,secure,httponly,samesite=lax,max-age=3600"
	client_curl -o /dev/null -D "$L7_TMP/head" "http://$VIP_URL:8081/"
	line=$(sed -n 2p "$L7_TMP/head" | tr -d '\r')
	case $line in
	"Set-Cookie: SRV="????????????????"; path=/; domain=l7.test; secure; httponly; samesite=lax; max-age=3600") ;;
	*) fail "second line: $line" ;;
	esac
	assert_eq saved "$(in_ns dira ipvsl7adm -S -n | grep -o 'cookie:[^ "]*')" \
		"cookie:SRV,insert,path=/,domain=l7.test,secure,httponly,samesite=lax,max-age=3600"
}

# Weight 0 keeps the session; a server that is gone or refuses gives it to another, which the
# client is told.
servers_change() {
	local was
	inserting 8081
	of_answer "$(client get)"
	was=$SERVER
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$was" 8081)" -m -w 0
	assert_eq draining "$(client get cookie="SRV=$TOKEN" | cut -d' ' -f1)" "server=$was"
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$was" 8081)" -m -w 1
	server_rule "$was" tcp dport 8081 reject with tcp reset
	of_answer "$(client get cookie="SRV=$TOKEN")"
	[ "$SERVER" != "$was" ] || fail "still at $was"
	server_unrule "$was"
	assert_eq "the other" "$(client get cookie="SRV=$TOKEN" | cut -d' ' -f1)" "server=$SERVER"
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at "$SERVER" 8081)"
	was=$SERVER
	of_answer "$(client get cookie="SRV=$TOKEN")"
	[ "$SERVER" != "$was" ] || fail "still at $was"
}

# response STATUS CURL-ARG...: the head has one cookie, in its second line.
response() {
	local status=$1
	shift
	client_curl -o "$L7_TMP/body" -D "$L7_TMP/head" "$@"
	# the final one, if there are others before
	tr -d '\r' <"$L7_TMP/head" | awk '/^HTTP/ { n = 0 } { line[n++] = $0; last = n }
		END { for (i = 0; i < last; i++) print line[i] }' >"$L7_TMP/final"
	case $(sed -n 1p "$L7_TMP/final") in *" $status "*) ;; *) fail "$(cat "$L7_TMP/head")" ;; esac
	assert_eq "cookies in $*" "$(grep -c '^Set-Cookie: SRV=' "$L7_TMP/final")" 1
	sed -n 2p "$L7_TMP/final" | grep -q '^Set-Cookie: SRV=' || fail "$(cat "$L7_TMP/final")"
}

responses() {
	local url="http://$VIP_URL:8081"
	inserting 8081
	response 404 "$url/answer?status=404+Gone"
	response 200 "$url/push?n=5&ms=1"
	assert_eq chunks "$(grep -c '^push' "$L7_TMP/body")" 5
	head -c 300000 /dev/urandom >"$L7_TMP/sent"
	response 200 -H 'Expect: 100-continue' -T "$L7_TMP/sent" "$url/upload"
	grep -qF "sha256=$(sha256sum <"$L7_TMP/sent" | cut -d' ' -f1)" "$L7_TMP/body" ||
		fail "$(cat "$L7_TMP/body")"
	# interim responses of other kinds, and in pieces
	response 200 "$url/answer?split=1&body=whole"
	assert_eq body "$(cat "$L7_TMP/body")" whole
	response 200 "$url/answer?split=17&status=103+Early%0d%0ah:1%0d%0a%0d%0aHTTP/1.1+200+OK&body=late"
	assert_eq body "$(cat "$L7_TMP/body")" late
	assert_counters cookie_inserted=5 insert_cancelled=0
}

# nginx answers HEAD, 304, ranges, and several requests on one connection: the first gets it.
nginx_responses() {
	local url="http://$VIP_URL:80"
	inserting 80
	response 200 -I "$url/blob"
	response 206 -r 100-199 "$url/blob"
	assert_eq range "$(cmp "$L7_TMP/body" <(head -c 200 "$L7_BLOB" | tail -c 100))" ""
	response 304 -H "If-None-Match: $(sed -n 's/^ETag: //p' "$L7_TMP/final")" "$url/blob"
	client_curl "$url/who?1" "$url/who?2" "$url/who?3" -D "$L7_TMP/head" -o /dev/null -o /dev/null -o /dev/null
	assert_eq "cookies of three" "$(grep -c '^Set-Cookie: SRV=' "$L7_TMP/head")" 1
	printf 'GET /who HTTP/1.1\r\nHost: a\r\n\r\nGET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' |
		in_ns client timeout 10 busybox nc "$VIP" 80 >"$L7_TMP/two"
	assert_eq "pipelined answers" "$(grep -c '^server=' "$L7_TMP/two")" 2
	assert_eq "cookies of two" "$(grep -c '^Set-Cookie: SRV=' "$L7_TMP/two")" 1
}

# A whole file, with and without offloads, and small segments.
transfers() {
	local ns sum dev=$1
	inserting 80
	for ns in client rs1 rs2 rs3; do
		in_ns "$ns" ethtool -K eth0 tso "$dev" gso "$dev" >/dev/null
		defer in_ns "$ns" ethtool -K eth0 tso on gso on >/dev/null
	done
	sum=$(L7_CURL_SECONDS=60 client_get /blob | sha256sum)
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	of_answer "$(client get path=/who mss=536)"
	assert_counters cookie_inserted=2
}

# No HTTP response: its bytes arrive, and nothing else.
not_http() {
	inserting 7
	assert_eq echo "$(client echo 'text=GET / HTTP/1.1\r\nHost: a\r\n\r\n' bytes=100000)" same
	assert_counters insert_cancelled=1 cookie_inserted=0
	assert_eq "no HTTP request" "$(client echo bytes=1000)" same
	assert_counters insert_cancelled=1 cookie_inserted=0
}

# Segments with the line are lost, and come twice and late: each answer is whole.
harmed() {
	local out where=$1 ns
	shift
	inserting 80
	case $where in
	server) for ns in $L7_SERVERS; do l7_netem "$ns" eth0 "$@"; done ;;
	client) l7_netem lan client "$@" ;;
	back) l7_netem client eth0 "$@" ;;
	esac
	out=$(client get count=20 path=/who timeout=60)
	assert_eq answers "$(grep -cE '^server=rs. .*set=SRV=.{16}$' <<<"$out")" 20
	assert_eq "different ones" "$(tokens <<<"$out" | sort -u | wc -l)" 3
	assert_counters insert_cancelled=0
}

# Each pool has a cookie of its own: a client that goes to two keeps a server in both.
pools() {
	local one two a b
	pool 1 8081 rs1 rs2
	pool 2 8081 rs2 rs3
	service 8081 rr rs3 -- -k cookie:SRV,insert -s host:one.example=fwmark:1 -s host:two.example=fwmark:2
	one=$(client get host=one.example) two=$(client get host=two.example)
	a=$(servers <<<"$one") b=$(servers <<<"$two")
	one=${one#*set=} two=${two#*set=}
	case $one$two in SRV.1=*SRV.2=*) ;; *) fail "cookies: $one $two" ;; esac
	of_answer "$(client get host=x.example)"
	assert_eq "in the first" "$(ask_set 3 one.example / cookie="SRV=$TOKEN; $two; $one")" "$a"
	assert_eq "in the second" "$(ask_set 3 two.example / cookie="SRV=$TOKEN; $two; $one")" "$b"
	assert_eq "the other's" "$(ask_set 4 one.example / cookie="SRV.1=${two#*=}")" "rs1 rs2"
	assert_counters key_hit=6 cookie_inserted=7
}

refused() {
	local bad
	l7_ipvs_service dira "$VIP" 8081 rr rs1
	defer in_ns dira ipvsadm -D -t "$VIP_URL:8081"
	for bad in 'cookie:S*,insert' cookie:S,insert,learn=request cookie:S,insert,offset=1 \
		cookie:S,length=1,insert cookie:S,insert,samesite=no cookie:S,insert,max-age=x \
		cookie:S,insert,path= url:S,insert "cookie:$(printf 'x%.0s' {1..54}),insert"; do
		! in_ns dira ipvsl7adm -A -t "$VIP_URL:8081" -k "$bad" 2>"$L7_TMP/error" || fail "taken: $bad"
		grep -q '^ipvsl7adm: ' "$L7_TMP/error" || fail "says: $(cat "$L7_TMP/error")"
	done
	in_ns dira ipvsl7adm -A -t "$VIP_URL:8081" -k cookie:S,insert
	defer in_ns dira ipvsl7adm -C
	! in_ns dira ipvsl7adm --lookup cookie:S,insert=x -t "$VIP_URL:8081" 2>/dev/null || fail "looked up"
}

GROUPS_OF=(0 0 0 0 239.0.0.89 0 ff05::89)
directors_up() {
	local d n=0
	defer l7_director_takes dira
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	for d in dira dirb; do
		n=$((n + 1))
		in_ns $d ipvsl7adm --start-sync --interface sync --group "${GROUPS_OF[$FAMILY]}" --node $n \
			--key-file "$L7_TMP/key"
		defer in_ns $d ipvsl7adm --stop-sync
	done
	inserting "$1"
	l7_ipvs_service dirb "$VIP" "$1"
	defer in_ns dirb ipvsadm -C
	in_ns dirb ipvsl7adm -A -t "$SVC" -k cookie:SRV,insert
	defer in_ns dirb ipvsl7adm -C
}
standby_at() { [ "$(in_ns "$1" ipvsl7adm --flows -n | grep -c STANDBY)" -ge 1 ]; }
fall_over() {
	defer l7_director_restore dira
	l7_director_cut dira
	l7_director_takes dirb
}

# The director goes before the response begins, the next one puts the cookie in.
takeover_before() {
	directors_up 8081
	client get "path=/answer?wait=4000" timeout=60 >"$L7_TMP/out" &
	wait_for standby_at dirb
	fall_over
	wait $!
	of_answer "$(cat "$L7_TMP/out")"
	# and knows it again
	client get cookie="SRV=$TOKEN" count=2 >"$L7_TMP/out"
	assert_eq "at the next director" "$(server_set <"$L7_TMP/out")" "$SERVER"
	! grep -q set= "$L7_TMP/out" || fail "another cookie"
}

takeover_within() {
	local sum
	directors_up 80
	rm -f "$L7_TMP/out"
	L7_CURL_SECONDS=90 client_get '/blob?rate=4m' -o "$L7_TMP/out" -D "$L7_TMP/head" &
	wait_for has_bytes "$L7_TMP/out" 3000000
	wait_for standby_at dirb
	fall_over
	wait $! || fail "curl: status $?"
	sum=$(sha256sum <"$L7_TMP/out")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	assert_eq cookies "$(grep -c '^Set-Cookie: SRV=' "$L7_TMP/head")" 1
}

# The segments with the line never reach the client, who has acknowledged nothing of the
# response: the next director finds the place again and puts the same line in.
takeover_lost() {
	directors_up 8081
	in_ns client nft "add table inet lost; add chain inet lost in { type filter hook prerouting priority -300; };
		add rule inet lost in tcp sport 8081 tcp flags & (syn | psh) == psh drop"
	defer in_ns client nft delete table inet lost
	client get "path=/blob?bytes=20000" timeout=60 body=1 >"$L7_TMP/out" &
	wait_for counter_is cookie_inserted 1
	fall_over
	in_ns client nft flush chain inet lost in
	wait $!
	case $(cat "$L7_TMP/out") in "20000 set=SRV="????????????????) ;; *) fail "$(cat "$L7_TMP/out")" ;; esac
}

# After a change of the cluster's key cookies of the one before are good, and are replaced.
new_key() {
	local was
	directors_up 8081
	of_answer "$(client get)"
	was=$TOKEN
	for d in dira dirb; do in_ns $d ipvsl7adm --stop-sync; done
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key2"
	defer rm -f "$L7_TMP/key2"
	in_ns dira ipvsl7adm --start-sync --interface sync --group "${GROUPS_OF[$FAMILY]}" --node 1 --key-file "$L7_TMP/key2"
	assert_eq "with the old one" "$(client get count=2 cookie="SRV=$was" | server_set)" "$SERVER"
	of_answer "$(client get cookie="SRV=$was")"
	[ "$TOKEN" != "$was" ] || fail "the cookie is as before"
	assert_eq "with the new one" "$(client get count=2 cookie="SRV=$TOKEN" | cut -d' ' -f1,5-)" \
		"$(printf "server=$SERVER\n%.0s" 1 2)"
}

ktap_plan 34
l7_topo_up
l7_nginx_up
l7_server_up
l7_blob
run_test_v4v6 sticks
run_test_v4v6 forged
run_test_v4v6 attributes
run_test_v4v6 servers_change "servers that drain, refuse, are gone"
run_test_v4v6 responses
run_test_v4v6 nginx_responses "responses of nginx"
l7_family 4
run_test transfers "a file" on
l7_family 6
run_test transfers "a file, no offloads" off
run_test_v4v6 not_http "no HTTP"
run_test_v4v6 harmed "loss behind the server" server loss 10% delay 2ms 2ms
run_test_v4v6 harmed "loss before the client" client loss 10% duplicate 5%
run_test_v4v6 harmed "loss behind the client" back loss 10%
run_test_v4v6 pools
run_test_v4v6 refused
run_test_v4v6 takeover_before "takeover before the response"
run_test_v4v6 takeover_within "takeover in the response"
run_test_v4v6 takeover_lost "takeover while the line is on its way"
run_test_v4v6 new_key "new key"
ktap_exit
