"""What is left of a workshop: one page of what was found and agreed, as data for the page and as a PDF.

The page, the PDF and what a link opens are made of the same :class:`WorkshopSummary`: what is not in it is nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import of_hundred, parts_of_hundred
from chainmap.exports.typst_file import pdf_document

Paper = Literal["a4", "letter"]
TYPST_PAPER: Mapping[str, str] = {"a4": "a4", "letter": "us-letter"}
#: Rows of one exercise at a glance; what is more is behind "more" on the page, and counted on paper.
ROWS_SHOWN = 8
#: Agreements and coffee pairs on paper: more than any room has.
LINES_ON_PAPER = 200
#: Characters of a piece of the picture, and of its alternative in words.
PIECE, ALTERNATIVE = 10_000, 2_000
#: Characters of a line that people typed.
NAME, LINE, SENTENCE = 60, 120, 320


@dataclass(frozen=True, slots=True)
class ChainFigures:
    """Of the value the workshop's part of the chain creates, the shares (0..1) that reach an end customer."""

    delivered: float  # with the room's ratings
    before: float | None = None  # by what was known before; None where nothing was
    if_average: bool = False  # most hand-offs are rated by nobody and taken as average


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One line of an exercise's result."""

    label: str
    value: str = ""
    share: float | None = None  # 0..1, drawn as a bar beside the value; None: no bar


@dataclass(frozen=True, slots=True)
class ExerciseLines:
    """What one revealed exercise found: its title, the finding in a sentence, and rows."""

    title: str
    finding: str
    rows: tuple[ResultRow, ...] = ()

    @property
    def first_rows(self) -> tuple[ResultRow, ...]:
        """Those a reader sees at once."""
        return self.rows[:ROWS_SHOWN]

    @property
    def more_rows(self) -> tuple[ResultRow, ...]:
        """The rest: behind "more" on the page, counted on paper."""
        return self.rows[ROWS_SHOWN:]


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """What was agreed, between whom, and until when."""

    what: str
    who: str
    until: date | None
    is_open: bool = False  # it still waits for somebody's yes
    state: str = ""  # how far it came, in words


@dataclass(frozen=True, slots=True)
class CoffeePair:
    """Two who talk to each other, and about what ("" = not said)."""

    one: str
    other: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class SummaryPicture:
    """The chain as it stood at the end: a sentence, the picture in words, and the checked SVG.

    ``svg`` is "" where it could not be drawn in time; ``trouble`` then says why.
    """

    sentence: str
    description: str
    svg: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class WorkshopSummary:
    """All that page, PDF and link say of a workshop. Sentences come translated, names as they were typed."""

    name: str
    organization: str
    team: str  # "" = the whole organization
    held_on: date
    headlines: tuple[str, ...] = ()
    chain: ChainFigures | None = None
    results: tuple[ExerciseLines, ...] = ()
    agreements: tuple[AgreementLine, ...] = ()
    coffee: tuple[CoffeePair, ...] = ()
    purpose: str = ""
    took_part: str = ""  # in coarse words
    method: str = ""
    is_invented: bool = False  # for practice: said wherever it is shown
    picture: SummaryPicture | None = None  # of the chain at the end; None where none was drawn or rated

    @property
    def is_empty(self) -> bool:
        """Whether nothing was revealed: the page then says so."""
        return not (self.headlines or self.results or self.agreements or self.coffee or self.purpose)


def workshop_pdf(summary: WorkshopSummary, paper: Paper = "a4") -> ExportFile:
    """The summary as a PDF: one page where it fits. The same summary gives the same bytes. Raises DocumentError."""
    content = pdf_document("workshop_report", report_data(summary, paper), made_on=summary.held_on)
    return ExportFile(export_filename("workshop", summary.name, "pdf"), "application/pdf", content)


def report_data(summary: WorkshopSummary, paper: Paper) -> dict[str, Any]:
    """What the template ``workshop_report.typ`` reads."""
    where = summary.team or _("the whole organization")
    eyebrow = [_("Workshop"), date_words(summary.held_on), where, summary.organization]
    if summary.is_invented:
        eyebrow.append(_("invented, for practice"))
    return {
        "paper": TYPST_PAPER[paper],
        "lang": document_language(),
        "title": clean_text(summary.name, 120) or _("Workshop"),
        "eyebrow": " · ".join(clean_text(part, NAME) for part in eyebrow),
        "headlines": [clean_text(sentence, SENTENCE) for sentence in summary.headlines],
        "chain": None if summary.chain is None else _chain_data(summary.chain),
        "purpose": _purpose_data(summary.purpose),
        "agreements": _agreements_data(summary.agreements),
        "results": [_result_data(result) for result in summary.results],
        "coffee": _coffee_data(summary.coffee),
        "picture": _picture_data(summary.picture),
        "took_part": clean_text(summary.took_part, SENTENCE),
        "foot": {"method": clean_text(summary.method, 2 * SENTENCE), "page": page_words()},
    }


