/* tree_trial.h - an arena for trees and a diag for what is wrong with them, made anew for each test.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_TREE_TRIAL_H
#define TESTS_TREE_TRIAL_H

#include "trial.h"
#include "tree.h"

static struct weir_arena *arena;
static struct diag *diag;

static int begin(void **state)
{
	(void)state;
	arena = weir_arena_create();
	diag = diag_create();
	trial[0] = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	weir_arena_destroy(arena);
	diag_destroy(diag);
	return 0;
}

#endif
