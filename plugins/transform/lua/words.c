/* words.c - the words of a rule: what they take, what they describe.
 *
 * Not here: words that take tables (words_table.c), map and change (rule.c), what the words do
 * with an event (../rule).
 * SPDX-License-Identifier: Apache-2.0
 */
#include "words.h"

#include <string.h>

void words_check_phase(lua_State *L, const char *word)
{
	if (script_of(L)->phase == SCRIPT_RUNNING)
		luaL_error(L, "'%s' describes rows; in a function read the event: e.actor.id", word);
}

/* The op and the name of the word that is called. */
static enum rule_op op_of(lua_State *L)
{
	return (enum rule_op)lua_tointeger(L, lua_upvalueindex(1));
}

struct rule_word *words_begin(lua_State *L)
{
	const char *name = lua_tostring(L, lua_upvalueindex(2));

	words_check_phase(L, name);
	luaL_checkstack(L, 16, NULL);
	return row_new(script_of(L), op_of(L), place_of_call(L, name));
}

int words_end(lua_State *L, struct rule_word *word)
{
	row_push(L, word);
	return 1;
}

void words_add_arg(lua_State *L, struct rule_word *word, struct rule_word *arg)
{
	struct script *script = script_of(L);

	word->args = rule_grow(script->arena, word->args, word->arg_count, sizeof *word->args);
	word->args[word->arg_count++] = arg;
}

/* The text that is argument number index; "" and a mistake when it is none. */
struct weir_bytes words_text_arg(lua_State *L, struct rule_word *word, int index,
                                  const char *what)
{
	struct weir_bytes text = { "", 0 };

	if (lua_type(L, index) == LUA_TSTRING && lua_rawlen(L, index) > 0)
		return row_text(L, index);
	if (!script_is_unknown(L, index))
		row_mistake(L, word->where, "%s needs %s", rule_op_name(word->op), what);
	word->op = RULE_UNKNOWN;
	return text;
}

void words_check_count(lua_State *L, struct rule_word *word, int most)
{
	if (lua_gettop(L) > most)
		row_mistake(L, word->where, "%s takes %d argument%s, not %d",
		            rule_op_name(word->op), most, most == 1 ? "" : "s", lua_gettop(L));
}

/* ---- forms ---------------------------------------------------------------------------------- */

/* lower(row) */
static int word_row(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 1);
	words_add_arg(L, word, row_of(L, 1, word->where));
	return words_end(L, word);
}

/* raw() */
static int word_nothing(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 0);
	return words_end(L, word);
}

/* path "p", record "p" */
static int word_text(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 1);
	word->text = words_text_arg(L, word, 1, "a path");
	return words_end(L, word);
}

/* after(row, "text"), get(row, "p"), join(row, "text"), textmap(row, "name") */
static int word_row_text(lua_State *L)
{
	static const char *const whats[RULE_OPS] = {
		[RULE_AFTER] = "a separator: after(\"p\", \"@\")",
		[RULE_CAPTURE] = "a pattern: capture(\"p\", \"level=(%a+)\")",
		[RULE_TEXTMAP] = "a name: textmap(\"p\", \"level\")",
		[RULE_GET] = "a path: get(row, \"id\")",
	};
	struct rule_word *word = words_begin(L);
	enum rule_op op = word->op;

	words_check_count(L, word, 2);
	words_add_arg(L, word, row_of(L, 1, word->where));
	if (op == RULE_JOIN && lua_type(L, 2) == LUA_TSTRING)
		word->text = row_text(L, 2);
	else
		word->text = words_text_arg(L, word, 2,
		                      whats[op] ? whats[op] : "a separator: join(\"p[].q\", \", \")");
	return words_end(L, word);
}

