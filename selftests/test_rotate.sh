#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Directors that mirror get another key of packets one after the other, while clients come and go: nothing
# is lost, and who is absent, or comes later, has all in the end. Who has the old key alone holds nobody
# back who will not wait, and who was started with another cluster key is known.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=nodes.sh
. "$L7_SELFTESTS/nodes.sh"

NODES='dira dirb dirc'
NEW=$L7_TMP/new.key OTHER=$L7_TMP/other.key TWIN=$L7_TMP/twin.key

# --- Keys ---

# make_keys: NEW, OTHER and another three are as different as can be; TWIN has the id of KEY. Sets ID, NEW_ID,
# OTHER_ID.
make_keys() {
	local out
	out=$(PYTHONPATH=$L7_SELFTESTS /usr/bin/python3 -S - "$KEY" "$NEW" "$OTHER" "$L7_TMP"/more{1,2,3}.key \
		-- "$TWIN" <<-'TXT'
		import os, sys
		import l7_wire as wire
		paths, twin = sys.argv[1:-2], sys.argv[-1]
		ids = []
		def write(path, wanted):
		    while True:
		        key = os.urandom(32)
		        ident = wire.Key(key).id
		        if wanted(ident):
		            break
		    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
		        f.write(key.hex())
		    ids.append(ident)
		for path in paths:
		    write(path, lambda i: i not in ids)
		write(twin, lambda i: i == ids[0])
		print("%02x %02x %02x" % tuple(ids[:3]))
	TXT
	) || return
	read -r ID NEW_ID OTHER_ID <<<"$out"
}

add() { in_ns "$1" ipvsl7adm --add-key "${2-$NEW}"; }
del() { in_ns "$1" ipvsl7adm --del-key "${2-$ID}"; }
# sends DIRECTOR: with which key.
sends() { in_ns "$1" ipvsl7adm --sync | awk '$1 == "Key" && $3 == "sends" { print substr($2, 1, 2) }'; }
send() {
	local id=$1 d
	shift
	for d; do [ "$(sends "$d")" = "$id" ] || return; done
}
# accepts DIRECTOR PEER KEYS: it has heard that the peer does, which sends with the first.
accepts() { in_ns "$1" ipvsl7adm --peers -n | awk -v n="$(node_of "$2")" '$1 == n { print $NF }' | grep -qx "$3"; }
# refused WORDS COMMAND...: by dira.
refused() {
	local words=$1 rc=0
	shift
	in_ns dira ipvsl7adm "$@" 2>"$L7_TMP/err" || rc=$?
	[ $rc = 1 ] || [ $rc = 2 ] || fail "$* is not refused"
	grep -q -- "$words" "$L7_TMP/err" || fail "$*: $(cat "$L7_TMP/err")"
}

# --- What must not be ---

# clean DIRECTOR...: no packet was refused, or given up, and no binding was of other secrets. A HELLO a second may be under
# a key that is not there yet, or any more.
clean() {
	local d c
	for d; do
		for c in auth short malformed lost; do
			assert_eq "$d: $c" "$(ctr "$d" "sync_rx_$c")" 0
		done
		assert_eq "$d: secrets" "$(ctr "$d" sync_secrets)" 0
	done
}
knows() { in_ns "$1" ipvsl7adm --lookup "cookie:SESSID=$2" -t "$SVC" >/dev/null 2>&1; }

# writes DIRECTOR NAME: goes on with it until the writers have to stop.
writes() {
	local n=0 i to
	to=$(server_at rs2 80)
	while [ -e "$L7_TMP/write" ]; do
		for i in {1..20}; do
			echo "--add-binding cookie:SESSID=$2$((n + i)) -t $SVC -r $to"
		done | in_ns "$1" ipvsl7adm -R
		n=$((n + 20))
		echo $n >"$L7_TMP/written.$2"
	done
}
writers() {
	local d
	: >"$L7_TMP/write"
	defer busybox rm -f "$L7_TMP/write"
	WRITERS=()
	for d; do
		writes "$d" "w$d" &
		WRITERS+=($!)
	done
	for d; do wait_for test -s "$L7_TMP/written.w$d"; done
}
# no_writers: ends them; sets WRITTEN.
no_writers() {
	busybox rm -f "$L7_TMP/write"
	wait "${WRITERS[@]}"
	WRITTEN=$(cat "$L7_TMP"/written.w* | awk '{ n += $1 } END { print n }')
	busybox rm -f "$L7_TMP"/written.w*
}

