/* failalloc.c - a preloaded layer in which one chosen allocation fails.
 *
 * FAILALLOC=T:N runs only the T-th test (from 0) of a cmocka program and lets the N-th allocation
 * (from 1) that weir, a plugin or a library asks for within it return NULL. Those of cmocka and
 * of libc itself do not count: they prove nothing about weir. A program without cmocka is one
 * test.
 *
 * FAILALLOC_PLACES=FILE lets nothing fail and writes what there is: for each test a line
 * "test T COUNT LIVE", and "place T N" for each allocation whose callers are new.
 *
 * An assertion that fails ends the process at once: with 75 when weir had said that there is no
 * memory (witness.c tells), 74 when it had said that something else is wrong, 76 when nothing.
 * FAILALLOC_REPORT=FILE gets "said N" (one of these, or 0), "live N" (the blocks that the test left
 * behind), a "frame MODULE OFFSET" for each caller of what failed, the same with "crash" where it
 * crashed, and a "folder PATH" for each temporary folder.
 *
 * With FAILALLOC_GO_ON cmocka goes on and says more about what did not hold.
 *
 * Syncs do nothing: the power cut is another layer's subject.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SEEN __attribute__((visibility("default")))

/* Places with the same callers, this deep, are one. */
#define DEPTH 6
#define SEEN_SLOTS (1u << 18)

#define EXIT_MISNAMED 74
#define EXIT_SAID 75
#define EXIT_UNSAID 76

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *memory);

typedef int group_run(const char *name, const struct CMUnitTest *tests, size_t count,
                      CMFixtureFunction setup, CMFixtureFunction teardown);

static atomic_long allocations, live;
static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
static void *own_base;

static atomic_bool watching, failed;
static atomic_int said; /* an EXIT_*, or 0 */
static long fail_test, fail_at;
static int places = -1;
static size_t current;
static uint64_t seen[SEEN_SLOTS];
static pthread_mutex_t seen_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool inside; /* what the layer calls may allocate */

static struct range {
	uintptr_t from, to;
} spared[8];
static size_t spared_count;

static int spare(struct dl_phdr_info *info, size_t size, void *arg)
{
	static const char *const names[] = { "libcmocka", "libc.so", "ld-linux", "failalloc", "libgcc" };
	struct range range = { UINTPTR_MAX, 0 };
	bool ours = false;

	(void)size;
	(void)arg;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		ours = ours || strstr(info->dlpi_name, names[i]);
	if (!ours || spared_count == sizeof spared / sizeof *spared)
		return 0;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		uintptr_t from = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;

		if (info->dlpi_phdr[i].p_type != PT_LOAD)
			continue;
		range.from = from < range.from ? from : range.from;
		range.to = from + info->dlpi_phdr[i].p_memsz > range.to
		                   ? from + info->dlpi_phdr[i].p_memsz : range.to;
	}
	spared[spared_count++] = range;
	return 0;
}

static bool counts(const void *caller)
{
	for (size_t i = 0; i < spared_count; i++)
		if ((uintptr_t)caller >= spared[i].from && (uintptr_t)caller < spared[i].to)
			return false;
	return true;
}

/* ---- what came of it -------------------------------------------------------------------- */

static void report(const char *fmt, const char *text, long number)
{
	const char *path = getenv("FAILALLOC_REPORT");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	bool was = inside;

	inside = true;
	if (fd >= 0) {
		dprintf(fd, fmt, text, number);
		close(fd);
	}
	inside = was;
}

/* Where this thread stands; the layer's own frames are left out. */
static void report_callers(const char *fmt)
{
	void *frames[24];
	int count;

	inside = true;
	count = backtrace(frames, sizeof frames / sizeof *frames);
	for (int i = 0; i < count; i++) {
		char *at = (char *)frames[i] - 1;
		Dl_info info;

		if (dladdr(at, &info) && info.dli_fname && info.dli_fbase != own_base)
			report(fmt, info.dli_fname, at - (char *)info.dli_fbase);
	}
	inside = false;
}

static void crashed(int number)
{
	const struct sigaction as_usual = { .sa_handler = SIG_DFL };

	report_callers("crash %s %#lx\n");
	sigaction(number, &as_usual, NULL);
	raise(number);
}

SEEN void failalloc_spare(bool yes)
{
	inside = yes;
}

/* By witness.c, when weir has said that something is wrong. */
SEEN void failalloc_said(bool memory)
{
	if (failed && said != EXIT_SAID)
		said = memory ? EXIT_SAID : EXIT_MISNAMED;
}

static void go_on(const char *file, int line)
{
	void (*real)(const char *, int);

	*(void **)&real = dlsym(RTLD_NEXT, "_fail");
	inside = false;
	real(file, line);
}

/* cmocka's: an assertion does not hold. */
SEEN void _fail(const char *file, int line)
{
	char text[512];
	int len;

	inside = true;
	len = snprintf(text, sizeof text, "failalloc: %s:%d: does not hold%s\n", file, line,
	               !failed ? ", without a failed allocation"
	               : said ? "" : ", and nothing said that anything is wrong");
	if (write(STDERR_FILENO, text, (size_t)len) < 0)
		_exit(EXIT_UNSAID);
	if (getenv("FAILALLOC_GO_ON"))
		go_on(file, line);
	_exit(said ? said : EXIT_UNSAID);
}

/* ---- the begin --------------------------------------------------------------------------- */

static void stop_watching(void)
{
	watching = false;
}

