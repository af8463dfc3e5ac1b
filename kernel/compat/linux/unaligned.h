/* SPDX-License-Identifier: GPL-2.0 */
/* Found only where the kernel has no such header of its own (before 6.12). */
#include <asm/unaligned.h>
