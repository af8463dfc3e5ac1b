#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The guest's half of scripts/bench: the same client and servers with each kind of director
# between them. Prints lines for report.py: "value FAMILY SETUP MEASURE NUMBER", and "note ...".
#
# The processor executes one instruction a nanosecond, and everything runs on it, so the time
# that it is busy is what was executed by all in the guest; a director's own cost is the
# difference to "direct", where client and server share a bridge.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

REPS=${L7_BENCH_REPS:-5} CONNS=${L7_BENCH_CONNS:-300} SMALL=${L7_BENCH_SMALL:-500}
BYTES=${L7_BENCH_BYTES:-3000000}
COOKIE=SESSID=4f1c9a7e2b6d4c80a1e35d7f90b2c648
LOAD=$L7_SELFTESTS/bench/load
# What a browser sends along.
BROWSER=(
	'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
	'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
	'Accept-Language: en-GB,en;q=0.5' 'Accept-Encoding: gzip, deflate'
	'Referer: http://bench.example/list?page=3' 'Upgrade-Insecure-Requests: 1'
	"Cookie: theme=dark; $COOKIE; SRV=s1; consent=yes"
)

die() { echo "Bail out! $*"; exit 1; }
note() { echo "note $*"; }

# --- The places: each setup is an address and a port that leads to a real server ---

near_up() {
	ip netns add near
	ip link add eth0 netns near type veth peer name near netns lan
	ip -n lan link set near master brin up
	printf '%s\n' "link set lo up" "link set eth0 up" "addr add 10.0.2.50/24 dev eth0" \
		"addr add fd00:2::50/64 dev eth0 nodad" | ip -n near -batch -
}

# Packets as long as on a wire, whoever cuts them.
offloads_off() {
	local at
	for at in near:eth0 client:eth0 dira:out dira:in dirb:out dirb:in rs1:eth0 rs2:eth0 rs3:eth0; do
		in_ns "${at%:*}" ethtool -K "${at#*:}" tso off gso off gro off >/dev/null
	done
}

# Service at VIP, port $1, whose servers listen at port 8000.
service() {
	local rs
	in_ns dira ipvsadm -A -t "$VIP_URL:$1" -s rr
	for rs in "$SRV1" "$SRV2" "$SRV3"; do
		in_ns dira ipvsadm -a -t "$VIP_URL:$1" -r "$(url_host "$rs"):8000" -m
	done
}

haproxy_up() {
	command -v haproxy >/dev/null || { note "no haproxy"; return 1; }
	local f=$L7_TMP/haproxy.$FAMILY s servers='' cookies='' n=0
	for s in "$SRV1" "$SRV2" "$SRV3"; do
		n=$((n + 1))
		servers+=$'\n'"  server s$n $s:8000"
		cookies+=$'\n'"  server s$n $s:8000 cookie s$n"
	done
	cat >"$f" <<-TXT
	global
	  maxconn 2000
	  nbthread 1
	  localpeer here
	defaults
	  timeout connect 10s
	  timeout client 60s
	  timeout server 60s
	  option splice-auto
	peers cluster
	  peer here $SYNCA:1024
	  peer there $SYNCB:1024
	listen http
	  bind $DIRA:8004
	  mode http
	  http-reuse never
	  cookie SRV indirect$cookies
	listen tcp
	  bind $DIRA:8005
	  mode tcp
	  stick-table type ${1} size 100k expire 30m peers cluster
	  stick on src$servers
	listen stick
	  bind $DIRA:8009
	  mode http
	  http-reuse never
	  stick-table type string len 64 size 100k expire 30m peers cluster
	  stick on req.cook(SESSID)$servers
	TXT
	in_ns dira haproxy -D -q -f "$f" || return
}

