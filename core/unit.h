/* unit.h - what operators write as a number: durations, sizes, shares, times.
 *
 * Pure. On failure err->text says what is wrong with the text and what to write instead
 * (WEIR_E_CONFIG); where is left to the caller.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_UNIT_H
#define CORE_UNIT_H

#include <weir/plugin.h>

bool unit_bool(const char *text, bool *yes, struct weir_error *err);
bool unit_int(const char *text, int64_t *number, struct weir_error *err);
bool unit_float(const char *text, double *number, struct weir_error *err);
/* "150ms", "30s", "5m", "2h", "7d", "1h30m", "1.5s", "0". */
bool unit_duration(const char *text, int64_t *ms, struct weir_error *err);
/* "512B", "64KiB", "1.5MiB", "2GiB"; kB, MB, GB are powers of ten. */
bool unit_size(const char *text, int64_t *bytes, struct weir_error *err);
/* "40%" gives 0.4; 0 % to 100 %. */
bool unit_percent(const char *text, double *share, struct weir_error *err);
/* "now", "earliest", "-24h", RFC 3339. */
bool unit_time(const char *text, struct weir_time *time, struct weir_error *err);

/* The shortest text that reads back as the same: "7d", "90s", "64KiB". */
void unit_put_duration(int64_t ms, struct weir_buf *text);
void unit_put_size(int64_t bytes, struct weir_buf *text);

#endif
