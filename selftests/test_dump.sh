#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Listings of a table that grows, shrinks and loses entries meanwhile: what stayed is listed,
# and once.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

l7() { in_ns dira ipvsl7adm "$@"; }
dump() { in_ns dira "$L7_SELFTESTS/l7_dump.py" "$1" "$VIP" "$SRV1"; }

l7_clear() {
	l7 -C
	l7 --flush-bindings
}

policy() {
	defer l7_clear
	l7 -A -t "$VIP_URL:80" -k cookie:SID
}

# Between two messages of a dump.
dumped() {
	policy
	dump "$1"
}

# Policies at many ports: a listing of them takes several messages.
configured() {
	local port
	defer l7_clear
	for port in {1001..1200}; do
		echo "-A -t $VIP_URL:$port -k cookie:SID"
	done | l7 -R
	dump "$1"
}

stop() {
	kill "$1" 2>/dev/null || true
	wait "$1" 2>/dev/null || true
}

# Listings are looked at afterwards: the more there are, the more are disturbed.
listed() {
	local i pid d=$L7_TMP/dump
	policy
	mkdir -p "$d"
	dump fill
	l7 --bindings -n >"$d/stay"
	# Not in_ns: the pid has to be that of the command itself.
	busybox nsenter --net=/run/netns/dira -- \
		"$L7_SELFTESTS/l7_dump.py" churn "$VIP" "$SRV1" >"$d/churn" 2>&1 &
	pid=$!
	defer stop "$pid"
	for i in {1..12}; do
		l7 --bindings -n >"$d/$i"
		l7 --bindings --json >"$d/$i.json"
	done 2>"$d/err"
	kill -0 "$pid" || fail "churn: $(cat "$d/churn")"
	stop "$pid"
	[ ! -s "$d/err" ] || fail "the listings say: $(cat "$d/err")"
	"$L7_SELFTESTS/l7_dump.py" compare "$d/stay" "$d"/{1..12} "$d"/{1..12}.json
}

l7_topo_up || ktap_skip_all "no topology"
ktap_plan 7
run_test_v4v6 dumped "resized between two messages" resize
run_test_v4v6 dumped "entries that leave between two messages" leave
l7_family 6
run_test configured "a policy goes while policies are listed" policies
run_test configured "a policy goes while counters are listed" counters
l7_family 4
run_test listed "listings while the table is resized"
ktap_exit
