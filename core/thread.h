/* thread.h - starting a thread that has a name.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include <pthread.h>

/* Its name, cut to 15 bytes, shows in top and gdb. A system that has no room for a thread is one
 * without memory: the process says so and ends as weir_alloc would. */
void thread_start(pthread_t *thread, const char *name, void *(*run)(void *arg), void *arg);

#endif
