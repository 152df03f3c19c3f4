/* cmd_run.c - weir run: a pipeline until its sources are done or somebody stops it.
 *
 * Lives here: signals, the store, the control socket, and in which order they come and go. Not
 * here: the pipeline (runtime.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "run.h"
#include "serve.h"
#include "watch.h"

enum { CONNECTIONS_MAX = 256 };

extern const struct command cmd_run;

struct run {
	const struct load_args *load;
	struct config *config;
	struct runtime *runtime;
	struct loop *loop;
	struct http *http;
	struct store *store;
	struct serve *serve;
	struct watch_set *watch; /* NULL: nobody wants it */
	int signals;
	bool backfill_only;
	unsigned reloads;   /* tried; a line with a number is not held back as said before */

	const struct store_dead_query *letters; /* only these are sent; NULL: an ordinary run */
	replay_told *told;
	void *arg;
};

/* ---- reload ----------------------------------------------------------------------- */

static void log_mistakes(struct diag *diag)
{
	const struct weir_error *err;
	bool warning;

	for (size_t i = 0; (err = diag_at(diag, i, &warning)) != NULL; i++)
		log_error(WEIR_WARN, "weir", err);
}

static struct config *read_again(void *arg, struct diag *diag)
{
	const struct run *run = arg;

	return load_config_again(run->load, diag);
}

static void judged(void *arg, bool ok, struct diag *diag)
{
	struct run *run = arg;

	run->reloads++;
	log_mistakes(diag);
	if (!ok)
		log_line(WEIR_WARN, "weir", "reload %u refused; nothing changed", run->reloads);
}

static void watch_file(void *arg, const char *path)
{
	struct run *run = arg;

	watch_add(run->watch, path);
}

static void file_changed(void *arg)
{
	struct run *run = arg;

	log_line(WEIR_INFO, "weir", "a file changed; reload %u", run->reloads + 1);
	runtime_reload(run->runtime, NULL, NULL);
}

/* What there is to watch may be different after each reload. */
static void watch_files(void *arg)
{
	struct run *run = arg;
	struct weir_error err = { 0 };

	if (!runtime_watches(run->runtime)) {
		watch_destroy(run->watch);
		run->watch = NULL;
		return;
	}
	if (!run->watch)
		run->watch = watch_create(run->loop, file_changed, run, &err);
	if (!run->watch) {
		log_error(WEIR_WARN, "weir", &err);
		return;
	}
	watch_begin(run->watch, runtime_read_us(run->runtime));
	runtime_each_file(run->runtime, watch_file, run);
	watch_end(run->watch);
}

/* ---- signals ---------------------------------------------------------------------- */

static void take_signal(void *arg, int fd, uint32_t events)
{
	struct run *run = arg;
	struct signalfd_siginfo info;

	(void)events;
	if (read(fd, &info, sizeof info) != sizeof info)
		return;
	if (info.ssi_signo == SIGHUP) {
		runtime_reload(run->runtime, NULL, NULL);
		return;
	}
	log_line(WEIR_INFO, "weir", "stopping");
	runtime_stop(run->runtime);
}

/* Before anything else: a signal that comes early waits for the loop. And before any thread is
 * made, so that all of them leave signals to it. */
static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* ---- parts -------------------------------------------------------------------------- */

static bool open_store(struct run *run, struct weir_error *err)
{
	const struct core_options *core = &run->config->core;
	struct store_limits limits = { core->seen_for, core->seen_count };
	enum store_opened opened;
	char *note = NULL;

	run->store = store_open(core->state_dir, STORE_OWN, &limits, &opened, &note, err);
	if (note)
		log_line(WEIR_WARN, "weir", "%s", note);
	else if (run->store && opened == STORE_NEW)
		log_line(WEIR_INFO, "weir", "state_dir: %s held no state: sources begin at their `start`",
		         core->state_dir);
	weir_free(note);
	return run->store != NULL;
}

