#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Servers that refuse, stay silent, reset or are not there: another one answers while the
# request is held, or the client hears of it at once. What ipvsadm shows of connections.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# logged PATH: prints the servers that logged a request for it.
logged() {
	local rs
	for rs in $L7_SERVERS; do
		sed -n "\\| $1 |s/.*/$rs/p" "$L7_TMP/$rs/access.log"
	done | xargs
}

# A request for a path of its own is answered by exactly one server.
assert_served_once() {
	local path="/who?$RANDOM$RANDOM" out
	out=$(client get "path=$path" "$@" | servers)
	[ -n "$out" ] || fail "not served: $(client get "path=$path" "$@")"
	assert_eq "requests that servers saw" "$(logged "$path")" "$out"
	SERVED_BY=$out
}

# refuses / is_silent RS...: until the case ends, or server_unrule.
refuses() { server_rule "$1" tcp dport 80 reject with tcp reset; }
is_silent() { server_rule "$1" tcp dport 80 tcp flags syn drop; }

# Of three servers one has no listener: nobody notices.
no_listener() {
	service 80 rr rs2 rs3 -- -k cookie:SESSID
	in_ns dira ipvsadm -a -t "$SVC" -r "$(server_at rs1 81)" -m
	assert_eq servers "$(client get count=6 | servers | xargs -n 1 | grep -c 'rs[23]')" 6
	counters
	[ "${C[server_refused]}" -ge 1 ] || fail "none refused"
	assert_counters "server_retry=${C[server_refused]}" no_server=0 reset=0 spliced=6
}

# The server of a session fails (by $1): its sessions move to the one that answers, for good.
bound_server_fails() {
	local first
	service 80 rr -- -k cookie:SESSID --connect-timeout 500ms
	new_session
	first=$SERVER
	"$1" "$first"
	assert_served_once "cookie=SESSID=$SESSION"
	[ "$SERVED_BY" != "$first" ] || fail "served by $first"
	assert_counters "$2=1" server_retry=1 no_server=0
	assert_eq "bound to" "$(bound_to "cookie:SESSID=$SESSION")" "$SERVED_BY"
	server_unrule "$first"
	assert_eq "from then on" "$(client get count=3 "cookie=SESSID=$SESSION" | servers)" \
		"$SERVED_BY $SERVED_BY $SERVED_BY"
	assert_counters "$2=1" server_retry=1
}

# Two of three: the third.
two_fail() {
	service 80 rr -- -k cookie:SESSID --connect-timeout 300ms
	refuses rs1
	is_silent rs2
	assert_served_once
	assert_eq server "$SERVED_BY" rs3
	assert_served_once
	assert_served_once
	assert_eq server "$SERVED_BY" rs3
	assert_counters no_server=0 spliced=3
	# --tries counts servers in all.
	in_ns dira ipvsl7adm -E -t "$SVC" --tries 1
	client get count=3 >"$L7_TMP/tries"
	assert_eq "answers with one try" "$(servers <"$L7_TMP/tries")" rs3
	assert_counters no_server=2
}

# A SYN that is lost is sent again before the server is given up.
lost_syn() {
	service 80 rr rs1 -- -k cookie:SESSID --connect-timeout 5s
	is_silent rs1
	client_background lost get
	wait_for counter_at_least server_syn_retrans 1
	server_unrule rs1
	wait_for_text "$L7_TMP/lost.out" server=rs1
	assert_counters server_silent=0 server_retry=0
}

# prompt_error FILE: its one line is a reset that came within two seconds.
prompt_error() {
	local error ms
	read -r error ms <"$1"
	assert_eq "answer" "$error" error=connection-reset-by-peer
	[ "${ms#ms=}" -lt 2000 ] || fail "reset after $ms"
}

# Nobody there: the client is told at once.
all_refuse() {
	local rs
	service 80 rr -- -k cookie:SESSID
	for rs in $L7_SERVERS; do
		refuses "$rs"
	done
	client get >"$L7_TMP/refused"
	prompt_error "$L7_TMP/refused"
	assert_counters no_server=1 server_refused=3 server_retry=2 spliced=0
	assert_eq "flows that wait" "$(flow_count 'PENDING\|CONNECTING')" 0
}

all_silent() {
	local rs
	service 80 rr -- -k cookie:SESSID --connect-timeout 200ms
	for rs in $L7_SERVERS; do
		is_silent "$rs"
	done
	client get >"$L7_TMP/refused"
	prompt_error "$L7_TMP/refused"
	assert_counters no_server=1 server_silent=3 server_retry=2 spliced=0
	assert_eq "flows that wait" "$(flow_count 'PENDING\|CONNECTING')" 0
}

