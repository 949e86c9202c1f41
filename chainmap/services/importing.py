"""Files into the database: read, check, compare, write what differs; all or nothing in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, require
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.imports.chain_files import (
    HandOffRow,
    HandOffsFile,
    Matching,
    PeopleFile,
    PersonRow,
    RatingRow,
    match_ratings,
    read_handoffs,
    read_people,
    read_ratings,
)
from chainmap.imports.errors import MAX_LISTED, ImportRefused, RowError
from chainmap.imports.event_log import EventLog, read_event_log
from chainmap.imports.graphml import read_graphml
from chainmap.imports.limits import Limits
from chainmap.models import Organization, Round
from chainmap.services.chain_store import (
    NOTHING,
    HandOffValues,
    KnownParty,
    RatingValues,
    Tally,
    handoffs_known,
    handoffs_store,
    parties_known,
    parties_store,
    ratings_store,
)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was given: its name for messages, its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. A refused import raises ImportRefused instead."""

    organization: str
    organization_created: bool
    dry_run: bool
    people: Tally
    handoffs: Tally
    ratings: Tally = NOTHING
    ratings_without_handoff: tuple[RatingRow, ...] = ()  # not imported, unless create_missing was asked
    handoffs_created_for_ratings: int = 0
    warnings: tuple[RowError, ...] = ()
    log: EventLog | None = None

    @property
    def changed(self) -> bool:
        """Whether any row is new or different."""
        return self.people.changed or self.handoffs.changed or self.ratings.changed


def chain_import(
    *,
    actor: User | Operator,
    organization_name: str,
    people: SourceFile | None = None,
    handoffs: SourceFile | None = None,
    graph: SourceFile | None = None,
    ratings: SourceFile | None = None,
    round_name: str = "Imported",
    create_missing: bool = False,
    dry_run: bool = False,
    limits: Limits | None = None,
) -> ImportReport:
    """Import people, hand-offs and ratings; the organization is created when it does not exist.

    People and hand-offs come as two tables, or both in one ``graph`` (GraphML); ValueError for anything else.
    Ratings go into the open round ``round_name``. A rating without its hand-off is reported and left out, unless
    ``create_missing`` makes the hand-off (volume 1). Raises ImportRefused with every error found, by file, line and
    column; then nothing is written.
    """
    limits = limits or Limits()
    people_file, handoff_file, people_name, handoffs_name = _chain_read(people, handoffs, graph, limits)
    rating_file = read_ratings(ratings.data, name=ratings.name, limits=limits) if ratings else None
    files = [file for file in (people_file, handoff_file, rating_file) if file]
    _refuse([error for file in files for error in file.errors], sum(file.omitted for file in files))

    def store(organization: Organization, created: bool) -> ImportReport:
        known = _people_write(organization, people_file, people_name)
        _refuse(_ends_errors(handoff_file.rows, known.parties, handoffs_name))
        rows = [
            HandOffValues(
                known.parties[row.supplier].pk, known.parties[row.customer].pk, row.deliverable or "", row.volume
            )
            for row in handoff_file.rows
        ]
        handoff_tally = handoffs_store(organization=organization, rows=rows)
        rated = _RatingsWritten()
        if rating_file and ratings:
            rated = _ratings_write(
                organization, rating_file.rows, known.parties, ratings.name, round_name, create_missing=create_missing
            )
        return ImportReport(
            organization=organization.name,
            organization_created=created,
            dry_run=dry_run,
            people=known.tally,
            handoffs=handoff_tally,
            ratings=rated.tally,
            ratings_without_handoff=rated.missing,
            handoffs_created_for_ratings=rated.handoffs_created,
            warnings=tuple(warning for file in files for warning in file.warnings),
        )

    return _in_one_transaction(actor, organization_name, store, dry_run=dry_run)


def log_import(
    *,
    actor: User | Operator,
    organization_name: str,
    events: SourceFile,
    columns: Mapping[str, str] | None = None,
    dry_run: bool = False,
    limits: Limits | None = None,
) -> ImportReport:
    """Import the hand-offs an event log shows: changes of resource inside a case, volume = passes.

    ``columns`` maps case, activity, resource, timestamp, customer to the file's own column names. Parties that exist
    keep their name and team. Raises ImportRefused with every error found; then nothing is written.
    """
    log = read_event_log(events.data, name=events.name, limits=limits or Limits(), **(columns or {}))
    _refuse(log.errors, log.omitted)

    def store(organization: Organization, created: bool) -> ImportReport:
        people = _log_parties(log)
        known = parties_known(organization=organization)
        _refuse(_kind_errors(people, known, events.name))
        tally = parties_store(organization=organization, rows=[row for row in people if row.id not in known])
        found = Tally(tally.created, 0, len(people) - tally.created)
        known = parties_known(organization=organization)
        rows = [
            HandOffValues(
                known[link.supplier].pk, known[link.customer].pk, "", float(link.passes), link.passes, link.returned
            )
            for link in log.handoffs
        ]
        return ImportReport(
            organization=organization.name,
            organization_created=created,
            dry_run=dry_run,
            people=found,
            handoffs=handoffs_store(organization=organization, rows=rows),
            warnings=log.warnings,
            log=log,
        )

    return _in_one_transaction(actor, organization_name, store, dry_run=dry_run)