nginx_proxy_up() {
	local d=$L7_TMP/nginx-proxy.$FAMILY s servers=''
	mkdir -p "$d"
	for s in "$SRV1" "$SRV2" "$SRV3"; do servers+="server $(url_host "$s"):8000; "; done
	cat >"$d/nginx.conf" <<-TXT
	$([ ! -e /usr/lib/nginx/modules/ngx_stream_module.so ] ||
		echo "load_module /usr/lib/nginx/modules/ngx_stream_module.so;")
	user root;
	worker_processes 1;
	pid $d/nginx.pid;
	error_log $d/error.log;
	events { worker_connections 4096; }
	http {
	  access_log off;
	  client_max_body_size 0;
	  client_body_temp_path $d/body; proxy_temp_path $d/proxy; fastcgi_temp_path $d/fastcgi;
	  uwsgi_temp_path $d/uwsgi; scgi_temp_path $d/scgi;
	  upstream servers { hash \$cookie_SESSID; $servers }
	  server {
	    listen $(url_host "$DIRA"):8006;
	    location / {
	      proxy_pass http://servers; proxy_buffering off; proxy_request_buffering off;
	      proxy_http_version 1.1;
	    }
	  }
	}
	TXT
	[ ! -e /usr/lib/nginx/modules/ngx_stream_module.so ] || cat >>"$d/nginx.conf" <<-TXT
	stream {
	  upstream servers { hash \$remote_addr; $servers }
	  server { listen $(url_host "$DIRA"):8007; proxy_pass servers; }
	}
	TXT
	in_ns dira nginx -p "$d/" -e "$d/error.log" -c "$d/nginx.conf"
}

# SYNs to port 8008 are answered by SYNPROXY; what it opens itself is scheduled by IPVS.
synproxy_up() {
	service 8008
	in_ns dira nft -f - <<-TXT
	table inet bench {
		chain raw {
			type filter hook prerouting priority raw;
			tcp dport 8008 tcp flags syn notrack
		}
		chain in {
			type filter hook input priority 0;
			tcp dport 8008 ct state { invalid, untracked } synproxy mss 1460 wscale 7 timestamp sack-perm
		}
	}
	TXT
	l7_sysctl dira net.ipv4.vs.conntrack=1 net.netfilter.nf_conntrack_tcp_loose=0
}

synproxy_down() {
	in_ns dira nft delete table inet bench
	l7_sysctl dira net.ipv4.vs.conntrack=0 net.netfilter.nf_conntrack_tcp_loose=1
}

# --- Measuring ---

# Bytes before the request: a file, or ''; what stands in its head besides.
FIRST='' HEAD=()

# run NS MEASURE ADDRESS PORT COUNT: sets GOT, the time per thing.
FROM=10000
run() {
	local out
	out=$(in_ns "$1" "$LOAD" "$2" "$3" "$4" $FROM "$5" "${BROWSER[@]}" \
		${HEAD[@]+"${HEAD[@]}"} ${FIRST:+"@$FIRST"}) || return
	# No port is used twice, towards whomever: servers and IPVS remember it.
	if [ "$2" = conn ]; then FROM=$((FROM + $5)); else FROM=$((FROM + 1)); fi
	GOT=$(awk '{ printf "%.6g\n", $2 / $4 }' <<<"$out")
}

# place NS ADDRESS PORT: sets AT.
place() { AT=("$@"); }

# wanted SETUP...: is any of them to be measured?
wanted() {
	local setup
	[ -n "${L7_BENCH_ONLY-}" ] || return 0
	for setup; do
		case ,$L7_BENCH_ONLY, in *,"$setup",*) return 0 ;; esac
	done
	return 1
}

# measure SETUP MEASURE...: at AT, a round for warmth and REPS that count.
measure() {
	local setup=$1 what i count
	wanted "$setup" || return 0
	shift
	for what; do
		case $what in
		conn) count=$CONNS ;;
		small) count=$SMALL ;;
		*) count=$BYTES ;;
		esac
		for ((i = 0; i <= REPS; i++)); do
			run "${AT[0]}" "$what" "${AT[1]}" "${AT[2]}" "$((i ? count : count / 10))" ||
				{ note "$setup, $what: failed"; return; }
			[ $i = 0 ] || echo "value IPv$FAMILY $setup $what $GOT"
		done
	done
}

