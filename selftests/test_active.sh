#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Two directors that both serve: each an address of its own, by keepalived, as the documentation has it;
# and connections whose packets come by either.
# shellcheck source=takeover.sh
. "$(dirname "$0")/takeover.sh"
# shellcheck source=keepalived.sh
. "$L7_SELFTESTS/keepalived.sh"

SITE1=10.0.1.177 SITE2=10.0.1.178
SHARED=10.0.1.150
FLIPS=8
L7_WAIT_MS=40000

# --- keepalived ---

# site NUMBER PRIORITY: an address outside, and the one inside by which its servers answer.
site() {
	cat <<-TXT
	vrrp_instance site$1 {
	  state BACKUP
	  interface out
	  virtual_router_id 8$1
	  priority $2
	  advert_int 1
	  virtual_ipaddress { 10.0.1.17$((6 + $1))/24 dev out
	    10.0.2.$((252 + $1))/24 dev in }
	  track_script { l7_ready }
	}
	TXT
}
# director DIRECTOR PRIORITY-OF-SITE1 PRIORITY-OF-SITE2
director() {
	# no pipe: what is deferred would be forgotten
	keepalived_up "$1" < <(site 1 "$2" && site 2 "$3")
}
has_addr() { ip -n "$1" -o addr show | grep -q "inet $2/"; }
serves() { has_addr "$1" "$2"; }
not_serves() { ! serves "$1" "$2"; }
ready() { in_ns "$1" ipvsl7adm --ready >/dev/null 2>&1; }

# sites: services and policies of both at both; rs3 alone serves the second, and answers by its address.
sites() {
	local d rs
	defer sites_gone
	ip -n dira addr del 10.0.2.254/24 dev in
	for rs in rs1 rs2 rs3; do
		ip -n $rs route replace default via "10.0.2.25$((3 + ${rs#rs} / 3))"
	done
	l7_ipvs_service both $SITE1 80 rr rs1 rs2
	l7_ipvs_service both $SITE2 80 rr rs3
	for d in dira dirb; do
		in_ns $d ipvsl7adm -A -t $SITE1:80 -k cookie:SESSID
		in_ns $d ipvsl7adm -A -t $SITE2:80 -k cookie:SESSID
	done
}

sites_gone() {
	local d rs
	for d in dira dirb; do
		in_ns $d ipvsl7adm -D -t $SITE1:80
		in_ns $d ipvsl7adm -D -t $SITE2:80
		in_ns $d ipvsadm -D -t $SITE1:80
		in_ns $d ipvsadm -D -t $SITE2:80
	done
	for rs in rs1 rs2 rs3; do ip -n $rs route replace default via 10.0.2.254; done
	ip -n dira addr replace 10.0.2.254/24 dev in
}

# --- transfers ---

# fetch SITE FILE: 20 MB, slowly; fetched PID FILE
fetch() {
	rm -f "$2"
	L7_CURL_SECONDS=120 VIP_URL=$1 client_get "/blob?rate=$((RATE / 5))k" -o "$2" &
}
fetched() {
	local sum
	wait "$1" || fail "curl: status $?"
	sum=$(sha256sum <"$2")
	assert_eq checksum "${sum%% *}" "$L7_BLOB_SHA256"
}

# Each serves its own; when A dies, B serves both, and what is under way goes on; when A comes back it
# takes back its own, again in mid-transfer.
sites_survive() {
	local one two again
	sites
	director dira 150 100
	director dirb 100 150
	wait_for serves dira $SITE1
	wait_for serves dirb $SITE2
	not_serves dira $SITE2 || fail "dira serves both"
	fetch $SITE1 "$L7_TMP/one"
	one=$!
	fetch $SITE2 "$L7_TMP/two"
	two=$!
	wait_for has_bytes "$L7_TMP/one" 2000000
	wait_for has_bytes "$L7_TMP/two" 2000000
	l7_director_cut dira
	wait_for serves dirb $SITE1
	fetched $one "$L7_TMP/one"
	fetched $two "$L7_TMP/two"
	fetch $SITE1 "$L7_TMP/again"
	again=$!
	wait_for has_bytes "$L7_TMP/again" 1000000
	l7_director_restore dira
	wait_for serves dira $SITE1
	wait_for not_serves dirb $SITE1
	fetched $again "$L7_TMP/again"
	serves dirb $SITE2
}

# The router in front sends packets of one connection now to this director, now to that.
either_way() {
	local pid out=$L7_TMP/either i=0 before
	l7_director_takes dira
	ip -n dira addr replace $SHARED/32 dev lo
	ip -n dirb addr replace $SHARED/32 dev lo
	l7_ipvs_service both $SHARED 80 rr
	in_ns dira ipvsl7adm -A -t $SHARED:80 "$@"
	in_ns dirb ipvsl7adm -A -t $SHARED:80 "$@"
	defer shared_gone
	way $DIRA
	before=$(counter dirb takeover)
	fetch $SHARED "$out"
	pid=$!
	wait_for has_bytes "$out" 500000
	while [ $i -lt $FLIPS ] && kill -0 $pid 2>/dev/null; do
		way $DIRB
		wait_for has_bytes "$out" $(($(stat -c %s "$out") + 50000))
		way $DIRA
		wait_for has_bytes "$out" $(($(stat -c %s "$out") + 50000))
		i=$((i + 1))
	done
	assert_eq "there and back" $i $FLIPS
	fetched $pid "$out"
	[ "$(counter dirb takeover)" -ge $((before + FLIPS)) ] || fail "B had no part in it: $(($(counter dirb takeover) - before))"
}
way() { ip -n client route replace $SHARED/32 via "$1"; }
shared_gone() {
	local d
	for d in dira dirb; do
		in_ns $d ipvsl7adm -D -t $SHARED:80
		in_ns $d ipvsadm -D -t $SHARED:80
		ip -n $d addr del $SHARED/32 dev lo
	done
} 2>/dev/null

l7_family 4
ktap_plan 3
l7_topo_up
l7_blob
l7_nginx_up
mirror
wait_for ready dira
wait_for ready dirb
run_test either_way "packets by either director, spliced" -k cookie:SESSID
run_test either_way "packets by either director, plain" --mirror connections
run_test sites_survive "two sites, one director dies and comes back"
ktap_exit
