/* state_names.c - which sources and sinks a command about the state may be asked for.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "state_dir.h"

#include "registry.h"

struct known {
	enum weir_kind kind;
	struct names names;
};

/* A source that was removed has its letters and counts yet. */
static bool add_count(void *arg, const struct store_count *count)
{
	struct known *known = arg;
	const char *name = known->kind == WEIR_SOURCE ? count->source : count->sink;

	if (name && *name)
		names_add(&known->names, name);
	return true;
}

static bool add_position(void *arg, const struct store_position *position)
{
	struct known *known = arg;

	if (position->kind == known->kind)
		names_add(&known->names, position->name);
	return true;
}

static void add_stored(struct known *known, const char *dir)
{
	struct weir_error err = { 0 };
	enum store_opened opened;
	char *note = NULL;
	struct store *store = store_open(dir, STORE_READ, NULL, &opened, &note, &err);

	weir_free(note);
	if (!store)
		return;
	store_each_count(store, add_count, known);
	store_each_position(store, add_position, known);
	store_close(store);
}

bool state_names_check(const struct command *command, const struct state_args *args,
                       enum weir_kind kind, const char *name)
{
	struct known known = { .kind = kind };
	bool found;

	if (!name)
		return true;
	if (args->config)
		config_names(args->config, kind, &known.names);
	if (!names_have(&known.names, name))
		add_stored(&known, args->dir ? args->dir : args->found);
	found = names_have(&known.names, name);
	if (!found)
		args_unknown(command, kind_name(kind), name, &known.names);
	names_finish(&known.names);
	return found;
}
