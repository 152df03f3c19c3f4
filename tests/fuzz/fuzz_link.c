// plugin: source_okta
/* fuzz_link.c - Link headers: a target is a slice of the header, whatever the header is.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <link.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct weir_bytes header = { (const char *)data, size };
	struct weir_bytes target;

	if (link_find(header, "next", &target))
		weir_must(target.data > header.data && target.data + target.len < header.data + size);
	return 0;
}
