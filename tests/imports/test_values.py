"""Numbers, dates and points in time: what is accepted, and the code of what is not."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.records import PartyKind
from chainmap.imports.values import (
    UnfitError,
    capacity,
    email_address,
    iso_date,
    party_kind,
    plain_number,
    point_in_time,
    rescaled_score,
    volume,
)


@pytest.mark.parametrize(
    ("text", "number"), [("7", 7), ("7.5", Fraction(15, 2)), (".5", Fraction(1, 2)), ("-2", -2), ("007", 7), ("5.", 5)]
)
def test_plain_numbers(text, number):
    assert plain_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "Infinity", "-inf", "1e400", "1e2", "７", "٧", "7²", "½", "1_000", "1 000", "+7", "0x7", "--7", "-"),
        *(".", "1.2.3", "7,5", "TRUE", "9" * 5_000, "0." + "9" * 30),
    ],
)
def test_what_is_not_a_plain_number(text):
    with pytest.raises(UnfitError) as caught:
        plain_number(text)
    assert caught.value.code == "not_a_number"


def test_a_decimal_comma_counts_only_where_it_cannot_separate_cells():
    assert plain_number("7,5", decimal_comma=True) == Fraction(15, 2)
    with pytest.raises(UnfitError):
        plain_number("1,000,000", decimal_comma=True)


@pytest.mark.parametrize(
    ("score", "low", "high", "rescaled"),
    [
        ("4", "1", "5", 7.5),
        ("0", "0", "1", 0.0),
        ("1", "0", "1", 10.0),
        ("10", "", "", 10.0),
        (
            "0.1",
            "0",
            "0.3",
            float(Fraction(10, 3)),
        ),  # binary fractions would give 3.3333333333333335 / 3.333333333333334
        ("-1", "-2", "2", 2.5),
    ],
)
def test_scores_are_rescaled_exactly(score, low, high, rescaled):
    assert rescaled_score(score, low, high) == rescaled


@pytest.mark.parametrize(
    ("score", "low", "high", "code"),
    [
        ("11", "", "", "score_range"),
        ("-1", "", "", "score_range"),
        ("0", "1", "5", "score_range"),
        ("3", "5", "5", "scale_empty"),
        ("3", "5", "1", "scale_empty"),
        ("3", "1", "", "scale_incomplete"),
        ("3", "", "5", "scale_incomplete"),
        ("3", "1", "x", "not_a_number"),
    ],
)
def test_scores_that_do_not_fit_their_scale(score, low, high, code):
    with pytest.raises(UnfitError) as caught:
        rescaled_score(score, low, high)
    assert caught.value.code == code


@given(st.lists(st.decimals(-(10**6), 10**6, places=3), min_size=3, max_size=3, unique=True))
@settings(max_examples=50, deadline=None)
def test_rescaling_stays_inside_and_keeps_the_order(numbers):
    low, score, high = sorted(numbers)
    assert rescaled_score(f"{low:f}", f"{low:f}", f"{high:f}") == 0
    assert rescaled_score(f"{high:f}", f"{low:f}", f"{high:f}") == 10
    assert 0 < rescaled_score(f"{score:f}", f"{low:f}", f"{high:f}") < 10


def test_volume_is_above_zero_and_capacity_not_below():
    assert (volume("0.5"), capacity("0")) == (0.5, 0.0)
    for parse, text, code in (
        (volume, "0", "volume_range"),
        (volume, "-1", "volume_range"),
        (capacity, "-0.1", "capacity_range"),
    ):
        with pytest.raises(UnfitError) as caught:
            parse(text)
        assert caught.value.code == code


def test_kinds():
    assert party_kind("End Customer") is PartyKind.END_CUSTOMER
    assert party_kind("EXTERNAL-supplier") is PartyKind.EXTERNAL_SUPPLIER
    with pytest.raises(UnfitError):
        party_kind("boss")


@pytest.mark.parametrize("text", ["ana", "a@b", "a b@x.pl", "a@x.pl\u2028Bcc: z@y.z", "@x.pl"])
def test_what_is_not_an_email_address(text):
    assert email_address("Ana@x.pl") == "Ana@x.pl"
    with pytest.raises(UnfitError):
        email_address(text)


@pytest.mark.parametrize(
    "text", ["2025-02-29", "20250331", "2025-W13-1", "31.03.2025", "2025-3-1", "２０２５-03-31", "2025-03-3١"]
)
def test_what_is_not_a_date(text):
    assert iso_date("2025-03-31") == date(2025, 3, 31)
    with pytest.raises(UnfitError):
        iso_date(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-31", datetime(2025, 3, 31, tzinfo=UTC)),
        ("2025-03-31 12:05", datetime(2025, 3, 31, 12, 5, tzinfo=UTC)),
        ("2025-03-31T14:05:00+02:00", datetime(2025, 3, 31, 12, 5, tzinfo=UTC)),
        ("2025-03-31T12:05:00.250Z", datetime(2025, 3, 31, 12, 5, 0, 250_000, UTC)),
    ],
)
def test_points_in_time(text, moment):
    assert point_in_time(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1711893900",
        "2025-03-31x12:05",
        "2025-03-31T25:00",
        "31/03/2025 12:05",
        "2025-03-31T",
        "２０２５-03-31",
    ],
)
def test_what_is_not_a_point_in_time(text):
    with pytest.raises(UnfitError):
        point_in_time(text)
