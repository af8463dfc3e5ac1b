#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ipvsl7adm as an operator uses it: exit status, messages, listings, JSON, bindings by key.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_cli.sh
. "$(dirname "$0")/lib_cli.sh"

usage_errors() {
	local svc=$VIP_URL:80
	refused 2 "'x': not an option" x
	refused 2 "'--x': no such option" --x
	refused 2 "--add-service wants --tcp-service" -A -k src
	refused 2 "--add-service wants --key" -A -t "$svc"
	refused 2 "--list does not|--key does not go with --list" -L -k src
	refused 2 "--add-service and --delete-service exclude" -A -D -t "$svc" -k src
	refused 2 "service: .* has no port" -D -t "$VIP"
	refused 2 "key: .* is no kind of key" -A -t "$svc" -k urls:x
	refused 2 "tries: 9 is not in 1..8" -A -t "$svc" -k src --tries 9
	refused 2 "timeout: 0 is not in" -A -t "$svc" -k src -p 0
	refused 2 "--start-sync wants --key-file or --plaintext" --start-sync \
		--interface sync --group 239.1.1.1 --node 1
	refused 2 "--lookup wants --tcp-service" --lookup src="$CLI1"
	adm --help | grep -q '^  -A, --add-service'
	adm --version | grep -q '^ipvsl7adm '
}

kernel_errors() {
	local svc=$VIP_URL:80
	defer clear_all
	refused 1 "service: has no policy" -E -t "$svc" --tries 2
	refused 1 "service: has no policy" -D -t "$svc"
	refused 1 "service: has no policy" -L -t "$svc"
	refused 1 "service: has no policy" -Z -t "$svc"
	refused 1 "service: has no policy" --lookup src="$CLI1" -t "$svc"
	refused 1 "keys?: on this port" -A -t "$VIP_URL:25" -k cookie:A
	adm -A -t "$svc" -k cookie:A -k src
	refused 1 "service: has a policy already" -A -t "$svc" -k src
	refused 1 "key: the service has no such key" --lookup cookie:B=x -t "$svc"
	refused 1 "rule: the service has no such rule" --lookup rule:2=x -t "$svc"
	refused 1 "binding: there is none" --lookup cookie:A=x -t "$svc"
	refused 1 "binding: there is none" --del-binding src="$CLI1" -t "$svc"
	refused 1 "value: .* is not an address" --lookup src=x -t "$svc"
	refused 1 "sync: not running" --stop-sync
	refused 1 "[a-z]+: " --start-sync --interface nosuchif --group 239.1.1.1 --node 1 --plaintext
}

listings() {
	local svc=$VIP_URL:80 what
	defer clear_all
	adm | head -n 1 | grep -q '^IP Virtual Server Layer-7 persistence'
	adm -A -t "$svc" -k 'cookie:A*,offset=1,length=3' -k src -p 90m
	adm -A -t "$VIP_URL:8080" -k "cookie:_|~!\$%'+"
	adm -L -n | grep -F "TCP  $svc " | grep -q ' 90m .* cookie:A\*,offset=1,length=3 src$'
	assert_eq "services" "$(adm -ln | grep -c ^TCP)" 2
	assert_eq "services of -t" "$(adm -ln -t "$svc" | grep -c ^TCP)" 1
	adm -E -t "$svc" --tries 7 --inspect-timeout 1500ms
	adm --json | fields "[0]['services'][0]['tries']" \
		"[0]['services'][0]['inspect_timeout_ms']" "[0]['services'][0]['keys'][0]['key']" \
		"[0]['services'][1]['keys'][0]['name']" >"$L7_TMP/out"
	printf '%s\n' 7 1500 'cookie:A*,offset=1,length=3' "_|~!\$%'+" | diff - "$L7_TMP/out"
	for what in --bindings --flows --peers --stats --sync --list; do
		adm "$what" -n >/dev/null
		adm -L "$what" --json
	done >"$L7_TMP/out"
	fields <"$L7_TMP/out"
}

bindings() {
	local svc=$VIP_URL:80 rs1 rs2 hash out
	rs1=$(url_host "$SRV1"):80 rs2=$(url_host "$SRV2"):80
	defer clear_all
	adm -A -t "$svc" -k cookie:SID,offset=2,length=4 -k 'cookie:ASP*' -k src
	adm --add-binding cookie:SID=xxabcdyy -t "$svc" -r "$rs1"
	adm --add-binding cookie:ASPONE=1 -t "$svc" -r "$rs1"
	adm --add-binding "src=$CLI1" -t "$svc" -r "$rs2"
	assert_eq bindings "$(adm --bindings -n | sed 1d | wc -l)" 3
	# The part that counts is the same.
	adm --lookup cookie:SID=..abcd -t "$svc" -n | grep -qF " $rs1 "
	adm --lookup rule:1=1 -t "$svc" -n | grep -qF " $rs1 "
	adm --lookup "src=$CLI1" -t "$svc" -n | grep -qF " $rs2 "
	# Another server: moved.
	adm --add-binding cookie:SID=xxabcdyy -t "$svc" -r "$rs2"
	out=$(adm --lookup cookie:SID=xxabcd -t "$svc" -n)
	grep -qF " $rs2 " <<<"$out"
	hash=$(awk 'NR == 2 { print $NF }' <<<"$out")
	# Neither the key nor a part of it is anywhere.
	! adm --bindings --json | grep -q xxabcd || fail "the key is shown"
	adm --lookup "hash=$hash" -n | grep -qF "$rs2"
	adm --del-binding "hash=$hash" -t "$svc"
	refused 1 "binding: there is none" --lookup "hash=$hash"
	adm --flush-bindings -t "$svc"
	assert_eq "after flush" "$(adm --bindings -n | sed 1d | wc -l)" 0
	[ "$(adm --stats -n | awk '/^Name/ { here = 1 } here && $1 == "binding_learned" { print $2; exit }')" -ge 4 ]
	adm -Z
	assert_eq "after zero" "$(adm --stats -n | grep -c binding_learned || true)" 0
	assert_eq "zeros are shown" "$(adm --stats -nv | grep -c ' binding_learned  *0$')" 2
}

names() {
	defer clear_all
	adm -A -t localhost:http -k src
	adm -D -t localhost:80
	adm -A -t "$VIP_URL:http-alt" -k src
	adm -Ln | grep -qF "$VIP_URL:8080 "
}

# With AddressSanitizer and UndefinedBehaviorSanitizer.
sanitizers() {
	local what
	use_sanitized
	bindings
	for what in --bindings --flows --peers --stats --sync --list; do
		adm "$what" -n >/dev/null
		adm "$what" --json >/dev/null
	done
}

ktap_plan 9
l7_topo_up
l7_family 4
clear_all
run_test usage_errors
run_test_v4v6 kernel_errors
run_test_v4v6 listings
run_test_v4v6 bindings
run_test sanitizers
l7_family 4
run_test names
ktap_exit
