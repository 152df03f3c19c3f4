/* okta.c - source/okta: reads the Okta System Log of an org.
 *
 * Lives here: options, and carrying out what talk.c decides. Not here: the order of things
 * (talk.c, ask.c, take.c), JWTs (jwt.c), what replies mean (token.c, logs.c, cure.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/plugin.h>
#include <weir/http.h>

#include <string.h>

#include "talk.h"
#include "query.h"

#define USUAL_SCOPE "okta.logs.read"

enum { POLL_WARN_MS = 10 * 1000, TIMEOUT_WARN_MS = 35 * 1000, NEWEST_ROWS = 8 };

struct okta {
	/* options */
	const char *org_url, *client_id, *key_id, *private_key, *next_key_id, *next_private_key;
	const char *const *scopes;
	int dpop;
	const char *api_token;
	struct weir_time start, until;
	const char *filter, *q;
	int64_t limit, poll_interval, timeout;
	const char *ca_file, *proxy, *user_agent;
	double rate_limit_share;

	/* state */
	struct weir_ctx *ctx;
	bool mistaken;
	struct org org;
	char *scope;
	struct talk_settings set;
	struct talk talk;
};

/* ---- options that depend on each other --------------------------------------- */

static void report(struct okta *okta, const struct weir_error *err)
{
	okta->mistaken = true;
	weir_report(okta->ctx, err);
}

static void mistake(struct okta *okta, const char *option, const char *text)
{
	struct weir_error err;

	weir_fail(&err, WEIR_E_CONFIG, "%s", text);
	err.where.path = option;
	report(okta, &err);
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

/* The key, and its id: the option, else a JWK's own. */
static bool make_key(struct talk_key *to, const char *text, const char *id, const char *option,
                     struct weir_error *err)
{
	*to = (struct talk_key){ read_key(text, option, err), id };
	if (to->key && !to->id)
		to->id = key_id(to->key);
	return to->key != NULL;
}

static void destroy_keys(struct talk_key keys[2])
{
	for (size_t i = 0; i < 2; i++)
		key_destroy(keys[i].key);
	memset(keys, 0, 2 * sizeof *keys);
}

static bool make_keys(const struct okta *okta, struct talk_key keys[2], struct weir_error *err)
{
	memset(keys, 0, 2 * sizeof *keys);
	return make_key(&keys[0], okta->private_key, okta->key_id, "private_key", err)
	       && (!okta->next_private_key
	           || make_key(&keys[1], okta->next_private_key, okta->next_key_id,
	                       "next_private_key", err));
}

static void check_keys(struct okta *okta)
{
	static const char missing[] = "is missing; copy the KID from the app's General > Public keys";
	struct weir_error err;

	if (!make_keys(okta, okta->talk.keys, &err)) {
		report(okta, &err);
		return;
	}
	if (!okta->talk.keys[0].id)
		mistake(okta, "key_id", missing);
	if (okta->talk.keys[1].key && !okta->talk.keys[1].id)
		mistake(okta, "next_key_id", missing);
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

static void check_query(struct okta *okta)
{
	struct weir_error err;

	if (okta->filter && !query_check_filter(okta->filter, &err))
		report(okta, &err);
	if (okta->q && !query_check_words(okta->q, &err))
		report(okta, &err);
}

/* ---- what the talk asks for ------------------------------------------------------ */

static void say(void *arg, enum weir_level level, const char *text)
{
	weir_log(((struct okta *)arg)->ctx, level, "%s", text);
}

static void count(void *arg, enum talk_metric metric, int64_t by)
{
	if (by)
		weir_count(((struct okta *)arg)->ctx, metric, by);
}

static void gauge(void *arg, enum talk_metric metric, int64_t value)
{
	weir_gauge(((struct okta *)arg)->ctx, metric, value);
}

static bool reload_keys(void *arg)
{
	struct okta *okta = arg;
	struct talk_key keys[2];
	struct weir_error err;
	bool changed = false;

	if (okta->api_token
	    || weir_secrets_reload(okta->ctx, &changed, &err) != WEIR_OK || !changed)
		return false;
	if (!make_keys(okta, keys, &err) || !keys[0].id) {
		destroy_keys(keys);
		weir_log(okta->ctx, WEIR_WARN, "private_key changed, but is no use: %s", err.text);
		return false;
	}
	destroy_keys(okta->talk.keys);
	memcpy(okta->talk.keys, keys, sizeof keys);
	weir_log(okta->ctx, WEIR_INFO, "private_key changed and was read anew");
	return true;
}

/* ---- life --------------------------------------------------------------------------- */

static char *join(const char *const *words)
{
	struct weir_buf text = { 0 };

	for (; *words; words++)
		weir_buf_printf(&text, "%s%s", text.len ? " " : "", *words);
	weir_buf_putc(&text, '\0');
	return text.data;
}

static void fill_settings(struct okta *okta)
{
	int64_t until_us = 0;

	if (okta->until.when == WEIR_WHEN_AT)
		until_us = okta->until.micros;
	else if (okta->until.when != WEIR_WHEN_UNSET)
		until_us = weir_now(okta->ctx) - okta->until.micros;
	okta->scope = join(okta->scopes);
	okta->set = (struct talk_settings){
		.org = &okta->org, .client_id = okta->client_id, .scope = okta->scope,
		.api_token = okta->api_token, .dpop = (enum talk_dpop)okta->dpop,
		.start = okta->start, .poll_ms = okta->poll_interval, .timeout_ms = okta->timeout,
		.query = { okta->filter, okta->q, okta->limit, until_us },
		.share = okta->rate_limit_share,
		.quota = weir_shared(okta->ctx, okta->org.base, sizeof(struct quota), NULL),
		.ca_file = okta->ca_file, .proxy = okta->proxy, .user_agent = okta->user_agent,
	};
	okta->set.query_hash = logs_query_hash(&okta->set.query, &okta->org, &okta->until);
}

static enum weir_status okta_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct okta *okta = self;
	const struct talk_host host = { okta, say, count, gauge, reload_keys };

	okta->ctx = ctx;
	talk_init(&okta->talk, &okta->set, &host);
	check_credentials(okta);
	check_times(okta);
	check_query(okta);
	if (org_init(&okta->org, okta->org_url, err) != WEIR_OK)
		report(okta, err);
	err->text[0] = '\0';
	if (okta->mistaken)
		return WEIR_FAIL;
	fill_settings(okta);
	return WEIR_OK;
}

static struct talk_now now_of(const struct okta *okta)
{
	return (struct talk_now){ weir_now(okta->ctx), weir_monotonic_ms(okta->ctx) };
}

static enum weir_status okta_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct okta *okta = self;

	(void)err;
	okta->set.overlap_ms = weir_setting(ctx, "overlap");
	okta->set.poison_ms = weir_setting(ctx, "poison_after");
	okta->set.page_max = (size_t)weir_setting(ctx, "page_max");
	talk_start(&okta->talk, weir_position(ctx), now_of(okta));
	return WEIR_OK;
}

