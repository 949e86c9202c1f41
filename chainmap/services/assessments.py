"""Self-assessments: what one person answers is theirs alone; a team gets a figure once enough of it answered.

A person's answers are read by that person, and by the coach while they share them. Answers about a team go into the
published figure of that team (``services/group_figures.py``) and nowhere else; there is no figure of a whole
organization, because teams could be subtracted from it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User, can, require
from chainmap.domain.confidentiality import raters_needed
from chainmap.domain.questionnaire_profiles import PublishedProfile, find_profile, publish_profile
from chainmap.domain.questionnaires import read_answers
from chainmap.domain.roles import Action
from chainmap.models import Assessment, Organization, Party, Team
from chainmap.services.customers_said import PersonSaid, TeamSaid, person_said, teams_said
from chainmap.services.group_figures import (
    group_figure_update,
    group_figures_find,
    group_figures_lock,
    team_group,
)
from chainmap.services.own import EditConflict, OwnProblem, own_party
from chainmap.services.parties import party_of_user
from chainmap.services.questionnaires import QuestionnaireSeen, questionnaire_find, questionnaires_of
from chainmap.services.rounds import least_group

PERSON, TEAM = "person", "team"


@dataclass(frozen=True, slots=True)
class TeamFigure:
    """What was published last of a team, and the day."""

    profile: PublishedProfile
    made_on: date


@dataclass(frozen=True, slots=True)
class OwnAssessment:
    """One questionnaire and what its reader answered to it, about themselves or about their team."""

    questionnaire: QuestionnaireSeen
    about: str  # "person" or "team"
    party: Party
    answers: Mapping[str, int] | None  # row code -> 0..10; None: not answered yet
    version: int  # 0: not answered yet
    answered_on: date | None
    is_current: bool  # whether the answers belong to the text that is asked today
    is_shared: bool  # with the coach

    @property
    def code(self) -> str:
        return self.questionnaire.text.code

    @property
    def can_answer(self) -> bool:
        """Whoever left answers no more, and only who is in a team answers about one."""
        return self.party.left_on is None and (self.about == PERSON or self.party.team_id is not None)

    @property
    def mean(self) -> float | None:
        """Mean over all rows, 0..10; None where the text of today was not answered."""
        if not self.answers or not self.is_current:
            return None
        return sum(self.answers.values()) / len(self.answers)


@dataclass(frozen=True, slots=True)
class SharedAssessment:
    """One that a person shows the coach."""

    name: str
    questionnaire: QuestionnaireSeen
    answers: Mapping[str, int]
    answered_on: date


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """An assessment beside what was published of the team and what customers say; None where there is nothing."""

    own: OwnAssessment
    team_figure: TeamFigure | None
    person_said: PersonSaid | None  # of one about the person
    team_said: TeamSaid | None  # of one about the team
    needed: int  # people, and changed answers, that a figure needs


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team: each questionnaire with its figure, if one was published, and what customers say of the team."""

    team: Team
    is_own: bool
    said: TeamSaid | None
    figures: tuple[tuple[QuestionnaireSeen, TeamFigure | None], ...]


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """What one reader may see of teams. ``without``: teams the reader may see of which nothing was published."""

    rows: tuple[TeamRow, ...]  # the own team first, then by name
    without: int
    sees_all: bool
    is_party: bool  # whether the reader has a page of their own here
    needed: int  # people, and changed answers, that a figure needs


def assessments_list(*, user: User, organization: Organization) -> list[OwnAssessment]:
    """Everything the user can answer here, with what they answered. Raises NotFound for whoever is no party."""
    party = own_party(user=user, organization=organization)
    rows = {(row.code, row.about): row for row in Assessment.objects.visible_to(user).filter(party=party)}
    return [
        _own(questionnaire, about, party, rows.get((code, about)))
        for code, questionnaire in questionnaires_of(organization=organization).items()
        for about in (PERSON, TEAM)
        if questionnaire.is_about(about)
    ]


def assessment_find(*, user: User, organization: Organization, code: str, about: str) -> OwnAssessment:
    """One of them. Raises NotFound where there is no such questionnaire, or not about this."""
    party = own_party(user=user, organization=organization)
    questionnaire = _asked(organization, code, about)
    row = Assessment.objects.visible_to(user).filter(party=party, code=code, about=about).first()
    return _own(questionnaire, about, party, row)


