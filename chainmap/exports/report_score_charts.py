"""The charts of what people said: moments of magic and misery, and the net promoter score."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.moments import Moment
from chainmap.domain.nps import ENOUGH_FOR_THE_NAME, NetPromoterScore
from chainmap.domain.release import NPS_LIMIT
from chainmap.domain.reports import Report, Score
from chainmap.domain.shares import HIGHEST_SHARE, LOWEST_SHARE
from chainmap.exports.chart_rows import Chart, Form, Head, Row, make_chart
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import MINUS
from chainmap.exports.report_part_words import moments_sentence, nps_words
from chainmap.exports.words import percent

#: Pixels beside the longest bar, for "1,234" and for "10 % or less".
_FIGURE, _SHARE = 66, 112


def moments_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """Magic against misery, in counts or in shares; None where no moment was told."""
    lines = report.moments
    counts, shares = (lines.counts, lines.shares) if lines is not None else (None, None)
    told = counts if counts is not None else shares
    nothing = 0 if counts is not None else LOWEST_SHARE  # a share at its low end says nothing of a question
    if not told or max(told.values()) <= nothing:
        return None
    looks = {Moment.MAGIC: "accent", Moment.ORDINARY: "neutral", Moment.MISERY: "leak"}
    # a workshop counts the two that matter, without the ordinary ones
    asked = [moment for moment in looks if moment in told]
    write = _share_words if counts is None else _count_words
    rows = [Row(_moment_name(moment), 0, told[moment], looks[moment], "", write(told[moment])) for moment in asked]
    form = Form(
        0,
        max(told.values()),
        narrow,
        name_width=120,
        column_width=0,
        figure_room=_FIGURE if counts is not None else _SHARE,
    )
    table = [
        (_("moment"), _("told of") if counts is not None else _("of all answers")),
        *[(row.name, row.figure) for row in rows],
    ]
    return make_chart(
        "moments", _("Moments: magic against misery"), moments_sentence(lines), table, (rows, form, Head())
    )


def _moment_name(moment: Moment) -> str:
    return {
        Moment.MAGIC: pgettext("moments", "Magic"),
        Moment.ORDINARY: pgettext("moments", "Ordinary"),
        Moment.MISERY: pgettext("moments", "Misery"),
    }[moment]


def _count_words(count: int) -> str:
    return number_format(count, 0)


def _share_words(share: int) -> str:
    """A released share: the ends stand for "or less" and "or more"."""
    shown = percent(share / 100)
    if share <= LOWEST_SHARE:
        return _("%(share)s or less") % {"share": shown}
    return _("%(share)s or more") % {"share": shown} if share >= HIGHEST_SHARE else shown


# ---- would they recommend it


def nps_chart(report: Report, *, narrow: bool = False) -> Chart | None:
    """The net promoter score with its range, and the one before; None under ten answers, or where none is published."""
    rows, table = [], []
    change = report.change
    if change is not None and change.comparable and change.nps_before is not None:
        rows += _exact_row(clean_text(change.round) or _("before"), change.nps_before, "neutral")
    now = clean_text(report.scope.round or report.scope.name) or _("now")
    mine = (
        _exact_row(now, report.score.nps, "accent")
        if report.score.nps is not None
        else _released_row(now, report.score)
    )
    if not mine:
        return None
    rows += mine
    table = [(_("when"), _("net promoter score"), _("90\u00a0% sure: between")), *[_nps_line(row) for row in rows]]
    form = Form(-100, 100, narrow, name_width=190, column_width=110)
    marks = tuple((at, _signed(at)) for at in (-100, 0, 100))
    return make_chart("nps", _("Net promoter score"), nps_words(report.score), table, (rows, form, Head("", "", marks)))


def _signed(value: float) -> str:
    shown = round(value)
    return f"{MINUS if shown < 0 else '+' if shown > 0 else ''}{number_format(abs(shown), 0)}"


def _exact_row(name: str, found: NetPromoterScore, kind: str) -> list[Row]:
    if found.score is None or found.interval is None or found.answers < ENOUGH_FOR_THE_NAME:
        return []
    between = _("%(low)s to %(high)s") % {"low": _signed(found.interval.low), "high": _signed(found.interval.high)}
    return [
        Row(name, found.interval.low, found.interval.high, kind, "", _signed(found.score), between, dot=found.score)
    ]


def _released_row(name: str, score: Score) -> list[Row]:
    if score.released_nps is None:
        return []
    at, shown = score.released_nps, _signed(score.released_nps)
    if at <= -NPS_LIMIT:
        shown = _("%(score)s or less") % {"score": shown}
    elif at >= NPS_LIMIT:
        shown = _("%(score)s or more") % {"score": shown}
    return [Row(name, at, at, "accent", "", shown, _("in steps of ten"), dot=at)]


def _nps_line(row: Row) -> tuple[str, str, str]:
    return row.name, row.figure, row.column
