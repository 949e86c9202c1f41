"""The sentences about one hand-off of a report: what is lost there, what a repair would bring, and how sure that is.

The link is at fault, never a person: "between A and B". Names come cleaned but not escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.answers import ENOUGH
from chainmap.domain.cells import Table
from chainmap.domain.findings import Basis, HandOffFinding
from chainmap.domain.release import CellState, Clip, ReleasedCell
from chainmap.domain.reports import AgreementMark, Report, ReportLink, Score
from chainmap.exports import words
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import of_hundred, plural_of, scaled, sure_range
from chainmap.exports.round_words import cell_mean_words, cell_raters_words, dimension_label, reason_label, share_words
from chainmap.exports.words import LIKELY_FROM_PASSES, LIKELY_FROM_RATINGS, percent

#: Reasons in a sentence, most named first.
REASONS_TOLD = 3
_DRAWS_TOLD = 100
#: Draws count how often a hand-off is among so many.
_FIRST = 5
#: A place held in this part of the draws is worth a talk, however few have answered.
_FIRM_FROM = 0.75
_NAME = 60


def shown_name(name: str) -> str:
    """A name of one line, cleaned; "?" for none."""
    return clean_text(name, _NAME) or "?"


def place(supplier: str, customer: str, deliverable: str = "", *, by_team: bool = False) -> str:
    """Where a hand-off is, from names: "between Ann and Bob (forecast)"; "inside Sales" for work within a team.

    >>> place("Ann", "Bob", "forecast"), place("Sales", "Sales", by_team=True)
    ('between Ann and Bob (forecast)', 'inside Sales')
    """
    values = {
        "supplier": shown_name(supplier),
        "customer": shown_name(customer),
        "deliverable": clean_text(deliverable, _NAME),
    }
    if by_team and supplier == customer:
        text = _("inside %(supplier)s (%(deliverable)s)") if values["deliverable"] else _("inside %(supplier)s")
    elif values["deliverable"]:
        text = _("between %(supplier)s and %(customer)s (%(deliverable)s)")
    else:
        text = _("between %(supplier)s and %(customer)s")
    return text % values


def place_of(report: Report, link: ReportLink) -> str:
    """Where one of the report's links is: "between Ann and Bob (forecast)"."""
    return place(link.supplier, link.customer, link.deliverable, by_team=report.scope.by_team)


def link_title(supplier: str, customer: str, *, by_team: bool = False) -> str:
    """A hand-off as a heading or a row: "Ann → Bob"; "inside Sales" for work within a team."""
    if by_team and supplier == customer:
        return capitalized(place(supplier, customer, by_team=True))
    return _("%(supplier)s → %(customer)s") % {"supplier": shown_name(supplier), "customer": shown_name(customer)}


def link_word(*, by_team: bool) -> str:
    """What stands over a column of links: "Hand-off", or "Team link" where only teams are known."""
    return _("Team link") if by_team else _("Hand-off")


# ---- what is lost and what a repair brings


def link_sentence(report: Report, link: ReportLink) -> str:
    """The one sentence of a link: where, what is lost there of all work, what repairing it alone would bring."""
    said, where = _loss(report, link), place_of(report, link)
    if not said:
        return _("Nothing can be said of the work lost %(place)s.") % {"place": where}
    return capitalized(_("%(place)s, %(said)s.") % {"place": where, "said": said})


def loss_sentence(report: Report, link: ReportLink) -> str:
    """The same where the place stands in a heading: what is lost and what a repair would bring; "" if not known."""
    said = _loss(report, link)
    return capitalized(_("%(said)s.") % {"said": said}) if said else ""


def capitalized(sentence: str) -> str:
    """With a large first letter; the rest stays.

    >>> capitalized("between Ann and Bob")
    'Between Ann and Bob'
    """
    return sentence[:1].upper() + sentence[1:]


def _loss(report: Report, link: ReportLink) -> str:
    return "; ".join(part for part in (lost_at(report, link), gain_of(report, link)) if part)


def all_created(report: Report) -> float:
    """What the whole organization creates (person-equivalents), also in the report of a team; 0 where nothing."""
    told = (link.recoverable / link.of_created for link in report.links if link.recoverable and link.of_created)
    return next(told, report.totals.created)


