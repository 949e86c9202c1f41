"""The pages of those who make and run workshops: list, form, console and projector, with and without a script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chainmap.domain.exercise_entries import AgreementEntry, entry_to_json
from chainmap.models import Entry, Exercise, Participant, Scene, Workshop
from tests.workshop import HERE, come_in, exercise, fresh, make_workshop, second_coach, step

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Requested-With": "fetch"}
HOSTILE = '<b>"\u202eevil</b>'


@pytest.fixture
def coach(bob, signed_in):
    return signed_in(bob)


@pytest.fixture
def workshop(organization):
    return make_workshop(organization, kinds=("client", "ladder"))


@pytest.fixture
def where(at, workshop):
    """Name of an address of the workshop -> the address."""
    return lambda name, *numbers: at(name, workshop.pk, *numbers)


def pressed(client, where, name, row=None, version=None, headers=SCRIPT, **given):
    data = {"step": name, "version": version if version is not None else Workshop.objects.get().version} | given
    if row is not None:
        data["exercise"] = row.pk
    return client.post(where("workshop_step"), data, headers=headers)


def test_the_form_as_it_stands_makes_a_workshop(coach, at, organization):
    page = coach.get(at("workshop_new")).content.decode()
    assert "Everybody in this room, your coach and the managers will see your name and what you say here." in page
    assert "Nobody will see who said what, not even the coach. Numbers appear from 6 people on, texts from 10." in page
    assert page.count('name="kinds"') == page.count("checked") - 1 == 9
    form = coach.get(at("workshop_new")).context["form"]
    made = coach.post(at("workshop_new"), form.initial)
    found = Workshop.objects.get()
    assert made["Location"] == at("workshop", found.pk)
    assert (found.name, found.mode, found.exercises.count()) == (form.initial["name"], "open", 9)


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"name": "x" * 500}, {"name": "a\x00"}, {"mode": "secret"}, {"kinds": []}, {"team": "7777"}]
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(coach, at, wrong):
    sent = {"name": "Our <Monday>", "mode": "anonymous", "kinds": ["rate"], "team": ""} | wrong
    page = coach.post(at("workshop_new"), sent)
    assert page.status_code == 400
    assert "Not saved yet" in page.content.decode()
    assert not Workshop.objects.exists()
    if "name" not in wrong:
        assert "Our &lt;Monday&gt;" in page.content.decode()


def test_two_coaches_change_it_at_once(organization, coach, where, workshop):
    sent = {"name": "Mine", "mode": "open", "kinds": ["client"], "version": workshop.version, "team": ""}
    assert coach.post(where("workshop_edit"), sent).status_code == 302
    again = coach.post(where("workshop_edit"), sent | {"name": "Other"})
    assert again.status_code == 409
    text = again.content.decode()
    assert "Mine" in text
    assert "Other" in text
    assert fresh(workshop).name == "Mine"


def test_words_and_time_of_an_exercise(coach, where, workshop):
    row = exercise(workshop, "client")
    address = where("exercise_edit", row.pk)
    assert coach.get(address).status_code == 200
    sent = {"instruction": "Who <needs> you?", "minutes": "1.5", "place": "2"}
    assert coach.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.instruction, row.seconds, row.place) == ("Who <needs> you?", 90, 2)
    for wrong in ({"minutes": "61"}, {"minutes": "nan"}, {"minutes": "-1"}, {"place": "x"}, {"instruction": "x" * 501}):
        assert coach.post(address, sent | wrong).status_code == 400, wrong
    step(workshop.made_by or _coach(workshop), workshop, "start", "client")
    assert "Who &lt;needs&gt; you?" in coach.get(where("workshop_screen")).content.decode()


def _coach(workshop):
    return workshop.organization.memberships.get(role="coach").user


def test_opening_closing_and_opening_again(organization, coach, at):
    made = make_workshop(organization, is_open=False)
    address = at("workshop", made.pk)
    assert "Open the workshop" in coach.get(address).content.decode()
    assert coach.post(at("workshop_open", made.pk)).status_code == 302
    code = fresh(made).code
    assert f"{code[:3]}-{code[3:]}" in coach.get(address).content.decode()
    coach.post(at("workshop_close", made.pk))
    page = coach.get(address).content.decode()
    assert "The workshop is closed" in page
    assert code[:3] + "-" not in page
    coach.post(at("workshop_reopen", made.pk))
    assert fresh(made).code not in ("", code)


def test_removing_says_what_goes(coach, at, where, workshop):
    assert "cannot be brought back" in coach.get(where("workshop_remove")).content.decode()
    assert coach.post(where("workshop_remove")).status_code == 400
    coach.post(where("workshop_close"))
    assert coach.post(where("workshop_remove"))["Location"] == at("workshops")
    assert not Workshop.objects.exists()


def test_a_manager_sees_it_and_cannot_run_it(carla, signed_in, at, where, workshop):
    manager = signed_in(carla)
    page = manager.get(where("workshop")).content.decode()
    assert "A coach runs it" in page
    assert workshop.code not in page.replace("-", "")
    assert manager.get(where("workshop_console")).status_code == 403
    assert manager.post(where("workshop_step"), {"step": "lock"}).status_code == 403
    assert manager.get(where("workshop_screen")).status_code == 200
    assert not fresh(workshop).is_locked


# ---- the console


def test_a_step_by_script_and_by_form(coach, where, workshop):
    row = exercise(workshop, "client")
    by_script = pressed(coach, where, "start", row)
    assert (by_script.status_code, exercise(workshop, "client").state) == (200, "running")
    assert by_script["ETag"]
    assert "<html" not in by_script.content.decode()
    by_form = pressed(coach, where, "reveal", row, headers={})
    assert (by_form.status_code, by_form["Location"]) == (302, where("workshop"))
    assert exercise(workshop, "client").state == "revealed"


def test_the_second_coach_is_told_and_nothing_is_done_twice(organization, signed_in, coach, where, workshop):
    other, row = signed_in(second_coach(organization)), exercise(workshop, "client")
    pressed(coach, where, "start", row)
    seen = fresh(workshop).version
    pressed(coach, where, "reveal", row, seen)
    late = pressed(other, where, "lock", None, seen)
    assert late.status_code == 409
    assert "Bob revealed “Who is your most important client?” a moment ago." in late.content.decode()
    assert not fresh(workshop).is_locked
    page = pressed(other, where, "lock", None, seen, headers={})
    assert (page.status_code, "<html" in page.content.decode()) == (409, True)
    same = pressed(other, where, "reveal", row, seen)
    assert (same.status_code, "Bob did that already." in same.content.decode()) == (200, True)
    again = pressed(other, where, "lock")
    assert (again.status_code, fresh(workshop).is_locked) == (200, True)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"step": "explode"},
        {"step": "reveal"},
        {"step": "start", "exercise": "x"},
        {"step": "start", "exercise": "9" * 30},
        {"step": "start", "exercise": "-1"},
        {"step": "scene", "scene": "5"},
        {"step": "lock\x00"},
    ],
)
def test_a_step_that_makes_no_sense(coach, where, workshop, sent):
    before = fresh(workshop).version
    assert coach.post(where("workshop_step"), sent | {"version": "1"}, headers=SCRIPT).status_code in {400, 404}
    assert fresh(workshop).version == before


def test_a_phone_that_waits_is_let_in_or_sent_away(organization, coach, where, workshop):
    party = organization.parties.get(code="alice")
    come_in(workshop, "Anna", party=party.pk)
    first, second = (come_in(workshop, party=party.pk) for _number in range(2))
    page = coach.get(where("workshop_console")).content.decode()
    assert page.count("Somebody says they are") == 2
    assert page.count("<bdi>Alice Adams</bdi>") == 2
    assert "Anna" not in page
    assert coach.post(where("workshop_phone", first.phone.pk), {"answer": "maybe"}).status_code == 400
    coach.post(where("workshop_phone", first.phone.pk), {"answer": "allow"})
    coach.post(where("workshop_phone", second.phone.pk), {"answer": "refuse"})
    assert coach.post(where("workshop_phone", second.phone.pk), {"answer": "allow"}).status_code == 404
    page = coach.get(where("workshop_console")).content.decode()
    assert "Somebody says they are" not in page
    assert "1 is in" in page


def test_somebody_is_put_out_after_a_question(coach, where, workshop):
    mallory, anna = come_in(workshop, "<b>Mallory"), come_in(workshop, "Anna")
    page = coach.get(where("workshop_people")).content.decode()
    assert "&lt;b&gt;Mallory" in page
    sent = {"who": mallory.participant.pk}
    asked = coach.post(where("workshop_people"), sent)
    assert "Put them out" in asked.content.decode()
    assert workshop.participants.count() == 2
    done = coach.post(where("workshop_people"), sent | {"sure": "1"}, follow=True).content.decode()
    assert "Put out. With the code they could come in again" in done
    assert list(workshop.participants.all()) == [anna.participant]
    for wrong in (sent | {"sure": "1"}, {"who": "x"}, {"who": "9" * 30}, {}):
        assert coach.post(where("workshop_people"), wrong).status_code == 400
    assert where("workshop_people") in coach.get(where("workshop")).content.decode()


def test_without_names_nobody_is_listed(organization, coach, at):
    hidden = make_workshop(organization, "anonymous")
    room = come_in(hidden)
    page = coach.get(at("workshop_people", hidden.pk)).content.decode()
    assert "nobody is listed" in page
    assert str(room.participant.pk) not in page
    sent = {"who": room.participant.pk, "sure": "1"}
    assert coach.post(at("workshop_people", hidden.pk), sent).status_code == 400
    assert hidden.participants.count() == 1


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1"),
        ("http://localhost:8000", "localhost"),
        ("http://[::1]:8000", "::1"),
        ("http://192.168.1.7:8000", None),
        ("https://chainmap.example.com", None),
    ],
)
def test_the_console_says_when_no_phone_can_come_in(coach, where, settings, address, host):
    settings.CHAINMAP_URL = address
    said = f"Phones cannot reach {host}. Start Chainmap with `make room`, or set CHAINMAP_URL."
    for page in ("workshop", "workshop_console"):
        body = coach.get(where(page)).content.decode()
        assert (said in body) is (host is not None)
        assert ("Phones cannot reach" in body) is (host is not None)
    assert "Phones cannot reach" not in coach.get(where("workshop_screen")).content.decode()


def test_the_console_says_that_a_figure_of_the_room_stays(organization, coach, at, bob):
    made = make_workshop(organization, kinds=("orientation", "client"))
    page = at("workshop", made.pk)
    for kind, buttons in (("orientation", 0), ("client", 1)):
        step(bob, made, "start", kind)
        step(bob, made, "reveal", kind)
        body = coach.get(page).content.decode()
        assert body.count("Its reveal stays: all it shows are figures of the room.") == 1
        assert body.count('value="hide"') == buttons


def test_a_console_that_is_prepared_follows_the_projector(organization, coach, at):
    made = make_workshop(organization, is_open=False)
    body = coach.get(at("workshop", made.pk)).content.decode()
    assert f'data-live="{at("workshop_screen_now", made.pk)}"' in body
    assert "It starts in a moment" in coach.get(at("workshop_screen_now", made.pk)).content.decode()


def test_a_practice_company_is_marked_on_every_screen(organization, coach, client, where, workshop):
    pages = (
        lambda: coach.get(where("workshop_screen")),
        lambda: Client().get(reverse("chainmap:room_join", args=[workshop.code])),
        lambda: client.post(reverse("chainmap:room_join", args=[workshop.code]), follow=True),
    )
    label = "Invented company, for practice"
    assert not any(label in page().content.decode() for page in pages)
    organization.is_practice = True
    organization.save()
    assert all(label in page().content.decode() for page in pages)


def test_the_list_offers_to_practise(coach, at):
    assert "Practise with an invented company" in coach.get(at("workshops")).content.decode()


@pytest.mark.parametrize("name", ["workshop_console", "workshop_screen_now"])
def test_screens_follow_by_their_mark(coach, where, workshop, bob, name):
    first = coach.get(where(name))
    tag = {"If-None-Match": first["ETag"]}
    same = coach.get(where(name), headers=tag)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
    come_in(workshop, "Anna")
    joined = coach.get(where(name), headers=tag)
    assert (joined.status_code, "1 is in" in joined.content.decode()) == (200, True)
    step(bob, workshop, "start", "client")
    assert coach.get(where(name), headers={"If-None-Match": joined["ETag"]}).status_code == 200
    assert first["Cache-Control"] == "no-store"


def test_the_console_s_mark_is_that_of_its_page(coach, where, workshop):
    page = coach.get(where("workshop"))
    assert coach.get(where("workshop_console"), headers={"If-None-Match": page.context["tag"]}).status_code == 304


# ---- the projector


def test_the_lobby_counts_and_names_nobody(coach, where, workshop):
    for name in ("Anna", HOSTILE):
        come_in(workshop, name)
    page = coach.get(where("workshop_screen")).content.decode()
    assert "2 are in" in page
    assert f"{workshop.code[:3]}-{workshop.code[3:]}" in page
    assert 'class="qr"' in page
    assert "Anna" not in page
    assert "evil" not in page


def test_the_projector_shows_where_the_room_is(organization, coach, bob, where, workshop):
    step(bob, workshop, "start", "client")
    running = coach.get(where("workshop_screen_now")).content.decode()
    assert "data-seconds-left" in running
    assert "No answer yet" in running
    scene = Scene.objects.create(
        organization=organization, workshop=workshop, place=1, kind="words", title="Look <b>", question="Why?"
    )
    step(bob, workshop, "scene", scene=scene.pk)
    assert "Look &lt;b&gt;" in coach.get(where("workshop_screen_now")).content.decode()
    step(bob, workshop, "reveal", "client")
    assert "screen-result" in coach.get(where("workshop_screen_now")).content.decode()
    coach.post(where("workshop_close"))
    assert "The workshop is closed." in coach.get(where("workshop_screen_now")).content.decode()


def test_the_scene_that_is_shown_keeps_its_place_on_the_console(organization, coach, bob, where, workshop):
    first, second = (
        Scene.objects.create(organization=organization, workshop=workshop, place=place, kind="words", title=title)
        for place, title in ((1, "Scene one"), (2, "Scene two"))
    )

    def row():
        return coach.get(where("workshop")).content.decode().split('class="scenes-row"')[1].split("</section>")[0]

    assert "aria-pressed" not in row()
    assert "Back to the exercise" not in row()
    for shown in (first, second):
        step(bob, workshop, "scene", scene=shown.pk)
        now = row()
        assert now.index("Scene one") < now.index("Scene two") < now.index("Back to the exercise")
        button = now.split(f'name="scene" value="{shown.pk}"')[1].split("</form>")[0]
        assert 'aria-pressed="true"' in button
        assert "(on the projector now)" in button
        assert now.count("aria-pressed") == 1


def test_a_hostile_name_of_a_workshop_stays_text(organization, coach, at):
    made = make_workshop(organization)
    Workshop.objects.filter(pk=made.pk).update(name=HOSTILE)
    for address in (at("workshops"), at("workshop", made.pk), at("workshop_screen", made.pk)):
        page = coach.get(address).content.decode()
        assert "&lt;b&gt;" in page
        assert HOSTILE not in page
        assert "\u202e" not in page


def test_the_menu_leads_there(organization, people, signed_in, at):
    for name, sees in (("bob", True), ("carla", True), ("alice", False), ("dora", False), ("erik", False)):
        page = signed_in(people[name]).get(at("rounds")).content.decode()
        assert (f'href="{at("workshops")}"' in page) is sees, name
        assert f'href="{at("map")}"' in page, name


def test_nothing_of_a_workshop_is_in_another_one(organization, coach, at, workshop):
    other = make_workshop(organization, kinds=("rate",))
    theirs = Exercise.objects.get(workshop=other)
    assert coach.get(at("exercise_edit", workshop.pk, theirs.pk)).status_code == 404
    room = come_in(other, "Anna")
    assert coach.post(at("workshop_phone", workshop.pk, room.phone.pk), {"answer": "allow"}).status_code == 404


def test_the_code_of_the_page_leads_in(coach, client, where, workshop):
    code = f"{workshop.code[:3]}-{workshop.code[3:]}"
    page = client.get(reverse("chainmap:room_join", args=[code]), REMOTE_ADDR=HERE)
    assert page.status_code == 200


def test_the_console_warns_before_too_few_are_asked(organization, coach, at):
    made = make_workshop(organization, kinds=("orientation", "client"))
    for _number in range(5):
        Participant.objects.create(workshop=made)
    said = "5 are in, and this needs answers of 6 people: with fewer nothing of it is shown."
    page = coach.get(at("workshop", made.pk)).content.decode()
    assert page.count(said) == 1  # on the card of that exercise alone: the button goes on to the other one
    Exercise.objects.filter(workshop=made, kind="client").update(state="done", result="{}")
    page = coach.get(at("workshop", made.pk)).content.decode()
    assert "What is left needs answers of more people than are in." in page
    assert "All exercises were run" not in page
    Participant.objects.create(workshop=made)
    assert "this needs answers of" not in coach.get(at("workshop", made.pk)).content.decode()


def test_where_nothing_could_be_shown_the_warning_stands_beside_the_button(organization, coach, at):
    made = make_workshop(organization, kinds=("orientation",))
    Participant.objects.create(workshop=made)
    said = "1 is in, and this needs answers of 6 people: with fewer nothing of it is shown."
    assert coach.get(at("workshop", made.pk)).content.decode().count(said) == 2


def test_a_clicker_that_bounces_reveals_nothing(organization, coach, at, monkeypatch):
    made = make_workshop(organization, kinds=("client", "purpose"))
    row, address = exercise(made, "client"), at("workshop_step", made.pk)

    def press(name):
        version = fresh(made).version
        return coach.post(address, {"step": name, "exercise": row.pk, "version": version, "next": ""})

    assert press("start").status_code == 302
    again = press("reveal")
    assert (again.status_code, "Press again to reveal it" in again.content.decode()) == (400, True)
    assert exercise(made, "client").state == "running"
    later = timezone.now() + timedelta(seconds=3)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert press("reveal").status_code == 302
    assert exercise(made, "client").state == "revealed"


def test_the_coach_writes_a_yes_down_that_was_said_aloud(organization, coach, at):
    made = make_workshop(organization, kinds=("agreements",))
    row = exercise(made, "agreements")
    alice = Participant.objects.create(workshop=made, party=organization.parties.get(code="alice"))
    ends = {code: organization.parties.get(code=code).pk for code in ("alice", "bob")}
    entry = AgreementEntry(ends["alice"], "", ends["bob"], "", "By noon", timezone.localdate())
    Entry.objects.create(exercise=row, participant=alice, slot="s", teller="t", content=entry_to_json(entry))
    Exercise.objects.filter(pk=row.pk).update(state="running")
    step(_coach(made), made, "reveal", "agreements")
    page = coach.get(at("workshop", made.pk)).content.decode()
    assert "Both said yes aloud?" in page
    assert "proposed by Alice Adams; Bob Brown was not asked here" in page
    sent = {"step": "heard", "exercise": row.pk, "version": fresh(made).version, "agreement": "0"}
    for wrong in ({"agreement": "7"}, {"agreement": "x"}, {"agreement": ""}):
        assert coach.post(at("workshop_step", made.pk), sent | wrong).status_code == 404
    assert coach.post(at("workshop_step", made.pk), sent).status_code == 302
    assert "both said yes in the room" in coach.get(at("workshop_screen", made.pk)).content.decode()
    assert "both said yes in the room" in coach.get(at("workshop_results", made.pk)).content.decode()
