"""What the document of a report says after its first page, part by part: data for the template ``report.typ``.

None stands for a part with nothing to say. Lengths are parts of a whole, 0..1; words stand beside every one.
"""

from __future__ import annotations

from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chainmap.domain.intervals import Interval
from chainmap.domain.moments import Moment
from chainmap.domain.nps import Bucket
from chainmap.domain.reports import LOW_COVERAGE, Report, ReportLink
from chainmap.domain.response import Band
from chainmap.exports import report_words as words
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import change_total
from chainmap.exports.report_figures import of_hundred, range_of_hundred, scaled
from chainmap.exports.report_glossary_words import glossary_rows
from chainmap.exports.report_step_words import MARKS_SHOWN, link_points
from chainmap.exports.round_words import moment_label, share_words

_NAME = 60
_NPS_ENDS = 100.0
#: Bars that begin below this part of all loss are the ones the eye should go to.
HALF = 0.5
#: Shares of moments are published in percent.
_PERCENT = 100


def range_data(value: float | None, spread: Interval | None, most: float) -> dict[str, float | None] | None:
    """A figure and its range as places on a line from 0 to ``most``; None without a figure."""
    if value is None or most <= 0:
        return None
    ends = (None, None) if spread is None else (_part(spread.low / most), _part(spread.high / most))
    return {"at": _part(value / most), "low": ends[0], "high": ends[1]}


def _part(value: float) -> float:
    return min(max(value, 0.0), 1.0)


# ---- where the loss is


def pareto_data(report: Report) -> dict[str, Any] | None:
    """The Pareto chart: each bar begins where the one before ended, so that they reach the whole."""
    if not report.pareto:
        return None
    before, rows = 0.0, []
    for bar, (_where, lost, share, together) in zip(report.pareto, words.pareto_rows(report), strict=True):
        is_rest = bar.key is None
        rows.append(
            {
                "where": _where
                if is_rest
                else words.link_title(bar.supplier, bar.customer, by_team=report.scope.by_team),
                "what": "" if is_rest else clean_text(bar.deliverable, _NAME),
                "lost": lost,
                "share": share,
                "together": together,
                "before": _part(before),
                "own": _part(bar.cumulative - before),
                "rest": is_rest,
                "first": not is_rest and before < HALF,
            }
        )
        before = bar.cumulative
    return {
        "title": _("Where the loss is"),
        "sentences": [
            sentence for sentence in (words.pareto_sentence(report), words.unrated_sentence(report)) if sentence
        ],
        "head": [words.link_word(by_team=report.scope.by_team), _("lost of 100"), _("of all loss"), _("together")],
        "rows": rows,
    }


# ---- the hand-offs one by one


def links_data(report: Report) -> dict[str, Any] | None:
    """A block for each of the first links, point by point, and a row for each of the others."""
    if not report.links:
        return None
    first, others = report.links[: words.LINKS_FIRST], report.links[words.LINKS_FIRST :]
    return {
        "title": _("The team links one by one") if report.scope.by_team else _("The hand-offs one by one"),
        "sentences": [_("Ranked by what a repair of this one alone would bring to the end customers.")],
        "cards": [_card(report, link) for link in first],
        "others_title": _("The next ones"),
        "others_head": [words.link_word(by_team=report.scope.by_team), _("lost of 100"), _("won back"), _("how sure")],
        "others": [_other(report, link) for link in others],
    }


def _card(report: Report, link: ReportLink) -> dict[str, Any]:
    return {
        "rank": str(link.rank),
        "where": words.link_title(link.supplier, link.customer, by_team=report.scope.by_team),
        "what": clean_text(link.deliverable, _NAME),
        "points": [{"label": label, "sentences": said} for label, said in link_points(report, link)],
        "ranges": [row for row in (_arrives_row(link), _gain_row(report, link)) if row is not None],
        "score": words.score_words(link.score),
        "score_label": _("mean score"),
        "reasons_title": _("Said to be the reason"),
        "reasons": [
            {"label": label, "value": value, "share": _part(share)}
            for label, value, share in words.reason_rows(link)[:3]
        ],
    }


