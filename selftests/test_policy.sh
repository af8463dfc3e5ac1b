#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a policy says of its bindings: whom they are shared with, how long they live, when a
# client is bound anew.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

l7() { in_ns dira ipvsl7adm "$@"; }

# has_peer DIRECTOR: it heard the other one, and believes it.
has_peer() { in_ns "$1" ipvsl7adm --peers --json | grep -Eq '"confirmed": *true'; }

# mirror DIRECTOR NODE: until the test case ends.
mirror() {
	in_ns "$1" ipvsl7adm --start-sync --interface sync --group 239.0.0.88 --node "$2" \
		--key-file "$L7_TMP/policy.key"
	defer in_ns "$1" ipvsl7adm --stop-sync
}

# The directors mirror, until the test case ends.
mirrored() {
	defer l7_director_takes dira
	defer rm -f "$L7_TMP/policy.key"
	l7 --generate-key="$L7_TMP/policy.key"
	mirror dira 1
	mirror dirb 2
	wait_for has_peer dira
	wait_for has_peer dirb
}

# more_service dira|dirb PORT SCHEDULER [SERVER...] -- POLICY-ARG...: beside that of service().
more_service() {
	local d=$1 args=()
	shift
	while [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	defer in_ns "$d" ipvsadm -D -t "$VIP_URL:${args[0]}"
	defer in_ns "$d" ipvsl7adm -D -t "$VIP_URL:${args[0]}"
	l7_ipvs_service "$d" "$VIP" "${args[@]}"
	in_ns "$d" ipvsl7adm -A -t "$VIP_URL:${args[0]}" "${@:2}"
}

# at PORT CLIENT-ARG...: the different servers that answer there.
at() {
	local PORT=$1
	client get "${@:2}" | server_set
}

# column N KEY=VALUE [DIRECTOR [PORT]]: of the binding, as --lookup shows it; empty if there is
# none.
column() {
	{ in_ns "${3-dira}" ipvsl7adm --lookup "$2" -t "$VIP_URL:${4-$PORT}" -n 2>/dev/null || true; } |
		awk -v n="$1" 'NR == 2 { print $n }'
}
is_at() { [ -n "$(column 1 "$1" "$2" "${3-$PORT}")" ]; }
is_not_at() { ! is_at "$@"; }

# --- Groups ---

# A session that one service learned leads to the same server at the other.
group() {
	local i
	service 80 rr -- -k cookie:SESSID --group site
	more_service dira 8080 rr -- -k cookie:SESSID --group site
	for i in 1 2 3; do
		new_session
		assert_eq "session $i there" "$(at 8080 count=3 "cookie=SESSID=$SESSION")" "$SERVER"
		assert_eq "session $i here" "$(at 80 count=3 "cookie=SESSID=$SESSION")" "$SERVER"
	done
	assert_counters key_hit=9 key_miss=0 binding_learned=3
	assert_eq "whose it is" "$(column 3 "cookie:SESSID=$SESSION")" group:site
	assert_eq "its server" "$(column 4 "cookie:SESSID=$SESSION")" "$(server_addr "$SERVER")"
	assert_eq "of the other" "$(bindings -t "$VIP_URL:8080" | wc -l)" 3
	l7 --bindings --json | grep -Eq '"group": *"site"' || fail "not in JSON"
	# The service that stands for the group goes: the group stays.
	l7 -D -t "$VIP_URL:80"
	assert_eq "whose it is" "$(column 3 "cookie:SESSID=$SESSION" dira 8080)" group:site
	assert_eq "still there" "$(at 8080 count=3 "cookie=SESSID=$SESSION")" "$SERVER"
	l7 --flush-bindings -t "$VIP_URL:8080"
	assert_eq "after the flush" "$(binding_count)" 0
}

# Who is in another group, or in none, or takes another key, knows nothing of it.
groups_apart() {
	service 80 rr -- -k cookie:SESSID,learn=request --group one
	more_service dira 8080 rr -- -k cookie:SESSID,learn=request --group two
	assert_eq "a server there" "$(at 80 count=4 cookie=SESSID=x | wc -w)" 1
	is_not_at cookie:SESSID=x dira 8080
	l7 -E -t "$VIP_URL:8080" --group one
	assert_eq "joined" "$(at 8080 count=3 cookie=SESSID=x)" "$(at 80 cookie=SESSID=x)"
	l7 -E -t "$VIP_URL:8080" --tries 2
	is_at cookie:SESSID=x dira 8080
	l7 -E -t "$VIP_URL:8080" --group none
	is_not_at cookie:SESSID=x dira 8080
	l7 -E -t "$VIP_URL:8080" -k cookie:SESSID --group one
	is_at cookie:SESSID=x dira 8080
	l7 -E -t "$VIP_URL:8080" -k cookie:sessid
	! l7 --lookup rule:0=x -t "$VIP_URL:8080" >/dev/null 2>&1 || fail "by another name"
}

# The client's address, for which the SYN decides; put in by hand, at the port of one service.
group_src() {
	local first other
	service 80 rr -- -k src --group site
	more_service dira 8080 rr -- -k src --group site
	first=$(at 8080 from="$CLI1")
	assert_eq "at 80" "$(at 80 count=3 from="$CLI1")" "$first"
	assert_eq "at 8080" "$(at 8080 count=3 from="$CLI1")" "$first"
	other=rs3
	[ "$first" != rs3 ] || other=rs1
	l7 --add-binding "src=$CLI1" -t "$SVC" -r "$(server_at $other 80)"
	assert_eq "by hand at 80, 8080" "$(at 80 count=3 from="$CLI1") $(at 8080 count=3 from="$CLI1")" "$other $other"
	# A server that the other service does not have.
	in_ns dira ipvsadm -d -t "$VIP_URL:8080" -r "$(server_at $other 8080)"
	case $(at 8080 count=2 from="$CLI1") in "$other" | *" "* | "") fail "not moved" ;; esac
}

