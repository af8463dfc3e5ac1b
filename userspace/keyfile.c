// SPDX-License-Identifier: GPL-2.0
/* See keyfile.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format.h"
#include "keyfile.h"
#include "parse.h"

static int check_file(int fd, const char *path, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st))
		return error_set(e, "key-file: %s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return error_set(e, "key-file: %s is not a regular file", path);
	if (st.st_uid && st.st_uid != geteuid())
		return error_set(e, "key-file: %s belongs to another user",
				 path);
	if (st.st_mode & 077)
		return error_set(e, "key-file: %s may be used by group or others (mode %04o); run: chmod 600 %s",
				 path, (unsigned int)(st.st_mode & 07777), path);
	return 0;
}

static int read_key(int fd, const char *path, uint8_t *key, struct error *e)
{
	char buf[256];
	size_t n = 0;
	ssize_t r;
	int err;

	while (n < sizeof(buf)) {
		r = read(fd, buf + n, sizeof(buf) - n);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			explicit_bzero(buf, sizeof(buf));
			return error_set(e, "key-file: %s: %s", path,
					 strerror(errno));
		}
		if (!r)
			break;
		n += (size_t)r;
	}
	err = parse_secret(buf, n, key);
	explicit_bzero(buf, sizeof(buf));
	return err ? error_set(e, "key-file: %s holds neither 32 bytes nor 64 hexadecimal digits nor base64 of 32 bytes",
			       path) : 0;
}

/* The path is saved with the configuration, to be used from any directory and
 * in one line of text. */
static int keep_path(const char *path, struct secret *s, struct error *e)
{
	char *full = realpath(path, NULL);
	const char *p;
	int err = 0;

	if (!full)
		return error_set(e, "key-file: %s: %s", path, strerror(errno));
	for (p = full; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			err = error_set(e, "key-file: the path has a control character");
	if (strlen(full) > IPVS_L7_KEY_PATH_MAX)
		err = error_set(e, "key-file: the path is longer than %d bytes",
				IPVS_L7_KEY_PATH_MAX);
	else
		strcpy(s->path, full);
	free(full);
	return err;
}

int keyfile_read(const char *path, struct secret *s, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int err;

	if (fd < 0)
		return error_set(e, "key-file: %s: %s", path, strerror(errno));
	err = check_file(fd, path, e);
	if (!err)
		err = read_key(fd, path, s->key, e);
	close(fd);
	if (!err)
		err = keep_path(path, s, e);
	s->has = !err;
	return err;
}

static int write_all(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t w = write(fd, s, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		s += w;
		n -= (size_t)w;
	}
	return 0;
}

static int write_key(const char *path, const char *text, struct error *e)
{
	int fd = STDOUT_FILENO, err;

	if (path)
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(e, "generate-key: %s: %s", path,
				 strerror(errno));
	err = write_all(fd, text, strlen(text));
	if (path && !err)
		err = fsync(fd);
	if (path && close(fd))
		err = -1;
	return err ? error_set(e, "generate-key: %s: %s",
			       path ? path : "standard output",
			       strerror(errno)) : 0;
}

int keyfile_generate(const char *path, struct error *e)
{
	uint8_t key[IPVS_L7_SYNC_KEY_LEN];
	char text[FORMAT_SIZE];
	int err;

	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return error_set(e, "generate-key: %s", strerror(errno));
	format_hex(text, key, sizeof(key));
	strcat(text, "\n");
	err = write_key(path, text, e);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(text, sizeof(text));
	return err;
}
