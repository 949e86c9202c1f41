"""What people say in an exercise: read strictly, refused with everything that is wrong, kept as JSON."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.exercise_entries import (
    AgreementEntry,
    ClientEntry,
    CoffeeEntry,
    DrawEntry,
    EntryErrors,
    LadderEntry,
    MomentEntry,
    PurposeEntry,
    RateEntry,
    entry_from_json,
    entry_to_json,
    read_entry,
)
from chainmap.domain.exercises import RULES, Exercise, WorkshopMode, takes_several
from chainmap.domain.ladder import Rung
from chainmap.domain.moments import Moment
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.reasons import Reason

OPEN, ANONYMOUS = WorkshopMode.OPEN, WorkshopMode.ANONYMOUS
DRAWN = {"supplier": 1, "customer_words": "the 🥖 bakery", "deliverable": "flour"}
AGREED = {"supplier": 1, "customer": 2, "sentence": "By noon.", "due_on": "2026-12-01"}


def faults(kind, data, mode=OPEN):
    with pytest.raises(EntryErrors) as refused:
        read_entry(kind, data, mode)
    return [(problem.field, str(problem.code)) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("kind", "data", "entry"),
    [
        (Exercise.CLIENT, {"party": 5}, ClientEntry(5, "")),
        (Exercise.DRAW, DRAWN, DrawEntry(1, "", None, "the 🥖 bakery", "flour", 1)),
        (Exercise.RATE, {"handoff": 3, "score": "na"}, RateEntry(3, None, None, "")),
        (
            Exercise.RATE,
            {"handoff": 3, "score": 4, "reason": "late", "words": "a\r\nb"},
            RateEntry(3, 4, Reason.LATE, "a\nb"),
        ),
        (
            Exercise.MOMENTS,
            {"kind": "magic", "words": "\u202eהביתה ", "handoff": 9},
            MomentEntry(Moment.MAGIC, "הביתה", 9),
        ),
        (Exercise.LADDER, {"rung": "client"}, LadderEntry(Rung.CLIENT)),
        (Exercise.PURPOSE, {"words": "<b>warm</b> bread"}, PurposeEntry("<b>warm</b> bread")),
        (Exercise.COFFEE, {"met": "not_yet"}, CoffeeEntry(False, "")),
        (Exercise.AGREEMENTS, AGREED, AgreementEntry(1, "", 2, "", "By noon.", date(2026, 12, 1))),
    ],
)
def test_an_entry_is_read_and_kept_whole(kind, data, entry):
    assert read_entry(kind, data, OPEN) == entry
    assert entry_from_json(kind, entry_to_json(entry)) == entry


@pytest.mark.parametrize(
    ("kind", "data", "wrong"),
    [
        (Exercise.CLIENT, {}, [("party", "missing")]),
        (Exercise.CLIENT, {"party": 1, "words": "Ann"}, [("party", "contradiction")]),
        (Exercise.CLIENT, {"party": True}, [("party", "wrong_type")]),
        (Exercise.CLIENT, {"party": 0}, [("party", "out_of_range")]),
        (Exercise.CLIENT, {"words": "x" * 10_000}, [("words", "too_long")]),
        (Exercise.CLIENT, {"words": "\u200b"}, [("party", "missing")]),
        (Exercise.DRAW, {**DRAWN, "deliverable": " "}, [("deliverable", "missing")]),
        (Exercise.DRAW, {**DRAWN, "volume": 11}, [("volume", "out_of_range")]),
        (Exercise.DRAW, {**DRAWN, "volume": 2.0}, [("volume", "wrong_type")]),
        (Exercise.DRAW, {"supplier": 1, "customer": 1, "deliverable": "x"}, [("customer", "same_sides")]),
        (
            Exercise.DRAW,
            {"supplier_words": "Ann", "customer_words": "ANN", "deliverable": "x"},
            [("customer", "same_sides")],
        ),
        (Exercise.RATE, {"handoff": 3}, [("score", "missing")]),
        (Exercise.RATE, {"score": 3}, [("handoff", "missing")]),
        (Exercise.RATE, {"handoff": 3, "score": 11}, [("score", "out_of_range")]),
        (Exercise.RATE, {"handoff": 3, "score": "7"}, [("score", "wrong_type")]),
        (Exercise.RATE, {"handoff": 3, "score": 7, "reason": "weather"}, [("reason", "unknown_choice")]),
        (Exercise.MOMENTS, {"kind": "ordinary", "words": "x"}, [("kind", "unknown_choice")]),
        (Exercise.MOMENTS, {"kind": "magic", "words": "a\x00b"}, [("words", "bad_text")]),
        (Exercise.MOMENTS, {"kind": "magic"}, [("words", "missing")]),
        (Exercise.LADDER, {"rung": None}, [("rung", "missing")]),
        (Exercise.PURPOSE, {"words": ["x"]}, [("words", "wrong_type")]),
        (Exercise.COFFEE, {"met": True}, [("met", "wrong_type")]),
        (Exercise.AGREEMENTS, {**AGREED, "due_on": "2026-02-30"}, [("due_on", "bad_date")]),
        (Exercise.AGREEMENTS, {**AGREED, "due_on": "20261201"}, [("due_on", "bad_date")]),
        (Exercise.AGREEMENTS, {**AGREED, "yes": "on"}, [("yes", "unknown_field")]),
        (Exercise.LADDER, {"rung": "client", "<b>": 1}, [("<b>", "unknown_field")]),
    ],
)
def test_what_is_wrong_is_told(kind, data, wrong):
    assert faults(kind, data) == wrong


def test_everything_that_is_wrong_is_told_at_once_with_limit_and_value():
    with pytest.raises(EntryErrors) as refused:
        read_entry(Exercise.RATE, {"handoff": "x", "score": 12, "words": "y" * 250}, OPEN)
    problems = refused.value.problems
    assert [(problem.field, problem.limit, problem.length) for problem in problems] == [
        ("handoff", None, None), ("score", 10, None), ("words", 200, 250),
    ]  # fmt: skip
    assert "y" not in str(refused.value).replace("entry", "").replace("type", "")


def test_without_names_nothing_is_asked_that_only_one_could_have_said():
    assert faults(Exercise.RATE, {"handoff": 3, "score": 4}, ANONYMOUS) == [("handoff", "not_asked")]
    assert faults(Exercise.MOMENTS, {"kind": "magic", "words": "x", "handoff": 3}, ANONYMOUS) == [
        ("handoff", "not_asked")
    ]
    assert faults(Exercise.AGREEMENTS, AGREED, ANONYMOUS) == [("supplier", "not_asked"), ("customer", "not_asked")]
    assert read_entry(Exercise.RATE, {"score": 4}, ANONYMOUS) == RateEntry(None, 4, None, "")
    assert not takes_several(Exercise.RATE, ANONYMOUS)


def test_the_questionnaire_is_answered_whole():
    answers = dict.fromkeys(ORIENTATION.row_codes, 7)
    entry = read_entry(Exercise.ORIENTATION, answers, OPEN)
    assert (entry.answers, entry.version) == (answers, ORIENTATION.version)
    assert entry_from_json(Exercise.ORIENTATION, entry_to_json(entry)) == entry
    assert faults(Exercise.ORIENTATION, {**answers, "focus": 11, "sales": None, "mood": 1}) == [
        ("focus", "out_of_range"), ("sales", "missing"), ("mood", "unknown_field"),
    ]  # fmt: skip


def test_every_kind_has_a_rule_and_seconds_that_the_database_takes():
    assert set(RULES) == set(Exercise)
    assert all(30 <= rule.seconds <= 3600 for rule in RULES.values())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"words":1}', '{"words":"a","more":1}', "[" * 100_000])
def test_what_was_not_kept_by_us_is_not_read(text):
    with pytest.raises(ValueError, match=r".*"):
        entry_from_json(Exercise.PURPOSE, text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=5), part, max_size=3),
    max_leaves=4,
)
NAMES = st.sampled_from(
    [
        "party",
        "words",
        "supplier",
        "supplier_words",
        "customer",
        "customer_words",
        "deliverable",
        "volume",
        "handoff",
        "score",
        "reason",
        "kind",
        "rung",
        "focus",
        "met",
        "sentence",
        "due_on",
        "yes",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(Exercise)), st.sampled_from(list(WorkshopMode)), st.dictionaries(NAMES, JSON, max_size=8))
def test_whatever_comes_it_is_read_or_refused_and_what_is_read_is_kept(kind, mode, data):
    try:
        entry = read_entry(kind, data, mode)
    except EntryErrors:
        return
    kept = entry_to_json(entry)
    assert entry_from_json(kind, kept) == entry
    assert json.loads(kept)
