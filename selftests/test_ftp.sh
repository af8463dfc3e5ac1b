#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# FTP sessions, with real servers and clients: data connections in both modes, replies however they
# come, and whole sessions that go on through director B when director A dies.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"
# shellcheck source=rules.sh
. "$L7_SELFTESTS/rules.sh"
# shellcheck source=vsftpd.sh
. "$L7_SELFTESTS/vsftpd.sh"

# Ports: vsftpd, pyftpdlib, the odd server.
PORTS="21 2121 2222"
MANY=20000

# --- servers ---

tree() {
	local d=$L7_TMP/ftp/$1
	[ ! -e "$d" ] || return 0
	mkdir -p "$d/pub" "$d/many"
	echo "$1" >"$d/name"
	ln "$L7_TMP/blob" "$d/blob"
	head -c 1000000 "$L7_TMP/blob" >"$d/part"
	(cd "$d/many" && seq -f 'a-file-with-a-long-name-%g' $MANY | xargs touch)
	chmod 777 "$d/pub"
}

servers_up() {
	local rs
	mkdir -p "$L7_TMP/ftp/empty"
	for rs in $L7_SERVERS; do
		tree $rs
		vsftpd_config $rs >"$L7_TMP/ftp/$rs.conf"
		in_background "vsftpd-$rs" $rs vsftpd "$L7_TMP/ftp/$rs.conf"
		in_background "pyftpd-$rs" $rs python3 "$L7_SELFTESTS/l7_ftpd.py" pyftpdlib 2121 \
			"$L7_TMP/ftp/$rs"
		in_background "odd-$rs" $rs /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_ftpd.py" odd 2222 $rs
	done
	for rs in $L7_SERVERS; do
		wait_for_listen $rs 21
		wait_for_listen $rs 2121
		wait_for_listen $rs 2222
	done
}

# --- clients ---

# curl_ftp PORT ARG... PATH: quietly, with what it says of data connections in the log.
curl_ftp() {
	local port=$1
	shift
	in_ns client curl -sS --connect-timeout 20 --max-time 90 "${@:1:$#-1}" \
		"ftp://$VIP_URL:$port/${*: -1}"
}

# session KIND MODE PORT [COMMAND]: a session (l7_ftp.py) while COMMAND, or the end of A, happens.
session() {
	local kind=$1 mode=$2 port=$3 out=$L7_TMP/session pid
	start_session "$@"
	pid=$SESSION
	"${@:4}"
	: >"$L7_TMP/gate"
	wait "$pid" || fail "$(cat "$out")"
	cat "$out"
	case $kind in
	download | upload) assert_eq checksum "$(sed 's/.*sha256=//' "$out")" "$L7_BLOB_SHA256" ;;
	list) assert_eq lines "$(sed 's/.*lines=//' "$out")" $MANY ;;
	*) assert_eq server "$(sed 's/.*server=//' "$out")" "$(sed 's/.*of=\([^ ]*\).*/\1/' "$out")" ;;
	esac
}
start_session() {
	rm -f "$L7_TMP/ready" "$L7_TMP/gate"
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_ftp.py" "$VIP" "$3" "$1" "$2" \
		"$L7_TMP/ready" "$L7_TMP/gate" "$L7_TMP/blob" >"$L7_TMP/session" 2>&1 &
	SESSION=$!
	defer eval "kill $SESSION 2>/dev/null"
	wait_for test -e "$L7_TMP/ready"
}

# --- cases ---

counts() { FROM=$(counter dira "$1"); }
counted() { assert_eq "growth of $1" $(($(counter dira "$1") - FROM)) "$2"; }
grew() { [ "$(counter dira "$1")" -gt "$FROM" ] || fail "$1 did not grow"; }

# curl with each server, in each mode: a listing, a download, an upload that is read back.
real() {
	local port mode
	back_to_a
	for port in 21 2121; do
		for mode in '' --disable-epsv '-P -' '-P - --disable-eprt'; do
			[ "$FAMILY:${mode##* }" != 6:--disable-eprt ] || continue
			[ "$FAMILY:$mode" != 6:--disable-epsv ] || continue
			echo "port $port, mode $mode"
			# shellcheck disable=SC2086
			curl_mode $port $mode
		done
	done
}
curl_mode() {
	curl_ftp "$@" name | grep -q '^rs[123]$' || fail "no name"
	curl_ftp "$@" "" | grep -q pub || fail "no listing"
	curl_ftp "$@" part | cmp - "$L7_TMP/ftp/rs1/part"
	curl_ftp "$@" -T "$L7_TMP/small" pub/small
	[ -n "$(find "$L7_TMP"/ftp/rs?/pub/small)" ] || fail "not uploaded"
	cmp "$L7_TMP/small" "$(find "$L7_TMP"/ftp/rs?/pub/small)"
	rm -f "$L7_TMP"/ftp/rs?/pub/small
}

