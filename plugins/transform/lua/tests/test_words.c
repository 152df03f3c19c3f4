/* test_words.c - what every word gives: absent, null, wrong, right.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "harness.h"

/* A row, an event, and the record or the error. */
struct word_case {
	const char *row, *event, *gives;
};

static void check(void **state, const struct word_case *cases, size_t count)
{
	struct harness *h = *state;

	for (size_t i = 0; i < count; i++) {
		const char *gives;

		if (i == 0 || strcmp(cases[i].row, cases[i - 1].row) != 0)
			harness_row(h, cases[i].row);
		gives = harness_run(h, cases[i].event);
		if (strcmp(gives, cases[i].gives) != 0)
			fail_msg("%s of %s\n  gives     %s\n  should be %s", cases[i].row,
			         cases[i].event, gives, cases[i].gives);
	}
}

#define CHECK(...)                                                     \
	do {                                                           \
		static const struct word_case cases[] = { __VA_ARGS__ }; \
		check(state, cases, WEIR_COUNT(cases));                \
	} while (0)

static void a_path_gives_what_is_there(void **state)
{
	CHECK({ "x = \"a.b\"", "{\"a\":{\"b\":[1, {\"c\":null}]}}", "any {\"x\":[1,{\"c\":null}]}" },
	      { "x = \"a.b\"", "{\"a\":{\"b\":null}}", "any {}" },
	      { "x = \"a.b\"", "{\"a\":{}}", "any {}" },
	      { "x = \"a.b\"", "{\"a\":7}", "any {}" },
	      { "x = \"a.b\"", "{\"a\":{\"b\":1,\"b\":2}}", "any {\"x\":2}" },
	      { "x = \"a.b\"", "[]", "any {}" },
	      { "x = \".\"", "{\"a\": 1e5}", "any {\"x\":{\"a\":1e5}}" },
	      { "x = \"a[1].b\"", "{\"a\":[0,{\"b\":\"\\u00e9\"}]}", "any {\"x\":\"\\u00e9\"}" },
	      { "x = \"a[-1]\"", "{\"a\":[0,9]}", "any {\"x\":9}" },
	      { "x = \"t[type=User].id\"", "{\"t\":[{\"type\":\"App\",\"id\":1},{\"type\":\"User\",\"id\":2}]}",
	        "any {\"x\":2}" },
	      { "x = \"t[type=User|App].id\"",
	        "{\"t\":[{\"type\":\"App\",\"id\":1},{\"type\":\"User\",\"id\":2}]}", "any {\"x\":2}" },
	      { "x = \"t[type=User|App].id\"", "{\"t\":[{\"type\":\"App\",\"id\":1}]}", "any {\"x\":1}" },
	      { "x = \"t[type=User].id\"", "{\"t\":{\"type\":\"User\",\"id\":3}}", "any {\"x\":3}" },
	      { "x = 'a[\"x.y\"].z'", "{\"a\":{\"x.y\":{\"z\":true}}}", "any {\"x\":true}" },
	      { "x = path \"a\"", "{\"a\":1}", "any {\"x\":1}" });
}

static void const_gives_itself(void **state)
{
	CHECK({ "x = const \"O\\\"kta\"", "{}", "any {\"x\":\"O\\\"kta\"}" },
	      { "x = const(9007199254740993)", "{}", "any {\"x\":9007199254740993}" },
	      { "x = const(1.5)", "{}", "any {\"x\":1.5}" },
	      { "x = const(false)", "{}", "any {\"x\":false}" });
}

