/* integration.c - what the commands of integrations have in common.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "integration.h"

#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "print.h"
#include "reload_ask.h"
#include "store.h"

char *integration_file(const char *folder, const char *name, const char *suffix)
{
	struct weir_buf path = { 0 };

	weir_buf_printf(&path, "%s/", folder);
	weir_file_name(name, &path);
	weir_buf_printf(&path, ".%s", suffix);
	weir_buf_putc(&path, '\0');
	return path.data;
}

bool integration_can(const struct weir_plugin *plugin)
{
	if (!plugin || plugin->kind != WEIR_SOURCE)
		return false;
	for (const struct weir_option *row = plugin->options; row && row->name; row++) {
		if (row->asked)
			return true;
	}
	return false;
}

const struct config_node *integration_find(const struct config *config, const char *name)
{
	for (size_t i = 0; i < config->node_count; i++) {
		const struct config_node *node = &config->nodes[i];

		if (node->kind == WEIR_SOURCE && strcmp(node->name, name) == 0)
			return node;
	}
	return NULL;
}

bool integration_reload(const char *who, const struct core_options *core, bool wished)
{
	if (!core->state_dir || !store_owner(core->state_dir))
		return true;
	if (!wished && core->watch) {
		print_text("weir is running, watches its files, and takes up the change by itself\n");
		return true;
	}
	if (wished || (ask_can() && ask_yes(true, "weir is running; let it take up the change now?")))
		return reload_ask(who, core->state_dir) == EXIT_DONE;
	print_text("weir is running; `weir reload` makes it take up the change\n");
	return true;
}
