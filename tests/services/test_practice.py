"""Practice workshops: the numbers tell the lesson, everything is labelled, and nothing real can be touched."""

from __future__ import annotations

import json
from collections import Counter

import networkx as nx
import pytest

from chainmap.access import OPERATOR, NotFound, roles_of
from chainmap.domain.exercise_entries import entry_from_json
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.roles import Role
from chainmap.exports.practice_words import END, LOBBY, MAP
from chainmap.models import (
    Agreement,
    Entry,
    Exercise,
    HandOff,
    Membership,
    Moment,
    Organization,
    Participant,
    Party,
    Purpose,
    Questionnaire,
    Rating,
    Round,
    Story,
    Workshop,
)
from chainmap.services.analysis import analysis_find, bottlenecks_find
from chainmap.services.exercise_rooms import NOBODY
from chainmap.services.practice import (
    MOST_COMPANIES,
    PracticeProblem,
    may_practise,
    practice_afresh,
    practice_answers,
    practice_guide,
    practice_list,
    practice_load,
    practice_remove,
)
from chainmap.services.practice_company import practice_company
from chainmap.services.workshop_findings import workshop_finding
from chainmap.services.workshop_steps import step_do
from chainmap.services.workshops import exercises_of, workshop_open
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(bob):
    return practice_load(user=bob)


@pytest.fixture
def company(workshop):
    return workshop.organization


@pytest.fixture
def finding(company):
    return bottlenecks_find(actor=OPERATOR, organization=company)


@pytest.fixture
def eve(other_organization):
    """A coach elsewhere."""
    return cast.make_user("eve", other_organization, Role.COACH)


def start(workshop, kind):
    """The exercise, as ROOM would hand it over."""
    return Exercise.objects.select_related("workshop__organization").get(workshop=workshop, kind=kind)


# ---- what is loaded


def test_the_company_is_whole(company):
    parties = Counter(Party.objects.filter(organization=company).values_list("kind", flat=True))
    assert parties == {"employee": 16, "end_customer": 3, "external_supplier": 2}
    assert company.teams.count() == 5
    assert HandOff.objects.filter(organization=company).in_chain().count() == 51
    assert Purpose.objects.filter(organization=company).count() == 6
    assert Story.objects.filter(organization=company, handoffs__isnull=False).distinct().count() == 2
    assert Agreement.objects.filter(handoff__organization=company).count() == 2


def test_everything_is_labelled_as_invented(company, workshop):
    assert company.is_practice
    assert "invented" in company.name
    assert workshop.is_practice
    assert "practice" in workshop.name
    outside = Party.objects.filter(organization=company).exclude(kind="employee")
    assert all("invented" in party.name for party in outside)
    assert not Participant.objects.filter(workshop=workshop, is_invented=False).exists()


def test_the_coach_holds_it_and_nobody_else_hears_of_it(company, bob, mailoutbox):
    assert mailoutbox == []
    assert roles_of(bob, company) == {Role.COACH, Role.MANAGER}
    assert set(Membership.objects.filter(organization=company).values_list("user", flat=True)) == {bob.pk}


def test_the_round_is_open_mode_closed_and_answered(company):
    round = Round.objects.get(organization=company)
    assert (round.mode, round.state) == ("open", "closed")
    assert Rating.objects.filter(round=round).count() == len(practice_company().cards) == 49
    marked = round.asks.exclude(answer__marks="-" * 8)
    assert marked.filter(answer__marks__regex="^..[^-]|^...[^-]|^....[^-]|^.....[^-]|^......[^-]").count() >= 40
    moments = Counter(Moment.objects.filter(round=round).exclude(words="").values_list("kind", flat=True))
    assert min(moments["magic"], moments["misery"]) >= 6
    assert sum(moments.values()) >= 12


def test_the_workshop_waits_with_everybody_in_it(workshop):
    assert (workshop.state, workshop.mode) == ("prepared", "open")
    assert set(workshop.exercises.values_list("kind", flat=True)) == set(Kind)
    assert workshop.participants.filter(party__kind="employee").count() == 16
    scenes = workshop.scenes.values_list("place", "kind", "focus__code")
    assert list(scenes) == [(1, "map", None), (2, "map", "nadia"), (3, "walk", "olena"), (4, "words", None)]


# ---- the story of the numbers