# --- Cases ---

# ready DIRECTOR...: mirroring, all of them.
ready() {
	fresh
	begin "$@"
	wait_for are_ready "$@"
}

# rotate DIRECTOR...: to the new key, one after the other; the last but one holds all back.
rotate() {
	local d last=${*: -1}
	ready "$@"
	writers dira dirb
	for d in "${@:1:$#-1}"; do
		add "$d"
		wait_for accepts "$last" "$d" "$ID,$NEW_ID"
		send "$ID" "$@" || fail "the last one has no new key, and is left behind"
	done
	add "$last"
	wait_for send "$NEW_ID" "$@"
	for d in "${@:2}"; do wait_for accepts dira "$d" "$NEW_ID,$ID"; done
	for d in "${@:2}"; do wait_for accepts "$d" dira "$NEW_ID,$ID"; done
	for d; do wait_for del "$d"; done
	wait_for accepts dira "$last" "$NEW_ID"
	no_writers
	[ "$WRITTEN" -ge 60 ] || fail "$WRITTEN bindings: this shows nothing"
	wait_for hold "$WRITTEN" "$@"
	are_ready "$@" || fail "not ready"
	clean "$@"
}
one_by_one() { ONE_BY_ONE=1 rotate "$@"; }

# Who is dead does not hold the others back; with the old key alone it comes back all the same, and they
# with it; when it gets the new one, all go on.
absent() {
	ready dira dirb dirc
	pull dirc
	wait_for silent dirc
	add dira
	add dirb
	wait_for send "$NEW_ID" dira dirb
	bind_many dira x 100
	wait_for hold 100 dira dirb
	plug dirc
	wait_for send "$ID" dira dirb
	wait_for hold 100 dira dirb dirc
	wait_for are_ready dira dirb dirc
	add dirc
	wait_for send "$NEW_ID" dira dirb dirc
	bind_many dirb y 100
	wait_for hold 200 dira dirb dirc
}
silent() { [ "$(in_ns dira ipvsl7adm --peers -n | awk -v n="$(node_of "$1")" '$1 == n { print $3 }')" = SILENT ]; }

# The same for one that is started anew with the old key.
restarted() {
	ready dira dirb
	add dira
	add dirb
	wait_for send "$NEW_ID" dira dirb
	bind_many dira r 50
	begin dirc
	wait_for are_ready dirc
	hold 50 dira dirb dirc || fail "ready with $(all_of dirc | wc -l) of 50"
	send "$ID" dira dirb || fail "the new one cannot read them"
	add dirc
	wait_for send "$NEW_ID" dira dirb dirc
	clean dira dirb
}

# without_old DIRECTOR...: they have the new key alone, and bindings.
without_old() {
	local d
	ready "$@"
	in_ns "$1" ipvsl7adm --add-binding cookie:SESSID=half -t "$SVC" -r "$(server_at rs2 80)"
	bind_many "$2" l 200
	for d; do add "$d"; done
	wait_for send "$NEW_ID" "$@"
	for d; do wait_for del "$d"; done
	wait_for hold 201 "$@"
}
says_other_key() { in_ns "$1" ipvsl7adm --sync | grep -q "^Somebody sends under a key that is not installed"; }
# Of what is saved, what mirroring needs.
mirroring_of() { in_ns "$1" ipvsl7adm -S | grep -E -- '^--(start-sync|add-key|del-key)'; }