# In a pool the servers may be without a port.
group_pool() {
	pool 1 0 rs1 rs2
	service 80 rr rs3 -- -k cookie:SESSID --group site -s any=fwmark:1
	more_service dira 8080 rr rs3 -- -k cookie:SESSID --group site -s any=fwmark:1
	new_session
	case $SERVER in rs[12]) ;; *) fail "at $SERVER" ;; esac
	assert_eq "there" "$(at 8080 count=4 "cookie=SESSID=$SESSION")" "$SERVER"
	l7 --lookup "cookie:SESSID=$SESSION" -f 1 -t "$VIP_URL:8080" -n | grep -q group:site
}

# Both services go over to B with their sessions.
group_mirrored() {
	local i session=() server=()
	mirrored
	service 80 rr -- -k cookie:SESSID --group site
	more_service dira 8080 rr -- -k cookie:SESSID --group site
	more_service dirb 80 rr -- -k cookie:SESSID --group site
	more_service dirb 8080 rr -- -k cookie:SESSID --group site
	for i in 1 2 3; do
		new_session
		session+=("cookie=SESSID=$SESSION") server+=("$SERVER")
		wait_for is_at "cookie:SESSID=$SESSION" dirb 8080
	done
	l7_director_takes dirb
	for i in 2 0 1; do
		assert_eq "at 8080" "$(at 8080 count=3 "${session[i]}")" "${server[i]}"
		assert_eq "at 80" "$(at 80 count=3 "${session[i]}")" "${server[i]}"
	done
	assert_eq "bindings" "$(in_ns dirb ipvsl7adm --bindings -n | sed 1d | wc -l)" 3
	# What is flushed at one service there is gone everywhere.
	in_ns dirb ipvsl7adm --flush-bindings -t "$VIP_URL:8080"
	wait_for is_not_at "cookie:SESSID=$SESSION" dira 80
}

# --- Lifetimes ---

# seconds COLUMN KEY=VALUE [DIRECTOR]: of a time in the row of a binding.
seconds() { column "$@" | awk -F: 'NF == 2 { print $1 * 60 + $2 }'; }
EXPIRE=1 LIFETIME=6
is_less() { [ "$(seconds "${@:2}")" -lt "$1" ]; }

# use_up DIRECTOR SINCE: uses the session until it is no more; it must end, in spite of that.
use_up() {
	while is_at "cookie:SESSID=$SESSION" "$1"; do
		client get "cookie=SESSID=$SESSION" >/dev/null
		[ "$(elapsed_ms "$2")" -lt $((40000 * ${L7_SLOW:-1})) ] || fail "still there"
	done
}

