/* url.c - the few things that are done to URLs.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "url.h"

#include <string.h>

static bool is_clean(struct weir_bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] <= ' ' || text.data[i] > '~' || text.data[i] == '\\')
			return false;
	}
	return true;
}

/* Cuts text at the first of these characters: what is before it is returned, text becomes
 * the rest with that character. */
static struct weir_bytes cut(struct weir_bytes *text, const char *set)
{
	struct weir_bytes before = { text->data, 0 };

	while (before.len < text->len && !strchr(set, text->data[before.len]))
		before.len++;
	text->data += before.len;
	text->len -= before.len;
	return before;
}

static struct weir_bytes without_first(struct weir_bytes text)
{
	return (struct weir_bytes){ text.data + 1, text.len - 1 };
}

static bool split_authority(struct weir_bytes authority, struct url *url)
{
	const char *at = authority.len ? memrchr(authority.data, '@', authority.len) : NULL;

	if (at) {
		url->user = (struct weir_bytes){ authority.data, (size_t)(at - authority.data) };
		authority.len -= url->user.len + 1;
		authority.data = at + 1;
	}
	if (authority.len && authority.data[0] == '[') {
		url->host = cut(&authority, "]");
		if (!authority.len)
			return false;
		url->host.len++;
		authority = without_first(authority);
	} else {
		url->host = cut(&authority, ":");
	}
	if (authority.len && authority.data[0] != ':')
		return false;
	if (authority.len)
		url->port = without_first(authority);
	return url->host.len > 0;
}

bool url_split(struct weir_bytes text, struct url *url)
{
	struct weir_bytes rest = text;

	*url = (struct url){ 0 };
	if (!text.len || !is_clean(text))
		return false;
	url->scheme = cut(&rest, ":/?#");
	if (!url->scheme.len || rest.len < 3 || memcmp(rest.data, "://", 3) != 0)
		return false;
	rest.data += 3;
	rest.len -= 3;
	if (!split_authority(cut(&rest, "/?#"), url))
		return false;
	url->path = cut(&rest, "?#");
	if (rest.len && rest.data[0] == '?') {
		rest = without_first(rest);
		url->query = cut(&rest, "#");
	}
	if (rest.len)
		url->fragment = without_first(rest);
	return true;
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
	       || c == '-' || c == '.' || c == '_' || c == '~';
}

void url_escape(struct weir_bytes text, struct weir_buf *url)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.data[i];

		if (is_unreserved((char)c)) {
			weir_buf_putc(url, (char)c);
			continue;
		}
		weir_buf_putc(url, '%');
		weir_buf_putc(url, hex[c >> 4]);
		weir_buf_putc(url, hex[c & 15]);
	}
}

bool url_parameter(const char *url, const char *name, struct weir_bytes *value)
{
	size_t len = strlen(name);
	const char *p = strchr(url, '?');

	while (p && *p != '#') {
		const char *end = p + 1 + strcspn(p + 1, "&#");

		if (strncmp(p + 1, name, len) == 0 && p[1 + len] == '=') {
			*value = (struct weir_bytes){ p + 2 + len, (size_t)(end - (p + 2 + len)) };
			return true;
		}
		p = *end ? end : NULL;
	}
	return false;
}

char *url_with(const char *url, const char *name, const char *value)
{
	struct weir_bytes old;

	if (!url_parameter(url, name, &old))
		return weir_format("%s%c%s=%s", url, strchr(url, '?') ? '&' : '?', name, value);
	return weir_format("%.*s%s%s", (int)(old.data - url), url, value, old.data + old.len);
}
