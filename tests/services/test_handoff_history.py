"""One's own hand-offs taken out, brought back and undone, and what their history tells."""

from __future__ import annotations

from datetime import date

import pytest

from chainmap.access import NotFound
from chainmap.models import Ask, HandOff, HandOffChange, Need, Party, Rating, Round
from chainmap.services.handoff_undo import handoff_undo
from chainmap.services.handoffs import (
    handoff_find,
    handoff_restore,
    history_find,
    removed_list,
)
from chainmap.services.needs import need_add, need_edit, need_remove, need_reply
from chainmap.services.own import HandOffRemoved, OwnProblem, own_handoff
from tests.pair import give_account, handoff_of, party
from tests.services.handing import add, edit, refused, remove, say, state, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(organization, alice):
    """Alice and Bob, and the unconfirmed forecast from her to him; nobody rated it."""
    Rating.objects.all().delete()
    return give_account(organization, "bob"), handoff_of(organization, "alice", "bob")


def undo(user, handoff, change=None):
    change = change or HandOffChange.objects.filter(handoff=handoff).first()
    return handoff_undo(user=user, organization=handoff.organization, handoff=handoff.pk, change=change.pk)


# ---- taking out and bringing back


def test_one_s_own_unconfirmed_claim_is_taken_out_at_once_and_comes_back(organization, alice, pair):
    bob, _forecast = pair
    made = add(alice, organization, "bob")
    before = organization.data_version
    remove(alice, made)
    organization.refresh_from_db()
    assert organization.data_version == before + 1
    assert made not in HandOff.objects.all()
    assert told("bob") == ["claimed", "removed"]
    for user in (alice, bob):
        assert [own.handoff for own in removed_list(user=user, organization=organization)] == [made]
        with pytest.raises(HandOffRemoved) as gone:
            handoff_find(user=user, organization=organization, handoff=made.pk)
        assert (gone.value.by, gone.value.on is not None) == ("Alice Adams", True)
    handoff_restore(user=bob, organization=organization, handoff=made.pk)
    assert state(alice, made) == "both", "who brings it back says that it is so"
    with refused("in_chain"):
        handoff_restore(user=bob, organization=organization, handoff=made.pk)


def test_nothing_can_be_done_with_one_that_was_taken_out_meanwhile(organization, alice, pair):
    bob, _forecast = pair
    made = add(alice, organization, "bob")
    remove(alice, made)
    for change in (lambda: say(bob, made, "no", "x"), lambda: edit(bob, made), lambda: remove(bob, made)):
        with pytest.raises(HandOffRemoved):
            change()


def test_what_the_other_side_confirmed_or_rated_is_taken_out_only_after_a_dispute(organization, alice, pair):
    bob, forecast = pair
    say(bob, forecast, "yes")
    with refused("confirmed"):
        remove(alice, forecast)
    edit(alice, forecast, deliverable="forecast.")
    with refused("in_chain"):  # another name does not make it a claim of one side again
        remove(alice, forecast)
    say(bob, forecast, "no")
    remove(alice, forecast)
    figures = handoff_of(organization, "alice", "carla")
    spring = organization.rounds.get()
    Rating.objects.create(round=spring, handoff=figures, rater=figures.customer, score=4)
    with refused("in_chain"):
        remove(alice, figures)
    Party.objects.filter(pk=figures.customer_id).update(left_on=date(2026, 3, 1))
    remove(alice, figures)


def test_a_supplier_does_not_take_a_bad_rating_of_an_end_customer_out(organization, alice, pair):
    carla = give_account(organization, "carla")
    report = handoff_of(organization, "carla", "client")
    Rating.objects.create(round=organization.rounds.get(), handoff=report, rater=report.customer, score=1)
    with pytest.raises(OwnProblem, match="Ask your administrator"):
        remove(carla, report)


def test_what_is_being_asked_about_stays_until_the_round_is_closed(organization, alice, pair):
    asked = Round.objects.create(organization=organization, name="Now", mode="pair", state="open")
    Ask.objects.create(round=asked, handoff=pair[1], rater=pair[1].customer, rater_team="a", supplier_team="b")
    with refused("asked_now"):
        remove(alice, pair[1])
    say(pair[0], pair[1], "no")
    with refused("asked_now"):  # not even where both think so
        remove(alice, pair[1])
    Round.objects.filter(pk=asked.pk).update(state="closed")
    remove(alice, pair[1])


def test_one_is_not_brought_back_with_somebody_who_left(organization, alice, pair):
    say(pair[0], pair[1], "no")
    remove(alice, pair[1])
    Party.objects.filter(organization=organization, code="bob").update(left_on=date(2026, 3, 1))
    with refused("left"):
        handoff_restore(user=alice, organization=organization, handoff=pair[1].pk)


# ---- history and undo


