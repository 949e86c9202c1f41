"""Two people who write at the same moment do not wait for each other for ever. On PostgreSQL, where rows are locked."""

from __future__ import annotations

import ast
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connection, connections

from chainmap.models import Agreement, HandOff, Moment, Notification, Story
from chainmap.services import agreements, moments, stories
from chainmap.services.agreements import agreement_answer, agreement_edit, agreement_outcome
from chainmap.services.own import OwnProblem
from tests.pair import make_pair, plan

SERVICES = Path(__file__).resolve().parents[2] / "chainmap" / "services"
#: Whoever writes something that names a row locked in full waits; a lock without the key leaves them alone.
WITHOUT_KEY = (
    *("agreements", "agreement_plans", "conversations", "moments", "needs", "stories", "talk_rules"),
    *("workshops", "workshop_steps"),
)

needs_row_locks = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.mark.parametrize("name", WITHOUT_KEY)
def test_rows_others_write_about_are_locked_without_their_key(name):
    calls = [
        node
        for node in ast.walk(ast.parse((SERVICES / f"{name}.py").read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "select_for_update"
    ]
    assert calls
    for call in calls:
        assert any(given.arg == "no_key" for given in call.keywords), f"{name}.py, line {call.lineno}"


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


@pytest.fixture
def meet(monkeypatch):
    """Module and name of a function: after it, two that work at once wait for each other for a moment."""

    def wait(module, name):
        both, real = Barrier(2, timeout=2), getattr(module, name)

        def waiting(*given, **named):
            result = real(*given, **named)
            with suppress(BrokenBarrierError):  # the other one waits for a row of ours
                both.wait()
            return result

        monkeypatch.setattr(module, name, waiting)

    return wait


def together(*jobs):
    """What each gives, or the OwnProblem it meets; anything else is raised."""

    def run(job):
        try:
            return job()
        except OwnProblem as problem:
            return problem
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_moments_told_to_each_other(pair, meet):
    back = HandOff.objects.create(organization=pair.organization, supplier=pair.customer, customer=pair.supplier)
    meet(moments, "notify")
    given = {"organization": pair.organization, "kind": "magic"}
    together(
        lambda: moments.moment_tell(user=pair.marta, handoff=pair.handoff.pk, **given),
        lambda: moments.moment_tell(user=pair.alice, handoff=back.pk, **given),
    )
    assert (Moment.objects.count(), Notification.objects.count()) == (2, 2)


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_two_stories_of_the_same_hand_off(pair, meet):
    meet(stories, "_write")
    words = stories.StoryWords("t", "x", None, [pair.handoff.pk])

    def tell(user):
        return lambda: stories.story_tell(user=user, organization=pair.organization, words=words)

    together(tell(pair.alice), tell(pair.marta))
    assert (Story.objects.count(), Notification.objects.count()) == (2, 2)


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_yes_to_other_words_while_the_outcome_is_said(pair, meet):
    """One of the two comes first: either the words are replaced, or what came of them is kept."""
    made = pair.due()
    other = agreement_edit(
        user=pair.alice, organization=pair.organization, pk=made.pk, plan=plan(), version=made.version
    )
    meet(agreements, "own_agreement")
    given = {"organization": pair.organization}
    together(
        lambda: agreement_answer(user=pair.marta, pk=other.pk, answer="yes", version=1, **given),
        lambda: agreement_outcome(user=pair.alice, pk=made.pk, outcome="kept", version=made.version, **given),
    )
    states = (Agreement.objects.get(pk=made.pk).state, Agreement.objects.get(pk=other.pk).state)
    assert states in {("withdrawn", "agreed"), ("agreed", "withdrawn")}
    assert bool(Agreement.objects.get(pk=made.pk).supplier_outcome) == (states[0] == "agreed")


@needs_row_locks
@pytest.mark.django_db(transaction=True)
def test_other_words_of_both_at_once(pair, meet):
    made = pair.agree()
    meet(agreements, "own_agreement")

    def edit(user):
        given = {"organization": pair.organization, "pk": made.pk, "version": made.version}
        return lambda: agreement_edit(user=user, plan=plan(), **given)

    found = together(edit(pair.alice), edit(pair.marta))
    assert sum(isinstance(each, OwnProblem) for each in found) == 1
    assert Agreement.objects.filter(replaces=made).count() == 1
