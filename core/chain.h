/* chain.h - one page through all transforms of its plan, on one worker.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_CHAIN_H
#define CORE_CHAIN_H

#include "plan.h"
#include "view.h"

/* Parses the page if need be, makes the rows of each step, renders what sinks read, and lets
 * ordered transforms note their positions if it carries a mark. May wait: for its turn at an
 * ordered transform, or for a transform that asks to be called again. The page is spoiled when
 * that wait was ended. */
void chain_run(struct host *host, struct page *page, size_t worker);

#endif
