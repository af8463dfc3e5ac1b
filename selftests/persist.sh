# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of persistence share, after lib.sh: a service with a policy, counters, tables,
# clients. Each test case makes its service anew, so counters of the service begin at 0.

# service PORT SCHEDULER [SERVER...] -- POLICY-ARG...: an IPVS service and its policy at
# director A, until the test case ends. Sets SVC, PORT. Without "--" there is no policy.
service() {
	local args=()
	PORT=$1 SVC=$VIP_URL:$1
	defer service_clear "$SVC"
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		args+=("$1")
		shift
	done
	l7_ipvs_service dira "$VIP" "${args[@]}"
	[ $# -le 1 ] || in_ns dira ipvsl7adm -A -t "$SVC" "${@:2}"
}

# fresh_vip: the second address, for a service whose servers must not have old connections:
# IPVS remembers them when a server comes back. Each port of it belongs to one test.
fresh_vip() {
	VIP=$VIP2
	VIP_URL=$(url_host "$VIP")
}

service_clear() {
	printf -- '-D -t %s\n--flush-bindings\n' "$1" | in_ns dira ipvsl7adm -R 2>/dev/null
	in_ns dira ipvsadm -D -t "$1" 2>/dev/null
}

# counters: sets the array C of the service's counters by name, and N of the namespace's.
counters() {
	local name value of
	declare -gA C=() N=()
	while read -r name value; do
		case $name in
		Namespace) of=N ;;
		TCP) of=''; [ "$value" != "$SVC" ] || of=C ;;
		*) [ -z "$of" ] || eval "${of}[\$name]=\$value" ;;
		esac
	done < <(in_ns dira ipvsl7adm --stats -v --exact -n)
}

# assert_counters NAME=VALUE...: of the service.
assert_counters() {
	local c bad=''
	counters
	for c in "$@"; do
		[ "${C[${c%=*}]-}" = "${c#*=}" ] || bad="$bad $c (is ${C[${c%=*}]-unknown})"
	done
	[ -n "$bad" ] || return 0
	in_ns dira ipvsl7adm --stats -n
	fail "wanted$bad"
}
counter_is() {
	counters
	[ "${C[$1]-}" = "$2" ]
}

counter_at_least() {
	counters
	[ "${C[$1]-0}" -ge "$2" ]
}
# counter_all NAME: counter of the namespace.
counter_all() {
	counters
	echo "${N[$1]}"
}

# bindings: one line each, without the headings; bindings_of server. count_lines on stdin.
bindings() { in_ns dira ipvsl7adm --bindings -n "$@" | sed 1d; }
binding_count() { bindings | wc -l; }
binding_count_is() { [ "$(binding_count)" = "$1" ]; }
# flow_count [STATE]
flow_count() { in_ns dira ipvsl7adm --flows -n | sed 1d | grep -c "${1-}" || true; }
flow_count_is() { [ "$(flow_count "${2-}")" = "$1" ]; }

# bound_to KEY=VALUE: prints the server's name, or nothing if there is no binding.
bound_to() {
	{ in_ns dira ipvsl7adm --lookup "$1" -t "$SVC" -n 2>/dev/null || true; } |
		sed -nE 's/.*(10\.0\.2\.|fd00:2::)([123])\]?:[0-9]+ .*/rs\2/p'
}

# client COMMAND [NAME=VALUE]...: l7_client.py towards the service.
client() {
	local cmd=$1
	shift
	in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" "$cmd" "$VIP" "$PORT" "$@"
}

# servers: of the answers on standard input, in order of appearance, on one line.
servers() { sed -n 's/^server=\(rs[0-9]\).*/\1/p' | xargs; }
# server_set: the different ones.
server_set() { sed -n 's/^server=\(rs[0-9]\).*/\1/p' | sort -u | xargs; }

# new_session [NAME=VALUE...]: sets SESSION (the cookie's value) and SERVER (its server's name).
new_session() {
	local out
	out=$(client get path=/ "$@")
	SESSION=${out#*set=SESSID=}
	SERVER=$(servers <<<"$out")
	case $SESSION in "$SERVER"-*) ;; *) fail "no session: $out" ;; esac
}

# server_addr rsN: sets nothing, prints its address.
server_addr() { case $VIP in *:*) echo "fd00:2::${1#rs}" ;; *) echo "10.0.2.${1#rs}" ;; esac; }
# server_at rsN PORT: as ipvsadm wants it.
server_at() { echo "$(url_host "$(server_addr "$1")"):$2"; }

# server_rule rsN RULE: an nft rule in its input, until the test case ends or server_unrule.
server_rule() {
	local ns=$1
	shift
	in_ns "$ns" nft "add table inet l7test; add chain inet l7test in \
		{ type filter hook input priority 0; }; add rule inet l7test in $*"
	defer server_unrule "$ns"
}
server_unrule() { in_ns "$1" nft "delete table inet l7test" 2>/dev/null || true; }

# client_background NAME COMMAND ARG...: l7_client.py, as in_background does it.
client_background() {
	local name=$1 cmd=$2
	shift 2
	in_background "$name" client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_client.py" \
		"$cmd" "$VIP" "$PORT" "$@"
}

# used NAME: how much of a limit is used (bindings, flows, pending).
used() {
	in_ns dira ipvsl7adm -L --json -n | awk -v name="\"$1\":" '
		/"used"/ { used = 1 }
		used && $1 == name { sub(",", "", $2); print $2; exit }'
}
used_is() { [ "$(used "$1")" = "$2" ]; }

# limits NAME=VALUE,...: until the test case ends.
limits() {
	defer in_ns dira ipvsl7adm --set-limits \
		bindings=1m,flows=1m,pending=16k,pending-src=4k,pending-bytes=64m
	in_ns dira ipvsl7adm --set-limits "$1"
}
