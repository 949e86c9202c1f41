"""How often mails come, changed by the link in a mail: without an account, by POST alone, and nothing else."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chainmap.models import MailChoice, Notification, Party
from chainmap.services.digests import choice_token
from tests.telling import tell

pytestmark = pytest.mark.django_db

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def reader(organization, people):
    return Party.objects.get(organization=organization, code="alice")


@pytest.fixture
def address(reader):
    return reverse("chainmap:mail_choice", args=[choice_token(party=reader)])


@pytest.fixture
def client():
    """A browser without a session, which checks forms of other sites as the real site does."""
    return Client(enforce_csrf_checks=True)


def digest():
    return MailChoice.objects.values_list("digest", flat=True).first()


def test_it_shows_the_organization_and_the_choice_and_nobody(organization, client, address):
    tell(organization)
    answer = client.get(address)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Acme" in page
    assert re.search(r'value="daily"[^>]* checked', page)
    for hidden in ("Alice", "alice", "Bob", "forecast", "csrf"):
        assert hidden not in page
    assert answer.cookies == {}, "no session begins"


def test_looking_changes_nothing_however_often(organization, client, address):
    tell(organization)
    with CaptureQueriesContext(connection) as captured:
        for _time in range(3):
            assert client.get(address).status_code == client.head(address).status_code == 200
    assert not [one["sql"] for one in captured if not one["sql"].lstrip().upper().startswith("SELECT")]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [("never", "No mail with news comes any more"), ("weekly", "once a week"), ("daily", "once a day")],
)
def test_a_choice_is_saved_without_signing_in(client, address, reader, chosen, said):
    answer = client.post(address, {"digest": chosen})
    assert answer.status_code == 200
    assert f"Saved. {said}" in answer.content.decode() or f"at most {said}" in answer.content.decode()
    assert MailChoice.objects.get(party=reader).digest == chosen
    assert re.search(rf'value="{chosen}"[^>]* checked', client.get(address).content.decode())


def test_the_one_click_of_a_mail_program_ends_the_mails(client, address, reader):
    """RFC 8058: a POST without cookies, referrer or anything else, answered without leading elsewhere."""
    answer = client.generic("POST", address, ONE_CLICK, FORM)
    assert answer.status_code == 200
    assert MailChoice.objects.get(party=reader).digest == "never"
    answer = client.post(address, {"List-Unsubscribe": "One-Click"})  # as multipart, which it may be too
    assert answer.status_code == 200
    assert digest() == "never"


@pytest.mark.parametrize(
    "body",
    [
        "", "digest=", "digest=hourly", "digest=never%00", "digest=NEVER", "shared=yes", "List-Unsubscribe=",
        "List-Unsubscribe=one-click", "digest=" + "x" * 10_000, "%ff=%ff", "digest=%ff",
    ],
)  # fmt: skip
def test_anything_else_is_refused_and_changes_nothing(client, address, body):
    answer = client.generic("POST", address, body, FORM)
    assert answer.status_code == 400
    assert "Choose one of the three" in answer.content.decode()
    assert digest() is None


def test_nothing_but_the_choice_can_be_changed_by_it(organization, client, address, reader):
    before = Party.objects.values().get(pk=reader.pk)
    row = tell(organization)
    client.post(address, {"digest": "weekly", "email": "x@y.example", "name": "X", "last_sent_on": "2020-01-01"})
    assert Party.objects.values().get(pk=reader.pk) == before
    assert MailChoice.objects.get().last_sent_on is None
    assert Notification.objects.get(pk=row.pk).is_seen is False


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_a_wrong_method_is_refused(client, address, method):
    assert getattr(client, method)(address).status_code == 405
    assert digest() is None


DEAD = ["x", "x" * 10_000, "%00", "a%00b", "%ff", "MQ:", "MQ:x", ":", "%3Cscript%3E", "é", "MQ:" + "A" * 43]


def test_links_that_do_not_work_are_one_same_page(client, address, reader):
    good = choice_token(party=reader)
    gone = Party.objects.get(organization=reader.organization, code="dan")
    dead = [*DEAD, good[:-1], good[:-1] + "é", good.swapcase(), choice_token(party=gone)]
    gone.delete()
    answers = [client.get(f"/mail/{token}/") for token in dead]
    answers += [client.post(f"/mail/{token}/", {"digest": "never"}) for token in dead]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert b"This link does not work" in answers[0].content
    assert not MailChoice.objects.exists()


def test_another_key_ends_every_link(client, address, settings):
    settings.SECRET_KEY = "another one, " * 5
    assert client.get(address).status_code == 404
    assert client.post(address, {"digest": "never"}).status_code == 404
    assert digest() is None


def test_it_is_told_to_nobody_and_kept_nowhere(client, address):
    for answer in (client.get(address), client.get("/mail/x/"), client.get(address + "?x=1"), client.post(address)):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert answer["Cache-Control"] == "no-store"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert client.get(address + "?x=1").status_code == 400


def test_it_is_the_same_page_for_whoever_is_signed_in(people, client, address):
    client.force_login(people["carla"])
    assert client.get(address).content == Client().get(address).content


def test_the_link_is_in_no_log(client, address, caplog):
    token = address.split("/")[2]
    client.get(address[:-2] + "/")
    client.post(address, {"digest": "x"})
    assert token not in caplog.text
