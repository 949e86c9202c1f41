"""Places on the chain map: hand-worked small chains, real data, and what must hold for every chain."""

from __future__ import annotations

import csv
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from chainmap.domain.map_added import place_added
from chainmap.domain.map_crossings import count_crossings
from chainmap.domain.map_layers import find_layers, find_levels
from chainmap.domain.map_layout import Places, Shape, layout
from chainmap.domain.map_room import LAYER, MARGIN, ROW, SIDE, nearest_free
from chainmap.domain.network import Network
from chainmap.domain.records import Chain, ChainError, HandOff, Party, PartyKind
from tests.benchmarks.graphs import company
from tests.domain.chains import DATA, chain_of, random_chains


def shape_of(chain: Chain) -> Shape:
    names = sorted(set(chain.party_teams))
    return Shape(
        is_end=chain.is_end_customer,
        supplier=chain.supplier,
        customer=chain.customer,
        weight=Network.of(chain).share,
        team=np.array([names.index(team) if team else -1 for team in chain.party_teams], np.int64),
    )


def overlaps(places: Places) -> int:
    scaled = np.stack([places.x / SIDE, places.y / ROW], axis=1)
    return len(cKDTree(scaled).query_pairs(1 - 1e-9, p=np.inf)) if len(scaled) else 0


def columns_of(chain: Chain) -> dict[str, float]:
    places = layout(shape_of(chain))
    return dict(zip(chain.party_ids, places.x.tolist(), strict=True))


def layers_of(chain: Chain) -> dict[str, int]:
    shape = shape_of(chain)
    level = find_levels(shape.supplier, shape.customer, shape.weight, shape.is_end)
    layer = find_layers(shape.supplier, shape.customer, level, shape.is_end)
    return dict(zip(chain.party_ids, layer.tolist(), strict=True))


# ---- layers


def test_a_line_takes_one_layer_a_step() -> None:
    assert layers_of(chain_of("a>b", "b>c", "c>C")) == {"a": 3, "b": 2, "c": 1, "C": 0}


def test_a_short_cut_does_not_bring_two_in_a_row_into_one_column() -> None:
    """a -> b -> c -> C and a -> c, a -> C beside it."""
    assert layers_of(chain_of("a>b", "b>c", "c>C", "a>c", "a>C w=8")) == {"a": 3, "b": 2, "c": 1, "C": 0}


def test_a_loop_is_cut_where_little_goes_back() -> None:
    """a -> b -> c -> d -> C, and of d's work one part in ten goes back to a."""
    layers = layers_of(chain_of("a>b", "b>c", "c>d", "d>C w=9", "d>a w=1"))
    assert layers == {"a": 4, "b": 3, "c": 2, "d": 1, "C": 0}


def test_people_who_all_work_with_each_other_share_few_columns() -> None:
    people = [f"p{number}" for number in range(12)]
    everybody = [f"{one}>{other}" for one in people for other in people if one != other]
    layers = layers_of(chain_of(*everybody, *(f"{one}>C" for one in people)))
    assert max(layers.values()) <= 2


def test_real_consultants_who_are_nearly_all_in_one_loop_take_few_columns() -> None:
    folder = DATA / "consulting"
    if not folder.exists():
        pytest.skip("the real data are not here")
    with (folder / "people.csv").open() as people, (folder / "handoffs.csv").open() as handoffs:
        chain = Chain.from_records(
            [Party(row["id"], row["name"], PartyKind(row["kind"]), row["team"]) for row in csv.DictReader(people)],
            [HandOff(row["supplier"], row["customer"], "", float(row["volume"])) for row in csv.DictReader(handoffs)],
        )
    places = layout(shape_of(chain))
    assert len(set(places.x.tolist())) <= 8  # cutting loops and taking longest ways needs 37
    assert overlaps(places) == 0
    assert 1 <= (np.ptp(places.x) + LAYER) / (np.ptp(places.y) + ROW) <= 2  # the shape of a screen
    shuffled = _shuffled(places)
    shape = shape_of(chain)
    ours = count_crossings(places.x, places.y, shape.supplier, shape.customer)
    assert ours < 0.6 * count_crossings(shuffled.x, shuffled.y, shape.supplier, shape.customer)