def test_the_best_repair_is_not_the_lowest_score(finding):
    ranked = [handoff for handoff in finding.handoffs if handoff.rank]
    best, lowest = ranked[0], min(ranked, key=lambda one: one.yield_)
    assert (best.supplier, best.customer, best.deliverable) == ("nadia", "tomasz", "tested bicycles")
    assert (lowest.supplier, lowest.customer, lowest.deliverable) == ("declan", "zeynep", "figures of the month")
    below = [handoff for handoff in ranked if handoff.yield_ < best.yield_]
    assert len(below) >= 4  # it does not even look bad
    assert best.recoverable > 20 * lowest.recoverable
    assert best.recoverable > 2 * ranked[1].recoverable  # and no other repair comes near it
    # of every 100 units of work 47 arrive, and the repair brings 7 more
    assert round(100 * finding.delivered / finding.created) == 47
    assert round(100 * finding.handoffs[0].recoverable / finding.created) == 7


def test_the_gain_is_that_of_a_chain_with_the_hand_off_made_perfect(company, finding):
    """Worked out anew with networkx: the work of everybody along all ways, a loop unrolled far enough."""
    analysis = analysis_find(actor=OPERATOR, organization=company)
    chain, yields = analysis.chain, analysis.yields.value
    place = chain.deliverables.index("tested bicycles")

    def delivered(perfect):
        graph = nx.DiGraph()
        given = Counter()
        for one in range(chain.handoff_count):
            given[chain.supplier[one]] += chain.volume[one]
        for one in range(chain.handoff_count):
            ends = int(chain.supplier[one]), int(chain.customer[one])
            part = chain.volume[one] / given[chain.supplier[one]] * (1.0 if one == perfect else yields[one])
            before = graph.get_edge_data(*ends, {"part": 0.0})["part"]
            graph.add_edge(*ends, part=before + part)
        there, arrived = dict(enumerate(chain.capacity)), 0.0
        for _step in range(60):
            after = Counter()
            for party, value in there.items():
                for _party, customer, part in graph.out_edges(party, data="part"):
                    after[customer] += value * part
            arrived += sum(after.pop(party, 0.0) for party in list(after) if chain.is_end_customer[party])
            there = after
        return arrived

    assert delivered(None) == pytest.approx(finding.delivered, rel=1e-9)
    assert delivered(place) - delivered(None) == pytest.approx(finding.handoffs[0].recoverable, rel=1e-9)


def test_one_person_many_depend_on_and_one_loop_of_rework(finding):
    assert [point.party for point in finding.structure.single_points] == ["nadia"]
    assert set(finding.structure.single_points[0].blocks) == {"fatima", "kwame", "olena", "rafael", "sione"}
    assert [list(cycle.parties) for cycle in finding.structure.cycles] == [["nadia", "olena"]]
    assert not finding.structure.dead_ends
    assert finding.stranded == 0


def test_one_claim_of_one_side_two_parallel_hand_offs_two_unrated(company, finding):
    claim = HandOff.objects.get(organization=company, is_claim=True)
    assert (claim.supplier.code, claim.supplier_says, claim.customer_says) == ("fatima", "yes", "")
    pairs = Counter((one.supplier, one.customer) for one in finding.handoffs)
    assert [pair for pair, count in pairs.items() if count > 1] == [("kwame", "nadia")]
    assert sum(one.rank is None for one in finding.handoffs) == 2


# ---- one click, limits, removal


def test_a_second_tap_finds_what_the_first_one_made(bob, workshop):
    assert practice_load(user=bob) == workshop
    assert len(practice_list(user=bob)) == 1


def test_more_are_numbered_up_to_the_limit(bob, workshop):
    names = {practice_load(user=bob, known=number).organization.name for number in (1, 2)}
    first = workshop.organization.name
    assert names == {f"{first} 2", f"{first} 3"}
    with pytest.raises(PracticeProblem, match=str(MOST_COMPANIES)):
        practice_load(user=bob, known=3)
    assert Organization.objects.filter(is_practice=True).count() == MOST_COMPANIES


def test_two_coaches_have_each_their_own(bob, eve, workshop):
    theirs = practice_load(user=eve)
    assert theirs.organization != workshop.organization
    assert [seen.workshop for seen in practice_list(user=eve)] == [theirs]
    assert roles_of(bob, theirs.organization) == frozenset()


def test_a_name_that_a_real_organization_took_is_left_to_it(bob, workshop):
    name = workshop.organization.name
    practice_remove(user=bob, organization=workshop.organization_id)
    real = Organization.objects.create(name=name)
    assert practice_load(user=bob).organization.name == f"{name} 2"
    assert Organization.objects.get(pk=real.pk).is_practice is False


