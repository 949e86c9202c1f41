"""A report written as a file for whoever runs the server: found by names, in any format, written to the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from django.db import transaction

from chainmap.access import OPERATOR
from chainmap.exports.files import ExportFile
from chainmap.exports.report_files import Paper, report_file
from chainmap.models import Organization
from chainmap.services.report_requests import ReportRequest, report_taken
from chainmap.services.reports import report_find, report_sources


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Row = TypeVar("Row", bound=_Named)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is wanted of, by name; "" for none. Without a round the latest with results."""

    round: str = ""
    team: str = ""
    workshop: str = ""


class NoSuchName(Exception):  # noqa: N818 - what happened, not a mistake
    """``what`` (round, team or workshop) has none called ``name``; ``known`` are the names there are, newest first."""

    def __init__(self, what: str, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no {what} {name!r}")
        self.what, self.name, self.known = what, name, known


def report_write(*, organization: Organization, asked: Asked, format: str, paper: Paper = "a4") -> ExportFile:
    """The report as the operator of the server has it; of two of one name the newer one.

    Raises NoSuchName, NotFound where nothing was rated or measured yet, ValueError for a workshop with a round or a
    team, KeyError for an unknown format, SolverError, and what a format raises that cannot be made (DocumentError,
    PictureError, ChartError).
    """
    if asked.workshop and (asked.round or asked.team):
        raise ValueError("a workshop has a report of its own")
    sources = report_sources(actor=OPERATOR, organization=organization)
    round = _named("round", asked.round, sources.rounds)
    team = _named("team", asked.team, sources.teams)
    workshop = _named("workshop", asked.workshop, sources.workshops)
    if workshop is None and round is None:
        round = next(iter(sources.rounds), None)  # before the first one, what was imported or measured
    report = report_find(actor=OPERATOR, organization=organization, round=round, team=team, workshop=workshop)
    file = report_file(report, format=format, paper=paper)
    request = ReportRequest(
        round=None if round is None else round.pk,
        team=None if team is None else team.pk,
        workshop=None if workshop is None else workshop.pk,
        format=format,
        paper=paper,
    )
    with transaction.atomic():
        report_taken(user=None, organization=organization, request=request)
    return file


def _named(what: str, name: str, rows: Sequence[Row]) -> Row | None:
    if not name:
        return None
    wanted = " ".join(name.split())
    found = next((row for row in rows if row.name == wanted), None)
    if found is None:
        raise NoSuchName(what, name, [row.name for row in rows])
    return found
