#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest of scripts/endurance that lives through it: clients, servers, the bridges, and director B. Director A
# is another guest.
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"
# shellcheck source=../tls.sh
. "$L7_SELFTESTS/tls.sh"
# shellcheck source=../vsftpd.sh
. "$L7_SELFTESTS/vsftpd.sh"
NS=dirb

# Slices of the file that all servers have; the client knows it, too.
ftp_up() {
	local rs i d
	mkdir -p "$L7_TMP/ftp/empty"
	for rs in $L7_SERVERS; do
		d=$L7_TMP/ftp/$rs
		mkdir -p "$d/pub" && chmod 777 "$d/pub"
		echo "$rs" >"$d/name"
		for i in 0 1 2 3 4 5 6 7; do
			dd if="$L7_BLOB" of="$d/part$i" bs=32768 skip="$i" count=1 status=none
		done
		{
			vsftpd_config "$rs"
			# From any other one IPVS' own helper does not take an active data connection.
			echo connect_from_port_20=YES
			echo anon_max_rate=6000
		} >"$L7_TMP/ftp/$rs.conf"
		in_background "vsftpd-$rs" "$rs" vsftpd "$L7_TMP/ftp/$rs.conf"
	done
	for rs in $L7_SERVERS; do wait_for_listen "$rs" 21; done
}

# pushers_up SECONDS: between pushes.
pushers_up() {
	local rs
	for rs in $L7_SERVERS; do
		in_background "push-$rs" "$rs" /usr/bin/python3 -S -E "$HERE/server.py" "$rs" "$L7_BLOB" \
			"$1"
	done
	for rs in $L7_SERVERS; do L7_WAIT_MS=60000 wait_for_listen "$rs" 9000; done
}

# The longest timeout of sockets whose retransmission timer runs, at either end.
tell_rto() {
	local ns
	for ns in client $L7_SERVERS; do
		in_ns "$ns" ss -tinoHO state established state syn-sent
	done | awk -v at="$EPOCHREALTIME" '
		/timer:\(on,/ {
			n++
			for (i = 1; i <= NF; i++)
				if ($i ~ /^rto:/ && substr($i, 5) + 0 > max) max = substr($i, 5) + 0
		}
		END { printf "rto %s %d %d\n", at, max, n }' # now, the longest, of how many
}
tell_rto_too() { tell_rto & }

# cmd_load SESSIONS SEED: until the guest ends.
cmd_load() {
	pushers_up $(($1 < 250 ? 2 : 2 * $1 / 250)) >&3 2>&3
	# Not in_ns: the pid has to be that of the process itself.
	busybox nsenter --net=/run/netns/client -- /usr/bin/python3 -S -E "$HERE/load.py" "$1" "$2" \
		"$L7_BLOB" "$BY" >&3 2>&3 &
	echo $! >"$L7_TMP/load.pid"
	echo begins
}
# cmd_end: the sessions end what they are about, and begin nothing.
cmd_end() {
	kill -TERM "$(cat "$L7_TMP/load.pid")"
	echo ends
}

exec 3>&1
l7_topo_up || fail "topology"
# Not before: their names would be in the way.
modprobe -a virtio_net ip_vs_wlc || fail "modules"
ip -n $NS link del sync
ip netns del dira
for n in 1 2; do
	side=out
	[ $n = 1 ] || side=in
	nic "52:54:00:00:07:0$n" lan "a-$side" && ip -n lan link set "a-$side" master br$side up ||
		fail "network"
done
nic 52:54:00:00:07:03 $NS sync &&
	printf '%s\n' "link set sync up" "addr add 10.0.3.22/24 dev sync" |
	ip -n $NS -batch - || fail "no link for mirroring"
l7_blob && l7_nginx_up && l7_server_up && tls_up || fail "servers"
ftp_up
# The check of the check: mirroring is heard of by nobody.
[ -z "${L7_ENDURANCE_DEAF-}" ] ||
	in_ns $NS nft "add table inet deaf; add chain inet deaf in { type filter hook input priority 0; };
		add rule inet deaf in iif sync udp dport 8849 drop"
watch_address $NS tell_rto_too &
director $NS 2 100 || fail "director"
watch_ready $NS &
echo up
obey
