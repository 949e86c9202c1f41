"""The first look at a large page: it says how far it is and comes in by itself, and tells nobody what is not theirs."""

from __future__ import annotations

import html
import re

import pytest
from django.core.cache import cache
from django.urls import reverse

from chainmap.domain.solver import SolverError
from chainmap.models import TeamLead
from chainmap.services import first_looks, report_pictures, report_rounds, report_today
from chainmap.services.first_looks import first_looks_finish
from tests.conftest import forget
from tests.looking import Held, autumn_of

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("report", "compare", "trend", "matrix")
SCRIPT = {"X-Requested-With": "first-look"}


@pytest.fixture
def held(monkeypatch, settings):
    made = Held(monkeypatch, settings)
    yield made
    made.run()
    assert first_looks_finish(10)


@pytest.fixture
def autumn(organization, people):
    return autumn_of(organization)


def words(answer) -> str:
    return re.sub(r"csrfmiddlewaretoken\" value=\"\w+", "", answer.content.decode())


@pytest.mark.parametrize("name", PAGES)
def test_the_page_says_how_far_it_is_and_is_then_the_page_it_always_was(
    name, autumn, carla, signed_in, at, monkeypatch, settings
):
    client, address = signed_in(carla), at(name)
    usual = words(client.get(address))
    forget()
    held = Held(monkeypatch, settings)
    first = client.get(address)
    text = words(first)
    assert (first.status_code, first["Retry-After"], first["Cache-Control"]) == (202, "3", "no-store")
    assert len(re.findall("<h1", text)) == 1
    assert "<progress" in text
    assert 'role="status"' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in text
    assert "Look again" in text
    asked = client.get(address, headers=SCRIPT)
    assert asked.status_code == 200
    assert asked.json()["state"] == "working"
    assert (asked.json()["done"], asked.json()["steps"] > 1) == (0, True)
    assert held.run() == 1  # however often it was asked for
    assert client.get(address, headers=SCRIPT).json()["state"] == "ready"
    second = client.get(address)
    assert second.status_code == 200
    assert words(second) == usual
    assert held.waiting == []


@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_learns_that_something_is_worked_out(held, name, autumn, carla, alice, zoe, signed_in, at):
    address, missing = at(name), reverse(f"chainmap:{name}", args=[10**9])
    assert signed_in(carla).get(address).status_code == 202
    for headers in ({}, SCRIPT):
        answer, none = (signed_in(zoe).get(where, headers=headers) for where in (address, missing))
        assert (answer.status_code, answer.content) == (404, none.content)
        if name != "report":
            assert signed_in(alice).get(address, headers=headers).status_code == 403
    assert signed_in(carla).get(address + "?round=999999").status_code in (400, 404)
    assert len(held.waiting) == 1


def test_a_report_of_a_team_one_does_not_lead_is_not_worked_out(held, organization, people, carla, bob, signed_in, at):
    sales, other = organization.teams.order_by("pk")[:2]
    TeamLead.objects.create(organization=organization, user=carla, team=sales)
    assert signed_in(bob).get(at("report") + f"?team={other.pk}").status_code == 202
    for headers in ({}, SCRIPT):
        assert signed_in(carla).get(at("report") + f"?team={other.pk}", headers=headers).status_code == 404
    assert signed_in(carla).get(at("report") + f"?team={sales.pk}").status_code == 202
    assert len(held.waiting) == 2


@pytest.fixture
def counted(monkeypatch):
    """How often the draws were made."""
    calls, known = [], report_rounds.find_certainty

    def find(analysis, *, kappa):
        calls.append(kappa)
        return known(analysis, kappa=kappa)

    monkeypatch.setattr(report_rounds, "find_certainty", find)
    monkeypatch.setattr(report_today, "find_certainty", find)
    return calls


def test_many_who_look_at_once_have_it_worked_out_once(held, autumn, people, signed_in, at, counted):
    readers = [signed_in(people[name]) for name in ("bob", "carla", "dora", "erik")]
    assert [reader.get(at("report")).status_code for reader in readers] == [202] * 4
    assert held.run() == 4
    assert [reader.get(at("report")).status_code for reader in readers] == [200] * 4
    assert len(counted) == 1


def test_each_reader_has_what_is_theirs(held, autumn, bob, erik, signed_in, at, settings):
    """A coach sees single answers, an auditor does not, whoever had it worked out."""
    readers = [signed_in(bob), signed_in(erik)]
    for reader in readers:
        reader.get(at("report"))
    held.run()
    seen = [words(reader.get(at("report"))) for reader in readers]
    settings.CHAINMAP_BACKGROUND = False
    forget()
    assert seen == [words(reader.get(at("report"))) for reader in readers]
    assert seen[0] != seen[1]


def test_after_a_change_it_is_worked_out_again(held, autumn, organization, carla, signed_in, at, counted):
    client = signed_in(carla)
    client.get(at("report"))
    held.run()
    assert client.get(at("report")).status_code == 200
    organization.touch()
    assert client.get(at("report")).status_code == 202
    assert held.run() == 1
    assert client.get(at("report")).status_code == 200
    assert len(counted) == 2


def test_before_the_first_round_too(held, organization, people, carla, signed_in, at, counted):
    organization.rounds.update(state="draft", closed_on=None)
    client = signed_in(carla)
    assert client.get(at("report")).status_code == 202
    assert held.run() == 1
    assert client.get(at("report")).status_code == 200
    assert len(counted) == 1


@pytest.mark.parametrize("name", ["report", "compare", "trend"])
def test_the_charts_are_there_with_the_page(held, name, autumn, carla, signed_in, at, monkeypatch):
    """The page asks for them at once, and one thread answers: drawn then, they keep everybody waiting."""
    drawn = []

    def draw(specs, *, theme):
        drawn.append(theme)
        return ["<svg/>" for _spec in specs]

    monkeypatch.setattr(report_pictures, "charts_svg", draw)
    cache.clear()
    client = signed_in(carla)
    assert client.get(at(name)).status_code == 202
    assert held.run() == 1
    assert drawn == ["light", "dark"]
    shown = client.get(at(name)).content.decode()
    pictures = [one for one in re.findall(r'<img[^>]*src="([^"]+)"', shown) if "/charts/" in one]
    assert pictures
    for picture in pictures:
        assert client.get(html.unescape(picture)).content == b"<svg/>"
    assert drawn == ["light", "dark"]


def test_a_chain_that_cannot_be_solved_is_told_as_always(held, autumn, carla, signed_in, at, monkeypatch):
    def unsolvable(analysis, *, kappa):
        raise SolverError("almost closed")

    monkeypatch.setattr(report_rounds, "find_certainty", unsolvable)
    client = signed_in(carla)
    assert client.get(at("report")).status_code == 202
    held.run()
    assert client.get(at("report"), headers=SCRIPT).json()["state"] == "ready"
    told = client.get(at("report"))
    assert told.status_code == 503
    assert "cannot be worked out" in told.content.decode()


def test_a_small_organization_has_its_page_at_once(held, autumn, carla, signed_in, at, monkeypatch):
    monkeypatch.setattr(first_looks, "LEAST_PARTIES", 100)
    assert [signed_in(carla).get(at(name)).status_code for name in PAGES] == [200] * 4
    assert held.waiting == []
