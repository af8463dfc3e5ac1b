# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What both guests of scripts/endurance share: a director in a namespace, as the documentation has it,
# and the host's commands. They come by a serial port, a line each: "N COMMAND ARG..."; for each a
# function cmd_COMMAND is called. Standard output goes to the host, a line for each event.
# shellcheck source=../lib.sh
. "${BASH_SOURCE[0]%/*}/../lib.sh"
# shellcheck source=../keepalived.sh
. "$L7_SELFTESTS/keepalived.sh"
ulimit -n 65536

HERE=$L7_SELFTESTS/endurance
VIP4=10.0.1.100 VIP6=fd00:1::100
PORTS='80 8081 9000 4432 4433 21'
# What directors are: l7, or an anchor, to compare with.
BY=$1
# shellcheck source=by_l7.sh
. "$HERE/by_$BY.sh"

# nic MAC NS NAME: QEMU's device of that address becomes NAME in a namespace.
nic() {
	local f a
	for f in /sys/class/net/*/address; do
		read -r a <"$f"
		[ "$a" = "$1" ] || continue
		f=${f%/address}
		ip link set "${f##*/}" netns "$2" name "$3"
		return
	done
	echo "no device with address $1" >&2
	return 1
}

# director NS NODE PRIORITY: with mirroring and keepalived, which waits for it to be ready.
director() {
	services "$1" && mirror "$1" "$2" || return
	keepalived_up "$1" ${READY_SCRIPT:+"$READY_SCRIPT"} <<-TXT
	vrrp_instance site {
	  state BACKUP
	  interface out
	  virtual_router_id 77
	  priority $3
	  advert_int 1
	  virtual_ipaddress { $VIP4/24 dev out
	    10.0.2.254/24 dev in }
	  virtual_ipaddress_excluded { $VIP6/64 dev out
	    fd00:2::fe/64 dev in }
	  track_script { l7_ready }
	}
	TXT
}

# watch_address NS [COMMAND]: tells when the director gets and loses the address, and runs COMMAND.
watch_address() {
	local line
	ip -n "$1" -o monitor address | while read -r line; do
		case $line in
		Deleted*" $VIP4/"*) echo "address lost $EPOCHREALTIME" ;;
		*" $VIP4/"*) echo "address got $EPOCHREALTIME" ;;
		*) continue ;;
		esac
		"${2:-:}"
	done
}

# watch_ready NS: tells when it is ready.
watch_ready() {
	local state=''
	while [ -z "$state" ]; do
		state=$(is_ready "$1" 2>/dev/null) || read -r -t 0.3 -u "$L7_NEVER" || true
	done
	echo "ready $EPOCHREALTIME $state"
}

# --- Commands: what they print in one line is the answer. ---

cmd_clock() { echo "$EPOCHREALTIME"; }
# cmd_tables NAME: what the director holds, into a file.
cmd_tables() { tables "$NS" >"/run/out/$1"; echo "status $?"; }
# cmd_evidence NAME: what it has counted.
cmd_evidence() { evidence "$NS" >"/run/out/$1" 2>&1; echo "status $?"; }

port_named() {
	local p n
	for p in /sys/class/virtio-ports/*; do
		read -r n <"$p/name" && [ "$n" = "$1" ] && echo "/dev/${p##*/}" && return
	done
	return 1
}

# obey: the host's commands until "quit".
obey() {
	local n cmd args dev
	dev=$(port_named l7.cmd) || fail "no port for commands"
	exec 5<"$dev"
	while :; do
		# The end of the file: nobody is connected.
		read -r -u 5 n cmd args || { read -r -t 0.2 -u "$L7_NEVER"; continue; }
		[ "$cmd" != quit ] || return 0
		# shellcheck disable=SC2086
		echo "answer $n $("cmd_$cmd" $args 2>&1 | tail -n 1)"
	done
}
