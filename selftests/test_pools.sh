#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Pools that clients are steered to: persistence, drain, failures and takeover within them.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

# A session has a server in each pool, and keeps it.
sessions() {
	local a b i
	pool 1 $HTTP rs1 rs2
	pool 2 $HTTP rs2 rs3
	service $HTTP rr -- -k cookie:SESSID,learn=request -s host:one.example=fwmark:1 -s host:two.example=fwmark:2
	for i in 1 2 3 4; do
		new_session host=one.example
		a=$SERVER b=$SESSION
		assert_eq "in the first" "$(ask_set 3 one.example / cookie="SESSID=$b")" "$a"
		a="$a $(ask two.example / cookie="SESSID=$b")"
		assert_eq "in the second" "$(ask_set 3 two.example / cookie="SESSID=$b")" "${a#* }"
		assert_eq "in the first again" "$(ask_set 2 one.example / cookie="SESSID=$b")" "${a% *}"
		case $a in rs[12]\ rs[23]) ;; *) fail "at $a" ;; esac
	done
	# Two bindings of each.
	assert_eq bindings "$(binding_count)" 8
	assert_counters key_hit=32 steered=40 binding_server_gone=0
	assert_eq "new ones" "$(ask_set 4 one.example /); $(ask_set 4 two.example /)" "rs1 rs2; rs2 rs3"
}

# A server of another pool is not used, whatever a binding says.
by_hand() {
	local b=cookie:SESSID=abc
	pool 1 $HTTP rs1 rs2
	pool 2 $HTTP rs3
	service $HTTP rr -- -k cookie:SESSID -s host:one.example=fwmark:1 -s host:two.example=fwmark:2
	in_ns dira ipvsl7adm --add-binding $b -f 1 -t "$SVC" -r "$(server_at rs2 $HTTP)"
	assert_eq "bound in the pool" "$(ask_set 3 one.example / cookie=SESSID=abc)" rs2
	assert_eq "in the service" "$(ask_set 3 x.example / cookie=SESSID=abc)" "rs1 rs2 rs3"
	in_ns dira ipvsl7adm --add-binding $b -f 1 -t "$SVC" -r "$(server_at rs3 $HTTP)"
	in_ns dira ipvsl7adm --lookup $b -f 1 -t "$SVC" -n | grep -Fq "$(server_at rs3 $HTTP)" || fail "not bound"
	assert_counters binding_server_gone=0
	case $(ask one.example / cookie=SESSID=abc) in rs[12]) ;; *) fail "a server of another pool" ;; esac
	assert_counters binding_server_gone=1
	# It moved to one of the pool, as the binding of a server that is gone does.
	case $(ask_set 3 one.example / cookie=SESSID=abc) in rs[12]) ;; *) fail "a server of another pool" ;; esac
	in_ns dira ipvsl7adm --del-binding $b -f 1 -t "$SVC"
	# Of the service's own the pool knows nothing, nor has the other pool its key.
	in_ns dira ipvsl7adm --add-binding $b -t "$SVC" -r "$(server_at rs1 $HTTP)"
	assert_eq "in the other pool" "$(ask_set 2 two.example / cookie=SESSID=abc)" rs3
	assert_eq "in the service" "$(ask_set 3 x.example / cookie=SESSID=abc)" rs1
	assert_counters binding_server_gone=1
	! in_ns dira ipvsl7adm --lookup $b -f 2 -t "$SVC" 2>/dev/null || fail "bound in pool 2"
}

# The path chooses among the servers of the pool alone.
hashed() {
	pool 1 $HTTP rs1 rs2
	service $HTTP rr -- -k path-hash -s host:one.example=fwmark:1
	assert_eq servers "$(ask_set 24 one.example '/p{n}')" "rs1 rs2"
	assert_counters key_hit=24 steered=24
}

drain() {
	local b
	pool 1 $HTTP rs1 rs2
	service $HTTP rr rs3 -- -k cookie:SESSID -s host:one.example=fwmark:1
	weight 1 $HTTP rs2 0
	new_session host=one.example
	b=$SESSION
	assert_eq server "$SERVER" rs1
	weight 1 $HTTP rs2 1
	weight 1 $HTTP rs1 0
	assert_eq "bound ones stay" "$(ask_set 3 one.example / cookie="SESSID=$b")" rs1
	assert_eq "new ones do not come" "$(ask_set 3 one.example /)" rs2
	assert_counters pool_empty=0
	weight 1 $HTTP rs2 0
	assert_eq "bound ones stay" "$(ask_set 3 one.example / cookie="SESSID=$b")" rs1
	assert_eq "new ones get the service's own" "$(ask_set 3 one.example /)" rs3
	assert_counters pool_empty=3 steered=10 steer_none=0
}

empty() {
	pool 1 $HTTP
	service $HTTP rr rs3 -- -s host:one.example=fwmark:1 -s host:two.example=fwmark:2 -s any=fwmark:3
	assert_eq "without servers" "$(ask_set 2 one.example /)" rs3
	assert_eq "without a service" "$(ask_set 2 two.example /) $(ask x.example /)" "rs3 rs3"
	assert_counters pool_empty=5 steered=0 no_server=0
	# Servers come while the policy stands.
	pool 2 $HTTP rs2
	assert_eq "with a server" "$(ask_set 2 two.example /)" rs2
	assert_counters pool_empty=5 steered=2
}

