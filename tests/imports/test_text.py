"""Names are cleaned so that two different ids also look different, and nothing invisible is stored."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chainmap.imports.text import clean_name, shown


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Ana", "Ana"),
        ("  Ana \t Maria\r\n", "Ana Maria"),
        ("\ufeffx", "x"),  # byte order mark
        ("\u202egnp.exe", "gnp.exe"),  # right-to-left override
        (" \u200b ", ""),  # zero-width space
        ("a\x00b\x01\x08\x1b", "ab"),
        ("a\ud800b\ufffe", "ab"),  # lone surrogate, non-character
        ("a\u00a0\u2003b", "a b"),  # no-break space, em space
        ("Zoe\u0308", "Zoë"),  # letter and combining mark -> one letter
        ("e\u200b\u0301", "é"),  # the mark meets its letter only when the invisible one between them is gone
        ("\u3164", ""),  # Hangul filler
        ("李小龍", "李小龍"),
        ("=SUM(1)", "=SUM(1)"),  # exports take care of formulas
        ("<b>", "<b>"),
    ],
)
def test_clean_name(typed, stored):
    assert clean_name(typed) == stored


@given(st.text(st.characters(exclude_categories=())))
@example("a\u0340\u200b\u0301")
@settings(max_examples=200, deadline=None)
def test_a_clean_name_stays_as_it_is_and_has_nothing_invisible(typed):
    cleaned = clean_name(typed)
    assert clean_name(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    cleaned.encode()  # no surrogate is left


def test_a_shown_value_is_cut():
    assert shown("a" * 1_000_000) == "a" * 79 + "…"
    assert shown("a" * 80) == "a" * 80
