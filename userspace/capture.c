// SPDX-License-Identifier: GPL-2.0
/* See capture.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "capture.h"

/* Up to @max bytes; -1 with errno. */
static ssize_t read_up_to(int fd, uint8_t *buf, size_t max)
{
	size_t n = 0;

	while (n < max) {
		ssize_t r = read(fd, buf + n, max - n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (!r)
			break;
		n += (size_t)r;
	}
	return (ssize_t)n;
}

int capture_read(const char *what, const char *path, uint32_t max,
		 struct explain_bytes *out, struct error *e)
{
	bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC |
						      O_NOCTTY);
	uint8_t *buf;
	ssize_t n;

	if (fd < 0)
		return error_set(e, "%s: %s: %s", what, path, strerror(errno));
	/* One more, to see that there is more. */
	buf = malloc(max + 1);
	if (!buf)
		abort();
	n = read_up_to(fd, buf, max + 1);
	if (n < 0)
		error_set(e, "%s: %s: %s", what,
			  is_stdin ? "standard input" : path, strerror(errno));
	if (!is_stdin)
		close(fd);
	if (n < 0) {
		free(buf);
		return -1;
	}
	out->p = buf;
	out->more = n > max;
	out->len = out->more ? max : (uint32_t)n;
	return 0;
}