def _shuffled(places: Places) -> Places:
    """The same columns in a random order."""
    random = np.random.default_rng(3)
    y = places.y.copy()
    for x in np.unique(places.x):
        y[places.x == x] = random.permutation(places.y[places.x == x])
    return Places(places.x, y)


def test_who_reaches_no_end_customer_starts_at_the_first_layer() -> None:
    assert layers_of(chain_of("a>b", "c>C")) == {"a": 2, "b": 1, "c": 1, "C": 0}


def test_a_long_line_is_found_without_pushing_columns_about() -> None:
    names = [f"p{number}" for number in range(400)]
    layers = layers_of(chain_of(*(f"{one}>{other}" for one, other in itertools.pairwise(names)), "p399>C"))
    assert [layers[name] for name in names] == list(range(400, 0, -1))


def test_layers_found_here_are_those_of_a_company_made_in_layers() -> None:
    chain = company(300, "rework")
    layers = np.array(list(layers_of(chain).values()))
    staff = chain.party_count - 3
    made = 8 - np.arange(staff) * 8 // staff
    assert (np.abs(layers[:staff] - made) <= 1).mean() > 0.9


# ---- heights and crossings


def test_two_links_that_need_not_cross_do_not() -> None:
    """a -> D, b -> C with C above D: a must come below b."""
    chain = chain_of("a>c", "b>d", "d>C", "c>D", "e>d", "f>c", "b>D")
    places = layout(shape_of(chain))
    assert count_crossings(places.x, places.y, chain.supplier, chain.customer) == 0


def test_crossings_are_counted_like_pairs_of_segments_by_hand() -> None:
    r"""Two links cross like an X; a third one ends where the first begins, and a fourth lies beside.

    0   2        0 -> 3 and 1 -> 2 cross; 0 -> 2 meets 0 -> 3 at its start only; 4 -> 5 is far away
      X
    1   3
    """
    x, y = np.array([0.0, 0, 1, 1, 0, 1]), np.array([0.0, 1, 0, 1, 9, 9])
    supplier, customer = np.array([0, 1, 0, 4]), np.array([3, 2, 2, 5])
    assert count_crossings(x, y, supplier, customer) == 1


