"""Needs: told by the customer, answered by the supplier; and the hand-offs where nothing is agreed."""

from __future__ import annotations

from datetime import date

import pytest

from chainmap.access import NotFound
from chainmap.models import HandOff, HandOffChange, Need, Notification, Party
from chainmap.services.needs import (
    MOST_NEEDS,
    need_add,
    need_edit,
    need_find,
    need_remove,
    need_reply,
    needs_gaps,
)
from chainmap.services.own import EditConflict, OwnProblem
from tests.pair import give_account, handoff_of, many_handoffs

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    """Alice gives Bob the forecast; he needs it "early"."""
    bob = give_account(organization, "bob")
    forecast = handoff_of(organization, "alice", "bob")
    need = need_add(user=bob, organization=organization, handoff=forecast.pk, text="early", importance=3)
    return bob, forecast, need


@pytest.fixture
def on(organization, pair):
    """Where the need is, as every service is told."""
    return {"organization": organization, "handoff": pair[1].pk, "need": pair[2].pk}


def refused(code):
    return pytest.raises(OwnProblem, check=lambda problem: problem.code == code)


def told(code):
    return sorted(Notification.objects.filter(party__code=code).values_list("kind", flat=True))


def test_a_need_is_told_and_answered(pair, alice, on):
    _bob, forecast, need = pair
    assert (need.reply, told("alice")) == ("", ["need"])
    need_reply(user=alice, version=1, reply="agreed", note="from May on", **on)
    need.refresh_from_db()
    assert (need.reply, need.reply_note, need.version, told("bob")) == ("agreed", "from May on", 2, ["need_answered"])
    kinds = list(HandOffChange.objects.filter(handoff=forecast).values_list("kind", flat=True))
    assert kinds == ["need_answered", "need_added"]
    assert forecast.version == HandOff.objects.get(pk=forecast.pk).version, "a form of the hand-off stays good"


def test_other_words_are_asked_again_and_another_importance_is_not(pair, alice, on):
    bob, _forecast, need = pair
    need_reply(user=alice, version=1, reply="agreed", note="fine", **on)
    need_edit(user=bob, version=2, text="early", importance=1, **on)
    need.refresh_from_db()
    assert (need.importance, need.reply) == (1, "agreed")
    need_edit(user=bob, version=3, text="earlier", importance=1, **on)
    need.refresh_from_db()
    assert (need.text, need.reply, need.reply_note) == ("earlier", "", "")


def test_each_side_does_its_own_part(pair, alice, on):
    bob, forecast, _need = pair
    with refused("customer_only"):
        need_add(user=alice, organization=on["organization"], handoff=forecast.pk, text="x", importance=1)
    with refused("customer_only"):
        need_edit(user=alice, version=1, text="x", importance=1, **on)
    with refused("customer_only"):
        need_remove(user=alice, version=1, **on)
    with refused("supplier_only"):
        need_reply(user=bob, version=1, reply="agreed", **on)
    with pytest.raises(ValueError, match="agreed, cannot or talk"):
        need_reply(user=alice, version=1, reply="", **on)


def test_changes_at_once_lose_nothing(pair, alice, on):
    bob, _forecast, need = pair
    need_edit(user=bob, version=1, text="by Tuesday", importance=3, **on)
    with pytest.raises(EditConflict) as conflict:
        need_reply(user=alice, version=1, reply="cannot", note="holidays", **on)
    assert (conflict.value.stored["text"], conflict.value.version, conflict.value.by) == ("by Tuesday", 2, "Bob Brown")
    need_reply(user=alice, version=2, reply="cannot", note="holidays", **on)
    with pytest.raises(EditConflict) as conflict:
        need_edit(user=bob, version=2, text="by Monday", importance=3, **on)
    assert (conflict.value.stored["reply"], conflict.value.by) == ("cannot", "Alice Adams")
    with pytest.raises(EditConflict):
        need_remove(user=bob, version=2, **on)
    need.refresh_from_db()
    assert (need.text, need.reply, need.is_removed) == ("by Tuesday", "cannot", False)


def test_what_is_no_need_is_refused(pair, organization):
    bob, forecast, _need = pair
    for text, importance, code in (
        (" ", 2, "empty"),
        ("x", 0, "importance"),
        ("x", 4, "importance"),
        ("EARLY", 1, "twice"),
    ):
        with refused(code):
            need_add(user=bob, organization=organization, handoff=forecast.pk, text=text, importance=importance)
    for number in range(MOST_NEEDS - 1):
        need_add(user=bob, organization=organization, handoff=forecast.pk, text=f"{number}", importance=1)
    with refused("too_many"):
        need_add(user=bob, organization=organization, handoff=forecast.pk, text="one more", importance=1)
    assert Need.objects.count() == MOST_NEEDS


def test_a_need_that_was_taken_back_and_one_of_elsewhere(pair, alice, zoe, on, organization):
    bob, _forecast, _need = pair
    with pytest.raises(NotFound):
        need_find(user=zoe, **on)
    with pytest.raises(NotFound):
        need_find(user=alice, **(on | {"handoff": handoff_of(organization, "alice", "carla").pk}))
    need_remove(user=bob, version=1, **on)
    with pytest.raises(OwnProblem, match="taken back by Bob Brown") as gone:
        need_reply(user=alice, version=1, reply="agreed", **on)
    assert gone.value.code == "taken_back"
    assert not Need.objects.visible_to(give_account(organization, "carla")).exists()


def test_nothing_new_is_told_to_somebody_who_left(pair, organization):
    bob, forecast, _need = pair
    Party.objects.filter(pk=forecast.supplier_id).update(left_on=date(2026, 3, 1))
    with refused("left"):
        need_add(user=bob, organization=organization, handoff=forecast.pk, text="x", importance=1)


def test_a_hand_off_without_an_agreed_need_is_a_gap(pair, alice, on, organization):
    """Alice: forecast to Bob with a need, figures to Carla with none; paper comes from outside and is no gap."""
    bob, _forecast, _need = pair

    def gaps(user):
        return [own.handoff.deliverable for own in needs_gaps(user=user, organization=organization)]

    assert gaps(alice) == ["forecast", "figures"]
    need_reply(user=alice, version=1, reply="talk", **on)
    assert gaps(alice) == ["forecast", "figures"], "to talk is not to agree yet"
    need_reply(user=alice, version=2, reply="agreed", **on)
    assert gaps(alice) == ["figures"]
    assert gaps(bob) == ["plan", "questions"], "the report of Carla to the client is neither his nor between employees"
    need_remove(user=bob, version=3, **on)
    assert gaps(alice) == ["forecast", "figures"]
    HandOff.objects.filter(deliverable="figures").update(customer_says="no")
    assert gaps(alice) == ["forecast"], "first it has to be clear that there is one"


def test_the_number_of_queries_does_not_grow(organization, alice, django_assert_num_queries):
    for size in (10, 200):
        many_handoffs(organization, "alice", size)
        with django_assert_num_queries(3):
            assert len(needs_gaps(user=alice, organization=organization)) >= size
