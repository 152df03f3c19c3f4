# SPDX-License-Identifier: Apache-2.0
"""scim - the `filter` and `q` of the System Log, as predicates over a parsed event.

Lives here: the grammar Okta documents (eq ne gt ge lt le pr sw co ew, and or not, parentheses) and its refusals.
Not here: paging over what matches (logs.py).
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Predicate = Callable[[dict[str, Any]], bool]

TOKEN = re.compile(r'\s*(?:(\()|(\))|("(?:[^"\\]|\\.)*")|([A-Za-z_][\w.$:-]*)|(-?\d+(?:\.\d+)?))')
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b, "gt": lambda a, b: a > b, "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b, "sw": lambda a, b: str(a).startswith(str(b)), "co": lambda a, b: str(b) in str(a),
    "ew": lambda a, b: str(a).endswith(str(b)),
}
NO_CONTAINS = {"debugContext.debugData.url", "debugContext.debugData.requestUri"}
NO_SEARCH = ("published",)
ROOTS = {"actor", "client", "device", "authenticationContext", "displayMessage", "eventType", "outcome", "published",
         "securityContext", "severity", "debugContext", "legacyEventType", "transaction", "uuid", "version", "request", "target"}
WORDS = {"true": True, "false": False, "null": None}


class FilterError(ValueError):
    """`code` and text as Okta sends them."""

    def __init__(self, code: str, summary: str) -> None:
        super().__init__(summary)
        self.code = code


def _values(event: Any, path: list[str]) -> Iterator[Any]:
    """Every value at the path; a list on the way stands for each of its elements."""
    if isinstance(event, list):
        for element in event:
            yield from _values(element, path)
    elif not path:
        yield event
    elif isinstance(event, dict):
        yield from _values(event.get(path[0]), path[1:])


def _holds(test: Callable[[Any, Any], bool], have: Any, want: Any) -> bool:
    if have is None:
        return want is None and test(None, None) if test is COMPARE["eq"] else False
    if isinstance(want, str) != isinstance(have, str) and not isinstance(want, bool):
        have, want = str(have), str(want)
    try:
        return test(have, want)
    except TypeError:
        return False


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = list(self._split(text))
        self._at = 0

    @staticmethod
    def _split(text: str) -> Iterator[str]:
        at = 0
        while text[at:].strip():
            match = TOKEN.match(text, at)
            if not match:
                raise FilterError("E0000053", f"Invalid filter '{text}': unrecognized text at position {at}")
            yield match.group().strip()
            at = match.end()

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        if not token:
            raise FilterError("E0000053", "Invalid SCIM filter.")
        self._at += 1
        return token

    def parse(self) -> Predicate:
        result = self._either()
        if self._peek():
            raise FilterError("E0000053", "Invalid SCIM filter.")
        return result

    def _either(self) -> Predicate:
        terms = [self._both()]
        while self._peek().lower() == "or":
            self._next()
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else lambda event: any(t(event) for t in terms)

    def _both(self) -> Predicate:
        terms = [self._one()]
        while self._peek().lower() == "and":
            self._next()
            terms.append(self._one())
        return terms[0] if len(terms) == 1 else lambda event: all(t(event) for t in terms)

    def _one(self) -> Predicate:
        if self._peek().lower() == "not":
            self._next()
            inner = self._one()
            return lambda event: not inner(event)
        if self._peek() == "(":
            self._next()
            inner = self._either()
            if self._next() != ")":
                raise FilterError("E0000053", "Invalid SCIM filter.")
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        name, word = self._next(), self._next().lower()
        path = name.split(".")
        if path[0] not in ROOTS:
            raise FilterError("E0000053", f"Invalid filter: field '{name}' is not valid")
        if name in NO_SEARCH or "changeDetails" in path:
            raise FilterError("E0000031", "The supplied combination of operator and field is not currently supported "
                                          f"for searching: {name}")
        if word == "pr":
            return lambda event: any(v is not None for v in _values(event, path))
        if word != "ne" and word not in COMPARE:
            raise FilterError("E0000053", f"Unrecognized attribute operator '{word}'. "
                                          "Attribute operators must be one of eq,co,sw,pr,gt,ge,lt,le")
        if word == "co" and name in NO_CONTAINS:
            raise FilterError("E0000031", "The supplied combination of operator and field is not currently supported "
                                          f"for searching: co, {name}")
        want = self._literal()
        if word == "ne":
            return lambda event: not any(_holds(COMPARE["eq"], v, want) for v in _values(event, path))
        test = COMPARE[word]
        return lambda event: any(_holds(test, v, want) for v in _values(event, path))

    def _literal(self) -> Any:
        token = self._next()
        if token.lower() in WORDS:
            return WORDS[token.lower()]
        try:
            return json.loads(token)
        except ValueError:
            raise FilterError("E0000053", "Invalid SCIM filter.") from None


def parse_filter(text: str) -> Predicate:
    """FilterError when Okta would refuse it."""
    return _Parser(text).parse()


def parse_q(text: str) -> Predicate:
    """Keywords, all of which must occur in some string value, whatever their case."""
    words = text.lower().split()
    if len(words) > 10 or any(len(word) > 40 for word in words):
        raise FilterError("E0000001", "Api validation failed: q")
    return lambda event: all(word in json.dumps(event, ensure_ascii=False).lower() for word in words)
