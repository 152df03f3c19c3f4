/* helpers.c - weir.*: what a security engineer needs inside a function.
 *
 * All take nil and give nil for it, and give nil for a text that is not what they read, so that
 * they can be chained.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "front.h"

#include "digest.h"
#include "text.h"
#include "timestamp.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_A_STEP = 8 };

/* The text at index; false when it is none. */
static bool text_at(lua_State *L, int index, struct weir_bytes *text)
{
	if (lua_type(L, index) != LUA_TSTRING)
		return false;
	text->data = lua_tolstring(L, index, &text->len);
	quota_charge(&script_of(L)->quota, L, (int64_t)(text->len / BYTES_A_STEP));
	return true;
}

static int give_text(lua_State *L, struct weir_bytes text)
{
	lua_pushlstring(L, text.data ? text.data : "", text.len);
	return 1;
}

static int give_nil(lua_State *L)
{
	lua_pushnil(L);
	return 1;
}

/* ---- addresses -------------------------------------------------------------------------------- */

/* An address as 16 bytes, IPv4 mapped into IPv6; how many bits come before it. */
static bool address_of(const char *text, unsigned char bytes[16], int *before)
{
	static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF };

	*before = 96;
	memcpy(bytes, mapped, sizeof mapped);
	if (inet_pton(AF_INET, text, bytes + 12) == 1)
		return true;
	*before = 0;
	return inet_pton(AF_INET6, text, bytes) == 1;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, int bits)
{
	int whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, (size_t)whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/* weir.cidr(address, "10.0.0.0/8", …): whether it is in one of the networks. */
static int cidr(lua_State *L)
{
	unsigned char address[16], network[16];
	const char *text = lua_tostring(L, 1);
	int count = lua_gettop(L), before;

	if (lua_type(L, 1) != LUA_TSTRING || !address_of(text, address, &before))
		return give_nil(L);
	for (int i = 2; i <= count; i++) {
		const char *net = luaL_checkstring(L, i), *slash = strchr(net, '/');
		char *end = NULL;
		long bits = slash ? strtol(slash + 1, &end, 10) : 128;

		lua_pushlstring(L, net, slash ? (size_t)(slash - net) : strlen(net));
		if (!address_of(lua_tostring(L, -1), network, &before) ||
		    (slash && (end == slash + 1 || *end || bits < 0 || bits > 128 - before)))
			return luaL_error(L, "'%s' is no network; write 10.0.0.0/8", net);
		lua_pop(L, 1);
		if (same_bits(address, network, slash ? before + (int)bits : 128)) {
			lua_pushboolean(L, 1);
			return 1;
		}
	}
	lua_pushboolean(L, 0);
	return 1;
}

/* weir.ip(text): the address as records have it. */
static int ip(lua_State *L)
{
	char written[RULE_IP_MAX];
	struct weir_bytes text;

	if (!text_at(L, 1, &text))
		return give_nil(L);
	switch (rule_ip(text, written)) {
	case RULE_IP_AS_IT_IS: return give_text(L, text);
	case RULE_IP_WRITTEN: return give_text(L, weir_bytes(written));
	case RULE_IP_WRONG: break;
	}
	return give_nil(L);
}

/* weir.domain(address): what follows the last @. */
static int domain(lua_State *L)
{
	struct weir_bytes text;
	const char *at;

	if (!text_at(L, 1, &text) || !(at = memrchr(text.data, '@', text.len)) ||
	    at + 1 == text.data + text.len)
		return give_nil(L);
	return give_text(L, (struct weir_bytes){ at + 1, (size_t)(text.data + text.len - at - 1) });
}

/* ---- encodings ---------------------------------------------------------------------------------- */

static int base64(lua_State *L)
{
	struct weir_buf *scratch = &script_of(L)->run->scratch;
	struct weir_bytes text;

	if (!text_at(L, 1, &text))
		return give_nil(L);
	scratch->len = 0;
	weir_base64(text, scratch);
	return give_text(L, (struct weir_bytes){ scratch->data, scratch->len });
}

static int unbase64(lua_State *L)
{
	struct weir_buf *scratch = &script_of(L)->run->scratch;
	struct weir_bytes text;

	if (!text_at(L, 1, &text))
		return give_nil(L);
	scratch->len = 0;
	if (!weir_base64_decode(text, scratch))
		return give_nil(L);
	return give_text(L, (struct weir_bytes){ scratch->data, scratch->len });
}

/* weir.hash("sha256", text) */
static int hash(lua_State *L)
{
	int which = rule_digest_find(weir_bytes(luaL_checkstring(L, 1)));
	char hex[RULE_HEX_MAX];
	struct weir_bytes text;

	luaL_argcheck(L, which >= 0, 1, "write sha256, sha1 or md5");
	if (!text_at(L, 2, &text))
		return give_nil(L);
	rule_digest(which, text, hex);
	return give_text(L, weir_bytes(hex));
}

/* weir.json(value): its JSON text. */
static int json(lua_State *L)
{
	struct rule_run *run = script_of(L)->run;
	struct weir_value v;
	const char *why;

	if (!view_take(L, 1, NULL, &v, &why))
		return luaL_error(L, "weir.json: %s", why);
	if (weir_is_absent(v))
		return give_nil(L);
	run->scratch.len = 0;
	weir_value_render(v, &run->scratch);
	return give_text(L, (struct weir_bytes){ run->scratch.data, run->scratch.len });
}

/* weir.equal(a, b): the same content; == on objects and lists says whether they are one. */
static int equal(lua_State *L)
{
	struct script *script = script_of(L);
	struct weir_value v[2];
	const char *why;

	for (int i = 0; i < 2; i++) {
		if (!view_take(L, i + 1, NULL, &v[i], &why))
			return luaL_error(L, "weir.equal: %s", why);
		quota_charge(&script->quota, L,
		             (int64_t)(weir_value_raw(v[i]).len / BYTES_A_STEP));
	}
	lua_pushboolean(L, weir_value_equal(v[0], v[1]));
	return 1;
}

/* ---- texts with parts ------------------------------------------------------------------------------ */

/* weir.time(text): microseconds since 1970. */
static int time_of(lua_State *L)
{
	struct rule_time time;
	struct weir_bytes text;

	if (!text_at(L, 1, &text) || !rule_time_read(text, &time))
		return give_nil(L);
	lua_pushinteger(L, rule_time_micros(&time));
	return 1;
}

/* weir.textmap(text): Okta's maps written as text, as a table. */
static int textmap(lua_State *L)
{
	struct rule_textmap map;
	struct weir_bytes text;

	if (!text_at(L, 1, &text) || !rule_textmap_begin(&map, text))
		return give_nil(L);
	lua_newtable(L);
	while (rule_textmap_next(&map)) {
		lua_pushlstring(L, map.name.data, map.name.len);
		lua_pushlstring(L, map.value.data, map.value.len);
		lua_rawset(L, -3);
	}
	return 1;
}

static void set_part(lua_State *L, const char *name, const char *from, const char *to)
{
	if (!from || from == to)
		return;
	lua_pushlstring(L, from, (size_t)(to - from));
	lua_setfield(L, -2, name);
}

/* RFC 3986 section 3.2, without user information: "[::1]:8080". */
static void set_authority(lua_State *L, const char *from, const char *to)
{
	const char *at = memrchr(from, '@', (size_t)(to - from)), *end, *colon;

	from = at ? at + 1 : from;
	end = from < to && *from == '[' ? memchr(from, ']', (size_t)(to - from)) : NULL;
	colon = memchr(end ? end : from, ':', (size_t)(to - (end ? end : from)));
	if (end)
		set_part(L, "host", from + 1, end);
	else
		set_part(L, "host", from, colon ? colon : to);
	if (colon)
		set_part(L, "port", colon + 1, to);
}

/* weir.url(text): scheme, host, port, path, query, fragment; RFC 3986 appendix B. */
static int url(lua_State *L)
{
	const char *p, *end, *fragment, *query, *colon, *slash;
	struct weir_bytes text;

	if (!text_at(L, 1, &text))
		return give_nil(L);
	p = text.data;
	end = p + text.len;
	lua_newtable(L);
	fragment = memchr(p, '#', (size_t)(end - p));
	if (fragment) {
		set_part(L, "fragment", fragment + 1, end);
		end = fragment;
	}
	query = memchr(p, '?', (size_t)(end - p));
	if (query) {
		set_part(L, "query", query + 1, end);
		end = query;
	}
	colon = memchr(p, ':', (size_t)(end - p));
	slash = memchr(p, '/', (size_t)(end - p));
	if (colon && (!slash || colon < slash) && isalpha((unsigned char)*p)) {
		set_part(L, "scheme", p, colon);
		p = colon + 1;
	}
	if (end - p >= 2 && p[0] == '/' && p[1] == '/') {
		slash = memchr(p + 2, '/', (size_t)(end - p - 2));
		set_authority(L, p + 2, slash ? slash : end);
		p = slash ? slash : end;
	}
	set_part(L, "path", p, end);
	return 1;
}

const luaL_Reg helper_functions[] = {
	{ "base64", base64 },   { "cidr", cidr }, { "domain", domain },   { "equal", equal },
	{ "hash", hash },       { "ip", ip },     { "json", json },       { "textmap", textmap },
	{ "time", time_of },    { "unbase64", unbase64 }, { "url", url }, { NULL, NULL },
};
