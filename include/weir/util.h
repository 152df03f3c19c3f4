/* util.h - memory, bytes and small helpers shared by plugins and the runtime.
 *
 * Lives here: allocation that never returns NULL, byte slices, growing buffers,
 * arenas, the assert that stays on. Not here: values (value.h), I/O.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef WEIR_UTIL_H
#define WEIR_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEIR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define WEIR_NORETURN          __attribute__((noreturn))

/* The number of elements of an array (not of a pointer). */
#define WEIR_COUNT(array) (sizeof(array) / sizeof *(array))

#pragma GCC visibility push(default)

/* ---- bugs --------------------------------------------------------------- */

/* For what only a bug of ours can cause, never for input. Stays on in release
 * builds: prints the condition and its place, then aborts. */
#define weir_must(condition) \
	((condition) ? (void)0 : weir_must_fail(#condition, __FILE__, __LINE__))
void weir_must_fail(const char *condition, const char *file, int line) WEIR_NORETURN;

/* ---- allocation ---------------------------------------------------------- */

/* Small and fixed sizes: never NULL. When memory is exhausted the process says so
 * and exits with 70 (EX_SOFTWARE); a restart is safe, because only commits count.
 * A size that comes from input is compared with a limit by the caller first. */
#define WEIR_EXIT_MEMORY 70
/* The end of the process as said above, for code that has nobody to hand a WEIR_E_RESOURCE to and
 * must not go on as if the input were to blame. Any thread. */
void weir_no_memory(void) WEIR_NORETURN;
void *weir_alloc(size_t size);                        /* zeroed */
void *weir_realloc(void *old, size_t size);           /* as realloc */
char *weir_strdup(const char *text);                  /* NULL gives NULL */
char *weir_strndup(const char *text, size_t len);
char *weir_format(const char *fmt, ...) WEIR_PRINTF(1, 2); /* a string to weir_free */
void  weir_free(void *memory);                        /* NULL is fine */
/* Overwrites with zeros in a way that the compiler keeps; then frees. */
void  weir_wipe_free(char *secret);

/* Large or input-sized: NULL when there is no memory, for the caller to report as
 * WEIR_E_RESOURCE. The bytes are not zeroed. */
void *weir_try_alloc(size_t size);
void *weir_try_realloc(void *old, size_t size);

/* ---- byte slices ---------------------------------------------------------- */

/* A borrowed run of bytes; not terminated, may hold NULs. {NULL, 0} is "none". */
struct weir_bytes {
	const char *data;
	size_t len;
};

struct weir_bytes weir_bytes(const char *text);       /* of a C string; NULL gives none */
bool weir_bytes_equal(struct weir_bytes a, struct weir_bytes b);
bool weir_bytes_are(struct weir_bytes a, const char *text);
/* ASCII only, as protocol words are. */
bool weir_bytes_equal_nocase(struct weir_bytes a, struct weir_bytes b);
/* Without the blanks around it: space, tab and the ends of lines. */
struct weir_bytes weir_bytes_trim(struct weir_bytes text);
/* A fast, unkeyed 64-bit hash. Not for secrets. */
uint64_t weir_hash(struct weir_bytes bytes);

/* ---- arena ----------------------------------------------------------------- */

/* Memory that is freed as a whole. One thread at a time. Destroy accepts NULL. */
struct weir_arena;
struct weir_arena *weir_arena_create(void);
void  weir_arena_destroy(struct weir_arena *arena);
/* Forgets everything but keeps up to keep_bytes for the next use. */
void  weir_arena_reset(struct weir_arena *arena, size_t keep_bytes);
/* Aligned to 16, not zeroed, never NULL (as weir_alloc). */
void *weir_arena_alloc(struct weir_arena *arena, size_t size);
struct weir_bytes weir_arena_copy(struct weir_arena *arena, struct weir_bytes bytes);
char *weir_arena_strdup(struct weir_arena *arena, const char *text);
char *weir_arena_format(struct weir_arena *arena, const char *fmt, ...) WEIR_PRINTF(2, 3);
size_t weir_arena_size(const struct weir_arena *arena); /* bytes held */

/* ---- growing buffer --------------------------------------------------------- */

/* Zeroed memory is an empty buffer. data is not terminated unless weir_buf_text
 * was called; it moves when the buffer grows. */
struct weir_buf {
	char *data;
	size_t len, cap;
};

void  weir_buf_finish(struct weir_buf *buf);          /* frees; buf is empty again */
char *weir_buf_room(struct weir_buf *buf, size_t len); /* place for len more, not yet counted */
void  weir_buf_add(struct weir_buf *buf, const void *bytes, size_t len);
void  weir_buf_puts(struct weir_buf *buf, const char *text);
void  weir_buf_putc(struct weir_buf *buf, char c);
void  weir_buf_printf(struct weir_buf *buf, const char *fmt, ...) WEIR_PRINTF(2, 3);
const char *weir_buf_text(struct weir_buf *buf);       /* terminates; len does not change */

/* ---- words and times --------------------------------------------------------- */

/* The word of a NULL-ended list that is nearest to a mistyped one, or NULL when none
 * is near enough to be worth a "did you mean". */
const char *weir_nearest(const char *word, const char *const *words);

/* Appends any text as one plain name of a file: other than letters, digits, - _ and . is
 * percent-encoded, so is a leading dot; what is very long ends in a hash. */
void weir_file_name(const char *text, struct weir_buf *name);

/* RFC 3339 with optional fraction (up to 9 digits are read, to microseconds kept) and a
 * zone; microseconds since 1970 UTC. False when it is no such time. */
bool weir_time_parse(struct weir_bytes text, int64_t *micros);
/* "2026-02-10T16:19:37.769Z": milliseconds, always UTC. Needs 25 bytes, terminated. */
void weir_time_format(int64_t micros, char text[25]);

/* Base64 with padding, and the unpadded URL alphabet of RFC 4648 section 5. */
void weir_base64(struct weir_bytes bytes, struct weir_buf *text);
void weir_base64url(struct weir_bytes bytes, struct weir_buf *text);
/* Either alphabet, padded or not; false when it is neither. */
bool weir_base64_decode(struct weir_bytes text, struct weir_buf *bytes);

#pragma GCC visibility pop

#endif
