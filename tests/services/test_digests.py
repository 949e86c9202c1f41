"""The digest: who gets it and when, and what it never says."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from chainmap.models import Agreement, MailChoice, Moment, Need, Notification, Party, Preparation, Rating, Story
from chainmap.services.digests import (
    choice_token,
    digest_set,
    digests_send,
)
from chainmap.services.rounds import OPERATOR, round_open
from tests.services.digesting import LONG_AGO, chosen, receivers
from tests.services.test_links import answer
from tests.services.test_mails import HOSTILE
from tests.telling import forecast, make_agreement, make_talk, tell

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


# ---- what it says


def test_one_mail_gathers_what_was_not_looked_at(organization, news, now, settings):
    settings.CHAINMAP_URL = "https://chain.example/x"
    tell(organization, Kind.INVITED, ago=LONG_AGO * 2, conversation=make_talk(organization))
    assert digests_send(now=now) == 1
    [message] = mail.outbox
    assert message.to == ["alice@acme.example"]
    assert message.subject == "Acme: 2 things are new for you"
    address = "https://chain.example/x" + reverse("chainmap:mail_choice", args=[choice_token(party=news.party)])
    assert message.body == (
        "Hello Alice Adams,\n\nthis is new for you at Acme:\n\n"
        "- Bob Brown confirmed a hand-off you give.\n- Bob Brown invites you for a coffee.\n\n"
        "Read it and answer here, after signing in:\n"
        f"https://chain.example/x{reverse('chainmap:news', args=[organization.pk])}\n\n"
        "What was written to you stands on the page alone, never in a mail.\n\n"
        f"This mail comes at most once a day. Get it once a week or never, without signing in:\n{address}\n"
    )
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    raw = message.message()
    assert raw["List-Unsubscribe"] == f"<{address}>"
    assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (raw["Auto-Submitted"], raw["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert Notification.objects.filter(is_mailed=True).count() == 2
    assert not Notification.objects.filter(is_seen=True).exists(), "a mail is not a look"


def test_of_one_thing_the_subject_says_one(news, now):
    digests_send(now=now)
    assert mail.outbox[0].subject == "Acme: one thing is new for you"


def test_the_same_said_often_is_said_once_and_many_are_counted(organization, addresses, now):
    for number in range(30):
        person = Party.objects.create(organization=organization, code=f"p{number}", name=f"P {number}", capacity=1)
        tell(organization, Kind.NEED, by=person.code, ago=LONG_AGO + timedelta(seconds=number))
        tell(organization, Kind.NEED, by="carla", ago=LONG_AGO)
    digests_send(now=now)
    lines = [line for line in mail.outbox[0].body.splitlines() if line.startswith("- ")]
    assert lines[0] == "- Carla Conti said what they need from you. (30 times)"
    assert lines[1] == "- P 0 said what they need from you."
    assert len(lines) == 21
    assert lines[20] == "- and 11 more"
    assert "60 things" in mail.outbox[0].subject
    assert not Notification.objects.filter(is_mailed=False).exists()


def test_what_was_answered_meanwhile_is_left_out(organization, news, now):
    proposed = make_agreement(organization)
    tell(organization, Kind.PROPOSED, ago=LONG_AGO, agreement=proposed)
    tell(organization, Kind.INVITED, ago=LONG_AGO, conversation=make_talk(organization, state="accepted"))
    Agreement.objects.filter(pk=proposed.pk).update(state="withdrawn")
    assert digests_send(now=now) == 1
    [message] = mail.outbox
    assert message.body.count("\n- ") == 1
    assert "one thing is new" in message.subject
    assert "confirmed" in message.body


def test_nothing_but_what_is_done_sends_no_mail(organization, addresses, now):
    tell(organization, Kind.INVITED, ago=LONG_AGO, conversation=make_talk(organization, state="declined"))
    assert digests_send(now=now) == 0
    assert mail.outbox == []


def test_it_never_tells_what_was_written_handed_over_or_scored(organization, addresses, now):
    """Every kind there is, each of rows full of words and scores."""
    given = forecast(organization)
    given.deliverable, given.supplier_note, given.customer_note = "CANARY deliverable", "CANARY note", "CANARY note"
    given.save()
    agreement = make_agreement(organization, score_before=3, score_after=7, state="agreed")
    proposed = make_agreement(organization, score_before=3)
    talk = make_talk(organization, place="CANARY place")
    Preparation.objects.create(conversation=talk, party=given.customer, gets="CANARY", needs="CANARY", unsaid="CANARY")
    Need.objects.create(handoff=given, text="CANARY need", reply_note="CANARY reply")
    moment = Moment(handoff=given, teller=given.customer, kind="misery", words="CANARY")
    moment.told_on = now.date()
    moment.save()
    Moment.objects.create(
        handoff=given, teller=given.customer, kind="magic", words="CANARY", reply="CANARY", told_on=now.date()
    )
    story = Story.objects.create(organization=organization, title="CANARY", text="CANARY", told_on=now.date())
    Rating.objects.filter(handoff=given).update(score=3)
    for kind in Kind.values:
        if kind == "asked":
            continue
        about = {"agreement": agreement} if kind in {"agreed", "agreement_due"} else {}
        about |= {"agreement": proposed} if kind == "proposed" else {}
        about |= {"conversation": talk} if kind.startswith("invit") else {}
        about |= {"story": story} if kind == "story" else {}
        tell(organization, kind, ago=LONG_AGO, **about)
    assert digests_send(now=now) == 1
    [message] = mail.outbox
    assert message.body.count("\n- ") == len(Kind.values) - 1
    assert "CANARY" not in message.message().as_string()
    said = re.sub(r"https?://\S+", "", message.body)
    assert not re.search(r"\d", said), "no score, no figure"


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_stay_text_on_one_line(organization, news, now, name):
    digests_send(now=now)
    [plain] = mail.outbox
    Notification.objects.update(is_mailed=False)
    MailChoice.objects.all().delete()
    stored = name.replace("\0", "")[:200]  # PostgreSQL keeps no NUL
    type(organization).objects.filter(pk=organization.pk).update(name=stored)
    Party.objects.filter(organization=organization).update(name=stored)
    assert digests_send(now=now) == 1
    message = mail.outbox[1]
    raw = message.message()
    assert sorted(raw.keys()) == sorted(plain.message().keys()), "no header more"
    assert raw["To"] == "alice@acme.example"
    assert not re.search(r"[\x00-\x1f\u202e\u200b\u2028]", message.subject)
    assert len(message.subject) <= 200
    assert message.body.count("\n") == plain.body.count("\n"), "no line more"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e\u200b\u2028]", message.body)


def test_nothing_of_it_depends_on_whether_somebody_answered(organization, people, addresses, now):
    """The address came after the opening, so that the digest tells of the round."""
    Party.objects.filter(organization=organization).update(email="")
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=now + timedelta(days=5))
    opened = round_open(actor=OPERATOR, round=draft)
    Notification.objects.update(made_at=now - LONG_AGO)
    Party.objects.filter(organization=organization, code="alice").update(email="alice@acme.example")
    bodies = []
    for code in (None, "bob", "alice"):
        if code:
            answer(opened, code)
        Notification.objects.update(is_mailed=False)
        MailChoice.objects.all().delete()
        assert digests_send(now=now) == 1
        bodies.append((mail.outbox[-1].subject, mail.outbox[-1].body))
    assert len(set(bodies)) == 1
    assert "- Acme asks you about the work that is handed to you, in the round “Summer”.\n" in bodies[0][1]


def test_a_round_that_is_over_is_not_mailed(organization, people, addresses, now):
    Party.objects.filter(organization=organization).update(email="")
    draft = organization.rounds.create(name="Summer", mode="pair", closes_at=now + timedelta(days=5))
    round_open(actor=OPERATOR, round=draft)
    Notification.objects.update(made_at=now - LONG_AGO)
    Party.objects.filter(organization=organization, code="alice").update(email="alice@acme.example")
    assert digests_send(now=now + timedelta(days=6)) == 0


# ---- who gets one, and when


def test_what_is_fresh_seen_or_told_already_is_not_mailed(organization, addresses, now):
    tell(organization, ago=timedelta(minutes=14))
    tell(organization, Kind.NEED, ago=LONG_AGO, is_seen=True)
    tell(organization, Kind.MOMENT, ago=LONG_AGO, is_mailed=True)
    assert digests_send(now=now) == 0
    assert digests_send(now=now + timedelta(minutes=2)) == 1
    assert "confirmed" in mail.outbox[0].body
    assert mail.outbox[0].body.count("\n- ") == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda user, party: Party.objects.filter(pk=party.pk).update(email=""),
        lambda user, party: Party.objects.filter(pk=party.pk).update(email="no address"),
        lambda user, party: Party.objects.filter(pk=party.pk).update(left_on=timezone.localdate()),
        lambda user, party: Party.objects.filter(pk=party.pk).update(kind="external_supplier"),
        lambda user, party: Party.objects.filter(pk=party.pk).update(user=None),
        lambda user, party: user.memberships.all().delete(),
        lambda user, party: type(user).objects.filter(pk=user.pk).update(is_active=False),
    ],
    ids=["no address", "none that is one", "left", "no employee", "no account", "no membership", "inactive"],
)
def test_whoever_could_not_read_it_on_the_page_gets_none(organization, alice, news, now, change):
    tell(organization, to="bob", by="alice", ago=LONG_AGO)
    change(alice, news.party)
    assert digests_send(now=now) == 1
    assert receivers() == ["bob"]


def test_a_role_in_another_organization_is_none_here(organization, other_organization, alice, news, now):
    alice.memberships.update(organization=other_organization)
    assert digests_send(now=now) == 0


def test_what_nobody_will_be_mailed_is_not_looked_through_again(organization, alice, news, now):
    alice.memberships.all().delete()
    digests_send(now=now)
    assert Notification.objects.get().is_mailed
    assert not Notification.objects.get().is_seen


def test_daily_is_once_a_day(organization, news, now):
    assert digests_send(now=now) == 1
    tell(organization, Kind.NEED, ago=LONG_AGO)
    assert digests_send(now=now) == 0
    assert MailChoice.objects.get().last_sent_on == timezone.localdate(now)
    assert digests_send(now=now + timedelta(days=1)) == 1
    assert "confirmed" not in mail.outbox[1].body, "that was told"


@pytest.mark.parametrize(
    ("digest", "days", "sent"),
    [
        ("daily", None, 1), ("daily", 0, 0), ("daily", 1, 1),
        ("weekly", None, 1), ("weekly", 1, 0), ("weekly", 6, 0), ("weekly", 7, 1),
        ("never", None, 0), ("never", 30, 0),
    ],
)  # fmt: skip
def test_as_often_as_was_chosen(organization, news, now, digest, days, sent):
    chosen(organization, "alice", digest, days)
    assert digests_send(now=now) == sent
    assert Notification.objects.get().is_mailed == (sent == 1 or digest == "never")


def test_never_is_not_made_up_for_later(organization, alice, news, now):
    chosen(organization, "alice", "never")
    digests_send(now=now)
    digest_set(user=alice, organization=organization, digest="daily")
    assert digests_send(now=now) == 0


def test_two_who_share_an_address_get_a_mail_each(organization, news, now):
    tell(organization, to="bob", by="alice", ago=LONG_AGO)
    Party.objects.filter(organization=organization).update(email="all@acme.example")
    assert digests_send(now=now) == 2
    assert {message.body.split(",")[0] for message in mail.outbox} == {"Hello Alice Adams", "Hello Bob Brown"}


def test_agreements_are_rows_of_the_two_alone_also_here(organization, addresses):
    """What the mail is made of is read for its reader: news of bob's are not in alice's mail."""
    tell(organization, Kind.PROPOSED, agreement=make_agreement(organization), ago=LONG_AGO)
    tell(organization, Kind.AGREED, to="bob", by="alice", agreement=Agreement.objects.get(), ago=LONG_AGO)
    assert digests_send(now=timezone.now()) == 2
    by_reader = {message.to[0]: message.body for message in mail.outbox}
    assert "proposes" in by_reader["alice@acme.example"]
    assert "proposes" not in by_reader["bob@acme.example"]
    assert "agreed" in by_reader["bob@acme.example"]
