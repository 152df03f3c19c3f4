/* test_status_text.c - core/status_text.c and core/status_store.c through their header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"
#include "status_text.h"

static const char running[] =
	"{\"state\":\"running\",\"pid\":42,\"started\":\"2026-02-10T16:00:00.000Z\","
	"\"now\":\"2026-02-10T16:05:00.000Z\",\"sources\":[{\"name\":\"acme\",\"plugin\":\"okta\","
	"\"state\":\"waiting\",\"last_answer\":\"2026-02-10T16:04:57.000Z\",\"last_events\":null,"
	"\"position\":\"0123456789012345678901234567890123456789012345678901234567890123456789\","
	"\"trouble\":{\"text\":\"refused: grant okta.logs.read\",\"for_ms\":60000,"
	"\"next_try_ms\":4000}}],\"transforms\":[{\"name\":\"normalize\",\"plugin\":\"lua\"}],"
	"\"sinks\":[{\"name\":\"out\",\"plugin\":\"file\",\"state\":\"idle\","
	"\"delivery\":\"exactly once\"}],\"ledger\":[{\"source\":\"acme\",\"sink\":\"out\","
	"\"in\":1000,\"delivered\":980,\"dead\":1,\"dropped\":9,\"repeated\":0,\"in_flight\":10,"
	"\"dropped_because\":{\"no rule\":9}}],\"commit\":{\"components\":[{"
	"\"uncommitted_bytes\":2048,\"oldest_uncommitted_ms\":300000,\"held_by\":[\"out\"]}],"
	"\"trouble\":null}}";

static bool render(const char *json, struct weir_buf *text)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value status;
	struct weir_error err;
	bool good;

	assert_true(weir_json_parse(arena, weir_bytes(json), &status, &err));
	good = status_text(status, text);
	weir_buf_text(text);
	weir_arena_destroy(arena);
	return good;
}

static void assert_has(const struct weir_buf *text, const char *words)
{
	if (!strstr(text->data, words))
		fail_msg("'%s' is not in:\n%s", words, text->data);
}

static void a_reload_that_was_refused_is_shown(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	render("{\"state\":\"running\",\"reload\":\"refused; nothing changed: r.lua:1:2: x\"}", &text);
	assert_has(&text, "  ! reload: refused; nothing changed: r.lua:1:2: x\n");
	text.len = 0;
	render("{\"state\":\"running\",\"reload\":\"reloaded; generation 1\"}", &text);
	assert_null(strstr(weir_buf_text(&text), "reload"));
	weir_buf_finish(&text);
}

static void a_running_weir_is_shown_with_what_holds_it_up(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	assert_true(render(running, &text));
	assert_has(&text, "weir running, pid 42, started 5 min ago\n");
	assert_has(&text, "acme    okta    waiting      3 s ago        never  0123");
	assert_has(&text, "89...\n");
	assert_has(&text, "! sources.acme: refused: grant okta.logs.read (since 60 s, next try in 4 s)");
	assert_has(&text, "  TRANSFORM  PLUGIN\n  normalize  lua\n");
	assert_has(&text, "out   file    idle   exactly once\n");
	assert_has(&text, "acme \xe2\x86\x92 out  1,000  =        980  +     1  +        9  +         0  +"
	                  "         10  \xe2\x9c\x93\n");
	assert_has(&text, "acme \xe2\x86\x92 out dropped 9: no rule\n");
	assert_has(&text, "commit: 2048 bytes wait since 5 min for out\n");
	weir_buf_finish(&text);
}

static void a_ledger_that_does_not_add_up_is_told(void **state)
{
	char *json = weir_strdup(running);
	struct weir_buf text = { 0 };

	(void)state;
	memcpy(strstr(json, "\"delivered\":980"), "\"delivered\":981", 15);
	assert_false(render(json, &text));
	assert_has(&text, "does not add up");
	weir_buf_finish(&text);
	weir_free(json);
}

static void a_snapshot_with_nothing_in_it_is_shown(void **state)
{
	struct weir_buf text = { 0 };

	(void)state;
	assert_true(render("{}", &text));
	assert_true(render("[]", &text));
	weir_buf_finish(&text);
}

static void what_the_store_knows_is_shown_when_none_runs(void **state)
{
	const struct store_position positions[] = {
		{ WEIR_SOURCE, "acme", "okta", 1, "next" },
		{ WEIR_SINK, "out", "file", 1, "length" },
	};
	const struct store_count counts[] = {
		{ "acme", "out", STORE_IN, NULL, 10 },
		{ "acme", "out", STORE_DELIVERED, NULL, 6 },
		{ "acme", "out", STORE_DROPPED, "no rule", 3 },
		{ "acme", "out", STORE_DROPPED, "unlisted", 1 },
	};
	struct store_commit commit = { .positions = positions, .position_count = 2,
		                       .counts = counts, .count_count = 4 };
	struct weir_arena *arena = weir_arena_create();
	struct weir_buf text = { 0 };
	struct weir_value status;
	enum store_opened opened;
	struct weir_error err;
	struct store *store;
	char *note;

	store = store_open(*state, STORE_OWN, NULL, &opened, &note, &err);
	assert_non_null(store);
	assert_int_equal(store_commit(store, &commit, &err), WEIR_OK);
	status = status_of_store(store, arena);
	assert_true(status_text(status, &text));
	weir_buf_text(&text);
	assert_has(&text, "no weir runs here");
	assert_has(&text, "acme    okta");
	assert_has(&text, "acme \xe2\x86\x92 out  10  =          6  +     0  +        4");
	assert_has(&text, "dropped 3: no rule");
	text.len = 0;
	status_prometheus(status, &text);
	weir_buf_text(&text);
	assert_has(&text, "weir_up 0\n");
	assert_has(&text, "weir_events_total{source=\"acme\",sink=\"out\",fate=\"dropped\"} 4\n");
	weir_buf_finish(&text);
	store_close(store);
	weir_arena_destroy(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reload_that_was_refused_is_shown),
		cmocka_unit_test(a_running_weir_is_shown_with_what_holds_it_up),
		cmocka_unit_test(a_ledger_that_does_not_add_up_is_told),
		cmocka_unit_test(a_snapshot_with_nothing_in_it_is_shown),
		cmocka_unit_test_setup_teardown(what_the_store_knows_is_shown_when_none_runs,
		                                scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
