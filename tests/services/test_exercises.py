"""Exercises of a workshop: what is kept, what is refused, and what a room may see and when."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.models import Entry, HandOff, Participant, Party, Workshop
from chainmap.services.analysis import analysis_find
from chainmap.services.exercise_cards import card_find
from chainmap.services.exercise_entries import EntryRefused, ExerciseClosed, entry_take_back
from chainmap.services.exercise_own import own_client_said
from chainmap.services.exercise_results import (
    coffee_plan,
    result_find,
    result_freeze,
    result_kept,
    taken_part,
)
from chainmap.services.first_question import chain_client_of
from chainmap.services.snapshots import chain_snapshot
from chainmap.services.workshop_findings import drawing_finding, workshop_finding
from chainmap.services.workshop_screens import phone_screen
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

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


def room_of(workshop, code):
    return make_room(workshop, party_of(workshop.organization, code), code)


def shown(workshop, exercise, hides_names=False):
    return result_find(workshop=workshop, exercise=exercise, hides_names=hides_names)


def refusal(room, exercise, data, key="k1"):
    with pytest.raises(EntryRefused) as refused:
        say(room, exercise, data, key)
    return refused.value


# ---- keeping


def test_the_last_word_of_one_person_counts_and_the_same_sent_twice_is_kept_once(workshop):
    exercise, room = make_exercise(workshop, "purpose"), room_of(workshop, "alice")
    first = say(room, exercise, {"words": "bread"}, "a")
    assert say(room, exercise, {"words": "bread"}, "b") == first
    again = say(room, exercise, {"words": "warm 🥖"}, "c")
    assert (Entry.objects.count(), again.version, again.participant) == (1, 2, room.participant)
    assert "warm 🥖" in again.content


def test_a_second_tap_adds_nothing_whatever_number_it_has(workshop):
    exercise, room = make_exercise(workshop, "moments"), room_of(workshop, "bob")
    said = {"kind": "magic", "words": "in time"}
    assert {say(room, exercise, said, key) for key in ("a", "a", "b")} == {Entry.objects.get()}
    say(room, exercise, said | {"words": "again"}, "c")
    assert Entry.objects.count() == 2


def test_a_hand_off_is_rated_once_by_one_person(workshop):
    exercise, room = make_exercise(workshop, "rate"), room_of(workshop, "bob")
    handoff = handoff_of(workshop.organization, "alice", "bob").pk
    say(room, exercise, {"handoff": handoff, "score": 3}, "a")
    say(room, exercise, {"handoff": handoff, "score": 9}, "b")
    assert Entry.objects.get().version == 2


def test_what_was_taken_back_does_not_count_and_may_be_said_again(workshop):
    exercise, room = make_exercise(workshop, "purpose"), room_of(workshop, "alice")
    say(room, exercise, {"words": "bread"})
    assert entry_take_back(room=room, exercise=exercise.pk, key="any")
    assert not entry_take_back(room=room, exercise=exercise.pk, key="any")
    assert taken_part(exercise) == "No answer yet"
    say(room, exercise, {"words": "bread"})
    assert (taken_part(exercise), Entry.objects.count()) == ("1 has answered", 1)


def test_one_of_several_is_taken_back_or_changed_by_the_key_its_page_shows(workshop):
    exercise, room = make_exercise(workshop, "moments"), room_of(workshop, "bob")
    for words in ("one", "two"):
        say(room, exercise, {"kind": "misery", "words": words}, words)
    rows = card_find(room=room, exercise=exercise).context["rows"]
    other = room_of(workshop, "alice")
    assert not entry_take_back(room=other, exercise=exercise.pk, key=rows[0]["key"])
    assert entry_take_back(room=room, exercise=exercise.pk, key=rows[0]["key"])
    say(room, exercise, {"kind": "magic", "words": "changed"}, rows[1]["key"])
    rows = card_find(room=room, exercise=exercise).context["rows"]
    assert [row["words"] for row in rows] == ["changed"]


def test_nobody_adds_without_end(workshop):
    exercise, room = make_exercise(workshop, "moments"), room_of(workshop, "bob")
    for number in range(40):
        say(room, exercise, {"kind": "magic", "words": f"{number}"}, f"{number}")
    assert "40" in str(refusal(room, exercise, {"kind": "magic", "words": "more"}, "more"))
    say(room, exercise, {"kind": "magic", "words": "changed"}, "7")


# ---- refusing


@pytest.mark.parametrize(
    ("state", "fields", "code"),
    [
        ("revealed", {}, "revealed"),
        ("done", {}, "revealed"),
        ("ready", {}, "not_running"),
        ("running", {"is_locked": True}, "locked"),
        ("running", {"state": "closed", "code": ""}, "closed"),
    ],
)
def test_what_comes_too_late_or_too_early_is_not_taken(workshop, state, fields, code):
    room = room_of(workshop, "alice")
    exercise = make_exercise(workshop, "purpose", state)
    Workshop.objects.filter(pk=workshop.pk).update(**fields)
    with pytest.raises(ExerciseClosed) as closed:
        say(room, exercise, {"words": "late"})
    assert closed.value.code == code
    with pytest.raises(ExerciseClosed):
        entry_take_back(room=room, exercise=exercise.pk, key="one")
    assert not Entry.objects.exists()


def test_a_phone_that_waits_for_the_coach_says_nothing(workshop):
    room, exercise = room_of(workshop, "alice"), make_exercise(workshop, "purpose")
    room.phone.is_let_in = False
    with pytest.raises(ExerciseClosed):
        say(room, exercise, {"words": "I am Alice"})


def test_another_workshop_is_none(workshop, organization, other_organization):
    for elsewhere in (make_workshop(organization), make_workshop(other_organization)):
        exercise = make_exercise(elsewhere, "purpose")
        with pytest.raises(NotFound):
            say(room_of(workshop, "alice"), exercise, {"words": "x"})
        Participant.objects.all().delete()


def test_only_what_one_is_handed_is_rated(workshop, other_organization):
    exercise, bob = make_exercise(workshop, "rate"), room_of(workshop, "bob")
    organization = workshop.organization
    own = handoff_of(organization, "alice", "bob")
    removed = handoff_of(organization, "carla", "bob")
    HandOff.objects.filter(pk=removed.pk).update(is_removed=True)
    others = [handoff_of(organization, "alice", "carla").pk, handoff_of(other_organization, "alice", "bob").pk, 10**15]
    said = {str(refusal(bob, exercise, {"handoff": pk, "score": 5})) for pk in [*others, removed.pk]}
    assert len(said) == 1
    guest = make_room(workshop, name="guest")
    assert refusal(guest, exercise, {"handoff": own.pk, "score": 5}).field == "handoff"
    assert not Entry.objects.exists()


def test_what_is_wrong_is_said_with_the_field(workshop):
    exercise, room = make_exercise(workshop, "purpose"), room_of(workshop, "alice")
    found = refusal(room, exercise, {"words": "x" * 10_000})
    assert (found.field, "10000" in str(found), "200" in str(found)) == ("words", True, True)
    assert refusal(room, exercise, {"words": " \u200b "}).field == "words"
    moments = make_exercise(workshop, "moments")
    assert refusal(room, moments, {"kind": "magic", "words": "x"}, "k" * 65).field is None


def test_parties_of_elsewhere_and_end_customers_who_give_are_refused(workshop, other_organization):
    exercise, room = make_exercise(workshop, "client"), room_of(workshop, "alice")
    assert refusal(room, exercise, {"party": party_of(other_organization, "bob").pk}).field == "party"
    draw = make_exercise(workshop, "draw")
    wrong = {"supplier_words": "The client", "customer_words": "Bob Brown", "deliverable": "x"}
    assert refusal(room, draw, wrong).field == "supplier"
    same = {"supplier_words": "bob brown", "customer": party_of(workshop.organization, "bob").pk, "deliverable": "x"}
    assert refusal(room, draw, same).field == "customer"


def test_an_agreement_has_a_day_to_come(workshop):
    exercise, room = make_exercise(workshop, "agreements"), room_of(workshop, "alice")
    said = {"supplier_words": "Alice Adams", "customer_words": "Bob Brown", "sentence": "By noon"}
    for days in (-1, 800):
        day = (timezone.localdate() + timedelta(days=days)).isoformat()
        assert refusal(room, exercise, said | {"due_on": day}).field == "due_on"


# ---- results


def test_a_name_that_is_written_means_the_party_and_clarity_is_counted(workshop):
    """Alice hands three forecasts to Bob and one set of figures to Carla: her main client is Bob, Bob's is Carla."""
    exercise = make_exercise(workshop, "client")
    say(room_of(workshop, "alice"), exercise, {"words": " bob  BROWN "})
    say(room_of(workshop, "bob"), exercise, {"party": party_of(workshop.organization, "client").pk})
    say(make_room(workshop, name="\u202eguest"), exercise, {"words": "<b>Bakery</b>"})
    found = shown(workshop, reveal(exercise))
    assert found.title == "1 of 2 name the client whom the chain names"
    bars = [(bar.label, bar.number, bar.chain.number if bar.chain else "") for bar in found.context["bars"]]
    assert bars == [
        ("Bob Brown", "1", "1"),
        ("<b>Bakery</b>", "1", ""),
        ("The client", "1", ""),
        ("Carla Conti", "0", "1"),
    ]


