"""What a result looks like: the picture, its numbers and its table, as plain records for the templates.

Made of the frozen result and of names as they may be shown. Coordinates are whole numbers, so that no locale can put a
comma into an attribute of a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chainmap.domain.exercise_results import (
    AgreementsResult,
    ClientResult,
    CoffeeResult,
    DrawResult,
    LadderResult,
    MomentsResult,
    NamedBy,
    OrientationResult,
    PurposeResult,
    RateResult,
    Result,
    Shown,
    Text,
)
from chainmap.domain.ladder import Rung
from chainmap.domain.questionnaire_profiles import PublishedMean
from chainmap.domain.questionnaires import HIGHEST, Questionnaire
from chainmap.domain.reasons import Reason
from chainmap.domain.shares import LOWEST_SHARE
from chainmap.exports.client_words import chain_named_words, client_rows, clients_beside, clients_note
from chainmap.exports.exercise_words import (
    Names,
    arrives_sentence,
    few_more_sentence,
    moment_name,
    named_by_words,
    pair_reason,
    pair_short,
    people_words,
    result_title,
    rule_sentence,
    too_few_for_line_sentence,
    too_few_sentence,
)
from chainmap.exports.ladder_words import rung_label, rung_sentence
from chainmap.exports.plain_text import clean_text
from chainmap.exports.questionnaire_words import published_mean_words, questionnaire_shown
from chainmap.exports.rate_words import careful_sentence
from chainmap.exports.report_figures import of_hundred
from chainmap.exports.room_agreement_words import agreement_state
from chainmap.exports.round_words import reason_label, share_words
from chainmap.exports.talk_words import score_words

#: Width of every picture, and the most dots drawn before a bar stands for them.
WIDTH, MOST_DOTS = 1000, 30
#: Rows of a picture, and texts, that are read from the back row; the rest is one tap away.
MOST_ROWS, MOST_TEXTS, MOST_CHANGES, MOST_PAIRS = 6, 6, 5, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a picture: ``width`` of WIDTH, ``dots`` one a person where people are counted."""

    label: str
    number: str
    width: int
    dots: range = range(0)
    note: str = ""
    chain: Bar | None = None  # what the chain says beside what people said


