/* command.h - the subcommands of the program; one cmd_<name>.c each.
 *
 * Each exports one struct command; main.c's table lists them. Exit codes: 0 done, 1 failed
 * while running, 2 the configuration (or the command line) is wrong.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

struct command {
	const char *name;     /* "check" */
	const char *summary;  /* one sentence for `weir help` */
	const char *usage;    /* whole help text: usage line, options, examples */
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_CONFIG = 2 };

#endif
