"""What the database itself refuses of what two people agree, on SQLite and PostgreSQL alike, whoever writes."""

from __future__ import annotations

from datetime import date

import pytest

from chainmap.models import (
    Agreement,
    Assessment,
    ClientAnswer,
    Conversation,
    HandOff,
    Moment,
    Need,
    Notification,
    Party,
    Purpose,
    Story,
)
from tests.models.test_constraints import refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture
def forecast(organization):
    """Alice hands Bob the forecast."""
    return HandOff.objects.select_related("supplier", "customer").get(organization=organization, deliverable="forecast")


@pytest.fixture
def carla_party(organization):
    """Neither of the two."""
    return Party.objects.get(organization=organization, code="carla")


@pytest.fixture
def stranger(other_organization):
    return Party.objects.get(organization=other_organization, code="dan")


def agreement(forecast, **other):
    row = {"made_by": forecast.supplier, "owner": forecast.customer, "sentence": "by noon", "due_on": DAY}
    return Agreement.objects.create(handoff=forecast, **(row | other))


def test_a_conversation_is_between_the_two_sides(forecast, carla_party, stranger):
    sides = {"handoff": forecast, "inviter": forecast.supplier, "invitee": forecast.customer, "reason": "other"}
    made = Conversation.objects.create(**sides)
    for side in ("inviter", "invitee"):
        for other in (carla_party, stranger):
            assert refused(lambda side=side, other=other: Conversation.objects.create(**(sides | {side: other})))
    assert refused(lambda: Conversation.objects.create(**(sides | {"invitee": forecast.supplier})))
    assert refused(lambda: Conversation.objects.filter(pk=made.pk).update(state="loud"))
    assert refused(lambda: Conversation.objects.filter(pk=made.pk).update(minutes=0))


def test_an_agreement_is_kept_by_one_of_the_two(forecast, carla_party, stranger):
    made = agreement(forecast, decides=carla_party)
    for side in ("made_by", "owner"):
        assert refused(lambda side=side: agreement(forecast, **{side: carla_party}))
    assert refused(lambda: agreement(forecast, decides=stranger))
    assert refused(lambda: agreement(forecast, sentence=""))
    for wrong in ({"state": "x"}, {"supplier_outcome": "x"}, {"score_after": 11}, {"score_before": 11}):
        assert refused(lambda wrong=wrong: Agreement.objects.filter(pk=made.pk).update(**wrong))


def test_a_moment_is_not_told_by_the_supplier(forecast, stranger):
    told = {"handoff": forecast, "teller": forecast.customer, "kind": "magic", "told_on": DAY}
    Moment.objects.create(**told)
    for other in (forecast.supplier, stranger):
        assert refused(lambda other=other: Moment.objects.create(**(told | {"teller": other})))
    assert refused(lambda: Moment.objects.create(**(told | {"kind": "calm"})))


def test_a_need_says_something_and_its_answer_is_known(forecast):
    need = Need.objects.create(handoff=forecast, text="by noon")
    for wrong in ({"text": ""}, {"importance": 0}, {"importance": 4}, {"reply": "maybe"}):
        assert refused(lambda wrong=wrong: Need.objects.filter(pk=need.pk).update(**wrong))


def test_the_client_somebody_names_is_another_person_of_the_house(forecast, stranger):
    answer = ClientAnswer.objects.create(party=forecast.supplier, client=forecast.customer, answered_on=DAY)
    for wrong in (stranger, forecast.supplier):
        assert refused(lambda wrong=wrong: ClientAnswer.objects.filter(pk=answer.pk).update(client=wrong))
    assert refused(lambda: ClientAnswer.objects.create(party=forecast.supplier, answered_on=DAY))


def test_what_each_side_says_and_who_decides(forecast, stranger):
    assert refused(lambda: HandOff.objects.filter(pk=forecast.pk).update(supplier_says="so"))
    assert refused(lambda: HandOff.objects.filter(pk=forecast.pk).update(decision_owner=stranger))


