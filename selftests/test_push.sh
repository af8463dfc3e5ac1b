#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ipvsl7adm --push-policies: peers that accept policies have those of this director afterwards, all of
# them or none; each is named with what came of it, and traffic does not notice.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"
# shellcheck source=nodes.sh
. "$L7_SELFTESTS/nodes.sh"
# shellcheck source=wire.sh
. "$L7_SELFTESTS/wire.sh"

# saved DIRECTOR: its policies, in order.
saved() { in_ns "$1" ipvsl7adm -S | grep '^-A' | sort; }
# pushes DIRECTOR [WORDS...]: to all who accept, as is told; leaves what was printed in OUT.
pushes() {
	OUT=$(in_ns "$1" ipvsl7adm --push-policies -n 2>&1) || fail "$OUT"
	has "${@:2}"
}
# in_vain DIRECTOR WORDS...: not to all, and that is told.
in_vain() {
	local rc=0
	OUT=$(in_ns "$1" ipvsl7adm --push-policies -n 2>&1) || rc=$?
	assert_eq "exit status" $rc 1
	has "${@:2}"
}
has() {
	local words
	for words; do
		grep -q -- "$words" <<<"$OUT" || fail "no '$words' in: $OUT"
	done
}
json() { in_ns "$1" ipvsl7adm --push-policies --json 2>/dev/null | python3 -c "import json, sys; t = json.load(sys.stdin); print($2)"; }
diffs() { in_ns "$1" ipvsl7adm --peers -n | sed -n 's/^Node [1-4]: //p'; }
# alike DIRECTOR DIRECTOR: in all that can be seen of policies.
alike() {
	assert_eq "policies of $2" "$(saved "$2")" "$(saved "$1")"
	assert_eq "differences told by $1" "$(diffs "$1")" ""
	assert_eq "differences told by $2" "$(diffs "$2")" ""
}

# both [OPTION...]: mirroring at both, dirb with these options.
both() {
	policies
	defer in_ns dira ipvsl7adm -C
	start dira
	start dirb "$@"
	wait_for is_ready dira
	wait_for is_ready dirb
}
accepting() { both --accept-policies; }

# Policies with all that one can have, of both families.
everything() {
	cat <<-END
		-A -t 192.0.2.1:81 -k cookie:A* -k header:X-B,offset=3,length=9,learn=request,require -k url:C,route \
			--route n1=10.0.2.1 --route n2=10.0.2.2:8080 -p 77 --max-lifetime 1d --group web --on-drain rebind
		-A -t [2001:db8::1]:82 -k cookie:D,responses=7 -k path-hash -k tls-ticket:20 -k tls-session -k rdp -k mqtt \
			-k payload:3,4 -k payload-lv:5,2 --prebind 1m --inspect-timeout 101ms --silent-timeout 3599 \
			--connect-timeout 29999ms --tries 8 --max-request 513 --flow-timeout 61 --group web
		-A -t 192.0.2.1:83 -k src/24 --accept-proxy --send-proxy --semi-sync
		-A -t [2001:db8::1]:84 -k src/64 --mirror connections
		-A -t 192.0.2.1:85 -k cookie:T,insert,path=/,secure,samesite=lax -s sni:a.example=fwmark:4294967295 \
			-s alpn:h2=service -s host:*.b.example=fwmark:1 -s path:/x*=reset -s path:*.gif=service \
			-s header:X-C:abc*=fwmark:2 -s any=reset
		-A -t [2001:db8::1]:86 -k cookie:R,rewrite
		-A -t 192.0.2.1:2121 --ftp
		-A -u [2001:db8::1]:53 --mirror connections
		-A -u 192.0.2.1:53 --mirror connections
	END
}
add() { sed -e ':a' -e '/\\$/N; s/\\\n//; ta' | in_ns "$1" ipvsl7adm -R; }

