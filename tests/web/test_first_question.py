"""The first question: whom one works for, asked before my page shows anything."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.urls import reverse

from chainmap.models import (
    ClientAnswer,
    HandOff,
    Party,
)
from tests.web.reading import text_of


def _main(page):
    """What the page itself says, without its head."""
    return page[page.index("<main") :]


@pytest.fixture
def me_url(organization):
    return reverse("chainmap:me", args=[organization.pk])


@pytest.fixture
def client(alice, signed_in):
    return signed_in(alice)


@pytest.fixture
def say(client, me_url):
    return lambda words: client.post(f"{me_url}client/", {"words": words})


@pytest.fixture
def my_page(client, me_url, say):
    """The page after an answer."""

    def page(words="Bob Brown"):
        assert say(words).status_code == 302
        return client.get(me_url).content.decode()

    return page


# the first question


def test_before_anything_is_shown_one_line_is_asked(client, me_url):
    assert client.get(me_url)["Location"] == f"{me_url}client/"
    shown = text_of(_main(client.get(f"{me_url}client/").content.decode()))
    assert "Who is your most important client?" in shown
    assert "I do not know" in shown


def test_nothing_of_the_chain_is_on_that_page(client, me_url, organization):
    """No name of a party but one's own in the head, no share, no hand-off, no way around the question."""
    page = client.get(f"{me_url}client/").content.decode()
    for name in Party.objects.filter(organization=organization).values_list("name", flat=True):
        assert name not in page
    for deliverable in HandOff.objects.values_list("deliverable", flat=True):
        assert deliverable not in page
    assert "%" not in text_of(_main(page))


def test_an_answer_leads_to_my_page_and_is_kept(client, me_url, say):
    answered = say("Bob Brown")
    assert answered["Location"] == me_url
    assert ClientAnswer.objects.get().client.code == "bob"
    shown = text_of(client.get(me_url).content.decode())
    assert "Your answer is kept: Bob Brown. Nobody but you can see it." in shown
    assert "Your most important client is Bob Brown" in shown


def test_a_first_name_that_two_have_is_asked_about_with_buttons(client, me_url, say, organization):
    """Each button says the whole label; another keeps the words; the field keeps what was typed."""
    Party.objects.create(organization=organization, code="bob2", name="Bobby Tables", capacity=1)
    refused = say("bo")
    page = html.unescape(refused.content.decode())
    assert (refused.status_code, "Did you mean" in page) == (400, True)
    assert re.findall(r'name="meant" value="([^"]*)"', page) == ["Bob Brown", "Bobby Tables"]
    assert page.count('value="bo"') == 2
    assert client.post(f"{me_url}client/", {"words": "bo", "meant": "Bobby Tables"})["Location"] == me_url
    assert ClientAnswer.objects.get().client.code == "bob2"
    assert client.post(f"{me_url}client/", {"words": "bo", "as_written": "yes"})["Location"] == me_url
    assert (ClientAnswer.objects.get().words, ClientAnswer.objects.get().client) == ("bo", None)


def test_a_letter_beside_the_right_one_is_asked_about(client, me_url, say):
    page = html.unescape(say("Bib Brown").content.decode())
    assert "Nobody in the chain is called “Bib Brown”." in page
    assert re.findall(r'name="meant" value="([^"]*)"', page) == ["Bob Brown"]
    assert "Did you mean" not in say("Alice Adams").content.decode()


def test_i_do_not_know_is_one_tap(client, me_url):
    """Whatever stands in the field."""
    assert client.post(f"{me_url}client/", {"words": "Bo", "unknown": "yes"})["Location"] == me_url
    assert ClientAnswer.objects.get().words == ""
    shown = text_of(client.get(me_url).content.decode())
    assert "You said that you do not know. This is what the chain shows." in shown


def test_an_empty_line_is_asked_for_a_name(say):
    for words in ("", "   ", "\u200b"):
        refused = say(words)
        assert refused.status_code == 400
        assert "Write a name, or say that you do not know." in refused.content.decode()
    assert not ClientAnswer.objects.exists()


def test_what_cannot_be_an_answer_stays_in_the_field(say, organization):
    """10,000 characters, several of one name, oneself, somebody who left: 400, said why, nothing lost."""
    Party.objects.create(organization=organization, code="bob2", name="Bob Brown", capacity=1)
    Party.objects.filter(organization=organization, code="carla").update(left_on=date(2026, 5, 4))
    for words, why in (
        ("x" * 10_000, "This text has 10000 characters, and 200 fit."),
        ("Bob\x07", "a character that cannot be shown"),
        (
            "Bob Brown",
            "Several are called “Bob Brown”. Write one of these: “Bob Brown · Planning”, “Bob Brown · bob2”.",
        ),
        ("Alice Adams", "That is you."),
        ("Carla Conti", "Carla Conti left on 4 May 2026"),
    ):
        refused = say(words)
        assert refused.status_code == 400
        assert why in html.unescape(refused.content.decode())
        assert f'value="{words}"' in html.unescape(refused.content.decode())
    assert not ClientAnswer.objects.exists()


def test_markup_and_direction_marks_in_an_answer_do_nothing(my_page):
    page = my_page("<script>alert(1)</script>\u202egnp")
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "You named “<script>alert(1)</script>gnp”. Nobody in the chain is called that." in text_of(page)


def test_a_name_of_another_organization_means_nobody(my_page, other_organization):
    Party.objects.filter(organization=other_organization, code="bob").update(name="Only There")
    page = my_page("Only There")
    assert "Nobody in the chain is called that." in text_of(page)


def test_the_answer_can_be_changed_and_only_its_owner_reads_it(client, me_url, my_page, say, dora, carla, signed_in):
    my_page("Carla Conti")
    form = client.get(f"{me_url}client/").content.decode()
    assert 'value="Carla Conti"' in form
    assert "Back to my page" in form
    say("The people upstairs")
    assert "The people upstairs" in client.get(me_url).content.decode()
    for user in (dora, carla):
        assert signed_in(user).get(me_url).status_code == 404
        assert "upstairs" not in signed_in(user).get(reverse("chainmap:home"), follow=True).content.decode()


def test_of_two_answers_at_once_the_later_stays(client, me_url, say, signed_in, alice):
    other_phone = signed_in(alice)
    say("Bob Brown")
    other_phone.post(f"{me_url}client/", {"words": "Carla Conti"})
    assert ClientAnswer.objects.get().client.code == "carla"
