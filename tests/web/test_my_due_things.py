"""What is due on my page, and where it is done."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.models import (
    Agreement,
    Conversation,
    HandOff,
    Moment,
    Need,
    Party,
)
from chainmap.services.rounds import RoundPlan, round_create, round_open
from tests.web.my_page import handoff
from tests.web.reading import text_of


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


# blocks 1, 3 and 4


def test_due_things_lead_to_where_they_are_done(my_page, organization):
    forecast = handoff("forecast")
    agreement = Agreement.objects.create(
        handoff=forecast, sentence="Send it on Monday", made_by=forecast.customer, owner=forecast.supplier,
        due_on=timezone.localdate(),
    )  # fmt: skip
    talk = Conversation.objects.create(
        handoff=forecast, inviter=forecast.customer, invitee=forecast.supplier, reason="low_score", words="Ten minutes?"
    )
    asked = round_open(
        actor=OPERATOR, round=round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Now"))
    )
    page = my_page()
    places = [
        page.index(f'href="{reverse(name, args=[organization.pk, pk])}"')
        for name, pk in (
            ("chainmap:agreement", agreement.pk),
            ("chainmap:talk", talk.pk),
            ("chainmap:answer", asked.pk),
        )
    ]
    assert places == sorted(places)
    text = text_of(page)
    assert "Bob Brown proposes an agreement: yes? Send it on Monday" in text
    assert "Bob Brown invites you for a coffee a low score · Ten minutes?" in text
    assert "Rate 1 hand-off Now" in text


def test_an_agreement_that_is_due_asks_what_came_of_it(my_page):
    forecast = handoff("forecast")
    Agreement.objects.create(
        handoff=forecast, sentence="Send it on Monday", made_by=forecast.customer, owner=forecast.supplier,
        due_on=timezone.localdate(), state="agreed",
    )  # fmt: skip
    assert ": was it kept? Send it on Monday" in text_of(my_page())


def test_a_customer_who_said_what_came_of_it_is_asked_for_a_score(my_page):
    paper = handoff("paper")
    Agreement.objects.create(
        handoff=paper, sentence="Dry paper", made_by=paper.customer, owner=paper.customer,
        due_on=timezone.localdate(), state="agreed", customer_outcome="kept",
    )  # fmt: skip
    assert ": how is it now? Dry paper" in text_of(my_page())


def test_a_claim_is_confirmed_with_one_tap(my_page, client, organization):
    row = handoff("forecast")
    HandOff.objects.filter(pk=row.pk).update(customer_says="yes")
    page = my_page()
    assert "Bob Brown says: this comes from you forecast" in text_of(page)
    form = re.search(r'<form method="post"\s+action="([^"]*/say/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    fields.pop("csrfmiddlewaretoken", None)
    assert client.post(form[1], fields).status_code == 302
    row.refresh_from_db()
    assert (row.supplier_says, row.customer_says) == ("yes", "yes")
    assert "Nothing waits for you." in text_of(my_page())


def test_what_was_confirmed_can_be_taken_back_or_disputed_where_the_button_stood(my_page, client, organization, me_url):
    row = handoff("forecast")
    HandOff.objects.filter(pk=row.pk).update(customer_says="yes")
    my_page()
    say_url = reverse("chainmap:handoff_say", args=[organization.pk, row.pk])
    told = client.post(say_url, {"says": "yes", "version": row.version, "back": "me"})
    assert told["Location"] == f"{me_url}?said={row.pk}#due"
    page = client.get(told["Location"]).content.decode()
    assert 'id="due"' in page
    assert "You say it is so. Bob Brown is told." in text_of(page)
    place = reverse("chainmap:handoff", args=[organization.pk, row.pk])
    assert f'href="{place}#claim-title">Dispute it instead</a>' in page
    form = re.search(rf'action="({place}undo/)">(.*?)</form>', page, re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    undone = client.post(form[1], {name: fields[name] for name in ("change", "back")})
    assert undone["Location"] == told["Location"]
    row.refresh_from_db()
    assert (row.supplier_says, row.customer_says) == ("", "yes")
    page = client.get(undone["Location"]).content.decode()
    assert "Undo" not in text_of(page)
    assert "Bob Brown says: this comes from you forecast" in text_of(page)


def test_only_what_the_reader_said_last_can_be_taken_back_here(
    my_page, client, organization, me_url, other_organization
):
    my_page()
    alien = HandOff.objects.get(organization=other_organization, deliverable="CANARY forecast")
    for number in (handoff("forecast").pk, handoff("plan").pk, alien.pk, 10**18):
        page = client.get(f"{me_url}?said={number}")
        assert page.status_code == 200
        assert "Undo" not in page.content.decode()
    for junk in ("x", "0", "", "1" * 5000, "%00"):
        assert client.get(f"{me_url}?said={junk}").status_code == 400


def test_what_the_other_side_said_leads_to_its_answer(my_page, organization):
    forecast, figures = handoff("forecast"), handoff("figures")
    HandOff.objects.filter(pk=forecast.pk).update(customer_says="no", supplier_says="yes")
    misery = Moment.objects.create(
        handoff=figures, teller=figures.customer, kind="misery", words="Too late", told_on=date(2026, 5, 4)
    )
    for text in ("By noon", "In hours"):
        Need.objects.create(handoff=figures, text=text)
    talk = Conversation.objects.create(
        handoff=figures, inviter=figures.supplier, invitee=figures.customer, reason="other", state="declined"
    )
    page = my_page()
    text = text_of(page)
    assert "Bob Brown says it is not so: that this comes from you forecast" in text
    assert "A moment of misery to answer, told by Carla Conti Too late" in text
    assert "Carla Conti said what they need: 2 to answer figures" in text
    assert "Carla Conti declined your coffee: invite again, or let it be figures" in text
    assert re.search(r"<summary>\s*1 more\s*</summary>", page)
    for name, args, place in (
        ("handoff", [forecast.pk], "#claim-title"),
        ("moment_answer", [misery.pk], ""),
        ("handoff", [figures.pk], "#needs"),
        ("coffee_new", [figures.pk], ""),
    ):
        assert f'href="{reverse(f"chainmap:{name}", args=[organization.pk, *args])}{place}"' in page
    assert f'action="{reverse("chainmap:talk_answer", args=[organization.pk, talk.pk])}"' in page


def test_a_declined_coffee_is_let_be_with_one_tap(my_page, client, organization, me_url):
    figures = handoff("figures")
    talk = Conversation.objects.create(
        handoff=figures, inviter=figures.supplier, invitee=figures.customer, reason="other", state="declined"
    )
    form = re.search(r'action="([^"]*/answer/)">(.*?)</form>', my_page(), re.DOTALL)
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[2]))
    assert client.post(form[1], fields)["Location"] == f"{me_url}#due"
    talk.refresh_from_db()
    assert talk.state == "withdrawn"
    assert "Nothing waits for you." in text_of(my_page())


def test_what_is_not_listed_is_a_link(my_page, organization):
    row = handoff("forecast")
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=row.supplier, customer=row.customer, deliverable=f"d{number}",
                customer_says="yes")
        for number in range(119)
    )  # fmt: skip
    page = my_page()
    assert len(re.findall(r'<div class="due-row">', page)) == 15
    assert re.search(r"<summary>\s*116 more\s*</summary>", page)
    link = re.search(r'<a class="plain-button" href="([^"]*)">\s*104 more hand-offs that wait for you', page)
    assert link[1] == reverse("chainmap:my_chain", args=[organization.pk])


def test_a_moment_is_suggested_only_where_somebody_reads_it_and_it_is_so(my_page, organization):
    """Alice gets paper from outside, a disputed review from Carla, and questions from Bob who is there."""
    alice = Party.objects.get(organization=organization, code="alice")
    made = {
        code: HandOff.objects.create(
            organization=organization, supplier=Party.objects.get(organization=organization, code=code),
            customer=alice, deliverable="review", volume=volume, supplier_says=says, customer_says="yes",
        )
        for code, volume, says in (("carla", 9, "no"), ("bob", 1, "yes"))
    }  # fmt: skip
    page = my_page()
    assert f'href="{reverse("chainmap:moment_tell", args=[organization.pk, made["bob"].pk])}"' in page
    assert "<span>Tell <bdi>Bob Brown</bdi> of one</span>" in page, "in one piece, so that its spaces stay"
    assert "Carla Conti · review no score yet · Carla Conti says it is not so" in text_of(page)
    HandOff.objects.filter(pk=made["bob"].pk).delete()
    assert "of one" not in text_of(my_page())


def test_a_moment_on_the_page_leads_to_what_is_said_to_it(my_page):
    row = handoff("forecast")
    for kind in ("magic", "misery"):
        Moment.objects.create(handoff=row, teller=row.customer, kind=kind, told_on=date(2026, 5, 4))
    page = my_page()
    text = text_of(page)
    assert "A moment of misery for Bob Brown answer" in text
    assert "A magic moment for Bob Brown say thank you" in text
    Moment.objects.update(reply="Gladly")
    assert text_of(my_page()).count("you answered") == 2