# What is missing is added, what differs changed, what is more deleted, what is the same left alone.
replaces() {
	local d
	for d in dira dirb; do defer in_ns $d ipvsl7adm -C; done
	accepting
	everything | add dira
	add dirb <<-END
		-A -t 192.0.2.1:81 -k cookie:other
		-A -t [2001:db8::1]:84 -k src/64 --mirror connections
		-A -t 198.51.100.1:99 -k src
		-A -u [2001:db8::9]:99 --mirror connections
	END
	assert_eq "policies here" "$(saved dira | wc -l)" 10
	# Seven are missing, one differs, two are more; two are the same.
	pushes dira "^ *2 .* applied: 10 changed$"
	alike dira dirb
	assert_eq "changed at dirb" "$(ctr dirb sync_policies)" 10
	pushes dira "^ *2 .* same: had these policies$"
	assert_eq "taken over" "$(ctr dirb sync_push_rx)" 2
	assert_eq "changed by the second" "$(ctr dirb sync_policies)" 10
	assert_eq "nothing at dira" "$(ctr dira sync_policies)" 0
	in_ns dira ipvsl7adm -E -t 192.0.2.1:81 -p 78
	in_ns dira ipvsl7adm -D -u 192.0.2.1:53
	assert_eq "JSON" "$(json dira '[(p["node"], p["result"], p["changes"]) for p in t["peers"]]')" "[(2, 'applied', 2)]"
	alike dira dirb
	is_ready dirb || fail "dirb is not ready"
}

# Bindings survive that the policy is changed by a push.
keeps() {
	accepting
	bind_many dira k 50
	wait_for same
	in_ns dira ipvsl7adm -E -t "$SVC" -p 99
	pushes dira "applied: 1 changed"
	assert_eq "bindings" "$(in_ns dirb ipvsl7adm --bindings -n | grep -cF " $SVC ")" 50
	here k7 || fail "not found"
	wait_for same
}

# Who does not accept stays as it is; so does who is of a version that cannot.
not_asked() {
	local before
	both
	in_ns dira ipvsl7adm -E -t "$SVC" -p 99
	before=$(saved dirb)
	in_vain dira "^ *2 .* does not accept policies$" "no peer accepts policies"
	assert_eq "policies of dirb" "$(saved dirb)" "$before"
	assert_eq "taken over" "$(ctr dirb sync_push_rx)$(ctr dirb sync_push_refused)" 00
	assert_eq "JSON" "$(json dira '[p["result"] for p in t["peers"]]')" "['not-accepting']"
	wire family "$FAMILY" "$(group)"
	wire join 9
	wire ignores_push 1
	wire leave 9
	assert_eq "policies of dirb" "$(saved dirb)" "$before"
}

# Of three peers two accept.
some_accept() {
	local d others
	fresh
	for d in $NODES; do
		echo "--start-sync --interface peers --group $(group) --node $(node_of "$d") --key-file $KEY" \
			"$([ "$d" = dirc ] || echo --accept-policies)" | in_ns "$d" ipvsl7adm -R
	done
	# shellcheck disable=SC2086
	wait_for are_ready $NODES
	others=$(saved dirc)
	in_ns dira ipvsl7adm -E -t "$SVC" -p 99
	everything | add dira
	pushes dira "^ *2 .* applied: 10 changed$" "^ *3 .* does not accept policies$" "^ *4 .* applied: 10 changed$"
	assert_eq "policies of dirb" "$(saved dirb)" "$(saved dira)"
	assert_eq "policies of dird" "$(saved dird)" "$(saved dira)"
	assert_eq "policies of dirc" "$(saved dirc)" "$others"
	# One falls silent: what the other has is told, and that not all have it.
	in_ns dira ipvsl7adm -E -t "$SVC" -p 98
	pull dird
	wait_for silent 4
	in_vain dira "^ *2 .* applied: 1 changed$" "^ *4 .* no answer: silent for" "not all peers"
	plug dird
	wait_for are_ready dird
	pushes dira "^ *2 .* same" "^ *4 .* applied: 1 changed$"
}
silent() { in_ns dira ipvsl7adm --peers -n | grep -q "^ *$1 .* SILENT "; }

# many N TIMEOUT A|E: policies, of some bytes each.
many() {
	local i
	for ((i = 0; i < $1; i++)); do
		echo "-$3 -t $VIP_URL:$((10000 + i)) -k cookie:SESSION_OF_THE_APPLICATION_NUMBER_$i -k src -p $2"
	done
}

# What is lost is sent again.
losses() {
	defer in_ns dirb ipvsl7adm -C
	accepting
	many 300 100 A | in_ns dira ipvsl7adm -R
	both_ways loss 30%
	pushes dira "applied: 300 changed"
	alike dira dirb
	[ "$(ctr dirb sync_push_rx)" = 1 ] || fail "taken over $(ctr dirb sync_push_rx) times"
}

