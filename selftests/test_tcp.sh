#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ways of TCP through the director: opening, closing, resets, silence, and clients that do
# what they should not. Mostly by a scripted client, see l7_raw.py.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

no_pending() {
	flows_are PENDING 0
	flows_are CONNECTING 0
}

# scenario NAME [ARG...]: and all connections are over.
scenario() {
	raw_up
	raw "$@"
	no_pending
	flows_are SPLICED 0 "$L7_RAW"
}

# counting COUNTER N SCENARIO...: the same, and the counter grows by just N (or "+": grows).
counting() {
	local name=$1 n=$2
	shift 2
	count_from "$name"
	scenario "$@"
	if [ "$n" = + ]; then
		assert_grown "$name"
	else
		assert_counted "$name" "$n"
	fi
}

# The first segment of the request is lost on its way to the server, though the director has
# acknowledged it: the client will never send it again.
first_segment_lost() {
	local rs
	count_from retransmit reset
	for rs in $L7_SERVERS; do
		# The first packet with data fits the quota, it and the next do not.
		nft_rules "$rs" "
		table inet l7test {
			chain in {
				type filter hook prerouting priority -400;
				tcp dport 80 tcp flags & (psh | syn) == psh quota until 2000 bytes drop
			}
		}"
	done
	scenario acked_pieces 3 3000
	assert_grown retransmit
	assert_counted reset 0
}

misled() { counting misled_reset 1 misled "$SRV1" "$SRV2" "$SRV3"; }

# Checksums that neither end leaves to a device are right after translation.
complete_checksums() {
	local at before
	for at in dira:out dira:in rs1:eth0 rs2:eth0 rs3:eth0; do
		features $at tx off
	done
	before=$(at_servers TcpInCsumErrors)
	scenario odd_options -- out_of_order -- acked_pieces
	assert_eq "checksum errors at the servers" "$(at_servers TcpInCsumErrors)" "$before"
}

# at_servers NAME: what all have counted.
at_servers() {
	local rs
	for rs in $L7_SERVERS; do in_ns "$rs" nstat -asz "$1"; done | awk '/^Tcp/ { n += $2 } END { print n }'
}

reset_while_connecting() {
	local rs
	raw_up
	for rs in $L7_SERVERS; do
		nft_rules "$rs" "
		table inet l7test {
			chain in {
				type filter hook prerouting priority -400;
				tcp dport 80 tcp flags syn drop
			}
		}"
	done
	l7_edit 80 --connect-timeout 20s
	rm -f "$L7_TMP/go"
	raw reset_connecting "$L7_TMP/go" &
	flows_are CONNECTING 1
	: >"$L7_TMP/go"
	wait $!
	no_pending
}

reset_while_spliced() {
	local rs
	scenario reset_spliced
	for rs in $L7_SERVERS; do
		wait_for no_connections "$rs" "$L7_RAW"
	done
}

# A forged reset ends nothing: the flow is on its way out for as long as what comes may be older.
forged_reset() {
	local path=$L7_TMP/forged pid
	rm -f "$path"*
	raw_up
	raw forged_reset "$path" >"$path.out" &
	pid=$!
	wait_for_text "$path.out" reset
	flows_are SPLICED 0 "$L7_RAW"
	: >"${path}reset"
	wait_for_text "$path.out" on
	flows_are SPLICED 1 "$L7_RAW"
	: >"${path}on"
	wait $pid || fail "$(cat "$path.out")"
	flows_are SPLICED 0 "$L7_RAW"
}

urgent() { L7_PORT=7 scenario urgent; }

no_connections() { [ -z "$(in_ns "$1" ss -Htn "dst = $(url_host "$2")")" ]; }

