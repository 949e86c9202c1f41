"""Self-assessments: one's own answers, the figure of a team, and what customers say beside them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.questionnaires import ORIENTATION, QuestionnaireCode, QuestionnaireError
from chainmap.domain.roles import Role
from chainmap.models import Assessment, GroupFigure, Party, Team
from chainmap.services.assessments import (
    assessment_find,
    assessment_result,
    assessment_share,
    assessments_list,
    assessments_shared,
    team_figures,
)
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.questionnaires import questionnaire_set
from tests.assessing import answer, make_users
from tests.cast import make_user
from tests.crowd import make_crowd

pytestmark = pytest.mark.django_db

RED = [f"red{number}" for number in range(8)]


@pytest.fixture
def crowd(db):
    return make_crowd()


@pytest.fixture
def red(crowd):
    """The eight people of the team Red."""
    return make_users(crowd, RED)


@pytest.fixture
def manager(crowd):
    return make_user("manager", crowd, Role.MANAGER)


@pytest.fixture
def coach(crowd):
    return make_user("coach", crowd, Role.COACH)


def figures_seen(actor, crowd):
    """(team, code) -> (people, means by row) of everything published that this reader sees."""
    return {
        (row.team.name, questionnaire.text.code): (
            figure.profile.people, {code: mean.mean for code, mean in figure.profile.means.items()}
        )
        for row in team_figures(actor=actor, organization=crowd).rows
        for questionnaire, figure in row.figures
        if figure is not None
    }  # fmt: skip


def change_text(coach, crowd, title="Another"):
    text = replace(ORIENTATION, title=title)
    questionnaire_set(actor=coach, organization=crowd, code="orientation", data=text.to_json(), version=0)


# ---- one's own answers


def test_what_was_answered_is_found_again(crowd, red):
    assert answer(red["red0"], crowd, [1, 2, 3, 4, 10], about="person") is True
    own = assessment_find(user=red["red0"], organization=crowd, code="orientation", about="person")
    assert list(own.answers.values()) == [1, 2, 3, 4, 10]
    assert (own.version, own.answered_on, own.is_current, own.is_shared) == (1, timezone.localdate(), True, False)
    assert own.mean == 4.0
    stored = Assessment.objects.get()
    assert (stored.team_id, stored.is_counted, stored.edition) == (None, False, ORIENTATION.version)


def test_the_list_has_every_questionnaire_for_oneself_and_the_team(crowd, red, django_assert_num_queries):
    answer(red["red0"], crowd, 5)
    with django_assert_num_queries(4):
        listed = assessments_list(user=red["red0"], organization=crowd)
    assert [(own.code, own.about, own.answers is not None) for own in listed] == [
        ("orientation", "person", False),
        ("orientation", "team", True),
        ("reliable_team", "person", False),
        ("reliable_team", "team", False),
    ]


def test_saving_the_same_twice_is_one_save(crowd, red):
    assert answer(red["red0"], crowd, 5) is True
    assert answer(red["red0"], crowd, 5, version=0) is False  # the second tap of one form
    assert Assessment.objects.get().version == 1


def test_two_devices_at_once_lose_nothing(crowd, red):
    answer(red["red0"], crowd, 5)
    answer(red["red0"], crowd, 6)
    with pytest.raises(EditConflict) as refused:
        answer(red["red0"], crowd, 7, version=1)
    assert (refused.value.version, set(refused.value.stored.values())) == (2, {6})
    assert set(json.loads(Assessment.objects.get().answers).values()) == {6}
    assert answer(red["red0"], crowd, 7, version=refused.value.version) is True


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, QuestionnaireCode.MISSING),
        (11, QuestionnaireCode.SCORE_RANGE),
        (-1, QuestionnaireCode.SCORE_RANGE),
        (1.5, QuestionnaireCode.SCORE_TYPE),
        (True, QuestionnaireCode.SCORE_TYPE),
        ("7", QuestionnaireCode.SCORE_TYPE),
        ("７", QuestionnaireCode.SCORE_TYPE),
        ([7], QuestionnaireCode.SCORE_TYPE),
        (float("nan"), QuestionnaireCode.SCORE_TYPE),
        (10**400, QuestionnaireCode.SCORE_RANGE),
    ],
)
def test_an_answer_is_a_whole_number_of_every_row(crowd, red, value, code):
    with pytest.raises(QuestionnaireError) as refused:
        answer(red["red0"], crowd, [5, 5, value, 5, 5])
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("sales", code)]
    assert not Assessment.objects.exists()


def test_a_row_nobody_asked_is_refused(crowd, red):
    given = dict.fromkeys([*ORIENTATION.row_codes, "pay"], 5)
    with pytest.raises(QuestionnaireError) as refused:
        answer(red["red0"], crowd, 5, answers=given)
    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("pay", QuestionnaireCode.UNKNOWN_FIELD)]


@pytest.mark.parametrize(
    ("code", "about"),
    [("nothing", "person"), ("orientation", "boss"), ("orientation", "both"), ("", "person"), ("orientation", "")],
)
def test_what_nobody_asks_is_not_found(crowd, red, code, about):
    with pytest.raises(NotFound):
        assessment_find(user=red["red0"], organization=crowd, code=code, about=about)
    with pytest.raises(NotFound):
        answer(red["red0"], crowd, 5, answers={}, version=0, edition="", code=code, about=about)


def test_whoever_is_no_party_or_a_stranger_has_none(crowd, red, manager, zoe):
    for user in (manager, zoe):
        with pytest.raises(NotFound):
            assessments_list(user=user, organization=crowd)
        with pytest.raises(NotFound):
            answer(user, crowd, 5)


def test_a_person_without_a_team_answers_for_themselves_alone(crowd, red):
    Party.objects.filter(code="red0").update(team=None)
    with pytest.raises(OwnProblem, match="no team") as refused:
        answer(red["red0"], crowd, 5)
    assert refused.value.code == "no_team"
    assert answer(red["red0"], crowd, 5, about="person") is True
    result = assessment_result(user=red["red0"], organization=crowd, code="orientation", about="person")
    assert (result.own.mean, result.team_figure, result.team_said) == (5.0, None, None)
    assert figures_seen(red["red0"], crowd) == {}


def test_whoever_left_answers_no_more_and_keeps_what_was_said(crowd, red):
    answer(red["red0"], crowd, 5, about="person")
    Party.objects.filter(code="red0").update(left_on=timezone.localdate())
    with pytest.raises(OwnProblem) as refused:
        answer(red["red0"], crowd, 6, about="person")
    assert refused.value.code == "left"
    own = assessment_find(user=red["red0"], organization=crowd, code="orientation", about="person")
    assert (own.mean, own.can_answer) == (5.0, False)


def test_a_text_changed_while_answering_is_not_answered_by_mistake(crowd, red, coach):
    change_text(coach, crowd)
    with pytest.raises(OwnProblem) as refused:
        answer(red["red0"], crowd, 5, edition=ORIENTATION.version)
    assert refused.value.code == "edition"
    assert not Assessment.objects.exists()


# ---- figures of teams


def test_a_team_gets_a_figure_from_six_people_on(crowd, red, manager):
    for number, code in enumerate(RED[:5]):
        answer(red[code], crowd, number)
    assert figures_seen(manager, crowd) == {}
    answer(red["red5"], crowd, [10, 0, 5, 5, 5])
    assert figures_seen(manager, crowd) == {
        ("Red", "orientation"): (
            "5-7", {"focus": 3.5, "attention": 2.0, "sales": 2.5, "mindset": 2.5, "downturn": 2.5}
        )
    }  # fmt: skip
    assert Assessment.objects.filter(is_counted=True).count() == 6


def test_a_seventh_answer_changes_no_byte_and_six_changes_make_it_anew(crowd, red, manager):
    """Whoever compares the figure before and after must not learn the one answer that came in between."""
    for code in RED[:6]:
        answer(red[code], crowd, 4)
    before = GroupFigure.objects.values().get()
    for code in ("red6", "red7"):
        answer(red[code], crowd, 10)
    for code in ("red0", "red1", "red2"):
        answer(red[code], crowd, 9)
        assert GroupFigure.objects.values().get() == before
    answer(red["red3"], crowd, 9)  # the sixth that is new or another
    after = GroupFigure.objects.get()
    assert after.content != before["content"]
    assert figures_seen(manager, crowd)["Red", "orientation"] == (
        "8-12", dict.fromkeys(ORIENTATION.row_codes, 8.0)  # (2 x 4 + 4 x 9 + 2 x 10) / 8
    )  # fmt: skip
    assert not Assessment.objects.filter(is_counted=False).exists()


def test_one_person_changing_again_and_again_counts_once(crowd, red):
    for code in RED[:6]:
        answer(red[code], crowd, 4)
    before = GroupFigure.objects.values().get()
    for score in range(10):
        answer(red["red0"], crowd, score)
    assert GroupFigure.objects.values().get() == before
    assert Assessment.objects.filter(is_counted=False).count() == 1


def test_saving_the_same_answers_again_does_not_count_as_a_change(crowd, red):
    for code in RED[:6]:
        answer(red[code], crowd, 4)
    for code in RED[:6]:
        assert answer(red[code], crowd, 4) is False
    assert Assessment.objects.filter(is_counted=True).count() == 6


def test_moving_to_another_team_changes_no_figure(crowd, red, manager):
    for code in RED[:6]:
        answer(red[code], crowd, 4)
    before = list(GroupFigure.objects.values())
    Party.objects.filter(code__in=RED).update(team=Team.objects.get(organization=crowd, name="Blue"))
    assert list(GroupFigure.objects.values()) == before
    for code in RED[:5]:
        answer(red[code], crowd, 4)  # the same answers, about another team now
    assert list(GroupFigure.objects.values()) == before
    assert figures_seen(manager, crowd).keys() == {("Red", "orientation")}
    answer(red["red5"], crowd, 4)
    assert figures_seen(manager, crowd).keys() == {("Red", "orientation"), ("Blue", "orientation")}
    assert list(GroupFigure.objects.filter(group=before[0]["group"]).values()) == before


def test_another_edition_never_mixes(crowd, red, coach, manager):
    for code in RED[:6]:
        answer(red[code], crowd, 4)
    change_text(coach, crowd)
    assert figures_seen(manager, crowd) == {}
    own = assessment_find(user=red["red0"], organization=crowd, code="orientation", about="team")
    assert (own.is_current, own.mean, set(own.answers.values())) == (False, None, {4})
    for code in ["red6", "red7", *RED[:3]]:
        answer(red[code], crowd, 9)
    assert figures_seen(manager, crowd) == {}
    answer(red["red3"], crowd, 9)
    assert figures_seen(manager, crowd)["Red", "orientation"] == ("5-7", dict.fromkeys(ORIENTATION.row_codes, 9.0))
    assert GroupFigure.objects.count() == 2


def test_answers_about_persons_go_into_no_figure(crowd, red, manager):
    for code in RED:
        answer(red[code], crowd, 4, about="person")
    assert not GroupFigure.objects.exists()
    assert figures_seen(manager, crowd) == {}


def test_who_sees_which_team(crowd, red, coach, manager):
    blue = make_users(crowd, [f"blue{number}" for number in range(6)])
    for users in (red, blue):
        for code in list(users)[:6]:
            answer(users[code], crowd, 4)
    seen = {
        name: {team for team, _code in figures_seen(actor, crowd)}
        for name, actor in {
            "red": red["red7"], "blue": blue["blue0"], "coach": coach, "manager": manager,
            "administrator": make_user("administrator", crowd, Role.ADMINISTRATOR),
            "auditor": make_user("auditor", crowd, Role.AUDITOR),
        }.items()
    }  # fmt: skip
    assert seen == {
        "red": {"Red"}, "blue": {"Blue"}, "coach": {"Red", "Blue"}, "manager": {"Red", "Blue"},
        "administrator": set(), "auditor": set(),
    }  # fmt: skip
    assert team_figures(actor=manager, organization=crowd).without == 1  # Green, of which it is not said why
    assert team_figures(actor=red["red7"], organization=crowd).without == 0


def test_a_stranger_sees_no_team(crowd, zoe):
    with pytest.raises(NotFound):
        team_figures(actor=zoe, organization=crowd)


def test_as_many_queries_for_many_teams(crowd, red, manager):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            team_figures(actor=manager, organization=crowd)
        return len(seen)

    publish(crowd, Team.objects.get(organization=crowd, name="Red"))
    queries()  # what is found once is kept
    few = queries()
    for number in range(40):
        publish(crowd, Team.objects.create(organization=crowd, name=f"Team {number}"))
    assert len(team_figures(actor=manager, organization=crowd).rows) == 41
    assert queries() == few <= 10


def publish(crowd, team):
    mean = [6.5, ""]
    figure = {"people": "5-7", "means": dict.fromkeys(ORIENTATION.row_codes, mean), "overall": mean}
    GroupFigure.objects.create(
        organization=crowd, kind="orientation", edition=ORIENTATION.version, group=f"t{team.pk}",
        content=json.dumps({"k": 5, "figure": figure}), made_on=timezone.localdate(),
    )  # fmt: skip


# ---- sharing


def test_the_coach_sees_what_is_shared_as_long_as_it_is(crowd, red, coach):
    answer(red["red0"], crowd, [1, 2, 3, 4, 5], about="person")
    answer(red["red1"], crowd, 7, about="person")
    assert assessments_shared(actor=coach, organization=crowd) == []
    share = lambda shared: assessment_share(  # noqa: E731
        user=red["red0"], organization=crowd, code="orientation", about="person", shared=shared
    )
    share(True)
    (seen,) = assessments_shared(actor=coach, organization=crowd)
    assert (seen.name, list(seen.answers.values())) == ("Red 0", [1, 2, 3, 4, 5])
    answer(red["red0"], crowd, 9, about="person")
    assert set(assessments_shared(actor=coach, organization=crowd)[0].answers.values()) == {9}
    share(False)
    assert assessments_shared(actor=coach, organization=crowd) == []


def test_answers_about_a_team_are_never_shared(crowd, red, coach):
    answer(red["red0"], crowd, 5)
    with pytest.raises(NotFound):
        assessment_share(user=red["red0"], organization=crowd, code="orientation", about="team", shared=True)
    Assessment.objects.update(is_shared=True)
    assert assessments_shared(actor=coach, organization=crowd) == []


def test_what_was_not_answered_cannot_be_shared(crowd, red):
    with pytest.raises(NotFound):
        assessment_share(user=red["red0"], organization=crowd, code="orientation", about="person", shared=True)


def test_only_a_coach_asks_for_what_is_shared(crowd, red, manager, zoe):
    for actor in (manager, red["red0"]):
        with pytest.raises(PermissionDenied):
            assessments_shared(actor=actor, organization=crowd)
    with pytest.raises(NotFound):
        assessments_shared(actor=zoe, organization=crowd)
