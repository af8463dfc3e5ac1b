/* SPDX-License-Identifier: GPL-2.0 */
/* Listings for people and, with --json, for programs. 0, or -1 + sentence. */
#ifndef IPVSL7ADM_LIST_H
#define IPVSL7ADM_LIST_H

#include "command.h"

int list_services(const struct command *c, struct error *e);
int list_bindings(const struct command *c, struct error *e);
int list_lookup(const struct command *c, struct error *e);
int list_flows(const struct command *c, struct error *e);
int list_peers(const struct command *c, struct error *e);
int list_stats(const struct command *c, struct error *e);
/** list_ready() - 0 and a word, or -1 and why not */
int list_ready(struct error *e);
/** list_test() - test the channel; 0 if it is as it should be, or -1 and what is not */
int list_test(const struct command *c, struct error *e);
/** list_push() - push the policies; 0 if all peers that accept them have them, or -1 and who
 * has not
 */
int list_push(const struct command *c, struct error *e);
int list_sync(const struct command *c, struct error *e);

void list_sync_json(const char *key, const struct sync_conf *s);
void list_peer_json(const char *key, const struct peer *p);
/** list_other_secrets - in words */
extern const char list_other_secrets[];
/** list_skew() - seconds by which a peer's clock is ahead, in words; NULL if it is right */
const char *list_skew(char *buf, int32_t skew);
/** list_rtt() - of microseconds, milliseconds with two places; "-" for 0 */
const char *list_rtt(char *buf, uint32_t us);
/** list_peer_state() - what it says, or SILENT if it says nothing any more */
const char *list_peer_state(const struct peer *p);

/** listing_begin() - a table with these heads, or with --json an array of that name */
void listing_begin(const struct command *c, const char *name,
		   const char *const *heads);
void listing_end(const struct command *c);

/** list_save() - lines that -R makes the same state of */
int list_save(struct error *e);

#endif /* IPVSL7ADM_LIST_H */
