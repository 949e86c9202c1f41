"""Figures of every 100 by one rule: no flat nothing, no .0, and parts of a whole that add up to it."""

from __future__ import annotations

import pytest

from chainmap.domain.intervals import Interval
from chainmap.exports.report_figures import of_hundred, parts_of_hundred, range_of_hundred, signed_of_hundred
from chainmap.exports.report_words import link_sentence
from chainmap.exports.words import signed_units, worst_handoff_sentence
from chainmap.services.report_requests import ReportRequest
from chainmap.web.chain import gain_of_hundred
from chainmap.web.report_parts import report_context
from tests.exports.reports import one_rating_report


def test_small_figures_of_100_are_never_a_flat_nothing() -> None:
    shares = (0.123, 0.0094, 0.004, 0.0003, 0.00001, 0.000001, 0.0, 0.997, 1.0)
    in_words = ["12", "0.9", "0.4", "0.03", "0.001", "less than 0.001", "0", "more than 99", "100"]
    assert [of_hundred(share) for share in shares] == in_words
    assert (of_hundred(1e-9, short=True), of_hundred(0.999, short=True)) == ("<0.001", ">99")
    assert range_of_hundred(Interval(0.131, 0.134)) == "13"
    assert [signed_of_hundred(share) for share in (0.03, -0.004, 0.000001)] == ["+3", "−0.4", "0"]
    assert [signed_units(value) for value in (0.3, -0.05, -0.001)] == ["+0.30", "−0.05", "0.00"]


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ([0.18, 0.82, 0.0], ["18", "82", "0"]),
        ([0.936, 0.064], ["94", "6"]),  # whole, as the first is told alone
        ([0.464, 0.464, 0.072], ["46", "47", "7"]),  # 46, 46 and 7 would make 99
        ([0.073, 0.927], ["7.3", "92.7"]),
        ([0.931, 0.0647, 0.0043], ["93.1", "6.5", "0.4"]),
        ([0.6, 0.3998, 0.0002], ["60", "40", "0.02"]),  # too little to be a tenth
        ([0.9997, 0.0003, 0.0], ["more than 99", "0.03", "0"]),
        ([1.0, 0.0, 0.0], ["100", "0", "0"]),
    ],
)
def test_parts_of_a_whole_add_up_to_100(shares: list[float], told: list[str]) -> None:
    assert parts_of_hundred(shares) == told


def test_the_same_repair_has_one_figure_on_every_page() -> None:
    """0.5 of 100 was "+0.5" in the report, "1 more" on a slide and "less than 1 more" on the start page."""
    report = one_rating_report()
    worst = report.finding.ranked[0]
    gain = of_hundred(worst.recoverable / report.finding.created)
    assert "." in gain  # not a whole number, or the test could not fail
    assert f"{gain} more would reach" in worst_handoff_sentence(report.finding)
    assert gain_of_hundred(report.finding) == gain
    assert f"would bring {gain} more of every 100" in link_sentence(report, report.links[0])
    assert report_context(report, charts="x.svg", asked=ReportRequest())["first_links"][0].gain == f"+{gain}"
