/* cmd_backfill.c - weir backfill: reads a stretch of a source's past, beside the live lane.
 *
 * Lives here: options, beginning. Not here: asking the weir that carries it out (backfill_ask.c),
 * following it (backfill_follow.c), a weir for it when none runs (backfill_child.c), carrying it out
 * (lane.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <unistd.h>

#include "backfill.h"
#include "backfill_child.h"
#include "clock.h"
#include "interrupt.h"
#include "print.h"
#include "unit.h"

enum { GREET_MS = 100 };

extern const struct command cmd_backfill;

static int cancel(const struct backfill *b)
{
	struct weir_error err = { 0 };
	enum asked asked = backfill_ask_for(b, "backfill_cancel", &err);
	bool ok = asked == ASKED || (asked == NOBODY && backfill_cancel_stored(b, &err));

	if (!ok)
		return backfill_complain(err.text);
	print_text("cancelled; what was delivered stays\n");
	return EXIT_DONE;
}

/* ---- beginning -------------------------------------------------------------------------------- */

/* Until the weir that was started answers. The exit code, or FOLLOW_ON. */
static int wait_for_child(struct backfill *b)
{
	int code = EXIT_FAILED;

	while (backfill_greet(b) != ASKED) {
		if (backfill_child_ended(b->child, &code)) {
			b->child = 0;
			return code;
		}
		if (interrupt_came(GREET_MS))
			return EXIT_FAILED;
	}
	return FOLLOW_ON;
}

static int start_child(struct backfill *b)
{
	if (b->state.dir)
		return backfill_complain("no weir runs with that state; give its configuration (-c), so that one can "
		                "be run for it");
	if (b->detach)
		return backfill_complain("no weir runs that could go on with it; leave --detach out");
	b->child = backfill_child_start(&b->state.load);
	if (b->child < 0) {
		b->child = 0;
		return EXIT_FAILED;
	}
	/* Its log would run through the bar. */
	b->bar = b->bar && !isatty(STDERR_FILENO);
	return wait_for_child(b);
}

static int begin(struct backfill *b)
{
	struct weir_error err = { 0 };
	const char *command = b->since ? "backfill" : "backfills";
	enum asked asked = backfill_ask_for(b, command, &err);
	int code = FOLLOW_ON;

	if (asked == NOBODY) {
		code = start_child(b);
		if (code == FOLLOW_ON)
			asked = backfill_ask_for(b, command, &err);
	}
	if (code == FOLLOW_ON && asked != ASKED) {
		backfill_complain(err.text);
		code = asked == REFUSED ? EXIT_CONFIG : EXIT_FAILED;
	}
	return code;
}

static int carry_out(struct backfill *b)
{
	int code;

	interrupt_hold();
	code = begin(b);
	if (code == FOLLOW_ON)
		code = b->detach ? EXIT_DONE : backfill_follow(b);
	if (b->child)
		backfill_child_stop(b->child);
	return code;
}

/* ---- the command --------------------------------------------------------------------------------- */

static bool read_time(const char *option, const char *text, int64_t *micros)
{
	struct weir_error err = { 0 };
	struct weir_time time = { 0 };

	if (!unit_time(text, &time, &err)) {
		args_wrong(&cmd_backfill, "--%s: %s", option, err.text);
		return false;
	}
	if (time.when == WEIR_WHEN_EARLIEST) {
		args_wrong(&cmd_backfill, "--%s: write a time or so long ago (-30d)", option);
		return false;
	}
	*micros = time.when == WEIR_WHEN_AT    ? time.micros
	          : time.when == WEIR_WHEN_AGO ? clock_now_us() - time.micros
	                                       : clock_now_us();
	return true;
}

static bool read_share(struct backfill *b)
{
	struct weir_error err = { 0 };

	if (!unit_percent(b->share ? b->share : "10%", &b->part, &err)) {
		args_wrong(&cmd_backfill, "--share: %s", err.text);
		return false;
	}
	if (b->part > 0)
		return true;
	args_wrong(&cmd_backfill, "--share must be more than 0%%");
	return false;
}

static bool is_sound(struct backfill *b)
{
	if (b->list)
		return true;
	if (!b->source) {
		args_wrong(&cmd_backfill, "--source is missing; or write --list");
		return false;
	}
	if (!b->since && (b->until || b->dry)) {
		args_wrong(&cmd_backfill, "--since is missing");
		return false;
	}
	return (!b->since || read_time("since", b->since, &b->since_us))
	       && read_time("until", b->until ? b->until : "now", &b->until_us) && read_share(b);
}

static int run_with(struct backfill *b)
{
	int code = EXIT_CONFIG;

	if (!is_sound(b))
		return code;
	b->dir = state_dir_find(&b->state, &code);
	if (!b->dir)
		return code;
	if (!state_names_check(&cmd_backfill, &b->state, WEIR_SOURCE, b->source))
		return EXIT_CONFIG;
	b->bar = isatty(STDOUT_FILENO) && !b->json;
	return b->list ? backfill_show_list(b) : b->cancel ? cancel(b) : carry_out(b);
}

static int run(char **argv)
{
	struct backfill b = { 0 };
	const struct arg rows[] = {
		STATE_ROWS(b.state),
		{ "source", 0, "NAME", "the source whose past is read", .text = &b.source },
		{ "since", 0, "TIME", "from then on: a timestamp, or so long ago (-30d)",
		  .text = &b.since },
		{ "until", 0, "TIME", "up to then; left out, now", .text = &b.until },
		{ "share", 0, "PERCENT", "of the peer's rate limit, beside the live lane's; 10%",
		  .text = &b.share },
		{ "dry-run", 0, NULL, "only tell what it would take", .flag = &b.dry },
		{ "detach", 0, NULL, "do not follow it", .flag = &b.detach },
		{ "list", 0, NULL, "list the backfills there are or were", .flag = &b.list },
		{ "cancel", 0, NULL, "end the one of that source", .flag = &b.cancel },
		{ "json", 0, NULL, "print lines of JSON", .flag = &b.json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_backfill, rows, NULL, argv, &code))
		code = run_with(&b);
	state_args_finish(&b.state);
	return code;
}

const struct command cmd_backfill = {
	.name = "backfill",
	.summary = "Read a stretch of a source's past, beside what it reads now",
	.usage = "--source NAME [--since TIME [--until TIME]] [--share PERCENT] [--dry-run]\n"
	         "                     [--cancel | --list] [-c FILE]... [--json]",
	.help = "The running weir carries it out, and goes on with it after a restart; Ctrl-C ends only the\n"
	        "command. When no weir runs, the command runs one that reads nothing else. Without --since\n"
	        "it follows the backfill that is under way. Events that were delivered before are not\n"
	        "delivered again; where their ids are no longer known, the window is refused.\n"
	        "\n"
	        "  weir backfill --source acme --since -30d --until -7d --dry-run\n"
	        "  weir backfill --source acme --since 2026-01-01T00:00:00Z --until 2026-02-01T00:00:00Z\n"
	        "  weir backfill --list\n",
	.run = run,
};
