/* input_gzip.c - inflating, member after member.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#define BLOCK (64 * 1024)

struct gunzip {
	z_stream z;
	bool begun;    /* within a member */
	bool ended;    /* the file has no more bytes */
	unsigned char block[BLOCK];
};

struct gunzip *gunzip_create(void)
{
	struct gunzip *g = weir_alloc(sizeof *g);

	/* 15 bits of window, and 16: with a gzip header. */
	if (inflateInit2(&g->z, 15 + 16) != Z_OK) {
		weir_free(g);
		return NULL;
	}
	return g;
}

void gunzip_destroy(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	weir_free(g);
}

static enum weir_status fill(struct gunzip *g, int fd, struct weir_error *err)
{
	ssize_t n;

	if (g->z.avail_in > 0 || g->ended)
		return WEIR_OK;
	do {
		n = read(fd, g->block, BLOCK);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return weir_fail(err, WEIR_E_RESOURCE, "read: %s", strerror(errno));
	g->z.next_in = g->block;
	g->z.avail_in = (uInt)n;
	g->ended = n == 0;
	return WEIR_OK;
}

enum weir_status gunzip_read(struct gunzip *g, int fd, char *to, size_t room, size_t *got,
                             bool *torn, struct weir_error *err)
{
	uInt want = room < 1u << 30 ? (uInt)room : 1u << 30;

	*got = 0;
	*torn = false;
	g->z.next_out = (unsigned char *)to;
	g->z.avail_out = want;
	while (g->z.avail_out == want) {
		int result;

		if (fill(g, fd, err) != WEIR_OK)
			return WEIR_RETRY;
		if (g->ended && g->z.avail_in == 0) {
			*torn = g->begun;
			break;
		}
		g->begun = true;
		result = inflate(&g->z, Z_NO_FLUSH);
		if (result == Z_STREAM_END) {
			g->begun = false;
			inflateReset(&g->z);
		} else if (result == Z_MEM_ERROR) {
			return weir_fail(err, WEIR_E_RESOURCE, "no memory to inflate it");
		} else if (result != Z_OK && result != Z_BUF_ERROR) {
			return weir_fail(err, WEIR_E_DATA, "not sound gzip: %s",
			                 g->z.msg ? g->z.msg : "unexpected bytes");
		}
	}
	*got = want - g->z.avail_out;
	return WEIR_OK;
}