def test_live_ratings_change_what_arrives_and_a_full_analysis_says_the_same(workshop):
    organization = workshop.organization
    exercise, bob = make_exercise(workshop, "rate"), room_of(workshop, "bob")
    handoff = handoff_of(organization, "alice", "bob")
    before = find_bottlenecks(chain_snapshot(organization=organization), organization="", kappa=organization.kappa)
    say(bob, exercise, {"handoff": handoff.pk, "score": 10, "reason": "late", "words": "x"})
    assert workshop_finding(workshop=workshop).delivered == pytest.approx(before.delivered)
    result = result_kept(exercise=reveal(exercise))
    handoff.ratings.update(score=10)
    after = find_bottlenecks(chain_snapshot(organization=organization), organization="", kappa=organization.kappa)
    assert result.before == pytest.approx(before.delivered)
    assert result.after == pytest.approx(after.delivered)
    assert workshop_finding(workshop=workshop).delivered == pytest.approx(after.delivered)


def test_drawn_hand_offs_are_in_the_picture_after_the_reveal(workshop):
    exercise = make_exercise(workshop, "draw")
    new = {"supplier_words": "Dan Duval", "customer_words": "Carla Conti", "deliverable": "notes", "volume": 2}
    for code in ("dan", "carla"):
        say(room_of(workshop, code), exercise, new)
    before = workshop_finding(workshop=workshop)
    result = result_kept(exercise=reveal(exercise))
    after = drawing_finding(workshop=workshop)
    assert (result.both, result.new) == (1, 1)
    (new,) = {handoff.key for handoff in after.handoffs} - {handoff.key for handoff in before.handoffs}
    assert new == result.links[0].key < 0
    assert workshop_finding(workshop=workshop) == before, "nobody rated it: a question moves no figure"
    # the same drawn for good and analysed anew
    organization = workshop.organization
    HandOff.objects.create(
        organization=organization, supplier=party_of(organization, "dan"), customer=party_of(organization, "carla"),
        deliverable="notes", volume=2,
    )  # fmt: skip
    real = find_bottlenecks(chain_snapshot(organization=organization), organization="", kappa=organization.kappa)
    assert after.delivered == pytest.approx(real.delivered)
    assert after.created == pytest.approx(real.created)


