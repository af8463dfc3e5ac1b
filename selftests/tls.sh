# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Three nginx that speak TLS, each with ticket keys of its own, and a client that resumes sessions; after
# lib.sh and persist.sh.

ID_PORT=4431 TICKET_PORT=4432 V13_PORT=4433

tls_config() {
	local rs=$1 d=$L7_TMP/tls-$1
	cat <<-TXT
	user root;
	worker_processes 1;
	pid $d/nginx.pid;
	error_log $d/error.log;
	events { worker_connections 512; }
	http {
	  access_log off;
	  client_body_temp_path $d/body; proxy_temp_path $d/proxy; fastcgi_temp_path $d/fastcgi;
	  uwsgi_temp_path $d/uwsgi; scgi_temp_path $d/scgi;
	  ssl_certificate $L7_TMP/tls.crt;
	  ssl_certificate_key $L7_TMP/tls.key;
	  ssl_session_timeout 1h;
	  default_type text/plain;
	  server {
	    listen $ID_PORT ssl; listen [::]:$ID_PORT ssl ipv6only=on;
	    ssl_protocols TLSv1.2; ssl_session_tickets off; ssl_session_cache shared:id:1m;
	    location = /who { return 200 "server=$rs\n"; }
	  }
	  server {
	    listen $TICKET_PORT ssl; listen [::]:$TICKET_PORT ssl ipv6only=on;
	    ssl_protocols TLSv1.2; ssl_session_cache none;
	    location = /who { return 200 "server=$rs\n"; }
	  }
	  server {
	    listen $V13_PORT ssl; listen [::]:$V13_PORT ssl ipv6only=on;
	    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache none; ssl_ecdh_curve secp384r1:X25519:prime256v1;
	    location = /who { return 200 "server=$rs\n"; }
	  }
	}
	TXT
}

tls_nginx() {
	local rs=$1
	shift
	in_ns "$rs" nginx -p "$L7_TMP/tls-$rs/" -e "$L7_TMP/tls-$rs/error.log" \
		-c "$L7_TMP/tls-$rs/nginx.conf" "$@"
}

tls_up() {
	local rs
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
		-subj /CN=l7.test -keyout "$L7_TMP/tls.key" -out "$L7_TMP/tls.crt" 2>/dev/null || return
	for rs in $L7_SERVERS; do
		mkdir -p "$L7_TMP/tls-$rs" || return
		tls_config "$rs" >"$L7_TMP/tls-$rs/nginx.conf"
		tls_nginx "$rs" || return
	done
}

tls_down() {
	local rs pid
	for rs in $L7_SERVERS; do
		read -r pid 2>/dev/null <"$L7_TMP/tls-$rs/nginx.pid" && kill -TERM "$pid"
	done
}

# What tls_client sets.
CONNECTIONS='' RESUMED='' STAYED='' SERVERS=''

# tls_client NAME=VALUE...: l7_tls.py towards the service; sets OUT, and from its last line
# CONNECTIONS, RESUMED, STAYED, SERVERS.
tls_client() {
	OUT=$(in_ns client /usr/bin/python3 -S -E "$L7_SELFTESTS/l7_tls.py" "$VIP" "$PORT" \
		timeout=$((20 * ${L7_SLOW:-1})) "$@") || fail "the client: $OUT"
	eval "$(tail -n 1 <<<"$OUT" | tr '[:lower:]' '[:upper:]')"
}