# A binding that is in use all the time ends all the same, and not before.
lifetime() {
	local since ms
	service 80 rr -- -k cookie:SESSID -p 60 --max-lifetime 12
	since=$EPOCHREALTIME
	new_session
	[ "$(seconds $LIFETIME "cookie:SESSID=$SESSION")" -le 12 ] || fail "longer than it was told"
	[ "$(seconds $EXPIRE "cookie:SESSID=$SESSION")" -le 12 ] || fail "idle for longer"
	use_up dira "$since"
	ms=$(elapsed_ms "$since")
	[ "$ms" -ge 12000 ] || fail "gone after $ms ms"
	counter_at_least key_hit 2 || fail "was not used"
	# Without one it goes on; and no lifetime is shown.
	l7 -E -t "$SVC" --max-lifetime none
	new_session
	assert_eq "no lifetime" "$(column $LIFETIME "cookie:SESSID=$SESSION")" -
}

# agree: both directors say the same, but for what passes between the questions.
agree() {
	local a b
	a=$(seconds $LIFETIME "cookie:SESSID=$SESSION" dira)
	b=$(seconds $LIFETIME "cookie:SESSID=$SESSION" dirb)
	[ -n "$b" ] && [ "$b" -le $((a + 1)) ] && [ "$b" -ge $((a - 4 * ${L7_SLOW:-1})) ] ||
		fail "$a s at A, $b s at B"
}

# The peer has what remains of it, whether it was told at once or later, and after a takeover
# the binding ends when it would have ended.
lifetime_mirrored() {
	local since ms
	service 80 rr -- -k cookie:SESSID -p 60 --max-lifetime 20
	more_service dirb 80 rr -- -k cookie:SESSID -p 60 --max-lifetime 20
	mirrored
	in_ns dirb ipvsl7adm --stop-sync
	since=$EPOCHREALTIME
	new_session
	wait_for is_less 18 $LIFETIME "cookie:SESSID=$SESSION"
	mirror dirb 2
	wait_for is_at "cookie:SESSID=$SESSION" dirb
	agree
	client get "cookie=SESSID=$SESSION" >/dev/null
	agree
	l7_director_takes dirb
	use_up dirb "$since"
	ms=$(elapsed_ms "$since")
	[ "$ms" -ge 19000 ] || fail "gone after $ms ms"
	since=$EPOCHREALTIME
	new_session
	wait_for is_at "cookie:SESSID=$SESSION" dira
	agree
}

# --- Requests without a key ---

# The first one leads, the others follow; who has a key does not.
prebind() {
	local first other
	service 80 rr -- -k cookie:SESSID --prebind 60
	first=$(client get path=/who | servers)
	assert_eq "the next" "$(client get count=4 path=/who | server_set)" "$first"
	assert_counters key_none=5 prebound=4 binding_learned=1
	assert_eq "listed" "$(bindings | awk '{ print $2 }')" prebind
	[ "$(client get count=2 path=/who from="$CLI2" | server_set)" != "$first" ] ||
		fail "another client followed"
	# With a key, be it bound or not.
	assert_eq "not bound" "$(client get count=6 path=/who cookie=SESSID=x | server_set)" "rs1 rs2 rs3"
	other=rs1
	[ "$first" != rs1 ] || other=rs2
	l7 --add-binding cookie:SESSID=y -t "$SVC" -r "$(server_at $other 80)"
	assert_eq "bound" "$(client get count=2 path=/who cookie=SESSID=y | server_set)" "$other"
	assert_eq "without again" "$(client get count=2 path=/who | server_set)" "$first"
	# The session that the leader's server gives is what counts from then on.
	new_session
	assert_eq "the session's" "$SERVER" "$first"
}

# use_less N: a use, and less than N seconds of the client's binding are left after it.
use_less() {
	client get path=/who >/dev/null
	[ "$(bindings | awk '$2 == "prebind" { split($6, t, ":"); print t[1] * 60 + t[2] }')" -lt "$1" ]
}

