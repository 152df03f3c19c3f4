/* fuzz_json_passes.c - the JSON reader against itself: all instruction sets, lines one by one
 * and together, explanations, salvage, copies and rendering.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <json_doc.h>

#include <stdlib.h>

static const struct json_limits limits = { 1 << 24, 1000 };
static const char *const isas[] = { "plain", "sse4.2", "avx2", "avx512" };

static struct weir_bytes padded(const uint8_t *data, size_t size, char *memory)
{
	if (size)
		memcpy(memory, data, size);
	memset(memory + size, size % 3 ? '"' : ']', WEIR_PAGE_PADDING);
	return (struct weir_bytes){ memory, size };
}

/* The first pass from a place on, as json_parse_slice starts it. */
static void compare_indexes(struct weir_bytes text, size_t from, enum weir_page_format format)
{
	struct json_doc *docs[WEIR_COUNT(isas)] = { 0 };
	enum json_indexed results[WEIR_COUNT(isas)];

	for (size_t i = 0; i < WEIR_COUNT(isas); i++) {
		if (!json_isa_use(isas[i]))
			continue;
		docs[i] = json_doc_create();
		docs[i]->view.text = text.data;
		results[i] = json_index(docs[i], from, text.len, format);
		weir_must(results[i] == results[0]);
		weir_must(docs[i]->view.count == docs[0]->view.count);
		weir_must(docs[i]->view.spaced == docs[0]->view.spaced);
		weir_must(docs[i]->escaped_count == docs[0]->escaped_count);
		weir_must(memcmp(docs[i]->index, docs[0]->index,
		                 docs[0]->view.count * sizeof(uint32_t)) == 0);
		weir_must(memcmp(docs[i]->first, docs[0]->first, docs[0]->view.count) == 0);
	}
	for (size_t i = 0; i < WEIR_COUNT(isas); i++)
		json_doc_destroy(docs[i]);
}

/* What is read, copied and written again means the same. */
static void check_value(struct weir_value v)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf once = { 0 }, twice = { 0 };
	struct weir_value copy = weir_value_copy(arena, v), again;
	struct weir_error err;

	weir_value_render(v, &once);
	weir_value_render(copy, &twice);
	weir_must(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
	weir_must(weir_json_parse(arena, (struct weir_bytes){ once.data, once.len }, &again, &err));
	weir_must(weir_value_equal(v, again));
	weir_must(weir_value_equal(copy, v));
	twice.len = 0;
	weir_value_render_pretty(v, &twice);
	weir_must(weir_json_parse(arena, (struct weir_bytes){ twice.data, twice.len }, &again, &err));
	weir_must(weir_value_equal(v, again));
	weir_buf_finish(&once);
	weir_buf_finish(&twice);
	weir_arena_destroy(arena);
}

/* Both readings of a text refuse it, or neither. */
static bool check_alone(struct weir_bytes text)
{
	struct json_doc *doc = json_doc_create();
	struct json_fault fault;
	struct weir_value v;
	struct weir_error err;
	bool sound = json_parse_value(doc, text, &limits, &v, &err);

	if (sound)
		check_value(v);
	else if (!strstr(err.text, "depth_max"))
		weir_must(json_explain(text, &fault) && fault.offset <= text.len && fault.why[0]);
	if (sound)
		weir_must(!json_explain(text, &fault));
	json_doc_destroy(doc);
	return sound;
}

static bool blank(struct weir_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!json_is_white(text.data[i]))
			return false;
	}
	return true;
}

static void check_lines(struct weir_bytes text)
{
	struct json_doc *doc = json_doc_create();
	struct weir_error err;
	const struct json_event *events;
	size_t count, at = 0;

	weir_must(json_parse_page(doc, WEIR_PAGE_LINES, text, &limits, &err));
	events = json_events(doc, &count);
	for (size_t from = 0, to; from < text.len; from = to + 1) {
		const char *end = memchr(text.data + from, '\n', text.len - from);
		struct weir_bytes line = { text.data + from, 0 };

		to = end ? (size_t)(end - text.data) : text.len;
		line.len = to - from;
		if (blank(line))
			continue;
		weir_must(at < count);
		weir_must(events[at].source.data >= line.data &&
		          events[at].source.data + events[at].source.len <= line.data + line.len);
		weir_must(check_alone(line) == !events[at].error);
		if (!events[at].error)
			check_value(events[at].value);
		at++;
	}
	weir_must(at == count);
	json_doc_destroy(doc);
}

/* Salvage takes the same events as the page, or those that are sound by themselves. */
static void check_array(struct weir_bytes text)
{
	struct json_doc *doc = json_doc_create(), *salvaged = json_doc_create();
	struct weir_error err;
	const struct json_event *events, *others;
	size_t count, other_count;
	bool sound = json_parse_page(doc, WEIR_PAGE_ARRAY, text, &limits, &err);
	bool saved = json_parse_salvage(salvaged, text, &limits, &err);

	events = json_events(doc, &count);
	others = json_events(salvaged, &other_count);
	weir_must(!sound || (saved && other_count == count));
	for (size_t i = 0; saved && i < other_count; i++) {
		weir_must(weir_bytes_equal(others[i].source, sound ? events[i].source : others[i].source));
		if (!others[i].error)
			check_value(others[i].value);
	}
	for (size_t i = 0; sound && i < count; i++) {
		weir_must(!events[i].error == !others[i].error);
		if (!events[i].error)
			weir_must(weir_value_equal(events[i].value, others[i].value));
	}
	json_doc_destroy(doc);
	json_doc_destroy(salvaged);
}

static void check_quote(struct weir_bytes text)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf json = { 0 };
	struct weir_value v;
	struct weir_bytes back;
	struct weir_error err;

	weir_json_quote(text, &json);
	weir_must(weir_json_parse(arena, (struct weir_bytes){ json.data, json.len }, &v, &err));
	weir_must(weir_value_text(v, arena, &back));
	/* Bytes that are not UTF-8 are replaced. */
	if (!weir_bytes_equal(back, text))
		weir_must(memmem(back.data, back.len, "\xef\xbf\xbd", 3));
	weir_buf_finish(&json);
	weir_arena_destroy(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *memory = malloc(size + WEIR_PAGE_PADDING);
	struct weir_bytes text = padded(data, size, memory);

	for (size_t from = 0; from <= size; from += size / 2 + 1) {
		compare_indexes(text, from, WEIR_PAGE_ARRAY);
		compare_indexes(text, from, WEIR_PAGE_LINES);
	}
	for (size_t i = 0; i < WEIR_COUNT(isas); i++) {
		if (!json_isa_use(isas[i]))
			continue;
		check_alone(text);
		check_lines(text);
		check_array(text);
	}
	check_quote(text);
	free(memory);
	return 0;
}
