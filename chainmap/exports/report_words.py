"""Every sentence of a report, in the reader's language, the same on page, paper, slide and sheet: the summary is here.

The parts have modules of their own (``report_link_words``, ``report_part_words``, ``report_change_words``,
``report_method_words``); what others write from a report they take from here or from there. The link is at fault, never
the person; what is not known is said. Names come cleaned but not escaped.
"""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Basis
from chainmap.domain.reasons import Reason
from chainmap.domain.reports import Report, ReportLink, Subject
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import change_parts, change_sentences, moved_head, moved_rows, moved_title
from chainmap.exports.report_figures import (
    of_hundred,
    plural_of,
    range_of_hundred,
    scaled,
    sure_range,
)
from chainmap.exports.report_link_words import (
    agreement_sentences,
    all_created,
    arrives_at,
    care_sentence,
    certainty_sentence,
    date_words,
    evidence_words,
    is_enough,
    is_firm,
    link_sentence,
    link_title,
    link_word,
    loss_sentence,
    most_shown,
    place,
    place_of,
    reason_rows,
    reasons_sentence,
    score_words,
    short_certainty,
    top_words,
)
from chainmap.exports.report_method_words import (
    hidden_sentences,
    method_rows,
    pay_reason,
    pay_sentence,
    who_may_see,
)
from chainmap.exports.report_part_words import (
    agreement_rows,
    agreements_sentence,
    ask_next_rows,
    ask_next_sentence,
    coverage_rows,
    coverage_sentences,
    low_coverage_sentence,
    mean_sentence,
    moments_sentence,
    nps_words,
    structure_said,
    unrated_sentence,
)
from chainmap.exports.report_whole_words import pareto_rows, pareto_sentence, whole_words

__all__ = [
    "agreement_rows",
    "agreement_sentences",
    "agreements_sentence",
    "all_created",
    "arrives_at",
    "ask_next_rows",
    "ask_next_sentence",
    "care_sentence",
    "certainty_sentence",
    "change_parts",
    "change_sentences",
    "coverage_rows",
    "coverage_sentences",
    "date_words",
    "evidence_words",
    "headline",
    "hidden_sentences",
    "link_sentence",
    "link_title",
    "link_word",
    "loss_sentence",
    "low_coverage_sentence",
    "mean_sentence",
    "method_rows",
    "moments_sentence",
    "monday_lines",
    "most_shown",
    "moved_head",
    "moved_rows",
    "moved_title",
    "nps_words",
    "pareto_rows",
    "pareto_sentence",
    "pay_reason",
    "pay_sentence",
    "place",
    "place_of",
    "reason_rows",
    "reasons_sentence",
    "report_subject",
    "report_title",
    "score_words",
    "short_certainty",
    "structure_said",
    "top_words",
    "unrated_sentence",
    "who_may_see",
    "whole_words",
]

#: Links of the ranking on page 1.
LINKS_FIRST = 5


def report_title(report: Report) -> str:
    """What stands on top: "Where work is lost: Sales"."""
    scope = report.scope
    about = clean_text(scope.name, 80) if scope.subject != Subject.ORGANIZATION else ""
    return _("Where work is lost: %(name)s") % {"name": about or clean_text(scope.organization, 80) or "?"}


def report_subject(report: Report) -> list[str]:
    """Of what, from when and under which rules, as short parts: kind, organization, round, day."""
    scope = report.scope
    kind = {
        Subject.ORGANIZATION: _("Bottleneck report"),
        Subject.TEAM: _("Bottleneck report of a team"),
        Subject.WORKSHOP: _("Bottleneck report of a workshop"),
    }[scope.subject]
    parts = [kind]
    if scope.subject != Subject.ORGANIZATION:
        parts.append(clean_text(scope.organization, 80))
    if scope.round:
        parts.append(_("round “%(round)s”") % {"round": clean_text(scope.round, 120)})
        if scope.version > 1:
            parts.append(_("version %(number)s") % {"number": scope.version})
    if scope.closed_on:
        parts.append(date_words(scope.closed_on))
    return [part for part in parts if part]


# ---- the three sentences


def headline(report: Report) -> tuple[str, str, str]:
    """The report in three sentences: how much arrives, where most is lost, what to do on Monday."""
    return arrives_sentence(report), most_lost_sentence(report), monday_sentence(report)


def arrives_sentence(report: Report) -> str:
    """How much of every 100 units arrives, with the range in words; or why that cannot be said."""
    finding, totals = report.finding, report.totals
    if not finding.parties:
        return _("There is no chain yet: nobody and no hand-off has been entered.")
    if not finding.analysed:
        if finding.released and report.score.answers:
            return _(
                "Too few answers at any one team link to show a figure: how much of the work reaches the end customer "
                "cannot be said."
            )
        return _("No ratings yet: how much of the work reaches the end customer cannot be said.")
    if totals.chain_yield is None:
        return _("Nobody creates work of their own yet, so nothing can be lost or delivered.")
    said = _arrives(report, of_hundred(totals.chain_yield))
    if totals.interval is None:
        return said + "."
    return said + _("; most likely it is %(range)s (90\u00a0%% sure).") % {"range": range_of_hundred(totals.interval)}