@pytest.mark.parametrize("who", ["alice", "carla", "dora", "erik", "zoe"])
def test_only_a_coach_practises(who, request):
    user = request.getfixturevalue(who)
    for call in (practice_load, practice_list):
        with pytest.raises(NotFound):
            call(user=user)
    assert not Organization.objects.filter(is_practice=True).exists()


def test_the_invented_company_alone_makes_nobody_a_coach(bob, organization, workshop):
    Membership.objects.filter(user=bob, organization=organization).delete()
    assert not may_practise(user=bob)


def test_removing_takes_the_whole_company_and_nothing_else(bob, organization, workshop):
    before = Rating.objects.filter(round__organization=organization).count()
    practice_answers(exercise=start(workshop, "rate"))
    practice_remove(user=bob, organization=workshop.organization_id)
    assert list(Organization.objects.all()) == [organization]
    assert not Entry.objects.exists()
    assert not Workshop.objects.exists()
    assert Rating.objects.count() == before > 0


@pytest.mark.parametrize("call", [practice_remove, practice_afresh])
def test_a_real_organization_is_refused(bob, organization, call):
    """Also one the coach runs, also one that came out of practice, also somebody else's invented company."""
    with pytest.raises(NotFound):
        call(user=bob, organization=organization.pk)
    Organization.objects.filter(pk=organization.pk).update(practice_of=bob)
    with pytest.raises(NotFound):
        call(user=bob, organization=organization.pk)
    assert Organization.objects.filter(pk=organization.pk).exists()


@pytest.mark.parametrize("call", [practice_remove, practice_afresh])
def test_another_coach_s_company_is_not_found(bob, eve, workshop, call):
    with pytest.raises(NotFound):
        call(user=eve, organization=workshop.organization_id)
    assert [seen.workshop for seen in practice_list(user=bob)] == [workshop]


def test_afresh_replaces_that_company_alone(bob, workshop):
    other = practice_load(user=bob, known=1)
    Party.objects.filter(organization=workshop.organization, code="nadia").update(name="Somebody")
    new = practice_afresh(user=bob, organization=workshop.organization_id)
    assert {seen.workshop for seen in practice_list(user=bob)} == {new, other}
    assert new.organization.name == workshop.organization.name
    assert Party.objects.get(organization=new.organization, code="nadia").name == "Nadia Rahimzai"


def test_loading_takes_few_queries(bob, organization, django_assert_max_num_queries):
    with django_assert_max_num_queries(200):
        practice_load(user=bob)


# ---- the invented answers

#: Kind -> (answers, people who answer).
SAID = {
    "client": (16, 16),
    "draw": (23, 16),
    "rate": (37, 15),
    "moments": (16, 13),
    "ladder": (16, 16),
    "orientation": (16, 16),
    "purpose": (16, 16),
    "coffee": (16, 16),
    "agreements": (6, 6),
}


def test_the_invented_people_answer_once_in_every_exercise(workshop):
    for kind in Kind:
        exercise = start(workshop, kind)
        assert (practice_answers(exercise=exercise), practice_answers(exercise=exercise)) == (SAID[kind][0], 0), kind
        entries = list(Entry.objects.filter(exercise=exercise, edition=1).exclude(teller=NOBODY))
        assert (len(entries), len({entry.teller for entry in entries})) == SAID[kind], kind
        assert len({entry.participant_id for entry in entries}) == SAID[kind][1], kind
        assert all(entry_from_json(kind, entry.content) for entry in entries)


def test_a_whole_workshop_keeps_the_story(bob, workshop):
    """From the code to the agreements: what is drawn and rated live leaves 48 and 7, and pairs are those who met."""
    room = workshop_open(actor=bob, workshop=workshop)
    for exercise in exercises_of(room):
        for step in ("start", "reveal", "done"):
            room = step_do(actor=bob, workshop=room, step=step, version=room.version, exercise=exercise.pk).workshop
            assert step == "done" or practice_guide(workshop=room).current.code == exercise.kind
    assert practice_guide(workshop=room).current.code == END
    live = workshop_finding(workshop=room)
    assert round(100 * live.delivered / live.created) == 48
    assert live.handoffs[0].deliverable == "tested bicycles"
    assert round(100 * live.handoffs[0].recoverable / live.created) == 7
    plan = json.loads(start(room, "coffee").result)["pairs"]
    codes = dict(Party.objects.filter(organization=room.organization).values_list("pk", "code"))
    met = {answer.who: answer.fields["met"] for answer in practice_company().answers[Kind.COFFEE]}
    assert {codes[plan[0]["supplier"]], codes[plan[0]["customer"]]} == {"nadia", "tomasz"}
    assert len(plan) == 8
    assert all(met[codes[pair["supplier"]]] == met[codes[pair["customer"]]] for pair in plan)


