"""The digest when mails cannot leave, when two send at once, and what a mail costs."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.models import MailChoice, Notification, Party
from chainmap.services import digests
from chainmap.services.digests import (
    digest_set,
    digests_send,
)
from tests.services.digesting import LONG_AGO, chosen, receivers
from tests.services.test_mails import Refusing, Unreachable
from tests.telling import tell

pytestmark = pytest.mark.django_db
Kind = Notification.Kind


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def addresses(organization, people):
    """Alice and bob have an account and a mail address each."""
    Party.objects.filter(organization=organization, code="bob").update(user=people["bob"])
    for code in ("alice", "bob"):
        Party.objects.filter(organization=organization, code=code).update(email=f"{code}@acme.example")


@pytest.fixture
def news(organization, addresses):
    """Something alice did not look at for twenty minutes."""
    return tell(organization, ago=LONG_AGO)


# ---- when mails do not leave


def test_what_could_not_be_sent_is_tried_again(organization, news, now, settings):
    chosen(organization, "alice", "weekly", 9)
    before = MailChoice.objects.values().get()
    works, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.services.test_mails.Unreachable"
    Unreachable.opened = 0
    assert digests_send(now=now) == 0
    assert not Notification.objects.get().is_mailed
    assert MailChoice.objects.values().get() == before
    settings.EMAIL_BACKEND = works
    assert digests_send(now=now) == 1


def test_a_server_that_cannot_be_reached_is_not_tried_for_everybody(organization, people, now, settings):
    make_many(organization, people, 8)
    settings.EMAIL_BACKEND = "tests.services.test_mails.Unreachable"
    Unreachable.opened = 0
    digests._BATCH, before = 3, digests._BATCH
    try:
        assert digests_send(now=now) == 0
    finally:
        digests._BATCH = before
    assert Unreachable.opened == 2, "not anew for each batch"


def test_one_refused_address_does_not_stop_the_others(organization, people, now, settings, caplog):
    make_many(organization, people, 4)
    works, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.services.test_mails.Refusing"
    Refusing.sent = 0
    assert digests_send(now=now) == 2
    assert Notification.objects.filter(is_mailed=True).count() == 2
    assert "acme.example" not in caplog.text
    settings.EMAIL_BACKEND = works
    assert digests_send(now=now) == 2, "the other two"
    assert len(set(receivers())) == 2


def test_a_crash_in_the_middle_sends_nothing_twice(organization, people, now, monkeypatch):
    make_many(organization, people, 4)
    compose, left = digests._compose, [3]

    def fail(*args):
        left[0] -= 1
        if not left[0]:
            raise RuntimeError("the power is gone")
        return compose(*args)

    monkeypatch.setattr(digests, "_compose", fail)
    with pytest.raises(RuntimeError):
        digests_send(now=now)
    monkeypatch.undo()
    assert len(mail.outbox) == 2
    assert digests_send(now=now) == 2
    assert sorted(receivers()) == ["p0", "p1", "p2", "p3"], "each once"


def test_two_at_once_send_one(organization, news, now, monkeypatch):
    """The other run takes the day after this one looked and before its mail leaves."""
    take = digests._take_day

    def second_comes_first(found, today):
        if not mail.outbox:
            monkeypatch.setattr(digests, "_take_day", take)
            assert digests_send(now=now) == 1
        return take(found, today)

    monkeypatch.setattr(digests, "_take_day", second_comes_first)
    assert digests_send(now=now) == 0
    assert len(mail.outbox) == 1


def test_whoever_stops_it_at_that_moment_gets_none(organization, alice, news, now, monkeypatch):
    compose = digests._compose

    def stop(person, at):
        found = compose(person, at)
        digest_set(user=alice, organization=organization, digest="never")
        return found

    monkeypatch.setattr(digests, "_compose", stop)
    assert digests_send(now=now) == 0
    assert mail.outbox == []


def make_many(organization, people, number):
    """``number`` people with an account, an address and one piece of news each."""
    user_model = type(people["alice"])
    for each in range(number):
        user = user_model.objects.create(username=f"p{each}")
        user.memberships.create(organization=organization, role="member")
        Party.objects.create(
            organization=organization, code=f"p{each}", name=f"P {each}", capacity=1, user=user,
            email=f"p{each}@acme.example",
        )  # fmt: skip
        tell(organization, to=f"p{each}", ago=LONG_AGO)


def test_a_mail_costs_the_same_however_many_news_and_people(organization, people, now):
    make_many(organization, people, 2)
    with CaptureQueriesContext(connection) as few:
        digests_send(now=now)
    for row in Notification.objects.all():
        for kind in (Kind.NEED, Kind.MOMENT, Kind.CLAIMED, Kind.EDITED):
            tell(organization, kind, to=row.party.code, ago=LONG_AGO)
    MailChoice.objects.update(last_sent_on=None)
    with CaptureQueriesContext(connection) as many:
        assert digests_send(now=now) == 2
    assert len(many) <= len(few)


def test_nothing_to_do_costs_two_queries(organization, people, now, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert digests_send(now=now) == 0
