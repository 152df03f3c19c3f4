/* key.c - signing keys: making, signing, digests, randomness.
 *
 * Lives here: what every key can do. Not here: the two ways to write one (pem.c, jwk.c), JWTs
 * (jwt.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <string.h>

enum { RSA_BITS_MIN = 2048, SIGNATURE_MAX = 2048 }; /* RSA of 16,384 bits */

static const struct kind {
	const char *algorithm, *digest;
	const char *group, *curve;  /* of EC keys: OpenSSL's name and JWK's */
	size_t size;                /* of EC keys: bytes of a coordinate */
} kinds[] = {
	{ "RS256", "SHA256", NULL, NULL, 0 },
	{ "RS384", "SHA384", NULL, NULL, 0 },
	{ "RS512", "SHA512", NULL, NULL, 0 },
	{ "ES256", "SHA256", "prime256v1", "P-256", 32 },
	{ "ES384", "SHA384", "secp384r1", "P-384", 48 },
	{ "ES512", "SHA512", "secp521r1", "P-521", 66 },
};

struct key {
	EVP_PKEY *pkey;
	const struct kind *kind;
	char *id;
};

void wipe_buf(struct weir_buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->cap);
	weir_buf_finish(buf);
}

static const struct kind *rsa_kind(const char *algorithm)
{
	for (size_t i = 0; i < WEIR_COUNT(kinds); i++) {
		if (!kinds[i].group && strcmp(kinds[i].algorithm, algorithm) == 0)
			return &kinds[i];
	}
	return &kinds[0];
}

static const struct kind *ec_kind(const EVP_PKEY *pkey)
{
	char group[64];

	if (!EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
	                                    NULL))
		return NULL;
	for (size_t i = 0; i < WEIR_COUNT(kinds); i++) {
		if (kinds[i].group && strcmp(kinds[i].group, group) == 0)
			return &kinds[i];
	}
	return NULL;
}

/* The algorithm follows the key; a wish only chooses among those that fit. */
static bool choose_kind(struct key *key, const char *wish, struct weir_error *err)
{
	if (EVP_PKEY_is_a(key->pkey, "RSA")) {
		if (EVP_PKEY_get_bits(key->pkey) < RSA_BITS_MIN) {
			weir_fail(err, WEIR_E_CONFIG, "the RSA key has %d bits; Okta takes %d or more",
			          EVP_PKEY_get_bits(key->pkey), RSA_BITS_MIN);
			return false;
		}
		key->kind = rsa_kind(wish);
		return true;
	}
	key->kind = EVP_PKEY_is_a(key->pkey, "EC") ? ec_kind(key->pkey) : NULL;
	if (!key->kind)
		weir_fail(err, WEIR_E_CONFIG, "an RSA key, or an EC key on P-256, P-384 or P-521 is "
		          "wanted");
	return key->kind != NULL;
}

/* A key whose halves do not belong together signs what nobody can verify. */
static bool halves_match(const struct key *key)
{
	static const unsigned char text[] = "weir";
	unsigned char signature[SIGNATURE_MAX];
	size_t len = sizeof signature;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx
	          && EVP_DigestSignInit_ex(ctx, NULL, key->kind->digest, NULL, NULL, key->pkey, NULL) == 1
	          && EVP_DigestSign(ctx, signature, &len, text, sizeof text) == 1;

	EVP_MD_CTX_free(ctx);
	ctx = EVP_MD_CTX_new();
	ok = ok && ctx
	     && EVP_DigestVerifyInit_ex(ctx, NULL, key->kind->digest, NULL, NULL, key->pkey, NULL) == 1
	     && EVP_DigestVerify(ctx, signature, len, text, sizeof text) == 1;
	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	return ok;
}

static struct key *finish_key(struct key *key, const char *wish, struct weir_error *err)
{
	if (!choose_kind(key, wish, err)) {
		key_destroy(key);
		return NULL;
	}
	if (!halves_match(key)) {
		weir_fail(err, WEIR_E_CONFIG, "the key's private and public halves do not belong "
		          "together");
		key_destroy(key);
		return NULL;
	}
	return key;
}

static struct key *read_pem(const char *text, struct weir_error *err)
{
	struct key *key = weir_alloc(sizeof *key);
	struct weir_buf der = { 0 };

	if (pem_decode(weir_bytes(text), &der, err)) {
		const unsigned char *p = (const unsigned char *)der.data;

		key->pkey = d2i_AutoPrivateKey_ex(NULL, &p, (long)der.len, NULL, NULL);
		if (!key->pkey)
			weir_fail(err, WEIR_E_CONFIG, "the key between BEGIN and END is damaged; copy "
			          "the whole file");
	}
	ERR_clear_error();
	wipe_buf(&der);
	if (key->pkey)
		return finish_key(key, "", err);
	weir_free(key);
	return NULL;
}

