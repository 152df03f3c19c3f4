/* token.c - replies of the token endpoint.
 *
 * RFC 6749 section 5, RFC 9449 sections 5 and 8; times are of
 * https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/
 * SPDX-License-Identifier: Apache-2.0
 */
#include "token.h"

#include <string.h>

#include "rate.h"
#include "text.h"
#include "url.h"

enum { USUAL_LIFE_S = 3600, LONGEST_LIFE_S = 24 * 3600 };

void token_finish(struct token *token)
{
	weir_wipe_free(token->text);
	*token = (struct token){ 0 };
}

bool token_is_fresh(const struct token *token, int64_t now_ms)
{
	return token->text && now_ms < token->fresh_until_ms;
}

/* ---- what pages and tokens have in common ------------------------------------- */

enum verdict verdict_of(enum cure_kind kind)
{
	switch (kind) {
	case CURE_NONCE: return VERDICT_NONCE;
	case CURE_USED: return VERDICT_USED;
	case CURE_CLOCK: return VERDICT_CLOCK;
	case CURE_KEY: return VERDICT_KEY;
	case CURE_TOKEN: return VERDICT_TOKEN;
	case CURE_BINDING: return VERDICT_BINDING;
	case CURE_SCOPE: return VERDICT_SCOPE;
	case CURE_QUERY: return VERDICT_CURSOR;
	case CURE_EXPLAIN:
	case CURE_RETRY: return VERDICT_ERROR;
	}
	return VERDICT_ERROR;
}

static void explain_redirect(const struct weir_reply *reply, const struct refusal *refusal,
                             const char *what, struct weir_error *err)
{
	const char *location = weir_reply_header(reply, "location", 0);
	struct weir_buf host = { 0 };
	struct url url;

	if (url_split(weir_bytes(location), &url))
		text_printable(url.host, 100, &host);
	else
		weir_buf_puts(&host, "another path");
	weir_fail(err, WEIR_E_AUTH, "%s: redirected (%d) to %s, which is not followed; check "
	          "org_url and proxy", what, refusal->status, weir_buf_text(&host));
	weir_buf_finish(&host);
}

bool judge_status(const struct weir_reply *reply, const struct refusal *refusal,
                  const char *what, int64_t date_us, struct weir_error *err)
{
	int status = refusal->status;

	if (status >= 300 && status < 400) {
		explain_redirect(reply, refusal, what, err);
		return true;
	}
	if (status == 429) {
		weir_fail(err, WEIR_E_THROTTLED, "%s: over the rate limit (429); other tools use it up, "
		          "too: lower rate_limit_share", what);
		err->retry_after_ms = rate_retry_ms(reply, date_us);
		return true;
	}
	if (status != 408 && status != 425 && status < 500)
		return false;
	weir_fail(err, WEIR_E_UNREACHABLE, "%s: %d%s%s%s%s; Okta or a proxy is in trouble (see "
	          "status.okta.com)", what, status, *refusal->error ? " " : "", refusal->error,
	          *refusal->text ? ": " : "", refusal->text);
	return true;
}

/* ---- the token ------------------------------------------------------------------ */

/* It becomes a header, so that nothing but RFC 6750's characters may be in it. */
static bool is_token_text(struct weir_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= ' ' || text.data[i] > '~')
			return false;
	}
	return text.len > 0;
}

static int64_t life_of(struct weir_value body)
{
	int64_t seconds;

	if (!weir_value_int(weir_value_get(body, "expires_in"), &seconds) || seconds < 1)
		return USUAL_LIFE_S;
	return seconds < LONGEST_LIFE_S ? seconds : LONGEST_LIFE_S;
}

static bool read_token(struct weir_value body, struct weir_arena *arena,
                       const struct token_wish *wish, struct token *token)
{
	struct weir_bytes text, type;

	if (!weir_value_text(weir_value_get(body, "access_token"), arena, &text)
	    || !is_token_text(text)
	    || !weir_value_text(weir_value_get(body, "token_type"), arena, &type))
		return false;
	token->dpop = weir_bytes_equal_nocase(type, weir_bytes("DPoP"));
	if (!token->dpop && !weir_bytes_equal_nocase(type, weir_bytes("Bearer")))
		return false;
	token->text = weir_strndup(text.data, text.len);
	/* Nine tenths of its life: no fixed margin, which might be more than all of it. */
	token->fresh_until_ms = wish->asked_ms + 900 * life_of(body);
	return true;
}

static enum verdict take_token(const struct weir_reply *reply, const struct token_wish *wish,
                               struct token *token, struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value body;
	bool ok = weir_json_parse(arena, weir_reply_body(reply), &body, err)
	          && read_token(body, arena, wish, token);

	if (ok || body.kind == WEIR_OBJECT) {
		struct weir_bytes raw = weir_value_raw(body);

		if (raw.len)
			explicit_bzero((char *)(uintptr_t)raw.data, raw.len);
	}
	weir_arena_destroy(arena);
	if (!ok) {
		weir_fail(err, WEIR_E_UNREACHABLE, "token: the reply holds no token that can be used; "
		          "is there a proxy that answers in the org's place");
		return VERDICT_ERROR;
	}
	if (!token->dpop && wish->dpop_required) {
		token_finish(token);
		weir_fail(err, WEIR_E_AUTH, "token: the app does not bind its tokens; tick Require "
		          "DPoP at the app, or write dpop: auto");
		return VERDICT_ERROR;
	}
	return VERDICT_GOOD;
}

enum verdict token_judge(const struct weir_reply *reply, const struct token_wish *wish,
                         struct token *token, struct weir_error *err)
{
	struct refusal refusal;
	const struct cure *cure;

	*token = (struct token){ 0 };
	if (!weir_reply_status(reply)) {
		*err = *weir_reply_error(reply);
		return VERDICT_ERROR;
	}
	if (weir_reply_status(reply) == 200)
		return take_token(reply, wish, token, err);
	refusal_read(reply, &refusal);
	if (judge_status(reply, &refusal, "token", wish->date_us, err))
		return VERDICT_ERROR;
	cure = cure_find(&refusal);
	cure_explain(&refusal, "token", cure->kind == CURE_RETRY ? WEIR_E_UNREACHABLE : WEIR_E_AUTH,
	             cure->advice, err);
	return verdict_of(cure->kind);
}
