"""A workshop on a phone: coming in, one thing at a time, and asking again at the cost of one query."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from chainmap.models import Participant, Phone
from chainmap.services.workshops import workshop_close
from tests.workshop import come_in, exercise, fresh, make_workshop, step

pytestmark = pytest.mark.django_db

OPEN = "Everybody in this room, your coach and the managers will see your name and what you say here."
ANONYMOUS = "Nobody will see who said what, not even the coach. Numbers appear from 6 people on, texts from 10."


@pytest.fixture
def workshop(organization):
    return make_workshop(organization, kinds=("client", "ladder"))


@pytest.fixture
def where(workshop):
    return {
        "join": reverse("chainmap:room_join", args=[workshop.code]),
        "room": reverse("chainmap:room", args=[workshop.pk]),
        "now": reverse("chainmap:room_now", args=[workshop.pk]),
        "leave": reverse("chainmap:room_leave", args=[workshop.pk]),
    }


def test_no_search_engine_keeps_what_a_code_opens(where, phone):
    for address in (*where.values(), "/w/", "/w/ZZZZZZ/", "/after/nothing/", "/after/nothing/results.pdf"):
        assert phone.get(address)["X-Robots-Tag"] == "noindex, nofollow", address
    assert "X-Robots-Tag" not in phone.get("/sign-in/")


@pytest.fixture
def coach_page(signed_in, organization, workshop, bob):
    """What stands on the console now."""
    address = reverse("chainmap:workshop", args=[organization.pk, workshop.pk])
    return lambda: signed_in(bob).get(address).content.decode()


@pytest.fixture
def phone(where):
    """A browser that is in."""
    client = Client()
    client.post(where["join"], {"name": "Anna"})
    return client


def test_typing_the_code(client, workshop):
    address = reverse("chainmap:room_code")
    assert "The code on the screen" in client.get(address).content.decode()
    found = client.post(address, {"code": f" {workshop.code.lower()} "})
    assert found["Location"] == reverse("chainmap:room_join", args=[f"{workshop.code[:3]}-{workshop.code[3:]}"])
    for wrong in ({}, {"code": ""}, {"code": "ZZZZZZ"}, {"code": "x" * 101}, {"code": "<b>\x00"}):
        page = client.post(address, wrong)
        assert page.status_code == 400, wrong
        assert "<b>" not in page.content.decode()


def test_ten_wrong_codes_and_then_a_minute(client, workshop, where):
    for number in range(10):
        page = client.get(reverse("chainmap:room_join", args=[f"ZZZZZ{number}"]))
        assert page.status_code == 404
    page = client.get(reverse("chainmap:room_join", args=["YYYYYY"]))
    assert (page.status_code, page["Retry-After"] != "") == (429, True)
    assert "Wait 1 minute" in page.content.decode()
    assert client.post(reverse("chainmap:room_code"), {"code": "YYYYYY"}).status_code == 429
    # whoever has the code shares the address with whoever tries them
    assert client.post(reverse("chainmap:room_code"), {"code": workshop.code}).status_code == 302
    assert client.post(where["join"], {"name": "Anna"}).status_code == 302
    assert Participant.objects.count() == 1


@pytest.mark.parametrize(("mode", "sentence"), [("open", OPEN), ("anonymous", ANONYMOUS)])
def test_who_will_see_what_stands_above_the_first_tap(organization, mode, sentence, bob):
    workshop, client = make_workshop(organization, mode), Client()
    address = reverse("chainmap:room_join", args=[workshop.code])
    page = client.get(address).content.decode()
    assert page.index(sentence) < page.index("<button")
    assert ("Alice Adams" in page) is (mode == "open")
    client.post(address, {"name": "Anna"})
    step(bob, workshop, "start", "client")
    card = client.get(reverse("chainmap:room", args=[workshop.pk])).content.decode()
    assert card.index(sentence) < card.index("<button")
    assert Participant.objects.get().name == ("Anna" if mode == "open" else "")


def test_looking_joins_nobody(client, where):
    client.get(where["join"])
    client.head(where["join"])
    assert not Participant.objects.exists()


def test_the_secret_is_a_cookie_of_this_room(client, where, workshop):
    answer = client.post(where["join"], {"name": "Anna"})
    assert answer["Location"] == where["room"]
    cookie = answer.cookies[f"room{workshop.pk}"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (where["room"], True, "Lax")
    assert len(cookie.value) == 43
    assert cookie.value not in Phone.objects.get().token_hash


def test_the_same_browser_comes_in_once(phone, where, workshop):
    assert phone.get(where["join"])["Location"] == where["room"]
    assert phone.post(where["join"], {"name": "Berta"})["Location"] == where["room"]
    assert Participant.objects.get().name == "Anna"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "x" * 61}, "60 fit"),
        ({"name": "a\x00b"}, "cannot be shown"),
        ({"who": "Nobody <i>"}, "“Nobody &lt;i&gt;” is nobody in this chain"),
    ],
)
def test_what_cannot_be_is_said_and_kept(client, where, typed, said):
    page = client.post(where["join"], {"name": "Anna <b>"} | typed)
    text = page.content.decode()
    assert (page.status_code, said in text) == (400, True)
    if "name" not in typed:
        assert "Anna &lt;b&gt;" in text
    assert not Participant.objects.exists()


def test_two_people_of_one_name_are_told_apart_by_team(organization, client, where):
    organization.parties.filter(code="dan").update(name="Bob Brown")
    assert client.post(where["join"], {"who": "Bob Brown"}).status_code == 400
    assert client.post(where["join"], {"who": "bob brown · sales"}).status_code == 302
    assert Participant.objects.get().party.code == "dan"


def test_an_account_says_who_it_is(alice, signed_in, where):
    client = signed_in(alice)
    page = client.get(where["join"]).content.decode()
    assert "you join as" in page
    assert 'name="who"' not in page
    client.post(where["join"], {"name": "Somebody else", "who": "Bob Brown"})
    who = Participant.objects.get()
    assert (who.user, who.name) == (alice, "Alice Adams")


def test_one_thing_at_a_time(phone, where, workshop, bob):
    def heading():
        return phone.get(where["now"]).content.decode().split("</h1>")[0]

    assert "You are in" in heading()
    step(bob, workshop, "start", "client")
    assert "Who is your most important client?" in heading()
    step(bob, workshop, "look")
    assert "Look at the screen" in heading()
    step(bob, workshop, "unlook")
    step(bob, workshop, "lock")
    assert "locked the phones" in phone.get(where["now"]).content.decode()
    step(bob, workshop, "reveal", "client")
    assert "now-result" in heading()
    step(bob, workshop, "done", "client")
    assert "You are in" in heading()
    workshop_close(actor=bob, workshop=workshop)
    assert "The workshop is closed" in heading()


def test_coming_late_lands_in_the_running_exercise(client, where, workshop, bob):
    step(bob, workshop, "start", "client")
    client.post(where["join"], {})
    assert "now-card" in client.get(where["room"]).content.decode()


def test_a_phone_that_waits_sees_no_card(organization, client, where, workshop, bob):
    come_in(workshop, "Anna", party=organization.parties.get(code="alice").pk)
    client.post(where["join"], {"who": "Alice Adams"})
    step(bob, workshop, "start", "client")
    page = client.get(where["room"]).content.decode()
    assert "Wait for your coach" in page
    assert "now-card" not in page
    row = exercise(workshop, "client")
    sent = client.post(reverse("chainmap:exercise_entry", args=[workshop.pk, row.pk]), {"key": "one", "words": "x"})
    assert (sent.status_code, row.entries.count()) == (409, 0)


def test_names_are_shown_as_text(where):
    for typed in ("<script>alert(1)</script>", "🎉 Łukasz", "דנה"):
        client = Client()
        client.post(where["join"], {"name": typed})
        page = client.get(where["room"]).content.decode()
        assert "<script>alert" not in page
        assert typed.replace("<", "&lt;").replace(">", "&gt;") in page


def test_asking_again_costs_one_query_and_no_session(phone, where, django_assert_num_queries):
    first = phone.get(where["now"])
    with django_assert_num_queries(1):
        same = phone.get(where["now"], headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content, same["Cache-Control"]) == (304, b"", "no-store")
    assert not same.cookies
    assert "Vary" not in same or "Cookie" not in same["Vary"]


def test_a_phone_with_an_account_asks_as_cheaply_and_writes_nothing(alice, signed_in, where, django_assert_num_queries):
    client = signed_in(alice)
    client.post(where["join"], {})
    before = Session.objects.values_list("session_data", flat=True)[0]
    first = client.get(where["now"])
    with django_assert_num_queries(1):
        client.get(where["now"], headers={"If-None-Match": first["ETag"]})
    assert Session.objects.values_list("session_data", flat=True)[0] == before


def test_others_coming_in_are_no_news_for_a_phone_but_steps_are(phone, where, workshop, bob):
    tag = {"If-None-Match": phone.get(where["now"])["ETag"]}
    come_in(workshop, "Berta")
    assert phone.get(where["now"], headers=tag).status_code == 304
    step(bob, workshop, "start", "client")
    assert phone.get(where["now"], headers=tag).status_code == 200


def test_a_second_phone_of_the_same_person_follows_the_first(alice, signed_in, where, workshop, bob):
    first, second = signed_in(alice), signed_in(alice)
    for client in (first, second):
        client.post(where["join"], {})
    step(bob, workshop, "start", "client")
    tag = {"If-None-Match": second.get(where["now"])["ETag"]}
    row = exercise(workshop, "client")
    address = reverse("chainmap:exercise_entry", args=[workshop.pk, row.pk])
    assert first.post(address, {"key": "one", "words": "The client"}).status_code == 302
    assert "Your answer is kept" in second.get(where["now"], headers=tag).content.decode()


def test_the_page_and_its_piece_have_one_mark(phone, where):
    page = phone.get(where["room"])
    assert phone.get(where["now"], headers={"If-None-Match": page["ETag"]}).status_code == 304
    assert page.context["tag"] == page["ETag"]


def test_leaving(phone, where, workshop):
    gone = phone.post(where["leave"])
    assert gone["Location"] == reverse("chainmap:room_code")
    assert not Participant.objects.exists()
    assert phone.get(where["room"]).status_code == 404


def test_whoever_left_comes_again_as_the_same_and_waits_to_be_another(
    client, organization, where, workshop, coach_page
):
    alice, bob = "Alice Adams", "Bob Brown"
    client.post(where["join"], {"who": alice})
    client.post(where["leave"])
    assert f"was{workshop.pk}" in client.cookies
    assert "Join" in client.get(where["join"]).content.decode()
    client.post(where["join"], {"who": bob})
    page = client.get(where["room"]).content.decode()
    assert "This phone was somebody else before" in page
    assert "Wait for your coach" in page
    assert "This phone was somebody else before" in coach_page()
    client.post(where["leave"])
    assert Participant.objects.filter(party__name=bob, phones__isnull=False).count() == 0
    client.post(where["join"], {"who": bob})
    assert "Wait for your coach" in client.get(where["room"]).content.decode()
    client.post(where["leave"])
    client.post(where["join"], {"who": ""})
    assert "You joined as <bdi>Alice Adams</bdi>" in client.get(where["room"]).content.decode()


def test_without_names_a_browser_keeps_nothing_of_having_been_there(client, organization):
    workshop = make_workshop(organization, "anonymous")
    client.post(reverse("chainmap:room_join", args=[workshop.code]))
    gone = client.post(reverse("chainmap:room_leave", args=[workshop.pk]))
    assert not any(cookie.value for cookie in gone.cookies.values())
    assert workshop.participants.count() == 1


def test_signing_out_ends_the_phones_of_the_account_and_no_other(alice, signed_in, where, workshop):
    anna, reader = Client(), signed_in(alice)
    anna.post(where["join"], {"name": "Anna"})
    reader.post(where["join"])
    kept = {name: cookie.value for name, cookie in reader.cookies.items() if name.startswith(("room", "known"))}
    assert len(kept) == 2
    assert "Alice Adams" in reader.get(where["room"]).content.decode()
    reader.post(reverse("chainmap:sign_out"))
    thief = Client()
    for name, value in kept.items():
        thief.cookies[name] = value
    assert thief.get(where["room"]).status_code == 404
    assert "Join" in thief.get(where["join"]).content.decode()
    assert anna.get(where["room"]).status_code == 200


def test_without_names_a_session_knows_of_no_phone(alice, signed_in, organization):
    workshop = make_workshop(organization, "anonymous")
    reader = signed_in(alice)
    reader.get("/")
    before = set(reader.session.keys())
    reader.post(reverse("chainmap:room_join", args=[workshop.code]))
    assert set(reader.session.keys()) == before


def test_a_phone_whose_place_an_account_took_is_told(alice, signed_in, client, where):
    client.post(where["join"], {"name": "Mallory", "who": "Alice Adams"})
    tag = client.get(where["now"])["ETag"]
    signed_in(alice).post(where["join"])
    told = client.get(where["now"], headers={"If-None-Match": tag})
    assert "Somebody signed in as <bdi>Alice Adams</bdi>" in told.content.decode()
    again = Client().post(where["join"], {"name": "Mallory", "who": "Alice Adams"})
    assert "Alice Adams is in with an account. If that is you, sign in" in again.content.decode()


def test_a_phone_the_room_knows_no_more_is_told(client):
    page = client.get(reverse("chainmap:room_code"), {"over": "1"}).content.decode()
    assert "This phone is in no workshop now" in page
    assert "your coach did not let this phone in, or ended it" in page


def test_a_second_phone_at_a_place_is_told_the_place_and_not_what_the_first_one_typed(client, where, coach_page):
    Client().post(where["join"], {"name": "Annie", "who": "Alice Adams"})
    client.post(where["join"], {"name": "Mallory", "who": "Alice Adams"})
    page = client.get(where["room"]).content.decode()
    assert "Somebody is in already as <bdi>Alice Adams</bdi>." in page
    assert "Annie" not in page
    assert "somebody else before" not in page
    console = coach_page()
    assert "Somebody says they are <strong><bdi>Alice Adams</bdi></strong> on another phone" in console
    assert "somebody else before" not in console


def test_a_phone_that_was_nobody_is_not_told_it_was_somebody(client, where, coach_page):
    moved = Client()
    moved.post(where["join"], {"who": "Alice Adams"})
    moved.post(where["leave"])
    moved.post(where["join"], {"who": "Bob Brown"})
    assert "This phone was somebody else before" in coach_page()
    client.post(where["join"], {"who": "Bob Brown"})
    page = client.get(where["now"]).content.decode()
    assert "More than one phone said to be <bdi>Bob Brown</bdi>" in page
    assert "somebody else before" not in page + coach_page()


def test_a_phone_that_was_another_and_was_let_in_keeps_nothing_of_it(client, organization, where, workshop, bob):
    client.post(where["join"], {"who": "Alice Adams"})
    client.post(where["leave"])
    client.post(where["join"], {"who": "Bob Brown"})
    phone = Phone.objects.get()
    assert phone.participant.said_party.name == "Alice Adams"
    allow = reverse("chainmap:workshop_phone", args=[organization.pk, workshop.pk, phone.pk])
    coach = Client()
    coach.force_login(bob)
    coach.post(allow, {"answer": "allow"})
    who = Participant.objects.get()
    assert (who.party.name, who.said_party) == ("Bob Brown", None)
    assert "You are in" in client.get(where["now"]).content.decode()


def test_without_scripts_the_lobby_says_what_to_press(phone, where):
    lobby = phone.get(where["now"]).content.decode()
    script_free = lobby.split("<noscript>")[1].split("</noscript>")[0]
    assert "Press Look again when your coach starts." in script_free
    assert "by itself" not in lobby


@pytest.mark.parametrize("name", ["room", "now"])
def test_without_the_secret_there_is_no_room(client, organization, where, workshop, name):
    other = make_workshop(organization)
    room = come_in(other, "Anna")
    client.cookies[f"room{workshop.pk}"] = room.token
    stolen = client.get(where[name])
    missing = client.get(reverse("chainmap:room", args=[10**9]))
    assert (stolen.status_code, missing.status_code) == (404, 404)
    assert stolen.content == missing.content


@pytest.mark.parametrize("number", [0, 2**63, 2**70])
def test_numbers_of_no_room(client, number):
    client.cookies[f"room{number}"] = "x" * 43
    for name in ("room", "room_now"):
        assert client.get(reverse(f"chainmap:{name}", args=[number])).status_code == 404


def test_methods_and_queries_that_make_no_sense(phone, client, where):
    assert phone.post(where["room"]).status_code == 405
    assert phone.post(where["now"]).status_code == 405
    assert phone.get(where["leave"]).status_code == 405
    assert phone.get(where["room"] + "?x=1").status_code == 400
    assert client.put(where["join"]).status_code == 405


def test_the_form_of_the_phone_needs_its_key(where):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(where["join"], {"name": "Anna"}).status_code == 403
    assert not Participant.objects.exists()


def test_the_timer_counts_down(phone, where, workshop, bob):
    step(bob, workshop, "start", "client")
    row = exercise(workshop, "client")
    page = phone.get(where["now"]).content.decode()
    assert f'data-seconds-left="{row.seconds}"' in page or f'data-seconds-left="{row.seconds - 1}"' in page
    assert fresh(workshop).current == row


def test_the_list_of_people_is_in_sight_and_grows_short_without_scripts(client, where):
    def rows(page):
        return re.findall(r'name="pick" value="([^"]*)"', page.content.decode())

    everybody = rows(client.get(where["join"]))
    assert everybody[0] == ""
    assert any(label.startswith("Alice Adams") for label in everybody)
    shorter = client.post(where["join"], {"name": "Anna", "who": "BROWN bo", "find": "yes"})
    assert (shorter.status_code, 'value="Anna"' in shorter.content.decode()) == (200, True)
    assert [label.split(" ·")[0] for label in rows(shorter)] == ["", "Bob Brown"]
    assert rows(client.post(where["join"], {"who": "xyz", "find": "yes"})) == everybody
    assert not Participant.objects.exists()
    assert client.post(where["join"], {"who": "bo", "pick": "Somebody · Else"}).status_code == 400
    # what is chosen counts more than the letters that led to it
    assert client.post(where["join"], {"who": "bo", "pick": rows(shorter)[1]}).status_code == 302
    assert Participant.objects.get().party.name == "Bob Brown"
