/* store_copy.c - the previous generation: a consistent copy of the store, kept beside it.
 *
 * A copy is made after the first commit and then every COPY_EVERY_MS while there are commits, or
 * more rarely when it takes long, by a thread of its own that reads one snapshot: commits go on
 * meanwhile. It takes the place of the last one only when it is checked and synced.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "store_own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"

#define COPY_EVERY_MS  30000
#define COPY_SHARE     50         /* a copy may take this part of the time */
#define LAST_COPY_MOST (32 << 20) /* closing makes a copy of a store that is no larger */

static enum weir_status sync_path(const char *path, int flags, struct weir_error *err)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0 || fsync(fd) != 0) {
		weir_fail(err, WEIR_E_RESOURCE, "sync %s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return WEIR_RETRY;
	}
	close(fd);
	return WEIR_OK;
}

enum weir_status store_sync_folder(const char *path, struct weir_error *err)
{
	size_t len = strlen(path);
	enum weir_status status;
	char *folder;

	while (len > 1 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	folder = len > 0 ? weir_strndup(path, len) : weir_strdup(".");
	status = sync_path(folder, O_RDONLY | O_DIRECTORY, err);
	weir_free(folder);
	return status;
}

static enum weir_status move(const char *from, const char *to, struct weir_error *err)
{
	if (rename(from, to) != 0)
		return weir_fail(err, WEIR_E_RESOURCE, "rename %s: %s", from, strerror(errno));
	return WEIR_OK;
}

enum weir_status store_put_in_place(const char *made, const char *path, struct weir_error *err)
{
	if (sync_path(made, O_RDWR, err) != WEIR_OK || move(made, path, err) != WEIR_OK)
		return WEIR_RETRY;
	return store_sync_folder(path, err);
}

/* ---- making one --------------------------------------------------------------------- */

static bool must_stop(void *arg)
{
	struct store *store = arg;

	return atomic_load(&store->copy.stop);
}

static enum weir_status copy_now(struct store *store, struct db *from, struct weir_error *err)
{
	char *made = weir_format("%s.new", store->previous);
	enum weir_status status;
	int fd;

	unlink(made);
	fd = open(made, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	status = db_copy(from, made, must_stop, store, err);
	if (status == WEIR_OK)
		status = store_put_in_place(made, store->previous, err);
	if (status != WEIR_OK)
		unlink(made);
	weir_free(made);
	return status;
}

static void *copy_main(void *arg)
{
	struct store *store = arg;
	struct weir_error err;
	struct db *from = db_open(store->path, DB_READ, &err);

	if ((!from || copy_now(store, from, &err) != WEIR_OK) && !atomic_load(&store->copy.stop))
		log_line(WEIR_WARN, "weir",
		         "cannot renew the previous generation of the state store: %s", err.text);
	db_close(from);
	store->copy.took_ms = clock_monotonic_ms() - store->copy.began_ms;
	atomic_store(&store->copy.finished, true);
	return NULL;
}

static void join(struct store *store)
{
	pthread_join(store->copy.thread, NULL);
	store->copy.running = false;
}

static bool is_due(const struct store_copy_state *copy, int64_t now_ms)
{
	int64_t wait = copy->took_ms * COPY_SHARE;

	if (copy->began_ms == 0)
		return true;
	return now_ms - copy->began_ms >= (wait > COPY_EVERY_MS ? wait : COPY_EVERY_MS);
}

void store_copy_turn(struct store *store)
{
	struct store_copy_state *copy = &store->copy;
	int64_t now_ms = clock_monotonic_ms();

	if (copy->running && !atomic_load(&copy->finished))
		return;
	if (copy->running)
		join(store);
	if (!copy->dirty || !is_due(copy, now_ms))
		return;
	copy->began_ms = now_ms;
	atomic_store(&copy->finished, false);
	copy->dirty = false;
	copy->running = pthread_create(&copy->thread, NULL, copy_main, store) == 0;
	copy->dirty = !copy->running;
}

void store_copy_finish(struct store *store)
{
	struct store_copy_state *copy = &store->copy;
	struct weir_error err;

	if (copy->running && !atomic_load(&copy->finished)) {
		atomic_store(&copy->stop, true);
		copy->dirty = true;
	}
	if (copy->running)
		join(store);
	atomic_store(&copy->stop, false);
	if (copy->dirty && db_size(store->db) <= LAST_COPY_MOST &&
	    copy_now(store, store->db, &err) != WEIR_OK)
		log_line(WEIR_WARN, "weir",
		         "cannot renew the previous generation of the state store: %s", err.text);
}

/* ---- going back ------------------------------------------------------------------------ */

static enum weir_status copy_bytes(int from, int to, const char *path, struct weir_error *err)
{
	char *block = weir_alloc(1 << 16);
	enum weir_status status = WEIR_OK;
	ssize_t n;

	while ((n = read(from, block, 1 << 16)) > 0) {
		if (write(to, block, (size_t)n) != n)
			break;
	}
	if (n != 0)
		status = weir_fail(err, WEIR_E_RESOURCE, "copy to %s: %s", path, strerror(errno));
	weir_free(block);
	return status;
}

static enum weir_status copy_file(const char *from, const char *to, struct weir_error *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	enum weir_status status;

	if (in < 0 || out < 0)
		status = weir_fail(err, WEIR_E_RESOURCE, "copy %s to %s: %s", from, to,
		                   strerror(errno));
	else
		status = copy_bytes(in, out, to, err);
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return status;
}

/* The log goes first: beside the file that takes its place it would be read as that one's. */
enum weir_status store_set_aside(const char *path, struct weir_error *err)
{
	static const char *const parts[] = { "-wal", "-shm", "" };
	enum weir_status status = WEIR_OK;

	for (size_t i = 0; status == WEIR_OK && i < WEIR_COUNT(parts); i++) {
		char *from = weir_format("%s%s", path, parts[i]);
		char *to = weir_format("%s.damaged%s", path, parts[i]);

		if (access(from, F_OK) == 0)
			status = move(from, to, err);
		weir_free(from);
		weir_free(to);
	}
	return status == WEIR_OK ? store_sync_folder(path, err) : status;
}

enum weir_status store_copy_restore(const char *path, const char *previous,
                                    struct weir_error *err)
{
	char *made = weir_format("%s.new", previous);
	enum weir_status status = copy_file(previous, made, err);

	if (status == WEIR_OK)
		status = store_set_aside(path, err);
	if (status == WEIR_OK)
		status = store_put_in_place(made, path, err);
	weir_free(made);
	return status;
}
