/* causes.c - reasons of drops that rules make up while they run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "causes.h"

#include <string.h>

const char *rule_causes_keep(struct rule_causes *causes, const char *cause)
{
	for (size_t i = 0; i < causes->count; i++) {
		if (strcmp(causes->texts[i], cause) == 0)
			return causes->texts[i];
	}
	if (causes->count == RULE_CAUSES_MAX)
		return "dropped by a rule";
	causes->texts[causes->count] = weir_strdup(cause);
	return causes->texts[causes->count++];
}

void rule_causes_finish(struct rule_causes *causes)
{
	for (size_t i = 0; i < causes->count; i++)
		weir_free(causes->texts[i]);
	causes->count = 0;
}
