/* nest.h - the process that has compiled the program of a rule set, and of which workers' processes
 * are copies.
 *
 * jq takes 20 ms and more to compile. So that is done once: when rules are loaded, by the process
 * that judges them, which runs nothing ever. What it gives a worker is a copy of itself (fork),
 * within a millisecond, and again each time when that one was ended.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef JQ_NEST_H
#define JQ_NEST_H

#include <weir/plugin.h>
#include <sys/types.h>

struct nest;

/* helper is the program to run; it and the program's text are kept by reference. No process is
 * started yet. */
struct nest *nest_create(const char *helper, struct weir_bytes program);
void nest_destroy(struct nest *nest); /* ends its process, and so all copies; NULL is fine */

/* Compiles a program: its own, or one that tells what is wrong with that. Calls message for each
 * complaint. WEIR_OK when there was none, WEIR_FAIL when there was one, WEIR_RETRY when there is no
 * process. */
enum weir_status nest_check(struct nest *nest, struct weir_bytes program,
                            void (*message)(void *user, struct weir_bytes text), void *user,
                            struct weir_error *err);

struct copy {
	pid_t pid;                   /* not used again before nest_end; 0: none */
	unsigned brood;              /* of which of the processes that the nest has had */
};

/* A copy that listens on a socket and has this memory, which both stay the caller's; it ends with
 * the nest, or when the socket has no other end. Any thread. WEIR_RETRY when there can be none now. */
enum weir_status nest_hatch(struct nest *nest, int socket, int memory, struct copy *copy,
                            struct weir_error *err);
/* Ends a copy, whatever it is at, and buries it. False: its nest had ended, or ends now because it
 * does not answer, so the copy may have died of that alone. Any thread. */
bool nest_end(struct nest *nest, struct copy *copy);

#endif
