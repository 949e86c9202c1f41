"""The pages of the walk: choose where to begin, one hand-off at a time, the whole of it."""

from __future__ import annotations

import itertools
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.domain.cards import Card
from chainmap.domain.roles import Role
from chainmap.models import HandOff, Party
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(organization):
    return {party.code: party.pk for party in Party.objects.filter(organization=organization)}


def link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page.content.decode())
    return found and found[1].replace("&amp;", "&")


def test_from_the_start_to_the_end_customer_step_by_step(signed_in, at, alice, key):
    client = signed_in(alice)
    start = client.get(at("walk_start"))
    assert "Between Alice Adams and Bob Brown" in text_of(start)
    address, titles = at("walk", key["alice"]), []
    while address:
        page = client.get(address)
        assert page.status_code == 200
        titles.append(re.search(r"<h1>(.*?)</h1>", page.content.decode(), re.DOTALL)[1].strip())
        address = link(page, "next")
    assert titles[0] == "100 units of work are at Alice Adams. How many reach the end customer?"
    assert [title[:33] for title in titles[1:4]] == [
        "Between Alice Adams and Bob Brown",
        "Between Bob Brown and Carla Conti",
        "Between Carla Conti and The clien",
    ]
    assert titles[4].startswith("Of every 100 units of work at Alice Adams")
    back = client.get(link(page, "prev"))
    assert "Step 3 of 3" in text_of(back)


def test_what_is_left_is_told_where_the_walk_has_come_to(signed_in, at, alice, key):
    """The page asks how many reach the end customer: the stops do not answer before."""
    client, lefts = signed_in(alice), []
    for step in ("0", "1", "2", "3", "all"):
        page = client.get(at("walk", key["alice"]) + f"?step={step}").content.decode()
        places = page[
            page.index('<ol class="walk-places"') : page.index("</ol>", page.index('<ol class="walk-places"'))
        ]
        lefts.append(re.findall(r"<strong>([^<]+)</strong>", places))
    assert [len(one) for one in lefts] == [1, 2, 3, 4, 4]
    assert lefts[0] == ["100"]
    assert all(one == lefts[-1][: len(one)] for one in lefts)


def test_the_table_says_the_same_as_the_picture(signed_in, at, alice, key):
    page = signed_in(alice).get(at("walk", key["alice"]) + "?step=all")
    text = text_of(page)
    assert "The same as a table" in text
    rows = re.findall(r'data-label="lost">([^<]+)<', page.content.decode())
    assert sum(map(int, rows[:-1])) == int(rows[-1])
    assert page.content.decode().count("walk-name") == 4


def test_another_branch_is_followed_and_left_again(signed_in, at, alice, key):
    client = signed_in(alice)
    page = client.get(at("walk", key["alice"]) + "?step=1")
    assert "25 of 100 go another way: to Carla Conti." in text_of(page)
    turned = client.get(at("walk", key["alice"]) + f"?step=1&way={key['carla']}")
    assert f"way={key['carla']}" in page.content.decode()
    assert "Between Alice Adams and Carla Conti" in text_of(turned)
    assert "Step 1 of 2" in text_of(turned)
    assert "Back to the way most of it goes" in text_of(turned)
    loop = text_of(client.get(at("walk", key["alice"]) + "?step=3"))
    assert "go back to Bob Brown: the work goes round." in loop


@pytest.mark.parametrize("step", ["4", "-1", "1.5", "abc", "%D9%A1", "01", "9" * 30, "whole"])
def test_a_step_that_is_not_there_is_refused_in_plain_words(signed_in, at, alice, key, step):
    answer = signed_in(alice).get(at("walk", key["alice"]) + f"?step={step}")
    assert answer.status_code == 400
    assert "Use a whole number from 0 to 3" in text_of(answer)


@pytest.mark.parametrize(
    "query", ["way=x", "way=1--2", "way=", "round=abc", "round=0", f"round={2**70}", "x=1", "step=1&step=2"]
)
def test_other_questions_that_make_no_sense(signed_in, at, alice, key, query):
    answer = signed_in(alice).get(at("walk", key["alice"]) + f"?{query}")
    assert answer.status_code == (200 if query == "way=" else 400)


def test_a_way_that_is_gone_says_so(signed_in, at, alice, key):
    answer = signed_in(alice).get(at("walk", key["alice"]) + f"?way={key['client']}")
    assert answer.status_code == 400
    assert "This way is not in the chain any more." in text_of(answer)


