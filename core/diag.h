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
void diag_destroy(struct diag *diag);
/* Copies everything, also the strings of where. The same mistake at the same place counts once. */
void diag_add(struct diag *diag, const struct weir_error *mistake);
void diag_warn(struct diag *diag, const struct weir_error *suspicion);
/* Shorthand: a WEIR_E_CONFIG mistake at a place. */
void diag_addf(struct diag *diag, struct weir_where where, const char *fmt, ...) WEIR_PRINTF(3, 4);
size_t diag_errors(const struct diag *diag);
size_t diag_warnings(const struct diag *diag);

enum diag_color { DIAG_PLAIN, DIAG_COLOR };
/* Sorted by file, line, column; each as
 *   weir.yaml:14:11: sources.acme.org_url: must not ...; write https://acme.okta.com
 *      14 |     org_url: http://acme.okta.com
 *         |              ^~~~~~~~~~~~~~~~~~~~ */
void diag_print(const struct diag *diag, FILE *to, enum diag_color color);
void diag_print_json(const struct diag *diag, FILE *to);
/* One error in one line: "file:line:column: path: text"; unknown parts are left out. */
void diag_line(const struct weir_error *err, struct weir_buf *line);

#endif
