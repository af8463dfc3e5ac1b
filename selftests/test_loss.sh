#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Loss, reordering and duplication on either side of the director, in each direction: every
# byte arrives once and in order, and no connection is reset.
#
# 20 MB go both ways without loss. With 10 % loss they are fewer, as the end points' own
# recovery takes nearly all of the time.
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

clean_transfers() {
	count_from reset spliced
	both_ways 20000000
	assert_counted spliced 2
	assert_counted reset 0
}

# Where a packet is harmed on its way: at the device that sends it.
#   to-client: from the director; from-client; to-server, to all of them; from-server
harm() {
	local where=$1 rs
	shift
	case $where in
	to-client) l7_netem lan client "$@" ;;
	from-client) l7_netem client eth0 "$@" ;;
	to-server) for rs in $L7_SERVERS; do l7_netem lan "$rs" "$@"; done ;;
	from-server) for rs in $L7_SERVERS; do l7_netem "$rs" eth0 "$@"; done ;;
	esac
}

# Netem sees segments, not what is cut into segments later.
no_gso() {
	local at
	for at in client:eth0 rs1:eth0 rs2:eth0 rs3:eth0; do
		features $at tso off gso off
	done
}

# Connections that a reset ended while they were open. Not all resets that are sent: a segment
# that is overtaken by the close is answered by TIME_WAIT, and that by a server that has closed.
resets_of() { in_ns "$1" nstat -asz TcpEstabResets | awk '/^Tcp/ { print $2 }'; }

all_resets() {
	local ns n=0
	for ns in client $L7_SERVERS; do n=$((n + $(resets_of "$ns"))); done
	echo $n
}

# transfers_under SPEC... -- NETEM...
harmed_transfers() {
	local bytes=$1 where=$2 before
	shift 2
	short_rto 20
	no_gso
	harm "$where" "$@"
	count_from reset
	before=$(all_resets)
	L7_CURL_SECONDS=60 both_ways "$bytes"
	assert_counted reset 0
	assert_eq "connections reset" "$(all_resets)" "$before"
}

# Handshakes, requests and closes meet the loss, each many times.
harmed_requests() {
	local out where=$1
	shift
	short_rto 20
	harm "$where" "$@"
	count_from reset no_server
	out=$(L7_CURL_SECONDS=60 client_get "/who?[1-$REQUESTS]" -H 'Connection: close' --retry 0)
	assert_eq "requests answered" "$(grep -c '^server=rs' <<<"$out")" $REQUESTS
	assert_counted reset 0
	assert_counted no_server 0
}
REQUESTS=40
LOSS='loss 10%'
REORDER='delay 4ms reorder 75% 50%'
DUP='duplicate 10%'

ktap_plan 26
transport_up --connect-timeout 10s
run_test_v4v6 clean_transfers "20 MB each way"
for where in to-client from-client to-server from-server; do
	run_test_v4v6 harmed_transfers "10 % loss $where, 2 MB each way" 2000000 $where $LOSS
done
run_test_v4v6 harmed_transfers "reordering to-client" 4000000 to-client $REORDER
run_test_v4v6 harmed_transfers "reordering from-client" 4000000 from-client $REORDER
run_test_v4v6 harmed_transfers "reordering from-server" 4000000 from-server $REORDER
run_test_v4v6 harmed_transfers "duplicates from-client" 4000000 from-client $DUP
run_test_v4v6 harmed_transfers "duplicates from-server" 4000000 from-server $DUP
run_test_v4v6 harmed_requests "$REQUESTS requests, 10 % loss from-client" from-client $LOSS
run_test_v4v6 harmed_requests "$REQUESTS requests, 10 % loss to-client" to-client $LOSS
run_test_v4v6 harmed_requests "$REQUESTS requests, 10 % loss to-server" to-server $LOSS
ktap_exit
