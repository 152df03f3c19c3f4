/* complain.h - what jq says of a program, as mistakes with their places.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_COMPLAIN_H
#define JQ_COMPLAIN_H

#include "child.h"
#include "front.h"

/* Compiles the program in a process. When it is wrong each rule is compiled alone, so that each
 * file's mistakes are told. */
void complain_check(const struct library *library, struct child *child,
                    const struct program *program, const char *mark);

#endif
