"""Whom people named beside whom the chain names: counted, without who answered what."""

from __future__ import annotations

from django.template.loader import render_to_string

from chainmap.domain.exercise_results import Answered, ClientAnswered, ClientResult, NamedClient, Shown, Side
from chainmap.exports.client_words import clients_beside, clients_note
from chainmap.exports.exercise_shown import result_context
from chainmap.exports.exercise_words import Names
from chainmap.exports.workshop_lines import Known, exercise_lines

NAMES = Names({1: "Ann", 2: "Ben", 3: "Cyd", 4: "Dee", 9: "Shop"}, {})


def result(people=4):
    """Ann and Ben named Shop, Cyd named Ben, somebody without a place Ann; the chain names Shop, Dee and Dee."""
    answers = (
        ClientAnswered(1, Side(9), 9, 0.5),
        ClientAnswered(2, Side(9), 4, 0.5),
        ClientAnswered(3, Side(2), 4, None),
    )
    named = (NamedClient(Side(9), 2, None), NamedClient(Side(2), 1, None), NamedClient(Side(1), 1, None))
    return ClientResult(Answered(Shown.SHOWN, people, None), named, 1, 3, None, answers)


def test_everybody_named_by_people_or_by_the_chain_is_counted_once():
    rows = [(row.label, row.people, row.chain) for row in clients_beside(result(), NAMES)]
    assert rows == [("Shop", 2, 1), ("Dee", 0, 2), ("Ben", 1, 0), ("Ann", 1, 0)]


def test_the_picture_of_the_room_has_both_and_nobody_who_answered():
    context = result_context(result(), NAMES, needed=1)
    page = render_to_string("chainmap/workshop/results/client.html", context | {"is_projector": True, "compact": True})
    assert page.count('<circle class="person"') == 4 + 3
    assert "by the chain 2" in page
    assert "Hollow: one of us for whom the chain names them." in page
    assert "Cyd" not in page, "who answered stands in no row"


def test_those_whom_the_chain_cannot_judge_are_counted_too():
    assert clients_note(result()).endswith("For 1 more the chain cannot say: no place in it, or nothing handed on.")
    assert "cannot say" not in clients_note(result(people=3))
    nobody = ClientResult(Answered(Shown.SHOWN, 1, None), (NamedClient(Side(9), 1, None),), 0, 0, None, ())
    assert clients_note(nobody) == ""
    assert not result_context(nobody, NAMES, needed=1)["is_judged"]


def test_page_and_paper_count_the_same():
    names = {key: NAMES.party(key) for key in NAMES.parties}
    rows = exercise_lines("client", result(), Known(NAMES, names)).rows
    assert [(row.label, row.value) for row in rows] == [
        ("Shop", "2 people · by the chain 1"),
        ("Dee", "0 people · by the chain 2"),
        ("Ben", "1 person · by the chain 0"),
        ("Ann", "1 person · by the chain 0"),
    ]
