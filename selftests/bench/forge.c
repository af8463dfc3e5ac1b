// SPDX-License-Identifier: GPL-2.0
/*
 * Sends what was recorded of mirroring once more, as it was or spoilt, as fast
 * as the receiver takes it:
 *
 *	forge INTERFACE FILE replay|flip|number|noise COUNT
 *
 * FILE has Ethernet frames, each behind its length in two bytes (big-endian):
 * IPv4 and UDP. "flip" changes a bit of the datagram; "number" gives it a packet
 * number that was not there yet; "noise" makes up all from the epoch on. One
 * after the other, from the beginning again at the end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH		64
#define FRAMES		4096
#define LEN_MAX		9000
#define UDP		(14 + 20)	/* where it begins */
#define DATA		(UDP + 8)
#define EPOCH		8		/* where these are in the datagram */
#define NUMBER		16
#define CLEAR		24		/* the clear header */
#define PAUSE_NS	200000		/* the receiver's turn */

struct frame {
	size_t len;
	uint8_t *data;
};

static struct frame frames[FRAMES];
static size_t nframes;
static uint64_t seed = 88172645463325252ULL;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* xorshift64 */
static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void read_frames(const char *path)
{
	FILE *f = fopen(path, "r");
	uint8_t head[2];
	size_t len;

	if (!f)
		die(path);
	while (nframes < FRAMES && fread(head, 2, 1, f) == 1) {
		len = (size_t)head[0] << 8 | head[1];
		if (len <= DATA + CLEAR || len > LEN_MAX)
			continue;
		frames[nframes].len = len;
		frames[nframes].data = malloc(len);
		if (!frames[nframes].data ||
		    fread(frames[nframes].data, len, 1, f) != 1)
			die(path);
		nframes++;
	}
	fclose(f);
	if (!nframes) {
		fprintf(stderr, "forge: nothing in %s\n", path);
		exit(1);
	}
}

static void fill(uint8_t *to, size_t len)
{
	uint64_t r;
	size_t i;

	for (i = 0; i < len; i += sizeof(r)) {
		r = rnd();
		memcpy(to + i, &r, len - i < sizeof(r) ? len - i : sizeof(r));
	}
}

/* Without a checksum, so that the datagram arrives. */
static size_t make(uint8_t *buf, size_t n, const char *mode)
{
	const struct frame *f = &frames[n % nframes];
	uint32_t number;
	size_t bit;

	memcpy(buf, f->data, f->len);
	memset(buf + UDP + 6, 0, 2);
	if (!strcmp(mode, "flip")) {
		bit = rnd() % (8 * (f->len - DATA));
		buf[DATA + bit / 8] ^= (uint8_t)(1 << bit % 8);
	} else if (!strcmp(mode, "number")) {
		number = htonl((uint32_t)n + 1000000);
		memcpy(buf + DATA + NUMBER + 4, &number, sizeof(number));
	} else if (!strcmp(mode, "noise")) {
		fill(buf + DATA + EPOCH, f->len - DATA - EPOCH);
	}
	return f->len;
}

static void send_all(int fd, size_t count, const char *mode)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	static uint8_t buf[BATCH][LEN_MAX];
	struct mmsghdr msg[BATCH] = { 0 };
	struct iovec iov[BATCH];
	size_t n = 0, i;
	int sent;

	for (i = 0; i < BATCH; i++) {
		iov[i].iov_base = buf[i];
		msg[i].msg_hdr.msg_iov = &iov[i];
		msg[i].msg_hdr.msg_iovlen = 1;
	}
	while (n < count) {
		for (i = 0; i < BATCH && n + i < count; i++)
			iov[i].iov_len = make(buf[i], n + i, mode);
		sent = sendmmsg(fd, msg, (unsigned int)i, 0);
		if (sent < 0 && errno != ENOBUFS && errno != EAGAIN)
			die("forge: send");
		n += sent > 0 ? (size_t)sent : 0;
		nanosleep(&pause, NULL);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET };
	int fd;

	if (argc != 5 || (strcmp(argv[3], "replay") && strcmp(argv[3], "flip") &&
			  strcmp(argv[3], "number") && strcmp(argv[3], "noise"))) {
		fprintf(stderr, "usage: forge INTERFACE FILE replay|flip|number|noise COUNT\n");
		return 2;
	}
	read_frames(argv[2]);
	at.sll_ifindex = (int)if_nametoindex(argv[1]);
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die(argv[1]);
	send_all(fd, strtoul(argv[4], NULL, 10), argv[3]);
	return 0;
}
