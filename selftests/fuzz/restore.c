// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzz target: the file that ipvsl7adm -R reads. Files that are understood are
 * carried out on a module that only remembers; what -S prints then must be
 * understood, and make the same configuration. Others are refused with the
 * line, always the same.
 */
#include "saved.h"

static void require_refusal(const struct error *e, const u8 *data, size_t len)
{
	unsigned int line, lines = 1;
	size_t i;

	REQUIRE(memchr(e->text, '\0', sizeof(e->text)));
	REQUIRE(sscanf(e->text, "line %u: ", &line) == 1);
	for (i = 0; i < len; i++)
		lines += data[i] == '\n';
	REQUIRE(line >= 1 && line <= lines);
	REQUIRE(strchr(e->text, ':')[1] == ' ' && strchr(e->text, ':')[2]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static struct module m, again;
	struct error e = { "" }, e2 = { "" };
	int status;

	if (!len)
		return 0;
	module_init(&m);
	status = module_restore(&m, data, len, &e);
	REQUIRE(status == 0 || status == 2);
	module_init(&again);
	REQUIRE(module_restore(&again, data, len, &e2) == status);
	if (status) {
		require_refusal(&e, data, len);
		REQUIRE(!strcmp(e.text, e2.text));
		return 0;
	}
	REQUIRE(!memcmp(&m, &again, sizeof(m)));
	require_saved(&m);
	return 0;
}