static void time_reads_many_spellings(void **state)
{
	CHECK({ "time = time \"t\"", "{}", "any {}" },
	      { "time = time \"t\"", "{\"t\":null}", "any {}" },
	      { "time = time \"t\"", "{\"t\":\"2026-02-10T16:19:37.769Z\"}",
	        "any {\"time\":\"2026-02-10T16:19:37.769Z\"}" },
	      { "time = time \"t\"", "{\"t\":\"2026-02-10 18:19:37.123456789+02:00\"}",
	        "any {\"time\":\"2026-02-10T16:19:37.123456789Z\"}" },
	      { "time = time \"t\"", "{\"t\":\"2026-02-10t16:19:60z\"}",
	        "any {\"time\":\"2026-02-10T16:20:00Z\"}" },
	      { "time = time \"t\"", "{\"t\":\"2026-02-30T00:00:00Z\"}",
	        "rejected: one.lua:2:21: time: not a time: \"2026-02-30T00:00:00Z\"" },
	      { "time = time \"t\"", "{\"t\":5}", "rejected: one.lua:2:21: time: not a time: 5" },
	      { "us = time \"t\"", "{\"t\":\"1970-01-01T00:00:01.5Z\"}", "any {\"us\":1500000}" },
	      { "us = time \"t\"", "{\"t\":\"1969-12-31T23:59:59.9999999Z\"}", "any {\"us\":-1}" },
	      { "ms = time \"t\"", "{\"t\":\"1969-12-31T23:59:59.9999Z\"}", "any {\"ms\":-1}" },
	      { "s = time \"t\"", "{\"t\":\"2026-02-10T16:19:37.769Z\"}", "any {\"s\":1770740377}" },
	      { "int = time \"t\"", "{\"t\":\"1970-01-01T00:00:01Z\"}", "any {\"int\":1000000}" },
	      { "text = time \"t\"", "{\"t\":\"1970-01-01T01:00:01+01:00\"}",
	        "any {\"text\":\"1970-01-01T00:00:01Z\"}" },
	      { "time = \"t\"", "{\"t\":\"1970-01-01T01:00:01+01:00\"}",
	        "any {\"time\":\"1970-01-01T00:00:01Z\"}" },
	      { "us = \"t\"", "{\"t\":12}", "any {\"us\":12}" },
	      { "us = \"t\"", "{\"t\":\"12\"}", "rejected: one.lua:2:19: us: not an integer: \"12\"" });
}

static void precision_counts_fraction_digits(void **state)
{
	CHECK({ "text = precision \"t\"", "{\"t\":\"2026-01-01T00:00:00Z\"}", "any {\"text\":\"SECOND\"}" },
	      { "text = precision \"t\"", "{\"t\":\"2026-01-01T00:00:00.1Z\"}",
	        "any {\"text\":\"MILLISECOND\"}" },
	      { "text = precision \"t\"", "{\"t\":\"2026-01-01T00:00:00.1234Z\"}",
	        "any {\"text\":\"MICROSECOND\"}" },
	      { "text = precision \"t\"", "{\"t\":\"2026-01-01T00:00:00.1234567Z\"}",
	        "any {\"text\":\"NANOSECOND\"}" },
	      { "text = precision \"t\"", "{\"t\":\"soon\"}",
	        "rejected: one.lua:2:21: text: not a time: \"soon\"" },
	      { "text = precision(time \"t\")", "{\"t\":\"2026-01-01T00:00:00.1Z\"}",
	        "any {\"text\":\"MILLISECOND\"}" },
	      { "text = precision \"t\"", "{}", "any {}" });
}

static void ip_takes_both_families(void **state)
{
	CHECK({ "ip = ip \"a\"", "{\"a\":\"192.0.2.1\"}", "any {\"ip\":\"192.0.2.1\"}" },
	      { "ip = ip \"a\"", "{\"a\":\"2001:DB8:0:0::1\"}", "any {\"ip\":\"2001:db8::1\"}" },
	      { "ip = ip \"a\"", "{\"a\":\"192.0.2.256\"}",
	        "rejected: one.lua:2:19: ip: not an address: \"192.0.2.256\"" },
	      { "ip = ip \"a\"", "{\"a\":\"192.0.2.01\"}",
	        "rejected: one.lua:2:19: ip: not an address: \"192.0.2.01\"" },
	      { "ip = ip \"a\"", "{\"a\":{}}", "rejected: one.lua:2:19: ip: not an address: {}" },
	      { "ip = ip \"a\"", "{\"a\":null}", "any {}" },
	      { "ip = \"a\"", "{\"a\":\"::FFFF\"}", "any {\"ip\":\"::ffff\"}" },
	      { "ip = \"a\"", "{\"a\":\"x\"}", "rejected: one.lua:2:19: ip: not an address: \"x\"" });
}

