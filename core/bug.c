/* bug.c - the assert that stays on.
 *
 * Lives here: what is said of a bug. Not here: who notes which plugin runs (instance.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "bug.h"

#include <weir/util.h>

#include <stdio.h>
#include <stdlib.h>

_Thread_local struct bug_call bug_call;

void weir_must_fail(const char *condition, const char *file, int line)
{
	const struct bug_call *call = &bug_call;

	if (call->function)
		fprintf(stderr, "weir: bug: %s does not hold at %s:%d, in %s of %s; tell whoever made "
		        "the plugin %s\n", condition, file, line, call->function, call->stage,
		        call->plugin);
	else
		fprintf(stderr, "weir: bug: %s does not hold at %s:%d\n", condition, file, line);
	abort();
}