# One that comes when the old key is gone: with that alone it is not heard, which shows at both ends; with the new one
# as well it has all, finds bindings by their values, others find its, and it goes on with a handshake.
late() {
	l7_ipvs_service both "$VIP" 80 rr
	defer in_ns dira ipvsadm -C
	defer in_ns dirb ipvsadm -C
	without_old dira dirc
	begin dirb
	wait_for says_other_key dira
	wait_for says_other_key dirb
	wait_for state_is dirb ALONE
	in_ns dirb ipvsl7adm --ready | grep -q "ALONE, but somebody" || fail "ready, and no word of it"
	[ "$(ctr dira sync_rx_key)" -gt 0 ] || fail "the removed key is not counted"
	add dirb
	wait_for hold 201 dira dirb dirc
	wait_for are_ready dira dirb dirc
	knows dirb l7 || fail "no binding is found by its value"
	in_ns dirb ipvsl7adm --add-binding cookie:SESSID=back -t "$SVC" -r "$(server_at rs2 80)"
	wait_for knows dira back
	clean dira dirb dirc
	half_open
}
# The same at once, by what was saved of one that has removed the key, which is never accepted; nothing is dropped
# when it starts anew.
returns() {
	without_old dira dirb
	mirroring_of dirb >"$L7_TMP/saved"
	grep -qx -- "--start-sync .* --key-file $(realpath "$KEY") --packet-key $(realpath "$NEW")" "$L7_TMP/saved" ||
		fail "$(cat "$L7_TMP/saved")"
	stop dirb
	wait_for state_is dira ALONE
	bind_many dira m 50
	in_ns dirb ipvsl7adm -R <"$L7_TMP/saved"
	knows dirb l7 || fail "bindings are dropped"
	mirroring_of dirb | diff - "$L7_TMP/saved" || fail "restored, it is not the same"
	in_ns dirb ipvsl7adm --sync | grep -q "^Key $ID: secrets only" || fail "$(in_ns dirb ipvsl7adm --sync)"
	wait_for hold 251 dira dirb
	wait_for are_ready dira dirb
	send "$NEW_ID" dira dirb
	# It may come back, and is the oldest then.
	add dirb "$KEY"
	mirroring_of dirb >"$L7_TMP/saved"
	assert_eq "saved again" "$(sed 's/.*--cluster 0 //' "$L7_TMP/saved")" \
		"--key-file $(realpath "$KEY")"$'\n'"--add-key $(realpath "$NEW")"
	# Without its file it does not start, rather than with the removed one.
	stop dirb
	mv "$NEW" "$NEW.away"
	PACKET=$NEW begin dirb 2>/dev/null && fail "started without the key of packets"
	mv "$NEW.away" "$NEW"
	in_ns dirb ipvsl7adm --sync | grep -q "^Mirroring: off" || fail "$(in_ns dirb ipvsl7adm --sync)"
}
# A handshake with dira, that dirb goes on with.
half_open() {
	local ready=$L7_TMP/ready gate=$L7_TMP/gate rc=0
	busybox rm -f "$ready" "$gate"
	in_background half client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_session.py" "$VIP" handshake \
		"$ready" "$gate" half
	wait_for_file "$ready"
	defer l7_director_takes dira
	l7_director_takes dirb
	: >"$gate"
	wait "$BG" || rc=$?
	[ $rc = 0 ] || {
		in_ns dirb ipvsl7adm --stats -n
		fail "$(cat "$L7_TMP/half.out")"
	}
	grep -q server=rs2 "$L7_TMP/half.out" || fail "$(cat "$L7_TMP/half.out")"
}

# Installed in another order, they send with different keys for good, and can remove any of them all the same: one that
# others send with, and then one that all do. Of what dirb sends some is lost on the way.
reversed() {
	local d
	ready dira dirb dirc
	add dira
	for d in dirb dirc; do add $d "$OTHER"; done
	for d in dirb dirc; do add $d; done
	add dira "$OTHER"
	wait_for send "$OTHER_ID" dira
	wait_for send "$NEW_ID" dirb dirc
	writers dira dirb
	l7_netem dirb peers loss 5%
	wait_for del dira "$NEW_ID"
	send "$OTHER_ID" dirb dirc || fail "it is gone, and they go on with it"
	for d in dirb dirc; do wait_for del $d "$NEW_ID"; done
	wait_for del dirc "$OTHER_ID"
	send "$ID" dira dirb || fail "it is gone, and they go on with it"
	for d in dira dirb; do wait_for del $d "$OTHER_ID"; done
	no_writers
	wait_for hold "$WRITTEN" dira dirb dirc
	wait_for are_ready dira dirb dirc
	clean dira dirb dirc
}

