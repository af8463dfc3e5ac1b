#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs selftests, all or the named ones, inside the guest: scripts/vm -- selftests/run.sh
# Prints KTAP, and "N passed, N failed[, N skipped]" (test cases) as the last line.
#
#   selftests/run.sh [-v] [TEST]...      a name, with or without test_ and .sh
set -u

here=$(cd -P -- "$(dirname -- "$0")" && pwd) || exit
if [ "${1-}" = -v ]; then
	export L7_VERBOSE=1
	shift
fi
# shellcheck source=lib.sh
. "$here/lib.sh"

tests=()
if [ $# = 0 ]; then
	tests=("$here"/test_*.sh)
else
	for t in "$@"; do
		t=${t##*/} t=${t%.sh}
		t=$here/test_${t#test_}.sh
		[ -x "$t" ] || { echo "run.sh: no test $t" >&2; exit 2; }
		tests+=("$t")
	done
fi
limit=$(sed -n 's/^timeout=//p' "$here/settings")
limit=${L7_TEST_TIMEOUT:-$((${limit:-300} * ${L7_SLOW:-1}))}

echo "TAP version 13"
echo "1..${#tests[@]}"
since=$EPOCHREALTIME
l7_topo_up || { echo "Bail out! no topology"; exit 1; }
echo "# topology: $(elapsed_ms "$since") ms"

n=0 passed=0 failed=0 skipped=0
for t in "${tests[@]}"; do
	n=$((n + 1))
	name="selftests: ipvs-l7: ${t##*/}"
	echo "# $name"
	since=$EPOCHREALTIME
	kernel_mark "${t##*/}"
	# The timeout's TERM runs the test's deferred clean-up; KILL follows.
	timeout -k 10 "$limit" "$t" </dev/null 2>&1 | tee "$L7_TMP/file.log" | sed -u 's/^/# /'
	rc=${PIPESTATUS[0]}
	read -r p f s < <(awk '
		/^not ok / { f++; next }
		/^ok .*# SKIP/ { s++; next }
		/^ok / { p++ }
		END { print p + 0, f + 0, s + 0 }' "$L7_TMP/file.log")
	note=
	case $rc in
	0) ;;
	4) [ $((p + f + s)) != 0 ] || s=1 ;;
	124 | 137) note=" # TIMEOUT $limit seconds" f=$((f + 1)) ;;
	*) [ "$f" != 0 ] || { f=1; note=" # exit=$rc"; } ;;
	esac
	# Outside its test cases too, the kernel must have kept quiet.
	if ! check_kernel_clean "$KERNEL_MARK" >"$L7_TMP/kernel.log"; then
		if [ "$f" = 0 ]; then
			f=1
			sed 's/^/# /' "$L7_TMP/kernel.log"
		fi
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	ok=ok
	[ "$f" = 0 ] || ok="not ok"
	[ "$rc" != 4 ] || note=" # SKIP"
	echo "$ok $n $name$note"
	echo "# ${t##*/}: $(elapsed_ms "$since") ms"
done

summary="$passed passed, $failed failed"
[ "$skipped" = 0 ] || summary="$summary, $skipped skipped"
echo "$summary"
[ "$failed" = 0 ]
