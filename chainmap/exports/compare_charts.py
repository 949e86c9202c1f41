"""The charts of two rounds: each with its finding as a sentence and its figures as a table."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from chainmap.domain.compared import Compared
from chainmap.domain.round_changes import RoundComparison
from chainmap.exports.chart_rows import Chart, Form, Head, Row, make_chart
from chainmap.exports.compare_words import ShownPart, change_rows, loss_parts, loss_sentence, loss_total

#: Bars of hand-offs.
_MOST_BARS = 10


def compare_charts(compared: Compared, *, narrow: bool = False) -> dict[str, Chart]:
    """The charts of two rounds by name; none where they are not taken apart."""
    change = compared.change
    if change is None:
        return {}
    made = (parts_chart(change, by_team=compared.by_team, narrow=narrow), moved_chart(compared, narrow=narrow))
    return {chart.name: chart for chart in made if chart is not None}


def parts_chart(change: RoundComparison, *, by_team: bool = False, narrow: bool = False) -> Chart:
    """The change of all loss in its parts, which add up as they are shown."""
    parts = [*loss_parts(change, by_team=by_team), loss_total(change)]
    rows = [_bar(part, bold=part.name == "total") for part in parts]
    table = [
        (_("what changed"), _("more (+) or less (−) lost, person-equivalents")),
        *[(part.label, part.words) for part in parts],
    ]
    drawn = (rows, _both_sides([part.cents for part in parts], narrow), _sides_head(narrow))
    return make_chart("parts", _("What moved the loss"), loss_sentence(change, by_team=by_team), table, drawn)


def moved_chart(compared: Compared, *, narrow: bool = False) -> Chart | None:
    """The hand-offs whose loss changed most; None where nothing of it shows."""
    found = [row for row in change_rows(compared, most=_MOST_BARS) if row.cents]
    if not found:
        return None
    rows = [
        Row(
            row.where,
            0,
            row.cents,
            "leak" if row.cents > 0 else "accent",
            " · ".join(part for part in (row.deliverable, row.kind) if part),
            row.difference,
        )
        for row in found
    ]
    table = [
        (_("where"), _("lost before"), _("lost now"), _("more (+) or less (−) lost, person-equivalents")),
        *[(row.where, row.before, row.now, row.difference) for row in found],
    ]
    values = {"where": found[0].where, "amount": found[0].difference}
    sentence = _("The loss changed most at %(where)s: %(amount)s person-equivalents.") % values
    drawn = (rows, _both_sides([row.cents for row in found], narrow), _sides_head(narrow))
    return make_chart("moved", _("Where the loss changed most"), sentence, table, drawn)


def _bar(part: ShownPart, *, bold: bool) -> Row:
    return Row(part.label, 0, part.cents, "leak" if part.cents > 0 else "accent", "", part.words, bold=bold)


def _both_sides(amounts: Sequence[float], narrow: bool) -> Form:
    most = max(map(abs, amounts), default=0.0) or 1.0
    return Form(-most, most, narrow, name_width=330, column_width=0)


def _sides_head(narrow: bool) -> Head:
    return Head(marks=((0.0, _("← less lost · more lost →") if narrow else _("← less is lost · more is lost →")),))
