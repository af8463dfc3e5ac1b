// SPDX-License-Identifier: GPL-2.0
/*
 * A client and a server so small that what a director costs stands out.
 *
 *   load serve PORT              HTTP/1.1: GET /N answers N bytes, PUT swallows its body
 *   load conn ADDR PORT FROM N [HEADER]...   N connections, one after the other, a request each
 *   load small ADDR PORT FROM N [HEADER]...  N requests on one connection
 *   load down ADDR PORT FROM BYTES [HEADER]...
 *   load up ADDR PORT FROM BYTES [HEADER]...
 *
 * A HEADER @FILE stands for bytes that a connection begins with, before its first request; the
 * server looks for that behind them.
 *
 * FROM is the first port to connect from: the kernel's search for a free one would cost the more
 * the more were used before. A client prints how many nanoseconds the machine (of one
 * processor) was busy, and what was done: "busy NS count N".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNS	1024
#define CHUNK	65536

static char chunk[CHUNK];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* --- The server --- */

/** struct conn - one connection, indexed by its descriptor
 * @head: the request head so far
 * @len: bytes of it
 * @body: bytes of the request still to be swallowed
 * @reply: bytes still to be sent
 */
static struct conn {
	char head[4096];
	size_t len;
	size_t body;
	size_t reply;
} conns[CONNS];

static int epfd;

static void watch(int fd, int op, unsigned int events)
{
	struct epoll_event e = { .events = events, .data.fd = fd };

	if (epoll_ctl(epfd, op, fd, &e))
		die("epoll_ctl");
}

static void serve_reply(int fd, struct conn *c)
{
	while (c->reply) {
		ssize_t n = send(fd, chunk, c->reply < CHUNK ? c->reply : CHUNK,
				 MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n < 0) {
			watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
			return;
		}
		c->reply -= n;
	}
}

static void serve_head(int fd, struct conn *c)
{
	char out[128];
	const char *field;
	int n;

	const char *get = memmem(c->head, c->len, "GET /", 5);

	if (get) {
		c->reply = strtoul(get + 5, NULL, 10);
	} else {
		field = strcasestr(c->head, "\nContent-Length:");
		c->body = field ? strtoul(field + 16, NULL, 10) : 0;
		return;
	}
	n = snprintf(out, sizeof(out),
		     "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", c->reply);
	send(fd, out, n, MSG_NOSIGNAL | (c->reply ? MSG_MORE : 0));
	serve_reply(fd, c);
}

static void serve_done(int fd)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	send(fd, ok, sizeof(ok) - 1, MSG_NOSIGNAL);
}

static bool serve_body(int fd, struct conn *c)
{
	ssize_t n = recv(fd, chunk, CHUNK, MSG_DONTWAIT);

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	c->body -= (size_t)n < c->body ? (size_t)n : c->body;
	if (!c->body)
		serve_done(fd);
	return true;
}

/* Return: false when the connection is over. */
static bool serve_input(int fd, struct conn *c)
{
	ssize_t n;
	char *end;

	if (c->body)
		return serve_body(fd, c);
	n = recv(fd, c->head + c->len, sizeof(c->head) - 1 - c->len,
		 MSG_DONTWAIT);
	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	c->len += n;
	c->head[c->len] = 0;
	end = memmem(c->head, c->len, "\r\n\r\n", 4);
	if (!end)
		return c->len < sizeof(c->head) - 1;
	n = c->len - (end + 4 - c->head);
	serve_head(fd, c);
	c->len = 0;
	if (c->body) {
		c->body -= (size_t)n < c->body ? (size_t)n : c->body;
		if (!c->body)
			serve_done(fd);
	}
	return true;
}

static void serve_one(const struct epoll_event *e)
{
	int fd = e->data.fd;
	struct conn *c = &conns[fd];

	if (e->events & EPOLLOUT) {
		serve_reply(fd, c);
		if (!c->reply)
			watch(fd, EPOLL_CTL_MOD, EPOLLIN);
	}
	if (e->events & ~EPOLLOUT && !serve_input(fd, c))
		close(fd);
}

