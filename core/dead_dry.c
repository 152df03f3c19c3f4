/* dead_dry.c - weir dead replay --dry-run: what the rules on disk would make of each letter.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>

#include "dead_args.h"
#include "runtime.h"

struct trying {
	struct dead_args *args;
	int64_t delivered, dropped, failed, skipped;
};

static void put_json(struct weir_buf *out, const struct store_dead *dead, const char *fate,
                     const char *text)
{
	weir_buf_printf(out, "{\"number\":%" PRId64 ",\"sink\":", dead->number);
	weir_json_quote(weir_bytes(dead->sink), out);
	weir_buf_printf(out, ",\"fate\":\"%s\",\"text\":", fate);
	weir_json_quote(weir_bytes(text), out);
	weir_buf_puts(out, "}\n");
}

static void show(void *arg, const struct store_dead *dead, const struct replay_trial *trial)
{
	static const char *const names[] = {
		[TRIAL_SKIPPED] = "skipped", [TRIAL_DELIVERED] = "delivered",
		[TRIAL_DROPPED] = "dropped", [TRIAL_FAILED] = "fails again",
	};
	struct trying *trying = arg;
	struct weir_buf text = { 0 };

	trying->skipped += trial->fate == TRIAL_SKIPPED;
	trying->delivered += trial->fate == TRIAL_DELIVERED;
	trying->dropped += trial->fate == TRIAL_DROPPED;
	trying->failed += trial->fate == TRIAL_FAILED;
	if (trial->why)
		diag_line(trial->why, &text);
	else
		weir_buf_puts(&text, trial->cause ? trial->cause : trial->schemas);
	if (trying->args->json)
		put_json(&trying->args->out, dead, names[trial->fate], weir_buf_text(&text));
	else
		weir_buf_printf(&trying->args->out, "%" PRId64 " -> %s: %s: %s\n", dead->number,
		                dead->sink, names[trial->fate], weir_buf_text(&text));
	weir_buf_finish(&text);
}

static int try_all(struct dead_args *args, struct config *config, struct runtime *runtime)
{
	struct trying trying = { .args = args };
	struct store *store = state_dir_read(config->core.state_dir);
	enum weir_status status;
	struct weir_error err;

	if (!store)
		return EXIT_FAILED;
	status = runtime_try_dead(runtime, store, &args->query, show, &trying, &err);
	store_close(store);
	if (status != WEIR_OK)
		fprintf(stderr, "weir dead: not all letters could be read: %s\n", err.text);
	weir_buf_printf(&args->notes, "%" PRId64 " would be delivered, %" PRId64 " dropped, %" PRId64
	                " would fail again, %" PRId64 " skipped; nothing was sent\n",
	                trying.delivered, trying.dropped, trying.failed, trying.skipped);
	return status != WEIR_OK || trying.failed || trying.skipped ? EXIT_FAILED : EXIT_DONE;
}

int dead_replay_dry(struct dead_args *args)
{
	struct diag *diag = diag_create();
	struct config *config = load_config(&args->state.load, diag);
	struct runtime *runtime = runtime_create(config, diag);
	int code = load_report(diag);

	if (code == EXIT_DONE)
		code = try_all(args, config, runtime);
	runtime_destroy(runtime);
	config_destroy(config);
	diag_destroy(diag);
	return code;
}
