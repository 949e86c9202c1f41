"""Nobody's single answer to a self-assessment is found by anybody else, nor read out of a figure of a team.

The pages of everybody else are compared byte by byte while one person answers, changes, moves and answers again.
"""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.roles import Role
from chainmap.models import Assessment, Membership, Party, Team
from chainmap.services.assessments import assessment_share
from tests.assessing import answer, make_users
from tests.cast import make_user
from tests.crowd import make_crowd
from tests.privacy.crawl import addresses, look

pytestmark = pytest.mark.django_db

RED = [f"red{number}" for number in range(8)]
#: Every address of this part.
PARTS = ("assessments/", "questionnaires/")


@pytest.fixture
def crowd(db):
    return make_crowd()


@pytest.fixture
def users(crowd):
    """The people of Red, one of Blue, each of the roles without a place, and one in Green with every role at once."""
    made = make_users(crowd, [*RED, "blue0", "green0"])
    for role in set(Role) - {Role.MEMBER}:
        made[role.value] = make_user(f"a-{role.value}", crowd, role)
        Membership.objects.create(organization=crowd, user=made["green0"], role=role.value)
    return made


def seen_by(user, crowd, before=None) -> dict[str, tuple]:
    """Address -> what this person gets there; what was refused ``before`` is not asked for again."""
    client = Client()
    client.force_login(user)
    found = {address: told for address, told in (before or {}).items() if told[0] in {403, 404, 405}}
    for address in every_address(crowd):
        if address not in found:
            found[address] = look(client, address)
    return found


def every_address(crowd) -> list[str]:
    asked = [("orientation", "person"), ("orientation", "team"), ("reliable_team", "person"), ("reliable_team", "team")]
    found = {
        address: None
        for code, about in asked
        for part in PARTS
        for address in addresses({"organization": crowd.pk, "code": code, "about": about}, only=part)
    }
    return list(found)


def everything_seen(users, crowd, before=None) -> dict[str, dict[str, tuple]]:
    return {who: seen_by(user, crowd, (before or {}).get(who)) for who, user in users.items()}


def watchers(users):
    """One of each kind: who leads, who looks after, who coaches, one of the same team and one of another."""
    kept = ("manager", "administrator", "auditor", "coach", "red7", "blue0", "green0")
    return {who: users[who] for who in kept}


def test_what_one_person_says_of_themselves_changes_nobody_elses_pages(crowd, users):
    before = everything_seen(watchers(users), crowd)
    assert {status for pages in before.values() for status, *_rest in pages.values()} >= {200, 403, 404, 405}
    answer(users["red0"], crowd, [3, 1, 9, 0, 10], about="person")
    assert everything_seen(watchers(users), crowd, before) == before
    own = seen_by(users["red0"], crowd)
    assert sum(b"You place yourself at" in content for *_rest, content in own.values()) == 1


def test_sharing_shows_it_to_the_coaches_alone(crowd, users):
    answer(users["red0"], crowd, [3, 1, 9, 0, 10], about="person")
    others = {who: users[who] for who in ("coach", "green0", "red7", "manager")}
    before = everything_seen(others, crowd)
    share = {"user": users["red0"], "organization": crowd, "code": "orientation", "about": "person"}
    assessment_share(shared=True, **share)
    after = everything_seen(others, crowd, before)
    page = reverse("chainmap:assessment_figures", args=[crowd.pk])
    different = {
        (who, address) for who, pages in after.items() for address in pages if pages[address] != before[who][address]
    }
    assert different == {("coach", page), ("green0", page)}  # green0 is a coach as well
    assessment_share(shared=False, **share)
    assert everything_seen(others, crowd, before) == before


def test_below_six_nothing_is_seen_and_the_sixth_shows_all_of_them_at_once(crowd, users):
    before = everything_seen(watchers(users), crowd)
    for number in range(5):
        answer(users[f"red{number}"], crowd, number)
    assert everything_seen(watchers(users), crowd, before) == before
    answer(users["red5"], crowd, 10)
    after = everything_seen(watchers(users), crowd, before)
    who_sees = {who for who in after if after[who] != before[who]}
    assert who_sees == {"manager", "coach", "green0", "red7"}


