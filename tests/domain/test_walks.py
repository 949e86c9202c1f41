"""Walks: a hand-worked chain, and what must hold for every chain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from chainmap.domain.bottlenecks import find_bottlenecks, find_party_chain
from chainmap.domain.records import PartyKind, Rating
from chainmap.domain.solver import SolverError
from chainmap.domain.walks import ForkKind, WalkError, Walks, whole_parts
from tests.domain.chains import chain_of, random_chains


def walks_of(*links: str, **more: object) -> Walks:
    return Walks(find_bottlenecks(chain_of(*links, **more), organization="Acme"))


def amounts(walk):
    return [(step.amounts.before, step.amounts.lost, step.amounts.elsewhere, step.amounts.left) for step in walk.steps]


# a -3-> b .6, a -1-> c .4, b -> c .9, c -2-> C .8, c -1-> b .5 (back)
ACME = ("a>b y=.6 w=3 d=forecast", "a>c y=.4 d=figures", "b>c y=.9 d=plan", "c>C y=.8 w=2", "c>b y=.5 d=questions")


def test_the_hand_worked_walk():
    """1 at a: .75 to b, of it .45 arrive, .25 to c.  .45 at b: .405 arrive at c.  .405 at c: .27 to C, .216 arrive."""
    walk = walks_of(*ACME).walk("a")
    assert walk.parties == ("a", "b", "c", "C")
    assert walk.reaches_end
    assert amounts(walk) == [
        pytest.approx((1, 0.3, 0.25, 0.45)),
        pytest.approx((0.45, 0.045, 0, 0.405)),
        pytest.approx((0.405, 0.054, 0.135, 0.216)),
    ]
    assert (walk.lost, walk.elsewhere, walk.left) == pytest.approx((0.399, 0.385, 0.216))
    assert walk.worst == 0
    assert [one.deliverable for one in walk.steps[0].handoffs] == ["forecast"]


def test_forks_say_where_the_rest_goes_and_that_work_goes_round():
    """v_C = 1, v_c = 2/3 .8 + 1/3 .5 v_b, v_b = .9 v_c: v_c = .5333 / .85 = .62745; .25 * .4 * .62745 reach C by c."""
    walk = walks_of(*ACME).walk("a")
    (to_c,), (), (back,) = (step.forks for step in walk.steps)
    assert (to_c.party, to_c.kind, to_c.amount) == ("c", ForkKind.OTHER, pytest.approx(0.25))
    assert to_c.reaches == pytest.approx(0.25 * 0.4 * 0.627451, abs=1e-6)
    assert (back.party, back.kind, back.amount) == ("b", ForkKind.BACK, pytest.approx(0.135))


def test_another_branch_is_followed_and_led_on_from_there():
    walks = walks_of(*ACME)
    walk = walks.walk("a", ["c"])
    assert walk.parties == ("a", "c", "C")
    assert amounts(walk)[0] == pytest.approx((1, 0.15, 0.75, 0.1))
    assert walks.walk("a", ["c", "b"]).parties == ("a", "c", "b")  # nobody is passed twice: it ends there
    assert not walks.walk("a", ["c", "b"]).reaches_end


@pytest.mark.parametrize(
    ("start", "way"), [("z", []), ("a", ["C"]), ("a", ["b", "a"]), ("b", ["c", "b"]), ("C", ["a"])]
)
def test_a_way_that_is_not_there_is_refused(start, way):
    with pytest.raises(WalkError):
        walks_of(*ACME).walk(start, way)


def test_what_a_team_hands_to_itself_is_walked_at_once():
    """
    Half of a's work goes round inside at .8: 1 / (1 - .4) = 5/3 of a unit passes; .5 * 5/3 = .8333 leave, .1667 are
    lost inside; of .8333 half arrive at C.
    """
    walk = walks_of("a>a y=.8", "a>C y=.5").walk("a")
    (step,) = walk.steps
    assert step.amounts.inside == pytest.approx(1 / 6)
    assert step.amounts.lost == pytest.approx(1 / 6 + 5 / 12)
    assert step.amounts.left == pytest.approx(5 / 12)


def test_without_any_rating_there_is_a_way_and_no_figure():
    walk = walks_of("a>b w=3", "a>c", "b>C", "c>C").walk("a")
    assert walk.parties == ("a", "b", "C")
    assert (walk.is_known, walk.worst, walk.steps[0].amounts) == (False, None, None)
    assert walk.steps[0].forks[0].amount == pytest.approx(0.25)
    assert walk.steps[0].forks[0].reaches is None


def test_where_no_way_leads_on_the_walk_ends():
    walks = walks_of("a>C y=.5", "a>d y=1", "d>e y=1", extra="lone")
    assert walks.walk("a").steps[0].forks[0].kind == ForkKind.NOWHERE
    astray = walks.walk("a", ["d"])
    assert (astray.parties, astray.reaches_end, astray.left) == (("a", "d"), False, pytest.approx(0.5))
    assert walks.walk("lone").steps == walks.walk("C").steps == ()
    assert walks.walk("C").reaches_end


def test_a_loop_of_largest_shares_is_left():
    """a and b hand most to each other; the only way out is b -> C."""
    walk = walks_of("a>b y=1", "b>a y=1 w=9", "b>C y=.5 w=1").walk("a")
    assert walk.parties == ("a", "b", "C")
    assert walk.steps[1].forks[0].kind == ForkKind.BACK


def test_suggestions_are_the_walks_with_the_largest_loss_each_with_another_worst_step():
    """Own work 1 each. a: .5 + .5 * .1 = .55 lost; b: .1; d: .3; x creates nothing."""
    finding = chain_of("a>b y=.5", "b>C y=.9", "d>C y=.7", "x>C y=0", capacity={"x": 0.0})
    found = Walks(find_bottlenecks(finding, organization="Acme")).suggestions()
    assert [(one.walk.start, one.value) for one in found] == [
        ("a", pytest.approx(0.55)),
        ("d", pytest.approx(0.3)),
        ("b", pytest.approx(0.1)),
    ]
    assert walks_of("a>C").suggestions() == []


def test_what_nobody_rated_heads_no_list_of_losses():
    """The mean yield .8 stands in for b -> C. a: .1 lost at a -> b, .9 * .2 = .18 assumed; b: nothing but assumed;
    d: .3. Counted with what is assumed, a would come first with .28, and b would be there."""
    walks = walks_of("a>b y=.9", "b>C", "d>C y=.7", capacity={"d": 0.5})
    found = walks.suggestions()
    assert [(one.walk.start, one.value) for one in found] == [("d", pytest.approx(0.15)), ("a", pytest.approx(0.1))]
    walk = found[1].walk
    assert walk.worst == 0
    assert (walk.lost, walk.assumed) == pytest.approx((0.28, 0.18))
    assert walks.walk("b").worst is None


def test_own_work_is_what_does_not_arrive_from_others():
    """b has 1 of its own and .5 from a: on a>b .5 of 1 is lost, on b>C .4 of 1; a as a whole .5 + .5 * .4 = .7."""
    found = walks_of("a>b y=.5", "b>C y=.6").suggestions()
    assert [(one.walk.start, one.value) for one in found] == [("a", pytest.approx(0.7)), ("b", pytest.approx(0.4))]


def test_starts_that_would_go_round_are_valued_by_their_careful_walk():
    found = walks_of("a>b y=1", "b>a y=1 w=9", "b>C y=.5 w=1").suggestions()
    assert found[0].walk.parties in {("a", "b", "C"), ("b", "C")}
    assert found[0].value == pytest.approx(0.05)


def found_or_none(chain):
    try:
        return find_bottlenecks(chain, organization="Acme")
    except SolverError:
        return None


@settings(max_examples=60, deadline=None)
@given(random_chains())
def test_what_is_lost_goes_elsewhere_and_arrives_is_always_everything(chain):
    finding = found_or_none(chain)
    if finding is None:
        return
    walks = Walks(finding)
    for party in finding.parties:
        walk = walks.walk(party.id)
        assert len(set(walk.parties)) == len(walk.parties)
        if finding.analysed:  # whoever has a way to an end customer gets there
            assert walk.reaches_end == (party.inflow is not None)
        if not walk.is_known:
            continue
        assert walk.lost + walk.elsewhere + walk.left == pytest.approx(1, abs=1e-9)
        for step in walk.steps:
            one = step.amounts
            assert one.before == pytest.approx(one.lost + one.elsewhere + one.left, abs=1e-9)
        # what arrives here and on the other ways is what the solver says reaches end customers at all
        assert walk.left + walk.elsewhere_reaches == pytest.approx(party.reach, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(random_chains(least_yield=0.1))
def test_the_walk_goes_the_way_of_the_main_chain(chain):
    finding = found_or_none(chain)
    if finding is None or not finding.analysed:
        return
    walks = Walks(finding)
    for position, party in enumerate(chain.party_ids):
        main = find_party_chain(chain, position).main_chain
        assert [step.customer for step in walks.walk(party).steps] == [step.customer for step in main]


@settings(max_examples=40, deadline=None)
@given(random_chains(least_yield=0.1))
def test_suggestions_are_never_beaten_by_a_walk_that_is_left_out(chain):
    finding = found_or_none(chain)
    if finding is None or not finding.analysed:
        return
    walks = Walks(finding)
    found = walks.suggestions(1)
    given_work = dict(zip(chain.party_ids, chain.capacity.tolist(), strict=True))
    values = [
        given_work[party.id] * walks.walk(party.id).lost
        for party in finding.parties
        if party.kind != PartyKind.END_CUSTOMER and party.inflow is not None
    ]
    assert (found[0].value if found else 0.0) == pytest.approx(max(values, default=0.0), abs=1e-7)


def test_the_ratings_of_people_give_the_same_walk():
    chain = chain_of("a>b", "b>C", ratings=(Rating("a", "b", 5), Rating("b", "C", 9)))
    finding = find_bottlenecks(chain, organization="Acme")
    walk = Walks(finding).walk("a")
    by_key = {one.supplier: one.yield_ for one in finding.handoffs}
    assert walk.left == pytest.approx(by_key["a"] * by_key["b"])


@pytest.mark.parametrize(
    ("parts", "whole"),
    [([0.28, 0.25, 0.47], [28, 25, 47]), ([0.005, 0.995], [1, 99]), ([], []), ([2.0, 2.0], [50, 50])],
)
def test_whole_parts_add_up(parts, whole):
    assert whole_parts(parts) == whole
