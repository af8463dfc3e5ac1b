#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Has the kernel complained? Sourced by lib.sh and scripts/vm-init; needs dmesg and awk.
#
#   kernel_mark                 sets KERNEL_MARK: the taint now, and a line it put in the log
#   kernel_clean_since MARK     prints what is wrong since then; status 1 if anything is

# A static program starts several times faster in emulation.
L7_BUSYBOX=$(command -v busybox)

# Taint bits that loading an unsigned out-of-tree module sets: O (12) and E (13).
L7_TAINT_ALLOWED=12288
# One of these begins a complaint.
L7_SPLAT='WARNING:|(^|[^A-Z])BUG:|kernel BUG at|Oops:|INFO: possible|INFO: trying to register'
L7_SPLAT="$L7_SPLAT|general protection|suspicious RCU|KASAN:|UBSAN:|ODEBUG:|DEBUG_LOCKS_WARN"
L7_SPLAT="$L7_SPLAT|[Kk]ernel panic|unable to handle|blocked for more than|self-detected stall"
L7_SPLAT="$L7_SPLAT|detected stalls|hard LOCKUP|refcount_t:|list_(add|del) corruption"
L7_SPLAT="$L7_SPLAT|unreferenced object|new suspected memory leaks|unregister_netdevice: waiting"
L7_SPLAT="$L7_SPLAT|leaked reference|[Bb]ad page|held lock freed|cut here"

# What Linux 6.1 says of itself with CONFIG_PROVE_RCU_LIST: nf_tables walks its lists under a mutex of its
# own. The file is named three lines below.
L7_SPLAT_OTHERS='^(\[[ 0-9.]*\] )?net/netfilter/(nf_tables_api|nft_set_[a-z]*)\.c:[0-9]* RCU-list traversed'

# The file ends for a second read(), and some shells read byte by byte.
kernel_taint() {
	$L7_BUSYBOX cat /proc/sys/kernel/tainted
}

kernel_mark() {
	km_taint=$(kernel_taint)
	read -r km_up _ </proc/uptime
	KERNEL_MARK="$km_taint:kernel_mark $$ $km_up"
	echo "${KERNEL_MARK#*:}${1:+ }${1-}" >/dev/kmsg
}

# Copies the complaints after the line with $1 in a kernel's log on standard input, from two
# lines before each to 45 after it, at most 200 lines; status 1 if there are any.
kernel_complaints() {
	L7_SPLAT="$L7_SPLAT" L7_SPLAT_OTHERS="$L7_SPLAT_OTHERS" $L7_BUSYBOX awk -v mark="$1" '
		BEGIN { splat = ENVIRON["L7_SPLAT"]; others = ENVIRON["L7_SPLAT_OTHERS"] }
		function is_others(i) { return line[i] ~ /suspicious RCU/ && line[i + 3] ~ others }
		{ line[NR] = $0 }
		index($0, mark) { first = NR }
		END {
			for (i = first + 1; i <= NR; i++) {
				if (line[i] ~ splat && line[i] !~ /kernel_mark/ && !is_others(i)) {
					if (!bad++)
						print "kernel log:"
					if (shown < i - 3)
						shown = i - 3
					if (shown < first)
						shown = first
					until = i + 45
				}
				for (; bad && shown < i && i <= until && n < 200; n++)
					print line[++shown]
			}
			exit bad > 0
		}'
}

kernel_clean_since() {
	kc_bad=0
	$L7_BUSYBOX dmesg | kernel_complaints "${1#*:}" || kc_bad=1
	kc_now=$(kernel_taint)
	if [ $((kc_now & ~${1%%:*} & ~L7_TAINT_ALLOWED)) != 0 ]; then
		echo "kernel taint: ${1%%:*} -> $kc_now"
		kc_bad=1
	fi
	return $kc_bad
}
