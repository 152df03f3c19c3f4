/* whole.h - whole files: read, and replaced at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_WHOLE_H
#define CORE_WHOLE_H

#include <weir/plugin.h>

/* Appends the whole file ("-": standard input) to text; gzip is inflated. WEIR_E_RESOURCE, or
 * WEIR_E_DATA for a damaged gzip file. */
bool whole_read(const char *path, struct weir_buf *text, struct weir_error *err);
/* Writes a new file beside path and renames it over path: readers see the old text or the new
 * one, also after a crash. Mode 0644 less the umask. */
bool whole_replace(const char *path, struct weir_bytes text, struct weir_error *err);

#endif
