// SPDX-License-Identifier: GPL-2.0
/*
 * ipvsl7adm: administration of ip_vs_l7, in ipvsadm's manner. Exit status: 0,
 * 1 refused or failed, 2 not understood.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "ctl.h"
#include "keyfile.h"
#include "list.h"
#include "parse.h"
#include "request.h"
#include "usage.h"

#define WORDS_MAX	256

/** struct line - a line of a saved table
 * @text: its words, which the command points into
 */
struct line {
	unsigned int number;
	char *text;
	struct command c;
};

static int start_sync(struct command *c, struct error *e)
{
	int err;

	if (c->path && keyfile_read(c->path, &c->sync, e))
		return -1;
	err = request_sync_start(&c->sync, e);
	explicit_bzero(c->sync.key, sizeof(c->sync.key));
	return err;
}

static int change(struct command *c, struct error *e)
{
	switch (c->action) {
	case DO_ADD:
		return request_svc_new(&c->svc, e);
	case DO_EDIT:
		return request_svc_set(&c->svc, e);
	case DO_DELETE:
		return request_svc_del(&c->svc.service, e);
	case DO_CLEAR:
		return request_svc_flush(e);
	case DO_ZERO:
		return request_stats_zero(command_service(c), e);
	case DO_ADD_BINDING:
		return request_binding_new(&c->svc.service, &c->kv, &c->server,
					   e);
	case DO_DEL_BINDING:
		return request_binding_del(&c->svc.service, &c->kv, e);
	case DO_FLUSH_BINDINGS:
		return request_binding_flush(command_service(c), e);
	case DO_RESET_FLOWS:
		return request_flow_reset(command_service(c), e);
	case DO_SET_LIMITS:
		return request_limits_set(&c->limits, e);
	case DO_START_SYNC:
		return start_sync(c, e);
	case DO_STOP_SYNC:
		return request_sync_stop(e);
	default:
		return error_set(e, "not a command");
	}
}

static int list(const struct command *c, struct error *e)
{
	switch (c->action) {
	case DO_LIST:
		return list_services(c, e);
	case DO_BINDINGS:
		return list_bindings(c, e);
	case DO_FLOWS:
		return list_flows(c, e);
	case DO_PEERS:
		return list_peers(c, e);
	case DO_STATS:
		return list_stats(c, e);
	case DO_SYNC:
		return list_sync(c, e);
	case DO_LOOKUP:
		return list_lookup(c, e);
	case DO_SAVE:
		return list_save(e);
	default:
		return error_set(e, "not a listing");
	}
}

static bool is_listing(enum action a)
{
	return a == DO_LIST || a == DO_SAVE ||
	       (a >= DO_BINDINGS && a <= DO_LOOKUP);
}

static int fail(int status, const struct error *e)
{
	fflush(stdout);
	fprintf(stderr, "ipvsl7adm: %s\n", e->text);
	if (status == 2)
		fputs("Try 'ipvsl7adm --help' for more information.\n", stderr);
	return status;
}

/* --- Restoring --- */

static int fail_line(int status, unsigned int number, const struct error *e)
{
	fprintf(stderr, "ipvsl7adm: line %u: %s\n", number, e->text);
	return status;
}

static int parse_line(struct line *l, struct error *e)
{
	static char name[] = "ipvsl7adm";
	char *words[WORDS_MAX + 1];
	int n;

	words[0] = name;
	n = parse_words(l->text, words + 1, WORDS_MAX, e);
	if (n < 0)
		return -1;
	if (!n)
		return 0;
	return command_parse(n + 1, words, true, &l->c, e);
}

/* Reads and parses all lines before any is carried out. */
static int read_lines(struct line **lines, size_t *n, struct error *e)
{
	unsigned int number = 0;
	size_t size = 0;
	char *text = NULL;

	*lines = NULL;
	*n = 0;
	while (getline(&text, &size, stdin) >= 0) {
		struct line *more = realloc(*lines, (*n + 1) * sizeof(*more));

		if (!more) {
			error_set(e, "out of memory");
			free(text);
			return fail(1, e);
		}
		*lines = more;
		memset(&more[*n], 0, sizeof(*more));
		more[*n].number = ++number;
		more[*n].text = text;
		text = NULL;
		size = 0;
		(*n)++;
		if (parse_line(&more[*n - 1], e))
			return fail_line(2, number, e);
	}
	free(text);
	if (!ferror(stdin))
		return 0;
	error_set(e, "standard input: %s", strerror(errno));
	return fail(1, e);
}

/* As ipvsadm: what the kernel refuses does not keep the rest away. */
static int restore(struct error *e)
{
	struct line *lines;
	size_t n, i, todo;
	int status;

	status = read_lines(&lines, &n, e);
	todo = status ? 0 : n;
	if (todo && ctl_open(e)) {
		status = fail(1, e);
		todo = 0;
	}
	for (i = 0; i < todo; i++)
		if (lines[i].c.action != DO_NOTHING && change(&lines[i].c, e))
			status = fail_line(1, lines[i].number, e);
	for (i = 0; i < n; i++)
		free(lines[i].text);
	free(lines);
	return status;
}

static int run(struct command *c, struct error *e)
{
	int err;

	if (c->action == DO_HELP || c->action == DO_VERSION) {
		usage_print(c->action == DO_HELP);
		return 0;
	}
	if (c->action == DO_RESTORE)
		return restore(e);
	if (c->action == DO_GENERATE_KEY)
		err = keyfile_generate(c->path, e);
	else if (ctl_open(e))
		err = -1;
	else if (is_listing(c->action))
		err = list(c, e);
	else
		err = change(c, e);
	return err ? fail(1, e) : 0;
}

int main(int argc, char **argv)
{
	struct command c;
	struct error e;
	int status;

	if (command_parse(argc, argv, false, &c, &e))
		return fail(2, &e);
	status = run(&c, &e);
	ctl_close();
	if (fflush(stdout) || ferror(stdout)) {
		error_set(&e, "standard output: %s", strerror(errno));
		return fail(1, &e);
	}
	return status;
}
