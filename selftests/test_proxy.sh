#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# PROXY headers: those that a proxy in front of the director sends (curl, haproxy), and those that
# the director sends to real servers (nginx).
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

# Ports of nginx: with and without a header before each connection.
HTTP=8095 PLAIN=8096

proxy_config() {
	local rs=$1 d=$L7_TMP/proxy-$1
	cat <<-TXT
	user root;
	worker_processes 1;
	pid $d/nginx.pid;
	error_log $d/error.log;
	events { worker_connections 512; }
	http {
	  access_log off;
	  client_body_temp_path $d/body; proxy_temp_path $d/proxy; fastcgi_temp_path $d/fastcgi;
	  uwsgi_temp_path $d/uwsgi; scgi_temp_path $d/scgi;
	  default_type text/plain;
	  client_max_body_size 0;
	  large_client_header_buffers 4 32k;
	  map \$cookie_SESSID \$new_session {
	    "" "SESSID=$rs-\$request_id; Path=/";
	    default "";
	  }
	  server {
	    listen $HTTP proxy_protocol; listen [::]:$HTTP ipv6only=on proxy_protocol;
	    listen $PLAIN; listen [::]:$PLAIN ipv6only=on;
	    location = / { add_header Set-Cookie \$new_session; return 200 "server=$rs\n"; }
	    location = /who { return 200 "server=$rs from=\$proxy_protocol_addr,\$proxy_protocol_port to=\$proxy_protocol_server_addr,\$proxy_protocol_server_port\n"; }
	    location = /blob { alias $L7_TMP/blob; limit_rate \$arg_rate; }
	    location /put/ { root $d; dav_methods PUT; create_full_put_path on; }
	  }
	}
	TXT
}

proxy_up() {
	local rs
	for rs in $L7_SERVERS; do
		mkdir -p "$L7_TMP/proxy-$rs" || return
		proxy_config "$rs" >"$L7_TMP/proxy-$rs/nginx.conf"
		in_ns "$rs" nginx -p "$L7_TMP/proxy-$rs/" -e "$L7_TMP/proxy-$rs/error.log" \
			-c "$L7_TMP/proxy-$rs/nginx.conf" || return
	done
}

proxy_down() {
	local rs pid
	for rs in $L7_SERVERS; do
		read -r pid 2>/dev/null <"$L7_TMP/proxy-$rs/nginx.pid" && kill -TERM "$pid"
	done
}

# What the servers saw: "from=ADDRESS,PORT to=ADDRESS,PORT" of each answer on standard input; without
# the client's port.
seen() { sed -n 's/.*\(from=.*\)/\1/p'; }
seen_hosts() { seen | sed 's/,[0-9]* to=/ to=/'; }

# v2 COMMAND FAMILY [SOURCE PORT DESTINATION PORT]: a header of version 2 in hexadecimal digits; the
# addresses are of IPv4, or hexadecimal digits.
v2() {
	local a=''
	[ $# = 2 ] || a=$(addr_hex "$3")$(addr_hex "$5")$(printf %04x "$4" "$6")
	printf '0d0a0d0a000d0a515549540a%s%s%04x%s' "$1" "$2" $((${#a} / 2)) "$a"
}
addr_hex() {
	case $1 in
	*.*) tr . '\n' <<<"$1" | xargs printf %02x ;;
	*) echo "$1" ;;
	esac
}
DOC6=20010db8000000000000000000000009	# 2001:db8::9

# --- To the servers ---

# Whatever the client sends, and however.
sent() {
	local want="from=$CLI3,5000 to=$VIP,$HTTP" n=0
	service $HTTP rr -- -k cookie:SESSID --send-proxy --max-request 32k
	next() { n=$((n + 1)) want="from=$CLI3,$((5000 + n)) to=$VIP,$HTTP"; }
	get() {
		next
		assert_eq "$*" "$(client get from="$CLI3" port=$((5000 + n)) "$@" | seen)" "$want"
	}
	get
	get cookie=SESSID=x
	get piece=1 host=x
	get filler=20000
	get piece=700 filler=3000
	get half=1
	assert_counters proxy_sent=6 spliced=6 retransmit=0 proxy_read=0
	new_session
	assert_eq "the session's server" "$(client get count=3 cookie="SESSID=$SESSION" | server_set)" "$SERVER"
}

# The header, the whole header, and nothing but the header; the client's bytes behind it are untouched.
sent_bytes() {
	local header got
	service 7 rr -- -k cookie:SESSID --send-proxy
	case $FAMILY in
	4) header=$(v2 21 11 "$CLI2" 6000 "$VIP" 7) ;;
	6) header=$(v2 21 21 fd000001000000000000000000000002 6000 fd000001000000000000000000000100 7) ;;
	esac
	got=$(printf 'hello\n' | in_ns client socat -t 10 - "TCP:$VIP_URL:7,bind=$(url_host "$CLI2"):6000" |
		od -An -v -tx1 | tr -d ' \n')
	assert_eq bytes "$got" "${header}68656c6c6f0a"
}

