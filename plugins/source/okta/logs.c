/* logs.c - requests for pages of the System Log, and what their replies mean.
 *
 * https://developer.okta.com/docs/reference/system-log-query/ : without `until`, and
 * ascending, every event comes, in order of persistence, and there is always a next page.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "logs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "link.h"
#include "text.h"
#include "url.h"

enum { BLANKS_MAX = 3 };

uint64_t logs_query_hash(const struct logs_query *query, const struct org *org,
                         const struct weir_time *until)
{
	struct weir_buf text = { 0 };
	uint64_t hash;

	/* A NUL parts them, so that no two settings give one text. */
	weir_buf_printf(&text, "%s%cfilter=%s%cq=%s%climit=%" PRId64 "%cuntil=%d:%" PRId64, org->base, 0,
	                query->filter ? query->filter : "", 0, query->q ? query->q : "", 0,
	                query->limit, 0, (int)until->when, until->micros);
	hash = weir_hash((struct weir_bytes){ text.data, text.len });
	weir_buf_finish(&text);
	return hash;
}

static void add_time(struct weir_buf *url, const char *name, int64_t micros)
{
	char when[25];

	weir_time_format(micros, when);
	weir_buf_printf(url, "&%s=", name);
	url_escape(weir_bytes(when), url);
}

static void add_text(struct weir_buf *url, const char *name, const char *text)
{
	if (!text || !*text)
		return;
	weir_buf_printf(url, "&%s=", name);
	url_escape(weir_bytes(text), url);
}

char *logs_first_url(const struct logs_query *query, const struct org *org, int64_t since_us)
{
	struct weir_buf url = { 0 };

	weir_buf_printf(&url, "%s" LOGS_PATH "?limit=%" PRId64 "&sortOrder=ASCENDING", org->base,
	                query->limit);
	add_time(&url, "since", since_us);
	if (query->until_us)
		add_time(&url, "until", query->until_us);
	add_text(&url, "filter", query->filter);
	add_text(&url, "q", query->q);
	weir_buf_putc(&url, '\0');
	return url.data;
}

int64_t logs_limit_of(const char *url)
{
	struct weir_bytes value;
	int64_t limit = 0;

	if (!url_parameter(url, "limit", &value) || value.len > 4)
		return LOGS_LIMIT_USUAL;
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < '0' || value.data[i] > '9')
			return LOGS_LIMIT_USUAL;
		limit = 10 * limit + (value.data[i] - '0');
	}
	return limit;
}

/* ---- replies ------------------------------------------------------------------- */

/* The next link of all Link headers, as an absolute URL to weir_free, or NULL. */
static char *find_next(const struct weir_reply *reply, const struct org *org)
{
	struct weir_bytes target;
	const char *header;

	for (size_t i = 0; (header = weir_reply_header(reply, "link", i)) != NULL; i++) {
		if (!link_find(weir_bytes(header), "next", &target))
			continue;
		if (target.len && target.data[0] == '/')
			return weir_format("%s%.*s", org->base, (int)target.len, target.data);
		return weir_strndup(target.data, target.len);
	}
	return NULL;
}

static enum verdict take_page(const struct weir_reply *reply, const struct logs_asked *asked,
                              char **next, struct weir_error *err)
{
	struct weir_buf shown = { 0 };

	*next = find_next(reply, asked->org);
	if (*next ? org_owns(asked->org, *next, LOGS_PATH) : asked->bounded)
		return VERDICT_GOOD;
	if (*next) {
		/* Without its cursor, which differs each time: a text that comes again is held back. */
		text_printable((struct weir_bytes){ *next, strcspn(*next, "?#") }, 120, &shown);
		weir_fail(err, WEIR_E_UNREACHABLE, "page: the link to the next one leads elsewhere, and "
		          "credentials are not sent there: %s", weir_buf_text(&shown));
		weir_buf_finish(&shown);
	} else {
		weir_fail(err, WEIR_E_UNREACHABLE, "page: the reply has no link to the next one; a proxy "
		          "that removes Link headers must let them pass");
	}
	weir_free(*next);
	*next = NULL;
	return VERDICT_ERROR;
}

static bool took_too_long(const struct refusal *refusal)
{
	return refusal->status == 500 && strcasestr(refusal->text, "took too long");
}

/* A 400 that is about the request itself, not about its credentials. */
static bool is_about_query(const struct refusal *refusal, const struct cure *cure)
{
	return refusal->status == 410
	       || (refusal->status == 400
	           && (cure->kind == CURE_QUERY
	               || (cure->kind == CURE_EXPLAIN && strncmp(refusal->error, "E0", 2) == 0)));
}

/* Okta documents no error for a cursor that it does not take, so any will do. */
static enum verdict judge_query(const struct refusal *refusal, const struct logs_asked *asked,
                                const struct cure *cure, struct weir_error *err)
{
	struct weir_bytes after;

	if (url_parameter(asked->url, "after", &after)) {
		cure_explain(refusal, "cursor", WEIR_E_UNREACHABLE, NULL, err);
		return VERDICT_CURSOR;
	}
	cure_explain(refusal, "query", WEIR_E_CONFIG, cure->advice, err);
	return VERDICT_ERROR;
}

static enum verdict judge_refusal(const struct refusal *refusal, const struct logs_asked *asked,
                                  struct weir_error *err)
{
	const struct cure *cure = cure_find(refusal);
	bool blank = !*refusal->error && (refusal->status == 400 || refusal->status == 404);

	if (is_about_query(refusal, cure) || (blank && asked->blanks >= BLANKS_MAX))
		return judge_query(refusal, asked, cure, err);
	if (blank) {
		cure_explain(refusal, "page", WEIR_E_UNREACHABLE, NULL, err);
		return VERDICT_BLANK;
	}
	if (asked->secret && cure->kind == CURE_TOKEN) {
		cure_explain(refusal, "page", WEIR_E_AUTH, "api_token is expired or revoked; make "
		             "another (Security > API > Tokens)", err);
		return VERDICT_ERROR;
	}
	cure_explain(refusal, "page", WEIR_E_AUTH, cure->advice, err);
	return verdict_of(cure->kind);
}

enum verdict logs_judge(const struct weir_reply *reply, const struct logs_asked *asked,
                        char **next, struct weir_error *err)
{
	struct refusal refusal;

	*next = NULL;
	if (!weir_reply_status(reply)) {
		*err = *weir_reply_error(reply);
		return err->code == WEIR_E_DATA ? VERDICT_TOO_LARGE : VERDICT_ERROR;
	}
	if (weir_reply_status(reply) == 200)
		return take_page(reply, asked, next, err);
	refusal_read(reply, &refusal);
	if (judge_status(reply, &refusal, "page", asked->date_us, err))
		return took_too_long(&refusal) ? VERDICT_TOO_LARGE : VERDICT_ERROR;
	return judge_refusal(&refusal, asked, err);
}
