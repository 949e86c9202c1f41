"""The matrix of teams as a table of words: what stands in a cell, how strong it is coloured, sums, and the finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.exact_parts import exact_parts, shown_steps
from chainmap.domain.matrix_folding import OTHERS, cut_matrix
from chainmap.domain.nps import ENOUGH_FOR_THE_NAME
from chainmap.domain.records import PartyKind
from chainmap.domain.release import NPS_LIMIT
from chainmap.domain.reports import Score
from chainmap.domain.team_matrix import Group, Margin, MatrixCell, TeamMatrix
from chainmap.exports.compare_words import plain_cents
from chainmap.exports.picture_style import yield_band
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import MINUS, of_hundred
from chainmap.exports.words import percent

#: Teams with a row and a column of their own on the page; files have all of them.
MOST_TEAMS = 40
#: Upper limits of the bands 0..3 of an amount, as a share of the largest cell.
_AMOUNT_LIMITS = (0.1, 0.3, 0.55, 0.8)
#: Lower limits of the bands of a net promoter score, worst (band 0) first.
_NPS_LIMITS = (-50, -10, 10, 50)


class Measure(StrEnum):
    """What the cells say."""

    LOSS = "loss"
    YIELD = "yield"
    NPS = "nps"
    FLOW = "flow"


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell: its words, its class ("band-0" .. "amount-4", "hidden", "none"), and the column it stands in."""

    column: str
    words: str
    look: str
    is_assumed: bool = False  # all of it is: "≈" stands before it


@dataclass(frozen=True, slots=True)
class ShownRow:
    """What one group hands over, cell by cell, and its sum."""

    name: str
    cells: Sequence[ShownCell]
    total: str


@dataclass(frozen=True, slots=True)
class ShownMatrix:
    """The table of one measure. ``totals`` stand below the columns, ``total`` in the corner."""

    measure: Measure
    columns: Sequence[str]
    rows: Sequence[ShownRow]
    totals: Sequence[ShownCell]
    total: str
    put_together: int  # teams that share the row and the column of all others
    has_assumed: bool
    has_hidden: bool

    @property
    def has_sums(self) -> bool:
        """Whether its figures can be put together: scores of groups cannot."""
        return self.measure != Measure.NPS


def shown_matrix(matrix: TeamMatrix, measure: Measure, *, released: bool) -> ShownMatrix:
    """The matrix by one measure. ``released``: a figure that is not there is one that is not shown."""
    cut, put_together = cut_matrix(matrix, MOST_TEAMS)
    suppliers, customers = cut.suppliers, cut.customers
    look = _Look(measure, released, _cents(cut, measure), _largest(cut, measure))
    rows = [
        ShownRow(
            name=group_words(supplier),
            cells=[look.cell(cut.cells.get((supplier, customer)), customer) for customer in customers],
            total=look.margin(_of(cut.rows, supplier), [cut.cells.get((supplier, each)) for each in customers]),
        )
        for supplier in suppliers
    ]
    totals = [
        ShownCell(
            group_words(customer),
            look.margin(_of(cut.columns, customer), [cut.cells.get((each, customer)) for each in suppliers]),
            "sum",
        )
        for customer in customers
    ]
    shown = [cell for row in rows for cell in row.cells]
    return ShownMatrix(
        measure=measure,
        columns=[group_words(customer) for customer in customers],
        rows=rows,
        totals=totals,
        total=_corner(cut, measure, look),
        put_together=put_together,
        has_assumed=any(cell.is_assumed for cell in shown),
        has_hidden=any(cell.look == "hidden" for cell in shown),
    )


def _cents(matrix: TeamMatrix, measure: Measure) -> dict[tuple[Group, Group], int]:
    """Amounts in hundredths as they are shown: all cells together are what is shown of the sum."""
    if measure not in (Measure.LOSS, Measure.FLOW):
        return {}
    known = {ends: _amount(cell, measure) for ends, cell in matrix.cells.items()}
    values = {ends: value for ends, value in known.items() if value is not None}
    return dict(zip(values, exact_parts(list(values.values()), shown_steps(sum(values.values()))), strict=True))


def _amount(cell: MatrixCell, measure: Measure) -> float | None:
    return cell.lost if measure == Measure.LOSS else cell.flow


def _largest(matrix: TeamMatrix, measure: Measure) -> float:
    """The largest amount between two groups of their own: what is put together would make all others pale."""
    own = [cell for ends, cell in matrix.cells.items() if OTHERS not in (ends[0].team, ends[1].team)]
    return max((_amount(cell, measure) or 0.0 for cell in own), default=0.0) or 1.0


def _of(margins: Sequence[Margin], group: Group) -> Margin:
    return next(margin for margin in margins if margin.group == group)


