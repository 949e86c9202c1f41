"""What is taken away once it is not needed, what a card of a former edition can still do, and figures held back."""

from __future__ import annotations

import pytest

from chainmap.domain.exercise_results import Shown
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.models import Entry, Exercise, Participant, Team
from chainmap.services.exercise_cards import card_find
from chainmap.services.exercise_entries import EntryRefused, ExerciseClosed, entry_save, entry_take_back
from chainmap.services.exercise_results import result_find, result_freeze, result_kept
from chainmap.services.workshops import workshop_close
from tests.services.exercising import (
    handoff_of,
    make_exercise,
    make_room,
    make_rooms,
    make_workshop,
    party_of,
    reveal,
    say,
)
from tests.workshop import come_in, exercise, fresh, step
from tests.workshop import make_workshop as open_workshop

pytestmark = pytest.mark.django_db
PROFILE = dict.fromkeys(ORIENTATION.row_codes, 7)


def rooms_of(workshop, rooms):
    """The same phones as they stand now."""
    return [type(room)(fresh(workshop), room.participant, room.phone, room.token) for room in rooms]


def ask(bob, workshop, kind, rooms, data):
    for number, room in enumerate(rooms_of(workshop, rooms)):
        entry_save(room=room, exercise=exercise(workshop, kind).pk, key="one", data=data(number))


# ---- taken back, revealed, asked anew, closed


@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_taken_back_is_gone_at_once(organization, mode):
    workshop = make_workshop(organization, mode)
    asked, room = make_exercise(workshop, "purpose"), make_room(workshop)
    say(room, asked, {"words": "CANARY"})
    before = Entry.objects.get().version
    assert entry_take_back(room=room, exercise=asked.pk, key="one")
    assert (Entry.objects.get().content, Entry.objects.get().version) == ("", before + 1)
    assert card_find(room=room, exercise=asked).context["kept"] is None
    say(room, asked, {"words": "again"})
    assert [text.text for text in _texts(workshop, reveal(asked))] == (["again"] if mode == "open" else [])


def _texts(workshop, asked):
    return result_find(workshop=workshop, exercise=asked, hides_names=False).context["texts"]


@pytest.mark.parametrize("kind", ["purpose", "orientation"])
@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_after_the_reveal_only_what_is_shown_with_a_name_is_left(organization, bob, mode, kind):
    workshop = open_workshop(organization, mode, kinds=(kind,))
    rooms = [come_in(workshop, f"Person {number}") for number in range(11)]
    step(bob, workshop, "start", kind)
    ask(bob, workshop, kind, rooms, lambda number: PROFILE if kind == "orientation" else {"words": f"words {number}"})
    step(bob, workshop, "reveal", kind)
    stays = mode == "open" and kind == "purpose"
    assert Entry.objects.count() == (11 if stays else 0)
    found = result_find(workshop=fresh(workshop), exercise=exercise(workshop, kind), hides_names=False)
    assert found.context["is_shown"]
    if stays:
        step(bob, workshop, "anew", kind)
        step(bob, workshop, "undo")
        assert Entry.objects.count() == 11, "the undo needs them"


@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_asked_anew_or_closed_without_names_nothing_of_before_is_left(organization, bob, mode):
    workshop = open_workshop(organization, mode, kinds=("purpose",))
    rooms = [come_in(workshop, f"Person {number}") for number in range(3)]
    step(bob, workshop, "start", "purpose")
    kept = 0
    for again in ("anew", "close"):
        ask(bob, workshop, "purpose", rooms, lambda number: {"words": f"words {number}"})
        kept += 3 if mode == "open" else 0
        if again == "anew":
            step(bob, workshop, "anew", "purpose")
        else:
            workshop_close(actor=bob, workshop=fresh(workshop))
        assert Entry.objects.count() == kept


def from_now_on(bob, workshop):
    from chainmap.services.workshops import workshop_close

    workshop_close(actor=bob, workshop=fresh(workshop))


# ---- a card of a former edition


@pytest.mark.parametrize("mode", ["open", "anonymous"])
def test_what_was_written_for_another_edition_is_not_counted(organization, mode):
    workshop = make_workshop(organization, mode)
    asked, room = make_exercise(workshop, "purpose"), make_room(workshop)
    Exercise.objects.filter(pk=asked.pk).update(edition=2)
    for edition in (1, 3, 0):
        with pytest.raises(ExerciseClosed, match="asked anew") as closed:
            entry_save(room=room, exercise=asked.pk, key="one", data={"words": "late"}, edition=edition)
        assert closed.value.code == "anew"
    assert not Entry.objects.exists()
    entry_save(room=room, exercise=asked.pk, key="one", data={"words": "now"}, edition=2)
    with pytest.raises(ExerciseClosed):
        entry_take_back(room=room, exercise=asked.pk, key="one", edition=1)
    assert entry_take_back(room=room, exercise=asked.pk, key="one", edition=2)


# ---- too few, counted in people