def date_words(day: date) -> str:
    """A day as the reader's language writes it: "12 March 2026"."""
    return date_format(day, "DATE_FORMAT")


def page_words() -> str:
    """The pattern of a page number; the holes are filled when the pages are known."""
    return pgettext("page number", "Page {page} of {pages}")


def document_language() -> str:
    """The reader's language as two letters, for hyphens and screen readers."""
    return (get_language() or "en")[:2]


def figure_parts(chain: ChainFigures) -> tuple[tuple[str, str, str], ...]:
    """Kind, number and words of each figure of the chain, for page and paper: "41", "of every 100 units ..."."""
    reach = _("of every 100 units of work reach the end customer")
    if chain.if_average:
        reach = _("of every 100 units of work reach the end customer, if what nobody has rated is average")
    delivered, lost = parts_of_hundred([chain.delivered, 1 - chain.delivered])
    figures = [
        ("delivered", delivered, reach),
        ("lost", lost, _("do not: lost on the way, or nobody at the end")),
    ]
    if chain.before is not None:
        figures.append(("before", of_hundred(chain.before), _("reached the end customer before the workshop")))
    return tuple(figures)


def chain_thousandths(chain: ChainFigures) -> tuple[tuple[str, int], ...]:
    """The bar under the figures: kind and length of each part that is there, together 1000."""
    arrives = round(min(max(chain.delivered, 0.0), 1.0) * 1000)
    return tuple((kind, length) for kind, length in (("delivered", arrives), ("lost", 1000 - arrives)) if length)


def _chain_data(chain: ChainFigures) -> dict[str, Any]:
    return {
        "figures": [{"value": value, "label": label, "kind": kind} for kind, value, label in figure_parts(chain)],
        "parts": [{"kind": kind, "units": length} for kind, length in chain_thousandths(chain)],
    }


def picture_title() -> str:
    """What stands above the picture, on page and paper."""
    return _("The chain at the end of the workshop")


def _picture_data(picture: SummaryPicture | None) -> dict[str, Any] | None:
    """The SVG in pieces: no text of a document is that long (:data:`chainmap.exports.typst_file.LONGEST_TEXT`)."""
    if picture is None or not picture.svg:
        return None
    pieces = range(0, len(picture.svg), PIECE)
    return {
        "title": picture_title(),
        "sentence": clean_text(picture.sentence, SENTENCE),
        "alt": clean_text(f"{picture.sentence} {picture.description}", ALTERNATIVE),
        "svg": [picture.svg[begin : begin + PIECE] for begin in pieces],
    }


def _purpose_data(purpose: str) -> dict[str, str] | None:
    return {"title": _("What it is all for"), "text": clean_text(purpose, SENTENCE)} if purpose.strip() else None


def _agreements_data(agreements: Sequence[AgreementLine]) -> dict[str, Any] | None:
    if not agreements:
        return None
    return {
        "title": _("What we agreed on"),
        "head": {"done": _("Done"), "what": _("What"), "who": _("Who"), "until": _("Until when")},
        "rows": [
            {
                "what": clean_text(line.what, SENTENCE),
                "who": clean_text(line.who, 2 * NAME + 10),
                "until": date_words(line.until) if line.until else "",
                "state": clean_text(line.state, 2 * NAME + 80),
            }
            for line in agreements[:LINES_ON_PAPER]
        ],
        "more": _more(len(agreements) - LINES_ON_PAPER),
    }


def _result_data(result: ExerciseLines) -> dict[str, Any]:
    return {
        "title": clean_text(result.title, LINE),
        "finding": clean_text(result.finding, SENTENCE),
        "rows": [
            {"label": clean_text(row.label, SENTENCE), "value": clean_text(row.value, 40), "share": _bounded(row.share)}
            for row in result.first_rows
        ],
        "more": _more(len(result.more_rows)),
    }


def _more(count: int) -> str:
    return ngettext("and %(more)s more", "and %(more)s more", count) % {"more": count} if count > 0 else ""


def _bounded(share: float | None) -> float | None:
    return None if share is None else min(max(share, 0.0), 1.0)


def _coffee_data(pairs: Sequence[CoffeePair]) -> dict[str, Any] | None:
    if not pairs:
        return None
    return {
        "title": _("Who has a coffee with whom"),
        "rows": [{"pair": pair_words(pair), "about": clean_text(pair.about, LINE)} for pair in pairs[:LINES_ON_PAPER]],
    }


def pair_words(pair: CoffeePair) -> str:
    """Both names, cleaned: "Ann and Bob"."""
    return _("%(one)s and %(other)s") % {"one": clean_text(pair.one, NAME), "other": clean_text(pair.other, NAME)}
