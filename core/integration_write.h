/* integration_write.h - a new integration: its file and its secrets, from the options given.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_INTEGRATION_WRITE_H
#define CORE_INTEGRATION_WRITE_H

#include "load.h"

/* An option of the plugin, as it was given or asked for. */
struct given {
	const struct weir_option *row;
	char *flag;              /* "org-url" */
	const char *argument;    /* from the command line; NULL: it was not there */
	char *value;             /* what to write, as typed; NULL: left out */
};

struct addition {
	struct load_args load;
	const char *plugin_name, *name;
	const struct weir_plugin *plugin;
	bool no_test, reload;
	struct given *given;     /* one for each row of the plugin's options */
	size_t count;
	struct arg *rows;
	char *asked_name;
};

/* Checks it together with the whole configuration, tries the connection, writes it, and offers a
 * running weir to take it up. The exit code; nothing is left behind unless it is EXIT_DONE (or a
 * reload failed, which leaves what was written). */
int integration_write(const struct addition *addition);

#endif
