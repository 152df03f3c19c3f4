/* replay_page.h - a dead letter made into a page that can go through the pipeline again.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_REPLAY_PAGE_H
#define CORE_REPLAY_PAGE_H

#include "graph.h"
#include "page.h"

/* The source whose way through the graph the letter takes. NULL: err says why there is none. */
struct weir_ctx *replay_source(const struct graph *graph, const struct store_dead *dead,
                               struct weir_error *err);
/* A parsed page of exactly one event, sound or refused. source is where it came from. */
struct page *replay_page_create(const struct store_dead *dead, struct weir_ctx *source);

#endif