keep_alive() {
	local out
	service $HTTP rr -- -k cookie:SESSID --send-proxy
	out=$(L7_PORT=$HTTP client_get "/who?[1-5]" -w '%{num_connects}\n')
	assert_eq "what the servers saw" "$(seen_hosts <<<"$out" | sort -u)" "from=$(own) to=$VIP,$HTTP"
	assert_eq "client's ports" "$(seen <<<"$out" | sort -u | wc -l)" 1
	assert_eq connections "$(awk '/^[01]$/ { n += $1 } END { print n }' <<<"$out")" 1
}
# The address from which the client connects if it is not told to use another.
own() { in_ns client ip -o route get "$VIP" | sed -n 's/.* src \([^ ]*\).*/\1/p'; }

# Both ways, many segments.
transfers() {
	local sum
	service $HTTP rr rs1 -- -k cookie:SESSID --send-proxy
	l7_blob
	head -c 3000000 "$L7_BLOB" >"$L7_TMP/part"
	L7_PORT=$HTTP client_get /put/part -T "$L7_TMP/part"
	cmp "$L7_TMP/part" "$L7_TMP/proxy-rs1/put/part"
	sum=$(L7_PORT=$HTTP client_get /blob | sha256sum)
	assert_eq download "${sum%% *}" "$L7_BLOB_SHA256"
}

refused() {
	service $HTTP rr -- -k cookie:SESSID --send-proxy --accept-proxy
	server_rule rs1 tcp dport $HTTP reject with tcp reset
	server_rule rs2 tcp dport $HTTP drop
	in_ns dira ipvsl7adm -E -t "$SVC" --connect-timeout 300ms
	assert_eq "what the servers saw" "$(client get count=3 proxy="PROXY TCP4 192.0.2.9 192.0.2.1 4711 80" |
		seen | sort -u)" "from=192.0.2.9,4711 to=192.0.2.1,80"
	counter_at_least server_retry 2 || fail "the others were not tried"
	assert_counters proxy_sent=3 spliced=3
}

# lose BYTES: each server loses the first segments with data, up to so many bytes.
lose() {
	local rs
	for rs in $L7_SERVERS; do
		in_ns "$rs" nft -f - <<-END
		table inet l7test {
			chain in {
				type filter hook prerouting priority -400;
				tcp dport $HTTP tcp flags & (psh | syn) == psh quota until $1 bytes drop
			}
		}
		END
		defer server_unrule "$rs"
	done
}

# acks_from: prints "FIRST LEAST" of each connection of a capture: the client's first byte, and
# what it got as an ACK.
acks_from() {
	in_ns client tcpdump -n -S -r "$1" 2>/dev/null | awk -v vip="$VIP.$HTTP" '
		{ sub(":$", "", $5) }
		/Flags \[S\]/ { sub(",", "", $9); first[$3] = $9 + 1; next }
		$3 == vip && match($0, /ack [0-9]+/) {
			ack = substr($0, RSTART + 4, RLENGTH - 4)
			if (!($5 in least) || ack < least[$5]) least[$5] = ack
		}
		END { for (c in first) printf "%.0f %.0f\n", first[c], least[c] }'
}

