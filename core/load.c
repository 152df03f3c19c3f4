/* load.c - what the commands that read a configuration begin with.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "load.h"

#include <unistd.h>

#include "registry.h"

const char *load_first_file(const struct load_args *args)
{
	if (args->files.count)
		return args->files.items[0];
	return access("weir.yaml", F_OK) == 0 ? "weir.yaml" : "/etc/weir/weir.yaml";
}

struct config *load_config(const struct load_args *args, struct diag *diag)
{
	registry_load(args->plugins.items, diag);
	return load_config_again(args, diag);
}

struct config *load_config_again(const struct load_args *args, struct diag *diag)
{
	return load_config_adding(args, NULL, diag);
}

struct config *load_config_adding(const struct load_args *args,
                                  const struct config_addition *addition, struct diag *diag)
{
	const char *first = load_first_file(args);

	if (args->files.count)
		return config_load_adding(args->files.items, args->files.count, addition, diag);
	if (access(first, F_OK) == 0)
		return config_load_adding(&first, 1, addition, diag);
	diag_addf(diag, (struct weir_where){ .file = first },
	          "is not there, and no weir.yaml here; name a configuration with -c, or make one: "
	          "weir new config");
	return config_load_adding(NULL, 0, addition, diag);
}

void load_finish(struct load_args *args)
{
	args_finish(&args->files);
	args_finish(&args->plugins);
}

static void put_count(size_t count, const char *one, FILE *to)
{
	fprintf(to, "%zu %s%s", count, one, count == 1 ? "" : "s");
}

int load_report(struct diag *diag)
{
	size_t errors = diag_errors(diag), warnings = diag_warnings(diag);

	diag_print(diag, stderr, diag_color_of(stderr));
	if (errors) {
		put_count(errors, "mistake", stderr);
		if (warnings) {
			fputs(", ", stderr);
			put_count(warnings, "warning", stderr);
		}
		fputs("\n", stderr);
	}
	return errors ? EXIT_CONFIG : EXIT_DONE;
}
