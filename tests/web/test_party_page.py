"""The page of one party: its most important client, in words for itself and for others."""

from __future__ import annotations

import re

import pytest

from chainmap.models import HandOff, Party, Rating
from chainmap.services.analysis import party_chain_find
from tests.web.reading import text_of


def _heading(page):
    return text_of(re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1])


@pytest.fixture
def page(carla, party_url, signed_in):
    return lambda code, user=carla: signed_in(user).get(party_url(code)).content.decode()


def test_others_read_about_the_party_by_name(page, organization, carla):
    """alice hands 3 of 4 to bob and 1 of 4 to carla; bob is her most important client."""
    alice = Party.objects.get(organization=organization, code="alice")
    share = party_chain_find(actor=carla, organization=organization, party=alice).customers[0].share
    assert _heading(page("alice")) == (
        f"The most important client of Alice Adams is Bob Brown: {share:.0%} of what Alice Adams delivers reaches the "
        "end customer through Bob Brown."
    ).replace("%", "\u00a0%").replace("\u00a0", " ")


def test_the_party_itself_is_spoken_to(page, alice):
    shown = page("alice", alice)
    assert _heading(shown).startswith("Your most important client is Bob Brown:")
    assert "this is you" in shown
    assert "From whom you get what you need" in shown
    assert "To whom you give" in shown
    assert "passes through you." in shown


def test_the_party_of_somebody_else_is_never_called_yours(page, alice):
    text = text_of(page("bob", alice))
    assert not re.search(r"\b[Yy]ours?\b|\byou\b", text)


def test_a_client_who_is_the_end_customer_is_served_directly(page):
    assert _heading(page("carla")).startswith("The most important client of Carla Conti is The client:")
    assert _heading(page("carla")).endswith("delivers goes there directly.")


def test_an_end_customer_has_what_arrives_and_no_clients(page):
    shown = page("client")
    assert re.fullmatch(r"[\d.]+ person-equivalents of work arrive at The client\.", _heading(shown))
    assert "Customers: to whom" not in shown
    assert "What goes on from here" not in shown


def test_an_end_customer_without_supplier_is_said_so(page, organization):
    Party.objects.create(organization=organization, code="late", name="Late", kind="end_customer", capacity=0)
    organization.touch()
    shown = page("late")
    assert _heading(shown) == "Nothing is handed over to Late yet."
    assert "Next step: enter who hands over to this end customer." in shown


def test_stranded_work_is_said_with_a_next_step(page):
    shown = page("dan")
    assert _heading(shown) == "What Dan Duval does reaches no end customer yet."
    assert "Enter whom Dan Duval hands it to" in shown
    assert "waterfall" not in shown


def test_without_ratings_nothing_is_claimed(page, organization):
    Rating.objects.filter(round__organization=organization).delete()
    organization.touch()
    shown = page("alice")
    assert _heading(shown) == "Who the most important client of Alice Adams is can be said after the first ratings."
    assert "Next step:" in shown
    assert "waterfall" not in shown


def test_how_sure_is_said(page, organization):
    assert "Too early to tell (1 answer)." in page("alice")
    handoff = HandOff.objects.get(organization=organization, deliverable="forecast")
    asked = Rating.objects.get(handoff=handoff).round
    for code in ("carla", "dan", "ext"):
        Rating.objects.create(
            round=asked, handoff=handoff, rater=Party.objects.get(organization=organization, code=code), score=6
        )
    organization.touch()
    assert "Likely (4 answers)." in page("alice")


def test_the_main_chain_is_drawn_and_said(page):
    """alice -> bob -> carla -> client."""
    shown = page("alice")
    assert shown.count('class="waterfall-bar"') == 4
    text = text_of(shown)
    assert "Of every 100 units Alice Adams hands on towards The client," in text
    for step in ("Alice Adams and Bob Brown", "Bob Brown and Carla Conti", "Carla Conti and The client"):
        assert f"Between {step}".replace(" and ", "  and ").replace("  ", " ") in text


def test_given_and_received_handoffs_have_yield_and_basis(page):
    tables = re.findall(r"<table.*?</table>", page("bob"), re.DOTALL)
    received, given = (text_of(table) for table in tables)
    assert "Alice Adams forecast" in received
    assert "Carla Conti questions" in received
    assert "Not known: nobody has rated it" in received
    assert "Carla Conti plan" in given
    assert "Too early to tell (1 answer)" in given


def test_a_party_entered_after_the_finding_is_not_there_yet(page, organization, carla, party_url, signed_in, chain_url):
    """No touch(): the finding of this version of the data does not know the newcomer."""
    client = signed_in(carla)
    assert client.get(chain_url).status_code == 200
    late = Party.objects.create(organization=organization, code="late", name="Late", capacity=1)
    assert client.get(f"{chain_url}parties/{late.pk}/").status_code == 404


def test_the_way_back_is_the_first_link_of_the_page(page, chain_url):
    assert f'<a href="{chain_url}">Back to the whole chain</a>' in page("alice")
