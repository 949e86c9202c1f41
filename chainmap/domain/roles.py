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
    Action.IMPORT: frozenset({Role.COACH, Role.ADMINISTRATOR}),
}


def allows(roles: frozenset[Role], action: Action) -> bool:
    """Whether any of the roles may do the action.

    >>> allows(frozenset({Role.MEMBER}), Action.EXPORT_BOTTLENECKS)
    False
    """
    return not roles.isdisjoint(MATRIX[action])
