/* causes.h - reasons of drops that rules make up while they run.
 *
 * Causes are counted by name, and live as long as the instance.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef RULE_CAUSES_H
#define RULE_CAUSES_H

#include <weir/util.h>

/* What an event says must not make endless names. */
enum { RULE_CAUSES_MAX = 64 };

struct rule_causes {
	char *texts[RULE_CAUSES_MAX];
	size_t count;
};

/* The same text, kept; or a general one when there are too many. */
const char *rule_causes_keep(struct rule_causes *causes, const char *cause);
void rule_causes_finish(struct rule_causes *causes);

#endif
