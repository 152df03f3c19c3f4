/* test_key.c - key.c and pem.c through their headers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_host.h"
#include "keys.h"

static void every_kind_of_pem_signs_with_its_algorithm(void **state)
{
	const struct { EVP_PKEY *pkey; const char *structure, *begin, *algorithm, *digest; } cases[] = {
		{ rsa, "PrivateKeyInfo", "BEGIN PRIVATE KEY", "RS256", "SHA256" },
		{ rsa, "type-specific", "BEGIN RSA PRIVATE KEY", "RS256", "SHA256" },
		{ p256, "PrivateKeyInfo", "BEGIN PRIVATE KEY", "ES256", "SHA256" },
		{ p256, "type-specific", "BEGIN EC PRIVATE KEY", "ES256", "SHA256" },
		{ p384, "PrivateKeyInfo", "BEGIN PRIVATE KEY", "ES384", "SHA384" },
		{ p521, "type-specific", "BEGIN EC PRIVATE KEY", "ES512", "SHA512" },
	};

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(cases); i++) {
		char *text = pem_of(cases[i].pkey, cases[i].structure);
		struct key *key;

		assert_non_null(strstr(text, cases[i].begin));
		key = read_good(text);
		expect_signs(key, cases[i].pkey, cases[i].algorithm, cases[i].digest);
		assert_null(key_id(key));
		key_destroy(key);
		weir_free(text);
	}
}

/* Replaces each line end. */
static char *with_line_ends(const char *pem, const char *line_end)
{
	struct weir_buf buf = { 0 };

	for (; *pem; pem++) {
		if (*pem == '\n')
			weir_buf_puts(&buf, line_end);
		else
			weir_buf_putc(&buf, *pem);
	}
	weir_buf_putc(&buf, '\0');
	return buf.data;
}

static void line_ends_and_indentation_do_not_matter(void **state)
{
	static const char *const line_ends[] = { "\r\n", "\\n", "\n   \t", " ", "\n\n" };
	char *pem = pem_of(p256, "PrivateKeyInfo");

	(void)state;
	for (size_t i = 0; i < WEIR_COUNT(line_ends); i++) {
		char *text = with_line_ends(pem, line_ends[i]);
		struct key *key = read_good(text);

		expect_signs(key, p256, "ES256", "SHA256");
		key_destroy(key);
		weir_free(text);
	}
	weir_free(pem);
}

static void what_stands_around_the_key_does_not_matter(void **state)
{
	char *pem = pem_of(p256, "type-specific");
	char *text = weir_format("Bag Attributes\n  a: b\n-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n"
	                         "-----END EC PARAMETERS-----\n%strailing words\n", pem);

	(void)state;
	key_destroy(read_good(text));
	weir_free(text);
	weir_free(pem);
}

static void what_is_no_usable_key_is_named(void **state)
{
	char *public = encode(rsa, EVP_PKEY_PUBLIC_KEY, "SubjectPublicKeyInfo", NULL);
	char *encrypted = encode(rsa, EVP_PKEY_KEYPAIR, "PrivateKeyInfo", "secret");
	char *old_encrypted = encode(rsa, EVP_PKEY_KEYPAIR, "type-specific", "secret");
	char *small = pem_of(small_rsa, "PrivateKeyInfo"), *ed = pem_of(ed25519, "PrivateKeyInfo");
	char *cut = pem_of(p256, "PrivateKeyInfo");

	(void)state;
	expect_refused(public, "holds a PUBLIC KEY; the private key is wanted");
	expect_refused(encrypted, "is encrypted");
	expect_refused(old_encrypted, "is encrypted");
	expect_refused(small, "1024 bits; Okta takes 2048");
	expect_refused(ed, "RSA key, or an EC key");
	memmove(strstr(cut, "\n") + 5, strstr(cut, "\n") + 9, strlen(strstr(cut, "\n") + 9) + 1);
	expect_refused(cut, "damaged");
	expect_refused("-----BEGIN PRIVATE KEY-----\n****\n-----END PRIVATE KEY-----\n", "damaged");
	expect_refused("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "damaged");
	expect_refused("-----BEGIN PRIVATE KEY-----\nMIIB\n", "holds no private key");
	expect_refused("", "holds no private key");
	expect_refused("0oa1b2c3", "holds no private key");
	weir_free(public);
	weir_free(encrypted);
	weir_free(old_encrypted);
	weir_free(small);
	weir_free(ed);
	weir_free(cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_pem_signs_with_its_algorithm),
		cmocka_unit_test(line_ends_and_indentation_do_not_matter),
		cmocka_unit_test(what_stands_around_the_key_does_not_matter),
		cmocka_unit_test(what_is_no_usable_key_is_named),
	};

	return cmocka_run_group_tests(tests, make_keys, free_keys);
}
