#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Offloads on and off, large and small MTUs, ICMP that quotes translated sequence numbers, and
# fragments.
#
#   far ──── client (router, MTU 1300 to far) ──── director ──── servers
# shellcheck source=transport.sh
. "$(dirname "$0")/transport.sh"

DEVICES="client:eth0 dira:out dira:in rs1:eth0 rs2:eth0 rs3:eth0"
BYTES=4000000

# devices PATTERN FEATURE on|off...: of these devices, until the test case ends.
devices() {
	local at which=$1 f
	shift
	for at in $DEVICES; do
		# shellcheck disable=SC2254
		case $at in $which) ;; *) continue ;; esac
		features "$at" "$@"
	done
}

checksum_errors() {
	local ns
	for ns in client $L7_SERVERS; do in_ns "$ns" nstat -asz TcpInCsumErrors; done |
		awk '/^Tcp/ { n += $2 } END { print n }'
}

# offloads WHICH FEATURE on|off...: repeatable with "-" between.
offloads() {
	local args=() before
	while [ $# -gt 0 ]; do
		if [ "$1" = - ]; then
			devices "${args[@]}"
			args=()
		else
			args+=("$1")
		fi
		shift
	done
	[ ${#args[@]} = 0 ] || devices "${args[@]}"
	before=$(checksum_errors)
	count_from bad_segment reset
	both_ways $BYTES
	assert_eq "checksum errors" "$(checksum_errors)" "$before"
	assert_counted bad_segment 0
	assert_counted reset 0
}

# mtu BYTES NS:DEVICE...
mtu() {
	local at n=$1 ns dev
	shift
	for at; do
		ns=${at%:*} dev=${at#*:}
		ip -n "$ns" link set "$dev" mtu "$n"
		defer ip -n "$ns" link set "$dev" mtu 1500
	done
}

OUTSIDE="lan:client client:eth0 lan:dira-out dira:out"
INSIDE="lan:dira-in dira:in lan:rs1 rs1:eth0 lan:rs2 rs2:eth0 lan:rs3 rs3:eth0"

# Prints the largest MSS of the connections of $1.
mss_of() {
	in_ns "$1" ss -Htin state established |
		sed -n 's/.* mss:\([0-9]*\) .*/\1/p' | sort -n | tail -1
}

jumbo() {
	# shellcheck disable=SC2086
	mtu 9000 $OUTSIDE $INSIDE
	count_from reset
	both_ways $BYTES
	assert_counted reset 0
	raw_up
	raw acked_pieces 2 5000
}

# The client can send more at once than the servers can take: what the director holds is too
# large for the servers' side, whether the director acknowledged it or not.
jumbo_outside() {
	# shellcheck disable=SC2086
	mtu 9000 $OUTSIDE
	count_from reset
	both_ways $BYTES
	client_get /who -H "X-Pad: $(printf 'p%.0s' {1..7000})" -o /dev/null
	assert_counted reset 0
}

# A host behind the client, reached by a small MTU that only ICMP tells of.
far_up() {
	FAR=10.9.200.2 via=10.9.200.1 net=10.9.200.0/24
	[ "$FAMILY" = 4 ] || { FAR=fd00:9:0:1::2 via=fd00:9:0:1::1 net=fd00:9:0:1::/64; }
	ip netns add far
	defer ip netns del far
	ip -n client link add far0 type veth peer name eth0 netns far
	ip -n far link set lo up
	ip -n far link set eth0 up
	ip -n client link set far0 up
	ip -n client addr add $via/"${net#*/}" dev far0
	ip -n far addr add $FAR/"${net#*/}" dev eth0
	ip -n far route add default via $via
	ip -n client route change $net dev far0 mtu lock 1300 ||
		ip -n client route add $net dev far0 metric 1 mtu lock 1300
	until_end client net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	[ "$FAMILY" = 4 ] || {
		ip -n dira route add $net via "$CLI1"
		defer ip -n dira route del $net
	}
}

icmp_errors() {
	local rs
	for rs in $L7_SERVERS; do in_ns "$rs" nstat -asz IcmpInDestUnreachs Icmp6InPktTooBigs; done |
		awk '/^Icmp/ { n += $2 } END { print n }'
}

far_get() {
	local n=$1
	in_ns far curl -sS -m 20 -r "0-$((n - 1))" "http://$VIP_URL/blob" | sha256sum | cut -d' ' -f1
}

path_mtu() {
	local before
	far_up
	before=$(icmp_errors)
	count_from icmp_translated reset
	assert_eq "download" "$(far_get 2000000)" "$(cat "$(blob_of 2000000).sha256")"
	assert_grown icmp_translated
	assert_counted reset 0
	[ "$(icmp_errors)" -gt "$before" ] || fail "no ICMP error reached a server"
}

# The director itself is the router with the small MTU, to the client and to the servers.
small_mtu_of_director() {
	local rs out=10.0.1.0/24
	[ "$FAMILY" = 4 ] || out=fd00:1::/64
	ip -n dira route replace "$CLI3" dev out mtu lock 1300
	defer ip -n dira route del "$CLI3" dev out
	for rs in $SRV1 $SRV2 $SRV3; do
		ip -n dira route replace "$rs" dev in mtu lock 1300
		defer ip -n dira route del "$rs" dev in
	done
	count_from reset
	both_ways 2000000 --interface "$CLI3"
	client_get /who -H "X-Pad: $(printf 'p%.0s' {1..4000})" -o /dev/null
	assert_counted reset 0
	for rs in client $L7_SERVERS; do
		in_ns "$rs" ip route flush cache
		in_ns "$rs" ip -6 route flush cache
	done
}

# Only the way to the servers is narrow, as where that is a tunnel. Of a request in several
# segments the first is acknowledged here: nobody could cut it anew.
narrow_inside() {
	local rs
	devices 'client:*' tso off gso off
	devices 'dira:*' gro off
	for rs in $SRV1 $SRV2 $SRV3; do
		ip -n dira route replace "$rs" dev in mtu lock 1300
		defer ip -n dira route del "$rs" dev in
	done
	# what was found out before is believed for a while
	l7_edit 80 --timeout 20m
	count_from reset retransmit
	for _ in 1 2 3; do
		client_get /who -m 10 -H "X-Pad: $(printf 'p%.0s' {1..4000})" -o /dev/null
	done
	assert_counted reset 0
	assert_counted retransmit 0
}

fragments() {
	raw_up
	raw fragments 64
	raw fragments 1024
}

ktap_plan 30
transport_up
run_test_v4v6 offloads "all on" '*' tx on tso on gso on gro on
run_test_v4v6 offloads "all off" '*' tx off tso off gso off gro off
run_test_v4v6 offloads "no GRO, TSO" '*' gro off
run_test_v4v6 offloads "GRO at the director only" 'dira:*' gro on - '[cr]*:eth0' tso off gso off
# Of TCP since 6.10.
run_test_v4v6 offloads "GRO lists at the director" 'dira:*' gro on rx-gro-list on - '[cr]*:eth0' tso off gso off
run_test_v4v6 offloads "no checksum offload at the director" 'dira:*' tx off
run_test_v4v6 offloads "no checksum offload at the servers" 'rs*' tx off
run_test_v4v6 offloads "no checksum offload at the client" 'client:*' tx off
run_test_v4v6 offloads "no segmentation offload at the director" 'dira:*' tso off gso off
run_test_v4v6 jumbo "MTU 9000"
run_test_v4v6 jumbo_outside "MTU 9000 outside only"
run_test_v4v6 path_mtu "smaller MTU behind the client"
run_test_v4v6 small_mtu_of_director "smaller MTU at the director"
run_test_v4v6 narrow_inside "smaller MTU to the servers only"
run_test_v4v6 fragments "fragments"
ktap_exit
