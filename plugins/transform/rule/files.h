/* files.h - the files of rule folders: found, read once, remembered.
 *
 * Lives here: what every language of rules does with them. Not here: what stands in them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_FILES_H
#define RULE_FILES_H

#include "report.h"

/* A file that was read at load, rule or module. */
struct rule_file {
	const char *path;
	struct weir_bytes text;        /* a zero follows it */
	void *scan;                    /* of the front end, which fills it */
	bool checked;                  /* the same */
	struct rule_file *next;
};

struct rule_folder {
	const char *path;
	const char *const *names;      /* of its rules, in order; NULL-ended */
};

/* All of it in arena; unchanged once the load is over. */
struct rule_files {
	struct weir_arena *arena;
	struct rule_report *report;
	const char *suffix;            /* of rules: ".lua" */
	struct rule_folder *folders;   /* in the order of the option */
	size_t folder_count;
	struct rule_file *read;        /* the newest first */
	uint64_t content;              /* a hash of every file that was read, and its name */
	const char **paths;            /* of those files, NULL-ended */
	size_t path_count;
};

struct rule_files *rule_files_create(struct weir_arena *arena, struct rule_report *report,
                                     const char *suffix);
/* A rule folder, or one rule file; later ones override earlier ones. */
void rule_files_add(struct rule_files *files, const char *path);
/* Remembers that a file was read, with its content. */
void rule_files_note(struct rule_files *files, const char *path);
/* A file, read once; NULL with a report at where. */
struct rule_file *rule_files_read(struct rule_files *files, const char *path,
                                  struct weir_where where);
/* A file of that name in the folder at hand, or else in another one, the later first; NULL if
 * there is none, or name has a folder in it. The path is in arena. */
const char *rule_files_find(const struct rule_files *files, struct weir_arena *arena,
                            unsigned folder, const char *name);
/* Whether a module may be called so: _ and then letters, digits, _ and -. */
bool rule_files_is_module(const char *name);
/* Where schemas are sought: in and beside each rule folder, later folders first, then in more
 * (NULL-ended, or NULL). */
const char *const *rule_files_schema_folders(const struct rule_files *files,
                                             const char *const *more);
/* 12 hex digits for the content of all that was read by rule_files_read, whatever its name. */
void rule_files_hash(const struct rule_files *files, char hex[13]);

#endif
