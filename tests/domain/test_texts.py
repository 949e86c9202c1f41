"""Typed texts: what goes away, what is refused and how it is said."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.texts import SHOWN, TextCode, TextFault, read_text, show_value


def fault_of(value: str, limit: int) -> TextFault:
    with pytest.raises(TextFault) as refused:
        read_text(value, limit)
    return refused.value


@pytest.mark.parametrize(
    ("typed", "kept", "line"),
    [
        ("", "", ""), (" a \n b\t", "a \n b", "a b"), ("a\r\nb\rc\x0bd\u2029e", "a\nb\nc\nd\ne", "a b c d e"),
        ("\u202egnp.exe", "gnp.exe", "gnp.exe"), (" \u200b ", "", ""), ("\u2800\u3164", "", ""),
        ("e\u0301", "é", "é"), ("a\ufffeb\ufdd0", "ab", "ab"),
    ],
)  # fmt: skip
def test_what_shows_nothing_goes_away_and_the_rest_stays(typed, kept, line):
    assert read_text(typed, 50) == kept
    assert read_text(typed, 50, one_line=True) == line


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.booleans())
@settings(max_examples=80, deadline=None)
def test_what_was_read_holds_nothing_invisible_and_is_read_the_same_again(typed, one_line):
    if any(unicodedata.category(letter) == "Cc" and letter not in "\n\t\r\v\f\x85" for letter in typed):
        assert fault_of(typed, 100).code == TextCode.BAD_TEXT
        return
    text = read_text(typed, 100, one_line=one_line)
    assert not [letter for letter in text if unicodedata.category(letter) in {"Cf", "Cs"}]
    assert text == text.strip()
    assert not one_line or text.split() == text.split(" ") or text == ""
    assert read_text(text, 100, one_line=one_line) == text


@pytest.mark.parametrize("length", [8, 28, 29, 100_000])
def test_a_text_that_is_too_long(length):
    """Up to four times the limit it is cleaned first, so that what shows nothing is not counted."""
    fault = fault_of("A" * length, 7)
    assert (fault.code, fault.limit, fault.length) == ("too_long", 7, length)
    assert len(fault.shown) == min(length, SHOWN)
    assert read_text("A\u200b" * 7, 7) == "A" * 7


@pytest.mark.parametrize("typed", ["a\x00b", "\ud800", "\x1b[2J", "\x7f", "\x9b"])
def test_characters_that_cannot_be_in_a_text(typed):
    fault = fault_of(typed, 20)
    assert fault.code == TextCode.BAD_TEXT
    assert chr(int(fault.shown.removeprefix("U+"), 16)) in typed


def test_the_message_does_not_repeat_the_text():
    assert "SECRET" not in str(fault_of("SECRET" * 10, 5))
    assert "SECRET" not in str(fault_of("SECRET\x00", 50))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "true"), (-(10**5000), "-1e5000"), (float("nan"), "NaN"), ({"a": 1}, "{…}"), (" a\u202eb\n", "a b")],
    ids=["flag", "5000 digits", "nan", "object", "text"],
)
def test_how_a_refused_value_is_shown(value, shown):
    assert show_value(value) == shown
