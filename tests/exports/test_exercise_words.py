"""The words of the exercises: problems name the field, titles say the finding, names are made harmless."""

from __future__ import annotations

from datetime import date

import pytest

from chainmap.domain.entry_reading import EntryFault, EntryProblem
from chainmap.domain.exercise_results import (
    AgreementSaid,
    AgreementShown,
    AgreementsResult,
    Answered,
    ClientResult,
    CoffeeResult,
    DrawResult,
    LadderResult,
    MomentsResult,
    NamedClient,
    OrientationResult,
    PairShown,
    PurposeResult,
    RatedLink,
    RateResult,
    RowMean,
    Shown,
    Side,
    Text,
)
from chainmap.domain.ladder import Rung
from chainmap.domain.release import Clip
from chainmap.domain.response import Band
from chainmap.exports.exercise_shown import WIDTH, result_context
from chainmap.exports.exercise_words import (
    Names,
    answered_band,
    answered_words,
    arrives_sentence,
    entry_problem,
    pair_reason,
    result_title,
    rule_sentence,
)
from chainmap.exports.rate_words import careful_sentence
from chainmap.exports.workshop_lines import method_words
from chainmap.templatetags.chainmap_exercises import change_line, mean_line, person_dots

NAMES = Names({1: "Ann\u202e", 2: "Ben", 3: "Cyd"}, {7: (1, 2, "plan")})
FIVE = Answered(Shown.SHOWN, 5, None)
AGREED = AgreementShown(Side(1), Side(2), "x", date(2026, 1, 1), AgreementSaid.BOTH)
SIX = Answered(Shown.SHOWN, None, "5-7")


def test_whoever_was_typed_has_a_number_where_names_are_hidden():
    hidden = Names({1: "a person"}, {}, str, True)
    sides = [Side(None, "Bobby New"), Side(None, "Bel Li"), Side(None, " bobby  new"), Side(1, "")]
    numbered = ["somebody not in the chain (1)", "somebody not in the chain (2)", "somebody not in the chain (1)"]
    assert [hidden.side(side) for side in sides] == [*numbered, "a person"]
    assert Names({}, {}, str, True).side(sides[1]) == numbered[0], "counted anew for other names"
    assert NAMES.side(sides[0]) == "Bobby New"


def rates(before, after, **other):
    link = RatedLink(7, 8.0, 1, 0.4, 0.8, 0.1, 0.1)
    fields = {"created": 2.0, "before": before, "after": after, "mean": None, "clip": Clip.NONE, "reasons": ()}
    return RateResult(FIVE, (link,), **(fields | other), texts=())


def moments(magic, misery, wanted, made_up_for):
    return MomentsResult(FIVE, magic, misery, 2.0, wanted, made_up_for, None, ())


@pytest.mark.parametrize("code", list(EntryFault))
def test_every_problem_says_what_and_names_its_field(code):
    said = entry_problem(EntryProblem("words", code, 200, 250, "<b>\u202e"))
    assert "%(" not in said
    assert "\u202e" not in said
    assert len(said) > 20
    if code == EntryFault.TOO_LONG:
        assert "250" in said
        assert "200" in said


@pytest.mark.parametrize(
    ("result", "title"),
    [
        (ClientResult(FIVE, (), 2, 5, None), "2 of 5 name the client whom the chain names"),
        (ClientResult(SIX, (), None, None, Side(2)), "Half of us or more name Ben"),
        (ClientResult(SIX, (), None, None, None), "No client is named by half of us"),
        (DrawResult(SIX, ()), "0 hand-offs drawn"),
        (rates(0.5, 1.0), "Of every 100 units of work we create, 50 reach the end customer"),
        (rates(None, None, mean=6.5), "We get about 65 of every 100 units we need"),
        (rates(None, None, created=None), "1 hand-off rated"),
        (moments(1, 2, 3, False), "1 magic moment, 2 miseries"),
        (MomentsResult(SIX, None, None, 2.0, None, True, None, ()), "Magic makes up for misery here"),
        (LadderResult(SIX, (), Rung.CLIENT), "Half of us or more see our customers on the rung “client” or higher"),
        (OrientationResult(SIX, "x", (), RowMean("", 4.5, Clip.NONE)), "We stand in the middle"),
        (OrientationResult(SIX, "x", (), RowMean("", 4.0, Clip.NONE)), "We lean towards our own operations"),
        (PurposeResult(FIVE, (Text("a"), Text("b"))), "What we are here for, in 2 sentences"),
        (CoffeeResult(FIVE, (), 0, False, ()), "Nobody in the room hands anything to anybody else in it"),
        (AgreementsResult(FIVE, (AGREED,)), "1 agreed, 0 still"),
        (PurposeResult(Answered(Shown.TOO_FEW, None, None), ()), "Too few answers to show"),
        (PurposeResult(Answered(Shown.NOTHING, 0, None), ()), "Nobody has said anything yet"),
    ],
)
def test_the_title_is_the_finding(result, title):
    assert result_title(result, NAMES).startswith(title)


