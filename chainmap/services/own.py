"""A person's own place in the chain, and what the two sides of a hand-off share: found here, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chainmap.access import NotFound, User, require
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.models import HandOff, HandOffChange, Organization, Party


class OwnProblem(Exception):  # noqa: N818 - said to people
    """What was asked cannot be done; ``str()`` says what, why and what to do. ``field``: of the form, if of one."""

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code, self.field = code, field


class EditConflict(Exception):  # noqa: N818 - what happened, not a mistake
    """Somebody saved in between. ``stored`` is what is kept now, by field; ``version`` the one to go on from."""

    def __init__(self, stored: Mapping[str, object], version: int, by: str = "") -> None:
        super().__init__("changed in between")
        self.stored, self.version, self.by = stored, version, by


class HandOffRemoved(Exception):  # noqa: N818
    """The hand-off was taken out of the chain meanwhile; for its two sides, who may bring it back."""

    def __init__(self, own: OwnHandOff, by: str, on: date | None) -> None:
        super().__init__("taken out meanwhile")
        self.own, self.by, self.on = own, by, on


@dataclass(frozen=True, slots=True)
class OwnHandOff:
    """A hand-off as one of its two sides sees it. ``side`` is the reader's: "supplier" or "customer"."""

    handoff: HandOff
    party: Party  # the reader
    other: Party
    side: str

    @property
    def is_supplier(self) -> bool:
        return self.side == "supplier"

    @property
    def other_can_say(self) -> bool:
        """Whether the other side is a person of the house, who could confirm."""
        return self.other.kind == PartyKind.EMPLOYEE.value


def own_of(handoff: HandOff, party: Party) -> OwnHandOff:
    """A hand-off of the party, which is one of its sides, as the party sees it."""
    handoff.organization = party.organization
    is_supplier = handoff.supplier_id == party.pk
    other = handoff.customer if is_supplier else handoff.supplier
    return OwnHandOff(handoff, party, other, "supplier" if is_supplier else "customer")


def own_party(*, user: User, organization: Organization) -> Party:
    """The party the user stands for. Raises NotFound for a stranger and for whoever is no part of the chain."""
    require(user, Action.SEE_OWN_PAGE, organization)
    if user.pk is None:
        raise NotFound
    found = Party.objects.filter(organization=organization, user__pk=user.pk).select_related("team").first()
    if found is None:
        raise NotFound
    found.organization = organization
    return found


def own_handoff(*, user: User, organization: Organization, pk: int, removed: bool = False) -> OwnHandOff:
    """One of the user's own hand-offs.

    Raises NotFound where the user is neither side, and HandOffRemoved for one that was taken out meanwhile, unless
    ``removed`` says that such a one is meant.
    """
    party = own_party(user=user, organization=organization)
    handoff = (
        HandOff.everything.filter(organization=organization, pk=pk)
        .select_related("supplier__team", "customer__team", "decision_owner")
        .first()
    )
    if handoff is None or party.pk not in (handoff.supplier_id, handoff.customer_id):
        raise NotFound
    own = own_of(handoff, party)
    if handoff.is_removed and not removed:
        change = HandOffChange.objects.filter(handoff=handoff, kind="removed").select_related("party").first()
        by = change.party.name if change is not None and change.party is not None else ""
        raise HandOffRemoved(own, by, change.made_at.date() if change is not None else None)
    return own