# It is not prolonged, and after it there is another one.
prebind_ends() {
	service 80 rr -- -k cookie:SESSID --prebind 5
	client get path=/who >/dev/null
	wait_for use_less 3
	wait_for binding_count_is 0
	client get path=/who >/dev/null
	assert_counters binding_learned=2
	l7 -E -t "$SVC" --prebind none
	assert_eq "without" "$(client get count=6 path=/who | server_set)" "rs1 rs2 rs3"
}

# The leader's server refuses: one of the followers finds another for all.
prebind_refused() {
	local first second
	service 80 rr -- -k cookie:SESSID --prebind 60
	first=$(client get path=/who | servers)
	server_rule "$first" tcp dport 80 reject with tcp reset
	second=$(client get count=4 path=/who | server_set)
	case $second in "$first" | *" "*) fail "moved from $first to '$second'" ;; esac
	assert_counters server_refused=1
}

# --- Static bindings ---

# fix KEY SERVER [OPTION]: bind by hand.
fix() { l7 --add-binding "$1" -t "$SVC" -r "$(server_at "$2" "$PORT")" "${@:3}"; }
asked() { client get count="$1" cookie=SESSID=fix path="${2-/who}" | server_set; }

# It does not expire, and no traffic moves or deletes it.
static() {
	service 80 rr -- -k cookie:SESSID -p 2
	fix cookie:SESSID=fix rs2 --static
	fix cookie:SESSID=other rs2
	assert_eq "listed" "$(column $EXPIRE cookie:SESSID=fix)" static
	l7 --bindings --json | grep -q '"static": true' || fail "not in JSON"
	assert_eq "server" "$(asked 3)" rs2
	wait_for is_not_at cookie:SESSID=other dira
	wait_for counter_at_least binding_expired 1
	is_at cookie:SESSID=fix dira
	server_rule rs2 tcp dport 80 reject with tcp reset
	case $(asked 2) in *rs2* | "") fail "at the one that refuses" ;; esac
	server_unrule rs2
	assert_eq "back again" "$(asked 2)" rs2
	asked 1 /logout >/dev/null
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at rs2 80)"
	case $(asked 2) in *rs2* | "") fail "at the one that was removed" ;; esac
	in_ns dira ipvsadm -a -t "$SVC" -r "$(server_at rs2 80)" -m
	assert_eq "back again" "$(asked 2)" rs2
	assert_counters binding_learned=2 binding_deleted=0
}

# What an operator says counts.
static_by_hand() {
	service 80 rr -- -k cookie:SESSID --max-lifetime 100
	fix cookie:SESSID=fix rs2 --static
	fix cookie:SESSID=other rs2
	l7 --flush-bindings -t "$SVC"
	is_not_at cookie:SESSID=other dira
	assert_eq "after a flush" "$(column $EXPIRE cookie:SESSID=fix) $(asked 1)" "static rs2"
	assert_eq "lifetime" "$(column $LIFETIME cookie:SESSID=fix)" -
	fix cookie:SESSID=fix rs3 --static
	assert_eq "moved" "$(column $EXPIRE cookie:SESSID=fix) $(asked 1)" "static rs3"
	fix cookie:SESSID=fix rs3
	[ "$(seconds $LIFETIME cookie:SESSID=fix)" -le 100 ] || fail "no ordinary one"
	fix cookie:SESSID=fix rs3 --static
	l7 --del-binding cookie:SESSID=fix -t "$SVC"
	is_not_at cookie:SESSID=fix dira
	fix cookie:SESSID=fix rs3 --static
	l7 --flush-bindings --static
	is_not_at cookie:SESSID=fix dira
}

static_mirrored() {
	service 80 rr -- -k cookie:SESSID -p 2
	more_service dirb 80 rr -- -k cookie:SESSID -p 2
	mirrored
	in_ns dirb ipvsl7adm --stop-sync
	fix cookie:SESSID=fix rs3 --static
	mirror dirb 2
	wait_for is_at cookie:SESSID=fix dirb
	fix cookie:SESSID=second rs1 --static
	fix cookie:SESSID=other rs1
	wait_for is_at cookie:SESSID=second dirb
	assert_eq "at B" "$(column $EXPIRE cookie:SESSID=fix dirb) $(column $EXPIRE cookie:SESSID=second dirb)" \
		"static static"
	wait_for is_not_at cookie:SESSID=other dirb
	l7_director_takes dirb
	assert_eq "after a takeover" "$(asked 3)" rs3
	in_ns dirb ipvsl7adm --del-binding cookie:SESSID=fix -t "$SVC"
	wait_for is_not_at cookie:SESSID=fix dira
	in_ns dirb ipvsl7adm --flush-bindings --static
	wait_for is_not_at cookie:SESSID=second dira
}

