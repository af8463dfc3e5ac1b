# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of the transport share: services with a policy in both families, transfers
# with checksums, counters. Sources rules.sh.
# shellcheck source=rules.sh
. "$(dirname "${BASH_SOURCE[0]}")/rules.sh"

# transport_up [IPVSL7ADM-ARG...]: the network, servers, and on director A the services at
# ports 80 (nginx), 8081 and 7 (l7_server.py), each with a policy by the cookie SESSID.
transport_up() {
	local f p
	l7_topo_up && l7_nginx_up && l7_server_up && l7_blob || exit
	in_ns dira ipvsl7adm -C
	for f in 4 6; do
		l7_family $f
		for p in 80 8081 7; do
			l7_ipvs_service dira "$VIP" $p || exit
			in_ns dira ipvsl7adm -A -t "$VIP_URL:$p" -k cookie:SESSID "$@" || exit
		done
	done
	defer in_ns dira ipvsl7adm -C
}

# l7_edit PORT ARG...: the policy of VIP at that port, until the test case ends.
l7_edit() {
	local svc=$VIP_URL:$1
	shift
	in_ns dira ipvsl7adm -E -t "$svc" "$@" || return
	defer in_ns dira ipvsl7adm -A -t "$svc" -k cookie:SESSID
	defer in_ns dira ipvsl7adm -D -t "$svc"
}

# Prints a counter of director A's namespace.
l7_counter() {
	in_ns dira ipvsl7adm --stats -v -n --exact | awk -v name="$1" '
		$1 == name && !found { print $2; found = 1 }
		END { exit !found }'
}

# count_from NAME...: remember these counters; counted NAME: prints the growth since then.
declare -A L7_COUNTED
count_from() {
	local name value
	L7_COUNTED=()
	while read -r name value; do
		[ -n "${L7_COUNTED[$name]+x}" ] || L7_COUNTED[$name]=$value
	done < <(in_ns dira ipvsl7adm --stats -v -n --exact)
	for name in "$@"; do
		[ -n "${L7_COUNTED[$name]-}" ] || fail "no counter $name"
	done
}
counted() { echo $(($(l7_counter "$1") - L7_COUNTED[$1])); }

# assert_counted NAME N: it grew by just N; assert_grown NAME: by something.
assert_counted() { assert_eq "growth of $1" "$(counted "$1")" "$2"; }
assert_grown() { [ "$(counted "$1")" -gt 0 ] || fail "$1 did not grow"; }
has_grown() { [ "$(counted "$1")" -ge "${2:-1}" ]; }

# flows_in STATE [CLIENT]: prints how many of director A's flows to VIP are in a state.
flows_in() {
	in_ns dira ipvsl7adm --flows -n |
		awk -v state="$1" -v from="${2:+$(url_host "$2"):}" -v to="$VIP_URL:" '
			$2 == state && index($3, from) == 1 && index($4, to) == 1 { n++ }
			END { print n + 0 }'
}
has_flows() { [ "$(flows_in "$1" "${3-}")" = "$2" ]; }
# flows_are STATE N [CLIENT]: waits for that.
flows_are() { wait_for has_flows "$@"; }

# Prints the path of the first N bytes of the blob, and makes it.
blob_of() {
	[ -e "$L7_BLOB.$1" ] || {
		head -c "$1" "$L7_BLOB" >"$L7_BLOB.$1.new" && mv "$L7_BLOB.$1.new" "$L7_BLOB.$1"
		sha256sum <"$L7_BLOB.$1" | cut -d' ' -f1 >"$L7_BLOB.$1.sha256"
	} || return
	echo "$L7_BLOB.$1"
}

# download BYTES [CURL-ARG...]; upload BYTES [CURL-ARG...]: through the services, and compare.
download() {
	local n=$1 sum
	shift
	sum=$(client_get /blob -r "0-$((n - 1))" "$@" | sha256sum)
	assert_eq "download of $n bytes" "${sum%% *}" "$(cat "$(blob_of "$n").sha256")"
}

upload() {
	local n=$1 got
	shift
	got=$(L7_PORT=8081 client_get "/upload${L7_UPLOAD-}" -T "$(blob_of "$n")" -H 'Expect:' "$@")
	assert_eq "upload of $n bytes" "${got#* }" \
		"length=$n sha256=$(cat "$(blob_of "$n").sha256")"
}

