/* compress.c - a thread that turns rotated files into .gz.
 *
 * The result is made under a hidden name, synced, renamed; only then the original goes. So at
 * any time one of the two is whole.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "compress.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#define BLOCK (128 * 1024)

static char *hidden_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) + 1 : 0;

	return weir_format("%.*s.weir-%s.gz", folder, path, path + folder);
}

static void sync_folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? weir_strndup(path, (size_t)(slash - path) + 1) : weir_strdup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	weir_free(folder);
}

static bool pack(struct compressor *c, int from, gzFile to)
{
	char *block = weir_alloc(BLOCK);
	ssize_t n;

	while ((n = read(from, block, BLOCK)) > 0 && !atomic_load(&c->stop)) {
		if (gzwrite(to, block, (unsigned)n) != (int)n)
			break;
	}
	weir_free(block);
	return n == 0;
}

/* False: nothing is changed. */
static bool make(struct compressor *c, const char *path, const char *hidden)
{
	int from = open(path, O_RDONLY | O_CLOEXEC);
	int to = open(hidden, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	int kept = to < 0 ? -1 : dup(to);
	gzFile gz = to < 0 ? NULL : gzdopen(to, "wb6");
	bool done = from >= 0 && kept >= 0 && gz && pack(c, from, gz);

	if (gz)
		done = gzclose(gz) == Z_OK && done;
	else if (to >= 0)
		close(to);
	done = done && fsync(kept) == 0;
	if (kept >= 0)
		close(kept);
	if (from >= 0)
		close(from);
	return done;
}

static void compress_one(struct compressor *c, const char *path)
{
	char *hidden = hidden_name(path), *packed = weir_format("%s.gz", path);

	if (access(path, F_OK) != 0)
		goto done;
	if (make(c, path, hidden) && rename(hidden, packed) == 0) {
		sync_folder_of(path);
		unlink(path);
	} else {
		int reason = errno;

		unlink(hidden);
		if (!atomic_load(&c->stop))
			weir_log(c->ctx, WEIR_WARN, "cannot compress %s: %s; it is left as it is",
			         path, strerror(reason));
	}
done:
	weir_free(hidden);
	weir_free(packed);
}

static void *compress_main(void *arg)
{
	struct compressor *c = arg;

	pthread_mutex_lock(&c->lock);
	while (!atomic_load(&c->stop)) {
		char *path;

		if (c->count == 0) {
			pthread_cond_wait(&c->wake, &c->lock);
			continue;
		}
		path = c->paths[0];
		pthread_mutex_unlock(&c->lock);
		compress_one(c, path);
		pthread_mutex_lock(&c->lock);
		weir_free(path);
		c->count--;
		memmove(c->paths, c->paths + 1, c->count * sizeof(char *));
		pthread_cond_broadcast(&c->wake);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

static bool begin(struct compressor *c, struct weir_ctx *ctx)
{
	if (c->running)
		return true;
	c->ctx = ctx;
	atomic_store(&c->stop, false);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->wake, NULL);
	c->running = pthread_create(&c->thread, NULL, compress_main, c) == 0;
	return c->running;
}

static bool has(const struct compressor *c, const char *path)
{
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->paths[i], path) == 0)
			return true;
	}
	return false;
}

void compressor_add(struct compressor *c, struct weir_ctx *ctx, const char *path)
{
	if (!begin(c, ctx))
		return;
	pthread_mutex_lock(&c->lock);
	if (!has(c, path)) {
		if (c->count == c->cap) {
			c->cap = c->cap ? c->cap * 2 : 8;
			c->paths = weir_realloc(c->paths, c->cap * sizeof(char *));
		}
		c->paths[c->count++] = weir_strdup(path);
		pthread_cond_broadcast(&c->wake);
	}
	pthread_mutex_unlock(&c->lock);
}

void compressor_drain(struct compressor *c)
{
	if (!c->running)
		return;
	pthread_mutex_lock(&c->lock);
	while (c->count > 0)
		pthread_cond_wait(&c->wake, &c->lock);
	pthread_mutex_unlock(&c->lock);
}

void compressor_stop(struct compressor *c)
{
	if (c->running) {
		atomic_store(&c->stop, true);
		pthread_mutex_lock(&c->lock);
		pthread_cond_broadcast(&c->wake);
		pthread_mutex_unlock(&c->lock);
		pthread_join(c->thread, NULL);
		pthread_mutex_destroy(&c->lock);
		pthread_cond_destroy(&c->wake);
		c->running = false;
	}
	for (size_t i = 0; i < c->count; i++)
		weir_free(c->paths[i]);
	weir_free(c->paths);
	c->paths = NULL;
	c->count = c->cap = 0;
}

/* ---- going back -------------------------------------------------------------------------- */

static int64_t unpack(gzFile from, int to, int64_t length)
{
	char *block = weir_alloc(BLOCK);
	int64_t done = 0;

	while (done < length) {
		unsigned want = length - done < BLOCK ? (unsigned)(length - done) : BLOCK;
		int n = gzread(from, block, want);

		if (n <= 0 || write(to, block, (size_t)n) != n)
			break;
		done += n;
	}
	weir_free(block);
	return done;
}

enum weir_status decompress(const char *from, const char *to, int64_t length,
                            struct weir_error *err)
{
	gzFile gz = gzopen(from, "rb");
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	enum weir_status status = WEIR_OK;

	if (!gz || fd < 0)
		status = weir_fail(err, WEIR_E_RESOURCE, "unpack %s: %s", from, strerror(errno));
	else if (unpack(gz, fd, length) != length || fsync(fd) != 0)
		status = weir_fail(err, WEIR_E_RESOURCE,
		                   "unpack %s: it does not have the %lld bytes that were "
		                   "delivered to it", from, (long long)length);
	if (gz)
		gzclose(gz);
	if (fd >= 0)
		close(fd);
	if (status != WEIR_OK)
		unlink(to);
	return status;
}
