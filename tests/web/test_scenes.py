"""The pages of a presentation: prepare it, order it, show it; and not one name where names are hidden."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.domain.exercise_entries import MomentEntry
from chainmap.domain.exercise_results import result_to_json
from chainmap.domain.exercise_tallies import Said, tally_moments
from chainmap.domain.moments import CoachingRules, Moment
from chainmap.domain.roles import Role
from chainmap.models import Exercise, HandOff, Party, Scene, Team, Workshop
from chainmap.services.exercise_rooms import rules_of
from chainmap.services.scenes import ScenePlan, scene_save, scenes_make
from chainmap.services.workshops import WorkshopPlan, workshop_create
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round
from tests.web.reading import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scenes(organization):
    scenes_make(actor=OPERATOR, organization=organization)
    return list(Scene.objects.filter(organization=organization))


@pytest.fixture
def workshop(organization):
    return workshop_create(actor=OPERATOR, organization=organization, plan=WorkshopPlan(name="Friday"))


def titles(answer):
    return re.findall(r'<div class="scene-about">\s*<a [^>]*><bdi>([^<]*)', answer.content.decode())


def test_from_nothing_to_a_presentation_in_one_click(signed_in, at, bob):
    client = signed_in(bob)
    assert "There is no scene yet." in text_of(client.get(at("presentation")))
    assert "This presentation has no scenes yet." in text_of(client.get(at("presentation_show")))
    made = client.post(at("scenes_make"), follow=True)
    assert "6 scenes are ready." in text_of(made)
    assert titles(made)[0] == "Our chain"
    assert titles(made)[-1] == "What do we repair first?"


def test_a_scene_is_added_changed_moved_removed_and_put_back(signed_in, at, bob, organization):
    client = signed_in(bob)
    for title in ("One", "Two"):
        sent = {"kind": "map", "title": title, "question": "Why?", "focus": "carla conti", "steps": "3"}
        assert client.post(at("scene_new"), sent).status_code == 302
    one, two = Scene.objects.filter(organization=organization)
    assert (one.focus.code, one.steps, one.hides_names) == ("carla", 3, False)
    form = client.get(at("scene_edit", one.pk))
    assert 'value="One"' in form.content.decode()
    changed = {"kind": "walk", "title": "Uno", "focus": "", "steps": "2", "hides_names": "on", "version": "1"}
    assert "Saved." in text_of(client.post(at("scene_edit", one.pk), changed, follow=True))
    moved = client.post(at("scene_move", two.pk), {"to": "up"}, follow=True)
    assert moved.redirect_chain[0][0].endswith(f"#scene-{two.pk}")
    assert titles(moved) == ["Two", "Uno"]
    removed = client.post(at("scene_remove", two.pk), follow=True)
    assert "“Two” is removed." in text_of(removed)
    assert titles(removed) == ["Uno"]
    back = client.post(at("scene_put_back"), follow=True)
    assert "It is back where it was." in text_of(back)
    assert titles(back) == ["Two", "Uno"]
    assert "Put it back" not in text_of(back)
    assert "nothing to put back any more" in text_of(client.post(at("scene_put_back"), follow=True))


def test_two_who_change_the_same_scene_see_both(signed_in, at, bob, carla, scenes):
    address, sent = at("scene_edit", scenes[5].pk), {"kind": "words", "steps": "2", "version": "1"}
    assert signed_in(bob).post(address, sent | {"question": "What does Bob say?"}).status_code == 302
    answer = signed_in(carla).post(address, sent | {"question": "What does Carla say?"})
    assert answer.status_code == 409
    text = text_of(answer)
    assert "What does Bob say?" in text
    assert "What does Carla say?" in text
    assert 'name="version" value="2"' in answer.content.decode()
    assert Scene.objects.get(pk=scenes[5].pk).question == "What does Bob say?"


def test_what_was_typed_about_a_scene_that_is_gone_can_be_added_anew(signed_in, at, bob, carla, workshop):
    scenes_make(actor=OPERATOR, organization=workshop.organization, workshop=workshop)
    gone = Scene.objects.first()
    address = at("scene_edit", gone.pk) + f"?workshop={workshop.pk}"
    sent = {"kind": "words", "steps": "2", "version": "1", "question": "Long thought about"}
    assert signed_in(bob).get(address).status_code == 200
    signed_in(carla).post(at("scene_remove", gone.pk))
    answer = signed_in(bob).post(address, sent)
    assert answer.status_code == 409
    assert "Somebody removed this scene meanwhile." in text_of(answer)
    action = re.search(r'action="([^"]*/new/[^"]*)"', answer.content.decode())[1]
    added = signed_in(bob).post(action, sent, follow=True)
    assert titles(added)[-1] == "Long thought about"
    assert signed_in(bob).get(address).status_code == 404


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose one of those shown."),
        ({"kind": "dance", "steps": "2"}, "Choose one of those shown."),
        ({"kind": "words", "steps": "2"}, "Write the words this scene shows"),
        ({"kind": "map", "steps": "77"}, "less than or equal to 9"),
        ({"kind": "map", "steps": "2", "focus": "nobody at all"}, "Nobody here is called “nobody at all”."),
        ({"kind": "map", "steps": "2", "title": "x" * 121}, "This text has 121 characters, and 120 fit."),
        ({"kind": "map", "steps": "2", "question": "a\x07b"}, "a character that cannot be shown (U+0007)"),
        ({"kind": "result", "steps": "2"}, "Choose one of those shown."),
    ],
)
def test_what_cannot_be_kept_is_told_and_nothing_is_lost(signed_in, at, bob, sent, said):
    answer = signed_in(bob).post(at("scene_new"), sent)
    assert answer.status_code == 400
    assert said in text_of(answer)
    if "title" in sent:
        assert sent["title"] in answer.content.decode()
    assert Scene.objects.count() == 0


def test_what_is_no_direction_is_refused(signed_in, at, bob, scenes):
    for sent in ({}, {"to": "left"}, {"to": ["up", "down"]}):
        assert signed_in(bob).post(at("scene_move", scenes[0].pk), sent).status_code == 400


@pytest.mark.parametrize("name", ["alice", "dora", "erik"])
def test_whoever_walks_may_not_present(signed_in, at, people, scenes, name):
    client = signed_in(people[name])
    assert client.get(at("walk_start")).status_code == 200
    for address in (
        at("presentation"), at("scene_new"), at("presentation_show"), at("scene_edit", scenes[0].pk),
        at("scene_map", scenes[0].pk),
    ):  # fmt: skip
        assert client.get(address).status_code == 403
    for address in (at("scenes_make"), at("scene_remove", scenes[0].pk), at("scene_move", scenes[0].pk)):
        assert client.post(address, {"to": "up"}).status_code == 403
    assert Scene.objects.count() == 6


def test_methods(signed_in, at, bob, scenes):
    client = signed_in(bob)
    for name in ("presentation", "presentation_show"):
        assert client.post(at(name)).status_code == 405
    for address in (at("scenes_make"), at("scene_put_back"), at("scene_remove", scenes[0].pk)):
        assert client.get(address).status_code == 405


def show(client, at, **query):
    return client.get(at("presentation_show"), query)


def link(answer, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', answer.content.decode())
    return found and found[1].replace("&amp;", "&")


def test_next_goes_through_every_scene_and_every_step_of_a_walk(signed_in, at, bob, scenes):
    client = signed_in(bob)
    address, seen = at("presentation_show"), []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.content.decode().count("<h1") == 1
        seen.append(re.search(r'class="stage-progress">([^<]+)<', answer.content.decode())[1])
        last, address = address, link(answer, "next")
    assert seen == [f"{place} of 6" for place in (1, 2, 3, 4, 5, 5, 5, 5, 5, 6)]
    back = 0
    while last:
        last, back = link(client.get(last), "prev"), back + 1
    assert back == len(seen)


@pytest.mark.parametrize(
    "query",
    ["scene=7", "scene=0", "scene=x", "scene=1&step=1", "scene=5&step=-1", "names=shown", "workshop=x", "x=1"],
)
def test_what_is_not_there_to_show_is_refused(signed_in, at, bob, scenes, query):
    answer = signed_in(bob).get(at("presentation_show") + f"?{query}")
    assert answer.status_code == 400
    assert "This address cannot be understood" in text_of(answer)


def test_unknown_and_foreign_scenes_look_the_same(signed_in, at, bob, scenes, other_organization):
    scenes_make(actor=OPERATOR, organization=other_organization)
    theirs = Scene.objects.filter(organization=other_organization).first().pk
    other = workshop_create(actor=OPERATOR, organization=other_organization, plan=WorkshopPlan(name="Theirs"))
    client = signed_in(bob)
    answers = [client.get(at(name, pk)) for name in ("scene_edit", "scene_map") for pk in (theirs, 10**9)]
    answers += [client.post(at("scene_remove", theirs)), client.get(at("scene_map", scenes[4].pk))]
    answers += [client.get(at("workshop_scenes", other.pk)), show(client, at, workshop=str(other.pk))]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_a_workshop_has_scenes_of_its_own(signed_in, at, bob, workshop, scenes):
    client = signed_in(bob)
    rate = workshop.exercises.get(kind="rate")
    sent = {"kind": "result", "steps": "2", "exercise": str(rate.pk), "question": "What now?"}
    added = client.post(at("scene_new") + f"?workshop={workshop.pk}", sent, follow=True)
    assert added.redirect_chain == [(at("workshop_scenes", workshop.pk), 302)]
    assert titles(added) == ["Rate live"]
    assert "The result is shown here as soon as the coach reveals it." in text_of(
        show(client, at, workshop=str(workshop.pk))
    )
    assert len(titles(client.get(at("presentation")))) == 6
    made = client.post(at("scenes_make") + f"?workshop={workshop.pk}", follow=True)
    assert len(titles(made)) == 7


@pytest.fixture
def canaries(organization):
    """Names nobody could overlook, also in what is handed over, asked and titled."""
    for number, party in enumerate(Party.objects.filter(organization=organization)):
        Party.objects.filter(pk=party.pk).update(name=f"Canaryfirst{number} Canarylast{number}")
    HandOff.objects.filter(deliverable="forecast").update(deliverable="forecast for Canaryfirst1")
    organization.touch()
    scenes_make(actor=OPERATOR, organization=organization)
    Scene.objects.update(title="Canarylast0 and the others", question="What does Canaryfirst2 need?")
    return organization


@pytest.mark.parametrize("hidden_by", ["address", "scene"])
def test_no_name_is_left_where_names_are_hidden(signed_in, at, bob, canaries, hidden_by):
    client = signed_in(bob)
    query = {"names": "hidden"} if hidden_by == "address" else {}
    if hidden_by == "scene":
        Scene.objects.update(hides_names=True)
    steps = [{"scene": "5", "step": str(step)} for step in range(4)]
    for asked in [*({"scene": str(place)} for place in range(1, 7)), *steps]:
        page = show(client, at, **asked, **query)
        assert page.status_code == 200
        assert "canary" not in page.content.decode().lower(), asked
    maps = [client.get(at("scene_map", scene.pk), query) for scene in Scene.objects.filter(kind="map")]
    assert len(maps) == 4
    for answer in maps:
        assert "canary" not in answer.content.decode().lower()
        assert {party["href"] for party in json.loads(answer.content)["parties"]} == {None}
    if hidden_by == "address":
        assert "canary" in show(client, at, scene="1").content.decode().lower()


def test_a_workshop_that_hides_names_hides_them_in_every_scene(signed_in, at, bob, canaries, workshop):
    scenes_make(actor=OPERATOR, organization=canaries, workshop=workshop)
    Workshop.objects.filter(pk=workshop.pk).update(hides_names=True)
    client = signed_in(bob)
    for place in range(1, 7):
        page = show(client, at, workshop=str(workshop.pk), scene=str(place))
        assert "canary" not in page.content.decode().lower()
        assert "Names are hidden" in text_of(page)
        assert "Show names" not in text_of(page)


def test_the_result_of_an_exercise_hides_names_as_well(signed_in, at, bob, canaries, workshop):
    said = [Said("one", MomentEntry(Moment.MISERY, "Canaryfirst1 came late", HandOff.objects.first().pk))]
    result = tally_moments(said, rules_of(workshop), rules=CoachingRules())
    exercise = workshop.exercises.get(kind="moments")
    Exercise.objects.filter(pk=exercise.pk).update(state="revealed", result=result_to_json(result))
    plan = ScenePlan(kind="result", exercise=exercise.pk, question="What would Canaryfirst1 say?")
    scene_save(actor=bob, organization=canaries, workshop=workshop, plan=plan)
    client, where = signed_in(bob), {"workshop": str(workshop.pk)}
    page = show(client, at, **where)
    assert page.content.decode().count("<h1") == 1
    assert "Canaryfirst1 came late" in text_of(page)
    hidden = show(client, at, names="hidden", **where)
    assert "came late" in text_of(hidden)
    assert "canary" not in hidden.content.decode().lower()


@pytest.fixture
def crowd(db):
    """A company whose only round is an anonymous one."""
    crowd = make_crowd()
    for party in Party.objects.filter(team__isnull=False):
        Party.objects.filter(pk=party.pk).update(name=f"Canary of {party.code}")
    asked = make_round(crowd, "anonymous")
    answer_all(asked, lambda ask: Card(score=4 if ask.handoff.supplier.team.name == "Red" else 8))
    close(asked)
    return crowd


def test_a_protected_round_is_presented_by_team_and_hidden_teams_are_letters(signed_in, crowd):
    client = signed_in(make_user("coach", crowd, Role.COACH))
    base = f"/organizations/{crowd.pk}/presentation/"
    client.post(f"{base}make/")
    count = Scene.objects.count()
    assert list(Scene.objects.values_list("kind", flat=True)) == ["map", "map", "map", "walk", "words"]
    for query, is_hidden in (("", False), ("&names=hidden", True)):
        for place in range(1, count + 1):
            page = client.get(f"{base}show/?scene={place}{query}")
            assert page.status_code == 200
            text = text_of(page)
            assert "canary" not in page.content.decode().lower()
            assert not (is_hidden and [team for team in ("Red", "Blue", "Green") if re.search(rf"\b{team}\b", text)])
    scene = Scene.objects.filter(kind="map").first()
    drawn = json.loads(client.get(f"{base}{scene.pk}/map.json?names=hidden").content)
    assert {party["name"] for party in drawn["parties"]} == {"Team A", "Team B", "Team C", "Customer 1"}
    assert Team.objects.filter(organization=crowd).count() == 3
    # a team is kept as one of its people; the list says the team
    listed = client.get(base)
    assert "canary" not in listed.content.decode().lower()
    assert re.search(r"the map · (Red|Blue|Green)\b", text_of(listed))


def test_a_workshop_that_knows_nothing_yet_presents_the_last_protected_round(signed_in, crowd):
    client = signed_in(make_user("coach", crowd, Role.COACH))
    plan = WorkshopPlan(name="Friday")
    workshop = workshop_create(actor=OPERATOR, organization=crowd, plan=plan)
    base, query = f"/organizations/{crowd.pk}/presentation/", f"?workshop={workshop.pk}"
    client.post(f"{base}make/{query}")
    kinds = Scene.objects.filter(workshop=workshop).values_list("kind", flat=True)
    assert list(kinds) == ["map", "map", "map", "walk", "words"]
    for place in range(1, len(kinds) + 1):
        page = client.get(f"{base}show/{query}&scene={place}")
        assert page.status_code == 200
        assert "canary" not in page.content.decode().lower()
        assert "No ratings yet" not in text_of(page)
    scene = Scene.objects.filter(workshop=workshop, kind="map").first()
    drawn = json.loads(client.get(f"{base}{scene.pk}/map.json").content)
    assert {party["name"] for party in drawn["parties"]} == {"Red", "Blue", "Green", "End customers"}


def test_queries_do_not_grow_with_the_scenes(signed_in, at, bob, organization, scenes):
    client = signed_in(bob)

    def queries(address):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    before = queries(at("presentation")), queries(at("presentation_show"))
    for number in range(20):
        scene_save(actor=bob, organization=organization, plan=ScenePlan(kind="words", question=f"Why {number}?"))
    assert (queries(at("presentation")), queries(at("presentation_show"))) <= before
