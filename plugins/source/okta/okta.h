/* okta.h - the instance: its options, and what is made of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_OKTA_H
#define OKTA_OKTA_H

#include <weir/http.h>

#include "talk.h"

/* Of all integrations in this process. */
struct fleet {
	const struct okta *first;
};

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
	double rate_limit_share, audit_share;
	int64_t audit_after;

	/* state */
	struct weir_ctx *ctx;
	bool mistaken;
	uint64_t key_fault;      /* hash of what was said of a changed key that is no use; 0: nothing */
	struct fleet *fleet;
	struct org org;
	char *scope;
	struct talk_settings set;
	struct talk talk;
	struct {
		bool begun, clock_told, clock_bad, nonce_taken;
	} probe;
};

/* What a body that is no page seems to be: "the reply is HTML, not JSON, ...". */
const char *okta_describe_body(const char *body, size_t len);

/* ---- probe.c ---------------------------------------------------------------------- */

/* See struct weir_plugin. */
enum weir_status okta_probe(void *self, struct weir_ctx *ctx, const struct weir_reply *reply,
                            struct weir_error *err);

/* ---- options.c -------------------------------------------------------------------- */

extern const struct weir_option okta_options[];

/* Reports every mistake among the options, but for org_url's; reads the keys into the talk. */
void okta_check(struct okta *okta);
void okta_report(struct okta *okta, const struct weir_error *mistake);
/* Reads both keys, as far as they are given. False: err; keys may be half filled. A key has an
 * id, of its option or its own. */
bool okta_read_keys(const struct okta *okta, struct talk_key keys[2], struct weir_error *err);
void okta_destroy_keys(struct talk_key keys[2]);

#endif
