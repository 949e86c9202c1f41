"""An event log (who did what on which case, and when) -> hand-offs that were seen to happen (MODEL.md section 2).

A hand-off is a change of resource inside a case. A pass of it is *returned* when the next hand-off of the same case
goes straight back from the receiver to the giver. The last resource of a case hands over to the customer of the case.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from typing import NamedTuple

from chainmap.imports.errors import RowError
from chainmap.imports.fields import Fields
from chainmap.imports.limits import DEFAULT_LIMITS, Limits
from chainmap.imports.tables import read_table
from chainmap.imports.text import ID_LENGTH, clean_name
from chainmap.imports.values import point_in_time

#: Stands before a customer's name in its id, so that a resource and a customer of the same name are two parties. A
#: resource whose own name begins like this is an error (reserved_name): nobody could tell the two apart.
CUSTOMER_PREFIX = "customer:"
#: What logs write where no person is known.
PLACEHOLDERS = frozenset({"", "-", "?"})


@dataclass(frozen=True, slots=True)
class LogHandOff:
    """One hand-off by ids: ``passes`` >= 1, of which ``returned`` came straight back (0 from an end customer)."""

    supplier: str
    customer: str
    passes: int
    returned: int


@dataclass(frozen=True, slots=True)
class EventLog:
    """What an event log says about a chain.

    ``people`` are ids of resources and ``customers`` names (their ids are ``customer_id(name)``), both in the order of
    the file; ``handoffs`` are sorted by supplier and customer. ``passes`` and ``returned`` count between people only.
    Events of rows with errors are left out of everything.
    """

    people: tuple[str, ...]
    customers: tuple[str, ...]
    handoffs: tuple[LogHandOff, ...]
    cases: int
    events: int
    skipped_events: int  # their resource is a placeholder
    cases_without_resource: int
    cases_without_customer: int  # they have a resource, but nobody to hand the result to
    passes: int
    returned: int
    errors: tuple[RowError, ...]
    omitted: int
    warnings: tuple[RowError, ...]


class _Event(NamedTuple):
    case: str
    resource: str
    moment: datetime
    customer: str


def customer_id(name: str) -> str:
    """The id of an end customer of a log.

    >>> customer_id("Journal A")
    'customer:Journal A'
    """
    return CUSTOMER_PREFIX + name


def read_event_log(
    data: bytes,
    *,
    name: str,
    limits: Limits = DEFAULT_LIMITS,
    case: str = "case",
    activity: str = "activity",
    resource: str = "resource",
    timestamp: str = "timestamp",
    customer: str = "customer",
) -> EventLog:
    """Read a log with one event a row; the five names say which columns to read.

    Case, resource and timestamp are required, activity and customer are not (the activity plays no part in hand-offs).
    Events count in the order of their time inside a case, those at the same time in the order of the file.
    Raises ImportRefused when the file as a whole cannot be used.

    >>> log = read_event_log(
    ...     b"case,resource,timestamp\\n1,Ana,2025-01-01\\n1,Bo,2025-01-02\\n1,Ana,2025-01-03\\n", name="log.csv")
    >>> [(h.supplier, h.customer, h.passes, h.returned) for h in log.handoffs]
    [('Ana', 'Bo', 1, 1), ('Bo', 'Ana', 1, 0)]
    """
    table = read_table(data, name=name, limits=limits)
    case, resource, timestamp, customer = (clean_name(n).lower() for n in (case, resource, timestamp, customer))
    fields = Fields(table, required=(case, resource, timestamp))
    cases = fields.texts(case, ID_LENGTH, required=True)
    resources = fields.texts(resource, ID_LENGTH)
    moments = fields.parsed(timestamp, fields.texts(timestamp, required=True), point_in_time)
    customers = fields.texts(customer, ID_LENGTH - len(CUSTOMER_PREFIX))
    for row, text in enumerate(resources):
        if text.startswith(CUSTOMER_PREFIX):
            fields.reject(row, resource, text, "reserved_name", prefix=CUSTOMER_PREFIX)
    events = [_Event(*values[1:]) for values in fields.accepted(cases, resources, moments, customers)]
    return _summary(events, *fields.errors(), table.warnings)


def _summary(
    events: Sequence[_Event], errors: tuple[RowError, ...], omitted: int, warnings: tuple[RowError, ...]
) -> EventLog:
    passes: Counter[tuple[str, str]] = Counter()
    returned: Counter[tuple[str, str]] = Counter()
    delivered: Counter[tuple[str, str]] = Counter()
    without_resource = without_customer = 0
    histories = _histories(events)
    for history in histories:
        path = _path(history)
        steps = list(pairwise(path))
        passes.update(steps)
        returned.update(step for step, following in pairwise(steps) if following == step[::-1])
        customer = next((event.customer for event in reversed(history) if _is_known(event.customer)), None)
        if not path:
            without_resource += 1
        elif customer is None:
            without_customer += 1
        else:
            delivered[path[-1], customer_id(customer)] += 1
    handoffs = [LogHandOff(*pair, count, returned[pair]) for pair, count in (passes + delivered).items()]
    return EventLog(
        people=_distinct(event.resource for event in events),
        customers=_distinct(event.customer for event in events),
        handoffs=tuple(sorted(handoffs, key=lambda handoff: (handoff.supplier, handoff.customer))),
        cases=len(histories),
        events=len(events),
        skipped_events=sum(not _is_known(event.resource) for event in events),
        cases_without_resource=without_resource,
        cases_without_customer=without_customer,
        passes=passes.total(),
        returned=returned.total(),
        errors=errors,
        omitted=omitted,
        warnings=warnings,
    )


def _histories(events: Iterable[_Event]) -> list[list[_Event]]:
    """The events of each case in the order of their time; sorting keeps the order of the file at equal times."""
    by_case: defaultdict[str, list[_Event]] = defaultdict(list)
    for event in events:
        by_case[event.case].append(event)
    for history in by_case.values():
        history.sort(key=lambda event: event.moment)
    return list(by_case.values())


def _path(history: Iterable[_Event]) -> list[str]:
    """The known resources one after the other, each run of the same one taken once."""
    known = (event.resource for event in history if _is_known(event.resource))
    return [resource for resource, _ in groupby(known)]


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if _is_known(name)))


def _is_known(name: str) -> bool:
    return name not in PLACEHOLDERS
