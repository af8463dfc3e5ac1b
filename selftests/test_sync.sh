#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Mirroring: two directors with clients' traffic tell each other the truth, and nothing that
# reaches their link otherwise changes anything but a counter: forged, replayed, misdirected or
# senseless datagrams, floods, restarts, interfaces that come and go.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=wire.sh
. "$L7_SELFTESTS/wire.sh"

KEY=$L7_TMP/sync.key OTHER_KEY=$L7_TMP/sync-other.key

# --- Directors ---

# policies: port 80 and 8081 of both families, at both directors.
policies() {
	local f d port
	for d in dira dirb; do
		in_ns $d ipvsadm -C
		in_ns $d ipvsl7adm -C
	done
	for f in 4 6; do
		l7_family $f
		for port in 80 8081; do
			l7_ipvs_service both "$VIP" $port rr || return
			for d in dira dirb; do
				in_ns $d ipvsl7adm -A -t "$VIP_URL:$port" -k cookie:SESSID || return
			done
		done
	done
}

node_of() { case $1 in dira) echo 1 ;; dirb) echo 2 ;; esac; }
sync_addr() { case $1 in dira) echo "$SYNCA" ;; dirb) echo "$SYNCB" ;; esac; }
group() { case $FAMILY in 4) echo 239.0.0.88 ;; 6) echo ff05::88 ;; esac; }

# start DIRECTOR [group|peers [ARG...]]: mirroring, with the key unless told otherwise.
start() {
	local d=$1 mode=${2-group} to
	shift $(($# < 2 ? $# : 2))
	case $mode in
	group) to="--group $(group)" ;;
	peers) to="--peer $(sync_addr "$(l7_other "$d")")" ;;
	esac
	[ $# -gt 0 ] || set -- --key-file "$KEY"
	case " $*" in *' --node '*) ;; *) set -- --node "$(node_of "$d")" "$@" ;; esac
	# shellcheck disable=SC2086
	in_ns "$d" ipvsl7adm --start-sync --interface sync $to "$@"
}

stop() {
	in_ns "$1" ipvsl7adm --stop-sync
}

# Whether or not it runs.
stop_both() {
	stop dira 2>/dev/null || true
	stop dirb 2>/dev/null || true
}

# mirrored [group|peers [ARG...]]: both mirror in this way, and each applies what the other
# sends. A case that leaves them so ends with still_mirrors, which saves the next one the start.
mirrored() {
	local to was
	case ${1-} in peers) to=$SYNCB ;; *) to=$(group) ;; esac
	wire family "$FAMILY" "$to"
	HOW="$FAMILY $*"
	was=$(<"$L7_TMP/mirrored")
	: >"$L7_TMP/mirrored"
	if [ "$HOW" = "$was" ]; then
		alive
		return
	fi
	stop_both
	start dira "$@"
	start dirb "$@"
	confirmed
}

# Each hears the other.
alive() {
	wire peers_are dira 2
	wire peers_are dirb 1
}

# Each applies what the other sends.
confirmed() {
	alive
	wire mirrors dira
	wire mirrors dirb
}

# unharmed: nothing was added to, moved in or taken from the tables since "watch", but flows
# that ended; and the two still mirror, both ways, what clients do.
unharmed() {
	wire same_tables
	still_mirrors
}

# tell DIRECTOR...: what they counted, and their connections.
tell() {
	local d
	for d; do
		in_ns "$d" ipvsl7adm --stats -n
		in_ns "$d" ipvsl7adm --flows -n
		in_ns "$d" ipvsadm -Lnc
	done
}

