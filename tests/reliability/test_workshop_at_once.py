"""Many phones and two coaches at the same moment. On PostgreSQL, where rows are locked."""

from __future__ import annotations

import pytest
from django.db import connection

from chainmap.models import Exercise, Participant, Party, Phone, Workshop
from chainmap.services import joining
from chainmap.services.joining import join
from chainmap.services.own import EditConflict
from chainmap.services.workshop_steps import step_do
from chainmap.services.workshops import workshop_close
from tests.reliability.test_at_once import together
from tests.workshop import HERE, exercise, fresh, make_workshop, second_coach, step

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.fixture
def workshop(organization):
    return make_workshop(organization, kinds=("client", "ladder"))


def test_six_phones_say_to_be_the_same_person(organization, workshop):
    anna = Party.objects.get(organization=organization, code="alice")
    found = together(*[lambda: join(code=workshop.code, address=HERE, party=anna.pk) for _number in range(6)])
    assert Participant.objects.count() == 1
    assert Phone.objects.count() == 6
    assert sorted(joined.is_waiting for joined in found) == [False] + [True] * 5


def test_one_account_on_two_phones(workshop, alice):
    found = together(*[lambda: join(code=workshop.code, address=HERE, user=alice) for _number in range(2)])
    assert found[0].participant == found[1].participant
    assert not any(joined.is_waiting for joined in found)


def test_a_whole_room_comes_in_at_once(workshop):
    jobs = [lambda n=n: join(code=workshop.code, address=HERE, name=f"P{n}") for n in range(9)]
    together(*jobs)
    assert Participant.objects.count() == 9


def press(actor, workshop, name, version, row=None):
    def run():
        try:
            given = {"exercise": row.pk if row else None}
            return step_do(actor=actor, workshop=workshop, step=name, version=version, **given).was_so
        except EditConflict as conflict:
            return conflict

    return run


def test_two_coaches_reveal_at_once(organization, workshop, bob, monkeypatch):
    bert, row = second_coach(organization), exercise(workshop, "client")
    step(bob, workshop, "start", "client")
    seen = fresh(workshop).version
    found = together(press(bob, workshop, "reveal", seen, row), press(bert, workshop, "reveal", seen, row))
    assert sorted(found) == [False, True]
    assert fresh(workshop).version == seen + 1


def test_two_coaches_do_different_things_at_once(organization, workshop, bob):
    bert = second_coach(organization)
    seen, row = fresh(workshop).version, exercise(workshop, "ladder")
    found = together(press(bob, workshop, "lock", seen), press(bert, workshop, "start", seen, row))
    assert sum(isinstance(each, EditConflict) for each in found) == 1
    now = fresh(workshop)
    assert now.version == seen + 1
    assert now.is_locked is not (Exercise.objects.get(pk=row.pk).state == "running")


def test_nobody_comes_in_once_it_is_closed(workshop, bob, meet_join):
    """The phone has looked the code up when the coach closes: it is not in."""
    together(
        lambda: _swallow(lambda: join(code=workshop.code, address=HERE, name="Late")),
        lambda: (meet_join.wait(2), workshop_close(actor=bob, workshop=workshop)),
    )
    assert Workshop.objects.get().state == "closed"
    assert not Participant.objects.exists()


@pytest.fixture
def meet_join(monkeypatch):
    """Set once a join has found its workshop; the join goes on when the workshop is closed."""
    from threading import Event

    found, real = Event(), joining.workshop_held

    def waiting(workshop):
        found.set()
        for _try in range(200):
            if Workshop.objects.get(pk=workshop.pk).state == "closed":
                break
        return real(workshop)

    monkeypatch.setattr(joining, "workshop_held", waiting)
    return found


def _swallow(job):
    try:
        return job()
    except joining.LinkDead as dead:
        return dead
