# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# The link of the directors in other hands: l7_sync.py, after lib.sh. KEY is the file of the key.

# wire COMMAND...: of l7_sync.py; prints its answer.
wire_begin() { echo "$*" >&"$WIRE_TO"; }
wire_end() {
	local line
	while read -r -t "${L7_WIRE_SECONDS:-60}" -u "$WIRE_FROM" line; do
		case $line in
		.) return ;;
		!*) fail "wire: ${line#! }" ;;
		*) echo "$line" ;;
		esac
	done
	fail "wire: no answer"
}
wire() {
	wire_begin "$@"
	wire_end
}

wire_up() {
	local to=$L7_TMP/wire.to from=$L7_TMP/wire.from
	rm -f "$to" "$from"
	mkfifo "$to" "$from"
	exec {WIRE_TO}<>"$to" {WIRE_FROM}<>"$from"
	/usr/bin/python3 -S -E "$L7_SELFTESTS/l7_sync.py" "$KEY" "$to" "$from" \
		</dev/null >"$L7_TMP/wire.log" 2>&1 &
	defer kill $!
}
