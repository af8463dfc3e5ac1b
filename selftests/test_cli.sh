#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ipvsl7adm as an operator uses it: exit status, messages, listings, JSON, save and restore,
# key files.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

ADM=ipvsl7adm
SANITIZED=$L7_TOP/userspace/obj/asan/ipvsl7adm

adm() { in_ns dira "$ADM" "$@"; }

clear_all() {
	adm --stop-sync 2>/dev/null
	adm -C
	adm --flush-bindings
	adm --set-limits bindings=1m,flows=1m,pending=16k,pending-src=4k,pending-bytes=64m
}

# refused STATUS PATTERN ARG...: that exit status, the message, and nothing on stdout.
refused() {
	local want=$1 pattern=$2 rc=0
	shift 2
	adm "$@" >"$L7_TMP/out" 2>"$L7_TMP/err" || rc=$?
	assert_eq "status of $*" "$rc" "$want"
	grep -Eq -- "^ipvsl7adm: $pattern" "$L7_TMP/err" || fail "message of $*: $(cat "$L7_TMP/err")"
	[ ! -s "$L7_TMP/out" ] || fail "output of $*: $(cat "$L7_TMP/out")"
}

# field FILTER: of the JSON on standard input, by Python's subscripts.
field() { python3 -IS -c 'import json,sys; print(eval("j"+sys.argv[1], {"j": json.load(sys.stdin)}))' "$1"; }

usage_errors() {
	local svc=$VIP_URL:80
	refused 2 "'x': not an option" x
	refused 2 "'--x': no such option" --x
	refused 2 "--add-service wants --tcp-service" -A -k src
	refused 2 "--add-service wants --key" -A -t "$svc"
	refused 2 "--list does not|--key does not go with --list" -L -k src
	refused 2 "--add-service and --delete-service exclude" -A -D -t "$svc" -k src
	refused 2 "service: .* has no port" -D -t "$VIP"
	refused 2 "key: .* is neither" -A -t "$svc" -k url:x
	refused 2 "tries: 9 is not in 1..8" -A -t "$svc" -k src --tries 9
	refused 2 "timeout: 0 is not in" -A -t "$svc" -k src -p 0
	refused 2 "--start-sync wants either --key-file or --plaintext" --start-sync \
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
	assert_eq tries "$(adm --json | field '["services"][0]["tries"]')" 7
	assert_eq inspect "$(adm --json | field '["services"][0]["inspect_timeout_ms"]')" 1500
	assert_eq keys "$(adm --json | field '["services"][0]["keys"][0]["key"]')" \
		'cookie:A*,offset=1,length=3'
	assert_eq name "$(adm --json | field '["services"][1]["keys"][0]["name"]')" "_|~!\$%'+"
	for what in --bindings --flows --peers --stats --sync --list; do
		adm "$what" -n >/dev/null
		adm -L "$what" --json | field '' >/dev/null
	done
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
	out=$(adm --lookup cookie:SID=xxabcd -t "$svc" --json)
	assert_eq "moved to" "$(field '["server"]["address"]' <<<"$out")" "$SRV2"
	hash=$(field '["hash"]' <<<"$out")
	# Neither the key nor a part of it is anywhere.
	! adm --bindings --json | grep -q abcd || fail "the key is shown"
	adm --lookup "hash=$hash" -n | grep -qF "$rs2"
	adm --del-binding "hash=$hash" -t "$svc"
	refused 1 "binding: there is none" --lookup "hash=$hash"
	adm --flush-bindings -t "$svc"
	assert_eq "after flush" "$(adm --bindings -n | sed 1d | wc -l)" 0
	[ "$(adm --stats --json | field '["namespace"]["binding_learned"]')" -ge 4 ]
	adm -Z
	assert_eq "after zero" "$(adm --stats --json | field '["services"][0]["counters"]["binding_learned"]')" 0
}

# The state comes back as it was, from a file that any of its lines may have been quoted in.
save_restore() {
	local svc=$VIP_URL:80 key="$L7_TMP/a key \"file\"" group=239.1.1.1
	[ "$FAMILY" = 4 ] || group=ff02::1:1
	defer clear_all
	defer rm -f "$key"
	adm --generate-key="$key"
	adm --set-limits bindings=5000,flows=6000,pending=700,pending-src=80,pending-bytes=1m
	adm -A -t "$svc" -k cookie:A -k src/24 -p 86399 --inspect-timeout 101ms \
		--silent-timeout 3599 --connect-timeout 29999ms --tries 8 --max-request 513 \
		--flow-timeout 61
	adm -A -t "$VIP_URL:81" -k "cookie:_|~!#\$%'+*,offset=100,length=200"
	adm -A -t "$VIP_URL:82" -k src -k src/8 -k cookie:a -k cookie:b -k cookie:c -k cookie:d \
		-k cookie:e -k cookie:f
	adm --start-sync --interface sync --group "$group" --port 4711 --node 200 --cluster 7 \
		--key-file "$key"
	adm -S >"$L7_TMP/saved"
	assert_eq "saved lines" "$(wc -l <"$L7_TMP/saved")" 5
	! grep -qf "$key" "$L7_TMP/saved" || fail "the key is in the saved table"
	adm -L -n >"$L7_TMP/listed"
	clear_all
	assert_eq "lines when clear" "$(adm -S | wc -l)" 1
	adm -R <"$L7_TMP/saved"
	adm -S | diff "$L7_TMP/saved" -
	adm -L -n | diff "$L7_TMP/listed" -
}

