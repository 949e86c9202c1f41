"""The chain of teams of a round, frozen at its opening: who belongs to which group, and who hands over to whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chainmap.domain.records import PartyKind
from chainmap.domain.release_chain import TeamHandOffs, TeamParty
from chainmap.models import HandOff, Organization, Party, Round

NO_TEAM = "no_team"


@dataclass(frozen=True, slots=True)
class Structure:
    """Groups stand for teams; end customers, external suppliers and people without a team are a group each.

    ``parties`` and ``handoffs`` are what ``domain.release_chain.team_chain`` takes.
    """

    parties: tuple[TeamParty, ...]
    handoffs: tuple[TeamHandOffs, ...]

    @property
    def names(self) -> Mapping[str, str]:
        """The name to show for each key, in the reader's language where it is a word."""
        return {str(party.key): group_name(str(party.key), party.name) for party in self.parties}


def group_key(party: Party) -> str:
    """The group of a party: its team, or one for all of its kind. Whoever is an end customer is never in a team."""
    if party.kind == PartyKind.END_CUSTOMER.value:
        return PartyKind.END_CUSTOMER.value
    if party.team_id is not None:
        return f"t{party.team_id}"
    return PartyKind.EXTERNAL_SUPPLIER.value if party.kind == PartyKind.EXTERNAL_SUPPLIER.value else NO_TEAM


def group_name(key: str, name: str) -> str:
    """The name of a team, or the word for a group that is none."""
    words = {
        PartyKind.END_CUSTOMER.value: _("End customers"),
        PartyKind.EXTERNAL_SUPPLIER.value: _("External suppliers"),
        NO_TEAM: _("(no team)"),
    }
    return words.get(key, name)


def structure_freeze(*, organization: Organization) -> str:
    """The groups and the number of hand-offs between them today, as text to keep with a round."""
    parties = {party.pk: party for party in Party.objects.filter(organization=organization).select_related("team")}
    capacity: Counter[str] = Counter()
    named: dict[str, tuple[str, str]] = {}
    for party in parties.values():
        key = group_key(party)
        capacity[key] += party.capacity  # type: ignore[assignment]
        is_end = key == PartyKind.END_CUSTOMER.value
        kind = key if is_end or key == PartyKind.EXTERNAL_SUPPLIER.value else PartyKind.EMPLOYEE.value
        named[key] = (party.team.name if party.team and not is_end else "", kind)
    ends = HandOff.objects.in_chain().filter(organization=organization).values_list("supplier_id", "customer_id")
    between = Counter((group_key(parties[supplier]), group_key(parties[customer])) for supplier, customer in ends)
    groups = [[key, *named[key], capacity[key]] for key in sorted(named)]
    return json.dumps({"groups": groups, "handoffs": [[*pair, count] for pair, count in sorted(between.items())]})


def structure_of(*, round: Round) -> Structure:
    """The frozen structure of a round that was opened; empty for one that never was."""
    read = json.loads(round.structure or '{"groups": [], "handoffs": []}')
    return Structure(
        parties=tuple(TeamParty(key, name, PartyKind(kind), capacity) for key, name, kind, capacity in read["groups"]),
        handoffs=tuple(TeamHandOffs(*row) for row in read["handoffs"]),
    )
