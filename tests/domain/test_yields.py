"""From ratings and passes to yields."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from chainmap.domain.findings import Basis
from chainmap.domain.records import Chain, ChainError, HandOff, Party, Rating
from chainmap.domain.yields import BASES, LINEAR, PROMOTER, Yields, latest_ratings, retention
from tests.domain.chains import chain_of


def basis(yields: Yields) -> list[Basis]:
    return [BASES[code] for code in yields.basis.tolist()]


def test_linear_curve_is_a_tenth_of_the_score():
    assert retention([0, 2.5, 10]).tolist() == [0.0, 0.25, 1.0]


def test_promoter_curve_meets_its_points_and_is_level_at_the_top():
    assert retention([0, 3, 6, 7.5, 9, 10], PROMOTER).tolist() == pytest.approx([0, 0.3, 0.6, 0.8, 1, 1])


def test_any_piecewise_linear_curve():
    assert retention([0, 5, 10], ((2, 0.2), (8, 0.8))).tolist() == pytest.approx([0.2, 0.5, 0.8])


@pytest.mark.parametrize(
    "curve", [(), ((0, 0), (0, 1)), ((0, 0.5), (10, 0.2)), ((0, -0.1), (10, 1)), ((0, 0), (10, 1.1)), ((0, 0, 0),)]
)
def test_a_curve_that_makes_no_sense_is_refused(curve):
    with pytest.raises(ChainError, match="curve"):
        retention(5, curve)


def test_rated_yields_are_shrunk_towards_the_mean_and_the_unrated_one_is_assumed():
    """a -8-> b -4-> C, a -> C unrated: m = 0.6, y = (2 * 0.6 + retention) / 3."""
    chain = chain_of("a>b", "b>C", "a>C", ratings=(Rating("a", "b", 8), Rating("b", "C", 4)))
    yields = Yields.of(chain)
    assert yields.mean == pytest.approx(0.6)
    assert yields.value.tolist() == pytest.approx([2 / 3, 1.6 / 3, 0.6])
    assert basis(yields) == [Basis.RATED, Basis.RATED, Basis.ASSUMED]
    assert yields.ratings.tolist() == [1, 1, 0]
    assert yields.variance.tolist() == pytest.approx([2 / 9 / 4, 1.6 / 3 * 1.4 / 3 / 4, 0.24 / 3])


def test_two_raters_weigh_more_than_one():
    chain = chain_of("a>b", extra="c", ratings=(Rating("a", "b", 10), Rating("a", "b", 6, rater="c")))
    yields = Yields.of(chain, kappa=1)
    assert yields.value[0] == pytest.approx((0.8 + 1.6) / 3)
    assert yields.ratings[0] == 2


def test_only_the_latest_rating_of_a_rater_counts_and_ties_go_to_the_later_row():
    """Rows: 0 old, 1 undated, 2 latest, 3 latest again the same day, 4 another rater long ago."""
    chain = chain_of(
        "a>b",
        extra="c",
        ratings=(
            Rating("a", "b", 1, given_on=date(2026, 1, 1)),
            Rating("a", "b", 2),
            Rating("a", "b", 3, given_on=date(2026, 2, 1)),
            Rating("a", "b", 4, given_on=date(2026, 2, 1)),
            Rating("a", "b", 9, rater="c", given_on=date(2020, 1, 1)),
        ),
    )
    assert latest_ratings(chain).tolist() == [3, 4]
    assert Yields.of(chain).mean == pytest.approx(0.65)


def test_measured_yields_come_from_passes_that_were_not_returned():
    """passes 10 (2 returned) and 30 (4 returned, to the end customer): m = 34 / 40."""
    yields = Yields.of(chain_of("a>b n=10 r=2", "b>C n=30 r=4", "a>C"))
    assert yields.mean == pytest.approx(0.85)
    assert yields.value.tolist() == pytest.approx([(1.7 + 8) / 12, (1.7 + 26) / 32, 0.85])
    assert basis(yields) == [Basis.MEASURED, Basis.MEASURED, Basis.ASSUMED]
    assert yields.variance[0] == pytest.approx(yields.value[0] * (1 - yields.value[0]) / 13)


def test_given_wins_over_rated_wins_over_measured_and_each_shrinks_to_its_own_mean():
    """The rated one shrinks to the ratings' mean 0.5, the measured one to the passes' mean 0.9, assumed is 0.5."""
    chain = chain_of(
        "a>b y=.3 n=10 r=1",
        "b>C n=10 r=1",
        "a>C n=10 r=1",
        "b>a",
        ratings=(Rating("a", "b", 2), Rating("b", "C", 8)),
    )
    yields = Yields.of(chain)
    assert basis(yields) == [Basis.GIVEN, Basis.RATED, Basis.MEASURED, Basis.ASSUMED]
    assert yields.value.tolist() == pytest.approx([0.3, (1 + 0.8) / 3, (1.8 + 9) / 12, 0.5])
    assert yields.mean == pytest.approx(0.5)
    assert yields.variance[0] == 0


def test_with_given_yields_alone_the_others_take_their_plain_mean():
    yields = Yields.of(chain_of("a>b y=.2 w=9", "b>C y=.6", "a>C"))
    assert yields.value.tolist() == pytest.approx([0.2, 0.6, 0.4])


def test_nothing_known_is_said_and_not_guessed():
    yields = Yields.of(chain_of("a>b", "b>C"))
    assert not yields.known
    assert np.isnan(yields.value).all()
    assert basis(yields) == [Basis.ASSUMED, Basis.ASSUMED]


def test_kappa_zero_believes_the_ratings_alone():
    chain = chain_of("a>b", "b>C", ratings=(Rating("a", "b", 8), Rating("b", "C", 4)))
    assert Yields.of(chain, kappa=0).value.tolist() == pytest.approx([0.8, 0.4])


@pytest.mark.parametrize("kappa", [-1, float("nan"), float("inf")])
def test_a_kappa_that_makes_no_sense_is_refused(kappa):
    with pytest.raises(ChainError, match="kappa"):
        Yields.of(chain_of("a>b"), kappa=kappa, curve=LINEAR)


def test_a_given_yield_outside_its_range_is_refused():
    chain = Chain.from_records([Party("a", "A"), Party("b", "B")], [HandOff("a", "b", given_yield=1.2)])
    with pytest.raises(ChainError, match="given yield"):
        Yields.of(chain)
