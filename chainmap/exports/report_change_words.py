"""What changed since the round before, in sentences: better or worse only where that is more than chance."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chainmap.domain.exact_parts import exact_parts, shown_steps
from chainmap.domain.nps import Arrow, find_change
from chainmap.domain.reports import Moved, ReportChange
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import MINUS, of_hundred, range_of_hundred, signed_of_hundred
from chainmap.exports.report_link_words import date_words, link_title, link_word
from chainmap.exports.words import percent, signed_units, units

#: By what arrives and by how much is handed over: told even where they are 0.
_ALWAYS_TOLD = 2


@dataclass(frozen=True, slots=True)
class ChangePart:
    """One part of the change of what is lost: its name, its amount in person-equivalents, as shown, and in words."""

    label: str
    amount: float
    shown: float
    words: str


def change_sentences(change: ReportChange) -> list[str]:
    """From the round before to this one: what arrives, how sure that is, what is lost, the net promoter score."""
    said = [_arrives(change), verdict(change), _lost(change), nps_change_sentence(change)]
    return [sentence for sentence in said if sentence]


def since_words(change: ReportChange) -> str:
    """The round before, by name and day: "the round “Spring” (closed 3 March 2026)"."""
    values = {"round": clean_text(change.round, 120), "day": date_words(change.closed_on)}
    text = _("the round “%(round)s” (closed %(day)s)") if change.closed_on else _("the round “%(round)s”")
    return text % values


def _arrives(change: ReportChange) -> str:
    values = {
        "since": since_words(change),
        "before": of_hundred(change.yield_before),
        "now": of_hundred(change.yield_now),
        "difference": signed_of_hundred(change.yield_now - change.yield_before),
    }
    text = _(
        "Compared with %(since)s: of every 100 units of work %(now)s reach the end customers instead of %(before)s "
        "(%(difference)s)."
    )
    return text % values


def verdict(change: ReportChange) -> str:
    """Better, worse, or that the two cannot be told apart: with the range of the difference, in every 100."""
    if not change.comparable:
        return _(
            "The two rounds are not of one kind (another way of asking, or another smallest group): take the "
            "difference as a hint, neither as better nor as worse."
        )
    if change.difference is None:
        return _("How sure that is cannot be said from released figures: take it as a hint.")
    values = {"range": range_of_hundred(change.difference)}
    if not change.difference.excludes_zero:
        return _(
            "That may be chance: the difference lies anywhere between %(low)s and %(high)s of 100 (90\u00a0%% sure)."
        ) % {
            "low": signed_of_hundred(change.difference.low),
            "high": signed_of_hundred(change.difference.high),
        }
    if change.difference.low > 0:
        return _("That is better: %(range)s more of every 100 (90\u00a0%% sure).") % values
    fewer = {"range": range_of_hundred(type(change.difference)(-change.difference.high, -change.difference.low))}
    return _("That is worse: %(range)s fewer of every 100 (90\u00a0%% sure).") % fewer


def _lost(change: ReportChange) -> str:
    values = {
        "before": units(change.lost_before),
        "now": units(change.lost_now),
        "difference": change_total(change).words,
    }
    return (
        _(
            "At hand-offs %(now)s person-equivalents are lost instead of %(before)s (%(difference)s). The parts below "
            "add up to that."
        )
        % values
    )


def change_parts(change: ReportChange) -> list[ChangePart]:
    """The parts that add up to the change of what is lost, as they are shown too; those that are there."""
    amounts = (change.by_yield, change.by_flow, change.by_assumed, change.new, change.removed)
    cents = exact_parts(amounts, _total_cents(change))
    labels = part_labels(by_team=change.by_team).values()
    told = [_part(label, amount, shown) for label, amount, shown in zip(labels, amounts, cents, strict=True)]
    return [part for place, part in enumerate(told) if part.amount or place < _ALWAYS_TOLD]


def part_labels(*, by_team: bool) -> dict[str, str]:
    """The parts of a change of what is lost, in their order and in the same words wherever they are told."""
    if by_team:
        assumed = _("Not shown in one round: the average moved")
        new, removed = _("New team links"), _("Team links that are gone")
    else:
        assumed = _("Not rated in one round: the average moved")
        new, removed = _("New hand-offs"), _("Hand-offs that are gone")
    return {
        "by_yield": _("More or less arrives of what is handed over"),
        "by_flow": _("More or less is handed over"),
        "by_assumed": assumed,
        "new": new,
        "removed": removed,
    }


def total_label() -> str:
    """What stands at their sum."""
    return _("All together")


def moved_title(change: ReportChange) -> str:
    """What stands over the rows that moved most."""
    return _("Team links that moved most") if change.by_team else _("Hand-offs that moved most")


def moved_head(change: ReportChange) -> list[str]:
    """What stands over the columns of these rows."""
    return [link_word(by_team=change.by_team), _("before"), _("now"), _("by what arrives"), _("by what is handed over")]


def change_total(change: ReportChange) -> ChangePart:
    """What the parts add up to: shown now less shown before."""
    return _part(total_label(), change.lost_now - change.lost_before, _total_cents(change))


def _part(label: str, amount: float, cents: int) -> ChangePart:
    return ChangePart(label, amount, cents / 100, signed_units(cents / 100))


def _total_cents(change: ReportChange) -> int:
    return shown_steps(change.lost_now) - shown_steps(change.lost_before)


def shown_change(moved: Moved) -> tuple[float, float, float]:
    """The change at one hand-off, by what arrives, and by how much is handed over: as shown, where they add up too."""
    total = shown_steps(moved.now) - shown_steps(moved.before)
    by_yield, by_flow = exact_parts([moved.by_yield, moved.by_flow], total)
    return total / 100, by_yield / 100, by_flow / 100


def kind_words(moved: Moved) -> str:
    """Whether a hand-off is new or gone, or in both rounds but not rated in both; else ""."""
    named = {"new": pgettext("a hand-off", "new"), "removed": pgettext("a hand-off", "gone")}
    return named.get(moved.kind, _("not rated in one of the rounds") if moved.is_assumed else "")


def moved_rows(change: ReportChange) -> list[tuple[str, str, str, str, str]]:
    """Hand-offs that moved most: where, lost before, lost now, by yield, by flow (person-equivalents, signed)."""
    rows = []
    for moved in change.moved:
        where, kind = link_title(moved.supplier, moved.customer, by_team=change.by_team), kind_words(moved)
        if moved.deliverable:
            where += f" ({clean_text(moved.deliverable, 60)})"
        by_yield, by_flow = map(signed_units, shown_change(moved)[1:])
        rows.append((f"{where}, {kind}" if kind else where, units(moved.before), units(moved.now), by_yield, by_flow))
    return rows


def nps_change_sentence(change: ReportChange) -> str:
    """The net promoter score now and before; up or down only where the range of the difference excludes 0."""
    before, now = change.nps_before, change.nps_now
    if before is None or now is None or not (before.named and now.named):
        return ""
    found = find_change(before, now)
    if found.interval is None:
        return ""
    low, high = (f"{round(end):+d}".replace("-", MINUS) for end in (found.interval.low, found.interval.high))
    values = {"before": before.signed, "now": now.signed, "low": low, "high": high, "sure": percent(0.9)}
    said = _("NPS %(now)s instead of %(before)s") % values
    verdicts = {
        Arrow.UP: _("higher by more than chance, by %(low)s to %(high)s (%(sure)s sure)."),
        Arrow.DOWN: _("lower by more than chance, by %(low)s to %(high)s (%(sure)s sure)."),
    }
    unclear = _("which may be chance (%(low)s to %(high)s, %(sure)s sure).")
    return f"{said}: {verdicts.get(found.arrow, unclear) % values}"