# lost [ARG...] -- [POLICY-ARG...]: the header (104 to 124 bytes, at least 80 with IPv4 addresses), or
# LOSE bytes, are lost on their way and come again; the client hears nothing of bytes that it did not
# send. WANT: what the server is to see.
lost() {
	local args=() first least want=$WANT
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	service $HTTP rr -- -k cookie:SESSID --send-proxy "${@:2}"
	lose "${LOSE:-130}"
	in_background acks client /usr/bin/tcpdump -n --immediate-mode -U -i eth0 -Z root -w "$L7_TMP/acks" tcp port $HTTP
	wait_for has_text "$L7_TMP/acks.out" "listening on"
	assert_eq "what the servers saw" "$(client get from="$CLI3" port=5100 "${args[@]}" | seen)" \
		"${want:-from=$CLI3,5100 to=$VIP,$HTTP}"
	end_process "$BG"
	counter_at_least retransmit 1 || fail "nothing was lost"
	assert_counters reset=0 no_server=0
	acks_from "$L7_TMP/acks" >"$L7_TMP/least"
	while read -r first least; do
		[ "$least" = "$first" ] || fail "ACK $least, but the client begins with $first"
	done <"$L7_TMP/least"
	has_lines "$L7_TMP/least" 1 || fail "nothing captured"
}

# --- From a proxy in front ---

by_curl() {
	local a out i
	service $HTTP rr -- -k cookie:SESSID --accept-proxy
	for i in 1 2 3; do
		L7_PORT=$HTTP client_get / --haproxy-protocol -c "$L7_TMP/jar$i" >"$L7_TMP/out"
		a=$(server_of <"$L7_TMP/out")
		for out in 1 2; do
			out=$(L7_PORT=$HTTP client_get /who --haproxy-protocol -b "$L7_TMP/jar$i")
			assert_eq "session $i" "$(server_of <<<"$out")" "$a"
			assert_eq "what the server saw" "$(seen_hosts <<<"$out")" "from=$(own) to=$VIP,$HTTP"
		done
	done
	assert_counters proxy_read=9 key_hit=6 key_none=3 no_proxy_fallback=0 bad_proxy_fallback=0 proxy_sent=0
}

# A proxy of the client's network: haproxy at CLI2, port 9000.
haproxy_up() {
	cat >"$L7_TMP/haproxy.cfg" <<-TXT
	global
	  maxconn 100
	defaults
	  mode tcp
	  timeout connect 10s
	  timeout client 30s
	  timeout server 30s
	listen l7
	  bind $(url_host "$CLI2"):9000
	  server vip $VIP_URL:$HTTP $1 source $(url_host "$CLI2")
	TXT
	in_background haproxy client haproxy -db -f "$L7_TMP/haproxy.cfg"
	wait_for_listen client 9000
}

by_haproxy() {
	local out a url
	url=http://$(url_host "$CLI2"):9000
	service $HTTP rr -- -k cookie:SESSID --accept-proxy
	haproxy_up send-proxy-v2
	out=$(client_curl --interface "$CLI4" -c "$L7_TMP/jar" "$url/")
	a=$(server_of <<<"$out")
	for _ in 1 2 3; do
		out=$(client_curl --interface "$CLI4" -b "$L7_TMP/jar" "$url/who")
		assert_eq server "$(server_of <<<"$out")" "$a"
		assert_eq "what the server saw" "$(seen_hosts <<<"$out")" "from=$CLI4 to=$CLI2,9000"
	done
	assert_counters proxy_read=4 key_hit=3
	# The director's header takes the place of the proxy's, and says the same.
	in_ns dira ipvsl7adm -E -t "$SVC" --send-proxy
	for _ in 1 2 3; do
		out=$(client_curl --interface "$CLI5" -b "$L7_TMP/jar" "$url/who")
		assert_eq server "$(server_of <<<"$out")" "$a"
		assert_eq "what the server saw" "$(seen_hosts <<<"$out")" "from=$CLI5 to=$CLI2,9000"
	done
	assert_counters proxy_read=7 proxy_sent=3 key_hit=6
}

