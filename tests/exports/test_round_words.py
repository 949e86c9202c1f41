"""The words of a round: exactly what was agreed, nobody to blame, nothing claimed that is not known."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

from chainmap.domain.cards import CardError, CardErrors, CardFault, CardField, card_from
from chainmap.domain.cells import Table
from chainmap.domain.icare import Chip, Dimension, find_care_profile
from chainmap.domain.mirror import find_mirror_gap
from chainmap.domain.moments import CoachingRules, Moment, MomentBalance, apply_coaching_rules
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.questions import Question
from chainmap.domain.reasons import Reason, ScoredReason, find_reasons
from chainmap.domain.release import CellState, Clip, ReleasedCell
from chainmap.domain.response import Band
from chainmap.exports import round_words

NBSP = "\u00a0"


def shown(**figures):
    return ReleasedCell(Table.ORGANIZATION, (), CellState.SHOWN, **figures)


def test_the_question_is_the_one_of_the_issue():
    parts = round_words.question_parts("Luca", "monthly forecast")
    assert round_words.plain_question(parts) == (
        "Luca hands you monthly forecast. How much of what you need to serve your customer did you get?"
    )
    assert [part.text for part in parts if part.emphasized] == ["monthly forecast", "your"]


def test_the_question_without_a_deliverable_and_with_hostile_names():
    assert round_words.plain_question(round_words.question_parts("Luca", " ")) == (
        "Luca hands work on to you. How much of what you need to serve your customer did you get?"
    )
    parts = round_words.question_parts("*Lu%(x)sca\u202e*", "100 % *stars* <b>")
    assert [part.text for part in parts if part.emphasized] == ["100 % *stars* <b>", "your"]
    assert parts[0].text == "*Lu%(x)sca * hands you "
    assert round_words.question_parts("\u200b", "x")[0].text == "? hands you "


def test_the_reasons_are_those_of_the_issue():
    assert [round_words.reason_label(reason) for reason in Reason] == [
        "I thought you would do it",
        "we usually do it this way",
        "I didn't know it was up to me",
        "I have to ask for authorization",
        "late",
        "incomplete",
        "not what I need",
        "other",
    ]


def test_every_choice_has_a_word_of_its_own():
    for label, choices in [
        (round_words.moment_label, Moment), (round_words.dimension_label, Dimension), (round_words.chip_label, Chip),
        (round_words.field_label, CardField), (round_words.mode_label, ["open", "pair", "anonymous"]),
    ]:  # fmt: skip
        words = [label(choice) for choice in choices]
        assert len(set(words)) == len(words)
        assert all(words)
    assert round_words.scale_ends() == ("nothing", "everything I need")


@pytest.mark.parametrize(
    ("mode", "sentence"),
    [
        ("open", "Anna, your coach and the managers will see your name and your score."),
        ("pair", "Anna will see your name and your score. Anna's manager will not."),
        (
            "anonymous",
            "Your name and your answer are stored apart. After closing nobody can put them together. "
            "Numbers appear only for 5 or more people.",
        ),
    ],
)
def test_who_will_see_it_is_said_as_decided(mode, sentence):
    assert round_words.mode_sentence(mode, "Anna") == sentence
    assert round_words.mode_sentence(mode).endswith(sentence[-10:])
    assert "Anna" not in round_words.mode_sentence(mode)


def test_the_smallest_group_is_the_one_of_the_round():
    assert "only for 8 or more people" in round_words.mode_sentence("anonymous", "Anna", 8)
    assert round_words.comment_notice("open", 5, "Luca").startswith("Luca, your coach and the managers read all")
    assert round_words.comment_notice("pair", 5, "Luca").startswith("Luca reads all you say here, with your name.")
    assert "at least 10 people" in round_words.comment_notice("pair")
    assert "at least 13 people" in round_words.comment_notice("anonymous", 12)
    assert "recognise your style" in round_words.comment_notice("anonymous")


@pytest.mark.parametrize("mode", ["", "signed", "OPEN"])
def test_a_mode_nobody_knows_has_no_sentence(mode):
    with pytest.raises(KeyError):
        round_words.mode_sentence(mode, "Anna")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"score": 11}, "“11” is not on the scale. Choose a whole number from 0 to 10."),
        ({"score": "７"}, "“７” is not a whole number. Choose a whole number from 0 to 10."),
        ({"score": -(10**5000)}, "“-1e5000” is not on the scale. Choose a whole number from 0 to 10."),
        ({"mood": 1}, "A card has no part with the name “mood”. Leave it out."),
        (
            {"reason": "lazy"},
            "Reason: “lazy” is not one of the choices. Take one of those offered.",
        ),
        ({"comment": "A" * 12_150}, "Comment: 12150 characters are too many, 2000 fit. Shorten the text by 10150."),
        (
            {"comment": "a\x00b"},
            "Comment: the text holds a character that cannot be shown (U+0000). Remove it and send it again.",
        ),
        ({"wish": 5}, "What I need instead: “5” cannot be read here. Send it in the form the card asks for."),
        (
            {"score": 3, "not_this_period": True},
            "There is a score (3) and also “not this period”. Keep one of the two and take the other out.",
        ),
        ({"moment": "magic"}, "Moment: this round does not ask for it. Leave it out."),
    ],
)
def test_what_is_wrong_with_a_card_is_said_with_what_to_do(data, sentence):
    with pytest.raises(CardErrors) as refused:
        card_from(data, asked=frozenset(Question) - {Question.MOMENT})
    assert [round_words.card_error(error).replace(",", "") for error in refused.value.errors] == [
        sentence.replace(",", "")
    ]


@pytest.mark.parametrize("fault", CardFault)
def test_every_fault_has_a_sentence(fault):
    assert round_words.card_error(CardError("score", str(fault), 10, 12, "100 %(x)s"))


def test_response_in_coarse_steps():
    assert len({round_words.response_band(band) for band in Band}) == 4
    assert round_words.response_group(["Red"], 3) == "Red"
    assert round_words.response_group(["Red", "Blue"], 3) == "The smaller teams together"
    assert round_words.response_group(["Red", "Blue"], 1) == "Everybody together"


def test_under_five_answers_there_is_no_figure_and_the_letters_come_from_ten():
    said = [round_words.nps_sentence(NetPromoterScore.of_scores(scores)) for scores in (
        [], [9], [10, 9, 8, 3], [10, 9, 9, 8, 7, 3], [10, 9, 9, 8, 7, 3] * 2,
    )]  # fmt: skip
    assert said[0] == "No answers yet."
    assert said[1].startswith("1 answer: 1 of 9 or 10, 0 of 7 or 8, 0 of 6 or less.")
    assert said[2] == "4 answers: 2 of 9 or 10, 1 of 7 or 8, 1 of 6 or less. A figure needs 5."
    assert said[3] == (
        f"+33 on a scale from −100 to +100 (6 answers). It may lie anywhere between −19 and +63 (90{NBSP}% sure)."
    )
    assert said[4].startswith("NPS +33 (12 answers). It may lie anywhere between ")
    assert not any("NPS" in sentence for sentence in said[:4])


def test_care():
    missed = {Dimension.EMPOWERMENT: Chip.MISSING}
    good = {Dimension.EMPOWERMENT: Chip.GOOD}
    assert round_words.care_sentence(find_care_profile([missed] * 4)).startswith("I-CARE: too early to tell.")
    assert round_words.care_sentence(find_care_profile([good] * 5)).startswith("I-CARE: nothing is missing")
    assert round_words.care_sentence(find_care_profile([missed] * 3 + [good] * 2)) == (
        "I-CARE: most is missing in Empowerment: good for 2 of 5 who said something."
    )


def test_reasons():
    late, habit = Reason.LATE, Reason.HABIT
    assert round_words.reasons_sentence(find_reasons([])) == "No answers yet."
    assert round_words.reasons_sentence(find_reasons([ScoredReason(10)])).startswith("Nothing was lost")
    assert "2 answers tell of a loss" in round_words.reasons_sentence(find_reasons([ScoredReason(4)] * 2))
    mixed = find_reasons([ScoredReason(8, late), ScoredReason(9, late), ScoredReason(2, habit), ScoredReason(5)])
    assert round_words.reasons_sentence(mixed) == (
        "Named most often: “late” (2 of 3 answers with a reason). Most is lost with: “we usually do it this way”."
    )
    same = round_words.reasons_sentence(find_reasons([ScoredReason(2, late)]))
    assert same == "Named most often: “late” (1 of 1 answer with a reason). Most is lost there as well."


def test_moments():
    said = [round_words.moments_sentence(MomentBalance(*counts)) for counts in (
        (0, 0, 0), (0, 2, 0), (3, 10, 2), (1, 0, 2), (1, 5, 1),
    )]  # fmt: skip
    assert said == [
        "Nobody named a moment yet.",
        "Moments: 0 magic, 2 ordinary, 0 misery. All were ordinary.",
        "Moments: 3 magic, 10 ordinary, 2 misery. Magic prevails.",
        "Moments: 1 magic, 0 ordinary, 2 misery. Misery prevails.",
        "Moments: 1 magic, 5 ordinary, 1 misery. The two are even.",
    ]


def test_a_coaching_rule_is_never_said_without_its_label_and_its_figures():
    said = round_words.coaching_sentence(apply_coaching_rules(MomentBalance(3, 10, 2)))
    assert said == (
        "A coaching rule, not a finding: 2 magic moments make up for one misery; a misery is told to 20 people, "
        "a magic moment to 10. By it 40 people have heard of misery and 30 of magic; "
        "1 more magic moment is wanted."
    )
    other = apply_coaching_rules(MomentBalance(5, 0, 1), CoachingRules(2.5, 7, 3))
    said = round_words.coaching_sentence(other)
    assert said.startswith("A coaching rule, not a finding: 2.5 magic moments")
    assert "told to 7 people, a magic moment to 3" in said
    assert said.endswith("no more magic moments are wanted.")


@pytest.mark.parametrize(
    ("guess", "ratings", "end"),
    [
        (9, [5, 6], "You expected 9 and the answer was 5.5: 3.5 points less than you thought."),
        (4, [7], "You expected 4 and the answer was 7: 3 points more than you thought."),
        (7, [7, 8], "You expected 7 and the answer was 7.5: you see it alike."),
        (None, [7], ""),
    ],
)
def test_the_mirror(guess, ratings, end):
    assert round_words.mirror_sentence(find_mirror_gap(guess, ratings)) == end


@pytest.mark.parametrize(
    ("cell", "mean"),
    [
        (shown(mean=6.5, raters="5-7"), "6.5"),
        (shown(mean=7.0, raters="5-7"), "7.0"),
        (shown(mean=2.0, clip=Clip.AT_MOST), "2 or less"),
        (shown(mean=9.0, clip=Clip.AT_LEAST), "9 or more"),
        (ReleasedCell(Table.SUPPLIER, (1,), CellState.NOT_SHOWN), "Not shown: too few answers"),
        (ReleasedCell(Table.SUPPLIER, (1,), CellState.NO_DATA), "No data"),
    ],
)
def test_the_mean_of_a_cell(cell, mean):
    assert round_words.cell_mean_words(cell) == mean


def test_the_people_and_the_score_of_a_cell():
    bands = ["5-7", "8-12", "13-20", ">20", None]
    assert [round_words.cell_raters_words(shown(mean=7.0, raters=band)) for band in bands] == [
        "5–7 people", "8–12 people", "13–20 people", "more than 20 people", "",
    ]  # fmt: skip
    assert [round_words.cell_nps_words(shown(nps=nps)) for nps in (None, -90, -30, 0, 30, 90)] == [
        "", "−90 or less", "−30", "0", "+30", "+90 or more",
    ]  # fmt: skip


def test_shares_end_at_ten_and_ninety():
    assert [round_words.share_words(share) for share in (10, 20, 80, 90)] == [
        f"10{NBSP}% or less", f"20{NBSP}%", f"80{NBSP}%", f"90{NBSP}% or more",
    ]  # fmt: skip


def test_nobody_is_called_a_name():
    """Every sentence of the module as it is written: no words that blame, none of the trade, no sex."""
    calls = [node for node in ast.walk(ast.parse(inspect.getsource(round_words))) if isinstance(node, ast.Call)]
    gettext = [node for node in calls if getattr(node.func, "id", "") in {"_", "ngettext", "pgettext"}]
    said = [part.value for node in gettext for part in node.args if isinstance(part, ast.Constant)]
    assert len(said) > 80
    forbidden = {"detractor", "detractors", "promoter", "promoters", "weak", "fault", "node", "edge", "blame",
                 "her", "his", "he", "she", "performer"}  # fmt: skip
    assert not forbidden & set(re.findall(r"[a-z]+", " ".join(said).lower()))
