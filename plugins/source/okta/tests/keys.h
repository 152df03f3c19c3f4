/* keys.h - keys that OpenSSL made, and what it says of signatures.
 *
 * After fake_host.h, which the test includes itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TESTS_KEYS_H
#define OKTA_TESTS_KEYS_H

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
static inline EVP_PKEY *rsa_of(unsigned bits)
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

static inline int make_keys(void **state)
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

static inline int free_keys(void **state)
{
	EVP_PKEY *keys[] = { rsa, small_rsa, p256, p384, p521, ed25519 };

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(keys); i++)
		EVP_PKEY_free(keys[i]);
	return 0;
}

/* structure: "PrivateKeyInfo" (PKCS#8) or "type-specific" (PKCS#1, SEC1). */
static inline char *encode(EVP_PKEY *pkey, int selection, const char *structure, const char *password)
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

static inline char *pem_of(EVP_PKEY *pkey, const char *structure)
{
	return encode(pkey, EVP_PKEY_KEYPAIR, structure, NULL);
}

static inline bool verifies(EVP_PKEY *pkey, const char *digest, struct weir_bytes input,
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
static inline bool made(bool yes)
{
	if (!yes)
		witness_said(true);
	return yes;
}

static inline struct key *read_good(const char *text)
{
	struct weir_error err;
	struct key *key = key_read(text, &err);

	if (!key)
		fail_msg("%s", err.text);
	return key;
}

static inline void expect_signs(const struct key *key, EVP_PKEY *pkey, const char *algorithm,
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

static inline void expect_refused(const char *text, const char *words)
{
	struct weir_error err = { 0 };
	struct key *key = key_read(text, &err);

	assert_null(key);
	assert_int_equal(err.code, WEIR_E_CONFIG);
	if (!strstr(err.text, words))
		fail_msg("'%s' is not in: %s", words, err.text);
}

#endif
