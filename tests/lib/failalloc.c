/* failalloc.c - a preloaded layer in which the n-th allocation fails.
 *
 * FAILALLOC=n makes the n-th allocation (from 1) that weir or one of its libraries asks for
 * return NULL. Those of the test framework and of libc itself do not count: they prove nothing
 * about weir. FAILALLOC_COUNT=FILE appends the number of allocations at the end.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_long allocations;
static long fail_at;
static bool ready;
static _Thread_local bool inside; /* dladdr may allocate */

__attribute__((constructor)) static void begin(void)
{
	const char *text = getenv("FAILALLOC");

	fail_at = text ? strtol(text, NULL, 10) : 0;
	ready = true;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAILALLOC_COUNT");
	char line[32];
	int fd, len;

	if (!path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	len = snprintf(line, sizeof line, "%ld\n", atomic_load(&allocations));
	if (write(fd, line, (size_t)len) < 0)
		_exit(1);
	close(fd);
}

static bool counts(const void *caller)
{
	static const char *const spared[] = { "libcmocka", "libc.so", "ld-linux", "failalloc" };
	Dl_info info;
	bool yes = true;

	inside = true;
	if (dladdr(caller, &info) && info.dli_fname) {
		for (size_t i = 0; i < sizeof spared / sizeof *spared; i++)
			yes = yes && !strstr(info.dli_fname, spared[i]);
	}
	inside = false;
	return yes;
}

static bool fails(const void *caller)
{
	if (!ready || inside || !counts(caller))
		return false;
	if (atomic_fetch_add(&allocations, 1) + 1 != fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(old, size);
}
