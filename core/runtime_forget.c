/* runtime_forget.c - forgetting where a source was that is not read any more.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "runtime_own.h"

/* All tickets that were given out when this source was first asked about: its own are among
 * them. */
static void note_tickets(struct runtime *runtime, const char *source)
{
	if (runtime->forgotten && strcmp(runtime->forgotten, source) == 0)
		return;
	weir_free(runtime->forgotten);
	runtime->forgotten = weir_strdup(source);
	for (struct component *c = runtime->components; c; c = c->next)
		c->forget_after = c->next_ticket - 1;
}

static bool is_committed(const struct runtime *runtime)
{
	for (const struct component *c = runtime->components; c; c = c->next) {
		if (c->done_ticket < c->forget_after && !component_is_settled(c))
			return false;
	}
	return true;
}

bool runtime_forget(struct runtime *runtime, const char *source, bool *later,
                    struct weir_error *err)
{
	*later = runtime->rewire.step != REWIRE_NONE || rebuild_is_under_way(&runtime->rebuild);
	if (*later)
		return true; /* what a reload takes out may be this one */
	if (graph_has_source(runtime->graph, source)) {
		weir_fail(err, WEIR_E_CONFIG, "source %s is read; take it out and reload first", source);
		return false;
	}
	note_tickets(runtime, source);
	*later = !is_committed(runtime);
	if (*later)
		return true;
	weir_free(runtime->forgotten);
	runtime->forgotten = NULL;
	return store_forget_source(runtime->host.store, source, err);
}
