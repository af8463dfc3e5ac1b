# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the anchors of scripts/endurance share: directors that cannot tell whether they have what their peers have.
# So one may take the addresses half a minute after it began: until then a connection in use has told of itself.
# A file keeps it from that, and is how it drains, too.

WAITS=$L7_TMP/waits
READY_SCRIPT="$(type -P test) ! -e $WAITS"

settles() {
	SETTLED=$((SECONDS + 30))
	: >"$WAITS"
}
is_ready() { [ "$SECONDS" -ge "$SETTLED" ] && rm "$WAITS" && echo "after half a minute"; }
cmd_drain() { : >"$WAITS" && echo drains; }
cmd_undrain() { rm "$WAITS" && echo "takes part"; }
