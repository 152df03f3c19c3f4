/* parts.h - a large page in parts that go their way one after another.
 *
 * THREADS  the loop's.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PARTS_H
#define CORE_PARTS_H

#include "page.h"

struct parts {
	struct page *first, *last; /* joined by `next`; each has one reference */
	size_t count;
};

/* Takes over a page that is filled and charged. What parsing and mapping need is then needed for a
 * part of it only, and stays in the processor's cache. A small page is its only part. Its mark, if
 * it shall have one, belongs to the last. */
struct parts parts_of(struct page *page, const struct json_limits *limits);

#endif
