"""The charts of what changed since the round before: the parts of the change, and where the loss moved."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chainmap.domain.reports import Moved, Report, ReportChange
from chainmap.exports.chart_rows import Chart, Form, Head, Row, make_chart
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import change_parts, change_total, kind_words, shown_change
from chainmap.exports.report_link_words import link_title
from chainmap.exports.words import signed_units, units


def change_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """The change of all loss in its parts, which add up; None without a round to compare with."""
    change = report.change
    if change is None or not change.comparable:
        return None
    parts, total = change_parts(change), change_total(change)
    rows = [_moved_row(part.label, part.amount, part.shown) for part in parts]
    rows.append(_moved_row(total.label, total.amount, total.shown, bold=True))
    table = [
        (_("what changed"), _("more (+) or less (−) lost, person-equivalents")),
        *[(row.name, row.figure) for row in rows],
    ]
    drawn = (rows, _both_sides([part.amount for part in (*parts, total)], narrow), _sides_head(narrow))
    return make_chart("change", _("What changed in the loss"), _change_sentence(change), table, drawn)


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
            link_title(moved.supplier, moved.customer, by_team=change.by_team),
            moved.now - moved.before,
            shown_change(moved)[0],
            detail=_moved_detail(moved),
        )
        for moved in change.moved
    ]
    table = [
        (
            _("from"),
            _("to"),
            _("deliverable"),
            _("before"),
            _("now"),
            _("by what arrives"),
            _("by what is handed over"),
            _("kind"),
        ),
        *[_moved_line(moved) for moved in change.moved],
    ]
    drawn = (rows, _both_sides([moved.now - moved.before for moved in change.moved], narrow), _sides_head(narrow))
    first = change.moved[0]
    where = link_title(first.supplier, first.customer, by_team=change.by_team)
    values = {"where": where, "amount": signed_units(shown_change(first)[0])}
    sentence = _("The loss moved most at %(where)s: %(amount)s person-equivalents.") % values
    return make_chart("moved", _("Where the loss moved"), sentence, table, drawn)


def _moved_row(name: str, amount: float, shown: float, *, detail: str = "", bold: bool = False) -> Row:
    return Row(name, 0, amount, "leak" if amount > 0 else "accent", detail, signed_units(shown), bold=bold)


def _moved_detail(moved: Moved) -> str:
    return " · ".join(part for part in (clean_text(moved.deliverable), kind_words(moved)) if part)


def _moved_line(moved: Moved) -> tuple[str, ...]:
    return (
        clean_text(moved.supplier),
        clean_text(moved.customer),
        clean_text(moved.deliverable),
        units(moved.before),
        units(moved.now),
        *map(signed_units, shown_change(moved)[1:]),
        kind_words(moved),
    )


def _both_sides(amounts: Sequence[float], narrow: bool) -> Form:
    """A scale with zero inside, and room for a figure at either end."""
    most = max(map(abs, amounts), default=0.0) or 1.0
    return Form(-most, most, narrow, name_width=330, column_width=0)


def _sides_head(narrow: bool) -> Head:
    return Head(marks=((0.0, _("← less lost · more lost →") if narrow else _("← less is lost · more is lost →")),))
