// plugin: source_okta
/* fuzz_challenge.c - WWW-Authenticate headers: a value is no longer than its header.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <challenge.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct weir_bytes header = { (const char *)data, size };
	static const char *const names[] = { "error", "error_description", "nonce" };

	for (size_t i = 0; i < WEIR_COUNT(names); i++) {
		struct weir_buf value = { 0 };

		if (challenge_find(header, names[i], &value))
			weir_must(value.len < size);
		weir_buf_finish(&value);
	}
	return 0;
}
