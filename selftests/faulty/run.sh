#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The check of the check, run on the host: a guest with the debug kernel in which something goes
# wrong must end as a failure, and one in which nothing does must not. One boot for each fault.
#
#   selftests/faulty/run.sh [FAULT]...
#
# Prints KTAP, and "N passed, N failed" as the last line.
set -u

here=$(cd -P -- "$(dirname -- "$0")" && pwd) || exit
top=${here%/*/*}

# Fault, status of scripts/vm (99: complaint, 125: panic, as panic_on_warn has it), and what
# the kernel must have said.
faults() {
	cat <<-TXT
	none            0
	use_after_free  125 KASAN: use-after-free
	out_of_bounds   125 KASAN: slab-out-of-bounds
	double_free     125 KASAN: double-free
	leak            99  unreferenced object
	sleep_in_atomic 99  sleeping function called from invalid context
	lock_inversion  99  possible circular locking dependency
	lock_softirq    99  inconsistent lock state
	rcu_unlocked    99  suspicious rcu_dereference_check
	shift           99  UBSAN: shift-out-of-bounds
	list_twice      125 list_del corruption
	reference       125 refcount_t: addition on 0
	active_timer    125 ODEBUG: free active
	TXT
}

tmp=$(mktemp -d) || exit
trap 'rm -rf "$tmp"' EXIT
kdir=$("$top/scripts/kernels" --kdir debug) || exit
make -s -C "$kdir" M="$here" modules || exit

# One guest; prints why it is not as wanted.
try() {
	local fault=$1 wanted=$2 said=$3 status
	"$top/scripts/vm" --kernel debug --no-module --log "$tmp/console" -- \
		insmod "$here/faulty.ko" "fault=$fault" >"$tmp/out" 2>&1
	status=$?
	[ "$status" = "$wanted" ] || { echo "status $status, wanted $wanted"; return 1; }
	[ -z "$said" ] || grep -qF "$said" "$tmp/console" "$tmp/out" || {
		echo "nobody said '$said'"
		return 1
	}
}

passed=0 failed=0 n=0
echo "TAP version 13"
[ $# -gt 0 ] || mapfile -t all < <(faults)
[ $# = 0 ] || mapfile -t all < <(faults | grep -wE -- "^($(IFS='|'; echo "$*"))")
echo "1..${#all[@]}"
for line in "${all[@]}"; do
	n=$((n + 1))
	read -r fault status said <<<"$line"
	if why=$(try "$fault" "$status" "$said"); then
		passed=$((passed + 1))
		echo "ok $n faulty: $fault"
	else
		failed=$((failed + 1))
		echo "not ok $n faulty: $fault"
		printf '%s\n' "$why" "$(tail -n 60 "$tmp/out")" | sed 's/^/# /'
	fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