def _in_one_transaction(
    actor: User | Operator,
    organization_name: str,
    store: Callable[[Organization, bool], ImportReport],
    *,
    dry_run: bool,
) -> ImportReport:
    """Find or make the organization, store, count up the data version; take everything back on a dry run."""
    name = " ".join(organization_name.split())
    if not name or len(name) > 200:
        raise ValueError(_("Name the organization in 1 to 200 characters."))
    with transaction.atomic():
        organization = Organization.objects.select_for_update().filter(name=name).first()
        created = organization is None
        if organization is None:
            if not isinstance(actor, Operator):
                raise PermissionDenied(_("Only an operator of this server can create an organization."))
            organization = Organization.objects.create(name=name)
        require(actor, Action.IMPORT, organization)
        report = store(organization, created)
        if report.changed:
            organization.touch()
        if dry_run:
            transaction.set_rollback(True)
    return report


def _chain_read(
    people: SourceFile | None, handoffs: SourceFile | None, graph: SourceFile | None, limits: Limits
) -> tuple[PeopleFile, HandOffsFile, str, str]:
    """People and hand-offs, and the names of the files they stand in. Raises ImportRefused, ValueError."""
    if graph is not None and people is None and handoffs is None:
        return *read_graphml(graph.data, name=graph.name, limits=limits), graph.name, graph.name
    if graph is not None or people is None or handoffs is None:
        raise ValueError(_("Give the two tables of people and hand-offs, or one graph instead of both."))
    people_file = read_people(people.data, name=people.name, limits=limits)
    return people_file, read_handoffs(handoffs.data, name=handoffs.name, limits=limits), people.name, handoffs.name


def _refuse(errors: Sequence[RowError], omitted: int = 0) -> None:
    if errors:
        raise ImportRefused(errors[:MAX_LISTED], omitted + len(errors[MAX_LISTED:]))


@dataclass(frozen=True, slots=True)
class _PeopleWritten:
    parties: dict[str, KnownParty]
    tally: Tally


def _people_write(organization: Organization, file: PeopleFile, name: str) -> _PeopleWritten:
    known = parties_known(organization=organization)
    giving = {link[0] for link in handoffs_known(organization=organization)}
    _refuse(
        [
            RowError(
                file=name,
                line=row.line,
                column="kind",
                value=row.kind.value,
                code="end_customer_gives",
                reason=_("This party already hands something on, and nothing leaves an end customer."),
                remedy=_("Keep its kind, or give the end customer an id of its own."),
            )
            for row in file.rows
            if row.kind == PartyKind.END_CUSTOMER and row.id in known and known[row.id].pk in giving
        ]
    )
    tally = parties_store(organization=organization, rows=file.rows)
    return _PeopleWritten(parties_known(organization=organization), tally)


def _ends_errors(rows: Sequence[HandOffRow], known: Mapping[str, KnownParty], file: str) -> list[RowError]:
    """Ends nobody knows, and hand-offs that would leave an end customer."""
    errors = []
    for row in rows:
        for column, code in (("supplier", row.supplier), ("customer", row.customer)):
            if code not in known:
                errors.append(_unknown(file, row.line, column, code))
        if row.supplier in known and known[row.supplier].kind == PartyKind.END_CUSTOMER:
            errors.append(
                RowError(
                    file=file,
                    line=row.line,
                    column="supplier",
                    value=row.supplier,
                    code="leaves_end_customer",
                    reason=_("Nothing leaves an end customer."),
                    remedy=_("Turn the hand-off round, or change the kind of this party in the people file."),
                )
            )
    return errors


def _unknown(file: str, line: int | None, column: str, value: str) -> RowError:
    return RowError(
        file=file,
        line=line,
        column=column,
        value=value,
        code="unknown_party",
        reason=_("No party of this organization has this id."),
        remedy=_("Add it to the people file, or correct the id."),
    )


