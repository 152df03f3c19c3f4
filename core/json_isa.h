/* json_isa.h - the passes over bytes, one set for each instruction set.
 *
 * For core/json_*.c only.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_JSON_ISA_H
#define CORE_JSON_ISA_H

#include <stddef.h>
#include <stdint.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))

/* Where an indexing pass stands between blocks of 64 bytes. */
struct json_scan {
	const char *text;       /* of this pass; offsets are written plus base */
	uint32_t base;
	uint32_t *out;          /* where the next entry goes; room for len + JSON_SCAN_ROOM more */
	char *first;            /* where its first byte goes; as much room */
	uint32_t *escaped;      /* where the next offset of a block with a backslash goes */
	uint64_t lines;         /* all ones: line ends are entries; else 0 */
	uint64_t in_string;     /* all ones inside a string */
	uint64_t after_escape;  /* 1: the next byte is escaped */
	uint64_t after_scalar;  /* 1: the last byte belonged to a number or word */
	uint64_t fault, spaced; /* not zero once there was one */
	uint64_t pending;       /* UTF-8: not zero inside a sequence */
};

enum { JSON_SCAN_ROOM = 64 };

/* Room for the text escaped, beyond six times its length. */
enum { JSON_QUOTE_ROOM = 64 };
#define JSON_NOT_UTF8 SIZE_MAX

/* 64 bytes as masks, the first byte being the lowest bit: what every block has, and what few
 * blocks have. structural may be set for control characters too. */
struct block {
	uint64_t quote, structural, white;
};

struct rare {
	uint64_t backslash, control, newline, high;
};

/* Copies of what changes with every block, so that it stays in registers. */
struct hot {
	uint64_t in_string, after_scalar, fault, spaced;
	uint32_t *out;
	char *first;
};

/* 64 bytes of a page. */
struct place {
	const char *at;     /* they, or a copy of them; three that came before are before them */
	const char *source; /* where they are in the page */
	uint32_t offset;    /* to be written for the first of them */
	uint64_t within;    /* those that belong to the page; the others are blanks */
};

struct json_isa {
	const char *name;
	/* Scans len bytes from text + at, a multiple of 64 after text. */
	void (*scan)(struct json_scan *scan, size_t at, size_t len);
	/* Writes text with its escapes, without quotes; returns how long that is, or
	 * JSON_NOT_UTF8 if text is not UTF-8. Reads nothing behind text. */
	size_t (*quote)(const char *text, size_t len, char *out);
};

extern const struct json_isa json_isa_plain;
#if defined(__x86_64__)
extern const struct json_isa json_isa_sse42, json_isa_avx2, json_isa_avx512;
#endif

const struct json_isa *json_isa_chosen(void);

#endif
