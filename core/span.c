/* span.c - a length of time as a person says it.
 *
 * Not here: what an operator writes in a configuration (unit.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "span.h"

void span_put(int64_t ms, struct weir_buf *text)
{
	int64_t s = ms / 1000;

	if (ms < 1000)
		weir_buf_printf(text, "%lld ms", (long long)(ms < 0 ? 0 : ms));
	else if (s < 120)
		weir_buf_printf(text, "%lld s", (long long)s);
	else if (s < 120 * 60)
		weir_buf_printf(text, "%lld min", (long long)(s / 60));
	else if (s < 48 * 3600)
		weir_buf_printf(text, "%lld h", (long long)(s / 3600));
	else
		weir_buf_printf(text, "%lld days", (long long)(s / 86400));
}