static void serve_accept(int lfd)
{
	int on = 1, fd = accept4(lfd, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	if (fd >= CONNS) {
		close(fd);
		return;
	}
	memset(&conns[fd], 0, sizeof(conns[fd]));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	watch(fd, EPOLL_CTL_ADD, EPOLLIN);
}

static int serve(const char *port)
{
	struct sockaddr_in6 a = {
		.sin6_family = AF_INET6, .sin6_port = htons(atoi(port)),
	};
	struct epoll_event ev[64];
	int lfd, on = 1, off = 0, n, i;

	epfd = epoll_create1(EPOLL_CLOEXEC);
	lfd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(lfd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(lfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(lfd, (void *)&a, sizeof(a)) || listen(lfd, 1024))
		die("listen");
	watch(lfd, EPOLL_CTL_ADD, EPOLLIN);
	while ((n = epoll_wait(epfd, ev, 64, -1)) >= 0 || errno == EINTR)
		for (i = 0; i < n; i++) {
			if (ev[i].data.fd == lfd)
				serve_accept(lfd);
			else
				serve_one(&ev[i]);
		}
	return 1;
}

/* --- The client --- */

static struct addrinfo *target;
static unsigned short from;

static int dial(void)
{
	int on = 1, fd = socket(target->ai_family, SOCK_STREAM, 0);
	struct sockaddr_in6 a = {
		.sin6_family = target->ai_family, .sin6_port = htons(from++),
	};

	/* the port stands at the same place for both families */
	if (bind(fd, (void *)&a, target->ai_addrlen))
		die("bind");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (connect(fd, target->ai_addr, target->ai_addrlen))
		die("connect");
	return fd;
}

static void send_all(int fd, const char *buf, size_t len)
{
	while (len) {
		ssize_t n = send(fd, buf, len < CHUNK ? len : CHUNK, MSG_NOSIGNAL);

		if (n < 0)
			die("send");
		buf += buf == chunk ? 0 : n;
		len -= n;
	}
}

/* Read an answer whole. */
static void receive(int fd)
{
	static char buf[CHUNK + 1];
	size_t len = 0, body;
	char *end, *field;
	ssize_t n;

	do {
		n = recv(fd, buf + len, CHUNK - len, 0);
		if (n <= 0)
			die("answer");
		len += n;
		buf[len] = 0;
		end = strstr(buf, "\r\n\r\n");
	} while (!end);
	field = strcasestr(buf, "\nContent-Length:");
	if (!field || strncmp(buf, "HTTP/1.1 200", 12)) {
		fprintf(stderr, "answer: %.40s\n", buf);
		exit(1);
	}
	body = strtoul(field + 16, NULL, 10);
	len -= end + 4 - buf;
	while (len < body) {
		n = recv(fd, buf, CHUNK, 0);
		if (n <= 0)
			die("body");
		len += n;
	}
}

static size_t make_request(char *out, size_t size, const char *method,
			   size_t path, size_t length, char **headers)
{
	size_t n;

	n = snprintf(out, size, "%s /%zu HTTP/1.1\r\nHost: bench.example\r\n",
		     method, path);
	if (length)
		n += snprintf(out + n, size - n, "Content-Length: %zu\r\n",
			      length);
	for (; *headers; headers++)
		if (**headers != '@')
			n += snprintf(out + n, size - n, "%s\r\n",
				      *headers);
	n += snprintf(out + n, size - n, "\r\n");
	return n;
}

static char first[4096];
static size_t first_len;

static void read_first(const char *path)
{
	FILE *f = fopen(path, "r");

	if (!f)
		die(path);
	first_len = fread(first, 1, sizeof(first), f);
	fclose(f);
}

/* Nanoseconds since boot that the processor was not idle. */
static unsigned long long busy(void)
{
	FILE *f = fopen("/proc/timer_list", "r");
	unsigned long long idle = 0, v;
	struct timespec now;
	char line[256];

	if (!f)
		die("/proc/timer_list");
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " .idle_sleeptime : %llu", &v) == 1)
			idle += v;
	fclose(f);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec - idle;
}

static void run(const char *what, size_t count, char **headers)
{
	bool up = !strcmp(what, "up");
	size_t i, n, bytes = !strcmp(what, "down") ? count : 1;
	static char req[8192];
	int fd;

	memcpy(req, first, first_len);
	n = first_len + make_request(req + first_len, sizeof(req) - first_len,
				     up ? "PUT" : "GET", bytes,
				     up ? count : 0, headers);
	if (!strcmp(what, "conn")) {
		for (i = 0; i < count; i++) {
			fd = dial();
			send_all(fd, req, n);
			receive(fd);
			close(fd);
		}
		return;
	}
	fd = dial();
	for (i = 0; i < (strcmp(what, "small") ? 1 : count); i++) {
		send_all(fd, req, n);
		if (up)
			send_all(fd, chunk, count);
		receive(fd);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICHOST };
	unsigned long long before;
	char **header;

	if (argc == 3 && !strcmp(argv[1], "serve"))
		return serve(argv[2]);
	if (argc < 6 || getaddrinfo(argv[2], argv[3], &hints, &target)) {
		fprintf(stderr, "usage: load serve PORT | load conn|small|down|up ADDRESS PORT FROM COUNT [HEADER]...\n");
		return 2;
	}
	from = atoi(argv[4]);
	for (header = argv + 6; *header; header++)
		if (**header == '@')
			read_first(*header + 1);
	before = busy();
	run(argv[1], strtoul(argv[5], NULL, 10), argv + 6);
	printf("busy %llu count %s\n", busy() - before, argv[5]);
	return 0;
}
