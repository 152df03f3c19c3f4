/* cure.c - what Okta's refusals mean, and what an operator does about each.
 *
 * The texts are of https://developer.okta.com/docs/reference/error-codes/ ; only status and
 * `error` are stable, so a text that is not known is passed on as it is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cure.h"

#include <string.h>

#define CLOCK "set this machine's clock by NTP"
#define KID "copy the KID from the app's General > Public keys into key_id, and see that it is " \
	"ACTIVE"
#define PAIR "private_key does not belong to key_id; add its public half to the app, or name the " \
	"right file"
#define CLIENT "check client_id and org_url, and that the app is active"
#define SERVICE "create an app of the type API Services"
#define GRANT "grant okta.logs.read to the app (Okta API Scopes; a Super Admin can)"
#define ROLE "give the app the role Report Administrator (Admin roles)"
#define HOST "write in org_url the host that the org itself uses, and let no proxy rewrite it"
#define OURS "weir sends none twice: please report it"
#define PROXY "let no proxy change requests on their way"
#define KEYSET "Okta cannot use the keys of the app's jwks_uri; see what it serves"

/* The first row that fits counts. */
static const struct cure cures[] = {
	{ "use_dpop_nonce", NULL, CURE_NONCE, "DPoP", NULL },
	{ NULL, "has already been used", CURE_USED, NULL, OURS },
	{ NULL, "issued before the current time", CURE_CLOCK, "clock", CLOCK },
	{ NULL, "client_assertion token is expired", CURE_CLOCK, "clock", CLOCK },
	{ NULL, "too far into the future", CURE_CLOCK, "clock", CLOCK },
	{ NULL, "issued in the future", CURE_CLOCK, "clock", CLOCK },
	{ NULL, "five minutes in the past", CURE_CLOCK, "clock", CLOCK },
	{ NULL, "proof JWT is expired", CURE_CLOCK, "clock", CLOCK },
	{ NULL, "JWT kid is invalid", CURE_KEY, "kid", KID },
	{ NULL, "client_assertion signature is invalid", CURE_KEY, "kid", PAIR },
	{ NULL, "client_assertion JWT signature algorithm", CURE_KEY, "kid", PAIR },
	{ NULL, "value for 'client_id'", CURE_EXPLAIN, "app", CLIENT },
	{ NULL, "issuer claim", CURE_EXPLAIN, "app", CLIENT },
	{ NULL, "subject claim", CURE_EXPLAIN, "app", CLIENT },
	{ NULL, "audience claim", CURE_EXPLAIN, "host", HOST },
	{ NULL, "private_key_jwt", CURE_EXPLAIN, "app",
	  "set the app's client authentication to Public key / Private key" },
	{ NULL, "application_type", CURE_EXPLAIN, "app", SERVICE },
	{ NULL, "does not have a JWKSet", CURE_EXPLAIN, "kid",
	  "add a public key to the app (General > Client Credentials > Public keys)" },
	{ NULL, "jwks_uri", CURE_EXPLAIN, "kid", KEYSET },
	{ NULL, "No scopes were requested", CURE_EXPLAIN, "scope", "name okta.logs.read in scopes" },
	{ "invalid_scope", NULL, CURE_EXPLAIN, "scope", GRANT },
	{ NULL, "proof JWT header is missing", CURE_EXPLAIN, "DPoP",
	  "the app wants DPoP; write dpop: auto" },
	{ NULL, "network zones", CURE_EXPLAIN, "zone",
	  "add this machine's public address to the network zones of the app" },
	{ "unauthorized_client", NULL, CURE_EXPLAIN, "app", SERVICE },
	{ "unsupported_grant_type", NULL, CURE_EXPLAIN, "app", SERVICE },
	{ "temporarily_unavailable", NULL, CURE_RETRY, NULL, NULL },
	{ "server_error", NULL, CURE_RETRY, NULL, NULL },
	{ NULL, "'htu' claim", CURE_EXPLAIN, "host", HOST },
	{ NULL, "'ath' claim", CURE_BINDING, "DPoP", PROXY },
	{ NULL, "not bound to the provided DPoP proof", CURE_BINDING, "DPoP", PROXY },
	{ "insufficient_scope", NULL, CURE_SCOPE, "scope", GRANT },
	{ "invalid_token", NULL, CURE_TOKEN, NULL, HOST },
	{ "E0000004", NULL, CURE_TOKEN, NULL, HOST },
	{ "E0000005", NULL, CURE_TOKEN, NULL, HOST },
	{ "E0000011", NULL, CURE_TOKEN, NULL, HOST },
	{ "E0000006", NULL, CURE_SCOPE, "role", ROLE },
	{ "E0000015", NULL, CURE_EXPLAIN, "host",
	  "the token must come from the org's own server; " HOST },
	{ "E0000007", NULL, CURE_EXPLAIN, "host", "org_url is not the address of an Okta org" },
	{ "E0000008", NULL, CURE_EXPLAIN, "host", "org_url is not the address of an Okta org" },
	{ "E0000001", NULL, CURE_QUERY, NULL, "check filter and q" },
	{ "E0000031", NULL, CURE_QUERY, NULL, "check filter" },
	{ "E0000053", NULL, CURE_QUERY, NULL, "check filter" },
};

static const struct cure unknown = { NULL, NULL, CURE_EXPLAIN, NULL, NULL };

const struct cure *cure_find(const struct refusal *refusal)
{
	for (size_t i = 0; i < WEIR_COUNT(cures); i++) {
		const struct cure *cure = &cures[i];

		if ((!cure->error || strcmp(cure->error, refusal->error) == 0)
		    && (!cure->words || strcasestr(refusal->text, cure->words)))
			return cure;
	}
	return &unknown;
}

enum weir_status cure_explain(const struct refusal *r, const char *what, enum weir_code code,
                              const char *advice, struct weir_error *err)
{
	weir_fail(err, code, "%s refused: %d%s%s%s%s%s%s", what, r->status, *r->error ? " " : "",
	          r->error, *r->text ? ": " : "", r->text, advice ? "; " : "", advice ? advice : "");
	return WEIR_RETRY; /* whatever it is, it may be mended over there */
}
