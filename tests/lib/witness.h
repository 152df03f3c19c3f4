/* witness.h - what a test says and does about memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_WITNESS_H
#define TESTS_WITNESS_H

#include <stdbool.h>

/* While yes, weir_try_alloc and weir_try_realloc have nothing to give. */
void witness_starve(bool yes);

/* ---- for the layer failalloc.so; without it, nothing ----------------------------------- */

/* By a test that stands in for the runtime: weir has said that something is wrong. */
void witness_said(bool no_memory);
/* While yes, this thread's allocations do not fail: they are the test's, not weir's. */
void witness_spare(bool yes);

#endif