# --- Weight 0 ---

# weight_of SERVER N [PORT]
weight_of() { in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at "$1" "$PORT")" -m -w "$2"; }

# By default a session stays; with rebind it moves, once, and does not come back.
drain() {
	local first second
	service 80 rr -- -k cookie:SESSID
	new_session
	first=$SERVER
	weight_of "$first" 0
	assert_eq "kept" "$(client get count=2 "cookie=SESSID=$SESSION" | server_set)" "$first"
	l7 -E -t "$SVC" --on-drain rebind
	second=$(client get count=4 "cookie=SESSID=$SESSION" | server_set)
	case $second in "$first" | *" "*) fail "moved from $first to '$second'" ;; esac
	assert_eq "bound to" "$(bound_to "cookie:SESSID=$SESSION")" "$second"
	assert_counters binding_drained=1 key_hit=5 binding_server_gone=0
	weight_of "$first" 1
	assert_eq "stays" "$(client get count=3 "cookie=SESSID=$SESSION" | server_set)" "$second"
}

# Where nobody else takes clients, a draining server keeps its own.
drain_all() {
	local rs
	service 80 rr -- -k cookie:SESSID --on-drain rebind
	new_session
	for rs in $L7_SERVERS; do weight_of "$rs" 0; done
	assert_eq "kept" "$(client get count=3 "cookie=SESSID=$SESSION" | server_set)" "$SERVER"
	assert_counters binding_drained=0 no_server=0
}

drain_src() {
	local first second
	service 80 rr -- -k src --on-drain rebind
	first=$(client get | servers)
	weight_of "$first" 0
	second=$(client get count=4 | server_set)
	case $second in "$first" | *" "*) fail "moved from $first to '$second'" ;; esac
	assert_counters binding_drained=1
	l7 -E -t "$SVC" --on-drain keep
	weight_of "$second" 0
	assert_eq "kept" "$(client get count=3 | server_set)" "$second"
}

# In a pool another one of the pool.
drain_pool() {
	pool 1 80 rs1 rs2
	service 80 rr rs3 -- -k cookie:SESSID -s any=fwmark:1 --on-drain rebind
	new_session
	weight 1 80 "$SERVER" 0
	case $(client get count=3 "cookie=SESSID=$SESSION" | server_set) in
	"$SERVER" | *" "* | rs3) fail "not moved within the pool" ;;
	esac
	assert_counters binding_drained=1 pool_empty=0
}

# --- Counters of rules ---

# rule_counters N NAME=VALUE...: of rule N of the service; those not named are 0.
rule_counters() {
	local n=$1 got want
	shift
	got=$(l7 --stats --rules -n --exact -t "$SVC" | awk -v n="$n," '
		$1 == "rule" { here = $2 == n; next }
		here { print $1 "=" $2 }' | sort | xargs)
	want=$(printf '%s\n' "$@" | sort | xargs)
	assert_eq "counters of rule $n" "$got" "$want"
}

rules() {
	local rs
	service 80 rr -- -k cookie:SESSID -k url:sid,learn=request -k path-hash
	client get path=/who >/dev/null
	rule_counters 0 none=1
	rule_counters 1 none=1
	rule_counters 2 hit=1
	new_session "path=/?sid=A"
	rule_counters 0 none=2 learned=1
	rule_counters 1 none=1 miss=1 learned=1
	client get count=3 "path=/who?sid=A" >/dev/null
	rule_counters 1 none=1 miss=1 learned=1 hit=3
	rs=$(bound_to "cookie:SESSID=$SESSION")
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at "$rs" 80)"
	client get path=/who "cookie=SESSID=$SESSION" >/dev/null
	rule_counters 0 none=5 learned=2 server_gone=1
	client get path=/logout "cookie=SESSID=$SESSION" >/dev/null
	rule_counters 0 none=5 learned=2 server_gone=1 hit=1 deleted=1
	l7 --stats --rules -t "$SVC" | grep -q 'rule 1, url:sid,learn=request' || fail "no name"
	l7 --stats --json -t "$SVC" >"$L7_TMP/json"
	grep -A 4 '"key": "cookie:SESSID"' "$L7_TMP/json" | grep -q '"none": 5' || fail "$(cat "$L7_TMP/json")"
	# Without a change of keys they go on, with another they begin anew.
	l7 -E -t "$SVC" -p 60 -k cookie:SESSID -k url:sid,learn=request -k path-hash
	rule_counters 0 none=5 learned=2 server_gone=1 hit=1 deleted=1
	l7 -E -t "$SVC" -k url:sid,learn=request
	rule_counters 0
	# The limit is reached.
	limits bindings=1
	client get "path=/who?sid=B" >/dev/null
	rule_counters 0 miss=1 refused=1
	l7 -Z -t "$SVC"
	rule_counters 0
}

