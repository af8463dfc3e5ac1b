#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Persistence by cookie, all clients behind one address: sessions reach the server that named
# them, bindings are made and deleted by servers only, follow their server and expire.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# Sessions, interleaved, each reach their own server; the scheduler spreads them.
sticky() {
	local n=9 m=4 out
	[ "$1" = rr ] || fresh_vip
	service 80 "$1" -- -k cookie:SESSID
	out=$(client sessions sessions=$n requests=$m)
	assert_eq "of $n sessions with $m requests" "$(tail -n 1 <<<"$out")" "wrong=0 servers=3"
	assert_counters key_none=$n key_hit=$((n * (m - 1))) key_miss=0 spliced=$((n * m)) \
		binding_learned=$n
	assert_eq bindings "$(binding_count)" $n
	# Without a cookie, requests of the same client go anywhere; by wlc to who has had the
	# fewest, which may be one and the same for a while.
	[ "$1" = rr ] || return 0
	assert_eq "servers without a cookie" "$(client get count=6 | server_set)" "rs1 rs2 rs3"
}

# A browser's cookie jar and keep-alive: curl itself.
browser() {
	local jar=$L7_TMP/jar first out url=http://$VIP_URL
	service 80 rr -- -k cookie:SESSID
	defer rm -f "$jar"
	first=$(client_get / -c "$jar" | server_of)
	out=$(client_curl -b "$jar" "$url/who" -H 'Connection: close' \
		--next -sS -b "$jar" "$url/who" "$url/who")
	assert_eq servers "$(servers <<<"$out")" "$first $first $first"
	# Two connections: one was used twice.
	assert_counters key_hit=2
}

# A client's own invention is scheduled like no cookie, and makes no binding.
unknown() {
	service 80 rr -- -k cookie:SESSID
	assert_eq servers "$(client get count=6 cookie=SESSID=rs1-mine | server_set)" "rs1 rs2 rs3"
	assert_counters key_miss=6 binding_learned=0
	assert_eq bindings "$(binding_count)" 0
}

# The server's word ends the session; the same cookie is unknown from then on.
deletion() {
	service 80 rr -- -k cookie:SESSID
	new_session
	assert_eq "bound to" "$(bound_to "cookie:SESSID=$SESSION")" "$SERVER"
	assert_eq "logout at" "$(client get path=/logout "cookie=SESSID=$SESSION" | servers)" "$SERVER"
	assert_counters binding_deleted=1
	assert_eq "bound to" "$(bound_to "cookie:SESSID=$SESSION")" ""
	assert_eq bindings "$(binding_count)" 0
	assert_eq "servers afterwards" \
		"$(client get count=3 "cookie=SESSID=$SESSION" | server_set)" "rs1 rs2 rs3"
	assert_counters key_miss=3
}

# Expires in the past, as a server without Max-Age does it.
deletion_by_date() {
	local path='/answer?h=Set-Cookie:SESSID=x;+Expires=Thu,+01+Jan+1970+00:00:00+GMT' value
	service 8081 rr -- -k cookie:SESSID
	client get 'path=/answer?h=Set-Cookie:SESSID=abc' >/dev/null
	value=$(bound_to cookie:SESSID=abc)
	assert_eq server "$(client get "path=$path" cookie=SESSID=abc | servers)" "$value"
	assert_eq bindings "$(binding_count)" 0
	assert_counters binding_deleted=1
}

# ASPSESSIONID* fits whatever follows; a name that only resembles it does not.
wildcard() {
	local first out
	service 8081 rr -- -k 'cookie:ASPSESSIONID*'
	first=$(client get 'path=/answer?h=Set-Cookie:ASPSESSIONIDQARB=AB12')
	assert_eq cookie "${first#* }" "set=ASPSESSIONIDQARB=AB12"
	out=$(client get count=3 cookie=ASPSESSIONIDQARB=AB12)
	first=$(servers <<<"$first")
	assert_eq servers "$(servers <<<"$out")" "$first $first $first"
	assert_counters key_hit=3
	client get cookie=aspsessionidQARB=AB12 >/dev/null
	client get cookie=XASPSESSIONIDQARB=AB12 >/dev/null
	assert_counters key_none=3
}

# Bytes 2..5 of the value are the key: the rest may change.
part_of_value() {
	local first
	service 8081 rr -- -k cookie:SID,offset=2,length=4
	first=$(client get 'path=/answer?h=Set-Cookie:SID=xxABCDyy' | servers)
	assert_eq servers "$(client get count=3 cookie=SID=zzABCDother | servers)" \
		"$first $first $first"
	assert_counters key_hit=3
	client get cookie=SID=xxABCEyy >/dev/null
	assert_counters key_miss=1
	# Too short to have a byte there: no key at all.
	client get cookie=SID=xx >/dev/null
	assert_counters key_none=2
	assert_eq "bound to" "$(bound_to cookie:SID=..ABCD)" "$first"
}

# The first rule with a live binding decides: a cookie before the address.
chain() {
	local mine other
	service 80 rr -- -k cookie:SESSID -k src
	new_session "from=$CLI1"
	mine=$SERVER
	assert_eq "without a cookie" "$(client get count=3 "from=$CLI1" | servers)" "$mine $mine $mine"
	other=$mine
	while [ "$other" = "$mine" ]; do
		service_next
		new_session "from=$CLI2"
		other=$SERVER
	done
	assert_eq "with another's cookie" \
		"$(client get count=3 "from=$CLI1" "cookie=SESSID=$SESSION" | servers)" "$other $other $other"
	assert_eq "and without again" "$(client get count=3 "from=$CLI1" | servers)" "$mine $mine $mine"
	assert_eq "with an unknown cookie" \
		"$(client get count=2 "from=$CLI1" cookie=SESSID=unknown | servers)" "$mine $mine"
}