/* ---- pages ----------------------------------------------------------------------------- */

static void set_position(struct okta *okta, struct weir_batch *out)
{
	struct weir_buf text = { 0 };

	cursor_write(&okta->talk.position, &text);
	weir_batch_position(out, weir_buf_text(&text));
	weir_batch_origin(out, okta->org.host);
	weir_buf_finish(&text);
}

/* The latest `published` of the last few events, which come in about that order. An earlier
 * one only means that a refused cursor goes back a little further. */
static int64_t find_newest(const struct weir_batch *batch)
{
	size_t count = weir_batch_len(batch);
	int64_t newest = 0;

	for (size_t i = count > NEWEST_ROWS ? count - NEWEST_ROWS : 0; i < count; i++) {
		struct weir_bytes raw =
			weir_value_raw(weir_value_get(weir_batch_event(batch, i), "published"));
		int64_t at;

		if (raw.len > 2 && weir_time_parse((struct weir_bytes){ raw.data + 1, raw.len - 2 }, &at)
		    && at > newest)
			newest = at;
	}
	return newest;
}

static enum weir_status salvage(struct okta *okta, struct weir_batch *out, struct weir_error *err)
{
	enum weir_status status = weir_batch_salvage(out, err);

	if (status == WEIR_OK)
		weir_log(okta->ctx, WEIR_WARN, "a page stayed broken for %lld s: its sound events are "
		         "taken, the others go to the dead letters",
		         (long long)(okta->set.poison_ms / 1000));
	return status;
}

static enum weir_status take_page(struct okta *okta, struct weir_turn *turn, struct weir_error *err)
{
	struct talk *talk = &okta->talk;
	struct talk_now now = now_of(okta);
	size_t len;
	char *body = weir_reply_take_body(turn->reply, &len);
	/* Only a page that follows a broken one is compared. */
	uint64_t hash = talk->poison.count ? weir_hash((struct weir_bytes){ body, len }) : 0;
	enum weir_status status;

