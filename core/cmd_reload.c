/* cmd_reload.c - weir reload: tells a running weir to read its configuration again.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "reload_ask.h"
#include "state_dir.h"

extern const struct command cmd_reload;

static int run(char **argv)
{
	struct state_args args = { 0 };
	const struct arg rows[] = { STATE_ROWS(args), { 0 } };
	const char *dir;
	int code = EXIT_DONE;

	if (args_read(&cmd_reload, rows, NULL, argv, &code) &&
	    (dir = state_dir_find(&args, &code)) != NULL)
		code = reload_ask("weir reload", dir);
	state_args_finish(&args);
	return code;
}

const struct command cmd_reload = {
	.name = "reload",
	.summary = "Make a running weir read its configuration and rules again",
	.usage = "[-c FILE]... [--state-dir DIR]",
	.help = "What did not change keeps its connection, token and position; no event is lost or\n"
	        "repeated. When something is wrong nothing changes, the mistakes are printed, and the\n"
	        "exit code is 2. SIGHUP does the same.\n"
	        "\n"
	        "  weir reload -c weir.yaml\n",
	.run = run,
};