def test_the_difference_of_two_looks_never_holds_one_answer(crowd, users):
    """The classic attack: look, wait for one more answer, look again, subtract."""
    for code in RED[:6]:
        answer(users[code], crowd, 4)
    others = {who: users[who] for who in ("manager", "coach", "auditor", "red7")}
    published = everything_seen(others, crowd)
    answer(users["red6"], crowd, 10)  # the seventh
    assert everything_seen(others, crowd, published) == published
    answer(users["red6"], crowd, 0)  # and again
    for code in RED[:4]:
        answer(users[code], crowd, 9)  # four more who think anew: five in all
    assert everything_seen(others, crowd, published) == published
    answer(users["red4"], crowd, 9)
    assert everything_seen(others, crowd, published) != published


def test_moving_a_person_around_reads_nothing_out(crowd, users):
    """Put into another team and back, or taken out of the house's accounts: the figures stay."""
    for code in RED[:6]:
        answer(users[code], crowd, 4)
    page = reverse("chainmap:assessment_figures", args=[crowd.pk])
    client = Client()
    client.force_login(users["manager"])
    figures = look(client, page)
    assert b"On average the team places itself at 4.0 of 10." in figures[2]
    red, green = (Team.objects.get(organization=crowd, name=name) for name in ("Red", "Green"))
    for team in (green, None, red):
        Party.objects.filter(code="red0").update(team=team)
        assert look(client, page) == figures
    Party.objects.filter(code="red0").update(team=green)
    answer(users["red0"], crowd, 10)
    assert look(client, page) == figures
    Party.objects.get(code="red1").delete()
    assert Assessment.objects.filter(team=red).count() == 4
    assert look(client, page) == figures


def test_a_figure_of_a_team_holds_no_exact_number(crowd, users):
    for number, code in enumerate(RED[:6]):
        answer(users[code], crowd, number)
    client = Client()
    client.force_login(users["manager"])
    page = client.get(reverse("chainmap:assessment_figures", args=[crowd.pk])).content.decode()
    assert "5–7 people" in page
    assert "2.5" in page  # (0 + 1 + 2 + 3 + 4 + 5) / 6
    for code in RED:
        assert f"{code.capitalize()[:3]} {code[-1]}<" not in page


def test_nobody_reads_the_rows_through_the_querysets(crowd, users):
    """The one gate for reading: oneself, and the coach what is shared about a person."""
    answer(users["red0"], crowd, 4, about="person")
    answer(users["red0"], crowd, 4)
    seen = lambda: {  # noqa: E731
        who: sorted(Assessment.objects.visible_to(user).values_list("about", flat=True)) for who, user in users.items()
    }
    nothing = {who: [] for who in users}
    assert seen() == nothing | {"red0": ["person", "team"]}
    Assessment.objects.update(is_shared=True)
    assert seen() == nothing | {"red0": ["person", "team"], "coach": ["person"], "green0": ["person"]}


def test_another_person_cannot_save_over_it(crowd, users):
    answer(users["red0"], crowd, 4, about="person")
    address = reverse("chainmap:assessment", args=[crowd.pk, "orientation", "person"])
    sent = {f"row_{code}": "9" for code in ORIENTATION.row_codes} | {"version": 1, "edition": ORIENTATION.version}
    before = Assessment.objects.values().get()
    for who, status in (("manager", 404), ("coach", 404), ("red1", 409)):
        client = Client()
        client.force_login(users[who])
        refused = client.post(address, sent)
        assert refused.status_code == status
        assert b"row_focus" not in refused.content or who == "red1"
    assert Assessment.objects.values().get() == before
    assert set(json.loads(before["answers"]).values()) == {4}
