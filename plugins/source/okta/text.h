/* text.h - a cursor over header text, shared by the header parsers.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef OKTA_TEXT_H
#define OKTA_TEXT_H

#include <weir/util.h>

struct text {
	const char *p, *end;
};

struct text text_of(struct weir_bytes bytes);
bool text_in(char c, const char *set);              /* c is one of these; NUL never is */
bool text_is(const struct text *text, char c);      /* c is next */
bool text_take(struct text *text, char c);          /* and is passed over */
void text_skip(struct text *text, const char *set); /* any run of these */
/* A run of token characters, RFC 9110 section 5.6.2; may be none. */
struct weir_bytes text_token(struct text *text);
/* A quoted string with its quotes, or a token. False when it is neither, or never closed. */
bool text_value(struct text *text, struct weir_bytes *value);
/* Appends a value without its quotes and backslashes. */
void text_unquote(struct weir_bytes value, struct weir_buf *plain);
/* Appends at most max bytes of what a peer said, for a message: no control characters, no
 * bytes that are not ASCII. */
void text_printable(struct weir_bytes bytes, size_t max, struct weir_buf *line);

#endif