def lost_at(report: Report, link: ReportLink) -> str:
    """What is lost there: "12 of every 100 units of all work are lost"; "" where it is not known."""
    created = all_created(report)
    if link.lost is None or not created:
        return ""
    share = of_hundred(link.lost / created)
    text = ngettext(
        "%(lost)s of every 100 units of all work is lost",
        "%(lost)s of every 100 units of all work are lost",
        plural_of(share),
    )
    return text % {"lost": share}


def gain_of(report: Report, link: ReportLink) -> str:
    """What a repair brings: "repairing it alone would bring 3 more of every 100 ..."; "" where it is not known."""
    if link.of_created is None:
        return ""
    values = {
        "gain": of_hundred(link.of_created),
        "range": sure_range(scaled(link.recoverable_interval, all_created(report))),
    }
    return _("repairing it alone would bring %(gain)s more of every 100 to the end customers%(range)s") % values


def arrives_at(link: ReportLink) -> str:
    """How much of what is handed over there arrives, with its range: a sentence; "" where it is not known."""
    if link.yield_ is None:
        return ""
    values = {"arrives": of_hundred(link.yield_), "range": sure_range(link.yield_interval)}
    text = ngettext(
        "Of every 100 units handed over there, %(arrives)s arrives%(range)s.",
        "Of every 100 units handed over there, %(arrives)s arrive%(range)s.",
        plural_of(values["arrives"]),
    )
    return text % values


def most_shown(report: Report) -> float:
    """The largest share of all work that a range of a gain reaches, so that all ranges have one scale; above 0."""
    ends = [scaled(link.recoverable_interval, all_created(report)) for link in report.links]
    shares = [link.of_created or 0.0 for link in report.links] + [end.high for end in ends if end is not None]
    return max(shares, default=0.0) or 1.0


# ---- how sure


def certainty_sentence(report: Report, link: ReportLink) -> str:
    """How sure the place of a link is: its evidence, and how often it is among the largest when the figures are drawn.

    "Likely (7 answers). Among the five largest in 92 of 100 draws."
    """
    evidence, top = evidence_words(report, link), "" if _is_short(report) else top_words(link)
    if not evidence:
        return top
    if is_enough(report, link):
        text = _("Likely (%(evidence)s). %(top)s")
    elif is_firm(report, link):
        text = _("Few answers so far (%(evidence)s), yet its place is likely. %(top)s")
    else:
        text = _("Too early to tell (%(evidence)s). %(top)s")
        top = "" if _is_thin(report) else top
    return (text % {"evidence": evidence, "top": top}).strip()


def short_certainty(report: Report, link: ReportLink) -> list[str]:
    """How sure, as the lines of a cell: "92 of 100 draws" (among the first five) and "7 answers"; [] if not told."""
    parts = [evidence_words(report, link)]
    if link.top_probability is not None and not (_is_thin(report) or _is_short(report)):
        times = number_format(round(link.top_probability * _DRAWS_TOLD), 0)
        parts.insert(0, _("%(times)s of 100 draws") % {"times": times})
    return [part for part in parts if part]


def top_words(link: ReportLink) -> str:
    """How often: "Among the five largest in 92 of 100 draws."; "" where nothing was drawn."""
    if link.top_probability is None:
        return ""
    times = {"times": number_format(round(link.top_probability * _DRAWS_TOLD), 0)}
    return _("Among the five largest in %(times)s of 100 draws.") % times


def evidence_words(report: Report, link: ReportLink) -> str:
    """What stands behind a link: "7 answers", "5–7 people", "34 passes, 5 returned"; "" where it may not be told."""
    if link.score.answers:
        return answers_words(link.score)
    found = _finding_of(report, link)
    if found is None or link.basis in (Basis.GIVEN, Basis.ASSUMED):
        return ""
    return words.evidence(found)


def answers_words(score: Score) -> str:
    """How many: "7 answers", or a band of people, "5–7 people"; "" where there are none or they are not shown."""
    if score.answers.isdecimal():
        count = int(score.answers)
        return ngettext("%(count)s answer", "%(count)s answers", count) % {
            "count": number_format(count, 0, force_grouping=True)
        }
    return cell_raters_words(_cell(score)) if score.answers else ""


def is_enough(report: Report, link: ReportLink) -> bool:
    """Whether the figure is more than a guess: three answers, ten passes, or a released figure."""
    if link.score.answers.isdecimal():
        return int(link.score.answers) >= LIKELY_FROM_RATINGS
    found = _finding_of(report, link)
    if link.score.answers or found is None or link.basis == Basis.GIVEN:
        return True
    if link.basis == Basis.MEASURED:
        return (found.passes or 0) >= LIKELY_FROM_PASSES
    return link.basis == Basis.RATED and found.ratings >= LIKELY_FROM_RATINGS


