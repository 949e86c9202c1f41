"""What a row of the table of addresses is, and those it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.domain.roles import MATRIX, Action, Role

ANONYMOUS = "anonymous"
STRANGER = "stranger"

INSIDERS = frozenset(role.value for role in Role)
SIGNED_IN = INSIDERS | {STRANGER}
EVERYBODY = SIGNED_IN | {ANONYMOUS}
NOBODY: frozenset[str] = frozenset()
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
#: Asked with every method; the other roles differ from these only in what they may read and send.
ASKED_FULLY = frozenset({Role.MANAGER.value, Role.MEMBER.value, STRANGER, ANONYMOUS})


def methods_of(who: str) -> tuple[str, ...]:
    """The methods an address is tried with for this role."""
    return METHODS if who in ASKED_FULLY else ("GET", "POST")


def may(action: Action) -> frozenset[str]:
    """Those whom the matrix of roles allows the action."""
    return frozenset(role.value for role in MATRIX[action])


@dataclass(frozen=True, slots=True)
class Row:
    """One address. ``allowed``: method -> who gets an answer (a page, rows, or the redirect after a form)."""

    route: str
    allowed: Mapping[str, frozenset[str]]
    refused: int = 403  # an insider who is not listed


def reading(route: str, who: frozenset[str], refused: int = 403) -> Row:
    """An address that can only be read."""
    return Row(route, {"GET": who, "HEAD": who}, refused)


def form(route: str, who: frozenset[str], refused: int = 403) -> Row:
    """An address with a form that changes something."""
    return Row(route, {"GET": who, "HEAD": who, "POST": who}, refused)


def button(route: str, who: frozenset[str], refused: int = 403) -> Row:
    """An address that a button of another page sends to."""
    return Row(route, {"POST": who}, refused)


#: Whoever stands for a party and is asked or named: of the cast the member.
ASKED = frozenset({Role.MEMBER.value})
