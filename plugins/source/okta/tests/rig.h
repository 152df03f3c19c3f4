/* rig.h - one okta source being polled, without a wire.
 *
 * After fake_host.h, which the test includes itself.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TESTS_RIG_H
#define OKTA_TESTS_RIG_H

#include "host.h"

#include <openssl/pem.h>

#include "okta.h"

#define BASE  "https://acme.okta.com"
#define DATE  "Date: Tue, 10 Feb 2026 16:19:37 GMT\n" /* fake_ctx's now */
#define NEXT(n) "Link: <" BASE "/api/v1/logs?limit=3&after=" n ">; rel=\"next\"\n"
#define TOKEN "{\"token_type\":\"DPoP\",\"expires_in\":3600,\"access_token\":\"tok.1\"}"
#define EVENT(id) "{\"uuid\":\"" id "\",\"published\":\"2026-02-10T16:00:0" id ".000Z\"}"

/* One source being polled. */
struct rig {
	struct weir_ctx *ctx;
	void *self;
	struct weir_batch *out;
	struct weir_turn turn;
	struct weir_error err;
	enum weir_status status;
};

static char *pem;

static inline void *option_of(void *self, const char *name)
{
	for (const struct weir_option *row = weir_plugin()->options; row->name; row++) {
		if (strcmp(row->name, name) == 0)
			return (char *)self + row->offset;
	}
	fail_msg("no option %s", name);
	return NULL;
}

static inline void set_text(struct rig *rig, const char *name, const char *value)
{
	*(const char **)option_of(rig->self, name) = value;
}

static inline void set_number(struct rig *rig, const char *name, int64_t value)
{
	*(int64_t *)option_of(rig->self, name) = value;
}

static inline void set_time(struct rig *rig, const char *name, enum weir_when when, int64_t micros)
{
	*(struct weir_time *)option_of(rig->self, name) = (struct weir_time){ when, micros };
}

/* All of them have one host. */
static int rigs;

static inline struct rig *make_rig(void)
{
	static const char *const scopes[] = { "okta.logs.read", NULL };
	struct rig *rig = weir_alloc(sizeof *rig);

	rigs++;
	rig->ctx = fake_ctx("acme");
	rig->ctx->monotonic_ms = 1000000;
	rig->self = fake_self();
	set_text(rig, "org_url", BASE);
	set_text(rig, "client_id", "0oa1");
	set_text(rig, "key_id", "kid-1");
	set_text(rig, "private_key", pem);
	*(const char *const **)option_of(rig->self, "scopes") = scopes;
	set_time(rig, "start", WEIR_WHEN_AGO, INT64_C(3600000000));
	set_number(rig, "limit", 3);
	set_number(rig, "poll_interval", 30000);
	set_number(rig, "timeout", 60000);
	*(double *)option_of(rig->self, "rate_limit_share") = 0.4;
	return rig;
}

static inline void start(struct rig *rig)
{
	const struct weir_plugin *plugin = weir_plugin();

	assert_int_equal(plugin->create(rig->self, rig->ctx, &rig->err), WEIR_OK);
	assert_int_equal(plugin->start(rig->self, rig->ctx, &rig->err), WEIR_OK);
}

static inline void free_rig(struct rig *rig)
{
	weir_plugin()->stop(rig->self);
	weir_plugin()->destroy(rig->self);
	if (rig->out)
		fake_batch_free(rig->out);
	weir_free(rig->self);
	fake_ctx_free(rig->ctx);
	weir_free(rig);
	if (--rigs == 0)
		host_clean();
}

static inline enum weir_status poll_with(struct rig *rig, const struct weir_reply *reply)
{
	if (rig->out)
		fake_batch_free(rig->out);
	rig->out = weir_alloc(sizeof *rig->out);
	rig->turn = (struct weir_turn){ rig->out, reply, -1 };
	memset(&rig->err, 0, sizeof rig->err);
	rig->status = weir_plugin()->poll(rig->self, &rig->turn, &rig->err);
	return rig->status;
}

static inline enum weir_status ask(struct rig *rig)
{
	return poll_with(rig, NULL);
}

/* The answer to what was sent last. */
static inline enum weir_status answer(struct rig *rig, int status, const char *head, const char *body)
{
	struct weir_reply reply;

	assert_int_equal(rig->status, WEIR_PENDING);
	make_reply(&reply, status, head, body);
	poll_with(rig, &reply);
	reply_finish(&reply);
	return rig->status;
}

/* Past the first hand-over and the token, to the first request for a page. */
static inline void reach_page(struct rig *rig)
{
	start(rig);
	assert_int_equal(ask(rig), WEIR_OK);
	assert_int_equal(ask(rig), WEIR_PENDING);
	assert_string_equal(sent.url, BASE "/oauth2/v1/token");
	assert_int_equal(answer(rig, 200, DATE, TOKEN), WEIR_PENDING);
	assert_string_equal(sent.method, "GET");
}

static inline struct rig *rig_at_page(void)
{
	struct rig *rig = make_rig();

	reach_page(rig);
	return rig;
}

static inline int make_pem(void **state)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	(void)state;
	if (!pkey || !bio || PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) != 1)
		return -1;
	len = BIO_get_mem_data(bio, &text);
	pem = weir_strndup(text, (size_t)len);
	BIO_free(bio);
	EVP_PKEY_free(pkey);
	return 0;
}

static inline int free_pem(void **state)
{
	(void)state;
	weir_free(pem);
	return 0;
}

#define HOUR_US INT64_C(3600000000)

#endif
