/* challenge.c - WWW-Authenticate headers, RFC 9110 section 11.6.1.
 *
 * Commas separate challenges as well as the parameters of one, so a word is a scheme unless
 * an equals sign follows it. A token68 in a scheme's place of parameters is passed over.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "challenge.h"

#include "text.h"

#define BLANKS " \t"

/* A scheme's credentials-like word: "abc/+==". False when it is a parameter or a scheme. */
static bool skip_token68(struct text *text)
{
	struct text ahead = *text;
	bool padded = false;

	text_token(&ahead);
	while (text_take(&ahead, '/')) {
		padded = true;
		text_token(&ahead);
	}
	while (text_take(&ahead, '='))
		padded = true;
	text_skip(&ahead, BLANKS);
	if (!padded || ahead.p == text->p || (ahead.p < ahead.end && *ahead.p != ','))
		return false;
	*text = ahead;
	return true;
}

bool challenge_find(struct weir_bytes header, const char *name, struct weir_buf *value)
{
	struct text text = text_of(header);

	for (;;) {
		struct weir_bytes word, raw;

		text_skip(&text, BLANKS ",");
		if (text.p >= text.end)
			return false;
		word = text_token(&text);
		if (!word.len) {
			text.p++;
			continue;
		}
		text_skip(&text, BLANKS);
		if (!text_take(&text, '=')) {
			skip_token68(&text); /* word was a scheme */
			continue;
		}
		text_skip(&text, BLANKS);
		if (!text_value(&text, &raw))
			continue;
		if (weir_bytes_equal_nocase(word, weir_bytes(name))) {
			text_unquote(raw, value);
			return true;
		}
	}
}
