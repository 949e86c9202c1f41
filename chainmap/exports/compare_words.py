"""What changed from one round to another, in sentences and rows: more or less only where that is more than chance.

Every figure of a sum is cut to the same decimals, and the parts still add up as they are shown. Names come out cleaned,
not escaped: a template still escapes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chainmap.domain.compared import Compared, ComparedRound
from chainmap.domain.exact_parts import exact_parts, shown_steps
from chainmap.domain.intervals import Interval
from chainmap.domain.round_changes import HandOffChange, Presence, RoundComparison
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_change_words import part_labels, total_label
from chainmap.exports.report_figures import MINUS, of_hundred, range_of_hundred, signed_of_hundred
from chainmap.exports.report_link_words import date_words, link_title

#: Hand-offs with a row of their own on the page; files have all of them.
MOST_ROWS = 12


# ---- how much arrives


def headline(compared: Compared) -> str:
    """How much of 100 arrives, how much more or less than before, and whether that is more than chance."""
    change = compared.change
    if change is None:
        return _apart_headline(compared)
    difference = change.yield_now - change.yield_before
    values = {
        "now": of_hundred(change.yield_now),
        "more": of_hundred(abs(difference)),
        "round": round_name(compared.before),
    }
    if signed_of_hundred(difference) == signed_of_hundred(0.0):
        said = _("Of every 100 units of work %(now)s arrive, as many as in “%(round)s”")
    elif difference > 0:
        said = _("Of every 100 units of work %(now)s arrive, %(more)s more than in “%(round)s”")
    else:
        said = _("Of every 100 units of work %(now)s arrive, %(more)s fewer than in “%(round)s”")
    return said % values + _how_sure(compared, change)


def _how_sure(compared: Compared, change: RoundComparison) -> str:
    if change.difference is None:
        return _("; of releases no range is known.") if compared.by_team else _("; no range is known.")
    if not change.direction:
        text = _("; too early to tell whether that is more than chance (90\u00a0%%: %(range)s).")
        return text % {"range": signed_range(change.difference)}
    ends = change.difference
    if change.direction < 0:
        ends = Interval(-ends.high, -ends.low)
    return _("; that is more than chance would explain (90\u00a0%%: %(range)s).") % {"range": range_of_hundred(ends)}


def signed_range(interval: Interval) -> str:
    """Both ends of a difference as figures of 100, with their signs: "−2 to +14"."""
    values = {"low": signed_of_hundred(interval.low), "high": signed_of_hundred(interval.high)}
    return _("%(low)s to %(high)s") % values


def _apart_headline(compared: Compared) -> str:
    """Two rounds that are not taken apart: each for itself, as far as it is known."""
    before, now = compared.before.chain_yield, compared.now.chain_yield
    values = {"before_round": round_name(compared.before), "now_round": round_name(compared.now)}
    if before is None and now is None:
        return _("Neither “%(before_round)s” nor “%(now_round)s” says how much arrives.") % values
    if before is None or now is None:
        known, other = (compared.before, compared.now) if now is None else (compared.now, compared.before)
        values = {
            "figure": of_hundred(known.chain_yield or 0.0),
            "round": round_name(known),
            "other": round_name(other),
        }
        return (
            _("Of every 100 units of work %(figure)s arrive in “%(round)s”; of “%(other)s” that is not known.") % values
        )
    values |= {"before": of_hundred(before), "now": of_hundred(now)}
    text = _(
        "Of every 100 units of work %(now)s arrive in “%(now_round)s”, and %(before)s in “%(before_round)s”: the two "
        "are told in different ways and are not set against each other."
    )
    return text % values


def obstacle_sentences(compared: Compared) -> list[str]:
    """Why two rounds are not compared hand-off by hand-off, and what to do; [] where they are."""
    if compared.obstacle == "modes":
        return [
            _(
                "One of the two is signed, so that every hand-off between people is known; of the other one only a "
                "release by team may be shown. A difference between them could be nothing but that."
            ),
            _("Choose two rounds of one kind."),
        ]
    if compared.obstacle == "unrated":
        return [
            _("In one of the two nobody said how much arrives, so that nothing can be set against the other."),
            _("Choose another round, or ask again and compare then."),
        ]
    return []


def kind_caution(compared: Compared) -> str:
    """That two releases were made under different rules; "" where they were not, or are not compared."""
    if compared.obstacle or compared.before.is_kind_of(compared.now):
        return ""
    return _(
        "The two rounds were asked in different ways, or published under another smallest group: take the difference "
        "as a hint, neither as better nor as worse."
    )


def round_name(round: ComparedRound) -> str:
    """The name of a round, cleaned; "?" for none."""
    return clean_text(round.name, 120) or "?"


def round_words(round: ComparedRound) -> str:
    """Name and day: "Spring (3 March 2026)"."""
    if round.closed_on is None:
        return round_name(round)
    return _("%(round)s (%(day)s)") % {"round": round_name(round), "day": date_words(round.closed_on)}


# ---- what is lost, in parts


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A part of the change of what is lost: ``cents`` are hundredths of a person-equivalent, as shown."""

    name: str  # of the field of LossParts
    label: str
    cents: int
    words: str


def loss_parts(change: RoundComparison, *, by_team: bool = False) -> list[ShownPart]:
    """The five parts, which add up to the total as they are shown; what is 0 stays with the first two alone."""
    parts = change.parts
    amounts = (parts.by_yield, parts.by_flow, parts.by_assumed, parts.new, parts.removed)
    cents = exact_parts(amounts, _total_cents(change))
    labels = part_labels(by_team=by_team).items()
    told = [
        ShownPart(name, label, shown, signed_cents(shown)) for (name, label), shown in zip(labels, cents, strict=True)
    ]
    return [part for place, part in enumerate(told) if part.cents or place < 2]


