"""The write side of an import: what differs from the database is written, everything else is left alone.

Each ``..._store`` compares first and tells how much was new, changed and the same, so that the same file twice is no
change. They run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chainmap.domain.records import DEFAULT_CAPACITY, PartyKind
from chainmap.imports.chain_files import PersonRow
from chainmap.models import HandOff, Organization, Party, Rating, Round, Team
from chainmap.models.keys import random_public_key
from chainmap.services.bulk import rows_insert

#: Rows of one UPDATE; more would pass SQLite's limit of variables.
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows an import found new, changed and the same as before."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> bool:
        return bool(self.created or self.updated)


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class KnownParty:
    """What later rows need to know of a party."""

    pk: int
    kind: PartyKind


@dataclass(frozen=True, slots=True)
class HandOffValues:
    """One hand-off to store; None leaves the stored value alone."""

    supplier_id: int
    customer_id: int
    deliverable: str
    volume: float | None = None
    passes: int | None = None
    returned: int | None = None

    @property
    def link(self) -> tuple[int, int, str]:
        return self.supplier_id, self.customer_id, self.deliverable


@dataclass(frozen=True, slots=True)
class RatingValues:
    """One rating to store."""

    handoff_id: int
    rater_id: int
    given_on: date | None
    score: float


def parties_known(*, organization: Organization) -> dict[str, KnownParty]:
    """The parties of an organization by their id in the files."""
    rows = Party.objects.filter(organization=organization).values_list("code", "pk", "kind")
    return {code: KnownParty(pk=pk, kind=PartyKind(kind)) for code, pk, kind in rows.iterator()}


#: What a file says of a hand-off by naming it, and what naming it means: it is in the chain, whoever says so.
_KEPT = ("volume", "passes", "returned", "is_removed", "is_claim")


def handoffs_known(*, organization: Organization) -> dict[tuple[int, int, str], tuple[Any, ...]]:
    """(supplier, customer, deliverable) -> (pk, *_KEPT, version), also of those that were taken out."""
    rows = HandOff.everything.filter(organization=organization).values_list(
        "supplier_id", "customer_id", "deliverable", "pk", *_KEPT, "version"
    )
    return {row[:3]: row[3:] for row in rows.iterator()}


def parties_store(*, organization: Organization, rows: Sequence[PersonRow]) -> Tally:
    """Create the parties that are new and change those whose given fields differ."""
    teams = _teams_ensure(organization, {row.team for row in rows if row.team})
    stored = {
        party.code: party
        for party in Party.objects.filter(organization=organization).only(
            "code", "name", "kind", "team_id", "job", "email", "capacity"
        )
    }
    new, changed = [], []
    for row in rows:
        party = stored.get(row.id)
        if party is None:
            new.append(_party_values(organization, row, teams))
        elif _party_update(party, row, teams):
            changed.append(party)
    rows_insert(
        model=Party,
        fields=["organization", "code", "name", "kind", "team", "job", "email", "capacity"],
        rows=new,
    )
    Party.objects.bulk_update(changed, ["name", "kind", "team", "job", "email", "capacity"], batch_size=_BATCH)
    return Tally(len(new), len(changed), len(rows) - len(new) - len(changed))


def handoffs_store(*, organization: Organization, rows: Sequence[HandOffValues]) -> Tally:
    """Create the hand-offs that are new and change those whose given fields differ."""
    known = handoffs_known(organization=organization)
    new, changed = [], []
    for row in rows:
        stored = known.get(row.link)
        if stored is None:
            volume = 1.0 if row.volume is None else row.volume
            new.append((organization.pk, *row.link, volume, row.passes, row.returned))
            continue
        wanted = (
            stored[1] if row.volume is None else row.volume,
            stored[2] if row.passes is None else row.passes,
            stored[3] if row.returned is None else row.returned,
            False,  # a file that names it brings it back
            False,  # and it is no claim of one side any more
        )
        if wanted != stored[1:-1]:
            changed.append(HandOff(pk=stored[0], version=stored[-1] + 1, **dict(zip(_KEPT, wanted, strict=True))))
    rows_insert(
        model=HandOff,
        fields=["organization", "supplier", "customer", "deliverable", "volume", "passes", "returned"],
        rows=new,
    )
    HandOff.everything.bulk_update(changed, [*_KEPT, "version"], batch_size=_BATCH)
    return Tally(len(new), len(changed), len(rows) - len(new) - len(changed))


def ratings_store(*, round: Round, rows: Sequence[RatingValues]) -> Tally:
    """Create the ratings that are new in this round and change those whose score differs."""
    stored = {
        row[:3]: row[3:]
        for row in Rating.objects.filter(round=round).values_list("handoff_id", "rater_id", "given_on", "pk", "score")
    }
    new, changed = [], []
    for row in rows:
        kept = stored.get((row.handoff_id, row.rater_id, row.given_on))
        if kept is None:
            new.append((random_public_key(), round.pk, row.handoff_id, row.rater_id, row.score, row.given_on))
        elif kept[1] != row.score:
            changed.append(Rating(pk=kept[0], score=row.score))
    rows_insert(model=Rating, fields=["id", "round", "handoff", "rater", "score", "given_on"], rows=new)
    Rating.objects.bulk_update(changed, ["score"], batch_size=_BATCH)
    return Tally(len(new), len(changed), len(rows) - len(new) - len(changed))


def _teams_ensure(organization: Organization, names: Iterable[str]) -> dict[str, int]:
    """The number of each named team, creating the ones that are missing."""
    stored = dict(Team.objects.filter(organization=organization).values_list("name", "pk"))
    missing = sorted(set(names) - stored.keys())
    if missing:
        Team.objects.bulk_create([Team(organization=organization, name=name) for name in missing])
        stored = dict(Team.objects.filter(organization=organization).values_list("name", "pk"))
    return stored


def _party_values(organization: Organization, row: PersonRow, teams: Mapping[str, int]) -> tuple[Any, ...]:
    kind = row.kind or PartyKind.EMPLOYEE
    capacity = DEFAULT_CAPACITY[kind] if row.capacity is None else row.capacity
    team = teams[row.team] if row.team else None
    return (organization.pk, row.id, row.name, kind.value, team, row.role or "", row.email or "", capacity)


def _party_update(party: Party, row: PersonRow, teams: Mapping[str, int]) -> bool:
    """Put the given fields of the row into the party; whether anything differs now."""
    before = (party.name, party.kind, party.team_id, party.job, party.email, party.capacity)
    kind = PartyKind(party.kind) if row.kind is None else row.kind
    capacity = party.capacity if row.capacity is None else row.capacity
    if row.capacity is None and kind != party.kind and capacity == DEFAULT_CAPACITY[PartyKind(party.kind)]:
        capacity = DEFAULT_CAPACITY[kind]  # a default follows the kind; a number somebody gave stays
    party.name, party.kind, party.capacity = row.name, kind.value, capacity
    party.team_id = teams[row.team] if row.team else party.team_id
    party.job = party.job if row.role is None else row.role
    party.email = party.email if row.email is None else row.email
    return before != (party.name, party.kind, party.team_id, party.job, party.email, party.capacity)
