/* options.c - the rows of the options, and what depends on several of them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "okta.h"
#include "query.h"

#define USUAL_SCOPE "okta.logs.read"

enum { POLL_WARN_MS = 10 * 1000, TIMEOUT_WARN_MS = 35 * 1000, HOUR_MS = 3600 * 1000 };

static const char *const dpop_choices[] = { "auto", "required", "off", NULL };

const struct weir_option okta_options[] = {
	{ "org_url", WEIR_AT_STRING(struct okta, org_url), .required = true, .asked = true,
	  .column = "ORG", .doc = "Address of the org, e.g. https://acme.okta.com." },
	{ "client_id", WEIR_AT_STRING(struct okta, client_id), .asked = true,
	  .doc = "Client ID of the service app (type API Services)." },
	{ "key_id", WEIR_AT_STRING(struct okta, key_id), .asked = true,
	  .doc = "KID of the app's public key; a private key in JWK form may bring its own." },
	{ "private_key", WEIR_AT_SECRET(struct okta, private_key), .asked = true,
	  .doc = "Private key of the app, RSA or EC, as PEM (PKCS#8, PKCS#1, SEC1) or JWK." },
	{ "next_key_id", WEIR_AT_STRING(struct okta, next_key_id),
	  .doc = "KID of next_private_key." },
	{ "next_private_key", WEIR_AT_SECRET(struct okta, next_private_key),
	  .doc = "Second private key, tried when the first is refused, so that keys can be rotated." },
	{ "scopes", WEIR_AT_LIST(struct okta, scopes), .preset = "[" USUAL_SCOPE "]",
	  .doc = "OAuth scopes that are asked for." },
	{ "dpop", WEIR_AT_CHOICE(struct okta, dpop), .preset = "auto", .choices = dpop_choices,
	  .doc = "Whether tokens are bound to a key: auto takes what the app gives, required "
	         "refuses tokens that are not bound, off sends no proof." },
	{ "api_token", WEIR_AT_SECRET(struct okta, api_token),
	  .doc = "API token (SSWS) in place of a service app; not recommended." },
	{ "start", WEIR_AT_TIME(struct okta, start), .required = true, .asked = true,
	  .doc = "Where the first start begins: now, earliest (90 days), a time, or so long ago "
	         "(-24h)." },
	{ "until", WEIR_AT_TIME(struct okta, until),
	  .doc = "Reads up to there and ends; left out, reading goes on for ever." },
	{ "filter", WEIR_AT_STRING(struct okta, filter),
	  .doc = "Okta filter expression; events that it leaves out are never fetched." },
	{ "q", WEIR_AT_STRING(struct okta, q), .doc = "Okta keyword search, up to 10 words." },
	{ "limit", WEIR_AT_INT(struct okta, limit), .preset = "1000", .min = 1,
	  .max = LOGS_LIMIT_MAX, .doc = "Events per page." },
	{ "poll_interval", WEIR_AT_MS(struct okta, poll_interval), .preset = "30s", .min = 100,
	  .max = 24 * 3600 * 1000, .doc = "Pause between requests once everything was read." },
	{ "timeout", WEIR_AT_MS(struct okta, timeout), .preset = "60s", .min = 1000,
	  .max = 3600 * 1000, .doc = "Longest silence on the wire before a request is given up." },
	{ "ca_file", WEIR_AT_PATH(struct okta, ca_file),
	  .doc = "PEM file of certificate authorities, in place of the system's." },
	{ "proxy", WEIR_AT_STRING(struct okta, proxy),
	  .doc = "URL of an HTTP proxy; left out, https_proxy of the environment counts." },
	{ "user_agent", WEIR_AT_STRING(struct okta, user_agent),
	  .doc = "User-Agent header; left out, weir and its version." },
	{ "rate_limit_share", WEIR_AT_PERCENT(struct okta, rate_limit_share), .preset = "40%",
	  .doc = "Share of the org's rate limit that may be used." },
	{ "audit_after", WEIR_AT_MS(struct okta, audit_after), .preset = "0", .min = 0,
	  .max = 90LL * 24 * 3600 * 1000,
	  .doc = "How long after its end each hour is read once more, to deliver events that the live "
	         "lane never saw; 0 is never, 6h is a good choice." },
	{ "audit_share", WEIR_AT_PERCENT(struct okta, audit_share), .preset = "5%",
	  .doc = "Share of the org's rate limit that the audit may use, beside rate_limit_share." },
	{ 0 },
};

void okta_report(struct okta *okta, const struct weir_error *err)
{
	okta->mistaken = true;
	weir_report(okta->ctx, err);
}

static void mistake(struct okta *okta, const char *option, const char *text)
{
	struct weir_error err;

	weir_fail(&err, WEIR_E_CONFIG, "%s", text);
	err.where.path = option;
	okta_report(okta, &err);
}

static void suspect(struct okta *okta, const char *option, const char *text)
{
	struct weir_error err;

	weir_fail(&err, WEIR_E_CONFIG, "%s", text);
	err.where.path = option;
	weir_report_warning(okta->ctx, &err);
}

static struct key *read_key(const char *text, const char *option, struct weir_error *err)
{
	struct key *key = key_read(text, err);

	if (!key)
		err->where.path = option;
	return key;
}

/* The names of the two options that make one key. */
static const struct key_option {
	const char *key, *id;
} key_options[2] = { { "private_key", "key_id" }, { "next_private_key", "next_key_id" } };