# Forgets the second client's address, so that its next session is scheduled.
service_next() { in_ns dira ipvsl7adm --del-binding "src=$CLI2" -t "$SVC" 2>/dev/null || true; }

# Idle time since the last use: one that is used lives, one that is not expires. A binding may
# live up to a quarter longer than asked for.
expiry() {
	local since idle=$((4000 * ${L7_SLOW:-1})) used before
	service 80 rr -- -k cookie:SESSID -p $((idle / 1000))
	before=$(counter_all binding_expired)
	new_session
	used=$SESSION
	since=$EPOCHREALTIME
	new_session
	while [ "$(elapsed_ms "$since")" -lt $((idle * 3 / 4)) ]; do
		client get gap=200 "cookie=SESSID=$used" >/dev/null
	done
	assert_eq "bindings before the end" "$(binding_count)" 2
	while [ "$(binding_count)" -gt 1 ]; do
		[ "$(elapsed_ms "$since")" -lt $((idle * 5 / 4 + 4000)) ] || fail "does not expire"
		client get gap=200 "cookie=SESSID=$used" >/dev/null
	done
	[ "$(elapsed_ms "$since")" -ge $idle ] || fail "expired after $(elapsed_ms "$since") ms"
	assert_eq "the used one" "$(bound_to "cookie:SESSID=$used")" "${used%%-*}"
	assert_eq "the other" "$(bound_to "cookie:SESSID=$SESSION")" ""
	wait_for binding_count_is 0
	wait_for expired_at_least $((before + 2))
}

expired_at_least() { [ "$(counter_all binding_expired)" -ge "$1" ]; }

# Weight 0: bound clients stay, new ones go elsewhere.
drain() {
	service 80 rr -- -k cookie:SESSID
	new_session
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$SERVER" 80)" -m -w 0
	assert_eq "bound client" "$(client get count=3 "cookie=SESSID=$SESSION" | servers)" \
		"$SERVER $SERVER $SERVER"
	case $(client get count=6 | server_set) in *$SERVER*) fail "new clients at $SERVER" ;; esac
}

# With this setting IPVS sends no new connection to a server of weight 0, whoever asks for it:
# sessions move, for good.
drain_rebinds() {
	local next
	l7_sysctl dira net.ipv4.vs.expire_nodest_conn=1
	defer l7_sysctl dira net.ipv4.vs.expire_nodest_conn=0
	service 80 rr -- -k cookie:SESSID
	new_session
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$SERVER" 80)" -m -w 0
	next=$(client get "cookie=SESSID=$SESSION" | servers)
	[ -n "$next" ] && [ "$next" != "$SERVER" ] || fail "at '$next'"
	assert_eq "bound to" "$(bound_to "cookie:SESSID=$SESSION")" "$next"
	assert_eq "from then on" "$(client get count=3 "cookie=SESSID=$SESSION" | servers)" \
		"$next $next $next"
}

# A server that is removed: its sessions move at their next request, for good.
removed() {
	local next
	service 80 rr -- -k cookie:SESSID
	new_session
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at "$SERVER" 80)"
	next=$(client get "cookie=SESSID=$SESSION" | servers)
	[ -n "$next" ] && [ "$next" != "$SERVER" ] || fail "at '$next'"
	assert_counters binding_server_gone=1
	assert_eq "bound to" "$(bound_to "cookie:SESSID=$SESSION")" "$next"
	in_ns dira ipvsadm -a -t "$SVC" -r "$(server_at "$SERVER" 80)" -m
	assert_eq "once it is back" "$(client get count=3 "cookie=SESSID=$SESSION" | servers)" \
		"$next $next $next"
	assert_eq bindings "$(binding_count)" 1
}

# What the operator says of a binding.
by_hand() {
	service 80 rr -- -k cookie:SESSID
	in_ns dira ipvsl7adm --add-binding cookie:SESSID=made -t "$SVC" -r "$(server_at rs2 80)"
	assert_eq "bound by hand" "$(client get count=3 cookie=SESSID=made | servers)" "rs2 rs2 rs2"
	in_ns dira ipvsl7adm --add-binding cookie:SESSID=made -t "$SVC" -r "$(server_at rs3 80)"
	assert_eq "moved by hand" "$(client get count=2 cookie=SESSID=made | servers)" "rs3 rs3"
	in_ns dira ipvsl7adm --del-binding cookie:SESSID=made -t "$SVC"
	assert_eq "bindings" "$(binding_count)" 0
}

ktap_plan 28
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 sticky "sticky, rr" rr
run_test_v4v6 sticky "sticky, wlc" wlc
run_test_v4v6 browser
run_test_v4v6 unknown
run_test_v4v6 deletion
run_test_v4v6 deletion_by_date
run_test_v4v6 wildcard
run_test_v4v6 part_of_value
run_test_v4v6 chain
run_test_v4v6 expiry
run_test_v4v6 drain
run_test_v4v6 drain_rebinds "drain, expire_nodest_conn"
run_test_v4v6 removed
run_test_v4v6 by_hand
ktap_exit