# The first reply to PASV has the server's address, as it sent it; the client the virtual one.
readdressed() {
	l7_family 4
	back_to_a
	counts ftp_address
	curl_ftp 21 -v --disable-epsv name 2>&1 | grep -Eq '227 .*\(10,0,1,100,' || fail "not the virtual address"
	counted ftp_address 1
}

other_clients() {
	local out
	back_to_a
	out=$(in_ns client lftp -e 'set net:timeout 20; set net:max-retries 1; cat name; ls; exit' \
		"ftp://$VIP_URL:21/" 2>&1)
	grep -q '^rs[123]$' <<<"$out" || fail "lftp: $out"
	grep -q ' pub$' <<<"$out" || fail "lftp: $out"
	out=$(in_ns client lftp -e 'set ftp:passive-mode off; set net:timeout 20; set net:max-retries 1; cat name; exit' \
		"ftp://$VIP_URL:21/" 2>&1)
	grep -q '^rs[123]$' <<<"$out" || fail "lftp, active: $out"
	out=$(printf '%s\n' "open $VIP 21" 'user anonymous x' 'passive on' 'get name -' 'passive off' 'get name -' quit |
		in_ns client ftp -n 2>&1)
	assert_eq "ftp: $out" "$(grep -c '^rs[123]$' <<<"$out")" 2
}

