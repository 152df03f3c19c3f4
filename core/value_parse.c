/* value_parse.c - a JSON text as a value of its own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "value_form.h"

/* Deep enough for any configuration or rule, and shallow enough for the stack. */
static const struct json_limits limits = { SIZE_MAX, 1000 };

bool weir_json_parse(struct weir_arena *arena, struct weir_bytes json, struct weir_value *v,
                     struct weir_error *err)
{
	struct json_doc *doc = json_doc_create();
	char *padded = weir_try_alloc(json.len + WEIR_PAGE_PADDING);
	struct weir_value parsed = { 0 };
	bool sound;

	*v = parsed;
	if (!padded) {
		json_doc_destroy(doc);
		return json_no_memory(err, json.len);
	}
	if (json.len)
		memcpy(padded, json.data, json.len);
	memset(padded + json.len, 0, WEIR_PAGE_PADDING);
	sound = json_parse_value(doc, (struct weir_bytes){ padded, json.len }, &limits, &parsed, err);
	if (sound)
		*v = weir_value_copy(arena, parsed);
	weir_free(padded);
	json_doc_destroy(doc);
	return sound;
}
