"""Whom a round tells that they are asked, and that it never tells whether somebody answered."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import HandOff, Notification, Party, Round
from chainmap.services.news import (
    NewsAddress,
    news_count,
    news_list,
    news_of_round,
    news_seen,
)
from chainmap.services.rounds import round_close, round_open, round_reopen
from tests.crowd import make_crowd
from tests.services.test_links import answer

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


@pytest.fixture
def open_round(organization, people):
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
    return round_open(actor=OPERATOR, round=draft)


# ---- asked to rate


def test_opening_tells_everybody_asked(organization, open_round, alice):
    told = Notification.objects.filter(kind=Kind.ASKED)
    assert {row.party.code for row in told} == {"alice", "bob", "carla"}
    assert {(row.round_id, row.by, row.handoff, row.is_mailed) for row in told} == {(open_round.pk, None, None, False)}
    [item] = news_list(user=alice, organization=organization)
    assert item.sentence == "Acme asks you about the work that is handed to you, in the round “Summer”."
    assert item.address == NewsAddress("answer", (organization.pk, open_round.pk))
    assert timezone.now() - item.made_at < timedelta(minutes=1), "a time as any other row has"


def test_who_gets_an_invitation_by_mail_gets_no_digest_of_it(organization, people):
    Party.objects.filter(code="bob").update(email="bob@acme.example")
    Party.objects.filter(code="carla").update(email="not an address")
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
    round_open(actor=OPERATOR, round=draft)
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]]
    assert {row.party.code: row.is_mailed for row in Notification.objects.all()} == {
        "alice": False,
        "bob": True,
        "carla": False,
    }


def test_outsiders_and_those_who_left_are_not_told(organization, people):
    Party.objects.filter(code="bob").update(left_on=timezone.localdate())
    draft = organization.rounds.create(
        name="Summer", mode="open", asks_end_customers=True, closes_at=timezone.now() + timedelta(days=5)
    )
    round_open(actor=OPERATOR, round=draft)
    assert {row.party.code for row in Notification.objects.all()} == {"alice", "carla"}


@pytest.mark.parametrize("mode", Round.Mode.values)
def test_nothing_tells_whether_somebody_answered(organization, people, mode):
    """Byte for byte the same rows, list and count, whether the reader answered, another did, or nobody."""
    draft = organization.rounds.create(name="Summer", mode=mode, closes_at=timezone.now() + timedelta(days=5))
    opened = round_open(actor=OPERATOR, round=draft)

    def everything():
        rows = list(Notification.objects.order_by("pk").values())
        return rows, news_list(user=people["alice"], organization=organization)

    before = everything()
    answer(opened, "bob")
    assert everything() == before
    answer(opened, "alice")
    assert everything() == before


def test_after_closing_it_is_no_news_any_more(organization, open_round, alice):
    assert news_count(user=alice, organization=organization) == 1
    Round.objects.filter(pk=open_round.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    round_close(actor=OPERATOR, round=Round.objects.get(pk=open_round.pk))
    assert news_count(user=alice, organization=organization) == 0
    [item] = news_list(user=alice, organization=organization)
    assert item.is_seen
    assert item.sentence == "You were asked in the round “Summer”. It takes no answers any more."
    assert item.address == NewsAddress("round", (organization.pk, open_round.pk))


def test_opening_again_tells_those_who_had_looked_and_nobody_twice(organization, open_round, alice):
    news_seen(user=alice, organization=organization, upto=timezone.now())
    round_close(actor=OPERATOR, round=open_round)
    round_reopen(actor=OPERATOR, round=open_round, closes_at=timezone.now() + timedelta(days=5))
    told = Notification.objects.filter(kind=Kind.ASKED, is_seen=False)
    assert sorted(row.party.code for row in told) == ["alice", "bob", "carla"]
    assert news_count(user=alice, organization=organization) == 1


def test_a_draft_that_cannot_be_opened_tells_nobody(organization, people):
    HandOff.objects.all().delete()
    draft = organization.rounds.create(name="Summer", mode="open")
    with pytest.raises(Exception, match="Nobody would be asked"):
        round_open(actor=OPERATOR, round=draft)
    assert not Notification.objects.exists()


# ---- how many queries


def test_telling_costs_three_queries_however_many_are_asked():
    costs = []
    for size in (8, 60):
        crowd = make_crowd(f"Crowd {size}", size=size)
        draft = crowd.rounds.create(name="Summer", mode="pair", closes_at=timezone.now() + timedelta(days=5))
        opened = round_open(actor=OPERATOR, round=draft)
        Notification.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            assert news_of_round(round=opened) == 3 * size
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 3
