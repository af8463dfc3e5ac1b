/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What pure code may use, in the kernel and in user space alike: fixed-width
 * types, memcpy and friends, and big-endian accessors for bytes that lie at
 * any alignment. This is the only header below pure/ that knows __KERNEL__.
 */
#ifndef L7_PURE_ENV_H
#define L7_PURE_ENV_H

#ifdef __KERNEL__
#include <linux/ctype.h>
#include <linux/types.h>
#include <linux/string.h>
#include <linux/errno.h>
#include <linux/netfilter.h>
#else
#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <netinet/in.h>
#include <linux/types.h>
#include <linux/netfilter.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int32_t s32;
typedef int64_t s64;
#endif

static inline u16 l7_get16(const u8 *p)
{
	return (u16)(p[0] << 8 | p[1]);
}

static inline u32 l7_get32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static inline u64 l7_get64(const u8 *p)
{
	return (u64)l7_get32(p) << 32 | l7_get32(p + 4);
}

static inline void l7_put16(u8 *p, u16 v)
{
	p[0] = (u8)(v >> 8);
	p[1] = (u8)v;
}

static inline void l7_put32(u8 *p, u32 v)
{
	l7_put16(p, (u16)(v >> 16));
	l7_put16(p + 2, (u16)v);
}

static inline void l7_put64(u8 *p, u64 v)
{
	l7_put32(p, (u32)(v >> 32));
	l7_put32(p + 4, (u32)v);
}

#endif /* L7_PURE_ENV_H */