save_restore_peers() {
	local peer=$SYNCB
	defer clear_all
	adm --start-sync --interface sync --peer "$peer" --peer "$SYNCA" --node 1 --plaintext
	adm --sync | grep -q 'PLAIN TEXT'
	adm -S >"$L7_TMP/saved"
	clear_all
	adm -R <"$L7_TMP/saved"
	adm -S | diff "$L7_TMP/saved" -
}

restore_errors() {
	local svc=$VIP_URL:80 rc
	defer clear_all
	# A line that is not understood: nothing is done.
	rc=0
	printf '%s\n' "-A -t $svc -k src" '' "-A -t $svc -k" |
		adm -R 2>"$L7_TMP/err" || rc=$?
	assert_eq "status" "$rc" 2
	grep -q '^ipvsl7adm: line 3: ' "$L7_TMP/err"
	assert_eq "services" "$(adm -S | grep -c ^-A || true)" 0
	rc=0
	printf '%s\n' "-L" | adm -R 2>"$L7_TMP/err" || rc=$?
	assert_eq "status of -L" "$rc" 2
	# One that the kernel refuses: the rest is.
	rc=0
	printf '%s\n' "# a comment" "-A -t $svc -k src" "-A -t $svc -k src" \
		"-A -t $VIP_URL:81 -k \"cookie:\\A\" # the end" |
		adm -R 2>"$L7_TMP/err" || rc=$?
	assert_eq "status" "$rc" 1
	grep -q '^ipvsl7adm: line 3: service: has a policy already' "$L7_TMP/err"
	assert_eq "services" "$(adm -S | grep -c ^-A)" 2
	adm -R </dev/null
}

start() { adm --start-sync --interface sync --group 239.1.1.1 --node 1 --key-file "$1"; }
start_refused() {
	refused 1 "$2" --start-sync --interface sync --group 239.1.1.1 --node 1 --key-file "$1"
}

key_files() {
	local key=$L7_TMP/key mode
	defer clear_all
	defer rm -f "$key" "$L7_TMP/link"
	umask 022
	adm --generate-key "$key"
	assert_eq mode "$(stat -c %a "$key")" 600
	assert_eq size "$(stat -c %s "$key")" 65
	refused 1 "generate-key: .*exists" --generate-key "$key"
	[ "$(adm --generate-key)" != "$(adm --generate-key)" ]
	for mode in 640 604 610 601 660; do
		chmod "$mode" "$key"
		start_refused "$key" "key-file: .* \(mode 0$mode\)"
	done
	chmod 400 "$key"
	start "$key"
	adm --stop-sync
	chown nobody "$key"
	start_refused "$key" "key-file: .* belongs to another user"
	start_refused "$L7_TMP" "key-file: .* is not a regular file"
	start_refused "$L7_TMP/none" "key-file: .*No such file"
	start_refused /dev/zero "key-file: .* is not a regular file"
	rm -f "$key"
	install -m 600 /dev/null "$key"
	start_refused "$key" "key-file: neither"
	head -c 31 /dev/urandom >"$key"
	start_refused "$key" "key-file: neither"
	head -c 32 /dev/urandom >"$key"
	start "$key"
	adm --stop-sync
	head -c 32 /dev/urandom | base64 | sed 's/^/ /' >"$key"
	ln -s "$key" "$L7_TMP/link"
	start "$L7_TMP/link"
	assert_eq "path" "$(adm --sync --json | field '["key_file"]')" "$(realpath "$key")"
}

# The key is neither an argument nor in what the process or the kernel shows.
key_hidden() {
	local key=$L7_TMP/key
	defer clear_all
	defer rm -f "$key"
	adm --generate-key "$key"
	start "$key"
	! { adm -S; adm --sync --json; adm -L; } | grep -qf "$key" || fail "the key is shown"
}

names() {
	defer clear_all
	adm -A -t localhost:http -k src
	adm -D -t localhost:80
	adm -A -t "$VIP_URL:http-alt" -k src
	adm -Ln | grep -qF "$VIP_URL:8080 "
}

# Everything once, with AddressSanitizer and UndefinedBehaviorSanitizer.
sanitizers() {
	local what
	[ -x "$SANITIZED" ] || skip "not built: make -C userspace asan"
	ADM=$SANITIZED
	save_restore
	clear_all
	bindings
	for what in --bindings --flows --peers --stats --sync --list; do
		adm "$what" -v >/dev/null 2>&1 || adm "$what" >/dev/null
		adm "$what" --json >/dev/null
	done
}

ktap_plan 18
l7_topo_up
l7_family 4
clear_all
run_test usage_errors
run_test_v4v6 kernel_errors
run_test_v4v6 listings
run_test_v4v6 bindings
run_test_v4v6 save_restore "save, clear, restore: identical"
run_test_v4v6 save_restore_peers "the same with unicast peers"
run_test_v4v6 restore_errors
run_test_v4v6 sanitizers
l7_family 4
run_test key_files
run_test key_hidden
run_test names
ktap_exit