static void int_takes_digits(void **state)
{
	CHECK({ "int = int \"n\"", "{\"n\":-9223372036854775808}", "any {\"int\":-9223372036854775808}" },
	      { "int = int \"n\"", "{\"n\":18446744073709551615}", "any {\"int\":18446744073709551615}" },
	      { "int = int \"n\"", "{\"n\":18446744073709551616}",
	        "rejected: one.lua:2:20: int: not an integer: 18446744073709551616" },
	      { "int = int \"n\"", "{\"n\":\"-007\"}", "any {\"int\":-7}" },
	      { "int = int \"n\"", "{\"n\":\"000\"}", "any {\"int\":0}" },
	      { "int = int \"n\"", "{\"n\":\"42\"}", "any {\"int\":42}" },
	      { "int = int \"n\"", "{\"n\":1.5}", "rejected: one.lua:2:20: int: not an integer: 1.5" },
	      { "int = int \"n\"", "{\"n\":\"1e3\"}",
	        "rejected: one.lua:2:20: int: not an integer: \"1e3\"" },
	      { "int = int \"n\"", "{\"n\":true}", "rejected: one.lua:2:20: int: not an integer: true" },
	      { "int = int \"n\"", "{\"n\":\"\"}", "rejected: one.lua:2:20: int: not an integer: \"\"" },
	      { "int = int \"n\"", "{}", "any {}" },
	      { "int = \"n\"", "{\"n\":\"42\"}", "rejected: one.lua:2:20: int: not an integer: \"42\"" });
}

static void number_keeps_the_spelling(void **state)
{
	CHECK({ "number = number \"n\"", "{\"n\":52.50}", "any {\"number\":52.50}" },
	      { "number = number \"n\"", "{\"n\":\"-1.50e+2\"}", "any {\"number\":-1.50e+2}" },
	      { "number = number \"n\"", "{\"n\":\"01\"}",
	        "rejected: one.lua:2:23: number: not a number: \"01\"" },
	      { "number = number \"n\"", "{\"n\":\"1.\"}",
	        "rejected: one.lua:2:23: number: not a number: \"1.\"" },
	      { "number = number \"n\"", "{\"n\":[]}", "rejected: one.lua:2:23: number: not a number: []" },
	      { "number = number \"n\"", "{\"n\":null}", "any {}" });
}

static void bool_reads_words(void **state)
{
	CHECK({ "bool = bool \"b\"", "{\"b\":false}", "any {\"bool\":false}" },
	      { "bool = bool \"b\"", "{\"b\":\"TRUE\"}", "any {\"bool\":true}" },
	      { "bool = bool \"b\"", "{\"b\":\"False\"}", "any {\"bool\":false}" },
	      { "bool = bool \"b\"", "{\"b\":\"yes\"}",
	        "rejected: one.lua:2:21: bool: neither true nor false: \"yes\"" },
	      { "bool = bool \"b\"", "{\"b\":1}",
	        "rejected: one.lua:2:21: bool: neither true nor false: 1" },
	      { "bool = bool \"b\"", "{}", "any {}" });
}

static void letters_change_in_ascii_only(void **state)
{
	CHECK({ "text = lower \"t\"", "{\"t\":\"ÄBC d1\"}", "any {\"text\":\"Äbc d1\"}" },
	      { "text = lower \"t\"", "{\"t\":\"abc\"}", "any {\"text\":\"abc\"}" },
	      { "text = lower \"t\"", "{\"t\":\"\"}", "any {\"text\":\"\"}" },
	      { "text = lower \"t\"", "{\"t\":true}", "any {\"text\":\"true\"}" },
	      { "text = lower \"t\"", "{\"t\":1E5}", "any {\"text\":\"1e5\"}" },
	      { "text = lower \"t\"", "{\"t\":[]}", "rejected: one.lua:2:21: text: not a text: []" },
	      { "text = lower \"t\"", "{\"t\":null}", "any {}" },
	      { "text = upper \"t\"", "{\"t\":\"a[z`{\"}", "any {\"text\":\"A[Z`{\"}" },
	      { "text = trim \"t\"", "{\"t\":\" \\t a b\\r\\n\"}", "any {\"text\":\"a b\"}" },
	      { "text = trim \"t\"", "{\"t\":\"  \"}", "any {}" },
	      { "text = trim \"t\"", "{\"t\":7}", "any {\"text\":\"7\"}" });
}

static void known_drops_placeholders(void **state)
{
	CHECK({ "x = known \"k\"", "{\"k\":\"ada\"}", "any {\"x\":\"ada\"}" },
	      { "x = known \"k\"", "{\"k\":\"\"}", "any {}" },
	      { "x = known \"k\"", "{\"k\":\"UnKnown\"}", "any {}" },
	      { "x = known \"k\"", "{\"k\":\"n/a\"}", "any {}" },
	      { "x = known \"k\"", "{\"k\":\"NULL\"}", "any {}" },
	      { "x = known \"k\"", "{\"k\":\"\\u0075nknown\"}", "any {}" },
	      { "x = known \"k\"", "{\"k\":\"unknown?\"}", "any {\"x\":\"unknown?\"}" },
	      { "x = known \"k\"", "{\"k\":false}", "any {\"x\":false}" },
	      { "x = known \"k\"", "{\"k\":0}", "any {\"x\":0}" },
	      { "x = known \"k\"", "{\"k\":{}}", "any {}" },
	      { "x = known \"k\"", "{\"k\":[1]}", "any {}" });
}