# Nothing comes through: it gives up, and nothing has changed.
nothing_comes() {
	local before since=$EPOCHREALTIME
	accepting
	in_ns dira ipvsl7adm -E -t "$SVC" -p 99
	before=$(saved dirb)
	# Whole pieces are all that is lost: both hear each other.
	many 20 100 A | in_ns dira ipvsl7adm -R
	in_ns dirb nft "add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add rule inet l7test in iif sync udp length gt 900 drop"
	defer heard
	in_vain dira "^ *2 .* no answer$" "not all peers"
	[ "$(elapsed_ms "$since")" -ge 5000 ] || fail "gave up after $(elapsed_ms "$since") ms"
	assert_eq "policies of dirb" "$(saved dirb)" "$before"
	heard
	pushes dira "applied: 21 changed"
}

# with_routes FROM TO: large policies.
with_routes() {
	local i routes=''
	for ((i = 0; i < 64; i++)); do routes+=" --route $(printf 'a-name-of-a-server-of-32-bytes%02d' $i)=$(server_addr rs1)"; done
	for ((i = $1; i < $2; i++)); do echo "-A -t $VIP_URL:$((10000 + i)) -k cookie:S,route $routes"; done
}
# More policies than a set may have.
too_many() {
	defer in_ns dira ipvsl7adm -C
	accepting
	many 1024 100 A | in_ns dira ipvsl7adm -R
	in_vain dira "push: more than 1024 policies"
}

# As much as there can be, and more.
large() {
	defer in_ns dirb ipvsl7adm -C
	accepting
	with_routes 0 70 | in_ns dira ipvsl7adm -R
	pushes dira "applied: 70 changed"
	alike dira dirb
	with_routes 70 80 | in_ns dira ipvsl7adm -R
	in_vain dira "push: the policies take more than 256 KiB"
	assert_eq "policies of dirb" "$(saved dirb | wc -l)" 71
}

# A set of which one policy makes no sense to the receiver, or that it cannot understand, changes nothing.
refuses() {
	local before n
	accepting
	before=$(saved dirb)
	wire family "$FAMILY" "$(group)"
	wire join 9
	n=$(wire pushes 1)
	[ "$n" -gt 0 ] || fail "nothing was pushed"
	assert_eq "policies of dirb" "$(saved dirb)" "$before"
	assert_eq "refused" "$(ctr dirb sync_push_refused)" "$n"
	assert_eq "changed" "$(ctr dirb sync_policies)" 0
	wire leave 9
	# It is as good as before.
	in_ns dira ipvsl7adm -E -t "$SVC" -p 99
	pushes dira "applied: 1 changed"
}

# What a peer refuses is told in its words.
is_refused() {
	policies
	start dirb
	wire family "$FAMILY" "$(group)"
	wire join 9
	wire accept 9
	wire_begin refuse 9 83 tries: must be 1 to 4
	in_vain dirb "^ *9 .* refused: the policy of ${VIP_URL//[][]/.}:83: tries: must be 1 to 4$" "not all peers"
	wire_end
	wire_begin refuse 9 83 tries: must be 1 to 4
	assert_eq "JSON" "$(json dirb '[(p["result"], p["reason"], p["service"]["port"], p["why"]) for p in t["peers"]]')" \
		"[('refused', 'invalid', 83, 'tries: must be 1 to 4')]"
	wire_end
	wire leave 9
}

# Pieces, or the confirmation, come so late that their sender has given up: nothing is taken over. (3: refused,
# after it was read.)
held_up() {
	accepting
	wire family "$FAMILY" "$(group)"
	wire join 9
	assert_eq "confirmed at once" "$(wire confirms_late 1 1)" 3
	assert_eq "confirmed late" "$(wire confirms_late 2 11)" 0
	assert_eq "refused" "$(ctr dirb sync_push_refused)" 1
	wire leave 9
}

# What it said did not answer is not told to take the policies over.
asked_late() {
	policies
	start dirb
	wire family "$FAMILY" "$(group)"
	wire join 9
	wire accept 9
	wire_begin asks_late 9
	in_vain dirb "^ *9 .* no answer$" "not all peers"
	assert_eq "told to take it over, and not" "$(wire_end)" "1 0"
	wire leave 9
}

