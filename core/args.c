/* args.c - a command's options: rows x argv -> variables, and the help printed from the rows.
 *
 * Lives here: the one reader of argv. Not here: choosing the command (main.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "args.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/util.h>

#include "print.h"

static void list_add(struct args_list *list, const char *word)
{
	list->items = weir_realloc(list->items, (list->count + 2) * sizeof *list->items);
	list->items[list->count++] = word;
	list->items[list->count] = NULL;
}

void args_finish(struct args_list *list)
{
	weir_free(list->items);
	*list = (struct args_list){ 0 };
}

int args_wrong(const struct command *command, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "weir %s: ", command->name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "; see weir %s --help\n", command->name);
	return EXIT_CONFIG;
}

/* ---- help ---- */

enum { HELP_COLUMN = 26 };

static void help_row(struct weir_buf *text, char letter, const char *name, const char *value, const char *doc)
{
	struct weir_buf left = { 0 };

	if (letter)
		weir_buf_printf(&left, "  -%c, --%s", letter, name);
	else
		weir_buf_printf(&left, "      --%s", name);
	if (value)
		weir_buf_printf(&left, " %s", value);
	if (left.len > HELP_COLUMN - 2)
		weir_buf_printf(text, "%s\n%*s%s\n", weir_buf_text(&left), HELP_COLUMN, "", doc);
	else
		weir_buf_printf(text, "%-*s%s\n", HELP_COLUMN, weir_buf_text(&left), doc);
	weir_buf_finish(&left);
}

void args_help(const struct command *command, const struct arg *rows,
               struct weir_buf *text)
{
	weir_buf_printf(text, "usage: weir %s%s%s\n\n%s.\n\n", command->name,
	                *command->usage ? " " : "", command->usage, command->summary);
	for (const struct arg *row = rows; row->name; row++)
		help_row(text, row->letter, row->name, row->value, row->doc);
	help_row(text, 'h', "help", NULL, "print this");
	if (command->help)
		weir_buf_printf(text, "\n%s", command->help);
}

static void print_help(const struct command *command, const struct arg *rows)
{
	struct weir_buf text = { 0 };

	args_help(command, rows, &text);
	print_buf(&text);
	weir_buf_finish(&text);
}

int args_unknown(const struct command *command, const char *what, const char *name,
                 const struct names *names)
{
	enum { FEW = 5 };
	const char *near = names_nearest(names, name);
	struct weir_buf text = { 0 };
	int code;

	weir_buf_printf(&text, "there is no %s %s", what, name);
	if (near)
		weir_buf_printf(&text, "; did you mean %s?", near);
	for (size_t i = 0; !near && names->count <= FEW && i < names->count; i++)
		weir_buf_printf(&text, "%s%s", i ? ", " : "; there are: ", names->items[i]);
	code = args_wrong(command, "%s", weir_buf_text(&text));
	weir_buf_finish(&text);
	return code;
}

/* ---- reading ---- */

static const struct arg *find_name(const struct arg *rows, struct weir_bytes name)
{
	for (; rows->name; rows++)
		if (weir_bytes_are(name, rows->name))
			return rows;
	return NULL;
}

static const struct arg *find_letter(const struct arg *rows, char letter)
{
	for (; rows->name; rows++)
		if (rows->letter == letter)
			return rows;
	return NULL;
}

static int wrong_name(const struct command *command, const struct arg *rows,
                      struct weir_bytes name)
{
	char *word = weir_strndup(name.data, name.len);
	const char **names;
	const char *nearest;
	size_t count = 0;
	int code;

	while (rows[count].name)
		count++;
	names = weir_alloc((count + 2) * sizeof *names);
	for (size_t i = 0; i < count; i++)
		names[i] = rows[i].name;
	names[count] = "help";
	nearest = weir_nearest(word, names);
	if (nearest)
		code = args_wrong(command, "no option --%s; did you mean --%s?", word, nearest);
	else
		code = args_wrong(command, "no option --%s", word);
	weir_free(names);
	weir_free(word);
	return code;
}

static bool store_number(const struct command *command, const struct arg *row, const char *value,
                         int *code)
{
	bool digits = *value && strspn(value, "0123456789") == strlen(value);

	if (!digits || strlen(value) > 18) {
		*code = args_wrong(command, "--%s: '%s' is not a whole number", row->name, value);
		return false;
	}
	*row->number = strtoll(value, NULL, 10);
	return true;
}

static bool store(const struct command *command, const struct arg *row, const char *value,
                  int *code)
{
	if (row->number)
		return store_number(command, row, value, code);
	if (row->many)
		list_add(row->many, value);
	else
		*row->text = value;
	return true;
}

/* What is left of argv; next is the word that comes after the one being read. */
struct reading {
	const struct command *command;
	const struct arg *rows;
	char **next;
	int code;
};

/* One option; attached is the value that hangs on it ("=x", "-cx"), or NULL. */
static bool take(struct reading *r, const struct arg *row, const char *attached)
{
	if (!row->value) {
		if (attached) {
			r->code = args_wrong(r->command, "--%s takes no value", row->name);
			return false;
		}
		*row->flag = true;
		return true;
	}
	if (!attached && !*r->next) {
		r->code = args_wrong(r->command, "--%s: %s is missing after it", row->name,
		                     row->value);
		return false;
	}
	return store(r->command, row, attached ? attached : *r->next++, &r->code);
}

static bool read_long(struct reading *r, const char *word)
{
	const char *equals = strchr(word, '=');
	struct weir_bytes name = { word, equals ? (size_t)(equals - word) : strlen(word) };
	const struct arg *row = find_name(r->rows, name);

	if (!row) {
		r->code = wrong_name(r->command, r->rows, name);
		return false;
	}
	return take(r, row, equals ? equals + 1 : NULL);
}

/* -abc is -a -b -c while they are flags; the first that wants a value takes the rest. */
static bool read_letters(struct reading *r, const char *letters)
{
	for (; *letters; letters++) {
		const struct arg *row = find_letter(r->rows, *letters);

		if (!row) {
			r->code = args_wrong(r->command, "no option -%c", *letters);
			return false;
		}
		if (row->value)
			return take(r, row, letters[1] ? letters + 1 : NULL);
		*row->flag = true;
	}
	return true;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

static bool read_word(struct reading *r, struct args_list *words, const char *word)
{
	if (strncmp(word, "--", 2) == 0)
		return read_long(r, word + 2);
	if (word[0] == '-' && word[1])
		return read_letters(r, word + 1);
	if (!words) {
		r->code = args_wrong(r->command, "'%s' is one word too many", word);
		return false;
	}
	list_add(words, word);
	return true;
}

bool args_read(const struct command *command, const struct arg *rows, struct args_list *words,
               char **argv, int *code)
{
	struct reading r = { command, rows, argv + 1, EXIT_CONFIG };
	bool options = true;

	weir_must(*argv);
	while (*r.next) {
		const char *word = *r.next++;

		if (options && is_help(word)) {
			print_help(command, rows);
			*code = EXIT_DONE;
			return false;
		}
		if (options && strcmp(word, "--") == 0) {
			options = false;
			continue;
		}
		if (!options && words) {
			list_add(words, word);
			continue;
		}
		if (!read_word(&r, words, word)) {
			*code = r.code;
			return false;
		}
	}
	return true;
}