def test_whoever_comes_again_and_again_is_no_crowd(organization):
    """Six answers of six phones of which five left without a trace: one is in the room, so nothing is shown."""
    workshop = make_workshop(organization, "anonymous")
    asked = make_exercise(workshop, "ladder")
    for room in make_rooms(workshop, 6):
        say(room, asked, {"rung": "client"})
    Participant.objects.filter(pk__in=Participant.objects.values("pk")[:5]).delete()
    result_freeze(exercise=asked)
    asked.state = "revealed"
    assert (result_kept(exercise=asked).answered.shown, asked.shown_to) == (Shown.TOO_FEW, None)


SENTENCE = "Only a few people joined since this was last shown. The new figures would give them away."


@pytest.mark.parametrize(("more", "is_shown"), [(0, True), (1, False), (5, False), (6, True)])
@pytest.mark.parametrize("kind", ["ladder", "orientation"])
def test_asked_anew_with_a_few_more_the_difference_is_not_shown(organization, kind, more, is_shown):
    workshop = make_workshop(organization, "anonymous" if kind == "ladder" else "open")
    asked, rooms = make_exercise(workshop, kind), make_rooms(workshop, 6)
    data = PROFILE if kind == "orientation" else {"rung": "client"}
    for room in rooms:
        say(room, asked, data)
    reveal(asked)
    assert asked.shown_to == 6
    asked.state, asked.edition, asked.result = "running", 2, ""
    asked.save()
    for room in [*rooms, *make_rooms(workshop, more)]:
        say(room, asked, data)
    reveal(asked)
    found = result_find(workshop=workshop, exercise=asked, hides_names=False)
    assert (found.context["is_shown"], found.context["missing"]) == (is_shown, "" if is_shown else SENTENCE)
    assert asked.shown_to == (6 + more if is_shown else 6)


def test_nothing_is_held_back_where_nothing_was_shown(organization):
    workshop = make_workshop(organization, "anonymous")
    asked, rooms = make_exercise(workshop, "ladder"), make_rooms(workshop, 5)
    reveal(asked)
    asked.state, asked.edition, asked.result = "running", 2, ""
    asked.save()
    for room in [*rooms, *make_rooms(workshop, 1)]:
        say(room, asked, {"rung": "client"})
    assert result_kept(exercise=reveal(asked)).answered.is_shown


# ---- whom a phone may name


def test_numbers_of_people_elsewhere_are_answered_as_none_and_their_names_stay_words(organization):
    """Bob and his neighbours are the workshop's; the client of his client is not."""
    team = Team.objects.create(organization=organization, name="Bob alone")
    bob = party_of(organization, "bob")
    bob.team = team
    bob.save()
    workshop = make_workshop(organization, team=team)
    near = {handoff_of(organization, "alice", "bob").supplier}
    room, asked = make_room(workshop, bob), make_exercise(workshop, "client")
    far = organization.parties.create(code="far", name="Far Away", kind="employee", capacity=1)
    with pytest.raises(EntryRefused, match="not in the chain") as refused:
        say(room, asked, {"party": far.pk})
    with pytest.raises(EntryRefused) as nobody:
        say(room, asked, {"party": far.pk + 10**6})
    assert str(refused.value) == str(nobody.value)
    say(room, asked, {"words": "far away"})
    assert '"party":null' in Entry.objects.get().content
    for one in near:
        say(room, asked, {"party": one.pk})
        assert f'"party":{one.pk}' in Entry.objects.get().content
    drawn = make_exercise(workshop, "draw")
    with pytest.raises(EntryRefused):
        say(room, drawn, {"supplier": far.pk, "customer_words": "Bob Brown", "deliverable": "cake"})


def test_an_account_of_another_team_may_name_itself(organization):
    team = Team.objects.create(organization=organization, name="Empty")
    workshop = make_workshop(organization, team=team)
    alice = party_of(organization, "alice")
    room, asked = make_room(workshop, alice), make_exercise(workshop, "draw")
    say(room, asked, {"supplier": alice.pk, "customer_words": "somebody", "deliverable": "cake"})
    say(room, asked, {"supplier_words": alice.name, "customer_words": "another", "deliverable": "cake"}, "k2")
    assert all(f'"supplier":{alice.pk}' in row.content for row in Entry.objects.all())


# ---- coffee


def test_whoever_has_no_place_sees_pairs_without_what_comes_from_ratings(organization):
    workshop = make_workshop(organization)
    asked = make_exercise(workshop, "coffee")
    alice, someone = make_room(workshop, party_of(organization, "alice")), make_room(workshop)
    make_room(workshop, party_of(organization, "bob"))
    own = card_find(room=alice, exercise=asked).context
    assert any(words in own["reason"] for words in ("would get", "Nobody has rated"))
    (_people, said), *_others = card_find(room=someone, exercise=asked).context["pairs"]
    assert said.startswith("Talk about")
    assert "would get" not in said
    assert "rated" not in said
