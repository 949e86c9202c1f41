"""The charts of what changed since the round before: the parts of the change, and where the loss moved."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.exact_parts import exact_parts
from chainmap.domain.reports import Moved, Report, ReportChange
from chainmap.exports.chart_rows import Chart, Form, Head, Row, make_chart
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import change_total, shown_change
from chainmap.exports.report_figures import signed_units
from chainmap.exports.report_link_words import link_title
from chainmap.exports.words import units

#: The parts of a change add up to this, in person-equivalents.
_EXACT = 1e-9


def change_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """The change of all loss in its parts, which add up; None without a round to compare with."""
    change = report.change
    if change is None or not change.comparable:
        return None
    parts = [(name, amount) for name, amount in _change_parts(change) if abs(amount) >= _EXACT]
    total = change_total(change)
    cents = exact_parts([amount for _name, amount in parts], round(total.shown * 100))
    rows = [_moved_row(name, amount, shown / 100) for (name, amount), shown in zip(parts, cents, strict=True)]
    rows.append(_moved_row(_("All together"), total.amount, total.shown, bold=True))
    table = [
        (_("what changed"), _("more (+) or less (−) lost, person-equivalents")),
        *[(row.name, row.figure) for row in rows],
    ]
    drawn = (rows, _both_sides([amount for _name, amount in parts] + [total.amount], narrow), _sides_head(narrow))
    return make_chart("change", _("What changed in the loss"), _change_sentence(change), table, drawn)


def _change_parts(change: ReportChange) -> tuple[tuple[str, float], ...]:
    """The parts of the change, which add up: what is only assumed stands by itself, and not under ``by_yield`` too."""
    of_four = change.by_yield + change.by_flow + change.new + change.removed
    is_inside = abs(of_four - (change.lost_now - change.lost_before)) < _EXACT
    return (
        (_("Because more or less of it arrives"), change.by_yield - (change.by_assumed if is_inside else 0.0)),
        (_("Because more or less is handed over"), change.by_flow),
        (_("New hand-offs"), change.new),
        (_("Hand-offs that are gone"), change.removed),
        (_("Only assumed, in one of the rounds"), change.by_assumed),
    )


def _change_sentence(change: ReportChange) -> str:
    whole = change_total(change).shown
    values = {"amount": units(abs(whole)), "round": clean_text(change.round)}
    if not whole:
        return _("As much is lost as in “%(round)s”.") % values
    if whole < 0:
        return _("%(amount)s person-equivalents less are lost than in “%(round)s”.") % values
    return _("%(amount)s person-equivalents more are lost than in “%(round)s”.") % values


def moved_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """The hand-offs whose loss moved most; None where none is known."""
    change = report.change
    if change is None or not change.comparable or not change.moved:
        return None
    rows = [
        _moved_row(
            link_title(moved.supplier, moved.customer),
            moved.now - moved.before,
            shown_change(moved)[0],
            detail=_moved_detail(moved),
        )
        for moved in change.moved
    ]
    table = [
        (_("from"), _("to"), _("deliverable"), _("before"), _("now"), _("by share"), _("by amount"), _("kind")),
        *[_moved_line(moved) for moved in change.moved],
    ]
    drawn = (rows, _both_sides([moved.now - moved.before for moved in change.moved], narrow), _sides_head(narrow))
    first = change.moved[0]
    values = {"where": link_title(first.supplier, first.customer), "amount": signed_units(shown_change(first)[0])}
    sentence = _("The loss moved most at %(where)s: %(amount)s person-equivalents.") % values
    return make_chart("moved", _("Where the loss moved"), sentence, table, drawn)


def _moved_row(name: str, amount: float, shown: float, *, detail: str = "", bold: bool = False) -> Row:
    return Row(name, 0, amount, "leak" if amount > 0 else "accent", detail, signed_units(shown), bold=bold)


def _kind_words(kind: str) -> str:
    return {"both": "", "new": pgettext("a hand-off", "new"), "removed": pgettext("a hand-off", "gone")}[kind]


def _moved_detail(moved: Moved) -> str:
    return " · ".join(part for part in (clean_text(moved.deliverable), _kind_words(moved.kind)) if part)


def _moved_line(moved: Moved) -> tuple[str, ...]:
    return (
        clean_text(moved.supplier),
        clean_text(moved.customer),
        clean_text(moved.deliverable),
        units(moved.before),
        units(moved.now),
        *map(signed_units, shown_change(moved)[1:]),
        _kind_words(moved.kind),
    )


def _both_sides(amounts: Sequence[float], narrow: bool) -> Form:
    """A scale with zero inside, and room for a figure at either end."""
    most = max(map(abs, amounts), default=0.0) or 1.0
    return Form(-most, most, narrow, name_width=270, column_width=0)


def _sides_head(narrow: bool) -> Head:
    return Head(marks=((0.0, _("← less lost · more lost →") if narrow else _("← less is lost · more is lost →")),))