both_ways() {
	download "$@"
	upload "$@"
}

# features NS:DEVICE FEATURE on|off...: of the device, until the test case ends.
features() {
	defer features_set "$1" tx on tso on gso on gro off rx-gro-list off
	features_set "$@"
}

features_set() { in_ns "${1%:*}" ethtool -K "${1#*:}" "${@:2}" >/dev/null; }

# short_rto MS: end points notice a loss after that time rather than 200 ms, so that lossy
# transfers end soon; until the test case ends.
short_rto() {
	local f=$FAMILY out=10.0.1.0/24 gw=10.0.2.254
	[ "$f" = 4 ] || { out=fd00:1::/64 gw=fd00:2::fe; }
	# shellcheck disable=SC2086
	for rs in $L7_SERVERS; do
		ip -n "$rs" -"$f" route change default via $gw dev eth0 rto_min "$1ms" quickack 1
		defer ip -n "$rs" -"$f" route change default via $gw dev eth0
	done
	ip -n client -"$f" route replace $out dev eth0 rto_min "$1ms" quickack 1 metric 1
	defer ip -n client -"$f" route del $out dev eth0 metric 1
}

# raw SCENARIO [ARG...]: l7_raw.py as a client with the address RAW of its own, to VIP, port 80
# (or L7_PORT).
raw() {
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_raw.py" eth0 "$L7_ROUTER_MAC" \
		"$L7_RAW" "$VIP" "${L7_PORT:-80}" "$@"
}

# What raw needs: director A knows the address without asking for it.
raw_up() {
	local mac
	L7_RAW=10.0.1.200
	[ "$FAMILY" = 4 ] || L7_RAW=fd00:1::200
	L7_ROUTER_MAC=$(mac_of dira out)
	mac=$(mac_of client eth0)
	ip -n dira neigh replace "$L7_RAW" lladdr "$mac" dev out nud permanent
	defer ip -n dira neigh del "$L7_RAW" dev out
}

# hold: begins "sockets held" in the background; sets HELD_PORT. let_go: sets HELD_END, how it
# ended.
hold() {
	rm -f "$L7_TMP/go" "$L7_TMP/held"
	sockets held "$L7_TMP/go" >"$L7_TMP/held" 2>&1 &
	HELD_PID=$!
	defer eval "kill $HELD_PID 2>/dev/null"
	wait_for_text "$L7_TMP/held" held
	HELD_PORT=$(awk '$1 == "held" { print $2 }' "$L7_TMP/held")
}

let_go() {
	: >"$L7_TMP/go"
	wait "$HELD_PID" || true
	HELD_END=$(tail -n 1 "$L7_TMP/held")
}

# A third director, dirc, holds the addresses: third_up [bridge], third_serves PORT...,
# third_down. With "bridge" its device outside is a bridge, whose packets pass netfilter twice.
third_up() {
	local n port=out
	[ "${1-}" != bridge ] || port=port
	{
		echo "netns add dirc"
		echo "link add $port netns dirc type veth peer name dirc-out netns lan"
		echo "link add in netns dirc type veth peer name dirc-in netns lan"
	} | ip -batch -
	[ $port = out ] || {
		ip -n dirc link add out type bridge forward_delay 0 mcast_snooping 0
		ip -n dirc link set port master out up
	}
	ip -n lan link set dirc-out master brout up
	ip -n lan link set dirc-in master brin up
	for n in lo out in; do ip -n dirc link set $n up; done
	printf 'addr add dev in %s\n' 10.0.2.23/24 "fd00:2::23/64 nodad" | ip -n dirc -batch -
	l7_sysctl dirc net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	l7_director_takes dirc
}

third_serves() {
	local n
	for n; do
		l7_ipvs_service dirc "$VIP" "$n"
		in_ns dirc ipvsl7adm -A -t "$VIP_URL:$n" -k cookie:SESSID
	done
}

third_down() {
	# First, as a process in there would keep them.
	printf 'link del %s\n' dirc-out dirc-in | ip -force -n lan -batch - 2>/dev/null || true
	ip netns del dirc 2>/dev/null || true
	rm -f "$L7_TMP/active"
	l7_director_takes dira
}