# silent WHAT JUMP [ARG...]: a client that sends its request late, in the policy ARG; the clock
# has gone on by JUMP seconds, so that its SYN cookie is out of date.
silent() {
	local what=$1 jump=$2 pid
	shift 2
	raw_up
	[ $# = 0 ] || l7_edit 80 "$@"
	rm -f "$L7_TMP/go" "$L7_TMP/silent"
	raw silent_then "$L7_TMP/go" "$what" >"$L7_TMP/silent" &
	pid=$!
	wait_for_text "$L7_TMP/silent" silent
	# The record of the silent client expires, or does not.
	if [ "$what" = reset ]; then
		flows_are PENDING 0
	else
		assert_eq "silent clients" "$(flows_in PENDING)" 1
	fi
	if [ "$jump" != 0 ]; then
		busybox date -s "@$(($(date +%s) + jump))" >/dev/null
		defer later "-$jump"
	fi
	: >"$L7_TMP/go"
	wait $pid || fail "$(cat "$L7_TMP/silent")"
	no_pending
}

later() { busybox date -s "@$(($(date +%s) + $1))" >/dev/null; }

keep_alive() {
	local out
	count_from spliced
	out=$(client_get "/who?[1-100]" -w '%{num_connects}\n')
	assert_eq answers "$(grep -c ^server= <<<"$out")" 100
	assert_eq servers "$(server_of <<<"$out" | sort -u | wc -l)" 1
	assert_eq connections "$(awk '/^[01]$/ { n += $1 } END { print n }' <<<"$out")" 1
	assert_counted spliced 1
}

half_close() {
	count_from reset
	L7_PORT=7 sockets half_close 2000000
	assert_counted reset 0
}

many() {
	local before
	before=$(active)
	count_from spliced reset
	sockets many 200
	assert_counted spliced 200
	assert_counted reset 0
	no_pending
	wait_for active_is "$before"
}

# The server cannot read as fast as the client sends: its window closes many times.
zero_window() {
	local before
	before=$(at_servers TcpExtTCPToZeroWindowAdv)
	L7_UPLOAD="?rate=400000" upload 1000000
	[ "$(at_servers TcpExtTCPToZeroWindowAdv)" -gt "$before" ] || fail "no window was closed"
}

sacked() {
	local before
	before=$(at_servers TcpExtTCPSackRecovery)
	scenario sacked
	[ "$(at_servers TcpExtTCPSackRecovery)" -gt "$before" ] || fail "no server made use of it"
}

# IPVS' active connections.
active() { in_ns dira ipvsadm -ln | awk '$1 == "->" { n += $5 } END { print n + 0 }'; }
active_is() { [ "$(active)" = "$1" ]; }

two_processors() {
	[ "$(nproc)" -gt 1 ] || skip "one processor"
	scenario two_processors
}

ktap_plan 74
transport_up
run_test_v4v6 scenario "what a SYN-ACK offers" announced 1 1 7 -- announced 1 0 7 -- \
	announced 1 1 - -- announced 1 1 0 -- announced 1 1 14 -- announced 0 1 7 -- announced 0 0 -
run_test_v4v6 scenario "openings" plain -- data_on_ack -- overtaken
run_test_v4v6 counting "SYN again" spliced 1 syn_again
run_test_v4v6 scenario "request in pieces" in_order_pieces 4 -- acked_pieces 3 -- duplicates
run_test_v4v6 counting "request out of order" out_of_order 3 out_of_order -- lost_first
run_test_v4v6 first_segment_lost "director sends what it acknowledged again"
run_test_v4v6 counting "data beyond the window" bad_segment 2 beyond_window
run_test_v4v6 counting "bad checksums" bad_segment 3 bad_checksum
run_test_v4v6 complete_checksums "checksums without offload, odd options"
run_test_v4v6 scenario "FIN with the request, before its end" \
	fin_with_request -- fin_after_pieces -- fin_too_early
run_test_v4v6 counting "the request again, with FIN, as the answer was lost" pending 1 end_lost
run_test_v4v6 counting "reset while silent or pending" spliced 0 reset_silent -- reset_pending
run_test_v4v6 reset_while_connecting "reset while connecting"
run_test_v4v6 reset_while_spliced "reset while spliced"
run_test_v4v6 scenario "blind resets, unknown connections" reset_elsewhere -- stray
run_test_v4v6 scenario "keep-alive probes of a silent client" probes
run_test_v4v6 silent "silent client, cookie out of date" answer 600
run_test_v4v6 silent "silent client forgotten" reset 600 --silent-timeout 2s
run_test_v4v6 scenario "client's window opens late" small_window
run_test_v4v6 two_processors "ACK and request at once"
run_test_v4v6 scenario "a port again, while pending or at once" same_port_pending -- port_again 12
run_test_v4v6 scenario "numbers that wrap" wrapped -- wrapped 1
run_test_v4v6 scenario "data on a SYN, other options on the next" \
	data_on_syn -- syn_changed 1 0 -- syn_changed 0 1
run_test_v4v6 urgent "urgent data"
run_test_v4v6 scenario "ECN" ecn
run_test_v4v6 scenario "both ends close at once" simultaneous_close
run_test_v4v6 scenario "probes of a closed window" probed
run_test_v4v6 counting "challenges" challenged 1 challenged
run_test_v4v6 sacked "SACK of what the server sent"
run_test_v4v6 misled "resets to the servers themselves"
run_test_v4v6 forged_reset "a forged reset"
run_test_v4v6 scenario "overtaken by a reset" overtaken_by_reset
run_test_v4v6 scenario "old duplicates" old_duplicates
run_test_v4v6 keep_alive "100 requests on a connection"
run_test_v4v6 half_close "half-closed connection"
run_test_v4v6 zero_window "server closes its window"
run_test_v4v6 many "200 connections at once, seen to end by IPVS"
ktap_exit
