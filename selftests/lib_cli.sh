# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of ipvsl7adm share; sourced after lib.sh.

ADM=ipvsl7adm

# From here on the build with sanitizers, if there is one.
use_sanitized() {
	ADM=$L7_TOP/userspace/obj/asan/ipvsl7adm
	[ -x "$ADM" ] || skip "not built: make -C userspace asan"
}

adm() { in_ns dira "$ADM" "$@"; }

clear_all() {
	adm --stop-sync 2>/dev/null
	adm -C
	adm --flush-bindings
	adm --set-limits bindings=1m,flows=1m,pending=16k,pending-src=4k,pending-bytes=64m
}

# refused STATUS PATTERN ARG...: that exit status, the message, and nothing on stdout.
refused() {
	local want=$1 pattern=$2 rc=0
	shift 2
	adm "$@" >"$L7_TMP/out" 2>"$L7_TMP/err" || rc=$?
	assert_eq "status of $*" "$rc" "$want"
	grep -Eq -- "^ipvsl7adm: $pattern" "$L7_TMP/err" || fail "message of $*: $(cat "$L7_TMP/err")"
	[ ! -s "$L7_TMP/out" ] || fail "output of $*: $(cat "$L7_TMP/out")"
}

# fields SUBSCRIPT...: of the JSON values on standard input, one after the other; in Python's
# manner, as "[0]['a']". A line for each; without any, only the JSON is checked.
fields() {
	python3 -IS -c '
import json, sys
text, values = sys.stdin.read().lstrip(), []
while text:
	value, end = json.JSONDecoder().raw_decode(text)
	values.append(value)
	text = text[end:].lstrip()
for path in sys.argv[1:]:
	print(eval("v" + path, {"v": values}))' "$@"
}
