"""The page of results, its PDF, the link for the room, the paper form, and the form by which a workshop is copied."""

from __future__ import annotations

import re
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse

from chainmap.domain.exercise_results import PurposeResult, Text, result_to_json
from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.exports.typst_file import DocumentError
from chainmap.models import Entry, HandOff, Party, Rating, Workshop
from tests.after import SHOWN, anonymous_workshop, make_workshop, open_workshop
from tests.exports.documents import needs_pdftotext, pdf_pages, pdf_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization, people) -> Workshop:
    return open_workshop(organization, people)


@pytest.fixture
def coach(bob, signed_in) -> Client:
    return signed_in(bob)


@pytest.fixture
def page(at, workshop):
    """Name of an address of the workshop -> address."""
    return lambda name="workshop_results": at(name, workshop.pk)


def text_of(response) -> str:
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(bare.split())


def link_of(coach, page) -> str:
    coach.post(page("workshop_link"))
    return re.search(r'href="(/after/[\w-]{43}/)"', coach.get(page()).content.decode())[1]


def ticks_of(response) -> dict[str, object]:
    """What the copy form sends as it stands."""
    body = response.content.decode()
    sent: dict[str, object] = {"handoffs": re.findall(r'name="handoffs"\s+value="(\d+)"\s+checked', body)}
    sent["mark"] = re.search(r'name="mark" value="(\w+)"', body)[1]
    sent["raters"] = re.findall(r'name="raters"\s+value="(\w+)"\s+checked', body)
    for name in ("agreements", "draft"):
        if re.search(rf'name="{name}"\s+checked', body):
            sent[name] = "on"
    for name in re.findall(r'<select name="(kind\d+)"', body):
        sent[name] = "employee"
    return sent


def test_the_page_says_what_was_found_and_agreed(coach, page):
    response = coach.get(page())
    said = text_of(response)
    for words in (
        "Kitchen table",
        "Of every 100 units of work, 41 reach the end customer.",
        "What we agreed on",
        "The forecast comes on Friday.",
        "Alice Adams for Bob Brown",
        "They stayed late for us.",
        "A handful of people took part.",
    ):
        assert words in said
    assert response.content.decode().count("<h1") == 1


def test_a_manager_reads_and_hands_nothing_on(page, carla, signed_in):
    body = signed_in(carla).get(page()).content.decode()
    assert "What we agreed on" in body
    for way in ("workshop_link", "workshop_copy", "workshop_paper"):
        assert page(way) not in body


def test_nothing_revealed_is_said_with_the_next_step(coach, organization, at):
    empty = make_workshop(organization)
    response = coach.get(at("workshop_results", empty.pk))
    assert "Nothing was revealed in this workshop yet" in text_of(response)
    again = coach.post(at("workshop_link", empty.pk), follow=True)
    assert "Reveal a result first" in text_of(again)


def test_no_phone_without_a_name_is_said_to_show_the_link(coach, organization, at):
    """It is forgotten when the workshop is closed."""
    quiet = anonymous_workshop(organization)
    said = text_of(coach.post(at("workshop_link", quiet.pk), follow=True))
    assert said.count("Show its code to the room") == 2
    assert "The phones of the room show it" not in said


@needs_pdftotext
@pytest.mark.parametrize(("query", "width"), [("", b"595"), ("?paper=a4", b"595"), ("?paper=letter", b"612")])
def test_the_pdf_says_what_the_page_says(coach, page, query, width):
    response = coach.get(page("workshop_pdf") + query)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="workshop-kitchen-table.pdf"'
    assert b"/MediaBox[0 0 " + width in response.content
    assert pdf_pages(response.content) == 2  # the picture has a sheet of its own
    said = pdf_text(response.content)
    for words in ("41 reach the end customer", "The forecast comes on Friday.", "A handful of people"):
        assert words in said


def test_page_and_pdf_show_the_chain(coach, page):
    body = coach.get(page()).content.decode()
    assert body.count('class="chain-picture"') == 1
    assert "The chain at the end of the workshop" in body
    assert "A chain read from left to right; parties: 4" in body
    said = pdf_text(coach.get(page("workshop_pdf")).content)
    for words in ("The chain at the end of the workshop", "Night shift", "45 %"):
        assert words in said.replace("\xa0", " ")


def test_a_picture_that_cannot_be_drawn_is_said_and_the_rest_stands(coach, page):
    with patch("chainmap.services.pictures.draw", side_effect=PictureError(PictureFailure.TIME)):
        said = text_of(coach.get(page()))
        assert str(PictureError(PictureFailure.TIME)) in said
        assert "What we agreed on" in said
        assert pdf_pages(coach.get(page("workshop_pdf")).content) == 1


def test_a_paper_nobody_has_is_refused(coach, page):
    response = coach.get(page("workshop_pdf") + "?paper=a3")
    assert response.status_code == 400
    assert "Write a4 or letter" in text_of(response)
    assert coach.get(page("workshop_pdf") + "?size=a4").status_code == 400


