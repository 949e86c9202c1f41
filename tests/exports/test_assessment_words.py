"""What a self-assessment says, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainmap.domain.questionnaire_profiles import PublishedMean
from chainmap.domain.questionnaires import ORIENTATION, RELIABLE_TEAM
from chainmap.domain.release import Clip
from chainmap.exports import assessment_words as words


@pytest.mark.parametrize(("score", "said"), [(7, "7"), (7.0, "7"), (6.44, "6.4"), (6.96, "7"), (0, "0"), (10.0, "10")])
def test_a_score_is_said_shortly(score, said):
    assert words.score_words(score) == said


@pytest.mark.parametrize(
    ("questionnaire", "about", "said"),
    [
        (ORIENTATION, "person", "You place yourself at 7 of 10 towards customer-focused"),
        (ORIENTATION, "team", "You place your team at 7 of 10 towards customer-focused"),
        (RELIABLE_TEAM, "person", "You place yourself at 7 of 10 on the six steps to a reliable team"),
        (RELIABLE_TEAM, "team", "You place your team at 7 of 10 on the six steps to a reliable team"),
        (replace(ORIENTATION, intro=""), "person", "You place yourself at 7 of 10 towards the sentences on the right"),
        (replace(ORIENTATION, intro=""), "team", "You place your team at 7 of 10 towards the sentences on the right"),
    ],
)
def test_the_place_is_named_after_what_the_text_is_known_to_mean(questionnaire, about, said):
    assert words.place_words(questionnaire, about, 7.0) == said


def test_two_figures_stand_side_by_side():
    place = words.place_words(ORIENTATION, "person", 7)
    assert words.beside_scores(place, 6) == (
        "You place yourself at 7 of 10 towards customer-focused; your customers’ mean score is 6."
    )
    assert words.beside_released("A", "9 or more") == "A; your customers’ published mean is 9 or more."
    assert words.beside_yield("A", 0.64) == ("A; of every 100 units of work your team hands to others, 64 arrive.")
    assert words.alone("A") == "A. What customers say: not enough answers yet."


def test_people_are_counted_in_bands():
    assert words.people_words("5-7") == "5–7 people"
    assert words.people_words(">20") == "more than 20 people"


def test_scores_are_counted():
    assert words.scores_counted(1) == "The last score for each hand-off: 1 score."
    assert words.scores_counted(4) == "The last score for each hand-off: 4 scores."


def test_former_answers_are_said_by_the_rows_that_are_still_there():
    told = words.answers_words(ORIENTATION, {"mindset": 3, "gone": 9, "focus": 4})
    assert told == "Focus 4 · Mindset 3"
    turned = replace(ORIENTATION, rows=(replace(ORIENTATION.rows[0], label="\u202eFocus"),))
    assert words.answers_words(turned, {"focus": 4}) == "Focus 4"


def test_a_published_mean_may_be_cut_off():
    assert words.published_words(PublishedMean(6.5)) == "On average the team places itself at 6.5 of 10."
    assert words.published_words(PublishedMean(9.0, Clip.AT_LEAST)) == (
        "On average the team places itself at 9 or more of 10."
    )
