#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Sessions of TLS reach the server that can resume them, without a key of anybody's: by session
# ID, by ticket, and by the name of the ticket's key in TLS 1.3. Three nginx, each with ticket
# keys of its own, and OpenSSL, Node and curl as clients.
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=persist.sh
. "$L7_SELFTESTS/persist.sh"
# shellcheck source=tls.sh
. "$L7_SELFTESTS/tls.sh"

all_resume() {
	tls_client "$@"
	[ "$RESUMED" = "$CONNECTIONS" ] && [ "$STAYED" = "$CONNECTIONS" ] ||
		fail "of $CONNECTIONS connections $RESUMED were resumed, $STAYED at their server: $OUT"
}

# What plain IPVS makes of the same: the check of the check.
without_policy() {
	service "$1" rr
	shift
	tls_client "$@"
	[ "$RESUMED" -le $((CONNECTIONS / 2)) ] ||
		fail "of $CONNECTIONS connections $RESUMED were resumed without a policy"
}

session_ids() {
	service $ID_PORT rr -- -k tls-session
	all_resume version=1.2 ticket=0 sessions=6 requests=4
	assert_eq servers "$SERVERS" 3
	assert_counters key_hit=24 key_miss=0 binding_learned=6
	# The client's own invention, sent along with a ticket or with 1.3, is no session.
	assert_eq bindings "$(binding_count)" 6
}

# A key of the whole ticket: one binding a client.
tickets_whole() {
	service $TICKET_PORT rr -- -k tls-ticket:all
	all_resume version=1.2 sessions=6 requests=4
	assert_eq servers "$SERVERS" 3
	assert_counters key_hit=24 key_miss=0
}

# By the name of the key: one binding a server.
tickets_by_key() {
	service $TICKET_PORT rr -- -k tls-ticket
	all_resume version=1.2 sessions=6 requests=4
	assert_counters key_hit=24 binding_learned=3
	assert_eq bindings "$(binding_count)" 3
}

# 1.3: the ticket is encrypted, but a server that takes it says so.
resumption_13() {
	service $V13_PORT rr -- -k tls-ticket
	# Until each server has taken one of its own.
	tls_client sessions=6 requests=6
	assert_eq bindings "$(binding_count)" 3
	all_resume sessions=6 requests=5
	assert_counters binding_learned=3
}

# Hellos of several records and segments, as with post-quantum key shares.
large_hello() {
	service $V13_PORT rr -- -k tls-ticket
	tls_client sessions=6 requests=6
	all_resume sessions=3 requests=3 big=1
	assert_counters malformed_fallback=0 too_long_fallback=0
}

# HelloRetryRequest is no refusal: the second ServerHello tells.
hello_retry() {
	local out i
	service $V13_PORT rr -- -k tls-ticket
	tls_client sessions=6 requests=6
	rm -f "$L7_TMP/sess"
	for i in 1 2 3; do
		out=$(s_client -tls1_3 -groups X25519:P-384 -curves X25519:P-384 -sess_out "$L7_TMP/sess")
		has_text_in "$out" "^New, TLSv1.3" || fail "no session: $out"
	done
	defer rm -f "$L7_TMP/sess"
	for i in 1 2 3; do
		out=$(s_client -tls1_3 -groups X25519:P-384 -sess_in "$L7_TMP/sess")
		has_text_in "$out" "^Reused, TLSv1.3" || fail "not resumed: $out"
	done
	assert_counters learn_bad=0
}

has_text_in() { grep -q -- "$2" <<<"$1"; }

# openssl s_client, one request.
s_client() {
	printf 'GET /who HTTP/1.1\r\nHost: l7.test\r\nConnection: close\r\n\r\n' |
		in_ns client timeout $((20 * ${L7_SLOW:-1})) openssl s_client -connect "$VIP_URL:$PORT" \
			-ign_eof "$@" 2>&1
}

# A server whose keys changed refuses what it gave out before: its binding is doubted, and the
# sessions that it gives out from then on find it.
rotation() {
	local rs old
	service $V13_PORT rr -- -k tls-ticket
	tls_client sessions=6 requests=6
	assert_eq bindings "$(binding_count)" 3
	rm -f "$L7_TMP/go"
	in_background tls client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_tls.py" "$VIP" "$PORT" \
		timeout=$((20 * ${L7_SLOW:-1})) sessions=6 requests=1 resume="$L7_TMP/go"
	wait_for_text "$L7_TMP/tls.out" "session 5 "
	for rs in $L7_SERVERS; do
		old=$(workers "$rs")
		tls_nginx "$rs" -s reload
		wait_for has_other_workers "$rs" "$old"
	done
	: >"$L7_TMP/go"
	wait_for_exit "$BG"
	# A full handshake each, where the session was; no use of the binding prolongs it any more.
	assert_eq "after the change" "$(tail -n 1 "$L7_TMP/tls.out")" \
		"connections=6 resumed=0 $(tail -n 1 "$L7_TMP/tls.out" | cut -d' ' -f3-)"
	assert_counters learn_rejected=6 binding_deleted=0
	assert_eq "bindings that last" "$(lasting)" 0
	tls_client sessions=6 requests=6
	all_resume sessions=6 requests=3
	assert_counters learn_rejected=6
}

