# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of steering share, after persist.sh: three nginx, pools, and asking them.

HTTP=8090 TLS=4490

steer_config() {
	local rs=$1 d=$L7_TMP/steer-$1
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
	  ssl_protocols TLSv1.2 TLSv1.3;
	  default_type text/plain;
	  map \$cookie_SESSID \$new_session {
	    "" "SESSID=$rs-\$request_id; Path=/";
	    default "";
	  }
	  server {
	    listen $HTTP; listen [::]:$HTTP ipv6only=on;
	    listen $TLS ssl http2; listen [::]:$TLS ssl http2 ipv6only=on;
	    location / { add_header Set-Cookie \$new_session; return 200 "server=$rs alpn=\$ssl_alpn_protocol\n"; }
	    location /blob { alias $L7_TMP/blob; limit_rate \$arg_rate; }
	  }
	}
	TXT
}

steer_up() {
	local rs
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
		-subj /CN=l7.test -keyout "$L7_TMP/tls.key" -out "$L7_TMP/tls.crt" 2>/dev/null || return
	for rs in $L7_SERVERS; do
		mkdir -p "$L7_TMP/steer-$rs" || return
		steer_config "$rs" >"$L7_TMP/steer-$rs/nginx.conf"
		in_ns "$rs" nginx -p "$L7_TMP/steer-$rs/" -e "$L7_TMP/steer-$rs/error.log" \
			-c "$L7_TMP/steer-$rs/nginx.conf" || return
	done
}

steer_down() {
	local rs pid
	for rs in $L7_SERVERS; do
		read -r pid 2>/dev/null <"$L7_TMP/steer-$rs/nginx.pid" && kill -TERM "$pid"
	done
}

# ipvsadm's word for the family of a fwmark service.
six() { [ "$FAMILY" = 4 ] || echo -6; }

# pool_member SERVER PORT
pool_member() { if [ "$2" = 0 ]; then server_addr "$1"; else server_at "$1" "$2"; fi; }

# pool MARK PORT SERVER[:WEIGHT]...: a fwmark service at the directors in POOL_AT (dira), until
# the test case ends. PORT 0: without one.
pool() {
	local mark=$1 port=$2 s w d
	shift 2
	for d in ${POOL_AT:-dira}; do
		# shellcheck disable=SC2046
		in_ns "$d" ipvsadm -A -f "$mark" $(six) -s rr
		# shellcheck disable=SC2046
		defer in_ns "$d" ipvsadm -D -f "$mark" $(six)
		for s; do
			w=1
			case $s in *:*) w=${s#*:} s=${s%:*} ;; esac
			# shellcheck disable=SC2046
			in_ns "$d" ipvsadm -a -f "$mark" $(six) -m -w "$w" -r "$(pool_member "$s" "$port")"
		done
	done
}

# scheduled dira|dirb MARK: connections that IPVS counts for a fwmark service of the family.
scheduled() {
	in_ns "$1" ipvsadm -Ln --stats |
		awk -v mark="$2" -v v6="$(six)" '$1 == "FWM" && $2 == mark && ($3 == "IPv6") == (v6 != "") {
			print $(v6 == "" ? 3 : 4) }'
}

# IPVS sums its counters up every two seconds.
scheduled_is() { [ "$(scheduled "$1" "$2")" = "$3" ]; }

# weight MARK PORT SERVER WEIGHT
weight() {
	# shellcheck disable=SC2046
	in_ns dira ipvsadm -e -f "$1" $(six) -m -w "$4" -r "$(server_at "$3" "$2")"
}

# one_each [PORT]: pool N has server rsN alone.
one_each() {
	local n
	for n in 1 2 3; do pool $n "${1:-$HTTP}" rs$n; done
}

# fetch SCHEME HOST PATH [CURL-ARG...]: the answer, by curl.
fetch() {
	# shellcheck disable=SC2153 # set by service
	local url=$1://$2:$PORT$3
	shift 3
	client_curl -k --connect-to "::$VIP_URL:$PORT" "$@" "$url"
}
# ask_tls HOST [CURL-ARG...]: the server's name.
ask_tls() { fetch https "$1" / "${@:2}" | server_of; }
# ask HOST PATH [NAME=VALUE...]: the same by l7_client.py, which starts faster; of count=N requests
# one after the other.
ask() { client get host="$1" path="$2" "${@:3}" | servers; }
# ask_set N HOST PATH [NAME=VALUE...]: the different servers of N requests.
ask_set() { client get count="$1" host="$2" path="$3" "${@:4}" | server_set; }
