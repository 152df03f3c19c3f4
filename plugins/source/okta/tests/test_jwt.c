/* test_jwt.c - jwt.c through its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "keys.h"

/* One part of a JWT, decoded. */
static char *part_of(const char *jwt, int index)
{
	struct weir_buf plain = { 0 };
	const char *end;

	for (; index > 0; index--)
		jwt = strchr(jwt, '.') + 1;
	end = jwt + strcspn(jwt, ".");
	assert_true(weir_base64_decode((struct weir_bytes){ jwt, (size_t)(end - jwt) }, &plain));
	weir_buf_putc(&plain, '\0');
	return plain.data;
}

static void expect_in(const char *jwt, int part, const char *words)
{
	char *text = part_of(jwt, part);

	if (!strstr(text, words))
		fail_msg("'%s' is not in: %s", words, text);
	weir_free(text);
}

static void expect_not_in(const char *jwt, int part, const char *words)
{
	char *text = part_of(jwt, part);

	if (strstr(text, words))
		fail_msg("'%s' is in: %s", words, text);
	weir_free(text);
}

static void an_assertion_says_who_to_whom_and_until_when(void **state)
{
	char *pem = pem_of(p256, "PrivateKeyInfo");
	struct key *key = read_good(pem);
	struct weir_buf jwt = { 0 }, other = { 0 };
	struct weir_error err;
	const char *text, *dot;

	(void)state;
	assert_true(jwt_assertion(key, &(struct assertion){ "kid\"1", "0oa1", "https://o/oauth2/v1/token", 1000 },
	                          &jwt, &err));
	text = weir_buf_text(&jwt);
	expect_in(text, 0, "\"alg\":\"ES256\"");
	expect_in(text, 0, "\"kid\":\"kid\\\"1\"");
	expect_in(text, 1, "\"iss\":\"0oa1\",\"sub\":\"0oa1\",\"aud\":\"https://o/oauth2/v1/token\"");
	expect_in(text, 1, "\"iat\":970,\"exp\":1300,\"jti\":\"");
	dot = strrchr(text, '.');
	{
		char *signature = part_of(text, 2);

		assert_true(verifies(p256, "SHA256", (struct weir_bytes){ text, (size_t)(dot - text) },
		                     (struct weir_bytes){ signature, 64 }));
		weir_free(signature);
	}
	assert_true(jwt_assertion(key, &(struct assertion){ "kid\"1", "0oa1", "https://o/oauth2/v1/token", 1000 },
	                          &other, &err));
	{
		char *a = part_of(text, 1), *b = part_of(weir_buf_text(&other), 1);

		assert_string_not_equal(a, b); /* a fresh jti */
		weir_free(a);
		weir_free(b);
	}
	weir_buf_finish(&jwt);
	weir_buf_finish(&other);
	key_destroy(key);
	weir_free(pem);
}

static void a_proof_is_bound_to_request_nonce_and_token(void **state)
{
	struct weir_error err;
	struct key *key = key_make(&err);
	struct weir_buf jwt = { 0 };
	const char *text;

	(void)state;
	assert_non_null(key);
	assert_true(jwt_proof(key, &(struct proof){ "POST", "https://o/oauth2/v1/token", NULL, NULL, 1000 }, &jwt, &err));
	text = weir_buf_text(&jwt);
	expect_in(text, 0, "\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":{\"crv\":\"P-256\",\"kty\":\"EC\"");
	expect_in(text, 1, "\"htm\":\"POST\",\"htu\":\"https://o/oauth2/v1/token\",\"iat\":970,\"jti\":\"");
	expect_not_in(text, 1, "nonce");
	expect_not_in(text, 1, "ath");
	jwt.len = 0;
	assert_true(jwt_proof(key, &(struct proof){ "GET", "https://o/api/v1/logs", "n-1",
	                      "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", 1000 }, &jwt, &err));
	text = weir_buf_text(&jwt);
	expect_in(text, 1, "\"nonce\":\"n-1\"");
	/* RFC 9449 section 7.1 has this token and its hash. */
	expect_in(text, 1, "\"ath\":\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo\"");
	weir_buf_finish(&jwt);
	key_destroy(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_assertion_says_who_to_whom_and_until_when),
		cmocka_unit_test(a_proof_is_bound_to_request_nonce_and_token),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
