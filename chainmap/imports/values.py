"""One cell -> one value: numbers, scores, dates, points in time, kinds, e-mail addresses.

Every function takes a cleaned, not empty text and raises UnfitError when it is not what it should be.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from chainmap.domain.records import PartyKind

#: More digits than any score, volume or capacity needs; keeps exact arithmetic small.
MAX_DIGITS = 30
LOWEST_SCORE, HIGHEST_SCORE = Fraction(0), Fraction(10)
_DATE_LENGTH = len("2025-03-31")
_is_email = EmailValidator()


class UnfitError(ValueError):
    """The text is not such a value; ``code`` and ``facts`` are those of the row error."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def plain_number(text: str, *, decimal_comma: bool = False) -> Fraction:
    """The exact number: ASCII digits, an optional decimal point (or comma), an optional minus sign.

    >>> plain_number("7.5")
    Fraction(15, 2)
    """
    body = text.replace(",", ".", 1) if decimal_comma else text
    whole, _, decimals = body.removeprefix("-").partition(".")
    digits = whole + decimals
    if len(digits) > MAX_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise UnfitError("not_a_number", limit=MAX_DIGITS)
    size = Fraction(int(digits), 10 ** len(decimals))
    return -size if body.startswith("-") else size


def volume(text: str, *, decimal_comma: bool = False) -> float:
    """How much is handed over, above 0."""
    number = plain_number(text, decimal_comma=decimal_comma)
    if number <= 0:
        raise UnfitError("volume_range")
    return float(number)


def capacity(text: str, *, decimal_comma: bool = False) -> float:
    """Person-equivalents, 0 or more."""
    number = plain_number(text, decimal_comma=decimal_comma)
    if number < 0:
        raise UnfitError("capacity_range")
    return float(number)


def rescaled_score(score: str, scale_min: str, scale_max: str, *, decimal_comma: bool = False) -> float:
    """The score moved from its own scale ("" and "" = 0..10) to 0..10: exact, then the nearest float.

    >>> rescaled_score("4", "1", "5")
    7.5
    """
    number = plain_number(score, decimal_comma=decimal_comma)
    if bool(scale_min) != bool(scale_max):
        raise UnfitError("scale_incomplete")
    low = plain_number(scale_min, decimal_comma=decimal_comma) if scale_min else LOWEST_SCORE
    high = plain_number(scale_max, decimal_comma=decimal_comma) if scale_max else HIGHEST_SCORE
    ends = {"low": scale_min or str(LOWEST_SCORE), "high": scale_max or str(HIGHEST_SCORE)}
    if low >= high:
        raise UnfitError("scale_empty", **ends)
    if not low <= number <= high:
        raise UnfitError("score_range", **ends)
    return float(HIGHEST_SCORE * (number - low) / (high - low))


def party_kind(text: str) -> PartyKind:
    """One of the three kinds; capital letters, and blanks or hyphens for the underscore, make no difference."""
    try:
        return PartyKind(text.lower().replace(" ", "_").replace("-", "_"))
    except ValueError as error:
        raise UnfitError("unknown_kind") from error


def email_address(text: str) -> str:
    """The address as it was written."""
    try:
        _is_email(text)
    except ValidationError as error:
        raise UnfitError("bad_email") from error
    return text


def iso_date(text: str) -> date:
    """A date written year-month-day."""
    if len(text) != _DATE_LENGTH or not text.isascii() or not text.replace("-", "").isdigit():
        raise UnfitError("bad_date")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnfitError("bad_date") from error


def point_in_time(text: str) -> datetime:
    """A date, or a date and a time, by ISO 8601; without a time zone it is UTC.

    >>> point_in_time("2025-03-31T14:05:00+02:00") == point_in_time("2025-03-31 12:05")
    True
    """
    has_date = text.isascii() and text[:_DATE_LENGTH].replace("-", "").isdigit() and text[4:5] == text[7:8] == "-"
    if not has_date or text[_DATE_LENGTH : _DATE_LENGTH + 1] not in ("", " ", "T", "t"):
        raise UnfitError("bad_timestamp")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnfitError("bad_timestamp") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
