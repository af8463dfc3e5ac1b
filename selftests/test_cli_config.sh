#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ipvsl7adm's configuration: save and restore, and the files of cluster keys.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=lib_cli.sh
. "$(dirname "$0")/lib_cli.sh"

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
		--receive-buffer 64k --accept-policies --key-file "$key"
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
	local peer=$SYNCB key=$L7_TMP/plain.key
	defer clear_all
	defer rm -f "$key"
	adm --start-sync --interface sync --peer "$peer" --peer "$SYNCA" --node 1 --plaintext
	adm --sync | grep -q 'PLAIN TEXT'
	adm -S >"$L7_TMP/saved"
	clear_all
	adm -R <"$L7_TMP/saved"
	adm -S | diff "$L7_TMP/saved" -
	# The key is of use without encryption as well.
	adm --stop-sync
	adm --generate-key="$key"
	adm --start-sync --interface sync --peer "$peer" --node 1 --plaintext --key-file "$key"
	adm --sync | grep -q 'PLAIN TEXT'
	adm -S >"$L7_TMP/saved"
	grep -q -- "--plaintext --key-file $key\$" "$L7_TMP/saved"
	clear_all
	adm -R <"$L7_TMP/saved"
	adm -S | diff "$L7_TMP/saved" -
}

# FTP is all that is asked for, or by address alone; it comes back, and goes.
ftp() {
	local svc=$VIP_URL:2121 more
	defer clear_all
	refused 2 "--add-service wants " -A -t "$svc" --ftp=off
	for more in '-k cookie:A' '-s any=fwmark:1' --accept-proxy --send-proxy; do
		# shellcheck disable=SC2086
		refused 1 "ftp: " -A -t "$svc" --ftp $more
	done
	adm -A -t "$svc" --ftp
	adm -E -t "$svc" -p 61
	adm -L -n | grep -q '^ *ftp$' || fail "not listed"
	assert_eq "in JSON" "$(adm -L -n --json | grep -c '"ftp": true')" 1
	assert_eq "connections" "$(adm --flows -n -t "$svc" | sed 1d)" ""
	adm -S >"$L7_TMP/saved"
	grep -q -- ' --ftp$' "$L7_TMP/saved" || fail "$(cat "$L7_TMP/saved")"
	adm -C
	adm -R <"$L7_TMP/saved"
	adm -S | diff "$L7_TMP/saved" -
	refused 1 "ftp: " -E -t "$svc" -k cookie:A
	refused 1 "keys: " -E -t "$svc" --ftp=off
	adm -E -t "$svc" --ftp=off -k src
	! adm -S | grep -- --ftp || fail "still there"
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
	start_refused "$key" "key-file: .* holds neither"
	head -c 31 /dev/urandom >"$key"
	start_refused "$key" "key-file: .* holds neither"
	head -c 32 /dev/urandom >"$key"
	start "$key"
	adm --stop-sync
	head -c 32 /dev/urandom | base64 | sed 's/^/ /' >"$key"
	ln -s "$key" "$L7_TMP/link"
	start "$L7_TMP/link"
	assert_eq "path" "$(adm --sync --json | fields "[0]['key_file']")" "$(realpath "$key")"
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

# With AddressSanitizer and UndefinedBehaviorSanitizer.
sanitizers() {
	use_sanitized
	save_restore
}

ktap_plan 11
l7_topo_up
l7_family 4
clear_all
run_test_v4v6 save_restore "save, clear, restore: identical"
run_test_v4v6 save_restore_peers "the same with unicast peers"
run_test_v4v6 ftp "FTP: refused, saved, restored"
run_test_v4v6 restore_errors
run_test sanitizers
l7_family 4
run_test key_files
run_test key_hidden
ktap_exit