static void maybe_lets_errors_pass(void **state)
{
	struct harness *h = *state;

	CHECK({ "ip = maybe(ip \"a\")", "{\"a\":\"x\"}", "any {}" },
	      { "ip = maybe(ip \"a\")", "{\"a\":\"::1\"}", "any {\"ip\":\"::1\"}" },
	      { "ip = maybe(ip \"a\")", "{}", "any {}" });
	assert_int_equal(h->worker.run.wrong_in_maybe, 1);
}

static void after_and_capture_take_parts(void **state)
{
	CHECK({ "text = after(\"m\", \"@\")", "{\"m\":\"ada@b@c\"}", "any {\"text\":\"b@c\"}" },
	      { "text = after(\"m\", \"@\")", "{\"m\":\"ada\"}", "any {}" },
	      { "text = after(\"m\", \"@\")", "{\"m\":\"ada@\"}", "any {}" },
	      { "text = after(\"m\", \"@\")", "{\"m\":{}}", "rejected: one.lua:2:21: text: not a text: {}" },
	      { "text = capture(\"m\", \"level=(%a+)\")", "{\"m\":\"{level=HIGH, x}\"}",
	        "any {\"text\":\"HIGH\"}" },
	      { "text = capture(\"m\", \"%d+\")", "{\"m\":\"ab12c\"}", "any {\"text\":\"12\"}" },
	      { "text = capture(\"m\", \"%d+\")", "{\"m\":\"ab\"}", "any {}" },
	      { "text = capture(\"m\", \"%d+\")", "{\"m\":123}", "any {\"text\":\"123\"}" },
	      { "text = capture(\"m\", \"^(.)\")", "{\"m\":\"é\"}",
	        "rejected: one.lua:2:21: text: the pattern cuts a character in two: \"é\"" });
}

static void textmaps_are_oktas(void **state)
{
	CHECK({ "text = textmap(\"r\", \"reasons\")", "{\"r\":\"{reasons=New Device, New IP, level=HIGH}\"}",
	        "any {\"text\":\"New Device, New IP\"}" },
	      { "text = textmap(\"r\", \"level\")", "{\"r\":\"{reasons=New Device, New IP, level=HIGH}\"}",
	        "any {\"text\":\"HIGH\"}" },
	      { "text = textmap(\"r\", \"level\")", "{\"r\":\"{level=}\"}", "any {}" },
	      { "text = textmap(\"r\", \"level\")", "{\"r\":\"level=HIGH\"}", "any {}" },
	      { "text = textmap(\"r\", \"level\")", "{\"r\":\"{x, level=HIGH}\"}", "any {}" },
	      { "text = textmap(\"r\", \"level\")", "{\"r\":[1]}", "any {}" },
	      { "text = textmap(\"r\", \"level\")", "{}", "any {}" },
	      { "text = textmap_names(\"b\", \"POSITIVE\", \",\")",
	        "{\"b\":\"{New Device=POSITIVE, New IP=NEGATIVE, Velocity=POSITIVE}\"}",
	        "any {\"text\":\"New Device,Velocity\"}" },
	      { "text = textmap_names(\"b\", \"POSITIVE\", \",\")", "{\"b\":\"{A=NEGATIVE}\"}", "any {}" });
}

static void get_reads_inside_a_row(void **state)
{
	CHECK({ "x = get(first(\"a\", \"b\"), \"c.d\")", "{\"b\":{\"c\":{\"d\":5}}}", "any {\"x\":5}" },
	      { "x = get(first(\"a\", \"b\"), \"c.d\")", "{\"a\":1,\"b\":{\"c\":{\"d\":5}}}", "any {}" },
	      { "x = get(\"a\", \"b[0]\")", "{\"a\":{\"b\":[7]}}", "any {\"x\":7}" },
	      { "x = get(\"a\", \"[0].b\")", "{\"a\":[{\"b\":8}]}", "any {\"x\":8}" });
}

static void json_is_the_sources_text(void **state)
{
	CHECK({ "text = json \"a\"", "{\"a\": {\"b\" : [1.0, \"x y\"]}}",
	        "any {\"text\":\"{\\\"b\\\":[1.0,\\\"x y\\\"]}\"}" },
	      { "text = json \"a\"", "{\"a\":\"t\"}", "any {\"text\":\"\\\"t\\\"\"}" },
	      { "text = json \"a\"", "{\"a\":null}", "any {}" });
}