def _other(report: Report, link: ReportLink) -> dict[str, Any]:
    """A row as on page 1, and under its name what else is known: reasons, I-CARE, what a room agreed on."""
    more = (
        words.reasons_sentence(link),
        words.care_sentence(link),
        *words.agreement_sentences(link.agreements, most=MARKS_SHOWN),
    )
    return {**link_row(report, link, words.most_shown(report)), "more": " ".join(said for said in more if said)}


def link_row(report: Report, link: ReportLink, most: float) -> dict[str, Any]:
    """One link as a row of a table: what is lost there, what a repair brings on a line to ``most``, and how sure."""
    created = words.all_created(report)
    gain, spread = link.of_created, scaled(link.recoverable_interval, created)
    return {
        "rank": str(link.rank),
        "where": words.link_title(link.supplier, link.customer, by_team=report.scope.by_team),
        "what": clean_text(link.deliverable, _NAME),
        "lost": of_hundred(link.lost / created, short=True) if link.lost is not None and created else "",
        "gain": "" if gain is None else "+" + of_hundred(gain, short=True),
        "range": "" if spread is None else range_of_hundred(spread),
        "drawn": range_data(gain, spread, most),
        "sure": words.short_certainty(report, link),
    }


def _arrives_row(link: ReportLink) -> dict[str, Any] | None:
    drawn = range_data(link.yield_, link.yield_interval, 1.0)
    if link.yield_ is None or drawn is None:
        return None
    return {
        "label": _("arrives of 100 handed over"),
        "value": of_hundred(link.yield_, short=True),
        "range": "" if link.yield_interval is None else range_of_hundred(link.yield_interval),
        "drawn": drawn,
    }


def _gain_row(report: Report, link: ReportLink) -> dict[str, Any] | None:
    created = words.all_created(report)
    spread = scaled(link.recoverable_interval, created)
    drawn = range_data(link.of_created, spread, words.most_shown(report))
    if link.of_created is None or drawn is None:
        return None
    return {
        "label": _("a repair brings, of 100"),
        "value": "+" + of_hundred(link.of_created, short=True),
        "range": "" if spread is None else range_of_hundred(spread),
        "drawn": drawn,
    }


# ---- coverage and what to ask next


def coverage_data(report: Report) -> dict[str, Any] | None:
    """How much of what was asked was answered: a bar with the limit on it, and groups in quarters."""
    coverage = report.coverage
    if coverage is None:
        return None
    share = None
    if coverage.handoffs_rated is not None and coverage.handoffs_asked:
        share = _part(coverage.handoffs_rated / coverage.handoffs_asked)
    bands = list(Band)
    flag = words.low_coverage_sentence(coverage)
    return {
        "title": _("How much was answered"),
        "sentences": [sentence for sentence in words.coverage_sentences(coverage) if sentence != flag],
        "flag": flag,
        "share": share,
        "limit": LOW_COVERAGE,
        "limit_label": _("the line stands at %(limit)s of 100") % {"limit": number_format(100 * LOW_COVERAGE, 0)},
        "head": [_("Group"), _("Answered")],
        "rows": [
            {"label": label, "value": value, "quarters": bands.index(Band(group.band))}
            for (label, value), group in zip(words.coverage_rows(coverage), coverage.teams, strict=True)
        ],
    }


def ask_data(report: Report) -> dict[str, Any] | None:
    """The questions whose answers would tell most."""
    rows = words.ask_next_rows(report)
    if not rows:
        return None
    return {
        "title": _("What to ask next"),
        "sentences": [words.ask_next_sentence(report)],
        "head": [_("What arrives"), _("So far"), _("Of what is uncertain")],
        "rows": [list(row) for row in rows],
        "has_weight": any(weight for _where, _known, weight in rows),
    }


# ---- structure, moments and scores, agreements


def structure_data(report: Report) -> dict[str, Any]:
    """What the shape of the chain says."""
    rows = [{"title": said.title, "text": said.sentence} for said in words.structure_said(report.structure)]
    return {
        "title": _("What the shape of the chain says"),
        "sentence": _structure_sentence(report, has_rows=bool(rows)),
        "rows": rows,
    }


def _structure_sentence(report: Report, *, has_rows: bool) -> str:
    if has_rows:
        return _("This holds with or without any rating.")
    if not report.finding.parties:
        return _("There is no chain yet.")
    return _("Nothing stands out: every work has a way to an end customer, and nobody stands alone in it.")


