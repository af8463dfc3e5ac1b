# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of several directors share, after lib.sh, persist.sh and mirror.sh: up to four on a
# network of their own.

NODES='dira dirb dirc dird'

node_of() { case $1 in dira) echo 1 ;; dirb) echo 2 ;; dirc) echo 3 ;; dird) echo 4 ;; esac; }
node_addr() { case $FAMILY in 4) echo "10.0.4.$(node_of "$1")" ;; 6) echo "fd00:4::$(node_of "$1")" ;; esac; }

# A network of their own for them, on which a director's port can be pulled.
nodes_up() {
	local d i
	ip -n lan link add brpeers type bridge forward_delay 0 mcast_snooping 0
	ip -n lan link set brpeers up
	for d in $NODES; do
		i=$(node_of "$d")
		[ -e "/run/netns/$d" ] || ip netns add "$d"
		ip link add peers netns "$d" type veth peer name "$d-peers" netns lan
		ip -n lan link set "$d-peers" master brpeers up
		printf '%s\n' "link set lo up" "link set peers up" "addr add 10.0.4.$i/24 dev peers" \
			"addr add fd00:4::$i/64 dev peers nodad" | ip -n "$d" -batch -
	done
}
nodes_down() {
	local d
	for d in $NODES; do ip -n lan link del "$d-peers"; done
	ip -n lan link del brpeers
	ip netns del dirc
	ip netns del dird
} 2>/dev/null

# begin DIRECTOR...: mirroring, to the group, or to the others one by one if ONE_BY_ONE is set; with the key ADD, too,
# from the beginning; with PACKET instead of that of the cluster key.
begin() {
	local d o to
	for d; do
		to="--group $(group)"
		if [ -n "${ONE_BY_ONE-}" ]; then
			to=
			for o in $NODES; do [ "$o" = "$d" ] || to+=" --peer $(node_addr "$o")"; done
		fi
		printf '%s\n' "--start-sync --interface peers $to --node $(node_of "$d") --key-file $KEY${PACKET:+ --packet-key $PACKET}" \
			${ADD:+"--add-key $ADD"} | in_ns "$d" ipvsl7adm -R
	done
}

# fresh: empty tables, counters at zero, the policy, at all; until the case ends.
fresh() {
	local d
	SVC=$VIP_URL:80
	for d in $NODES; do
		printf -- '-C\n--flush-bindings\n-Z\n-A -t %s -k cookie:SESSID\n' "$SVC" | in_ns "$d" ipvsl7adm -R
		defer in_ns "$d" ipvsl7adm -C
		defer stop "$d"
		defer plug "$d"
	done
	# shellcheck disable=SC2086
	defer tell $NODES
}
are_ready() {
	local d
	for d; do is_ready "$d" || return; done
}
# All directors named hold N bindings, the same.
hold() {
	local n=$1 first d
	shift
	first=$(all_of "$1")
	[ "$(wc -l <<<"$first")" = "$n" ] || return
	for d; do [ "$(all_of "$d")" = "$first" ] || return; done
}
pull() { ip -n lan link set "$1-peers" down; }
plug() { ip -n lan link set "$1-peers" up; }
nothing_lost() {
	local d
	for d; do assert_eq "given up by $d" "$(ctr "$d" sync_rx_lost)" 0; done
}
