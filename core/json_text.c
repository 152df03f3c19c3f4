/* json_text.c - strings and keys of a page.
 *
 * Lives here: undoing escapes, comparing, finding a key. Not here: making escapes
 * (json_quote.c).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "json_doc.h"
#include "json_escape.h"

/* U+FFFD, for half a surrogate pair. */
enum { REPLACEMENT = 0xfffd };

static size_t put_utf8(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* at: behind the u of \uXXXX; left bytes of the string follow. Sets how many were used. */
static uint32_t read_code(const char *at, size_t left, size_t *used)
{
	uint32_t code = (uint32_t)json_hex4(at), low;

	*used = 4;
	if (code < 0xd800 || code > 0xdfff)
		return code;
	if (code > 0xdbff || left < 10 || at[4] != '\\' || at[5] != 'u')
		return REPLACEMENT;
	low = (uint32_t)json_hex4(at + 6);
	if (low < 0xdc00 || low > 0xdfff)
		return REPLACEMENT;
	*used = 10;
	return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static char short_escape(char c)
{
	switch (c) {
	case 'b': return '\b';
	case 'f': return '\f';
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	}
	return c;
}

size_t json_unescape(struct weir_bytes raw, char *out)
{
	const char *p = raw.data, *end = raw.data + raw.len;
	char *start = out;
	size_t used;

	while (p < end) {
		const char *stop = memchr(p, '\\', (size_t)(end - p));
		size_t plain = (size_t)((stop ? stop : end) - p);

		memcpy(out, p, plain);
		out += plain;
		p += plain;
		if (p == end)
			break;
		if (p[1] != 'u') {
			*out++ = short_escape(p[1]);
			p += 2;
			continue;
		}
		p += 2;
		out += put_utf8(read_code(p, (size_t)(end - p), &used), out);
		p += used;
	}
	return (size_t)(out - start);
}

struct weir_bytes json_plain_text(struct weir_bytes raw, struct weir_arena *arena)
{
	char *out;

	if (!raw.len || !memchr(raw.data, '\\', raw.len))
		return raw;
	out = weir_arena_alloc(arena, raw.len);
	return (struct weir_bytes){ out, json_unescape(raw, out) };
}

/* Escape by escape, so that nothing need be allocated. */
static bool unescapes_to(struct weir_bytes raw, struct weir_bytes text)
{
	const char *p = raw.data, *end = p + raw.len;
	const char *t = text.data, *stop = t + text.len;
	char piece[8];

	while (p < end) {
		size_t take = 1, made;

		if (*p == '\\') {
			take = 2;
			if (p[1] == 'u') {
				read_code(p + 2, (size_t)(end - p - 2), &take);
				take += 2;
			}
		}
		made = json_unescape((struct weir_bytes){ p, take }, piece);
		if ((size_t)(stop - t) < made || memcmp(t, piece, made) != 0)
			return false;
		p += take;
		t += made;
	}
	return t == stop;
}

bool json_text_equal(struct weir_bytes raw, struct weir_bytes text)
{
	if (!raw.len || !memchr(raw.data, '\\', raw.len))
		return weir_bytes_equal(raw, text);
	return raw.len >= text.len && unescapes_to(raw, text);
}

static uint32_t find_escaped(const struct json_view *v, uint32_t object, struct weir_bytes key)
{
	uint32_t end = v->link[object], found = 0;

	for (uint32_t at = object + 1; at < end; at = json_end(v, at + 2) + 2) {
		if (json_text_equal(json_inner(v, at), key))
			found = at + 2;
	}
	return found;
}

uint32_t json_find(const struct json_view *v, uint32_t object, struct weir_bytes key)
{
	const uint32_t *index = v->index;
	const size_t end = v->link[object], len = key.len + 2;
	const size_t blanks = v->spaced ? UINT32_MAX : 0; /* at most, before a colon */
	size_t found = 0;

	if (v->escaped_keys)
		return find_escaped(v, object, key);
	for (size_t at = object + 1; at < end; at = json_end(v, at + 2) + 2) {
		size_t room = index[at + 1] - index[at];
		const char *name;

		if (room - len > blanks) /* or less than none */
			continue;
		name = v->text + index[at] + 1;
		if (name[key.len] == '"' && (key.len == 0 || memcmp(name, key.data, key.len) == 0))
			found = at + 2;
	}
	return (uint32_t)found;
}
