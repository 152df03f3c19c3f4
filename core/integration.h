/* integration.h - sources that stand in files of their own, in integrations.d: their commands.
 *
 * A plugin can be an integration when some row of its options says `asked`. NAME is any text; its
 * files are integrations.d/NAME.yaml and, for each secret that was copied, NAME.OPTION, percent-
 * encoded (weir_file_name).
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_INTEGRATION_H
#define CORE_INTEGRATION_H

#include "load.h"

extern const struct command integration_add, integration_list, integration_test,
	integration_remove;

/* FOLDER/NAME.suffix, to weir_free. */
char *integration_file(const char *folder, const char *name, const char *suffix);
/* True for sources that `add` can make. */
bool integration_can(const struct weir_plugin *plugin);
/* The source of that name, or NULL. */
const struct config_node *integration_find(const struct config *config, const char *name);
/* A running weir reads the configuration again if that was wished, or is wished now by a person;
 * else says how it comes to it. False: the reload failed. */
bool integration_reload(const char *who, const struct core_options *core, bool wished);

#endif
