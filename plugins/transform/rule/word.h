/* word.h - what the words of a rule describe, before it is compiled.
 *
 * A front end (lua, jq) builds trees of struct rule_word while it loads a rule file; plan.h
 * compiles them. One description may be used in many rows. All of it lives in the arena of
 * the load. docs/rule-words.md is what the words mean.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_WORD_H
#define RULE_WORD_H

#include <weir/plugin.h>

enum rule_op {
	/* sources */
	RULE_CONST,         /* value */
	RULE_NOTHING,       /* a setting that is not set */
	RULE_PATH,          /* text */
	RULE_RECORD,        /* text: a path in the record of an earlier stage */
	RULE_RAW,
	RULE_ORG_HOST,
	RULE_SOURCE_NAME,
	RULE_LANE,
	RULE_REST,
	RULE_CALL,          /* function: a number the front end knows it by; args, if any, are
	                       what it gets, and then one of them must be present */
	RULE_REMOVE,        /* change: take the field away */
	RULE_PROGRAM,       /* text: a part of a program, that its language computes */
	RULE_UNKNOWN,       /* a mistake that was reported; fits everywhere */
	/* values of args[0] */
	RULE_TIME,
	RULE_PRECISION,
	RULE_IP,
	RULE_INT,
	RULE_NUMBER,
	RULE_BOOL,
	RULE_LOWER,
	RULE_UPPER,
	RULE_TRIM,
	RULE_KNOWN,
	RULE_MAYBE,
	RULE_AFTER,         /* text: the separator */
	RULE_CAPTURE,       /* text: the pattern */
	RULE_TEXTMAP,       /* text: the name */
	RULE_TEXTMAP_NAMES, /* text: the value; more: the separator */
	RULE_GET,           /* text: a path in it */
	RULE_JSON,
	RULE_JOIN,          /* text: the separator */
	RULE_HASH,          /* text: the algorithm */
	RULE_FORMAT,        /* text: the format; args: one for each %s */
	/* choices */
	RULE_FIRST,         /* args */
	RULE_PICK,          /* args[0]; table; args[1], if any, is `otherwise` */
	RULE_LOOKUP,        /* args[0]; table */
	RULE_GIVEN,         /* args[0], args[1] */
	RULE_UNLESS,
	RULE_SAME,
	/* objects and lists */
	RULE_OBJECT,        /* table: members by name */
	RULE_ALL,           /* text: the path of the list; args[0]: for each element */
	RULE_KEYED,         /* table: ordered by name */
	RULE_OPS,
};

/* A name and what stands on its right. */
struct rule_entry {
	struct weir_bytes name;
	struct rule_word *word;
	struct weir_where where; /* of the name; line 0 if unknown */
};

struct rule_table {
	struct rule_entry *entries; /* ordered by name */
	size_t count;
};

struct rule_word {
	enum rule_op op;
	struct weir_where where;
	struct rule_word **args;
	size_t arg_count;
	struct weir_bytes text, more;
	struct weir_value value;    /* RULE_CONST */
	const char *setting;        /* RULE_CONST, RULE_NOTHING: name of the setting it came from */
	const struct rule_table *table;
	int function;
	bool outputs;               /* RULE_CALL: it gives a list, of records each for itself */
};

/* The kinds of values that a row may give, as far as can be known at load. */
enum rule_gives {
	RULE_GIVES_TEXT = 1,
	RULE_GIVES_INT = 2,
	RULE_GIVES_NUMBER = 4,
	RULE_GIVES_BOOL = 8,
	RULE_GIVES_TIME = 16,
	RULE_GIVES_IP = 32,
	RULE_GIVES_OBJECT = 64,
	RULE_GIVES_LIST = 128,
	RULE_GIVES_ANY = 255,
};

/* The word as a rule writes it: "time", "pick". */
const char *rule_op_name(enum rule_op op);
/* A set of enum rule_gives. */
unsigned rule_word_gives(const struct rule_word *word);
/* "a list", "an int or a text": for messages. */
const char *rule_gives_text(struct weir_arena *arena, unsigned gives);
/* Puts the entries in the order of their names (bytes). */
void rule_table_sort(struct rule_table *table);
/* The entry of a name, or NULL; the table is sorted. */
const struct rule_entry *rule_table_find(const struct rule_table *table, struct weir_bytes name);
/* As a rule would write it on one line: `first(known "actor.id", const "x")`. Equal words
 * give equal text. */
void rule_word_write(const struct rule_word *word, struct weir_buf *text);
/* How many functions a word calls, in itself and in its arguments. */
size_t rule_word_calls(const struct rule_word *word);
/* memcmp order. */
int rule_bytes_compare(struct weir_bytes a, struct weir_bytes b);

#endif