def test_a_story_is_made_of_hand_offs_of_its_organization(forecast, organization, stranger):
    story = Story.objects.create(organization=organization, title="T", text="x", told_on=DAY)
    story.handoffs.add(forecast)
    theirs = HandOff.objects.filter(organization=stranger.organization).first()
    assert refused(lambda: story.handoffs.add(theirs))


def test_there_is_one_purpose_and_one_assessment_of_a_kind(organization, forecast):
    Purpose.objects.create(organization=organization, text="a")
    assert refused(lambda: Purpose.objects.create(organization=organization, text="b"))
    own = {"party": forecast.supplier, "code": "x", "about": "person", "answers": "{}", "answered_on": DAY}
    Assessment.objects.create(**own)
    assert refused(lambda: Assessment.objects.create(**own))


def test_a_removed_hand_off_is_out_of_the_chain_and_still_there(forecast, organization):
    agreement(forecast)
    HandOff.objects.filter(pk=forecast.pk).update(is_removed=True)
    assert not HandOff.objects.filter(pk=forecast.pk).exists()
    assert not organization.handoffs.filter(pk=forecast.pk).exists()
    assert HandOff.everything.get(pk=forecast.pk).agreements.count() == 1
    assert Agreement.objects.get().handoff == forecast
    twin = {"supplier": forecast.supplier, "customer": forecast.customer, "deliverable": "forecast"}
    assert refused(lambda: HandOff.objects.create(organization=organization, **twin))


def private_rows(forecast):
    """One row of everything that belongs to the two sides of the forecast."""
    two = {"inviter": forecast.supplier, "invitee": forecast.customer, "reason": "other"}
    return [
        Need.objects.create(handoff=forecast, text="x"),
        Conversation.objects.create(handoff=forecast, **two),
        agreement(forecast),
        Moment.objects.create(handoff=forecast, teller=forecast.customer, kind="magic", told_on=DAY),
        Notification.objects.create(party=forecast.supplier, kind="confirmed"),
        Assessment.objects.create(
            party=forecast.supplier, code="x", about="person", answers="{}", answered_on=DAY
        ),
    ]  # fmt: skip


def test_own_rows_are_seen_by_their_sides_and_shared_ones_by_the_coach(forecast, people, zoe):
    """Alice is the supplier; nobody of the cast stands for Bob's place in the chain."""
    rows = private_rows(forecast)
    seen = {
        name: [type(row).objects.visible_to(user).filter(pk=row.pk).exists() for row in rows]
        for name, user in [*people.items(), ("zoe", zoe)]
    }
    assert seen == {"alice": [True] * 6} | dict.fromkeys(["bob", "carla", "dora", "erik", "zoe"], [False] * 6)
    Agreement.objects.update(shared_by_supplier=True)
    assert not Agreement.objects.visible_to(people["bob"]).exists()
    Agreement.objects.update(shared_by_customer=True)
    Assessment.objects.update(is_shared=True)
    for name in people:
        shared = name in ("alice", "bob")
        assert Agreement.objects.visible_to(people[name]).exists() is shared, name
        assert Assessment.objects.visible_to(people[name]).exists() is shared, name
    Assessment.objects.update(about="team")
    assert not Assessment.objects.visible_to(people["bob"]).exists()


def test_a_place_with_what_its_user_wrote_alone_gets_no_other_user(forecast, people):
    alice = Party.objects.filter(pk=forecast.supplier_id)
    alice.update(user=people["dora"])
    ClientAnswer.objects.create(party=forecast.supplier, words="Bob", answered_on=DAY)
    assert refused(lambda: alice.update(user=people["alice"]))
    alice.update(user=people["dora"], name="Alice A.")
    alice.update(user=None)
    assert refused(lambda: alice.update(user=people["alice"]))
    ClientAnswer.objects.all().delete()
    alice.update(user=people["alice"])
