/* committer.c - the thread that stores marks, so that nobody else waits for the disk.
 *
 * Lives here: one commit after another, and trying again. Not here: what is in a commit
 * (mark.c), how it is stored (store_commit.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "committer.h"

#include "component.h"
#include "thread.h"

struct committer {
	struct host *host;
	void (*done)(void *mark);
	struct trouble trouble;
	pthread_t thread;

	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct mark *first, **last;
	bool closed;
};

static struct mark *take(struct committer *committer)
{
	struct mark *mark;

	pthread_mutex_lock(&committer->lock);
	while (!committer->first && !committer->closed)
		pthread_cond_wait(&committer->arrived, &committer->lock);
	mark = committer->first;
	if (mark) {
		committer->first = mark->next;
		if (!committer->first)
			committer->last = &committer->first;
	}
	pthread_mutex_unlock(&committer->lock);
	return mark;
}

/* A store that cannot take it now is asked again; at a stop once more, and no longer. */
static bool store(struct committer *committer, const struct store_commit *commit)
{
	struct host *host = committer->host;
	struct weir_error err = { 0 };

	while (store_commit(host->store, commit, &err) != WEIR_OK) {
		struct retry_limits limits = host_retry(host);
		int64_t wait = trouble_begin(&committer->trouble, &limits, &err);

		if (!host_wait(host, NULL, wait))
			return store_commit(host->store, commit, &err) == WEIR_OK;
		err = (struct weir_error){ 0 };
	}
	trouble_end(&committer->trouble);
	return true;
}

/* Behind a mark that was not stored no other of its component is: it would say that what the
 * first one holds has been done. */
static void store_mark(struct committer *committer, struct mark *mark,
                       struct weir_arena *arena)
{
	struct component *component = mark->component;
	struct store_commit commit;

	if (atomic_load(&mark->spoiled) || component->broken)
		return;
	mark_commit(mark, &commit, arena);
	mark->stored = mark_is_empty(&commit) || store(committer, &commit);
	component->broken = !mark->stored;
}

static void *run(void *arg)
{
	struct committer *committer = arg;
	struct weir_arena *arena = weir_arena_create();
	struct mark *mark;

	while ((mark = take(committer)) != NULL) {
		store_mark(committer, mark, arena);
		weir_arena_reset(arena, 64 * 1024);
		loop_post(committer->host->loop, committer->done, mark);
	}
	weir_arena_destroy(arena);
	return NULL;
}

struct committer *committer_create(struct host *host, void (*done)(void *mark))
{
	struct committer *committer = weir_alloc(sizeof *committer);

	committer->host = host;
	committer->done = done;
	committer->last = &committer->first;
	trouble_init(&committer->trouble, "weir");
	weir_must(pthread_mutex_init(&committer->lock, NULL) == 0);
	weir_must(pthread_cond_init(&committer->arrived, NULL) == 0);
	thread_start(&committer->thread, "commit", run, committer);
	return committer;
}

void committer_destroy(struct committer *committer)
{
	if (!committer)
		return;
	pthread_mutex_lock(&committer->lock);
	committer->closed = true;
	pthread_cond_signal(&committer->arrived);
	pthread_mutex_unlock(&committer->lock);
	pthread_join(committer->thread, NULL);
	pthread_cond_destroy(&committer->arrived);
	pthread_mutex_destroy(&committer->lock);
	trouble_finish(&committer->trouble);
	weir_free(committer);
}

void committer_put(struct committer *committer, struct mark *mark)
{
	mark->next = NULL;
	pthread_mutex_lock(&committer->lock);
	*committer->last = mark;
	committer->last = &mark->next;
	pthread_cond_signal(&committer->arrived);
	pthread_mutex_unlock(&committer->lock);
}

struct trouble *committer_trouble(struct committer *committer)
{
	return &committer->trouble;
}
