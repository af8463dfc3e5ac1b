#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest whose power is cut by scripts/endurance: director A, alone on a machine.
# shellcheck source=guest.sh
. "$(dirname "$0")/guest.sh"
NS=dira

mkdir -p "$L7_TMP"
l7_net_defaults
modprobe -a ip_vs ip_vs_wlc virtio_net || fail "modules"
ip netns add lan && ip netns add $NS || fail "namespaces"
nic 52:54:00:00:0a:01 $NS out && nic 52:54:00:00:0a:02 $NS in && nic 52:54:00:00:0a:03 $NS sync &&
	l7_director_net $NS 1 || fail "network"
watch_address $NS &
director $NS 1 150 || fail "director"
watch_ready $NS &
echo up
obey
