/* outlet.h - the thread of one sink: takes pages in the order of tickets and delivers them.
 *
 * THREADS  outlet_put on any; outlet_trouble is looked at by any; the rest on the loop's.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_OUTLET_H
#define CORE_OUTLET_H

#include "committer.h"

struct outlet;

struct outlet *outlet_create(struct weir_ctx *ctx, struct committer *committer);
void outlet_destroy(struct outlet *outlet); /* its thread has ended. NULL is fine */
/* The thread starts the sink from its committed position and waits for pages. index: its place
 * among the sinks of its component; the first of them also gathers what belongs to all. */
void outlet_launch(struct outlet *outlet, size_t index, uint64_t first_ticket);
/* New tickets and a new place, while nothing is in flight. */
void outlet_begin(struct outlet *outlet, size_t index, uint64_t first_ticket);
/* Takes one reference to the page, and to those that are joined to it by `next`. */
void outlet_put(struct outlet *outlet, struct page *pages);
/* The sink shall give up what it waits for: what comes from here on is passed undelivered. */
void outlet_interrupt(struct outlet *outlet);
/* No more pages will come: the thread passes what it has, stops the sink and ends; then
 * ended(arg) is called on the loop, and outlet_join does not wait. False: it does not run. */
bool outlet_close(struct outlet *outlet, void (*ended)(void *arg), void *arg);
bool outlet_is_closed(const struct outlet *outlet);
bool outlet_is_launched(const struct outlet *outlet);
/* Waits at most that long (< 0: without end). False: its sink did not come back from a call. */
bool outlet_join(struct outlet *outlet, int64_t ms);
/* It can go back to a position, and has none yet. */
bool outlet_needs_position(const struct outlet *outlet);

enum outlet_state { OUTLET_STOPPED, OUTLET_STARTING, OUTLET_READY, OUTLET_BUSY };
struct weir_ctx *outlet_ctx(const struct outlet *outlet);
enum outlet_state outlet_state(const struct outlet *outlet);
uint64_t outlet_passed(const struct outlet *outlet); /* the newest ticket it is done with */

#endif
