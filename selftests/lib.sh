# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What every selftest sources: the network in namespaces, servers, waiting, KTAP.
#
#   client ──┐ 10.0.1.0/24        ┌─ dira ─┐        10.0.2.0/24 ┌── rs1
#   eth0     ├──────── brout ─────┤   │sync├─── brin ───────────┼── rs2
#            │ fd00:1::/64   out  └─ dirb ─┘ in     fd00:2::/64 └── rs3  eth0
#
# The bridges are in namespace "lan". The active director holds the VIPs outside and the
# servers' gateway inside. Everything lives until the guest ends: l7_topo_up in the next test
# of the same guest only resets it.
#
# A test file runs without "set -e"; each test case runs in a subshell with it, so a command
# that fails, fails the case. Names: l7_* this project's network, ktap_* output, the rest
# general.

L7_SELFTESTS=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
L7_TOP=${L7_TOP:-${L7_SELFTESTS%/*}}
L7_TMP=${L7_TMP:-/run/l7}
PATH=$L7_TOP/userspace:$PATH

# shellcheck source=kernel_clean.sh
. "$L7_SELFTESTS/kernel_clean.sh"

L7_SERVERS='rs1 rs2 rs3'

# Namespaces, sysctls and modules are changed without asking: not on a machine in use.
if [ -z "${L7_VM-}${L7_FORCE-}" ]; then
	echo "1..0 # SKIP meant for a guest: scripts/vm -- selftests/run.sh (or set L7_FORCE=1)"
	exit 4
fi

# --- Output: KTAP. Exit status of a test file: 0 passed, 1 failed, 4 skipped. ---

KSFT_PASS=0 KSFT_FAIL=1 KSFT_SKIP=4
L7_DEFER=()
KTAP_PLAN='' KTAP_N=0 KTAP_FAILED=0 KTAP_SKIPPED=0

# ktap_plan N: how many results follow.
ktap_plan() {
	KTAP_PLAN=$1
	echo "TAP version 13"
	echo "1..$1"
}

ktap_pass() { echo "ok $((++KTAP_N)) $1"; }
ktap_fail() { KTAP_FAILED=$((KTAP_FAILED + 1)); echo "not ok $((++KTAP_N)) $1"; }
ktap_skip() { KTAP_SKIPPED=$((KTAP_SKIPPED + 1)); echo "ok $((++KTAP_N)) $1 # SKIP ${2-}"; }

# ktap_skip_all REASON: before ktap_plan, ends the file as skipped.
ktap_skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $1"
	exit $KSFT_SKIP
}

# The last line of every test file.
ktap_exit() {
	echo "# Totals: pass:$((KTAP_N - KTAP_FAILED - KTAP_SKIPPED)) fail:$KTAP_FAILED skip:$KTAP_SKIPPED"
	if [ "$KTAP_N" != "$KTAP_PLAN" ]; then
		echo "# planned ${KTAP_PLAN:-nothing}, ran $KTAP_N"
		exit $KSFT_FAIL
	fi
	[ "$KTAP_FAILED" = 0 ] || exit $KSFT_FAIL
	[ "$KTAP_SKIPPED" != "$KTAP_N" ] || exit $KSFT_SKIP
	exit $KSFT_PASS
}

# Inside a test case: end it.
fail() { echo "FAIL: $*" >&2; exit $KSFT_FAIL; }
skip() { echo "$*"; exit $KSFT_SKIP; }

# assert_eq WHAT GOT WANTED
assert_eq() { [ "$2" = "$3" ] || fail "$1: got '$2', wanted '$3'"; }

# --- Clean-up is deferred where the thing is made. ---

# defer COMMAND ARG...: runs when the test case (or file) ends, last one first.
defer() {
	local c
	printf -v c '%q ' "$@"
	L7_DEFER+=("$c")
}

run_deferred() {
	local i
	for ((i = ${#L7_DEFER[@]} - 1; i >= 0; i--)); do
		eval "${L7_DEFER[i]}" || true
	done
	L7_DEFER=()
}
trap run_deferred EXIT

# --- Test cases ---

# l7_evidence STATUS: of a case that failed, what director A has counted.
l7_evidence() {
	case $1 in 0 | "$KSFT_SKIP") return ;; esac
	[ ! -e /sys/module/ip_vs_l7 ] || in_ns dira ipvsl7adm --stats -n --exact 2>&1
}

# Body of the subshell of run_test.
run_case() {
	L7_DEFER=()
	trap 'rc=$?; trap - ERR; set +e; l7_evidence $rc; run_deferred; exit $rc' EXIT
	trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: status $?: $BASH_COMMAND" >&2' ERR
	set -eE
	"$@"
}

# run_test FUNCTION [NAME [ARG...]]: one result. What it printed is shown if it failed (or
# with L7_VERBOSE), and a complaint of the kernel's fails it. Skipped unless the name matches
# L7_ONLY, an extended regular expression.
run_test() {
	local func=$1 name=${2:-$1} log=$L7_TMP/case.log rc since=$EPOCHREALTIME
	shift $(($# < 2 ? $# : 2))
	if ! [[ $name =~ ${L7_ONLY-} ]]; then
		ktap_skip "$name" "not in L7_ONLY"
		return
	fi
	mkdir -p "$L7_TMP"
	kernel_mark "$name"
	(run_case "$func" "$@") >"$log" 2>&1 </dev/null
	rc=$?
	check_kernel_clean "$KERNEL_MARK" >>"$log" || rc=$KSFT_FAIL
	case $rc in
	0) ktap_pass "$name" ;;
	"$KSFT_SKIP") ktap_skip "$name" "$(tail -n 1 "$log")" ;;
	*) ktap_fail "$name" ;;
	esac
	if [ -n "${L7_VERBOSE-}" ] || { [ $rc != 0 ] && [ $rc != $KSFT_SKIP ]; }; then
		sed 's/^/# /' "$log"
	fi
	[ -z "${L7_VERBOSE-}" ] || echo "# $(elapsed_ms "$since") ms"
}

# Sets the addresses for family $1 (4 or 6): FAMILY; VIP, VIP2 (services), GW (servers'
# gateway); CLI1..CLI5, SRV1..SRV3, DIRA, DIRB, SYNCA, SYNCB; VIP_URL (bracketed for URLs).
# shellcheck disable=SC2034
l7_family() {
	local out in sync vip gw
	FAMILY=$1
	case $1 in
	4) out=10.0.1. in=10.0.2. sync=10.0.3. vip=100 gw=254 ;;
	6) out=fd00:1:: in=fd00:2:: sync=fd00:3:: vip=100 gw=fe ;;
	esac
	VIP=$out$vip VIP2=${out}$((vip + 1)) GW=$in$gw
	CLI1=${out}1 CLI2=${out}2 CLI3=${out}3 CLI4=${out}4 CLI5=${out}5
	SRV1=${in}1 SRV2=${in}2 SRV3=${in}3
	DIRA=${out}21 DIRB=${out}22 SYNCA=${sync}21 SYNCB=${sync}22
	VIP_URL=$(url_host "$VIP")
}

# run_test_v4v6 FUNCTION [NAME [ARG...]]: two results.
run_test_v4v6() {
	local f func=$1 name=${2:-$1}
	shift $(($# < 2 ? $# : 2))
	for f in 4 6; do
		l7_family "$f"
		run_test "$func" "$name, IPv$f" "$@"
	done
}

# check_kernel_clean MARK: prints what the kernel complained of since the mark.
check_kernel_clean() { kernel_clean_since "$1"; }

# --- Waiting: for a state, never for a time. ---

exec {L7_NEVER}<> <(:)

# Milliseconds since $1, an EPOCHREALTIME.
elapsed_ms() {
	local now=$EPOCHREALTIME
	echo $(((${now/./} - ${1/./}) / 1000))
}

# busywait MS COMMAND...: until the command succeeds; prints its last output, and returns its
# last status if it never did. A kernel that is L7_SLOW times slower gets that much longer, and
# is looked at less often: to look is most of what it does then.
busywait() {
	local ms=$(($1 * ${L7_SLOW:-1})) since=$EPOCHREALTIME out rc now from us pause=0.02
	shift
	while :; do
		from=$EPOCHREALTIME
		out=$("$@" 2>&1) && rc=0 || rc=$?
		now=$EPOCHREALTIME
		if [ $rc = 0 ] || [ $(((${now/./} - ${since/./}) / 1000)) -ge "$ms" ]; then
			[ -z "$out" ] || printf '%s\n' "$out"
			return $rc
		fi
		if [ "${L7_SLOW:-1}" != 1 ]; then
			us=$((3 * (${now/./} - ${from/./})))
			printf -v pause '%d.%06d' $((us / 1000000)) $((us % 1000000))
		fi
		read -r -t "$pause" -u "$L7_NEVER" || true
	done
}

# wait_for COMMAND...: the same with a limit that suits emulation, and a failure that speaks.
wait_for() {
	busywait "${L7_WAIT_MS:-40000}" "$@" >/dev/null || fail "waited ${L7_WAIT_MS:-40000} ms for: $*"
}

is_listening() { [ -n "$(in_ns "$1" ss -Hln"${3:-t}" "sport = :$2")" ]; }
is_gone() { ! kill -0 "$1" 2>/dev/null; }
has_text() { grep -q -- "$2" "$1" 2>/dev/null; }
has_lines() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
has_bytes() { [ -e "$1" ] && [ "$(stat -c %s "$1")" -ge "$2" ]; }

# wait_for_listen NS PORT [t|u];  wait_for_exit PID;  wait_for_text FILE PATTERN;
# wait_for_lines FILE N;  wait_for_bytes FILE N;  wait_for_file FILE
wait_for_listen() { wait_for is_listening "$@"; }
wait_for_exit() { wait_for is_gone "$1"; }
wait_for_text() { wait_for has_text "$1" "$2"; }
wait_for_lines() { wait_for has_lines "$1" "$2"; }
wait_for_bytes() { wait_for has_bytes "$1" "$2"; }
wait_for_file() { wait_for test -e "$1"; }

# --- Namespaces ---

# in_ns NS COMMAND...: cheaper than ip netns exec; /sys is not changed. Busybox is static, so
# it starts several times faster in emulation; given a bare name it would run its own ping.
in_ns() {
	local ns=$1 cmd=$2
	shift 2
	case $cmd in
	*/*) ;;
	*)
		# No subshell: bash's own table of commands.
		[ -n "${BASH_CMDS[$cmd]-}" ] || hash "$cmd" || return 127
		cmd=${BASH_CMDS[$cmd]-$(type -P "$cmd")}
		;;
	esac
	busybox nsenter --net="/run/netns/$ns" -- "$cmd" "$@"
}

