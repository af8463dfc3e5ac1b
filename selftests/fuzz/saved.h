/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two targets for the CLI share: a module that only remembers its
 * configuration, saving it as ipvsl7adm does, and a resolver without network.
 */
#ifndef L7_FUZZ_SAVED_H
#define L7_FUZZ_SAVED_H

#include "fuzz.h"
#include "restore.h"

#define SERVICES	32

/** struct module - the configuration */
struct module {
	struct svc svcs[SERVICES];
	unsigned int n;
	struct limits limits;
	struct sync_conf sync;
};

void module_init(struct module *m);

/** module_apply() - carry out a command, as far as it is configuration */
void module_apply(struct module *m, const struct command *c);

/** module_restore() - -R of a file; the exit status */
int module_restore(struct module *m, const void *text, size_t len,
		   struct error *e);

/** require_saved() - what -S prints makes -R the same configuration of */
void require_saved(struct module *m);

#endif /* L7_FUZZ_SAVED_H */
