/* load.h - what the commands that read a configuration begin with.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LOAD_H
#define CORE_LOAD_H

#include "args.h"
#include "config.h"

struct load_args {
	struct args_list files, plugins;
};

/* The rows of a command for -c and --plugins; load is a struct load_args. */
#define LOAD_ROWS(load)                                                                       \
	{ "config", 'c', "FILE", "weir.yaml here, else in /etc/weir; more are laid over it", \
	  .many = &(load).files },                                                            \
	{ "plugins", 0, "DIR", "a further folder of plugins", .many = &(load).plugins }

/* Loads the plugins, then the files; without -c that is weir.yaml, or if absent
 * /etc/weir/weir.yaml. As config_load. */
struct config *load_config(const struct load_args *args, struct diag *diag);
/* The files once more, with the plugins that are loaded. */
struct config *load_config_again(const struct load_args *args, struct diag *diag);
/* The same with one integration more. */
struct config *load_config_adding(const struct load_args *args,
                                  const struct config_addition *addition, struct diag *diag);
/* The first of the files. */
const char *load_first_file(const struct load_args *args);
void load_finish(struct load_args *args);
/* Prints what diag holds to stderr, with their number: EXIT_CONFIG when there are mistakes, else
 * EXIT_DONE. */
int load_report(struct diag *diag);

#endif
