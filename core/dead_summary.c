/* dead_summary.c - many dead letters by what is wrong with them.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dead_summary.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "dead_text.h"

/* Letters that are alike. */
struct group {
	char *key;                 /* NULL: of the group of all other reasons */
	char *sink, *stage, *reason; /* the reason of the first that was added */
	int64_t letters, one;      /* one: the number of an example */
	int64_t first_us, last_us;
};

struct dead_summary {
	struct group groups[DEAD_REASONS_MOST + 1];
	size_t count;
};

struct dead_summary *dead_summary_create(void)
{
	return weir_alloc(sizeof(struct dead_summary));
}

void dead_summary_destroy(struct dead_summary *summary)
{
	for (size_t i = 0; summary && i < summary->count; i++) {
		weir_free(summary->groups[i].key);
		weir_free(summary->groups[i].sink);
		weir_free(summary->groups[i].stage);
		weir_free(summary->groups[i].reason);
	}
	weir_free(summary);
}

static char *key_of(const struct store_dead *dead)
{
	const struct weir_where *where = &dead->why.where;

	if (where->file && where->line)
		return weir_format("%s\n%s\n%s\n%d", dead->sink, dead->stage, where->file, where->line);
	return weir_format("%s\n%s\n%s", dead->sink, dead->stage, dead->why.text);
}

static struct group *make_group(struct dead_summary *summary, char *key,
                                const struct store_dead *dead)
{
	struct group *group = &summary->groups[summary->count++];
	struct weir_buf reason = { 0 };

	*group = (struct group){ .key = key, .one = dead->number, .first_us = dead->at_us };
	group->sink = weir_strdup(key ? dead->sink : "-");
	group->stage = weir_strdup(key ? dead->stage : "-");
	dead_text_reason(dead, &reason);
	group->reason = weir_strdup(key ? weir_buf_text(&reason) : "other reasons");
	weir_buf_finish(&reason);
	return group;
}

static struct group *group_of(struct dead_summary *summary, const struct store_dead *dead)
{
	char *key = key_of(dead);
	size_t i = 0;

	while (i < summary->count && summary->groups[i].key
	       && strcmp(summary->groups[i].key, key) != 0)
		i++;
	if (i == summary->count && i < DEAD_REASONS_MOST)
		return make_group(summary, key, dead);
	weir_free(key);
	return i < summary->count ? &summary->groups[i] : make_group(summary, NULL, dead);
}

void dead_summary_add(struct dead_summary *summary, const struct store_dead *dead)
{
	struct group *group = group_of(summary, dead);

	group->letters++;
	if (dead->at_us < group->first_us)
		group->first_us = dead->at_us;
	if (dead->at_us > group->last_us)
		group->last_us = dead->at_us;
}

static int most_first(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if (left->letters != right->letters)
		return left->letters > right->letters ? -1 : 1;
	return left->one < right->one ? -1 : 1;
}

/* Nothing is added from here on: the group of the others may then stand anywhere. */
static void sort(struct dead_summary *summary)
{
	qsort(summary->groups, summary->count, sizeof *summary->groups, most_first);
}

void dead_summary_text(struct dead_summary *summary, struct weir_buf *text)
{
	static const char *const head[] = { "LETTERS", "LAST", "SINK", "STAGE", "ONE", "REASON" };
	struct table *table = table_create("rlllrl");
	char when[25];

	if (summary->count == 0)
		weir_buf_puts(text, "no dead letters\n");
	sort(summary);
	for (size_t i = 0; summary->count && i < WEIR_COUNT(head); i++)
		table_add(table, head[i]);
	for (size_t i = 0; i < summary->count; i++) {
		const struct group *group = &summary->groups[i];

		weir_time_format(group->last_us, when);
		table_add_number(table, group->letters);
		table_add(table, when);
		table_add(table, group->sink);
		table_add(table, group->stage);
		table_addf(table, "%" PRId64, group->one);
		table_addf(table, "%.100s", group->reason);
	}
	table_render(table, "", text);
	table_destroy(table);
}

static void put_text(struct weir_buf *json, const char *key, const char *value)
{
	weir_buf_printf(json, ",\"%s\":", key);
	weir_json_quote(weir_bytes(value), json);
}

void dead_summary_json(struct dead_summary *summary, struct weir_buf *json)
{
	char first[25], last[25];

	sort(summary);
	for (size_t i = 0; i < summary->count; i++) {
		const struct group *group = &summary->groups[i];

		weir_time_format(group->first_us, first);
		weir_time_format(group->last_us, last);
		weir_buf_printf(json, "{\"letters\":%" PRId64 ",\"number\":%" PRId64, group->letters,
		                group->one);
		put_text(json, "first", first);
		put_text(json, "last", last);
		put_text(json, "sink", group->sink);
		put_text(json, "stage", group->stage);
		put_text(json, "reason", group->reason);
		weir_buf_puts(json, "}\n");
	}
}