@pytest.mark.parametrize("name", ["workshop_pdf", "workshop_paper"])
def test_a_document_that_cannot_be_made_is_said(coach, page, name):
    broken = DocumentError(PictureFailure.TIME, "secret detail")
    with (
        patch("chainmap.exports.workshop_report.pdf_document", side_effect=broken),
        patch("chainmap.exports.paper_form.pdf_document", side_effect=broken),
    ):
        response = coach.get(page(name))
    assert response.status_code == 503
    assert "The page says the same" in text_of(response)
    assert "secret" not in text_of(response)


# ---- the link


def test_the_link_opens_without_an_account_and_is_only_looked_at(coach, page):
    address = link_of(coach, page)
    response = Client().get(address)
    assert response.status_code == 200
    assert "The forecast comes on Friday." in text_of(response)
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert not response.cookies
    assert "<form" not in response.content.decode()
    assert Client().get(address).content == response.content
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(address).status_code == 405
    document = Client().get(address + "results.pdf?paper=letter")
    assert document.content.startswith(b"%PDF")
    assert document.content == coach.get(page("workshop_pdf") + "?paper=letter").content


def test_dead_links_are_all_alike(coach, page):
    address = link_of(coach, page)
    ended = coach.post(page("workshop_link_end"), follow=True)
    assert "The link works for nobody any more" in text_of(ended)
    answers = {
        (response.status_code, response.content)
        for dead in (address, address + "results.pdf", "/after/x/", f"/after/{'x' * 43}/", "/after/%00/", "/after/ü/")
        for response in (Client().get(dead), coach.get(dead))
    }
    assert len(answers) == 1
    assert {status for status, _body in answers} == {404}


def test_a_query_makes_no_link(coach, page):
    assert Client().get(link_of(coach, page) + "?x=1").status_code == 400


def test_the_code_on_the_page_is_a_picture_without_the_address(coach, page):
    address = link_of(coach, page)
    body = coach.get(page()).content.decode()
    picture = re.search(r"<svg[^>]+class=\"qr\".*?</svg>", body, re.DOTALL)[0]
    assert address.strip("/").split("/")[1] not in picture


# ---- paper


@needs_pdftotext
def test_the_paper_form_asks_what_the_exercises_ask(coach, page):
    said = pdf_text(coach.get(page("workshop_paper")).content)
    for words in (
        "Everybody in this room, your coach and the managers will see your name",
        "Who is your most important client?",
        "0 1 2 3 4 5 6 7 8 9 10",
        "Name:",
        "Until when",
    ):
        assert words in said


@needs_pdftotext
def test_a_form_for_each_person_has_what_they_receive(coach, page):
    document = coach.get(page("workshop_paper") + "?people=each").content
    said = pdf_text(document)
    for words in ("Name: Alice Adams", "Name: Dan Duval", "paper, from Paper mill", "forecast, from Alice Adams"):
        assert words in said
    assert coach.get(page("workshop_paper") + "?people=all").status_code == 400


@needs_pdftotext
def test_without_names_no_form_has_one(coach, organization, at):
    workshop = anonymous_workshop(organization)
    said = pdf_text(coach.get(at("workshop_paper", workshop.pk)).content)
    assert "Nobody will see who said what" in said
    assert "Name:" not in said
    assert "All in all" in said
    refused = coach.get(at("workshop_paper", workshop.pk) + "?people=each", follow=True)
    assert "its forms have none" in text_of(refused)


# ---- copying


def test_the_copy_page_shows_all_of_it_first_and_copies_what_stays_ticked(coach, page, workshop):
    shown = coach.get(page("workshop_copy"))
    said = text_of(shown)
    for words in (
        "Bob Brown → to Alice Adams : answers",
        "drawn by both sides",
        "Nothing leaves an end customer",
        "Ratings, as a closed round “Kitchen table” with names",
        "1 rating of 1 person Given signed in",
        "1 rating of 1 person Given under names without an account.",
        "1 agreement, proposed to its other side",
        "2 people took part without an account",
        "Guests go home happier.",
    ):
        assert words in said
    assert "Carla Conti" not in said.partition("What people said")[2], "a list of names shows who is not in it"
    sent = ticks_of(shown)
    assert sent["handoffs"] == ["0", "1"]
    assert sent["raters"] == ["signed_in"]  # Carla only said so
    both = {"handoffs": ["1"], "raters": ["signed_in", "by_name"]}
    response = coach.post(page("workshop_copy"), sent | both, follow=True)
    said = text_of(response)
    assert "Copied: 1 hand-off, 1 new person, 2 ratings, 1 agreement." in said
    assert "To its round" in said
    assert HandOff.objects.filter(deliverable="clean desks").exists()
    assert not HandOff.objects.filter(deliverable="answers").exists()
    again = coach.post(page("workshop_copy"), sent)
    assert "nothing is done twice" in text_of(again)
    assert Rating.objects.filter(round__name__startswith="Kitchen").count() == 2


