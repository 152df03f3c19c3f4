/* registry_check.c - is a descriptor sound?
 *
 * Lives here: every promise of plugin.h that can be checked before a plugin runs. Not here:
 * loading (registry.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "option.h"
#include "registry.h"

struct check {
	const struct weir_plugin *plugin;
	struct weir_where where; /* of the object */
	struct diag *diag;
	bool failed;
};

static void refuse(struct check *c, const char *about, const char *why)
{
	struct weir_where where = c->where;
	char *path = weir_format("%s %s%s%s", kind_name(c->plugin->kind), c->plugin->name,
	                         about ? ": " : "", about ? about : "");

	where.path = path;
	diag_addf(c->diag, where, "%s", why);
	weir_free(path);
	c->failed = true;
}

static bool is_word(const char *text)
{
	return text && *text &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

static bool is_sentence(const char *text)
{
	return text && *text && !strpbrk(text, "\r\n");
}

/* ---- sizes and identity: nothing else may be read before these hold ---- */

bool registry_check_sizes(const struct weir_plugin *plugin, const char *file, struct diag *diag)
{
	struct weir_where where = { .file = file };

	if (plugin->abi != WEIR_ABI) {
		diag_addf(diag, where, "built for ABI %u, and this weir has ABI %u; build it again",
		          plugin->abi, WEIR_ABI);
		return false;
	}
	if (plugin->size < sizeof *plugin || plugin->option_size < sizeof(struct weir_option) ||
	    plugin->metric_size < sizeof(struct weir_metric)) {
		diag_addf(diag, where, "its descriptor is too short (size %u, option_size %u, "
		          "metric_size %u; at least %zu, %zu, %zu); set them with sizeof",
		          plugin->size, plugin->option_size, plugin->metric_size, sizeof *plugin,
		          sizeof(struct weir_option), sizeof(struct weir_metric));
		return false;
	}
	if (plugin->kind < WEIR_SOURCE || plugin->kind > WEIR_SINK) {
		diag_addf(diag, where, "its kind is %d, which is no source, transform or sink",
		          (int)plugin->kind);
		return false;
	}
	if (!is_word(plugin->name)) {
		diag_addf(diag, where, "its name is missing or has other than a-z, 0-9, _ and -");
		return false;
	}
	return true;
}

/* ---- callbacks ---- */

static void check_callbacks(struct check *c)
{
	const struct weir_plugin *p = c->plugin;

	if (p->kind == WEIR_SOURCE && !p->poll)
		refuse(c, NULL, "a source needs the callback poll");
	if (p->kind == WEIR_SOURCE && p->process)
		refuse(c, NULL, "a source has no callback process");
	if (p->kind != WEIR_SOURCE && !p->process)
		refuse(c, NULL, "needs the callback process");
	if (p->kind != WEIR_SOURCE && p->poll)
		refuse(c, NULL, "only a source has the callback poll");
	if (p->clone && (p->kind != WEIR_TRANSFORM || p->state != WEIR_STATELESS))
		refuse(c, NULL, "only a stateless transform has the callback clone");
	if (p->kind == WEIR_SINK && p->delivery == WEIR_EXACTLY_ONCE && !p->flush)
		refuse(c, NULL, "exactly once needs the callback flush, which gives a position");
	if (p->kind == WEIR_SOURCE && p->flush)
		refuse(c, NULL, "a source has no callback flush");
	if (p->kind == WEIR_TRANSFORM && p->probe)
		refuse(c, NULL, "a transform has no callback probe");
}

static void check_words(struct check *c)
{
	const struct weir_plugin *p = c->plugin;

	if (!is_sentence(p->version))
		refuse(c, NULL, "has no version");
	if (!is_sentence(p->summary))
		refuse(c, NULL, "has no summary of one sentence");
	if (p->id_path && p->kind != WEIR_SOURCE)
		refuse(c, NULL, "only a source has an id_path");
	if (p->windows && !p->id_path)
		refuse(c, NULL, "windows needs an id_path: else what both lanes read comes twice");
	if (p->rule_suffix && p->kind != WEIR_TRANSFORM)
		refuse(c, NULL, "only a transform has a rule_suffix");
}

/* ---- rows ---- */

static const char *const reserved[] = { "plugin", "inputs", "name", NULL };

static bool is_reserved(const char *name)
{
	for (size_t i = 0; reserved[i]; i++)
		if (strcmp(reserved[i], name) == 0)
			return true;
	return false;
}

static void check_preset(struct check *c, const struct weir_option *row, const char *about)
{
	struct weir_error err;
	char *why;

	if (!row->preset)
		return;
	if (row->required) {
		refuse(c, about, "is required and has a preset; it can only be one of them");
	} else if (row->type == WEIR_SECRET) {
		refuse(c, about, "a secret has no preset");
	} else if (!option_check_preset(row, &err)) {
		why = weir_format("its preset does not read: %s", err.text);
		refuse(c, about, why);
		weir_free(why);
	}
}

static void check_member(struct check *c, const struct weir_option *row, const char *about)
{
	size_t size;

	if (!option_type_name(row->type)) {
		refuse(c, about, "has no known type");
		return;
	}
	size = option_member_size(row->type);
	if (row->offset > c->plugin->self_size || c->plugin->self_size - row->offset < size)
		refuse(c, about, "lies outside self; write its offset with WEIR_AT_*");
	if ((row->type == WEIR_CHOICE) != (row->choices && *row->choices))
		refuse(c, about, "a choice has choices, and nothing else has");
	else
		check_preset(c, row, about);
	if (row->installed && row->type != WEIR_PATH && row->type != WEIR_PATHS)
		refuse(c, about, "only paths can be sought among the installed files");
	if (row->data && row->type != WEIR_PATH)
		refuse(c, about, "only a path can be where data is");
}

static void check_option(struct check *c, const struct weir_option *row)
{
	const struct weir_option *first = option_row(c->plugin->options, row->name);
	char *about = weir_format("option %s", row->name);

	if (!is_word(row->name))
		refuse(c, about, "its name has other than a-z, 0-9, _ and -");
	if (is_reserved(row->name))
		refuse(c, about, "every instance has a key of this name; choose another");
	if (first != row)
		refuse(c, about, "stands in two rows");
	if (!is_sentence(row->doc))
		refuse(c, about, "has no doc of one sentence");
	if (row->min > row->max)
		refuse(c, about, "its min is above its max");
	if (row->asked && c->plugin->kind != WEIR_SOURCE)
		refuse(c, about, "only a source's options are asked for");
	check_member(c, row, about);
	weir_free(about);
}

static void check_metric(struct check *c, const struct weir_metric *row)
{
	char *about = weir_format("metric %s", row->name);

	if (!is_word(row->name))
		refuse(c, about, "its name has other than a-z, 0-9, _ and -");
	if (!is_sentence(row->doc))
		refuse(c, about, "has no doc of one sentence");
	for (const struct weir_metric *other = c->plugin->metrics; other != row; other++)
		if (strcmp(other->name, row->name) == 0)
			refuse(c, about, "stands in two rows");
	weir_free(about);
}

static void check_rule_options(struct check *c)
{
	const struct weir_option *rules = option_row(c->plugin->options, "rules");
	const struct weir_option *settings = option_row(c->plugin->options, "settings");

	if (!c->plugin->rule_suffix)
		return;
	if (!rules || rules->type != WEIR_PATHS || !settings || settings->type != WEIR_MAP)
		refuse(c, NULL, "a transform with a rule_suffix has the options rules (paths) and "
		       "settings (map)");
}

bool registry_check(const struct weir_plugin *plugin, const char *file, struct diag *diag)
{
	struct check c = { plugin, { .file = file }, diag, false };

	if (!registry_check_sizes(plugin, file, diag))
		return false;
	check_words(&c);
	check_callbacks(&c);
	for (const struct weir_option *row = plugin->options; row && row->name; row++)
		check_option(&c, row);
	for (const struct weir_metric *row = plugin->metrics; row && row->name; row++)
		check_metric(&c, row);
	check_rule_options(&c);
	return !c.failed;
}