static int word_textmap_names(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 3);
	words_add_arg(L, word, row_of(L, 1, word->where));
	word->text = words_text_arg(L, word, 2, "a value: textmap_names(\"p\", \"POSITIVE\", \",\")");
	word->more = words_text_arg(L, word, 3, "a separator: textmap_names(\"p\", \"POSITIVE\", \",\")");
	return words_end(L, word);
}

/* hash("sha256", row) */
static int word_hash(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 2);
	word->text = words_text_arg(L, word, 1, "an algorithm: hash(\"sha256\", row)");
	words_add_arg(L, word, row_of(L, 2, word->where));
	return words_end(L, word);
}

/* format("%s: %s", row, row) */
static int word_format(lua_State *L)
{
	struct rule_word *word = words_begin(L);
	int count = lua_gettop(L);

	word->text = words_text_arg(L, word, 1, "a text: format(\"%s: %s\", row, row)");
	for (int i = 2; i <= count; i++)
		words_add_arg(L, word, row_of(L, i, word->where));
	return words_end(L, word);
}

/* first(row, …), same(row, row) */
static int word_rows(lua_State *L)
{
	struct rule_word *word = words_begin(L);
	int count = lua_gettop(L), wanted = word->op == RULE_FIRST ? count : 2;

	if (count == 0 || count != wanted)
		row_mistake(L, word->where, "%s takes %s", rule_op_name(word->op),
		            word->op == RULE_FIRST ? "at least one row" : "two rows");
	for (int i = 1; i <= count; i++)
		words_add_arg(L, word, row_of(L, i, word->where));
	if (count != wanted || count == 0)
		word->op = RULE_UNKNOWN;
	return words_end(L, word);
}

/* from(row, …, function) */
static int word_from(lua_State *L)
{
	struct rule_word *word = words_begin(L), *call;
	int count = lua_gettop(L);

	if (count < 2 || lua_type(L, count) != LUA_TFUNCTION) {
		if (!script_is_unknown(L, count))
			row_mistake(L, word->where, "from takes rows and a function of their values: "
			                            "from(\"actor.id\", function(id) … end)");
		word->op = RULE_UNKNOWN;
		return words_end(L, word);
	}
	call = row_of(L, count, word->where);
	for (int i = 1; i < count; i++)
		words_add_arg(L, call, row_of(L, i, word->where));
	return words_end(L, call);
}

/* given(row, then) */
static int word_given(lua_State *L)
{
	struct rule_word *word = words_begin(L);

	words_check_count(L, word, 2);
	words_add_arg(L, word, row_of(L, 1, word->where));
	words_add_arg(L, word, row_of(L, 2, word->where));
	return words_end(L, word);
}

static int word_const(lua_State *L)
{
	struct rule_word *word = words_begin(L), *value;

	words_check_count(L, word, 1);
	value = row_const(L, 1, word->where);
	if (value)
		return words_end(L, value);
	if (!script_is_unknown(L, 1))
		row_mistake(L, word->where, "const needs a text, a number, true or false");
	word->op = RULE_UNKNOWN;
	return words_end(L, word);
}

/* ---- settings ---------------------------------------------------------------------------------------- */

/* The third argument: what the setting may be. */
static void read_choices(lua_State *L, const struct rule_word *word, const char *name)
{
	struct rule_set *set = script_of(L)->library->set;
	struct weir_bytes *texts;
	size_t count;

	if (!word_texts(L, 3, &texts, &count))
		row_mistake(L, word->where, "a setting's values are a list: { \"a\", \"b\" }");
	else if (script_of(L)->phase == SCRIPT_LOADING)
		rule_setting_choices(set, name, texts, count);
}

