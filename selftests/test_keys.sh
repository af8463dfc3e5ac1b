#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Keys other than cookies and TLS: parameters and fields of HTTP requests, the path, MQTT
# (mosquitto on both sides), RDP (xrdp), payload; keys that are required.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# one_server WHAT SERVERS...: all the same.
one_server() {
	local what=$1 s
	shift
	[ $# -gt 1 ] || fail "$what: no answers"
	for s; do [ "$s" = "$1" ] || fail "$what: $*"; done
}

# at PATH [NAME=VALUE]...: the servers of count=N requests.
at() { client get path="$1" "${@:2}" | servers; }

# Bound by the request once a server answered, and found in query and path.
url() {
	local a b
	service 8081 rr -- -k url:sid,learn=request
	# shellcheck disable=SC2046
	one_server "?sid=A" $(at "/who?sid=A" count=4)
	# shellcheck disable=SC2046
	one_server "&sid=B" $(at "/who?x=1&sid=B" count=4)
	a=$(at "/who?sid=A") b=$(at "/who?x=1&sid=B")
	[ "$a" != "$b" ] || fail "both at $a"
	assert_eq "A at" "$(bound_to url:sid=A)" "$a"
	assert_eq "the same in the path" "$(at "/who;SID=A?y=2")" "$a"
	assert_counters key_miss=2 binding_learned=2
	assert_eq "servers without a key" "$(client get count=6 path=/who | server_set)" "rs1 rs2 rs3"
}

# Without learn=request a client cannot bind; the operator can.
url_by_hand() {
	service 80 rr -- -k url:sid
	assert_eq servers "$(client get count=6 "path=/who?sid=A" | server_set)" "rs1 rs2 rs3"
	assert_eq bindings "$(binding_count)" 0
	in_ns dira ipvsl7adm --add-binding url:sid=A -t "$SVC" -r "$(server_at rs2 80)"
	assert_eq servers "$(client get count=3 "path=/who?sid=A" | server_set)" "rs2"
}

header() {
	local a
	service 80 rr -- -k header:X-User,learn=request
	a=$(at /who field=X-User:alice)
	assert_eq servers "$(at /who field=x-user:alice count=3)" "$a $a $a"
	[ "$(at /who field=X-User:bob)" != "$a" ] || fail "bob with alice at $a"
	assert_eq "alice at" "$(bound_to header:X-User=alice)" "$a"
	assert_counters binding_learned=2 key_hit=3
}

# The first key of the chain with a binding wins; the request teaches the others.
chain() {
	local a
	service 80 rr -- -k url:sid,learn=request -k header:X-User,learn=request
	a=$(at "/who?sid=A" field=X-User:alice)
	assert_eq "by the field alone" "$(at /who field=X-User:alice count=2)" "$a $a"
	assert_eq "by the parameter alone" "$(at "/who?sid=A")" "$a"
}

# As many as make it certain that none of three servers is left out: once in two million runs one
# would be.
paths() { at "/p{n}?x=$RANDOM" count=40; }

# No table: each path has its server, at every director; who drains gives up only its own.
path_hash() {
	local before after other i
	defer l7_director_takes dira
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	service 8081 rr -- -k path-hash
	# What is shared for a hash to be the same is the key of the cluster.
	in_ns dira ipvsl7adm --start-sync --interface sync --group 239.0.0.88 --node 1 --key-file "$L7_TMP/key"
	defer in_ns dira ipvsl7adm --stop-sync
	in_ns dirb ipvsl7adm --start-sync --interface sync --group 239.0.0.88 --node 2 --key-file "$L7_TMP/key"
	defer in_ns dirb ipvsl7adm --stop-sync
	before=$(paths)
	assert_eq "the same again" "$(paths)" "$before"
	assert_eq servers "$(tr ' ' '\n' <<<"$before" | sort -u | xargs)" "rs1 rs2 rs3"
	assert_eq bindings "$(binding_count)" 0
	assert_counters key_hit=80 binding_learned=0
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at rs2 8081)" -m -w 0
	after=$(paths)
	set -- $after
	for i in $before; do
		if [ "$i" = rs2 ]; then
			[ "$1" != rs2 ] || fail "still at rs2: $after"
		else
			assert_eq "moved without need: $before; $after" "$1" "$i"
		fi
		shift
	done
	l7_ipvs_service dirb "$VIP" 8081
	defer in_ns dirb ipvsadm -C
	in_ns dirb ipvsl7adm -A -t "$SVC" -k path-hash
	defer in_ns dirb ipvsl7adm -C
	l7_director_takes dirb
	other=$(paths)
	assert_eq "at the other director" "$other" "$before"
}