# What was refused, as this director pushed its own, stays so.
refused_for_good() {
	accepting
	wire family "$FAMILY" "$(group)"
	wire join 9
	wire accept 9
	wire_begin confirms_refused 1
	wait_for asked
	in_vain dirb "^ *9 .* no answer$" "not all peers"
	assert_eq "then" "$(wire_end)" 0
	wire leave 9
}
# The first line of an answer that is not yet whole.
asked() {
	local line
	read -r -t 1 -u "$WIRE_FROM" line && [ "$line" = asked ]
}

# Of two commands at once the second counts.
two_commands() {
	policies
	start dirb
	wire family "$FAMILY" "$(group)"
	wire join 9
	wire accept 9
	in_background first dirb "$(type -P ipvsl7adm)" --push-policies
	wait_for has_pushed 1
	in_vain dirb "^ *9 .* no answer" "not all peers"
	wait_for_exit "$BG"
	has_text "$L7_TMP/first.out" "push: another one was begun meanwhile" || fail "$(cat "$L7_TMP/first.out")"
	assert_eq "pushed" "$(ctr dirb sync_push_tx)" 2
	wire leave 9
}
has_pushed() { [ "$(ctr dirb sync_push_tx)" = "$1" ]; }

# Two that push at the same time would exchange their policies: neither takes over.
at_once() {
	local rc=0 a b
	policies
	defer in_ns dira ipvsl7adm -C
	start dira --accept-policies
	start dirb --accept-policies
	wait_for is_ready dira
	wait_for is_ready dirb
	in_ns dira ipvsl7adm -E -t "$SVC" -p 98
	in_ns dirb ipvsl7adm -E -t "$SVC" -p 99
	a=$(saved dira) b=$(saved dirb)
	both_ways delay 300ms
	in_background pushing dirb "$(type -P ipvsl7adm)" --push-policies
	in_vain dira "refused: pushes its own policies"
	wait "$BG" || rc=$?
	assert_eq "exit status of dirb" $rc 1
	assert_eq "policies of dira" "$(saved dira)" "$a"
	assert_eq "policies of dirb" "$(saved dirb)" "$b"
}

# Mirroring is stopped while policies come, and started: neither waits for the other. What was said by dirb is
# confirmed late, so that stopping takes a while; in it the policies come.
stopped() {
	local i stopping
	defer in_ns dirb ipvsl7adm -C
	accepting
	many 300 100 A | in_ns dira ipvsl7adm -R
	for ((i = 0; i < 5; i++)); do
		wait_for is_ready dirb
		wait_for is_ready dira
		in_ns dirb tc qdisc replace dev sync root netem delay 250ms
		bind_many dirb "s$i-" 3
		in_background stopping$i dirb "$(type -P ipvsl7adm)" --stop-sync
		stopping=$BG
		in_background pushing$i dira "$(type -P ipvsl7adm)" --push-policies
		wait_for_exit "$stopping"
		end_process "$BG"
		in_ns dirb tc qdisc del dev sync root
		start dirb --accept-policies
	done
	wait_for is_ready dirb
	wait_for pushed_by dira
	alike dira dirb
}
pushed_by() { in_ns "$1" ipvsl7adm --push-policies >/dev/null 2>&1; }

