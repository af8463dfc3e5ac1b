# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A director of scripts/endurance with HAProxy, whose stick tables are told to its peer, to compare with (by_l7.sh
# has what is what). Not for FTP.
# shellcheck source=anchor.sh
. "$HERE/anchor.sh"

# listener NAME PORT MODE TABLE STICK...
listener() {
	local name=$1 port=$2 mode=$3 table=$4 rs
	shift 4
	cat <<-TXT
	listen $name
	  bind $VIP4:$port
	  bind [$VIP6]:$port
	  mode $mode
	  stick-table type $table size 100k expire 1h peers cluster
	TXT
	printf '  stick %s\n' "$@"
	for rs in $L7_SERVERS; do
		echo "  server $rs 10.0.2.${rs#rs}:$port"
	done
}

# services NS: a ticket is nothing that HAProxy could be persistent by; the client's address is.
services() {
	local port
	{
		cat <<-TXT
		global
		  maxconn 8000
		  nbthread 1
		  localpeer $1
		  stats socket $L7_TMP/haproxy.sock level admin
		defaults
		  maxconn 8000
		  balance leastconn
		  timeout connect 15s
		  timeout client 1h
		  timeout server 1h
		peers cluster
		  peer dira 10.0.3.21:1024
		  peer dirb 10.0.3.22:1024
		TXT
		listener p80 80 http 'string len 64' 'on req.cook(SESSID)' 'store-response res.cook(SESSID)'
		listener p8081 8081 http ipv6 'on src'
		for port in 9000 4432 4433; do
			listener "p$port" $port tcp ipv6 'on src'
		done
	} >"$L7_TMP/haproxy.cfg"
	l7_sysctl "$1" net.ipv4.ip_nonlocal_bind=1 net.ipv6.ip_nonlocal_bind=1
}

mirror() {
	in_ns "$1" haproxy -D -q -f "$L7_TMP/haproxy.cfg" && settles
}

# ask COMMAND: of HAProxy.
ask() { echo "$1" | socat -t 10 - "unix-connect:$L7_TMP/haproxy.sock"; }
# Entries of the stick tables; of connections nothing is told.
tables() {
	local port
	for port in $PORTS; do
		[ "$port" = 21 ] || ask "show table p$port" | sed -n \
			"s/^0x.* key=\([^ ]*\) .* server_id=\([0-9]*\).*/binding $port \1 \2 BOUND/p"
	done
}
evidence() {
	ask "show stat"
	ask "show peers"
}