ALL='conn small down up'

# Without the module. There is a service, so IPVS looks at every packet. What is compared comes
# close together: connections stay in everybody's tables for a while.
before() {
	service 8001
	place near "$SRV1" 8000
	measure direct $ALL
	place client "$VIP" 8001
	measure ipvs $ALL
	! wanted ipvs+synproxy || {
		synproxy_up && { place client "$VIP" 8008; measure ipvs+synproxy conn; }
		synproxy_down
	}
	place client "$SRV1" 8000
	measure router $ALL
}

cookie_up() {
	service 8002
	in_ns dira ipvsl7adm -A -t "$VIP_URL:8002" -k cookie:SESSID
	in_ns dira ipvsl7adm --add-binding "cookie:$COOKIE" -t "$VIP_URL:8002" \
		-r "$(url_host "$SRV1"):8000"
}

with_module() {
	cookie_up
	service 8003
	in_ns dira ipvsl7adm -A -t "$VIP_URL:8003" -k src
	place client "$SRV1" 8000
	measure router-beside-l7 $ALL
	place client "$VIP" 8001
	measure ipvs-beside-l7 $ALL
	place client "$VIP" 8002
	measure l7-cookie $ALL
	place client "$VIP" 8003
	measure l7-src conn
}

# rule NAME [POLICY-ARG]...: a connection whose first bytes are FIRST and HEAD, by such a policy.
rule() {
	wanted "l7-$1" || return 0
	service 8010
	in_ns dira ipvsl7adm -A -t "$VIP_URL:8010" "${@:2}" || return
	place client "$VIP" 8010
	measure "l7-$1" conn
	in_ns dira ipvsl7adm -D -t "$VIP_URL:8010"
	in_ns dira ipvsadm -D -t "$VIP_URL:8010"
}

# pool MARK: a fwmark service with the same servers.
pool() {
	local six=() rs
	[ "$FAMILY" = 4 ] || six=(-6)
	in_ns dira ipvsadm -A -f "$1" "${six[@]}" -s rr
	for rs in "$SRV1" "$SRV2" "$SRV3"; do
		in_ns dira ipvsadm -a -f "$1" "${six[@]}" -r "$(url_host "$rs"):8000" -m
	done
}

# first FILE FROM [BYTES]: what real clients sent, of the fuzzers' corpus.
first() {
	FIRST=$L7_TMP/first
	tail -c "+$2" "$L7_SELFTESTS/fuzz/corpus/$1" | head -c "${3:-4096}" >"$FIRST"
}