def _arrives(report: Report, figure: str) -> str:
    """Without its full stop; a team's own work includes what it is handed, and ends at its direct customers."""
    number = plural_of(figure)
    text = {
        Subject.ORGANIZATION: ngettext(
            "Of every 100 units of work this organization creates, %(arrives)s reaches the end customers",
            "Of every 100 units of work this organization creates, %(arrives)s reach the end customers",
            number,
        ),
        Subject.TEAM: ngettext(
            "Of every 100 units of work this team does or is handed, %(arrives)s arrives at its direct customers",
            "Of every 100 units of work this team does or is handed, %(arrives)s arrive at its direct customers",
            number,
        ),
        Subject.WORKSHOP: ngettext(
            "Of every 100 units of work created in the chain of this workshop, %(arrives)s reaches the end customers",
            "Of every 100 units of work created in the chain of this workshop, %(arrives)s reach the end customers",
            number,
        ),
    }[report.scope.subject]
    return text % {"arrives": figure}


def most_lost_sentence(report: Report) -> str:
    """The hand-off where most is lost, in every 100 units of all work; or that nothing is lost or known."""
    if report.totals.chain_yield is None:
        if not report.finding.parties:
            return _("Where work is lost shows once it is there and those who receive work have answered.")
        return _("Where work is lost cannot be said either: it takes answers of those who receive it.")
    worst = next((bar for bar in report.pareto if bar.key is not None and bar.lost > 0), None)
    created = all_created(report)
    if worst is None or not created:
        return _("No loss was reported anywhere.")
    where = place(worst.supplier, worst.customer, worst.deliverable, by_team=report.scope.by_team)
    values = {"place": where, "lost": of_hundred(worst.lost / created)}
    if report.scope.subject == Subject.TEAM:
        return _("Most is lost %(place)s: %(lost)s of every 100 units the whole organization creates.") % values
    return _("Most is lost %(place)s: %(lost)s of every 100.") % values


def monday_sentence(report: Report) -> str:
    """What to do on Monday: the repair that brings most, or what must be asked first."""
    if not report.finding.parties:
        return _("On Monday: enter the people and who hands work to whom, or import them from a file.")
    first = _best(report)
    if first is None:
        return _first_question(report)
    where = place_of(report, first)
    if not is_firm(report, first):
        return _(
            "On Monday: ask before you act. What little is known points to what happens %(place)s (%(evidence)s)."
        ) % {"place": where, "evidence": evidence_words(report, first)}
    values = {
        "place": where,
        "gain": of_hundred(first.of_created or 0.0),
        "range": sure_range(scaled(first.recoverable_interval, all_created(report))),
    }
    text = _(
        "On Monday: talk about what is handed over %(place)s, both sides at one table; if everything arrived there, "
        "%(gain)s more of every 100 would reach the end customers%(range)s."
    )
    return text % values


def _best(report: Report) -> ReportLink | None:
    """The link whose repair brings most, if it brings anything."""
    return next((link for link in report.links if link.of_created and link.basis != Basis.ASSUMED), None)


def _first_question(report: Report) -> str:
    if report.ask_next:
        first = report.ask_next[0]
        where = place(first.supplier, first.customer, first.deliverable, by_team=report.scope.by_team)
        return _("On Monday: ask those who receive work how much they get, first %(place)s.") % {"place": where}
    if report.totals.chain_yield is None:
        return _("On Monday: ask those who receive work how much of what they need they get.")
    return _("On Monday: keep what works, and ask again in the next round.")


# ---- what to do on Monday, step by step


def monday_lines(report: Report) -> list[str]:
    """Up to three steps for Monday: a talk about one hand-off, a question, and agreements to look at again."""
    lines = [_talk_line(report), _ask_line(report), _overdue_line(report)]
    steps = [line for line in lines if line]
    return steps or [monday_sentence(report)]


def _talk_line(report: Report) -> str:
    first = _best(report)
    if first is None or not is_firm(report, first):
        return ""
    said = _("Half an hour about what is handed over %(place)s, both sides at one table.") % {
        "place": place_of(report, first)
    }
    parts = [said, reason_advice(first.reasons[0][0]) if first.reasons else ""]
    if not is_enough(report, first):
        thin = _("It rests on little (%(evidence)s): begin by asking whether that is usual.")
        parts.append(thin % {"evidence": evidence_words(report, first)})
    return " ".join(part for part in parts if part)


def reason_advice(reason: Reason) -> str:
    """What helps against the reason named most; "" where nothing general can be said."""
    return {
        Reason.UNSPOKEN_EXPECTATION: _("Many thought the other would do it: say aloud what each side expects."),
        Reason.HABIT: _("It is done as always: ask the receiving side what it needs today."),
        Reason.NO_OWNER: _("It belongs to nobody: give it an owner."),
        Reason.NO_POWER_TO_DECIDE: _("They must ask for authorization: say what may be decided without asking."),
        Reason.LATE: _("It comes late: agree on a day and an hour."),
        Reason.INCOMPLETE: _("It comes incomplete: write down together what belongs to it."),
        Reason.NOT_WHAT_I_NEED: _("It is not what is needed: show what it is used for."),
    }.get(reason, "")


def _ask_line(report: Report) -> str:
    coverage, asked = report.coverage, ask_next_sentence(report)
    if coverage is None or not coverage.is_low:
        return asked
    if coverage.handoffs_rated:
        again = _("Ask again those who receive work: too few have answered.")
    else:
        again = _("Ask those who receive work how much of what they need they get.")
    return f"{again} {asked}".strip()


def _overdue_line(report: Report) -> str:
    overdue = report.agreements.overdue
    if not overdue:
        return ""
    return ngettext(
        "%(count)s agreement is past its day: ask what is in the way, not who.",
        "%(count)s agreements are past their day: ask what is in the way, not who.",
        overdue,
    ) % {"count": number_format(overdue, 0)}