# One hears a director with the old key alone, which another does not hear: the latter cannot remove it. Nor do two
# remove different keys at once.
unseen() {
	local d
	ready dira dirb dirc
	in_ns dira nft "add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add rule inet l7test in iif peers udp sport 8849 ip saddr $(node_addr dirc) drop"
	defer in_ns dira nft delete table inet l7test
	wait_for silent dirc
	for d in dira dirb; do add $d; done
	wait_for send "$NEW_ID" dira
	wait_for accepts dira dirb "$ID,$NEW_ID"
	refused "a peer goes on sending with it" --del-key "$ID"
	wait_for accepts dirb dira "$NEW_ID,$ID"
	bind_many dirb u 50
	wait_for hold 50 dira dirb
	add dirc
	wait_for send "$NEW_ID" dira dirb dirc
	in_ns dirb ipvsl7adm --del-key "$NEW_ID" 2>/dev/null &
	in_ns dira ipvsl7adm --del-key "$ID" 2>/dev/null || true
	wait $! || true
	bind_many dira v 50
	wait_for hold 100 dira dirb
}

# A thief of the key says under dirb's number that it has come far, so that no packet of dirb's is taken any more, until
# the key is removed by force.
thief() {
	ready dira dirb
	for d in dira dirb; do add $d; done
	wait_for send "$NEW_ID" dira dirb
	in_ns dirb env PYTHONPATH="$L7_SELFTESTS" /usr/bin/python3 -S - "$KEY" "$(epoch_of dirb)" \
		"$(node_addr dira)" <<-'TXT'
		import socket, sys
		import l7_wire as wire
		key = wire.Key(bytes.fromhex(open(sys.argv[1]).read().strip()))
		head = wire.Header(key_id=key.id, node=2, epoch=int(sys.argv[2], 16), number=(1 << 64) - 1)
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
		s.sendto(key.seal(head.bytes(), b""), (sys.argv[3], 8849))
	TXT
	wait_for silent dirb
	[ "$(ctr dira sync_rx_replay)" -gt 0 ] || fail "the thief does no harm"
	in_ns dira ipvsl7adm --del-key "$ID" --force
	in_ns dirb ipvsl7adm --del-key "$ID" --force
	bind_many dirb w 50
	wait_for hold 50 dira dirb
	wait_for are_ready dira dirb
}
epoch_of() {
	in_ns dira ipvsl7adm --peers --json | python3 -c "import json, sys
print([p['epoch'] for p in json.load(sys.stdin)['peers'] if p['node'] == $(node_of "$1")][0])"
}

# Who hears another's HELLO only under a key that is not used otherwise, hears it all the time.
steady() {
	ready dira dirc
	l7_netem dirc peers loss 100%
	wait_for silent dirc
	add dira
	wait_for send "$NEW_ID" dira
	wait_for state_is dirc DEGRADED
	in_background monitor dirc "$(type -P ipvsl7adm)" --monitor -n
	sleep 5 # paced: five times what a peer is dead after
	assert_eq told "$(grep -c 'SILENT\|(this one): ALONE' "$L7_TMP/monitor.out")" 0
	state_is dirc DEGRADED || fail "$(state dirc)"
}

# Who has the old key alone holds all others back, whether it is forgotten, or forged: until that key is removed by
# force, from when on it is not heard.
holdout() {
	local d
	ready dira dirb dirc
	for d in dira dirb; do add $d; done
	wait_for accepts dira dirb "$ID,$NEW_ID"
	send "$ID" dira dirb dirc || fail "dirc is left behind"
	refused "no other one is accepted by all" --del-key "$ID"
	in_ns dira ipvsl7adm --del-key "$ID" --force
	wait_for state_is dira DEGRADED
	send "$ID" dirb || fail "dirb leaves dirc behind"
	in_ns dirb ipvsl7adm --del-key "$ID" --force
	wait_for send "$NEW_ID" dira dirb
	refused "there is no other one" --del-key "$NEW_ID" --force
	wait_for silent dirc
	bind_many dirc evil 20
	bind_many dira h 50
	wait_for hold 50 dira dirb
	wait_for are_ready dira dirb
	wait_for counted dira
	! knows dira evil1 || fail "dirc is heard"
	assert_eq "at dirc" "$(all_of dirc | wc -l)" 20
}

# Apart, each gets another key; alone, each sends with its own. They meet again by the one that both have.
split() {
	ready dira dirb
	pull dirb
	wait_for silent dirb
	add dira
	add dirb "$OTHER"
	wait_for send "$NEW_ID" dira
	wait_for send "$OTHER_ID" dirb
	bind_many dira s 50
	bind_many dirb t 50
	plug dirb
	wait_for send "$ID" dira dirb
	wait_for hold 100 dira dirb
	wait_for are_ready dira dirb
}

