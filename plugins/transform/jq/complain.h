/* complain.h - what jq says of a program, as mistakes with their places.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_COMPLAIN_H
#define JQ_COMPLAIN_H

#include "front.h"
#include "nest.h"

/* Compiles the program, which is all of the library's rules, in its nest. When it is wrong, halves
 * of it are compiled, and halves of those, until each file's mistakes are told. */
void complain_check(const struct library *library, struct nest *nest,
                    const struct program *program, const char *mark);

#endif