# Who has no key is reset, and no server hears of it.
required() {
	service 80 rr -- -k header:X-User,learn=request,require
	[ "$(at /who field=X-User:alice)" != "" ] || fail "with the key: no answer"
	client get count=2 timeout=5 | grep -c '^error=' | grep -qx 2 || fail "without the key: answered"
	assert_counters required=2 spliced=1 key_none=2
	# A request that never ends falls back otherwise.
	in_ns dira ipvsl7adm -E -t "$SVC" --inspect-timeout 500ms
	client hold count=1 text='GET /who HTTP/1.1\r\n' timeout=$((5 * ${L7_SLOW:-1})) >/dev/null 2>&1 &
	defer end_process $!
	wait_for counter_is required 3
	assert_counters slow_fallback=1 spliced=1
}

# Two fields at once, one of them by a prefix of its name, and a part of the value.
part_of_value() {
	local a
	service 80 rr -- -k header:X-Sess*,offset=2,length=3,learn=request
	a=$(at /who field=X-Session:abKEYcd)
	assert_eq servers "$(at /who field=X-Sess:xxKEYyy count=3)" "$a $a $a"
	assert_counters binding_learned=1 key_hit=3
	assert_eq "too short to have a part" "$(client get count=3 field=X-Session:ab | server_set)" "rs1 rs2 rs3"
}

# --- MQTT: a broker at each server ---

mqtt_up() {
	local rs
	for rs in $L7_SERVERS; do
		mkdir -p "$L7_TMP/mqtt-$rs"
		printf '%s\n' "listener 1883" "allow_anonymous true" "log_type all" "user root" \
			"log_dest file $L7_TMP/mqtt-$rs/log" >"$L7_TMP/mqtt-$rs/conf"
		: >"$L7_TMP/mqtt-$rs/log"
		in_background "mqtt-$rs" "$rs" mosquitto -c "$L7_TMP/mqtt-$rs/conf"
		wait_for_listen "$rs" 1883
	done
}

# mqtt_of ID: publishes as ID; prints the server whose broker has it in its log.
mqtt_of() {
	local rs n
	for rs in $L7_SERVERS; do : >"$L7_TMP/mqtt-$rs/log"; done
	in_ns client mosquitto_pub -h "$VIP" -p 1883 -i "$1" -t l7 -m hello -q 1 "${@:2}" || fail "not published as $1"
	for rs in $L7_SERVERS; do
		n=$(grep -c "as $1 (" "$L7_TMP/mqtt-$rs/log") || true
		[ "$n" = 0 ] || echo "$rs"
	done
}

mqtt() {
	local a b
	mqtt_up
	service 1883 rr -- -k mqtt
	a=$(mqtt_of dev-a)
	assert_eq "again" "$(mqtt_of dev-a) $(mqtt_of dev-a)" "$a $a"
	assert_eq "MQTT 5" "$(mqtt_of dev-a -V 5)" "$a"
	b=$(mqtt_of dev-b)
	assert_eq "b again" "$(mqtt_of dev-b)" "$b"
	[ "$a" != "$b" ] || fail "both at $a"
	assert_eq "a at" "$(bound_to mqtt=dev-a)" "$a"
	assert_counters binding_learned=2 malformed_fallback=0
}

