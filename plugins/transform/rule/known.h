/* known.h - names that events are known to have, to tell misspelled ones.
 *
 * A path that leads nowhere is absent, and an event type that never comes takes nothing: neither is
 * a mistake for certain, and both are silent for ever. So what is nearly a name of Okta's events is
 * asked about. The lists are data beside the schemas: okta/event-types.tsv, okta/event-members.txt.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_KNOWN_H
#define RULE_KNOWN_H

#include <weir/util.h>

struct known;

/* All in arena, read when first asked; folders of schemas, NULL-ended, kept by reference. */
struct known *known_create(struct weir_arena *arena, const char *const *schema_folders);
bool known_has_type(struct known *known, struct weir_bytes type);
/* What a name was meant to be, in arena; NULL: it is one, or is like none. A path is one of an
 * event's, as rules write it. */
const char *known_type(struct known *known, struct weir_bytes type);
const char *known_path(struct known *known, const char *path);

#endif
