"""Personal links under attack: codes raced and guessed, mail asked for too often, addresses tried out."""

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import Attempt, Link, Party
from chainmap.services import links
from chainmap.services.limits import TooMany
from chainmap.services.links import (
    LinkDead,
    LinkElsewhere,
    browser_secret_new,
    link_bind,
    link_code_redeem,
    link_find,
    link_issue,
    link_renew,
    link_request,
    slips_issue,
)
from tests.cast import make_organization
from tests.services.test_links import open_round

HERE, THERE = "203.0.113.9", "198.51.100.7"


@pytest.fixture
def round(organization):
    Party.objects.filter(organization=organization, code="bob").update(email="bob@acme.example")
    made = open_round(organization)
    Attempt.objects.all().delete()
    mail.outbox.clear()
    return made


@pytest.fixture
def bob(round):
    return Party.objects.get(organization=round.organization, code="bob")


# ---- many at the same moment


@pytest.fixture
def in_threads(tmp_path):
    """Run a function ten times at once, each with a connection of its own; on SQLite to a copy of the database in a
    file, because one in memory has no connections that could wait for each other."""

    def run(function, times=10):
        path, here = tmp_path / "chainmap.sqlite3", connections["default"]
        if connection.vendor == "sqlite":
            with sqlite3.connect(path) as file:
                connection.connection.backup(file)
            file.close()
        begin = Barrier(times)

        def run_one(number):
            if connection.vendor == "sqlite":
                connections["default"] = type(here)(here.settings_dict | {"NAME": str(path)}, "default")
            try:
                connection.ensure_connection()
                begin.wait(10)
                return function(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(run_one, range(times)))

    return run


def outcome(function, *refusals):
    """Whether it went well; any error but these refusals is one."""
    try:
        function()
    except refusals:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_ten_times_at_once_opens_once(in_threads):
    round = open_round(make_organization("Acme"))
    link = link_issue(round=round, rater=Party.objects.get(code="bob"))
    addresses = [f"203.0.113.{number}" for number in range(10)]
    opened = in_threads(
        lambda number: outcome(lambda: link_code_redeem(code=link.code, address=addresses[number]), LinkDead)
    )
    assert sum(opened) == 1


@pytest.mark.django_db(transaction=True)
def test_slips_printed_by_ten_at_once_are_one_for_each_person(in_threads):
    """Each code told is one that works: alice, bob and carla have three slips between all ten."""
    round = open_round(make_organization("Acme"))
    told = [slip for slips in in_threads(lambda _number: slips_issue(actor=OPERATOR, round=round)) for slip in slips]
    assert sorted(slip.name for slip in told) == ["Alice Adams", "Bob Brown", "Carla Conti"]


@pytest.mark.django_db(transaction=True)
def test_ten_browsers_answering_at_once_leave_one_with_the_link(in_threads):
    round = open_round(make_organization("Acme"))
    found = link_find(token=link_issue(round=round, rater=Party.objects.get(code="bob")).token)
    bound = in_threads(
        lambda _number: outcome(lambda: link_bind(found=found, browser=browser_secret_new()), LinkElsewhere)
    )
    assert sum(bound) == 1


@pytest.mark.django_db(transaction=True)
def test_one_browser_answering_ten_times_at_once_is_let_in_each_time(in_threads):
    round = open_round(make_organization("Acme"))
    found = link_find(token=link_issue(round=round, rater=Party.objects.get(code="bob")).token)
    mine = browser_secret_new()
    assert in_threads(lambda _number: link_bind(found=found, browser=mine)) == [mine] * 10


@pytest.mark.django_db(transaction=True)
def test_ten_new_links_made_at_once_leave_one(in_threads):
    round = open_round(make_organization("Acme"))
    bob = Party.objects.get(code="bob")

    def issue_and_look(_number):
        link = link_issue(round=round, rater=bob)
        return link.token, Link.objects.filter(round=round, rater=bob).count()

    made = in_threads(issue_and_look)
    assert len({token for token, _count in made}) == 10
    assert {count for _token, count in made} == {1}


# ---- limits


def test_ten_wrong_codes_a_minute_then_even_the_right_one_waits(round, bob):
    code = link_issue(round=round, rater=bob).code
    for number in range(10):
        with pytest.raises(LinkDead):
            link_code_redeem(code=f"00000-0000{number}", address=HERE)
    with pytest.raises(TooMany) as refused:
        link_code_redeem(code=code, address=HERE)
    assert timedelta() < refused.value.wait <= timedelta(minutes=1)
    assert link_code_redeem(code=code, address=THERE), "nobody else waits"
    Attempt.objects.update(since=timezone.now() - timedelta(seconds=61))
    with pytest.raises(LinkDead):
        link_code_redeem(code=code, address=HERE)


