"""The page that makes printed slips, from the page of a round to the questions of whoever was given one.

Asked in Acme without mail address and account: bob and carla, the parties.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import Link, Party
from chainmap.services import links
from chainmap.services.rounds import RoundPlan, round_close, round_create, round_open, round_reopen
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db

CODE = re.compile(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b")


@pytest.fixture
def running(organization, people):
    draft = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Autumn", mode="pair"))
    return round_open(actor=OPERATOR, round=draft)


@pytest.fixture
def page(running):
    """The address of the page of slips."""
    return reverse("chainmap:round_slips", args=[running.organization_id, running.pk])


def test_looking_says_what_it_means_and_makes_nothing(page, dora, signed_in):
    answer = signed_in(dora).get(page)
    said = text_of(answer)
    assert "2 people are asked and have neither an e-mail address nor an account." in said
    assert "shown once and never made again" in said
    assert "is asked in the next round" in said
    assert "Make 2 slips" in said
    assert not CODE.search(said)
    assert not Link.objects.exists()


def test_a_slip_has_all_its_owner_needs_and_opens_the_owner_s_questions(page, dora, signed_in, settings):
    settings.CHAINMAP_URL = "https://chain.example"
    answer = signed_in(dora).post(page)
    said, html = text_of(answer), answer.content.decode()
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    bob, carla = re.findall(r"(?s)<li>(.*?)</li>", html.split('<ul class="slips">')[1].split("</ul>")[0])
    assert "Bob Brown" in bob
    assert "Carla Conti" in carla
    for slip in (bob, carla):
        assert "https://chain.example/join/" in slip
        assert 'class="qr"' in slip
        assert "Yours alone: the first to type it has it." in slip
        assert "will see your name and your score" in slip
    code, other = CODE.findall(said)
    owner = Client()
    way = owner.post(reverse("chainmap:join"), {"way": "code", "code": code})
    assert way.status_code == 303
    questions = text_of(owner.get(way["Location"], follow=True))
    assert "Alice Adams" in questions
    assert Link.objects.get(rater__code="bob").code_hash not in html
    spent = Client().post(reverse("chainmap:join"), {"way": "code", "code": code})
    assert (spent.status_code, "does not work" in text_of(spent)) == (400, True)
    assert Client().post(reverse("chainmap:join"), {"way": "code", "code": other}).status_code == 303


def test_no_token_is_on_the_page(page, dora, signed_in, monkeypatch):
    made = []
    make = links._link_make

    def remember(round):
        made.append(make(round))
        return made[-1]

    monkeypatch.setattr(links, "_link_make", remember)
    html = signed_in(dora).post(page).content.decode()
    assert [link.code in html for link in made] == [True, True]
    assert [link.token in html for link in made] == [False, False]
    assert "/a/" not in html


def test_a_second_time_gives_nothing(page, dora, bob, signed_in):
    signed_in(dora).post(page)
    for answer in (signed_in(dora).post(page), signed_in(bob).post(page), signed_in(bob).get(page)):
        said = text_of(answer)
        assert answer.status_code == 200
        assert "There is nobody to give a slip to" in said
        assert "Back to the round" in said
        assert not CODE.search(said)


def test_the_page_of_the_round_leads_there_while_there_is_somebody(page, running, dora, carla, signed_in):
    address = reverse("chainmap:round", args=[running.organization_id, running.pk])
    answer = signed_in(dora).get(address)
    assert f'href="{page}"' in answer.content.decode()
    assert "Print slips for 2 people without any link" in text_of(answer)
    assert page not in signed_in(carla).get(address).content.decode()
    signed_in(dora).post(page)
    assert page not in signed_in(dora).get(address).content.decode()


def test_nobody_without_mail(page, dora, signed_in):
    for code in ("bob", "carla"):
        Party.objects.filter(code=code).update(email=f"{code}@acme.example")
    assert "There is nobody to give a slip to" in text_of(signed_in(dora).get(page))


def test_a_closed_round_is_refused(page, running, dora, signed_in):
    round_close(actor=OPERATOR, round=running)
    for method in ("get", "post"):
        answer = getattr(signed_in(dora), method)(page)
        assert (answer.status_code, "takes no answers now" in text_of(answer)) == (400, True)
    assert not Link.objects.exists()


def test_a_round_that_goes_on_with_its_answers_says_why_there_are_none(page, organization, dora, signed_in):
    made = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Winter", mode="open"))
    closed = round_close(actor=OPERATOR, round=round_open(actor=OPERATOR, round=made))
    round_reopen(actor=OPERATOR, round=closed, closes_at=timezone.now() + timedelta(days=5))
    address = reverse("chainmap:round_slips", args=[organization.pk, made.pk])
    for method in ("get", "post"):
        assert "opened again and goes on with the answers" in text_of(getattr(signed_in(dora), method)(address))


def test_others_are_refused(page, people, zoe, signed_in):
    for method in ("get", "post"):
        for name in ("alice", "carla", "erik"):
            assert getattr(signed_in(people[name]), method)(page).status_code == 403, name
        assert getattr(signed_in(zoe), method)(page).status_code == 404
        assert getattr(Client(), method)(page).status_code == 302
    for method in ("put", "patch", "delete", "options"):
        assert getattr(signed_in(people["dora"]), method)(page).status_code == 405
    assert signed_in(people["dora"]).get(f"{page}?x=1").status_code == 400
    assert not Link.objects.exists()


def test_names_that_look_like_markup_are_shown_as_they_are(page, dora, signed_in):
    Party.objects.filter(code="bob").update(name="<b>Bob</b>")
    html = signed_in(dora).post(page).content.decode()
    assert "&lt;b&gt;Bob&lt;/b&gt;" in html
