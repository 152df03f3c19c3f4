/* main.c - argv to one of the commands.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>

#include "command.h"

int main(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	puts("weir " WEIR_VERSION);
	return EXIT_DONE;
}
