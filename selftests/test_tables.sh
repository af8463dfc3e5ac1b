#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tables of policies and bindings: what may be configured, what is found again by its key,
# idle expiry, the limit, growth, flushing.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

l7() { in_ns dira ipvsl7adm "$@"; }

l7_clear() {
	l7 -C
	l7 --flush-bindings
	l7 --set-limits bindings=1048576
}

# Sets SVC, and gives it a policy: policy [OPTION...]
policy() {
	SVC=$(url_host "$VIP"):80
	defer l7_clear
	l7 -A -t "$SVC" "$@"
}

real() { echo "$(url_host "$1"):80"; }
bind() { l7 --add-binding "$1" -t "$SVC" -r "$(real "$2")"; }
unbind() { l7 --del-binding "$1" -t "$SVC"; }

# server_for KEY [SERVICE], seconds_for KEY: from the binding; fail if there is none.
row() { l7 --lookup "$1" -t "${2:-$SVC}" -n | sed 1d; }
server_for() { row "$@" | awk '{ sub(/:80$/, "", $4); gsub(/[][]/, "", $4); print $4 }'; }
seconds_for() { row "$1" | awk '{ split($1, t, ":"); print t[1] * 60 + t[2] }'; }
is_bound() { l7 --lookup "$1" -t "$SVC" -n >/dev/null 2>&1; }
is_unbound() { ! is_bound "$@"; }
has_less() { [ "$(seconds_for "$1")" -lt "$2" ]; }

# Prints a counter of the namespace.
counter() { l7 --stats -nv | awk -v name="$1" '/^TCP/ { exit } $1 == name { print $2 }'; }
bindings() { l7 --bindings -n "$@" | sed 1d | wc -l; }
is_counted() { [ "$(counter "$1")" = "$2" ]; }
used() { l7 -L -n | sed -n 's/^Used: \([0-9]*\) .*/\1/p'; }
is_used() { [ "$(used)" = "$1" ]; }

# refused STATUS WORD OPTION...: the command fails so, and its message has the word.
refused() {
	local want=$1 word=$2 rc=0 text
	shift 2
	text=$(l7 "$@" 2>&1) || rc=$?
	assert_eq "status of $*" "$rc" "$want"
	case $text in *"$word"*) ;; *) fail "$*: '$text' does not say '$word'" ;; esac
}

refused_policies() {
	local ip=$VIP_URL
	defer l7_clear
	for port in 21 22 25 110 143 587 3306; do
		refused 1 'server speaks first' -A -t "$ip:$port" -k src -k cookie:SID
	done
	l7 -A -t "$ip:25" -k src
	refused 1 'twice' -A -t "$ip:80" -k cookie:SID -k src -k cookie:SID
	refused 1 'offset' -A -t "$ip:80" -k cookie:SID,offset=500,length=12 --max-request 512
	refused 1 'service' -D -t "$ip:80"
	refused 1 'service' -E -t "$ip:80" -k src
	refused 1 'policy already' -A -t "$ip:25" -k src
	assert_eq "policies" "$(l7 -S | grep -c ^-A)" 1
}

by_key() {
	policy -k cookie:SID -k 'cookie:PART*,offset=1,length=2' -k src
	bind cookie:SID=one "$SRV1"
	bind cookie:SID=two "$SRV2"
	bind "src=$CLI1" "$SRV3"
	assert_eq one "$(server_for cookie:SID=one)" "$SRV1"
	assert_eq two "$(server_for cookie:SID=two)" "$SRV2"
	assert_eq src "$(server_for "src=$CLI1")" "$SRV3"
	is_unbound cookie:SID=three
	is_unbound "src=$CLI2"
	# The same value under another rule is another key.
	is_unbound 'cookie:PART*,offset=1,length=2=one'
	assert_eq rows "$(bindings)" 3

	bind cookie:SID=one "$SRV3"
	assert_eq "moved" "$(server_for cookie:SID=one)" "$SRV3"
	assert_eq "rows, one moved" "$(bindings)" 3
	unbind cookie:SID=one
	is_unbound cookie:SID=one
	refused 1 none --del-binding cookie:SID=one -t "$SVC"
	assert_eq "rows, one deleted" "$(bindings)" 2
}

# A long value is hashed whole: the last byte counts.
long_values() {
	local value
	policy -k cookie:SID
	value=$(printf '%03500d' 7)
	bind "cookie:SID=${value}a" "$SRV1"
	bind "cookie:SID=${value}b" "$SRV2"
	assert_eq a "$(server_for "cookie:SID=${value}a")" "$SRV1"
	assert_eq b "$(server_for "cookie:SID=${value}b")" "$SRV2"
}