steered() {
	local n
	for n in 1 2; do
		pool $n $HTTP rs$n
	done
	service $HTTP rr rs3 -- --accept-proxy -s host:one.example=fwmark:1 -s host:two.example=fwmark:2
	for _ in 1 2; do
		assert_eq "by the host" "$(client get host=one.example proxy="PROXY UNKNOWN" | servers)" rs1
		assert_eq "by the host" "$(client get host=two.example proxyhex="$(v2 20 00)" | servers)" rs2
		assert_eq "no rule" "$(client get host=x.example proxy="PROXY UNKNOWN x" | servers)" rs3
	done
	assert_counters steered=4 steer_none=2 proxy_read=6
}

# Headers of all kinds, in either family: with --send-proxy nginx sees but one, and the request.
both() {
	local from="from=$CLI3" to="to=$VIP,$HTTP" p
	service $HTTP rr -- -k cookie:SESSID --accept-proxy --send-proxy --max-request 32k
	says() { assert_eq "$2 $3" "$(client get from="$CLI3" "${@:2}" | seen_hosts)" "$1"; }
	says "from=192.0.2.9 to=192.0.2.1,80" proxy="PROXY TCP4 192.0.2.9 192.0.2.1 4711 80"
	says "from=1.2.3.4 to=5.6.7.8,80" proxy="PROXY TCP4 1.2.3.4 5.6.7.8 1 80"
	says "from=2001:db8::9 to=2001:db8::1,80" proxy="PROXY TCP6 2001:db8::9 2001:db8::1 4711 80"
	says "from=2001:db8::9 to=::,80" proxy="PROXY TCP6 2001:db8::9 :: 4711 80"
	says "from=192.0.2.9 to=192.0.2.1,80" proxyhex="$(v2 21 11 192.0.2.9 4711 192.0.2.1 80)"
	says "from=2001:db8::9 to=2001:db8::9,80" proxyhex="$(v2 21 21 $DOC6 4711 $DOC6 80)"
	says "$from $to" proxy="PROXY UNKNOWN"
	says "$from $to" proxyhex="$(v2 20 00)"
	# Longer than what takes its place.
	p="PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0009 2001:0db8:0000:0000:0000:0000:0000:0001 44711 44380"
	says "from=2001:db8::9 to=2001:db8::1,44380" proxy="$p"
	says "from=2001:db8::9 to=2001:db8::1,44380" proxy="$p" piece=1
	says "from=2001:db8::9 to=2001:db8::1,44380" proxy="$p" piece=100
	says "from=2001:db8::9 to=2001:db8::1,44380" proxy="$p" filler=20000
	says "from=2001:db8::9 to=2001:db8::1,44380" proxy="$p" filler=20000 piece=1000
	assert_counters proxy_read=13 proxy_sent=13 spliced=13 no_proxy_fallback=0 bad_proxy_fallback=0
}

# The same header goes on to the server.
verbatim() {
	local p
	service $HTTP rr -- -k cookie:SESSID --accept-proxy
	assert_eq "the other family" "$(client get proxy="PROXY TCP4 192.0.2.9 192.0.2.1 4711 80" | seen)" \
		"from=192.0.2.9,4711 to=192.0.2.1,80"
	assert_eq "the other family" "$(client get proxyhex="$(v2 21 21 $DOC6 4711 $DOC6 80)" | seen)" \
		"from=2001:db8::9,4711 to=2001:db8::9,80"
	p="PROXY TCP$FAMILY $CLI1 $VIP 1 2"
	assert_eq "its own addresses" "$(client get proxy="$p" | seen)" "from=$CLI1,1 to=$VIP,2"
	service 7 rr -- -k cookie:SESSID --accept-proxy
	assert_eq "bytes" "$(client echo text="$p\\r\\nhello" bytes=10000)" same
	# Segments go on as they came: nginx wants a header in its first read.
	assert_eq "byte by byte" "$(client echo text="$p\\r\\nhello" bytes=100 piece=1)" same
	assert_eq "bytes of version 2" "$(client echo hex="$(v2 21 11 192.0.2.9 4711 192.0.2.1 80)" bytes=10000)" same
}

