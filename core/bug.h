/* bug.h - whose code was running when weir_must found a bug.
 *
 * Set around each call into a plugin (instance_enter in instance.h), read when the process dies.
 * THREADS  each has its own.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_BUG_H
#define CORE_BUG_H

struct bug_call {
	const char *function; /* "process"; NULL: no plugin runs on this thread */
	const char *stage;    /* "transforms.edit" */
	const char *plugin;
};

extern _Thread_local struct bug_call bug_call;

#endif
