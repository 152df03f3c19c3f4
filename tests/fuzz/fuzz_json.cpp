// fuzz_json.cpp - the JSON reader against simdjson: acceptance, refusal and every value.
//
// Three differences are wanted: integers beyond 64 bits, numbers beyond a double's range and
// halves of surrogate pairs are grammatical, so weir takes what simdjson refuses.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <cstring>
#include <string>

#include <simdjson.h>

extern "C" {
#include <json.h>
}

namespace {

void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "fuzz_json: %s\n", what);
	abort();
}

/* simdjson's limit; ours is set to the same. */
const uint32_t DEPTH = 1024;

std::string text_of(weir_arena *arena, weir_value v)
{
	struct weir_bytes text;

	must(weir_value_text(v, arena, &text), "a text is not read");
	return std::string(text.data, text.len);
}

/* Whether a string as it stands in the page has half a surrogate pair. */
bool has_half_pair(struct weir_bytes raw)
{
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.data[i] != '\\')
			continue;
		if (raw.data[++i] != 'u')
			continue;
		unsigned long code = strtoul(std::string(raw.data + i + 1, 4).c_str(), nullptr, 16);
		unsigned long next = 0;

		i += 4;
		if (code < 0xd800 || code > 0xdfff)
			continue;
		if (i + 6 < raw.len && raw.data[i + 1] == '\\' && raw.data[i + 2] == 'u')
			next = strtoul(std::string(raw.data + i + 3, 4).c_str(), nullptr, 16);
		if (code > 0xdbff || next < 0xdc00 || next > 0xdfff)
			return true;
		i += 6;
	}
	return false;
}

bool number_beyond(weir_value v)
{
	struct weir_bytes raw = weir_value_raw(v);
	std::string text(raw.data, raw.len);
	int64_t i;
	double d;

	if (!weir_value_double(v, &d))
		return true;
	if (text.find_first_of(".eE") != std::string::npos || weir_value_int(v, &i))
		return false;
	/* simdjson has unsigned 64-bit integers too. */
	return text[0] == '-' || text.size() > 20 || (text.size() == 20 && text > "18446744073709551615");
}

/* What simdjson refuses and weir takes on purpose. */
bool has_wanted_difference(weir_value v)
{
	struct weir_each each = weir_each(v);

	if (v.kind == WEIR_NUMBER)
		return number_beyond(v);
	if (v.kind == WEIR_TEXT)
		return has_half_pair(weir_value_raw(v));
	while (weir_next(&each)) {
		if (has_half_pair(each.raw_key) || has_wanted_difference(each.value))
			return true;
	}
	return false;
}

void compare(weir_arena *arena, weir_value ours, simdjson::dom::element theirs);

void compare_number(weir_value ours, simdjson::dom::element theirs)
{
	int64_t i = 0;
	double d = 0;

	must(ours.kind == WEIR_NUMBER, "a number is none");
	if (theirs.is_int64()) {
		must(weir_value_int(ours, &i) && i == int64_t(theirs), "an integer differs");
		return;
	}
	must(weir_value_double(ours, &d), "a double is not read");
	if (theirs.is_uint64()) {
		struct weir_bytes raw = weir_value_raw(ours);

		must(std::string(raw.data, raw.len) == std::to_string(uint64_t(theirs)),
		     "an unsigned integer differs");
		return;
	}
	double other = double(theirs);
	must(memcmp(&d, &other, sizeof d) == 0, "a double differs");
}

void compare_object(weir_arena *arena, weir_value ours, simdjson::dom::object theirs)
{
	struct weir_each each = weir_each(ours);

	must(weir_value_count(ours) == theirs.size(), "an object's size differs");
	for (auto field : theirs) {
		must(weir_next(&each), "a member is missing");
		struct weir_bytes key = weir_each_key(&each, arena);

		must(std::string_view(key.data, key.len) == field.key, "a key differs");
		compare(arena, each.value, field.value);
	}
	must(!weir_next(&each), "a member is too much");
	for (auto field : theirs) {
		struct weir_bytes key = { field.key.data(), field.key.size() };
		simdjson::dom::element last;

		for (auto other : theirs) {
			if (other.key == field.key)
				last = other.value;
		}
		weir_value found = weir_value_member(ours, key);

		must(!weir_is_absent(found), "a member is not found");
		/* What is inside was compared above; again would take time without end. */
		if (!last.is_object() && !last.is_array())
			compare(arena, found, last);
	}
}

void compare(weir_arena *arena, weir_value ours, simdjson::dom::element theirs)
{
	bool yes = false;

	switch (theirs.type()) {
	case simdjson::dom::element_type::OBJECT:
		must(ours.kind == WEIR_OBJECT, "an object is none");
		compare_object(arena, ours, theirs);
		break;
	case simdjson::dom::element_type::ARRAY: {
		struct weir_each each = weir_each(ours);

		must(ours.kind == WEIR_ARRAY, "an array is none");
		for (auto element : simdjson::dom::array(theirs)) {
			must(weir_next(&each), "an element is missing");
			compare(arena, each.value, element);
		}
		must(!weir_next(&each), "an element is too much");
		break;
	}
	case simdjson::dom::element_type::STRING:
		must(ours.kind == WEIR_TEXT, "a text is none");
		must(text_of(arena, ours) == std::string_view(theirs), "a text differs");
		break;
	case simdjson::dom::element_type::BOOL:
		must(weir_value_bool(ours, &yes) && yes == bool(theirs), "a boolean differs");
		break;
	case simdjson::dom::element_type::NULL_VALUE:
		must(ours.kind == WEIR_NULL, "null is something else");
		break;
	default:
		compare_number(ours, theirs);
	}
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static simdjson::dom::parser parser(size_t(1) << 24);
	const struct json_limits limits = { size_t(1) << 24, DEPTH };
	std::string text(reinterpret_cast<const char *>(data), size);
	simdjson::padded_string padded(text);
	simdjson::dom::element theirs;
	struct json_doc *doc = json_doc_create();
	struct weir_arena *arena = weir_arena_create();
	struct weir_value ours;
	struct weir_error err;

	text.append(WEIR_PAGE_PADDING, '"');
	bool we = json_parse_value(doc, { text.data(), size }, &limits, &ours, &err);
	simdjson::error_code code = parser.parse(padded).get(theirs);
	bool they = code == simdjson::SUCCESS;

	if (we && they)
		compare(arena, ours, theirs);
	if (they)
		must(we, err.text);
	/* simdjson's depth counts one more than ours. */
	if (we && !they && code != simdjson::DEPTH_ERROR)
		must(has_wanted_difference(ours), "weir takes what simdjson refuses");
	weir_arena_destroy(arena);
	json_doc_destroy(doc);
	return 0;
}
