#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's second half of "scripts/bench sync": what ip_vs_l7 alone is to reach, a row each.
#
#   sync_aims.sh ROW[:ARG]...
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

HERE=$L7_SELFTESTS/bench
export KEY=$L7_TMP/key

# row SCRIPT ROW ARG...
row() {
	local script=$1 name=$2
	shift
	/usr/bin/python3 -S -E "$HERE/aims_$script.py" "$@" 2>"$L7_TMP/errors" ||
		echo "note $name: $(tail -n 1 "$L7_TMP/errors")"
}

l7_topo_up && l7_nginx_up || exit
l7_family 4
in_ns dira ipvsl7adm --generate-key="$KEY"
for d in dira dirb; do l7_ipvs_service $d "$VIP" 80; done
for spec; do
	IFS=: read -ra words <<<"$spec"
	case ${words[0]} in
	join | rejoin | wrong | rate) row tables "${words[@]}" ;;
	lossy | loss50 | unplanned | semi | planned) row states "${words[@]}" ;;
	forged) row forged "${words[@]}" ;;
	*) echo "note no row ${words[0]}" ;;
	esac
done
