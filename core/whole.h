/* whole.h - a whole file, replaced at once or made anew.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_WHOLE_H
#define CORE_WHOLE_H

#include <weir/plugin.h>

/* Writes a new file beside path and renames it over path: readers see the old text or the new
 * one, also after a crash. Mode 0644 less the umask. */
bool whole_replace(const char *path, struct weir_bytes text, struct weir_error *err);
/* Makes a file that is not there yet. */
bool whole_create(const char *path, struct weir_bytes text, struct weir_error *err);

#endif
