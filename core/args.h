/* args.h - a command's options: rows x argv -> variables, and the help printed from the rows.
 *
 *   static int run(char **argv)
 *   {
 *           struct check_args got = { 0 };
 *           const struct arg rows[] = {
 *                   { "config", 'c', "FILE", "later ones win", .many = &got.files },
 *                   { "json", 0, NULL, "print JSON", .flag = &got.json },
 *                   { 0 },
 *           };
 *           int code = EXIT_DONE;
 *
 *           if (!args_read(&cmd_check, rows, &got.rest, argv, &code))
 *                   return code;
 *
 * Accepted: --name VALUE, --name=VALUE, -c VALUE, -cVALUE, flags, and -- before words that start
 * with a dash. Main thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_ARGS_H
#define CORE_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weir/util.h>

#include "command.h"
#include "names.h"

/* Words in order; items points at argv's strings and ends in NULL. args_finish frees the array.
 * Zeroed memory is an empty list, whose items is NULL. */
struct args_list {
	const char **items;
	size_t count;
};

/* A row sets one of its targets; of the rows of one command each has a name of its own. */
struct arg {
	const char *name;   /* "config"; the end of the rows has NULL */
	char letter;        /* 'c', or 0 */
	const char *value;  /* "FILE"; NULL for a flag */
	const char *doc;    /* one line */
	bool *flag;
	const char **text;        /* the last one counts */
	struct args_list *many;   /* may be given several times */
	int64_t *number;          /* a whole number, not negative */
};

/* Reads argv[1] and after (argv ends in NULL) into the rows' targets, and the words that are no
 * options into words (NULL: there may be none). True: go on. False: return *code at once: --help
 * was printed, or a mistake was (with the nearest option), code 2. */
bool args_read(const struct command *command, const struct arg *rows, struct args_list *words,
               char **argv, int *code);
void args_finish(struct args_list *list);
/* A mistake on the command line, found by the command: prints "weir check: text" and where to
 * look; returns EXIT_CONFIG. */
int args_wrong(const struct command *command, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for a name that is none of a list: with the nearest, or all when they are few. what:
 * "source". */
int args_unknown(const struct command *command, const char *what, const char *name,
                 const struct names *names);
void args_help(const struct command *command, const struct arg *rows,
               struct weir_buf *text);

#endif
