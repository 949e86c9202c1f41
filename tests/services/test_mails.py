"""What a mail says and does not say, whatever people are called, and what a mail server may do wrong."""

import re
import smtplib
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from chainmap.exports.round_words import mode_sentence
from chainmap.models import Organization, Party, Round
from chainmap.services.mails import MailedLink, MailKind, link_address, mail_address, mail_compose, mails_send
from tests.cast import PEOPLE

ENDS = datetime(2026, 5, 31, 16, 0, tzinfo=UTC)
LINK = MailedLink(token="T" * 43, code="ABCDE-12345", expires_at=ENDS)


class Unreachable(BaseEmailBackend):
    """No connection to the server."""

    opened = 0

    def open(self):
        type(self).opened += 1
        raise ConnectionRefusedError("smtp.acme.example")


class Refusing(BaseEmailBackend):
    """A server that refuses every other recipient, with the address in its words."""

    sent = 0

    def send_messages(self, messages):
        Refusing.sent += 1
        if Refusing.sent % 2:
            raise smtplib.SMTPRecipientsRefused(dict.fromkeys(messages[0].to, (550, b"no")))
        return 1


def composed(kind=MailKind.INVITATION, *, organization="Acme", name="Spring", rater="Bob Brown", mode="pair", **fields):
    values = {"closes_at": ENDS, "k": 7} | fields
    round = Round(organization=Organization(name=organization), name=name, mode=mode, **values)
    return mail_compose(kind=kind, round=round, rater=Party(name=rater, email="bob@acme.example"), link=LINK)


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("mode", Round.Mode.values)
def test_it_says_who_asks_until_when_who_sees_it_and_gives_link_and_code(settings, kind, mode):
    settings.CHAINMAP_URL = "https://chain.example/x"
    message = composed(kind, mode=mode)
    assert message.to == ["bob@acme.example"]
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    for part in (message.subject, message.body):
        assert "Acme" in part
        assert "Spring" in part
    assert mode_sentence(mode, None, 7) in message.body
    assert "Hello Bob Brown," in message.body
    assert f"\nhttps://chain.example/x/a/{LINK.token}/\n" in message.body, "on a line of its own"
    assert "open https://chain.example/x/join/ and type the code ABCDE-12345" in message.body
    assert message.body.count("31 May 2026, 16:00 (UTC)") == 2, "end of the round, end of the link"
    assert "for you alone" in message.body
    assert LINK.token not in message.subject


def test_the_addresses_in_it_are_pages_of_this_site(settings):
    assert link_address(LINK.token) == settings.CHAINMAP_URL + reverse("chainmap:link", args=[LINK.token])
    assert f" {settings.CHAINMAP_URL}{reverse('chainmap:join')} " in composed().body


def test_a_round_without_a_date_of_closing():
    assert "until the round closes" in composed(closes_at=None).body


def test_it_reads_well():
    for kind in MailKind:
        body = composed(kind).body
        assert "\n\n\n" not in body, kind
        assert body.endswith(".\n"), kind
        assert not re.search(r"[{}%]|&#|&quot;|  ", body), kind
        assert not body.startswith("\n")


def test_texts_of_one_kind_differ_in_name_link_and_code_alone():
    one, two = composed(MailKind.REMINDER).body, composed(MailKind.REMINDER, rater="Ann").body
    assert one.replace("Bob Brown", "Ann") == two


HOSTILE = [
    "a\r\nBcc: x@y.example",
    "a\nSubject: other\n\nbody",
    "<script>alert(1)</script> & \"quoted\" 'too'",
    "\u202egnp.exe\u200b\x00\x1b[2J",
    "{{ link }} {% now 'Y' %} %(round)s",
    "x" * 5000,
    "Łódź 山田\u2028Bcc: x@y.example",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("kind", MailKind)
def test_hostile_names_stay_text_on_one_line(kind, name):
    plain = composed(kind)
    message = composed(kind, organization=name, name=name, rater=name)
    raw = message.message()
    assert sorted(raw.keys()) == sorted(plain.message().keys()), "no header more"
    assert raw["To"] == "bob@acme.example"
    assert not re.search(r"[\x00-\x1f\u202e\u200b\u2028]", message.subject)
    assert message.body.count("\n") == plain.body.count("\n"), "no line more"
    assert len(message.subject) <= 200
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e\u200b\u2028]", message.body)
    assert message.body.count(LINK.token) == 1


def test_names_are_not_written_for_a_browser():
    assert "Hello Tom & Ann <3," in composed(rater="Tom & Ann <3").body


@pytest.mark.django_db
def test_an_invitation_names_nobody_but_its_reader(people, organization):
    from tests.services.test_links import open_round

    Party.objects.filter(organization=organization).update(email="all@acme.example")
    open_round(organization)
    assert len(mail.outbox) == 3
    names = {name for _code, name, _kind, _team in PEOPLE}
    for message in mail.outbox:
        said = {name for name in names if name in message.subject + message.body}
        assert len(said) == 1
        assert "forecast" not in message.body, "nor what is handed over"


def test_programs_are_told_not_to_answer():
    assert composed().message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize("email", ["", "bob", "a@b.c\r\nBcc: x@y.example", "a@b.example, c@d.example", "x" * 400])
def test_what_is_no_address_is_none(email):
    assert mail_address(Party(email=email)) is None
    assert mail_address(Party(email="bob@acme.example")) == "bob@acme.example"


# ---- sending


def messages(number):
    return [EmailMessage("s", "b", to=[f"somebody{n}@acme.example"]) for n in range(number)]


def test_they_leave_one_by_one():
    left = mails_send(messages=iter(messages(3)))
    assert next(left)
    assert len(mail.outbox) == 1
    assert list(left) == [True, True]


def test_one_refused_recipient_does_not_stop_the_others_and_is_not_named(settings, caplog):
    settings.EMAIL_BACKEND = "tests.services.test_mails.Refusing"
    Refusing.sent = 0
    assert list(mails_send(messages=messages(6))) == [False, True] * 3
    assert "SMTPRecipientsRefused" in caplog.text
    assert "somebody" not in caplog.text


def test_a_server_that_cannot_be_reached_is_not_tried_for_everybody(settings, caplog):
    settings.EMAIL_BACKEND = "tests.services.test_mails.Unreachable"
    Unreachable.opened = 0
    assert list(mails_send(messages=messages(100))) == [False] * 100
    assert Unreachable.opened == 2
    assert "ConnectionRefusedError" in caplog.text
    assert "acme.example" not in caplog.text


def test_a_message_that_cannot_be_written_is_one_failure(caplog):
    bad = EmailMessage("two\nlines", "b", to=["somebody@acme.example"])
    assert list(mails_send(messages=[bad, *messages(1)])) == [False, True]
    assert "BadHeaderError" in caplog.text