# How many bindings have more than five minutes.
lasting() {
	in_ns dira ipvsl7adm --bindings --json | python3 -c "
import json, sys
print(sum(b['expires_s'] > 301 for b in json.load(sys.stdin)['bindings']))"
}

# One client's ticket has the name of its key, which leads all of that server's: that the server
# does not take it ends nothing for the others.
forged_ticket() {
	local rs out rejected
	service $V13_PORT rr -- -k tls-ticket
	defer rm -f "$L7_TMP/sess" "$L7_TMP/forged"
	tls_client sessions=6 requests=6
	assert_eq "bindings that last" "$(lasting)" 3
	counters
	rejected=${C[learn_rejected]:-0}
	out=$(s_client -tls1_3 -sess_out "$L7_TMP/sess")
	has_text_in "$out" "^New, TLSv1.3" || fail "no session: $out"
	rs=$(sed -n 's/.*\(rs[123]\).*/\1/p' <<<"$out" | tail -n 1)
	out=$(s_client -tls1_3 -sess_in "$L7_TMP/sess" -sess_out "$L7_TMP/sess")
	has_text_in "$out" "^Reused, TLSv1.3" || fail "not resumed: $out"
	forge "$L7_TMP/sess" >"$L7_TMP/forged"
	out=$(s_client -tls1_3 -sess_in "$L7_TMP/forged")
	has_text_in "$out" "^New, TLSv1.3" || fail "the forged one: $out"
	assert_counters learn_rejected=$((rejected + 1)) binding_deleted=0
	assert_eq "bindings that last" "$(lasting)" 2
	out=$(s_client -tls1_3 -sess_in "$L7_TMP/sess")
	has_text_in "$out" "^Reused, TLSv1.3" || fail "not resumed any more: $out"
	has_text_in "$out" "$rs" || fail "not at $rs: $out"
	assert_eq "bindings that last" "$(lasting)" 3
}

# Changes the last byte of the ticket, the longest string of OpenSSL's session.
forge() {
	openssl sess_id -in "$1" -outform DER | python3 -c "
import base64, sys
d = bytearray(sys.stdin.buffer.read())
at, n = max(((i + 4, d[i + 2] << 8 | d[i + 3]) if d[i + 1] == 0x82 else (i + 3, d[i + 2])
             for i in range(len(d) - 4) if d[i] == 4 and d[i + 1] in (0x81, 0x82) and
             (d[i + 2] << 8 | d[i + 3] if d[i + 1] == 0x82 else d[i + 2]) < len(d) - i),
            key=lambda x: x[1])
d[at + n - 1] ^= 1
print('-----BEGIN SSL SESSION PARAMETERS-----')
sys.stdout.flush()
sys.stdout.buffer.write(base64.encodebytes(d))
print('-----END SSL SESSION PARAMETERS-----')"
}

workers() { pgrep -P "$(cat "$L7_TMP/tls-$1/nginx.pid")" | xargs; }
# has_other_workers SERVER PIDS: and none of these any more.
has_other_workers() {
	local now pid
	now=$(workers "$1")
	[ -n "$now" ] || return
	for pid in $2; do
		! kill -0 "$pid" 2>/dev/null || return
	done
}

# A stranger's ticket makes no binding, and steers nothing.
invented() {
	service $TICKET_PORT rr -- -k tls-ticket -k tls-session
	tls_client version=1.2 sessions=3 requests=2
	# The ID that a client sends beside its ticket is echoed, and teaches nothing: neither where
	# the ticket decided, nor where it was not looked at.
	assert_eq bindings "$(binding_count)" 3
	assert_counters binding_learned=3
	in_ns dira ipvsl7adm -E -t "$SVC" -k src -k tls-session
	tls_client version=1.2 sessions=1 requests=2
	assert_eq "bindings, with the address" "$(binding_count)" 4
}

# What is no TLS is scheduled; where the key is required, it is reset.
no_tls() {
	service $V13_PORT rr -- -k tls-ticket
	client get timeout=5 >/dev/null || true
	assert_counters malformed_fallback=1 required=0
	in_ns dira ipvsl7adm -E -t "$SVC" -k tls-ticket,require
	client get timeout=5 >/dev/null || true
	assert_counters malformed_fallback=2 required=1
	# A hello without a session has no key either.
	! s_client -tls1_3 | grep -q server= || fail "no key, and not reset"
	assert_counters required=2
}

