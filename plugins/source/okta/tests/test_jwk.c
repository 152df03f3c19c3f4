/* test_jwk.c - jwk.c through key.h.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "keys.h"

static void add_member(struct weir_buf *json, const char *name, EVP_PKEY *pkey, const char *param,
                       size_t size)
{
	unsigned char bytes[512];
	BIGNUM *number = NULL;
	size_t len;

	witness_spare(true);
	assert_int_equal(EVP_PKEY_get_bn_param(pkey, param, &number), 1);
	len = size ? size : (size_t)BN_num_bytes(number);
	BN_bn2binpad(number, bytes, (int)len);
	weir_buf_printf(json, ",\"%s\":\"", name);
	weir_base64url((struct weir_bytes){ (char *)bytes, len }, json);
	weir_buf_puts(json, "\"");
	BN_clear_free(number);
	witness_spare(false);
}

static void rsa_jwk(struct weir_buf *json, const char *more)
{
	weir_buf_printf(json, "{\"kty\":\"RSA\"%s", more);
	add_member(json, "n", rsa, OSSL_PKEY_PARAM_RSA_N, 0);
	add_member(json, "e", rsa, OSSL_PKEY_PARAM_RSA_E, 0);
	add_member(json, "d", rsa, OSSL_PKEY_PARAM_RSA_D, 0);
}

static void rsa_primes(struct weir_buf *json)
{
	add_member(json, "p", rsa, OSSL_PKEY_PARAM_RSA_FACTOR1, 0);
	add_member(json, "q", rsa, OSSL_PKEY_PARAM_RSA_FACTOR2, 0);
	add_member(json, "dp", rsa, OSSL_PKEY_PARAM_RSA_EXPONENT1, 0);
	add_member(json, "dq", rsa, OSSL_PKEY_PARAM_RSA_EXPONENT2, 0);
	add_member(json, "qi", rsa, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, 0);
}

static void ec_jwk(struct weir_buf *json, EVP_PKEY *pkey, const char *curve, size_t size)
{
	weir_buf_printf(json, "{\"kty\":\"EC\",\"crv\":\"%s\"", curve);
	add_member(json, "x", pkey, OSSL_PKEY_PARAM_EC_PUB_X, size);
	add_member(json, "y", pkey, OSSL_PKEY_PARAM_EC_PUB_Y, size);
	add_member(json, "d", pkey, OSSL_PKEY_PARAM_PRIV_KEY, size);
	weir_buf_puts(json, "}");
}

static void an_rsa_jwk_signs_with_and_without_its_primes(void **state)
{
	for (int primes = 0; primes < 2; primes++) {
		struct weir_buf json = { 0 };
		struct key *key;

		(void)state;
		rsa_jwk(&json, ",\"kid\":\"one\",\"alg\":\"RS384\"");
		if (primes)
			rsa_primes(&json);
		weir_buf_puts(&json, "}");
		key = read_good(weir_buf_text(&json));
		expect_signs(key, rsa, "RS384", "SHA384");
		assert_string_equal(key_id(key), "one");
		key_destroy(key);
		weir_buf_finish(&json);
	}
}

static void an_ec_jwk_signs_with_the_algorithm_of_its_curve(void **state)
{
	const struct { EVP_PKEY *pkey; const char *curve; size_t size; const char *algorithm, *digest; }
	cases[] = {
		{ p256, "P-256", 32, "ES256", "SHA256" },
		{ p384, "P-384", 48, "ES384", "SHA384" },
		{ p521, "P-521", 66, "ES512", "SHA512" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		struct weir_buf json = { 0 };
		struct key *key;

		ec_jwk(&json, cases[i].pkey, cases[i].curve, cases[i].size);
		key = read_good(weir_buf_text(&json));
		expect_signs(key, cases[i].pkey, cases[i].algorithm, cases[i].digest);
		key_destroy(key);
		weir_buf_finish(&json);
	}
}

static void a_key_set_gives_its_first_private_key(void **state)
{
	struct weir_buf json = { 0 };
	struct key *key;

	(void)state;
	weir_buf_puts(&json, " {\"keys\":[{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"},");
	ec_jwk(&json, p256, "P-256", 32);
	weir_buf_puts(&json, "]}");
	key = read_good(weir_buf_text(&json));
	assert_string_equal(key_algorithm(key), "ES256");
	key_destroy(key);
	weir_buf_finish(&json);
}

static void a_jwk_that_does_not_hold_together_is_refused(void **state)
{
	struct weir_buf mixed = { 0 };

	(void)state;
	expect_refused("{", "no JSON");
	expect_refused("{\"kty\":\"oct\",\"k\":\"secret\"}", "kty RSA or EC");
	expect_refused("{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}", "public half");
	expect_refused("{\"kty\":\"RSA\",\"n\":\"*\",\"e\":\"AQAB\",\"d\":\"AQ\"}", "damaged");
	expect_refused("{\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":\"AQ\",\"y\":\"AQ\",\"d\":\"AQ\"}", "damaged");
	weir_buf_puts(&mixed, "{\"kty\":\"EC\",\"crv\":\"P-256\"");
	add_member(&mixed, "x", p256, OSSL_PKEY_PARAM_EC_PUB_X, 32);
	add_member(&mixed, "y", p256, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
	weir_buf_puts(&mixed, ",\"d\":\"AQ\"}");
	expect_refused(weir_buf_text(&mixed), "do not belong together");
	weir_buf_finish(&mixed);
}

static void the_public_half_has_no_private_member(void **state)
{
	char *pem = pem_of(rsa, "PrivateKeyInfo");
	struct key *keys[] = { read_good(pem), NULL };
	struct weir_error err;

	(void)state;
	keys[1] = key_make(&err);
	for (size_t i = 0; i < 2; i++) {
		struct weir_buf json = { 0 };

		assert_non_null(keys[i]);
		assert_true(made(key_public_jwk(keys[i], &json)));
		assert_null(strstr(weir_buf_text(&json), "\"d\""));
		assert_null(strstr(weir_buf_text(&json), "\"p\""));
		assert_non_null(strstr(weir_buf_text(&json), i ? "\"kty\":\"EC\"" : "\"kty\":\"RSA\""));
		if (i)
			assert_int_equal(json.len, strlen("{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"\",\"y\":\"\"}") + 2 * 43);
		weir_buf_finish(&json);
		key_destroy(keys[i]);
	}
	weir_free(pem);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_rsa_jwk_signs_with_and_without_its_primes),
		cmocka_unit_test(an_ec_jwk_signs_with_the_algorithm_of_its_curve),
		cmocka_unit_test(a_key_set_gives_its_first_private_key),
		cmocka_unit_test(a_jwk_that_does_not_hold_together_is_refused),
		cmocka_unit_test(the_public_half_has_no_private_member),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