# No service at the address itself: pools alone, and what has none is reset.
pools_alone() {
	one_each
	PORT=$HTTP SVC=$VIP_URL:$HTTP
	defer service_clear "$SVC"
	in_ns dira ipvsl7adm -A -t "$SVC" -s host:one.example=fwmark:1 -s host:two.example=fwmark:9
	assert_eq pool "$(ask_set 3 one.example /)" rs1
	assert_eq "nobody" "$(client get host=two.example | cut -d' ' -f1)" error=connection-reset-by-peer
	assert_counters steered=3 pool_empty=1 no_server=1
	assert_eq "nobody" "$(client get | cut -d' ' -f1)" error=connection-reset-by-peer
	assert_counters steer_none=1 no_server=2 no_service_fallback=0
}

# A server that refuses: the next one of the pool, of no other.
refusing() {
	pool 1 $HTTP rs1 rs2
	service $HTTP rr rs3 -- -s host:one.example=fwmark:1
	server_rule rs1 tcp dport $HTTP reject with tcp reset
	assert_eq servers "$(ask_set 4 one.example /)" rs2
	counter_at_least server_retry 2 || fail "rs1 was not tried"
	server_rule rs2 tcp dport $HTTP reject with tcp reset
	[ -z "$(ask one.example /)" ] || fail "answered"
	assert_counters no_server=1
}

# Servers of a pool may be without a port: that of the service.
without_port() {
	pool 1 0 rs1 rs2
	service $HTTP rr rs3 -- -k cookie:SESSID -s host:one.example=fwmark:1
	assert_eq servers "$(ask_set 4 one.example /)" "rs1 rs2"
	new_session host=one.example
	assert_eq bound "$(ask_set 3 one.example / cookie="SESSID=$SESSION")" "$SERVER"
	assert_counters key_hit=3 binding_server_gone=0
	server_rule rs1 tcp dport $HTTP reject with tcp reset
	assert_eq "the other" "$(ask_set 2 one.example /)" rs2
}

with_group() {
	case $FAMILY in 4) GROUP=239.0.0.88 ;; 6) GROUP=ff05::88 ;; esac
	"$@"
}
flows_at() { in_ns "$1" ipvsl7adm --flows -n | awk -v s="$2" '$2 == s' | wc -l; }
has_flows() { [ "$(flows_at "$1" "$2")" -ge "$3" ]; }
takeovers() { in_ns dirb ipvsl7adm --stats -v | awk '$1 == "takeover" && !n++ { print $2 }'; }

# A is gone in mid-download: B finds the server in the pool, which its flows do not name.
takeover() {
	local out=$L7_TMP/steered d n=0 pid before sum
	defer l7_director_takes dira
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	for d in dira dirb; do
		n=$((n + 1))
		in_ns $d ipvsl7adm --start-sync --interface sync --group "$GROUP" --node $n --key-file "$L7_TMP/key"
		defer in_ns $d ipvsl7adm --stop-sync
	done
	POOL_AT="dira dirb"
	pool 1 $HTTP rs1
	pool 3 $HTTP rs3
	service $HTTP rr rs1 rs2 -- -s 'path:/api/*=fwmark:1' -s 'path:/blob*=fwmark:3'
	l7_ipvs_service dirb "$VIP" $HTTP rr rs1 rs2
	defer in_ns dirb ipvsadm -D -t "$SVC"
	in_ns dirb ipvsl7adm -A -t "$SVC" -s 'path:/api/*=fwmark:1' -s 'path:/blob*=fwmark:3'
	defer in_ns dirb ipvsl7adm -C
	l7_blob
	before=$(takeovers)
	rm -f "$out"
	L7_CURL_SECONDS=90 fetch http x.example '/blob?rate=4m' -o "$out" &
	pid=$!
	wait_for has_bytes "$out" 5000000
	wait_for has_flows dirb STANDBY 1
	defer l7_director_restore dira
	l7_director_cut dira
	l7_director_takes dirb
	wait $pid || fail "curl: status $?"
	sum=$(sha256sum <"$out")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
	[ "$(takeovers)" -gt "$before" ] || fail "nothing was taken over"
	wait_for scheduled_is dirb 3 1
}

ktap_plan 18
l7_topo_up
steer_up || exit
defer steer_down
run_test_v4v6 sessions "sessions in pools"
run_test_v4v6 by_hand "bindings by hand"
run_test_v4v6 hashed "path-hash in a pool"
run_test_v4v6 drain "weight 0 in a pool"
run_test_v4v6 empty "empty pools"
run_test_v4v6 pools_alone "pools alone"
run_test_v4v6 refusing "a server of a pool refuses"
run_test_v4v6 without_port "servers without a port"
run_test_v4v6 with_group "takeover" takeover
ktap_exit
