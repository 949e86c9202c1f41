"""Rounds from draft to closing and open again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.roles import Role
from chainmap.models import Answer, Ask, Link, Party, Rating, Release, Round, SealedAnswer, Team
from chainmap.services.ballots import ballot_of_user, preview_find, waiting_list
from chainmap.services.response import response_find
from chainmap.services.rounds import (
    RoundPlan,
    RoundProblem,
    round_close,
    round_create,
    round_delete,
    round_edit,
    round_find,
    round_open,
    round_reopen,
    rounds_list,
    rounds_run,
)
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def crowd(db):
    return make_crowd()


def plan(**said) -> RoundPlan:
    return RoundPlan(**({"name": "Autumn"} | said))


def asked(round: Round) -> set[tuple[str, str]]:
    return set(Ask.objects.filter(round=round).values_list("rater__code", "handoff__deliverable"))


def test_every_receiver_is_asked_about_everything_they_receive(organization, dora):
    made = round_create(actor=dora, organization=organization, plan=plan())
    assert (made.state, asked(made)) == ("draft", set())
    opened = round_open(actor=dora, round=made)
    assert opened.state == "open"
    assert asked(opened) == {
        ("alice", "paper"), ("bob", "forecast"), ("bob", "questions"), ("carla", "figures"), ("carla", "plan")
    }  # fmt: skip
    assert Answer.objects.filter(ask__round=opened, score="--").count() == 5


def test_end_customers_and_single_teams_can_be_asked(organization, dora):
    delivery = Team.objects.get(organization=organization, name="Delivery")
    chosen = plan(asks_end_customers=True, teams=(delivery.pk,))
    made = round_open(actor=dora, round=round_create(actor=dora, organization=organization, plan=chosen))
    assert asked(made) == {("carla", "figures"), ("carla", "plan"), ("client", "report")}


def test_a_person_can_be_asked_about_the_largest_alone(organization, dora):
    made = round_create(actor=dora, organization=organization, plan=plan(most_asked=1))
    assert [item.deliverable for item in preview_find(actor=dora, round=made).items] == ["paper"]
    assert asked(round_open(actor=dora, round=made)) == {("alice", "paper"), ("bob", "forecast"), ("carla", "figures")}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "Spring"}, "name"),
        ({"mode": "secret"}, "mode"),
        ({"question_set": "all"}, "question_set"),
        ({"k": 4}, "k"),
        ({"k": 51}, "k"),
        ({"most_asked": 0}, "most_asked"),
        ({"most_asked": 101}, "most_asked"),
        ({"reminder_days": (1, 2, 3)}, "reminder_days"),
        ({"reminder_days": (0,)}, "reminder_days"),
        ({"closes_at": timezone.now() - timedelta(days=1)}, "closes_at"),
        ({"teams": (10**9,)}, "teams"),
    ],
)
def test_a_plan_that_cannot_be_names_its_field(organization, dora, said, field):
    with pytest.raises(RoundProblem) as problem:
        round_create(actor=dora, organization=organization, plan=plan(**said))
    assert problem.value.field == field
    assert not Round.objects.filter(organization=organization).exclude(name="Spring").exists()


def test_a_server_may_raise_the_minimum_group(organization, dora, settings):
    settings.CHAINMAP_MINIMUM_GROUP = 8
    assert round_create(actor=dora, organization=organization, plan=plan()).k == 8
    with pytest.raises(RoundProblem) as problem:
        round_create(actor=dora, organization=organization, plan=plan(name="Smaller", k=7))
    assert problem.value.field == "k"


def test_a_team_of_another_organization_cannot_be_asked(organization, other_organization, dora):
    theirs = Team.objects.filter(organization=other_organization).first()
    with pytest.raises(RoundProblem):
        round_create(actor=dora, organization=organization, plan=plan(teams=(theirs.pk,)))


def test_nobody_to_ask_is_said(organization, dora):
    empty = Team.objects.create(organization=organization, name="Empty")
    made = round_create(actor=dora, organization=organization, plan=plan(teams=(empty.pk,)))
    with pytest.raises(RoundProblem) as problem:
        round_open(actor=dora, round=made)
    assert problem.value.code == "nobody_asked"
    made.refresh_from_db()
    assert made.state == "draft"


@pytest.mark.parametrize("who", ["alice", "carla", "erik"])
def test_only_those_who_run_rounds_may(organization, people, who):
    with pytest.raises(PermissionDenied):
        round_create(actor=people[who], organization=organization, plan=plan())
    made = make_round(organization, "pair", opened=False)
    with pytest.raises(NotFound):
        round_find(actor=people[who], organization=organization, pk=made.pk)
    assert made not in rounds_list(actor=people[who], organization=organization)
    for act in (round_open, round_close, round_delete, response_find):
        with pytest.raises(PermissionDenied):
            act(actor=people[who], round=made)


def test_a_stranger_finds_no_round(organization, people, zoe):
    made = make_round(organization, "open")
    for call in (
        lambda: round_find(actor=zoe, organization=organization, pk=made.pk),
        lambda: rounds_list(actor=zoe, organization=organization),
        lambda: ballot_of_user(user=zoe, organization=organization, pk=made.pk),
        lambda: preview_find(actor=zoe, round=made),
        lambda: round_close(actor=zoe, round=made),
    ):
        with pytest.raises(NotFound):
            call()


def test_a_draft_can_be_changed_and_an_open_round_cannot(organization, dora):
    made = round_create(actor=dora, organization=organization, plan=plan())
    assert round_edit(actor=dora, round=made, plan=plan(name="Winter", mode="open")).mode == "open"
    opened = round_open(actor=dora, round=made)
    for call in (
        lambda: round_edit(actor=dora, round=opened, plan=plan()),
        lambda: round_delete(actor=dora, round=opened),
        lambda: round_open(actor=dora, round=opened),
        lambda: round_reopen(actor=dora, round=opened, closes_at=None),
    ):
        with pytest.raises(RoundProblem) as problem:
            call()
        assert problem.value.code == "wrong_state"


def test_the_database_keeps_mode_and_minimum_group(crowd):
    for mode in ("pair", "anonymous"):
        made = make_round(crowd, mode)
        Round.objects.filter(pk=made.pk).update(mode="open")  # nobody has answered yet
        Round.objects.filter(pk=made.pk).update(mode=mode)
        answer_all(made, lambda ask: Card(score=7) if ask.rater.code == "blue1" else None)
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=made.pk).update(mode="open")
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.filter(pk=made.pk).update(k=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(organization=crowd, name="low", k=4)


def test_the_teams_are_those_of_opening_day(crowd):
    made = make_round(crowd, "pair")
    before = set(Ask.objects.filter(round=made).values_list("pk", "rater_team", "supplier_team"))
    Party.objects.filter(code="red0").update(team=Team.objects.get(name="Blue"))
    structure = Round.objects.get(pk=made.pk).structure
    answer_all(made, lambda ask: Card(score=7))
    close(made)
    assert set(Ask.objects.filter(round=made).values_list("pk", "rater_team", "supplier_team")) == before
    assert Round.objects.get(pk=made.pk).structure == structure


def test_closing_an_open_round_makes_ratings_and_not_before(organization, dora):
    made = make_round(organization, "open")
    answer_all(made, lambda ask: Card(score=3))
    assert not Rating.objects.filter(round=made).exists()
    version = organization.data_version
    closed = round_close(actor=dora, round=made)
    assert closed.state == "closed"
    assert set(Rating.objects.filter(round=made).values_list("score", flat=True)) == {3.0}
    organization.refresh_from_db()
    assert organization.data_version > version
    assert not Release.objects.exists()


def test_not_this_period_is_no_rating(organization, dora):
    made = make_round(organization, "open")
    answer_all(made, lambda ask: Card(not_this_period=True))
    round_close(actor=dora, round=made)
    assert not Rating.objects.filter(round=made).exists()


def test_nothing_of_an_anonymous_answer_is_left_but_the_release(crowd):
    made = make_round(crowd, "anonymous")
    assert len(made.seal) == 64
    answer_all(made, lambda ask: Card(score=7, comment="a canary sang"))
    close(made)
    made.refresh_from_db()
    assert (made.seal, SealedAnswer.objects.count(), Answer.objects.count(), Rating.objects.count()) == ("", 0, 0, 0)
    release = Release.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(content="{}")
    assert release.selection == "", "which hand-offs were rated would name the raters"


def test_a_pair_round_leaves_signed_ratings_and_a_release(crowd):
    made = make_round(crowd, "pair")
    answer_all(made, lambda ask: Card(score=7))
    close(made)
    assert Rating.objects.filter(round=made).count() == 48
    assert Release.objects.get().version == 1
    assert not Rating.objects.in_open_rounds().exists()


class TestClosingEarly:
    """Nobody alone ends a protected round before its time to see who has answered."""

    def test_needs_a_second_person(self, crowd):

        first, second = (make_user(name, crowd, Role.ADMINISTRATOR) for name in ("first", "second"))
        made = make_round(crowd, "pair", closes_at=timezone.now() + timedelta(days=3))
        answer_all(made, lambda ask: Card(score=7))
        assert round_close(actor=first, round=made).state == "open"
        assert round_close(actor=first, round=made).state == "open"
        assert round_close(actor=second, round=made).state == "closed"

    def test_nobody_alone_learns_whether_enough_have_answered(self, crowd):
        first, second = (make_user(name, crowd, Role.ADMINISTRATOR) for name in ("first", "second"))
        made = make_round(crowd, "pair")
        for user in (first, first):
            assert round_close(actor=user, round=made).state == "open"
        with pytest.raises(RoundProblem) as problem:
            round_close(actor=second, round=made)
        assert problem.value.code == "too_few"
        answer_all(made, lambda ask: Card(score=7))
        assert round_close(actor=second, round=made).state == "open", "the two have to agree anew"
        assert round_close(actor=first, round=made).state == "closed"

    def test_needs_enough_people_who_answered(self, organization, dora, bob):
        made = make_round(organization, "anonymous")
        answer_all(made, lambda ask: Card(score=7))
        assert round_close(actor=bob, round=made).state == "open"
        with pytest.raises(RoundProblem) as problem:
            round_close(actor=dora, round=made)
        assert problem.value.code == "too_few"

    def test_after_the_planned_end_one_person_is_enough(self, organization, dora):
        made = make_round(organization, "anonymous", closes_at=timezone.now() + timedelta(days=3))
        Round.objects.filter(pk=made.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
        assert round_close(actor=dora, round=made).state == "closed"


def test_an_open_round_can_be_opened_again_with_its_answers(organization, dora):
    made = make_round(organization, "open")
    answer_all(made, lambda ask: Card(score=3))
    closed = round_close(actor=dora, round=made)
    again = round_reopen(actor=dora, round=closed, closes_at=None)
    assert (again.version, again.state) == (2, "open")
    answer_all(again, lambda ask: Card(score=9) if ask.rater.code == "bob" else None)
    assert set(Rating.objects.filter(round=made).values_list("score", flat=True)) == {3.0}
    round_close(actor=dora, round=again)
    assert sorted(Rating.objects.filter(round=made).values_list("score", flat=True)) == [3.0, 3.0, 3.0, 9.0, 9.0]


def test_of_an_anonymous_round_everybody_is_asked_anew(crowd):
    made = make_round(crowd, "anonymous")
    answer_all(made, lambda ask: Card(score=7))
    close(made)
    again = round_reopen(actor=OPERATOR, round=made, closes_at=None)
    assert set(SealedAnswer.objects.values_list("score", flat=True)) == {"--"}
    answer_all(again, lambda ask: Card(score=2) if ask.rater.code.startswith("blue") else None)
    close(again)
    first, second = Release.objects.order_by("version")
    assert (first.version, second.version) == (1, 2)
    assert first.content != second.content


def test_a_version_in_which_too_few_changed_says_nothing_new(crowd):
    made = make_round(crowd, "pair")
    answer_all(made, lambda ask: Card(score=7))
    close(made)
    again = round_reopen(actor=OPERATOR, round=made, closes_at=None)
    answer_all(again, lambda ask: Card(score=0) if ask.rater.code == "blue1" else None)
    close(again)
    first, second = Release.objects.order_by("version")
    assert (first.content, first.extras, first.proof) == (second.content, second.extras, second.proof)
    assert Rating.objects.filter(round=made, score=0).count() == 2, "the two sides see the change"


def test_what_is_due_is_done(organization, dora):
    now = timezone.now()
    soon, later = now + timedelta(hours=1), now + timedelta(hours=2)
    made = make_round(organization, "open", opened=False, opens_at=soon, closes_at=later)
    assert rounds_run(now=now).opened == 0
    assert rounds_run(now=soon).opened == 1
    made.refresh_from_db()
    assert made.state == "open"
    assert rounds_run(now=soon).closed == 0
    assert rounds_run(now=later).closed == 1
    assert rounds_run(now=later).closed == 0


def test_a_release_that_was_not_finished_is_made_up_for(crowd, monkeypatch):
    made = make_round(crowd, "anonymous")
    answer_all(made, lambda ask: Card(score=7))
    monkeypatch.setattr("chainmap.services.rounds.run_soon", lambda function: None)
    close(made)
    assert not Release.objects.exists()
    with pytest.raises(RoundProblem) as problem:
        round_reopen(actor=OPERATOR, round=made, closes_at=None)
    assert problem.value.code == "computing"
    assert rounds_run(now=timezone.now()).released == 1
    assert rounds_run(now=timezone.now()).released == 0


def test_links_end_with_the_round():
    made = make_round(make_crowd(with_mail=True), "pair")
    assert Link.objects.filter(round=made).count() == 24
    close(made)
    assert not Link.objects.filter(round=made).exists()


def test_response_is_told_in_steps():
    large = make_crowd("Large", size=12)
    coach = make_user("coach", large, Role.COACH)
    made = make_round(large, "anonymous", asks_end_customers=True)
    answering = {f"blue{number}" for number in range(6)}
    answer_all(made, lambda ask: Card(score=7) if ask.rater.code in answering else None)
    found = response_find(actor=coach, round=made)
    assert {group.names: str(group.band) for group in found.groups} == {
        ("Blue",): "over_half", ("Green",): "under_quarter", ("Red",): "under_quarter"
    }, "of the one client nothing is told, and nothing of all together it could be taken from"  # fmt: skip


def test_what_waits_for_somebody(organization, alice, bob):
    made = make_round(organization, "pair")
    assert [(one.round, one.answered, one.total) for one in waiting_list(user=alice)] == [(made, 0, 1)]
    assert waiting_list(user=bob) == [], "a coach who is no party"
    answer_all(made, lambda ask: Card(score=7))
    assert waiting_list(user=alice)[0].answered == 1
    close(made)
    assert waiting_list(user=alice) == []


def test_the_preview_shows_real_questions_and_can_be_seen_before_opening(organization, dora, alice):
    made = make_round(organization, "pair", opened=False)
    shown = preview_find(actor=dora, round=made)
    assert not shown.editable
    assert len(shown.items) == 2
    assert not Ask.objects.exists()
