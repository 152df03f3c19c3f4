/* transform/stamp - adds one constant field to every record.
 *
 * Lives here: the field. Not here: mapping (the transforms `lua` and `jq`).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/plugin.h>

struct stamp {
	const char *field, *value;
};

static const struct weir_option options[] = {
	{ "field", WEIR_AT_STRING(struct stamp, field), .preset = "stamp",
	  .doc = "Name of the field to add." },
	{ "value", WEIR_AT_STRING(struct stamp, value), .required = true,
	  .doc = "Text to put there." },
	{ 0 },
};

static enum weir_status stamp_process(void *self, struct weir_batch *b, struct weir_error *err)
{
	struct stamp *s = self;
	struct weir_arena *arena = weir_batch_arena(b);

	(void)err;
	for (size_t i = 0; i < weir_batch_len(b); i++) {
		struct weir_value record = weir_batch_record(b, i);

		if (weir_is_absent(record))
			record = weir_batch_event(b, i);
		if (record.kind != WEIR_OBJECT)
			continue;
		record = weir_value_edit(arena, record);
		weir_object_put(arena, record, weir_bytes(s->field),
		                weir_make_text(arena, weir_bytes(s->value)));
		weir_batch_set(b, i, weir_batch_schema(b, i), record);
	}
	return WEIR_OK;
}

static const struct weir_plugin stamp = {
	.abi = WEIR_ABI,
	.size = sizeof(struct weir_plugin),
	.option_size = sizeof(struct weir_option),
	.metric_size = sizeof(struct weir_metric),
	.kind = WEIR_TRANSFORM,
	.name = "stamp",
	.version = "1.0.0",
	.summary = "Adds a constant field to every record.",
	.options = options,
	.self_size = sizeof(struct stamp),
	.state = WEIR_STATELESS,
	.process = stamp_process,
};

const struct weir_plugin *weir_plugin(void)
{
	return &stamp;
}
