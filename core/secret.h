/* secret.h - keys and tokens: where they come from, and the memory they live in.
 *
 * A secret's memory is left out of core dumps and wiped when it is freed. Nothing here, and no
 * message from here, ever shows one.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_SECRET_H
#define CORE_SECRET_H

#include <weir/plugin.h>

/* Longer ones are refused. */
enum { SECRET_MAX = 64 * 1024 };

/* What a secret needs to know of the system; tests hand in another. */
struct secret_system {
	const char *(*lookup)(const char *name);     /* the environment */
	bool (*is_read_only)(int fd);                /* the file system that it is on */
};

enum secret_result {
	SECRET_READ,
	SECRET_SUSPECT, /* read; err says what is not as it should be */
	SECRET_REFUSED, /* err says why */
};

/* reference is "file:PATH" (relative ones start in folder, as file_folder gives it),
 * "env:NAME" or "cred:NAME" (a file in $CREDENTIALS_DIRECTORY). The line end behind the secret
 * is cut off. A file that group or others may read or write is refused: read-only mounts,
 * where nobody can mend it, make that a suspicion, and root's files may be readable to weir's
 * group. system NULL: the real one. *secret is for secret_free. */
enum secret_result secret_read(const char *reference, struct weir_bytes folder,
                               const struct secret_system *system, char **secret,
                               struct weir_error *err);
/* The file that a reference names, in arena; NULL when it names none. */
const char *secret_file(const char *reference, struct weir_bytes folder,
                        const struct secret_system *system, struct weir_arena *arena);
/* True for text that has one of the three prefixes and something behind it. */
bool secret_is_reference(const char *text);
/* Wipes. NULL is fine. */
void secret_free(char *secret);

#endif
