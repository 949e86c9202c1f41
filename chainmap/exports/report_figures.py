"""Figures of every 100, by one rule on every page and in every file: a share, a range, a difference, a whole."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chainmap.domain.exact_parts import exact_parts
from chainmap.domain.intervals import Interval

MINUS = "−"
#: From here on a figure of 100 is a whole number; below it has one decimal, then two, then three, but no ".0".
_DECIMALS = ((9.95, 0), (0.05, 1), (0.005, 2))
_MOST_DECIMALS, _LEAST_SHOWN = 3, 0.0005
#: From here on whole numbers tell a part of a whole; what would be shown as 0.0 stands outside the sum.
_WHOLE_PART, _LEAST_PART = 0.95, 0.05


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


def plural_of(figure: str) -> int:
    """Which form of a verb a figure takes, for ``ngettext``: one unit is lost, 0.9 or 12 units are.

    >>> plural_of("1"), plural_of("0.9"), plural_of("less than 0.001")
    (1, 2, 2)
    """
    return 1 if figure == "1" else 2


def parts_of_hundred(shares: Sequence[float]) -> list[str]:
    """The parts of a whole (shares that add up to 1) as figures that add up to 100; the first one is also told alone.

    All have the same decimals: none, or one where a part is smaller than 1 or the first alone is told with one. Less
    than 0.05 is told as it is and adds nothing.

    >>> parts_of_hundred([0.936, 0.064]), parts_of_hundred([0.464, 0.464, 0.072])
    (['94', '6'], ['46', '47', '7'])
    >>> parts_of_hundred([0.931, 0.065, 0.004])
    ['93.1', '6.5', '0.4']
    """
    amounts = [share * 100 for share in shares]
    told = [amount for amount in amounts if amount >= _LEAST_PART]
    if len(told) < 2:
        return [of_hundred(share) for share in shares]
    is_whole = amounts[0] >= _DECIMALS[0][0] or round(amounts[0], 1) == round(amounts[0])
    digits = 0 if is_whole and min(told) >= _WHOLE_PART else 1
    unit = 10**digits
    first = round(amounts[0] * unit) if amounts[0] >= _LEAST_PART else 0
    rest = exact_parts(
        [amount if amount >= _LEAST_PART else 0.0 for amount in amounts[1:]], 100 * unit - first, per_unit=unit
    )
    return [
        number_format(step / unit, digits) if amount >= _LEAST_PART else of_hundred(share)
        for share, amount, step in zip(shares, amounts, [first, *rest], strict=True)
    ]


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
    return with_sign(share, _plain(abs(share) * 100))


def with_sign(value: float, shown: str) -> str:
    """A figure as ``shown`` without a sign, with that of ``value`` before it; a nought has none."""
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
