/* test_secret.c - core/secret.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "secret.h"

static char folder[] = "/tmp/test_secret.XXXXXX";
static bool read_only;

static const char *lookup(const char *name)
{
	if (strcmp(name, "TOKEN") == 0)
		return "abc\n";
	if (strcmp(name, "EMPTY") == 0)
		return "";
	return strcmp(name, "CREDENTIALS_DIRECTORY") == 0 ? folder : NULL;
}

static const char *lookup_nothing(const char *name)
{
	(void)name;
	return NULL;
}

static bool is_read_only(int fd)
{
	(void)fd;
	return read_only;
}

static const struct secret_system fake = { lookup, is_read_only };
static struct weir_error err;

static void write_file(const char *name, const char *text, size_t len, mode_t mode)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static enum secret_result read_one(const char *reference, char **secret)
{
	char with_slash[64];
	int len = snprintf(with_slash, sizeof with_slash, "%s/", folder);

	return secret_read(reference, (struct weir_bytes){ with_slash, (size_t)len }, &fake, secret,
	                   &err);
}

static void expect(const char *reference, const char *secret)
{
	char *got;

	assert_int_equal(read_one(reference, &got), SECRET_READ);
	assert_string_equal(got, secret);
	secret_free(got);
}

static void expect_refused(const char *reference, const char *part)
{
	char *got;

	assert_int_equal(read_one(reference, &got), SECRET_REFUSED);
	assert_null(got);
	assert_non_null(strstr(err.text, part));
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return 1;
	write_file("key.pem", "one\ntwo\r\n\n", 10, 0600);
	write_file("open.pem", "secret", 6, 0644);
	write_file("group.pem", "secret", 6, 0640);
	write_file("writable.pem", "secret", 6, 0602);
	write_file("empty.pem", "\n", 1, 0600);
	write_file("nul.pem", "a\0b", 3, 0600);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = { "key.pem", "open.pem", "group.pem", "writable.pem",
		                             "empty.pem", "nul.pem", "large.pem" };
	char path[100];

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	return rmdir(folder);
}

static void a_file_is_read_beside_the_one_that_names_it(void **state)
{
	(void)state;
	read_only = false;
	expect("file:key.pem", "one\ntwo");
	expect("file:./key.pem", "one\ntwo");
	expect_refused("file:no.pem", "no.pem: No such file");
	expect_refused("file:.", "is a folder");
}

static void a_file_that_others_may_read_is_refused(void **state)
{
	(void)state;
	read_only = false;
	expect_refused("file:open.pem", "(mode 0644); run chmod 600 ");
	expect_refused("file:writable.pem", "(mode 0602)");
	expect_refused("file:group.pem", "(mode 0640)");
}

static void on_a_read_only_mount_it_is_only_suspect(void **state)
{
	char *secret;

	(void)state;
	read_only = true;
	assert_int_equal(read_one("file:open.pem", &secret), SECRET_SUSPECT);
	assert_string_equal(secret, "secret");
	assert_non_null(strstr(err.text, "open.pem"));
	assert_null(strstr(err.text, "secret\""));
	secret_free(secret);
}

static void the_environment_gives_a_secret(void **state)
{
	(void)state;
	expect("env:TOKEN", "abc");
	expect_refused("env:NOTHING", "environment variable NOTHING is not set");
	expect_refused("env:EMPTY", "environment variable EMPTY is empty");
}

static void a_credential_is_read_whatever_its_mode(void **state)
{
	static const struct secret_system bare = { lookup_nothing, is_read_only };
	char *secret;

	(void)state;
	read_only = false;
	expect("cred:open.pem", "secret");
	expect_refused("cred:../x", "has no slash");
	assert_int_equal(secret_read("cred:x", (struct weir_bytes){ "", 0 }, &bare, &secret, &err),
	                 SECRET_REFUSED);
	assert_non_null(strstr(err.text, "CREDENTIALS_DIRECTORY is not set"));
}

static void what_no_secret_can_be_is_refused(void **state)
{
	static char large[SECRET_MAX + 1];

	(void)state;
	memset(large, 'x', sizeof large);
	write_file("large.pem", large, sizeof large, 0600);
	expect_refused("file:empty.pem", "is empty");
	expect_refused("file:nul.pem", "NUL");
	expect_refused("file:large.pem", "larger than any key");
	write_file("large.pem", large, SECRET_MAX, 0600);
	large[SECRET_MAX] = '\0';
	expect("file:large.pem", large);
}

static void a_bare_text_is_no_reference(void **state)
{
	(void)state;
	expect_refused("hunter2", "write file:PATH, env:NAME or cred:NAME");
	assert_null(strstr(err.text, "hunter2"));
	assert_true(secret_is_reference("env:X"));
	assert_false(secret_is_reference("env:"));
	assert_false(secret_is_reference("hunter2"));
}

static void freeing_nothing_is_fine(void **state)
{
	(void)state;
	secret_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_beside_the_one_that_names_it),
		cmocka_unit_test(a_file_that_others_may_read_is_refused),
		cmocka_unit_test(on_a_read_only_mount_it_is_only_suspect),
		cmocka_unit_test(the_environment_gives_a_secret),
		cmocka_unit_test(a_credential_is_read_whatever_its_mode),
		cmocka_unit_test(what_no_secret_can_be_is_refused),
		cmocka_unit_test(a_bare_text_is_no_reference),
		cmocka_unit_test(freeing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
