#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Where the instructions go: profile.sh SETUP, within a guest with --icount. Samples taken by
# virtual time, one each so many instructions.
# shellcheck source=guest.sh
L7_BENCH_SOURCED=1 . "$(dirname "$0")/guest.sh"

l7_family "${2:-4}"
bench_up
insmod_once() { [ -e /sys/module/ip_vs_l7 ] || insmod "$L7_MODULE"; }
case $1 in
direct) place near "$SRV1" 8000 ;;
router) rmmod ip_vs_l7; service 8001; place client "$SRV1" 8000 ;;
ipvs) rmmod ip_vs_l7; service 8001; place client "$VIP" 8001 ;;
*) insmod_once; cookie_up ;;&
router-beside-l7) service 8001; place client "$SRV1" 8000 ;;
ipvs-beside-l7) service 8001; place client "$VIP" 8001 ;;
l7-cookie) place client "$VIP" 8002 ;;
esac
run "${AT[@]:0:1}" conn "${AT[@]:1}" 50
perf record -q -a -e cpu-clock:k -c 1000 -o "$L7_TMP/perf.data" -- \
	busybox nsenter --net="/run/netns/${AT[0]}" "$LOAD" conn "${AT[@]:1}" $FROM "$CONNS" "${BROWSER[@]}" >&2
perf report -q -i "$L7_TMP/perf.data" --stdio --no-children -s symbol -F sample,symbol 2>/dev/null
