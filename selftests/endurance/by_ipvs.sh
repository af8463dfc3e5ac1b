# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A director of scripts/endurance with stock IPVS and its sync daemon, to compare with (by_l7.sh has what is what).
# shellcheck source=anchor.sh
. "$HERE/anchor.sh"

# services NS: all persistent by the client's address. Each packet of a connection tells of it, not only every
# fiftieth; and of what was not told in time, a packet in mid-stream is enough for the persistence to find the
# server. Packets of servers whose connection is not known do not reach a client, which would reset it.
services() {
	local f n
	modprobe ip_vs_ftp && l7_sysctl "$1" net.ipv4.vs.sync_threshold='0 1' net.ipv4.vs.sloppy_tcp=1 || return
	for f in 4 6; do
		l7_family $f
		for n in $PORTS; do
			l7_ipvs_service "$1" "$VIP" "$n" 'wlc -p 3600' || return
		done
	done
	in_ns "$1" nft 'add table inet anchor; add chain inet anchor p { type filter hook postrouting priority 300; };
		add rule inet anchor p oifname "out" ip saddr 10.0.2.0/24 counter drop;
		add rule inet anchor p oifname "out" ip6 saddr fd00:2::/64 counter drop'
}

mirror() {
	local state
	for state in master backup; do
		in_ns "$1" ipvsadm --start-daemon $state --mcast-interface sync --syncid 1 || return
	done
	settles
}

# Templates, which are the persistence, but for those that IPVS has declared void; and connections.
tables() {
	in_ns "$1" busybox awk 'NR > 1 && $7 != "FFFF" {
		template = $8 == "NONE" || $8 == "ASSURED"
		print template ? "binding" : "connection", $2, $3, $4, $5, $6, $7, template ? "BOUND" : $8
	}' /proc/self/net/ip_vs_conn
}
evidence() {
	in_ns "$1" ipvsadm -Ln --stats --exact
	in_ns "$1" ipvsadm -Ln --daemon
	in_ns "$1" nft list ruleset
}
