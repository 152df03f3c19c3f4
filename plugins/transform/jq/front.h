/* front.h - the jq front end: from rule files to struct rule and to one program.
 *
 * All rules of a set are one jq program, which is compiled once (nest.h): the
 * builtins of jq 1.6 cost 20 ms a program, and a rule costs 2 ms. What a rule imports is
 * pasted into it, so that the process never opens a file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_FRONT_H
#define JQ_FRONT_H

#include "files.h"
#include "meta.h"
#include "rule.h"
#include "scan.h"

/* What an import or include names; module NULL is weir. */
struct import {
	const struct source *module;
	struct weir_bytes alias;       /* none: include */
};

/* A rule file or a module, read. */
struct source {
	const struct rule_file *file;
	const struct scan *scan;
	struct import *imports;
	size_t import_count;
	size_t body;                   /* the first token behind the directives */
	bool sound;                    /* false: something was reported */
	bool open;                     /* while its imports are followed: circles */
	bool wants_record, wants_org, wants_source, wants_lane;
	struct source *next;
};

struct reads;

/* What there is of a rule beside struct rule; by the number in its RULE_CALL. */
struct jq_rule {
	struct rule *rule;
	struct source *source;         /* NULL for a rule without a program */
	struct reads *reads;           /* NULL: everything */
	uint32_t number;               /* by which the program knows it */
};

struct library {
	struct weir_arena *arena;
	struct rule_report *report;
	struct rule_files *files;
	struct rule_set *set;
	const struct scan *words;      /* words.jq */
	struct source *sources;        /* the newest first */
	struct jq_rule *rules;
	size_t rule_count;
	struct jq_rule **order;        /* sound rules, by number */
	size_t order_count;
	struct preset {                /* of a setting */
		const char *name, *file;
		struct weir_value value;
	} *presets;
	size_t preset_count;
	struct weir_value settings;    /* that rules ask for, as an object */
	struct weir_value tables;      /* files of lookup(), by name */
};

/* ---- rule.c: the module directive ------------------------------------------------------------ */

/* Reads a rule file; adds it to the library and to the set. */
void rule_load(struct library *library, unsigned folder, const char *name);

/* ---- source.c: imports, refused words, what a file asks for ----------------------------------- */

/* A file with all that it imports; token is the first behind its module directive. */
struct source *source_read(struct library *library, unsigned folder, const char *path,
                           struct weir_where where);
/* Once the module directives of rules are read, and so the presets of settings are known. */
void source_settle(struct library *library);
/* Whether a file brings weir's words into its own scope. */
bool source_has_words(const struct source *source);

/* A function that a module defines, or that somebody uses. */
struct definition {
	struct weir_bytes name;
	size_t arity;
};
/* Top-level functions of a file; the caller frees. */
size_t source_definitions(const struct source *source, struct definition **found);
/* The number of arguments of the name at a token. */
size_t source_arity(const struct scan *scan, size_t token);

/* ---- program.c --------------------------------------------------------------------------------- */

/* A part of a program's text that comes from a file. */
struct segment {
	int first_line;                /* of the program */
	int file_line;                 /* that is there */
	const struct scan *scan;       /* NULL: our own text */
	const struct source *rule;     /* whose function it belongs to; NULL: all of them */
};

struct program {
	struct weir_buf text;
	struct segment *segments;
	size_t segment_count, segment_cap;
	int line;
	const struct source *rule;     /* that is being written */
};

/* Numbers the sound rules: first those without weir's words, which must not see them. */
void program_number(struct library *library);
/* All rules in one program; or some of them, to see what is wrong with them. mark is the name of
 * the member by which words say what weir is to do. */
void program_all(struct program *program, const struct library *library, const char *mark);
void program_some(struct program *program, const struct library *library, const char *mark,
                  size_t first, size_t count);
/* The segment of a line, or NULL. */
const struct segment *program_segment(const struct program *program, int line);
void program_finish(struct program *program);

/* ---- sketch.c ------------------------------------------------------------------------------------ */

/* Fills rule->sketch when the program ends in an object. */
void sketch_program(struct library *library, struct rule *rule, const struct source *source);

/* ---- reads.c ------------------------------------------------------------------------------------- */

/* The paths of `reads`, as a tree. NULL with reports when one of them is wrong. */
struct reads *reads_create(struct library *library, const struct meta *meta);
void reads_destroy(struct reads *reads);

#endif
