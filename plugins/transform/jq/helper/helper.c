/* helper.c - weir-jq: the process that runs the jq rules of one worker.
 *
 * It is started by weir only. It has no files, no environment and no descriptors but a socket
 * and a piece of shared memory (wire.h), may use so much memory, and dies with its weir. Not
 * here: how long an event may take, which weir watches.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <jq.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "values.h"

struct helper {
	struct wire *wire;
	char *memory;
	jq_state *jq;
	struct values_out out;     /* messages of the compiler */
};

/* ---- boundaries ----------------------------------------------------------------------------- */

static void limit(int what, rlim_t most)
{
	struct rlimit limit = { most, most };

	if (setrlimit(what, &limit) != 0)
		_exit(WIRE_EXIT_FAULT);
}

/* Bytes of address space in use. */
static rlim_t address_space(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!file || fscanf(file, "%lu", &pages) != 1)
		pages = (64ul << 20) / (unsigned long)sysconf(_SC_PAGESIZE);
	if (file)
		fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void confine(void)
{
	/* A parent that died before this is seen by the end of the socket. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	signal(SIGINT, SIG_IGN);       /* of the terminal: weir ends us */
	signal(SIGQUIT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_AS, address_space() + WIRE_HEAP_MAX);
	limit(RLIMIT_NOFILE, 0);       /* nothing can be opened from here on */
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

static void no_memory(void *user)
{
	(void)user;
	_exit(WIRE_EXIT_MEMORY);
}

/* ---- compiling ------------------------------------------------------------------------------ */

static void note_message(void *user, jv message)
{
	struct helper *h = user;
	uint32_t *failed = &h->wire->failed;

	if (jv_get_kind(message) != JV_KIND_STRING)
		message = jv_dump_string(message, 0);
	*failed += 1;
	values_write(&h->out, message);
}

static void compile(struct helper *h)
{
	struct wire *wire = h->wire;
	const char *text = h->memory + WIRE_OUT_AT;

	if (h->jq)
		jq_teardown(&h->jq);
	h->jq = jq_init();
	if (!h->jq)
		no_memory(NULL);
	jq_set_nomem_handler(h->jq, no_memory, NULL);
	jq_set_error_cb(h->jq, note_message, h);
	h->out.at = h->memory + WIRE_OUT_AT + wire->program_len + 1;
	h->out.end = h->memory + WIRE_SIZE;
	h->out.status = WIRE_OUTPUTS;
	wire->failed = 0;
	if (!jq_compile(h->jq, text) && wire->failed == 0)
		note_message(h, jv_string("the program is wrong, and jq does not say why"));
}

/* ---- running -------------------------------------------------------------------------------- */

static jv read_input(const struct helper *h, const struct wire_request *request)
{
	const char *p = h->memory + request->at;
	jv input = jv_array_sized(1 + WIRE_INPUTS);

	input = jv_array_append(input, jv_number(request->rule));
	for (int i = 0; i < WIRE_INPUTS; i++)
		input = jv_array_append(input, values_read(&p));
	return input;
}

/* What the program gives, or the error that it ends with. */
static void answer(struct helper *h, struct values_out *out, const struct wire_request *request)
{
	char *start = out->at;
	uint32_t count = 0;
	jv v;

	jq_start(h->jq, read_input(h, request), 0);
	out->at += sizeof count;
	while (jv_is_valid(v = jq_next(h->jq)) && out->status == WIRE_OUTPUTS) {
		values_write(out, v);
		count++;
	}
	if (out->status != WIRE_OUTPUTS) {
		jv_free(v);
		jq_start(h->jq, jv_null(), 0); /* frees what the program was at */
		return;
	}
	values_write_count(out, start, count);
	if (!jv_invalid_has_msg(jv_copy(v))) {
		jv_free(v);
		return;
	}
	out->at = start;
	values_write(out, jv_invalid_get_msg(v));
	if (out->status == WIRE_OUTPUTS)
		out->status = WIRE_ERROR;
	jq_start(h->jq, jv_null(), 0);
}

static void run(struct helper *h)
{
	struct wire *wire = h->wire;
	char *at = h->memory + WIRE_OUT_AT, *end = at + WIRE_OUT_SIZE;

	/* When there is no room for another large record, weir asks again for the rest. */
	for (uint32_t i = wire->first; i < wire->count && end - at > WIRE_RECORD_MAX + 4; i++) {
		struct values_out out = { at, at + WIRE_RECORD_MAX, WIRE_OUTPUTS };

		if (wire->requests[i].rule != WIRE_SKIP)
			answer(h, &out, &wire->requests[i]);
		wire->answers[i] = (struct wire_answer){ (uint64_t)(at - h->memory),
			                                 (uint64_t)(out.at - at), out.status };
		at = out.at;
		atomic_store(&wire->done, i + 1);
	}
	wire->heap = mallinfo2().uordblks + mallinfo2().hblkhd;
}

/* ---- main ----------------------------------------------------------------------------------- */

/* The next command; 0 when weir is gone. */
static char wait_for(void)
{
	ssize_t got;
	char command;

	do {
		got = read(WIRE_SOCKET, &command, 1);
	} while (got < 0 && errno == EINTR);
	return got == 1 ? command : 0;
}

int main(void)
{
	static struct helper h;
	const char done = WIRE_DONE;
	char command;

	h.memory = mmap(NULL, WIRE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
	                WIRE_MEMORY, 0);
	if (h.memory == MAP_FAILED)
		return WIRE_EXIT_FAULT; /* started by hand */
	h.wire = (struct wire *)h.memory;
	confine();
	while ((command = wait_for()) != 0) {
		if (command == WIRE_COMPILE)
			compile(&h);
		else
			run(&h);
		if (write(WIRE_SOCKET, &done, 1) != 1)
			break;
	}
	_exit(WIRE_EXIT_END);
}