def loss_total(change: RoundComparison) -> ShownPart:
    """What the parts add up to: shown now less shown before."""
    cents = _total_cents(change)
    return ShownPart("total", total_label(), cents, signed_cents(cents))


def _total_cents(change: RoundComparison) -> int:
    return shown_steps(change.lost_now) - shown_steps(change.lost_before)


def signed_cents(cents: int) -> str:
    """Hundredths of a person-equivalent with their sign: "+0.30", "−0.05", "0.00"."""
    shown = plain_cents(abs(cents))
    return shown if not cents else ("+" if cents > 0 else MINUS) + shown


def plain_cents(cents: int) -> str:
    """Hundredths of a person-equivalent, >= 0: "1.05"."""
    return number_format(cents / 100, 2)


def loss_sentence(change: RoundComparison, *, by_team: bool = False) -> str:
    """What is lost now and was before, and which part changed it most."""
    values = {
        "now": plain_cents(shown_steps(change.lost_now)),
        "before": plain_cents(shown_steps(change.lost_before)),
        "difference": loss_total(change).words,
    }
    said = _("At hand-offs %(now)s person-equivalents are lost instead of %(before)s (%(difference)s).") % values
    parts, total = loss_parts(change), loss_total(change).cents
    # only what goes the way the whole went can be why it went there
    largest = max(parts, key=lambda part: part.cents * total if total else abs(part.cents))
    if not largest.cents:
        return said
    reasons = {
        "by_yield": _("Most of the change comes from how much arrives of what is handed over."),
        "by_flow": _("Most of the change comes from how much is handed over."),
        "by_assumed": _(
            "Most of the change is an average that stands in where nobody rated: no finding about any hand-off."
        ),
        "new": _("Most of the change comes from new hand-offs."),
        "removed": _("Most of the change comes from hand-offs that are gone."),
    }
    if by_team:
        reasons["by_assumed"] = _(
            "Most of the change is an average that stands in where nothing is shown: no finding about any team link."
        )
        reasons["new"] = _("Most of the change comes from new team links.")
        reasons["removed"] = _("Most of the change comes from team links that are gone.")
    said = f"{said} {reasons[largest.name]}"
    if any(part.cents * largest.cents < 0 for part in parts):
        said += " " + _("Other parts go the other way.")
    return said


# ---- hand-offs


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One hand-off, or team link, as its row: loss in person-equivalents, as text; ``now = before + both parts``."""

    where: str
    supplier: str
    customer: str
    deliverable: str
    kind: str  # "new", "gone", "not rated in one of the rounds", or ""
    arrives: str  # of 100: "40 → 80"
    before: str
    now: str
    difference: str
    by_yield: str
    by_flow: str
    cents: int  # of the difference
    shows: bool  # whether any figure of its change is not 0 as shown, or it came or went


def change_rows(compared: Compared, *, most: int = MOST_ROWS) -> list[ChangeRow]:
    """The hand-offs whose loss changed most; none where nothing of it shows."""
    if compared.change is None:
        return []
    rows = (_change_row(compared, one) for one in compared.change.handoffs[:most])
    return [row for row in rows if row.shows]


def _change_row(compared: Compared, one: HandOffChange) -> ChangeRow:
    before, now = shown_steps(one.lost_before), shown_steps(one.lost_now)
    by_yield, by_flow = exact_parts([one.by_yield, one.by_flow], now - before)
    supplier, customer = (clean_text(compared.names.get(end, end)) or "?" for end in (one.supplier, one.customer))
    return ChangeRow(
        where=link_title(supplier, customer, by_team=compared.by_team),
        supplier=supplier,
        customer=customer,
        deliverable=clean_text(one.deliverable),
        kind=kind_words(one, by_team=compared.by_team),
        arrives=_arrives(one),
        before=plain_cents(before),
        now=plain_cents(now),
        difference=signed_cents(now - before),
        by_yield=signed_cents(by_yield),
        by_flow=signed_cents(by_flow),
        cents=now - before,
        shows=bool(by_yield or by_flow or one.presence != Presence.BOTH),
    )


def kind_words(one: HandOffChange, *, by_team: bool = False) -> str:
    """Whether a hand-off is new, gone, or not rated (not shown) in one of the rounds; "" for none of these."""
    if one.presence == Presence.NEW:
        return pgettext("a hand-off", "new")
    if one.presence == Presence.REMOVED:
        return pgettext("a hand-off", "gone")
    if not one.is_assumed:
        return ""
    return _("not shown in one of the rounds") if by_team else _("not rated in one of the rounds")


def _arrives(one: HandOffChange) -> str:
    """Of 100 handed over, before and now; "–" for a round without it, or where a figure is only assumed."""
    if one.is_assumed:
        return "–"
    figures = ["–" if value is None else of_hundred(value) for value in
               (one.yield_before, one.yield_now)]  # fmt: skip
    return _("%(before)s → %(now)s") % {"before": figures[0], "now": figures[1]}


def rows_sentence(compared: Compared) -> str:
    """How many hand-offs the table leaves out; "" where it has all of them."""
    change = compared.change
    left_out = 0 if change is None else len(change.handoffs) - MOST_ROWS
    if left_out <= 0:
        return ""
    text = (
        ngettext(
            "%(count)s team link that changed less is in the file alone.",
            "%(count)s team links that changed less are in the file alone.",
            left_out,
        )
        if compared.by_team
        else ngettext(
            "%(count)s hand-off that changed less is in the file alone.",
            "%(count)s hand-offs that changed less are in the file alone.",
            left_out,
        )
    )
    return text % {"count": number_format(left_out, 0)}