def test_an_edit_is_undone_with_what_the_other_side_had_said(organization, alice, pair):
    bob, forecast = pair
    say(bob, forecast, "yes")
    edit(alice, forecast, deliverable="estimate", volume=4.0, decision_owner=party(organization, "carla"))
    undo(alice, forecast)
    forecast.refresh_from_db()
    assert (forecast.deliverable, forecast.volume, forecast.decision_owner, forecast.customer_says) == (
        "forecast", 3.0, None, "yes",
    )  # fmt: skip
    assert forecast.version == 3, "whoever had opened the form before is told"
    assert "edited" not in told("bob"), "what did not happen is not told"
    with refused("undone"):
        undo(alice, forecast)


def test_every_kind_of_change_is_undone(organization, alice, pair):
    """Alice: said, removed; Bob: need added, changed, taken back; Alice: answered."""
    bob, forecast = pair
    common = {"organization": organization, "handoff": forecast.pk}
    say(alice, forecast, "no", "Not mine.")
    undo(alice, forecast)
    forecast.refresh_from_db()
    assert (forecast.supplier_says, forecast.supplier_note) == ("", "")
    say(bob, forecast, "no")
    remove(alice, forecast)
    undo(alice, forecast)
    assert state(alice, forecast) == "disputed"
    undo(bob, forecast, HandOffChange.objects.get(handoff=forecast, kind="said", party__code="bob"))
    assert state(alice, forecast) == "unsaid"
    need = need_add(user=bob, text="early", importance=2, **common)
    need_edit(user=bob, need=need.pk, version=1, text="earlier", importance=3, **common)
    undo(bob, forecast)
    need.refresh_from_db()
    assert (need.text, need.importance, need.version) == ("early", 2, 3)
    need_reply(user=alice, need=need.pk, version=3, reply="cannot", note="holidays", **common)
    undo(alice, forecast)
    need.refresh_from_db()
    assert (need.reply, need.reply_note) == ("", "")
    need_remove(user=bob, need=need.pk, version=need.version, **common)
    undo(bob, forecast)
    assert Need.objects.filter(pk=need.pk, is_removed=False).exists()
    undo(bob, forecast, HandOffChange.objects.get(handoff=forecast, kind="need_added"))
    assert not Need.objects.filter(pk=need.pk, is_removed=False).exists()


def test_naming_is_undone_by_taking_out_under_the_same_rules(organization, alice, pair):
    made = add(alice, organization, "bob")
    undo(alice, made)
    made.refresh_from_db()
    assert made.is_removed
    undo(alice, made, HandOffChange.objects.get(handoff=made, kind="removed"))
    made.refresh_from_db()
    assert not made.is_removed
    say(pair[0], made, "yes")
    with refused("came_after"):
        undo(alice, made, HandOffChange.objects.get(handoff=made, kind="added"))


def test_only_the_last_change_and_only_one_s_own_is_undone(organization, alice, pair):
    bob, forecast = pair
    edit(alice, forecast, volume=4.0)
    mine = HandOffChange.objects.get(handoff=forecast)
    with pytest.raises(NotFound):
        undo(bob, forecast, mine)
    say(bob, forecast, "yes")
    with pytest.raises(OwnProblem, match="Bob Brown changed something after it"):
        undo(alice, forecast, mine)
    HandOffChange.objects.exclude(pk=mine.pk).delete()
    HandOff.objects.filter(pk=forecast.pk).update(volume=7.0)  # an import in between
    with refused("came_after"):
        undo(alice, forecast, mine)
    assert handoff_of(organization, "alice", "bob").volume == 7.0


def test_the_history_tells_the_latest_first_and_what_can_be_undone_by_whom(organization, alice, pair):
    bob, forecast = pair
    for volume in range(4, 30):
        edit(alice, forecast, volume=float(volume))
    for user, can in ((alice, True), (bob, False)):
        own = own_handoff(user=user, organization=organization, pk=forecast.pk)
        found = history_find(own=own)
        assert (len(found.steps), found.total) == (20, 26)
        assert (found.steps[0].before, found.steps[0].after) == ({"volume": 28.0}, {"volume": 29.0})
        assert [step.can_undo for step in found.steps] == [can] + [False] * 19
    assert not HandOffChange.objects.visible_to(give_account(organization, "carla")).exists()


def test_what_both_agreed_to_take_out_comes_back_as_a_claim(organization, alice, pair):
    bob, forecast = pair
    say(bob, forecast, "no")
    remove(alice, forecast)
    handoff_restore(user=alice, organization=organization, handoff=forecast.pk)
    forecast.refresh_from_db()
    assert forecast.is_claim
    say(bob, forecast, "yes")
    forecast.refresh_from_db()
    assert not forecast.is_claim


def test_an_undo_brings_back_nothing_that_may_not_be(organization, alice, pair):
    bob, forecast = pair
    edit(alice, forecast, deliverable="estimate")
    add(bob, organization, "alice", side="received", deliverable="forecast")
    with refused("came_after"):
        undo(alice, forecast)