def test_a_workshop_of_a_team_looks_at_its_part_of_the_chain(organization):
    team = party_of(organization, "bob").team
    finding = workshop_finding(workshop=make_workshop(organization, team=team))
    assert {party.name for party in finding.parties} == {"Alice Adams", "Bob Brown", "Carla Conti", "The client"}


def test_pairs_are_of_people_in_the_room_and_stay_when_somebody_comes_late(workshop):
    exercise = make_exercise(workshop, "coffee")
    alice, bob = room_of(workshop, "alice"), room_of(workshop, "bob")
    card = card_find(room=alice, exercise=exercise).context
    assert (card["pair"], card["listens"]) == (["Bob Brown"], False)
    assert "forecast" in card["reason"]
    carla = room_of(workshop, "carla")
    late = card_find(room=carla, exercise=exercise).context
    assert (sorted(late["pair"]), late["listens"]) == (["Alice Adams", "Bob Brown"], True)
    assert card_find(room=bob, exercise=exercise).context["pair"] == ["Alice Adams"]
    assert (taken_part(exercise), coffee_plan(exercise).pairs[0].listeners != ()) == ("No answer yet", True)
    say(alice, exercise, {"met": "yes"})
    result = result_kept(exercise=reveal(exercise))
    assert (result.met, len(result.pairs), result.pairs[0].listeners) == (1, 1, ())
    assert "Alice Adams" in {pair.supplier for pair in shown(workshop, exercise).context["pairs"]}


