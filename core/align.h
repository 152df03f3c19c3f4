/* align.h - which items of two lists belong together.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ALIGN_H
#define CORE_ALIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ALIGN_NONE SIZE_MAX

struct align_pair {
	size_t before, after; /* ALIGN_NONE: only the other list has it */
};

/* Pairs in order. As many items as can be keep one that is the same, so that one more or less
 * in the middle moves no other; those between are paired by their place. pairs has room for
 * both counts together; returns how many there are. */
size_t align_lists(size_t before_count, size_t after_count,
                   bool (*same)(void *arg, size_t before, size_t after), void *arg,
                   struct align_pair *pairs);

#endif
