/* test_fault.c - core/fault.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fault.h"

static void an_error_says_who_what_why_and_the_cure(void **state)
{
	struct weir_error err;

	(void)state;
	fault_explain(FAULT_CONNECT, "acme.okta.com", "Connection refused", &err);
	assert_int_equal(err.code, WEIR_E_UNREACHABLE);
	assert_string_equal(err.text, "acme.okta.com: cannot connect (Connection refused); check "
	                    "firewall and proxy");
	fault_explain(FAULT_NO_REPLY, "acme.okta.com", "after 5 ms", &err);
	assert_string_equal(err.text,
	                    "acme.okta.com: it closed the connection without a reply");
}

static void every_fault_has_a_story(void **state)
{
	struct weir_error err;

	(void)state;
	for (int i = 0; i < FAULT_COUNT; i++) {
		fault_explain((enum fault)i, "h", "", &err);
		assert_true(err.code != 0);
		assert_null(strstr(err.text, "null"));
	}
}

static void a_certificate_may_be_mended_so_it_is_tried_again(void **state)
{
	struct weir_error err;

	(void)state;
	fault_explain(FAULT_TRUST, "h", "self-signed certificate", &err);
	assert_int_equal(err.code, WEIR_E_AUTH);
	assert_non_null(strstr(err.text, "ca_file"));
	fault_explain(FAULT_HOST_NAME, "h", "", &err);
	assert_int_equal(err.code, WEIR_E_AUTH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_says_who_what_why_and_the_cure),
		cmocka_unit_test(every_fault_has_a_story),
		cmocka_unit_test(a_certificate_may_be_mended_so_it_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
