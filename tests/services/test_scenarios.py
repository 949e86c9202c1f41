"""What if and kept scenarios: who may, what is answered, and what became of a chain that changed since.

Of Acme (tests/cast.py) alice gives bob the forecast (6) and carla figures (4), bob gives carla the plan (9), carla the
client the report (8) and bob questions (unrated).
"""

from __future__ import annotations

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.scenario_changes import Add, Remove, Reroute, ScenarioCode, ScenarioError, SetVolume, SetYield
from chainmap.domain.texts import TextFault
from chainmap.models import HandOff, Party, Rating, Round, Scenario
from chainmap.services.analysis import analysis_find, findings_forget
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.scenarios import (
    MOST_SCENARIOS,
    scenario_compare,
    scenario_keep,
    scenario_open,
    scenario_remove,
    scenario_rename,
    scenarios_list,
)
from chainmap.services.what_if import repairs_find, what_if_base, what_if_find
from chainmap.services.what_if_names import party_named
from tests.domain.plain_what_if import changed, solved

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties(organization):
    return dict(Party.objects.filter(organization=organization).values_list("code", "pk"))


@pytest.fixture
def ask(organization, alice):
    def ask_(*changes, user=alice, round=None):
        return what_if_find(actor=user, organization=organization, round=round, changes=changes)

    return ask_


@pytest.fixture
def keep(organization, bob, handoffs):
    def keep_(name="Better forecast", *changes, user=bob, round=None, note=""):
        wanted = changes or (SetYield(handoffs["forecast"], 0.9),)
        return scenario_keep(actor=user, organization=organization, round=round, name=name, note=note, changes=wanted)

    return keep_


@pytest.fixture
def round_spring(organization):
    return organization.rounds.get(name="Spring")


def test_the_answer_is_a_full_resolve_written_apart(ask, organization, handoffs, parties):
    changes = (
        SetYield(handoffs["figures"], 1.0),
        SetVolume(handoffs["forecast"], 1.0),
        Remove(handoffs["questions"]),
        Add(parties["alice"], parties["client"], "advice", 2.0),
        Reroute(handoffs["paper"], parties["dan"]),
    )
    found = ask(*changes).finding
    base = analysis_find(actor=OPERATOR, organization=organization)
    chain = base.chain
    place = {key: at for at, key in enumerate(chain.party_keys.tolist())}
    rows = [
        {"key": int(chain.handoff_keys[h]), "i": int(chain.supplier[h]), "j": int(chain.customer[h]),
         "what": chain.deliverables[h], "w": float(chain.volume[h]), "y": float(base.yields.value[h])}
        for h in range(chain.handoff_count)
    ]  # fmt: skip
    moved = [
        Add(place[each.supplier], place[each.customer], each.deliverable, each.volume, each.yield_)
        if isinstance(each, Add)
        else Reroute(each.handoff, place[each.customer]) if isinstance(each, Reroute) else each
        for each in changes
    ]  # fmt: skip
    ends = set(np.flatnonzero(chain.is_end_customer).tolist())
    totals, figures = solved(changed(rows, moved, base.yields.mean), chain.capacity, ends)
    for name, value in totals.items():
        assert getattr(found.after, name) == pytest.approx(value, rel=1e-9, abs=1e-12)
    for one in (*found.changed, *found.new):
        assert one.flow == pytest.approx(figures[one.key][0], rel=1e-9)
    assert found.gain > 0


def test_everybody_inside_may_ask_and_nobody_outside(ask, people, zoe, handoffs):
    asked = {ask(SetYield(handoffs["report"], 1.0), user=user).finding.gain for user in people.values()}
    assert len(asked) == 1
    assert asked.pop() > 0
    with pytest.raises(NotFound):
        ask(user=zoe)


def test_what_belongs_to_another_organization_is_unknown(ask, other_organization, parties):
    theirs = HandOff.objects.filter(organization=other_organization).first().pk
    with pytest.raises(ScenarioError) as refused:
        ask(SetYield(theirs, 1.0))
    assert refused.value.code == ScenarioCode.UNKNOWN_HANDOFF
    them = Party.objects.filter(organization=other_organization).first().pk
    with pytest.raises(ScenarioError) as refused:
        ask(Add(parties["alice"], them))
    assert refused.value.code == ScenarioCode.UNKNOWN_PARTY


