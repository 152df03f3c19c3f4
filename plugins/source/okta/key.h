/* key.h - signing keys: reading, making, signing (with pem.c and jwk.c).
 *
 * OpenSSL's EVP interface behind it. A key never leaves it but as its public half.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_KEY_H
#define OKTA_KEY_H

#include <weir/plugin.h>

struct key;

/* A private key as PEM (PKCS#8, PKCS#1, SEC1; CRLF, indentation and "\n" written out are
 * fine) or as a JWK, alone or the first of a set. NULL: err says what it is instead. The text
 * is not kept. */
struct key *key_read(const char *text, struct weir_error *err);
/* A fresh P-256 key in memory. NULL: OpenSSL has no randomness or no memory. */
struct key *key_make(struct weir_error *err);
void key_destroy(struct key *key); /* NULL is fine */

/* The JWS algorithm that goes with it: RS256 (RS384, RS512 when a JWK says so), ES256,
 * ES384, ES512. */
const char *key_algorithm(const struct key *key);
/* The kid of a JWK, or NULL. */
const char *key_id(const struct key *key);
/* Appends the public half as a JWK: the members of RFC 7638 in its order, so that its SHA-256
 * is the key's thumbprint. */
bool key_public_jwk(const struct key *key, struct weir_buf *json);
/* Appends the JWS signature (RFC 7518 section 3): of EC keys r and s, not DER. */
bool key_sign(const struct key *key, struct weir_bytes input, struct weir_buf *signature);

/* ---- also from OpenSSL ------------------------------------------------------ */

/* Appends base64url of SHA-256 of the bytes. */
bool key_digest(struct weir_bytes bytes, struct weir_buf *text);
/* Appends base64url of so many random bytes, at most 64. */
bool key_random(size_t count, struct weir_buf *text);

/* ---- between key.c, pem.c and jwk.c ------------------------------------------- */

struct evp_pkey_st;

/* The DER of the first private key in a PEM text, appended to *der. */
bool pem_decode(struct weir_bytes text, struct weir_buf *der, struct weir_error *err);

struct jwk {
	struct evp_pkey_st *pkey;
	char *id;          /* or NULL */
	char algorithm[8]; /* or "" */
};
bool jwk_decode(struct weir_bytes text, struct jwk *jwk, struct weir_error *err);
/* Erases what a buffer held, then frees it. */
void wipe_buf(struct weir_buf *buf);

#endif
