/* state_dir.c - from --state-dir or a configuration to the folder of state.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "state_dir.h"

#include <stdio.h>

static char *ask_config(struct state_args *args, int *code)
{
	struct diag *diag = diag_create();
	struct config *config = load_config(&args->load, diag);
	char *dir = weir_strdup(config->core.state_dir);

	if (!dir) {
		*code = load_report(diag);
		if (*code == EXIT_DONE) {
			fputs("weir: the configuration has no state_dir\n", stderr);
			*code = EXIT_CONFIG;
		}
	}
	if (diag_errors(diag) == 0)
		args->config = config;
	else
		config_destroy(config);
	diag_destroy(diag);
	return dir;
}

const char *state_dir_find(struct state_args *args, int *code)
{
	if (args->dir)
		return args->dir;
	args->found = ask_config(args, code);
	return args->found;
}

void state_args_finish(struct state_args *args)
{
	load_finish(&args->load);
	config_destroy(args->config);
	args->config = NULL;
	weir_free(args->found);
	args->found = NULL;
}

struct store *state_dir_read(const char *dir)
{
	struct weir_error err = { 0 };
	enum store_opened opened;
	char *note;
	struct store *store = store_open(dir, STORE_READ, NULL, &opened, &note, &err);

	if (!store)
		fprintf(stderr, "weir: %s\n", err.text);
	return store;
}

void state_dir_plain(struct weir_bytes text, struct weir_buf *line)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (c < 0x20 || c == 0x7f)
			weir_buf_printf(line, "\\x%02x", c);
		else
			weir_buf_putc(line, (char)c);
	}
}
