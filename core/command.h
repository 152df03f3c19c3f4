/* command.h - the subcommands of the program; one cmd_<name>.c each.
 *
 * core/cmd_<name>.c exports `const struct command cmd_<name>`; CMake lists every such file in
 * main.c's table, so that a new command is a new file and nothing else. Exit codes: 0 done,
 * 1 failed while running, 2 the configuration (or the command line) is wrong.
 *
 * run starts with args_read (args.h), which answers --help from the members below.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_COMMAND_H
#define CORE_COMMAND_H

struct command {
	const char *name;     /* "check" */
	const char *summary;  /* one sentence for `weir help`, without a full stop */
	const char *usage;    /* what follows "weir check ": "[-c FILE]... [--json]" */
	const char *help;     /* paragraphs and examples printed after the options; may be NULL */
	int (*run)(char **argv); /* argv[0] is the command's name; ends in NULL */
};

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_CONFIG = 2 };

#endif
