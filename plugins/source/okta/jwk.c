/* jwk.c - private keys as JWK (RFC 7517, members of RFC 7518 section 6).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdio.h>
#include <string.h>

#include "key.h"

enum { NUMBER_MAX = 2048, PARAMS = 10 }; /* a modulus of 16,384 bits */

/* Parameters for OpenSSL, and the memory that they point to, which is wiped. */
struct params {
	OSSL_PARAM list[PARAMS + 1];
	unsigned char *memory[PARAMS];
	size_t lens[PARAMS], count;
};

static void finish_params(struct params *params)
{
	for (size_t i = 0; i < params->count; i++) {
		explicit_bzero(params->memory[i], params->lens[i]);
		weir_free(params->memory[i]);
	}
}

static bool read_bytes(struct weir_value jwk, const char *member, struct weir_buf *bytes)
{
	struct weir_value v = weir_value_get(jwk, member);
	struct weir_bytes raw = weir_value_raw(v);

	/* base64url needs no escapes, so the raw text within its quotes will do. */
	return v.kind == WEIR_TEXT && raw.len >= 2
	       && weir_base64_decode((struct weir_bytes){ raw.data + 1, raw.len - 2 }, bytes)
	       && bytes->len > 0 && bytes->len <= NUMBER_MAX;
}

/* OpenSSL wants numbers in the machine's byte order. */
static bool add_number(struct params *params, const char *name, struct weir_value jwk,
                       const char *member)
{
	struct weir_buf bytes = { 0 };
	BIGNUM *number = NULL;
	size_t i = params->count;
	bool ok = read_bytes(jwk, member, &bytes)
	          && (number = BN_bin2bn((unsigned char *)bytes.data, (int)bytes.len, NULL)) != NULL;

	if (ok) {
		params->lens[i] = bytes.len;
		params->memory[i] = weir_alloc(bytes.len);
		params->count++;
		BN_bn2nativepad(number, params->memory[i], (int)bytes.len);
		params->list[i] = OSSL_PARAM_construct_BN(name, params->memory[i], bytes.len);
	}
	BN_clear_free(number);
	wipe_buf(&bytes);
	return ok;
}

static bool add_rsa(struct params *params, struct weir_value jwk)
{
	static const char *const rows[][2] = {
		{ OSSL_PKEY_PARAM_RSA_FACTOR1, "p" }, { OSSL_PKEY_PARAM_RSA_FACTOR2, "q" },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT1, "dp" }, { OSSL_PKEY_PARAM_RSA_EXPONENT2, "dq" },
		{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, "qi" },
	};

	if (!add_number(params, OSSL_PKEY_PARAM_RSA_N, jwk, "n")
	    || !add_number(params, OSSL_PKEY_PARAM_RSA_E, jwk, "e")
	    || !add_number(params, OSSL_PKEY_PARAM_RSA_D, jwk, "d"))
		return false;
	if (weir_is_absent(weir_value_get(jwk, "p")))
		return true;
	for (size_t i = 0; i < WEIR_COUNT(rows); i++) {
		if (!add_number(params, rows[i][0], jwk, rows[i][1]))
			return false;
	}
	return true;
}

static const struct curve {
	const char *jwk, *openssl;
	size_t size; /* bytes of a coordinate */
} curves[] = {
	{ "P-256", "prime256v1", 32 }, { "P-384", "secp384r1", 48 }, { "P-521", "secp521r1", 66 },
};

static const struct curve *find_curve(struct weir_value jwk)
{
	for (size_t i = 0; i < WEIR_COUNT(curves); i++) {
		if (weir_value_is_text(weir_value_get(jwk, "crv"), curves[i].jwk))
			return &curves[i];
	}
	return NULL;
}

