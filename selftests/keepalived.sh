# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# keepalived at a director, for tests; after lib.sh.

# keepalived_up DIRECTOR [SCRIPT] <INSTANCES: with those, which may track l7_ready, as the documentation has it
# (or SCRIPT in its place); until the test case ends.
keepalived_up() {
	local d=$1 script=${2:-"$(type -P ipvsl7adm) --ready"}
	{
		cat <<-TXT
		global_defs {
		  router_id $d
		  vrrp_version 3
		  enable_script_security
		  script_user root
		}
		vrrp_script l7_ready {
		  script "$script"
		  interval 1
		  timeout 5
		  rise 1
		  fall 10
		  weight -100
		  init_fail
		}
		TXT
		cat
	} >"$L7_TMP/$d.vrrp.conf"
	(exec busybox nsenter --net="/run/netns/$d" -- "$(type -P keepalived)" --vrrp \
		--dont-fork --log-console --log-detail --use-file "$L7_TMP/$d.vrrp.conf" \
		--pid "$L7_TMP/$d.keepalived" --vrrp_pid "$L7_TMP/$d.vrrp" \
		>"$L7_TMP/$d.keepalived.log" 2>&1 </dev/null) &
	defer keepalived_down "$d"
}
keepalived_down() {
	local pid
	read -r pid 2>/dev/null <"$L7_TMP/$1.keepalived" || return 0
	kill "$pid" 2>/dev/null
	wait_for test ! -e "$L7_TMP/$1.keepalived"
}
