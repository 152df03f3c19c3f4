/* witness.c - stands between weir and its calls for memory and errors.
 *
 * Linked into every unit test with --wrap: weir_fail (to tell the layer failalloc.so what was said
 * to be wrong), weir_try_alloc and weir_try_realloc come here first; and cmocka's comparison of
 * texts, which a text that could not be had shall fail, not crash.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "witness.h"

#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include <weir/plugin.h>

enum weir_status __real_weir_fail(struct weir_error *err, enum weir_code code, const char *fmt, ...);
enum weir_status __wrap_weir_fail(struct weir_error *err, enum weir_code code, const char *fmt, ...);
void *__real_weir_try_alloc(size_t size);
void *__wrap_weir_try_alloc(size_t size);
void *__real_weir_try_realloc(void *old, size_t size);
void *__wrap_weir_try_realloc(void *old, size_t size);
void __real__assert_string_equal(const char *a, const char *b, const char *file, int line);
void __wrap__assert_string_equal(const char *a, const char *b, const char *file, int line);

static atomic_bool starving;

static void tell(const char *function, bool yes)
{
	void (*call)(bool yes);

	*(void **)&call = dlsym(RTLD_DEFAULT, function);
	if (call)
		call(yes);
}

void witness_said(bool no_memory)
{
	tell("failalloc_said", no_memory);
}

void witness_spare(bool yes)
{
	tell("failalloc_spare", yes);
}

enum weir_status __wrap_weir_fail(struct weir_error *err, enum weir_code code, const char *fmt, ...)
{
	char text[sizeof err->text];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	witness_said(code == WEIR_E_RESOURCE); /* asks the loader, which forgets what dlerror gave */
	return __real_weir_fail(err, code, "%s", text);
}

void witness_starve(bool yes)
{
	atomic_store(&starving, yes);
}

void *__wrap_weir_try_alloc(size_t size)
{
	return atomic_load(&starving) ? NULL : __real_weir_try_alloc(size);
}

void *__wrap_weir_try_realloc(void *old, size_t size)
{
	return atomic_load(&starving) ? NULL : __real_weir_try_realloc(old, size);
}

void __wrap__assert_string_equal(const char *a, const char *b, const char *file, int line)
{
	if (!a || !b) {
		print_error("%s != %s\n", a ? a : "NULL", b ? b : "NULL");
		_fail(file, line);
	}
	__real__assert_string_equal(a, b, file, line);
}
