/* reload_ask.h - asks a running weir to read its configuration again, and says what came of it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_RELOAD_ASK_H
#define CORE_RELOAD_ASK_H

/* The exit code of the command; who is what its errors begin with, "weir reload". */
int reload_ask(const char *who, const char *state_dir);

#endif
