"""What is left of a workshop: one summary for page, PDF and link, and the link's life."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import override_settings
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.exercise_results import DrawResult, PurposeResult, Text, result_to_json
from chainmap.exports.workshop_report import AgreementLine, ChainFigures, CoffeePair
from chainmap.models import Exercise, HandOff, Party, Rating, Workshop
from chainmap.services.workshop_after import (
    LinkDead,
    after_find,
    after_link,
    after_link_end,
    after_link_make,
    link_state,
    workshop_summary_find,
)
from chainmap.services.workshop_findings import workshop_finding
from chainmap.services.workshops import WorkshopProblem
from tests.after import (
    SHOWN,
    TOO_FEW,
    anonymous_workshop,
    in_a_week,
    make_workshop,
    open_workshop,
    party,
    rates,
    revealed,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization, people) -> Workshop:
    return open_workshop(organization, people)


def token_of(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def lines_of(summary, title):
    return next(result for result in summary.results if result.title == title)


def test_the_summary_says_what_was_found_and_agreed(workshop, carla):
    found = workshop_summary_find(actor=carla, workshop=workshop)
    assert found.chain == ChainFigures(pytest.approx(0.41), pytest.approx(0.5))
    assert found.headlines == (
        "Of every 100 units of work, 41 reach the end customer.",
        "Most is lost at one hand-off (forecast, from Alice Adams to Bob Brown): 20 of every 100.",
        "If all of it arrived there, end customers would get 12 more.",
        "There is 1 agreement.",
    )
    line = AgreementLine(
        "The forecast comes on Friday.", "Alice Adams for Bob Brown", in_a_week(), state="both said yes"
    )
    assert found.agreements == (line,)
    assert found.coffee == (CoffeePair("Alice Adams", "Bob Brown", "forecast"),)
    assert found.took_part == "A handful of people took part."
    assert not found.is_empty
    client = lines_of(found, "Who is your most important client?")
    assert client.finding == "2 of 3 name the client whom the chain names"
    assert [(row.label, row.value, row.share) for row in client.rows] == [
        ("Bob Brown", "3 people", 0.75), ("The market", "1 person", 0.25)
    ]  # fmt: skip
    draw = lines_of(found, "Draw our chain")
    assert draw.finding == "4 hand-offs drawn: 2 by both sides, 3 not in the chain yet"
    assert ("forecast, from Alice Adams to Bob Brown", "known") in [(row.label, row.value) for row in draw.rows]
    rate = lines_of(found, "Rate live")
    assert [(row.value, row.share) for row in rate.rows] == [
        ("4 of 10, counted as 45 of 100", 0.4), ("8 of 10, counted as 80 of 100", 0.8)
    ]  # fmt: skip
    assert [row.label for row in lines_of(found, "Purpose").rows] == [
        "Guests go home happier.", "Warm bread for everybody."
    ]  # fmt: skip


def test_what_was_not_revealed_is_not_there(workshop, bob):
    Exercise.objects.filter(workshop=workshop, kind__in=["rate", "agreements", "coffee"]).update(state="running")
    Exercise.objects.filter(workshop=workshop, kind="purpose").update(result="")
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert (found.chain, found.headlines, found.agreements, found.coffee) == (None, (), (), ())
    assert {result.title for result in found.results} == {
        "Who is your most important client?", "Draw our chain", "Magic and misery"
    }  # fmt: skip


def test_a_purpose_said_in_one_way_has_a_place_of_its_own(organization, bob):
    workshop = make_workshop(organization)
    revealed(workshop, PurposeResult(SHOWN, (Text("Guests go home happier."),)))
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert (found.purpose, found.results) == ("Guests go home happier.", ())


def test_a_purpose_is_masked_where_names_are_hidden(organization, bob):
    workshop = make_workshop(organization)
    revealed(workshop, PurposeResult(SHOWN, (Text("We help ALICE and Carlas team to survive Bob Brown."),)))
    Workshop.objects.filter(pk=workshop.pk).update(hides_names=True)
    workshop.refresh_from_db()
    assert workshop_summary_find(actor=bob, workshop=workshop).purpose == "We help … and … team to survive …."


def test_who_is_gone_is_left_out(workshop, organization, bob):
    HandOff.objects.filter(supplier__code="alice", customer__code="bob").delete()
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert [row.value for row in lines_of(found, "Rate live").rows] == ["8 of 10, counted as 80 of 100"]
    Party.objects.filter(organization=organization, code="bob").delete()
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert "Bob" not in str(found)
    assert (found.agreements, found.coffee) == ((), ())


def test_names_hidden_on_the_screen_are_hidden_but_where_two_agreed(workshop, bob):
    workshop.hides_names = True
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert found.agreements[0].who == "Alice Adams for Bob Brown"
    said = str((found.headlines, found.results))
    for name in ("Alice", "Bob", "Carla"):
        assert name not in said
    assert "from a person of Sales to a person of Planning" in said
    assert "Night shift" not in said
    assert "The market" not in said
    client, draw = (lines_of(found, title) for title in ("Who is your most important client?", "Draw our chain"))
    assert "somebody not in the chain (1)" in [row.label for row in client.rows]
    assert any("from somebody not in the chain (2)" in row.label for row in draw.rows)


def test_an_anonymous_workshop_shows_what_the_reveal_showed_and_no_more(organization, bob):
    workshop = anonymous_workshop(organization)
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert found.chain is None
    assert lines_of(found, "Rate live").finding == "We get about 55 of every 100 units we need"
    assert lines_of(found, "Rate live").rows == ()
    assert lines_of(found, "Purpose").finding == "Too few answers to show"
    assert "CANARY" not in str(found)
    assert "Nobody’s answer can be told" in found.method


def test_a_result_that_cannot_be_read_hides_nothing_else(workshop, bob):
    Exercise.objects.filter(workshop=workshop, kind="rate").update(result='{"of": "another time"}')
    found = workshop_summary_find(actor=bob, workshop=workshop)
    assert found.chain is None
    assert len(found.results) == 4
    assert len(found.agreements) == 1


def test_who_may_see_it(workshop, people, zoe):
    for name in ("bob", "carla"):
        workshop_summary_find(actor=people[name], workshop=workshop)
    for name in ("alice", "dora", "erik"):
        with pytest.raises(PermissionDenied):
            workshop_summary_find(actor=people[name], workshop=workshop)
    with pytest.raises(NotFound):
        workshop_summary_find(actor=zoe, workshop=workshop)


# ---- the link


def test_a_link_opens_the_same_summary(workshop, bob):
    token = token_of(after_link_make(actor=bob, workshop=workshop))
    assert after_find(token=token) == workshop_summary_find(actor=bob, workshop=workshop)
    assert after_find(token=token) == after_find(token=token)  # looking spends nothing


def test_the_token_is_nowhere_in_the_database(workshop, bob):
    address = after_link_make(actor=bob, workshop=workshop)
    workshop.refresh_from_db()
    assert len(token_of(address)) == 43
    assert token_of(address) not in json.dumps([str(value) for value in Workshop.objects.values_list()])
    assert after_link(workshop=workshop) == address


def test_the_link_ends_after_fourteen_days(workshop, bob):
    token = token_of(after_link_make(actor=bob, workshop=workshop))
    workshop.refresh_from_db()
    assert timedelta(days=13, hours=23) < workshop.results_until - timezone.now() <= timedelta(days=14)
    Workshop.objects.update(results_until=timezone.now() - timedelta(seconds=1))
    workshop.refresh_from_db()
    assert after_link(workshop=workshop) is None
    with pytest.raises(LinkDead):
        after_find(token=token)


def test_ending_it_and_making_another_kill_the_former_one(workshop, bob):
    first = token_of(after_link_make(actor=bob, workshop=workshop))
    after_link_end(actor=bob, workshop=workshop)
    workshop.refresh_from_db()
    assert after_link(workshop=workshop) is None
    assert link_state(actor=bob, workshop=workshop).address == ""
    second = token_of(after_link_make(actor=bob, workshop=workshop))
    third = token_of(after_link_make(actor=bob, workshop=workshop))
    assert len({first, second, third}) == 3
    for dead in (first, second, "", "x" * 43, "ä" * 43, third + "x"):
        with pytest.raises(LinkDead):
            after_find(token=dead)
    after_find(token=third)


def test_without_the_servers_key_no_link_is_worked_out(workshop, bob):
    after_link_make(actor=bob, workshop=workshop)
    workshop.refresh_from_db()
    with override_settings(SECRET_KEY="another key altogether, of some length, for this test"):
        assert after_link(workshop=workshop) is None


def test_every_screen_hears_of_a_link(workshop, bob):
    before = workshop.version
    after_link_make(actor=bob, workshop=workshop)
    after_link_end(actor=bob, workshop=workshop)
    after_link_end(actor=bob, workshop=workshop)  # nothing to end
    workshop.refresh_from_db()
    assert workshop.version == before + 2


def test_no_link_to_nothing(organization, bob):
    workshop = make_workshop(organization)
    with pytest.raises(WorkshopProblem, match="Nothing was revealed"):
        after_link_make(actor=bob, workshop=workshop)


def test_only_who_runs_workshops_makes_and_ends_links(workshop, people, zoe):
    for make in (after_link_make, after_link_end, link_state):
        with pytest.raises(PermissionDenied):
            make(actor=people["carla"], workshop=workshop)
        with pytest.raises(NotFound):
            make(actor=zoe, workshop=workshop)
    assert after_link_make(actor=OPERATOR, workshop=workshop)


def test_a_name_changed_since_is_todays(workshop, organization, bob):
    Party.objects.filter(pk=party(organization, "bob").pk).update(name="Robert Brown")
    assert "Robert Brown" in str(workshop_summary_find(actor=bob, workshop=workshop).agreements)


def test_the_picture_holds_what_was_drawn_and_rated_and_follows_no_later_rating(workshop, carla, organization):
    found = workshop_summary_find(actor=carla, workshop=workshop).picture
    assert found.sentence == "The hand-offs that were drawn and rated in the room, with the figures of that day."
    for words in ("Night shift", "Of every 100 units of work", "41 reach", "45\xa0%", "80\xa0%"):
        assert words in found.svg
    # of the chain, but neither drawn nor rated here; and what no chain can hold
    for words in ("Paper mill", "The client", "orders"):
        assert words not in found.svg
    Rating.objects.filter(handoff__organization=organization).update(score=1.0)
    organization.touch()
    assert workshop_summary_find(actor=carla, workshop=workshop).picture == found


def test_where_nothing_changed_since_the_picture_is_the_whole_chain(workshop, carla, organization):
    finding = workshop_finding(workshop=workshop)
    kept = rates(organization, links=(), created=finding.created, before=None, after=finding.delivered)
    Exercise.objects.filter(workshop=workshop, kind="rate").update(result=result_to_json(kept))
    found = workshop_summary_find(actor=carla, workshop=workshop).picture
    assert found.sentence.startswith("The chain as it stood at the end of the workshop")
    assert "Paper mill" in found.svg
    assert "The client" in found.svg
    Rating.objects.filter(handoff__organization=organization, score=8.0).update(score=2.0)
    organization.touch()
    later = workshop_summary_find(actor=carla, workshop=workshop).picture
    assert "Paper mill" not in later.svg
    # what was drawn was not revealed: the room never saw the whole chain
    Rating.objects.filter(handoff__organization=organization, score=2.0).update(score=8.0)
    organization.touch()
    Exercise.objects.filter(workshop=workshop, kind="draw").update(state="running")
    assert workshop_summary_find(actor=carla, workshop=workshop).picture is None


def test_without_names_the_picture_is_what_was_drawn_alone(organization, carla):
    workshop = anonymous_workshop(organization)
    found = workshop_summary_find(actor=carla, workshop=workshop).picture
    assert found.sentence.startswith("The hand-offs that were drawn in the room.")
    assert "Bob Brown" in found.svg
    assert "Alice Adams" in found.svg
    for words in ("Carla Conti", "reach the end customer.", "yield-"):
        assert words not in found.svg
    Exercise.objects.filter(workshop=workshop, kind="draw").update(result=result_to_json(DrawResult(TOO_FEW, ())))
    assert workshop_summary_find(actor=carla, workshop=workshop).picture is None


def test_hidden_names_are_in_no_corner_of_the_picture(workshop, carla):
    Workshop.objects.filter(pk=workshop.pk).update(hides_names=True)
    workshop.refresh_from_db()
    found = workshop_summary_find(actor=carla, workshop=workshop).picture
    for name in ("Alice", "Bob", "Carla", "Night shift"):
        assert name not in found.svg + found.description
    assert "Sales" in found.svg
