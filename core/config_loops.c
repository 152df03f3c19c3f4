/* config_loops.c - a source that reads what a sink behind it writes never comes to an end.
 *
 * Lives here: whether two paths of `data` options may be one file. Not here: sinks that write the
 * same, sources that read the same (config.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "config_build.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"

enum meeting { APART, MAYBE, SAME };

/* What the node's `data` option says, or NULL; *name is the option's. */
static const char *data_path(const struct config_build *b, const struct config_node *node,
                             const char **name)
{
	const struct weir_option *row = node->plugin ? node->plugin->options : NULL;

	while (row && row->name && !row->data)
		row++;
	if (row && row->name) {
		const struct tree *value = tree_get(node->options, row->name);

		*name = row->name;
		if (value && tree_is_scalar(value) && *value->text && strcmp(value->text, "-") != 0)
			return file_under(b->config->arena, file_folder(value->where.file), value->text);
	}
	return NULL;
}

/* Behind "{schema}" or "[a-z]"; NULL: text does not begin with such. */
static const char *behind(const char *text, char open, char close)
{
	const char *end = *text == open ? strchr(text, close) : NULL;

	return end ? end + 1 : NULL;
}

/* Two names, and which pairs of their places were tried in vain. */
struct pairing {
	const char *glob, *path;
	size_t width;
	bool *tried;
};

static bool may_meet(struct pairing *p, const char *glob, const char *path)
{
	const char *any_path = behind(path, '{', '}'), *any_glob = behind(glob, '{', '}');
	const char *one = behind(glob, '[', ']');
	bool *tried = &p->tried[(size_t)(glob - p->glob) * p->width + (size_t)(path - p->path)];

	if (*tried)
		return false;
	*tried = true;
	if (!any_glob && *glob == '*')
		any_glob = glob + 1;
	if (any_path)
		return may_meet(p, glob, any_path) ||
		       (*glob && *glob != '/' &&
		        may_meet(p, any_glob ? any_glob : one ? one : glob + 1, path));
	if (any_glob)
		return may_meet(p, any_glob, path) ||
		       (*path && *path != '/' && may_meet(p, glob, path + 1));
	if (!*glob || !*path)
		return *glob == *path;
	if (one || *glob == '?')
		return *path != '/' && may_meet(p, one ? one : glob + 1, path + 1);
	return *glob == *path && may_meet(p, glob + 1, path + 1);
}

/* Is there a file that both name? {words} in either may be any text without a slash. */
static bool one_may_match(const char *glob, const char *path)
{
	struct pairing p = { .glob = glob, .path = path, .width = strlen(path) + 1 };
	size_t len = strlen(glob);
	bool found;

	if (len >= PATH_MAX || p.width > PATH_MAX) /* no file has such a name */
		return false;
	p.tried = weir_alloc((len + 1) * p.width * sizeof *p.tried);
	found = may_meet(&p, glob, path);
	weir_free(p.tried);
	return found;
}

static bool one_file(const char *a, const char *b)
{
	struct stat left, right;

	return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev &&
	       left.st_ino == right.st_ino && S_ISREG(left.st_mode);
}

static enum meeting meet(const char *glob, const char *path)
{
	bool words = strchr(path, '{');

	if (one_file(glob, path) || (!words && fnmatch(glob, path, FNM_PATHNAME | FNM_PERIOD) == 0))
		return SAME;
	return (words || strchr(glob, '{')) && one_may_match(glob, path) ? MAYBE : APART;
}

static bool is_reached(const struct config *config, const struct config_node *node,
                       const bool *reached)
{
	for (const char *const *input = node->inputs; *input; input++) {
		for (size_t i = 0; i < config->node_count; i++) {
			const struct config_node *other = &config->nodes[i];

			if (other->kind != WEIR_SINK && reached[i] && strcmp(other->name, *input) == 0)
				return true;
		}
	}
	return false;
}

/* Inputs come in front of what reads them. */
static bool leads_to(const struct config *config, size_t source, size_t sink)
{
	bool *reached = weir_alloc(config->node_count * sizeof *reached), leads;

	for (size_t i = 0; i < config->node_count; i++)
		reached[i] = i == source || is_reached(config, &config->nodes[i], reached);
	leads = reached[sink];
	weir_free(reached);
	return leads;
}

static void check_pair(struct config_build *b, size_t source, size_t sink)
{
	struct config_node *from = &b->config->nodes[source];
	const struct config_node *to = &b->config->nodes[sink];
	const char *name, *other, *read = data_path(b, from, &name);
	const char *written = data_path(b, to, &other);
	enum meeting meeting = read && written ? meet(read, written) : APART;

	if (meeting == APART || !leads_to(b->config, source, sink))
		return;
	if (meeting == MAYBE) {
		diag_warnf(b->diag, config_where(b->config, from, name),
		           "may match files that %s writes, which would go round for ever; write to "
		           "another folder", to->where.path);
		return;
	}
	diag_addf(b->diag, config_where(b->config, from, name),
	          "reads what %s writes, which would go round for ever; write to another folder",
	          to->where.path);
	from->sound = false;
}

void config_check_loops(struct config_build *b)
{
	for (size_t i = 0; i < b->config->node_count; i++) {
		for (size_t j = 0; j < b->config->node_count; j++) {
			if (b->config->nodes[i].kind == WEIR_SOURCE &&
			    b->config->nodes[j].kind == WEIR_SINK)
				check_pair(b, i, j);
		}
	}
}