static struct key *read_jwk(const char *text, struct weir_error *err)
{
	struct key *key;
	struct jwk jwk;
	bool ok = jwk_decode(weir_bytes(text), &jwk, err);

	ERR_clear_error();
	if (!ok)
		return NULL;
	key = weir_alloc(sizeof *key);
	key->pkey = jwk.pkey;
	key->id = jwk.id;
	return finish_key(key, jwk.algorithm, err);
}

struct key *key_read(const char *text, struct weir_error *err)
{
	return text[strspn(text, " \t\r\n\xef\xbb\xbf")] == '{' ? read_jwk(text, err)
	                                                        : read_pem(text, err);
}

struct key *key_make(struct weir_error *err)
{
	struct key *key = weir_alloc(sizeof *key);

	key->pkey = EVP_EC_gen("P-256");
	if (!key->pkey) {
		ERR_clear_error();
		weir_free(key);
		weir_fail(err, WEIR_E_RESOURCE, "cannot make a key: no memory or no randomness");
		return NULL;
	}
	return finish_key(key, "", err);
}

void key_destroy(struct key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	weir_free(key->id);
	weir_free(key);
}

const char *key_algorithm(const struct key *key)
{
	return key->kind->algorithm;
}

const char *key_id(const struct key *key)
{
	return key->id;
}

static bool add_number(const struct key *key, const char *name, size_t size,
                       struct weir_buf *json)
{
	BIGNUM *number = NULL;
	unsigned char *bytes;
	size_t len;

	if (!EVP_PKEY_get_bn_param(key->pkey, name, &number))
		return false;
	len = size ? size : (size_t)BN_num_bytes(number);
	bytes = weir_alloc(len);
	BN_bn2binpad(number, bytes, (int)len);
	weir_base64url((struct weir_bytes){ (char *)bytes, len }, json);
	weir_free(bytes);
	BN_free(number);
	return true;
}

bool key_public_jwk(const struct key *key, struct weir_buf *json)
{
	const struct kind *kind = key->kind;
	bool ok;

	if (kind->group) {
		weir_buf_printf(json, "{\"crv\":\"%s\",\"kty\":\"EC\",\"x\":\"", kind->curve);
		ok = add_number(key, OSSL_PKEY_PARAM_EC_PUB_X, kind->size, json);
		weir_buf_puts(json, "\",\"y\":\"");
		ok = ok && add_number(key, OSSL_PKEY_PARAM_EC_PUB_Y, kind->size, json);
	} else {
		weir_buf_puts(json, "{\"e\":\"");
		ok = add_number(key, OSSL_PKEY_PARAM_RSA_E, 0, json);
		weir_buf_puts(json, "\",\"kty\":\"RSA\",\"n\":\"");
		ok = ok && add_number(key, OSSL_PKEY_PARAM_RSA_N, 0, json);
	}
	weir_buf_puts(json, "\"}");
	return ok;
}

/* DER to r and s, each padded to the curve's size (RFC 7518 section 3.4). */
static bool add_raw(const unsigned char *der, size_t len, size_t size, struct weir_buf *signature)
{
	ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
	unsigned char *room;
	bool ok;

	if (!sig)
		return false;
	room = (unsigned char *)weir_buf_room(signature, 2 * size);
	ok = BN_bn2binpad(ECDSA_SIG_get0_r(sig), room, (int)size) == (int)size
	     && BN_bn2binpad(ECDSA_SIG_get0_s(sig), room + size, (int)size) == (int)size;
	ECDSA_SIG_free(sig);
	if (ok)
		signature->len += 2 * size;
	return ok;
}

bool key_sign(const struct key *key, struct weir_bytes input, struct weir_buf *signature)
{
	unsigned char raw[SIGNATURE_MAX];
	size_t len = sizeof raw;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx
	          && EVP_DigestSignInit_ex(ctx, NULL, key->kind->digest, NULL, NULL, key->pkey, NULL) == 1
	          && EVP_DigestSign(ctx, raw, &len, (const unsigned char *)input.data, input.len) == 1;

	EVP_MD_CTX_free(ctx);
	ERR_clear_error();
	if (!ok)
		return false;
	if (key->kind->group)
		return add_raw(raw, len, key->kind->size, signature);
	weir_buf_add(signature, raw, len);
	return true;
}

bool key_digest(struct weir_bytes bytes, struct weir_buf *text)
{
	unsigned char digest[32];
	size_t len;

	if (!EVP_Q_digest(NULL, "SHA256", NULL, bytes.data, bytes.len, digest, &len))
		return false;
	weir_base64url((struct weir_bytes){ (char *)digest, len }, text);
	return true;
}

bool key_random(size_t count, struct weir_buf *text)
{
	unsigned char bytes[64];

	weir_must(count <= sizeof bytes);
	if (RAND_bytes(bytes, (int)count) != 1)
		return false;
	weir_base64url((struct weir_bytes){ (char *)bytes, count }, text);
	return true;
}
