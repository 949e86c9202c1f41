"""Charts: the cage of the child, data that is never markup, the same bytes twice, and figures a table says too."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from chainmap.domain.moments import Moment
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reports import Coverage, MomentLines, ParetoBar, Report, Score, TeamCoverage
from chainmap.exports import charts
from chainmap.exports.chart_rows import NARROW, WIDE, Form, Head, Row, rows_spec
from chainmap.exports.chart_style import MEASURED_FONT, TOKENS, painted, shortened, text_width
from chainmap.exports.charts import ChartError, chart_svg, charts_svg
from chainmap.exports.picture_error import PictureFailure
from chainmap.exports.report_charts import (
    change_chart,
    coverage_chart,
    moments_chart,
    moved_chart,
    nps_chart,
    pareto_chart,
    report_charts,
)
from tests.exports.examples import HOSTILE_NAMES
from tests.exports.reports import empty_report, example_report, large_report, one_rating_report, released_report

SVG = "{http://www.w3.org/2000/svg}"
WORDS = {"name": "plain", "title": "A title", "description": "What it says"}


def plain(*names: str) -> dict[str, object]:
    rows = [Row(name, 0, 1, figure="1") for name in names]
    return rows_spec(rows, Form(0, 1), Head("figure"), WORDS)


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ET.fromstring(svg).iter(SVG + "text")]


@pytest.fixture(scope="module")
def example() -> Report:
    return example_report()


@pytest.fixture(scope="module")
def example_svgs(example: Report) -> dict[str, str]:
    made = report_charts(example)
    return dict(zip(made, charts_svg([chart.spec for chart in made.values()]), strict=True))


# ---- the cage


def test_a_chart_is_titled_text_and_the_same_twice() -> None:
    first, second = charts_svg([plain("Anna"), plain("Anna")])
    assert first == second == chart_svg(plain("Anna"))
    root = ET.fromstring(first)
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root if element.tag in (SVG + "title", SVG + "desc")}
    assert root.get("aria-labelledby") == " ".join(named)
    assert list(named.values()) == ["A title", "What it says"]
    assert "Anna" in texts(first)
    assert MEASURED_FONT not in first.split(">", 1)[1]  # the stack of the root holds for every text


def test_themes_differ_in_colour_alone() -> None:
    light, dark, paper = (chart_svg(plain("Anna"), theme=theme) for theme in ("light", "dark", "print"))
    for svg, theme in ((light, "light"), (dark, "dark"), (paper, "print")):
        assert TOKENS[theme]["leak"] in svg
        assert "house:" not in svg
    # in the dark it brings its own ground: alone it would be pale on white
    assert f'<rect width="{WIDE}" height="80" fill="{TOKENS["dark"]["paper"]}" />' in dark
    assert "<rect" not in light + paper
    colour = re.compile(r"#[0-9a-f]{6}|<rect[^>]*>")
    assert colour.sub("", light) == colour.sub("", dark) == colour.sub("", paper)


def test_what_people_typed_stays_text() -> None:
    svg = chart_svg(plain(*HOSTILE_NAMES))
    root = ET.fromstring(svg)
    kinds = {str(element.tag).removeprefix(SVG) for element in root.iter()}
    assert kinds <= {"svg", "title", "desc", "g", "path", "rect", "line", "text"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name or name in ("style", "class")}
    assert "<script>alert(1)</script>" in texts(svg)
    assert "\x1b" not in svg
    assert "\u202e" not in svg


def test_a_name_that_looks_like_a_colour_is_not_painted() -> None:
    assert "house:leak" in texts(chart_svg(plain("house:leak")))


@pytest.mark.parametrize(
    "changed",
    [
        {"data": {"url": "http://127.0.0.1:9/x.json"}},
        {"data": {"url": "file:///etc/passwd"}},
        {"transform": [{"calculate": "1+1", "as": "x"}]},
        {"params": [{"name": "x", "expr": "1"}]},
        {"data": {"sequence": {"start": 0, "stop": 10**9}}},
        {"layer": [{"mark": {"type": "image"}, "encoding": {"url": {"value": "http://127.0.0.1:9/x.png"}}}]},
        {"layer": [{"mark": {"type": "text", "href": "javascript:alert(1)"}}]},
        {"layer": [{"mark": {"type": "text", "text": {"signal": "1"}}}]},
    ],
)
def test_what_would_be_fetched_or_computed_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is refused"):
        chart_svg(plain("Anna") | changed)


def test_a_chart_of_too_many_rows_is_refused() -> None:
    spec = plain("Anna") | {"layer": [{"data": {"values": [{"x": 1}] * (charts.MOST_ROWS + 1)}, "mark": "rect"}]}
    with pytest.raises(ValueError, match="at most"):
        chart_svg(spec)


def test_the_child_itself_opens_no_address() -> None:
    # past the check of the parent
    spec = {"data": {"url": "http://127.0.0.1:9/x.json"}, "mark": "bar", "encoding": {"x": {"field": "x"}}}
    command = [sys.executable, "-I", str(charts._CHILD)]
    done = subprocess.run(command, input=json.dumps([spec]).encode(), capture_output=True, timeout=30, check=False)
    assert done.returncode != 0
    assert b"not allowed" in done.stderr


def test_time_is_bounded() -> None:
    with pytest.raises(ChartError) as caught:
        chart_svg(plain("Anna"), seconds=0.05)
    assert caught.value.reason == PictureFailure.TIME
    assert "table" in str(caught.value)


def test_memory_is_bounded() -> None:
    with pytest.raises(ChartError) as caught:
        charts_svg([plain("Anna")], memory_mb=200)
    assert caught.value.reason in (PictureFailure.MEMORY, PictureFailure.FAILED)


def test_too_many_at_once_are_told_to_wait() -> None:
    for _place in range(charts.CONCURRENT_CHARTS):
        charts._charts.acquire()
    try:
        with pytest.raises(ChartError) as caught:
            chart_svg(plain("Anna"), seconds=0.01)
    finally:
        for _place in range(charts.CONCURRENT_CHARTS):
            charts._charts.release()
    assert caught.value.reason == PictureFailure.BUSY


def test_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts.sys, "executable", "/nonexistent/python")
    with pytest.raises(ChartError, match="vl-convert-python") as caught:
        chart_svg(plain("Anna"))
    assert caught.value.reason == PictureFailure.MISSING


def test_a_child_that_says_nonsense_makes_no_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    for said in (b"no json", b'["<svg><script/></svg>"]', b'["<!DOCTYPE x><svg/>"]', b'["<svg"]'):
        monkeypatch.setattr(charts, "_run", lambda *_rest, said=said: said)
        with pytest.raises(ChartError) as caught:
            chart_svg(plain("Anna"))
        assert caught.value.reason == PictureFailure.FAILED


def test_no_charts_need_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charts, "_run", lambda *_rest: pytest.fail("a child was started"))
    assert charts_svg([]) == []


# ---- how they look


def test_colours_are_those_of_the_pages() -> None:
    sheet = (Path(__file__).parents[2] / "static/chainmap/css/chainmap.css").read_text("utf-8")
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in sheet.split("@media", 2)[:2])
    for theme, declared in (("light", light), ("dark", dark)):
        for token in ("paper", "ink", "quiet", "line", "accent", "on-accent", "leak", "leak-soft"):
            assert TOKENS[theme][token.replace("-", "_")] == declared[token], (theme, token)
    assert len({frozenset(tokens) for tokens in TOKENS.values()}) == 1


def test_an_unknown_colour_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        painted({"mark": {"color": "house:pink"}}, "light")


def test_long_names_are_cut_to_their_room() -> None:
    for name in ("x" * 500, "W" * 500, "山" * 500, "i" * 500):
        cut = shortened(name, 200)
        assert cut.endswith("…")
        assert 150 < text_width(cut) <= 201


def test_bars_lie_where_their_figures_say() -> None:
    form = Form(-2, 2, name_width=100, column_width=0)
    spec = rows_spec([Row("less", 0, -1, "accent"), Row("more", 0, 2, "leak")], form, Head(), WORDS)
    boxes = [layer["data"]["values"][0] for layer in spec["layer"] if layer["mark"]["type"] == "rect"]
    middle, end = form.place(0), form.place(2)
    assert (boxes[0]["x"], boxes[0]["x2"]) == (form.place(-1), middle)
    assert (boxes[1]["x"], boxes[1]["x2"]) == (middle, end)
    assert (end - middle) == pytest.approx(2 * (middle - form.place(-1)))
    svg = chart_svg(spec)
    drawn = re.findall(r'd="M([\d.]+),[\d.]+h([\d.]+)', svg)
    assert [tuple(map(float, one)) for one in drawn] == [
        pytest.approx((form.place(-1), middle - form.place(-1))),
        pytest.approx((middle, end - middle)),
    ]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("make", [example_report, released_report, large_report, one_rating_report])
def test_nothing_stands_outside(make: Callable[[], Report], narrow: bool) -> None:
    made = report_charts(make(), narrow=narrow)
    for chart in made.values():
        width = NARROW if narrow else WIDE
        assert chart.spec["width"] == width
        for layer in chart.spec["layer"]:
            for item in layer["data"]["values"]:
                assert 0 <= item["x"] <= width, (chart.name, item)
                assert 0 <= item["y"] <= chart.spec["height"], (chart.name, item)
                if layer["mark"]["type"] == "text":
                    needed = text_width(item["text"], layer["mark"]["fontSize"])
                    begins = {"left": 0, "center": needed / 2, "right": needed}[layer["mark"]["align"]]
                    assert item["x"] - begins >= -1, item["text"]
                    assert item["x"] - begins + needed <= width + 1, item["text"]


# ---- what they say


def test_every_figure_of_a_chart_is_in_its_table(example: Report, example_svgs: dict[str, str]) -> None:
    made = report_charts(example)
    assert list(made) == ["pareto", "coverage", "moments", "nps", "change", "moved"]
    for name, chart in made.items():
        cells = {cell for row in chart.rows for cell in row}
        figures = [text for text in texts(example_svgs[name]) if re.fullmatch(r"[−+<>]?\d[\d.,]*(\u00a0%)?", text)]
        marks = {"60\u00a0%", "−100", "0", "+100"}
        # what moved is the difference of two columns
        if name != "moved":
            assert set(figures) - marks <= cells, name
        assert all(len(row) == len(chart.header) for row in chart.rows)
        assert chart.sentence.endswith(".")
        title = ET.fromstring(example_svgs[name]).find(SVG + "title")
        assert title is not None
        assert chart.sentence.replace("\u00a0", " ") in (title.text or "")


def test_the_pareto_adds_up(example: Report) -> None:
    chart = pareto_chart(example)
    assert chart is not None
    assert sum(float(row[3]) for row in chart.rows) == pytest.approx(example.finding.lost or 0, abs=0.06)
    assert chart.rows[-1][5] == "100\u00a0%"
    assert chart.rows[-1][0] == "All 4 other hand-offs"
    named = [bar for bar in example.pareto if bar.key is not None]
    few = next(place for place, bar in enumerate(named, 1) if bar.cumulative >= 0.5)
    assert f"{few} of 15 hand-offs" in chart.sentence


def test_the_rest_of_a_large_chain_does_not_dwarf_the_others() -> None:
    chart = pareto_chart(large_report(400))
    assert chart is not None
    boxes = [
        item for layer in chart.spec["layer"] if layer["mark"]["type"] == "rect" for item in layer["data"]["values"]
    ]
    lengths = sorted(item["x2"] - item["x"] for item in boxes)
    assert lengths[-1] / lengths[-2] < 1.6
    assert "spread over many" in chart.sentence
    assert lengths[:2] == [4, 4]  # the gaps that say it was cut


def test_nothing_lost_is_no_chart(example: Report) -> None:
    assert pareto_chart(replace(example, pareto=())) is None
    assumed = replace(example, pareto=(ParetoBar(None, "", "", "", 1.0, 1.0, 14),))
    assert "only assumed" in pareto_chart(assumed).sentence


def test_few_answers_make_few_charts() -> None:
    assert list(report_charts(empty_report())) == ["coverage"]
    made = report_charts(one_rating_report())
    assert list(made) == ["pareto", "coverage"]
    assert "1 of 13" in made["coverage"].sentence
    assert "60\u00a0%" in made["coverage"].sentence


def test_a_protected_round_tells_bands_and_no_interval() -> None:
    made = report_charts(released_report())
    assert made["coverage"].rows == [("Everybody together", "", "half to three quarters")]
    assert "64" in made["coverage"].sentence
    assert made["nps"].rows == [("Autumn", "−20", "in steps of ten")]
    assert made["moments"].rows[0] == ("Magic", "20\u00a0%")


def test_the_ends_of_a_release_stand_for_themselves_or_beyond() -> None:
    low = nps_chart(replace(released_report(), score=Score(">20", released_nps=-90)))
    assert low.rows[0][1] == "−90 or less"
    shares = {Moment.MAGIC: 90, Moment.ORDINARY: 10, Moment.MISERY: 10}
    chart = moments_chart(released_report(moments=MomentLines(shares=shares)))
    assert [row[1] for row in chart.rows] == ["90\u00a0% or more", "10\u00a0% or less", "10\u00a0% or less"]


def test_nine_answers_have_no_net_promoter_score(example: Report) -> None:
    assert nps_chart(replace(example, score=Score("9", nps=NetPromoterScore.of_counts(3, 3, 3)))) is None
    ten = nps_chart(replace(example, score=Score("10", nps=NetPromoterScore.of_counts(4, 3, 3)), change=None))
    assert ten.rows[0][1] == "+10"


def test_bands_of_teams_and_of_everybody() -> None:
    coverage = Coverage(
        180,
        None,
        64,
        None,
        "under_half",
        None,
        (TeamCoverage(("Sales",), "under_quarter"), TeamCoverage(("A", "B"), "over_half")),
    )
    chart = coverage_chart(released_report(coverage=coverage))
    assert [row[0] for row in chart.rows] == ["Everybody together", "Sales", "The smaller teams together"]
    assert coverage_chart(released_report(coverage=replace(coverage, band="", teams=()))) is None


def test_misery_without_magic_and_magic_without_misery(example: Report) -> None:
    only = {Moment.MAGIC: 2, Moment.ORDINARY: 0, Moment.MISERY: 0}
    assert "0 misery" in moments_chart(replace(example, moments=MomentLines(counts=only))).sentence
    workshop = moments_chart(replace(example, moments=MomentLines(counts={Moment.MISERY: 1, Moment.MAGIC: 3})))
    assert workshop.rows == [("Magic", "3"), ("Misery", "1")]
    not_asked = released_report(moments=MomentLines(shares=dict.fromkeys(Moment, 10)))
    assert moments_chart(not_asked) is None
    none = dict.fromkeys(Moment, 0)
    assert moments_chart(replace(example, moments=MomentLines(counts=none))) is None


def test_the_parts_of_a_change_add_up(example: Report) -> None:
    chart = change_chart(example)
    *parts, whole = (float(row[1].replace("−", "-")) for row in chart.rows)
    assert sum(parts) == pytest.approx(whole, abs=0.011)
    assert "less" in chart.sentence
    inside = replace(example.change, by_yield=example.change.by_yield + 0.2, by_assumed=-0.2)
    *parts, whole = (float(row[1].replace("−", "-")) for row in change_chart(replace(example, change=inside)).rows)
    assert sum(parts) == pytest.approx(whole, abs=0.011)
    assert parts[2] == -0.2


def test_rounds_of_two_kinds_are_not_compared(example: Report) -> None:
    other = replace(example, change=replace(example.change, comparable=False))
    assert change_chart(other) is None
    assert moved_chart(other) is None
    assert [row[0] for row in nps_chart(other).rows] == ["Spring 2026"]


def test_an_arrow_points_right_between_names_that_read_from_the_right() -> None:
    assert shortened("ليلى → דבורה", 300) == "ليلى \u200e→\u200e דבורה"
