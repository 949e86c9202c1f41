"""The three files that describe a chain: people, hand-offs, ratings. Bytes in, checked rows and errors out.

What one file alone can tell is checked here; whether an id is known is for the caller, who has the other files and the
stored chain. An empty cell, like a missing column, reads as None: an update then leaves the stored value alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from chainmap.domain.records import PartyKind
from chainmap.imports.errors import Problem, RowError, written_out
from chainmap.imports.fields import Fields
from chainmap.imports.limits import DEFAULT_LIMITS, Limits
from chainmap.imports.tables import Table, read_table, unread_columns
from chainmap.imports.text import (
    DELIVERABLE_LENGTH,
    EMAIL_LENGTH,
    ID_LENGTH,
    NAME_LENGTH,
    ROLE_LENGTH,
    TEAM_LENGTH,
)
from chainmap.imports.values import (
    UnfitError,
    capacity,
    email_address,
    iso_date,
    party_kind,
    rescaled_score,
    volume,
)

PEOPLE_COLUMNS = ("id", "name", "kind", "team", "role", "email", "capacity")
HANDOFF_COLUMNS = ("supplier", "customer", "deliverable", "volume")
RATING_COLUMNS = ("supplier", "customer", "deliverable", "score", "rater", "date", "scale_min", "scale_max")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One party. ``capacity`` >= 0 in person-equivalents."""

    line: int
    id: str
    name: str
    kind: PartyKind | None
    team: str | None
    role: str | None
    email: str | None
    capacity: float | None


@dataclass(frozen=True, slots=True)
class HandOffRow:
    """One hand-off; supplier and customer are ids. ``deliverable`` "" is the unnamed one; ``volume`` > 0."""

    line: int
    supplier: str
    customer: str
    deliverable: str
    volume: float | None


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating, ``score`` already on the scale 0..10. ``deliverable`` None: the file does not say which hand-off;
    ``rater`` None: the customer itself."""

    line: int
    supplier: str
    customer: str
    deliverable: str | None
    score: float
    rater: str | None
    given_on: date | None


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """The rows without error; the first errors, and how many more (``omitted``); warnings. So for all three files."""

    rows: tuple[PersonRow, ...]
    errors: tuple[RowError, ...]
    omitted: int
    warnings: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class HandOffsFile:
    rows: tuple[HandOffRow, ...]
    errors: tuple[RowError, ...]
    omitted: int
    warnings: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class RatingsFile:
    rows: tuple[RatingRow, ...]
    errors: tuple[RowError, ...]
    omitted: int
    warnings: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Ratings beside the hand-offs they are about.

    ``matched`` have their deliverable resolved; ``missing`` name a hand-off that is not there: to be reported, neither
    lost nor imported; ``errors`` (and ``omitted`` more) could be about several hand-offs, or rate one twice.
    """

    matched: tuple[RatingRow, ...]
    missing: tuple[RatingRow, ...]
    errors: tuple[RowError, ...]
    omitted: int


def read_people(data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS) -> PeopleFile:
    """Read parties: columns PEOPLE_COLUMNS, of which id and name are required.

    Raises ImportRefused when the file as a whole cannot be used.

    >>> read_people(b"id,name,kind\\na,Ana,employee\\n,Bo,\\n", name="people.csv").errors[0].reason
    'The column “id” is empty.'
    """
    return people_in(read_table(data, name=name, limits=limits))


def people_in(table: Table) -> PeopleFile:
    """The parties of a table that was read already. Raises ImportRefused as :func:`read_people`."""
    fields = Fields(table, required=("id", "name"))
    ids = fields.texts("id", ID_LENGTH, required=True)
    names = fields.texts("name", NAME_LENGTH, required=True)
    kinds = fields.parsed("kind", fields.texts("kind"), party_kind)
    teams = _or_none(fields.texts("team", TEAM_LENGTH))
    roles = _or_none(fields.texts("role", ROLE_LENGTH))
    emails = fields.parsed("email", fields.texts("email", EMAIL_LENGTH), email_address)
    capacities = fields.parsed(
        "capacity", fields.texts("capacity"), partial(capacity, decimal_comma=table.decimal_comma)
    )
    fields.reject_repeated("id", _or_none(ids), ids, "duplicate_id")
    fields.reject_repeated(
        "email", [email and email.casefold() for email in emails], [email or "" for email in emails], "duplicate_email"
    )
    rows = tuple(PersonRow(*values) for values in fields.accepted(ids, names, kinds, teams, roles, emails, capacities))
    return PeopleFile(rows, *fields.errors(), _warnings(table, PEOPLE_COLUMNS))


def read_handoffs(data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS) -> HandOffsFile:
    """Read hand-offs: columns HANDOFF_COLUMNS, of which supplier and customer are required.

    Raises ImportRefused when the file as a whole cannot be used.

    >>> read_handoffs(b"supplier,customer,volume\\na,b,3\\n", name="handoffs.csv").rows
    (HandOffRow(line=2, supplier='a', customer='b', deliverable='', volume=3.0),)
    """
    return handoffs_in(read_table(data, name=name, limits=limits))


def handoffs_in(table: Table) -> HandOffsFile:
    """The hand-offs of a table that was read already. Raises ImportRefused as :func:`read_handoffs`."""
    fields = Fields(table, required=("supplier", "customer"))
    suppliers, customers = _both_ends(fields)
    deliverables = fields.texts("deliverable", DELIVERABLE_LENGTH)
    volumes = fields.parsed("volume", fields.texts("volume"), partial(volume, decimal_comma=table.decimal_comma))
    keys = list(zip(suppliers, customers, deliverables, strict=True))
    fields.reject_repeated("deliverable", keys, deliverables, "duplicate_handoff")
    rows = tuple(HandOffRow(*values) for values in fields.accepted(suppliers, customers, deliverables, volumes))
    return HandOffsFile(rows, *fields.errors(), _warnings(table, HANDOFF_COLUMNS))