def test_a_whole_workshop_behind_one_address_gets_in(round, bob):
    for _ in range(30):
        link_code_redeem(code=link_issue(round=round, rater=bob).code, address=HERE)


@pytest.mark.usefixtures("round")
@pytest.mark.parametrize("email", ["bob@acme.example", "nobody@acme.example"], ids=["known", "unknown"])
def test_five_mails_an_hour_to_one_address_known_or_not(email):
    spellings = [email, email.upper(), f" {email} ", email.title(), email]
    for number, spelling in enumerate(spellings):
        link_request(email=spelling, address=f"203.0.113.{number}")
    with pytest.raises(TooMany) as refused:
        link_request(email=email, address=THERE)
    assert timedelta(minutes=59) < refused.value.wait <= timedelta(hours=1)
    assert len(mail.outbox) in (0, 5)
    link_request(email="dora@acme.example", address=THERE)


@pytest.mark.usefixtures("round")
def test_thirty_an_hour_asked_for_from_one_address_whatever_for():
    for number in range(30):
        link_request(email=f"somebody{number}@acme.example", address=HERE)
    for ask in (
        lambda: link_request(email="bob@acme.example", address=HERE),
        lambda: link_renew(token="x", address=HERE),
    ):
        with pytest.raises(TooMany):
            ask()
    assert mail.outbox == []


def test_whoever_has_a_link_cannot_flood_its_owner(round, bob):
    tokens = [link_issue(round=round, rater=bob).token]
    for number in range(5):
        link_renew(token=tokens[-1], address=f"203.0.113.{number}")
        tokens.append(re.search(r"/a/([\w-]+)/", mail.outbox[-1].body)[1])
    with pytest.raises(TooMany):
        link_renew(token=tokens[-1], address=THERE)
    with pytest.raises(TooMany):
        link_request(email="bob@acme.example", address=THERE)
    assert len(mail.outbox) == 5


@pytest.mark.django_db
def test_guessing_tokens_of_links_to_renew_is_limited_too():
    for _ in range(30):
        with pytest.raises(LinkDead):
            link_renew(token=browser_secret_new(), address=HERE)
    with pytest.raises(TooMany):
        link_renew(token=browser_secret_new(), address=HERE)


def test_limits_keep_neither_mail_address_nor_network_address(round):
    link_request(email="bob@acme.example", address=HERE)
    kept = repr(list(Attempt.objects.values()))
    assert "acme" not in kept
    assert HERE not in kept


# ---- trying out addresses


def statements(captured):
    """The statements executed, without the values in them."""
    return [re.sub(r"'[^']*'|\b\d+\b|s\d+_x\d+", "?", query["sql"]) for query in captured.captured_queries]


def test_a_known_and_an_unknown_address_are_answered_alike(round, settings, monkeypatch, bob):
    """Until the answer the same statements run; what differs begins a moment later, in another thread."""
    settings.CHAINMAP_BACKGROUND = True
    later = []
    monkeypatch.setattr(links, "run_soon", lambda function, *, seconds: later.append((function, seconds)))
    seen = {}
    for email in ("bob@acme.example", "eve@acme.example"):
        with CaptureQueriesContext(connection) as captured:
            assert link_request(email=email, address=HERE) is None
        if email in seen:
            continue
        seen[email] = statements(captured)
        Attempt.objects.all().delete()
    known, unknown = seen.values()
    assert known == unknown
    assert len(known) > 4
    assert not [statement for statement in known if "party" in statement or "_link" in statement]
    assert [seconds for _function, seconds in later] == [1.0, 1.0]
    assert mail.outbox == []
    for function, _seconds in later:
        function()
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]]


def test_renewing_is_alike_with_and_without_a_mail_address(round, bob, settings, monkeypatch):
    settings.CHAINMAP_BACKGROUND = True
    monkeypatch.setattr(links, "run_soon", lambda function, *, seconds: None)
    carla = Party.objects.get(organization=round.organization, code="carla")
    seen = []
    for rater in (bob, carla):
        token = link_issue(round=round, rater=rater).token
        with CaptureQueriesContext(connection) as captured:
            link_renew(token=token, address=HERE)
        seen.append(statements(captured))
        Attempt.objects.all().delete()
    assert seen[0] == seen[1]


@pytest.mark.parametrize("shape", ["dead", "flipped", "long", "empty"])
def test_every_dead_token_costs_the_same_statements(round, bob, shape):
    live = link_issue(round=round, rater=bob).token
    link_issue(round=round, rater=bob)
    token = {"dead": live, "flipped": live[::-1], "long": "x" * 10_000, "empty": ""}[shape]
    with CaptureQueriesContext(connection) as captured, pytest.raises(LinkDead):
        link_find(token=token)
    assert len(captured) == 1
    assert token not in captured.captured_queries[0]["sql"] or not token
