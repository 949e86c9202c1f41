"""JSON in, strictly: what is read is exactly what was written, and everything else is refused in our own words.

A body is small, in UTF-8, one object, no deeper than anybody needs, names every field once, and holds only numbers
and characters that every program reads alike. Nothing is decided by the JSON library's own limits or messages.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.http import UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from chainmap.api.exceptions import BadRequestProblem, BodyProblem, TooLarge, shown

LARGEST_BODY_KB = 64
#: Objects and lists inside each other, the outermost counted.
DEEPEST = 20
#: Whole numbers up to here are the same number in every program (RFC 7493).
LARGEST_NUMBER = 2**53 - 1

#: A string, closed or not, or a bracket. It matches at every quote, so looking through a body is linear in its length.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class JsonParser(BaseParser):
    """Reads a body of type application/json."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object in the body.

        Raises TooLarge; BodyProblem with the code not_utf8, empty_body, json_depth, duplicate_key, number_range,
        bad_text, wrong_type or parse_error.
        """
        return read_object(_read_body(stream))


def body_of(request: Request) -> dict[str, Any]:
    """The object in the body of a request. Raises what JsonParser does, and UnsupportedMediaType for other types.

    The framework itself takes a body of no bytes for an empty form, whatever type it claims to be.
    """
    sent = request.content_type or ""
    if request.negotiator.select_parser(request, request.parsers) is None and (sent or request.stream is not None):
        raise UnsupportedMediaType(shown(sent))
    if request.stream is None:
        raise _empty()
    return request.data


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``. Raises BodyProblem.

    >>> read_object(b'{"score": 7}')
    {'score': 7}
    """
    text = _decoded(body)
    if not text.strip():
        raise _empty()
    _check_depth(text)
    try:
        read = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise BodyProblem("parse_error", _("The body is no JSON: line %(line)s, column %(column)s.") % place) from None
    if not isinstance(read, dict):
        raise BodyProblem("wrong_type", _("The body must be one JSON object, {…}."))
    _check_text(read)
    return read


def _read_body(stream: IO[bytes]) -> bytes:
    """The bytes of the body, never more than it takes to know that there are too many."""
    most = LARGEST_BODY_KB * 1024
    try:
        body = stream.read(most + 1)
    except UnreadablePostError:
        raise BadRequestProblem from None
    if len(body) > most:
        raise TooLarge(_("The body is larger than %(most)s kB. Send less.") % {"most": LARGEST_BODY_KB})
    return body


def _decoded(body: bytes) -> str:
    """The text. JSON has no NUL outside of escapes, so a NUL byte is a sign of UTF-16 or UTF-32."""
    try:
        if b"\0" not in body:
            return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    raise BodyProblem("not_utf8", _("The body is not UTF-8. Send it in UTF-8, whatever the header says."))


def _check_depth(text: str) -> None:
    """Refuse deep nesting before anything is parsed; brackets inside strings do not count."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > DEEPEST:
            raise BodyProblem(
                "json_depth", _("The body is nested deeper than %(deepest)s levels.") % {"deepest": DEEPEST}
            )


def _check_text(read: dict[str, Any]) -> None:
    r"""Refuse half a surrogate pair ("\ud800"), which is no character and which no database takes."""
    try:
        json.dumps(read, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        half = f"\\u{ord(error.object[error.start]):04x}"
        reason = _("%(half)s alone is not a character: it is half of a pair. Send the text again.")
        raise BodyProblem("bad_text", reason % {"half": half}) from None


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name in fields:
            reason = _("The field “%(name)s” is there twice. Give it once.") % {"name": shown(name)}
            raise BodyProblem("duplicate_key", reason, {shown(name): [reason]})
        fields[name] = value
    return fields


def _whole(digits: str) -> int:
    # the length first: turning very long numbers into int is slow, and refused by Python in words of its own
    if len(digits) > 17 or abs(int(digits)) > LARGEST_NUMBER:
        raise _number(digits)
    return int(digits)


def _decimal(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise _number(digits)
    return value


def _number(digits: str) -> BodyProblem:
    reason = _("“%(number)s” is not a number that can be used. Numbers are finite and at most %(most)s.")
    return BodyProblem("number_range", reason % {"number": shown(digits), "most": LARGEST_NUMBER})


def _constant(word: str) -> float:
    raise _number(word)


def _empty() -> BodyProblem:
    return BodyProblem("empty_body", _("The body is empty. Send one JSON object, {…}."))


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_float=_decimal, parse_constant=_constant)
