/* schema_read.h - between the files of the schema reader.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_SCHEMA_READ_H
#define RULE_SCHEMA_READ_H

#include "schema.h"

/* One file being read. */
struct schema_reader {
	struct weir_arena *arena;
	struct rule_report *report;
	struct schema *schema;
	const char *file;                /* the one at hand: the schema's or the included one */
	bool included;
	const struct schema_enum *enums; /* of _enums.yaml */
	size_t enum_count;
	bool skipping;                   /* past something too wrong to go on with */
};

/* Where a value of the file stands. */
struct weir_where schema_where(const struct schema_reader *reader, struct weir_value at,
                               const char *path);
/* Where a key stands, in front of its value: values alone know their places. */
struct weir_where schema_key_where(const struct schema_reader *reader, struct weir_value value,
                                   const char *key, const char *path);
/* Reads `fields` and `base` of a file; both may be absent. Mistakes go to the report. */
void schema_read_fields(struct schema_reader *reader, struct weir_value fields);
void schema_read_base(struct schema_reader *reader, struct weir_value base);
/* Once all fields are there: gives leaves their places. */
void schema_number(struct weir_arena *arena, struct schema_shape *top);
/* The enumerations of a YAML map of maps. */
void schema_read_enums(struct schema_reader *reader, struct weir_value map);
/* A path of a record, "a.b" or "list[].x", to its field; NULL if there is none. */
const struct schema_field *schema_resolve(const struct schema_shape *shape,
                                          struct weir_bytes path);

#endif
