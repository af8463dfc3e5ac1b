#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs the unit tests it is given, as subtests of one KTAP output, and ends with a line
# "N passed, N failed" that counts their cases. "make run" calls it.
set -u

log=$(mktemp) || exit
trap 'rm -f "$log"' EXIT
passed=0 failed=0 n=0
echo "KTAP version 1"
echo "1..$#"
for t in "$@"; do
	n=$((n + 1)) name=${t##*/}
	"$t" >"$log" 2>&1 </dev/null
	rc=$?
	sed 's/^/  /' "$log"
	p=$(grep -ac '^ok ' "$log")
	f=$(grep -ac '^not ok ' "$log")
	# Ended early: by a sanitizer, a signal, or before the first case.
	if [ "$f" = 0 ] && { [ $rc != 0 ] || [ "$p" = 0 ] || ! grep -aq '^1\.\.' "$log"; }; then
		echo "  # $name: exit status $rc after $p cases"
		f=1
	fi
	passed=$((passed + p)) failed=$((failed + f))
	if [ "$f" = 0 ]; then echo "ok $n $name"; else echo "not ok $n $name"; fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
