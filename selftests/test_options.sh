#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Clients and servers without timestamps, SACK or window scaling, and window scales that
# differ from the one the director tells clients: transfers both ways arrive whole, and both
# ends really use what they should.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

# sysctls of all servers
servers() {
	local rs
	for rs in $L7_SERVERS; do until_end "$rs" "$@"; done
}

# Prints what NS knows of the held connection.
info() {
	in_ns "$1" ss -Htino state established "( sport = :$HELD_PORT or dport = :$HELD_PORT )" |
		tr '\n' ' '
}

# uses NS YES... [-- NO...]: NS uses the options YES and not NO on it, in the words of ss:
# ts sack wscale:A,B.
uses() {
	local ns=$1 has=1 o line
	line=$(info "$ns")
	shift
	for o; do
		if [ "$o" = -- ]; then
			has=0
		elif [[ " $line " = *" $o"[\ ,:]* ]]; then
			[ $has = 1 ] || fail "$ns uses $o: $line"
		else
			[ $has = 0 ] || fail "$ns does not use $o: $line"
		fi
	done
}

# Prints the server of the held connection.
server_in_use() {
	local rs
	for rs in $L7_SERVERS; do
		[ -z "$(info "$rs")" ] || echo "$rs"
	done
}

# A connection that stays open is looked at from both ends.
look() {
	local rs
	hold
	rs=$(server_in_use)
	# shellcheck disable=SC2086
	uses client $1
	# shellcheck disable=SC2086
	uses "$rs" $2
	# Each end sees the other's window as large as it was meant.
	at_least "server's view of the client's window" "$rs" 25000
	at_least "client's view of the server's window" client 25000
	let_go
	assert_eq "second request" "$HELD_END" answer
}

at_least() {
	local wnd
	wnd=$(info "$2" | sed -n 's/.* snd_wnd:\([0-9]*\).*/\1/p')
	[ -n "$wnd" ] || skip "ss does not show windows"
	[ "$wnd" -ge "$3" ] || fail "$1: $wnd"
}

# transfer WHO SYSCTLS CLIENT-USES SERVER-USES: with net.ipv4.SYSCTLS set by WHO.
transfer() {
	local who=$1 kv sets=()
	for kv in $2; do sets+=("net.ipv4.$kv"); done
	case $who in
	client) until_end client "${sets[@]}" ;;
	servers) servers "${sets[@]}" ;;
	esac
	count_from reset no_server
	look "$3" "$4"
	both_ways 4000000
	assert_counted reset 0
	assert_counted no_server 0
}

# windows WHO TCP_RMEM CLIENT-SCALE SERVER-SCALE
windows() {
	case $1 in
	servers) servers net.ipv4.tcp_rmem="$2" ;;
	client) until_end client net.ipv4.tcp_rmem="$2" ;;
	esac
	count_from reset
	look "wscale:7,$3 ts sack" "wscale:$3,$4 ts sack"
	both_ways 4000000
	assert_counted reset 0
}

# The director cannot keep window scaling and SACK for a client without timestamps: it does
# not offer them.
NONE="-- ts sack wscale"
ALL="wscale:7,7 ts sack"
ktap_plan 24
transport_up
run_test_v4v6 transfer "all options" client "" "$ALL" "$ALL"
run_test_v4v6 transfer "client without timestamps" client tcp_timestamps=0 "$NONE" "$NONE"
run_test_v4v6 transfer "client without SACK" client tcp_sack=0 \
	"wscale:7,7 ts -- sack" "wscale:7,7 ts -- sack"
run_test_v4v6 transfer "client without window scaling" client tcp_window_scaling=0 \
	"ts sack -- wscale" "ts sack -- wscale"
run_test_v4v6 transfer "client without any" client \
	"tcp_timestamps=0 tcp_sack=0 tcp_window_scaling=0" "$NONE" "$NONE"
run_test_v4v6 transfer "servers without timestamps" servers tcp_timestamps=0 \
	"wscale:7,7 sack" "wscale:7,7 sack -- ts"
run_test_v4v6 transfer "servers without SACK" servers tcp_sack=0 \
	"wscale:7,7 ts" "wscale:7,7 ts -- sack"
run_test_v4v6 transfer "servers without window scaling" servers tcp_window_scaling=0 \
	"ts sack wscale:7,7" "ts sack -- wscale"
run_test_v4v6 transfer "servers without any" servers \
	"tcp_timestamps=0 tcp_sack=0 tcp_window_scaling=0" "wscale:7,7" "-- ts sack wscale"
run_test_v4v6 windows "servers with large windows" servers "4096 131072 33554432" 7 10
run_test_v4v6 windows "servers with small windows" servers "4096 32768 65536" 7 2
run_test_v4v6 windows "client with large windows" client "4096 131072 33554432" 10 7
ktap_exit