def said_data(report: Report) -> dict[str, Any] | None:
    """Moments and scores of all answers together."""
    moments, score = words.moments_sentence(report.moments), report.score
    nps, mean = words.nps_words(score), words.mean_sentence(score)
    if not (moments or nps or mean):
        return None
    return {
        "title": _("Moments and scores"),
        "mean": mean,
        "nps": nps,
        "nps_drawn": _nps_drawn(report),
        "moments": moments,
        "moment_rows": _moment_rows(report),
    }


def _nps_drawn(report: Report) -> dict[str, Any] | None:
    """A line from -100 to 100; dots while there are too few answers for a number."""
    score = report.score
    if score.nps is not None and score.nps.score is None:
        kinds = {Bucket.PROMOTER: "full", Bucket.PASSIVE: "half", Bucket.DETRACTOR: "empty"}
        return {"dots": [kinds[bucket] for bucket in score.nps.dots], "range": None} if score.nps.dots else None
    value = score.released_nps if score.nps is None else score.nps.score
    if value is None:
        return None
    spread = None if score.nps is None else score.nps.interval
    moved = None if spread is None else Interval(spread.low + _NPS_ENDS, spread.high + _NPS_ENDS)
    ends = ["−100", "0", "+100"]
    return {"dots": [], "range": range_data(value + _NPS_ENDS, moved, 2 * _NPS_ENDS), "ends": ends}


def _moment_rows(report: Report) -> list[dict[str, Any]]:
    moments = report.moments
    if moments is None:
        return []
    if moments.counts is not None:
        total = sum(moments.counts.values())
        counts = [(moment, moments.counts.get(moment, 0)) for moment in Moment] if total else []
        rows = [(moment, number_format(count, 0), count / total) for moment, count in counts]
    else:
        shares = moments.shares or {}
        rows = [
            (moment, share_words(shares[moment]), shares[moment] / _PERCENT) for moment in Moment if moment in shares
        ]
    return [
        {"label": moment_label(moment), "value": value, "share": _part(share), "kind": moment.value}
        for moment, value, share in rows
    ]


def agreements_data(report: Report) -> dict[str, Any]:
    """How many agreements there are and how they stand."""
    rows = words.agreement_rows(report.agreements)
    most = max((count for _state, count in rows), default=0)
    return {
        "title": _("Agreements"),
        "sentence": words.agreements_sentence(report.agreements),
        "note": _("What two people agreed is theirs: it is counted here, and listed nowhere."),
        "rows": [
            {"label": state, "value": number_format(count, 0), "share": count / most} for state, count in rows if most
        ],
    }


# ---- what changed


def change_data(report: Report) -> dict[str, Any] | None:
    """The parts of the change of what is lost as bars to both sides of nothing, and the hand-offs that moved most."""
    change = report.change
    if change is None:
        return None
    parts = words.change_parts(change)
    total = change_total(change)
    most = max(abs(part.amount) for part in (*parts, total)) or 1.0
    return {
        "title": _("What changed"),
        "sentences": words.change_sentences(change),
        "head": [_("Change of what is lost"), _("← less is lost · more is lost →"), _("person-equivalents")],
        "rows": [
            {"label": part.label, "value": part.words, "part": part.amount / most, "total": part is total}
            for part in (*parts, total)
        ],
        "moved_title": words.moved_title(change),
        "moved_head": words.moved_head(change),
        "moved": [list(row) for row in words.moved_rows(change)],
        "moved_note": _("Lost in person-equivalents. The last two columns add up to the change."),
    }


# ---- method


def method_data(report: Report) -> dict[str, Any]:
    """How the figures came about, what is hidden, who may see it, and what it must never be used for."""
    return {
        "title": _("How these figures came about"),
        "rows": [{"label": label, "text": text} for label, text in words.method_rows(report)],
        "words_title": _("Words used here"),
        "words": [{"label": label, "text": text} for label, text in glossary_rows(report)],
        "hidden_title": _("What is not shown"),
        "hidden": words.hidden_sentences(report.hidden),
        "pay": words.pay_sentence(),
        "reason": words.pay_reason(),
        "who_title": _("Who may see this"),
        "who": words.who_may_see(report),
        "proof": _("Made from data with the mark %(mark)s.") % {"mark": clean_text(report.proof, 16)}
        if report.proof
        else "",
    }
