#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Keys whose end names a real server, as Tomcat's jvmRoute does: no binding is needed, and
# where the name is of no use, bindings and the scheduler decide as ever.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"

# routed PORT KEY [ARG...]: the servers are called n1, n2, n3.
routed() {
	service "$1" rr -- -k "$2" --route "n1=$(server_at rs1 "$1")" \
		--route "n2=$(server_at rs2 "$1")" --route "n3=$(server_at rs3 "$1")" "${@:3}"
}
# go COOKIE-VALUE [ARG...]: servers of three requests; spread: the different ones of six.
go() { client get count=3 cookie="SESSID=$1" "${@:2}" | servers; }
spread() { client get count=6 cookie="SESSID=$1" "${@:2}" | server_set; }
all='rs1 rs2 rs3'

hit() {
	local i
	routed "$1" cookie:SESSID,route
	for i in 1 2 3; do assert_eq "to n$i" "$(go "AB12.n$i")" "rs$i rs$i rs$i"; done
	assert_eq "behind the last dot" "$(go "a.n1.b.n3")" "rs3 rs3 rs3"
	assert_eq quoted "$(go '"AB12.n2"')" "rs2 rs2 rs2"
	assert_counters route_hit=15 route_miss=0 key_hit=15 key_miss=0 binding_learned=0
	assert_eq bindings "$(binding_count)" 0
}

# Names that nobody has, and values without one: scheduled, or bound as any other.
unknown() {
	local v n=0
	routed 8081 cookie:SESSID,route
	for v in AB12 AB12. AB12.n AB12.N1 AB12.n11 n1 AB12.n1x n1.AB12; do
		assert_eq "with $v" "$(spread "$v")" "$all"
		n=$((n + 6))
	done
	assert_counters route_hit=0 route_miss=$n key_miss=$n
	in_ns dira ipvsl7adm --add-binding cookie:SESSID=AB12.other -t "$SVC" -r "$(server_at rs2 8081)"
	assert_eq bound "$(go AB12.other)" "rs2 rs2 rs2"
	assert_counters route_miss=$((n + 3)) key_hit=3
}

# The name counts before the binding; once its server is gone, the binding does.
gone() {
	routed 8081 cookie:SESSID,route
	in_ns dira ipvsl7adm --add-binding cookie:SESSID=AB12.n2 -t "$SVC" -r "$(server_at rs1 8081)"
	assert_eq "by name" "$(go AB12.n2)" "rs2 rs2 rs2"
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at rs2 8081)"
	assert_eq "by binding" "$(go AB12.n2)" "rs1 rs1 rs1"
	assert_eq "by nothing" "$(spread CD34.n2)" "rs1 rs3"
	assert_counters route_hit=3 route_miss=9 key_hit=6 key_miss=6
	in_ns dira ipvsadm -a -t "$SVC" -r "$(server_at rs2 8081)" -m
	assert_eq "by name again" "$(go AB12.n2)" "rs2 rs2 rs2"
	assert_eq bindings "$(binding_count)" 1
}

# A server that does not take it: another one, while the request is held.
refuses() {
	routed 8081 cookie:SESSID,route
	server_rule rs2 tcp dport 8081 reject with tcp reset
	case $(go AB12.n2) in *rs2* | '') fail "not elsewhere" ;; esac
	server_unrule rs2
	assert_eq "by name again" "$(go AB12.n2)" "rs2 rs2 rs2"
}

drain() {
	routed 8081 cookie:SESSID,route
	in_ns dira ipvsadm -e -t "$SVC" -r "$(server_at rs2 8081)" -m -w 0
	assert_eq "kept" "$(go AB12.n2)" "rs2 rs2 rs2"
	assert_counters route_hit=3
	in_ns dira ipvsl7adm -E -t "$SVC" --on-drain rebind
	assert_eq "to others" "$(spread AB12.n2)" "rs1 rs3"
	assert_counters route_hit=3 route_miss=6
}

# A parameter of the path, as Tomcat writes it into links, and one of the query.
url() {
	routed 8081 url:jsessionid,route
	assert_eq "of the path" "$(client get count=3 'path=/who;jsessionid=AB12.n3?x=y' | servers)" "rs3 rs3 rs3"
	assert_eq "of the query" "$(client get count=3 'path=/who?jsessionid=AB12.n1' | servers)" "rs1 rs1 rs1"
	assert_eq "of nobody" "$(client get count=6 'path=/who;jsessionid=AB12.n9' | server_set)" "$all"
	assert_counters route_hit=6 route_miss=6
}

# Cookie or link, whichever is there.
chain() {
	routed 8081 cookie:SESSID,route -k url:jsessionid,route
	assert_eq "both" "$(go AB12.n2 'path=/who;jsessionid=AB12.n3')" "rs2 rs2 rs2"
	assert_eq "the link" "$(client get count=3 'path=/who;jsessionid=AB12.n3' | servers)" "rs3 rs3 rs3"
	assert_eq "a cookie of nobody" "$(go AB12 'path=/who;jsessionid=AB12.n3')" "rs3 rs3 rs3"
}

without_port() {
	service 8081 rr -- -k cookie:SESSID,route --route "n1=$(server_addr rs1)" --route "n3=$(server_addr rs3)"
	assert_eq "to n1" "$(go AB12.n1)" "rs1 rs1 rs1"
	assert_eq "to n3" "$(go AB12.n3)" "rs3 rs3 rs3"
	assert_counters route_hit=6
}

