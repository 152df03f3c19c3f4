/* inputs.c - patterns, renamed files, positions.
 *
 * A position is {"files":[{"path","device","inode","offset","format","head","head_len"}...]}.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "inputs.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *const format_names[] = {
	[INPUT_UNKNOWN] = "unknown", [INPUT_LINES] = "lines", [INPUT_ARRAY] = "array",
};

void inputs_finish(struct inputs *inputs)
{
	for (size_t i = 0; i < inputs->count; i++)
		input_destroy(inputs->items[i]);
	weir_free(inputs->items);
	*inputs = (struct inputs){ 0 };
}

static struct input *add(struct inputs *inputs, const char *path)
{
	if (inputs->count == inputs->cap) {
		inputs->cap = inputs->cap ? inputs->cap * 2 : 8;
		inputs->items = weir_realloc(inputs->items, inputs->cap * sizeof(struct input *));
	}
	inputs->items[inputs->count] = input_create(path);
	return inputs->items[inputs->count++];
}

static struct input *find_inode(const struct inputs *inputs, uint64_t inode)
{
	for (size_t i = 0; i < inputs->count; i++) {
		if (inputs->items[i]->inode == inode)
			return inputs->items[i];
	}
	return NULL;
}

static struct input *find_path(const struct inputs *inputs, const char *path)
{
	for (size_t i = 0; i < inputs->count; i++) {
		if (strcmp(inputs->items[i]->path, path) == 0)
			return inputs->items[i];
	}
	return NULL;
}

static void see(struct inputs *inputs, const char *path)
{
	struct input *in;
	struct stat st;

	if (stat(path, &st) != 0)
		return;
	in = find_inode(inputs, (uint64_t)st.st_ino);
	if (in && strcmp(in->path, path) != 0 && !in->listed) {
		weir_free(in->path);
		in->path = weir_strdup(path);
	}
	if (!in)
		in = find_path(inputs, path);
	/* Another file under a known name: the known one was renamed, or is gone. */
	if (in && in->inode != 0 && in->inode != (uint64_t)st.st_ino)
		in = NULL;
	if (!in)
		in = add(inputs, path);
	in->listed = true;
}

/* Whoever writes to a file may go on for a while after it was renamed or removed. */
#define LOOKS_KEPT 10

static void drop_unlisted(struct inputs *inputs)
{
	size_t kept = 0;

	for (size_t i = 0; i < inputs->count; i++) {
		struct input *in = inputs->items[i];

		in->unlisted = in->listed ? 0 : in->unlisted + 1;
		if (in->listed || (in->fd >= 0 && (!in->at_end || in->unlisted <= LOOKS_KEPT)))
			inputs->items[kept++] = in;
		else
			input_destroy(in);
	}
	inputs->count = kept;
}

bool inputs_look(struct inputs *inputs, const char *pattern)
{
	const char *slash = strrchr(pattern, '/');
	glob_t found = { 0 };
	struct stat st;

	if (strcmp(slash ? slash + 1 : pattern, "-") == 0 && stat(pattern, &st) != 0) {
		if (inputs->count == 0)
			add(inputs, pattern);
		return true;
	}
	for (size_t i = 0; i < inputs->count; i++)
		inputs->items[i]->listed = false;
	if (stat(pattern, &st) == 0) {
		see(inputs, pattern);
	} else if (glob(pattern, GLOB_BRACE, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			see(inputs, found.gl_pathv[i]);
	}
	globfree(&found);
	drop_unlisted(inputs);
	return inputs->count > 0;
}

/* ---- positions ------------------------------------------------------------------------- */

static void render(const struct input *in, struct weir_buf *text)
{
	weir_buf_puts(text, "{\"path\":");
	weir_json_quote(weir_bytes(in->path), text);
	weir_buf_printf(text,
	                ",\"device\":%llu,\"inode\":%llu,\"offset\":%lld,\"format\":\"%s\","
	                "\"head\":\"%016llx\",\"head_len\":%lld}",
	                (unsigned long long)in->device, (unsigned long long)in->inode,
	                (long long)in->offset, format_names[in->format],
	                (unsigned long long)in->head, (long long)in->head_len);
}

void inputs_position(const struct inputs *inputs, struct weir_buf *position)
{
	bool first = true;

	weir_buf_puts(position, "{\"files\":[");
	for (size_t i = 0; i < inputs->count; i++) {
		const struct input *in = inputs->items[i];

		if (in->inode == 0 || in->is_stdin)
			continue;
		if (!first)
			weir_buf_putc(position, ',');
		render(in, position);
		first = false;
	}
	weir_buf_puts(position, "]}");
}

static int64_t number_of(struct weir_value v, const char *key)
{
	int64_t number = 0;

	weir_value_int(weir_value_get(v, key), &number);
	return number;
}

static void restore_one(struct inputs *inputs, struct weir_value v, struct weir_arena *arena)
{
	struct weir_value format = weir_value_get(v, "format");
	struct weir_bytes path, head;
	struct input *in;
	char *text;

	if (!weir_value_text(weir_value_get(v, "path"), arena, &path) ||
	    !weir_value_text(weir_value_get(v, "head"), arena, &head))
		return;
	text = weir_strndup(path.data, path.len);
	in = add(inputs, text);
	weir_free(text);
	in->device = (uint64_t)number_of(v, "device");
	in->inode = (uint64_t)number_of(v, "inode");
	in->offset = number_of(v, "offset");
	in->head_len = number_of(v, "head_len");
	if (in->head_len < 0 || in->head_len > HEAD_MOST)
		in->head_len = 0;
	text = weir_strndup(head.data, head.len);
	in->head = strtoull(text, NULL, 16);
	weir_free(text);
	for (int i = 0; i < 3; i++) {
		if (weir_value_is_text(format, format_names[i]))
			in->format = (enum input_format)i;
	}
}

enum weir_status inputs_restore(struct inputs *inputs, const char *position,
                                struct weir_error *err)
{
	struct weir_arena *arena = weir_arena_create();
	struct weir_value v;
	struct weir_each each;
	enum weir_status status = WEIR_OK;

	if (weir_json_parse(arena, weir_bytes(position), &v, err)) {
		each = weir_each(weir_value_get(v, "files"));
		while (weir_next(&each))
			restore_one(inputs, each.value, arena);
	} else {
		status = weir_while(err, "stored position");
	}
	weir_arena_destroy(arena);
	return status;
}