static void format_needs_all_its_rows(void **state)
{
	CHECK({ "text = format(\"%s: %s (100%%)\", \"a\", \"b\")", "{\"a\":\"x\",\"b\":1.50}",
	        "any {\"text\":\"x: 1.50 (100%)\"}" },
	      { "text = format(\"%s: %s (100%%)\", \"a\", \"b\")", "{\"a\":\"x\"}", "any {}" },
	      { "text = format(\"%s: %s (100%%)\", \"a\", \"b\")", "{\"a\":\"x\",\"b\":[]}",
	        "rejected: one.lua:2:21: text: not a text: []" },
	      { "text = format(\"%s %s\", time \"t\", lower \"b\")",
	        "{\"t\":\"2026-01-01T01:00:00+01:00\",\"b\":\"B\"}",
	        "any {\"text\":\"2026-01-01T00:00:00Z b\"}" });
}

static void join_takes_what_has_text(void **state)
{
	CHECK({ "text = join(\"t[].n\", \", \")", "{\"t\":[{\"n\":\"a\"},{\"n\":null},{},{\"n\":2},{\"n\":[]}]}",
	        "any {\"text\":\"a, 2\"}" },
	      { "text = join(\"t[].n\", \", \")", "{\"t\":[]}", "any {}" },
	      { "text = join(\"t[].n\", \", \")", "{\"t\":{\"n\":1}}", "any {}" },
	      { "text = join(\"t\", \"\")", "{\"t\":[true,\"a\",{}]}", "any {\"text\":\"truea\"}" },
	      { "text = join(upper \"t[].n\", \"-\")", "{\"t\":[{\"n\":\"a\"},{\"n\":\"b\"}]}",
	        "any {\"text\":\"A-B\"}" },
	      { "texts = \"t[].n\"", "{\"t\":[{\"n\":\"a\"},{},{\"n\":\"b\"}]}", "any {\"texts\":[\"a\",\"b\"]}" },
	      { "texts = \"t[].n\"", "{\"t\":[{}]}", "any {}" });
}

static void hash_is_hex(void **state)
{
	CHECK({ "text = hash(\"sha256\", \"a\")", "{\"a\":\"abc\"}",
	        "any {\"text\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}" },
	      { "text = hash(\"md5\", \"a\")", "{\"a\":\"\"}",
	        "any {\"text\":\"d41d8cd98f00b204e9800998ecf8427e\"}" },
	      { "text = hash(\"sha1\", \"a\")", "{\"a\":\"abc\"}",
	        "any {\"text\":\"a9993e364706816aba3e25717850c26c9cd0d89d\"}" },
	      { "text = hash(\"sha1\", \"a\")", "{}", "any {}" });
}

static void context_is_there(void **state)
{
	struct harness *h = *state;

	CHECK({ "text = raw()", "{\"a\" : 1}", "any {\"text\":\"{\\\"a\\\" : 1}\"}" },
	      { "text = org_host()", "{}", "any {\"text\":\"acme.okta.com\"}" },
	      { "text = lane()", "{}", "any {\"text\":\"live\"}" },
	      { "text = source_name()", "{}", "any {\"text\":\"acme\"}" });
	h->org_host = "";
	CHECK({ "text = org_host()", "{}", "any {}" });
}

static void settings_are_known_at_load(void **state)
{
	struct harness *h = *state;

	harness_settings(h, "{\"tenant\":\"11\",\"limit\":5,\"on\":true,\"off\":null}");
	CHECK({ "text = setting \"tenant\", int = setting \"limit\", bool = setting \"on\", "
	        "x = setting \"off\", word = setting(\"w\", \"B\")", "{}",
	        "any {\"text\":\"11\",\"int\":5,\"bool\":true,\"word\":\"B\"}" });
}

static void first_takes_the_first_that_is_there(void **state)
{
	CHECK({ "x = first(\"a\", \"b\", const \"c\")", "{\"b\":2}", "any {\"x\":2}" },
	      { "x = first(\"a\", \"b\", const \"c\")", "{\"a\":null}", "any {\"x\":\"c\"}" },
	      { "x = first(\"a\", \"b\", const \"c\")", "{\"a\":false}", "any {\"x\":false}" },
	      { "ip = first(ip \"a\", ip \"b\")", "{\"a\":\"x\",\"b\":\"::1\"}",
	        "rejected: one.lua:2:25: ip: not an address: \"x\"" });
}