# A reply to PASV comes in pieces; others look like one.
odd() {
	local way=$1
	l7_family 4
	back_to_a
	counts ftp_address
	ftp_client odd "$way" | grep -q "^$VIP rs[123]$" || fail "not by the virtual address"
	counted ftp_address 1
}
# ftp_client ARG...: l7_ftp.py with the odd server.
ftp_client() { in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_ftp.py" "$VIP" 2222 "$@"; }

# What comes again is what it was.
lossy() {
	l7_family 4
	back_to_a
	l7_netem dira out loss 30%
	l7_netem rs1 eth0 loss 20%
	l7_netem rs2 eth0 loss 20%
	l7_netem rs3 eth0 loss 20%
	session idle passive 2121 true
	session idle passive 21 true
	session idle active 21 true
}

# Somebody else's address is nobody's business here.
foreign() {
	l7_family 4
	back_to_a
	counts ftp_foreign
	ftp_client say "PORT 10,0,1,21,4,1"
	ftp_client say "EPRT |1|10.0.1.21|1025|"
	ftp_client say "EPRT |2|fd00:1::1|1025|"
	counted ftp_foreign 3
	counts ftp_malformed
	ftp_client say "PORT 10,0,1,1,4,256"
	counted ftp_malformed 1
	counts ftp_no_room
	ftp_client odd bare | grep -q '^10\.0\.2\.' || fail "not as it was"
	counted ftp_no_room 1
	counts ftp_address
	ftp_client odd "masqueraded:$VIP" | grep -q "^$VIP rs"
	counted ftp_address 0
	# byte by byte: the server waits for what is held, and it is let go
	counts ftp_cancelled
	ftp_client odd bytes
	counted ftp_cancelled 1
}
# A session has one data connection that is not open yet, however often it asks. (pyftpdlib connects as
# soon as it is told where.)
churn() {
	back_to_a
	wait_for no_flows
	start_session churn "$1" 21
	wait_for has_flows dirb STANDBY 2
	assert_eq "flows at A" "$(flows dira PLAIN)" 2
	: >"$L7_TMP/gate"
	wait "$SESSION" || fail "$(cat "$L7_TMP/session")"
}
no_flows() { [ "$(flows dira PLAIN)" = 0 ] && [ "$(flows dirb STANDBY)" = 0 ]; }

# What a client announces only the server opens, and no session leads to other ports.
intruder() {
	back_to_a
	counts plain
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_ftp.py" "$VIP" 21 intrude 2122 | grep '^not' ||
		fail "connected"
	grew plain
	counts ftp_foreign
	[ "$FAMILY" = 6 ] || ! ftp_client odd low || fail "a port below 1024"
	[ "$FAMILY" = 6 ] || grew ftp_foreign
}

# Two servers name one port to one client: neither gets the connection of the other one's session.
collide() {
	local out
	back_to_a
	counts ftp_ambiguous
	out=$(ftp_client collide 45678) || fail "$out"
	echo "$out"
	! grep -q '^connected' <<<"$out" || fail "connected"
	grep -q '^servers 2$' <<<"$out" || fail "not both servers"
	counted ftp_ambiguous 2
}

# Over a network where an answer takes its time, what is short is seen to its end, too.
distant() {
	back_to_a
	l7_netem client eth0 delay 30ms
	wait_for no_flows
	session idle active 21 true
	session idle passive 21 true
	wait_for no_flows
}

# Two sessions of one client: what one does with its data connections is not the other's affair.
two_sessions() {
	local first
	back_to_a
	start_session announced passive 21
	first=$SESSION
	curl_ftp 21 name | grep -q '^rs[123]$' || fail "the second"
	curl_ftp 21 -P - name | grep -q '^rs[123]$' || fail "the second, active"
	: >"$L7_TMP/gate"
	wait "$first" || fail "$(cat "$L7_TMP/session")"
}

# Where IPVS' own helper is there, it is taken off; the module can be removed.
helper() {
	l7_family 4
	back_to_a
	modprobe ip_vs_ftp ports=21 || skip "no ip_vs_ftp"
	defer eval "rmmod ip_vs_ftp 2>/dev/null"
	session idle passive 21 no_user_of_ip_vs_ftp
	session idle active 21 no_user_of_ip_vs_ftp
}
# A session that the helper has already changed stays with it.
helper_older() {
	l7_family 4
	back_to_a
	modprobe ip_vs_ftp ports=21 || skip "no ip_vs_ftp"
	defer eval "rmmod ip_vs_ftp 2>/dev/null"
	in_ns dira ipvsl7adm -D -t "$VIP_URL:21"
	defer eval "in_ns dira ipvsl7adm -A -t $VIP_URL:21 --ftp 2>/dev/null"
	session idle passive 21 ftp_policy
}
ftp_policy() {
	assert_eq users "$(cat /sys/module/ip_vs_ftp/refcnt)" 1
	in_ns dira ipvsl7adm -A -t "$VIP_URL:21" --ftp
}
no_user_of_ip_vs_ftp() { assert_eq users "$(cat /sys/module/ip_vs_ftp/refcnt)" 0; }

# A dies while KIND goes on.
takeover() {
	local before
	back_to_a
	defer back_to_a
	before=$(counter dirb takeover)
	WANTED=2
	[ "$1" != idle ] || WANTED=1
	session "$1" "$2" 21 die_when_known
	[ "$(counter dirb takeover)" -gt "$before" ] || fail "nothing was taken over"
}
die_when_known() {
	wait_for has_flows dirb STANDBY "$WANTED"
	wait_for settled
	die
}
# What A has, B has.
settled() { [ "$(flows dira PLAIN)" = "$(flows dirb STANDBY)" ]; }

# A -> B -> A.
return_journey() {
	back_to_a
	defer back_to_a
	session "$1" "$2" 21 there_and_back
}
there_and_back() {
	wait_for settled
	l7_director_takes dirb
	wait_for has_flows dirb PLAIN 1
	l7_director_takes dira
}

# The data connection is announced while the addresses move: B hears of it when the client has come
# for it already.
late() {
	local go=$L7_TMP/gate before
	back_to_a
	defer back_to_a
	rm -f "$go.2" "$L7_TMP/ready.2"
	before=$(counter dirb ftp_early)
	start_session late passive 21
	wait_for has_flows dirb STANDBY 1
	wait_for settled
	nft_rules dirb "
	table inet l7test {
		chain in {
			type filter hook input priority 0;
			iif sync udp dport 8849 drop
		}
	}"
	: >"$go"
	wait_for test -e "$L7_TMP/ready.2"
	l7_director_takes dirb
	: >"$go.2"
	wait_for held_back "$before"
	in_ns dirb nft delete table inet l7test
	wait "$SESSION" || fail "$(cat "$L7_TMP/session")"
}
held_back() { [ "$(counter dirb ftp_early)" -gt "$1" ]; }

# A data connection that is not open yet is listed as such.
listed() {
	back_to_a
	start_session announced passive 21
	in_ns dira ipvsl7adm --flows -n
	in_ns dira ipvsl7adm --flows -n | grep -q ":\* " || fail "the port is not open"
	in_ns dira ipvsl7adm --flows --json | grep -q '"ftp_data": true' || fail "not in JSON"
	: >"$L7_TMP/gate"
	wait "$SESSION" || fail "$(cat "$L7_TMP/session")"
}

ktap_plan 57
l7_topo_up
l7_blob
head -c 5000 /dev/urandom >"$L7_TMP/small"
servers_up
policies --ftp
mirror
run_test_v4v6 real "curl with two servers, passive and active"
run_test readdressed
run_test_v4v6 other_clients "lftp and ftp"
run_test_v4v6 listed
for way in pieces split:1 split:2 split:3 split:4 split:30 whole unfinished; do
	run_test odd "a reply that comes thus: $way" "$way"
done
run_test lossy "with loss"
run_test foreign "addresses of others"
run_test_v4v6 churn "one announcement for each session, passive" passive
run_test_v4v6 churn "one announcement for each session, active" active
run_test_v4v6 two_sessions
run_test_v4v6 intruder
run_test_v4v6 collide "two servers name one port"
run_test_v4v6 distant "short transfers over a distance"
run_test helper "ip_vs_ftp is loaded"
run_test helper_older "ip_vs_ftp has the session already"
run_test_v4v6 late "announced while the addresses move"
for mode in passive active; do
	for kind in idle announced download upload list; do
		run_test_v4v6 takeover "takeover: $kind, $mode" $kind $mode
	done
	run_test_v4v6 return_journey "A -> B -> A: download, $mode" download $mode
done
ktap_exit
