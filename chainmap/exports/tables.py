"""The bottleneck finding as rows: CSV for spreadsheets, JSON for programs, a plain-text table for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import Any

import orjson
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Bottlenecks, HandOffFinding
from chainmap.domain.formula_guard import guarded
from chainmap.exports import words
from chainmap.exports.plain_text import clean_text, fit, shown_width

#: Column or JSON field -> attribute of the finding, in the order they are written.
TOTAL_FIELDS = ("organization", "created", "delivered", "lost", "stranded", "chain_yield", "mean_yield")
HANDOFF_FIELDS = {
    "rank": "rank",
    "supplier": "supplier",
    "customer": "customer",
    "deliverable": "deliverable",
    "volume": "volume",
    "share": "share",
    "basis": "basis",
    "ratings": "ratings",
    "passes": "passes",
    "returned": "returned",
    "yield": "yield_",
    "flow": "flow",
    "lost": "lost",
    "lost_share": "lost_share",
    "recoverable": "recoverable",
    "recoverable_error": "recoverable_error",
}
PARTY_FIELDS = {
    "id": "id",
    "name": "name",
    "kind": "kind",
    "team": "team",
    "inflow": "inflow",
    "reach": "reach",
    "dependence": "dependence",
    "dependence_error": "dependence_error",
    "most_important_client": "most_important_client",
}

_handoff_values = attrgetter(*HANDOFF_FIELDS.values())
_party_values = attrgetter(*PARTY_FIELDS.values())


def bottlenecks_csv(finding: Bottlenecks) -> bytes:
    """Every hand-off, one line each: RFC 4180, UTF-8 with a byte order mark, fields named as in the JSON.

    Numbers are written so that reading them gives the same number; what is not known is an empty field.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HANDOFF_FIELDS)
    writer.writerows(_csv_rows(finding.handoffs))
    return text.getvalue().encode("utf-8-sig", "replace")


def _csv_rows(handoffs: Iterable[HandOffFinding]) -> Iterator[tuple[Any, ...]]:
    for handoff in handoffs:
        rank, supplier, customer, deliverable, *figures = _handoff_values(handoff)
        yield (rank, guarded(supplier), guarded(customer), guarded(deliverable), *figures)


def bottlenecks_json(finding: Bottlenecks) -> bytes:
    """The whole finding as one JSON object: totals, ``handoffs`` (every one, ranked first), ``parties``.

    What is not known is null. Half characters (lone surrogates), which JSON cannot carry, become "?".
    """
    document: dict[str, Any] = {field: getattr(finding, field) for field in TOTAL_FIELDS}
    document["handoffs"] = _objects(HANDOFF_FIELDS, map(_handoff_values, finding.handoffs))
    document["parties"] = _objects(PARTY_FIELDS, map(_party_values, finding.parties))
    try:
        return orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    except orjson.JSONEncodeError:
        return orjson.dumps(_whole_characters(document), option=orjson.OPT_SERIALIZE_NUMPY)


def _objects(fields: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    names = tuple(fields)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _whole_characters(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {key: _whole_characters(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_characters(item) for item in value]
    return value


def bottlenecks_table(finding: Bottlenecks, *, top: int | None = 10, width: int = 100) -> str:
    """The finding for a terminal: what it says in a sentence, then the hand-offs to work on, worst first.

    ``top`` limits the hand-offs listed (None = all ranked ones), ``width`` is the columns available (at least 60
    are used). Without any rating the shape of the chain and the next step are told instead. Ends with a newline.
    """
    lines = [words.headline(finding)]
    lines += _nonempty(words.where_the_rest_goes(finding))
    if finding.analysed and finding.ranked:
        lines += ["", *_ranked_lines(finding, top, max(width, 60))]
        lines += _spaced(words.worst_handoff_sentence(finding))
    lines += _spaced(words.assumed_sentence(finding))
    if not finding.analysed:
        lines += _spaced("\n".join(words.structure_sentences(finding)))
    lines += _spaced(words.next_step(finding))
    return "\n".join(lines) + "\n"


def _nonempty(line: str) -> list[str]:
    return [line] if line else []


def _spaced(line: str) -> list[str]:
    return ["", line] if line else []


def _ranked_lines(finding: Bottlenecks, top: int | None, width: int) -> list[str]:
    ranked = finding.ranked
    shown = ranked if top is None else ranked[:top]
    names = words.party_names(finding)
    rows = [_row(handoff, names) for handoff in shown]
    header = ("#", _("from"), _("to"), _("deliverable"), _("arrives"), _("lost"), _("of all lost"), _("repair brings"))
    lines = _aligned([(*header, _("based on")), *rows], width)
    if len(shown) < len(ranked):
        more = len(ranked) - len(shown)
        lines.append(
            ngettext(
                "%(count)s more hand-off is not listed here.", "%(count)s more hand-offs are not listed here.", more
            )
            % {"count": more}
        )
    lines.append(_("“lost” and “repair brings” are units of work (person-equivalents)."))
    return lines


def _row(handoff: HandOffFinding, names: dict[str, str]) -> tuple[str, ...]:
    brings = "" if handoff.recoverable is None else "+" + words.units(handoff.recoverable)
    if handoff.recoverable_error is not None and handoff.recoverable_error >= 0.005:
        brings += " ±" + words.units(handoff.recoverable_error)
    return (
        str(handoff.rank),
        names.get(handoff.supplier, clean_text(handoff.supplier)),
        names.get(handoff.customer, clean_text(handoff.customer)),
        clean_text(handoff.deliverable),
        "" if handoff.yield_ is None else words.percent(handoff.yield_),
        "" if handoff.lost is None else words.units(handoff.lost),
        "" if handoff.lost_share is None else words.percent(handoff.lost_share),
        brings,
        words.evidence(handoff),
    )


_TEXT_COLUMNS = (1, 2, 3)
_LEFT_ALIGNED = (1, 2, 3, 8)
_NARROWEST_TEXT = 8


def _aligned(rows: list[tuple[str, ...]], width: int) -> list[str]:
    """Rows padded to columns; the texts (from, to, deliverable) give way where the line would be too long."""
    empty = {column for column in range(len(rows[0])) if not any(row[column] for row in rows[1:])}
    columns = [column for column in range(len(rows[0])) if column not in empty]
    widths = {column: max(shown_width(row[column]) for row in rows) for column in columns}
    too_long = sum(widths.values()) + 2 * (len(columns) - 1) - width
    while too_long > 0:
        widest = max((column for column in _TEXT_COLUMNS if column in widths), key=lambda column: widths[column])
        if widths[widest] <= _NARROWEST_TEXT:
            break
        widths[widest] -= 1
        too_long -= 1
    return ["  ".join(_cell(row[column], column, widths[column]) for column in columns).rstrip() for row in rows]


def _cell(text: str, column: int, width: int) -> str:
    return fit(text, width) if column in _LEFT_ALIGNED else " " * (width - shown_width(text)) + text