def is_firm(report: Report, link: ReportLink) -> bool:
    """Whether to act on a link: enough answers, or a place it holds in most draws of a chain that enough were asked."""
    if is_enough(report, link):
        return True
    return (link.top_probability or 0.0) >= _FIRM_FROM and not (_is_thin(report) or _is_short(report))


def _is_short(report: Report) -> bool:
    """Whether everything that is ranked is always among the first five, because there is no more: that says nothing."""
    if report.hidden.not_listed or len(report.links) > _FIRST:
        return False
    return all(link.top_probability is None or link.top_probability >= 1.0 for link in report.links)


def _is_thin(report: Report) -> bool:
    """Whether so few answered that being among the first says nothing: fewer than five answers, or low coverage."""
    if report.coverage is not None and report.coverage.is_low:
        return True
    counted = [found for found in report.finding.handoffs if found.basis == Basis.RATED]
    is_counted = bool(counted) and not report.finding.released
    return is_counted and sum(found.ratings for found in counted) < ENOUGH


def score_words(score: Score) -> str:
    """The mean of a score: "6.5 of 10", "2 or less of 10"; "" where there is none."""
    if score.mean is None:
        return ""
    mean = cell_mean_words(_cell(score)) if score.clip != Clip.NONE else number_format(round(score.mean, 1), 1)
    return _("%(score)s of 10") % {"score": mean}


def _cell(score: Score) -> ReleasedCell:
    return ReleasedCell(
        Table.ORGANIZATION, (), CellState.SHOWN, score.mean, score.clip, score.answers or None, score.released_nps
    )


def _finding_of(report: Report, link: ReportLink) -> HandOffFinding | None:
    return next((found for found in report.finding.handoffs if found.key == link.key), None)


# ---- why, and what was agreed


def reasons_sentence(link: ReportLink) -> str:
    """The reasons named most: "Named most often: “late” (60 %), “incomplete” (20 %)."; "" where none is shown."""
    rows = reason_rows(link)[:REASONS_TOLD]
    if not rows:
        return ""
    named = ", ".join(_("“%(reason)s” (%(share)s)") % {"reason": name, "share": share} for name, share, _bar in rows)
    return _("Named most often: %(reasons)s.") % {"reasons": named}


def reason_rows(link: ReportLink) -> list[tuple[str, str, float]]:
    """Each reason in words, its share in words, and the share (0..1)."""
    return [(reason_label(reason), _share(link, share), share) for reason, share in link.reasons]


def _share(link: ReportLink, share: float) -> str:
    """As published where answers are protected: an end of the scale stands for all beyond it."""
    return share_words(round(share * 100)) if link.basis == Basis.GIVEN else percent(share)


def care_sentence(link: ReportLink) -> str:
    """The weakest point of I-CARE: "I-CARE: most is missing in Attentiveness (said by 40 %)."; "" where not shown."""
    if link.care_weakest is None:
        return ""
    values = {"dimension": dimension_label(link.care_weakest)}
    if link.care_missing is None:
        return _("I-CARE: most is missing in %(dimension)s.") % values
    values["share"] = _share(link, link.care_missing)
    return _("I-CARE: most is missing in %(dimension)s (said by %(share)s).") % values


def agreement_sentences(agreements: Sequence[AgreementMark], *, most: int | None = None) -> list[str]:
    """What a room agreed on aloud about a link: the promise and its day.

    At most ``most`` of them, and how many more there are.
    """
    said = [_agreement(mark) for mark in agreements[:most]]
    more = len(agreements) - len(said)
    if more:
        said.append(ngettext("and %(more)s more", "and %(more)s more", more) % {"more": number_format(more, 0)})
    return said


def _agreement(mark: AgreementMark) -> str:
    values = {"what": clean_text(mark.what, 200), "day": date_words(mark.until)}
    said = _("Agreed: “%(what)s”, until %(day)s.") if mark.until else _("Agreed: “%(what)s”.")
    return said % values


def date_words(day: date | None) -> str:
    """A day as the reader's language writes it; "" for none."""
    return date_format(day, "DATE_FORMAT") if day else ""
