/* test_http_libcurl.c - core/http_libcurl.c on systems whose libcurl is missing, or is another one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <string.h>

#include "http_libcurl.h"

void *__real_dlopen(const char *file, int flags);
void *__wrap_dlopen(const char *file, int flags);
void *__real_dlsym(void *object, const char *name);
void *__wrap_dlsym(void *object, const char *name);

static const char *file_of_system; /* that is loaded instead of another */
static const char *without;        /* a function that it does not have */
static curl_version_info_data version;

void *__wrap_dlopen(const char *file, int flags)
{
	return __real_dlopen(file_of_system ? file_of_system : file, flags);
}

static curl_version_info_data *say_version(CURLversion age)
{
	(void)age;
	return &version;
}

void *__wrap_dlsym(void *object, const char *name)
{
	curl_version_info_data *(*function)(CURLversion) = say_version;
	void *symbol;

	if (without && strcmp(name, without) == 0)
		return NULL;
	if (!version.version || strcmp(name, "curl_version_info") != 0)
		return __real_dlsym(object, name);
	memcpy(&symbol, &function, sizeof symbol);
	return symbol;
}

static void is_refused(const char *why)
{
	struct weir_error err = { 0 };

	assert_false(libcurl_begin(&err));
	assert_int_equal(err.code, WEIR_E_RESOURCE);
	if (!strstr(err.text, why))
		fail_msg("%s\n  should say %s", err.text, why);
	assert_null(libcurl.easy_init);
}

static void one_that_is_missing_or_too_old_is_named_and_may_come_later(void **state)
{
	struct weir_error err = { 0 };

	(void)state;
	file_of_system = "libcurl-that-is-not-there.so.4";
	is_refused("cannot load libcurl: libcurl-that-is-not-there.so.4: ");
	file_of_system = NULL;
	without = "curl_url_set";
	is_refused("libcurl.so.4 has no curl_url_set; install libcurl 7.88 or later");
	without = NULL;
	version = (curl_version_info_data){ .version = "7.87.0", .version_num = 0x075700 };
	is_refused("libcurl is 7.87.0, which is too old; install 7.88 or later");
	version = (curl_version_info_data){ 0 };
	assert_true(libcurl_begin(&err));
	libcurl_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_is_missing_or_too_old_is_named_and_may_come_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