def _kind_errors(people: Sequence[PersonRow], known: Mapping[str, KnownParty], file: str) -> list[RowError]:
    """Parties of a log that are stored already as the other kind: a customer that works, or a resource that buys."""
    return [
        RowError(
            file=file,
            line=None,
            column="customer" if row.kind == PartyKind.END_CUSTOMER else "resource",
            value=row.id,
            code="kind_differs",
            reason=_("This id stands for a party of another kind in this organization."),
            remedy=_("Rename it in the log, or change the kind of the party with a people file."),
        )
        for row in people
        if row.id in known and (row.kind == PartyKind.END_CUSTOMER) != (known[row.id].kind == PartyKind.END_CUSTOMER)
    ]


def _log_parties(log: EventLog) -> list[PersonRow]:
    people = [_log_party(code, code, PartyKind.EMPLOYEE) for code in log.people]
    return people + [_log_party(f"customer:{name}", name, PartyKind.END_CUSTOMER) for name in log.customers]


def _log_party(code: str, name: str, kind: PartyKind) -> PersonRow:
    return PersonRow(line=0, id=code, name=name, kind=kind, team=None, role=None, email=None, capacity=None)


@dataclass(frozen=True, slots=True)
class _RatingsWritten:
    tally: Tally = NOTHING
    missing: tuple[RatingRow, ...] = ()
    handoffs_created: int = 0


def _ratings_write(
    organization: Organization,
    rows: Sequence[RatingRow],
    known: Mapping[str, KnownParty],
    file: str,
    round_name: str,
    *,
    create_missing: bool,
) -> _RatingsWritten:
    _refuse(_rating_errors(rows, known, file))
    links = handoffs_known(organization=organization)
    matching = _match(rows, links, known, file)
    created = NOTHING
    if matching.missing and create_missing:
        _refuse(_leaving_errors(matching.missing, known, file))
        wanted = dict.fromkeys(
            (known[row.supplier].pk, known[row.customer].pk, row.deliverable or "") for row in matching.missing
        )
        created = handoffs_store(organization=organization, rows=[HandOffValues(*link) for link in wanted])
        links = handoffs_known(organization=organization)
        matching = _match(rows, links, known, file)
    values = [
        RatingValues(
            handoff_id=links[known[row.supplier].pk, known[row.customer].pk, row.deliverable or ""][0],
            rater_id=known[row.rater or row.customer].pk,
            given_on=row.given_on,
            score=row.score,
        )
        for row in matching.matched
    ]
    round = _open_round(organization, round_name)
    return _RatingsWritten(ratings_store(round=round, rows=values), matching.missing, created.created)


def _match(
    rows: Sequence[RatingRow], links: Collection[tuple[int, int, str]], known: Mapping[str, KnownParty], file: str
) -> Matching:
    """Which hand-off each rating is about. Raises ImportRefused where that is not clear."""
    matching = match_ratings(rows, _deliverables(links, known), name=file)
    _refuse(matching.errors, matching.omitted)
    return matching


def _open_round(organization: Organization, name: str) -> Round:
    """The round imported ratings go into: an open one, made when it does not exist."""
    round, _created = Round.objects.get_or_create(
        organization=organization, name=name, defaults={"mode": Round.Mode.OPEN, "state": Round.State.CLOSED}
    )
    if round.mode != Round.Mode.OPEN:
        raise ValueError(_("Ratings are imported into open rounds only; choose another --round name."))
    if round.state != Round.State.CLOSED or round.asks.exists():
        raise ValueError(_("People are asked in this round; import ratings under another --round name."))
    return round


def _rating_errors(rows: Sequence[RatingRow], known: Mapping[str, KnownParty], file: str) -> list[RowError]:
    return [
        _unknown(file, row.line, column, code)
        for row in rows
        for column, code in (("supplier", row.supplier), ("customer", row.customer), ("rater", row.rater))
        if code is not None and code not in known
    ]


def _leaving_errors(rows: Sequence[RatingRow], known: Mapping[str, KnownParty], file: str) -> list[RowError]:
    made = [HandOffRow(row.line, row.supplier, row.customer, row.deliverable or "", None) for row in rows]
    return _ends_errors(made, known, file)


def _deliverables(
    links: Collection[tuple[int, int, str]], known: Mapping[str, KnownParty]
) -> dict[tuple[str, str], set[str]]:
    """(supplier, customer) as the files name them -> what is handed over."""
    codes = {party.pk: code for code, party in known.items()}
    found: dict[tuple[str, str], set[str]] = {}
    for supplier, customer, deliverable in links:
        found.setdefault((codes[supplier], codes[customer]), set()).add(deliverable)
    return found
