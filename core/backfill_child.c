/* backfill_child.c - `weir run --backfill-only` as a child, when no weir runs that could be asked.
 *
 * A process of its own, so that there is one way to carry a backfill out and to look at it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "backfill_child.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void add(const char ***argv, size_t *count, const char *word)
{
	*argv = weir_realloc(*argv, (*count + 2) * sizeof **argv);
	(*argv)[(*count)++] = word;
	(*argv)[*count] = NULL;
}

static void add_all(const char ***argv, size_t *count, const char *name, const struct args_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		add(argv, count, name);
		add(argv, count, list->items[i]);
	}
}

/* Signals are for weir run to take. */
static void become(const char *const *argv)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execv("/proc/self/exe", (char *const *)argv);
	_exit(EXIT_FAILED);
}

pid_t backfill_child_start(const struct load_args *load)
{
	const char **argv = NULL;
	size_t count = 0;
	pid_t pid;

	add(&argv, &count, "weir");
	add(&argv, &count, "run");
	add(&argv, &count, "--backfill-only");
	add_all(&argv, &count, "--config", &load->files);
	add_all(&argv, &count, "--plugins", &load->plugins);
	pid = fork();
	if (pid == 0)
		become(argv);
	if (pid < 0)
		fprintf(stderr, "weir backfill: cannot start weir run: %s\n", strerror(errno));
	weir_free(argv);
	return pid;
}

bool backfill_child_ended(pid_t pid, int *code)
{
	int status;

	if (waitpid(pid, &status, WNOHANG) != pid)
		return false;
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILED;
	return true;
}

void backfill_child_stop(pid_t pid)
{
	int status;

	kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
}
