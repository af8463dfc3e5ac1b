// SPDX-License-Identifier: GPL-2.0
/*
 * The change of keys: which key is sent with. Whatever the order of steps, no peer is
 * left out.
 */
#include "unit.h"
#include "pure/rotate.h"

#define NODES	5

static uint64_t state;

static unsigned int below(unsigned int n)
{
	return unit_below(&state, n);
}

static const u8 two[] = { 0x11, 0x22 }, four[] = { 0x11, 0x22, 0x33, 0x44 };

static void list_of_ids(void)
{
	static const u8 ids[L7_KEYS_MAX] = { 0x11, 0x22 };

	CHECK(l7_rotate_has(ids, 0x11));
	CHECK(l7_rotate_has(ids, 0x22));
	CHECK(!l7_rotate_has(ids, 0x33));
	CHECK(!l7_rotate_has(ids, 0));
}

static void newest_when_alone(void)
{
	CHECK_EQ(l7_rotate_choose(two, 2, 0x11, NULL, 0), 0x22);
	CHECK_EQ(l7_rotate_choose(two, 1, 0x11, NULL, 0), 0x11);
	CHECK_EQ(l7_rotate_choose(two, 2, 0, NULL, 0), 0x22);
}

static void one_holds_all_back(void)
{
	u8 peers[][L7_KEYS_MAX] = { { 0x22, 0x11 }, { 0x11 } };

	CHECK_EQ(l7_rotate_choose(two, 2, 0x11, peers, 2), 0x11);
	CHECK_EQ(l7_rotate_choose(two, 2, 0x22, peers, 2), 0x11);
	CHECK_EQ(l7_rotate_choose(two, 2, 0x11, peers, 1), 0x22);
	peers[1][1] = 0x22;
	CHECK_EQ(l7_rotate_choose(two, 2, 0x11, peers, 2), 0x22);
}

static void newest_of_several(void)
{
	u8 peers[][L7_KEYS_MAX] = { { 0x44, 0x33, 0x22 }, { 0x22, 0x33, 0x55 } };

	CHECK_EQ(l7_rotate_choose(four, 4, 0x11, peers, 2), 0x33);
	CHECK_EQ(l7_rotate_choose(four, 2, 0x11, peers, 2), 0x22);
}

static void none_will_do(void)
{
	u8 peers[][L7_KEYS_MAX] = { { 0x11 }, { 0x22 } };

	CHECK_EQ(l7_rotate_choose(two, 2, 0x11, peers, 2), 0x11);
	CHECK_EQ(l7_rotate_choose(two, 2, 0x22, peers, 2), 0x22);
	/* the one in use was removed */
	CHECK_EQ(l7_rotate_choose(two, 2, 0x33, peers, 2), 0x22);
}

/* Directors get a new key in any order, and then lose the old one: at each step,
 * what each sends is read by all.
 */
static void all_read_all(void)
{
	u8 has[NODES][L7_KEYS_MAX], own[L7_KEYS_MAX], sends;
	unsigned int loop, step, i, j, n;

	for (loop = 0; loop < unit_loops(2000); loop++) {
		memset(has, 0, sizeof(has));
		for (i = 0; i < NODES; i++)
			has[i][0] = 0x11;
		for (step = 0; step < 3 * NODES; step++) {
			has[below(NODES)][1] = 0x22;
			for (i = 0; i < NODES; i++) {
				n = has[i][1] ? 2 : 1;
				memcpy(own, has[i], sizeof(own));
				sends = l7_rotate_choose(own, n, 0x11, has, NODES);
				for (j = 0; j < NODES; j++)
					CHECK(l7_rotate_has(has[j], sends));
			}
		}
	}
}

static void common_to_all(void)
{
	u8 peers[][L7_KEYS_MAX] = { { 0x44, 0x33, 0x22 }, { 0x22, 0x33, 0x55 } };

	CHECK_EQ(l7_rotate_common(four, 4, peers, 2), 0x33);
	CHECK_EQ(l7_rotate_common(four, 1, peers, 2), 0);
	CHECK_EQ(l7_rotate_common(four, 4, peers, 0), 0x44);
	CHECK_EQ(l7_rotate_common(four, 0, peers, 2), 0);
}

static u32 without(const u8 own[L7_KEYS_MAX], u8 id, u8 rest[L7_KEYS_MAX])
{
	u32 i, n = 0;

	memset(rest, 0, L7_KEYS_MAX);
	for (i = 0; i < L7_KEYS_MAX; i++)
		if (own[i] && own[i] != id)
			rest[n++] = own[i];
	return n;
}

static void require_all_read(const u8 (*has)[L7_KEYS_MAX])
{
	u8 own[L7_KEYS_MAX], sends;
	unsigned int i, j;

	for (i = 0; i < NODES; i++) {
		sends = l7_rotate_choose(own, without(has[i], 0, own), 0x11, has,
					 NODES);
		for (j = 0; j < NODES; j++)
			CHECK(l7_rotate_has(has[j], sends));
	}
}

/* Whatever keys are removed without which all that remain can go on, by whom and in
 * whatever order they were installed: each goes on to be read by all. And each can
 * remove the key that nobody else has any more.
 */
static void all_lose_keys(void)
{
	static const u8 ids[] = { 0x11, 0x22, 0x33 };
	u8 has[NODES][L7_KEYS_MAX], rest[L7_KEYS_MAX];
	unsigned int loop, step, i, j, n;

	for (loop = 0; loop < unit_loops(2000); loop++) {
		memset(has, 0, sizeof(has));
		for (i = 0; i < NODES; i++)
			for (j = 0, n = below(3); j < 3; j++)
				has[i][j] = ids[(n + j) % 3];
		for (step = 0; step < 5 * NODES; step++) {
			i = below(NODES);
			n = without(has[i], ids[below(2)], rest);
			if (l7_rotate_common(rest, n, has, NODES))
				memcpy(has[i], rest, sizeof(rest));
			require_all_read(has);
		}
		for (i = 0; i < NODES; i++)
			for (j = 0; j < 2; j++) {
				n = without(has[i], ids[j], rest);
				CHECK_EQ(l7_rotate_common(rest, n, has, NODES), 0x33);
				memcpy(has[i], rest, sizeof(rest));
			}
		require_all_read(has);
	}
}

int main(void)
{
	state = unit_seed();
	UNIT_RUN(list_of_ids);
	UNIT_RUN(newest_when_alone);
	UNIT_RUN(one_holds_all_back);
	UNIT_RUN(newest_of_several);
	UNIT_RUN(none_will_do);
	UNIT_RUN(all_read_all);
	UNIT_RUN(common_to_all);
	UNIT_RUN(all_lose_keys);
	return unit_end();
}