# A session goes on at the other director, by the mirrored binding.
takeover() {
	defer l7_director_takes dira
	in_ns dira ipvsl7adm --generate-key="$L7_TMP/key"
	defer rm -f "$L7_TMP/key"
	local d n=0
	for d in dira dirb; do
		n=$((n + 1))
		in_ns $d ipvsl7adm --start-sync --interface sync --group "$GROUP" --node $n \
			--key-file "$L7_TMP/key"
		defer in_ns $d ipvsl7adm --stop-sync
	done
	service $V13_PORT rr -- -k tls-ticket
	l7_ipvs_service dirb "$VIP" $V13_PORT
	defer in_ns dirb ipvsadm -C
	in_ns dirb ipvsl7adm -A -t "$SVC" -k tls-ticket
	defer in_ns dirb ipvsl7adm -C
	tls_client sessions=6 requests=6
	wait_for mirrored 3
	l7_director_takes dirb
	all_resume sessions=6 requests=3
	[ "$(in_ns dirb ipvsl7adm --stats --exact -n | awk '$1 == "key_hit" { print $2; exit }')" -ge 18 ] ||
		fail "the bindings were not used"
}
mirrored() { [ "$(in_ns dirb ipvsl7adm --bindings -n | sed 1d | wc -l)" = "$1" ]; }

with_group() {
	case $FAMILY in 4) GROUP=239.0.0.88 ;; 6) GROUP=ff05::88 ;; esac
	"$@"
}

# curl_stays VERSION: five connections of one curl, of which all but the first resume.
curl_stays() {
	local out url="https://$VIP_URL:$PORT/who"
	out=$(in_ns client curl -sSkvg --tls-max "$1" -H "Connection: close" "$url" "$url" "$url" "$url" "$url" 2>&1)
	assert_eq "servers" "$(grep -o '^server=.*' <<<"$out" | sort | uniq -c | sed 's/ *\([0-9]*\) .*/\1/' | xargs)" 5
	assert_eq "resumed" "$(grep -c 'SSL re-\?using session' <<<"$out")" 4
}
curl_client() {
	service $ID_PORT rr -- -k tls-session
	curl_stays 1.2
	# Tickets of 1.2 it does not take (SSL_OP_NO_TICKET).
	service $V13_PORT rr -- -k tls-ticket
	tls_client sessions=6 requests=6
	curl_stays 1.3
}

# Other TLS libraries: Node resumes by what its "session" event gives.
node_client() {
	command -v node >/dev/null || skip "no node"
	service $V13_PORT rr -- -k tls-ticket
	tls_client sessions=6 requests=6
	local out
	out=$(in_ns client node -e '
		const tls = require("tls");
		const [host, port] = process.argv.slice(1);
		let sess, n = 0, reused = 0;
		function go() {
			const s = tls.connect({ host, port, rejectUnauthorized: false, servername: "l7.test",
				session: sess, minVersion: "TLSv1.3" }, () => {
				if (n++ && s.isSessionReused()) reused++;
				s.write("GET /who HTTP/1.1\r\nHost: l7.test\r\nConnection: close\r\n\r\n");
			});
			s.on("session", (x) => { sess = x; });
			s.resume();
			s.on("error", (e) => { console.log("error", e.message); process.exit(1); });
			s.on("close", () => { if (n < 7) go(); else console.log("reused", reused); });
		}
		go();' "$VIP" "$PORT")
	assert_eq "node's sessions" "$out" "reused 6"
}

ktap_plan 30
l7_topo_up
l7_nginx_up
tls_up || exit
defer tls_down
run_test_v4v6 without_policy "session IDs without a policy" $ID_PORT version=1.2 ticket=0 sessions=4 requests=2
run_test_v4v6 without_policy "1.3 without a policy" $V13_PORT sessions=4 requests=2
run_test_v4v6 session_ids "session IDs"
run_test_v4v6 tickets_whole "tickets, whole"
run_test_v4v6 tickets_by_key "tickets, by their key's name"
run_test_v4v6 resumption_13 "resumption of 1.3"
run_test_v4v6 large_hello "large ClientHellos"
run_test_v4v6 hello_retry "HelloRetryRequest"
run_test_v4v6 rotation "keys change"
run_test_v4v6 forged_ticket "a ticket that its server does not take"
run_test_v4v6 invented "what clients make up"
run_test_v4v6 no_tls "no TLS, no session"
run_test_v4v6 with_group "takeover" takeover
run_test_v4v6 curl_client "curl"
run_test_v4v6 node_client "Node"
ktap_exit