def assessment_result(*, user: User, organization: Organization, code: str, about: str) -> AssessmentResult:
    """One of them with what stands beside it: the figure of the user's team, and what customers say.

    Raises NotFound as :func:`assessment_find` does.
    """
    own = assessment_find(user=user, organization=organization, code=code, about=about)
    team = own.party.team
    figure = None
    if team is not None and own.questionnaire.is_about(TEAM):
        figure = _team_figures(organization, [own.questionnaire], [team.pk]).get((code, team.pk))
    if own.mean is None:
        return AssessmentResult(own, figure, None, None, raters_needed(least_group()))
    if about == PERSON:
        return AssessmentResult(
            own, figure, person_said(user=user, party=own.party), None, raters_needed(least_group())
        )
    said = teams_said(user=user, organization=organization, teams=[team] if team else [])
    return AssessmentResult(own, figure, None, said.get(team.pk) if team else None, raters_needed(least_group()))


def assessment_save(
    *,
    user: User,
    organization: Organization,
    code: str,
    about: str,
    answers: Mapping[str, object],
    version: int,
    edition: str,
) -> bool:
    """Keep the user's answers; False where they are the ones that are kept already.

    ``answers``: row code -> JSON type, every row a whole number 0..10. ``version`` and ``edition`` are those of the
    form that was shown. Answers about the team count for the team the user is in now, whoever moves later. Raises
    NotFound, QuestionnaireError with all that is wrong, EditConflict where the user saved others meanwhile (``stored``:
    row code -> score), and OwnProblem for somebody who left or is in no team, and where the text was changed meanwhile.
    """
    with transaction.atomic():
        group_figures_lock(organization=organization)
        party = own_party(user=user, organization=organization)
        questionnaire = _asked(organization, code, about)
        _check_may_answer(party, about)
        if edition != questionnaire.text.version:
            raise OwnProblem("edition", _edition_sentence())
        given = read_answers(questionnaire.text, answers)
        row = Assessment.objects.select_for_update().filter(party=party, code=code, about=about).first()
        team_id = party.team_id if about == TEAM else None
        if row is not None and _is_same(row, given, edition, team_id):
            return False
        stored_version = 0 if row is None else row.version
        if version != stored_version:
            raise EditConflict({} if row is None else json.loads(row.answers), stored_version)
        row = row or Assessment(party=party, code=code, about=about, version=0)
        row.edition, row.team_id, row.answers = edition, team_id, json.dumps(given)
        row.answered_on, row.is_counted, row.version = timezone.localdate(), False, stored_version + 1
        row.save()
        if team_id is not None:
            _figure_update(organization, questionnaire, team_id)
        return True


def assessment_share(*, user: User, organization: Organization, code: str, about: str, shared: bool) -> None:
    """Show the coach the user's answers about themselves, or no longer.

    Raises NotFound where there are none, and for answers about a team, which nobody else ever sees.
    """
    with transaction.atomic():
        party = own_party(user=user, organization=organization)
        row = Assessment.objects.select_for_update().filter(party=party, code=code, about=about).first()
        if row is None or about != PERSON:
            raise NotFound
        row.is_shared = shared
        row.save(update_fields=["is_shared"])


def assessments_shared(*, actor: User, organization: Organization) -> list[SharedAssessment]:
    """What people show the coach, by name; answers to a former text are left out. Two queries.

    Raises NotFound for a stranger, PermissionDenied for whoever is no coach.
    """
    require(actor, Action.SEE_SHARED_TALKS, organization)
    asked = questionnaires_of(organization=organization)
    rows = (
        Assessment.objects.visible_to(actor)
        .filter(party__organization=organization, is_shared=True, about=PERSON)
        .exclude(party__user__pk=actor.pk or 0)
        .select_related("party")
        .order_by("party__name", "party_id", "code")
    )
    return [
        SharedAssessment(row.party.name, asked[row.code], json.loads(row.answers), row.answered_on)
        for row in rows
        if row.code in asked and asked[row.code].is_about(PERSON) and row.edition == asked[row.code].text.version
    ]


