"""Self-assessments as data: read strictly, everything wrong told at once, answers that belong to one version."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.questionnaires import (
    BUILT_IN,
    LONGEST_END,
    LONGEST_INTRO,
    LONGEST_JSON,
    LONGEST_LABEL,
    LONGEST_TITLE,
    MOST_FAULTS,
    MOST_ROWS,
    ORIENTATION,
    RELIABLE_TEAM,
    Questionnaire,
    QuestionnaireError,
    QuestionnaireFault,
    QuestionnaireRow,
    Subject,
    first_low_step,
    read_answers,
)

OWN = {
    "code": "our_own",
    "title": "How we work",
    "intro": "Two rows.\nBe honest.",
    "about": "team",
    "rows": [
        {"code": "one", "label": "One", "left": "never", "right": "always"},
        {"code": "two", "label": "Two", "left": "alone", "right": "together"},
    ],
}


def own(**changed: object) -> str:
    return json.dumps({**OWN, **changed})


def own_row(**changed: object) -> str:
    return own(rows=[OWN["rows"][0], {**OWN["rows"][1], **changed}])


def without(name: str) -> str:
    return json.dumps({key: value for key, value in OWN.items() if key != name})


def refused(text: str) -> QuestionnaireError:
    with pytest.raises(QuestionnaireError) as caught:
        Questionnaire.from_json(text)
    return caught.value


def named(error: QuestionnaireError) -> list[tuple[int | None, str, str]]:
    return [(fault.row, fault.field, fault.code.value) for fault in error.faults]


def test_what_the_issue_asks_for():
    assert [row.label for row in ORIENTATION.rows] == [
        "Focus", "Direction of attention", "Sales strategy", "Mindset", "Reaction to a downturn",
    ]  # fmt: skip
    assert RELIABLE_TEAM.row_codes == ("mastery", "niche", "leverage", "team", "synergy", "results")
    assert {row.left for row in RELIABLE_TEAM.rows} == {"Not yet"}
    assert all(row.right.startswith("Every day: ") for row in RELIABLE_TEAM.rows)
    assert {each.about for each in BUILT_IN} == {Subject.BOTH}, "for a person or a team"
    assert "slider" not in "".join(questionnaire.to_json() for questionnaire in BUILT_IN), "there are buttons"


def test_the_first_low_step_is_named_of_the_steps_alone():
    """Below 5 is low, 5 is not; the first in the order of the rows, however low a later one is."""
    fine = dict.fromkeys(RELIABLE_TEAM.row_codes, 5)
    assert first_low_step(RELIABLE_TEAM, fine) is None
    assert first_low_step(RELIABLE_TEAM, {**fine, "leverage": 4, "team": 0}).code == "leverage"
    assert first_low_step(RELIABLE_TEAM, dict.fromkeys(RELIABLE_TEAM.row_codes, 0)).code == "mastery"
    assert first_low_step(RELIABLE_TEAM, {}) is None
    assert first_low_step(ORIENTATION, dict.fromkeys(ORIENTATION.row_codes, 0)) is None
    ours = replace(RELIABLE_TEAM, rows=tuple(replace(row, label=row.label.upper()) for row in RELIABLE_TEAM.rows))
    assert first_low_step(ours, {**fine, "niche": 1}).label == "NICHE"


@pytest.mark.parametrize("questionnaire", BUILT_IN, ids=lambda each: each.code)
def test_the_built_in_ones_keep_the_rules_they_are_read_by(questionnaire):
    assert Questionnaire.from_json(questionnaire.to_json()) == questionnaire
    texts = [text for row in questionnaire.rows for text in (row.left, row.right)]
    assert len(set(questionnaire.row_codes)) == len(questionnaire.rows)
    assert all(text[0].isupper() for text in texts)


def test_an_adapted_one():
    read = Questionnaire.from_json(own(title=" How \n we\u202e work "))
    assert read == Questionnaire(
        "our_own", "How we work", "Two rows.\nBe honest.", Subject.TEAM,
        (QuestionnaireRow("one", "One", "never", "always"), QuestionnaireRow("two", "Two", "alone", "together")),
    )  # fmt: skip
    assert Questionnaire.from_json(own(intro="")).intro == ""
    assert read.row_codes == ("one", "two")


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20).filter(
    lambda text: any(letter.isalnum() and letter.isascii() for letter in text)
)


@given(WORDS, st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=MOST_ROWS), st.sampled_from(Subject))
@settings(max_examples=30, deadline=None)
def test_reading_twice_changes_nothing(title, rows, about):
    listed = tuple(QuestionnaireRow("abcdefghijkl"[place], *row) for place, row in enumerate(rows))
    typed = Questionnaire("any", title, title, about, listed)
    once = Questionnaire.from_json(typed.to_json())
    assert Questionnaire.from_json(once.to_json()) == once
    assert Questionnaire.from_data(json.loads(once.to_json())).version == once.version


def test_a_version_is_another_one_whenever_a_text_is():
    versions = {ORIENTATION.version, RELIABLE_TEAM.version, replace(ORIENTATION, intro="").version}
    row = replace(ORIENTATION.rows[0], right=ORIENTATION.rows[0].right + "!")
    versions.add(replace(ORIENTATION, rows=(row, *ORIENTATION.rows[1:])).version)
    versions.add(replace(ORIENTATION, rows=ORIENTATION.rows[::-1]).version)
    assert len(versions) == 5
    assert hashlib.sha256(ORIENTATION.to_json().encode()).hexdigest().startswith(ORIENTATION.version)
    assert len(ORIENTATION.version) == 12


def test_the_way_it_is_written_never_changes():
    """Stored answers name a version: the same questionnaire must have the same one in every release of the program."""
    tiny = Questionnaire("x", "É", "", Subject.BOTH, (QuestionnaireRow("r", "R", "l", "r"),))
    assert tiny.to_json() == (
        '{\n  "code": "x",\n  "title": "É",\n  "intro": "",\n  "about": "both",\n  "rows": [\n    {\n'
        '      "code": "r",\n      "label": "R",\n      "left": "l",\n      "right": "r"\n    }\n  ]\n}'
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (own(title=""), (None, "title", "empty")), (own(title="\u200b"), (None, "title", "empty")),
        (own(title="T" * (LONGEST_TITLE + 1)), (None, "title", "too_long")),
        (own(title=7), (None, "title", "wrong_type")), (own(title=None), (None, "title", "wrong_type")),
        (own(title="\x00"), (None, "title", "bad_text")), (own(title="\ud800"), (None, "title", "bad_text")),
        (own(intro="i" * (LONGEST_INTRO + 1)), (None, "intro", "too_long")),
        (own(about="company"), (None, "about", "unknown_choice")), (own(about=["team"]), (None, "about", "wrong_type")),
        (own(code="Our"), (None, "code", "bad_code")), (own(code=""), (None, "code", "bad_code")),
        (own(code="a" * 31), (None, "code", "bad_code")), (own(code="a\n"), (None, "code", "bad_code")),
        (own(code="é"), (None, "code", "bad_code")), (own(code=1), (None, "code", "wrong_type")),
        (own(code=["a"]), (None, "code", "wrong_type")),
        (own(rows=[]), (None, "rows", "row_count")), (own(rows=[OWN["rows"][0]] * 13), (None, "rows", "row_count")),
        (own(rows={}), (None, "rows", "wrong_type")), (own(rows=[OWN["rows"][0], "x"]), (2, "", "wrong_type")),
        (own_row(code="one"), (2, "code", "repeated")), (own_row(code="2"), (2, "code", "bad_code")),
        (own_row(label="L" * (LONGEST_LABEL + 1)), (2, "label", "too_long")),
        (own_row(left="l" * (LONGEST_END + 1)), (2, "left", "too_long")), (own_row(right=" "), (2, "right", "empty")),
        (own_row(weight=2), (2, "weight", "unknown_field")), (own(mood=1), (None, "mood", "unknown_field")),
        (without("title"), (None, "title", "missing")), (without("code"), (None, "code", "missing")),
        (without("about"), (None, "about", "missing")), (without("rows"), (None, "rows", "missing")),
        ("[]", (None, "", "wrong_type")), ("null", (None, "", "wrong_type")), ("", (None, "", "not_json")),
        ("{", (None, "", "not_json")), ("[" * 50_000, (None, "", "not_json")), ("9" * 5000, (None, "", "not_json")),
        (" " * (LONGEST_JSON + 1), (None, "", "too_long")),
        ('{"title": "a", "title": "b"}', (None, "title", "repeated")),
    ],
)  # fmt: skip
def test_what_is_refused(text, fault):
    error = refused(text)
    assert named(error) == [fault]
    assert (error.row, error.field, error.code.value) == fault


def test_texts_as_long_as_they_may_be():
    row = {"label": "l" * LONGEST_LABEL, "left": "x" * LONGEST_END, "right": "x" * LONGEST_END}
    rows = [{"code": "abcdefghijkl"[place] * 30, **row} for place in range(MOST_ROWS)]
    text = own(title="t" * LONGEST_TITLE, intro="\U0001f469" * LONGEST_INTRO, code="c" * 30, rows=rows)
    read = Questionnaire.from_json(text)
    assert len(read.rows) == MOST_ROWS
    assert len(read.to_json()) * 5 < LONGEST_JSON


def test_everything_is_told_at_once_with_limit_length_and_value():
    text = own(title="", about="x", rows=[{**OWN["rows"][0], "left": "SECRET" * 50, "x": 1}, {"code": "b"}])
    error = refused(text)
    assert named(error) == [
        (None, "title", "empty"), (None, "about", "unknown_choice"), (1, "x", "unknown_field"), (1, "left", "too_long"),
        (2, "label", "missing"), (2, "left", "missing"), (2, "right", "missing"),
    ]  # fmt: skip
    too_long = error.faults[3]
    assert (too_long.limit, too_long.length) == (LONGEST_END, 300)
    assert too_long.shown.startswith("SECRETSECRET")
    assert "SECRET" not in str(error)
    assert "left too_long in row 1" in str(error)
    assert (error.limit, refused(own(rows=[])).limit) == (None, MOST_ROWS)


def test_ten_thousand_unknown_fields_are_not_ten_thousand_faults():
    text = own(**{f"x{number}": 1 for number in range(4000)})
    assert len(text) < LONGEST_JSON
    assert len(refused(text).faults) == MOST_FAULTS
    error = refused(own(**{"\ud800\u202e" + "n" * 500: 1}))
    assert len(error.field) <= 60
    assert error.field.encode()


# ---- answers


FULL = {"one": 0, "two": 10}
OWN_ONE = Questionnaire.from_json(own())


def test_answers_are_whole_numbers_for_every_row():
    assert read_answers(OWN_ONE, {"two": 10, "one": 0}) == FULL
    assert list(read_answers(OWN_ONE, {"two": 10, "one": 0})) == ["one", "two"]


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({"one": 3}, [(2, "two", "missing")]), ({"one": 3, "two": None}, [(2, "two", "missing")]),
        ({}, [(1, "one", "missing"), (2, "two", "missing")]), ({**FULL, "one": -1}, [(1, "one", "score_range")]),
        ({**FULL, "one": 11}, [(1, "one", "score_range")]), ({**FULL, "one": 10**5000}, [(1, "one", "score_range")]),
        ({**FULL, "one": True}, [(1, "one", "score_type")]), ({**FULL, "one": 7.0}, [(1, "one", "score_type")]),
        ({**FULL, "one": "7"}, [(1, "one", "score_type")]), ({**FULL, "one": [7]}, [(1, "one", "score_type")]),
        ({**FULL, "six": 7}, [(None, "six", "unknown_field")]),
        ({"one": "x", "six": 7}, [(1, "one", "score_type"), (2, "two", "missing"), (None, "six", "unknown_field")]),
    ],
    ids=range(12),
)  # fmt: skip
def test_answers_that_are_refused(data, faults):
    with pytest.raises(QuestionnaireError) as caught:
        read_answers(OWN_ONE, data)
    assert named(caught.value) == faults


def test_the_value_of_a_refused_answer_is_in_the_fault_and_not_in_the_message():
    with pytest.raises(QuestionnaireError) as caught:
        read_answers(OWN_ONE, {**FULL, "one": "SECRET"})
    assert caught.value.faults == (QuestionnaireFault(caught.value.code, "one", 1, shown="SECRET"),)
    assert "SECRET" not in str(caught.value)