def test_unknown_and_foreign_things_look_the_same(signed_in, at, alice, key, organization, other_organization, zoe):
    theirs = Party.objects.filter(organization=other_organization).first().pk
    client = signed_in(alice)
    their_round = other_organization.rounds.get().pk
    asked = [
        at("walk", theirs), at("walk", 10**9), at("walk", key["alice"]) + f"?round={their_round}",
        at("walk", key["alice"]) + f"?round={10**9}", at("walk_start") + f"?round={their_round}",
    ]  # fmt: skip
    answers = [client.get(address) for address in asked] + [signed_in(zoe).get(at("walk", key["alice"]))]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers[:5]}) == 1


def test_nobody_writes_here(signed_in, at, alice, key):
    for name, numbers in (("walk_start", ()), ("walk", (key["alice"],))):
        assert signed_in(alice).post(at(name, *numbers)).status_code == 405


def test_somebody_is_found_by_name(signed_in, at, bob, organization):
    Party.objects.filter(organization=organization, code="dan").update(name="<b>Dan & Co</b>")
    organization.touch()
    client = signed_in(bob)
    found = client.get(at("walk_start"), {"find": "dan"})
    assert "&lt;b&gt;Dan &amp; Co&lt;/b&gt;" in found.content.decode()
    none = client.get(at("walk_start"), {"find": "<script>"})
    assert "<script>" not in none.content.decode()
    assert "Nobody in this chain has" in text_of(none)
    assert "Begin with your own work" not in text_of(found)


def test_whoever_hands_nothing_on_has_a_page_too(signed_in, at, alice, key):
    page = signed_in(alice).get(at("walk", key["dan"]))
    assert "no way leads on to an end customer" in text_of(page)
    assert 'rel="next"' not in page.content.decode()
    assert signed_in(alice).get(at("walk", key["dan"]) + "?step=1").status_code == 400


def test_queries_do_not_grow_with_the_walk(signed_in, at, bob, organization, key):
    client = signed_in(bob)

    def queries(step):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(at("walk", key["alice"]) + f"?step={step}").status_code == 200
        return len(seen)

    queries(0)
    short = queries(1)
    people = [
        Party.objects.create(organization=organization, code=f"n{number}", name=f"N {number}", capacity=1)
        for number in range(10)
    ]
    ends = [Party.objects.get(pk=key["alice"]), *people, Party.objects.get(pk=key["bob"])]
    HandOff.objects.filter(supplier=key["alice"]).delete()
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=one, customer=other, deliverable="it")
        for one, other in itertools.pairwise(ends)
    )
    organization.touch()
    queries(0)
    assert queries(12) <= short


@pytest.fixture
def protected(db):
    """A crowd whose anonymous round is closed, and its coach."""
    crowd = make_crowd()
    for party in Party.objects.filter(team__isnull=False):
        Party.objects.filter(pk=party.pk).update(name=f"Canary of {party.code}")
    asked = make_round(crowd, "anonymous")
    answer_all(asked, lambda ask: Card(score=4 if ask.handoff.supplier.team.name == "Red" else 8, comment="canary"))
    return crowd, close(asked), make_user("coach", crowd, Role.COACH)


def test_a_protected_round_is_walked_by_team_alone(signed_in, protected):
    crowd, asked, coach = protected
    client, base = signed_in(coach), f"/organizations/{crowd.pk}/walk/"
    start = client.get(f"{base}?round={asked.pk}&find=red")
    people = list(Party.objects.filter(organization=crowd, team__isnull=False).values_list("name", flat=True))
    address = re.search(rf'href="({base}\d+/\?step=0&amp;round={asked.pk})"', start.content.decode())[1]
    pages = [start]
    address = address.replace("&amp;", "&")
    while address:
        pages.append(client.get(address))
        address = link(pages[-1], "next")
    assert len(pages) > 3
    assert "Between Red and Blue" in text_of(pages[2]) or "Between Blue" in text_of(pages[2])
    for page in pages:
        assert page.status_code == 200
        assert not [name for name in people if name in text_of(page)]
        assert "canary" not in text_of(page)
    # without a question for a round the teams are shown as well: nobody is known by person
    assert "Name of a team" in text_of(client.get(base))
    person = Party.objects.get(organization=crowd, code="red0")
    assert client.get(f"{base}{10_000 + person.pk}/?round={asked.pk}").status_code == 404