def test_a_kind_that_cannot_be_is_said_beside_its_field_and_ticks_stay(coach, page):
    sent = ticks_of(coach.get(page("workshop_copy")))
    del sent["raters"]
    response = coach.post(page("workshop_copy"), sent | {"kind0": "end_customer"})
    body = response.content.decode()
    assert response.status_code == 400
    assert "nothing leaves an end customer" in body
    assert not re.search(r'name="raters"\s+value="\w+"\s+checked', body)
    assert re.search(r'value="end_customer"\s+selected', body)
    assert not Party.objects.filter(name="Night shift").exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"raters": ["7"]},
        {"handoffs": ["7"]},
        {"handoffs": ["x"]},
        {"purpose": "9"},
        {"kind0": "ghost"},
        {"handoffs": ["0"] * 3000},
    ],
)
def test_what_nobody_offered_is_refused(coach, page, workshop, sent):
    ticks = ticks_of(coach.get(page("workshop_copy")))
    response = coach.post(page("workshop_copy"), ticks | sent)
    assert response.status_code in {302, 400}
    if response.status_code == 400:
        assert not Workshop.objects.get(pk=workshop.pk).is_copied
    assert HandOff.objects.filter(deliverable="answers").count() <= 1


def test_what_changed_meanwhile_is_shown_again(coach, page, workshop):
    sent = ticks_of(coach.get(page("workshop_copy")))
    Entry.objects.filter(exercise__kind="rate", participant__name="Carla").delete()
    response = coach.post(page("workshop_copy"), sent | {"handoffs": ["1"]})
    assert response.status_code == 409
    assert "Nothing was copied: what can be copied has changed" in text_of(response)
    fresh = ticks_of(response)
    assert fresh["handoffs"] == ["1"]
    assert fresh["mark"] != sent["mark"]
    assert coach.post(page("workshop_copy"), fresh).status_code == 302


def test_hostile_names_stay_words(coach, page, workshop, organization):
    evil = '<script>alert("x")</script>#panic()'
    Party.objects.filter(organization=organization, code="alice").update(name=evil)
    Workshop.objects.update(name=evil)
    for name in ("workshop_results", "workshop_copy"):
        body = coach.get(page(name)).content.decode()
        assert "<script>alert" not in body
        assert "&lt;script&gt;alert" in body
    assert coach.get(page("workshop_pdf")).content.startswith(b"%PDF")


def test_of_an_anonymous_workshop_a_round_is_prepared(coach, organization, at):
    workshop = anonymous_workshop(organization)
    shown = coach.get(at("workshop_copy", workshop.pk))
    assert "Prepare an anonymous round" in text_of(shown)
    assert "CANARY" not in text_of(shown)
    coach.post(at("workshop_copy", workshop.pk), ticks_of(shown))
    workshop.refresh_from_db()
    assert (workshop.round.state, workshop.round.mode) == ("draft", "anonymous")


def test_a_workshop_of_elsewhere_is_not_there(coach, other_organization, at):
    theirs = make_workshop(other_organization)
    there = [coach.get(at(name, theirs.pk)) for name in ("workshop_results", "workshop_copy", "workshop_paper")]
    absent = coach.get(at("workshop_results", 1))
    assert {(response.status_code, response.content) for response in there} == {(404, absent.content)}


def test_pages_cost_a_fixed_number_of_queries(coach, page, workshop, django_assert_max_num_queries):
    coach.get(page())
    with django_assert_max_num_queries(21):
        coach.get(page())
    with django_assert_max_num_queries(24):
        coach.get(page("workshop_copy"))
    address = reverse("chainmap:after", args=[link_of(coach, page).strip("/").split("/")[1]])
    with django_assert_max_num_queries(10):
        Client().get(address)


@pytest.mark.parametrize("who", ["bob", "carla", "alice"])
def test_the_copied_round_can_be_looked_at_like_any_other(coach, page, organization, at, people, signed_in, who):
    coach.post(page("workshop_copy"), ticks_of(coach.get(page("workshop_copy"))))
    made = Workshop.objects.get(organization=organization).round
    reader = signed_in(people[who])
    assert reader.get(at("round", made.pk)).status_code == 200
    assert "Kitchen table" in text_of(reader.get(at("rounds")))


def test_an_invented_workshop_says_so_everywhere(coach, page, workshop):
    Workshop.objects.update(is_practice=True)
    address = link_of(coach, page)
    for response in (coach.get(page()), Client().get(address)):
        assert "invented, for practice" in text_of(response)


def test_long_lists_are_behind_more(coach, page, workshop, organization):
    texts = tuple(Text(f"Sentence number {n}.") for n in range(30))
    workshop.exercises.filter(kind="purpose").update(result=result_to_json(PurposeResult(SHOWN, texts)))
    body = coach.get(page()).content.decode()
    assert "22 more" in " ".join(body.split())
    first = body.index("Sentence number 7.")
    assert first < body.index("<details>", first) < body.index("Sentence number 29.")
