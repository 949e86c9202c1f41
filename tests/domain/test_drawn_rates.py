"""What a room draws, told apart by keys that stay, and what of it counts before and after the room rated."""

from __future__ import annotations

import pytest

from chainmap.domain import workshop_chain
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.entry_reading import EntryErrors
from chainmap.domain.exercise_entries import RateEntry, read_entry
from chainmap.domain.exercise_rates import tally_rates
from chainmap.domain.exercise_results import result_from_json, result_to_json
from chainmap.domain.exercise_tallies import Room, Said
from chainmap.domain.exercises import Exercise, WorkshopMode
from chainmap.domain.records import Chain, PartyKind, Rating
from chainmap.domain.workshop_chain import LARGEST_DRAWN, DrawnHandOff, DrawnSide, counted, drawn_key, with_drawn
from tests.domain.chains import chain_of

OPEN = Room(WorkshopMode.OPEN)
DAY = 739_000


def key(chain, name):
    return int(chain.party_keys[list(chain.party_ids).index(name)])


def drawn(supplier, customer, what="plan", volume=1.0):
    sides = (DrawnSide(side) if isinstance(side, int) else DrawnSide(None, side) for side in (supplier, customer))
    return DrawnHandOff(*sides, what, volume)


def rated(handoff, score, party=None, teller="x"):
    return Said(teller, RateEntry(handoff, score, None, ""), party)


@pytest.fixture
def chain():
    return chain_of(
        "a>b d=plan", "b>Cust d=cake", ratings=(Rating("a", "b", 4, "plan"), Rating("b", "Cust", 6, "cake"))
    )


# ---- keys


def test_a_key_stays_whatever_else_is_drawn_and_is_the_same_for_both_sides(chain):
    a, b = key(chain, "a"), key(chain, "b")
    _more, alone = with_drawn(chain, [drawn(a, b, "flour")])
    others = [drawn("New", a, "abc"), drawn(b, "Porter", "x"), drawn(a, b, " FLOUR", 5.0), drawn("A", "b", "flour")]
    more, keys = with_drawn(chain, [*others, drawn(a, b, "flour")])
    assert {alone[0]} == {keys[2], keys[3], keys[4]}
    assert len(set(keys)) == 3
    assert all(-LARGEST_DRAWN <= one < 0 for one in keys)
    assert more.handoff_keys.tolist().count(alone[0]) == 1


def test_words_and_numbers_do_not_meet():
    assert len({drawn_key(1, "2", "x"), drawn_key(1, 2, "x"), drawn_key("1", 2, "x"), drawn_key(2, 1, "x")}) == 4
    assert drawn_key(1, 2, "x", attempt=1) != drawn_key(1, 2, "x")


def test_two_that_meet_in_one_number_have_two(chain, monkeypatch):
    """With three numbers for three hand-offs some meet, and each still has one of its own."""
    monkeypatch.setattr(workshop_chain, "LARGEST_DRAWN", 3)
    a, b = key(chain, "a"), key(chain, "b")
    new = [drawn(a, b, what) for what in ("flour", "salt", "sugar")]
    _more, keys = with_drawn(chain, new)
    assert sorted(keys) == [-3, -2, -1]
    assert with_drawn(chain, new[::-1])[1] == keys[::-1]


@pytest.mark.parametrize("handoff", [0, -LARGEST_DRAWN - 1, 2**63, True, "-5", -1.0])
def test_what_is_no_key_of_a_hand_off_is_refused(handoff):
    with pytest.raises(EntryErrors):
        read_entry(Exercise.RATE, {"handoff": handoff, "score": 5}, WorkshopMode.OPEN)


def test_a_drawn_hand_off_is_rated_with_names_and_in_no_moment():
    assert read_entry(Exercise.RATE, {"handoff": -5, "score": 5}, WorkshopMode.OPEN).handoff == -5
    with pytest.raises(EntryErrors):
        read_entry(Exercise.RATE, {"handoff": -5, "score": 5}, WorkshopMode.ANONYMOUS)
    with pytest.raises(EntryErrors):
        read_entry(Exercise.MOMENTS, {"handoff": -5, "kind": "magic", "words": "x"}, WorkshopMode.OPEN)


# ---- before and after


