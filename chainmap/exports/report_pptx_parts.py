"""The slides of a report in words and tables: each function adds its slide and returns it with its speaker notes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.util import Inches, Pt

from chainmap.domain.reports import Report, ReportLink, Subject
from chainmap.exports import report_words as words
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import change_total, verdict
from chainmap.exports.report_figures import of_hundred, range_of_hundred, scaled, sure_range
from chainmap.exports.report_pptx_drawn import ALTERNATIVE, ROOM_FOR_WORDS, shape_words
from chainmap.exports.report_step_words import monday_steps, step_sentence
from chainmap.exports.slide_charts import BarForm, Series, bar_chart
from chainmap.exports.slide_house import CONTENT, Content, add_slide, put_bar, put_body, text_place
from chainmap.exports.slide_tables import Column, Words, put_table
from chainmap.exports.slide_text import Box, fitted_link, put_text, shown

LINKS_FIRST = words.LINKS_FIRST
#: Questions of the table; the notes have them all.
QUESTIONS_FIRST = 6
#: Steps for Monday: more than a meeting takes up is none.
STEPS_SHOWN = 4
#: A name in a title that would not fit otherwise, in characters.
_SHORT = 22
_KINDS = {"delivered": "accent", "lost": "leak_soft", "stranded": "line"}


# ---- 1: how much arrives


def headline_content(report: Report, deck: Any) -> Content:
    """Three sentences, the figure large with its range, and what becomes of every 100 units as one bar."""
    slide = add_slide(deck, title=words.report_title(report), eyebrow=" · ".join(words.report_subject(report)))
    sentences, chain_yield = list(words.headline(report)), report.totals.chain_yield
    if chain_yield is None:
        put_body(slide, Box(0.6, 2.05, 11.0, 4.5), [*sentences, *words.coverage_sentences(report.coverage)])
    else:
        put_body(slide, Box(5.0, 2.05, 7.733, 3.5), sentences)
        put_text(slide, Box(0.6, 1.85, 4.0, 1.85), [of_hundred(chain_yield)], sizes=(130, 96, 66, 44), colour="accent",
                 bold=True, anchor="bottom")  # fmt: skip
        put_text(slide, Box(0.6, 3.75, 4.0, 0.75), [_("of every 100 arrive")], sizes=(22, 20, 18, 16), bold=True)
        put_text(slide, Box(0.6, 4.25, 4.0, 0.5), [sure_range(report.totals.interval).strip()], sizes=(16, 14, 12),
                 colour="quiet")  # fmt: skip
        _put_whole(slide, report)
    coverage = words.coverage_sentences(report.coverage)
    said = [words.mean_sentence(report.score), words.nps_words(report.score), words.moments_sentence(report.moments)]
    return slide, [*sentences, *coverage, *said, words.agreements_sentence(report.agreements)]


def _put_whole(slide: Any, report: Report) -> None:
    """What becomes of all work: one bar in its parts, and under it what they are."""
    parts, left = words.whole_words(report), CONTENT.left
    for place, part in enumerate(parts):
        width = max(part.share * CONTENT.width, 0.03)
        put_bar(slide, Box(left, 5.75, width, 0.36), _KINDS[part.kind])
        left += width
        beside = Box(CONTENT.left + 4.1 * place, 6.3, 3.9, 0.4)
        put_bar(slide, Box(beside.left, 6.36, 0.2, 0.2), _KINDS[part.kind])
        label = Box(beside.left + 0.32, beside.top, beside.width - 0.32, beside.height)
        put_text(slide, label, [f"{part.figure} {part.label}"], sizes=(16, 14, 12))


# ---- 4: the hand-offs to work on


def five_content(report: Report, deck: Any) -> Content:
    """The hand-offs where a repair brings most, as a table; without any, what the shape of the chain says."""
    links, title = report.links[:LINKS_FIRST], _("Where a repair brings most")
    if not links:
        slide = add_slide(deck, title=words.monday_sentence(report), eyebrow=title)
        shape = shape_words(report)
        put_body(slide, CONTENT, [_("This holds with or without any rating."), *shape] if shape else [])
        return slide, [words.monday_sentence(report), *shape]
    slide = add_slide(deck, title=words.link_sentence(report, links[0]), eyebrow=title,
                      otherwise=words.link_sentence(report, _shorter(links[0])))  # fmt: skip
    columns, rows = _five_columns(links, by_team=report.scope.by_team), []
    for link in links:
        cells = _five_cells(report, link, columns[1].width)
        rows.append([cells[column.title] for column in columns])
    told = clean_text(" ".join(words.link_sentence(report, link) for link in links), ALTERNATIVE)
    end = put_table(slide, Box(CONTENT.left, 1.92, 0, 0), columns, rows, row_height=0.76, title=title, words=told)
    note = _("Won back: what repairing this one alone brings; two together bring more or less than their sum.")
    if any(len(words.short_certainty(report, link)) > 1 for link in links):
        note += " " + _("How sure: in how many draws of the figures it is among the first five.")
    if report.scope.subject == Subject.TEAM:
        note += " " + _("100 is all work of the whole organization.")
    put_text(slide, Box(CONTENT.left, end + 0.12, CONTENT.width, 0.55), [note], sizes=(12, 11), colour="quiet")
    notes = [line for link in links for line in _link_notes(report, link)]
    room = Box(CONTENT.left, end + 0.75, CONTENT.width, 6.8 - end - 0.75)
    if room.height >= ROOM_FOR_WORDS:
        put_body(slide, room, _what_to_do(report, links), sizes=(16, 15, 14, 13, 12))
    return slide, notes


def _what_to_do(report: Report, links: Sequence[ReportLink]) -> list[str]:
    """Why, and what to do about each: one line alone where that is the same for all."""
    said = [" ".join(filter(None, (words.reasons_sentence(link), step_sentence(report, link)))) for link in links]
    return said[:1] if len(set(said)) == 1 else [f"{link.rank}. {one}" for link, one in zip(links, said, strict=True)]


def _shorter(link: ReportLink) -> ReportLink:
    """With names that leave room for the finding."""
    supplier, customer = clean_text(link.supplier, _SHORT), clean_text(link.customer, _SHORT)
    return replace(link, supplier=supplier, customer=customer, deliverable=clean_text(link.deliverable, _SHORT))


def _five_columns(links: Sequence[ReportLink], *, by_team: bool) -> list[Column]:
    """What was agreed has a column only where a room agreed on something."""
    agreed = any(link.agreements for link in links)
    columns = [
        Column("", 0.4),
        Column(words.link_word(by_team=by_team), 3.75 if agreed else 5.2),
        Column(_("arrives of 100 handed over"), 1.45, right=True),
        Column(_("lost of 100"), 1.1, right=True),
        Column(_("won back"), 1.35, right=True),
        Column(_("how sure"), 1.75),
    ]
    if agreed:
        columns.append(Column(_("Agreed in the room"), 0.0))
    wide = CONTENT.width - sum(column.width for column in columns)
    last = columns[-1]
    columns[-1] = Column(last.title, last.width + wide)
    return columns


def _five_cells(report: Report, link: ReportLink, width: float) -> dict[str, list[Words]]:
    """The cells of a row by the head of their column."""
    created = words.all_created(report)
    where = fitted_link(link.supplier, link.customer, by_team=report.scope.by_team, width=width - 0.2, size=14)
    gain = "" if link.of_created is None else "+" + of_hundred(link.of_created)
    spread = scaled(link.recoverable_interval, created)
    lost = of_hundred(link.lost / created) if link.lost is not None and created else ""
    what = clean_text(link.deliverable, 60)
    return {
        "": [Words(str(link.rank), 14, "accent", True)],
        words.link_word(by_team=report.scope.by_team): [
            Words(where, 14, bold=True),
            *([Words(what, 12, "quiet")] if what else []),
        ],
        _("arrives of 100 handed over"): _figure(
            "" if link.yield_ is None else of_hundred(link.yield_),
            "" if link.yield_interval is None else range_of_hundred(link.yield_interval),
        ),
        _("lost of 100"): _figure(lost, ""),
        _("won back"): _figure(gain, "" if spread is None else range_of_hundred(spread), bold=True),
        _("how sure"): [Words(part, 12) for part in words.short_certainty(report, link)],
        _("Agreed in the room"): [Words(line, 11) for line in words.agreement_sentences(link.agreements, most=1)],
    }


def _figure(value: str, spread: str, *, bold: bool = False) -> list[Words]:
    rows = [Words(value, 15, bold=bold)] if value else []
    return [*rows, Words(spread, 11, "quiet")] if spread else rows


def _link_notes(report: Report, link: ReportLink) -> list[str]:
    return [f"{link.rank}. {words.link_sentence(report, link)} {_link_more(report, link)}".rstrip()]


def _link_more(report: Report, link: ReportLink) -> str:
    """How sure, why, and what was agreed."""
    said = (
        words.certainty_sentence(report, link),
        words.reasons_sentence(link),
        words.care_sentence(link),
        *words.agreement_sentences(link.agreements),
    )
    return " ".join(part for part in said if part)


# ---- 5: what changed, or how sure all this is


def change_content(report: Report, deck: Any) -> Content:
    """The change of what is lost in its parts, as bars to both sides; two rounds of another kind have words alone."""
    change = report.change
    if change is None:
        raise ValueError("this report has no round before")
    title, sentences = _("What changed"), words.change_sentences(change)
    slide = add_slide(deck, title=sentences[0], eyebrow=title, otherwise=verdict(change))
    parts = [*words.change_parts(change), change_total(change)]
    rows = [f"{part.label}: {part.words}" for part in parts]
    moved = [f"{row[0]}: {row[1]} → {row[2]} ({row[3]} / {row[4]})" for row in words.moved_rows(change)]
    notes = [*sentences, *rows, *([words.moved_title(change), *moved] if moved else [])]
    if not change.comparable:
        score = report.score
        said = [words.mean_sentence(score), words.nps_words(score), words.ask_next_sentence(report)]
        put_body(slide, CONTENT, [verdict(change), *words.coverage_sentences(report.coverage), *said])
        return slide, notes
    told = [one for one in sentences[1:] if shown(one) != slide.shapes.title.text_frame.text]
    put_body(slide, Box(CONTENT.left, 1.95, CONTENT.width, 1.5), told, sizes=(18, 16, 15, 14, 13, 12))
    most = max(abs(part.amount) for part in parts) or 1.0
    sides = {place: "accent" for place, part in enumerate(parts) if part.amount < 0}
    series = Series(_("Change of what is lost"), [part.amount for part in parts], "leak", sides, strong=True)
    names_width = 0.42
    form = BarForm(-1.25 * most, 1.25 * most, "+0.00;−0.00;0.00", names_width)
    over = Box(CONTENT.left + names_width * CONTENT.width, 3.55, (1 - names_width) * CONTENT.width, 0.3)
    put_text(slide, over, [_("← less is lost · more is lost →")], sizes=(12, 11), colour="quiet", align="middle")
    spoken = clean_text(f"{' '.join(sentences)} {'; '.join(rows)}", ALTERNATIVE)
    box = Box(CONTENT.left, 3.85, CONTENT.width, 3.0)
    bar_chart(slide, box, [part.label for part in parts], [series], form, title=title, words=spoken)
    return slide, notes


def ask_content(report: Report, deck: Any) -> Content:
    """How much was answered, and where an answer would tell most."""
    coverage, asked = words.coverage_sentences(report.coverage), words.ask_next_sentence(report)
    score = report.score
    said = [words.unrated_sentence(report), words.mean_sentence(score), words.nps_words(score),
            words.moments_sentence(report.moments), words.agreements_sentence(report.agreements)]  # fmt: skip
    eyebrow = _("How much was answered") if coverage else _("What to ask next")
    first = [*coverage, asked, *said]
    title = next((sentence for sentence in first if sentence), eyebrow)
    slide = add_slide(deck, title=title, eyebrow=eyebrow)
    rows = words.ask_next_rows(report)
    texts = [text for text in (*coverage, *said) if text and text != title]
    if not rows:
        put_body(slide, CONTENT, texts)
        return slide, [title, *texts]
    put_body(slide, Box(CONTENT.left, 2.0, 4.4, 4.8), texts, sizes=(18, 16, 15, 14, 13, 12))
    columns = [Column(_("What arrives"), 4.3), Column(_("So far"), 1.4), Column(_("Of what is uncertain"), 1.45, True)]
    if not any(weight for _where, _known, weight in rows):
        columns = [Column(_("What arrives"), 5.75), columns[1]]
    told = [[Words(cell, 13) for cell in row[: len(columns)]] for row in rows[:QUESTIONS_FIRST]]
    cells = [[[cell] for cell in row] for row in told]
    place = Box(CONTENT.left + CONTENT.width - sum(column.width for column in columns), 1.95, 0, 0)
    put_table(slide, place, columns, cells, row_height=0.64, title=_("What to ask next"), words=asked)
    questions = [" · ".join(part for part in row if part) for row in rows]
    return slide, [title, *texts, asked, *questions]


# ---- 6: Monday


def monday_content(report: Report, deck: Any) -> Content:
    """What to do, numbered; beside it that ratings are never tied to pay, and how the figures came about."""
    slide = add_slide(deck, title=_("What to do on Monday"), eyebrow=words.report_title(report))
    steps, rows = monday_steps(report, most=STEPS_SHOWN), words.method_rows(report)
    put_body(slide, Box(CONTENT.left, 2.05, 6.9, 4.6), steps, sizes=(22, 20, 18, 16, 14, 12))
    if len(steps) > 1:
        _number(text_place(slide).text_frame)
    panel = Box(8.1, 1.95, 4.633, 4.85)
    put_bar(slide, panel, "sunk")
    left, width = panel.left + 0.3, panel.width - 0.6
    put_text(slide, Box(left, 2.2, width, 0.4), [words.pay_sentence()], sizes=(18, 16, 14), colour="leak", bold=True)
    put_text(slide, Box(left, 2.68, width, 0.85), [words.pay_reason()], sizes=(13, 12, 11))
    put_text(slide, Box(left, 3.72, width, 0.3), [_("How these figures came about")], sizes=(13, 12), bold=True)
    told = {_("The question"), _("The order"), _("How sure")}
    short = [text for label, text in rows if label in told]
    put_text(slide, Box(left, 4.07, width, 2.6), short, sizes=(13, 12, 11, 10), colour="quiet")
    method = [f"{label}: {text}" for label, text in rows]
    notes = [*steps, f"{words.pay_sentence()} {words.pay_reason()}", *method]
    return slide, [*notes, *words.hidden_sentences(report.hidden), words.who_may_see(report)]


def _number(frame: Any) -> None:
    """Paragraphs with numbers of their own, which stay numbers when steps are moved."""
    for paragraph in frame.paragraphs:
        properties = paragraph._p.get_or_add_pPr()  # python-pptx knows no numbering
        properties.set("marL", str(Inches(0.55)))
        properties.set("indent", str(-Inches(0.55)))
        for mark in (
            f'<a:buClr {nsdecls("a")}><a:schemeClr val="accent1"/></a:buClr>',
            f'<a:buFont {nsdecls("a")} typeface="+mj-lt"/>',
            f'<a:buAutoNum {nsdecls("a")} type="arabicPeriod"/>',
        ):
            properties.append(parse_xml(mark))
        paragraph.space_after = Pt(6)