# l7_sysctl NS KEY=VALUE...
l7_sysctl() {
	local ns=$1
	shift
	in_ns "$ns" busybox sysctl -qw "$@"
}

# in_background NAME NS COMMAND...: output in $L7_TMP/NAME.out, pid in BG; killed at the end of
# the test case, or by end_process.
in_background() {
	local out=$L7_TMP/$1.out ns=$2
	shift 2
	: >"$out"
	# Not in_ns: the pid has to be that of the command itself.
	busybox nsenter --net="/run/netns/$ns" -- "$@" >"$out" 2>&1 &
	BG=$!
	defer end_process "$BG"
}

end_process() {
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

url_host() { case $1 in *:*) echo "[$1]" ;; *) echo "$1" ;; esac; }

# far_client N: prints address N (1..65000) of those that the client also has, by the thousand,
# behind a route: 10.9.0.0/16 and fd00:9::/64.
far_client() {
	case ${FAMILY:-4} in
	4) echo "10.9.$(($1 / 250)).$(($1 % 250 + 1))" ;;
	6) printf 'fd00:9::%x\n' "$1" ;;
	esac
}

# What new namespaces and devices copy: no waiting for DAD, no rp_filter; a neighbour believes a
# gratuitous ARP at once.
l7_net_defaults() {
	busybox sysctl -qw net.core.devconf_inherit_init_net=1 \
		net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0 \
		net.ipv6.conf.default.accept_ra=0 net.ipv6.conf.default.router_solicitations=0 \
		net.ipv4.conf.default.rp_filter=0 net.ipv4.conf.all.rp_filter=0 \
		net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.default.send_redirects=0 \
		net.ipv6.conf.default.ndisc_notify=1 \
		net.ipv4.neigh.default.locktime=0
}