/* The key, and its id: the option, else a JWK's own. */
static bool make_key(struct talk_key *to, const char *text, const char *id,
                     const struct key_option *option, struct weir_error *err)
{
	*to = (struct talk_key){ read_key(text, option->key, err), id };
	if (!to->key)
		return false;
	if (!to->id)
		to->id = key_id(to->key);
	if (to->id)
		return true;
	weir_fail(err, WEIR_E_CONFIG, "is missing; copy the KID from the app's General > Public keys");
	err->where.path = option->id;
	return false;
}

void okta_destroy_keys(struct talk_key keys[2])
{
	for (size_t i = 0; i < 2; i++)
		key_destroy(keys[i].key);
	memset(keys, 0, 2 * sizeof *keys);
}

bool okta_read_keys(const struct okta *okta, struct talk_key keys[2], struct weir_error *err)
{
	memset(keys, 0, 2 * sizeof *keys);
	return make_key(&keys[0], okta->private_key, okta->key_id, &key_options[0], err)
	       && (!okta->next_private_key
	           || make_key(&keys[1], okta->next_private_key, okta->next_key_id, &key_options[1],
	                       err));
}

static void check_keys(struct okta *okta)
{
	struct weir_error err;

	if (!okta_read_keys(okta, okta->talk.keys, &err))
		okta_report(okta, &err);
}

static void check_credentials(struct okta *okta)
{
	if (okta->api_token) {
		suspect(okta, "api_token", "an API token has all the rights of the person who made it; "
		        "better is a service app with a key (docs/okta-setup.md)");
		if (okta->client_id || okta->private_key)
			mistake(okta, "api_token", "cannot stand beside client_id and private_key; keep those");
		return;
	}
	if (!okta->client_id)
		mistake(okta, "client_id", "is missing; copy the Client ID of the service app");
	if (!okta->private_key)
		mistake(okta, "private_key", "is missing; write file:PATH of the app's private key");
	else
		check_keys(okta);
}

static void check_times(struct okta *okta)
{
	int64_t now_us = weir_now(okta->ctx);

	if (okta->start.when == WEIR_WHEN_AT && okta->start.micros > now_us)
		mistake(okta, "start", "lies in the future; write now");
	if (okta->until.when == WEIR_WHEN_EARLIEST)
		mistake(okta, "until", "must be an instant, now, or so long ago");
	if (okta->until.when == WEIR_WHEN_AT && okta->until.micros > now_us)
		suspect(okta, "until", "lies in the future, but reading ends when all that is there "
		        "now was read");
	if (okta->until.when == WEIR_WHEN_AT && okta->start.when == WEIR_WHEN_AT
	    && okta->until.micros <= okta->start.micros)
		mistake(okta, "until", "is not after start");
	if (okta->poll_interval < POLL_WARN_MS)
		suspect(okta, "poll_interval", "is below 10s; Okta asks not to poll aggressively");
	if (okta->timeout < TIMEOUT_WARN_MS)
		suspect(okta, "timeout", "is below 35s, but Okta takes up to 30s for a page");
}

static void check_audit(struct okta *okta)
{
	int64_t known_ms = weir_setting(okta->ctx, "seen_for");

	if (!okta->audit_after)
		return;
	if (okta->until.when != WEIR_WHEN_UNSET)
		mistake(okta, "audit_after", "cannot stand beside until: reading ends there");
	else if (known_ms && okta->audit_after + HOUR_MS >= known_ms)
		mistake(okta, "audit_after", "must be at least an hour less than seen_for: an audit needs "
		        "the ids of what was delivered");
	if (okta->audit_share <= 0)
		mistake(okta, "audit_share", "must be more than 0%");
}

static void check_query(struct okta *okta)
{
	struct weir_error err;

	if (okta->filter && !query_check_filter(okta->filter, &err))
		okta_report(okta, &err);
	if (okta->q && !query_check_words(okta->q, &err))
		okta_report(okta, &err);
}

void okta_check(struct okta *okta)
{
	check_credentials(okta);
	check_times(okta);
	check_audit(okta);
	check_query(okta);
}
