/* instance.h - struct weir_ctx: one running instance of a plugin.
 *
 * A stateless transform has a clone for each further worker; clones share everything of their
 * origin but self. Graphs hold references, so that a reload can keep an instance.
 * THREADS  made and destroyed on any thread, referenced, logging, metrics and stopping too; started
 *          over on the loop's; the rest on the thread that calls its self.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_INSTANCE_H
#define CORE_INSTANCE_H

#include "bug.h"
#include "host.h"
#include "trouble.h"

struct driver;
struct gate;
struct outlet;
struct probe;

/* A configuration stays as long as an instance that was made from it. Any thread. */
struct config_hold {
	struct config *config;
	atomic_uint refs;
	bool borrowed;     /* the configuration is not destroyed with the last reference */
};

struct weir_ctx {
	struct host *host;
	struct config_hold *hold;
	const struct config_node *node;    /* of hold */
	const struct weir_plugin *plugin;
	const char *name;                  /* "acme" */
	const char *stage;                 /* "sources.acme" */
	atomic_uint refs;
	struct weir_arena *arena;          /* strings of the options */
	void *self;
	bool created;                      /* options and create went well */
	bool started;                      /* start was called with success, stop was not yet */
	_Atomic uint64_t secrets_stamp;    /* of the files that its secrets were read from */
	struct diag *diag;                 /* during create: where mistakes go */
	struct trouble trouble;            /* what keeps it from going on, if anything does */

	struct weir_ctx *origin;           /* of a clone or a lane's instance; else NULL */
	struct weir_ctx **clones;          /* of further workers */
	size_t clone_count;

	_Atomic int64_t *metrics;
	size_t metric_count;
	char *position;                    /* what weir_position gives */
	pthread_mutex_t position_lock;     /* of the two below */
	char *committed;                   /* the newest that was stored */
	bool position_is_old;              /* position is not committed */
	atomic_bool stopping;              /* this instance alone shall stop */

	const struct weir_window *window;  /* of a lane's instance; else NULL */
	char *note;                        /* and what it last warned of */
	int64_t audit_after_ms;            /* of weir_audit; 0: never */
	double audit_share;

	void **shared;                     /* of weir_shared */
	size_t shared_count;
	struct weir_paths *id_path;        /* sources: the compiled id_path */
	struct http_call *call;            /* sources: the request under way */
	/* Sources: called with its reply on the loop's thread. */
	void (*replied)(void *arg, const struct weir_reply *reply);
	struct probe *probe;               /* while it is probed, else NULL */

	void (*dispose)(struct weir_ctx *ctx); /* of what follows, before destroy; or NULL */
	struct driver *driver;             /* of a source */
	struct outlet *outlet;             /* of a sink */
	struct gate *gate;                 /* of an ordered transform */
};

struct config_hold *config_hold_create(struct config *config); /* one reference */
void config_hold_ref(struct config_hold *hold);
void config_hold_unref(struct config_hold *hold);

/* Options, create, and a clone for each further worker; mistakes go to diag, and the instance
 * may then only be unref'd. One reference. */
struct weir_ctx *instance_create(struct host *host, struct config_hold *hold,
                                 const struct config_node *node, size_t workers,
                                 struct diag *diag);
/* A further instance of a source, for a window of its past; it counts for that one. Mistakes go to
 * diag, and it may then only be unref'd. */
struct weir_ctx *instance_create_lane(struct weir_ctx *source, const struct weir_window *window,
                                      struct diag *diag);
void instance_ref(struct weir_ctx *ctx);
/* The last one stops and destroys it, clones first. */
void instance_unref(struct weir_ctx *ctx);

/* Around every call of one of the plugin's functions: a bug that is found meanwhile names it. */
static inline void instance_enter(const struct weir_ctx *ctx, const char *function)
{
	bug_call = (struct bug_call){ function, ctx->stage, ctx->plugin->name };
}

static inline void instance_leave(void)
{
	bug_call.function = NULL;
}

enum weir_status instance_flush(struct weir_ctx *ctx, struct weir_buf *position,
                                struct weir_error *err);

/* The self of that worker. */
struct weir_ctx *instance_of_worker(struct weir_ctx *ctx, size_t worker);
/* Both do nothing when there is nothing to do. */
enum weir_status instance_start(struct weir_ctx *ctx, struct weir_error *err);
void instance_stop(struct weir_ctx *ctx);
/* Notes that a call failed, and waits before the next try. False: weir stops, or the flag is set. */
bool instance_wait(struct weir_ctx *ctx, const atomic_bool *flag, const struct weir_error *err);
/* What was stored; copied, NULL: none. Any thread. */
void instance_committed(struct weir_ctx *ctx, const char *position);
/* weir_position gives what was stored; on the thread that calls self, between two calls. */
void instance_show_position(struct weir_ctx *ctx);
void instance_cancel(struct weir_ctx *ctx); /* the request under way, if there is one */
int64_t instance_metric(const struct weir_ctx *ctx, size_t metric);

#endif