static void pick_chooses_by_text(void **state)
{
	CHECK({ "x = pick(\"r\", { OK = \"yes\", [true] = 1, [7] = path \"s\", no = false })",
	        "{\"r\":\"OK\"}", "any {\"x\":\"yes\"}" },
	      { "x = pick(\"r\", { OK = \"yes\", [true] = 1, [7] = path \"s\", no = false })",
	        "{\"r\":true}", "any {\"x\":1}" },
	      { "x = pick(\"r\", { OK = \"yes\", [true] = 1, [7] = path \"s\", no = false })",
	        "{\"r\":7,\"s\":[]}", "any {\"x\":[]}" },
	      { "x = pick(\"r\", { OK = \"yes\", [true] = 1, [7] = path \"s\", no = false })",
	        "{\"r\":\"no\"}", "any {\"x\":false}" },
	      { "x = pick(\"r\", { OK = \"yes\", [true] = 1, [7] = path \"s\", no = false })", "{}",
	        "any {}" },
	      { "x = pick(\"r\", { OK = \"yes\", [true] = 1, [7] = path \"s\", no = false })",
	        "{\"r\":\"ok\"}", "rejected: one.lua:2:18: x: not in the dictionary, and no otherwise is given: \"ok\"" },
	      { "x = pick(\"r\", { OK = \"yes\" }, \"other\")", "{\"r\":\"?\"}", "any {\"x\":\"other\"}" },
	      { "x = pick(\"r\", { OK = \"yes\" }, \"other\")", "{}", "any {\"x\":\"other\"}" },
	      { "x = pick(\"r\", { OK = \"yes\" }, \"other\")", "{\"r\":{}}", "any {\"x\":\"other\"}" },
	      { "x = pick(\"r\", { OK = \"yes\" }, path \"s\")", "{\"s\":3}", "any {\"x\":3}" });
}

static void lookup_leaves_out_what_is_not_listed(void **state)
{
	struct harness *h = *state;

	harness_write(h, "rules/codes.yaml", "Germany: DE\nFrance: FR\n");
	CHECK({ "text = lookup(\"c\", \"codes.yaml\")", "{\"c\":\"France\"}", "any {\"text\":\"FR\"}" },
	      { "text = lookup(\"c\", \"codes.yaml\")", "{\"c\":\"Mars\"}", "any {}" },
	      { "text = lookup(\"c\", \"codes.yaml\")", "{}", "any {}" },
	      { "text = lookup(\"c\", { a = \"1\" })", "{\"c\":\"a\"}", "any {\"text\":\"1\"}" },
	      { "text = lookup(\"c\", { a = \"1\" })", "{\"c\":\"b\"}", "any {}" });
}

static void given_and_unless_ask_for_another_row(void **state)
{
	CHECK({ "x = given(\"a\", \"b\")", "{\"a\":1,\"b\":2}", "any {\"x\":2}" },
	      { "x = given(\"a\", \"b\")", "{\"a\":false,\"b\":2}", "any {}" },
	      { "x = given(\"a\", \"b\")", "{\"b\":2}", "any {}" },
	      { "x = unless(\"a\", \"b\")", "{\"b\":2}", "any {\"x\":2}" },
	      { "x = unless(\"a\", \"b\")", "{\"a\":false,\"b\":2}", "any {\"x\":2}" },
	      { "x = unless(\"a\", \"b\")", "{\"a\":0,\"b\":2}", "any {}" },
	      { "bool = same(\"a\", \"b\")", "{\"a\":\"1\",\"b\":1}", "any {\"bool\":true}" },
	      { "bool = same(\"a\", \"b\")", "{\"a\":\"1\",\"b\":2}", "any {\"bool\":false}" },
	      { "bool = same(\"a\", \"b\")", "{\"a\":\"1\"}", "any {}" },
	      { "bool = same(\"a\", \"b\")", "{\"a\":[],\"b\":[]}",
	        "rejected: one.lua:2:21: bool: not a text: []" });
}