refused() { client get "cookie=SESSID=$SESSION" | grep -q error=connection-refused; }

# A service whose servers have all weight 0, and one without servers.
none() {
	service 80 rr rs1 -- -k cookie:SESSID
	new_session
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at rs1 80)" -m -w 0
	client get >"$L7_TMP/none"
	prompt_error "$L7_TMP/none"
	assert_counters no_server=1
	assert_eq "bound client" "$(client get "cookie=SESSID=$SESSION" | servers)" rs1
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at rs1 80)"
	# Without any server the SYN itself is refused, by IPVS.
	wait_for refused
	counters
	[ "${C[no_service_fallback]}" -gt 0 ] || fail "not counted"
	assert_eq "flows that wait" "$(flow_count 'PENDING\|CONNECTING')" 0
}

# A policy without a virtual service does nothing: what listens there itself is reached.
no_service() {
	PORT=8081 SVC=$VIP_URL:8081
	defer in_ns dira ipvsl7adm -C
	defer rm -f "$L7_TMP/local.pid"
	in_background local dira /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_server.py" \
		"$L7_TMP/local.pid" dira
	wait_for_file "$L7_TMP/local.pid"
	in_ns dira ipvsl7adm -A -t "$SVC" -k cookie:SESSID
	assert_eq "the director's own" "$(client get | cut -d' ' -f1)" server=dira
	assert_counters no_service_fallback=1
}

# A reset in the middle of an answer reaches the client, and ends the flow.
reset_midway() {
	service 8081 rr -- -k cookie:SESSID
	defer in_ns dira ipvsadm -lnc
	assert_eq answer "$(client get 'path=/abort?bytes=50000' | cut -d' ' -f1)" \
		error=connection-reset-by-peer
	wait_for flow_count_is 0 SPLICED
	# And one of the client's: the server lets go.
	client_background hold hold 'text=GET /push?n=1000&ms=100 HTTP/1.1\r\n\r\n' reset=1
	wait_for_text "$L7_TMP/hold.out" held
	wait_for flow_count_is 1 SPLICED
	wait_for active_is 1
	end_process "$BG"
	wait_for flow_count_is 0 SPLICED
	wait_for active_is 0
}

# conns RS: connections of a server that ipvsadm counted; total without RS.
conns() {
	in_ns dira ipvsadm -ln --stats --exact -t "$SVC" |
		awk -v what="${1:+$(server_at "$1" "$PORT")}" '
			what == "" && $1 == "TCP" { print $3 }
			what != "" && $2 == what { print $3 }'
}
conns_are() { [ "$(conns "${2-}")" = "$1" ]; }
# active [RS], inactive: as ipvsadm lists them, of all servers or one.
column() {
	in_ns dira ipvsadm -ln -t "$SVC" | awk -v col="$1" -v what="${2:+$(server_at "$2" "$PORT")}" '
		$1 == "->" && $2 ~ /[0-9]$/ && (what == "" || $2 == what) { n += $col }
		END { print n + 0 }'
}
active() { column 5 "${1-}"; }
active_is() { [ "$(active "${2-}")" = "$1" ]; }
inactive() { column 6 "${1-}"; }

# Statistics count every connection once, whoever chose the server.
statistics() {
	local rs
	fresh_vip
	service 8080 rr -- -k cookie:SESSID
	client sessions sessions=3 requests=4 >/dev/null
	# IPVS sums them up every two seconds.
	wait_for conns_are 12
	for rs in $L7_SERVERS; do
		wait_for conns_are 4 "$rs"
	done
	assert_eq "active ones" "$(active)" 0
	assert_eq "inactive ones" "$(inactive)" 12
	# An open one is active; one that is reset is inactive, and forgotten within ten seconds.
	client_background hold hold 'text=GET / HTTP/1.1\r\nHost: x\r\n\r\n' count=5 reset=1
	wait_for_text "$L7_TMP/hold.out" "held 5"
	wait_for active_is 5
	assert_eq "inactive ones" "$(inactive)" 12
	end_process "$BG"
	wait_for active_is 0
	assert_eq "inactive ones" "$(inactive)" 17
	assert_eq "connections about to go" "$(in_ns dira ipvsadm -lnc | awk -v vip="$SVC" '
		$5 == vip && $3 == "CLOSE" && $2 <= "00:10"' | wc -l)" 5
}

# The same with retries: attempts that failed are not left behind as active.
statistics_of_failures() {
	fresh_vip
	service 80 rr -- -k cookie:SESSID --connect-timeout 300ms
	refuses rs1
	is_silent rs2
	client get count=3 >/dev/null
	wait_for active_is 0
	wait_for conns_are 3 rs3
}

