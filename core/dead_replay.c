/* dead_replay.c - weir dead replay and drop: by the weir that runs, or without one.
 *
 * Lives here: whom to ask, and telling the end. Not here: sending (replay.c), dropping (drop.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "control.h"
#include "dead_args.h"
#include "dead_talk.h"
#include "drop.h"
#include "interrupt.h"
#include "run.h"

/* A drop of very many letters takes a while. */
#define ANSWER_MS (24 * 3600 * INT64_C(1000))

enum { LOOK_MS = 50, CANCEL_MS = 10000 };

static int fail(struct dead_args *args, const char *why)
{
	weir_buf_printf(&args->notes, "weir dead: %s\n", why);
	return EXIT_FAILED;
}

/* Asks the weir that runs; false when none does. */
static bool ask(const char *dir, const char *command, const struct store_dead_query *query,
                struct weir_buf *answer, struct weir_error *err)
{
	struct weir_buf request = { 0 };
	bool ok;

	dead_talk_put_query(command, query, &request);
	ok = control_ask(dir, weir_buf_text(&request), answer, ANSWER_MS, err);
	weir_buf_finish(&request);
	return ok;
}

/* ---- replay ------------------------------------------------------------------------------- */

struct ending {
	struct dead_args *args;
	int code;
};

static void show_sum(void *arg, const struct replay_sum *sum)
{
	struct ending *ending = arg;
	struct weir_buf *out = &ending->args->out;

	if (sum->why.text[0] && !sum->sent && !sum->skipped) {
		ending->code = fail(ending->args, sum->why.text); /* it did not begin */
		return;
	}
	if (ending->args->json) {
		dead_talk_put_sum(sum, out);
		weir_buf_putc(out, '\n');
	} else {
		weir_buf_printf(out, "replayed %" PRId64 ": %" PRId64 " delivered, %" PRId64 " dropped by rule, %" PRId64
		                " failed again; %" PRId64 " skipped\n",
		                sum->sent, sum->delivered, sum->dropped, sum->failed,
		                sum->skipped);
	}
	weir_buf_add(&ending->args->notes, sum->notes.data, sum->notes.len);
	if (sum->failed && !sum->delivered)
		weir_buf_puts(&ending->args->notes, "a weir that runs goes by the rules that it has read: "
		              "when they were mended, weir reload comes first\n");
	if (sum->why.text[0])
		fail(ending->args, sum->why.text);
	if (sum->why.text[0] || sum->failed || sum->skipped)
		ending->code = EXIT_FAILED;
}

static int show_answer(struct ending *ending, const struct weir_buf *answer)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value value = { 0 };
	struct weir_error err;
	struct replay_sum sum;

	weir_json_parse(arena, (struct weir_bytes){ answer->data, answer->len }, &value, &err);
	dead_talk_read_sum(value, arena, &sum);
	show_sum(ending, &sum);
	weir_buf_finish(&sum.notes);
	weir_arena_destroy(arena);
	return ending->code;
}

static int replay_alone(struct ending *ending)
{
	int code;

	if (ending->args->state.dir)
		return fail(ending->args, "no weir runs with that state_dir; to replay without one, name its "
		            "configuration instead: -c FILE");
	code = run_replay(&ending->args->state.load, &ending->args->query, show_sum, ending);
	return code == EXIT_DONE ? ending->code : code;
}

/* The answer comes when the letters that were sent are committed. */
static void cancel(const char *dir)
{
	struct weir_buf ignored = { 0 };
	struct weir_error err;

	fputs("weir dead: stopping behind the letters that were sent; Ctrl-C again does not wait for "
	      "them\n", stderr);
	control_ask(dir, "{\"command\":\"replay_cancel\"}", &ignored, CANCEL_MS, &err);
	weir_buf_finish(&ignored);
}

