"""Questionnaires are data: an organization adapts the built-in ones, brings in its own, and nothing is overwritten."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from chainmap.access import NotFound
from chainmap.domain.questionnaires import BUILT_IN, ORIENTATION, QuestionnaireError
from chainmap.models import Questionnaire
from chainmap.services import questionnaires as service
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.questionnaires import (
    MOST_QUESTIONNAIRES,
    questionnaire_add,
    questionnaire_find,
    questionnaire_reset,
    questionnaire_set,
    questionnaires_list,
)

pytestmark = pytest.mark.django_db

OURS = replace(ORIENTATION, title="Inside or outside?")


@pytest.fixture
def change(bob, organization):
    def change_(text=OURS, version=0, code="orientation", actor=bob):
        data = text if isinstance(text, str) else json.loads(text.to_json())
        return questionnaire_set(actor=actor, organization=organization, code=code, data=data, version=version)

    return change_


def test_the_built_in_ones_are_there_from_the_beginning(organization, alice):
    listed = questionnaires_list(actor=alice, organization=organization)
    assert [one.text for one in listed] == list(BUILT_IN)
    assert [(one.version, one.is_own, one.is_built_in) for one in listed] == [(0, False, True)] * len(BUILT_IN)
    assert Questionnaire.objects.count() == 0


def test_an_organization_adapts_one_and_goes_back(organization, other_organization, bob, change):
    assert change() is True
    seen = questionnaire_find(organization=organization, code="orientation")
    assert (seen.text, seen.version, seen.is_own, seen.is_built_in) == (OURS, 1, True, True)
    assert questionnaire_find(organization=other_organization, code="orientation").text == ORIENTATION
    assert questionnaire_reset(actor=bob, organization=organization, code="orientation", version=1) is True
    seen = questionnaire_find(organization=organization, code="orientation")
    assert (seen.text, seen.version, seen.is_own) == (ORIENTATION, 2, False)
    assert questionnaire_reset(actor=bob, organization=organization, code="orientation", version=2) is False


def test_the_same_text_again_changes_nothing(organization, change):
    assert change(ORIENTATION) is False
    change()
    assert change(version=0) is False  # a double tap is no conflict
    assert Questionnaire.objects.get().version == 1


def test_the_text_as_it_is_read_in_another_language_is_no_change(monkeypatch, organization, change):
    """Who sends back the translated form unchanged has changed nothing; people need not answer anew."""
    german = replace(ORIENTATION, title="Auf uns oder auf Kunden gerichtet?")
    monkeypatch.setattr(service, "questionnaire_shown", lambda text: german if text == ORIENTATION else text)
    with translation.override("de"):
        assert change(german) is False
    assert Questionnaire.objects.count() == 0


def test_two_at_once_are_both_kept_in_sight(organization, change):
    change()
    with pytest.raises(EditConflict) as refused:
        change(replace(ORIENTATION, title="Mine"), version=0)
    assert (refused.value.version, refused.value.stored["title"]) == (1, OURS.title)
    assert json.loads(refused.value.stored["content"]) == json.loads(OURS.to_json())
    assert questionnaire_find(organization=organization, code="orientation").text == OURS


def test_who_saw_a_text_that_was_taken_back_meanwhile_is_told(organization, bob, change):
    """A row stays when its text goes: a version never means two different texts."""
    change()
    questionnaire_reset(actor=bob, organization=organization, code="orientation", version=1)
    change(replace(ORIENTATION, title="Third"), version=2)
    with pytest.raises(EditConflict):
        change(replace(ORIENTATION, title="Late"), version=1)
    with pytest.raises(EditConflict):
        questionnaire_reset(actor=bob, organization=organization, code="orientation", version=1)


def test_everything_wrong_is_told_and_nothing_kept(organization, change):
    data = asdict(ORIENTATION)
    data["rows"][1]["label"] = "x" * 10_000
    data["rows"][3]["left"] = ""
    with pytest.raises(QuestionnaireError) as refused:
        change(json.dumps(data))
    assert {(fault.row, fault.field) for fault in refused.value.faults} == {(2, "label"), (4, "left")}
    assert Questionnaire.objects.count() == 0
    for text in ("", "[]", "{", "7", "[" * 9_000, ORIENTATION.to_json() * 2):
        with pytest.raises(QuestionnaireError):
            change(text)


def test_the_code_of_another_questionnaire_is_refused(organization, change):
    with pytest.raises(OwnProblem, match="reliable_team"):
        change(replace(OURS, code="reliable_team"))


def test_a_questionnaire_of_ones_own_comes_and_goes(organization, bob):
    text = replace(OURS, code="our_way")
    add = lambda: questionnaire_add(actor=bob, organization=organization, data=text.to_json())  # noqa: E731
    assert add() == "our_way"
    assert [one.text.code for one in questionnaires_list(actor=bob, organization=organization)][-1] == "our_way"
    with pytest.raises(OwnProblem, match="our_way"):
        add()
    questionnaire_reset(actor=bob, organization=organization, code="our_way", version=1)
    with pytest.raises(NotFound):
        questionnaire_find(organization=organization, code="our_way")
    assert add() == "our_way"
    assert questionnaire_find(organization=organization, code="our_way").version == 3


def test_there_is_a_most(organization, bob):
    rows = [
        Questionnaire(organization=organization, code="x" * number, content=replace(OURS, code="x" * number).to_json())
        for number in range(1, MOST_QUESTIONNAIRES - 1)
    ]
    Questionnaire.objects.bulk_create(rows)
    with pytest.raises(OwnProblem, match=str(MOST_QUESTIONNAIRES)):
        questionnaire_add(actor=bob, organization=organization, data=replace(OURS, code="one_more").to_json())


def test_only_coach_and_administrator_change_them(organization, people, zoe, change, bob):
    for name in ("alice", "carla", "erik"):
        with pytest.raises(PermissionDenied):
            change(actor=people[name])
        with pytest.raises(PermissionDenied):
            questionnaire_add(actor=people[name], organization=organization, data=OURS.to_json())
        with pytest.raises(PermissionDenied):
            questionnaire_reset(actor=people[name], organization=organization, code="orientation", version=0)
    with pytest.raises(NotFound):
        change(actor=zoe)
    with pytest.raises(NotFound):
        questionnaires_list(actor=zoe, organization=organization)
    assert change(actor=people["dora"]) is True


@pytest.mark.parametrize("code", ["", "nothing", "Orientation", "orientation ", "x" * 500, "../me"])
def test_an_unknown_code_is_not_found(organization, bob, change, code):
    with pytest.raises(NotFound):
        questionnaire_find(organization=organization, code=code)
    with pytest.raises(NotFound):
        change(code=code)