def read_ratings(data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS) -> RatingsFile:
    """Read ratings: columns RATING_COLUMNS, of which supplier, customer and score are required.

    A score is on the scale scale_min..scale_max of its row (0..10 when both are empty) and comes out on 0..10.
    Raises ImportRefused when the file as a whole cannot be used.

    >>> read_ratings(b"supplier,customer,score,scale_min,scale_max\\na,b,4,1,5\\n", name="r.csv").rows[0].score
    7.5
    """
    table = read_table(data, name=name, limits=limits)
    fields = Fields(table, required=("supplier", "customer", "score"))
    suppliers, customers = _both_ends(fields)
    deliverables = fields.texts("deliverable", DELIVERABLE_LENGTH)
    scores = _scores(fields, decimal_comma=table.decimal_comma)
    raters = fields.texts("rater", ID_LENGTH)
    dates = fields.parsed("date", fields.texts("date"), iso_date)
    for row, (supplier, customer, rater) in enumerate(zip(suppliers, customers, raters, strict=True)):
        if rater and rater == supplier != customer:
            fields.reject(row, "rater", rater, "self_rating")
    given_by = [rater or customer for rater, customer in zip(raters, customers, strict=True)]
    keys = [
        key if fields.is_accepted(row) else None
        for row, key in enumerate(zip(suppliers, customers, deliverables, given_by, dates, strict=True))
    ]
    fields.reject_repeated("rater", keys, raters, "duplicate_rating")
    rows = tuple(
        RatingRow(*values)
        for values in fields.accepted(suppliers, customers, _or_none(deliverables), scores, _or_none(raters), dates)
    )
    return RatingsFile(rows, *fields.errors(), _warnings(table, RATING_COLUMNS))


def match_ratings(
    ratings: Iterable[RatingRow], known_handoffs: Mapping[tuple[str, str], Collection[str]], *, name: str = ""
) -> Matching:
    """Find the hand-off of each rating; ``known_handoffs`` gives the deliverables by (supplier, customer).

    A rating that names no deliverable is about the unnamed one ("") if there is one, else about the only one there is.
    ``name`` is the file's, for the messages.
    """
    matched: list[RatingRow] = []
    missing: list[RatingRow] = []
    problems: list[Problem] = []
    first: dict[object, int] = {}
    for rating in ratings:
        choices = known_handoffs.get((rating.supplier, rating.customer), ())
        deliverable = _deliverable_of(rating, choices)
        if deliverable is not None:
            key = (rating.supplier, rating.customer, deliverable, rating.rater or rating.customer, rating.given_on)
            earlier = first.setdefault(key, rating.line)
            if earlier != rating.line:
                facts: dict[str, object] = {"first": earlier}
                problems.append(Problem(rating.line, "rater", rating.rater or "", "duplicate_rating", facts))
            else:
                is_said = rating.deliverable == deliverable
                matched.append(rating if is_said else replace(rating, deliverable=deliverable))
        elif rating.deliverable is None and choices:
            facts = {"supplier": rating.supplier, "customer": rating.customer, "choices": ", ".join(sorted(choices))}
            problems.append(Problem(rating.line, "deliverable", "", "ambiguous_deliverable", facts))
        else:
            missing.append(rating)
    return Matching(tuple(matched), tuple(missing), *written_out(problems, file=name))


def _deliverable_of(rating: RatingRow, choices: Collection[str]) -> str | None:
    """Which of the deliverables is rated, None when that cannot be told."""
    wanted = "" if rating.deliverable is None else rating.deliverable
    if wanted in choices:
        return wanted
    return next(iter(choices)) if rating.deliverable is None and len(choices) == 1 else None


def _both_ends(fields: Fields) -> tuple[list[str], list[str]]:
    """Suppliers and customers; rejects hand-offs from a party to itself."""
    suppliers = fields.texts("supplier", ID_LENGTH, required=True)
    customers = fields.texts("customer", ID_LENGTH, required=True)
    for row, (supplier, customer) in enumerate(zip(suppliers, customers, strict=True)):
        if supplier == customer != "":
            fields.reject(row, "customer", customer, "self_handoff")
    return suppliers, customers


def _scores(fields: Fields, *, decimal_comma: bool) -> list[float | None]:
    """The scores on 0..10; each distinct (score, scale) is worked out once."""
    triples = list(
        zip(
            fields.texts("score", required=True),
            fields.texts("scale_min"),
            fields.texts("scale_max"),
            strict=True,
        )
    )
    scores: dict[tuple[str, str, str], float | UnfitError | None] = {}
    for triple in set(triples):
        try:
            scores[triple] = rescaled_score(*triple, decimal_comma=decimal_comma) if triple[0] else None
        except UnfitError as error:
            scores[triple] = error
    result: list[float | None] = []
    for row, triple in enumerate(triples):
        score = scores[triple]
        if isinstance(score, UnfitError):
            fields.reject(row, "score", triple[0], score.code, **score.facts)
            score = None
        result.append(score)
    return result


def _or_none(texts: Sequence[str]) -> list[str | None]:
    return [text or None for text in texts]


def _warnings(table: Table, known: Sequence[str]) -> tuple[RowError, ...]:
    return (*table.warnings, *unread_columns(table, known))
