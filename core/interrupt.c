/* interrupt.c - signals that end a command, taken when it suits.
 *
 * Not here: those of weir run, which its loop takes (cmd_run.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "interrupt.h"

#include <signal.h>
#include <time.h>

static sigset_t ends(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	return set;
}

void interrupt_hold(void)
{
	sigset_t set = ends();

	sigprocmask(SIG_BLOCK, &set, NULL);
}

bool interrupt_came(int64_t ms)
{
	const struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
	sigset_t set = ends();

	return sigtimedwait(&set, NULL, &wait) > 0;
}