# Two services know nothing of each other's keys.
services_apart() {
	local other
	other=$(url_host "$VIP2"):80
	policy -k cookie:SID
	l7 -A -t "$other" -k cookie:SID
	bind cookie:SID=one "$SRV1"
	l7 --add-binding cookie:SID=one -t "$other" -r "$(real "$SRV2")"
	assert_eq here "$(server_for cookie:SID=one)" "$SRV1"
	assert_eq there "$(server_for cookie:SID=one "$other")" "$SRV2"
	l7 --flush-bindings -t "$other"
	assert_eq "rows of the flushed" "$(bindings -t "$other")" 0
	assert_eq "here still" "$(server_for cookie:SID=one)" "$SRV1"
	# keepalived takes services away and brings them back.
	l7 -D -t "$SVC"
	assert_eq "rows without policy" "$(bindings)" 1
	l7 -A -t "$SVC" -k cookie:SID -k src
	assert_eq "policy back" "$(server_for cookie:SID=one)" "$SRV1"
	l7 --flush-bindings
	assert_eq "rows after all" "$(bindings)" 0
}

# Never before its time; how long after it is up to the machine.
expiry() {
	local t0 ms before
	policy -k cookie:SID --timeout 2
	before=$(counter binding_expired)
	t0=$EPOCHREALTIME
	bind cookie:SID=one "$SRV1"
	wait_for is_unbound cookie:SID=one
	ms=$(elapsed_ms "$t0")
	[ "$ms" -ge 2000 ] || fail "gone after $ms ms"
	assert_eq rows "$(bindings)" 0
	# The scan gives the memory back.
	wait_for is_used 0
	wait_for is_counted binding_expired $((before + 1))
}

# A look does not extend a binding, a use does.
use_extends() {
	policy -k src --timeout 8
	l7_ipvs_service dira "$VIP" 80 rr
	l7_nginx_up
	assert_eq first "$(client_get /who --interface "$CLI1" | server_of)" \
		"$(client_get /who --interface "$CLI1" | server_of)"
	wait_for has_less "src=$CLI1" 6
	client_get /who --interface "$CLI1" >/dev/null
	[ "$(seconds_for "src=$CLI1")" -ge 6 ] || fail "was not extended"
	assert_eq rows "$(bindings)" 1
}

# At the limit new ones are refused and counted, and live ones stay; a place that is given back
# can be had, and moving needs none.
table_full() {
	local before i
	policy -k cookie:SID
	l7 --set-limits bindings=5
	before=$(counter binding_full)
	for i in 1 2 3 4 5; do bind "cookie:SID=$i" "$SRV1"; done
	refused 1 limit --add-binding cookie:SID=6 -t "$SVC" -r "$(real "$SRV1")"
	is_unbound cookie:SID=6
	assert_eq "counted" "$(counter binding_full)" $((before + 1))
	for i in 1 2 3 4 5; do is_bound "cookie:SID=$i"; done
	bind cookie:SID=3 "$SRV2"
	assert_eq moved "$(server_for cookie:SID=3)" "$SRV2"
	unbind cookie:SID=4
	bind cookie:SID=6 "$SRV1"
	assert_eq used "$(used)" 5
}

# The table grows and shrinks under a reader that looks at all of it.
growth() {
	local n=1000 i reader
	policy -k cookie:SID
	{ while l7 --bindings -n >/dev/null; do :; done; } &
	reader=$!
	defer kill "$reader"
	for ((i = 0; i < n; i++)); do
		echo "--add-binding cookie:SID=value$i -t $SVC -r $(real "$SRV1")"
	done >"$L7_TMP/commands"
	l7 -R <"$L7_TMP/commands"
	assert_eq used "$(used)" "$n"
	for i in 0 1 $((n / 2)) $((n - 1)); do is_bound "cookie:SID=value$i"; done
	l7 --flush-bindings -t "$SVC"
	assert_eq "used, flushed" "$(used)" 0
	is_unbound cookie:SID=value1
	kill -0 "$reader" || fail "the reader failed"
}

l7_topo_up || ktap_skip_all "no topology"
ktap_plan 14
run_test_v4v6 refused_policies "policies that make no sense are refused"
run_test_v4v6 by_key "bindings by key"
run_test_v4v6 long_values "long values"
run_test_v4v6 services_apart "services and flushing"
run_test_v4v6 expiry "idle expiry"
run_test_v4v6 use_extends "use extends"
l7_family 4
run_test table_full "limit of the table"
run_test growth "growth and shrinking"
ktap_exit
