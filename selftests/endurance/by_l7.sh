# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A director of scripts/endurance with ip_vs_l7, as the documentation has it; after guest.sh. What each kind of
# director (by_*.sh) has:
#
#   services NS, mirror NS NODE     make it
#   is_ready NS                     says so, once it may take the addresses
#   cmd_drain, cmd_undrain          the host's commands: another one is to take over; no more
#   tables NS                       what it holds, a line each, of which the last word is the state
#   evidence NS                     what it has counted
#   READY_SCRIPT                    keepalived's, unless it is "ipvsl7adm --ready"

# services NS: what each kind of session (kinds.py) is persistent by. A server that does not answer a SYN
# within a second, as by default, would be given up, and the session moved; an emulated one may take longer.
services() {
	local f n patient='--connect-timeout 15s'
	for f in 4 6; do
		l7_family $f
		for n in $PORTS; do
			l7_ipvs_service "$1" "$VIP" "$n" wlc || return
		done
		in_ns "$1" ipvsl7adm -R <<-END || return
			-A -t $VIP_URL:80 -k cookie:SESSID $patient
			-A -t $VIP_URL:8081 -k cookie:SESSID -k src $patient
			-A -t $VIP_URL:9000 --mirror connections
			-A -t $VIP_URL:4432 -k tls-ticket $patient
			-A -t $VIP_URL:4433 -k tls-ticket $patient
			-A -t $VIP_URL:21 --ftp
		END
	done
}

mirror() {
	install -m 600 /run/out/key "$L7_TMP/key" &&
		in_ns "$1" ipvsl7adm --start-sync --interface sync --group 239.0.0.88 --node "$2" \
			--key-file "$L7_TMP/key"
}

is_ready() { in_ns "$1" ipvsl7adm --ready; }
cmd_drain() { in_ns "$NS" ipvsl7adm --drain && echo drains; }
cmd_undrain() { in_ns "$NS" ipvsl7adm --undrain && echo "takes part"; }
tables() { /usr/bin/python3 -S -E "$HERE/tables.py" "$1"; }
evidence() {
	in_ns "$1" ipvsl7adm --stats -n --exact -v
	in_ns "$1" ipvsl7adm --peers -n
}