/* setting("name", default, { values }) */
static int word_setting(lua_State *L)
{
	struct script *script = script_of(L);
	struct rule_word *word = words_begin(L), *preset = NULL;
	struct weir_bytes name = words_text_arg(L, word, 1, "a name: setting(\"tenant_id\")");

	words_check_count(L, word, 3);
	if (word->op == RULE_UNKNOWN)
		return words_end(L, word);
	if (!lua_isnoneornil(L, 2) && !(preset = row_const(L, 2, word->where)))
		row_mistake(L, word->where, "a setting's default is a text, a number, true or false");
	if (!lua_isnoneornil(L, 3))
		read_choices(L, word, name.data);
	word->setting = name.data;
	word->value = script->phase == SCRIPT_LOADING
	                      ? rule_setting(script->library->set, name.data)
	                      : weir_value_get(script->library->settings, name.data);
	if (weir_is_nothing(word->value))
		word->value = preset ? preset->value : (struct weir_value){ 0 };
	word->op = weir_is_absent(word->value) ? RULE_NOTHING : RULE_CONST;
	return words_end(L, word);
}

/* ---- the table of words ----------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	lua_CFunction function;
	enum rule_op op;
} words[] = {
	{ "after", word_row_text, RULE_AFTER },
	{ "all", word_all, RULE_ALL },
	{ "bool", word_row, RULE_BOOL },
	{ "capture", word_row_text, RULE_CAPTURE },
	{ "change", word_change, RULE_OPS },
	{ "const", word_const, RULE_CONST },
	{ "first", word_rows, RULE_FIRST },
	{ "format", word_format, RULE_FORMAT },
	{ "from", word_from, RULE_CALL },
	{ "get", word_row_text, RULE_GET },
	{ "given", word_given, RULE_GIVEN },
	{ "hash", word_hash, RULE_HASH },
	{ "int", word_row, RULE_INT },
	{ "ip", word_row, RULE_IP },
	{ "join", word_row_text, RULE_JOIN },
	{ "json", word_row, RULE_JSON },
	{ "keyed", word_keyed, RULE_KEYED },
	{ "known", word_row, RULE_KNOWN },
	{ "lane", word_nothing, RULE_LANE },
	{ "lookup", word_pick, RULE_LOOKUP },
	{ "lower", word_row, RULE_LOWER },
	{ "map", word_map, RULE_OPS },
	{ "maybe", word_row, RULE_MAYBE },
	{ "none_of", word_none_of, RULE_OPS },
	{ "number", word_row, RULE_NUMBER },
	{ "org_host", word_nothing, RULE_ORG_HOST },
	{ "path", word_text, RULE_PATH },
	{ "pick", word_pick, RULE_PICK },
	{ "precision", word_row, RULE_PRECISION },
	{ "raw", word_nothing, RULE_RAW },
	{ "record", word_text, RULE_RECORD },
	{ "remove", word_nothing, RULE_REMOVE },
	{ "rest", word_nothing, RULE_REST },
	{ "same", word_rows, RULE_SAME },
	{ "setting", word_setting, RULE_CONST },
	{ "source_name", word_nothing, RULE_SOURCE_NAME },
	{ "textmap", word_row_text, RULE_TEXTMAP },
	{ "textmap_names", word_textmap_names, RULE_TEXTMAP_NAMES },
	{ "time", word_row, RULE_TIME },
	{ "trim", word_row, RULE_TRIM },
	{ "unless", word_given, RULE_UNLESS },
	{ "upper", word_row, RULE_UPPER },
};

void words_add(lua_State *L)
{
	for (size_t i = 0; i < WEIR_COUNT(words); i++) {
		lua_pushinteger(L, words[i].op);
		lua_pushstring(L, words[i].name);
		lua_pushcclosure(L, words[i].function, 2);
		lua_setfield(L, -2, words[i].name);
	}
	word_push_holds(L, RULE_PRESENT);
	lua_setfield(L, -2, "present");
	word_push_holds(L, RULE_ABSENT);
	lua_setfield(L, -2, "absent");
}

const char *words_name(size_t n)
{
	if (n < WEIR_COUNT(words))
		return words[n].name;
	return n == WEIR_COUNT(words) ? "present" : n == WEIR_COUNT(words) + 1 ? "absent" : NULL;
}
