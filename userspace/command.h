/* SPDX-License-Identifier: GPL-2.0 */
/* One command, as parsed from a command line or a line of a saved table. */
#ifndef IPVSL7ADM_COMMAND_H
#define IPVSL7ADM_COMMAND_H

#include "error.h"
#include "mirror.h"

enum action {
	DO_NOTHING,
	DO_ADD,
	DO_EDIT,
	DO_DELETE,
	DO_CLEAR,
	DO_LIST,
	DO_SAVE,
	DO_RESTORE,
	DO_ZERO,
	DO_BINDINGS,
	DO_FLOWS,
	DO_PEERS,
	DO_STATS,
	DO_SYNC,
	DO_READY,
	DO_SELFTEST,
	DO_PUSH,
	DO_LOOKUP,
	DO_ADD_BINDING,
	DO_DEL_BINDING,
	DO_FLUSH_BINDINGS,
	DO_RESET_FLOWS,
	DO_SET_LIMITS,
	DO_START_SYNC,
	DO_STOP_SYNC,
	DO_ADD_KEY,
	DO_DEL_KEY,
	DO_RESYNC,
	DO_FORGET_PEER,
	DO_DRAIN,
	DO_UNDRAIN,
	DO_MONITOR,
	DO_GENERATE_KEY,
	DO_EXPLAIN,
	DO_HELP,
	DO_VERSION,
};

/** struct command - what to do
 * @svc: its service has af 0 if none was given
 * @server: af 0 if none was given
 * @client: af 0 if none was given
 * @pool: fwmark, 0 if none was given; @kv has it, too
 * @path: of the key file to read, or to make, or of the request to explain;
 *	points into the command line, as do @packet_path, @answer and @kv.value
 * @packet_path: of the file of the first key of packets, or NULL
 * @rules: counters of rules, too
 * @fixed: a static binding; to flush: those too
 * @force: remove a key though a peer needs it
 * @answer: file with the answer to it, or NULL
 * @group: of a policy or of multicast, as written; NULL if none was given
 */
struct command {
	enum action action;
	bool numeric;
	bool exact;
	bool json;
	bool all;
	bool fixed;
	bool rules;
	bool force;
	struct svc svc;
	struct ep server;
	struct ep client;
	uint32_t pool;
	struct key_value kv;
	struct limits limits;
	struct sync_conf sync;
	const char *path;
	const char *packet_path;
	const char *answer;
	const char *group;
};

/** command_parse() - words to a command
 * @argv: [0] is the program; may be reordered
 * @restoring: only what a saved table may have is allowed
 * Return: 0, or -1 with a sentence.
 */
int command_parse(int argc, char **argv, bool restoring, struct command *c,
		  struct error *e);

/** command_service() - the service of a command, NULL if none was given */
static inline const struct ep *command_service(const struct command *c)
{
	return c->svc.service.af ? &c->svc.service : NULL;
}

#endif /* IPVSL7ADM_COMMAND_H */
