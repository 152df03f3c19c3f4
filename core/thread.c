/* thread.c - starting a thread that has a name.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "thread.h"

#include <string.h>
#include <unistd.h>

#include <weir/util.h>

void thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg)
{
	static const char text[] = "weir: the system has no room for a thread\n";
	char cut[16] = "";

	if (pthread_create(thread, NULL, run, arg) != 0) {
		if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
			_exit(WEIR_EXIT_MEMORY);
		_exit(WEIR_EXIT_MEMORY);
	}
	strncat(cut, name, sizeof cut - 1);
	pthread_setname_np(*thread, cut);
}
