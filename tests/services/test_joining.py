"""Who comes in is in once: by code, by account, by name; whoever says to be somebody else's place waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.models import Attempt, HandOff, Participant, Party, Phone
from chainmap.services import joining
from chainmap.services.exercise_entries import entry_save
from chainmap.services.joining import (
    LinkDead,
    code_shown,
    join,
    join_start,
    leave,
    participant_of,
    phone_allow,
    phone_refuse,
    phones_end,
)
from chainmap.services.limits import LINK_CODE, ROOM_CODE, ROOM_PHONES, TooMany
from chainmap.services.workshop_screens import phone_screen
from chainmap.services.workshops import WorkshopProblem, workshop_close
from tests.workshop import HERE, come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(organization):
    return make_workshop(organization)


@pytest.fixture
def anna(organization):
    """Alice's place in the chain."""
    return Party.objects.get(organization=organization, code="alice")


def attempts():
    return sum(Attempt.objects.filter(what=ROOM_CODE.what).values_list("count", flat=True))


def test_a_code_is_understood_however_it_is_typed(workshop):
    workshop.code = "A0B1C1"
    workshop.save()
    for typed in ("A0B-1C1", "a0b1c1", " a o b - i c l ", "AOB‑ICL", "A0B–1C1"):
        assert join_start(code=typed, address=HERE).workshop == workshop, typed
    assert attempts() == 0
    assert code_shown("A0B1C1") == "A0B-1C1"


@pytest.mark.parametrize("typed", ["", "A0B", "x" * 5000, "A0B1C1X", "\x00" * 6, "\ud800BCDEF", "UUUUUU", "🎉" * 6])
def test_anything_else_is_one_dead_code(workshop, typed):
    with pytest.raises(LinkDead):
        join_start(code=typed, address=HERE)
    assert attempts() == 1