# With a key in common, but started with different cluster keys: no binding is exchanged, the one that came later is not
# ready, and that is told.
strangers() {
	local words="was started with another cluster key"
	fresh
	ADD=$NEW begin dira
	wait_for state_is dira ALONE
	bind_many dira a 50
	in_background monitor dirb "$(type -P ipvsl7adm)" --monitor -n
	KEY=$OTHER ADD=$NEW begin dirb
	wait_for accepts dira dirb "$NEW_ID,$OTHER_ID"
	wait_for accepts dirb dira "$NEW_ID,$ID"
	bind_many dirb b 20
	wait_for refuses dirb 50
	wait_for refuses dira 20
	wait_for has_text "$L7_TMP/monitor.out" "node 1 .* all of it is here, $words"
	assert_eq "at dira" "$(all_of dira | wc -l)" 50
	assert_eq "at dirb" "$(all_of dirb | wc -l)" 20
	are_ready dira || fail "dira: $(state dira)"
	state_is dirb JOINING || fail "dirb: $(state dirb)"
	in_ns dirb ipvsl7adm --ready 2>"$L7_TMP/err" && fail "dirb is ready"
	grep -q "node 1 $words" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	in_ns dira ipvsl7adm --peers | grep -q "^Node 2 $words" || fail "$(in_ns dira ipvsl7adm --peers)"
	in_ns dira ipvsl7adm --peers --json | grep -q '"other_secrets": true' || fail "nothing in JSON"
	# Others that were started with the right one do not care.
	ADD=$NEW begin dirc
	wait_for hold 50 dira dirc
	wait_for are_ready dira dirc
	stop dirb
	ADD=$NEW begin dirb
	wait_for hold 50 dira dirb dirc
	wait_for are_ready dira dirb dirc
}
# The same, when it was alone before: it is not ready any more.
strangers_late() {
	fresh
	ADD=$NEW begin dira
	bind_many dira a 50
	KEY=$OTHER begin dirb
	wait_for state_is dirb ALONE
	add dirb
	wait_for accepts dirb dira "$NEW_ID,$ID"
	wait_for state_is dirb DEGRADED
	sleep 2 # paced: it would have joined
	state_is dirb DEGRADED || fail "dirb: $(state dirb)"
	are_ready dira || fail "dira: $(state dira)"
}
refuses() { [ "$(ctr "$1" sync_secrets)" -ge "$2" ]; }

# What an operator must not do, or cannot, is told.
refusals() {
	local i
	fresh
	refused "not running" --add-key "$NEW"
	refused "does not go with" --start-sync --interface peers --group "$(group)" --node 1 --plaintext --packet-key "$NEW"
	refused "not running" --del-key "$ID"
	in_ns dira ipvsl7adm --start-sync --interface peers --group "$(group)" --node 1 --plaintext
	refused "plain text" --add-key "$NEW"
	refused "plain text" --del-key "$ID"
	stop dira
	ready dira dirb
	refused "is installed already" --add-key "$KEY"
	refused "has the same id" --add-key "$TWIN"
	stop dira
	refused "packet-key: has the id of the cluster key" --start-sync --interface peers --group "$(group)" --node 1 \
		--key-file "$KEY" --packet-key "$TWIN"
	begin dira
	wait_for are_ready dira dirb
	refused "there is no other one" --del-key "$ID"
	refused "there is no other one" --del-key "$ID" --force
	refused "none of this id" --del-key "$NEW_ID"
	refused "none of this id" --del-key "$NEW_ID" --force
	refused "No such file" --add-key "$L7_TMP/none"
	for i in 0 00 xx 123 ''; do refused "not the id of a key" --del-key "$i"; done
	add dira
	for i in 1 2; do add dira "$L7_TMP/more$i.key"; done
	refused "four are installed" --add-key "$L7_TMP/more3.key"
	refused "is installed already" --add-key "$NEW"
	send "$ID" dira dirb || fail "dirb cannot read it"
	refused "no other one is accepted by all" --del-key "$ID"
	add dirb
	wait_for send "$NEW_ID" dira dirb
	wait_for del dira
	refused "was started with has the same id" --add-key "$TWIN"
	# It may come back, and is the oldest again.
	add dira "$KEY"
	wait_for accepts dirb dira "$NEW_ID,$ID,.*"
	bind_many dira z 20
	wait_for hold 20 dira dirb
	clean dira dirb
}

