/* cmd_doctor.c - weir doctor: how far each source and sink gets with its peer, and what to do.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "doctor.h"

extern const struct command cmd_doctor;

static int run(char **argv)
{
	struct load_args load = { { 0 }, { 0 } };
	struct doctor_wish wish = { 0 };
	const struct arg rows[] = {
		LOAD_ROWS(load),
		{ "source", 0, "NAME", "this source alone", .text = &wish.source },
		{ "sink", 0, "NAME", "this sink alone", .text = &wish.sink },
		{ "json", 0, NULL, "print one JSON object", .flag = &wish.json },
		{ 0 },
	};
	int code = EXIT_DONE;

	if (args_read(&cmd_doctor, rows, NULL, argv, &code))
		code = doctor_run(&cmd_doctor, &load, &wish);
	load_finish(&load);
	return code;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.summary = "Ask what sources and sinks talk to, step by step, and say what to do",
	.usage = "[-c FILE]... [--plugins DIR]... [--source NAME] [--sink NAME] [--json]",
	.help = "Each step is a line: ✓ with what was found, or ✗ with what is wrong and what to do about\n"
	        "it. It asks for one event at most, moves no position, and may be used beside a weir that\n"
	        "runs. Exit code 0 when all is well, 1 when something is wrong, 2 when the configuration\n"
	        "is.\n"
	        "\n"
	        "  weir doctor -c weir.yaml\n"
	        "  weir doctor -c weir.yaml --source acme --json\n",
	.run = run,
};
