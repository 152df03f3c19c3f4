/* integration_write.c - a new integration: its file and its secrets, from the options given.
 *
 * Until all is checked and tried nothing is on disk: the file is a text, and a secret that is to
 * be copied lies in memory with a descriptor, under whose name it is read.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "integration_write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "file_create.h"
#include "integration.h"
#include "print.h"
#include "probe.h"
#include "runtime.h"
#include "secret.h"

#define WHO "weir integration add"

/* A secret that is copied. */
struct copy {
	struct weir_bytes bytes;
	int fd;       /* -1: this option is none */
	char *path;   /* where it will be */
};

struct writing {
	const struct addition *of;
	struct copy *copies;     /* by option */
	char *folder, *path;     /* integrations.d, and the file in it */
	struct core_options core; /* state_dir is w's own */
	char *state_dir;
	struct file_owner owner;
};

/* ---- the text -------------------------------------------------------------------------- */

/* What is typed at a shell is meant from where the person is, not from integrations.d. */
static char *from_here(const char *path)
{
	char *here, *whole;

	if (path[0] == '/')
		return weir_strdup(path);
	here = get_current_dir_name();
	whole = weir_format("%s/%s", here ? here : ".", path);
	free(here);
	return whole;
}

static void put_quoted(const char *before, const char *text, struct weir_buf *yaml)
{
	char *whole = weir_format("%s%s", before, text);

	weir_json_quote(weir_bytes(whole), yaml);
	weir_free(whole);
}

static void put_secret(const struct given *given, const struct copy *copy, bool tried,
                       struct weir_buf *yaml)
{
	const char *slash = copy->path ? strrchr(copy->path, '/') : NULL;
	char *path;

	if (copy->fd >= 0 && tried) {
		weir_buf_printf(yaml, "file:/proc/self/fd/%d", copy->fd);
	} else if (copy->fd >= 0) {
		put_quoted("file:", slash + 1, yaml);
	} else if (strncmp(given->value, "file:", 5) == 0) {
		path = from_here(given->value + 5);
		put_quoted("file:", path, yaml);
		weir_free(path);
	} else {
		put_quoted("", given->value, yaml);
	}
}

static void put_value(const struct given *given, const struct copy *copy, bool tried,
                      struct weir_buf *yaml)
{
	char *path;

	switch (given->row->type) {
	case WEIR_SECRET:
		put_secret(given, copy, tried, yaml);
		return;
	case WEIR_PATH:
		path = from_here(given->value);
		put_quoted("", path, yaml);
		weir_free(path);
		return;
	case WEIR_STRING:
		put_quoted("", given->value, yaml);
		return;
	default: /* numbers, lists and so on are YAML already */
		weir_buf_puts(yaml, given->value);
		return;
	}
}

/* The file; tried: with secrets as they can be read before they are written. */
static void put_yaml(const struct writing *w, bool tried, struct weir_buf *yaml)
{
	const struct addition *a = w->of;

	weir_buf_puts(yaml, "name: ");
	weir_json_quote(weir_bytes(a->name), yaml);
	weir_buf_printf(yaml, "\nplugin: %s\n", a->plugin->name);
	for (size_t i = 0; i < a->count; i++) {
		if (!a->given[i].value)
			continue;
		weir_buf_printf(yaml, "%s: ", a->given[i].row->name);
		put_value(&a->given[i], &w->copies[i], tried, yaml);
		weir_buf_putc(yaml, '\n');
	}
}

/* ---- secrets --------------------------------------------------------------------------- */

static bool keep_open(struct copy *copy)
{
	copy->fd = memfd_create("secret", MFD_CLOEXEC);
	return copy->fd >= 0 && fchmod(copy->fd, 0600) == 0
	       && write(copy->fd, copy->bytes.data, copy->bytes.len) == (ssize_t)copy->bytes.len;
}

/* Every secret that names a file, and not where else it is. */
static bool read_secrets(struct writing *w)
{
	const struct addition *a = w->of;
	struct weir_error err;

	for (size_t i = 0; i < a->count; i++) {
		const struct given *given = &a->given[i];
		struct copy *copy = &w->copies[i];

		if (!given->value || given->row->type != WEIR_SECRET || secret_is_reference(given->value))
			continue;
		if (!file_read(given->value, SECRET_MAX, &copy->bytes, &err)) {
			fprintf(stderr, WHO ": %s: %s\n", given->row->name, err.text);
			return false;
		}
		copy->path = integration_file(w->folder, a->name, given->row->name);
		if (!keep_open(copy)) {
			fprintf(stderr, WHO ": %s: %s\n", given->row->name, strerror(errno));
			return false;
		}
	}
	return true;
}

/* ---- trying ----------------------------------------------------------------------------- */

static bool is_reached(const struct addition *a, struct config *config, struct diag *diag)
{
	const struct config_node *nodes[] = { integration_find(config, a->name), NULL };

	if (a->no_test || !nodes[0] || !probe_can(nodes[0]))
		return true;
	if (probe_show(config, nodes, diag, NULL))
		return true;
	fputs(WHO ": nothing was written; mend what is marked and try again, or say --no-test\n",
	      stderr);
	return false;
}