def test_asking_changes_nothing(ask, organization, handoffs):
    version = organization.data_version
    ask(Remove(handoffs["report"]))
    organization.refresh_from_db()
    assert organization.data_version == version
    assert HandOff.objects.filter(pk=handoffs["report"]).exists()
    assert ask().finding.gain == 0


def test_repairs_are_of_rated_handoffs_that_no_change_touches(organization, alice, handoffs):
    asked = {"actor": alice, "organization": organization, "round": None}
    found = repairs_find(**asked, count=5)
    steps = [step.handoff for step in found.repairs.steps]
    assert set(steps) == {handoffs[name] for name in ("forecast", "figures", "plan", "report")}
    assert steps[0] == handoffs["report"]
    told = what_if_find(**asked, changes=found.changes).finding
    assert told.gain == pytest.approx(found.repairs.gain)
    besides = repairs_find(**asked, count=1, changes=[SetYield(handoffs["report"], 0.9)])
    assert besides.repairs.steps[0].handoff != handoffs["report"]
    with pytest.raises(ValueError, match="2 repairs"):
        repairs_find(**asked, count=2)


def test_of_a_round_alone(ask, organization, bob, handoffs, round_spring):
    later = Round.objects.create(organization=organization, name="Autumn", mode="open", state="closed")
    row = HandOff.objects.get(pk=handoffs["report"])
    Rating.objects.create(round=later, handoff=row, rater=row.customer, score=2, given_on="2026-09-01")
    organization.touch()
    findings_forget()
    spring = ask(SetYield(handoffs["report"], 1.0), round=round_spring)
    autumn = ask(SetYield(handoffs["report"], 1.0), round=later)
    assert spring.finding.before.delivered > autumn.finding.before.delivered
    draft = Round.objects.create(organization=organization, name="Draft", mode="open", state="draft")
    with pytest.raises(NotFound):
        ask(round=draft)


def test_names_mean_parties(organization, alice, parties):
    base = what_if_base(actor=alice, organization=organization, round=None)
    asked = {"user": alice, "organization": organization, "base": base, "field": "customer"}
    assert party_named(**asked, text="Bob Brown") == parties["bob"]
    with pytest.raises(OwnProblem) as refused:
        party_named(**asked, text="Bib Brown")
    assert refused.value.field == "customer"
    assert "Bob Brown" in str(refused.value)
    assert base.party_name(10**9) == "?"
    assert base.parties()[0] == (parties["alice"], "Alice Adams")


def test_who_keeps(keep, people, zoe, organization):
    for name in ("bob", "carla", "dora"):
        assert keep(f"By {name}", user=people[name]).made_by == people[name]
    for name in ("alice", "erik"):
        with pytest.raises(PermissionDenied):
            keep("No", user=people[name])
        with pytest.raises(PermissionDenied):
            scenarios_list(actor=people[name], organization=organization)
    with pytest.raises(NotFound):
        keep("No", user=zoe)
    kept = scenarios_list(actor=people["carla"], organization=organization)
    assert [one.name for one in kept] == ["By bob", "By carla", "By dora"]


def test_what_cannot_be_kept(keep, handoffs, organization, bob):
    keep()
    with pytest.raises(OwnProblem) as refused:
        keep("Better forecast", SetYield(handoffs["plan"], 1.0))
    assert (refused.value.code, refused.value.field) == ("taken", "name")
    assert keep().pk == Scenario.objects.get().pk  # a second tap
    with pytest.raises(OwnProblem) as refused:
        keep(" \u200b ")
    assert refused.value.field == "name"
    with pytest.raises(TextFault):
        keep("x" * 81)
    with pytest.raises(TextFault):
        keep("y", note="x" * 501)
    with pytest.raises(ScenarioError):
        keep("z", SetYield(10**9, 1.0))
    with pytest.raises(OwnProblem):
        scenario_keep(actor=bob, organization=organization, round=None, name="Empty", changes=())
    Scenario.objects.bulk_create(
        Scenario(organization=organization, name=f"many {at}", changes="[]") for at in range(MOST_SCENARIOS)
    )
    with pytest.raises(OwnProblem) as refused:
        keep("One more")
    assert refused.value.code == "most_scenarios"