# Clients go on, through a policy that stays as it is and one that changes; and so do sessions.
traffic() {
	local i other=$VIP_URL:8080
	policies
	defer service_clear "$other"
	defer in_ns dira ipvsl7adm -C
	l7_ipvs_service dira "$VIP" 8080 rr
	# Not another server because a busy machine's one takes a second to answer.
	in_ns dira ipvsl7adm -A -t "$other" -k cookie:SESSID --connect-timeout 20s
	in_ns dira ipvsl7adm -E -t "$SVC" --connect-timeout 20s
	# Theirs come last, so that whoever takes them away for a while does it for a long one.
	{
		echo -C
		many 800 100 A
		printf -- '-A -t %s -k cookie:SESSID --connect-timeout 20s\n' "$SVC" "$other"
	} | in_ns dirb ipvsl7adm -R
	start dira --accept-policies
	start dirb
	wait_for is_ready dira
	wait_for is_ready dirb
	client_background same sessions sessions=5 requests=100 timeout=20
	PORT=8080 client_background changed sessions sessions=5 requests=100 timeout=20
	for ((i = 1; ; i++)); do
		printf -- '-E -t %s -p %d\n' "$other" $((100 + i)) | in_ns dirb ipvsl7adm -R
		many 800 $((100 + i)) E | in_ns dirb ipvsl7adm -R
		pushes dirb "applied: 801 changed"
		! { has_text "$L7_TMP/same.out" wrong= && has_text "$L7_TMP/changed.out" wrong=; } || break
	done
	grep -q "^wrong=0 " "$L7_TMP/same.out" || fail "$(cat "$L7_TMP/same.out")"
	grep -q "^wrong=0 " "$L7_TMP/changed.out" || fail "$(cat "$L7_TMP/changed.out")"
	[ "$i" -ge 2 ] || fail "pushed only $i times: this shows nothing"
	assert_eq "policies" "$(saved dira)" "$(saved dirb)"
}

# It is listed, saved, told while it happens; and not over plain text.
listed() {
	local rc=0
	: >"$L7_TMP/monitor"
	accepting
	in_background monitor dirb "$(type -P ipvsl7adm)" --monitor -n
	wait_for_text "$L7_TMP/monitor.out" READY
	in_ns dirb ipvsl7adm --sync | grep -q "takes over the policies that a peer pushes" || fail "not listed"
	in_ns dirb ipvsl7adm --sync --json | grep -q '"accept_policies": true' || fail "not in JSON"
	in_ns dira ipvsl7adm --sync --json | grep -q '"accept_policies": false' || fail "dira: in JSON"
	in_ns dirb ipvsl7adm -S | grep -q -- "^--start-sync .* --accept-policies " || fail "not saved"
	in_ns dira ipvsl7adm -E -t "$SVC" -p 99
	pushes dira
	wait_for_text "$L7_TMP/monitor.out" "its policies are taken over (push 1, 1 changed)"
	pushes dira "same: had these policies"
	wait_for_text "$L7_TMP/monitor.out" "its policies are taken over (push 2, 0 changed)"
	in_ns dira ipvsl7adm --peers --json | grep -q '"accepts_policies": true' || fail "peers: not in JSON"
	in_ns dira ipvsl7adm -C
	in_vain dira "push: there are no policies here"
	stop dira
	in_vain dira "sync: not running"
	in_ns dira ipvsl7adm --start-sync --interface sync --group "$(group)" --node 1 --plaintext --accept-policies \
		2>"$L7_TMP/err" || rc=$?
	assert_eq "exit status" $rc 2
	grep -q "accept-policies does not go with --plaintext" "$L7_TMP/err" || fail "$(cat "$L7_TMP/err")"
	in_ns dira ipvsl7adm -A -t "$SVC" -k cookie:SESSID
	in_ns dira ipvsl7adm --start-sync --interface sync --group "$(group)" --node 1 --plaintext
	in_vain dira "push: no peer accepts policies over plain text"
	stop dira
	stop dirb
	start dira
	in_vain dira "no peer is heard"
}

ktap_plan 33
l7_topo_up
l7_nginx_up
mirror_key
wire_up
run_test_v4v6 replaces "adds, changes, deletes"
run_test_v4v6 keeps "bindings stay"
run_test_v4v6 not_asked "who does not accept"
run_test_v4v6 losses "30 % are lost"
run_test_v4v6 nothing_comes "nothing comes through"
run_test too_many "1025 policies"
run_test large "256 KiB"
run_test_v4v6 refuses "what makes no sense"
run_test_v4v6 is_refused "refused in words"
run_test_v4v6 held_up "held up on the way"
run_test_v4v6 asked_late "asked about too late"
run_test_v4v6 refused_for_good "refused, then confirmed"
run_test_v4v6 two_commands "two commands at once"
run_test_v4v6 at_once "two push at once"
run_test stopped "mirroring is stopped meanwhile"
run_test_v4v6 traffic "traffic goes on"
run_test_v4v6 listed "listed, and refused over plain text"
nodes_up
run_test_v4v6 some_accept "of three peers two accept"
nodes_down
ktap_exit
