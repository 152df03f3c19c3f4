/* json_index.c - the first pass: where the tokens of a page are.
 *
 * Lives here: choosing the instruction set, room for the entries. Not here: the pass itself
 * (json_index_template.h).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"

#include <stdatomic.h>

/* The room for entries grows by what so many bytes of text may need at most. */
enum { STEP = 64 * 1024, OVERRUN = 8 };

static const struct isa {
	const char *name;
	json_scan_fn *scan;
} isas[] = {
#if defined(__x86_64__)
	{ "avx2", json_scan_avx2 },
	{ "sse4.2", json_scan_sse42 },
#endif
	{ "plain", json_scan_plain },
};

/* Chosen at first use; only tests choose again. */
static _Atomic(const struct isa *) chosen;

static bool supported(const struct isa *isa)
{
#if defined(__x86_64__)
	if (isa->scan == json_scan_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("pclmul");
	if (isa->scan == json_scan_sse42)
		return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
#endif
	return isa->scan == json_scan_plain;
}

static const struct isa *isa_chosen(void)
{
	const struct isa *isa = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (isa)
		return isa;
	for (isa = isas; !supported(isa); isa++)
		;
	atomic_store_explicit(&chosen, isa, memory_order_relaxed);
	return isa;
}

const char *json_isa(void)
{
	return isa_chosen()->name;
}

bool json_isa_use(const char *name)
{
	for (size_t i = 0; i < WEIR_COUNT(isas); i++) {
		if (strcmp(isas[i].name, name) == 0 && supported(&isas[i])) {
			atomic_store(&chosen, &isas[i]);
			return true;
		}
	}
	return false;
}

json_scan_fn *json_scan_chosen(void)
{
	return isa_chosen()->scan;
}

static bool grow(uint32_t **array, size_t *cap, size_t want)
{
	uint32_t *grown;

	if (want <= *cap)
		return true;
	if (want < *cap + *cap / 2)
		want = *cap + *cap / 2;
	grown = weir_try_realloc(*array, want * sizeof **array);
	if (!grown)
		return false;
	*array = grown;
	*cap = want;
	return true;
}

/* Room for whatever the next step may write. */
static bool make_room(struct json_doc *doc, size_t step)
{
	return grow(&doc->index, &doc->index_cap,
	            doc->view.count + step + OVERRUN + JSON_SENTINELS) &&
	       grow(&doc->escaped, &doc->escaped_cap, doc->escaped_count + step / 64 + 1);
}

/* Whether the step begins inside a sequence that the pass must end on. */
static bool ended_well(const struct json_scan *scan)
{
	return !scan->fault && !scan->in_string && !scan->pending;
}

enum json_indexed json_index(struct json_doc *doc, size_t from, size_t to,
                             enum weir_page_format format)
{
	struct json_scan scan = {
		.text = doc->view.text + from,
		.base = (uint32_t)from,
		.lines = format == WEIR_PAGE_LINES ? ~0ULL : 0,
	};
	json_scan_fn *run = json_scan_chosen();

	if (!make_room(doc, 0))
		return JSON_NO_MEMORY;
	for (size_t at = 0; at < to - from; at += STEP) {
		size_t step = to - from - at < STEP ? to - from - at : STEP;

		if (!make_room(doc, step))
			return JSON_NO_MEMORY;
		scan.out = doc->index + doc->view.count;
		scan.escaped = doc->escaped + doc->escaped_count;
		run(&scan, at, step);
		doc->view.count = (uint32_t)(scan.out - doc->index);
		doc->escaped_count = (size_t)(scan.escaped - doc->escaped);
		if (scan.fault)
			return JSON_FAULTY;
	}
	doc->view.spaced |= scan.spaced != 0;
	doc->view.escapes |= doc->escaped_count > 0;
	return ended_well(&scan) ? JSON_INDEXED : JSON_FAULTY;
}