# l7_director_net NS N: addresses and routes of director N, on its devices out, in and sync.
l7_director_net() {
	local n=0 net
	{
		for net in lo out in sync; do echo "link set $net up"; done
		for net in out in sync; do
			n=$((n + 1))
			echo "addr add 10.0.$n.2$2/24 dev $net"
			echo "addr add fd00:$n::2$2/64 dev $net nodad"
		done
		echo "route add 10.9.0.0/16 via 10.0.1.1"
		echo "route add fd00:9::/64 via fd00:1::1"
	} | ip -n "$1" -batch - || return
	l7_sysctl "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

l7_topo_up() {
	mkdir -p "$L7_TMP"
	if [ -e "$L7_TMP/topo" ]; then
		l7_reset
		return
	fi
	l7_net_defaults || return
	modprobe -a ip_vs veth bridge || return
	local ns n i
	{
		for ns in lan client dira dirb $L7_SERVERS; do
			echo "netns add $ns"
		done
	} | ip -batch - || return
	{
		echo "link add brout netns lan type bridge forward_delay 0 mcast_snooping 0"
		echo "link add brin netns lan type bridge forward_delay 0 mcast_snooping 0"
		echo "link add eth0 netns client type veth peer name client netns lan"
		echo "link add sync netns dira type veth peer name sync netns dirb"
		for ns in dira dirb; do
			echo "link add out netns $ns type veth peer name $ns-out netns lan"
			echo "link add in netns $ns type veth peer name $ns-in netns lan"
		done
		for ns in $L7_SERVERS; do
			echo "link add eth0 netns $ns type veth peer name $ns netns lan"
		done
	} | ip -batch - || return
	{
		for n in client dira-out dirb-out; do echo "link set $n master brout up"; done
		for n in dira-in dirb-in $L7_SERVERS; do echo "link set $n master brin up"; done
		echo "link set brout up"
		echo "link set brin up"
	} | ip -n lan -batch - || return
	{
		echo "link set lo up"
		echo "link set eth0 up"
		for i in 1 2 3 4 5; do
			echo "addr add 10.0.1.$i/24 dev eth0"
			echo "addr add fd00:1::$i/64 dev eth0 nodad"
		done
		echo "route add local 10.9.0.0/16 dev lo"
		echo "route add local fd00:9::/64 dev lo"
		# Servers are reached by way of the active director, if asked for by address.
		echo "route add 10.0.2.0/24 via 10.0.1.100"
		echo "route add fd00:2::/64 via fd00:1::100"
	} | ip -n client -batch - || return
	l7_sysctl client net.ipv6.ip_nonlocal_bind=1 || return
	l7_director_net dira 1 && l7_director_net dirb 2 || return
	i=0
	for ns in $L7_SERVERS; do
		i=$((i + 1))
		printf '%s\n' "link set lo up" "link set eth0 up" \
			"addr add 10.0.2.$i/24 dev eth0" "addr add fd00:2::$i/64 dev eth0 nodad" \
			"route add default via 10.0.2.254" "route add default via fd00:2::fe" |
			ip -n "$ns" -batch - || return
	done
	l7_director_takes dira || return
	: >"$L7_TMP/topo"
}

# Ends every process in the namespaces, and removes them.
l7_topo_down() {
	local ns pids
	l7_server_down 2>/dev/null
	for ns in client dira dirb $L7_SERVERS lan; do
		pids=$(ip netns pids "$ns" 2>/dev/null)
		# shellcheck disable=SC2086
		[ -z "$pids" ] || kill -KILL $pids
		ip netns del "$ns" 2>/dev/null
	done
	rm -rf "$L7_TMP"
}

# What a test may have left: back to director A, no IPVS services, links up and clean.
l7_reset() {
	local d
	for d in dira dirb; do
		in_ns $d ipvsadm -C
		[ ! -e /sys/module/ip_vs_l7 ] || l7_forget $d
		[ ! -e "$L7_TMP/cut-$d" ] || l7_director_restore $d
	done
	[ ! -e /sys/module/ip_vs_l7 ] || l7_drop_copies || return
	[ "$(l7_active)" = dira ] || l7_director_takes dira
}

# Connections that a peer told of are kept for a quarter of an hour, whatever becomes of it.
l7_drop_copies() {
	local d
	[ -n "${L7_MODULE-}" ] || return 0
	for d in dira dirb; do
		in_ns $d ipvsl7adm --flows -n | grep -q STANDBY || continue
		rmmod ip_vs_l7 && insmod "$L7_MODULE"
		return
	done
}

# No policy, no connection, no binding, no mirroring, default limits, counters at zero.
l7_forget() {
	in_ns "$1" ipvsl7adm --stop-sync >/dev/null 2>&1 || true
	in_ns "$1" ipvsl7adm -R <<-END
		--reset-flows
		-C
		--flush-bindings --static
		--set-limits bindings=1m,flows=1m,pending=16k,pending-src=4k,pending-bytes=64m
		-Z
	END
}

# --- Directors ---

# Prints which director holds the addresses.
l7_active() { [ ! -e "$L7_TMP/active" ] || cat "$L7_TMP/active"; }
# The other director.
l7_other() { if [ "$1" = dira ]; then echo dirb; else echo dira; fi; }

l7_vip_batch() {
	# Without "nodad": a tentative address is announced (ndisc_notify) as accept_dad is 0.
	printf "addr $1 %s\n" "10.0.1.100/24 dev out" "10.0.1.101/24 dev out" \
		"fd00:1::100/64 dev out" "fd00:1::101/64 dev out" \
		"10.0.2.254/24 dev in" "fd00:2::fe/64 dev in"
}

# l7_director_takes dira|dirb: the addresses move there; neighbours are told.
l7_director_takes() {
	local to=$1 from
	from=$(l7_active)
	# Who had them before announces them no longer.
	pkill -f "^busybox arping " || true
	l7_vip_batch replace | ip -n "$to" -batch - || return
	# Repeated, as keepalived does: a neighbour may ignore the first one.
	in_ns "$to" /bin/sh -c '
		a="busybox arping -q -U -c 2 -w 2"
		$a -I out 10.0.1.100 & $a -I out 10.0.1.101 & $a -I in 10.0.2.254 &' </dev/null >/dev/null 2>&1
	# The old one last, so that no packet finds a director without the addresses: that would
	# earn the client an ICMP error.
	if [ -n "$from" ] && [ "$from" != "$to" ]; then
		l7_vip_batch del | ip -n "$from" -batch - || return
	fi
	echo "$to" >"$L7_TMP/active"
}

# l7_director_cut dira|dirb: a hard failure: all its cables are pulled. The addresses do not
# move: that is l7_director_takes. Undone by l7_director_restore, without the addresses.
l7_director_cut() {
	: >"$L7_TMP/cut-$1"
	printf 'link set %s down\n' "$1-out" "$1-in" | ip -n lan -batch - &&
		ip -n "$1" link set sync down
}

l7_director_restore() {
	# It may have lost them already.
	[ "$(l7_active)" = "$1" ] || l7_vip_batch del | ip -force -n "$1" -batch - 2>/dev/null || true
	printf 'link set %s up\n' "$1-out" "$1-in" | ip -n lan -batch - || return
	# Setting a link down took its IPv6 addresses.
	local i=1
	[ "$1" = dira ] || i=2
	printf '%s\n' "link set sync up" "addr replace fd00:3::2$i/64 dev sync nodad" |
		ip -n "$1" -batch - || return
	rm -f "$L7_TMP/cut-$1"
}

# l7_ipvs_service dira|dirb|both VIP PORT [SCHEDULER [SERVER...]]: a TCP service by NAT, with
# the servers (rs1 rs2 rs3) at the same port and weight 1. SERVER is a name or NAME:WEIGHT.
l7_ipvs_service() {
	local where=$1 vip=$2 port=$3 sched=${4:-rr} net=10.0.2. s d w svc
	shift $(($# < 4 ? $# : 4))
	# shellcheck disable=SC2086
	[ $# -gt 0 ] || set -- $L7_SERVERS
	case $vip in *:*) net=fd00:2:: ;; esac
	svc=$(url_host "$vip"):$port
	[ "$where" != both ] || where='dira dirb'
	for d in $where; do
		{
			echo "-A -t $svc -s $sched"
			for s in "$@"; do
				w=1
				case $s in *:*) w=${s#*:} s=${s%:*} ;; esac
				echo "-a -t $svc -r $(url_host "$net${s#rs}"):$port -m -w $w"
			done
		} | in_ns "$d" ipvsadm -R || return
	done
}

# l7_netem NS DEVICE ARG...: until the test case ends.
l7_netem() {
	local ns=$1 dev=$2
	shift 2
	in_ns "$ns" tc qdisc replace dev "$dev" root netem "$@" || return
	defer in_ns "$ns" tc qdisc del dev "$dev" root
}

# --- Servers ---

# A 20 MB file, the same on all servers; sets L7_BLOB (its path) and L7_BLOB_SHA256.
# shellcheck disable=SC2034
l7_blob() {
	L7_BLOB=$L7_TMP/blob
	if [ ! -e "$L7_BLOB.sha256" ]; then
		head -c 20000000 /dev/urandom >"$L7_BLOB" || return
		sha256sum <"$L7_BLOB" | cut -d' ' -f1 >"$L7_BLOB.sha256"
	fi
	L7_BLOB_SHA256=$(cat "$L7_BLOB.sha256")
}

l7_nginx_config() {
	local rs=$1 d=$L7_TMP/$1
	cat <<-TXT
	user root;
	worker_processes 1;
	pid $d/nginx.pid;
	error_log $d/error.log;
	events { worker_connections 4096; }
	http {
	  log_format l7 '\$remote_addr \$remote_port "\$request" \$status \$cookie_SESSID';
	  access_log $d/access.log l7;
	  default_type text/plain;
	  client_body_temp_path $d/body;
	  proxy_temp_path $d/proxy;
	  fastcgi_temp_path $d/fastcgi;
	  uwsgi_temp_path $d/uwsgi;
	  scgi_temp_path $d/scgi;
	  client_max_body_size 0;
	  large_client_header_buffers 4 32k;
	  keepalive_timeout 3600s;
	  keepalive_requests 1000000;
	  client_header_timeout 600s;
	  sendfile on;
	  map \$cookie_SESSID \$new_session {
	    "" "SESSID=$rs-\$request_id; Path=/";
	    default "";
	  }
	  server {
	    listen 80 backlog=1024;
	    listen [::]:80 ipv6only=on backlog=1024;
	    listen 8080 backlog=1024;
	    listen [::]:8080 ipv6only=on backlog=1024;
	    location = / { add_header Set-Cookie \$new_session; return 200 "server=$rs\n"; }
	    location = /logout { add_header Set-Cookie "SESSID=; Path=/; Max-Age=0"; return 200 "server=$rs\n"; }
	    location = /who { return 200 "server=$rs client=\$remote_addr port=\$remote_port cookie=\$cookie_SESSID\n"; }
	    location = /mark { add_header Set-Cookie "SRV=0000000000000000.$rs; Path=/"; return 200 "server=$rs\n"; }
	    location = /mark/blob { add_header Set-Cookie "SRV=0000000000000000.$rs"; alias $L7_TMP/blob; limit_rate \$arg_rate; }
	    location = /blob { alias $L7_TMP/blob; limit_rate \$arg_rate; }
	    location /put/ { root $d; dav_methods PUT; create_full_put_path on; }
	  }
	}
	TXT
}

# l7_nginx_up [SERVER...]: what it serves, on 80 and 8080, is in l7_nginx_config.
l7_nginx_up() {
	local rs
	# shellcheck disable=SC2086
	[ $# -gt 0 ] || set -- $L7_SERVERS
	for rs in "$@"; do
		l7_is_running "$L7_TMP/$rs/nginx.pid" && continue
		mkdir -p "$L7_TMP/$rs" || return
		l7_nginx_config "$rs" >"$L7_TMP/$rs/nginx.conf"
		# nginx listens before it goes into the background.
		in_ns "$rs" nginx -p "$L7_TMP/$rs/" -e "$L7_TMP/$rs/error.log" \
			-c "$L7_TMP/$rs/nginx.conf" || return
	done
}

l7_is_running() {
	local pid
	read -r pid 2>/dev/null <"$1" && kill -0 "$pid" 2>/dev/null
}

# l7_nginx_down [SERVER...]: at once, connections are reset.
l7_nginx_down() {
	local rs pid
	# shellcheck disable=SC2086
	[ $# -gt 0 ] || set -- $L7_SERVERS
	for rs in "$@"; do
		read -r pid 2>/dev/null <"$L7_TMP/$rs/nginx.pid" || continue
		kill -TERM "$pid"
		wait_for_exit "$pid"
		rm -f "$L7_TMP/$rs/nginx.pid"
	done
}

# l7_server_up [SERVER...]: l7_server.py (ports 7, 25, 8081) in one process for the servers;
# l7_server_down ends it for all.
l7_server_up() {
	# shellcheck disable=SC2086
	[ $# -gt 0 ] || set -- $L7_SERVERS
	l7_is_running "$L7_TMP/server.pid" && return
	rm -f "$L7_TMP/server.pid"
	setsid /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_server.py" "$L7_TMP/server.pid" "$@" \
		</dev/null >"$L7_TMP/server.log" 2>&1 &
	busywait 20000 test -s "$L7_TMP/server.pid" || { cat "$L7_TMP/server.log"; return 1; }
}

l7_server_down() {
	local pid
	read -r pid 2>/dev/null <"$L7_TMP/server.pid" || return 0
	kill -KILL "$pid"
	rm -f "$L7_TMP/server.pid"
	wait_for_exit "$pid"
}

# --- The client ---

# client_curl ARG...: quiet but for errors, bounded.
client_curl() { in_ns client curl -sS --noproxy '*' -m $((${L7_CURL_SECONDS:-20} * ${L7_SLOW:-1})) "$@"; }

# client_get PATH [CURL-ARG...]: from VIP, port 80 (or L7_PORT).
client_get() {
	local path=$1
	shift
	client_curl "$@" "http://$VIP_URL:${L7_PORT:-80}$path"
}

# Prints the server's name of an answer ("server=rs1 ...") on standard input.
server_of() { sed -n 's/^server=\(rs[0-9]*\).*/\1/p'; }