@dataclass(frozen=True, slots=True)
class _Look:
    """How cells of one measure are written."""

    measure: Measure
    released: bool
    cents: dict[tuple[Group, Group], int]
    largest: float

    def cell(self, cell: MatrixCell | None, column: Group) -> ShownCell:
        """One cell; "" where nothing is handed over."""
        name = group_words(column)
        if cell is None:
            return ShownCell(name, "", "none")
        if self.measure == Measure.YIELD:
            if cell.yield_ is None:
                return ShownCell(name, self.missing(), "hidden")
            return ShownCell(name, of_hundred(cell.yield_), f"band-{yield_band(cell.yield_)}")
        if self.measure == Measure.NPS:
            return self.score(cell.score, name)
        value = _amount(cell, self.measure)
        if value is None:
            return ShownCell(name, self.missing(), "hidden")
        band = sum(1 for limit in _AMOUNT_LIMITS if value >= limit * self.largest)
        words = plain_cents(self.cents[cell.supplier, cell.customer])
        is_assumed = self.measure == Measure.LOSS and cell.assumed == cell.handoffs
        return ShownCell(name, f"≈ {words}" if is_assumed else words, f"amount-{band}", is_assumed)

    def score(self, score: Score | None, name: str) -> ShownCell:
        """The net promoter score of a cell, exact from ten answers on, else as released."""
        exact = None if score is None else score.nps
        if exact is not None and exact.score is not None and exact.named:
            return ShownCell(name, exact.signed or "0", _nps_look(exact.score))
        released = None if score is None else score.released_nps
        if released is not None:
            return ShownCell(name, _released_words(released), _nps_look(released))
        if exact is not None and not self.released:
            return ShownCell(name, _("under %(count)s answers") % {"count": ENOUGH_FOR_THE_NAME}, "hidden")
        return ShownCell(name, self.missing(), "hidden")

    def missing(self) -> str:
        """Why there is no figure where something is handed over."""
        return _("not shown") if self.released else _("not rated")

    def margin(self, margin: Margin, cells: Sequence[MatrixCell | None]) -> str:
        """The sum of a row or a column: of amounts what its cells show together."""
        if self.measure == Measure.NPS:
            return "–"
        if self.measure == Measure.YIELD:
            return "–" if margin.yield_ is None else of_hundred(margin.yield_)
        shown = [self.cents.get((cell.supplier, cell.customer)) for cell in cells if cell is not None]
        known = [one for one in shown if one is not None]
        return plain_cents(sum(known)) if len(known) == len(shown) else "–"


def _corner(matrix: TeamMatrix, measure: Measure, look: _Look) -> str:
    if measure in (Measure.LOSS, Measure.FLOW):
        return plain_cents(sum(look.cents.values())) if len(look.cents) == len(matrix.cells) else "–"
    if measure == Measure.NPS:
        return "–"
    flows = [margin.flow for margin in matrix.rows]
    known = [flow for flow in flows if flow is not None]
    if matrix.lost is None or len(known) < len(flows) or not sum(known):
        return "–"
    return of_hundred(1 - matrix.lost / sum(known))


def _nps_look(score: int) -> str:
    return f"band-{sum(1 for limit in _NPS_LIMITS if score >= limit)}"


def _released_words(score: int) -> str:
    shown = f"{MINUS if score < 0 else '+' if score > 0 else ''}{abs(score)}"
    if score >= NPS_LIMIT:
        return _("%(figure)s or more") % {"figure": shown}
    return _("%(figure)s or less") % {"figure": shown} if score <= -NPS_LIMIT else shown


def group_words(group: Group) -> str:
    """The name of a row or column, cleaned."""
    if group.kind == PartyKind.END_CUSTOMER:
        return _("End customers")
    if group.kind == PartyKind.EXTERNAL_SUPPLIER:
        return _("External suppliers")
    if group.team == OTHERS:
        return _("All other teams")
    return clean_text(group.team) or _("People without a team")


def measure_words(measure: Measure) -> str:
    """The name of a measure, as the link that switches to it."""
    return {
        Measure.LOSS: pgettext("matrix", "Lost"),
        Measure.YIELD: pgettext("matrix", "Arrives"),
        Measure.NPS: pgettext("matrix", "NPS"),
        Measure.FLOW: pgettext("matrix", "Handed over"),
    }[measure]


def measure_sentence(measure: Measure) -> str:
    """What a figure of that measure is, with its unit."""
    return {
        Measure.LOSS: _("Person-equivalents lost on the way from the team on the left to the team on top."),
        Measure.YIELD: _("Of every 100 units handed over, how many arrive."),
        Measure.NPS: _("The net promoter score of those who receive: from −100 to +100."),
        Measure.FLOW: _("Person-equivalents of work that are handed over."),
    }[measure]


def largest_sentence(matrix: TeamMatrix) -> str:
    """Between which two teams most is lost, and inside which one; what is only assumed does not count."""
    if not matrix.cells:
        return _("No team hands anything to another one yet.")
    known = [cell for cell in matrix.cells.values() if cell.lost and cell.assumed < cell.handoffs]
    if not known:
        return _("Where most is lost between teams cannot be said yet.")
    ranked = sorted(known, key=lambda cell: (-round(cell.lost or 0.0, 12), cell.supplier, cell.customer))
    between = next((cell for cell in ranked if cell.supplier != cell.customer), None)
    said = [] if between is None else [_lost_sentence(between)]
    if ranked[0].supplier == ranked[0].customer:
        said.append(_inside_sentence(ranked[0]))
    return " ".join(said)


def _lost_sentence(cell: MatrixCell) -> str:
    values = {"supplier": group_words(cell.supplier), "customer": group_words(cell.customer)} | _amounts(cell)
    return (
        _(
            "Between teams most is lost from %(supplier)s to %(customer)s: %(lost)s person-equivalents, %(share)s of "
            "all that is lost."
        )
        % values
    )


def _inside_sentence(cell: MatrixCell) -> str:
    values = {"team": group_words(cell.supplier)} | _amounts(cell)
    return _("More is lost inside %(team)s: %(lost)s, %(share)s of all.") % values


def _amounts(cell: MatrixCell) -> dict[str, str]:
    return {"lost": plain_cents(shown_steps(cell.lost or 0.0)), "share": percent(cell.lost_share or 0.0)}