/* x and y as one uncompressed point, each padded to the curve's size. */
static bool add_point(struct params *params, struct weir_value jwk, const struct curve *curve)
{
	struct weir_buf x = { 0 }, y = { 0 };
	size_t i = params->count, len = 1 + 2 * curve->size;
	bool ok = read_bytes(jwk, "x", &x) && read_bytes(jwk, "y", &y)
	          && x.len <= curve->size && y.len <= curve->size;

	if (ok) {
		params->lens[i] = len;
		params->memory[i] = weir_alloc(len);
		params->count++;
		params->memory[i][0] = 4;
		memcpy(params->memory[i] + 1 + curve->size - x.len, x.data, x.len);
		memcpy(params->memory[i] + len - y.len, y.data, y.len);
		params->list[i] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
		                                                    params->memory[i], len);
	}
	weir_buf_finish(&x);
	weir_buf_finish(&y);
	return ok;
}

static bool add_ec(struct params *params, struct weir_value jwk)
{
	const struct curve *curve = find_curve(jwk);
	size_t i = params->count;

	if (!curve)
		return false;
	params->lens[i] = strlen(curve->openssl);
	params->memory[i] = (unsigned char *)weir_strdup(curve->openssl);
	params->count++;
	params->list[i] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	                                                   (char *)params->memory[i], 0);
	return add_point(params, jwk, curve)
	       && add_number(params, OSSL_PKEY_PARAM_PRIV_KEY, jwk, "d");
}

static EVP_PKEY *build(const char *type, struct params *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *pkey = NULL;

	params->list[params->count] = OSSL_PARAM_construct_end();
	if (ctx && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params->list);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* The key itself, or the first private one of a set. */
static struct weir_value choose(struct weir_value document)
{
	struct weir_value keys = weir_value_get(document, "keys");

	for (size_t i = 0; i < weir_value_count(keys); i++) {
		struct weir_value one = weir_value_at(keys, i);

		if (!weir_is_nothing(weir_value_get(one, "d")))
			return one;
	}
	return document;
}

static char *copy_text(struct weir_value v, struct weir_arena *arena)
{
	struct weir_bytes text;

	return weir_value_text(v, arena, &text) && text.len ? weir_strndup(text.data, text.len) : NULL;
}

static void read_names(struct weir_value v, struct weir_arena *arena, struct jwk *jwk)
{
	char *algorithm = copy_text(weir_value_get(v, "alg"), arena);

	jwk->id = copy_text(weir_value_get(v, "kid"), arena);
	snprintf(jwk->algorithm, sizeof jwk->algorithm, "%s", algorithm ? algorithm : "");
	weir_free(algorithm);
}

static bool read_key(struct weir_value v, struct jwk *jwk, struct weir_error *err)
{
	bool is_rsa = weir_value_is_text(weir_value_get(v, "kty"), "RSA");
	bool is_ec = weir_value_is_text(weir_value_get(v, "kty"), "EC");
	struct params params = { .count = 0 };

	if (!is_rsa && !is_ec) {
		weir_fail(err, WEIR_E_CONFIG, "a JWK of kty RSA or EC is wanted");
		return false;
	}
	if (weir_is_nothing(weir_value_get(v, "d"))) {
		weir_fail(err, WEIR_E_CONFIG, "holds the public half (a JWK without d); the private key "
		          "is wanted");
		return false;
	}
	if (is_rsa ? add_rsa(&params, v) : add_ec(&params, v))
		jwk->pkey = build(is_rsa ? "RSA" : "EC", &params);
	finish_params(&params);
	if (!jwk->pkey)
		weir_fail(err, WEIR_E_CONFIG, "the JWK is damaged or of an unknown curve; copy it whole");
	return jwk->pkey != NULL;
}

/* The parser's copy of the text, which lies in the arena. */
static void wipe_document(struct weir_value document)
{
	struct weir_bytes raw = weir_value_raw(document);

	if (raw.len)
		explicit_bzero((char *)(uintptr_t)raw.data, raw.len);
}

bool jwk_decode(struct weir_bytes text, struct jwk *jwk, struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value document, whole;
	bool ok = false;

	*jwk = (struct jwk){ 0 };
	if (weir_json_parse(arena, text, &document, err)) {
		whole = document;
		document = choose(document);
		ok = read_key(document, jwk, err);
		if (ok)
			read_names(document, arena, jwk);
		wipe_document(whole);
	} else {
		/* The parser's words might quote the key. */
		weir_fail(err, WEIR_E_CONFIG, "the JWK is no JSON; copy it whole");
	}
	weir_arena_destroy(arena);
	return ok;
}
