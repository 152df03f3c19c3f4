/* values.h - values to the shared memory (wire.h), and results from it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_VALUES_H
#define JQ_VALUES_H

#include "rule.h"
#include "reads.h"
#include "wire.h"

/* ---- encode.c -------------------------------------------------------------------------------- */

struct encoder {
	char *at, *end;
	bool full;                   /* there was no room; what was written is no use */
	struct weir_arena *arena;    /* for texts with escapes */
	struct weir_value *slots;    /* for reads */
};

/* Absent is null. */
void encode(struct encoder *e, struct weir_value v);
/* Only what reads names. */
void encode_parts(struct encoder *e, struct weir_value v, const struct reads *reads);
void encode_text(struct encoder *e, struct weir_bytes text);

/* ---- decode.c -------------------------------------------------------------------------------- */

/* Reading what a process wrote, of which nothing is trusted. It is a copy that the process
 * cannot change any more. */
struct decoder {
	const char *at, *end;
	struct rule_run *run;
	struct words *words;
	bool broken;                 /* it is no value at all */
	int depth;
};

bool decode_count(struct decoder *d, uint32_t *count);
/* The next value, with what words say done. d->broken with PLAN_FAULT when it is no value;
 * PLAN_STOP with run->stop for drop and reject. Behind PLAN_FAULT and PLAN_STOP the decoder
 * stands anywhere. */
enum plan_got decode(struct decoder *d, struct plan_cell *cell);
/* A text, in place. */
bool decode_text(struct decoder *d, struct weir_bytes *text);
/* Passes over a value; false when it is none. */
bool decode_skip(struct decoder *d);

/* ---- words.c --------------------------------------------------------------------------------- */

/* The words that weir computes once a program has run (words.jq: weir__do). */
struct words;
struct words *words_create(struct weir_arena *arena, const char *mark);
/* The text by which an object is known as such. */
struct weir_bytes words_mark(const struct words *words);
/* The value that follows the mark: a list of the name of a word and its arguments. */
enum plan_got words_do(struct decoder *d, struct plan_cell *cell);
#endif
