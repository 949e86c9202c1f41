"""The sentences of the smaller parts of a report: coverage, what to ask next, structure, moments, scores, agreements.

Nobody is named who did not answer. Names come cleaned but not escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.cells import Table
from chainmap.domain.moments import Moment
from chainmap.domain.release import CellState, Clip, ReleasedCell
from chainmap.domain.reports import (
    LOW_COVERAGE,
    AgreementFigures,
    AskNextLine,
    Coverage,
    MomentLines,
    Report,
    Score,
    StructureLines,
)
from chainmap.exports.report_link_words import answers_words, place, score_words, shown_name
from chainmap.exports.round_words import cell_nps_words, moment_label, nps_sentence, response_band, response_group
from chainmap.exports.round_words import share_words as released_share
from chainmap.exports.words import percent, units

#: Names in one sentence; what is more is counted.
NAMES_TOLD = 5
#: Loops, single points and owners told one by one.
LINES_TOLD = 3


# ---- coverage


def coverage_sentences(coverage: Coverage | None) -> list[str]:
    """How much of what was asked was answered, and what it means where that is little. [] where nothing was asked."""
    if coverage is None:
        return []
    said = [_handoffs_rated(coverage), _people_answered(coverage), low_coverage_sentence(coverage)]
    return [sentence for sentence in said if sentence]


def _handoffs_rated(coverage: Coverage) -> str:
    asked = number_format(coverage.handoffs_asked, 0, force_grouping=True)
    if coverage.handoffs_rated is None:
        return ngettext(
            "%(asked)s hand-off was asked about.", "%(asked)s hand-offs were asked about.", coverage.handoffs_asked
        ) % {"asked": asked}
    text = ngettext(
        "%(rated)s of %(asked)s hand-off asked about was rated (%(share)s).",
        "%(rated)s of %(asked)s hand-offs asked about were rated (%(share)s).",
        coverage.handoffs_asked,
    )
    if not coverage.people_asked:  # it was imported or measured
        text = ngettext(
            "Of %(rated)s of %(asked)s hand-off something is known (%(share)s).",
            "Of %(rated)s of %(asked)s hand-offs something is known (%(share)s).",
            coverage.handoffs_asked,
        )
    share = coverage.handoffs_rated / coverage.handoffs_asked if coverage.handoffs_asked else 0.0
    return text % {
        "rated": number_format(coverage.handoffs_rated, 0, force_grouping=True),
        "asked": asked,
        "share": percent(share),
    }


def _people_answered(coverage: Coverage) -> str:
    asked = number_format(coverage.people_asked, 0, force_grouping=True)
    if coverage.people_answered is not None:
        text = ngettext(
            "%(answered)s of %(asked)s person who was asked has answered.",
            "%(answered)s of %(asked)s people who were asked have answered.",
            coverage.people_asked,
        )
        return text % {"answered": number_format(coverage.people_answered, 0, force_grouping=True), "asked": asked}
    if not coverage.band:
        return ""
    text = ngettext(
        "%(asked)s person was asked; %(band)s.", "%(asked)s people were asked; %(band)s.", coverage.people_asked
    )
    return text % {"asked": asked, "band": response_band(coverage.band)}


def low_coverage_sentence(coverage: Coverage | None) -> str:
    """The flag: fewer than 60 % of the hand-offs asked about were rated. "" where it is not so or cannot be said."""
    if coverage is None or not coverage.is_low:
        return ""
    if coverage.handoffs_rated == 0:
        return _("No figure can be given before somebody answers.")
    return _(
        "That is less than %(limit)s: the figures lean towards those who answered. Ask again before you act on them."
    ) % {"limit": percent(LOW_COVERAGE)}


def coverage_rows(coverage: Coverage | None) -> list[tuple[str, str]]:
    """Each group of people that may be told of: its name, and how many have answered, in coarse words."""
    if coverage is None:
        return []
    groups = coverage.teams
    return [(response_group(group.teams, len(groups)), response_band(group.band)) for group in groups]


# ---- ask next


def ask_next_sentence(report: Report) -> str:
    """Where an answer would tell most; "" where there is nothing to ask."""
    if not report.ask_next:
        return ""
    first = report.ask_next[0]
    where = place(first.supplier, first.customer, first.deliverable, by_team=report.scope.by_team)
    said = _("Ask first what arrives %(place)s.") % {"place": where}
    if first.weight is None or first.weight < 0.01:  # of one team: next to nothing of the whole is no reason to ask
        return said
    part = _("%(weight)s of what is uncertain about the whole comes from there.")
    return f"{said} {part % {'weight': percent(first.weight)}}"


def ask_next_rows(report: Report) -> list[tuple[str, str, str]]:
    """Each question: the hand-off, what stands behind it so far, and its part of what is uncertain."""
    return [_ask_row(report, line) for line in report.ask_next]


def _ask_row(report: Report, line: AskNextLine) -> tuple[str, str, str]:
    where = place(line.supplier, line.customer, line.deliverable, by_team=report.scope.by_team)
    if line.ratings:
        known = ngettext("%(count)s answer", "%(count)s answers", line.ratings) % {"count": line.ratings}
    else:
        known = _("not shown") if report.finding.released else _("no answer yet")
    return where[:1].upper() + where[1:], known, percent(line.weight) if line.weight is not None else ""


def unrated_sentence(report: Report) -> str:
    """How many hand-offs nobody rated, so that the average stands in for them; "" where there are none."""
    finding = report.finding
    unknown = len(finding.ask_next)
    if not unknown or not finding.analysed or finding.released:
        return ""
    text = ngettext(
        "%(unknown)s of %(total)s hand-offs has no answer yet and is taken as average.",
        "%(unknown)s of %(total)s hand-offs have no answer yet and are taken as average.",
        unknown,
    )
    total = number_format(len(finding.handoffs), 0, force_grouping=True)
    return text % {"unknown": number_format(unknown, 0, force_grouping=True), "total": total}


# ---- structure


@dataclass(frozen=True, slots=True)
class StructureSaid:
    """One thing the shape of the chain says: a short title, and the finding in a sentence."""

    title: str
    sentence: str


def structure_said(structure: StructureLines) -> list[StructureSaid]:
    """Every finding about the shape, in the order to talk about them; [] where there is none."""
    return [
        *_ends(structure),
        *_one_sided(structure),
        *_loops(structure),
        *_single_points(structure),
        *_owners(structure),
    ]


def _ends(structure: StructureLines) -> list[StructureSaid]:
    said = []
    if structure.dead_ends:
        text = ngettext(
            "The work of %(count)s has no way to an end customer: %(names)s.",
            "The work of %(count)s has no way to an end customer: %(names)s.",
            len(structure.dead_ends),
        )
        said.append(StructureSaid(_("No customer"), text % _counted(structure.dead_ends)))
    if structure.customers_without_supplier:
        text = ngettext(
            "%(count)s end customer receives nothing: %(names)s.",
            "%(count)s end customers receive nothing: %(names)s.",
            len(structure.customers_without_supplier),
        )
        said.append(StructureSaid(_("No supplier"), text % _counted(structure.customers_without_supplier)))
    return said


def _one_sided(structure: StructureLines) -> list[StructureSaid]:
    claims = structure.one_sided
    if not claims.count:
        return []
    text = ngettext(
        "%(count)s hand-off was named by one side only: a conversation nobody had yet.",
        "%(count)s hand-offs were named by one side only: conversations nobody had yet.",
        claims.count,
    )
    return [StructureSaid(_("One-sided"), text % {"count": number_format(claims.count, 0)})]


def _loops(structure: StructureLines) -> list[StructureSaid]:
    said = []
    for names, repeated in structure.loops[:LINES_TOLD]:
        sentence = ngettext(
            "Work can go round in a loop of %(count)s: %(names)s.",
            "Work can go round in a loop of %(count)s: %(names)s.",
            len(names),
        ) % _counted(names)
        if repeated:
            passes = _("Work of %(units)s person-equivalents passes there a second time.")
            sentence += " " + passes % {"units": units(repeated)}
        said.append(StructureSaid(_("Loop"), sentence))
    return [*said, *_more(_("Loop"), structure.loops)]


def _single_points(structure: StructureLines) -> list[StructureSaid]:
    said = []
    for name, blocked, dependence in structure.single_points[:LINES_TOLD]:
        sentence = ngettext(
            "Everything that %(count)s other does for end customers goes through %(name)s.",
            "Everything that %(count)s others do for end customers goes through %(name)s.",
            blocked,
        ) % {"count": number_format(blocked, 0), "name": shown_name(name)}
        said.append(StructureSaid(_("Single point"), _with_dependence(sentence, dependence)))
    return [*said, *_more(_("Single point"), structure.single_points)]


def _owners(structure: StructureLines) -> list[StructureSaid]:
    said = []
    for owner in structure.decision_owners[:LINES_TOLD]:
        values = {"name": shown_name(owner.name), "count": number_format(owner.handoffs, 0)}
        sentence = (
            ngettext(
                "At %(count)s hand-off an exception waits for a decision of %(name)s: could a rule replace the "
                "question?",
                "At %(count)s hand-offs an exception waits for a decision of %(name)s: could a rule replace the "
                "question?",
                owner.handoffs,
            )
            % values
        )
        said.append(StructureSaid(_("Decisions"), _with_dependence(sentence, owner.dependence)))
    return [*said, *_more(_("Decisions"), structure.decision_owners)]


def _more(title: str, found: Sequence[object]) -> list[StructureSaid]:
    more = len(found) - LINES_TOLD
    if more <= 0:
        return []
    text = ngettext("And %(count)s more of this kind.", "And %(count)s more of this kind.", more)
    return [StructureSaid(title, text % {"count": number_format(more, 0)})]


def _with_dependence(sentence: str, dependence: float | None) -> str:
    if not dependence:
        return sentence
    return sentence + " " + _("%(share)s of what end customers get passes there.") % {"share": percent(dependence)}


def _counted(names: Sequence[str]) -> dict[str, str]:
    return {"count": number_format(len(names), 0), "names": listed([shown_name(name) for name in names], len(names))}


def listed(shown: Sequence[str], count: int) -> str:
    """The first few of ``count``, and how many more there are."""
    told = ", ".join(shown[:NAMES_TOLD])
    more = count - min(len(shown), NAMES_TOLD)
    return told if more <= 0 else _("%(names)s and %(count)s more") % {"names": told, "count": number_format(more, 0)}


# ---- moments and scores


def moments_sentence(moments: MomentLines | None) -> str:
    """The balance of magic and misery: counted, or as released shares. "" where nothing was asked or may be told."""
    if moments is None:
        return ""
    if moments.counts is not None:
        return _counted_moments(moments)
    if not moments.shares:
        return ""
    shares = [
        _("%(moment)s %(share)s") % {"moment": moment_label(moment), "share": released_share(moments.shares[moment])}
        for moment in Moment
        if moment in moments.shares
    ]
    return _("Of all answers, in steps of 10\u00a0%%: %(shares)s.") % {"shares": ", ".join(shares)}


def _counted_moments(moments: MomentLines) -> str:
    counts = [(moments.counts or {}).get(moment, 0) for moment in Moment]
    magic, ordinary, misery = counts
    if not sum(counts):
        return _("Nobody named a moment yet.")
    values = {"magic": magic, "ordinary": ordinary, "misery": misery}
    said = _("Moments: %(magic)s magic, %(ordinary)s ordinary, %(misery)s misery.") % values
    rule = moments.magic_for_one_misery
    if not misery or rule is None:
        return said
    figures = {"rule": number_format(rule, 0 if rule == int(rule) else 1), "there": number_format(magic / misery, 1)}
    coaching = _(
        "For each misery there are %(there)s magic moments; by a coaching rule, not a finding, %(rule)s make up "
        "for one."
    )
    return f"{said} {coaching % figures}"


def nps_words(score: Score) -> str:
    """The net promoter score in a sentence: exact with its interval, as released, or why there is none.

    The letters NPS stand beside a figure from 10 answers on; under 5 there is no figure.
    """
    if score.nps is not None:
        return nps_sentence(score.nps)
    if score.released_nps is None:
        return ""
    cell = ReleasedCell(Table.ORGANIZATION, (), CellState.SHOWN, score.mean, Clip.NONE, None, score.released_nps)
    text = _("NPS %(score)s, in steps of 10; no range is published.")
    return text % {"score": cell_nps_words(cell)}


def mean_sentence(score: Score) -> str:
    """The mean of all that was answered, and how many stand behind it; "" where there is none."""
    if score.mean is None:
        return ""
    values = {"score": score_words(score), "answers": answers_words(score)}
    text = _("On average %(score)s (%(answers)s).") if values["answers"] else _("On average %(score)s.")
    return text % values


# ---- agreements


def agreements_sentence(figures: AgreementFigures) -> str:
    """How many agreements there are and how they stand; never which, and never whose."""
    said = []
    if figures.in_room:
        said.append(
            ngettext(
                "%(count)s agreement was made aloud in the workshop.",
                "%(count)s agreements were made aloud in the workshop.",
                figures.in_room,
            )
            % {"count": number_format(figures.in_room, 0)}
        )
    counts = (figures.kept, figures.partly, figures.not_kept, figures.open)
    if all(count is None for count in counts):
        if not said:
            said.append(_("Too few hand-offs have an agreement to say how many are kept; what two agree is theirs."))
    elif not any(counts):
        said.append(_("Nobody has made an agreement yet."))
    else:
        said.append(_agreement_counts(figures))
    return " ".join(said)


def _agreement_counts(figures: AgreementFigures) -> str:
    parts = ", ".join(
        _("%(count)s %(state)s") % {"count": number_format(count, 0), "state": state}
        for state, count in agreement_rows(figures)
    )
    return _("Agreements between two: %(parts)s.") % {"parts": parts}


def agreement_rows(figures: AgreementFigures) -> list[tuple[str, int]]:
    """Each state with its count, where it is known; overdue ones are among the open ones."""
    rows = (
        (_("kept"), figures.kept),
        (_("kept in part"), figures.partly),
        (_("not kept"), figures.not_kept),
        (_("open"), figures.open),
        (_("of these overdue"), figures.overdue),
    )
    return [(state, count) for state, count in rows if count is not None]