/* Until the answer has come: Ctrl-C ends the replay, and a second one the waiting. */
static bool wait_for_end(const char *dir, int fd, struct weir_buf *answer, struct weir_error *err)
{
	bool cancelled = false;
	enum control_reply reply;

	while ((reply = control_receive(fd, answer, LOOK_MS)) == CONTROL_LATE) {
		if (!interrupt_came(0))
			continue;
		if (cancelled)
			break;
		cancel(dir);
		cancelled = true;
	}
	if (reply == CONTROL_LATE)
		weir_fail(err, WEIR_E_RESOURCE, "the running weir ends it when the letters that were sent "
		          "are committed; weir dead list shows what is left");
	else if (reply == CONTROL_LOST)
		weir_fail(err, WEIR_E_RESOURCE, "the weir with state_dir %s did not answer", dir);
	return reply == CONTROL_ANSWERED;
}

/* By the weir that runs; false: err. */
static bool ask_to_replay(struct dead_args *args, const char *dir, struct weir_buf *answer,
                          struct weir_error *err)
{
	struct weir_buf request = { 0 };
	bool done;
	int fd;

	dead_talk_put_query("replay", &args->query, &request);
	fd = control_send(dir, weir_buf_text(&request), CANCEL_MS, err);
	done = fd >= 0 && wait_for_end(dir, fd, answer, err);
	if (fd >= 0)
		close(fd);
	weir_buf_finish(&request);
	return done;
}

int dead_replay(struct dead_args *args, const char *dir)
{
	struct ending ending = { .args = args };
	struct weir_buf answer = { 0 };
	struct weir_error err;
	int code;

	interrupt_hold();
	if (ask_to_replay(args, dir, &answer, &err))
		code = show_answer(&ending, &answer);
	else if (err.code == WEIR_E_UNREACHABLE)
		code = replay_alone(&ending);
	else
		code = fail(args, err.text);
	weir_buf_finish(&answer);
	return code;
}

/* ---- drop --------------------------------------------------------------------------------- */

static int show_dropped(struct dead_args *args, int64_t letters)
{
	if (args->json)
		weir_buf_printf(&args->out, "{\"dropped\":%" PRId64 "}\n", letters);
	else if (letters == 0)
		weir_buf_puts(&args->out, "dropped none: there is no such dead letter; see weir dead list\n");
	else
		weir_buf_printf(&args->out, "dropped %" PRId64 " dead letter%s\n", letters,
		                letters == 1 ? "" : "s");
	return EXIT_DONE;
}

static int show_drop_answer(struct dead_args *args, const struct weir_buf *answer)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value value;
	struct weir_error err;
	bool ok = control_read(answer, arena, &value, &err);
	int64_t letters;
	int code = EXIT_DONE;

	if (weir_value_int(weir_value_get(value, "dropped"), &letters) && (ok || letters))
		code = show_dropped(args, letters);
	if (!ok)
		code = fail(args, err.text);
	weir_arena_destroy(arena);
	return code;
}

static int drop_alone(struct dead_args *args, const char *dir)
{
	struct ledger ledger;
	struct drop drop = { .ledger = &ledger, .query = &args->query, .cause = "dropped by hand" };
	struct store_dead_size gone;
	struct weir_error err = { 0 };
	enum store_opened opened;
	enum weir_status status;
	char *note;

	drop.store = store_open(dir, STORE_OWN, NULL, &opened, &note, &err);
	if (note)
		weir_buf_printf(&args->notes, "weir: %s\n", note);
	weir_free(note);
	if (!drop.store)
		return fail(args, err.text);
	ledger_init(&ledger);
	status = drop_all(&drop, &gone, &err);
	ledger_finish(&ledger);
	store_close(drop.store);
	show_dropped(args, gone.letters);
	return status == WEIR_OK ? EXIT_DONE : fail(args, err.text);
}

int dead_drop(struct dead_args *args, const char *dir)
{
	struct weir_buf answer = { 0 };
	struct weir_error err;
	int code;

	if (ask(dir, "drop", &args->query, &answer, &err))
		code = show_drop_answer(args, &answer);
	else if (err.code == WEIR_E_UNREACHABLE)
		code = drop_alone(args, dir);
	else
		code = fail(args, err.text);
	weir_buf_finish(&answer);
	return code;
}
