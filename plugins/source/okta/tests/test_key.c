/* test_key.c - key.c, pem.c, jwk.c and jwt.c through their headers.
 *
 * Keys are made here with OpenSSL, and signatures checked with it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "host.h"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/encoder.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jwt.h"
#include "witness.h"

static EVP_PKEY *rsa, *small_rsa, *p256, *p384, *p521, *ed25519;

/* To look for primes takes long: they are kept beside the test program. */
static EVP_PKEY *rsa_of(unsigned bits)
{
	char *path = weir_format(BINARY_DIR "/tests/rsa%u.pem", bits);
	char *fresh = weir_format("%s.%d", path, (int)getpid());
	FILE *file = fopen(path, "r");
	EVP_PKEY *key = file ? PEM_read_PrivateKey(file, NULL, NULL, NULL) : NULL;

	if (file)
		fclose(file);
	if (!key) {
		key = EVP_RSA_gen(bits);
		file = fopen(fresh, "w");
		if (!key || !file || !PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)
		    || fclose(file) != 0 || rename(fresh, path) != 0)
			abort();
	}
	weir_free(fresh);
	weir_free(path);
	return key;
}

static int make_keys(void **state)
{
	(void)state;
	rsa = rsa_of(2048);
	small_rsa = rsa_of(1024);
	p256 = EVP_EC_gen("P-256");
	p384 = EVP_EC_gen("P-384");
	p521 = EVP_EC_gen("P-521");
	ed25519 = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return rsa && small_rsa && p256 && p384 && p521 && ed25519 ? 0 : -1;
}

static int free_keys(void **state)
{
	EVP_PKEY *keys[] = { rsa, small_rsa, p256, p384, p521, ed25519 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(keys); i++)
		EVP_PKEY_free(keys[i]);
	return 0;
}

/* structure: "PrivateKeyInfo" (PKCS#8) or "type-specific" (PKCS#1, SEC1). */
static char *encode(EVP_PKEY *pkey, int selection, const char *structure, const char *password)
{
	OSSL_ENCODER_CTX *ctx;
	unsigned char *data = NULL;
	size_t len = 0;
	char *text;

	witness_spare(true);
	ctx = OSSL_ENCODER_CTX_new_for_pkey(pkey, selection, "PEM", structure, NULL);
	assert_non_null(ctx);
	if (password) {
		OSSL_ENCODER_CTX_set_cipher(ctx, "AES-256-CBC", NULL);
		OSSL_ENCODER_CTX_set_passphrase(ctx, (const unsigned char *)password, strlen(password));
	}
	assert_int_equal(OSSL_ENCODER_to_data(ctx, &data, &len), 1);
	text = weir_strndup((char *)data, len);
	OPENSSL_free(data);
	OSSL_ENCODER_CTX_free(ctx);
	witness_spare(false);
	return text;
}

static char *pem_of(EVP_PKEY *pkey, const char *structure)
{
	return encode(pkey, EVP_PKEY_KEYPAIR, structure, NULL);
}

static bool verifies(EVP_PKEY *pkey, const char *digest, struct weir_bytes input,
                     struct weir_bytes signature)
{
	EVP_MD_CTX *ctx;
	unsigned char *der = NULL;
	int der_len = 0;
	bool ok;

	witness_spare(true);
	ctx = EVP_MD_CTX_new();
	if (EVP_PKEY_is_a(pkey, "EC")) {
		const unsigned char *raw = (const unsigned char *)signature.data;
		int half = (int)signature.len / 2;
		ECDSA_SIG *sig = ECDSA_SIG_new();

		assert_int_equal(half, (EVP_PKEY_get_bits(pkey) + 7) / 8);
		ECDSA_SIG_set0(sig, BN_bin2bn(raw, half, NULL), BN_bin2bn(raw + half, half, NULL));
		der_len = i2d_ECDSA_SIG(sig, &der);
		ECDSA_SIG_free(sig);
	}
	ok = EVP_DigestVerifyInit_ex(ctx, NULL, digest, NULL, NULL, pkey, NULL) == 1
	     && EVP_DigestVerify(ctx, der ? der : (const unsigned char *)signature.data,
	                         der ? (size_t)der_len : signature.len,
	                         (const unsigned char *)input.data, input.len) == 1;
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);
	witness_spare(false);
	return ok;
}

/* Those that only say false have no other reason than memory. */
static bool made(bool yes)
{
	if (!yes)
		witness_said(true);
	return yes;
}

static struct key *read_good(const char *text)
{
	struct weir_error err;
	struct key *key = key_read(text, &err);

	if (!key)
		fail_msg("%s", err.text);
	return key;
}

static void expect_signs(const struct key *key, EVP_PKEY *pkey, const char *algorithm,
                         const char *digest)
{
	struct weir_bytes input = weir_bytes("what is signed");

	assert_string_equal(key_algorithm(key), algorithm);
	/* r and s are shorter than the curve now and then; many signatures meet that. */
	for (int i = 0; i < (EVP_PKEY_is_a(pkey, "EC") ? 40 : 1); i++) {
		struct weir_buf signature = { 0 };

		assert_true(made(key_sign(key, input, &signature)));
		assert_true(verifies(pkey, digest, input,
		                     (struct weir_bytes){ signature.data, signature.len }));
		weir_buf_finish(&signature);
	}
}

