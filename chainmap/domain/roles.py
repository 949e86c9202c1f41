"""Roles inside an organization and what each may do: the one matrix everything else is generated from.

Another organization's object is never a question of roles: it answers exactly like one that does not exist.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """One person may hold several."""

    MEMBER = "member"
    COACH = "coach"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Action(StrEnum):
    """What can be done inside one organization."""

    SEE_CHAIN = "see_chain"  # parties and hand-offs, without ratings
    SEE_BOTTLENECKS = "see_bottlenecks"  # the analysis, its picture and its ranking
    EXPORT_BOTTLENECKS = "export_bottlenecks"  # the same as a file
    SEE_OWN_RATINGS = "see_own_ratings"  # ratings of an open round that one gave or received
    SEE_OPEN_RATINGS = "see_open_ratings"  # every rating of an open round
    SEE_SHARED_RATINGS = "see_shared_ratings"  # ratings of a pair round that both sides share with the coach
    SEE_ROUNDS = "see_rounds"  # that a round exists, its mode, questions and dates
    MANAGE_ROUNDS = "manage_rounds"  # make, open, close; response in coarse steps
    SEE_RELEASE = "see_release"  # what was published of a round: organization and teams
    SEE_TEAM_COMMENTS = "see_team_comments"  # published comments by team
    SEE_ORGANIZATION_COMMENTS = "see_organization_comments"  # published comments of the whole organization
    SEE_OWN_PAGE = "see_own_page"  # my page and what two people agree: their own, by being one of the two
    SEE_SHARED_TALKS = "see_shared_talks"  # agreements and self-assessments that were shared with the coach
    COUNT_AGREEMENTS = "count_agreements"  # how many there are, never which
    SEE_GROUP_FIGURES = "see_group_figures"  # how every team sees itself; its own team everybody may see
    CHANGE_PURPOSE = "change_purpose"  # of the organization and of every team; a team's own people change theirs
    CHANGE_QUESTIONNAIRES = "change_questionnaires"  # of the self-assessments
    CHANGE_PEOPLE = "change_people"  # who left
    CHANGE_SETTINGS = "change_settings"  # of the organization
    ARRANGE_MAP = "arrange_map"  # where everybody stands on the map, for all
    KEEP_SCENARIOS = "keep_scenarios"  # name what-ifs, keep and compare them
    SEE_WORKSHOPS = "see_workshops"  # that there are some, and the results the coach revealed
    RUN_WORKSHOPS = "run_workshops"  # make one, run its exercises, close it, copy it into a round
    PRESENT = "present"  # prepare scenes and show them
    COMPARE = "compare"  # one round against another, and the matrix of teams
    SHARE_REPORTS = "share_reports"  # links that open a PDF, and reports by mail
    READ_AUDIT = "read_audit"  # who took what away
    LEAD_TEAMS = "lead_teams"  # say who leads which team
    IMPORT = "import"  # bring in files


_EVERYBODY = frozenset(Role)

#: action -> roles that may do it (PRIVACY: an open round says "Anna, your coach and the managers will see your name
#: and your score"; an auditor sees settings and the audit log, no ratings).
MATRIX: dict[Action, frozenset[Role]] = {
    Action.SEE_CHAIN: _EVERYBODY,
    Action.SEE_BOTTLENECKS: _EVERYBODY,
    Action.EXPORT_BOTTLENECKS: _EVERYBODY - {Role.MEMBER},
    Action.SEE_OWN_RATINGS: _EVERYBODY,
    Action.SEE_OPEN_RATINGS: frozenset({Role.COACH, Role.MANAGER}),
    Action.SEE_SHARED_RATINGS: frozenset({Role.COACH}),
    Action.SEE_ROUNDS: _EVERYBODY,
    Action.MANAGE_ROUNDS: frozenset({Role.COACH, Role.ADMINISTRATOR}),
    Action.SEE_RELEASE: _EVERYBODY,
    Action.SEE_TEAM_COMMENTS: frozenset({Role.COACH, Role.MANAGER}),
    Action.SEE_ORGANIZATION_COMMENTS: _EVERYBODY - {Role.MEMBER},
    Action.SEE_OWN_PAGE: _EVERYBODY,
    Action.SEE_SHARED_TALKS: frozenset({Role.COACH}),
    Action.COUNT_AGREEMENTS: _EVERYBODY - {Role.MEMBER},
    Action.SEE_GROUP_FIGURES: frozenset({Role.COACH, Role.MANAGER}),
    Action.CHANGE_PURPOSE: frozenset({Role.COACH, Role.MANAGER, Role.ADMINISTRATOR}),
    Action.CHANGE_QUESTIONNAIRES: frozenset({Role.COACH, Role.ADMINISTRATOR}),
    Action.CHANGE_PEOPLE: frozenset({Role.ADMINISTRATOR}),
    Action.CHANGE_SETTINGS: frozenset({Role.ADMINISTRATOR}),
    Action.ARRANGE_MAP: frozenset({Role.COACH, Role.MANAGER, Role.ADMINISTRATOR}),
    Action.KEEP_SCENARIOS: frozenset({Role.COACH, Role.MANAGER, Role.ADMINISTRATOR}),
    Action.SEE_WORKSHOPS: frozenset({Role.COACH, Role.MANAGER}),
    Action.RUN_WORKSHOPS: frozenset({Role.COACH}),
    Action.PRESENT: frozenset({Role.COACH, Role.MANAGER}),
    Action.COMPARE: _EVERYBODY - {Role.MEMBER},
    Action.SHARE_REPORTS: frozenset({Role.COACH, Role.MANAGER, Role.ADMINISTRATOR}),
    Action.READ_AUDIT: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    Action.LEAD_TEAMS: frozenset({Role.ADMINISTRATOR}),
    Action.IMPORT: frozenset({Role.COACH, Role.ADMINISTRATOR}),
}


def allows(roles: frozenset[Role], action: Action) -> bool:
    """Whether any of the roles may do the action.

    >>> allows(frozenset({Role.MEMBER}), Action.EXPORT_BOTTLENECKS)
    False
    """
    return not roles.isdisjoint(MATRIX[action])