# What a server names is learned as without, and deleted.
learns() {
	local first
	routed 8081 cookie:SESSID,route
	first=$(client get 'path=/answer?h=Set-Cookie:SESSID=AB12.n2' | servers)
	assert_eq "bound to" "$(bound_to cookie:SESSID=AB12.n2)" "$first"
	assert_eq "by name" "$(go AB12.n2)" "rs2 rs2 rs2"
	client get 'path=/answer?h=Set-Cookie:SESSID=x;+Max-Age=0' cookie=SESSID=AB12.n2 >/dev/null
	assert_eq bindings "$(binding_count)" 0
}

saved() {
	local rs args=()
	for rs in 1 2 3; do args+=(--route "n$rs=$(server_at rs$rs 8081)"); done
	routed 8081 cookie:SESSID,responses=2,route
	assert_eq saved "$(in_ns dira ipvsl7adm -S -n | grep -o ' -k .*')" \
		" -k cookie:SESSID,responses=2,route ${args[*]}"
	in_ns dira ipvsl7adm -S -n >"$L7_TMP/saved"
	in_ns dira ipvsl7adm -C
	in_ns dira ipvsl7adm -R <"$L7_TMP/saved"
	assert_eq "to n3" "$(go AB12.n3)" "rs3 rs3 rs3"
	in_ns dira ipvsl7adm -E -t "$SVC" -p 5m
	assert_eq "still to n3" "$(go AB12.n3)" "rs3 rs3 rs3"
	in_ns dira ipvsl7adm -E -t "$SVC" --route "n3=$(server_at rs1 8081)"
	assert_eq "n3 is another" "$(go AB12.n3)" "rs1 rs1 rs1"
	assert_eq "n2 is nobody" "$(spread AB12.n2)" "$all"
	in_ns dira ipvsl7adm -L -n | grep -qF "route n3=$(server_at rs1 8081)" || fail "not listed"
	in_ns dira ipvsl7adm -L -n --json | grep -qF '"name": "n3"' || fail "not in JSON"
	in_ns dira ipvsl7adm -E -t "$SVC" -k cookie:SESSID --route none
	assert_eq "no routes" "$(spread AB12.n3)" "$all"
	! in_ns dira ipvsl7adm -S -n | grep -q -- --route || fail "routes are saved"
}

# refused PATTERN ARG...: -A is, in words.
refused() {
	local out pattern=$1
	shift
	out=$(in_ns dira ipvsl7adm -A -t "$VIP_URL:99" "$@" 2>&1) && fail "not refused: $*"
	[[ $out =~ $pattern ]] || fail "'$*': $out"
}

words() {
	local i many=() other
	other=$([ "$FAMILY" = 4 ] && echo fd00:2::1 || echo 10.0.2.1)
	refused "no route is given" -k cookie:S,route
	refused "address family" -k cookie:S,route --route "n1=$other"
	refused "same name" -k cookie:S,route --route "n1=$(server_addr rs1)" --route "n1=$(server_addr rs2)"
	refused "no dot" -k cookie:S,route --route "a.b=$(server_addr rs1)"
	refused "no such option" -k header:S,route --route "n1=$(server_addr rs1)"
	for ((i = 0; i < 64; i++)); do
		many+=(--route "$(printf '%032d' "$i")=[$(server_addr rs1)]:$((i + 1))")
	done
	[ "$FAMILY" = 6 ] || many=("${many[@]//[\[\]]/}")
	refused "more than 64" -k cookie:S,route "${many[@]}" --route "n1=$(server_addr rs1)"
	defer in_ns dira ipvsl7adm -D -t "$VIP_URL:99"
	in_ns dira ipvsl7adm -A -t "$VIP_URL:99" -k cookie:S,route "${many[@]}"
	assert_eq "routes that are there" \
		"$(in_ns dira ipvsl7adm -S -n | grep -o -- '--route [^ ]*' | wc -l)" 64
}

explained() {
	local out
	routed 8081 cookie:SESSID,route
	printf 'GET / HTTP/1.1\r\nCookie: SESSID=AB12.n2\r\n\r\n' >"$L7_TMP/request"
	out=$(in_ns dira ipvsl7adm --explain "$L7_TMP/request" -t "$SVC" -n)
	grep -qF "route n2 names server $(server_at rs2 8081)" <<<"$out" || fail "$out"
	grep -qF "Decision: rule 0 decides: named server $(server_at rs2 8081)" <<<"$out" || fail "$out"
	in_ns dira ipvsadm -d -t "$SVC" -r "$(server_at rs2 8081)"
	out=$(in_ns dira ipvsl7adm --explain "$L7_TMP/request" -t "$SVC" -n)
	grep -qF "which the service does not have" <<<"$out" || fail "$out"
	grep -qF "Decision: IPVS schedules" <<<"$out" || fail "$out"
	out=$(in_ns dira ipvsl7adm --explain "$L7_TMP/request" -t "$SVC" -n --json)
	grep -qF '"name": "n2"' <<<"$out" || fail "$out"
}

ktap_plan 26
l7_topo_up
l7_nginx_up
l7_server_up
run_test_v4v6 hit "hit" 8081
run_test_v4v6 hit "hit, nginx" 80
run_test_v4v6 unknown
run_test_v4v6 gone
run_test_v4v6 refuses
run_test_v4v6 drain
run_test_v4v6 url
run_test_v4v6 chain
run_test_v4v6 without_port
run_test_v4v6 learns
run_test_v4v6 saved
run_test_v4v6 words
run_test_v4v6 explained
ktap_exit
