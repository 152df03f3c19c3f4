/* main.c - argv to one of the commands.
 *
 * Lives here: the table of commands, help and version. Not here: what a command does
 * (cmd_<name>.c), its options (args.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <weir/util.h>

#include "command.h"
#include "print.h"

/* CMake writes one line COMMAND(name) for each core/cmd_<name>.c. */
#define COMMAND(name) extern const struct command cmd_##name;
#include "commands.inc"
#undef COMMAND

static const struct command *const commands[] = {
#define COMMAND(name) &cmd_##name,
#include "commands.inc"
#undef COMMAND
	NULL,
};

static const struct command *find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void put_help(struct weir_buf *text)
{
	weir_buf_puts(text, "usage: weir COMMAND [options]\n"
	              "\n"
	              "weir pulls events from sources, shapes them by rules, and delivers each "
	              "record once.\n"
	              "\n"
	              "commands:\n");
	for (size_t i = 0; commands[i]; i++)
		weir_buf_printf(text, "  %-12s %s\n", commands[i]->name, commands[i]->summary);
	weir_buf_puts(text, "  help         print this, or the help of one command: weir help check\n"
	              "\n"
	              "  weir --version prints the version.\n"
	              "\n"
	              "exit codes: 0 done, 1 failed while running, 2 the configuration or command "
	              "line is wrong\n");
}

static int print_help(void)
{
	struct weir_buf text = { 0 };

	put_help(&text);
	print_buf(&text);
	weir_buf_finish(&text);
	return EXIT_DONE;
}

/* Nothing was asked for. */
static int complain_with_help(void)
{
	struct weir_buf text = { 0 };

	put_help(&text);
	fputs(weir_buf_text(&text), stderr);
	weir_buf_finish(&text);
	return EXIT_CONFIG;
}

static int unknown(const char *word)
{
	const char *names[WEIR_COUNT(commands) + 1];
	const char *nearest;
	size_t count = 0;

	for (; commands[count]; count++)
		names[count] = commands[count]->name;
	names[count] = "help";
	names[count + 1] = NULL;
	nearest = weir_nearest(word, names);
	fprintf(stderr, "weir: no command '%s'; ", word);
	if (nearest)
		fprintf(stderr, "did you mean weir %s?\n", nearest);
	else
		fputs("weir help lists them\n", stderr);
	return EXIT_CONFIG;
}

static bool is_any(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int help(int argc, char **argv)
{
	const struct command *command;
	char flag[] = "--help";

	if (argc < 2 || is_any(argv[1], "--help", "-h"))
		return print_help();
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	if (argc > 2)
		return command->run((char *[]){ argv[1], argv[2], flag, NULL });
	return command->run((char *[]){ argv[1], flag, NULL });
}

static int version(void)
{
	print_text("weir " WEIR_VERSION "\n");
	return EXIT_DONE;
}

/* Pages come and go all the time: what one leaves is kept for the next. Left to itself glibc
 * hands such blocks back to the kernel, which then maps and clears them anew. Threads share it:
 * what lies at the end of an arena of their own is never given back (malloc_trim), and only
 * rules with functions allocate often enough for several processors to get in each other's way. */
static void keep_freed_pages(void)
{
#ifdef M_TRIM_THRESHOLD
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	mallopt(M_MMAP_THRESHOLD, 8 << 20);
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
	mallopt(M_ARENA_MAX, processors > 4 ? (int)(processors / 4) : 1);
#endif
}

/* What is opened would else get their numbers, and what is printed would be written into it. */
static void fill_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY); /* printing fails, and so it should */
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static int dispatch(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2)
		return complain_with_help();
	if (is_any(argv[1], "--version", "-V") || strcmp(argv[1], "version") == 0)
		return version();
	if (is_any(argv[1], "--help", "-h"))
		return print_help();
	if (strcmp(argv[1], "help") == 0)
		return help(argc - 1, argv + 1);
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	return command->run(argv + 1);
}

int main(int argc, char **argv)
{
	fill_standard_files();
	keep_freed_pages();
	/* A reader that went away is an error of write, not the end of the process. */
	signal(SIGPIPE, SIG_IGN);
	return print_end(dispatch(argc, argv));
}