def test_ten_wrong_codes_a_minute_from_one_address(workshop, monkeypatch):
    for number in range(10):
        with pytest.raises(LinkDead):
            join(code=f"22222{number}", address=HERE)
    with pytest.raises(TooMany):
        join_start(code="222222", address=HERE)
    with pytest.raises(LinkDead):
        join_start(code="222222", address="203.0.113.10")
    assert join_start(code=workshop.code, address=HERE).workshop == workshop  # the right one passes
    assert join(code=workshop.code, address=HERE).participant.workshop == workshop
    assert not Attempt.objects.filter(what=LINK_CODE.what).exists()  # nobody is kept from a personal link
    later = timezone.now() + timedelta(minutes=1, seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(LinkDead):
        join_start(code="222222", address=HERE)


def test_a_whole_room_fits_behind_one_address(workshop):
    for number in range(30):
        come_in(workshop, f"Person {number}")
    assert workshop.participants.count() == 30


def test_no_more_than_two_phones_a_second(workshop, monkeypatch):
    monkeypatch.setattr(joining, "ROOM_PHONES", replace(ROOM_PHONES, most=3))
    for _number in range(3):
        come_in(workshop)
    with pytest.raises(TooMany):
        come_in(workshop)
    assert join(code=workshop.code, address="203.0.113.10")
    assert Participant.objects.count() == Phone.objects.count() == 4
    assert (ROOM_PHONES.most, ROOM_PHONES.window) == (120, timedelta(minutes=1))


def test_five_phones_wait_for_one_place(workshop, anna):
    for _number in range(6):
        come_in(workshop, party=anna.pk)
    with pytest.raises(WorkshopProblem, match="Several phones wait for Alice Adams") as refused:
        come_in(workshop, party=anna.pk)
    assert refused.value.field == "party"
    assert Phone.objects.filter(is_let_in=False).count() == 5


def test_the_offer_names_the_people_of_the_team_only(organization):
    everybody = join_start(code=make_workshop(organization).code, address=HERE)
    assert [name for _pk, name, _team in everybody.people] == ["Alice Adams", "Bob Brown", "Carla Conti", "Dan Duval"]
    sales = organization.teams.get(name="Sales").pk
    offer = join_start(code=make_workshop(organization, team=sales).code, address=HERE)
    assert [name for _pk, name, _team in offer.people] == ["Alice Adams", "Dan Duval"]
    hidden = join_start(code=make_workshop(organization, "anonymous").code, address=HERE)
    assert (hidden.people, hidden.known) == ((), "")


def test_the_same_browser_is_the_same_participant(workshop):
    first = join(code=workshop.code, address=HERE, name="Anna")
    again = join(code=workshop.code, address=HERE, name="Berta", token=first.token)
    assert (again.token, again.participant, again.is_waiting) == (first.token, first.participant, False)
    assert Participant.objects.get().name == "Anna"
    other = join(code=workshop.code, address=HERE, name="Anna", token="x" * 43)
    assert other.participant != first.participant


def test_a_token_of_another_workshop_is_none(organization, workshop):
    first = join(code=workshop.code, address=HERE)
    other = make_workshop(organization)
    assert join(code=other.code, address=HERE, token=first.token).participant.workshop == other
    with pytest.raises(LinkDead):
        participant_of(workshop=other.pk, token=first.token)


def test_the_same_account_on_a_second_phone_is_the_same_participant(workshop, alice, anna):
    first = join(code=workshop.code, address=HERE, user=alice)
    second = join(code=workshop.code, address=HERE, user=alice)
    assert first.token != second.token
    assert (second.participant, second.is_waiting) == (first.participant, False)
    who = Participant.objects.get()
    assert (who.party, who.user, who.name) == (anna, alice, "Alice Adams")


def test_an_account_of_elsewhere_is_a_guest(workshop, zoe):
    joined = join(code=workshop.code, address=HERE, user=zoe, name="Zoe")
    assert (joined.participant.user, joined.participant.party) == (None, None)


def test_an_account_without_a_place_in_the_chain(workshop, bob):
    joined = join(code=workshop.code, address=HERE, user=bob)
    assert (joined.participant.user, joined.participant.party, joined.participant.name) == (bob, None, "Bob")


def test_saying_to_be_somebody_who_is_in_waits_for_the_coach(workshop, bob, anna):
    first = join(code=workshop.code, address=HERE, party=anna.pk, name="Anna")
    second = join(code=workshop.code, address=HERE, party=anna.pk, name="Not Anna")
    assert (first.is_waiting, second.is_waiting) == (False, True)
    assert second.participant == first.participant
    room = participant_of(workshop=workshop.pk, token=second.token)
    assert room.is_waiting
    again = join(code=workshop.code, address=HERE, party=anna.pk, token=second.token)
    assert again.is_waiting
    phone_allow(actor=bob, workshop=workshop, phone=room.phone.pk)
    assert not participant_of(workshop=workshop.pk, token=second.token).is_waiting
    assert Participant.objects.get().name == "Anna"


def test_whoever_is_sent_away_may_come_as_somebody_else(workshop, bob, anna):
    come_in(workshop, party=anna.pk)
    waiting = come_in(workshop, party=anna.pk)
    phone_refuse(actor=bob, workshop=workshop, phone=waiting.phone.pk)
    with pytest.raises(LinkDead):
        participant_of(workshop=workshop.pk, token=waiting.token)
    for gone in (phone_allow, phone_refuse):
        with pytest.raises(NotFound):
            gone(actor=bob, workshop=workshop, phone=waiting.phone.pk)
    again = join(code=workshop.code, address=HERE, name="Berta", token=waiting.token)
    assert again.participant.name == "Berta"


def test_a_phone_that_is_in_is_not_sent_away(workshop, bob):
    room = come_in(workshop, "Anna")
    with pytest.raises(NotFound):
        phone_refuse(actor=bob, workshop=workshop, phone=room.phone.pk)
    assert Phone.objects.count() == 1


def test_phones_of_another_workshop_are_not_there(organization, other_organization, workshop, bob, anna):
    theirs = make_workshop(other_organization)
    room = come_in(theirs, "Anna")
    with pytest.raises(NotFound):
        phone_allow(actor=bob, workshop=workshop, phone=room.phone.pk)


def rate(room, organization, bob, score):
    """What Bob Brown gets from Alice Adams."""
    handoff = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    given = {"handoff": handoff.pk, "score": score}
    entry_save(room=room, exercise=exercise(room.workshop, "rate").pk, key="k", data=given)


def test_an_account_takes_its_place_and_inherits_nothing(organization, workshop, bob, people):
    place = Party.objects.get(organization=organization, code="bob")
    Party.objects.filter(pk=place.pk).update(user=people["erik"])
    mallory, second = come_in(workshop, "Mallory", party=place.pk), come_in(workshop, party=place.pk)
    step(bob, workshop, "start", "purpose")
    entry_save(room=mallory, exercise=exercise(workshop, "purpose").pk, key="k", data={"words": "Work for free"})
    step(bob, workshop, "start", "rate")
    rate(mallory, organization, bob, 0)
    sure = join(code=workshop.code, address=HERE, user=people["erik"])
    assert (sure.participant.party, sure.participant.user, sure.is_waiting) == (place, people["erik"], False)
    assert sure.participant.phones.count() == 1
    assert not sure.participant.entries.exists()
    room = participant_of(workshop=workshop.pk, token=mallory.token)
    assert (room.is_waiting, room.participant.name) == (False, "Mallory")
    assert (room.participant.party, room.participant.user, room.participant.said_party) == (None, None, place)
    assert [row.exercise.kind for row in room.participant.entries.all()] == ["purpose"]  # the rating is gone
    with pytest.raises(LinkDead):  # it waited for a place that is an account's now
        participant_of(workshop=workshop.pk, token=second.token)
    assert phone_screen(room).lost_to == place.name


def test_a_participant_with_an_account_gets_no_phone_without_it(workshop, alice, bob, anna):
    sure = come_in(workshop, user=alice)
    with pytest.raises(WorkshopProblem, match="Alice Adams is in with an account") as refused:
        come_in(workshop, "Mallory", party=anna.pk)
    assert (refused.value.field, Phone.objects.count()) == ("party", 1)
    guest = come_in(workshop, "Mallory")
    assert (guest.is_waiting, guest.participant.party) == (False, None)
    waiting = Phone.objects.create(participant=sure.participant, token_hash="x", is_let_in=False)
    with pytest.raises(NotFound):
        phone_allow(actor=bob, workshop=workshop, phone=waiting.pk)


def again(workshop, memo, **given):
    return join(code=workshop.code, address=HERE, memo=memo, **given)


def test_a_browser_comes_again_as_the_one_it_was(workshop, bob):
    room = come_in(workshop, "Anna")
    step(bob, workshop, "start", "purpose")
    entry_save(room=room, exercise=exercise(workshop, "purpose").pk, key="k", data={"words": "Bread"})
    memo = leave(room=room)
    back = again(workshop, memo, name="Berta")
    assert (back.participant, back.is_waiting) == (room.participant, False)
    assert back.token != room.token
    assert again(workshop, "", name="Anna").participant != room.participant
    assert again(workshop, memo + "x", name="Anna").participant != room.participant
    assert again(make_workshop(workshop.organization), memo).participant.name == ""


def test_one_browser_is_at_one_place(organization, workshop, bob, anna):
    places = list(Party.objects.filter(organization=organization, kind="employee").order_by("name"))
    room = come_in(workshop, party=anna.pk)
    memo = leave(room=room)
    assert not Participant.objects.exists()
    for place in places[1:]:
        other = again(workshop, memo, party=place.pk)
        assert (other.is_waiting, other.participant.party) == (True, place)
        assert leave(room=participant_of(workshop=workshop.pk, token=other.token)) == ""  # waiting makes nobody
    assert not Participant.objects.exists()
    back = again(workshop, memo, party=anna.pk)
    assert (back.is_waiting, back.participant.party) == (False, anna)


def test_the_place_one_said_is_kept_while_another_is_there(organization, workshop, anna):
    place = Party.objects.get(organization=organization, code="bob")
    memo = leave(room=come_in(workshop, party=anna.pk))
    come_in(workshop, party=anna.pk)
    back = again(workshop, memo, name="Anna")
    assert (back.is_waiting, back.participant.party, back.participant.said_party) == (False, None, anna)
    memo = leave(room=participant_of(workshop=workshop.pk, token=back.token))
    assert again(workshop, memo, party=place.pk).is_waiting


def test_somebody_who_said_no_place_may_say_one(workshop, bob, anna):
    room = come_in(workshop, "Anna")
    step(bob, workshop, "start", "purpose")
    entry_save(room=room, exercise=exercise(workshop, "purpose").pk, key="k", data={"words": "Bread"})
    back = again(workshop, leave(room=room), party=anna.pk)
    assert (back.participant, back.participant.party, back.is_waiting) == (room.participant, anna, False)


def test_the_phones_of_a_session_end_with_it(workshop, alice):
    sure, guest = (join(code=workshop.code, address=HERE, user=user) for user in (alice, None))
    phones_end(phones=[sure.phone, guest.phone, 10**9])
    assert list(Phone.objects.values_list("pk", flat=True)) == [guest.phone]


def test_without_names_how_many_joined_only_grows(organization):
    workshop = make_workshop(organization, "anonymous")
    room = come_in(workshop)
    assert leave(room=room) == ""
    assert (workshop.participants.count(), Phone.objects.count()) == (1, 0)


def test_nobody_of_elsewhere_can_be_chosen(organization, other_organization, workshop, client_party):
    for party in (Party.objects.filter(organization=other_organization).first().pk, client_party.pk, 10**9):
        with pytest.raises(WorkshopProblem) as refused:
            join(code=workshop.code, address=HERE, party=party)
        assert refused.value.field == "party"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("🎉 Łukasz", "🎉 Łukasz"),
        ("דנה", "דנה"),
        ("\u202eannA\u202c", "annA"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("A\r\nB", "A B"),
        ("\u200b\u2800", ""),
        ("x" * 60, "x" * 60),
    ],
)
def test_names_as_people_type_them(workshop, typed, kept):
    assert come_in(workshop, typed).participant.name == kept


