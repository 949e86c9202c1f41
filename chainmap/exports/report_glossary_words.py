"""The words a report uses, each explained in a sentence: only those that stand in it.

How figures are made stands under the method (``report_method_words``); here is what the words mean.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from chainmap.domain.icare import Dimension
from chainmap.domain.reports import Report
from chainmap.exports import report_words as words
from chainmap.exports.report_link_words import capitalized
from chainmap.exports.round_words import dimension_label


def glossary_rows(report: Report) -> list[tuple[str, str]]:
    """A word and what it means, in the order a reader meets them; [] where there is no chain."""
    if not report.finding.parties:
        return []
    rows = [*_of_work(report), *_of_answers(report), *_of_shape(report)]
    return [(capitalized(word), text) for word, text in rows]


def _of_work(report: Report) -> list[tuple[str, str]]:
    handoff = _("Something one side gives to another, who needs it to serve a customer of its own.")
    if report.scope.by_team:
        handoff = _("Everything one team gives to another, which needs it to serve a customer of its own.")
    rows = [(_("hand-off"), handoff)]
    if report.totals.chain_yield is None:
        return rows
    rows += [
        (_("every 100"), _("All the work created, cut into 100 parts of one size, so that figures can be compared.")),
        (_("lost"), _("What the receiving side needed and did not get.")),
    ]
    if any(part.kind == "stranded" for part in words.whole_words(report)):
        rows.append(
            (_("reach no end customer"), _("Work that arrives where no hand-off leads on towards an end customer."))
        )
    if report.links:
        rows.append(
            (
                _("won back"),
                _("What reaches the end customers in addition if everything arrives at this one hand-off."),
            )
        )
    return rows


def _of_answers(report: Report) -> list[tuple[str, str]]:
    rows = []
    if words.nps_words(report.score):
        rows.append(
            (
                _("NPS"),
                _("Net promoter score: the share of scores 9 and 10 less that of 0 to 6, from −100 to +100."),
            )
        )
    if any(link.care_weakest is not None for link in report.links):
        parts = ", ".join(dimension_label(dimension) for dimension in Dimension)
        rows.append(
            (_("I-CARE"), _("Five parts of good service that a receiver can miss: %(parts)s.") % {"parts": parts})
        )
    if words.moments_sentence(report.moments):
        rows.append(
            (
                _("magic, ordinary, misery"),
                _("How a receiver remembers a hand-off: better than hoped for, as expected, or worse than feared."),
            )
        )
    return rows


def _of_shape(report: Report) -> list[tuple[str, str]]:
    structure = report.structure
    rows = []
    if structure.loops:
        rows.append((_("loop"), _("Work that comes back to where it has been: what is lost in it is lost each time.")))
    if structure.single_points:
        rows.append(
            (_("single point"), _("A place that all work of others goes through: without it, that work goes nowhere."))
        )
    if structure.one_sided.count:
        rows.append((_("one-sided"), _("One side named the hand-off, the other did not: each sees another chain.")))
    return rows
