/* trial.h - a folder for the files of one test, and what a diag says.
 *
 * For unit tests; everything is static, so that a test may use what it needs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_TRIAL_H
#define TESTS_TRIAL_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"

#define TRIAL __attribute__((unused)) static

static char trial[64];

TRIAL int trial_setup(void **state)
{
	(void)state;
	snprintf(trial, sizeof trial, "/tmp/weir_test.XXXXXX");
	return mkdtemp(trial) ? 0 : -1;
}

static int trial_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

TRIAL int trial_teardown(void **state)
{
	(void)state;
	return nftw(trial, trial_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a name in the folder; valid for the next seven calls. */
TRIAL const char *trial_path(const char *name)
{
	static char paths[8][256];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", trial, name);
	return path;
}

TRIAL const char *trial_file(const char *name, const char *text)
{
	const char *path = trial_path(name);
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
	return path;
}

TRIAL const char *trial_folder(const char *name)
{
	const char *path = trial_path(name);

	if (mkdir(path, 0700) != 0)
		abort();
	return path;
}

/* All that diag holds, a line each, "warning: " before what is one, the folder left out. */
TRIAL char *trial_said(struct diag *diag)
{
	struct weir_buf text = { 0 };
	const struct weir_error *error;
	size_t len = strlen(trial);
	bool warning;
	char *said;

	for (size_t i = 0; (error = diag_at(diag, i, &warning)); i++) {
		struct weir_error shown = *error;

		if (len && shown.where.file && strncmp(shown.where.file, trial, len) == 0)
			shown.where.file += len + 1;
		weir_buf_puts(&text, warning ? "warning: " : "");
		diag_line(&shown, &text);
		weir_buf_putc(&text, '\n');
	}
	said = weir_strdup(weir_buf_text(&text));
	weir_buf_finish(&text);
	return said;
}

#endif