@dataclass(frozen=True, slots=True)
class Change:
    """One hand-off before and after, as places 0..WIDTH on a line from nothing to everything; None: not known."""

    supplier: str
    customer: str
    what: str
    before: int | None
    after: int
    number: str
    number_before: str
    answers: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the questionnaire with the mean as a place 0..WIDTH."""

    label: str
    left: str
    right: str
    place: int
    number: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """One drawn hand-off."""

    supplier: str
    customer: str
    what: str
    volume: str
    named_by: str
    sides: int  # 2 both, 1 one of them, 0 others or not told
    is_new: bool


@dataclass(frozen=True, slots=True)
class Words:
    """Something somebody wrote: line ends are kept, so the template breaks the lines."""

    text: str
    mark: str = ""  # magic or misery
    kind: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two people who should talk."""

    supplier: str
    customer: str
    listeners: tuple[str, ...]
    reason: str
    short: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One agreement."""

    supplier: str
    customer: str
    sentence: str
    due_on: date
    yes: bool
    state: str


def result_context(
    result: Result, names: Names, *, needed: int, questionnaire: Questionnaire | None = None
) -> dict[str, Any]:
    """Everything a result template is made of. ``needed``: people for a figure; ``questionnaire``: the text asked."""
    answered = result.answered
    context: dict[str, Any] = {
        "title": result_title(result, names),
        "is_shown": answered.is_shown,
        "people": people_words(answered.people, answered.band),
        "missing": _missing(result, needed),
        "width": WIDTH,
    }
    match result:
        case OrientationResult():
            context |= _orientation(result, questionnaire)
        case PurposeResult():
            context |= _cut("texts", _texts(result.texts, names), 2 * MOST_TEXTS)
        case _:
            context |= _CONTEXTS[type(result)](result, names)
    return context


def _missing(result: Result, needed: int) -> str:
    if result.answered.is_shown:
        return ""
    if result.answered.people is not None:
        if isinstance(result, CoffeeResult) and result.pairs:
            return ""  # who talks to whom is there to see already
        return _("As soon as somebody answers there is something to see. Ask it anew when you like.")
    if result.answered.shown == Shown.FEW_MORE:
        return few_more_sentence()
    if isinstance(result, OrientationResult):
        return too_few_for_line_sentence(needed)
    is_text = isinstance(result, (PurposeResult, DrawResult))
    return too_few_sentence(max(needed, 10) if is_text else needed)


def _client(result: ClientResult, names: Names) -> dict[str, Any]:
    rows = clients_beside(result, names)
    most = max((max(row.people or 0, row.chain) for row in rows), default=0)
    is_judged = any(row.chain for row in rows)
    bars = [
        Bar(
            row.label,
            str(row.people) if row.people is not None else share_words(row.share or 0),
            _part(row.people, most) if row.people is not None else (row.share or 0) * 10,
            _dots(row.people, most),
            chain_named_words(row.chain) if is_judged else "",
            Bar(row.label, str(row.chain), _part(row.chain, most), _dots(row.chain, most)) if row.chain else None,
        )
        for row in rows
    ]
    note, answers = clients_note(result), client_rows(result, names)
    return _cut("bars", bars) | {"note": note, "answers": answers, "is_judged": is_judged}


def _draw(result: DrawResult, names: Names) -> dict[str, Any]:
    rows = [
        LinkRow(
            names.side(link.supplier),
            names.side(link.customer),
            clean_text(names.mask(link.deliverable)),
            number_format(round(link.volume, 1)),
            named_by_words(link.named_by),
            {NamedBy.BOTH: 2, NamedBy.SUPPLIER: 1, NamedBy.CUSTOMER: 1}.get(link.named_by, 0) if link.named_by else 0,
            link.is_new,
        )
        for link in result.links
    ]
    note = ""
    if result.answered.people is not None and result.one:
        note = ngettext(
            "%(count)d is drawn by one side only: ask the other.",
            "%(count)d are drawn by one side only: ask the others.",
            result.one,
        ) % {"count": result.one}
    return {"rows": rows[:MOST_ROWS], "more": rows[MOST_ROWS:], "all": rows, "note": note}


def _rate(result: RateResult, names: Names) -> dict[str, Any]:
    changes = []
    for link in result.links:
        said = names.link(link.handoff)
        if said is None:
            continue
        supplier, customer, what = said
        values = {"count": link.answers, "mean": score_words(link.score)}
        answers = ngettext("%(count)d score: %(mean)s of 10", "%(count)d scores: %(mean)s of 10", link.answers) % values
        before = None if link.before is None else round(link.before * WIDTH)
        number_before = "" if link.before is None else of_hundred(link.before)
        changes.append(
            Change(
                supplier, customer, what, before, round(link.after * WIDTH), of_hundred(link.after), number_before,
                answers,
            )
        )  # fmt: skip
    most = max((reason.people or 0 for reason in result.reasons), default=0)
    reasons = [
        Bar(
            reason_label(reason.reason),
            str(reason.people) if reason.people is not None else share_words(reason.share or 0),
            _part(reason.people, most) if reason.people is not None else (reason.share or 0) * 10,
        )
        for reason in result.reasons
        if reason.share is None or reason.share > LOWEST_SHARE  # "or less" may be nobody
    ]
    mean = None if result.mean is None else published_mean_words(PublishedMean(result.mean, result.clip))
    return {
        "changes": changes[:MOST_CHANGES],
        "more": changes[MOST_CHANGES:],
        "reasons": reasons[: len(Reason) // 2],
        "mean": mean,
        "mean_place": None if result.mean is None else round(result.mean * WIDTH / HIGHEST),
        "note": arrives_sentence(result),
        "careful": careful_sentence(result),
        "texts": _texts(result.texts, names),
    }


def _moments(result: MomentsResult, names: Names) -> dict[str, Any]:
    sides = []
    if result.magic is not None and result.misery is not None:
        most = max(result.magic, result.misery)
        sides = [
            Bar(pgettext("moments", "Magic"), str(result.magic), _part(result.magic, most), _dots(result.magic, most)),
            Bar(
                pgettext("moments", "Misery"), str(result.misery), _part(result.misery, most),
                _dots(result.misery, most),
            ),
        ]  # fmt: skip
    elif result.magic_share is not None:
        rest = 100 - result.magic_share
        sides = [
            Bar(pgettext("moments", "Magic"), share_words(result.magic_share), result.magic_share * 10),
            Bar(pgettext("moments", "Misery"), share_words(rest), rest * 10),
        ]
    texts = []
    for text in result.texts:
        link = names.link(text.handoff) if text.handoff is not None else None
        about = _("%(what)s, from %(supplier)s") % {"what": link[2], "supplier": link[0]} if link and link[2] else ""
        texts.append(Words(names.mask(text.words), moment_name(text.kind), str(text.kind or ""), about))
    return {"sides": sides, "note": rule_sentence(result) if result.answered.is_shown else ""} | _cut("texts", texts)


def _ladder(result: LadderResult, names: Names) -> dict[str, Any]:
    said = {rung.rung: rung for rung in result.rungs}
    most = max((rung.people or 0 for rung in result.rungs), default=0)
    reached = -1 if result.half_reach is None else list(Rung).index(result.half_reach)
    rungs = []
    for place, rung in reversed(list(enumerate(Rung))):
        row = said.get(rung)
        number, width, dots = "", 0, range(0)
        if row is not None and row.people is not None:
            number, width, dots = str(row.people), _part(row.people, most), _dots(row.people, most)
        elif row is not None and row.share is not None:
            number, width = share_words(row.share), row.share * 10
        rungs.append(
            {
                "bar": Bar(str(rung_label(rung)), number, width, dots, str(rung_sentence(rung))),
                "is_reached": place <= reached,
                "is_current": place == reached,
            }
        )
    return {"rungs": rungs, "note": _("A rung is reached with all the steps of those below it.")}


def _orientation(result: OrientationResult, questionnaire: Questionnaire | None) -> dict[str, Any]:
    if questionnaire is None or questionnaire.version != result.version or not result.answered.is_shown:
        changed = _("The questions were changed since, so the lines are not shown.")
        return {"lines": [], "note": changed if result.answered.is_shown else ""}
    texts = {row.code: row for row in questionnaire_shown(questionnaire).rows}
    lines = [
        Line(
            clean_text(texts[row.code].label),
            clean_text(texts[row.code].left, 160),
            clean_text(texts[row.code].right, 160),
            round(row.mean * WIDTH / HIGHEST),
            published_mean_words(PublishedMean(row.mean, row.clip)),
        )
        for row in result.rows
        if row.code in texts
    ]
    return {"lines": lines, "note": _("0 stands wholly on the left, 10 wholly on the right.")}


def _coffee(result: CoffeeResult, names: Names) -> dict[str, Any]:
    pairs = [
        PairRow(
            names.party(pair.supplier),
            names.party(pair.customer),
            tuple(names.party(listener) for listener in pair.listeners),
            pair_reason(pair, names),
            pair_short(pair, names),
        )
        for pair in result.pairs
    ]
    met = ""
    if result.met:
        met = ngettext("%(count)d person says they met", "%(count)d people say they met", result.met) % {
            "count": result.met
        }
    elif result.met is None and result.half_met:
        met = _("Half of those who answered or more have met")
    return {"met": met, "texts": _texts(result.texts, names), "note": ""} | _cut("pairs", pairs, MOST_PAIRS)


def _agreements(result: AgreementsResult, names: Names) -> dict[str, Any]:
    rows = []
    for one in result.agreements:
        sides = names.side(one.supplier), names.side(one.customer)
        said, state = clean_text(names.mask(one.sentence), 300), agreement_state(one, *sides)
        rows.append(AgreementRow(*sides, said, one.due_on, one.yes, state))
    note = _("Agreed: both said yes. Open: a yes is still missing, on a phone or aloud in the room.")
    return {"note": note if result.open else ""} | _cut("agreements", rows)


_CONTEXTS: Mapping[type, Callable[[Any, Names], dict[str, Any]]] = {
    ClientResult: _client,
    DrawResult: _draw,
    RateResult: _rate,
    MomentsResult: _moments,
    LadderResult: _ladder,
    CoffeeResult: _coffee,
    AgreementsResult: _agreements,
}


def _texts(texts: tuple[Text, ...], names: Names) -> list[Words]:
    shown = []
    for text in texts:
        link = names.link(text.handoff) if text.handoff is not None else None
        about = _("%(what)s, from %(supplier)s") % {"what": link[2], "supplier": link[0]} if link and link[2] else ""
        shown.append(Words(names.mask(text.words), about=about))
    return shown


def _cut(name: str, rows: list[Any], most: int = MOST_TEXTS) -> dict[str, Any]:
    """The first rows, and the rest as "more"."""
    return {name: rows[:most], "more": rows[most:]}


def _part(part: int | None, most: int) -> int:
    """``part`` of ``most`` on a bar; something is never drawn as nothing."""
    return max(round((part or 0) * WIDTH / most), 1 if part else 0) if most else 0


def _dots(count: int | None, most: int) -> range:
    return range(count) if count is not None and most <= MOST_DOTS else range(0)