def test_why_a_room_sees_nothing_names_the_people_needed_and_nobody_else():
    hidden = Answered(Shown.TOO_FEW, None, None)
    assert "10" in result_context(PurposeResult(hidden, ()), NAMES, needed=6)["missing"]
    assert "6" in result_context(LadderResult(hidden, (), None), NAMES, needed=6)["missing"]
    assert "17" in result_context(PurposeResult(hidden, ()), NAMES, needed=17)["missing"]


def test_pairs_are_there_to_see_before_anybody_says_something_of_them():
    nobody = Answered(Shown.NOTHING, 0, None)
    pair = PairShown(1, 2, 7, 0.2, ())
    assert result_context(CoffeeResult(nobody, (pair,), 0, None, ()), NAMES, needed=6)["missing"] == ""
    assert "As soon as" in result_context(CoffeeResult(nobody, (), 0, None, ()), NAMES, needed=6)["missing"]


def test_the_rule_is_called_a_rule_and_says_what_is_missing():
    assert "2 magic moments make up for one misery: 3 more are wanted" in rule_sentence(moments(1, 2, 3, False))
    assert rule_sentence(moments(4, 2, 0, True)).endswith("They do.")


def test_before_and_after_are_of_every_hundred():
    assert "it was 25 of every 100; with your scores it is 50" in arrives_sentence(rates(0.5, 1.0))
    assert "it was 50 of every 100; with your scores it is 25" in arrives_sentence(rates(0.5, 0.5, created_before=1.0))
    assert "your scores say the same" in arrives_sentence(rates(1.0, 1.0))
    assert arrives_sentence(rates(None, 1.0)).startswith("Nothing was rated before. Now 50")
    assert arrives_sentence(rates(None, None, created=None)) == ""


def test_why_a_figure_is_not_its_own_mean_is_said_where_it_is_so():
    assert "as if 2 more people had given the average" in careful_sentence(rates(0.5, 1.0, kappa=2.0))
    assert "as if 1 more person had given" in careful_sentence(rates(0.5, 1.0, kappa=1.0))
    assert careful_sentence(rates(0.5, 1.0, kappa=0.0)) == careful_sentence(rates(0.5, 1.0)) == ""
    assert careful_sentence(rates(None, None, created=None, kappa=2.0)) == "", "the scores stand alone"
    assert "as if 2 more people" in method_words(is_anonymous=False, rates=rates(0.5, 1.0, kappa=2.0))


def test_what_the_room_drew_has_its_words_and_is_numbered_where_names_are_hidden():
    drawn = {-5: (Side(1), Side(None, "Bobby New"), "bread")}
    assert Names({1: "Ann"}, {}, drawn=drawn).link(-5) == ("Ann", "Bobby New", "bread")
    hidden = Names({1: "a person"}, {}, str, True, drawn)
    assert hidden.link(-5) == ("a person", "somebody not in the chain (1)", "bread")
    assert Names({1: "Ann"}, {}).link(-5) is None


def test_why_two_should_talk():
    assert "“plan”, from Ann to Ben" in pair_reason(PairShown(1, 2, 7, 0.05, ()), NAMES)
    assert "5 more of every 100" in pair_reason(PairShown(1, 2, 7, 0.05, ()), NAMES)
    assert "Nobody has rated it yet" in pair_reason(PairShown(1, 2, 7, None, ()), NAMES)
    assert "gone" in pair_reason(PairShown(1, 2, 8, None, ()), NAMES)


def test_how_many_answered():
    assert [answered_words(count) for count in (0, 1, 7)] == ["No answer yet", "1 has answered", "7 have answered"]
    assert len({answered_band(band) for band in (None, *Band)}) == 5
    assert not any(letter.isdigit() for band in (None, *Band) for letter in answered_band(band))


def test_a_party_that_is_gone_has_no_name_and_no_hand_off_no_row():
    result = ClientResult(FIVE, (NamedClient(Side(99), 1, None),), None, 0, None)
    assert result_context(result, NAMES, needed=6)["bars"][0].label == "somebody who is gone"
    assert result_context(rates(0.5, 1.0), Names({}, {}), needed=6)["changes"] == []


def test_pictures_are_whole_numbers_inside_the_picture():
    change = result_context(rates(0.5, 1.0), NAMES, needed=6)["changes"][0]
    assert (change.before, change.after) == (400, 800)
    drawn = change_line(change)
    assert 'cx="200"' in drawn
    assert 'cx="400"' in drawn
    assert 'cx="485"' in mean_line(WIDTH)
    named = tuple(NamedClient(Side(key), people, None) for key, people in ((1, 4), (2, 1)))
    bars = result_context(ClientResult(FIVE, named, 0, 0, None), NAMES, needed=6)["bars"]
    assert [person_dots(bar).count("<circle") for bar in bars] == [4, 1]
    crowd = (NamedClient(Side(1), 31, None), NamedClient(Side(2), 1, None))
    bars = result_context(ClientResult(FIVE, crowd, 0, 0, None), NAMES, needed=6)["bars"]
    assert ["<rect" in person_dots(bar) for bar in bars] == [True, True]
    assert bars[1].width == round(WIDTH / 31)