# No header, a malformed one: scheduled, or, where a key is required, reset.
missing() {
	local n
	service $PLAIN rr -- -k header:X-User,learn=request --accept-proxy
	assert_eq "without" "$(client get field=X-User:a count=3 | server_set)" "rs1 rs2 rs3"
	assert_counters no_proxy_fallback=3 bad_proxy_fallback=0 proxy_read=0 key_hit=0 binding_learned=0
	service 7 rr -- -k header:X-User --accept-proxy
	assert_eq "malformed" "$(client echo text="PROXY TCP4 192.0.2.9 192.0.2.1 4711 x\\r\\nhello")" same
	assert_eq "too long" "$(client echo hex="0d0a0d0a000d0a515549540a21110300" bytes=900)" same
	assert_eq "no more than a part" "$(client echo text="PROXY TCP4 192.0.2.9")" same
	assert_counters bad_proxy_fallback=2 no_proxy_fallback=0 spliced=3
	in_ns dira ipvsl7adm -E -t "$SVC" -k header:X-User,require
	PORT=7
	for n in "x" "PROXY TCP4 x"; do
		! client echo text="$n\\r\\n" 2>/dev/null || fail "not reset: $n"
	done
	assert_counters required=2 spliced=3 bad_proxy_fallback=3 no_proxy_fallback=1
}

no_connections() {
	local rs
	for rs in $L7_SERVERS; do
		[ -z "$(in_ns "$rs" ss -Htn state established "sport = :$HTTP")" ] || return
	done
}

