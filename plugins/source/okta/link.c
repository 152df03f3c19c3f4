/* link.c - Link headers, RFC 8288 section 3.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "link.h"

#include <string.h>

#include "text.h"

#define BLANKS " \t"

struct link {
	struct weir_bytes target, relations; /* relations as written, perhaps quoted */
	bool anchored;
};

/* True when one of the words, separated by blanks, is that relation in any case. */
static bool has_relation(struct weir_bytes relations, const char *relation)
{
	struct text words = text_of(relations);

	while (words.p < words.end) {
		const char *start;

		text_skip(&words, BLANKS "\"");
		start = words.p;
		while (words.p < words.end && !text_in(*words.p, BLANKS "\""))
			words.p++;
		if (weir_bytes_equal_nocase((struct weir_bytes){ start, (size_t)(words.p - start) },
		                            weir_bytes(relation)))
			return true;
	}
	return false;
}

/* One "; name=value". Of several rel the first counts, as section 3.3 says. */
static bool read_parameter(struct text *text, struct link *link)
{
	struct weir_bytes name, value = { 0 };

	text_skip(text, BLANKS);
	name = text_token(text);
	text_skip(text, BLANKS);
	if (text_take(text, '=')) {
		text_skip(text, BLANKS);
		if (!text_value(text, &value))
			return false;
	}
	if (weir_bytes_equal_nocase(name, weir_bytes("rel")) && !link->relations.data)
		link->relations = value;
	if (weir_bytes_equal_nocase(name, weir_bytes("anchor")))
		link->anchored = true;
	text_skip(text, BLANKS);
	return true;
}

static bool read_link(struct text *text, struct link *link)
{
	const char *close;

	*link = (struct link){ 0 };
	if (!text_take(text, '<'))
		return false;
	close = memchr(text->p, '>', (size_t)(text->end - text->p));
	if (!close)
		return false;
	link->target = (struct weir_bytes){ text->p, (size_t)(close - text->p) };
	text->p = close + 1;
	text_skip(text, BLANKS);
	while (text_take(text, ';')) {
		if (!read_parameter(text, link))
			return false;
	}
	return text->p == text->end || text_is(text, ',');
}

/* To behind the next comma that is in neither <> nor quotes. */
static void skip_link(struct text *text)
{
	struct weir_bytes ignored;

	while (text->p < text->end && !text_is(text, ',')) {
		if (text_is(text, '"') && text_value(text, &ignored))
			continue;
		if (text_is(text, '<')) {
			const char *close = memchr(text->p, '>', (size_t)(text->end - text->p));

			text->p = close ? close : text->p;
		}
		text->p++;
	}
}

bool link_find(struct weir_bytes header, const char *relation, struct weir_bytes *target)
{
	struct text text = text_of(header);

	for (;;) {
		struct link link;
		const char *start;

		text_skip(&text, BLANKS ",");
		if (text.p >= text.end)
			return false;
		start = text.p;
		if (!read_link(&text, &link)) {
			text.p = start;
			skip_link(&text);
			continue;
		}
		if (!link.anchored && has_relation(link.relations, relation)) {
			*target = link.target;
			return true;
		}
	}
}
