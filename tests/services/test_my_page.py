"""What my page gathers: only the reader's own, in the order of the screen, with as many queries for 10 as for 200."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.findings import Basis
from chainmap.domain.solver import SolverError
from chainmap.models import (
    Agreement,
    ClientAnswer,
    Conversation,
    HandOff,
    Membership,
    Moment,
    Need,
    Party,
    Purpose,
    Rating,
)
from chainmap.services.due_now import MOST_LISTED, MOST_SHOWN
from chainmap.services.first_question import client_answer_save
from chainmap.services.my_page import home_organization, my_page_find
from chainmap.services.rounds import RoundPlan, round_create, round_open
from tests.pair import party

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def answered(alice, organization):
    return client_answer_save(user=alice, organization=organization, words="Bob Brown")


@pytest.fixture
def mine(alice, organization, answered):
    return lambda: my_page_find(user=alice, organization=organization)


def handoff(deliverable):
    return HandOff.objects.get(deliverable=deliverable)


def agree(row, *, days=0, made_by="customer", **fields):
    maker = getattr(row, made_by)
    due = TODAY() + timedelta(days=days)
    return Agreement.objects.create(
        handoff=row, sentence=fields.pop("sentence", "Send it on Monday"), made_by=maker, owner=row.supplier,
        due_on=due, **fields
    )  # fmt: skip


def invite(row, **fields):
    return Conversation.objects.create(
        handoff=row, inviter=row.customer, invitee=row.supplier, reason="other", **fields
    )


def test_nothing_is_gathered_before_the_first_answer(alice, organization):
    assert my_page_find(user=alice, organization=organization) is None


def test_who_stands_for_no_party_has_no_page(organization, carla, zoe):
    for user in (carla, zoe):
        with pytest.raises(NotFound):
            my_page_find(user=user, organization=organization)


def test_the_client_with_its_hand_offs_evidence_and_way(mine, alice):
    """alice -forecast-> bob -plan-> carla -report-> client; one rating of the forecast."""
    page = mine()
    assert (page.client.client.name, page.client.is_same, page.client.confirmed) == ("Bob Brown", True, 0)
    assert [row.own.handoff.deliverable for row in page.client.rows] == ["forecast"]
    assert (page.client.evidence.basis, page.client.evidence.ratings) == (Basis.RATED, 1)
    assert [step.customer for step in page.path.steps] == ["bob", "carla", "client"]
    assert page.path.names["client"] == "The client"
    assert page.path.me == "alice"
    assert page.named_share == page.client.client.share


def test_another_answer_has_its_own_share(mine, alice, organization):
    """The rest of what alice delivers goes through carla."""
    client_answer_save(user=alice, organization=organization, words="Carla Conti")
    page = mine()
    assert not page.client.is_same
    assert page.named_share == pytest.approx(1 - page.client.client.share)
    client_answer_save(user=alice, organization=organization, words="The client")
    assert mine().named_share is None, "served through others only"


def test_what_both_sides_confirmed_is_counted(mine):
    HandOff.objects.filter(deliverable="forecast").update(supplier_says="yes", customer_says="yes")
    assert mine().client.confirmed == 1


def test_both_sides_come_by_size_with_how_many_there_are(mine, organization):
    alice, bob = party(organization, "alice"), party(organization, "bob")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=alice, customer=bob, deliverable=f"d{size}", volume=10 + size)
        for size in range(6)
    )
    page = mine()
    assert [row.own.handoff.deliverable for row in page.given.rows] == ["d5", "d4", "d3", "d2", "d1"]
    assert (page.given.total, page.received.total) == (8, 1)
    assert [row.own.other.name for row in page.received.rows] == ["Paper mill"]


def test_before_the_first_rating_there_is_a_client_and_no_way(mine, organization):
    Rating.objects.all().delete()
    organization.touch()
    page = mine()
    assert page.client.client.name == "Bob Brown"
    assert page.path.steps == ()


def test_a_loop_that_cannot_be_solved_leaves_the_rest_of_the_page(mine, monkeypatch):
    def refuse(*_anything):
        raise SolverError("too close to a closed loop")

    monkeypatch.setattr("chainmap.domain.analysis.find_value_flow", refuse)
    page = mine()
    assert page.client.client.basis == "unsolved"
    assert page.path.steps == ()
    assert page.given.total == 2


def test_an_empty_place_has_a_page_too(organization, mine):
    """dan: nobody hands him anything and he hands on nothing."""
    user = mine().party.user
    Party.objects.filter(code="alice").update(user=None)
    Party.objects.filter(code="dan").update(user=user)
    client_answer_save(user=user, organization=organization, words="")
    page = my_page_find(user=user, organization=organization)
    assert page.client is None
    assert (page.given.total, page.received.total) == (0, 0)
    assert (page.due.items, page.moments.told_to_me, page.moments.told_by_me) == ((), (), ())


def test_due_comes_in_the_order_of_the_screen(mine, organization, bob):
    forecast, paper = handoff("forecast"), handoff("paper")
    invite(forecast)
    agree(forecast)
    claim = HandOff.objects.create(
        organization=organization, supplier=party(organization, "carla"), customer=party(organization, "alice"),
        deliverable="review", supplier_says="yes",
    )  # fmt: skip
    HandOff.objects.filter(pk=paper.pk).update(supplier_says="yes")  # an external supplier confirms nothing
    round_open(actor=bob, round=round_create(actor=bob, organization=organization, plan=RoundPlan(name="Now")))
    due = mine().due
    assert [item.kind for item in due.items] == ["agreement", "invitation", "rating"]
    assert [item.kind for item in due.listed] == ["claim"]
    assert due.items[2].missing == 2
    assert due.listed[0].own.handoff == claim
    assert not due.listed[0].own.is_supplier
    assert (due.more, due.talks_left, due.handoffs_left) == (1, 0, 0)


def test_what_is_not_the_readers_turn_is_not_due(mine):
    forecast = handoff("forecast")
    agree(forecast, made_by="supplier")  # waits for bob
    agree(forecast, days=3, state="agreed")  # not yet
    agree(forecast, state="agreed", supplier_outcome="kept")  # said already
    invite(forecast, state="accepted")
    agree(handoff("plan"))  # of others
    assert mine().due.items == ()


def test_many_due_things_are_cut_and_counted(mine, organization, bob):
    forecast = handoff("forecast")
    for number in range(8):
        agree(forecast, sentence=f"Agreement {number}")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=party(organization, "bob"), deliverable=f"claim {number}",
                customer=party(organization, "alice"), supplier_says="yes")
        for number in range(20)
    )  # fmt: skip
    due = mine().due
    assert (len(due.items), len(due.listed)) == (MOST_SHOWN, MOST_LISTED)
    assert (due.talks_left, due.handoffs_left, due.more) == (0, 13, 25)
    round_open(actor=bob, round=round_create(actor=bob, organization=organization, plan=RoundPlan(name="Now")))
    due = mine().due
    assert [item.kind for item in due.items] == ["agreement", "agreement", "rating"], "never hidden by agreements"
    for number in range(20):
        agree(forecast, sentence=f"More {number}")
    due = mine().due
    assert (due.talks_left, due.handoffs_left, due.more) == (14, 20, 46)


def test_what_the_other_side_said_is_due_until_it_is_answered(mine, organization):
    """Bob disputes the forecast, tells a misery, needs two things, and declined a coffee."""
    forecast = handoff("forecast")
    HandOff.objects.filter(pk=forecast.pk).update(customer_says="no", supplier_says="yes")
    Moment.objects.create(handoff=forecast, teller=forecast.customer, kind="misery", told_on=TODAY())
    Moment.objects.create(handoff=forecast, teller=forecast.customer, kind="magic", told_on=TODAY())
    for text in ("By noon", "In hours"):
        Need.objects.create(handoff=handoff("figures"), text=text)
    Need.objects.create(handoff=forecast, text="Of what is disputed")
    Conversation.objects.create(
        handoff=handoff("figures"), inviter=party(organization, "alice"), invitee=party(organization, "carla"),
        reason="other", state="declined",
    )  # fmt: skip
    due = mine().due
    found = {item.kind: item for item in (*due.items, *due.listed)}
    assert list(found) == ["disputed", "misery", "needs", "declined"]
    assert found["disputed"].own.handoff == forecast
    assert (found["needs"].own.handoff, found["needs"].missing) == (handoff("figures"), 2)
    assert found["declined"].conversation.invitee.code == "carla"

    invite(forecast)  # under way
    Moment.objects.filter(kind="misery").update(reply="Sorry")
    Need.objects.filter(text="By noon").update(reply="agreed")
    Need.objects.filter(text="In hours").update(is_removed=True)
    Conversation.objects.filter(state="declined").update(state="withdrawn")  # let it be
    due = mine().due
    assert [item.kind for item in due.items] == ["invitation"]


def test_a_declined_invitation_is_over_once_somebody_invited_again(mine, organization):
    figures = handoff("figures")
    for state in ("declined", "ended"):
        Conversation.objects.create(
            handoff=figures, inviter=figures.supplier, invitee=figures.customer, reason="other", state=state
        )
    assert mine().due.items == ()


def test_words_of_those_who_left_and_of_outsiders_are_not_due(mine, organization):
    forecast, paper = handoff("forecast"), handoff("paper")
    HandOff.objects.filter(pk__in=(forecast.pk, paper.pk)).update(customer_says="no", supplier_says="no")
    HandOff.objects.filter(pk=paper.pk).update(customer_says="")
    Moment.objects.create(handoff=forecast, teller=forecast.customer, kind="misery", told_on=TODAY())
    Need.objects.create(handoff=forecast, text="By noon")
    Conversation.objects.create(
        handoff=forecast, inviter=forecast.supplier, invitee=forecast.customer, reason="other", state="declined"
    )
    Party.objects.filter(organization=organization, code="bob").update(left_on=TODAY())
    assert mine().due.items == ()


def test_purposes_and_moments_come_along(mine, organization):
    alice = party(organization, "alice")
    Purpose.objects.create(organization=organization, text="Everybody at home on time")
    Purpose.objects.create(organization=organization, team=alice.team, text="No promise we cannot keep")
    Moment.objects.create(
        handoff=handoff("forecast"), teller=party(organization, "bob"), kind="magic", words="Saved my day",
        told_on=date(2026, 5, 4),
    )  # fmt: skip
    page = mine()
    assert page.purposes.organization == "Everybody at home on time"
    assert page.purposes.teams[alice.team_id] == "No promise we cannot keep"
    assert [moment.words for moment in page.moments.told_to_me] == ["Saved my day"]


def test_nothing_of_others_comes_along(mine, organization, other_organization):
    """Rows about hand-offs of others, in this organization and in another one."""
    alien = HandOff.objects.get(organization=other_organization, deliverable="CANARY forecast")
    for row in (handoff("plan"), alien):
        agree(row)
        invite(row)
        Moment.objects.create(handoff=row, teller=row.customer, kind="magic", told_on=date(2026, 5, 4))
        ClientAnswer.objects.create(party=row.supplier, words="CANARY", answered_on=date(2026, 5, 4))
    page = mine()
    assert page.due.items == ()
    assert (page.moments.told_to_me, page.moments.told_by_me) == ((), ())
    assert "CANARY" not in repr(page)


def test_as_many_queries_for_10_as_for_200_hand_offs(mine, organization):
    alice, bob = party(organization, "alice"), party(organization, "bob")

    def queries():
        organization.touch()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            mine()
        return len(captured)

    counts = []
    for start, end in ((0, 5), (5, 100)):
        HandOff.objects.bulk_create(
            HandOff(organization=organization, supplier=supplier, customer=customer, deliverable=f"{number}",
                    supplier_says="yes")
            for number in range(start, end)
            for supplier, customer in ((alice, bob), (bob, alice))
        )  # fmt: skip
        given = list(HandOff.objects.filter(supplier=alice, customer=bob, deliverable__in=map(str, range(start, end))))
        for row in given[:10]:
            agree(row)
            invite(row)
            Moment.objects.create(handoff=row, teller=bob, kind="magic", told_on=date(2026, 5, 4))
        counts.append(queries())
    assert counts[0] == counts[1] <= 40


def test_home_is_my_page_for_members_of_one_organization_who_stand_for_a_party(
    alice, bob, erik, organization, other_organization
):
    assert home_organization(user=alice, organizations=[organization]) == organization
    for user in (bob, erik):
        assert home_organization(user=user, organizations=[organization]) is None
    assert home_organization(user=alice, organizations=[organization, other_organization]) is None
    assert home_organization(user=alice, organizations=[]) is None
    Membership.objects.create(organization=organization, user=alice, role="coach")
    assert home_organization(user=alice, organizations=[organization]) is None


def test_home_of_a_member_without_a_party_is_as_before(alice, organization):
    Party.objects.update(user=None)
    assert home_organization(user=alice, organizations=[organization]) is None
