#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's half of "scripts/bench sync": the same connections, mirrored by ip_vs_l7, by IPVS' sync
# daemon, by conntrackd (FT-FW) and, as stick-table entries, by HAProxy's peers, one after the other.
# Prints lines for sync_report.py: "value KIND WHAT NAME NUMBER".
#
#   sync.sh [STATES]        in a burst, 1000
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

STATES=${1:-1000}
SINGLES=$((STATES / 20))
BENCH=$L7_SELFTESTS/bench/sync.py
TRACE=/sys/kernel/tracing
# Time leaps while a program is read from the host.
L7_WAIT_MS=600000
KEY=$L7_TMP/key
export PROGRAMS=$L7_TMP/programs CONNTRACKD_B=$L7_TMP/conntrackd.dirb HAPROXY_B=$L7_TMP/haproxy.dirb.sock

# pace SECONDS: nothing tells that these have found each other.
pace() { read -r -t "$1" -u "$L7_NEVER" || true; }
note() { echo "note $*"; }

# sync WHAT ARG...: sync.py, its lines as values of KIND and WHAT.
sync() {
	local what=$1 name value
	shift
	/usr/bin/python3 -S -E "$BENCH" "$@" >"$L7_TMP/values" 2>"$L7_TMP/errors" ||
		{ note "$KIND, $what: $(tail -n 1 "$L7_TMP/errors")"; return; }
	while read -r name value; do
		echo "value $KIND $what $name $value"
	done <"$L7_TMP/values"
}

# --- The kinds: up DIRECTOR, alone DIRECTOR (from then on not mirrored), down DIRECTOR; TO is where the
# client goes ---

l7_up() {
	local node=1
	[ "$1" = dira ] || node=2
	in_ns "$1" ipvsl7adm -A -t "$VIP:80" $POLICY
	in_ns "$1" ipvsl7adm --start-sync --interface sync --group 239.0.0.90 --node $node --key-file "$KEY"
}
l7_alone() { in_ns "$1" ipvsl7adm --stop-sync; }
l7_down() { in_ns "$1" ipvsl7adm --stop-sync; in_ns "$1" ipvsl7adm -C; }
l7_ready() { wait_for l7_is_ready; }
l7_is_ready() { in_ns dira ipvsl7adm --peers -n | grep -q READY && in_ns dirb ipvsl7adm --ready >/dev/null 2>&1; }

ipvs_up() {
	local state=master
	[ "$1" = dira ] || state=backup
	in_ns "$1" ipvsadm --start-daemon $state --mcast-interface sync --syncid 1
}
ipvs_alone() { ipvs_down "$1"; }
ipvs_down() { in_ns "$1" ipvsadm --stop-daemon "$([ "$1" = dira ] && echo master || echo backup)"; }
ipvs_ready() { pace 2; }

conntrackd_up() {
	local f=$L7_TMP/conntrackd.$1 addr=$SYNCA
	[ "$1" = dira ] || addr=$SYNCB
	cat >"$f" <<-TXT
	Sync {
	  Mode FTFW { ResendQueueSize 131072; PurgeTimeout 60; ACKWindowSize 300; DisableExternalCache off }
	  Multicast {
	    IPv4_address 225.0.0.50; Group 3780; IPv4_interface $addr; Interface sync;
	    SndSocketBuffer 1249280; RcvSocketBuffer 1249280; Checksum on
	  }
	}
	General {
	  HashSize 32768; HashLimit 131072; LogFile off; Syslog off; LockFile $f.lock
	  UNIX { Path $f.ctl }
	  NetlinkBufferSize 2097152; NetlinkBufferSizeMaxGrowth 8388608
	  Filter From Kernelspace { Protocol Accept { TCP } }
	}
	TXT
	sed -i 's/; */\n/g' "$f"
	l7_sysctl "$1" net.ipv4.vs.conntrack=1
	# Connections are tracked where a rule asks for their state.
	in_ns "$1" nft 'add table inet bench; add chain inet bench f { type filter hook forward priority 0; };
		add rule inet bench f ct state new accept'
	in_ns "$1" conntrackd -C "$f" -d
}
conntrackd_alone() { in_ns "$1" conntrackd -C "$L7_TMP/conntrackd.$1" -k; }
conntrackd_down() {
	in_ns "$1" conntrackd -C "$L7_TMP/conntrackd.$1" -k
	l7_sysctl "$1" net.ipv4.vs.conntrack=0
	in_ns "$1" nft delete table inet bench
	in_ns "$1" conntrack -F
}
conntrackd_ready() { pace 2; }

haproxy_up() {
	local f=$L7_TMP/haproxy.$1 s servers='' n=0 addr=$DIRA
	[ "$1" = dira ] || addr=$DIRB
	for s in "$SRV1" "$SRV2" "$SRV3"; do
		n=$((n + 1))
		servers+=$'\n'"  server s$n $s:80"
	done
	cat >"$f" <<-TXT
	global
	  maxconn 4000
	  nbthread 1
	  localpeer $1
	  stats socket $f.sock level admin
	defaults
	  timeout connect 10s
	  timeout client 60s
	  timeout server 60s
	peers cluster
	  peer dira $SYNCA:1024
	  peer dirb $SYNCB:1024
	listen stick
	  bind $addr:8009
	  mode http
	  stick-table type string len 64 size 100k expire 30m peers cluster
	  stick on req.cook(SESSID)$servers
	TXT
	in_ns "$1" haproxy -D -q -f "$f" -p "$f.pid"
}
haproxy_alone() {
	local f=$L7_TMP/haproxy.$1
	haproxy_down "$1"
	wait_for gone "$(cat "$f.pid")"
	sed -i '/^peers/,/peer dirb/d; s/ peers cluster//' "$f"
	in_ns "$1" haproxy -D -q -f "$f" -p "$f.pid"
}
gone() { ! kill -0 "$1" 2>/dev/null; }
haproxy_down() { kill "$(cat "$L7_TMP/haproxy.$1.pid")"; }
haproxy_ready() { pace 6; }