# A client that gives up resets the connection that is held for it, and one that has begun.
resets() {
	service $HTTP rr rs1 -- -k cookie:SESSID --send-proxy --connect-timeout 20s
	in_background give-up client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" \
		hold "$VIP" $HTTP text='GET /blob?rate=1000 HTTP/1.1\r\nHost: x\r\n\r\n' reset=1
	wait_for flow_count_is 1 SPLICED
	wait_for has_connection rs1
	kill "$BG"
	wait_for no_connections
	assert_counters proxy_sent=1
	# The SYN-ACK does not come through: the server has half a connection.
	in_ns dira nft "add table inet l7test; add chain inet l7test in \
		{ type filter hook prerouting priority -400; }; \
		add rule inet l7test in tcp sport $HTTP tcp flags & (syn | ack) == (syn | ack) drop"
	defer server_unrule dira
	in_background give-up client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" \
		hold "$VIP" $HTTP text='GET /who HTTP/1.1\r\nHost: x\r\n\r\n' reset=1
	wait_for has_half rs1
	kill "$BG"
	wait_for has_no_half rs1
}
has_connection() { [ -n "$(in_ns "$1" ss -Htn state established "sport = :$HTTP")" ]; }
has_half() { [ -n "$(in_ns "$1" ss -Htn state syn-recv "sport = :$HTTP")" ]; }
has_no_half() { ! has_half "$1"; }
# Nothing behind the header for long: the server gets it all the same.
alone() {
	local p="PROXY TCP$FAMILY $CLI1 $VIP 1 2" opt
	service $HTTP rr -- -k cookie:SESSID --accept-proxy --inspect-timeout 300ms
	for opt in off on; do
		in_ns dira ipvsl7adm -E -t "$SVC" --send-proxy=$opt
		rm -f "$L7_TMP/go"
		client_background alone get proxy="$p" stop=$((${#p} + 2)) resume="$L7_TMP/go"
		wait_for flow_count_is 1 SPLICED
		: >"$L7_TMP/go"
		wait_for_text "$L7_TMP/alone.out" server=
		assert_eq "what the server saw" "$(seen <"$L7_TMP/alone.out")" "from=$CLI1,1 to=$VIP,2"
		# Held open by nobody: a reset with the right numbers ends it at the server.
		in_ns dira ipvsl7adm --reset-flows
		wait_for no_connections
	done
	assert_counters slow_fallback=2 proxy_read=2 proxy_sent=1
}

# The client's address as the header names it is the key: policies of src alone wait for it.
by_address() {
	local a b from
	service $HTTP rr -- -k src --accept-proxy
	at() { client get proxy="$1" "${@:2}" | servers; }
	for from in "TCP4 192.0.2.7 192.0.2.1" "TCP6 2001:db8::7 2001:db8::1"; do
		a=$(at "PROXY $from 1 80")
		b=$(at "PROXY ${from/7/8} 1 80")
		[ "$a" != "$b" ] || fail "both at $a"
		assert_eq again "$(at "PROXY $from 2 80" count=3)" "$a $a $a"
		assert_eq again "$(at "PROXY ${from/7/8} 2 80" count=3)" "$b $b $b"
		from=${from#* }
		assert_eq "bound" "$(bound_to "src=${from% *}")" "$a"
	done
	assert_eq "its own" "$(bound_to "src=$(own)")" ""
	a=$(at "PROXY UNKNOWN")
	assert_eq "its own" "$(bound_to "src=$(own)")" "$a"
	assert_counters binding_learned=5 proxy_read=17
	in_ns dira ipvsl7adm -E -t "$SVC" --accept-proxy=off
	! in_ns dira ipvsl7adm --lookup "src=$([ "$FAMILY" = 4 ] && echo ::1 || echo 192.0.2.7)" -t "$SVC" 2>"$L7_TMP/err" ||
		fail "looked up"
	grep -q "not an address of the service's family" "$L7_TMP/err"
}

# --- Both directors ---

with_group() {
	case $FAMILY in 4) GROUP=239.0.0.88 ;; 6) GROUP=ff05::88 ;; esac
	"$@"
}
has_standby() { [ "$(in_ns dirb ipvsl7adm --flows -n | grep -c STANDBY)" -ge 1 ]; }
takeovers() { in_ns dirb ipvsl7adm --stats -v | awk '$1 == "takeover" && !n++ { print $2 }'; }

# A is gone in mid-download, and in mid-upload.
takeover() {
	local out=$L7_TMP/taken d n=0 pid before sum
	defer l7_director_takes dira
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	for d in dira dirb; do
		n=$((n + 1))
		in_ns $d ipvsl7adm --start-sync --interface sync --group "$GROUP" --node $n --key-file "$L7_TMP/key"
		defer in_ns $d ipvsl7adm --stop-sync
	done
	service $HTTP rr -- -k cookie:SESSID --accept-proxy --send-proxy
	l7_ipvs_service dirb "$VIP" $HTTP
	defer in_ns dirb ipvsadm -D -t "$SVC"
	in_ns dirb ipvsl7adm -A -t "$SVC" -k cookie:SESSID --accept-proxy --send-proxy
	defer in_ns dirb ipvsl7adm -C
	l7_blob
	before=$(takeovers)
	rm -f "$out"
	L7_PORT=$HTTP L7_CURL_SECONDS=90 client_get '/blob?rate=4m' --haproxy-protocol -o "$out" &
	pid=$!
	wait_for has_bytes "$out" 5000000
	wait_for has_standby
	defer l7_director_restore dira
	l7_director_cut dira
	l7_director_takes dirb
	wait $pid || fail "curl: status $?"
	sum=$(sha256sum <"$out")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	[ "$(takeovers)" -gt "$before" ] || fail "nothing was taken over"
}

# --- Settings ---

settings() {
	local svc=$VIP_URL:90 before
	in_ns dira ipvsl7adm -A -t "$svc" -k src --accept-proxy
	defer in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -L -n | grep -q '^ *accept-proxy$' || fail "not listed"
	in_ns dira ipvsl7adm -E -t "$svc" --send-proxy
	in_ns dira ipvsl7adm -L -n --json | grep -c '"\(accept\|send\)_proxy": true' | grep -qx 2
	before=$(in_ns dira ipvsl7adm -S)
	grep -q -- '--accept-proxy --send-proxy' <<<"$before" || fail "$before"
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <<<"$before"
	assert_eq "after restore" "$(in_ns dira ipvsl7adm -S)" "$before"
	in_ns dira ipvsl7adm -E -t "$svc" --accept-proxy=off -p 9
	case $(in_ns dira ipvsl7adm -S) in
	*--accept-proxy*) fail "still accepted" ;;
	*' --send-proxy '*) ;;
	*) fail "$(in_ns dira ipvsl7adm -S)" ;;
	esac
	in_ns dira ipvsl7adm -E -t "$svc" --send-proxy=off
	! in_ns dira ipvsl7adm -S | grep -q proxy || fail "$(in_ns dira ipvsl7adm -S)"
	! in_ns dira ipvsl7adm -A -t "$VIP_URL:25" -k src --send-proxy 2>/dev/null || fail "taken at port 25"
}