# session: a client begins one at the active director; sets COOKIE and the ADDRESS of the server
# that made it.
session() {
	ADDRESS=$(wire session)
	COOKIE=${ADDRESS% *} ADDRESS=${ADDRESS#* }
}

still_mirrors() {
	session
	wire bound dirb "$COOKIE" "$ADDRESS"
	wire mirrors dirb
	echo "$HOW" >"$L7_TMP/mirrored"
}

# field NAME JSON: prints the first of that name that is no object.
field() {
	[[ $2 =~ \"$1\":\ \"?([^\",{]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# unheard: dirb does not hear dira's changes (live and bulk class), as if all were lost; until
# the case ends, or heard. HELLOs arrive, so dira goes on sending.
unheard() {
	local ip=ip
	[ "$FAMILY" = 4 ] || ip=ip6
	in_ns dirb nft "add table inet l7test; add chain inet l7test in \
		{ type filter hook input priority 0; }; add rule inet l7test in \
		iif sync $ip saddr $SYNCA udp dport 8849 @th,64,16 { 0x0101, 0x0102 } drop"
	defer heard
}
heard() { in_ns dirb nft "delete table inet l7test" 2>/dev/null || true; }

# --- Cases: what is mirrored ---

# What each lists of its peer, its bindings and its connections is so.
truth() {
	local d hash line key service server node
	mirrored "$@"
	session
	wire bound dirb "$COOKIE"
	hash=$(in_ns dira ipvsl7adm --lookup "cookie:SESSID=$COOKIE" -t "$VIP_URL:80" --json)
	hash=$(field hash "$hash")
	for d in dira dirb; do
		line=$(in_ns $d ipvsl7adm --bindings -n)
		line=${line%"$hash"*}
		read -r _ key service server node _ <<<"${line##*$'\n'}"
		assert_eq "binding at $d" "$key $service $server $node" \
			"cookie $VIP_URL:80 $(url_host "$ADDRESS"):80 1"
	done
	flow_truth
	peer_truth dira 2 "$SYNCB"
	peer_truth dirb 1 "$SYNCA"
}

# A connection that lives is spliced here and on standby there; one that ends, ends there.
flow_truth() {
	local out=$L7_TMP/flow.out spliced
	in_background "$out" curl -sSN -g "http://$VIP_URL:8081/push?n=1000&ms=50"
	wait_for test -s "$out"
	live_flow dira
	spliced=$FLOW
	[[ $spliced = "SPLICED "* ]] || fail "at dira: $spliced"
	wait_for flow_is dirb "STANDBY ${spliced#* }"
	end_process "$BG"
	wait_for flow_is dira ''
	wait_for flow_is dirb ''
}

# Sets FLOW: state, client, service, server, node of the one to port 8081 that lives.
live_flow() {
	local state client service server node
	FLOW=''
	while read -r _ state client service server node _; do
		case $state:$service in
		CLOS*) ;;
		*:"$VIP_URL:8081") FLOW="$state $client $service $server $node" ;;
		esac
	done < <(in_ns "$1" ipvsl7adm --flows -n)
}
flow_is() {
	live_flow "$1"
	[ "$FLOW" = "$2" ]
}

# in_background FILE COMMAND...: of the client, with its output in the file; sets BG, its pid.
in_background() {
	local out=$1
	shift
	# What an earlier one left must not be taken for this one's.
	busybox rm -f "$out"
	# Not in_ns: the pid has to be that of the command itself.
	busybox nsenter --net=/run/netns/client -- "$@" >"$out" 2>&1 &
	BG=$!
	defer end_process "$BG"
}
end_process() {
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# peer_truth DIRECTOR NODE ADDRESS: of its one peer.
peer_truth() {
	local peers
	peers=$(in_ns "$1" ipvsl7adm --peers --json)
	assert_eq "node of $1's peer" "$(field node "$peers")" "$2"
	assert_eq address "$(field address "$peers")" "$3"
	assert_eq confirmed "$(field confirmed "$peers")" true
	assert_eq epoch "$(field epoch "$peers")" "$(wire epoch "$2")"
	[ "$(field last_seen_ms "$peers")" -lt 1000 ] || fail "silent: $peers"
	wait_for peer_holds "$1"
}

# Its peer's HELLO tells of as many bindings as are there.
peer_holds() {
	local there=-1
	while read -r _; do there=$((there + 1)); done < <(in_ns "$(l7_other "$1")" ipvsl7adm --bindings)
	[ "$(field bindings "$(in_ns "$1" ipvsl7adm --peers --json)")" = "$there" ]
}

# A table of many packets, as long as the MTU $1 allows, reaches one who comes later. These are of $2 to $3 bytes.
any_mtu() {
	local i longest
	mirrored
	defer set_mtu 1500
	set_mtu "$1"
	stop dirb
	in_ns dirb ipvsl7adm --flush-bindings
	wire watch
	many mtu 450 | in_ns dira ipvsl7adm -R
	start dirb
	for i in 0 70 149 449; do wire bound dirb "mtu$i"; done
	wire same_bindings
	assert_eq "errors in sending" "$(wire grown dira sync_tx_errors)" 0
	longest=$(wire lengths)
	[ "$longest" -le "$3" ] && [ "$longest" -ge "$2" ] || fail "longest packet: $longest"
	set_mtu 1500
	still_mirrors
	in_ns dira ipvsl7adm --flush-bindings
	wire same_bindings
}
set_mtu() {
	ip -n dira link set sync mtu "$1"
	ip -n dirb link set sync mtu "$1"
}

# many NAME [N]: commands that bind cookies NAME0 to NAME149.
many() {
	local i
	for ((i = 0; i < ${2:-150}; i++)); do
		echo "--add-binding cookie:SESSID=$1$i -t $VIP_URL:80 -r $(url_host "$SRV2"):80"
	done
}

# --- Cases: datagrams ---

# What has not the protocol's form.
noise() {
	mirrored "$@"
	wire watch
	wire noise 300
	wire grew dirb short=300
	wire huge
	wire grew dirb short=303
	wire stranger 3 version=0
	wire stranger 3 version=2
	wire stranger 1 node=0
	wire stranger 1 lane=3
	wire stranger 1 number=0
	wire grew dirb short=312
	unharmed
}

# A datagram of A that B has not got yet: nothing made of it passes, but itself does, once.
forged() {
	local n refused
	mirrored "$@"
	unheard
	wire watch
	session
	n=$(wire keep)
	# shellcheck disable=SC2046
	wire grew dirb $(wire cut)
	# shellcheck disable=SC2046
	wire grew dirb $(wire flip)
	refused=$(wire longer)
	# shellcheck disable=SC2086
	wire grew dirb $refused
	wire unbound dirb "$COOKIE"
	wire replay
	wire bound dirb "$COOKIE"
	wire replay 3
	wire grew dirb ${refused% seen=*} seen=$((${refused##*=} + 3 * n))
	heard
	still_mirrors
}

# What B has got is refused when it comes again, from whomever, and by a B that has just begun
# as well; so is what is older than B remembers.
replayed() {
	local n
	mirrored "$@"
	wire watch
	session
	n=$(wire keep)
	wire bound dirb "$COOKIE"
	wire replay 4
	wire replay 1 "src=$SYNCA"
	wire grew dirb seen=$((5 * n))
	stop dirb
	start dirb "$@"
	wire replay 10
	confirmed
	wire watch
	wire replay 2
	wire grew dirb replay=$((2 * n))
	wire join 9
	defer wire leave 9
	wire watch
	wire say 10000 9000 9000 5900 5969
	wire grew dirb replay=2
	unharmed
}

# Recordings of a director that left, and of an earlier start of one that is there.
old_epoch() {
	local n
	mirrored "$@"
	wire watch
	session
	n=$(wire keep)
	stop dira
	wire no_peers dirb
	wire watch
	wire replay 2
	wire grew dirb unknown_epoch=$((2 * n))
	start dira "$@"
	confirmed
	wire watch
	wire replay 3
	wire grew dirb unknown_epoch=$((3 * n))
	unharmed
}

# Genuine in form, but of another key, cluster or kind.
not_ours() {
	mirrored "$@"
	wire watch
	wire stranger 5 key=wrong
	wire grew dirb auth=5
	wire other_key_id 5
	wire stranger 5 cluster=1
	wire stranger 5 key=none
	wire grew dirb auth=5 key=5 short=10
	wire stranger 5 node=2
	wire grew dirb auth=5 key=5 short=10 own_id=5
	unharmed
}

# The hop limit, the port, the group and the link have to be right.
misdirected() {
	local group
	mirrored
	group=$(group)
	wire watch
	wire stranger 2 ttl=254
	wire stranger 2 ttl=64
	wire stranger 2 ttl=1
	wire grew dirb ttl=6
	wire stranger 3 dport=8848
	wire stranger 3 "dst=${group%?}9"
	wire astray 3
	wire stranger
	wire grew dirb ttl=6 unknown_epoch=1
	wire stranger 1 "dst=$SYNCB"
	wire grew dirb ttl=6 unknown_epoch=2
	unharmed
}

# Plain text has no authentication, but of peers' addresses.
plain_sources() {
	mirrored peers --plaintext --key-file "$KEY"
	wire watch
	wire stranger 5 key=none
	wire grew dirb auth=5
	wire stranger 5
	wire grew dirb auth=5 short=5
	unharmed
}

# --- Cases: directors that are not alike ---

# $1 counter: director A starts with ARG..., and neither takes a word from the other.
misfits() {
	local d reason=$1
	shift
	mirrored
	stop dira
	start dira group "$@"
	defer stop_both
	wire watch
	wire bind dira misfit
	for d in dira dirb; do
		wire refused $d "$reason" 5
		wire peers_are $d
	done
	wire unbound dirb misfit
	in_ns dira ipvsl7adm --flush-bindings
}

# A clock that is wrong, by which the handshakes that a director answers are no good at the others, is told.
clocks() {
	mirrored
	wire join 9
	defer wire leave 9
	wire clock 9 0
	! clock_of_9 || fail "$(clock_of_9)"
	wire clock 9 75
	wait_for clock_is "7[456] s ahead"
	wire clock 9 -100
	wait_for clock_is "\(99\|100\|101\) s behind"
	wire clock 9 0
	wait_for clock_is_right
}
clock_of_9() { in_ns dirb ipvsl7adm --peers -n | grep "^Node 9: its clock is "; }
clock_is() { clock_of_9 | grep -q "is $1$"; }
clock_is_right() { ! clock_of_9; }

# --- Cases: floods ---

# Nobody who lacks the key makes B do more than count.
flood() {
	local since sent
	mirrored
	wire watch
	since=$EPOCHREALTIME
	wire flood 1500
	wire grew dirb auth=1500
	sent=$(wire grown dirb sync_tx_packets)
	[ "$sent" -le $(($(elapsed_ms "$since") / 50 + 10)) ] || fail "B sent $sent packets"
	assert_eq "peers" "$(wire count_peers dirb)" 1
	unharmed
}

# Recordings of epochs that are no more: B asks, but remembers none; one that lives gets in.
epochs() {
	local answer
	mirrored
	wire watch
	wire record 50
	answer=$(wire recorded 20)
	wire grew dirb unknown_epoch=1000
	# shellcheck disable=SC2086
	set -- ${answer//[a-z=]/ }
	[ "$1" -ge 16 ] && [ "$1" -le 1000 ] && [ "$2" -le 1000 ] || fail "$answer"
	assert_eq "peers" "$(wire count_peers dirb)" 1
	unharmed
	wire_begin recorded 20
	stop dira
	start dira
	alive
	wire_end >/dev/null
	still_mirrors
}

# Sixteen peers, and no more.
crowd() {
	mirrored
	wire watch
	wire join 9 23
	wire knock 24
	assert_eq "peers" "$(wire count_peers dirb)" 16
	wire leave 9 23
	wire peers_are dirb 1
	wire join 24
	wire leave 24
	unharmed
}

# --- Cases: a director that speaks badly, with the right key ---

# $1: table of l7_sync_frames.py
speaks() {
	mirrored
	wire join 9
	defer wire leave 9
	wire watch
	wire speak "$1"
	in_ns dirb ipvsl7adm --bindings --json >/dev/null
	in_ns dirb ipvsl7adm --flows --json >/dev/null
	unharmed
}

# One that asks for everything, again and again, gets each packet once in 2 ms at most, and each entry once in half
# a second, whatever else is sent.
greedy() {
	local answer n bytes ms got most
	# Begun anew: all that is sent is to be known here.
	: >"$L7_TMP/mirrored"
	mirrored
	wire join 9
	defer wire leave 9
	wire listen
	many greedy | in_ns dirb ipvsl7adm -R
	wire same_bindings
	answer=$(wire beg_packets 100)
	read -r n bytes ms <<<"$answer"
	got=$(wire grown dirb sync_resent)
	[ "$got" -ge "$n" ] && [ "$got" -le $((n * (ms / 2 + 2))) ] || fail "$got times one of $n packets in $ms ms"
	got=$(wire grown dirb sync_tx_bytes)
	most=$((bytes * (ms / 2 + 2) + 1500 * (ms / 50 + 10)))
	[ "$got" -le $most ] || fail "$got bytes, for $bytes, in $ms ms"
	answer=$(wire beg_entries 100)
	read -r n ms <<<"$answer"
	got=$(wire grown dirb sync_tx_records)
	[ "$got" -le $((n * (ms / 500 + 2))) ] || fail "$got times one of $n entries in $ms ms"
	in_ns dirb ipvsl7adm --flush-bindings
	still_mirrors
}

# --- Cases: directors and interfaces that come and go ---

# One that stops says good-bye, after all that it had to say.
good_bye() {
	mirrored "$@"
	many last >"$L7_TMP/batch"
	echo "--stop-sync" >>"$L7_TMP/batch"
	wire listen
	in_ns dira ipvsl7adm -R <"$L7_TMP/batch"
	wire left 1
	wire no_peers dirb
	wire bound dirb last149
	start dira "$@"
	confirmed
	in_ns dira ipvsl7adm --flush-bindings
	wire same_bindings
}

# One that vanishes is noticed, and comes back under a new epoch.
crash() {
	local epoch
	mirrored
	epoch=$(wire epoch 1)
	unplug
	stop dira
	wire peers_are dirb
	in_ns dirb ipvsl7adm --peers -n | grep -q "^ *1 .* SILENT "
	wire bind dirb meanwhile "$SRV3"
	replug
	start dira
	confirmed
	[ "$(wire epoch 1)" != "$epoch" ] || fail "the same epoch"
	wire bound dira meanwhile "$SRV3"
	still_mirrors
}

unplug() { ip -n dira link set "${1-sync}" down; }
# Setting it down took its IPv6 addresses.
replug() {
	ip -n dira -batch - <<-END
		link set ${1-sync} up
		addr replace fd00:3::21/64 dev ${1-sync} nodad
	END
}

# While the link is down nothing passes; afterwards everything does.
link_down() {
	mirrored "$@"
	unplug
	session
	wire peers_are dira
	wire peers_are dirb
	wire unbound dirb "$COOKIE"
	replug
	wire bound dirb "$COOKIE" "$ADDRESS"
	still_mirrors
}

# An interface that is renamed is the same; one that takes its name is the one.
link_renamed() {
	mirrored "$@"
	unplug
	ip -n dira link set sync name renamed
	replug renamed
	still_mirrors
	unplug renamed
	ip -n dira link set renamed name sync
	replug
	still_mirrors
}

# Deleted and made anew, again and again: no more memberships than one at a time.
link_remade() {
	local i
	mirrored "$@"
	l7_sysctl dira net.ipv4.igmp_max_memberships=2
	defer l7_sysctl dira net.ipv4.igmp_max_memberships=20
	defer busybox sysctl -qw "net.core.optmem_max=$(busybox sysctl -n net.core.optmem_max)"
	busybox sysctl -qw net.core.optmem_max=200
	for i in 1 2 3; do
		remake
		confirmed
	done
	wire plug
	still_mirrors
}
remake() {
	ip -n dira -batch - <<-END
		link del sync
		link add sync type veth peer name sync netns dirb
		link set sync up
		addr add 10.0.3.21/24 dev sync
		addr add fd00:3::21/64 dev sync nodad
	END
	ip -n dirb -batch - <<-END
		link set sync up
		addr add 10.0.3.22/24 dev sync
		addr add fd00:3::22/64 dev sync nodad
	END
}

# An MTU too small for IPv6 takes the interface's addresses and memberships.
mtu_dip() {
	mirrored "$@"
	ip -n dira link set sync mtu 1000
	[ "$FAMILY" = 4 ] || wire peers_are dirb
	ip -n dira link set sync mtu 1500
	replug
	still_mirrors
}

# Both start and stop, one or the other, while clients come and go.
start_stop() {
	local i d out=$L7_TMP/load.out
	mirrored
	in_background "$out" /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" get "$VIP" 80 \
		count=100000
	wait_for_lines "$out" 1
	for ((i = 0; i < 12; i++)); do
		d=dira
		[ $((i % 3)) != 0 ] || d=dirb
		stop $d
		start $d
		[ $((i % 5)) != 0 ] || alive
	done
	end_process "$BG"
	! grep error "$out" || fail "a client failed"
	still_mirrors
	wire same_bindings
}

# --- Cases: shared secrets ---

# half_open GOOD|BAD PORT: a handshake that A began, B finishes or not. The client's port is one that
# nothing else has: B may still know the connections of another case.
half_open() {
	local ready=$L7_TMP/ready gate=$L7_TMP/gate out=$L7_TMP/half rc=0
	session
	busybox rm -f "$ready" "$gate"
	in_background "$out" /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_session.py" "$VIP" handshake \
		"$ready" "$gate" "$COOKIE" "$2"
	wait_for_file "$ready"
	defer l7_director_takes dira
	l7_director_takes dirb
	: >"$gate"
	wait "$BG" || rc=$?
	if [ "$1" = GOOD ]; then
		[ $rc = 0 ] || fail "$(cat "$out")"
		out=$(<"$out")
		assert_eq server "${out##*server=}" "${COOKIE%%-*}"
	else
		[ $rc != 0 ] || fail "cannot be: $(cat "$out")"
		grep -q ConnectionResetError "$out" || {
			ip -n client neigh
			tell dirb
			fail "$(cat "$out")"
		}
	fi
}

same_key() {
	mirrored "$@"
	half_open GOOD 22001
}

# A had another key before, and gets none: it keeps its own secret, as B does.
no_key() {
	mirrored
	stop_both
	start dira group --key-file "$OTHER_KEY"
	stop dira
	start dira group --plaintext
	start dirb group --plaintext
	defer stop_both
	alive
	half_open BAD 22002
}

# As above, but with the key.
plain_key() {
	mirrored
	stop_both
	start dira group --key-file "$OTHER_KEY"
	stop dira
	mirrored group --plaintext --key-file "$KEY"
	half_open GOOD 22003
}

# --- Cases: the end ---

# Two namespaces of their own, gone1 and gone2, that mirror.
pair_up() {
	local i
	wire family "$FAMILY" "$(group)"
	for i in 1 2; do
		ip netns add gone$i
		defer eval "ip netns del gone$i 2>/dev/null"
	done
	pair_link
	for i in 1 2; do pair_start $i; done
	wire peers_are gone1 2
	wire peers_are gone2 1
}
pair_link() {
	local i
	ip link add sync netns gone1 type veth peer name sync netns gone2
	for i in 1 2; do
		ip -n gone$i -batch - <<-END
			link set sync up
			addr add 10.0.3.2$i/24 dev sync
			addr add fd00:3::2$i/64 dev sync nodad
		END
	done
}
pair_start() {
	in_ns gone"$1" ipvsl7adm -A -t "$VIP_URL:80" -k cookie:SESSID
	in_ns gone"$1" ipvsl7adm --start-sync --interface sync --group "$(group)" --node "$1" \
		--key-file "$KEY"
}

# A namespace that ends says good-bye while its interface is still there.
namespace_ends() {
	pair_up
	ip netns del gone1
	wire no_peers gone2
}

# One vanishes again and again, while changes are made and it is sent everything, slowly; the other goes on.
namespace_vanishes() {
	local i
	pair_up
	many much 6000 | in_ns gone1 ipvsl7adm -R
	changes
	for i in 1 2 3; do
		ip netns del gone2
		wait_for_lines "$L7_TMP/changes" $(($(wc -l <"$L7_TMP/changes") + 2))
		wait_for no_link
		wire peers_are gone1
		ip netns add gone2
		pair_link
		in_ns gone1 tc qdisc add dev sync root netem rate $((180 / ${L7_SLOW:-1} + 20))kbit
		pair_start 2
		wait_for lists gone2 100
		! lists gone2 6000 || fail "it had all at once: this shows nothing"
	done
	in_ns gone1 tc qdisc del dev sync root
	end_process "$BG"
	wire bound gone2 much5999 "$SRV2"
	wire bound gone2 often29 "$SRV3"
	wait_for lists gone2 6030
}
# changes: gone1 gives keys to one server and another until the case ends; a line for each round. Sets BG.
changes() {
	local batch=$L7_TMP/batch
	many often 30 >"$batch.1"
	sed "s/-r .*/-r $(url_host "$SRV3"):80/" "$batch.1" | cat "$batch.1" - >"$batch"
	while in_ns gone1 ipvsl7adm -R <"$batch"; do echo round; done >"$L7_TMP/changes" &
	BG=$!
	defer end_process "$BG"
}
lists() { [ "$(in_ns "$1" ipvsl7adm --bindings -n | grep -cF " $VIP_URL:80 ")" -ge "$2" ]; }
no_link() { ! ip -n gone1 link show dev sync 2>/dev/null; }

# A director that lost everything at a restart makes later states than those that its peer
# still knows.
later_after_restart() {
	pair_up
	wire bind gone1 moved "$SRV1"
	wire bound gone2 moved "$SRV1"
	for i in 1 2 3; do
		wire bind gone2 moved "$SRV2"
		wire bind gone2 moved "$SRV1"
	done
	wire bound gone1 moved "$SRV1"
	ip netns del gone1
	wire no_peers gone2
	ip netns add gone1
	ip -n gone2 link del sync 2>/dev/null || true
	# Nobody hears it yet.
	ip link add sync netns gone1 type veth peer name away netns gone1
	pair_start 1
	wire bind gone1 moved "$SRV3"
	ip -n gone1 link del sync
	pair_link
	wire peers_are gone2 1
	wire bound gone2 moved "$SRV3"
	wire bound gone1 moved "$SRV3"
}

load_module() {
	[ -e /sys/module/ip_vs_l7 ] || insmod "$L7_MODULE"
	policies
}

# The module goes, and comes again: at both directors, as they have one kernel.
module_removed() {
	[ -n "${L7_MODULE-}" ] || skip "do not know how to load the module again"
	l7_family 4
	mirrored
	defer load_module
	many removed >"$L7_TMP/batch"
	wire listen
	in_ns dira ipvsl7adm -R <"$L7_TMP/batch"
	rmmod ip_vs_l7
	wire left 1 2
	load_module
	l7_family 4
	start dira
	many early 1 | in_ns dira ipvsl7adm -R
	start dirb
	wait_for finds dirb early0
	many late 1 | in_ns dirb ipvsl7adm -R
	wait_for finds dira late0
	! finds dirb removed0 || fail "an entry outlived the module"
}
finds() { in_ns "$1" ipvsl7adm --lookup "cookie:SESSID=$2" -t "$VIP_URL:80" 2>/dev/null; }

cleanup() {
	stop_both
	rm -f "$KEY" "$OTHER_KEY"
}

ktap_plan 82
l7_topo_up
l7_nginx_up
l7_server_up
policies || exit
for key in "$KEY" "$OTHER_KEY"; do
	[ -e "$key" ] || in_ns dira ipvsl7adm --generate-key="$key"
done
: >"$L7_TMP/mirrored"
wire_up
defer cleanup
run_test wire "the tests' own cipher and frames are right" check
run_test_v4v6 truth "bindings, connections and peers are listed as they are"
run_test_v4v6 noise
run_test_v4v6 forged
run_test_v4v6 replayed
run_test_v4v6 old_epoch
run_test_v4v6 not_ours "another key, cluster or node's id"
run_test_v4v6 misdirected
run_test_v4v6 flood
run_test_v4v6 epochs "a flood of old epochs"
run_test_v4v6 crowd "more directors than can be"
run_test_v4v6 clocks "a clock that is wrong"
run_test_v4v6 speaks "frames, groups and fields of later versions" unknown
run_test_v4v6 speaks "malformed frames" malformed
run_test_v4v6 speaks "records that make no sense" absurd
run_test_v4v6 speaks "extreme values" extreme
run_test_v4v6 speaks "services and servers that are not known" elsewhere
run_test_v4v6 greedy "one that asks for everything a hundred times"
run_test_v4v6 same_key "a handshake is finished by the other director"
run_test_v4v6 good_bye
run_test_v4v6 crash
run_test_v4v6 link_down
run_test_v4v6 link_renamed
run_test_v4v6 link_remade
run_test_v4v6 mtu_dip
run_test_v4v6 any_mtu "the smallest MTU" 1280 1200 1280
run_test_v4v6 any_mtu "jumbo frames" 9000 8100 8240
run_test_v4v6 start_stop
run_test_v4v6 truth "unicast: listed as they are" peers
run_test_v4v6 forged "unicast: forged" peers
run_test_v4v6 link_down "unicast: link down" peers
run_test_v4v6 misfits "another key" key --key-file "$OTHER_KEY"
run_test_v4v6 misfits "another cluster" short --cluster 1 --key-file "$KEY"
run_test_v4v6 misfits "plain text to one that encrypts" short --plaintext --key-file "$KEY"
run_test_v4v6 misfits "two directors of the same id" own_id --node 2 --key-file "$KEY"
run_test_v4v6 plain_sources "plain text of others than the peers"
run_test_v4v6 plain_key "plain text with a key: secrets are shared"
run_test_v4v6 no_key "plain text without a key: they are not"
run_test_v4v6 namespace_ends
run_test_v4v6 namespace_vanishes "one that vanishes amid changes"
run_test_v4v6 later_after_restart
run_test module_removed
ktap_exit
