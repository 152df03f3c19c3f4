---@meta
-- The words of a rule file, for editors with the Lua language server. weir itself never reads this file.
-- What each word does with absent and wrong values: docs/rule-words.md.

---A path into the event ("actor.id", "target[type=User].id"), or what a word returns.
---@alias Row string|Word|fun(e: table, r: table): any

---@class Word

---That value itself: a text, a number or a boolean.
---@param value string|number|boolean
---@return Word
function const(value) end

---The value at that path, where a text would otherwise be a constant.
---@param path string
---@return Word
function path(path) end

---A time (RFC 3339). An error if it is present but no time.
---@param row Row
---@return Word
function time(row) end

---SECOND, MILLISECOND, MICROSECOND or NANOSECOND: how exact the time's text is.
---@param row Row
---@return Word
function precision(row) end

---An IPv4 or IPv6 address. An error if it is present but none.
---@param row Row
---@return Word
function ip(row) end

---An integer of 64 bits, also from text of digits.
---@param row Row
---@return Word
function int(row) end

---A number, also from text.
---@param row Row
---@return Word
function number(row) end

---true or false, also from the texts.
---@param row Row
---@return Word
function bool(row) end

---ASCII letters in lower case.
---@param row Row
---@return Word
function lower(row) end

---ASCII letters in upper case.
---@param row Row
---@return Word
function upper(row) end

---Without blanks at both ends; what is left empty is absent.
---@param row Row
---@return Word
function trim(row) end

---As it is, but "", "null", "N/A" and "unknown" in any case count as absent.
---@param row Row
---@return Word
function known(row) end

---The row; a wrong value counts as absent instead of as an error.
---@param row Row
---@return Word
function maybe(row) end

---Text after the first separator.
---@param row Row
---@param separator string
---@return Word
function after(row, separator) end

---What the first () of a Lua pattern matches.
---@param row Row
---@param pattern string
---@return Word
function capture(row, pattern) end

---One value of Okta's text maps, such as {reasons=New Device, level=HIGH}.
---@param row Row
---@param name string
---@return Word
function textmap(row, name) end

---Names of a text map that have this value, joined.
---@param row Row
---@param value string
---@param separator string
---@return Word
function textmap_names(row, value, separator) end

---The value at a path inside the object or list that the row gives.
---@param row Row
---@param path string
---@return Word
function get(row, path) end

---JSON text of the value.
---@param row Row
---@return Word
function json(row) end

---Each %s replaced by the text of its row; absent if any row is.
---@param text string
---@param ... Row
---@return Word
function format(text, ...) end

---The elements of a list ("target[].displayName") joined.
---@param row Row
---@param separator string
---@return Word
function join(row, separator) end

---Hex digits of the digest of the text.
---@param algorithm "sha256"|"sha1"|"md5"
---@param row Row
---@return Word
function hash(algorithm, row) end

---The exact source bytes of the event, as text.
---@return Word
function raw() end

---A setting of the transform, from `settings:` in weir.yaml.
---@param name string
---@param default? string|number|boolean
---@return Word
function setting(name, default) end

---The value at that path in the record that an earlier stage made.
---@param path string
---@return Word
function record(path) end

---Host of the organization that the source reads.
---@return Word
function org_host() end

---Name of the source, that is of the integration.
---@return Word
function source_name() end

---How the event came: "live", "backfill" or "audit" (late, found by the audit).
---@return Word
function lane() end

---The first row that is present.
---@param ... Row
---@return Word
function first(...) end

---What a function makes of the rows' values. Absent when all of them are absent.
---@param row Row
---@param ... Row|fun(...: any): any
---@return Word
function from(row, ...) end

---The entry for the row's text. Without `otherwise` a text that is not listed is an error.
---@param row Row
---@param entries table<string, string|number|boolean|Word>
---@param otherwise? string|number|boolean|Word
---@return Word
function pick(row, entries, otherwise) end

---As pick, but what is not listed is absent. Entries may be the name of a YAML file beside the rule.
---@param row Row
---@param entries table<string, string>|string
---@return Word
function lookup(row, entries) end

---`value` if the first row is present and not false.
---@param row Row
---@param value Row
---@return Word
function given(row, value) end

---`value` if the first row is absent or false.
---@param row Row
---@param value Row
---@return Word
function unless(row, value) end

---true if both texts are equal; absent if one is absent.
---@param a Row
---@param b Row
---@return Word
function same(a, b) end

---A list: each element of the list at path through the same grammar.
---@param path string
---@param rows table|Row
---@return Word
function all(path, rows) end

---A list of {key, value}, ordered by key, for the rows that are present.
---@param ... table<string, Row>
---@return Word
function keyed(...) end

---Every member of the event that no other row of the rule names.
---@return Word
function rest() end

---In `change`: the field is taken away.
---@return Word
function remove() end

---Condition: holds when the row is present.
---@type Word
present = nil

---Condition: holds when the row is absent.
---@type Word
absent = nil

---Condition: holds when the row is absent or equals none of these.
---@param ... string|number|boolean
---@return Word
function none_of(...) end

---Steps over the elements of a list, or over nothing when there is none.
---@param list any
---@return fun(): integer, any
function each(list) end

---In a function: `return drop "why"` drops the event, counted under that cause.
---@param why string
function drop(why) end

---In a function: `return reject "why"` makes the event a dead letter.
---@param why string
function reject(why) end

---Helpers for functions. All take nil and give nil, also for a text that is not what they read.
weir = {}

---Whether an address is in one of the networks ("10.0.0.0/8", "2001:db8::/32").
---@param address string?
---@param ... string
---@return boolean?
function weir.cidr(address, ...) end

---The address as records have it.
---@param text string?
---@return string?
function weir.ip(text) end

---What follows the last @.
---@param address string?
---@return string?
function weir.domain(address) end

---@class Url
---@field scheme? string
---@field host? string
---@field port? string
---@field path? string
---@field query? string
---@field fragment? string

---The parts of a URL that are there.
---@param text string?
---@return Url?
function weir.url(text) end

---A text map of Okta, "{level=LOW, reasons=New IP}", as a table.
---@param text string?
---@return table<string, string>?
function weir.textmap(text) end

---Microseconds since 1970 of an RFC 3339 time.
---@param text string?
---@return integer?
function weir.time(text) end

---@param text string?
---@return string?
function weir.base64(text) end

---@param text string?
---@return string?
function weir.unbase64(text) end

---Hex digits of a digest.
---@param algorithm "sha256"|"sha1"|"md5"
---@param text string?
---@return string?
function weir.hash(algorithm, text) end

---JSON text.
---@param value any
---@return string?
function weir.json(value) end

---Whether two values have the same content, objects and lists too.
---@param a any
---@param b any
---@return boolean
function weir.equal(a, b) end

---`schema` and `fields`, or `drop`.
---@class Map
---@field schema? string
---@field when table
---@field goes_on? table
---@field fields? table<string, Row|table>|Row
---@field drop? string

---A rule that makes a record.
---@param rule Map
---@return Map
function map(rule) end

---@class Change
---@field schema? string
---@field when table
---@field goes_on? table
---@field fields table<string, Row|table>

---A rule that changes the record of an earlier stage.
---@param rule Change
---@return Change
function change(rule) end
