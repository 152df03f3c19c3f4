/* compress.h - gzip for rotated files, on a thread of its own. compress.c is the only user of
 * zlib here.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef SINK_FILE_COMPRESS_H
#define SINK_FILE_COMPRESS_H

#include <pthread.h>
#include <stdatomic.h>

#include <weir/plugin.h>

/* Zeroed memory is one that does nothing yet. */
struct compressor {
	struct weir_ctx *ctx;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	char **paths;
	size_t count, cap;
	atomic_bool stop;
};

/* Makes path.gz of path, then removes path. A path that is queued already is left alone. */
void compressor_add(struct compressor *c, struct weir_ctx *ctx, const char *path);
/* Waits until nothing is queued. */
void compressor_drain(struct compressor *c);
/* Ends at once; what is half done is done anew after the next start. */
void compressor_stop(struct compressor *c);

/* The first `length` bytes of a gzip file, into a new file. RETRY with a reason, also when it
 * has fewer. */
enum weir_status decompress(const char *from, const char *to, int64_t length,
                            struct weir_error *err);

#endif
