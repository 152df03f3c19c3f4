/* diag.h - mistakes that are collected, sorted and printed at once, with the source line, a
 * caret and what to write instead.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CORE_DIAG_H
#define CORE_DIAG_H

#include <stdio.h>

#include <weir/plugin.h>

struct diag;

struct diag *diag_create(void);
void diag_destroy(struct diag *diag); /* NULL is fine */
/* Copies everything, also the strings of where. The same mistake at the same place counts once. */
void diag_add(struct diag *diag, const struct weir_error *mistake);
void diag_warn(struct diag *diag, const struct weir_error *suspicion);
/* Shorthand: a WEIR_E_CONFIG mistake, a suspicion, at a place. */
void diag_addf(struct diag *diag, struct weir_where where, const char *fmt, ...) WEIR_PRINTF(3, 4);
void diag_warnf(struct diag *diag, struct weir_where where, const char *fmt, ...) WEIR_PRINTF(3, 4);
/* What stands there is never printed with a source line: it may be a secret that was written
 * in the wrong place. width 0: to the end of its line and all lines that follow. */
void diag_hide(struct diag *diag, struct weir_where where);
size_t diag_errors(const struct diag *diag);
size_t diag_warnings(const struct diag *diag);
/* The index-th in the order in which they are printed, or NULL; valid until the next diag_add
 * or diag_warn. warning (may be NULL) says which of the two it is. */
const struct weir_error *diag_at(struct diag *diag, size_t index, bool *warning);

enum diag_color { DIAG_PLAIN, DIAG_COLOR };
/* Colour for a terminal, unless NO_COLOR is set or TERM is dumb. */
enum diag_color diag_color_of(FILE *to);
/* Sorted by file, line, column; each as
 *   weir.yaml:14:11: sources.acme.org_url: must not ...; write https://acme.okta.com
 *      14 |     org_url: http://acme.okta.com
 *         |              ^~~~~~~~~~~~~~~~~~~~ */
void diag_print(struct diag *diag, FILE *to, enum diag_color color);
/* "ok": false, "errors": [{"file": ..., "line": ..., ...}], "warnings": []  in one line: the
 * members of an object, without its braces. */
void diag_json(struct diag *diag, struct weir_buf *json);
/* Of those, errors and warnings alone. */
void diag_json_lists(struct diag *diag, struct weir_buf *json);
/* One error in one line: "file:line:column: path: text"; unknown parts are left out. */
void diag_line(const struct weir_error *err, struct weir_buf *line);

#endif
