/* digest.c - hashes as hex text; the only file here that knows OpenSSL.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "digest.h"

#include <openssl/evp.h>
#include <pthread.h>

const char *const rule_digest_names[] = { "sha256", "sha1", "md5", NULL };

/* Looking one up costs as much as hashing a short text, so that is done once for the process. */
static EVP_MD *kinds[WEIR_COUNT(rule_digest_names) - 1];
static pthread_once_t looked_up = PTHREAD_ONCE_INIT;

static void look_up(void)
{
	for (size_t i = 0; i < WEIR_COUNT(kinds); i++)
		kinds[i] = EVP_MD_fetch(NULL, rule_digest_names[i], NULL);
}

int rule_digest_find(struct weir_bytes name)
{
	for (int i = 0; rule_digest_names[i]; i++) {
		if (weir_bytes_are(name, rule_digest_names[i]))
			return i;
	}
	return -1;
}

void rule_digest(int which, struct weir_bytes bytes, char hex[RULE_HEX_MAX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	pthread_once(&looked_up, look_up);
	/* Nothing but memory can be missing. */
	if (!kinds[which] ||
	    EVP_Digest(bytes.data ? bytes.data : "", bytes.len, digest, &len, kinds[which], NULL) != 1)
		weir_no_memory();
	for (unsigned i = 0; i < len; i++) {
		hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	hex[2 * len] = '\0';
}
