/* test_org.c - org.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include <string.h>

#include "org.h"

static void what_is_meant_is_taken_or_mended(void **state)
{
	static const struct { const char *written, *base, *host; } cases[] = {
		{ "https://acme.okta.com", "https://acme.okta.com", "acme.okta.com" },
		{ "https://acme.okta-emea.com", "https://acme.okta-emea.com", "acme.okta-emea.com" },
		{ "https://dev-1.oktapreview.com/", "https://dev-1.oktapreview.com", "dev-1.oktapreview.com" },
		{ "acme.okta.com", "https://acme.okta.com", "acme.okta.com" },
		{ "  HTTPS://Acme.Okta.COM:443/ \n", "https://acme.okta.com", "acme.okta.com" },
		{ "https://acme.okta.com.", "https://acme.okta.com", "acme.okta.com" },
		{ "https://login.example.com:8443", "https://login.example.com:8443", "login.example.com" },
		{ "https://auth-admin.example.com", "https://auth-admin.example.com", "auth-admin.example.com" },
		{ "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", "[2001:db8::1]" },
		{ "https://10.0.0.1", "https://10.0.0.1", "10.0.0.1" },
		{ "http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1" },
		{ "http://localhost:80", "http://localhost", "localhost" },
		{ "http://[::1]:8080", "http://[::1]:8080", "[::1]" },
		{ "http://org1.okta.localhost:8080", "http://org1.okta.localhost:8080", "org1.okta.localhost" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err;
		struct org org;

		if (org_init(&org, cases[i].written, &err) != WEIR_OK)
			fail_msg("%s: %s", cases[i].written, err.text);
		assert_string_equal(org.base, cases[i].base);
		assert_string_equal(org.host, cases[i].host);
		org_finish(&org);
	}
}

static void anything_else_is_told_what_to_write(void **state)
{
	static const struct { const char *written, *said; } cases[] = {
		{ "", "is empty; write https://NAME.okta.com" },
		{ "https://{yourOktaDomain}", "placeholder" },
		{ "https://<org>.okta.com", "placeholder" },
		{ "https://https://acme.okta.com", "holds :// twice" },
		{ "http://acme.okta.com", "must be https, for credentials go there; write https://acme.okta.com" },
		{ "http://127.example.com", "must be https" },
		{ "http://localhost.example.com", "must be https" },
		{ "ftp://acme.okta.com", "must be https; write https://acme.okta.com" },
		{ "https://acme-admin.okta.com", "Admin Console's address; write https://acme.okta.com" },
		{ "https://acme-admin.oktapreview.com", "write https://acme.oktapreview.com" },
		{ "https://acme-admin.okta-emea.com/admin/dashboard", "write https://acme.okta-emea.com" },
		{ "https://acme.okta.com.com", "write https://acme.okta.com" },
		{ "https://okta.com", "own name is missing" },
		{ "www.okta.com", "own name is missing" },
		{ "https://acme.okta.com/api/v1/logs", "must end behind the host; write https://acme.okta.com" },
		{ "acme.okta.com/oauth2/default", "must end behind the host; write https://acme.okta.com" },
		{ "https://acme.okta.com?x=1", "must end behind the host" },
		{ "https://acme.okta.com#x", "must end behind the host" },
		{ "https://acme.okta.com//", "must end behind the host" },
		{ "https://acme.okta.com:8443/a", "write https://acme.okta.com:8443" },
		{ "https://me:secret@acme.okta.com", "must not hold a user or password; write https://acme.okta.com" },
		{ "https://acme.okta.com:0", "not a port" },
		{ "https://acme.okta.com:65536", "not a port" },
		{ "https://acme.okta.com:x", "not a port" },
		{ "https://acme.okta.com:", "not a port" },
		{ "https://acme..okta.com", "not a host name" },
		{ "https://.okta.com", "not a host name" },
		{ "https://ac%6de.okta.com", "not a host name" },
		{ "https://[::g]", "not a host name" },
		{ "https://acme okta.com", "not a URL" },
		{ "https:///x", "not a URL" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_error err;
		struct org org;

		if (org_init(&org, cases[i].written, &err) == WEIR_OK)
			fail_msg("%s: taken", cases[i].written);
		if (!strstr(err.text, cases[i].said))
			fail_msg("%s: %s", cases[i].written, err.text);
		assert_null(strstr(err.text, "secret"));
		assert_int_equal(err.code, WEIR_E_CONFIG);
		assert_string_equal(err.where.path, "org_url");
		org_finish(&org);
	}
}

static void only_the_orgs_own_path_gets_credentials(void **state)
{
	static const struct { const char *url; bool ours; } cases[] = {
		{ "https://acme.okta.com/api/v1/logs", true },
		{ "https://acme.okta.com/api/v1/logs?after=1_1", true },
		{ "https://ACME.okta.com:443/api/v1/logs?after=1_1", true },
		{ "http://acme.okta.com/api/v1/logs", false },
		{ "https://acme.okta.com:8443/api/v1/logs", false },
		{ "https://acme.okta.com.evil.com/api/v1/logs", false },
		{ "https://evil.com/api/v1/logs?x=https://acme.okta.com/api/v1/logs", false },
		{ "https://acme.okta.com@evil.com/api/v1/logs", false },
		{ "https://x@acme.okta.com/api/v1/logs", false },
		{ "https://acme.okta.com/api/v1/logs/", false },
		{ "https://acme.okta.com/api/v1/logs#x", false },
		{ "https://acme.okta.com/api/v1/users", false },
		{ "https://acme.okta.com/x/../api/v1/logs", false },
		{ "//acme.okta.com/api/v1/logs", false },
		{ "/api/v1/logs", false },
		{ "", false },
	};
	struct weir_error err;
	struct org org;

	(void)state;
	assert_int_equal(org_init(&org, "https://acme.okta.com", &err), WEIR_OK);
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		if (org_owns(&org, cases[i].url, "/api/v1/logs") != cases[i].ours)
			fail_msg("%s", cases[i].url);
	}
	org_finish(&org);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_meant_is_taken_or_mended),
		cmocka_unit_test(anything_else_is_told_what_to_write),
		cmocka_unit_test(only_the_orgs_own_path_gets_credentials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