def test_who_was_paired_in_former_workshops_gets_less_weight(organization):
    pairs = []
    for _number in range(6):
        workshop = make_workshop(organization)
        exercise = make_exercise(workshop, "coffee")
        for code in ("alice", "bob", "carla"):
            room_of(workshop, code)
        pairs += [{pair.supplier, pair.customer} for pair in coffee_plan(exercise).pairs]
        reveal(exercise)
    assert pairs[0] == pairs[1]
    assert any(pair != pairs[0] for pair in pairs)


def test_the_profile_is_of_the_whole_room_from_six_on_in_every_room(workshop):
    exercise = make_exercise(workshop, "orientation")
    rooms = make_rooms(workshop, 6)
    for people in (5, 6):
        for room in rooms[:people]:
            say(room, exercise, dict.fromkeys(ORIENTATION.row_codes, 8))
        if people == 5:
            result_freeze(exercise=exercise)
            assert '"rows":[]' in exercise.result
            assert not Entry.objects.exists(), "nothing but the figure is kept"
            exercise.state = "revealed"
            missing = shown(workshop, exercise).context["missing"]
            assert missing.endswith("a line of the whole room, with names as well. It needs answers of 6 people.")
            exercise.state = "running"
            exercise.result = ""
    found = shown(workshop, reveal(exercise))
    assert (found.title, len(found.context["lines"])) == ("We lean towards the customer", 5)


def test_names_are_hidden_where_the_coach_says_so(workshop):
    exercise = make_exercise(workshop, "agreements")
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    said = {
        "supplier_words": "Alice Adams",
        "customer_words": "Bob Brown",
        "sentence": "Alice calls Bob",
        "due_on": day,
    }
    say(room_of(workshop, "alice"), exercise, said)
    reveal(exercise)
    assert "Alice" in str(shown(workshop, exercise).context["agreements"])
    hidden = shown(workshop, exercise, hides_names=True)
    assert "Alice" not in str(hidden.context["agreements"])
    assert hidden.context["agreements"][0].supplier.startswith("a person of Sales")


def test_a_result_does_not_change_any_more(workshop):
    exercise, room = make_exercise(workshop, "purpose"), room_of(workshop, "alice")
    say(room, exercise, {"words": "bread"})
    kept = reveal(exercise).result
    Entry.objects.update(is_taken_back=True)
    assert shown(workshop, exercise).context["texts"][0].text == "bread"
    exercise.refresh_from_db()
    assert exercise.result == kept


def test_asked_anew_nothing_of_before_counts(workshop):
    exercise, room = make_exercise(workshop, "purpose"), room_of(workshop, "alice")
    say(room, exercise, {"words": "bread"})
    exercise.edition += 1
    exercise.save()
    assert taken_part(exercise) == "No answer yet"
    assert card_find(room=room, exercise=exercise).context["kept"] is None
    say(room, exercise, {"words": "cake"})
    assert [text.text for text in shown(workshop, reveal(exercise)).context["texts"]] == ["cake"]


# ---- whom the chain names


def pair_said(workshop):
    """Alice names Carla (the chain: Bob), Bob names Carla as the chain does, a guest without a place names Bob."""
    exercise = make_exercise(workshop, "client")
    alice, bob = room_of(workshop, "alice"), room_of(workshop, "bob")
    guest, quiet = make_room(workshop, name="guest"), room_of(workshop, "carla")
    for room in (alice, bob):
        say(room, exercise, {"party": party_of(workshop.organization, "carla").pk})
    say(guest, exercise, {"party": party_of(workshop.organization, "bob").pk})
    return exercise, alice, bob, guest, quiet


