/* status_ask.c - the status of a running weir, or else of its store.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "status_text.h"

#include "control.h"

#define ANSWER_MS 10000

static bool read_answer(const struct weir_buf *answer, struct weir_arena *arena,
                        struct weir_value *status, struct weir_error *err)
{
	/* Values point into their text, which has to live as long. */
	struct weir_bytes kept =
		weir_arena_copy(arena, (struct weir_bytes){ answer->data, answer->len });
	struct weir_bytes why = { 0 };
	struct weir_value reply;
	bool ok = false;

	if (!weir_json_parse(arena, kept, &reply, err)) {
		weir_while(err, "the answer is not JSON");
		return false;
	}
	weir_value_bool(weir_value_get(reply, "ok"), &ok);
	*status = weir_value_get(reply, "status");
	if (ok)
		return true;
	weir_value_text(weir_value_get(reply, "error"), arena, &why);
	weir_fail(err, WEIR_E_DATA, "%.*s", (int)why.len, why.data ? why.data : "");
	return false;
}

bool status_ask(const char *state_dir, struct weir_arena *arena, struct weir_value *status,
                struct weir_error *err)
{
	struct weir_buf answer = { 0 };
	enum store_opened opened;
	struct store *store;
	char *note = NULL;
	bool ok;

	if (control_ask(state_dir, "{\"command\":\"status\"}", &answer, ANSWER_MS, err)) {
		ok = read_answer(&answer, arena, status, err);
		weir_buf_finish(&answer);
		return ok;
	}
	weir_buf_finish(&answer);
	if (err->code != WEIR_E_UNREACHABLE)
		return false;
	store = store_open(state_dir, STORE_READ, NULL, &opened, &note, err);
	weir_free(note);
	if (!store)
		return false;
	*status = status_of_store(store, arena);
	store_close(store);
	return true;
}
