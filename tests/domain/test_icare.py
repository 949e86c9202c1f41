"""I-CARE: counts, shares among those who said something, the weakest point."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.icare import Chip, Dimension, Reading, find_care_profile

CHIPS = st.dictionaries(st.sampled_from(Dimension), st.sampled_from(Chip))


def answers_of(**counts: tuple[int, int]):
    """``answers_of(empowerment=(2, 3))``: two answers say good, three say missing."""
    return [
        {Dimension(name): chip}
        for name, (good, missing) in counts.items()
        for chip in [Chip.GOOD] * good + [Chip.MISSING] * missing
    ]


def test_without_an_answer_it_is_too_few_to_tell():
    found = find_care_profile([])
    assert (found.answers, found.weakest_point, found.weakest_points, found.reading) == (0, None, (), Reading.TOO_FEW)
    assert [profile.dimension for profile in found.dimensions] == list(Dimension)
    assert all(profile.share_good is None and profile.said == 0 for profile in found.dimensions)


def test_the_initials_of_the_dimensions_spell_i_care():
    assert "".join(dimension[0] for dimension in Dimension) == "icare"


def test_one_answer_is_counted_but_gives_no_share():
    found = find_care_profile([{Dimension.ATTENTIVENESS: Chip.MISSING, Dimension.EMPOWERMENT: Chip.NOT_SAID}])
    attentiveness, empowerment = found.dimensions[2], found.dimensions[4]
    assert (attentiveness.missing, attentiveness.said, attentiveness.share_good) == (1, 1, None)
    assert (empowerment.said, empowerment.not_said) == (0, 1)
    assert found.reading is Reading.TOO_FEW


def test_a_profile_worked_by_hand():
    """Responsiveness 3 of 10 good, ideal service 4 of 5; empowerment, all missing, was said by 4 only: too few."""
    found = find_care_profile(answers_of(responsiveness=(3, 7), ideal_service=(4, 1), empowerment=(0, 4)))
    shares = [profile.share_good for profile in found.dimensions]
    assert shares == [0.8, None, None, 0.3, None]
    assert found.weakest_point is Dimension.RESPONSIVENESS
    assert found.reading is Reading.WEAKEST_POINT
    assert found.answers == 19


@pytest.mark.parametrize(("said", "enough"), [(4, False), (5, True)])
def test_five_are_enough_to_tell(said, enough):
    found = find_care_profile(answers_of(empowerment=(1, said - 1)))
    assert (found.dimensions[4].share_good is not None) is enough
    assert (found.weakest_point is not None) is enough


def test_all_good_means_nothing_is_missing():
    found = find_care_profile(answers_of(empowerment=(6, 0), attentiveness=(5, 0)))
    assert (found.reading, found.weakest_points) == (Reading.NOTHING_MISSING, ())


def test_among_equal_shares_the_one_missed_by_most_comes_first():
    """3 of 6 and 5 of 10 are the same share; the second stands on more answers."""
    found = find_care_profile(answers_of(ideal_service=(3, 3), responsiveness=(5, 5), empowerment=(5, 1)))
    assert found.weakest_points == (Dimension.RESPONSIVENESS, Dimension.IDEAL_SERVICE)


def test_when_all_are_equal_all_are_named_in_their_order():
    found = find_care_profile(answers_of(**{str(dimension): (4, 2) for dimension in reversed(Dimension)}))
    assert found.weakest_points == tuple(Dimension)


@given(st.lists(CHIPS, max_size=30))
@settings(max_examples=60, deadline=None)
def test_counts_are_complete_and_the_weakest_share_is_the_least(answers):
    found = find_care_profile(answers)
    for profile in found.dimensions:
        assert profile.good + profile.missing + profile.not_said == len(answers)
    told = {profile.dimension: profile.share_good for profile in found.dimensions if profile.share_good is not None}
    for weakest in found.weakest_points:
        assert told[weakest] == min(told.values())
    assert bool(found.weakest_points) == any(share < 1 for share in told.values())
    assert find_care_profile(answers[::-1]).weakest_points == found.weakest_points