def team_figures(*, actor: User, organization: Organization) -> TeamFigures:
    """What was published of teams: of the own team for everybody, of every team for those with the right.

    Nothing of a whole organization, and nothing of fewer people than the minimum group asks for. Raises NotFound for a
    stranger. The queries do not grow with the number of teams.
    """
    require(actor, Action.SEE_OWN_PAGE, organization)
    party = party_of_user(user=actor, organization=organization)
    own = None if party is None else party.team_id
    sees_all = can(actor, Action.SEE_GROUP_FIGURES, organization)
    teams = list(Team.objects.filter(organization=organization).order_by("name", "pk"))
    if not sees_all:
        teams = [team for team in teams if team.pk == own]
    asked = [one for one in questionnaires_of(organization=organization).values() if one.is_about(TEAM)]
    kept = _team_figures(organization, asked, None if sees_all else [team.pk for team in teams])
    with_figure = {team for _code, team in kept}
    listed = [team for team in teams if team.pk in with_figure or team.pk == own]
    said = teams_said(user=actor, organization=organization, teams=listed)
    rows = tuple(
        TeamRow(
            team, team.pk == own, said.get(team.pk), tuple((one, kept.get((one.text.code, team.pk))) for one in asked)
        )
        for team in sorted(listed, key=lambda team: team.pk != own)
    )
    return TeamFigures(
        rows,
        without=len(teams) - len(listed),
        sees_all=sees_all,
        is_party=party is not None,
        needed=raters_needed(least_group()),
    )


def _team_figures(
    organization: Organization, asked: Sequence[QuestionnaireSeen], teams: Sequence[int] | None
) -> Mapping[tuple[str, int], TeamFigure]:
    """(code, number of the team) -> the figure published last for the text of today; of all teams for None."""
    editions = [(one.text.code, one.text.version) for one in asked]
    groups = None if teams is None else [team_group(team) for team in teams]
    kept = group_figures_find(organization=organization, editions=editions, groups=groups)
    return {
        (code, int(group.removeprefix("t"))): TeamFigure(PublishedProfile.from_dict(figure.content), figure.made_on)
        for (code, _edition, group), figure in kept.items()
    }


def _asked(organization: Organization, code: str, about: str) -> QuestionnaireSeen:
    questionnaire = questionnaire_find(organization=organization, code=code)
    if about not in (PERSON, TEAM) or not questionnaire.is_about(about):
        raise NotFound
    return questionnaire


def _own(questionnaire: QuestionnaireSeen, about: str, party: Party, row: Assessment | None) -> OwnAssessment:
    if row is None:
        return OwnAssessment(questionnaire, about, party, None, 0, None, is_current=False, is_shared=False)
    return OwnAssessment(
        questionnaire,
        about,
        party,
        answers=json.loads(row.answers),
        version=row.version,
        answered_on=row.answered_on,
        is_current=row.edition == questionnaire.text.version,
        is_shared=row.is_shared,
    )


def _check_may_answer(party: Party, about: str) -> None:
    if party.left_on is not None:
        raise OwnProblem(
            "left",
            _(
                "You left on %(day)s, so nothing new is answered in your name. What you answered before is kept. If "
                "you are back, ask your administrator to say so."
            )
            % {"day": party.left_on.isoformat()},
        )
    if about == TEAM and party.team_id is None:
        raise OwnProblem(
            "no_team",
            _("You are in no team, so there is none to answer for. Ask your administrator to put you into one."),
        )


def _edition_sentence() -> str:
    return _(
        "The questions were changed while you answered, so nothing was saved yet. Below they are as they are now, with "
        "what you chose where the row is still there: look at them again and save."
    )


def _is_same(row: Assessment, given: Mapping[str, int], edition: str, team_id: int | None) -> bool:
    return (row.edition, row.team_id, json.loads(row.answers)) == (edition, team_id, given)


def _figure_update(organization: Organization, questionnaire: QuestionnaireSeen, team_id: int) -> None:
    """Publish the figure of a team anew if enough answers changed; all of them are then counted."""
    text = questionnaire.text
    rows = Assessment.objects.filter(
        party__organization=organization, team=team_id, code=text.code, edition=text.version, about=TEAM
    )
    counted = list(rows.values_list("is_counted", flat=True))

    def content() -> dict[str, Any]:
        answers = [json.loads(given) for given in rows.values_list("answers", flat=True)]
        published = publish_profile(find_profile(answers, text), k=least_group())
        if published is None:
            raise ValueError("a figure of too few people was about to be published")
        return published.as_dict()

    if group_figure_update(
        organization=organization,
        kind=text.code,
        edition=text.version,
        group=team_group(team_id),
        people=len(counted),
        changed=counted.count(False),
        content=content,
    ):
        rows.update(is_counted=True)