def test_asked_anew_they_answer_anew(workshop):
    exercise = start(workshop, "ladder")
    practice_answers(exercise=exercise)
    exercise.edition = 2
    exercise.save()
    assert practice_answers(exercise=exercise) == 16


def test_a_real_workshop_gets_no_invented_answers(bob, organization, workshop):
    exercise = start(workshop, "ladder")
    Workshop.objects.filter(pk=workshop.pk).update(is_practice=False)
    assert practice_answers(exercise=start(workshop, "ladder")) == 0
    Workshop.objects.filter(pk=workshop.pk).update(is_practice=True)
    exercise.workshop.mode = "anonymous"
    assert practice_answers(exercise=exercise) == 0
    assert not Entry.objects.exists()


def test_what_was_taken_out_meanwhile_is_not_spoken_of(workshop, company):
    HandOff.objects.filter(organization=company, deliverable="week plan").update(is_removed=True)
    Participant.objects.filter(workshop=workshop, party__code="tomasz").update(party=None)
    exercise = start(workshop, "rate")
    assert practice_answers(exercise=exercise) == 37 - 1 - rated_by("tomasz")


def rated_by(who):
    return sum(answer.who == who for answer in practice_company().answers[Kind.RATE])


def test_another_questionnaire_is_not_answered_with_answers_to_ours(workshop, company):
    text = {
        "code": "orientation",
        "title": "Ours",
        "intro": "",
        "about": "both",
        "rows": [{"code": "tea", "label": "Tea", "left": "Cold", "right": "Hot"}],
    }
    Questionnaire.objects.create(organization=company, code="orientation", content=json.dumps(text))
    assert practice_answers(exercise=start(workshop, "orientation")) == 0


def test_the_row_the_script_speaks_of_is_the_one_they_differ_most_about():
    rows = {}
    for answer in practice_company().answers[Kind.ORIENTATION]:
        for code, score in answer.fields["answers"].items():
            rows.setdefault(code, []).append(score)
    spread = {code: max(scores) - min(scores) for code, scores in rows.items()}
    assert [code for code in spread if spread[code] == max(spread.values())] == ["mindset"]


# ---- the script


def at(workshop, **states):
    """Open, with these states of exercises; the last one named is on the screen until done. -> the guide."""
    workshop.state, workshop.code = "open", "ABC123"
    for kind, state in states.items():
        workshop.exercises.filter(kind=kind).update(state=state)
        workshop.current = None if state == "done" else workshop.exercises.get(kind=kind)
    workshop.save()
    return practice_guide(workshop=workshop)


def test_the_script_follows_the_room(workshop):
    guide = practice_guide(workshop=workshop)
    assert (guide.current.code, guide.next.code, guide.minutes, guide.lesson) == (LOBBY, "client", 90, "")
    assert at(workshop).current.code == LOBBY
    guide = at(workshop, client="running")
    assert (guide.current.code, guide.is_revealed) == ("client", False)
    assert at(workshop, client="revealed").is_revealed
    assert at(workshop, client="done").current.code == "draw"
    assert at(workshop, draw="done", rate="running").lesson == ""
    assert "47" in at(workshop, rate="revealed").lesson
    guide = at(workshop, rate="done")
    assert (guide.current.code, guide.next.code) == (MAP, "moments")
    assert "tested bicycles" in guide.lesson
    assert at(workshop, moments="running").current.code == "moments"
    assert (
        at(workshop, **dict.fromkeys(("moments", "ladder", "orientation", "coffee"), "done")).current.code == "purpose"
    )
    assert at(workshop, purpose="done", agreements="done").current.code == END
    workshop.state, workshop.code = "closed", ""
    guide = practice_guide(workshop=workshop)
    assert (guide.current.code, guide.next) == (END, None)


def test_a_real_workshop_has_no_script(workshop):
    workshop.is_practice = False
    assert practice_guide(workshop=workshop) is None
