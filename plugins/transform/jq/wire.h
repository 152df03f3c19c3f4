/* wire.h - what weir and a jq process share: one piece of memory, and how values stand in it.
 *
 * The memory is a memfd that both map whole: struct wire, then an area that weir writes and the
 * process reads, then one for the other way. Only pages that were touched cost anything. A
 * byte on the socket says that the other side has something to do; its end means that the
 * other side is gone.
 *
 * weir trusts nothing that it reads here: the process may be anything by then.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_WIRE_H
#define JQ_WIRE_H

#include <stdatomic.h>
#include <stdint.h>

enum {
	WIRE_SOCKET = 3,             /* the process's descriptors */
	WIRE_MEMORY = 4,             /* closed in a copy */
	WIRE_REQUESTS = 512,         /* at most in one go */
	WIRE_INPUTS = 5,             /* of a request: event, record, org_host, source_name, lane */
	WIRE_IN_AT = 64 << 10,
	WIRE_IN_SIZE = 64 << 20,
	WIRE_OUT_AT = WIRE_IN_AT + WIRE_IN_SIZE,
	WIRE_OUT_SIZE = 64 << 20,
	WIRE_SIZE = WIRE_OUT_AT + WIRE_OUT_SIZE,
	WIRE_RECORD_MAX = 16 << 20,  /* what one event may give */
	WIRE_DEPTH_MAX = 1000,       /* of it */
	WIRE_HEAP_MAX = 256 << 20,   /* of the process */
};

/* Exit codes of the process. */
enum { WIRE_EXIT_END = 0, WIRE_EXIT_FAULT = 1, WIRE_EXIT_MEMORY = 7 };

/* Bytes on a socket. The nest is told WIRE_COMPILE; WIRE_HATCH with two descriptors, the socket and the
 * memory of a copy of it; WIRE_END and an int32_t, the copy to end. It answers with an int32_t: 0, or
 * the copy's process, or -errno. A copy is told WIRE_RUN and answers WIRE_DONE. */
enum { WIRE_COMPILE = 'C', WIRE_HATCH = 'H', WIRE_END = 'E', WIRE_RUN = 'R', WIRE_DONE = 'D' };

/* ---- values ---------------------------------------------------------------------------------
 *
 * A tag, then what it says; numbers of the machine's own order, not aligned.
 * A text: uint32_t bytes, and they. */
enum wire_tag {
	WIRE_NULL,
	WIRE_FALSE,
	WIRE_TRUE,
	WIRE_INT,    /* int64_t, within what a double holds exactly */
	WIRE_DOUBLE, /* double */
	WIRE_NUMBER, /* text: JSON's spelling; and a zero behind it */
	WIRE_TEXT,   /* text */
	WIRE_ARRAY,  /* uint32_t count, and so many values */
	WIRE_OBJECT, /* uint32_t count, and so many texts, each with its value */
};

enum wire_status {
	WIRE_OUTPUTS,   /* uint32_t count, and so many values */
	WIRE_ERROR,     /* a value: what was raised */
	WIRE_TOO_LARGE,
	WIRE_TOO_DEEP,
};

#define WIRE_SKIP UINT32_MAX

struct wire_request {
	uint64_t at, len;     /* the values of event, record, the org's host and source's name */
	uint32_t rule;        /* or WIRE_SKIP: nothing is to be done */
};

struct wire_answer {
	uint64_t at, len;
	uint32_t status;
};

struct wire {
	_Atomic uint32_t done; /* requests that are answered; the process is at this one */
	uint32_t first, count; /* requests to do: from first, to count */
	uint64_t program_len;  /* compilation: of the program at WIRE_OUT_AT; a zero behind it */
	uint32_t failed;       /* so many texts, what is wrong with it, stand behind that */
	uint32_t out_of_memory; /* why the process has ended */
	uint64_t heap;         /* bytes in use after all was done */
	struct wire_request requests[WIRE_REQUESTS];
	struct wire_answer answers[WIRE_REQUESTS];
};

_Static_assert(sizeof(struct wire) <= WIRE_IN_AT, "the head of the memory");

#endif
