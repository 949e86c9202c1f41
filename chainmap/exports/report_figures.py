"""Figures of a report inside a sentence: how many of every 100, a range, more or less."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chainmap.domain.intervals import Interval
from chainmap.exports.words import units

MINUS = "−"
#: From here on a figure of 100 is a whole number; below it has one decimal, then two, then three, but no ".0".
_DECIMALS = ((9.95, 0), (0.05, 1), (0.005, 2))
_MOST_DECIMALS, _LEAST_SHOWN = 3, 0.0005


def of_hundred(share: float, *, short: bool = False) -> str:
    """How many of 100 a share (0..1) is: "41", "0.4", "0.03", "less than 0.001", "more than 99"; with signs if short.

    >>> of_hundred(0.414), of_hundred(0.004), of_hundred(0.0003), of_hundred(0.0), of_hundred(0.998)
    ('41', '0.4', '0.03', '0', 'more than 99')
    >>> of_hundred(1e-9), of_hundred(1e-9, short=True)
    ('less than 0.001', '<0.001')
    """
    amount = share * 100
    if 0 < amount < _LEAST_SHOWN:
        least = number_format(0.001, _MOST_DECIMALS)
        return f"<{least}" if short else _("less than %(figure)s") % {"figure": least}
    if share < 1 and round(amount) == 100:
        most = number_format(99, 0)
        return f">{most}" if short else _("more than %(figure)s") % {"figure": most}
    return _plain(amount)


def range_of_hundred(interval: Interval) -> str:
    """Both ends as figures of 100: "1 to 5"; one figure where they are the same one.

    >>> range_of_hundred(Interval(0.012, 0.25)), range_of_hundred(Interval(0.000001, 0.004))
    ('1.2 to 25', '0 to 0.4')
    """
    low, high = _plain(interval.low * 100), _plain(interval.high * 100)
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def sure_range(interval: Interval | None) -> str:
    """The range behind a figure of 100, in brackets, with a space before it: " (90 %: 1 to 5)"; "" without one."""
    if interval is None:
        return ""
    return " " + _("(90\u00a0%%: %(range)s)") % {"range": range_of_hundred(interval)}


def scaled(interval: Interval | None, whole: float) -> Interval | None:
    """An interval of amounts as shares of ``whole``; None without one, or of nothing."""
    return Interval(interval.low / whole, interval.high / whole) if interval is not None and whole > 0 else None


def signed_of_hundred(share: float) -> str:
    """A difference of shares as a figure of 100 with its sign: "+3", "−0.4", "0".

    >>> signed_of_hundred(0.03), signed_of_hundred(-0.004), signed_of_hundred(0.000001)
    ('+3', '−0.4', '0')
    """
    return _with_sign(share, _plain(abs(share) * 100))


def signed_units(value: float) -> str:
    """A difference of person-equivalents with its sign: "+0.30", "−0.05", "0.00" where nothing is left of it."""
    shown = round(value, 2)
    return _with_sign(shown, units(abs(shown)))


def _with_sign(value: float, shown: str) -> str:
    if not any(digit in shown for digit in "123456789"):
        return shown
    return ("+" if value > 0 else MINUS) + shown


def _plain(amount: float) -> str:
    sign, size = (MINUS if amount < 0 else ""), abs(amount)
    if size < _LEAST_SHOWN:
        return number_format(0, 0)
    digits = next((digits for least, digits in _DECIMALS if size >= least), _MOST_DECIMALS)
    shown = round(size, digits)
    return sign + number_format(shown, 0 if shown == int(shown) else digits)
