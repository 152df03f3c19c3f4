/* ask.c - the two requests: for a token, and for a page. Every attempt has JWTs of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "talk.h"
#include "url.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

enum { LIMIT_MIN = 1 };

static int64_t jwt_now_s(const struct talk *talk, struct talk_now now)
{
	return (now.us + talk->login->clock_offset_us) / 1000000;
}

static void add_header(struct talk *talk, const char *name, const char *value)
{
	size_t i = 0;

	while (talk->headers[i].name)
		i++;
	weir_must(i + 1 < WEIR_COUNT(talk->headers));
	talk->headers[i] = (struct weir_header){ name, value };
}

static void start_request(struct talk *talk, const char *method)
{
	const struct talk_settings *set = talk->set;

	talk_sent(talk);
	memset(talk->headers, 0, sizeof talk->headers);
	add_header(talk, "Accept", "application/json");
	talk->request = (struct weir_request){
		.method = method, .headers = talk->headers, .timeout_ms = set->timeout_ms,
		.body_max = set->page_max, .ca_file = set->ca_file, .proxy = set->proxy,
		.user_agent = set->user_agent, .pool = set->org->base,
	};
}

static bool have_dpop_key(struct talk *talk, struct weir_error *err)
{
	if (!talk->login->dpop_key)
		talk->login->dpop_key = key_make(err);
	return talk->login->dpop_key != NULL;
}

static bool add_proof(struct talk *talk, const struct proof *claims, struct weir_error *err)
{
	weir_free(talk->sent_nonce);
	talk->sent_nonce = weir_strdup(claims->nonce);
	if (!have_dpop_key(talk, err) || !jwt_proof(talk->login->dpop_key, claims, &talk->proof, err))
		return false;
	add_header(talk, "DPoP", weir_buf_text(&talk->proof));
	return true;
}

/* The proof goes with the very first request: one that is refused for lack of it would be an
 * event in the customer's own log. */
bool ask_token(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	const struct talk_settings *set = talk->set;
	const struct talk_key *key = &talk->keys[talk->key_index];
	int64_t now_s = jwt_now_s(talk, now);
	char *url = org_url(set->org, TOKEN_PATH);
	const struct assertion claims = { key->id, set->client_id, url, now_s };
	const struct proof proof = { "POST", url, talk->login->token_nonce, NULL, now_s };
	bool ok;

	start_request(talk, "POST");
	talk->url = url;
	add_header(talk, "Content-Type", "application/x-www-form-urlencoded");
	weir_buf_puts(&talk->body, "grant_type=client_credentials&scope=");
	url_escape(weir_bytes(set->scope), &talk->body);
	weir_buf_puts(&talk->body, "&client_assertion_type=");
	url_escape(weir_bytes(ASSERTION_TYPE), &talk->body);
	weir_buf_puts(&talk->body, "&client_assertion=");
	ok = jwt_assertion(key->key, &claims, &talk->body, err)
	     && (set->dpop == TALK_DPOP_OFF || add_proof(talk, &proof, err));
	talk->request.url = url;
	talk->request.body = (struct weir_bytes){ talk->body.data, talk->body.len };
	talk->asked = TALK_TOKEN;
	talk->asked_at = now;
	return ok;
}

static char *sample_url(const struct talk *talk)
{
	struct logs_query query = talk->set->query;
	int64_t since_us;

	sample_window(&talk->sample, &since_us, &query.until_us);
	return logs_first_url(&query, talk->set->org, since_us);
}

/* What position says, with its limit halved as often as pages were too large. */
static char *page_url(struct talk *talk)
{
	const struct talk_settings *set = talk->set;
	char *url = sample_is_wanted(&talk->sample) ? sample_url(talk)
		: talk->position.next ? weir_strdup(talk->position.next)
		: logs_first_url(&set->query, set->org, talk->position.since_us);
	int64_t limit = logs_limit_of(url) >> (talk->halvings < 10 ? talk->halvings : 10);
	char *number, *halved;

	if (!talk->halvings)
		return url;
	number = weir_format("%d", (int)(limit < LIMIT_MIN ? LIMIT_MIN : limit));
	halved = url_with(url, "limit", number);
	weir_free(number);
	weir_free(url);
	return halved;
}

static bool add_credentials(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	const struct talk_settings *set = talk->set;
	char *target;
	bool ok;

	if (set->api_token) {
		weir_buf_printf(&talk->authorization, "SSWS %s", set->api_token);
		add_header(talk, "Authorization", weir_buf_text(&talk->authorization));
		return true;
	}
	weir_buf_printf(&talk->authorization, "%s %s", talk->login->token.dpop ? "DPoP" : "Bearer",
	                talk->login->token.text);
	add_header(talk, "Authorization", weir_buf_text(&talk->authorization));
	if (!talk->login->token.dpop)
		return true;
	target = org_url(set->org, LOGS_PATH);
	ok = add_proof(talk, &(struct proof){ "GET", target, talk->login->page_nonce, talk->login->token.text,
	                                      jwt_now_s(talk, now) }, err);
	weir_free(target);
	return ok;
}

bool ask_page(struct talk *talk, struct talk_now now, struct weir_error *err)
{
	start_request(talk, "GET");
	talk->url = page_url(talk);
	talk->request.url = talk->url;
	talk->asked = TALK_LOGS;
	talk->asked_at = now;
	weir_must(org_owns(talk->set->org, talk->url, LOGS_PATH));
	return add_credentials(talk, now, err);
}
