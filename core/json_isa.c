/* json_isa.c - choosing an instruction set at run time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_isa.h"

#include "json.h"

#include <stdatomic.h>
#include <string.h>

/* The best first. */
static const struct json_isa *const isas[] = {
#if defined(__x86_64__)
	&json_isa_avx512,
	&json_isa_avx2,
	&json_isa_sse42,
#endif
	&json_isa_plain,
};

/* Chosen at first use; only tests choose again. */
static _Atomic(const struct json_isa *) chosen;

static bool supported(const struct json_isa *isa)
{
#if defined(__x86_64__)
	if (isa == &json_isa_avx512)
		return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("bmi2") &&
		       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
	if (isa == &json_isa_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
		       __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
	if (isa == &json_isa_sse42)
		return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
		       __builtin_cpu_supports("pclmul");
#endif
	return isa == &json_isa_plain;
}

const struct json_isa *json_isa_chosen(void)
{
	const struct json_isa *isa = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (isa)
		return isa;
	for (size_t i = 0; !isa; i++) {
		if (supported(isas[i]))
			isa = isas[i];
	}
	atomic_store_explicit(&chosen, isa, memory_order_relaxed);
	return isa;
}

const char *json_isa(void)
{
	return json_isa_chosen()->name;
}

bool json_isa_use(const char *name)
{
	for (size_t i = 0; i < WEIR_COUNT(isas); i++) {
		if (strcmp(isas[i]->name, name) == 0 && supported(isas[i])) {
			atomic_store_explicit(&chosen, isas[i], memory_order_relaxed);
			return true;
		}
	}
	return false;
}