def test_a_phone_tells_its_owner_alone_whom_the_chain_names(workshop):
    exercise, alice, bob, guest, quiet = pair_said(workshop)
    assert [own_client_said(room=room, exercise=exercise) for room in (alice, bob, guest, quiet)] == [""] * 4
    workshop.current = reveal(exercise)
    client = chain_client_of(
        analysis_find(actor=OPERATOR, organization=workshop.organization), party_of(workshop.organization, "alice")
    )
    said = [phone_screen(room).own for room in (alice, bob, guest, quiet)]
    assert client.name == "Bob Brown"
    assert said[0] == (
        "You named Carla Conti. The chain names Bob Brown: "
        f"{round(client.share * 100)} of every 100 that you deliver go through them."
    )
    assert said[1] == "You named Carla Conti. So does the chain: 100 of every 100 that you deliver go through them."
    assert said[2:] == ["", ""]
    # whoever takes a place later is not told what another said there
    alice.participant.party = None
    alice.participant.save()
    assert phone_screen(alice).own == ""
    assert phone_screen(room_of(workshop, "alice")).own == ""


def test_without_names_no_phone_is_told_whom_the_chain_names(organization):
    workshop = make_workshop(organization, "anonymous")
    exercise = make_exercise(workshop, "client")
    rooms = make_rooms(workshop, 12)
    for room in rooms:
        say(room, exercise, {"party": party_of(organization, "bob").pk})
    workshop.current = reveal(exercise)
    assert {phone_screen(room).own for room in rooms} == {""}
    assert result_kept(exercise=workshop.current).answers == ()


def test_the_table_of_the_projector_lists_who_answered_and_has_a_place(workshop):
    exercise = reveal(pair_said(workshop)[0])
    rows = shown(workshop, exercise).context["answers"]
    assert [(row.who, row.named, row.chain) for row in rows] == [
        ("Alice Adams", "Carla Conti", "Bob Brown"),
        ("Bob Brown", "Carla Conti", "Carla Conti"),
    ]
    hidden = shown(workshop, exercise, hides_names=True)
    assert not re.search("Alice|Bob|Carla", repr(hidden.context["answers"]))
    context = {**hidden.context, "workshop": workshop}
    drawn = render_to_string(hidden.template, context | {"is_projector": True})
    assert drawn.count("<td><bdi>a person of Sales</bdi></td>") == 1
    for screen in ({}, {"is_projector": False}, {"is_projector": True, "compact": True}):
        assert "<table" not in render_to_string(hidden.template, context | screen)


def test_a_result_kept_before_it_knew_the_answers_is_still_read(workshop):
    exercise = reveal(pair_said(workshop)[0])
    new = result_kept(exercise=exercise)
    old = json.loads(exercise.result)
    assert len(old.pop("answers")) == 2
    exercise.result = json.dumps(old)
    assert result_kept(exercise=exercise) == replace(new, answers=())
    exercise.result = json.dumps(old | {"other": 1})
    with pytest.raises(ValueError, match="other fields"):
        result_kept(exercise=exercise)


def test_the_choices_are_the_eight_whom_one_hands_most_by_name(workshop):
    """Zoe gets most, in two hand-offs; of ten others by name the seven with the largest volumes stand beside her."""
    organization, dan = workshop.organization, party_of(workshop.organization, "dan")
    made = Party.objects.bulk_create(
        Party(organization=organization, code=f"n{number}", name=name, kind="employee", capacity=1.0)
        for number, name in enumerate([*"ABCDEFGHIJ", "Zoe"])
    )
    for number, party in enumerate(made[:-1]):
        HandOff.objects.create(organization=organization, supplier=dan, customer=party, volume=1 + number)
    for what in ("one", "two"):
        HandOff.objects.create(organization=organization, supplier=dan, customer=made[-1], deliverable=what, volume=6)
    card = card_find(room=room_of(workshop, "dan"), exercise=make_exercise(workshop, "client"))
    assert [choice.label for choice in card.context["choices"]] == [*"DEFGHIJ", "Zoe"]
    assert 'name="party" value=""' in " ".join(render_to_string(card.template, dict(card.context)).split())
