# source_json.py - reads JSON and keeps how the source spelled it.
#
# Lives here: a small reader whose numbers keep their text and whose objects and lists know their source text.
# Not here: what any field means.
# SPDX-License-Identifier: Apache-2.0
"""Python's own reader turns numbers into floats and forgets where a value stood; a mapping that copies source text
needs both."""

import json
import re

NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_BLANKS = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


class Number(str):
    """A number as the source spells it."""


class Object(dict):
    """A JSON object; `source` is its text."""

    source = ""


class List(list):
    """A JSON array; `source` is its text."""

    source = ""


def read(text):
    value, end = _value(text, _skip(text, 0))
    if _skip(text, end) != len(text):
        raise ValueError(f"text after the value, at {end}")
    return value


def compact(value):
    """JSON text of a value, as its source spells it, without blanks outside strings."""
    if isinstance(value, (Object, List)):
        pieces = re.split(r'("(?:[^"\\]|\\.)*")', value.source)
        return "".join(p if i % 2 else re.sub(r"[ \t\r\n]", "", p) for i, p in enumerate(pieces))
    return write(value)


def write(value):
    """JSON text of a record: keys in their order, numbers as spelled."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(write(str(k)) + ":" + write(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _skip(text, at):
    return _BLANKS.match(text, at).end()


def _string(text, at):
    end = _STRING.match(text, at).end()
    return json.loads(text[at:end], strict=False), end


def _value(text, at):
    head = text[at]
    if head == "{":
        return _object(text, at)
    if head == "[":
        return _list(text, at)
    if head == '"':
        return _string(text, at)
    for word, value in (("true", True), ("false", False), ("null", None)):
        if text.startswith(word, at):
            return value, at + len(word)
    found = NUMBER.match(text, at)
    return Number(found.group()), found.end()


def _object(text, at):
    made, start = Object(), at
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = _string(text, at)
        at = _skip(text, _skip(text, at) + 1)
        value, at = _value(text, at)
        made.pop(key, None)
        made[key] = value
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    made.source = text[start : at + 1]
    return made, at + 1


def _list(text, at):
    made, start = List(), at
    at = _skip(text, at + 1)
    while text[at] != "]":
        value, at = _value(text, at)
        made.append(value)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
    made.source = text[start : at + 1]
    return made, at + 1