static void all_maps_each_element(void **state)
{
	CHECK({ "list = all(\"t\", { key = \"k\", value = int \"v\" })",
	        "{\"t\":[{\"k\":\"a\",\"v\":\"1\"},{\"v\":2},{\"k\":\"b\"},7]}",
	        "any {\"list\":[{\"key\":\"a\",\"value\":1},{\"key\":\"b\"}]}" },
	      { "list = all(\"t\", { key = \"k\", value = int \"v\" })", "{\"t\":{}}", "any {}" },
	      { "list = all(\"t\", { key = \"k\", value = int \"v\" })", "{\"t\":[]}", "any {\"list\":[]}" },
	      { "list = all(\"t\", { key = \"k\", value = int \"v\" })", "{\"t\":[{\"k\":\"a\",\"v\":\"x\"}]}",
	        "rejected: one.lua:2:51: list[].value: not an integer: \"x\"" },
	      { "texts = all(\"t\", lower \".\")", "{\"t\":[\"A\",\"B\",null]}", "any {\"texts\":[\"a\",\"b\"]}" },
	      { "x = all(\"t\", { z = \"k\", a = all(\"u\", \"w\") })",
	        "{\"t\":[{\"k\":1,\"u\":[{\"w\":2},{\"w\":3}]},{},{\"k\":4}]}",
	        "any {\"x\":[{\"a\":[2,3],\"z\":1},{\"z\":4}]}" },
	      { "x = all(\"t\", join(\"u[].w\", \"+\"))", "{\"t\":[{\"u\":[{\"w\":1},{\"w\":2}]},{\"u\":[{\"w\":3}]}]}",
	        "any {\"x\":[\"1+2\",\"3\"]}" });
}

static void keyed_makes_pairs(void **state)
{
	CHECK({ "x = keyed({ b = \"b\", a = \"a\" }, { b = \"c\" })", "{\"a\":true,\"b\":1,\"c\":[1, 2]}",
	        "any {\"x\":[{\"key\":\"a\",\"value\":\"true\"},{\"key\":\"b\",\"value\":\"[1,2]\"}]}" },
	      { "x = keyed({ b = \"b\", a = \"a\" }, { b = \"c\" })", "{}", "any {}" },
	      { "x = keyed { [\"t.#.id\"] = known \"t[].id\", [\"t.#.a\"] = \"t[].a\" }",
	        "{\"t\":[{\"id\":\"x\"},{\"id\":\"unknown\",\"a\":1},{\"id\":9}]}",
	        "any {\"x\":[{\"key\":\"t.1.a\",\"value\":\"1\"},{\"key\":\"t.0.id\",\"value\":\"x\"},"
	        "{\"key\":\"t.2.id\",\"value\":\"9\"}]}" });
}

/* More than have their names made at load. */
static void numbers_of_pairs_have_no_end(void **state)
{
	struct harness *h = *state;

	harness_row(h, "x = keyed { [\"t.#\"] = \"t[]\" }");
	assert_string_equal(harness_run(h, "{\"t\":[0,null,0,null,null,null,null,null,null,null,null,null,null,"
	                                   "null,null,5,6,null,null,null,null,\"u\"]}"),
	                    "any {\"x\":[{\"key\":\"t.0\",\"value\":\"0\"},{\"key\":\"t.2\",\"value\":\"0\"},"
	                    "{\"key\":\"t.15\",\"value\":\"5\"},{\"key\":\"t.16\",\"value\":\"6\"},"
	                    "{\"key\":\"t.21\",\"value\":\"u\"}]}");
}

static void objects_without_rows_are_left_out(void **state)
{
	CHECK({ "deep = { a = { b = \"n\" }, c = \"t\" }", "{\"n\":1,\"t\":\"x\"}",
	        "any {\"deep\":{\"a\":{\"b\":1},\"c\":\"x\"}}" },
	      { "deep = { a = { b = \"n\" }, c = \"t\" }", "{\"t\":\"x\"}", "any {\"deep\":{\"c\":\"x\"}}" },
	      { "deep = { a = { b = \"n\" }, c = \"t\" }", "{}", "any {}" },
	      { "x = { b = \"n\", a = { c = \"t\" } }", "{\"n\":1,\"t\":2}", "any {\"x\":{\"a\":{\"c\":2},\"b\":1}}" },
	      { "x = { b = \"n\", a = { c = \"t\" } }", "{}", "any {}" },
	      { "deep = \"d\"", "{\"d\":{\"c\":\"x\",\"a\":{\"b\":2}}}",
	        "any {\"deep\":{\"a\":{\"b\":2},\"c\":\"x\"}}" },
	      { "deep = \"d\"", "{\"d\":{\"q\":1}}", "rejected: one.lua:2:21: deep: no field 'q': 1" });
}