@pytest.mark.parametrize("typed", ["x" * 61, "a\x00b", "a\x1b[2J", "\ud800"])
def test_names_that_cannot_be(workshop, typed):
    with pytest.raises(WorkshopProblem) as refused:
        come_in(workshop, typed)
    assert refused.value.field == "name"
    assert not Participant.objects.exists()


def test_two_of_one_first_name_are_two(workshop):
    assert come_in(workshop, "Anna").participant != come_in(workshop, "Anna").participant


def test_without_names_nothing_of_anybody_is_kept(organization, alice, anna):
    workshop = make_workshop(organization, "anonymous")
    for given in ({"user": alice}, {"name": "Anna"}, {"party": anna.pk}):
        join(code=workshop.code, address=HERE, **given)
    rows = Participant.objects.values_list("name", "party", "user")
    assert list(rows) == [("", None, None)] * 3


def test_the_database_keeps_no_former_place_without_names_and_none_of_elsewhere(organization, other_organization, anna):
    hidden, named = make_workshop(organization, "anonymous"), make_workshop(organization)
    theirs = Party.objects.filter(organization=other_organization).first()
    for workshop, said in ((hidden, anna), (named, theirs)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Participant.objects.create(workshop=workshop, said_party=said)


def test_a_closed_workshop_lets_nobody_in_but_knows_who_was_in(workshop, bob):
    room, code = come_in(workshop, "Anna"), fresh(workshop).code
    workshop_close(actor=bob, workshop=workshop)
    for dead in (code, ""):
        with pytest.raises(LinkDead):
            join(code=dead, address=HERE)
    assert participant_of(workshop=workshop.pk, token=room.token).workshop.state == "closed"


def test_leaving_forgets_whoever_left_nothing(workshop, anna):
    room = come_in(workshop, "Anna", party=anna.pk)
    leave(room=room)
    assert not Participant.objects.exists()
    with pytest.raises(LinkDead):
        participant_of(workshop=workshop.pk, token=room.token)
    assert not come_in(workshop, "Anna", party=anna.pk).is_waiting


def test_a_phone_that_leaves_takes_no_other_along(workshop, alice):
    first, second = (come_in(workshop, user=alice) for _number in range(2))
    leave(room=second)
    assert participant_of(workshop=workshop.pk, token=first.token).participant == first.participant


@pytest.mark.parametrize("token", [None, "", "x", "x" * 43, "x" * 44, "\ud800" * 43, "😀" * 43])
def test_no_token_of_this_room(workshop, token):
    come_in(workshop, "Anna")
    with pytest.raises(LinkDead):
        participant_of(workshop=workshop.pk, token=token)
