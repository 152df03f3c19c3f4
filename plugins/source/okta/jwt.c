/* jwt.c - the two JWTs that are sent: client assertions and DPoP proofs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "jwt.h"

#include <inttypes.h>

/* iat lies back, because Okta refuses one that is a second ahead of its own clock; both
 * kinds of JWT are taken for five minutes at least. */
enum { BACK_S = 30, LIFE_S = 300, JTI_BYTES = 16 };

static void add_text(struct weir_buf *json, const char *name, const char *text)
{
	weir_buf_printf(json, "\"%s\":", name);
	weir_json_quote(weir_bytes(text), json);
	weir_buf_putc(json, ',');
}

static bool add_jti(struct weir_buf *json)
{
	bool ok;

	weir_buf_puts(json, "\"jti\":\"");
	ok = key_random(JTI_BYTES, json);
	weir_buf_putc(json, '"');
	return ok;
}

static struct weir_bytes bytes_of(const struct weir_buf *buf)
{
	return (struct weir_bytes){ buf->data, buf->len };
}

/* header.claims.signature; empties both parts. */
static bool put_together(const struct key *key, struct weir_buf *header, struct weir_buf *claims,
                         struct weir_buf *jwt)
{
	struct weir_buf signature = { 0 };
	size_t start = jwt->len;
	bool ok;

	weir_base64url(bytes_of(header), jwt);
	weir_buf_putc(jwt, '.');
	weir_base64url(bytes_of(claims), jwt);
	ok = key_sign(key, (struct weir_bytes){ jwt->data + start, jwt->len - start }, &signature);
	weir_buf_putc(jwt, '.');
	weir_base64url(bytes_of(&signature), jwt);
	weir_buf_finish(&signature);
	weir_buf_finish(header);
	weir_buf_finish(claims);
	return ok;
}

static bool report(bool ok, const char *what, struct weir_error *err)
{
	if (!ok)
		weir_fail(err, WEIR_E_RESOURCE, "cannot sign the %s: no memory or no randomness", what);
	return ok;
}

bool jwt_assertion(const struct key *key, const struct assertion *a, struct weir_buf *jwt,
                   struct weir_error *err)
{
	struct weir_buf header = { 0 }, claims = { 0 };
	bool ok;

	weir_buf_printf(&header, "{\"alg\":\"%s\",", key_algorithm(key));
	add_text(&header, "kid", a->key_id);
	weir_buf_puts(&header, "\"typ\":\"JWT\"}");
	weir_buf_putc(&claims, '{');
	add_text(&claims, "iss", a->client_id);
	add_text(&claims, "sub", a->client_id);
	add_text(&claims, "aud", a->audience);
	weir_buf_printf(&claims, "\"iat\":%" PRId64 ",\"exp\":%" PRId64 ",", a->now_s - BACK_S,
	                a->now_s + LIFE_S);
	ok = add_jti(&claims);
	weir_buf_putc(&claims, '}');
	ok = put_together(key, &header, &claims, jwt) && ok;
	return report(ok, "client assertion", err);
}

bool jwt_proof(const struct key *key, const struct proof *p, struct weir_buf *jwt,
               struct weir_error *err)
{
	struct weir_buf header = { 0 }, claims = { 0 };
	bool ok;

	weir_buf_printf(&header, "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":", key_algorithm(key));
	ok = key_public_jwk(key, &header);
	weir_buf_putc(&header, '}');
	weir_buf_putc(&claims, '{');
	add_text(&claims, "htm", p->method);
	add_text(&claims, "htu", p->url);
	weir_buf_printf(&claims, "\"iat\":%" PRId64 ",", p->now_s - BACK_S);
	if (p->nonce)
		add_text(&claims, "nonce", p->nonce);
	if (p->token) {
		weir_buf_puts(&claims, "\"ath\":\"");
		ok = key_digest(weir_bytes(p->token), &claims) && ok;
		weir_buf_puts(&claims, "\",");
	}
	ok = add_jti(&claims) && ok;
	weir_buf_putc(&claims, '}');
	ok = put_together(key, &header, &claims, jwt) && ok;
	return report(ok, "DPoP proof", err);
}