static bool prepare(struct run *run, struct weir_error *err)
{
	if (!open_store(run, err))
		return false;
	run->loop = loop_create(err);
	if (!run->loop)
		return false;
	run->http = http_create(run->loop, CONNECTIONS_MAX);
	if (run->signals < 0 || !loop_watch(run->loop, run->signals, EPOLLIN, take_signal, run)) {
		weir_fail(err, WEIR_E_RESOURCE, "no descriptor for signals");
		return false;
	}
	return true;
}

/* Without it weir runs as well, but nobody can ask it. */
static void listen_for_commands(struct run *run)
{
	struct weir_error err = { 0 };

	run->serve = serve_create(run->loop, run->config->core.state_dir, run->runtime, &err);
	if (!run->serve)
		log_error(WEIR_WARN, "weir", &err);
}

static int run_pipeline(struct run *run)
{
	const struct reload_hooks hooks = { read_again, judged, watch_files, run };
	struct weir_error err = { 0 };
	int code = EXIT_FAILED;

	if (prepare(run, &err)) {
		runtime_on_reload(run->runtime, &hooks);
		listen_for_commands(run);
		watch_files(run);
		log_line(WEIR_INFO, "weir", "running");
		code = runtime_run(run->runtime, run->loop, run->http, run->store);
		log_line(WEIR_INFO, "weir", "stopped");
		/* What is not committed comes again, as after a crash. */
		if (runtime_is_stuck(run->runtime))
			_exit(code);
	} else {
		log_error(WEIR_WARN, "weir", &err);
		code = err.code == WEIR_E_CONFIG ? EXIT_CONFIG : EXIT_FAILED;
	}
	serve_destroy(run->serve);
	watch_destroy(run->watch);
	runtime_destroy(run->runtime);
	http_destroy(run->http);
	loop_destroy(run->loop);
	store_close(run->store);
	return code;
}

static int start(struct run *run)
{
	struct diag *diag = diag_create();
	int code;

	run->signals = block_signals();
	run->config = load_config(run->load, diag);
	log_setup(run->letters ? WEIR_WARN : (enum weir_level)run->config->core.log_level,
	          (enum log_format)run->config->core.log_format);
	run->runtime = runtime_create(run->config, diag);
	code = load_report(diag);
	if (run->runtime && run->backfill_only)
		runtime_backfill_only(run->runtime);
	if (run->runtime && run->letters)
		runtime_replay_only(run->runtime, run->letters, run->told, run->arg);
	diag_destroy(diag);
	if (code == EXIT_DONE)
		code = run_pipeline(run);
	config_destroy(run->config);
	if (run->signals >= 0)
		close(run->signals);
	return code;
}

int run_replay(const struct load_args *load, const struct store_dead_query *query,
               replay_told *told, void *arg)
{
	struct run run = { .load = load, .letters = query, .told = told, .arg = arg };

	return start(&run);
}

static int run(char **argv)
{
	struct load_args load = { 0 };
	struct run run = { .load = &load };
	const struct arg rows[] = {
		LOAD_ROWS(load),
		{ "backfill-only", 0, NULL, "carry out backfills, read nothing new, and end when none is left",
		  .flag = &run.backfill_only },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_run, rows, NULL, argv, &code))
		code = start(&run);
	load_finish(&load);
	return code;
}

const struct command cmd_run = {
	.name = "run",
	.summary = "Run a pipeline until its sources are done or it is stopped",
	.usage = "[-c FILE]... [--plugins DIR]... [--backfill-only]",
	.help = "SIGHUP reads the configuration and the rules again; a mistake in them changes nothing.\n"
	        "SIGTERM and SIGINT stop it within two seconds; what was not delivered and committed\n"
	        "by then comes again at the next start. Exit code 0 when it was stopped or all sources\n"
	        "are done, 1 when it could not start, 2 when the configuration is wrong.\n"
	        "\n"
	        "  weir run -c weir.yaml\n",
	.run = run,
};