# --- RDP: xrdp at each server ---

rdp_up() {
	local rs at=tcp
	[ "$FAMILY" = 4 ] || at=tcp6
	for rs in $L7_SERVERS; do
		sed -e "s|^port=3389|port=$at://:3389|" -e "s|^LogFile=.*|LogFile=$L7_TMP/xrdp-$rs.log|" \
			/etc/xrdp/xrdp.ini >"$L7_TMP/xrdp-$rs.ini"
		wait_for is_quiet "$rs" 3389
		in_background "xrdp-$rs" "$rs" xrdp --nodaemon --config "$L7_TMP/xrdp-$rs.ini"
		wait_for_listen "$rs" 3389
	done
}

# is_quiet NAMESPACE PORT: nobody listens, not even one of an earlier case.
is_quiet() { [ -z "$(in_ns "$1" ss -Hltn "sport = :$2")" ]; }

# rdp_of [COOKIE]: prints the server that the connection went to, as the director says.
rdp_of() {
	local out=$L7_TMP/rdp.out port
	: >"$out"
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_rdp.py" "$VIP" 3389 "$@" \
		<"$L7_TMP/rdp.hold" >"$out" 2>&1 &
	wait_for_text "$out" "confirmed\|no Conn\|rror"
	port=$(sed -n 's/^confirmed port=//p' "$out")
	[ -n "$port" ] || fail "$(cat "$out")"
	in_ns dira ipvsl7adm --flows -n | sed -nE "s/.*:$port +.*(10\.0\.2\.|fd00:2::)([123])\]?:3389.*/rs\2/p"
	kill $!
}

rdp() {
	local a b token
	command -v xrdp >/dev/null || skip "no xrdp"
	rm -f "$L7_TMP/rdp.hold"
	mkfifo "$L7_TMP/rdp.hold"
	exec 5<>"$L7_TMP/rdp.hold"
	rdp_up
	service 3389 rr -- -k rdp
	a=$(rdp_of mstshash=alice)
	[ -n "$a" ] || fail "no flow: $(in_ns dira ipvsl7adm --flows -n)"
	assert_eq "alice again" "$(rdp_of mstshash=alice) $(rdp_of mstshash=alice)" "$a $a"
	b=$(rdp_of mstshash=bob)
	[ "$a" != "$b" ] || fail "both at $a"
	assert_eq "alice at" "$(bound_to rdp=alice)" "$a"
	assert_counters binding_learned=2
	[ "$FAMILY" = 4 ] || return 0
	# A broker's token names the server: 10.0.2.3, 3389. Of a stranger's nothing is believed.
	token=$((10 + 2 * 65536 + 3 * 16777216)).15629.0000
	assert_eq "by token" "$(rdp_of "msts=$token") $(rdp_of "msts=$token")" "rs3 rs3"
	assert_counters binding_learned=2
	rdp_of "msts=$((10 + 9 * 65536 + 3 * 16777216)).15629.0000" >/dev/null
	assert_counters binding_server_gone=1
}

# as_user USER: FreeRDP connects, and does not get in.
as_user() {
	in_ns client env DISPLAY=":$DISPLAY_NUMBER" HOME="$L7_TMP" timeout $((30 * ${L7_SLOW:-1})) \
		xfreerdp "/v:$VIP_URL" /port:3389 "/u:$1" /p:x +auth-only /cert:ignore >"$L7_TMP/freerdp.out" 2>&1 || true
}

