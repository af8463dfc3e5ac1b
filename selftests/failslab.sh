# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Allocations that fail, one place of the module after the other; after lib.sh. For the debug kernel.

needs_failslab() {
	[ -e /sys/kernel/debug/failslab/require-start ] || ktap_skip_all "not a debug kernel"
}

failslab() { /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_failslab.py" "$@"; }

# is_of_family PLACE: the same for ever.
is_of_family() {
	local sum
	read -r sum _ < <(cksum <<<"$1")
	[ $((sum % 2)) = $((FAMILY == 6)) ]
}

# sweep LEAST WORKLOAD: the workload succeeds; with each of its allocations failing once, it
# succeeds if ONCE is set, and in any case does so afterwards. There are at least so many. With
# HALF set every second place has its turn, for IPv6 the others.
sweep() {
	local least=$1 work=$2 sites site name n=0 quiet='' times rc
	"$work"
	failslab trace
	"$work"
	sites=$(failslab sites)
	[ "$(grep -c . <<<"$sites")" -ge "$least" ] || fail "too few places: $sites"
	defer failslab disarm
	while read -r site name; do
		[ -z "${HALF-}" ] || is_of_family "$name" || continue
		for times in 1 -1; do
			failslab arm "$site" $times
			rc=0
			("$work") >"$L7_TMP/work.log" 2>&1 || rc=$?
			if [ $times = 1 ]; then
				[ "$(failslab fired)" -gt 0 ] || quiet+=" $name"
				[ $rc = 0 ] || [ -z "${ONCE-}" ] || fail "one failure in $name: $(<"$L7_TMP/work.log")"
			fi
			failslab disarm
			("$work") >"$L7_TMP/work.log" 2>&1 || fail "after $name ($times): $(<"$L7_TMP/work.log")"
		done
		n=$((n + 1))
	done <<<"$sites"
	echo "$n places that allocate:" && cut -d' ' -f2 <<<"$sites"
	[ -z "$quiet" ] || echo "did not allocate again:$quiet"
	# Some do so for the first packet only, but not most.
	[ "$(wc -w <<<"$quiet")" -le $((n / 2)) ] || fail "nothing failed in:$quiet"
}