def test_a_stale_name_is_told_and_nothing_overwritten(keep, organization, bob, carla):
    kept = keep()
    asked = {"organization": organization, "pk": kept.pk}
    scenario_rename(actor=carla, **asked, name="Carla's", note="first", version=1)
    with pytest.raises(EditConflict) as conflict:
        scenario_rename(actor=bob, **asked, name="Bob's", note="", version=1)
    assert conflict.value.stored == {"name": "Carla's", "note": "first"}
    with pytest.raises(EditConflict):
        scenario_remove(actor=bob, **asked, version=1)
    keep("Taken")
    with pytest.raises(OwnProblem):
        scenario_rename(actor=bob, **asked, name="Taken", note="", version=2)
    scenario_remove(actor=bob, **asked, version=2)
    with pytest.raises(NotFound):
        scenario_remove(actor=bob, **asked, version=2)


def test_another_organization_s_scenario_does_not_exist(keep, zoe, other_organization, organization, bob):
    kept = keep()
    for organization_, user in ((organization, zoe), (other_organization, zoe)):
        with pytest.raises(NotFound):
            scenario_open(actor=user, organization=organization_, pk=kept.pk)
    with pytest.raises(NotFound):
        scenario_open(actor=bob, organization=organization, pk=10**9)
    theirs = Round.objects.get(organization=other_organization)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scenario.objects.create(organization=organization, round=theirs, name="x", changes="[]")


def test_what_vanished_is_told_and_kept(keep, organization, bob, handoffs, parties):
    kept = keep(
        "All sorts",
        SetYield(handoffs["forecast"], 0.9),
        SetYield(handoffs["plan"], 1.0),
        Add(parties["alice"], parties["client"], "advice"),
        Reroute(handoffs["questions"], parties["dan"]),
    )
    before = scenario_open(actor=bob, organization=organization, pk=kept.pk)
    assert (before.left_out, len(before.sentences)) == ((), 4)
    HandOff.objects.filter(pk=handoffs["forecast"]).update(is_removed=True)
    HandOff.objects.create(
        organization=organization, supplier_id=parties["alice"], customer_id=parties["client"], deliverable="advice"
    )
    HandOff.objects.filter(pk=handoffs["questions"]).delete()
    organization.touch()
    opened = scenario_open(actor=bob, organization=organization, pk=kept.pk)
    assert opened.changes == (SetYield(handoffs["plan"], 1.0),)
    assert opened.kept == before.kept  # nothing is lost: it may come back
    assert opened.finding is not None
    assert opened.finding.gain > 0
    first, second, third = opened.left_out
    assert "Alice Adams" in first.sentence
    assert "forecast" in first.sentence
    assert "by now" in second.why
    assert "no longer" in third.sentence
    HandOff.everything.filter(pk=handoffs["forecast"]).update(is_removed=False)
    organization.touch()
    assert len(scenario_open(actor=bob, organization=organization, pk=kept.pk).left_out) == 2


def test_without_figures_it_says_why(keep, organization, bob, round_spring):
    kept = keep("Of the round", round=round_spring)
    assert scenario_open(actor=bob, organization=organization, pk=kept.pk).finding is not None
    Round.objects.filter(pk=round_spring.pk).update(state="open")
    opened = scenario_open(actor=bob, organization=organization, pk=kept.pk)
    assert (opened.finding, opened.problem, len(opened.kept)) == (None, "no_figures", 1)
    Round.objects.filter(pk=round_spring.pk).update(state="closed")
    Rating.objects.all().delete()
    organization.touch()
    opened = scenario_open(actor=bob, organization=organization, pk=kept.pk)
    assert (opened.finding, opened.problem) == (None, "nothing_rated")
    Scenario.objects.filter(pk=kept.pk).update(changes="{")
    assert scenario_open(actor=bob, organization=organization, pk=kept.pk).kept == ()


def test_side_by_side(keep, organization, bob, alice, handoffs):
    pks = [keep(f"{name}", SetYield(handoffs[name], 1.0)).pk for name in ("forecast", "plan", "report")]
    opened = scenario_compare(actor=bob, organization=organization, pks=pks[::-1])
    assert [one.scenario.name for one in opened] == ["report", "plan", "forecast"]
    for wrong in (pks[:1], [pks[0]] * 2, [*pks, 1, 2], []):
        with pytest.raises(OwnProblem):
            scenario_compare(actor=bob, organization=organization, pks=wrong)
    with pytest.raises(NotFound):
        scenario_compare(actor=bob, organization=organization, pks=[pks[0], 10**9])
    with pytest.raises(PermissionDenied):
        scenario_compare(actor=alice, organization=organization, pks=pks)