# Listings, events and what is saved.
shown() {
	local keys='[(k["id"], k["sends"], k["file"]) for k in json.load(sys.stdin)["keys"]]'
	ready dira dirb
	in_background monitor dira "$(type -P ipvsl7adm)" --monitor -n
	wait_for has_text "$L7_TMP/monitor.out" "(this one): READY, sends with key $ID"
	add dira
	wait_for has_text "$L7_TMP/monitor.out" "sends with key $ID of $ID,$NEW_ID"
	assert_eq listed "$(in_ns dira ipvsl7adm --sync --json | python3 -c "import json, sys; print($keys)")" \
		"[('$ID', True, '$(realpath "$KEY")'), ('$NEW_ID', False, '$(realpath "$NEW")')]"
	in_ns dira ipvsl7adm -S >"$L7_TMP/saved"
	grep -qx -- "--start-sync .* --key-file $(realpath "$KEY")" "$L7_TMP/saved" || fail "$(cat "$L7_TMP/saved")"
	grep -qx -- "--add-key $(realpath "$NEW")" "$L7_TMP/saved" || fail "$(cat "$L7_TMP/saved")"
	! grep -qf "$KEY" "$L7_TMP/saved" || fail "the key is saved"
	stop dira
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <"$L7_TMP/saved"
	in_ns dira ipvsl7adm -S | diff - "$L7_TMP/saved" || fail "restored, it is not the same"
	wait_for are_ready dira
	add dirb
	wait_for has_text "$L7_TMP/monitor.out" "(this one): READY, sends with key $NEW_ID of $ID,$NEW_ID"
	wait_for has_text "$L7_TMP/monitor.out" "equal, sends with key $NEW_ID of $NEW_ID,$ID"
	in_ns dira ipvsl7adm --peers --json | python3 -c "import json, sys; assert json.load(sys.stdin)['peers'][0]['keys'] == ['$NEW_ID', '$ID']"
	wait_for del dira
	wait_for has_text "$L7_TMP/monitor.out" "(this one): READY, sends with key $NEW_ID$"
}

# With a key that was removed nobody gets in.
removed() {
	local d
	ready dira dirb
	for d in dira dirb; do add $d; done
	wait_for send "$NEW_ID" dira dirb
	wait_for accepts dira dirb "$NEW_ID,$ID"
	wait_for accepts dirb dira "$NEW_ID,$ID"
	for d in dira dirb; do wait_for del $d; done
	begin dirc
	bind_many dirc evil 20
	wait_for counted dira
	says_other_key dira || fail "nothing is told of it"
	wait_for state_is dirc ALONE
	in_ns dira ipvsl7adm --peers -n | awk '$1 == 3 { exit 1 }' || fail "dirc is a peer"
	[ -z "$(all_of dira)$(all_of dirb)" ] || fail "dirc was heard"
	assert_eq auth "$(ctr dira sync_rx_auth)" 0
}
counted() { [ "$(ctr "$1" sync_rx_key)" -ge 5 ]; }

ktap_plan 26
l7_topo_up
mirror_key
make_keys || exit
l7_nginx_up
nodes_up
run_test_v4v6 rotate "two directors" dira dirb
run_test_v4v6 rotate "three directors" dira dirb dirc
run_test_v4v6 one_by_one "three directors by unicast" dira dirb dirc
run_test_v4v6 absent "one is absent"
l7_family 6
run_test restarted "one is started with the old key"
run_test_v4v6 late "one comes when the old key is gone"
l7_family 6
run_test returns "one is restored that has removed the old key"
run_test_v4v6 reversed "keys in another order"
l7_family 4
run_test unseen "one does not hear who has the old key alone"
l7_family 6
run_test holdout "one will not let the old key go"
l7_family 4
run_test thief "somebody has the old key, and a director's number"
run_test steady "a HELLO now and then is enough"
run_test_v4v6 split "apart, each gets another key"
run_test_v4v6 strangers "another cluster key, and a key in common"
l7_family 6
run_test strangers_late "another cluster key, and a key in common later"
run_test refusals "what is refused"
l7_family 4
run_test removed "one has a key that was removed"
run_test shown "listed, told, saved"
nodes_down
ktap_exit
