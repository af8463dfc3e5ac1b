# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of mirroring share, after lib.sh and persist.sh: two directors with one policy, what
# each holds and has counted.

KEY=$L7_TMP/mirror.key
mirror_key() {
	head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$KEY"
	chmod 600 "$KEY"
}

group() { case $FAMILY in 4) echo 239.0.0.89 ;; 6) echo ff05::89 ;; esac; }
node_of() { case $1 in dira) echo 1 ;; dirb) echo 2 ;; esac; }

# start DIRECTOR: mirroring.
start() {
	in_ns "$1" ipvsl7adm --start-sync --interface sync --group "$(group)" \
		--node "$(node_of "$1")" --key-file "$KEY" "${@:2}"
}
stop() { in_ns "$1" ipvsl7adm --stop-sync 2>/dev/null; }

# policies: empty tables, the counters at zero, and a policy for port 80 at both directors; until the
# case ends, as what is started.
policies() {
	local d
	service 80 rr
	for d in dira dirb; do
		printf -- '-Z\n--flush-bindings\n' | in_ns $d ipvsl7adm -R
		in_ns $d ipvsl7adm -A -t "$SVC" -k cookie:SESSID
		defer stop $d
	done
	defer in_ns dirb ipvsl7adm -C
	defer tell dira dirb
}

# both_ready: policies, and mirroring at both.
both_ready() {
	policies
	start dira
	start dirb
	wait_for is_ready dira
	wait_for is_ready dirb
}

# tell DIRECTOR...: what they counted.
tell() {
	local d
	for d; do
		echo "# $d"
		in_ns "$d" ipvsl7adm --stats -n | grep sync_
		in_ns "$d" ipvsl7adm --peers
	done
}

is_ready() { in_ns "$1" ipvsl7adm --ready >/dev/null 2>&1; }
# state DIRECTOR: as it says of itself.
state() {
	local s
	s=$(in_ns "$1" ipvsl7adm --sync)
	s=${s%%$'\n'*}
	echo "${s##*, }"
}
state_is() { [ "$(state "$1")" = "$2" ]; }

bind() { in_ns dira ipvsl7adm --add-binding "cookie:SESSID=$1" -t "$SVC" -r "$(server_at "$2" 80)"; }
# bind_many DIRECTOR NAME N [SERVER]: cookies NAME0 and so on.
bind_many() {
	local i to
	to=$(server_at "${4:-rs2}" 80)
	for ((i = 0; i < $3; i++)); do
		echo "--add-binding cookie:SESSID=$2$i -t $SVC -r $to"
	done | in_ns "$1" ipvsl7adm -R
}
here() { in_ns dirb ipvsl7adm --lookup "cookie:SESSID=$1" -t "$SVC" >/dev/null 2>&1; }

# ctr DIRECTOR COUNTER: of the namespace.
ctr() {
	in_ns "$1" ipvsl7adm --stats -n -v | awk -v n="$2" '$1 == n && !found { print $2; found = 1 }'
}
# all_of DIRECTOR: hashes of its bindings, in order.
all_of() { in_ns "$1" ipvsl7adm --bindings --json | grep -o '"hash": "[^"]*"' | sort; }
same() { [ "$(all_of dira)" = "$(all_of dirb)" ]; }

# rtt_us DIRECTOR: to its one peer and back, as it has measured; 0 if it has not.
rtt_us() {
	local rtt
	rtt=$(in_ns "$1" ipvsl7adm --peers --json | sed -n 's/.*"rtt_us": \([0-9]*\).*/\1/p')
	echo "${rtt:-0}"
}

# both_ways NETEM-ARG...: on the link of the directors.
both_ways() {
	l7_netem dira sync "$@"
	l7_netem dirb sync "$@"
}

# unheard LANE [MATCH]: dirb does not hear what dira sends in it (1: changes, 2: everything), or what of it
# matches, until the case ends, or heard.
unheard() {
	in_ns dirb nft "add table inet l7test; add chain inet l7test in { type filter hook input priority 0; };
		add rule inet l7test in iif sync udp dport 8849 @th,64,16 0x010$1 ${2-} drop"
	defer heard
}
heard() { in_ns "${1:-dirb}" nft delete table inet l7test 2>/dev/null || true; }