explained() {
	local p="PROXY TCP4 192.0.2.9 192.0.2.1 4711 80\\r\\n"
	explain() { in_ns dira ipvsl7adm --explain - -t "$SVC" -n >"$L7_TMP/out"; }
	service $HTTP rr -- -k cookie:A -k src --accept-proxy
	# shellcheck disable=SC2059
	printf "${p}GET / HTTP/1.1\r\nCookie: A=b\r\n\r\n" | explain
	grep -q '^PROXY header: 40 bytes, client 192.0.2.9:4711$' "$L7_TMP/out"
	grep -q 'key "b" (1 byte)' "$L7_TMP/out"
	grep -q 'key 192.0.2.9' "$L7_TMP/out"
	printf 'GET / HTTP/1.1\r\n\r\n' | explain
	grep -q '^PROXY header: missing$' "$L7_TMP/out"
}

WANT=''
LONG="PROXY TCP6 2001:0db8:0000:0000:0000:0000:0000:0009 2001:0db8:0000:0000:0000:0000:0000:0001 44711 44380"

# The proxy's header and the request come in one segment, and the proxy's is longer than the one in
# its place. With LOSE=280 the request is lost as well: the client sends it again, with a header that
# the server must not see.
lost_both() {
	WANT="from=2001:db8::9,44711 to=2001:db8::1,44380"
	lost proxy="$LONG" -- --accept-proxy
}
lost_all() { LOSE=280 lost_both; }

# Who is left to plain IPVS could say by a header of its own who it is.
never_plain() {
	service 7 rr -- -k cookie:SESSID --send-proxy --inspect-timeout 60s
	! client echo text=x mss=500 timeout=2 2>/dev/null || fail "no header, but an answer"
	counter_at_least mss_fallback 1 || fail "its MSS was not looked at"
	assert_counters spliced=0
	limits pending=1
	client_background first hold text=GET
	wait_for flow_count_is 1 PENDING
	! client echo text=x timeout=2 2>/dev/null || fail "no header, but an answer"
	assert_counters spliced=0
}

ktap_plan 42
l7_topo_up
proxy_up || exit
defer proxy_down
l7_server_up
run_test_v4v6 sent "sent to servers"
run_test_v4v6 sent_bytes "sent, byte by byte"
run_test_v4v6 keep_alive "sent once a connection"
run_test_v4v6 transfers "sent before transfers"
run_test_v4v6 refused "a server refuses, another is silent"
run_test_v4v6 lost "the header is lost" --
run_test_v4v6 lost_both "the header in the place of another is lost"
run_test_v4v6 lost_all "it is lost with the request"
run_test_v4v6 never_plain "never without it"
run_test_v4v6 by_curl "accepted from curl"
run_test_v4v6 by_haproxy "accepted from haproxy"
run_test_v4v6 steered "steering behind it"
run_test_v4v6 both "accepted and sent"
run_test_v4v6 verbatim "accepted and passed on"
run_test_v4v6 missing "missing or malformed"
run_test_v4v6 resets "the client gives up"
run_test_v4v6 alone "nothing behind it"
run_test_v4v6 by_address "src by its address"
run_test_v4v6 with_group "takeover" takeover
run_test_v4v6 settings
run_test_v4v6 explained
ktap_exit