freerdp() {
	local a
	command -v xrdp >/dev/null && command -v xfreerdp >/dev/null && command -v Xvfb >/dev/null ||
		skip "no xrdp, FreeRDP or Xvfb"
	in_background xvfb client Xvfb -displayfd 1 -screen 0 640x480x24 -nolisten tcp
	wait_for_text "$L7_TMP/xvfb.out" "^[0-9]"
	DISPLAY_NUMBER=$(grep -m 1 '^[0-9]' "$L7_TMP/xvfb.out")
	rdp_up
	service 3389 rr -- -k rdp
	as_user alice
	a=$(bound_to rdp=alice)
	[ -n "$a" ] || fail "alice is not bound: $(cat "$L7_TMP/freerdp.out")"
	as_user alice
	as_user alice
	assert_counters binding_learned=1 key_miss=1 key_hit=2 server_retry=0
	as_user bob
	assert_counters binding_learned=2 key_miss=2 key_hit=2
	[ "$(bound_to rdp=bob)" != "$a" ] || fail "both at $a"
	assert_eq "alice is at" "$(bound_to rdp=alice)" "$a"
}

# --- Payload: the echo server, any bytes ---

payload() {
	service 7 rr -- -k payload:2,4
	client echo hex=0000aabbccdd01 >/dev/null
	client echo hex=0102aabbccdd02 >/dev/null
	client echo hex=0102aabbccee02 >/dev/null
	assert_counters key_miss=2 key_hit=1 binding_learned=2
	[ "$(bound_to payload:2,4=0xaabbccdd)" != "" ] || fail "not found by its bytes"
	in_ns dira ipvsl7adm -E -t "$SVC" -k payload-lv:1,2
	client echo hex=ff00036b657901 >/dev/null
	client echo hex=ee00036b657902 >/dev/null
	assert_counters key_miss=3 key_hit=2 binding_learned=3
	[ "$(bound_to payload-lv:1,2=key)" != "" ] || fail "not found by its text"
	# A length of 0 is no key, one beyond all bounds no payload.
	client echo hex=ff000001020304 >/dev/null
	client echo hex=ffffff01020304 >/dev/null
	assert_counters key_none=1 malformed_fallback=1
}

# What makes no sense is refused, in words.
refused() {
	local rc out
	while read -r key want; do
		rc=0
		out=$(in_ns dira ipvsl7adm -A -t "$VIP_URL:80" -k "$key" 2>&1) || rc=$?
		[ $rc != 0 ] || fail "$key: taken"
		grep -q -- "$want" <<<"$out" || fail "$key: $out"
	done <<-END
		payload:20000,1 must end before max-request
		payload-lv:16380,4 must end before max-request
		cookie:a,offset=9000,length=9000 must end before max-request
	END
	# A port where the server speaks first.
	! in_ns dira ipvsl7adm -A -t "$VIP_URL:25" -k mqtt 2>/dev/null || fail "taken at port 25"
}

# Save, restore: the same, whatever the kinds of keys.
saved() {
	local before
	in_ns dira ipvsl7adm -A -t "$VIP_URL:90" -k url:a,learn=request,require -k header:B*,offset=1,length=2 \
		-k path-hash -k tls-session -k tls-ticket -k rdp -k mqtt -k src/24
	in_ns dira ipvsl7adm -A -t "$VIP_URL:91" -k payload:1,2,require -k payload-lv:3,4 -k tls-ticket:all
	defer in_ns dira ipvsl7adm -C
	before=$(in_ns dira ipvsl7adm -S)
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <<<"$before"
	assert_eq "after restore" "$(in_ns dira ipvsl7adm -S)" "$before"
	grep -q -- '-k payload:1,2,require -k payload-lv:3,4 -k tls-ticket:all' <<<"$before" || fail "$before"
}

ktap_plan 26
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 url
run_test_v4v6 url_by_hand "url, bound by hand"
run_test_v4v6 header
run_test_v4v6 chain
run_test_v4v6 path_hash "path-hash"
run_test_v4v6 required
run_test_v4v6 part_of_value "part of a field"
run_test_v4v6 mqtt
run_test_v4v6 rdp
run_test_v4v6 freerdp FreeRDP
run_test_v4v6 payload
run_test_v4v6 refused
run_test_v4v6 saved "saved and restored"
ktap_exit
