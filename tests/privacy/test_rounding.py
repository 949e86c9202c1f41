"""No displayed figure stands for one sum only: everything that can happen with 5 to 30 answers, enumerated."""

from collections import defaultdict

import pytest

from chainmap.domain.release import NPS_LIMIT, NPS_RATERS, Clip, band_of, round_mean, round_nps


@pytest.mark.parametrize("count", range(5, 31))
def test_no_displayed_mean_identifies_one_sum(count):
    """Even for somebody who knows the exact number of answers, which the band does not tell."""
    sums = defaultdict(set)
    for total in range(10 * count + 1):
        sums[round_mean(total, count), band_of(count)].add(total)
    assert min(len(totals) for totals in sums.values()) >= 2


def possible_sums(promoters, passives, detractors):
    """The lowest and the highest sum of so many scores 9-10, 7-8 and 0-6; all between are possible."""
    return 9 * promoters + 7 * passives, 10 * promoters + 8 * passives + 6 * detractors


def test_mean_and_promoter_score_together_never_say_that_all_think_alike():
    """From all that is displayed together. In about 1 of 70 displays the pair still fixes the sum of the cell (all
    answers at the two far ends); the audit does not rely on rounding, so nothing else follows from it.
    """
    sums, kinds = defaultdict(set), defaultdict(set)
    for count in range(NPS_RATERS, 31):
        for promoters in range(count + 1):
            for detractors in range(count + 1 - promoters):
                nps = round_nps(promoters, detractors, count)
                passives = count - promoters - detractors
                low, high = possible_sums(promoters, passives, detractors)
                for total in range(low, high + 1):
                    shown = (round_mean(total, count), band_of(count), nps)
                    sums[shown].add((count, total))
                    kinds[shown].add((promoters > 0) + (passives > 0) + (detractors > 0))
    assert {1} not in kinds.values()
    assert sum(len(found) == 1 for found in sums.values()) <= len(sums) / 70


def test_means_are_multiples_of_a_half_and_cut_off_at_both_ends():
    shown = {round_mean(total, 40) for total in range(401)}
    assert {mean for mean, _ in shown} == {half / 2 for half in range(4, 19)}
    assert [mean for mean, clip in shown if clip == Clip.AT_MOST] == [2.0]
    assert [mean for mean, clip in shown if clip == Clip.AT_LEAST] == [9.0]


@pytest.mark.parametrize("count", range(5, 31))
def test_a_shown_mean_is_at_most_a_quarter_off(count):
    for total in range(10 * count + 1):
        mean, clip = round_mean(total, count)
        if clip == Clip.NONE:
            assert abs(mean - total / count) <= 0.25


def test_promoter_scores_are_symmetric_tens():
    for count in range(10, 31):
        for promoters in range(count + 1):
            score = round_nps(promoters, count - promoters, count)
            assert score % 10 == 0
            assert abs(score) <= NPS_LIMIT
            assert score == -round_nps(count - promoters, promoters, count)


@pytest.mark.parametrize("raters", [0, 1, 4])
def test_there_is_no_band_below_five(raters):
    with pytest.raises(ValueError, match="too few"):
        band_of(raters)
