"""What two rounds say of recommending and of agreeing, and what all rounds say in a row, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chainmap.domain.compared import Compared, ComparedRound
from chainmap.domain.intervals import Interval
from chainmap.domain.nps import Arrow
from chainmap.exports.compare_words import round_name
from chainmap.exports.report_figures import MINUS, of_hundred
from chainmap.exports.report_part_words import nps_words
from chainmap.exports.words import percent, units

# ---- would they recommend it


def nps_lines(compared: Compared) -> list[tuple[str, str]]:
    """(round, its net promoter score in words), before and now; [] where neither has one."""
    told = [(round_name(each), nps_words(each.score)) for each in (compared.before, compared.now)]
    return told if any(words for _round, words in told) else []


def nps_sentence(compared: Compared) -> str:
    """Whether the net promoter score moved: an arrow only where the range of the difference excludes 0."""
    change, scores = compared.nps, (compared.before.score, compared.now.score)
    if change is None:
        if any(score.released_nps is not None for score in scores):
            return _("Released scores come in steps of ten and without a range: whether one moved cannot be said.")
        return ""
    is_named = all(score.nps is not None and score.nps.named for score in scores)
    if not is_named or change.interval is None or change.difference is None:
        return _("Too few answers in one of the rounds to say whether the net promoter score moved.")
    low, high = (_signed(end) for end in (change.interval.low, change.interval.high))
    values = {"difference": _signed(change.difference), "low": low, "high": high, "sure": percent(0.9)}
    text = {
        Arrow.UP: _("▲ It rose by more than chance: %(difference)s (%(sure)s sure: %(low)s to %(high)s)."),
        Arrow.DOWN: _("▼ It fell by more than chance: %(difference)s (%(sure)s sure: %(low)s to %(high)s)."),
    }.get(
        change.arrow, _("Too early to tell: %(difference)s, which may be chance (%(sure)s sure: %(low)s to %(high)s).")
    )
    return text % values


def _signed(value: float) -> str:
    shown = round(value)
    return f"{MINUS if shown < 0 else '+' if shown > 0 else ''}{number_format(abs(shown), 0)}"


# ---- what agreeing did


def agreement_sentences(compared: Compared) -> list[str]:
    """The two groups, the difference with its range, and what to be careful of; why not where there is no figure."""
    effect = compared.agreements
    if effect is None:
        if compared.by_team or compared.obstacle:
            return []
        return [
            _(
                "Whether agreements helped can be said once enough pairs rated the same hand-off in both rounds: at "
                "least six that agreed on something in between, and six that did not, so mixed that nobody can tell "
                "which pairs agreed."
            )
        ]
    agreed, others = effect.agreed, effect.others
    values = {
        "pairs": number_format(agreed.pairs, 0),
        "other_pairs": number_format(others.pairs, 0),
        "change": _points(agreed.change),
        "other_change": _points(others.change),
        "before": number_format(round(agreed.before, 1), 1),
        "other_before": number_format(round(others.before, 1), 1),
        "difference": _points(effect.difference),
        "low": _points(effect.interval.low),
        "high": _points(effect.interval.high),
    }
    groups = _(
        "At least %(pairs)s pairs agreed on something between the rounds: they began at about %(before)s of 10 and "
        "changed by about %(change)s. At least %(other_pairs)s pairs did not: they began at about %(other_before)s and "
        "changed by about %(other_change)s."
    )
    return [groups % values, _effect_verdict(effect.interval) % values, _effect_caution(effect.began_lower)]


def _effect_verdict(interval: Interval) -> str:
    if not interval.excludes_zero:
        return _("About %(difference)s points; too early to tell (90\u00a0%% sure: %(low)s to %(high)s).")
    return _("The difference is about %(difference)s points, more than chance (90\u00a0%% sure: %(low)s to %(high)s).")


def _effect_caution(began_lower: bool) -> str:
    said = _("It is no experiment: nobody drew lots who agrees.")
    if began_lower:
        more = _(
            "Those who agreed began lower, and what is low by chance rises by itself the next time: part of their rise "
            "would have come anyway."
        )
    else:
        more = _("Those who agree may differ in other ways, too: take it as a hint.")
    return f"{said} {more}"


def _points(value: float) -> str:
    shown = round(value, 1) + 0.0
    return f"{MINUS if shown < 0 else '+' if shown > 0 else ''}{number_format(abs(shown), 1)}"


# ---- every round


def trend_sentence(rounds: Sequence[ComparedRound]) -> str:
    """What arrives in the last round, and what did in the first one of its kind."""
    known = [one for one in rounds if one.chain_yield is not None]
    if not known:
        return _("No round says yet how much of the work arrives.")
    last = known[-1]
    values = {"now": of_hundred(last.chain_yield or 0.0), "round": round_name(last)}
    alike = [one for one in known if one.is_kind_of(last)]
    if len(alike) < 2:
        return (
            _("Of every 100 units of work %(now)s arrive in “%(round)s”; the next round like it makes a trend.")
            % values
        )
    first = alike[0]
    values |= {"first": of_hundred(first.chain_yield or 0.0), "since": round_name(first)}
    return _("Of every 100 units of work %(now)s arrive in “%(round)s”; in “%(since)s” it was %(first)s.") % values


def trend_verdict(rounds: Sequence[ComparedRound]) -> str:
    """Whether the ranges of these two lie apart; "" where there are not two."""
    known = [one for one in rounds if one.chain_yield is not None]
    alike = [one for one in known if one.is_kind_of(known[-1])]
    if len(alike) < 2:
        return ""
    first, last = alike[0], alike[-1]
    if first.interval is None or last.interval is None:
        return _("Of releases no range is known: look at the direction over several rounds, not at one step.")
    if last.interval.low > first.interval.high:
        return _("That is higher by more than chance: the two ranges lie apart.")
    if last.interval.high < first.interval.low:
        return _("That is lower by more than chance: the two ranges lie apart.")
    return _("The two ranges overlap: compare the two rounds to see whether that is more than chance.")


def lost_words(round: ComparedRound) -> str:
    """What is lost in one round, in person-equivalents; "–" where it is not known."""
    return "–" if round.lost is None else units(round.lost)
