/* file_name.c - any text as one plain name of a file.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <weir/util.h>

/* File names end at 255 bytes, and something may follow. */
enum { PLAIN_MAX = 160 };

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

void weir_file_name(const char *text, struct weir_buf *name)
{
	size_t begin = name->len;

	for (const char *p = text; *p; p++) {
		/* A leading dot would hide the file, or climb. */
		if (is_plain(*p) && !(p == text && *p == '.'))
			weir_buf_putc(name, *p);
		else
			weir_buf_printf(name, "%%%02X", (unsigned char)*p);
	}
	if (name->len - begin > PLAIN_MAX) {
		name->len = begin + PLAIN_MAX;
		weir_buf_printf(name, "~%016llx", (unsigned long long)weir_hash(weir_bytes(text)));
	}
}
