"""What if: worked by hand, against a second plain implementation, and conservation after any change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chainmap.domain.analysis import Analysis, analyse
from chainmap.domain.records import Chain, PartyKind, Rating
from chainmap.domain.release import ProtectedRating, close_round
from chainmap.domain.release_chain import TeamHandOffs, TeamParty, team_chain
from chainmap.domain.scenario_chain import apply_changes, changes_possible
from chainmap.domain.scenario_changes import Add, Remove, Reroute, ScenarioCode, ScenarioError, SetVolume, SetYield
from chainmap.domain.scenarios import ScenarioWarning, WarningCode, scenario_find
from tests.benchmarks.graphs import company
from tests.domain.chains import chain_of, random_chains
from tests.domain.plain_what_if import changed, rows_of, solved

#: a 0, b 1, C 2, D 3; hand-offs a>b 0, a>C 1, b>C 2. a: half to b, half to C.
#: delivered = .5 * .8 (a>C) + (1 + .25) * .4 (b>C) = .9
SMALL = ("a>b y=.5", "a>C y=.8", "b>C y=.4")


def small(**options: object) -> Analysis:
    return analyse(chain_of(*SMALL, **options))  # type: ignore[arg-type]


def test_a_yield_pulled_up_worked_by_hand():
    found = scenario_find(small(), [SetYield(2, 0.8)])
    assert found.before.delivered == pytest.approx(0.9)
    assert found.after.delivered == pytest.approx(0.4 + 1.25 * 0.8)
    assert found.gain == pytest.approx(0.5)
    assert found.before.chain_yield == pytest.approx(0.45)
    (only,) = found.changed
    assert (only.key, only.yield_, only.yield_before) == (2, 0.8, 0.4)
    assert (only.flow, only.lost, only.lost_before) == pytest.approx((1.25, 0.25, 0.75))
    assert (found.new, found.removed, found.warnings) == ((), (), ())


def test_what_a_removed_handoff_carried_goes_through_the_others():
    found = scenario_find(small(), [Remove(0)])
    assert found.after.delivered == pytest.approx(0.8 + 0.4)  # all of a goes to C, b keeps its own
    assert found.removed == (0,)
    assert {one.key: one.flow for one in found.changed} == pytest.approx({1: 1.0, 2: 1.0})


def test_a_volume_changes_the_shares_of_its_supplier_alone():
    found = scenario_find(small(), [SetVolume(1, 3)])
    assert found.after.delivered == pytest.approx(0.75 * 0.8 + 1.125 * 0.4)
    assert {one.key: one.flow for one in found.changed} == pytest.approx({0: 0.25, 1: 0.75, 2: 1.125})


def test_a_new_handoff_has_the_mean_unless_its_yield_is_said():
    base = analyse(chain_of("a>b", "b>C", ratings=(Rating("a", "b", 4), Rating("b", "C", 9))))
    mean = base.yields.mean
    found = scenario_find(base, [Add(0, 2)])
    a_b, b_c = base.yields.value
    assert found.after.delivered == pytest.approx(0.5 * mean + (1 + 0.5 * a_b) * b_c)
    (new,) = found.new
    assert (new.key, new.supplier, new.customer, new.yield_, new.instead_of) == (-1, 0, 2, mean, None)
    assert (new.flow, new.lost) == pytest.approx((0.5, 0.5 * (1 - mean)))
    said = scenario_find(base, [Add(0, 2, "plan", 3, 0.25)])
    assert said.after.delivered == pytest.approx(0.75 * 0.25 + (1 + 0.25 * a_b) * b_c)


def test_a_rerouted_handoff_keeps_volume_and_yield():
    found = scenario_find(small(extra="D"), [SetVolume(0, 3), Reroute(0, 3)])
    assert found.after.delivered == pytest.approx(0.75 * 0.5 + 0.25 * 0.8 + 0.4)
    (new,) = found.new
    assert (new.key, new.customer, new.volume, new.yield_, new.instead_of) == (-2, 3, 3, 0.5, 0)
    assert found.removed == ()


def test_the_mean_does_not_drift():
    """Removing the only bad rating would raise the mean, and with it every assumed yield, if it were derived anew."""
    base = analyse(chain_of("a>b", "a>C", "b>C", ratings=(Rating("a", "b", 0), Rating("a", "C", 10))))
    after = apply_changes(base, [Remove(0)]).analysis
    assert after.yields.mean == base.yields.mean == 0.5
    np.testing.assert_array_equal(after.yields.value, base.yields.value[1:])
    np.testing.assert_array_equal(analyse(after.chain).yields.value, after.yields.value)  # complete by itself


def test_what_it_warns_of():
    assert scenario_find(small(), [Remove(2)]).warnings == (ScenarioWarning(WarningCode.NOTHING_LEAVES, 1),)
    chain = chain_of("a>b y=1", "b>C y=1", "b>a y=1", "c>D y=1")
    cut = scenario_find(analyse(chain), [Remove(1)])
    assert [(one.code, one.party) for one in cut.warnings] == [
        (WarningCode.CUSTOMER_WITHOUT, 2), (WarningCode.NO_WAY, 0), (WarningCode.NO_WAY, 1),
    ]  # fmt: skip
    assert cut.after.stranded == pytest.approx(2)
    all_gone = scenario_find(analyse(chain_of("a>C y=.5")), [Remove(0)])
    assert [one.code for one in all_gone.warnings] == [
        WarningCode.NOTHING_DELIVERED, WarningCode.CUSTOMER_WITHOUT, WarningCode.NOTHING_LEAVES,
    ]  # fmt: skip
    assert (all_gone.after.delivered, all_gone.after.stranded) == (0, 1)


@pytest.mark.parametrize(
    ("changes", "code", "field", "place"),
    [
        ([SetYield(9, 0.5)], ScenarioCode.UNKNOWN_HANDOFF, "handoff", 0),
        ([Remove(0), SetYield(0, 0.5)], ScenarioCode.UNKNOWN_HANDOFF, "handoff", 1),
        ([Remove(0), Remove(0)], ScenarioCode.DUPLICATE, "handoff", 1),
        ([SetYield(0, 1.5)], ScenarioCode.OUTSIDE, "yield", 0),
        ([SetYield(0, float("nan"))], ScenarioCode.OUTSIDE, "yield", 0),
        ([SetYield(0, 0.1), SetYield(0, 0.2)], ScenarioCode.DUPLICATE, "handoff", 1),
        ([SetVolume(0, 0)], ScenarioCode.OUTSIDE, "volume", 0),
        ([SetVolume(0, float("inf"))], ScenarioCode.OUTSIDE, "volume", 0),
        ([Add(0, 0)], ScenarioCode.TO_ITSELF, "customer", 0),
        ([Add(2, 0)], ScenarioCode.LEAVES_END_CUSTOMER, "supplier", 0),
        ([Add(0, 77)], ScenarioCode.UNKNOWN_PARTY, "customer", 0),
        ([Add(77, 0)], ScenarioCode.UNKNOWN_PARTY, "supplier", 0),
        ([Add(0, 1)], ScenarioCode.DUPLICATE, "customer", 0),
        ([Add(1, 0, "x"), Add(1, 0, "x")], ScenarioCode.DUPLICATE, "customer", 1),
        ([Add(1, 0, "x" * 201)], ScenarioCode.BAD_TEXT, "deliverable", 0),
        ([Reroute(0, 0)], ScenarioCode.TO_ITSELF, "customer", 0),
        ([Reroute(0, 2)], ScenarioCode.DUPLICATE, "customer", 0),
        ([SetYield(0, 0.5)] * 51, ScenarioCode.TOO_MANY, "changes", None),
    ],
)
def test_what_cannot_be_asked(changes, code, field, place):
    with pytest.raises(ScenarioError) as caught:
        scenario_find(small(), changes)
    assert (caught.value.code, caught.value.field, caught.value.place) == (code, field, place)


def test_what_was_taken_out_may_be_added_again_and_nothing_is_asked_of_an_unrated_chain():
    found = scenario_find(small(), [Remove(0), Add(0, 1, "", 1, 0.5)])
    assert found.gain == pytest.approx(0)
    with pytest.raises(ScenarioError) as caught:
        scenario_find(analyse(chain_of("a>C")), [])
    assert caught.value.code == ScenarioCode.NOTHING_RATED


def test_of_a_kept_scenario_what_cannot_be_made_is_left_out_and_told():
    changes = [SetYield(0, 0.9), Remove(44), Add(0, 2), SetYield(2, 1)]
    made, left_out = changes_possible(small(), changes)
    assert made == (changes[0], changes[3])
    assert [(one.code, one.place) for one in left_out] == [
        (ScenarioCode.UNKNOWN_HANDOFF, 1), (ScenarioCode.DUPLICATE, 2),
    ]  # fmt: skip


def test_the_base_is_left_as_it_was():
    base = small()
    value, volume = base.yields.value.copy(), base.chain.volume.copy()
    scenario_find(base, [SetYield(0, 1), SetVolume(1, 9), Remove(2), Add(1, 2, "x")])
    np.testing.assert_array_equal(base.yields.value, value)
    np.testing.assert_array_equal(base.chain.volume, volume)


@st.composite
def asked(draw: st.DrawFn) -> tuple[Analysis, list[object]]:
    """A small chain of any shape and changes that can be made to it."""
    chain = draw(random_chains())
    base = analyse(chain)
    assume(base.yields.known)
    n, m = chain.party_count, chain.handoff_count
    handoff, party, yield_ = st.integers(0, m - 1), st.integers(0, n - 1), st.floats(0, 1)
    volume = st.sampled_from([0.25, 1.0, 7.0])
    wanted = draw(
        st.lists(
            st.builds(SetYield, handoff, yield_)
            | st.builds(SetVolume, handoff, volume)
            | st.builds(Remove, handoff)
            | st.builds(Add, party, party, st.sampled_from(["", "plan", "new"]), volume, st.none() | yield_)
            | st.builds(Reroute, handoff, party),
            max_size=8,
        )
    )
    return base, list(changes_possible(base, wanted)[0])


@given(asked())
@settings(max_examples=120, deadline=None)
def test_equals_a_second_implementation_and_nothing_is_made_or_lost(case):
    base, changes = case
    found = scenario_find(base, changes)
    chain = base.chain
    ends = set(np.flatnonzero(chain.is_end_customer).tolist())
    totals, figures = solved(changed(rows_of(base), changes, base.yields.mean), chain.capacity, ends)
    for name, value in totals.items():
        assert getattr(found.after, name) == pytest.approx(value, rel=1e-9, abs=1e-9), name
    after = found.after
    assert after.created == pytest.approx(after.delivered + after.lost + after.stranded, rel=1e-9, abs=1e-12)
    assert after.created == found.before.created
    assert {one.key for one in found.new} == {key for key in figures if key < 0}
    for one in (*found.changed, *found.new):
        assert (one.flow, one.lost) == pytest.approx(figures[one.key], rel=1e-9, abs=1e-9)
    same = set(figures) - {one.key for one in (*found.changed, *found.new)}
    for key in same:
        assert base.flow.flow[key] == pytest.approx(figures[key][0], rel=1e-9, abs=1e-9)


@given(random_chains())
@settings(max_examples=60, deadline=None)
def test_a_yield_of_1_gains_what_is_recoverable(chain):
    base = analyse(chain)
    assume(base.yields.known)
    for handoff in range(chain.handoff_count):
        gain = scenario_find(base, [SetYield(handoff, 1.0)]).gain
        assert gain == pytest.approx(base.gains.recoverable[handoff], rel=1e-8, abs=1e-10)


@pytest.mark.parametrize("kind", ["team", "rework", "hard"])
def test_a_company_solved_by_iteration_equals_the_dense_solve(kind):
    base = analyse(company(700, kind))
    assert base.flow.method != "direct"
    order = np.argsort(-base.gains.recoverable)
    changes = [SetYield(int(order[0]), 1.0), Remove(int(order[1])), SetVolume(int(order[2]), 9.0),
               Add(0, 300, "new", 2.0), Reroute(int(order[3]), 350)]  # fmt: skip
    changes, left_out = changes_possible(base, changes)
    assert not left_out
    found = scenario_find(base, changes)
    ends = set(np.flatnonzero(base.chain.is_end_customer).tolist())
    totals, figures = solved(changed(rows_of(base), changes, base.yields.mean), base.chain.capacity, ends)
    for name, value in totals.items():
        assert getattr(found.after, name) == pytest.approx(value, rel=1e-9)
    worst = max(abs(one.flow - figures[one.key][0]) for one in (*found.changed, *found.new))
    assert worst <= 1e-9 * totals["created"]


def team_base() -> Analysis:
    ratings = [ProtectedRating(rater, "red", 100, "blue", 4) for rater in range(6)]
    parties = [TeamParty("blue", "Blue", capacity=4), TeamParty("red", "Red", capacity=6),
               TeamParty("end", "End customers", PartyKind.END_CUSTOMER)]  # fmt: skip
    handoffs = [TeamHandOffs("blue", "red", 6), TeamHandOffs("red", "red", 2), TeamHandOffs("red", "end", 4)]
    return analyse(team_chain(close_round(ratings).release, parties, handoffs))


def test_a_chain_of_teams_may_keep_work_inside_a_team():
    base = team_base()
    found = scenario_find(base, [SetYield(0, 1.0), Add(0, 0, "", 6.0, 1.0)], allow_self=True)
    totals, _figures = solved(
        changed(rows_of(base), [SetYield(0, 1.0), Add(0, 0, "", 6.0, 1.0)], base.yields.mean), base.chain.capacity, {2}
    )
    assert found.after.delivered == pytest.approx(totals["delivered"], rel=1e-9)
    with pytest.raises(ScenarioError):
        scenario_find(base, [Add(0, 0)])


def test_keys_of_the_caller_are_used():
    chain = chain_of(*SMALL)
    base = analyse(Chain(**{name: getattr(chain, name) for name in chain.__dataclass_fields__}
                         | {"handoff_keys": np.array([70, 80, 90]), "party_keys": np.array([5, 6, 7])}))  # fmt: skip
    found = scenario_find(base, [SetYield(90, 0.8), Add(6, 5, "back", 1.0, 0.5), Remove(70)])
    assert [one.key for one in found.changed] == [80, 90]
    assert (found.new[0].supplier, found.new[0].customer, found.removed) == (6, 5, (70,))
    assert apply_changes(base, [Remove(70)]).origin.tolist() == [1, 2]
