/* dead_talk.c - what a command and a running weir say to each other about dead letters.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "dead_talk.h"

#include <inttypes.h>
#include <stdio.h>

static void put_name(struct weir_buf *request, const char *key, const char *name)
{
	if (!name)
		return;
	weir_buf_printf(request, ",\"%s\":", key);
	weir_json_quote(weir_bytes(name), request);
}

void dead_talk_put_query(const char *command, const struct store_dead_query *query,
                         struct weir_buf *request)
{
	weir_buf_printf(request, "{\"command\":\"%s\",\"since_us\":%" PRId64, command,
	                query->since_us);
	put_name(request, "source", query->source);
	put_name(request, "sink", query->sink);
	for (size_t i = 0; i < query->number_count; i++)
		weir_buf_printf(request, "%s%" PRId64, i ? "," : ",\"numbers\":[",
		                query->numbers[i]);
	weir_buf_puts(request, query->number_count ? "]}" : "}");
}

static bool read_name(struct weir_value request, const char *key, struct weir_arena *arena,
                      const char **name)
{
	struct weir_value value = weir_value_get(request, key);
	struct weir_bytes text;

	if (weir_is_nothing(value))
		return true;
	if (!weir_value_text(value, arena, &text))
		return false;
	*name = weir_arena_format(arena, "%.*s", (int)text.len, text.data);
	return true;
}

static bool read_numbers(struct weir_value list, struct weir_arena *arena,
                         struct store_dead_query *query)
{
	size_t count = weir_value_count(list);
	int64_t *numbers = weir_arena_alloc(arena, (count + 1) * sizeof *numbers);
	struct weir_each each = weir_each(list);

	if (weir_is_nothing(list))
		return true;
	query->numbers = numbers;
	while (weir_next(&each)) {
		if (!weir_value_int(each.value, &numbers[query->number_count++]))
			return false;
	}
	return query->number_count > 0;
}

bool dead_talk_read_query(struct weir_value request, struct weir_arena *arena,
                          struct store_dead_query *query, struct weir_error *err)
{
	struct weir_value since = weir_value_get(request, "since_us");

	*query = (struct store_dead_query){ 0 };
	if (read_name(request, "source", arena, &query->source)
	    && read_name(request, "sink", arena, &query->sink)
	    && read_numbers(weir_value_get(request, "numbers"), arena, query)
	    && (weir_is_nothing(since) || weir_value_int(since, &query->since_us)))
		return true;
	weir_fail(err, WEIR_E_DATA, "a request that this weir does not understand");
	return false;
}

/* ---- what became of them ------------------------------------------------------------------ */

static const struct sum_row {
	const char *name;
	size_t offset;
} sum_rows[] = {
	{ "sent", offsetof(struct replay_sum, sent) },
	{ "delivered", offsetof(struct replay_sum, delivered) },
	{ "dropped", offsetof(struct replay_sum, dropped) },
	{ "failed", offsetof(struct replay_sum, failed) },
	{ "skipped", offsetof(struct replay_sum, skipped) },
};

void dead_talk_put_sum(const struct replay_sum *sum, struct weir_buf *answer)
{
	bool ok = !sum->why.text[0];

	weir_buf_printf(answer, "{\"ok\":%s", ok ? "true" : "false");
	for (size_t i = 0; i < WEIR_COUNT(sum_rows); i++)
		weir_buf_printf(answer, ",\"%s\":%" PRId64, sum_rows[i].name,
		                *(const int64_t *)((const char *)sum + sum_rows[i].offset));
	weir_buf_puts(answer, ",\"notes\":");
	weir_json_quote((struct weir_bytes){ sum->notes.data, sum->notes.len }, answer);
	put_name(answer, "error", ok ? NULL : sum->why.text);
	weir_buf_putc(answer, '}');
}

void dead_talk_read_sum(struct weir_value answer, struct weir_arena *arena,
                        struct replay_sum *sum)
{
	struct weir_bytes text;
	bool ok = false;

	*sum = (struct replay_sum){ 0 };
	for (size_t i = 0; i < WEIR_COUNT(sum_rows); i++)
		weir_value_int(weir_value_get(answer, sum_rows[i].name),
		               (int64_t *)((char *)sum + sum_rows[i].offset));
	if (weir_value_text(weir_value_get(answer, "notes"), arena, &text))
		weir_buf_add(&sum->notes, text.data, text.len);
	if (weir_value_bool(weir_value_get(answer, "ok"), &ok) && ok)
		return;
	if (weir_value_text(weir_value_get(answer, "error"), arena, &text))
		weir_fail(&sum->why, WEIR_E_RESOURCE, "%.*s", (int)text.len, text.data);
	else
		weir_fail(&sum->why, WEIR_E_RESOURCE, "the answer cannot be read");
}