static void rest_is_what_no_row_names(void **state)
{
	CHECK({ "text = lower \"a.b\", x = rest()", "{\"a\":{\"b\":\"X\",\"c\":1},\"d\":[2],\"e\":{}}",
	        "any {\"x\":{\"a\":{\"c\":1},\"d\":[2],\"e\":{}},\"text\":\"x\"}" },
	      { "text = \"a\", int = \"t[0].n\", texts = \"u[].n\", x = rest()",
	        "{\"a\":\"y\",\"t\":[{\"n\":1}],\"u\":[{\"n\":\"q\"}]}",
	        "any {\"x\":{\"t\":[{\"n\":1}],\"u\":[{\"n\":\"q\"}]},\"text\":\"y\",\"int\":1,\"texts\":[\"q\"]}" },
	      { "text = \"a\", x = rest()", "{\"a\":\"y\"}", "any {\"text\":\"y\"}" },
	      { "text = lower \"a.b\", x = rest()", "{\"a\":{\"c\":1},\"d\":1,\"a\":{\"b\":\"X\"}}",
	        "any {\"x\":{\"d\":1},\"text\":\"x\"}" },
	      { "text = \"a\", x = rest()", "[1]", "any {}" });
}

static void record_reads_the_earlier_stage(void **state)
{
	struct harness *h = *state;

	harness_row(h, "x = record \"r.s\", text = \"t\"");
	assert_string_equal(harness_run_on(h, "{\"t\":\"e\"}", "old", "{\"r\":{\"s\":1}}"),
	                    "any {\"x\":1,\"text\":\"e\"}");
	assert_string_equal(harness_run(h, "{\"t\":\"e\"}"), "any {\"text\":\"e\"}");
}

static void types_of_targets_are_kept(void **state)
{
	CHECK({ "text = \"v\"", "{\"v\":1.50}", "any {\"text\":\"1.50\"}" },
	      { "text = \"v\"", "{\"v\":false}", "any {\"text\":\"false\"}" },
	      { "text = \"v\"", "{\"v\":{}}", "rejected: one.lua:2:21: text: not a text: {}" },
	      { "number = \"v\"", "{\"v\":\"1\"}", "rejected: one.lua:2:23: number: not a number: \"1\"" },
	      { "bool = \"v\"", "{\"v\":\"true\"}",
	        "rejected: one.lua:2:21: bool: neither true nor false: \"true\"" },
	      { "object = \"v\"", "{\"v\":{\"z\":[null]}}", "any {\"object\":{\"z\":[null]}}" },
	      { "object = \"v\"", "{\"v\":[]}", "rejected: one.lua:2:23: object: not an object: []" },
	      { "texts = \"v\"", "{\"v\":[\"a\",1,null]}", "any {\"texts\":[\"a\",\"1\"]}" },
	      { "texts = \"v\"", "{\"v\":\"a\"}", "rejected: one.lua:2:22: texts: not a list: \"a\"" },
	      { "word = \"v\"", "{\"v\":\"A\"}", "any {\"word\":\"A\"}" },
	      { "word = \"v\"", "{\"v\":\"C\"}",
	        "rejected: one.lua:2:21: word: not in the enumeration: \"C\"" },
	      { "short = \"v\"", "{\"v\":\"abcdé\"}", "any {\"short\":\"abcd\"}" },
	      { "short = \"v\"", "{\"v\":\"abcde\"}", "any {\"short\":\"abcde\"}" });
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, harness_setup, harness_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_path_gives_what_is_there),
		CASE(const_gives_itself),
		CASE(time_reads_many_spellings),
		CASE(precision_counts_fraction_digits),
		CASE(ip_takes_both_families),
		CASE(int_takes_digits),
		CASE(number_keeps_the_spelling),
		CASE(bool_reads_words),
		CASE(letters_change_in_ascii_only),
		CASE(known_drops_placeholders),
		CASE(maybe_lets_errors_pass),
		CASE(after_and_capture_take_parts),
		CASE(textmaps_are_oktas),
		CASE(get_reads_inside_a_row),
		CASE(json_is_the_sources_text),
		CASE(format_needs_all_its_rows),
		CASE(join_takes_what_has_text),
		CASE(hash_is_hex),
		CASE(context_is_there),
		CASE(settings_are_known_at_load),
		CASE(first_takes_the_first_that_is_there),
		CASE(pick_chooses_by_text),
		CASE(lookup_leaves_out_what_is_not_listed),
		CASE(given_and_unless_ask_for_another_row),
		CASE(all_maps_each_element),
		CASE(keyed_makes_pairs),
		CASE(numbers_of_pairs_have_no_end),
		CASE(objects_without_rows_are_left_out),
		CASE(rest_is_what_no_row_names),
		CASE(record_reads_the_earlier_stage),
		CASE(types_of_targets_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