static void every_kind_of_pem_signs_with_its_algorithm(void **state)
{
	const struct { EVP_PKEY *pkey; const char *structure, *begin, *algorithm, *digest; } cases[] = {
		{ rsa, "PrivateKeyInfo", "BEGIN PRIVATE KEY", "RS256", "SHA256" },
		{ rsa, "type-specific", "BEGIN RSA PRIVATE KEY", "RS256", "SHA256" },
		{ p256, "PrivateKeyInfo", "BEGIN PRIVATE KEY", "ES256", "SHA256" },
		{ p256, "type-specific", "BEGIN EC PRIVATE KEY", "ES256", "SHA256" },
		{ p384, "PrivateKeyInfo", "BEGIN PRIVATE KEY", "ES384", "SHA384" },
		{ p521, "type-specific", "BEGIN EC PRIVATE KEY", "ES512", "SHA512" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		char *text = pem_of(cases[i].pkey, cases[i].structure);
		struct key *key;

		assert_non_null(strstr(text, cases[i].begin));
		key = read_good(text);
		expect_signs(key, cases[i].pkey, cases[i].algorithm, cases[i].digest);
		assert_null(key_id(key));
		key_destroy(key);
		weir_free(text);
	}
}

/* Replaces each line end. */
static char *with_line_ends(const char *pem, const char *line_end)
{
	struct weir_buf buf = { 0 };

	for (; *pem; pem++) {
		if (*pem == '\n')
			weir_buf_puts(&buf, line_end);
		else
			weir_buf_putc(&buf, *pem);
	}
	weir_buf_putc(&buf, '\0');
	return buf.data;
}

static void line_ends_and_indentation_do_not_matter(void **state)
{
	static const char *const line_ends[] = { "\r\n", "\\n", "\n   \t", " ", "\n\n" };
	char *pem = pem_of(p256, "PrivateKeyInfo");

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(line_ends); i++) {
		char *text = with_line_ends(pem, line_ends[i]);
		struct key *key = read_good(text);

		expect_signs(key, p256, "ES256", "SHA256");
		key_destroy(key);
		weir_free(text);
	}
	weir_free(pem);
}

static void what_stands_around_the_key_does_not_matter(void **state)
{
	char *pem = pem_of(p256, "type-specific");
	char *text = weir_format("Bag Attributes\n  a: b\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
	                         "-----END EC PARAMETERS-----\n%strailing words\n", pem);

	(void)state;
	key_destroy(read_good(text));
	weir_free(text);
	weir_free(pem);
}

static void expect_refused(const char *text, const char *words)
{
	struct weir_error err = { 0 };
	struct key *key = key_read(text, &err);

	assert_null(key);
	assert_int_equal(err.code, WEIR_E_CONFIG);
	if (!strstr(err.text, words))
		fail_msg("'%s' is not in: %s", words, err.text);
}

static void what_is_no_usable_key_is_named(void **state)
{
	char *public = encode(rsa, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", NULL);
	char *encrypted = encode(rsa, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", "secret");
	char *old_encrypted = encode(rsa, EVP_PKEY_KEYPAIR, "type-specific", "secret");
	char *small = pem_of(small_rsa, "PrivateKeyInfo"), *ed = pem_of(ed25519, "PrivateKeyInfo");
	char *cut = pem_of(p256, "PrivateKeyInfo");

	(void)state;
	expect_refused(public, "holds a PUBLIC KEY; the private key is wanted");
	expect_refused(encrypted, "is encrypted");
	expect_refused(old_encrypted, "is encrypted");
	expect_refused(small, "1024 bits; Okta takes 2048");
	expect_refused(ed, "RSA key, or an EC key");
	memmove(strstr(cut, "\n") + 5, strstr(cut, "\n") + 9, strlen(strstr(cut, "\n") + 9) + 1);
	expect_refused(cut, "damaged");
	expect_refused("-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----\n", "damaged");
	expect_refused("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "damaged");
	expect_refused("-----BEGIN PRIVATE KEY-----\nMIIB\n", "holds no private key");
	expect_refused("", "holds no private key");
	expect_refused("0oa1b2c3", "holds no private key");
	weir_free(public);
	weir_free(encrypted);
	weir_free(old_encrypted);
	weir_free(small);
	weir_free(ed);
	weir_free(cut);
}

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
		cmocka_unit_test(every_kind_of_pem_signs_with_its_algorithm),
		cmocka_unit_test(line_ends_and_indentation_do_not_matter),
		cmocka_unit_test(what_stands_around_the_key_does_not_matter),
		cmocka_unit_test(what_is_no_usable_key_is_named),
		cmocka_unit_test(an_rsa_jwk_signs_with_and_without_its_primes),
		cmocka_unit_test(an_ec_jwk_signs_with_the_algorithm_of_its_curve),
		cmocka_unit_test(a_key_set_gives_its_first_private_key),
		cmocka_unit_test(a_jwk_that_does_not_hold_together_is_refused),
		cmocka_unit_test(the_public_half_has_no_private_member),
		cmocka_unit_test(an_assertion_says_who_to_whom_and_until_when),
		cmocka_unit_test(a_proof_is_bound_to_request_nonce_and_token),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
