/* talk.h - what an okta source does next: a state machine without input or output.
 *
 * talk_next says what to do: send a request, wait, hand something over. talk_take gets the
 * reply and goes on. okta.c does what it says; tests feed it replies and clocks. One request
 * is under way at a time. Every attempt has JWTs of its own, and a token or cursor that is
 * refused is mended here; what only an operator can mend comes out as an error.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TALK_H
#define OKTA_TALK_H

#include "cursor.h"
#include "jwt.h"
#include "logs.h"
#include "quota.h"
#include "sample.h"

enum talk_dpop { TALK_DPOP_AUTO, TALK_DPOP_REQUIRED, TALK_DPOP_OFF };

enum talk_metric {
	TALK_REQUESTS, TALK_TOKENS, TALK_PAGES, TALK_EMPTY, TALK_THROTTLED, TALK_CURSORS_REFUSED,
	TALK_BAD_PAGES, TALK_LIMIT, TALK_REMAINING, TALK_CLOCK_OFFSET, TALK_LAG,
	TALK_QUOTA_USED,
};

/* What the talk asks of its surroundings; all are called within the functions below. */
struct talk_host {
	void *arg;
	void (*say)(void *arg, enum weir_level level, const char *text);
	void (*count)(void *arg, enum talk_metric metric, int64_t by);
	void (*gauge)(void *arg, enum talk_metric metric, int64_t value);
	/* Reads the keys anew from their files; true if they changed. */
	bool (*reload_keys)(void *arg);
};

struct talk_key {
	struct key *key;
	const char *id;
};

/* Borrowed for the life of the talk. */
struct talk_settings {
	const struct org *org;
	const char *client_id, *scope;   /* scope: several joined by blanks */
	const char *api_token;           /* instead of keys, or NULL */
	enum talk_dpop dpop;
	struct weir_time start;
	struct logs_query query;
	uint64_t query_hash;
	int64_t phase_ms, poll_ms;       /* the first pause, then the others */
	int64_t timeout_ms, overlap_ms, poison_ms;
	size_t page_max;
	struct quota_use use;            /* of the org's rate limit */
	struct quota *quota;             /* shared by all integrations on the org */
	struct talk_login *login;        /* shared by all lanes of the source */
	const char *ca_file, *proxy, *user_agent;
};

struct talk_now {
	int64_t us; /* wall clock */
	int64_t ms; /* monotonic */
};

enum talk_step {
	TALK_SEND,      /* talk->request; then talk_sent */
	TALK_WAIT,      /* talk->wait_ms, or until somebody asks */
	TALK_HAND_OVER, /* talk->position, without events */
	TALK_PAGE,      /* the reply's body is a page; then talk_page_good or talk_page_bad */
	TALK_DONE,
	TALK_FAIL,      /* err says why; ask talk_next again later */
};

/* What was tried at once since the last good page or failure, so that nothing goes round. */
struct talk_round {
	unsigned again;
	bool clock, key, renewed, rebound;
};

/* What all lanes of a source use: a token of its own for each would be another grant in the org's
 * log every hour. Zeroed memory is one that has nothing yet. */
struct talk_login {
	struct key *dpop_key;
	struct token token;           /* bound to that key */
	char *token_nonce, *page_nonce;
	int64_t clock_offset_us;      /* added to our clock for JWTs; 0 unless it was needed */
	bool clock_said, bearer_said;
};
void talk_login_finish(void *login);

struct talk {
	const struct talk_settings *set;
	struct talk_host host;
	struct talk_key keys[2];      /* owned by okta.c; the second may be empty */
	unsigned key_index;

	struct weir_request request;  /* of TALK_SEND */
	int64_t wait_ms;              /* of TALK_WAIT; after talk_page_good: 0 is at once */

	/* The rest is for talk.c, ask.c and take.c. */
	struct weir_header headers[6];
	struct weir_buf authorization, proof, body;
	char *url;                    /* of the request under way */
	enum { TALK_NOTHING, TALK_TOKEN, TALK_LOGS } asked;
	struct talk_now asked_at;

	struct talk_login *login;     /* the settings' */
	char *sent_nonce;
	bool date_known;
	int64_t date_offset_us;       /* of the newest reply: its Date less our clock */

	struct cursor position;     /* where to go on: not yet committed, perhaps */
	char *reply_next;             /* of the page that is being looked at */
	int64_t reply_date_us;
	bool handed_over, in_phase;
	int64_t handed_ms, next_at_ms;
	unsigned halvings, blanks;
	int64_t reached_us;           /* see weir_turn; 0: not known */
	struct sample sample;         /* of a backfill */
	struct talk_round round;
	struct { uint64_t hash; unsigned count; int64_t first_ms; } poison;
};

void talk_init(struct talk *talk, const struct talk_settings *set, const struct talk_host *host);
void talk_finish(struct talk *talk);
/* What is left of a backfill. False: it is not known (yet). */
bool talk_left(const struct talk *talk, int64_t *events, int64_t *requests, int64_t *ms);
/* Goes to a stored position, or with NULL to the begin that `start` names. */
void talk_start(struct talk *talk, const char *position, struct talk_now now);
/* Forgets a request that was not sent or will not be answered. */
void talk_stop(struct talk *talk);

enum talk_step talk_next(struct talk *talk, struct talk_now now, struct weir_error *err);
/* The request's secrets may go. */
void talk_sent(struct talk *talk);
enum talk_step talk_take(struct talk *talk, const struct weir_reply *reply, struct talk_now now,
                         struct weir_error *err);

enum talk_after {
	TALK_DELIVER, /* hand the page over, with talk->position; ask again after talk->wait_ms */
	TALK_IDLE,    /* an empty page, and no new position worth a commit */
};
/* The page was sound, with so many events; newest_us is the latest `published`, or 0. */
enum talk_after talk_page_good(struct talk *talk, size_t count, int64_t newest_us,
                               struct talk_now now);
/* True when a page of this hash was broken so often, for so long, that its sound events
 * should be taken alone. */
bool talk_page_is_poison(const struct talk *talk, uint64_t hash, struct talk_now now);
/* The page was broken: what says how ("the reply is not sound JSON"); err, the parser's words,
 * becomes what to report. */
void talk_page_bad(struct talk *talk, uint64_t hash, const char *what, struct talk_now now,
                   struct weir_error *err);

/* ---- between talk.c, ask.c and take.c ----------------------------------------------- */

void talk_say(struct talk *talk, enum weir_level level, const char *fmt, ...) WEIR_PRINTF(3, 4);
/* Fill talk->request for one attempt. False: err. */
bool ask_token(struct talk *talk, struct talk_now now, struct weir_error *err);
bool ask_page(struct talk *talk, struct talk_now now, struct weir_error *err);
/* A new query from the fallback position; why completes "reading again from ..., because". */
void talk_go_back(struct talk *talk, const char *why, struct talk_now now);

#endif