def test_before_is_without_what_was_drawn_and_after_with_what_of_it_was_rated(chain):
    """a > b > Cust, rated 4 and 6; each person makes 1. Drawn: flour from a to b (as much as the plan) and news, same.

    before         m = .5   plan (1 + .4)/3, cake (1 + .6)/3; delivered = cake (1 + plan)
    flour rated 10 m = 2/3  plan (4/3 + .4)/3, cake (4/3 + .6)/3, flour (4/3 + 1)/3: delivered = cake (1 + half of each)
    """
    a, b = key(chain, "a"), key(chain, "b")
    whole, (flour, news) = with_drawn(chain, [drawn(a, b, "flour"), drawn(a, b, "news")])
    before = 1.6 / 3 * (1 + 1.4 / 3)

    nobody = tally_rates([rated(0, 4, b)], OPEN, chain=counted(whole, set()), known=chain, day=DAY)
    assert (nobody.before, nobody.after) == (pytest.approx(before), pytest.approx(before))

    said = [rated(flour, 10, b)]
    found = tally_rates(said, OPEN, chain=counted(whole, {flour}), known=chain, day=DAY)
    m = 2 / 3
    plan, cake, new = (2 * m + 0.4) / 3, (2 * m + 0.6) / 3, (2 * m + 1) / 3
    assert found.before == pytest.approx(before)
    assert found.after == pytest.approx(cake * (1 + (plan + new) / 2))
    assert (found.created, found.created_before, found.kappa) == (2, 2, 2)
    (link,) = found.links
    assert (link.handoff, link.score, link.before) == (flour, 10, None)
    assert link.after == pytest.approx(new)
    # the same chain, rated for good
    ratings = Rating("a", "b", 4, "plan"), Rating("b", "Cust", 6, "cake"), Rating("a", "b", 10, "flour")
    real = chain_of("a>b d=plan", "b>Cust d=cake", "a>b d=flour", ratings=ratings)
    assert found.after == pytest.approx(find_bottlenecks(real, organization="").delivered)
    assert news not in counted(whole, {flour}).handoff_keys.tolist()


def test_the_share_before_is_of_the_chain_before(chain):
    """Somebody new makes 1 more: 3 instead of 2, and the share before is still of 2."""
    whole, (bread,) = with_drawn(chain, [drawn("The bakery", key(chain, "a"), "bread")])
    said = [rated(bread, 5, key(chain, "a"))]
    found = tally_rates(said, OPEN, chain=counted(whole, {bread}), known=chain, day=DAY)
    assert (found.created, found.created_before) == (3, 2)
    assert found.arrived == pytest.approx(1.6 / 3 * (1 + 1.4 / 3) / 2)
    assert found.arrives == pytest.approx(found.after / 3)
    assert result_from_json(Exercise.RATE, result_to_json(found)) == found


def test_what_nobody_rated_takes_along_whoever_is_there_by_it_alone(chain):
    whole, _keys = with_drawn(chain, [drawn("The bakery", key(chain, "a"), "bread")])
    left = counted(whole, set())
    assert (left.party_ids, left.handoff_keys.tolist()) == (chain.party_ids, chain.handoff_keys.tolist())
    assert find_bottlenecks(left, organization="") == find_bottlenecks(chain, organization="")


def test_where_nothing_was_known_all_that_was_drawn_counts():
    chain = chain_of("a>b d=plan", "b>Cust d=cake")
    whole, _keys = with_drawn(chain, [drawn(key(chain, "a"), key(chain, "b"), "flour")])
    assert counted(whole, set()) is whole


def test_a_chain_drawn_from_nothing_is_rated_by_whoever_was_drawn():
    """Ann > Ben > Shop, both drawn in words. Ben, who is in no chain, says 8: m = .8, plan (1.6 + .8)/3, bread .8."""
    nothing = Chain.from_records([], [])
    whole, (plan, bread) = with_drawn(nothing, [drawn("Ann", "Ben", "plan"), drawn("ben", "Shop", "bread")])
    assert dict(zip(whole.party_names, whole.party_kinds, strict=True)) == {
        "Ann": PartyKind.EMPLOYEE, "Ben": PartyKind.EMPLOYEE, "Shop": PartyKind.END_CUSTOMER,
    }  # fmt: skip
    said = [rated(plan, 8)]
    found = tally_rates(said, OPEN, chain=counted(whole, {plan}), known=nothing, day=DAY)
    assert (found.before, found.arrived) == (None, None)
    assert found.after == pytest.approx(0.8 * (1 + 0.8))
    assert found.arrives == pytest.approx(0.72)
    assert [link.handoff for link in found.links] == [plan]
    assert bread in counted(whole, {plan}).handoff_keys.tolist()


def test_without_any_end_customer_the_scores_stand_alone():
    chain = chain_of("a>b")
    found = tally_rates([rated(0, 8, key(chain, "b"))], OPEN, chain=chain, day=DAY)
    assert (found.arrives, found.links[0].score, found.links[0].after) == (None, 8, 0.8)


def test_a_rating_of_what_is_not_drawn_any_more_is_left_out(chain):
    found = tally_rates([rated(-77, 9, key(chain, "b")), rated(-78, 9)], OPEN, chain=chain, known=chain, day=DAY)
    assert (found.links, found.before) == ((), pytest.approx(found.after))


def test_a_result_kept_before_it_knew_of_drawn_ones_is_read_back(chain):
    found = tally_rates([rated(0, 9, key(chain, "b"))], OPEN, chain=chain, day=DAY)
    kept = result_to_json(found)
    old = kept.replace(',"created_before":2.0', "").replace(',"kappa":2.0', "")
    assert old != kept
    again = result_from_json(Exercise.RATE, old)
    assert (again.created_before, again.kappa) == (None, None)
    assert again.arrived == pytest.approx(found.arrived)
