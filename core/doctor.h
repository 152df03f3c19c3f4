/* doctor.h - asks what sources and sinks talk to, and shows what they say.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DOCTOR_H
#define CORE_DOCTOR_H

#include "load.h"

struct doctor_wish {
	const char *source, *sink; /* one of them alone; both NULL: all that can be asked */
	bool json;
};

/* The exit code of the command. */
int doctor_run(const struct command *command, const struct load_args *load,
               const struct doctor_wish *wish);

#endif
