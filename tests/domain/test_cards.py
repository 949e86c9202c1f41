"""The rating card: what is taken, what is refused and how it is said, what is kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.cards import (
    LONGEST_COMMENT,
    LONGEST_MOMENT_LINE,
    LONGEST_WISH,
    Card,
    CardError,
    CardErrors,
    CardFault,
    CardField,
    card_from,
)
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.questions import QUESTIONS, Question, QuestionSet
from chainmap.domain.reasons import Reason

MARTA = {
    "score": 7,
    "not_this_period": False,
    "reason": "no_power_to_decide",
    "moment": "misery",
    "moment_line": "I waited for a signature",
    "care": {"empowerment": "missing", "attentiveness": "good", "responsiveness": "not_said", "ideal_service": None},
    "needs": {"41": "good", "7": "missing", "9": None},
    "comment": "Two days late.\nAgain.",
    "wish": "The draft on Monday",
    "shared": True,
}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def cards(texts: st.SearchStrategy[str] = TEXTS) -> st.SearchStrategy[Card]:
    """Any card; a score or "not this period" or neither."""
    answered = st.tuples(st.none() | st.integers(0, 10), st.just(False)) | st.just((None, True))
    chips = st.dictionaries(st.sampled_from(Dimension), st.sampled_from(Chip))
    return st.builds(
        lambda answer, *parts: Card(*answer, *parts),
        answered, st.none() | st.sampled_from(Reason), st.none() | st.sampled_from(Moment),
        texts, chips, texts, texts, st.booleans(),
    )  # fmt: skip


def faults(data: dict[str, object], **asked: frozenset[Question]) -> list[tuple[str, str]]:
    with pytest.raises(CardErrors) as refused:
        card_from(data, **asked)
    return [(error.field, error.code) for error in refused.value.errors]


def test_a_full_card():
    card = card_from(MARTA)
    assert card == Card(
        7, False, Reason.NO_POWER_TO_DECIDE, Moment.MISERY, "I waited for a signature",
        {Dimension.ATTENTIVENESS: Chip.GOOD, Dimension.EMPOWERMENT: Chip.MISSING},
        "Two days late.\nAgain.", "The draft on Monday", True, {7: Chip.MISSING, 41: Chip.GOOD},
    )  # fmt: skip
    assert card.to_row()[:2] == ("07", "px--g-ms")
    assert card.answered


def test_an_empty_card_is_no_answer_and_not_this_period_is_one():
    assert card_from({}) == Card()
    assert not Card(comment="hm", reason=Reason.LATE).answered
    assert card_from({"not_this_period": True, "comment": "on leave"}).answered
    assert card_from({"score": 0}).answered


@given(cards())
@settings(max_examples=60, deadline=None)
def test_a_card_comes_back_from_its_row_and_the_row_has_one_length(card):
    score, marks, texts = card.to_row()
    assert (len(score), len(marks)) == (2, 8)
    assert Card.from_row(score, marks, texts) == card
    assert (texts == "") == (not (card.comment or card.moment_line or card.wish))


@given(cards(st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=12)))
@settings(max_examples=40, deadline=None)
def test_what_was_read_is_read_the_same_again(card):
    """Cleaning twice changes nothing, so that a retried answer is the same answer."""
    once = card_from(json.loads(json.dumps(card.to_data())))
    assert card_from(once.to_data()) == once
    assert (once.score, once.reason, once.moment, once.care) == (card.score, card.reason, card.moment, card.care)


def test_a_row_never_changes_its_letters():
    """Rows written by an earlier version are read by a later one."""
    letters = [Card(reason=reason).to_row()[1][0] for reason in Reason]
    letters += [Card(moment=moment).to_row()[1][1] for moment in Moment]
    assert "".join(letters) == "ehoplinxmox"
    for place, dimension in enumerate(Dimension, start=2):
        assert [Card(care={dimension: chip}).to_row()[1][place] for chip in Chip] == ["g", "m", "-"]
    assert Card(shared=True, not_this_period=True).to_row() == ("NA", "-------s", "")
    assert Card(score=10, wish="é").to_row() == ("10", "--------", '{"wish":"é"}')


@pytest.mark.parametrize(
    "row",
    [
        ("7", "--------", ""), ("11", "--------", ""), ("٠٧", "--------", ""), ("-1", "--------", ""),
        ("07", "-------", ""), ("07", "q-------", ""), ("07", "--q-----", ""), ("07", "-------x", ""),
        ("07", "--------", "["), ("07", "--------", "[]"), ("07", "--------", '{"score":1}'),
        ("07", "--------", '{"wish":1}'),
    ],
)  # fmt: skip
def test_a_row_that_no_card_wrote_is_refused(row):
    with pytest.raises(ValueError, match=r"stored card|score|JSON|Expecting"):
        Card.from_row(*row)


@pytest.mark.parametrize("score", [11, -1, 100, 10**30])
def test_a_whole_number_outside_0_to_10(score):
    assert faults({"score": score}) == [("score", CardFault.SCORE_RANGE)]


def test_a_number_of_five_thousand_digits_is_shown_in_our_own_words():
    with pytest.raises(CardErrors) as refused:
        card_from({"score": -(10**5000)})
    assert refused.value.errors == (CardError("score", CardFault.SCORE_RANGE, shown="-1e5000"),)


@pytest.mark.parametrize(
    ("score", "shown"),
    [
        (1e2, "100.0"), (7.0, "7.0"), (7.5, "7.5"), (float("nan"), "NaN"), (float("inf"), "Infinity"), (True, "true"),
        ("7", "7"), ("７", "７"), ("٧", "٧"), (" 7 ", "7"), ("", ""), ([7], "[…]"), ({"a": 1}, "{…}"),
    ],
)  # fmt: skip
def test_a_score_that_is_no_whole_number(score, shown):
    with pytest.raises(CardErrors) as refused:
        card_from({"score": score})
    assert refused.value.errors == (CardError("score", CardFault.SCORE_TYPE, shown=shown),)


def test_a_score_can_be_taken_back():
    assert card_from({"score": None, "reason": None, "moment": None, "care": {}}) == Card()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"reason": "laziness"}, "unknown_choice"), ({"reason": "LATE"}, "unknown_choice"),
        ({"reason": ""}, "unknown_choice"), ({"reason": ["late"]}, "wrong_type"), ({"reason": True}, "wrong_type"),
        ({"moment": "fine"}, "unknown_choice"), ({"moment": 1}, "wrong_type"),
        ({"care": ["good"]}, "wrong_type"), ({"care": None}, "wrong_type"), ({"care": "good"}, "wrong_type"),
        ({"care": {"empathy": "good"}}, "unknown_choice"), ({"care": {"empowerment": "great"}}, "unknown_choice"),
        ({"care": {"empowerment": True}}, "wrong_type"), ({"care": {"empowerment": ["good"]}}, "wrong_type"),
        ({"comment": None}, "wrong_type"), ({"comment": 5}, "wrong_type"), ({"wish": ["x"]}, "wrong_type"),
        ({"moment_line": {}}, "wrong_type"), ({"not_this_period": 1}, "wrong_type"),
        ({"not_this_period": None}, "wrong_type"), ({"shared": "true"}, "wrong_type"),
        ({"not_this_period": True, "score": 0}, "contradiction"), ({"rater": 3}, "unknown_field"),
        ({"Score": 3}, "unknown_field"),
    ],
)  # fmt: skip
def test_what_else_is_refused(data, code):
    assert [found for _, found in faults(data)] == [code]


@pytest.mark.parametrize(
    ("name", "limit"), [("comment", LONGEST_COMMENT), ("moment_line", LONGEST_MOMENT_LINE), ("wish", LONGEST_WISH)]
)
def test_how_long_a_text_may_be(name, limit):
    assert len(getattr(card_from({name: "ü" * limit}), name)) == limit
    for length in (limit + 1, 1_000_000):
        with pytest.raises(CardErrors) as refused:
            card_from({name: "A" * length})
        (error,) = refused.value.errors
        assert (error.field, error.code, error.limit, error.length) == (name, "too_long", limit, length)
        assert error.shown == "A" * 59 + "…"


def test_line_ends_count_once():
    """A form sends two characters for each line end; the reader typed one."""
    assert card_from({"comment": "a\r\n" * 1000}).comment == ("a\n" * 1000).strip()
    assert card_from({"comment": "a\rb\x0bc\u2028d"}).comment == "a\nb\nc\nd"
    assert card_from({"moment_line": " a \n b\t"}).moment_line == "a b"


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "a\udfff", "\x1b[2J", "\x08", "\x7f", "\x1c", "\x9b"])
@pytest.mark.parametrize("name", ["comment", "moment_line", "wish"])
def test_characters_that_cannot_be_in_a_text(name, text):
    with pytest.raises(CardErrors) as refused:
        card_from({name: text})
    (error,) = refused.value.errors
    assert (error.field, error.code) == (name, "bad_text")
    assert chr(int(error.shown.removeprefix("U+"), 16)) in text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202egnp.exe", "gnp.exe"), (" \u200b ", ""), ("\ufeffx", "x"), ("a\u2066b\u2069", "ab"), ("a\ufffeb", "ab"),
        ("\u2800\u3164", ""), ("e\u0301", "é"), ("a\tb", "a\tb"), ("=1+1", "=1+1"), ("<b>", "<b>"),
    ],
)  # fmt: skip
def test_what_shows_nothing_goes_away_and_the_rest_stays(typed, kept):
    card = card_from({"comment": typed, "wish": typed})
    assert (card.comment, card.wish) == (kept, kept)


def test_what_the_round_does_not_ask_is_refused_unless_it_is_empty():
    nothing = {"reason": None, "moment": None, "moment_line": " ", "care": {"empowerment": "not_said"}, "wish": ""}
    assert card_from({"score": 3, **nothing}, asked=QUESTIONS[QuestionSet.SCORE]).score == 3
    said = {**MARTA, "score": 3}
    assert faults(said, asked=QUESTIONS[QuestionSet.SHORT]) == [
        ("moment", "not_asked"), ("moment_line", "not_asked"), ("care", "not_asked"), ("needs", "not_asked"),
        ("wish", "not_asked"),
    ]  # fmt: skip
    assert len(faults(said, asked=QUESTIONS[QuestionSet.SCORE])) == 7


def test_everything_that_is_wrong_is_told_at_once_and_the_message_repeats_no_answer():
    with pytest.raises(CardErrors) as refused:
        card_from({"score": 12, "reason": "SECRET", "comment": "SECRET\x00", "mood": "SECRET", "shared": 1})
    assert [error.field for error in refused.value.errors] == ["score", "reason", "comment", "shared", "mood"]
    assert "SECRET" not in str(refused.value)
    assert "comment bad_text" in str(refused.value)


def test_ten_thousand_unknown_fields_are_not_ten_thousand_errors():
    assert len(faults({f"x{number}": 1 for number in range(10_000)})) == 10
    (name, code), = faults({"\ud800\x00" + "n" * 500: 1})  # fmt: skip
    assert code == "unknown_field"
    assert len(name) <= 60
    assert name.encode()


@pytest.mark.parametrize("parts", [{"score": 11}, {"score": -1}, {"score": 5, "not_this_period": True}])
def test_no_code_can_make_such_a_card(parts):
    with pytest.raises(ValueError, match="score"):
        Card(**parts)


def test_every_field_can_be_read_and_written():
    assert list(Card().to_data()) == [name.value for name in CardField]
    assert set(MARTA) == {name.value for name in CardField}


@pytest.mark.parametrize(
    ("needs", "code"),
    [
        (["7"], "wrong_type"),
        ({str(need): "good" for need in range(1, 14)}, "wrong_type"),
        ({"0": "good"}, "unknown_choice"),
        ({"７": "good"}, "unknown_choice"),
        ({"7": "met"}, "unknown_choice"),
        ({"7": 1}, "wrong_type"),
    ],
)
def test_needs_are_read_strictly(needs, code):
    assert faults({"needs": needs}) == [("needs", code)]


def test_needs_are_kept_beside_the_texts_and_rows_without_them_still_read():
    card = Card(score=5, comment="x", needs={41: Chip.GOOD, 7: Chip.MISSING})
    assert card.to_row() == ("05", "--------", '{"comment":"x","needs":{"7":"m","41":"g"}}')
    assert Card.from_row(*card.to_row()) == card
    for texts in ('{"needs":[]}', '{"needs":{"x":"g"}}', '{"needs":{"7":"?"}}'):
        with pytest.raises(ValueError, match="not a stored card"):
            Card.from_row("05", "--------", texts)