__attribute__((constructor)) static void begin(void)
{
	const char *which = getenv("FAILALLOC"), *list = getenv("FAILALLOC_PLACES");
	void *frames[2];
	const struct sigaction told = { .sa_handler = crashed };
	Dl_info own;

	inside = true;
	backtrace(frames, 2); /* loads what it needs */
	dl_iterate_phdr(spare, NULL);
	if (dladdr(&own_base, &own))
		own_base = own.dli_fbase;
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		sigaction(crashes[i], &told, NULL);
	if (which)
		sscanf(which, "%ld:%ld", &fail_test, &fail_at);
	if (list)
		places = open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	/* Neither what a test starts nor what it forks. */
	unsetenv("LD_PRELOAD");
	pthread_atfork(NULL, NULL, stop_watching);
	inside = false;
	watching = true;
}

/* ---- the tests of a program, each by itself ----------------------------------------------- */

static void end_test(void)
{
	bool was = inside;

	inside = true;
	if (places >= 0)
		dprintf(places, "test %zu %ld %ld\n", current, (long)allocations, (long)live);
	report("live%s %ld\n", "", live);
	inside = was;
}

static const struct CMUnitTest *tests; /* the program's */
static CMFixtureFunction setup;        /* of all of them */

/* What all tests share is made by the program, and not by weir. */
static int begin_group(void **state)
{
	int status;

	inside = true;
	status = setup ? setup(state) : 0;
	inside = false;
	return status;
}

static int begin_test(void **state)
{
	allocations = 0;
	live = 0;
	return tests[current].setup_func ? tests[current].setup_func(state) : 0;
}

static int finish_test(void **state)
{
	int status = tests[current].teardown_func ? tests[current].teardown_func(state) : 0;

	end_test();
	current++;
	return status;
}

/* All of them when places are looked for, else the one. */
SEEN int _cmocka_run_group_tests(const char *name, const struct CMUnitTest *given, size_t count,
                                 CMFixtureFunction group_setup, CMFixtureFunction teardown)
{
	struct CMUnitTest wrapped[count];
	group_run *run;
	int bad;

	*(void **)&run = dlsym(RTLD_NEXT, "_cmocka_run_group_tests");
	tests = given;
	setup = group_setup;
	for (size_t i = 0; i < count; i++) {
		wrapped[i] = given[i];
		wrapped[i].setup_func = begin_test;
		wrapped[i].teardown_func = finish_test;
	}
	current = places < 0 ? (size_t)fail_test : 0;
	bad = run(name, wrapped + current, places < 0 ? 1 : count, begin_group, teardown);
	watching = false;
	report("said%s %ld\n", "", said);
	return bad;
}

__attribute__((destructor)) static void end(void)
{
	if (watching)
		end_test();
}

/* ---- allocations ------------------------------------------------------------------------ */

static bool is_new(void *const *frames, int count)
{
	uint64_t hash = 1469598103934665603u;
	size_t at;
	bool new;

	for (int i = 0; i < count; i++)
		hash = (hash ^ (uintptr_t)frames[i]) * 1099511628211u;
	hash ^= hash >> 31;
	hash += hash == 0;
	pthread_mutex_lock(&seen_lock);
	for (at = hash % SEEN_SLOTS; seen[at] && seen[at] != hash; at = (at + 1) % SEEN_SLOTS)
		;
	new = !seen[at];
	seen[at] = hash;
	pthread_mutex_unlock(&seen_lock);
	return new;
}

static void note_place(long number)
{
	void *frames[3 + DEPTH];
	int count;

	inside = true;
	count = backtrace(frames, 3 + DEPTH);
	if (count > 3 && is_new(frames + 3, count - 3))
		dprintf(places, "place %zu %ld\n", current, number);
	inside = false;
}

static __attribute__((noinline)) bool fails(const void *caller)
{
	long number;

	if (!watching || inside || !counts(caller))
		return false;
	number = atomic_fetch_add(&allocations, 1) + 1;
	if (places >= 0)
		note_place(number);
	if (number != fail_at)
		return false;
	failed = true;
	report_callers("frame %s %#lx\n");
	errno = ENOMEM;
	return true;
}

static void *counted(void *memory)
{
	if (memory && !inside)
		atomic_fetch_add(&live, 1);
	return memory;
}

SEEN void *malloc(size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_malloc(size));
}

SEEN void *calloc(size_t count, size_t size)
{
	return fails(__builtin_return_address(0)) ? NULL : counted(__libc_calloc(count, size));
}

SEEN void *realloc(void *old, size_t size)
{
	void *memory;

	if (fails(__builtin_return_address(0)))
		return NULL;
	memory = __libc_realloc(old, size);
	return old ? memory : counted(memory);
}

SEEN void free(void *memory)
{
	if (memory && !inside)
		atomic_fetch_sub(&live, 1);
	__libc_free(memory);
}

/* ---- files --------------------------------------------------------------------------------- */

/* cmocka would go on after a crash. */
SEEN sighandler_t signal(int number, sighandler_t handler)
{
	sighandler_t (*set)(int, sighandler_t);

	*(void **)&set = dlsym(RTLD_NEXT, "signal");
	return counts(__builtin_return_address(0)) ? set(number, handler) : SIG_DFL;
}

/* A process that dies leaves its folder behind: the report says where. */
SEEN char *mkdtemp(char *template)
{
	char *(*make)(char *);
	char *made;

	*(void **)&make = dlsym(RTLD_NEXT, "mkdtemp");
	made = make(template);
	if (made)
		report("folder %s\n", made, 0);
	return made;
}

SEEN int fsync(int fd)
{
	return fcntl(fd, F_GETFD) < 0 ? -1 : 0;
}

SEEN int fdatasync(int fd)
{
	return fsync(fd);
}
