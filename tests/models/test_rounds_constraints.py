"""What the database itself refuses of rounds, questions and answers, on SQLite and PostgreSQL alike, whoever writes."""

from __future__ import annotations

import pytest

from chainmap.models import Answer, Ask, HandOff, Link, MirrorGuess, Party, Release, Round, SealedAnswer
from tests.crowd import make_round
from tests.models.test_constraints import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(organization):
    return make_round(organization, "pair", name="Running")


@pytest.fixture
def asked(running):
    """Bob is asked about the forecast Alice hands him."""
    return Ask.objects.select_related("handoff").get(round=running, handoff__deliverable="forecast")


def test_bad_input_11_nobody_is_asked_about_what_they_give(asked):
    assert refused(lambda: Ask.objects.filter(pk=asked.pk).update(rater=asked.handoff.supplier))
    own = {"handoff": asked.handoff, "rater": asked.handoff.supplier, "rater_team": "x", "supplier_team": "x"}
    assert refused(lambda: Ask.objects.create(round=asked.round, **own))


@pytest.mark.parametrize("foreign", ["round", "handoff", "rater"])
def test_the_sides_of_a_question_belong_to_one_organization(asked, other_organization, foreign):
    strangers = {
        "round": Round.objects.get(organization=other_organization),
        "handoff": HandOff.objects.filter(organization=other_organization).first(),
        "rater": Party.objects.get(organization=other_organization, code="dan"),
    }
    assert refused(lambda: Ask.objects.filter(pk=asked.pk).update(**{foreign: strangers[foreign]}))


def test_a_question_and_its_answer_are_there_once(asked):
    same = {"round": asked.round, "handoff": asked.handoff, "rater": asked.rater}
    assert refused(lambda: Ask.objects.create(rater_team="x", supplier_team="x", **same))
    assert refused(lambda: Answer.objects.create(ask=asked))


@pytest.mark.parametrize("score", ["11", "7 ", "", "-1", "７", "na"])
def test_a_stored_score_is_one_of_thirteen(asked, score):
    assert refused(lambda: Answer.objects.filter(ask=asked).update(score=score))
    sealed = SealedAnswer.objects.create(round=asked.round, slot="x" * 64)
    assert refused(lambda: SealedAnswer.objects.filter(pk=sealed.pk).update(score=score))


def test_a_guess_is_0_to_10_and_one_for_each_handoff(asked):
    MirrorGuess.objects.create(round=asked.round, handoff=asked.handoff, guess=10)
    assert refused(lambda: MirrorGuess.objects.create(round=asked.round, handoff=asked.handoff, guess=9))
    assert refused(lambda: MirrorGuess.objects.update(guess=11))


def test_a_person_has_one_link_in_a_round(asked):
    values = {"round": asked.round, "rater": asked.rater, "expires_at": "2099-01-01T00:00:00Z"}
    Link.objects.create(token_hash="a", code_hash="a", **values)
    assert refused(lambda: Link.objects.create(token_hash="b", code_hash="b", **values))


def test_the_mode_is_frozen_at_the_first_answer(asked):
    """Until somebody has answered, an administrator may still correct it."""
    running = Round.objects.filter(pk=asked.round_id)
    assert not refused(lambda: running.update(mode="open"))
    Answer.objects.filter(ask=asked).update(score="07")
    assert refused(lambda: running.update(mode="anonymous"))


def test_the_minimum_group_is_frozen_at_opening_and_never_below_five(asked, organization):
    assert refused(lambda: Round.objects.filter(pk=asked.round_id).update(k=6))
    draft = make_round(organization, "pair", opened=False, name="Draft")
    assert not refused(lambda: Round.objects.filter(pk=draft.pk).update(k=6))
    assert refused(lambda: Round.objects.filter(pk=draft.pk).update(k=4))


def test_a_release_is_never_changed(asked):
    release = Release.objects.create(round=asked.round, version=1, content="{}", proof="x")
    assert refused(lambda: Release.objects.filter(pk=release.pk).update(content="{ }"))
    assert refused(lambda: Release.objects.create(round=asked.round, version=1, content="{}", proof="y"))


@pytest.mark.parametrize(
    "values",
    [{"state": "paused"}, {"question_set": "all"}, {"version": 0}, {"reminders_sent": 3}, {"most_asked": 0}],
    ids=str,
)
def test_values_a_round_cannot_have(running, values):
    assert refused(lambda: Round.objects.filter(pk=running.pk).update(**values))
