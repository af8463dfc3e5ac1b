#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Captures the traffic from which the corpora were made, in the guest:
#
#   scripts/vm --out DIR -- selftests/fuzz/capture.sh
#   selftests/fuzz/capture.py DIR
#
# The second writes selftests/fuzz/corpus/; what changed there is for the committer to judge.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
set -e

mirror() {
	local d node=1
	for d in dira dirb; do
		in_ns "$d" ipvsl7adm --start-sync --interface sync --group 239.0.0.88 --node $node \
			--plaintext
		node=$((node + 1))
	done
}

peers_met() { in_ns dira ipvsl7adm --peers -n | grep -q CONFIRMED; }

capture() {
	local name=$1 ns=$2
	shift 2
	in_background "$name" "$ns" /usr/bin/tcpdump -U -w "/run/out/$name.pcap" "$@"
	wait_for_text "$L7_TMP/$name.out" "listening on"
}

browser() {
	client_get "$1" -o /dev/null "${@:2}" --compressed \
		-A "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" \
		-H "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" \
		-H "Accept-Language: de,en-US;q=0.7" -H "Sec-Fetch-Mode: navigate"
}

traffic() {
	local jar=$L7_TMP/jar
	rm -f "$jar"
	client_get / -o /dev/null -c "$jar"
	client_get / -o /dev/null -b "$jar"
	browser / -b "theme=dark; SESSID=rs2-0123456789abcdef; lang=\"de\""
	client_get /logout -o /dev/null -b "$jar"
	client_get /nothing -o /dev/null -I
	client_get "/blob?rate=0" -o /dev/null -r 0-10 -z "1 Jan 2020"
	client_get /put/a -o /dev/null -T /etc/hostname -H "Expect: 100-continue"
	client_get / -o /dev/null --http1.0
	client_get / -o /dev/null --http2-prior-knowledge -m 2 || true
	L7_PORT=8081 client_get "/answer?status=200&h=Set-Cookie:SID%3Dx;%20Expires%3DThu,%2001%20Jan%201970%2000:00:00%20GMT&h=Set-Cookie:SID%3Dy;%20Path%3D/;%20HttpOnly" \
		-o /dev/null
	in_ns client /usr/bin/python3 -c '
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=10).read()' "http://$VIP_URL:80/who"
}

l7_topo_up
l7_nginx_up
l7_server_up
mirror
capture sync dirb -i sync udp port 8849
capture client client -i eth0 tcp
for f in 4 6; do
	l7_family "$f"
	for port in 80 8081; do
		l7_ipvs_service both "$VIP" "$port" rr
		for d in dira dirb; do
			in_ns $d ipvsl7adm -A -t "$VIP_URL:$port" -k cookie:SESSID -k cookie:SID -k src/24
		done
	done
	traffic
	in_ns dira ipvsl7adm --add-binding cookie:SID=gone -t "$VIP_URL:80" -r "$(url_host "$SRV1"):80"
	in_ns dira ipvsl7adm --del-binding cookie:SID=gone -t "$VIP_URL:80"
done
wait_for peers_met
in_ns dira ipvsl7adm -S >/run/out/saved
wait_for_bytes /run/out/sync.pcap 4000
wait_for_bytes /run/out/client.pcap 4000
