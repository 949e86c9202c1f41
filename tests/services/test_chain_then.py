"""The chain as it was when a round closed: changes since are taken back, what came since is not there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from chainmap.models import Ask, HandOff, HandOffChange, Round
from chainmap.services.handoff_undo import handoff_undo
from chainmap.services.handoffs import handoff_add, handoff_edit
from chainmap.services.snapshots import chain_snapshot
from tests.pair import give_account, handoff_of, party

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(organization):
    """The round of the cast, closed yesterday."""
    found = Round.objects.get(organization=organization)
    found.closed_on = timezone.localdate() - timedelta(days=1)
    found.save()
    return found


@pytest.fixture
def bob(organization, alice):
    return give_account(organization, "bob")


def chain(round, **more):
    return chain_snapshot(organization=round.organization, round=round, as_it_was=True, **more)


def volumes(found):
    return {
        (found.party_ids[one], found.party_ids[other], what): volume
        for one, other, what, volume in zip(
            found.supplier.tolist(), found.customer.tolist(), found.deliverables, found.volume.tolist(), strict=True
        )
    }


def test_without_changes_it_is_the_chain_of_today(organization, spring):
    now = chain_snapshot(organization=organization, round=spring)
    then = chain(spring)
    assert volumes(then) == volumes(now)
    assert then.rating_score.tolist() == now.rating_score.tolist()


def test_what_was_added_since_was_not_there(organization, spring, bob):
    handoff_add(
        user=bob, organization=organization, side="given", other=party(organization, "ext"), deliverable="order"
    )  # fmt: skip
    HandOff.everything.update(is_claim=False)
    now = volumes(chain_snapshot(organization=organization))
    assert ("bob", "ext", "order") in now
    assert set(volumes(chain(spring))) == set(now) - {("bob", "ext", "order")}


def test_what_was_taken_out_or_changed_since_is_as_it_was(organization, spring, bob):
    plan = handoff_of(organization, "bob", "carla")
    HandOff.everything.filter(pk=plan.pk).update(supplier_says="yes")
    before = volumes(chain(spring))
    handoff_edit(
        user=bob, organization=organization, handoff=plan.pk, deliverable="timetable", volume=7.0,
        decision_owner=None, version=plan.version,
    )  # fmt: skip
    assert volumes(chain(spring)) == before
    assert HandOff.everything.get(pk=plan.pk).volume == 7.0
    HandOff.everything.filter(pk=plan.pk).update(is_removed=True)
    HandOffChange.objects.create(
        handoff=plan, kind="removed", before='{"is_removed": false}', after='{"is_removed": true}', version=9
    )
    found = chain(spring)
    assert volumes(found) == before
    assert len(found.rating_score) == 4  # the rating of what is there no more counts for then


def test_what_was_undone_is_back_already(organization, spring, bob):
    plan = handoff_of(organization, "bob", "carla")
    before = volumes(chain(spring))
    handoff_edit(
        user=bob, organization=organization, handoff=plan.pk, deliverable="timetable", volume=None,
        decision_owner=None, version=plan.version,
    )  # fmt: skip
    step = HandOffChange.objects.latest("pk")
    handoff_undo(user=bob, organization=organization, handoff=plan.pk, change=step.pk)
    assert volumes(chain(spring)) == before


def test_a_change_of_before_stays(organization, spring, bob):
    plan = handoff_of(organization, "bob", "carla")
    handoff_edit(
        user=bob, organization=organization, handoff=plan.pk, deliverable="timetable", volume=None,
        decision_owner=None, version=plan.version,
    )  # fmt: skip
    HandOffChange.objects.update(made_at=timezone.now() - timedelta(days=3))
    assert ("bob", "carla", "timetable") in volumes(chain(spring))


def test_what_a_round_that_asked_about_everything_did_not_ask_about_came_later(organization, spring):
    Round.objects.filter(pk=spring.pk).update(closed_on=date(2026, 5, 20))
    spring.refresh_from_db()
    asked = HandOff.objects.filter(organization=organization, customer__kind="employee")
    late = asked.get(deliverable="questions")
    for one in asked.exclude(pk=late.pk):
        Ask.objects.create(round=spring, handoff=one, rater=one.customer, rater_team="t", supplier_team="t")
    assert ("carla", "bob", "questions") not in volumes(chain(spring))
    assert ("carla", "client", "report") in volumes(chain(spring))  # end customers were not asked
    Round.objects.filter(pk=spring.pk).update(most_asked=3)
    spring.refresh_from_db()
    assert ("carla", "bob", "questions") in volumes(chain(spring))


def test_a_round_of_an_unknown_day_has_the_chain_of_today(organization):
    spring = Round.objects.get(organization=organization)
    assert spring.closed_on is None
    assert volumes(chain(spring)) == volumes(chain_snapshot(organization=organization))
