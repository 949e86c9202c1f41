"""Two rounds, all rounds, and the matrix of teams as files: whole figures, the same field names in every language.

CSV is RFC 4180 in UTF-8 with a byte order mark, texts guarded against being run as formulas, empty where nothing is
known; JSON has null there. The same record gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from chainmap.domain.compared import Compared, ComparedRound
from chainmap.domain.compared_map import ComparedMap
from chainmap.domain.formula_guard import guarded
from chainmap.domain.intervals import Interval
from chainmap.domain.round_changes import HandOffChange
from chainmap.domain.team_matrix import Group, TeamMatrix
from chainmap.exports.compare_picture import compare_svg
from chainmap.exports.compare_picture_words import picture_title
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.report_json import plain

Cell = str | int | float | bool | None
_CSV, _JSON, _SVG = "text/csv; charset=utf-8", "application/json", "image/svg+xml; charset=utf-8"
#: Another one when a field is taken away or means something else.
EDITION = 1

COMPARE_FIELDS = (
    "supplier", "supplier_name", "customer", "customer_name", "deliverable", "presence", "assumed",
    "yield_before", "yield_now", "flow_before", "flow_now", "lost_before", "lost_now", "change", "by_yield", "by_flow",
)  # fmt: skip
TREND_FIELDS = (
    "round", "closed_on", "mode", "chain_yield", "yield_low", "yield_high", "mean_score", "nps", "nps_low", "nps_high",
    "released_nps", "lost", "created",
)  # fmt: skip
MATRIX_FIELDS = (
    "supplier_kind", "supplier_team", "customer_kind", "customer_team", "handoffs", "assumed", "flow", "lost",
    "lost_share", "yield", "answers", "mean_score", "nps", "released_nps",
)  # fmt: skip


def compare_csv(compared: Compared) -> ExportFile:
    """Every hand-off of the two rounds, most changed first."""
    return _csv("compare", compared.organization, COMPARE_FIELDS, _compare_rows(compared))


def compare_json(compared: Compared) -> ExportFile:
    """The same, with the two rounds, the parts of the change and its range before it."""
    change = compared.change
    told = {
        "edition": EDITION,
        "organization": compared.organization,
        "before": _round_fields(compared.before),
        "now": _round_fields(compared.now),
        "obstacle": compared.obstacle,
        "by_team": compared.by_team,
        "yield_before": None if change is None else change.yield_before,
        "yield_now": None if change is None else change.yield_now,
        "difference": None if change is None else _ends(change.difference),
        "lost_before": None if change is None else change.lost_before,
        "lost_now": None if change is None else change.lost_now,
        "parts": None if change is None else plain(change.parts),
        "nps": plain(compared.nps),
        "agreements": plain(compared.agreements),
        "handoffs": [dict(zip(COMPARE_FIELDS, row, strict=True)) for row in _compare_rows(compared)],
    }
    return _json("compare", compared.organization, told)


def compare_picture_file(compared: Compared, found: ComparedMap) -> ExportFile:
    """The picture with its legend."""
    title = picture_title(compared.before.name, compared.now.name)
    markup = compare_svg(found, title=title, legend=True).encode("utf-8", "replace")
    return ExportFile(export_filename("compare", compared.organization, "svg"), _SVG, markup)


def trend_csv(rounds: Sequence[ComparedRound], organization: str) -> ExportFile:
    """A line a round, oldest first."""
    return _csv("trend", organization, TREND_FIELDS, map(_trend_row, rounds))


def trend_json(rounds: Sequence[ComparedRound], organization: str) -> ExportFile:
    """The same for programs."""
    told = {"edition": EDITION, "organization": organization, "rounds": [_round_fields(one) for one in rounds]}
    return _json("trend", organization, told)


def matrix_csv(matrix: TeamMatrix, organization: str) -> ExportFile:
    """A line for each cell that is there, all teams of it."""
    return _csv("matrix", organization, MATRIX_FIELDS, _matrix_rows(matrix))


def _compare_rows(compared: Compared) -> Iterable[Sequence[Cell]]:
    handoffs = () if compared.change is None else compared.change.handoffs
    return (_compare_row(compared, one) for one in handoffs)


def _compare_row(compared: Compared, one: HandOffChange) -> Sequence[Cell]:
    return (
        one.supplier, compared.names.get(one.supplier, ""), one.customer, compared.names.get(one.customer, ""),
        one.deliverable, one.presence.value, one.is_assumed, one.yield_before, one.yield_now, one.flow_before,
        one.flow_now, one.lost_before, one.lost_now, one.change, one.by_yield, one.by_flow,
    )  # fmt: skip


def _round_fields(one: ComparedRound) -> dict[str, Cell]:
    return dict(zip(TREND_FIELDS, _trend_row(one), strict=True))


def _trend_row(one: ComparedRound) -> Sequence[Cell]:
    exact = one.score.nps
    low, high = _ends(one.interval) or (None, None)
    nps_low, nps_high = _ends(None if exact is None else exact.interval) or (None, None)
    return (
        one.name, one.closed_on.isoformat() if one.closed_on else None, one.mode, one.chain_yield, low, high,
        one.score.mean, None if exact is None else exact.score, nps_low, nps_high, one.score.released_nps, one.lost,
        one.created,
    )  # fmt: skip


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [interval.low, interval.high]


def _matrix_rows(matrix: TeamMatrix) -> Iterable[Sequence[Cell]]:
    for cell in matrix.cells.values():
        score = cell.score
        exact = None if score is None or score.nps is None else score.nps.score
        yield (
            *_group(cell.supplier), *_group(cell.customer), cell.handoffs, cell.assumed, cell.flow, cell.lost,
            cell.lost_share, cell.yield_, None if score is None else score.answers,
            None if score is None else score.mean, exact, None if score is None else score.released_nps,
        )  # fmt: skip


def _group(group: Group) -> tuple[str, str]:
    return group.kind.value, group.team


def _csv(subject: str, organization: str, fields: Sequence[str], rows: Iterable[Sequence[Cell]]) -> ExportFile:
    text = io.StringIO(newline="")
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
    content = text.getvalue().encode("utf-8", "replace")
    return ExportFile(export_filename(subject, organization, "csv"), _CSV, content)


def _written(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return int(cell)
    return guarded(cell) if isinstance(cell, str) else cell


def _json(subject: str, organization: str, told: dict[str, Any]) -> ExportFile:
    content = orjson.dumps(plain(told))
    return ExportFile(export_filename(subject, organization, "json"), _JSON, content)