rules_src() {
	service 80 rr -- -k src --on-drain rebind
	client get from="$CLI1" >/dev/null
	rule_counters 0 miss=1 learned=1
	client get count=2 from="$CLI1" >/dev/null
	rule_counters 0 miss=1 learned=1 hit=2
	weight_of "$(bound_to "src=$CLI1")" 0
	client get from="$CLI1" >/dev/null
	rule_counters 0 miss=1 learned=2 hit=2 drained=1
}

# --- What is refused, and what is kept ---

refused() {
	local rc out
	service 80 rr -- -k cookie:SESSID
	while read -r want args; do
		rc=0
		# shellcheck disable=SC2086
		out=$(l7 -E -t "$SVC" $args 2>&1) || rc=$?
		[ $rc != 0 ] || fail "$args: taken"
		grep -q -- "^ipvsl7adm: $want" <<<"$out" || fail "$args: $out"
	done <<-END
		group: --group a/b
		on-drain: --on-drain move
		max-lifetime: --max-lifetime 0
		max-lifetime: --max-lifetime 366d
		prebind: --prebind 2h
		prebind: --prebind 5 -k src
		prebind: --prebind 5 -k cookie:a -k src
		group: --group 0123456789012345678901234567890123
	END
}

saved() {
	local before i
	l7 -A -t "$VIP_URL:90" -k cookie:A --group www.example_1 --on-drain rebind \
		--max-lifetime 26h --prebind 7
	defer l7 -C
	before=$(l7 -S)
	grep -q -- '--group www.example_1' <<<"$before" || fail "$before"
	l7 -C
	l7 -R <<<"$before"
	assert_eq "after restore" "$(l7 -S)" "$before"
	for i in 'group www.example_1' 'on-drain rebind' 'max-lifetime 26h' 'prebind 7s'; do
		l7 -L -n | grep -q -- "$i" || fail "not listed: $i"
	done
}

ktap_plan 39
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 group "services of a group"
run_test_v4v6 groups_apart "services of other groups"
run_test_v4v6 group_src "a group by address"
run_test_v4v6 group_pool "a group with a pool"
run_test_v4v6 group_mirrored "a group, mirrored and taken over"
# Time is the same for both families, and these take theirs.
l7_family 4
run_test lifetime "a lifetime"
run_test prebind_ends "prebind, its end"
l7_family 6
run_test lifetime_mirrored "a lifetime, mirrored and taken over"
run_test_v4v6 prebind
run_test_v4v6 prebind_refused "prebind, a server refuses"
run_test_v4v6 static "static bindings"
run_test_v4v6 static_by_hand "static bindings and operators"
run_test_v4v6 static_mirrored "static bindings, mirrored and taken over"
run_test_v4v6 drain "drain, rebind"
run_test_v4v6 drain_all "drain, rebind, nobody else"
run_test_v4v6 drain_src "drain, rebind by address"
run_test_v4v6 drain_pool "drain, rebind in a pool"
run_test_v4v6 rules "counters of rules"
run_test_v4v6 rules_src "counters of rules, by address"
run_test_v4v6 refused
run_test_v4v6 saved "saved and restored"
ktap_exit
