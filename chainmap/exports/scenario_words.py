"""What-if in words: the changes, what they bring, what to know about them, and why something cannot be asked.

Names come cleaned but not escaped, as in ``words``. A hand-off is never somebody's fault here either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.scenario_changes import (
    LEAST_VOLUME,
    MOST_CHANGES,
    MOST_DELIVERABLE,
    MOST_VOLUME,
    Add,
    Change,
    Remove,
    Reroute,
    ScenarioCode,
    ScenarioError,
    SetVolume,
    SetYield,
)
from chainmap.domain.scenarios import Totals, WarningCode
from chainmap.exports import report_figures, words

#: Less than this of every 100 is no difference that can be said.
_SAME = 1e-7
#: From a difference of so many of every 100 on, whole numbers tell it well enough.
_WHOLE = 5
_MINUS = "−"
#: Warnings said one by one; of more their number.
_MOST_WARNINGS = 5


@dataclass(frozen=True, slots=True)
class HandOffWords:
    """A hand-off as sentences name it; ``yield_`` and ``volume`` as they are today, None where that is not known."""

    supplier: str
    customer: str
    deliverable: str = ""
    yield_: float | None = None
    volume: float | None = None


@dataclass(frozen=True, slots=True)
class OfHundred:
    """Two shares of every 100 and their difference, rounded so that they add up: "41", "46", "+5"."""

    before: str
    after: str
    gain: str
    sign: int  # of the difference: 1, 0 or -1


def of_hundred(before: float, after: float, created: float, digits: int | None = None) -> OfHundred:
    """``before`` and ``after`` of ``created`` > 0, with a decimal where whole numbers would hide the difference.

    ``digits``: so many decimals whatever the difference, for figures that stand beside others.

    >>> of_hundred(0.412, 0.464, 1)
    OfHundred(before='41', after='46', gain='+5', sign=1)
    >>> of_hundred(0.412, 0.408, 1), of_hundred(0.5, 0.50001, 1)
    (OfHundred(before='41.2', after='40.8', gain='−0.4', sign=-1), OfHundred(before='50.0', after='50.0', gain='+<0.1', sign=1))
    """  # noqa: E501
    old, new = 100 * before / created, 100 * after / created
    difference = new - old
    if abs(difference) < _SAME:
        return OfHundred(_number(old, digits or 0), _number(old, digits or 0), _number(0, digits or 0), 0)
    if digits is None:
        digits = 0 if abs(difference) >= _WHOLE else 1
    gain = round(round(new, digits) - round(old, digits), digits)
    sign = 1 if difference > 0 else -1
    size = _number(abs(gain), digits) if gain else "<" + _number(0.1, 1)
    return OfHundred(_number(old, digits), _number(new, digits), ("+" if sign > 0 else _MINUS) + size, sign)


def outcome_sentence(before: Totals, after: Totals) -> str:
    """What the changes bring, in one sentence that can be heard."""
    if not before.created > 0:
        return _("Nobody creates work of their own yet, so nothing can be lost or delivered.")
    said = of_hundred(before.delivered, after.delivered, before.created)
    values = {"before": said.before, "after": said.after, "difference": said.gain.lstrip("+" + _MINUS)}
    if said.sign > 0:
        text = _(
            "Of every 100 units of work, %(after)s would reach the end customer instead of %(before)s: "
            "%(difference)s more."
        )
    elif said.sign < 0:
        text = _(
            "Of every 100 units of work, %(after)s would reach the end customer instead of %(before)s: "
            "%(difference)s fewer."
        )
    else:
        text = _("Of every 100 units of work, %(before)s would reach the end customer: the same as today.")
    return text % values


def starting_sentence(said: OfHundred) -> str:
    """How much arrives today: the large line that the new figure stands beside."""
    return _("Of every 100 units of work, %(before)s reach the end customer") % {"before": said.before}


def gain_in_people(gain: float) -> str:
    """A difference of delivered value in person-equivalents, with its sign: "+1.35"."""
    sign = "+" if gain > 0 else _MINUS if gain < 0 else ""
    return sign + words.units(abs(gain))


def change_sentence(change: Change, *, handoff: HandOffWords, mean: float | None) -> str:
    """One change. ``handoff``: the one it is about, of a new one its ends, of a re-routed one the new customer is
    given by :func:`reroute_sentence`; ``mean``: the yield of what nobody rated."""
    values = {"place": place(handoff)}
    match change:
        case SetYield(yield_=1.0):
            values |= {"old": _share(handoff.yield_)}
            text = _("Everything arrives %(place)s, instead of %(old)s of every 100 units.")
        case SetYield():
            values |= {"new": report_figures.of_hundred(change.yield_), "old": _share(handoff.yield_)}
            text = _("%(new)s of every 100 units arrive %(place)s, instead of %(old)s.")
        case SetVolume():
            values |= {"new": _volume(change.volume), "old": _volume(handoff.volume)}
            text = _("The volume %(place)s is %(new)s instead of %(old)s.")
        case Remove():
            text = _("No hand-off any more %(place)s.")
        case Add(yield_=None):
            values |= {"new": _share(mean)}
            text = _("A new hand-off %(place)s; as much arrives as on average, %(new)s of every 100.")
        case Add():
            values |= {"new": _share(change.yield_)}
            text = _("A new hand-off %(place)s; %(new)s of every 100 units arrive.")
        case _:
            text = _("What is handed over %(place)s goes to somebody else.")
    return text % values


def reroute_sentence(handoff: HandOffWords, customer: str) -> str:
    """A hand-off that goes to another customer."""
    return _("What is handed over %(place)s goes to %(customer)s instead.") % {
        "place": place(handoff),
        "customer": customer,
    }


def gone_sentence(change: Change, error: ScenarioError) -> str:
    """Of a kept scenario, a change that cannot be made any more, where the chain no longer knows what it was about."""
    if error.code == ScenarioCode.DUPLICATE:
        return _("A hand-off it adds is in the chain by now. It is left out.")
    if isinstance(change, Add | Reroute) and error.code == ScenarioCode.UNKNOWN_PARTY:
        return _("Somebody it hands over to or from is no longer in the chain. It is left out.")
    return _("A hand-off it changes is no longer in the chain. It is left out.")


def place(handoff: HandOffWords) -> str:
    """Where a hand-off is: "between Sales and Planning (forecast)"."""
    values = {"supplier": handoff.supplier, "customer": handoff.customer, "deliverable": handoff.deliverable}
    if handoff.supplier == handoff.customer and not handoff.deliverable:
        return _("inside %(supplier)s") % values
    if handoff.deliverable:
        return _("between %(supplier)s and %(customer)s (%(deliverable)s)") % values
    return _("between %(supplier)s and %(customer)s") % values


def warning_sentences(warnings: Sequence[tuple[WarningCode, str]]) -> list[str]:
    """What to know about the changed chain: (code, name of the party)."""
    texts = {
        WarningCode.NOTHING_LEAVES: _("Nothing leaves %(name)s any more: that work reaches no end customer."),
        WarningCode.NO_WAY: _("No way leads on from %(name)s to an end customer any more."),
        WarningCode.CUSTOMER_WITHOUT: _("%(name)s receives nothing any more."),
        WarningCode.NOTHING_DELIVERED: _("Nothing at all reaches an end customer any more."),
    }
    said = [texts[code] % {"name": name} for code, name in warnings[:_MOST_WARNINGS]]
    more = len(warnings) - _MOST_WARNINGS
    if more > 0:
        said.append(
            ngettext("The same holds for %(count)s more.", "The same holds for %(count)s more.", more) % {"count": more}
        )
    return said


def problem_sentence(error: ScenarioError) -> str:
    """What is wrong with what was asked, and what to do."""
    if error.code == ScenarioCode.OUTSIDE and error.field == "yield":
        return _("How much arrives is a number from 0 to 100.")
    said = {
        ScenarioCode.TOO_LONG: _("These changes are too long to be sent. Take some back."),
        ScenarioCode.TOO_MANY: _("A scenario holds up to %(most)s changes. Take some back, or keep it and begin anew."),
        ScenarioCode.NOTHING_RATED: _("Nobody has rated anything yet, so there is nothing to try out. Ask first."),
        ScenarioCode.UNKNOWN_HANDOFF: _("This hand-off is not in the chain (any more). Choose another one."),
        ScenarioCode.UNKNOWN_PARTY: _("They are not in the chain (any more). Choose somebody else."),
        ScenarioCode.OUTSIDE: _("A volume is a number from %(least)s to %(largest)s."),
        ScenarioCode.TO_ITSELF: _("Nobody hands anything over to themselves. Choose somebody else."),
        ScenarioCode.LEAVES_END_CUSTOMER: _("An end customer hands nothing on. Choose somebody else who gives."),
        ScenarioCode.DUPLICATE: _(
            "There is such a hand-off, or such a change, already. Change that one, or take it back."
        ),
        ScenarioCode.BAD_TEXT: _("Say in up to %(letters)s ordinary characters what is handed over."),
    }.get(error.code, _("What was sent cannot be understood. Nothing is lost: open the page again and try once more."))
    return said % {
        "most": MOST_CHANGES,
        "least": number_format(LEAST_VOLUME, 6),
        "largest": number_format(MOST_VOLUME, 0),
        "letters": MOST_DELIVERABLE,
    }


def _number(value: float, digits: int) -> str:
    return number_format(round(value, digits) + 0.0, digits)


def _share(value: float | None) -> str:
    return _("not known") if value is None else report_figures.of_hundred(value)


def _volume(value: float | None) -> str:
    if value is None:
        return _("not known")
    return number_format(float(f"{value:.6g}"), None if value % 1 else 0)