# programs NAME...: with all that they need, where sync.py runs them.
programs() {
	local name file
	mkdir -p "$PROGRAMS"
	for name; do
		name=$(type -P "$name") || continue
		for file in "$name" $(ldd "$name" | grep -o '/[^ ]*'); do
			cp -L "$file" "$PROGRAMS/"
			case $file in */ld-linux*) cp -L "$file" "$PROGRAMS/ld.so" ;; esac
		done
	done
}

# --- What is measured ---

# sent: bytes that director A has sent to B.
sent() { ip -n dira -s -j link show dev sync | sed 's/.*"tx":{"bytes":\([0-9]*\).*/\1/'; }

lossy() {
	[ $# = 0 ] && set -- delay 0ms
	in_ns dira tc qdisc replace dev sync root netem limit 100000 "$@"
	in_ns dirb tc qdisc replace dev sync root netem limit 100000 "$@"
}

both() { "$1" dira; "$1" dirb; }

# Its daemon has no other way to start afresh than to end: so B is new, and its table empty.
fresh() {
	both "${BY}_down" >/dev/null 2>&1
	# Connections of before are no news.
	in_ns dirb ipvsadm -C
	in_ns dira ipvsadm -C
	l7_ipvs_service both "$VIP" 80
	both "${BY}_up" || { note "$KIND does not start"; return 1; }
	"${BY}_ready"
}

traced() {
	local e
	[ -d $TRACE/events ] || mount -t tracefs none $TRACE
	for e in l7_flow_state l7_sync_apply; do echo 1 >$TRACE/events/ip_vs_l7/$e/enable; done
	echo >$TRACE/trace
	sync idle "$BY" single "$TO" "$AT" "$SINGLES"
	cp $TRACE/trace "$L7_TMP/trace"
	for e in l7_flow_state l7_sync_apply; do echo 0 >$TRACE/events/ip_vs_l7/$e/enable; done
	sync idle-traced trace "$L7_TMP/trace"
}

measure() {
	local loss before idle
	fresh || return
	if [ "$BY" = l7 ]; then traced; else sync idle "$BY" single "$TO" "$AT" "$SINGLES"; fi
	for loss in 0 1 5 20 50; do
		fresh || return
		before=$(sent)
		pace 2
		idle=$(($(sent) - before))
		[ $loss = 0 ] || lossy loss $loss%
		before=$(sent)
		sync "loss-$loss" "$BY" burst "$TO" "$AT" "$STATES"
		[ $loss != 0 ] || echo "value $KIND bytes total $(($(sent) - before))"
		[ $loss != 0 ] || echo "value $KIND bytes idle-per-s $((idle / 2))"
		lossy
	done
	late
	instructions
	case $KIND in l7-* | conntrackd) reordered ;; esac
}

# What reordering costs, in bytes: the same states in the same time, three runs of each, which take turns. A
# quarter of the packets overtakes those of the last 1 or 10 ms.
reordered() {
	local ms how i
	for ms in 1 10; do
		for i in 1 2 3; do
			for how in ordered reordered; do
				fresh || return
				if [ $how = ordered ]; then lossy delay ${ms}ms; else lossy delay ${ms}ms reorder 25%; fi
				# The link is not so since a moment ago.
				pace 3
				sync "$how-$ms-$i" "$BY" paced "$TO" "$AT" "$STATES" 3
				lossy
			done
		done
	done
}

# What mirroring costs: all that is executed for so many states within five seconds, and for none, with
# mirroring and without it.
instructions() {
	local n i how
	for i in 1 2 3; do
		for how in mirrored alone; do
			for n in 0 "$STATES"; do
				fresh || return
				[ $how = mirrored ] || { both "${BY}_alone" >/dev/null 2>&1; pace 2; }
				sync "$how-$n-$i" "$BY" paced "$TO" "$AT" "$n" 5
			done
		done
	done
}

# B begins when the states are there.
late() {
	local go=$L7_TMP/go
	fresh || return
	"${BY}_down" dirb >/dev/null 2>&1
	rm -f "$go" "$go.made"
	sync late "$BY" late "$TO" "$AT" "$STATES" "$go" &
	wait_for_file "$go.made"
	"${BY}_up" dirb
	: >"$go"
	wait $!
}

l7_topo_up && l7_nginx_up || exit
l7_family 4
in_ns dira ipvsl7adm --generate-key="$KEY"
programs ipvsl7adm conntrackd
note "$(uname -r), $STATES states in a burst, $SINGLES one by one"
TO=$VIP AT=80
for KIND in l7-plain l7-spliced ipvs conntrackd haproxy; do
	BY=${KIND%%-*}
	case $KIND in
	l7-plain) POLICY='--mirror connections' ;;
	l7-spliced) POLICY='-k cookie:SESSID' ;;
	haproxy) TO=$DIRA AT=8009 ;;
	esac
	measure
	both "${BY}_down" >/dev/null 2>&1
done
