#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What happens to mirroring is told while it happens: ipvsl7adm --monitor.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=mirror.sh
. "$L7_SELFTESTS/mirror.sh"

LOG=$L7_TMP/monitor

# watches [OPTION]...: dira, until the case ends.
watches() {
	: >"$LOG"
	(exec busybox nsenter --net=/run/netns/dira -- "$(type -P ipvsl7adm)" --monitor -n "$@" \
		>"$LOG" 2>&1 </dev/null) &
	WATCHER=$!
	defer kill $WATCHER
	wait_for test -s "$LOG"
}
# The words behind the times, which must be such.
words() {
	local stamp='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}[+-][0-9]{2}:[0-9]{2} '
	! grep -vqE "$stamp" "$LOG" || fail "no time: $(grep -vE "$stamp" "$LOG")"
	sed -E "s/$stamp//" "$LOG"
}
# said WORDS: since the last call the watcher said that; all before it is done with.
said() {
	local at
	at=$(words | awk -v from="$FROM" -v want="$1" 'NR > from && index($0, want) { print NR; exit }')
	[ -z "$at" ] || FROM=$at
	[ -n "$at" ]
}
hears() { wait_for said "$1" || fail "not said: $1; but $(words)"; }

follows() {
	FROM=0
	policies
	watches
	hears "mirroring is off"
	start dira
	hears "node 1 (this one): JOINING"
	hears "node 1 (this one): ALONE"
	start dirb
	hears "node 2 ("
	hears "node 1 (this one): READY"
	hears "): READY, all of it is here, equal"
	in_ns dirb ipvsl7adm -E -t "$SVC" -p 77
	hears "): READY, all of it is here, equal, other policies"
	in_ns dirb ipvsl7adm -E -t "$SVC" -p 3600
	hears "): READY, all of it is here, equal"
	in_ns dirb ipvsl7adm --drain
	hears "): DRAINING, "
	in_ns dirb ipvsl7adm --undrain
	hears "): READY, "
	both_ways loss 100%
	hears "): SILENT, "
	both_ways delay 1ms
	hears "): READY, "
	stop dirb
	hears "node 2: gone"
	hears "node 1 (this one): ALONE"
	stop dira
	hears "mirroring is off"
	kill -0 $WATCHER || fail "the watcher has ended: $(tail -n 3 "$LOG")"
}

# The same for programs: an object a line.
follows_json() {
	policies
	watches --json
	start dira
	start dirb
	wait_for state_is dira READY
	stop dirb
	wait_for grep -q '"gone": 2' "$LOG"
	python3 - "$LOG" <<-'TXT'
		import json, sys
		lines = [json.loads(line) for line in open(sys.argv[1])]
		assert all("time" in line for line in lines)
		states = [line["sync"].get("state") for line in lines if "sync" in line]
		assert states[0] is None and "READY" in states, states
		peers = [line["peer"] for line in lines if "peer" in line]
		assert peers and all(p["node"] == 2 for p in peers) and peers[-1]["equal"], peers
	TXT
}

# Who joins late is told how things are; who reads nothing hears afterwards how they are, not nothing.
catches_up() {
	FROM=0
	policies
	start dira
	start dirb
	wait_for state_is dira READY
	watches
	hears "node 1 (this one): READY"
	hears "node 2 ("
	kill -STOP $WATCHER
	for _ in {1..60}; do in_ns dira ipvsl7adm --drain; in_ns dira ipvsl7adm --undrain; done
	stop dirb
	wait_for state_is dira ALONE
	kill -CONT $WATCHER
	hears "node 1 (this one): ALONE"
	[ "$(words | grep -c "(this one)")" -lt 120 ] || fail "nothing was missed: this shows nothing"
}

ktap_plan 5
l7_topo_up
mirror_key
run_test_v4v6 follows "peers come, differ, fall silent, go"
run_test_v4v6 follows_json "for programs"
run_test catches_up "a slow reader"
ktap_exit
