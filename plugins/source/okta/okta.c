/* okta.c - source/okta: reads the Okta System Log of an org.
 *
 * Lives here: carrying out what talk.c decides. Not here: options (options.c), the order of things
 * (talk.c, ask.c, take.c), JWTs (jwt.c), what replies mean (token.c, logs.c, cure.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "okta.h"

#include <string.h>

enum { NEWEST_ROWS = 8 };

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

/* The same fault of a file is said once, however often its key is wanted. */
static bool keep_old_keys(struct okta *okta, const struct weir_error *err)
{
	uint64_t hash = weir_hash(weir_bytes(err->text));

	if (hash != okta->key_fault)
		weir_log(okta->ctx, WEIR_WARN, "%s%s%s; the key that was read before stays",
		         err->where.path ? err->where.path : "", err->where.path ? ": " : "", err->text);
	okta->key_fault = hash;
	return false;
}

static bool reload_keys(void *arg)
{
	struct okta *okta = arg;
	struct talk_key keys[2];
	struct weir_error err = { 0 };
	bool changed = false;

	if (okta->api_token)
		return false;
	if (weir_secrets_reload(okta->ctx, &changed, &err) != WEIR_OK)
		return keep_old_keys(okta, &err);
	if (!changed)
		return false;
	if (!okta_read_keys(okta, keys, &err)) {
		okta_destroy_keys(keys);
		return keep_old_keys(okta, &err);
	}
	okta_destroy_keys(okta->talk.keys);
	memcpy(okta->talk.keys, keys, sizeof keys);
	okta->key_fault = 0;
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

/* A window stands for start and until. */
static void take_window(struct okta *okta)
{
	const struct weir_window *window = weir_window(okta->ctx);

	okta->set.use = (struct quota_use){ WEIR_LIVE, okta->rate_limit_share };
	if (!window)
		return;
	okta->set.use = (struct quota_use){ window->lane, window->share };
	okta->start = (struct weir_time){ WEIR_WHEN_AT, window->since_us };
	okta->until = (struct weir_time){ WEIR_WHEN_AT, window->until_us };
}

/* By all that a token depends on but the key itself: a token is no worse for a key that is gone. */
static struct talk_login *share_login(struct okta *okta)
{
	char *key = weir_format("login\n%s\n%s\n%s\n%s\n%d", weir_name(okta->ctx), okta->org.base,
	                        okta->client_id ? okta->client_id : "", okta->scope, okta->dpop);
	struct talk_login *login =
		weir_shared(okta->ctx, key, sizeof(struct talk_login), talk_login_finish);

	weir_free(key);
	return login;
}

static void fill_settings(struct okta *okta)
{
	int64_t until_us = 0;

	take_window(okta);
	if (okta->until.when == WEIR_WHEN_AT)
		until_us = okta->until.micros;
	else if (okta->until.when != WEIR_WHEN_UNSET)
		until_us = weir_now(okta->ctx) - okta->until.micros;
	okta->scope = join(okta->scopes);
	okta->set = (struct talk_settings){
		.use = okta->set.use,
		.org = &okta->org, .client_id = okta->client_id, .scope = okta->scope,
		.api_token = okta->api_token, .dpop = (enum talk_dpop)okta->dpop,
		.start = okta->start, .poll_ms = okta->poll_interval, .timeout_ms = okta->timeout,
		.query = { okta->filter, okta->q, okta->limit, until_us },
		.quota = weir_shared(okta->ctx, okta->org.base, sizeof(struct quota), NULL),
		.login = share_login(okta),
		.ca_file = okta->ca_file, .proxy = okta->proxy, .user_agent = okta->user_agent,
	};
	okta->fleet = weir_shared(okta->ctx, "fleet", sizeof(struct fleet), NULL);
	okta->set.query_hash = logs_query_hash(&okta->set.query, &okta->org, &okta->until);
}

static enum weir_status okta_create(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct okta *okta = self;
	const struct talk_host host = { okta, say, count, gauge, reload_keys };

	okta->ctx = ctx;
	talk_init(&okta->talk, &okta->set, &host);
	okta_check(okta);
	if (org_init(&okta->org, okta->org_url, err) != WEIR_OK)
		okta_report(okta, err);
	err->text[0] = '\0';
	if (okta->mistaken)
		return WEIR_FAIL;
	fill_settings(okta);
	if (okta->audit_after)
		weir_audit(ctx, okta->audit_after, okta->audit_share);
	return WEIR_OK;
}

/* The first pause of an integration is a whole interval when it is the only one; of others, a
 * part that follows from the name, so that those that begin together do not go on together. */
static int64_t phase_of(struct okta *okta)
{
	int64_t interval = okta->poll_interval;

	if (!okta->fleet->first)
		okta->fleet->first = okta;
	if (okta->fleet->first == okta)
		return interval;
	return interval - (int64_t)(weir_hash(weir_bytes(weir_name(okta->ctx))) % (uint64_t)interval);
}

static struct talk_now now_of(const struct okta *okta)
{
	return (struct talk_now){ weir_now(okta->ctx), weir_monotonic_ms(okta->ctx) };
}

static enum weir_status okta_start(void *self, struct weir_ctx *ctx, struct weir_error *err)
{
	struct okta *okta = self;

	(void)err;
	okta->set.phase_ms = phase_of(okta);
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

const char *okta_describe_body(const char *body, size_t len)
{
	size_t i = 0;

	while (i < len && strchr(" \t\r\n", body[i]) && body[i])
		i++;
	if (i == len)
		return "the reply is empty";
	if (body[i] == '<')
		return "the reply is HTML, not JSON, perhaps of a proxy or portal in the org's place";
	if (body[i] == '{')
		return "the reply is a JSON object, not a list of events";
	return "the reply is not sound JSON";
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
	const char *what = okta_describe_body(body, len);
	enum weir_status status;

	weir_batch_page(turn->out, WEIR_PAGE_ARRAY, body, len);
	status = talk_page_is_poison(talk, hash, now) ? salvage(okta, turn->out, err)
	                                              : weir_batch_parse(turn->out, err);
	if (status != WEIR_OK) {
		talk_page_bad(talk, hash, what, now, err);
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

static enum weir_status take_turn(struct okta *okta, struct weir_turn *turn, struct weir_error *err)
{
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

static enum weir_status okta_poll(void *self, struct weir_turn *turn, struct weir_error *err)
{
	struct okta *okta = self;
	enum weir_status status = take_turn(okta, turn, err);

	turn->reached_us = okta->talk.reached_us;
	talk_left(&okta->talk, &turn->left.events, &turn->left.requests, &turn->left.ms);
	return status;
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

	if (okta->fleet && okta->fleet->first == okta)
		okta->fleet->first = NULL;
	okta_destroy_keys(okta->talk.keys);
	talk_finish(&okta->talk);
	org_finish(&okta->org);
	weir_free(okta->scope);
	okta->scope = NULL;
}

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
	               "How old the newest event of the last page was when it came.",
	               .column = "LAG" },
	[TALK_QUOTA_USED] = { "rate_limit_used_percent", WEIR_GAUGE,
	                      "How much of this window's requests are used, by whomever.",
	                      .column = "QUOTA USED" },
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
	.options = okta_options,
	.metrics = metrics,
	.self_size = sizeof(struct okta),
	.position_version = CURSOR_VERSION,
	.id_path = "uuid",
	.windows = true,
	.create = okta_create,
	.start = okta_start,
	.poll = okta_poll,
	.stop = okta_stop,
	.destroy = okta_destroy,
	.probe = okta_probe,
};

const struct weir_plugin *weir_plugin(void)
{
	return &plugin;
}