@given(st.integers(0, 2**31))
@settings(max_examples=20, deadline=None)
def test_crossings_agree_with_solving_for_the_point_where_lines_meet(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, y = random.random((2, 12))
    supplier, customer = random.integers(0, 12, (2, 15))
    expected = 0
    for one in range(15):
        for other in range(one):
            a, b = np.array([x[supplier], y[supplier]]).T, np.array([x[customer], y[customer]]).T
            matrix = np.column_stack([b[one] - a[one], a[other] - b[other]])
            ends = {int(supplier[one]), int(customer[one])} & {int(supplier[other]), int(customer[other])}
            if ends or abs(np.linalg.det(matrix)) < 1e-12:
                continue
            at = np.linalg.solve(matrix, a[other] - a[one])
            expected += bool(np.all((at > 0) & (at < 1)))
    assert count_crossings(x, y, supplier, customer) == expected


def test_members_of_a_team_stand_nearer_to_each_other_than_by_chance() -> None:
    chain = company(200, "team")
    shape, places = shape_of(chain), layout(shape_of(chain))
    assert _team_spread(shape, places) < 0.65 * _team_spread(shape, _shuffled(places))


def _team_spread(shape: Shape, places: Places) -> float:
    spread = [np.ptp(places.y[shape.team == team]) for team in np.unique(shape.team) if team]
    return float(np.mean(spread))


# ---- what holds for every chain


@given(random_chains(teams=True))
@settings(max_examples=25, deadline=None)
def test_nobody_stands_on_anybody_and_end_customers_are_the_shoreline(chain: Chain) -> None:
    shape = shape_of(chain)
    places, again = layout(shape), layout(shape)
    assert overlaps(places) == 0
    assert np.array_equal(places.x, again.x)
    assert np.array_equal(places.y, again.y)
    assert min(places.x.min(initial=MARGIN), places.y.min(initial=MARGIN)) >= MARGIN
    assert np.isfinite(places.x + places.y).all()
    ends = places.x[shape.is_end]
    if len(ends):
        assert len(set(ends.tolist())) == 1
        assert places.x[~shape.is_end].max(initial=-1) <= ends[0] - SIDE


@given(random_chains(teams=True), st.data())
@settings(max_examples=25, deadline=None)
def test_who_is_added_moves_nobody_and_touches_nobody(chain: Chain, data: st.DataObject) -> None:
    shape = shape_of(chain)
    places = layout(shape)
    fixed = np.stack([places.x, places.y], axis=1)
    added = data.draw(st.sets(st.integers(0, chain.party_count - 1), max_size=chain.party_count - 1))
    fixed[list(added)] = np.nan
    again = layout(shape, fixed)
    kept = np.setdiff1d(np.arange(chain.party_count), list(added))
    assert np.array_equal(again.x[kept], places.x[kept])
    assert np.array_equal(again.y[kept], places.y[kept])
    assert overlaps(again) == 0
    if shape.is_end.any():
        assert again.x[~shape.is_end].max(initial=-1) < again.x[shape.is_end].min()


def test_who_is_added_stands_between_supplier_and_customer_at_their_height() -> None:
    """a at (80, 208) and C at (920, 336) are kept; m is handed to by a and hands to C."""
    fixed = np.array([[80, 208], [np.nan, np.nan], [920, 336]])
    x, y = place_added(fixed, np.array([0, 1]), np.array([1, 2]), np.array([False, False, True]))
    assert (x[1], y[1]) == (500, 272)


def test_a_new_end_customer_stands_on_the_shoreline() -> None:
    fixed = np.array([[640, 80], [920, 80], [np.nan, np.nan]])
    x, y = place_added(fixed, np.array([0, 0]), np.array([1, 2]), np.array([False, True, True]))
    assert (x[2], y[2]) == (920, 144)


def test_who_works_with_nobody_stands_under_the_picture() -> None:
    fixed = np.array([[640, 80], [920, 400], [np.nan, np.nan]])
    x, y = place_added(fixed, np.array([0]), np.array([1]), np.array([False, True, False]))
    assert (x[2], y[2]) == (640, 528)


@given(st.lists(st.tuples(st.integers(80, 500), st.integers(80, 900)), max_size=30), st.integers(0, 900))
@settings(max_examples=40, deadline=None)
def test_a_free_place_is_free_and_none_nearer_is(taken: list[tuple[int, int]], y: int) -> None:
    places = np.array(taken, np.float64).reshape(-1, 2)
    x, height = nearest_free(places, y, [300.0])
    assert x == 300

    def is_free(at: float) -> bool:
        return at >= MARGIN and bool(np.all((np.abs(places[:, 0] - x) >= SIDE) | (np.abs(places[:, 1] - at) >= ROW)))

    assert is_free(height)
    wanted = max(y, MARGIN)
    assert not any(is_free(at) for at in np.arange(wanted - abs(height - wanted) + 1, wanted + abs(height - wanted), 1))


def test_no_column_to_stand_in_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one column"):
        nearest_free(np.empty((0, 2)), 80, [])


def test_without_parties_there_is_nothing_to_place() -> None:
    places = layout(shape_of(Chain.from_records([], [])))
    assert len(places.x) == len(places.y) == 0


def test_what_does_not_fit_together_is_refused() -> None:
    ends, none = np.array([False, True]), np.full(2, -1)
    with pytest.raises(ChainError, match="same length"):
        Shape(ends, np.array([0]), np.array([1, 1]), np.ones(1), none)
    with pytest.raises(ChainError, match="not there"):
        Shape(ends, np.array([0]), np.array([2]), np.ones(1), none)
    with pytest.raises(ChainError, match="fixed places"):
        layout(Shape(ends, np.array([0]), np.array([1]), np.ones(1), none), np.zeros((3, 2)))


def test_hundreds_who_work_with_nobody_are_packed_to_the_shape_of_a_screen() -> None:
    places = layout(shape_of(chain_of(extra=" ".join(f"p{number}" for number in range(400)))))
    assert overlaps(places) == 0
    assert 1 < np.ptp(places.x) / np.ptp(places.y) < 2.2


def test_a_star_of_hundreds_is_split_into_columns() -> None:
    places = layout(shape_of(chain_of(*(f"p{number}>C" for number in range(400)))))
    assert overlaps(places) == 0
    assert len(set(places.x.tolist())) > 8
    assert places.x.argmax() == 1  # C stands in second place of the records
