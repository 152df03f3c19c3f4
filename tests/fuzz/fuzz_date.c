// plugin: source_okta
/* fuzz_date.c - HTTP dates: what is read lies within the years that can be written.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <date.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t micros, again;
	char text[25];

	if (!date_parse((struct weir_bytes){ (const char *)data, size }, INT64_C(1770740377000000), &micros))
		return 0;
	weir_time_format(micros, text);
	weir_must(weir_time_parse(weir_bytes(text), &again) && again == micros);
	return 0;
}