	weir_batch_page(turn->out, WEIR_PAGE_ARRAY, body, len);
	status = talk_page_is_poison(talk, hash, now) ? salvage(okta, turn->out, err)
	                                              : weir_batch_parse(turn->out, err);
	if (status != WEIR_OK) {
		talk_page_bad(talk, hash, now, err);
		return WEIR_RETRY;
	}
	if (talk_page_good(talk, weir_batch_len(turn->out), find_newest(turn->out), now) == TALK_IDLE) {
		turn->again_ms = talk->wait_ms;
		return WEIR_IDLE;
	}
	set_position(okta, turn->out);
	turn->again_ms = talk->wait_ms;
	return WEIR_OK;
}

static enum weir_status send_request(struct okta *okta, struct weir_error *err)
{
	enum weir_status status = weir_http_start(okta->ctx, &okta->talk.request, err);

	talk_sent(&okta->talk);
	if (status == WEIR_OK)
		return WEIR_PENDING;
	talk_stop(&okta->talk);
	return WEIR_RETRY;
}

static enum weir_status okta_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	struct okta *okta = self;
	struct talk *talk = &okta->talk;
	enum talk_step step = turn->reply ? talk_take(talk, turn->reply, now_of(okta), err)
	                                  : talk_next(talk, now_of(okta), err);

	switch (step) {
	case TALK_SEND:
		return send_request(okta, err);
	case TALK_WAIT:
		turn->again_ms = talk->wait_ms;
		return WEIR_IDLE;
	case TALK_HAND_OVER:
		set_position(okta, turn->out);
		turn->again_ms = 0;
		return WEIR_OK;
	case TALK_PAGE:
		return take_page(okta, turn, err);
	case TALK_DONE:
		return WEIR_DONE;
	case TALK_FAIL:
		return WEIR_RETRY;
	}
	return WEIR_RETRY;
}

static void okta_stop(void *self)
{
	struct okta *okta = self;

	if (okta->ctx)
		talk_stop(&okta->talk);
}

static void okta_destroy(void *self)
{
	struct okta *okta = self;

	destroy_keys(okta->talk.keys);
	talk_finish(&okta->talk);
	org_finish(&okta->org);
	weir_free(okta->scope);
	okta->scope = NULL;
}

static const char *const dpop_choices[] = { "auto", "required", "off", NULL };

static const struct weir_option options[] = {
	{ "org_url", WEIR_AT_STRING(struct okta, org_url), .required = true,
	  .doc = "Address of the org, e.g. https://acme.okta.com." },
	{ "client_id", WEIR_AT_STRING(struct okta, client_id),
	  .doc = "Client ID of the service app (type API Services)." },
	{ "key_id", WEIR_AT_STRING(struct okta, key_id),
	  .doc = "KID of the app's public key; a private key in JWK form may bring its own." },
	{ "private_key", WEIR_AT_SECRET(struct okta, private_key),
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
	{ "start", WEIR_AT_TIME(struct okta, start), .required = true,
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
	{ 0 },
};

static const struct weir_metric metrics[] = {
	[TALK_REQUESTS] = { "requests_total", WEIR_COUNTER, "Requests for pages." },
	[TALK_TOKENS] = { "token_requests_total", WEIR_COUNTER, "Requests for access tokens." },
	[TALK_PAGES] = { "pages_total", WEIR_COUNTER, "Pages taken." },
	[TALK_EMPTY] = { "empty_pages_total", WEIR_COUNTER, "Pages without events among them." },
	[TALK_THROTTLED] = { "throttled_total", WEIR_COUNTER,
	                     "Replies 429, which pacing should have avoided." },
	[TALK_CURSORS_REFUSED] = { "cursors_refused_total", WEIR_COUNTER,
	                           "Cursors that Okta did not take." },
	[TALK_BAD_PAGES] = { "bad_pages_total", WEIR_COUNTER, "Pages that were no sound JSON." },
	[TALK_LIMIT] = { "rate_limit", WEIR_GAUGE, "Requests allowed per window, as Okta says." },
	[TALK_REMAINING] = { "rate_limit_remaining", WEIR_GAUGE, "Requests left in this window." },
	[TALK_CLOCK_OFFSET] = { "clock_offset_ms", WEIR_GAUGE,
	                        "How far the org's clock is ahead of this machine's." },
	[TALK_LAG] = { "publish_delay_ms", WEIR_GAUGE,
	               "How old the newest event of the last page was when it came." },
	{ 0 },
};

static const struct weir_plugin plugin = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_SOURCE,
	.name = "okta",
	.version = "1.0.0",
	.summary = "Reads the Okta System Log.",
	.options = options,
	.metrics = metrics,
	.self_size = sizeof(struct okta),
	.position_version = CURSOR_VERSION,
	.id_path = "uuid",
	.create = okta_create,
	.start = okta_start,
	.poll = okta_poll,
	.stop = okta_stop,
	.destroy = okta_destroy,
};

const struct weir_plugin *weir_plugin(void)
{
	return &plugin;
}