# Thresholds: the scheduler passes over a full server; a session of it may exceed the limit. At a port of its own:
# IPVS counts what is left of other connections of the same server and service.
threshold() {
	service 8080 rr -- -k cookie:SESSID
	new_session
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$SERVER" 8080)" -m -x 2 -y 1
	client_background hold hold "text=GET / HTTP/1.1\r\nHost: x\r\nCookie: SESSID=$SESSION\r\n\r\n" \
		count=3 reset=1
	wait_for_text "$L7_TMP/hold.out" "held 3"
	wait_for active_is 3 "$SERVER"
	case $(client get count=6 | server_set) in *$SERVER*) fail "scheduled to $SERVER" ;; esac
	assert_eq "the session" "$(client get "cookie=SESSID=$SESSION" | servers)" "$SERVER"
}

# A failed server's successor is chosen within thresholds and weights too.
successor() {
	service 80 rr rs1 rs2:0 rs3 -- -k cookie:SESSID
	refuses rs1
	assert_eq servers "$(client get count=4 | servers)" "rs3 rs3 rs3 rs3"
}

# Two addresses lead to one server, and the client uses a port for the one, then for the other:
# to the server that is one port again. Without timestamps it takes every second of them for a
# segment of the connection that it remembers.
two_addresses() {
	local first=$VIP
	service 8081 rr rs1 -- -k cookie:SESSID
	fresh_vip
	service 8081 rr rs1 -- -k cookie:SESSID
	in_ns client sysctl -qw net.ipv4.tcp_timestamps=0
	defer in_ns client sysctl -qw net.ipv4.tcp_timestamps=1
	in_ns client python3 "$L7_SELFTESTS/l7_sockets.py" "$first" 8081 two_addresses "$VIP" 40000 24
	assert_counters spliced=24 server_silent=0 server_retry=0 tuple_clash=0
	counter_at_least server_old 1 || fail "the server remembered none of them"
}

# A client that lost its connection without a word, as by a power-off, uses the port again; the
# connection is from before the policy, and IPVS and the server have it still.
forgotten() {
	service 80 rr
	until_forgotten 41234 in_ns dira ipvsl7adm -A -t "$SVC" -k cookie:SESSID
	assert_eq "the first word" "$(client get "from=$CLI1" port=41234 | cut -c1-9)" server=rs
	assert_counters plain_fallback=1 spliced=1 syncookie_bad=0
}

# The same of a connection that is spliced, and its server is gone as well: the director asks.
forgotten_by_both() {
	service 80 rr rs1 -- -k cookie:SESSID --connect-timeout 500ms
	until_forgotten 41235 server_rule rs1 tcp dport 80 drop
	in_ns dira ipvsadm -a -t "$SVC" -r "$(server_at rs2 80)" -m
	assert_eq "answered by" "$(client get "from=$CLI1" port=41235 | servers)" rs2
	assert_counters challenged=1 spliced=2 syncookie_bad=0
}

# until_forgotten PORT COMMAND...: a connection of the port, then the command, then its end, unheard.
until_forgotten() {
	local port=$1
	shift
	client_background before hold count=1 "from=$CLI1" "port=$port" 'text=GET /who HTTP/1.1\r\nHost: x\r\n\r\n'
	wait_for_text "$L7_TMP/before.out" "held 1 failed 0"
	"$@"
	defer in_ns client nft delete table inet l7test
	in_ns client nft "add table inet l7test; add chain inet l7test out { type filter hook output priority 0; };
		add rule inet l7test out tcp sport $port drop"
	end_process "$BG"
	in_ns client ss -K "sport = :$port" >/dev/null
	in_ns client nft flush table inet l7test
}

ktap_plan 34
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 no_listener
run_test_v4v6 bound_server_fails "bound server refuses" refuses server_refused
run_test_v4v6 bound_server_fails "bound server is silent" is_silent server_silent
run_test_v4v6 two_fail
run_test_v4v6 lost_syn
run_test_v4v6 all_refuse
run_test_v4v6 all_silent
run_test_v4v6 none
run_test_v4v6 no_service
run_test_v4v6 reset_midway
run_test_v4v6 statistics
run_test_v4v6 statistics_of_failures
run_test_v4v6 threshold
run_test_v4v6 successor
run_test_v4v6 forgotten "a port again, of a connection from before"
run_test_v4v6 forgotten_by_both "a port again, and the server is gone"
run_test_v4v6 two_addresses "one server behind two addresses"
ktap_exit
