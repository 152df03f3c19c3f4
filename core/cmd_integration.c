/* cmd_integration.c - weir integration: sources in files of their own, added and removed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "integration.h"

extern const struct command cmd_integration;

/* ---- test ---------------------------------------------------------------------------- */

static int run_test(char **argv)
{
	struct load_args load = { { 0 }, { 0 } };
	struct doctor_wish wish = { 0 };
	struct args_list words = { 0 };
	const struct arg rows[] = {
		LOAD_ROWS(load),
		{ "json", 0, NULL, "print one JSON object", .flag = &wish.json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&integration_test, rows, &words, argv, &code)) {
		wish.source = words.count == 1 ? words.items[0] : NULL;
		code = wish.source ? doctor_run(&integration_test, &load, &wish)
		                   : args_wrong(&integration_test, "the name of one integration is wanted");
	}
	args_finish(&words);
	load_finish(&load);
	return code;
}

const struct command integration_test = {
	.name = "integration test",
	.summary = "Try the connection of one integration, as weir doctor does",
	.usage = "NAME [-c FILE]... [--json]",
	.help = "  weir integration test acme -c weir.yaml\n",
	.run = run_test,
};

/* ---- the verbs ------------------------------------------------------------------------- */

static const struct command *const verbs[] = {
	&integration_add, &integration_list, &integration_test, &integration_remove,
};

/* "add" of "integration add". */
static const char *verb_of(const struct command *command)
{
	return strchr(command->name, ' ') + 1;
}

static int wrong_verb(const char *word)
{
	const char *names[WEIR_COUNT(verbs) + 1] = { NULL };
	const char *nearest;

	for (size_t i = 0; i < WEIR_COUNT(verbs); i++)
		names[i] = verb_of(verbs[i]);
	nearest = weir_nearest(word, names);
	if (nearest)
		return args_wrong(&cmd_integration, "there is no 'integration %s'; did you mean %s?", word,
		                  nearest);
	return args_wrong(&cmd_integration, "there is no 'integration %s'; write add, list, test or "
	                  "remove", word);
}

static int run(char **argv)
{
	static const struct arg none[] = { { 0 } };
	int code = EXIT_DONE;

	if (!argv[1])
		return args_wrong(&cmd_integration, "write add, list, test or remove");
	if (argv[1][0] == '-') {
		if (args_read(&cmd_integration, none, NULL, argv, &code))
			code = args_wrong(&cmd_integration, "write add, list, test or remove");
		return code;
	}
	for (size_t i = 0; i < WEIR_COUNT(verbs); i++) {
		if (strcmp(argv[1], verb_of(verbs[i])) == 0)
			return verbs[i]->run(argv + 1);
	}
	return wrong_verb(argv[1]);
}

const struct command cmd_integration = {
	.name = "integration",
	.summary = "Add, list, test and remove sources that stand in files of their own",
	.usage = "add | list | test NAME | remove NAME [-c FILE]...",
	.help = "An integration is a source in a file integrations.d/NAME.yaml beside the configuration.\n"
	        "`weir integration add --help` and so on tell more.\n"
	        "\n"
	        "  weir integration add -c weir.yaml            # asks at a terminal, tries it, writes it\n"
	        "  weir integration list -c weir.yaml\n"
	        "  weir integration test acme -c weir.yaml\n"
	        "  weir integration remove acme -c weir.yaml    # asks whether to keep its state\n",
	.run = run,
};
