/* settings.c - settings of rules for commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "settings.h"

#include <string.h>
#include <unistd.h>

#include "golden.h"

bool settings_parse(const struct command *command, const struct args_list *sets,
                    struct weir_arena *arena, struct weir_value *settings)
{
	*settings = weir_make_object(arena, sets->count);
	for (size_t i = 0; i < sets->count; i++) {
		const char *word = sets->items[i], *equal = strchr(word, '=');

		if (!equal || equal == word) {
			args_wrong(command, "--set %s: write --set name=value", word);
			return false;
		}
		weir_object_put(arena, *settings, (struct weir_bytes){ word, (size_t)(equal - word) },
		                weir_make_text(arena, weir_bytes(equal + 1)));
	}
	return true;
}

bool settings_read(const struct command *command, const char *rules,
                   const struct args_list *sets, struct weir_arena *arena,
                   struct weir_value *settings)
{
	struct golden_folder folder = {
		.settings = weir_arena_format(arena, "%s/_settings.yaml", rules),
	};
	struct weir_value more;
	struct weir_error err;

	if (!settings_parse(command, sets, arena, &more))
		return false;
	if (access(folder.settings, F_OK) != 0)
		folder.settings = NULL;
	if (golden_settings(&folder, NULL, more, arena, settings, &err))
		return true;
	args_wrong(command, "%s", err.text);
	return false;
}
