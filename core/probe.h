/* probe.h - how far instances get with their peers, step by step: what `weir doctor` shows.
 *
 * Each instance is one of its own, made for this and never started. Many are asked at once; what
 * they tell comes in the order in which they were handed in. Main thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_PROBE_H
#define CORE_PROBE_H

#include "config.h"
#include "http.h"

/* Borrowed for the call that it is handed to. */
struct probe_step {
	const char *name;  /* "TLS" */
	bool good;
	const char *text;
	const char *cure;  /* of a bad one; NULL when the text says it */
};

/* What is told, and to whom: begin, steps, end, and the next instance. */
struct probe_view {
	void (*begin)(void *arg, const struct config_node *node);
	void (*step)(void *arg, const struct probe_step *step);
	void (*end)(void *arg, bool good);
	void *arg;
};

/* True when there is something to ask: its plugin has the callback probe. */
bool probe_can(const struct config_node *node);
/* Asks for all of these nodes of config, NULL-ended, that are sound; create's mistakes go to
 * diag. False, and err says why, when nothing could be asked. *bad counts those that have a bad
 * step. */
bool probe_run(struct config *config, const struct config_node *const *nodes,
               const struct probe_view *view, struct diag *diag, size_t *bad,
               struct weir_error *err);

/* Runs them and shows the steps (probe_show.c): as text on stdout, line by line, or appended to
 * json as the elements of an array. False when a step is bad, or why nothing could be asked was
 * said on stderr. */
bool probe_show(struct config *config, const struct config_node *const *nodes, struct diag *diag,
                struct weir_buf *json);

/* ---- between probe.c and probe_way.c --------------------------------------------------- */

struct weir_ctx;
struct probe_list;

struct probe {
	struct probe_list *list;
	struct weir_ctx *ctx;
	struct weir_arena *arena;   /* of the steps, and of a request that is looked at */
	struct probe_step *steps;
	size_t count, told;
	bool done, bad;

	struct weir_request looked;
	struct http_way way;
	struct weir_error refused;  /* why the first look failed */
};

void probe_add_step(struct probe *probe, const struct probe_step *step);
/* A bad step: of an error's text, "what is wrong; what to do". about, or NULL, comes in between. */
void probe_add_error(struct probe *probe, const char *name, const struct weir_error *err,
                     const char *about);
/* The way is clear: goes on. Or it is not, which was told: ends. */
void probe_go_on(struct probe *probe);
void probe_end(struct probe *probe);

#endif
