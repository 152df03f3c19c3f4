/* log.h - lines to stderr: text for people or JSON for machines. Any thread.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <weir/plugin.h>

enum log_format { LOG_TEXT, LOG_JSON };

void log_setup(enum weir_level level, enum log_format format);
/* who is an instance ("sources.acme") or a part of the core ("weir"). A text that the same
 * who has said within the last minute is held back and counted. */
void log_line(enum weir_level level, const char *who, const char *fmt, ...) WEIR_PRINTF(3, 4);
/* place: about: text, of an error. */
void log_error(enum weir_level level, const char *who, const struct weir_error *err);

#endif
