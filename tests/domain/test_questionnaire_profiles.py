"""What many self-assessments say together: exact means, and nothing published that tells one answer."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.questionnaire_profiles import (
    Profile,
    PublishedMean,
    PublishedProfile,
    find_profile,
    publish_profile,
)
from chainmap.domain.questionnaires import ORIENTATION, RELIABLE_TEAM
from chainmap.domain.release import Clip


def answers(*scores: int, **rows: int) -> list[dict[str, int]]:
    """One person for each score, who gives it in every row but those given apart."""
    return [dict.fromkeys(ORIENTATION.row_codes, score) | rows for score in scores]


def test_worked_by_hand():
    """Six people: 1 2 3 4 5 6 everywhere (mean 3.5) but 10 for the mindset; all together (4 * 21 + 60) / 30 = 4.8."""
    found = find_profile(answers(1, 2, 3, 4, 5, 6, mindset=10), ORIENTATION)
    assert found.means == {"focus": 3.5, "attention": 3.5, "sales": 3.5, "mindset": 10, "downturn": 3.5}
    assert found.overall == pytest.approx(4.8)
    published = publish_profile(found)
    assert published is not None
    assert published.people == "5-7"
    assert published.means["focus"] == PublishedMean(3.5)
    assert published.means["mindset"] == PublishedMean(9.0, Clip.AT_LEAST)
    assert published.overall == PublishedMean(5.0)


@given(st.lists(st.lists(st.integers(0, 10), min_size=6, max_size=6), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_means_are_exact_and_published_ones_a_quarter_off_at_most(listed):
    given_answers = [dict(zip(RELIABLE_TEAM.row_codes, scores, strict=True)) for scores in listed]
    found = find_profile(given_answers, RELIABLE_TEAM)
    exact = [Fraction(sum(scores[place] for scores in listed), len(listed)) for place in range(6)]
    assert list(found.means.values()) == [float(mean) for mean in exact]
    assert found.overall == pytest.approx(float(sum(exact) / 6))
    published = publish_profile(found)
    assert (published is None) == (len(listed) < 6)
    if published is not None:
        for mean, shown in zip([*exact, sum(exact) / 6], [*published.means.values(), published.overall], strict=True):
            assert abs(Fraction(shown.mean) - min(max(mean, Fraction(2)), Fraction(9))) <= Fraction(1, 4)
            assert (shown.clip == Clip.NONE) == (2 < shown.mean < 9)
        assert PublishedProfile.from_dict(json.loads(json.dumps(published.as_dict()))) == published


def test_nobody_answered():
    found = find_profile([], ORIENTATION)
    assert found.people == 0
    assert set(found.means.values()) == {None}
    assert found.overall is None
    assert publish_profile(found) is None


@pytest.mark.parametrize(("people", "k", "shown"), [(5, 5, False), (6, 5, True), (9, 9, False), (10, 9, True)])
def test_from_how_many_people_on(people, k, shown):
    assert (publish_profile(Profile(people, {"focus": 3}), k=k) is not None) is shown


def test_the_minimum_group_is_never_below_five():
    with pytest.raises(ValueError, match="5 people"):
        publish_profile(Profile(100, {"focus": 3}), k=4)


@pytest.mark.parametrize("answer", [{}, {"focus": 3}, dict.fromkeys([*ORIENTATION.row_codes, "more"], 3)])
def test_answers_to_another_version_are_refused(answer):
    with pytest.raises(ValueError, match="another version"):
        find_profile([*answers(3), answer], ORIENTATION)
