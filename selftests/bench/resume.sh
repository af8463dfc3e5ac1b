#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# How many sessions of TLS are resumed behind a director, with plain IPVS and with a policy: within a guest.
# Prints a table.
#
#   resume.sh [CONNECTIONS]      of each row, 1000
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=../tls.sh
. "$L7_SELFTESTS/tls.sh"

RECONNECTS=${1:-1000}
SESSIONS=20

# row WHAT PORT KEY NAME=VALUE...: clients that come back again and again, without and with a policy.
row() {
	local what=$1 port=$2 key=$3 plain
	shift 3
	service "$port" rr
	tls_client order=random "sessions=$SESSIONS" "requests=$((RECONNECTS / SESSIONS))" "$@"
	plain=$RESUMED
	in_ns dira ipvsl7adm -A -t "$SVC" -k "$key"
	tls_client order=random "sessions=$SESSIONS" "requests=$((RECONNECTS / SESSIONS))" "$@"
	counters
	awk -v what="$what" -v f="IPv$FAMILY" -v n="$CONNECTIONS" -v a="$plain" -v b="$RESUMED" \
		-v c="${C[plain_fallback]}" 'BEGIN {
		printf "%-24s %-5s %12d %10.1f %% %10.1f %% %9d\n", what, f, n, a * 100 / n, b * 100 / n, c }'
	service_clear "$SVC"
}

l7_topo_up && l7_nginx_up && tls_up || exit
# Left: connections of a port that a plain one, of the half before, has still.
printf '%-24s %-5s %12s %12s %12s %9s\n' "sessions by" "" reconnects "plain IPVS" ip_vs_l7 left
for f in 4 6; do
	l7_family $f
	row "session ID, TLS 1.2" "$ID_PORT" tls-session version=1.2 ticket=0
	row "ticket, TLS 1.2" "$TICKET_PORT" tls-ticket version=1.2
	row "ticket, TLS 1.3" "$V13_PORT" tls-ticket
done
tls_down