# A connection for each kind of key; none of them is bound, so that the key is looked for, and looked up in
# vain, and IPVS schedules.
rules() {
	HEAD=("X-User: alice-4711" "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.x")
	rule header -k header:X-User
	rule url -k url:sid
	rule path-hash -k path-hash
	rule insert -k cookie:L7,insert
	rule rewrite -k cookie:L7,rewrite
	rule chain-of-4 -k cookie:NONE -k url:none -k header:X-None -k src
	rule host-pool -k cookie:SESSID -s host:other.example=reset -s path:/api/*=reset
	HEAD=()
	first tls_client/12-id-resumed 2
	rule tls-session -k tls-session
	first tls_client/13-resumed 2
	rule tls-ticket -k tls-ticket
	pool 10
	rule sni-pool -k tls-ticket -s sni:none.example=reset -s any=fwmark:10
	first rdp/user 2
	rule rdp -k rdp
	first mqtt/v311 1
	rule mqtt -k mqtt
	rule payload -k payload:2,8
	first proxy/v2-tcp4 1 28
	rule proxy -k cookie:SESSID --accept-proxy
	FIRST=''
}

mirroring() {
	local group=239.0.0.88
	wanted l7-mirrored-to-none l7-mirrored l7-plain-mirrored || return 0
	[ "$FAMILY" = 4 ] || group=ff02::88
	(umask 077; in_ns dira ipvsl7adm --generate-key >"$L7_TMP/key")
	in_ns dira ipvsl7adm --start-sync --interface sync --group $group --node 1 \
		--key-file "$L7_TMP/key"
	place client "$VIP" 8002
	measure l7-mirrored-to-none conn
	in_ns dirb ipvsl7adm -A -t "$VIP_URL:8002" -k cookie:SESSID
	in_ns dirb ipvsl7adm --start-sync --interface sync --group $group --node 2 \
		--key-file "$L7_TMP/key"
	measure l7-mirrored conn
	service 8011
	in_ns dira ipvsl7adm -A -t "$VIP_URL:8011" --mirror connections
	in_ns dirb ipvsl7adm -A -t "$VIP_URL:8011" --mirror connections
	place client "$VIP" 8011
	measure l7-plain-mirrored $ALL
	in_ns dirb ipvsl7adm --stop-sync
	in_ns dira ipvsl7adm --stop-sync
}

# Connections that find their binding, among more and more bindings.
tables() {
	local n have=0
	wanted l7-of-1000 l7-of-10000 l7-of-100000 "l7-of-${L7_BENCH_BINDINGS-}" || return 0
	in_ns dira ipvsl7adm --set-limits bindings=16m
	for n in 1000 10000 100000 ${L7_BENCH_BINDINGS-}; do
		seq -f "--add-binding cookie:SESSID=bench%.0f -t $VIP_URL:8002 -r $(url_host "$SRV1"):8000" \
			$have $n | in_ns dira ipvsl7adm -R || { note "$n bindings: failed"; return; }
		have=$((n + 1))
		in_ns dira ipvsl7adm --add-binding "cookie:$COOKIE" -t "$VIP_URL:8002" \
			-r "$(url_host "$SRV1"):8000"
		place client "$VIP" 8002
		measure "l7-of-$n" conn
	done
	in_ns dira ipvsl7adm --flush-bindings
}

memory() {
	awk '$1 ~ /^(l7_flow|l7_binding|ip_vs_conn)$/ { print "value - memory " $1 " " $4 }' /proc/slabinfo
}

# Proxies in the director's place.
proxies() {
	if wanted haproxy-http haproxy-http-stick haproxy-tcp &&
	   haproxy_up "$([ "$FAMILY" = 4 ] && echo ip || echo ipv6)"; then
		place client "$DIRA" 8004
		measure haproxy-http $ALL
		place client "$DIRA" 8009
		measure haproxy-http-stick conn
		place client "$DIRA" 8005
		measure haproxy-tcp $ALL
	fi
	wanted nginx-http nginx-stream && nginx_proxy_up || return 0
	place client "$DIRA" 8006
	measure nginx-http $ALL
	[ ! -e /usr/lib/nginx/modules/ngx_stream_module.so ] || {
		place client "$DIRA" 8007
		measure nginx-stream $ALL
	}
}

bench_up() {
	[ -x "$LOAD" ] || die "no $LOAD"
	l7_topo_up || die "no topology"
	near_up
	offloads_off
	for rs in $L7_SERVERS; do
		in_ns "$rs" "$LOAD" serve 8000 &
		wait_for_listen "$rs" 8000
	done
}

[ -z "${L7_BENCH_SOURCED-}" ] || return 0
bench_up
module_was=/sys/module/ip_vs_l7
for family in ${L7_BENCH_FAMILIES:-4 6}; do
	l7_family "$family"
	FROM=10000
	in_ns dira ipvsadm -C
	[ ! -e $module_was ] || rmmod ip_vs_l7
	before
	insmod "$L7_MODULE" || die "the module does not load"
	with_module
	rules
	mirroring
	tables
	memory
	proxies
done
