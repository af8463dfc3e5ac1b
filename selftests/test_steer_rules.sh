#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Steering rules: their order and targets, how they are changed, listed, saved, refused.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=steer.sh
. "$L7_SELFTESTS/steer.sh"

# The first that matches; what stands behind any is refused.
order() {
	one_each
	service $HTTP rr -- -s 'path:/a/b/*=fwmark:1' -s 'path:/a/*=fwmark:2' -s any=fwmark:3
	assert_eq "in order" "$(ask x /a/b/c) $(ask x /a/c) $(ask x /b)" "rs1 rs2 rs3"
	in_ns dira ipvsl7adm -E -t "$SVC" -s 'path:/a/*=fwmark:2' -s 'path:/a/b/*=fwmark:1' -s any=fwmark:3
	assert_eq "the other way round" "$(ask x /a/b/c) $(ask x /a/c) $(ask x /b)" "rs2 rs2 rs3"
	in_ns dira ipvsl7adm -E -t "$SVC" -s 'path:/a/*=service' -s any=fwmark:3
	assert_eq "the service's own" "$(ask_set 3 x /a/b) $(ask_set 2 x /)" "rs1 rs2 rs3 rs3"
	assert_counters steer_none=0 steered=8
}

resets() {
	local rc=0
	one_each
	service $HTTP rr -- -s 'path:/private/*=reset' -s any=fwmark:2
	assert_eq answers "$(client get count=2 path=/private/y | grep -c "error=connection-reset-by-peer")" 2
	client_curl "http://$VIP_URL:$PORT/private/" 2>/dev/null || rc=$?
	assert_eq "curl's status: reset" "$rc" 56
	assert_counters steer_reset=3 steered=0 spliced=0
	assert_eq others "$(ask x /public)" rs2
}

# Who says too little in time, or nothing that a rule looks at, gets the default pool.
too_little() {
	one_each
	service $HTTP rr -- -s 'path:/api/*=fwmark:3' -s any=fwmark:2
	in_ns dira ipvsl7adm -E -t "$SVC" --inspect-timeout 300ms
	client_background little hold count=1 text='GET /ap' timeout=$((10 * ${L7_SLOW:-1}))
	wait_for counter_is steered 1
	in_ns dira ipvsl7adm --flows -n | grep -Fq "$(server_at rs2 $HTTP)" || fail "not at rs2"
	assert_counters slow_fallback=1 steer_none=0
	assert_eq "all of it" "$(ask x /api/)" rs3
}

# Without steering again, and the other way round.
edited() {
	one_each
	service $HTTP rr -- -k cookie:SESSID
	assert_eq "not steered" "$(ask_set 3 one.example /)" "rs1 rs2 rs3"
	in_ns dira ipvsl7adm -E -t "$SVC" -s any=fwmark:2
	assert_eq steered "$(ask_set 3 one.example /)" rs2
	in_ns dira ipvsl7adm -E -t "$SVC" -p 5m
	assert_eq "still steered" "$(ask_set 3 one.example /)" rs2
	in_ns dira ipvsl7adm -E -t "$SVC" -s none
	assert_eq "not steered again" "$(ask_set 3 one.example /)" "rs1 rs2 rs3"
	! in_ns dira ipvsl7adm -S | grep -q -- '-s ' || fail "$(in_ns dira ipvsl7adm -S)"
	assert_counters steered=6
}

long() { printf "$1%0$((127 - ${#1}))d" "$2"; }

# Save, restore: the same; and what needs more room than a page.
saved() {
	local before i rules=()
	in_ns dira ipvsl7adm -A -t "$VIP_URL:90" -k src -s sni:a.example=fwmark:1 -s 'sni:*.b.example=service' \
		-s alpn:h2=fwmark:4294967295 -s 'path:*.php=reset' -s 'path:/api/*=fwmark:3' -s path:/x=fwmark:3 \
		-s 'header:User-Agent:Mozilla/5.0 (X*=reset' -s 'header:A:b="c" d=fwmark:9' -s any=service
	defer in_ns dira ipvsl7adm -C
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		rules+=(-s "header:$(long A 1 | cut -c-64):$(long b "$i")=fwmark:4294967295")
	done
	in_ns dira ipvsl7adm -A -t "$VIP_URL:91" "${rules[@]}"
	before=$(in_ns dira ipvsl7adm -S)
	assert_eq "rules saved" "$(grep -o -- ' -s ' <<<"$before" | wc -l)" 25
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <<<"$before"
	assert_eq "after restore" "$(in_ns dira ipvsl7adm -S)" "$before"
	grep -q -- '-s path:/api/\*=fwmark:3' <<<"$before" || fail "$before"
	# Listed in order, as text and as JSON.
	in_ns dira ipvsl7adm -L -n | grep -A1 'src$' | grep -Eq '^ +sni:a.example=fwmark:1$' ||
		fail "$(in_ns dira ipvsl7adm -L -n)"
	assert_eq JSON "$(in_ns dira ipvsl7adm -L -n --json -t "$VIP_URL:90" | python3 -IS -c '
import json, sys
s = json.load(sys.stdin)["services"][0]["steer"]
print(len(s), *(s[4][k] for k in ("match", "how", "pattern", "target", "fwmark")), s[6]["name"], s[8])')" \
		"9 path prefix /api/ fwmark 3 User-Agent {'rule': 'any=service', 'match': 'any', 'target': 'service'}"
}

# What makes no sense is refused, in words.
refused() {
	local rc out rule want
	while IFS='|' read -r rule want; do
		rc=0
		# shellcheck disable=SC2086
		out=$(in_ns dira ipvsl7adm -A -t "$VIP_URL:80" $rule 2>&1) || rc=$?
		[ $rc != 0 ] || fail "$rule: taken"
		grep -q -- "^ipvsl7adm: .*$want" <<<"$out" || fail "$rule: $out"
	done <<-END
		-s host:a:80=fwmark:1|without its port
		-s host:a..b=fwmark:1|label of the name is empty
		-s sni:a*=fwmark:1|not a host name
		-s path:api=fwmark:1|begins with /
		-s path:/a*b=fwmark:1|only once
		-s any=fwmark:0|not in 1..4294967295
		-s any=reset -s sni:a=fwmark:1|never looked at
		-s sni:a=reset -s sni:A=fwmark:1|given twice
		-s sni:a|not MATCH=TARGET
		-s none|wants --key, --steer, --mirror or --ftp
		-k src -s none -s any=reset|goes alone
	END
	! in_ns dira ipvsl7adm -A -t "$VIP_URL:25" -s any=fwmark:1 2>/dev/null || fail "taken at port 25"
	! in_ns dira ipvsl7adm -S | grep -- '-A' || fail "something was taken"
	service 80 rr -- -k src -s any=fwmark:1
	out=$(in_ns dira ipvsl7adm --add-binding src="$CLI1" -f 2 -t "$SVC" -r "$(server_at rs1 80)" 2>&1) && fail taken
	grep -q "does not steer there" <<<"$out" || fail "$out"
	service 81 rr -- -s any=fwmark:1
	! in_ns dira ipvsl7adm -E -t "$SVC" -s none 2>/dev/null || fail "neither key nor steering, and taken"
}

ktap_plan 12
l7_topo_up
steer_up || exit
defer steer_down
run_test_v4v6 order "order and default"
run_test_v4v6 resets "reset"
run_test_v4v6 too_little "an unfinished request"
run_test_v4v6 edited
run_test_v4v6 saved "saved and restored"
run_test_v4v6 refused
ktap_exit
