// SPDX-License-Identifier: GPL-2.0
/*
 * ipvsl7adm: administration of ip_vs_l7, in ipvsadm's manner. Exit status: 0,
 * 1 refused or failed, 2 not understood.
 */
#include <errno.h>
#include <string.h>
#include "command.h"
#include "ctl.h"
#include "explain_main.h"
#include "keyfile.h"
#include "list.h"
#include "monitor.h"
#include "request.h"
#include "restore.h"
#include "usage.h"

static int start_sync(struct command *c, struct error *e)
{
	struct sync_conf *s = &c->sync;
	int err = 0;

	if (c->path)
		err = keyfile_read(c->path, &s->secret, e);
	if (!err && c->packet_path)
		err = keyfile_read(c->packet_path, &s->packet, e);
	if (!err)
		err = request_sync_start(s, e);
	explicit_bzero(&s->secret, sizeof(s->secret));
	explicit_bzero(&s->packet, sizeof(s->packet));
	return err;
}

static int add_key(struct command *c, struct error *e)
{
	struct secret *s = &c->sync.secret;
	int err = keyfile_read(c->path, s, e) ?: request_sync_key_add(s, e);

	explicit_bzero(s, sizeof(*s));
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
					   c->fixed, e);
	case DO_DEL_BINDING:
		return request_binding_del(&c->svc.service, &c->kv, e);
	case DO_FLUSH_BINDINGS:
		return request_binding_flush(command_service(c), c->fixed, e);
	case DO_RESET_FLOWS:
		return request_flow_reset(command_service(c), e);
	case DO_SET_LIMITS:
		return request_limits_set(&c->limits, e);
	case DO_START_SYNC:
		return start_sync(c, e);
	case DO_STOP_SYNC:
		return request_sync_stop(e);
	case DO_ADD_KEY:
		return add_key(c, e);
	case DO_DEL_KEY:
		return request_sync_key_del(c->sync.key_id, c->force, e);
	case DO_RESYNC:
		return request_sync_resync(e);
	case DO_FORGET_PEER:
		return request_sync_forget((uint8_t)c->sync.node, e);
	case DO_DRAIN:
	case DO_UNDRAIN:
		return request_sync_drain(c->action == DO_DRAIN, e);
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
	case DO_READY:
		return list_ready(e);
	case DO_SELFTEST:
		return list_test(c, e);
	case DO_PUSH:
		return list_push(c, e);
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

/* Without a service nobody is asked, and no privilege is needed. */
static bool is_offline(const struct command *c)
{
	return c->action == DO_EXPLAIN && !command_service(c);
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

/* As ipvsadm: what the kernel refuses does not keep the rest away. */
static int restore(struct error *e)
{
	struct restore r;
	size_t i, todo;
	int status;

	status = restore_read(stdin, &r, e);
	if (status)
		fprintf(stderr, "ipvsl7adm: %s\n", e->text);
	todo = status ? 0 : r.n;
	if (todo && ctl_open(e)) {
		status = fail(1, e);
		todo = 0;
	}
	for (i = 0; i < todo; i++)
		if (r.lines[i].c.action != DO_NOTHING &&
		    change(&r.lines[i].c, e))
			status = fail_line(1, r.lines[i].number, e);
	restore_free(&r);
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
	else if (!is_offline(c) && ctl_open(e))
		err = -1;
	else if (c->action == DO_EXPLAIN)
		err = explain_request(c, e);
	else if (c->action == DO_MONITOR)
		err = monitor(c, e);
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
