"""What two people agree, and what one person says of themselves, is found nowhere by anybody else."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from chainmap.domain.roles import Role
from chainmap.models import (
    Agreement,
    Assessment,
    ClientAnswer,
    Conversation,
    HandOff,
    HandOffChange,
    Membership,
    Moment,
    Need,
    Notification,
    Party,
    Preparation,
    Purpose,
    Rating,
    Story,
)
from chainmap.models.attempts import Attempt
from chainmap.services.digests import digests_send
from tests.cast import make_user
from tests.privacy.crawl import addresses, own_values, whole

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 2)
#: Every text that is private; each is found by this word and a number.
CANARY = "canary"


@pytest.fixture
def forecast(organization, people):
    """Alice hands Bob the forecast; "bobby" is the user who stands for Bob's place, without any other role."""
    handoff = HandOff.objects.select_related("supplier", "customer").get(
        organization=organization, deliverable="forecast"
    )
    user = make_user("bobby", organization, Role.MEMBER)
    Party.objects.filter(pk=handoff.customer_id).update(user=user, email="bobby@example.com")
    handoff.customer.refresh_from_db()
    return handoff


@pytest.fixture
def private(forecast):
    """One of everything the two have, full of canaries; the holes of their addresses."""
    alice, bob = forecast.supplier, forecast.customer
    HandOff.objects.filter(pk=forecast.pk).update(
        supplier_note=f"{CANARY} 1", customer_note=f"{CANARY} 2", customer_says="no"
    )
    need = Need.objects.create(handoff=forecast, text=f"{CANARY} 3", reply="talk", reply_note=f"{CANARY} 4")
    after = json.dumps({"text": f"{CANARY} 5"})
    change = HandOffChange.objects.create(handoff=forecast, party=bob, kind="need_added", after=after, version=2)
    talk = Conversation.objects.create(
        handoff=forecast, inviter=bob, invitee=alice, reason="low_score", words=f"{CANARY} 6", place=f"{CANARY} 7",
        starts_at=timezone.now() + timedelta(days=1), state="accepted",
    )  # fmt: skip
    Preparation.objects.create(
        conversation=talk, party=alice, gets=f"{CANARY} 8", needs=f"{CANARY} 9", unsaid=f"{CANARY} 10"
    )
    agreement = Agreement.objects.create(
        handoff=forecast, conversation=talk, sentence=f"{CANARY} 11", made_by=bob, owner=alice, due_on=DAY,
        state="agreed", score_before=3,
    )  # fmt: skip
    moment = Moment.objects.create(
        handoff=forecast, teller=bob, kind="misery", words=f"{CANARY} 12", reply=f"{CANARY} 13", told_on=DAY
    )
    answers = json.dumps(dict.fromkeys(("focus", "mindset"), 7))
    Assessment.objects.create(
        party=alice, code="orientation", edition=f"{CANARY} 14", about="person", answers=answers, answered_on=DAY
    )
    ClientAnswer.objects.create(party=alice, words=f"{CANARY} 15", answered_on=DAY)
    for kind, party in (("claimed", alice), ("agreement_due", alice), ("need", alice)):
        Notification.objects.create(party=party, by=bob, kind=kind, handoff=forecast, agreement=agreement)
    return {
        "handoff": forecast.pk, "need": need.pk, "change": change.pk, "conversation": talk.pk,
        "agreement": agreement.pk, "moment": moment.pk,
    }  # fmt: skip


def holes(organization, private) -> dict[str, object]:
    story = Story.objects.create(organization=organization, title="T", text="x", told_on=DAY)
    team = organization.teams.get(name="Sales")
    Purpose.objects.create(organization=organization, team=team, text="why")
    rating = Rating.objects.get(handoff__organization=organization, handoff__deliverable="forecast")
    # of the map and of workshops: all there is, and nothing where there is none
    return own_values(organization) | {
        "organization": organization.pk, "round": rating.round_id, "party": rating.handoff.supplier_id,
        "rating": rating.pk, "ask": 1, "token": "A" * 43, "story": story.pk, "team": team.pk,
        "code": "orientation", "about": "person", **private,
    }  # fmt: skip


def seen_by(user, values) -> dict[str, str]:
    """Address -> page, of all addresses at which this person is shown a canary, asked for with GET."""
    client = Client()
    client.force_login(user)
    found = {}
    for address in addresses(values):
        Attempt.objects.all().delete()
        page = whole(client.get(address))
        if CANARY.encode() in page:
            found[address] = page.decode()
    return found


def make_everybody(organization):
    """A user with every role there is, who stands for dan: what any of the others finds, they find."""
    user = make_user("every-role", organization, Role.MEMBER)
    for role in set(Role) - {Role.MEMBER}:
        Membership.objects.create(organization=organization, user=user, role=role.value)
    Party.objects.filter(organization=organization, code="dan").update(user=user)
    return user


def test_each_of_the_two_finds_what_is_shared_and_what_is_theirs_and_nobody_else_anything(
    organization, people, forecast, private, zoe
):
    """Also while one of the two would share the agreement with the coach.

    Preparation that is not shown, the answer to the first question, and the self-assessment are Alice's alone.
    """
    values = holes(organization, private)
    Agreement.objects.update(shared_by_supplier=True)
    for user in (make_everybody(organization), zoe):
        assert seen_by(user, values) == {}, user
    assert len(seen_by(people["alice"], values)) >= 6
    of_bob = seen_by(forecast.customer.user, values)
    assert len(of_bob) >= 6
    for address, page in of_bob.items():
        shown = set(re.findall(rf"{CANARY} (\d+)", page))
        assert not shown & {"8", "9", "10", "14", "15"}, address


def test_the_coach_finds_the_agreement_both_share_and_nothing_else(organization, people, forecast, private):
    values = holes(organization, private)
    Agreement.objects.update(shared_by_supplier=True, shared_by_customer=True)
    pages = seen_by(people["bob"], values).values()
    assert pages
    for page in pages:
        assert set(re.findall(rf"{CANARY}(?: (\d+))?", page)) == {"11"}
    everybody_else = make_everybody(organization)
    Membership.objects.filter(user=everybody_else, role=Role.COACH.value).delete()
    assert seen_by(everybody_else, values) == {}


def test_a_mail_says_that_there_is_something_and_not_what(organization, people, private, forecast):
    Party.objects.filter(pk=forecast.supplier_id).update(email="alice@example.com")
    now = timezone.now()
    assert digests_send(now=now + timedelta(hours=1)) == 1
    (message,) = mail.outbox
    assert message.to == ["alice@example.com"]
    assert CANARY not in str(message.message())
