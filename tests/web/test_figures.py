"""Figures as templates show them."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.utils import translation

from chainmap.domain.findings import Bottlenecks, Structure
from chainmap.templatetags import chainmap_figures as figures


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.414, "41\u00a0%"), (0.0, "0\u00a0%"), (1.0, "100\u00a0%"), (0.001, "<1\u00a0%"), (None, "not known")],
)
def test_a_share_is_a_percentage_that_never_breaks_before_its_sign(share, said):
    assert figures.percent(share) == said


def test_what_is_not_known_is_said_so():
    assert figures.units(None) == figures.of_hundred(None) == "not known"
    assert figures.part_of(None, 3) is figures.part_of(3, None) is figures.part_of(3, 0) is None


def test_amounts_have_two_decimals_and_no_zero_that_is_not_one():
    assert (figures.units(17.591), figures.units(0.0), figures.units(0.001)) == ("17.59", "0.00", "<0.01")


def test_less_than_is_escaped_on_a_page():
    page = Template("{% load chainmap_figures %}{{ share|percent }}").render(Context({"share": 0.001}))
    assert page == "&lt;1\u00a0%"


@pytest.mark.parametrize(("share", "steps"), [(0.0, 0), (0.00001, 1), (0.5, 500), (1.0, 1000), (1.0000001, 1000)])
def test_a_bar_is_as_long_as_its_share_and_never_hides_something(share, steps):
    bar = figures.share_bar(share)
    assert re.search(r'bar-part" width="(\d+)"', bar)[1] == str(steps)
    assert figures.share_bar(None) == ""


def test_a_bar_is_the_same_in_a_language_with_decimal_commas():
    with translation.override("de"):
        assert "," not in figures.share_bar(0.1234)
        assert 'width="123"' in figures.share_bar(0.1234)


@pytest.mark.parametrize(
    ("delivered", "lost"), [(1.0, 2.0), (0.0, 4.0), (4.0, 0.0), (3.9999999, 0.0000001), (1.3333, 1.3333)]
)
def test_the_parts_of_what_is_created_fill_the_bar_exactly(delivered, lost):
    finding = Bottlenecks(
        organization="A", analysed=True, created=4.0, delivered=delivered, lost=lost, stranded=4.0 - delivered - lost,
        chain_yield=delivered / 4, mean_yield=0.5, handoffs=(), parties=(), structure=Structure(),
    )  # fmt: skip
    parts = figures.proportion_bar(finding)
    assert parts["delivered"] + parts["lost"] + parts["stranded"] == figures.BAR_STEPS
    assert min(parts["delivered"], parts["lost"], parts["stranded"]) >= 0
    assert parts["rest"] == parts["delivered"] + parts["lost"]
