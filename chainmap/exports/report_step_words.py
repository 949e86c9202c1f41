"""What a report says about one of the first hand-offs, point by point, and what to do about it on Monday.

A report shows what a room agreed on aloud and nothing of what two people agreed: where it has nothing to show, that
says nothing about whether there is an agreement. Names come cleaned but not escaped.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from chainmap.domain.reports import Report, ReportLink
from chainmap.exports import report_words as words
from chainmap.exports.report_link_words import capitalized, gain_of, is_firm, lost_at
from chainmap.exports.round_words import dimension_label

#: Agreements told one by one; what is more is counted.
MARKS_SHOWN = 4


def link_points(report: Report, link: ReportLink) -> list[tuple[str, list[str]]]:
    """Label and sentences: what arrives, what is lost, what a repair brings, how sure, what is missing, on Monday."""
    rows = [
        (_("What arrives"), [words.arrives_at(link)]),
        (_("What is lost"), [_sentence(lost_at(report, link))]),
        (_("What is gained"), [_sentence(gain_of(report, link))]),
        (_("How sure"), [words.certainty_sentence(report, link)]),
        (_("What is missing"), [words.reasons_sentence(link), words.care_sentence(link)]),
        (_("Agreed"), agreed_sentences(link)),
        (_("On Monday"), [step_sentence(report, link)]),
    ]
    told = [(label, [sentence for sentence in sentences if sentence]) for label, sentences in rows]
    return [(label, sentences) for label, sentences in told if sentences]


def _sentence(said: str) -> str:
    return capitalized(_("%(said)s.") % {"said": said}) if said else ""


def agreed_sentences(link: ReportLink) -> list[str]:
    """What a room agreed on aloud; else which agreements a report tells at all: not whether there is one."""
    said = words.agreement_sentences(link.agreements, most=MARKS_SHOWN)
    return said or [
        _("What two people agree stays between them; what is agreed aloud in a workshop with names is told here.")
    ]


def step_sentence(report: Report, link: ReportLink) -> str:
    """What to do about this one on Monday: ask first where little is known, else talk about what was named most."""
    if link.agreements:
        return _("Look together at what was agreed: does it hold, and is it enough?")
    evidence = words.evidence_words(report, link)
    if not is_firm(report, link):
        if not evidence:
            return _("Ask those who receive it how much of what they need they get.")
        return _("Ask before you act: is that usual? It rests on little (%(evidence)s).") % {"evidence": evidence}
    if link.reasons:
        advice = words.reason_advice(link.reasons[0][0])
        if advice:
            return f"{_('Half an hour, both sides at one table.')} {advice}"
    if link.care_weakest is not None:
        return _(
            "Half an hour, both sides at one table: on which day was %(dimension)s missing, and what would have helped?"
        ) % {"dimension": dimension_label(link.care_weakest)}
    return _("Half an hour, both sides at one table: what was needed, what came, and what comes next time?")


def monday_steps(report: Report, *, most: int) -> list[str]:
    """What to do on Monday (``monday_lines``), and then what to do about the next hand-offs: at most ``most`` steps."""
    steps = words.monday_lines(report)
    if not report.links or report.totals.chain_yield is None:
        return steps[:most]
    told = 1 if is_firm(report, report.links[0]) else 0  # the first line is about it
    rest = [
        _("%(place)s: %(step)s")
        % {"place": capitalized(words.place_of(report, link)), "step": step_sentence(report, link)}
        for link in report.links[told : most + told]
    ]
    return [*steps, *rest][:most]
