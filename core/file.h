/* file.h - reading a small file whole.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include <weir/plugin.h>

/* bytes is memory for weir_free, with a NUL behind bytes->len. More than max bytes, or what
 * cannot be read: false, with "open PATH: why" in err (WEIR_E_CONFIG; E_RESOURCE for memory). */
bool file_read(const char *path, size_t max, struct weir_bytes *bytes, struct weir_error *err);
/* The folder of a path with its slash: "conf/" of "conf/weir.yaml", "" of "weir.yaml". */
struct weir_bytes file_folder(const char *path);
/* path as seen from folder (as file_folder gives it): absolute ones stay. In arena. */
const char *file_under(struct weir_arena *arena, struct weir_bytes folder, const char *path);

#endif