/* All that `weir check` finds, and then what the peer says. */
static int try_it(struct writing *w)
{
	struct weir_buf yaml = { 0 };
	struct diag *diag = diag_create();
	struct config *config;
	struct runtime *runtime;
	int code;

	put_yaml(w, true, &yaml);
	config = load_config_adding(&w->of->load, &(struct config_addition){
		w->path, { yaml.data, yaml.len } }, diag);
	runtime = runtime_create(config, diag);
	code = load_report(diag);
	runtime_destroy(runtime);
	if (code == EXIT_DONE && !is_reached(w->of, config, diag))
		code = EXIT_FAILED;
	w->core = config->core;
	w->core.state_dir = w->state_dir = weir_strdup(config->core.state_dir);
	config_destroy(config);
	diag_destroy(diag);
	weir_buf_finish(&yaml);
	return code;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* What root adds is for the user that weir runs as: the one who has the state. */
static void find_owner(struct writing *w)
{
	struct stat st;

	if (geteuid() == 0 && w->state_dir && stat(w->state_dir, &st) == 0 && st.st_uid != 0)
		w->owner = (struct file_owner){ true, st.st_uid, st.st_gid };
}

static bool make_folder(const struct writing *w, struct weir_error *err)
{
	bool ok = mkdir(w->folder, 0700) == 0;

	if (ok && w->owner.set)
		ok = chown(w->folder, w->owner.uid, w->owner.gid) == 0;
	else if (!ok && errno == EEXIST)
		return true;
	if (!ok)
		weir_fail(err, WEIR_E_RESOURCE, "make %s: %s", w->folder, strerror(errno));
	return ok && file_sync_folder(w->folder, err);
}

/* Secrets first: without the file that names them they mean nothing. */
static bool write_files(const struct writing *w, struct weir_error *err)
{
	struct weir_buf yaml = { 0 };
	size_t done = 0;
	bool ok = make_folder(w, err);

	for (; ok && done < w->of->count; done++) {
		const struct copy *copy = &w->copies[done];

		if (copy->fd >= 0 && !file_create(copy->path, copy->bytes, &w->owner, err)) {
			ok = false;
			break;
		}
	}
	put_yaml(w, false, &yaml);
	ok = ok && file_create(w->path, (struct weir_bytes){ yaml.data, yaml.len }, &w->owner, err);
	while (!ok && done-- > 0) {
		if (w->copies[done].fd >= 0)
			unlink(w->copies[done].path);
	}
	weir_buf_finish(&yaml);
	return ok;
}

static void tell(const struct writing *w)
{
	print_format("added %s: %s\n", w->of->name, w->path);
	for (size_t i = 0; i < w->of->count; i++) {
		if (w->copies[i].fd >= 0)
			print_format("%s was copied to %s; %s may be deleted\n",
			        w->of->given[i].row->name, w->copies[i].path, w->of->given[i].value);
	}
}

/* ---- all of it --------------------------------------------------------------------------- */

static void begin(struct writing *w, const struct addition *addition)
{
	*w = (struct writing){ .of = addition };
	w->folder = config_integrations(load_first_file(&addition->load));
	w->path = integration_file(w->folder, addition->name, "yaml");
	w->copies = weir_alloc((addition->count + 1) * sizeof *w->copies);
	for (size_t i = 0; i < addition->count; i++)
		w->copies[i].fd = -1;
}

static void finish(struct writing *w)
{
	for (size_t i = 0; i < w->of->count; i++) {
		struct copy *copy = &w->copies[i];

		if (copy->fd >= 0)
			close(copy->fd);
		if (copy->bytes.data)
			explicit_bzero((char *)(uintptr_t)copy->bytes.data, copy->bytes.len);
		weir_free((char *)(uintptr_t)copy->bytes.data);
		weir_free(copy->path);
	}
	weir_free(w->copies);
	weir_free(w->folder);
	weir_free(w->path);
	weir_free(w->state_dir);
}

int integration_write(const struct addition *addition)
{
	struct weir_error err;
	struct writing w;
	int code = EXIT_CONFIG;

	begin(&w, addition);
	if (access(w.path, F_OK) == 0)
		fprintf(stderr, WHO ": there is an integration %s already (%s); choose another name, or "
		        "remove that one first\n", addition->name, w.path);
	else if (read_secrets(&w))
		code = try_it(&w);
	if (code == EXIT_DONE) {
		find_owner(&w);
		if (write_files(&w, &err)) {
			tell(&w);
			if (!integration_reload(WHO, &w.core, addition->reload))
				code = EXIT_FAILED;
		} else {
			fprintf(stderr, WHO ": %s; nothing was written\n", err.text);
			code = EXIT_FAILED;
		}
	}
	finish(&w);
	return code;
}
