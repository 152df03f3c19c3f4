/* routing.h - schemas and rules whose records say which rule took the event.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef LUA_TESTS_ROUTING_H
#define LUA_TESTS_ROUTING_H

#include "harness.h"

static inline struct harness *with_schemas(void **state)
{
	struct harness *h = *state;

	harness_write(h, "rules/schemas/a.yaml",
	              "doc: x\nfields:\n  id: {type: text, required: true, doc: x}\n"
	              "  by: {type: text, doc: x}\n  n: {type: int, doc: x}\n");
	harness_write(h, "rules/schemas/b.yaml", "doc: x\nfields:\n  by: {type: text, doc: x}\n");
	harness_write(h, "rules/schemas/open.yaml", "doc: x\nopen: true\n");
	return h;
}

/* A rule of schema b that says its name. */
static inline void rule(struct harness *h, const char *name, const char *when)
{
	char *text = weir_format("return map { schema = 'b', when = %s, fields = { by = const '%s' } }",
	                         when, name);
	char *path = weir_format("rules/%s.lua", name);

	harness_write(h, path, text);
	weir_free(text);
	weir_free(path);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

#endif
