/* pem.c - the DER of a private key in a PEM text, whatever mail, YAML or a shell did to it.
 *
 * More lenient than OpenSSL's reader on purpose: indentation, CRLF, blank lines, one long
 * line and a written-out "\n" come from environment variables and copy and paste.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "key.h"

struct block {
	struct weir_bytes label, body;
};

static const char *find(const char *from, const char *end, const char *words)
{
	return memmem(from, (size_t)(end - from), words, strlen(words));
}

/* The next "-----BEGIN label----- body -----END"; from moves behind it. */
static bool next_block(const char **from, const char *end, struct block *block)
{
	const char *begin = find(*from, end, "-----BEGIN ");
	const char *label, *label_end, *body_end;

	if (!begin)
		return false;
	label = begin + strlen("-----BEGIN ");
	label_end = find(label, end, "-----");
	if (!label_end)
		return false;
	body_end = find(label_end + 5, end, "-----END ");
	if (!body_end)
		return false;
	block->label = (struct weir_bytes){ label, (size_t)(label_end - label) };
	block->body = (struct weir_bytes){ label_end + 5, (size_t)(body_end - label_end - 5) };
	*from = body_end + 5;
	return true;
}

static bool refuse_encrypted(struct weir_error *err)
{
	weir_fail(err, WEIR_E_CONFIG, "the key is encrypted; write it without a password: openssl "
	          "pkey -in OLD.pem -out NEW.pem");
	return false;
}

static bool decode_body(struct weir_bytes body, struct weir_buf *der, struct weir_error *err)
{
	struct weir_buf digits = { 0 };
	bool ok;

	if (memchr(body.data, ':', body.len))
		return refuse_encrypted(err); /* Proc-Type: 4,ENCRYPTED */
	for (size_t i = 0; i < body.len; i++) {
		if (strchr(" \t\r\n", body.data[i]))
			continue;
		if (body.data[i] == '\\' && i + 1 < body.len && strchr("rn", body.data[i + 1])) {
			i++;
			continue;
		}
		weir_buf_putc(&digits, body.data[i]);
	}
	ok = digits.len && weir_base64_decode((struct weir_bytes){ digits.data, digits.len }, der);
	wipe_buf(&digits);
	if (!ok)
		weir_fail(err, WEIR_E_CONFIG, "the key between BEGIN and END is damaged; copy the "
		          "whole file");
	return ok;
}

bool pem_decode(struct weir_bytes text, struct weir_buf *der, struct weir_error *err)
{
	const char *from = text.data, *end = text.data + text.len;
	struct weir_bytes first = { 0 };
	struct block block;

	while (next_block(&from, end, &block)) {
		if (!first.data)
			first = block.label;
		if (weir_bytes_are(block.label, "ENCRYPTED PRIVATE KEY"))
			return refuse_encrypted(err);
		if (weir_bytes_are(block.label, "PRIVATE KEY")
		    || weir_bytes_are(block.label, "RSA PRIVATE KEY")
		    || weir_bytes_are(block.label, "EC PRIVATE KEY"))
			return decode_body(block.body, der, err);
	}
	if (first.data && first.len < 40)
		weir_fail(err, WEIR_E_CONFIG, "holds a %.*s; the private key is wanted",
		          (int)first.len, first.data);
	else
		weir_fail(err, WEIR_E_CONFIG, "holds no private key; a PEM file (-----BEGIN PRIVATE "
		          "KEY-----) or a JWK is wanted");
	return false;
}
