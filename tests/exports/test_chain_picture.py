"""The chain picture: what a line means, what is left out, and that no name can do more than be read."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainmap.domain.findings import Basis, Bottlenecks, Structure
from chainmap.domain.records import PartyKind
from chainmap.exports.chain_picture import ChainPicture, chain_picture, draw, label, legible_handoffs
from chainmap.exports.picture_style import BAND_LIMITS, PALETTES, yield_band
from chainmap.exports.plain_text import clean_text
from tests.exports.examples import HOSTILE_NAMES, empty_finding, handoff, party, row_finding, small_finding, unanalysed

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "g", "title", "desc", "path", "polygon", "polyline", "ellipse", "text"}


def drawn(finding: Bottlenecks) -> ET.Element:
    return ET.fromstring(draw(chain_picture(finding), format="svg"))


def line_of(picture: ChainPicture, handoff_id: str) -> str:
    (line,) = [line for line in picture.dot.splitlines() if f'id="{handoff_id}"' in line]
    return line


def number(line: str, attribute: str) -> float:
    found = re.search(rf"{attribute}=([0-9.]+)", line)
    assert found, line
    return float(found[1])


def check_inert(root: ET.Element) -> None:
    """Only shapes and text, and no attribute through which anything could be loaded or run."""
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED
        for attribute, value in element.items():
            assert "href" not in attribute
            assert not attribute.startswith("on")
            assert attribute != "style"
            assert "javascript" not in value
            assert "url(" not in value


def shown_text(group: ET.Element) -> str:
    """The text of a box, its lines put together without the breaks."""
    return "".join("".join(text.itertext()) for text in group.findall(f"{SVG}text")).replace(" ", "")


class TestWhatALineMeans:
    def test_colour_is_the_yield_and_dashes_are_assumptions(self) -> None:
        picture, palette = chain_picture(small_finding()), PALETTES["light"]
        half, most, assumed = (line_of(picture, f"handoff-{key}") for key in (11, 12, 13))
        assert 'class="handoff yield-1 worst"' in half
        assert palette.bands[1] in half
        assert 'class="handoff yield-3 worst"' in most
        assert palette.bands[3] in most
        assert 'class="handoff assumed"' in assumed
        assert palette.assumed in assumed
        assert "style=dashed" in assumed
        assert "dashed" not in half + most

    def test_width_grows_in_proportion_to_the_flow(self) -> None:
        picture = chain_picture(small_finding())  # flows 1.0, 1.25, 0.25
        first, largest, small = (number(line_of(picture, f"handoff-{key}"), "penwidth") for key in (11, 12, 13))
        assert largest == 6.5
        assert (largest - first) / (first - small) == pytest.approx(0.25 / 0.75, abs=0.01)

    def test_the_worst_carry_their_number_assumed_ones_never(self) -> None:
        picture = chain_picture(small_finding())
        assert "50\u00a0%" in line_of(picture, "handoff-11")
        assert "label" not in line_of(picture, "handoff-13")
        many = chain_picture(row_finding([f"Person {place}" for place in range(9)]))
        assert many.dot.count(" worst") == 5

    def test_parallel_handoffs_are_both_visible(self) -> None:
        ids = {group.get("id") for group in drawn(small_finding()).iter(f"{SVG}g")}
        assert {"handoff-12", "handoff-13", "party-1", "party-2", "party-3"} <= ids

    def test_legend_explains_colour_width_and_dashes(self) -> None:
        root = drawn(small_finding())
        (legend,) = [group for group in root.iter(f"{SVG}g") if "legend" in group.get("class", "").split()]
        text = " ".join("".join(part.itertext()) for part in legend.findall(f"{SVG}text"))
        for words in ("this much arrives", "under 40\u00a0%", "90\u00a0% and more", "The wider the line", "Dashed"):
            assert words in text
        assert {polygon.get("class") for polygon in legend.findall(f"{SVG}polygon")} >= {
            f"swatch-{band}" for band in range(5)
        }

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_bands_differ_in_lightness_for_grey_print(self, theme: str) -> None:
        bands = PALETTES[theme].bands  # type: ignore[index]
        channels = [[int(colour[place : place + 2], 16) for place in (1, 3, 5)] for colour in bands]
        grey = [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in channels]
        assert grey == sorted(grey, reverse=theme == "dark")

    def test_band_limits(self) -> None:
        assert [yield_band(value) for value in (0, 0.399, 0.4, 0.6, 0.75, 0.9, 1)] == [0, 0, 1, 2, 3, 4, 4]

    def test_map_pages_and_pictures_have_one_scale(self) -> None:
        static = Path(__file__).resolve().parents[2] / "static" / "chainmap"
        script = (static / "js" / "chain_map_model.js").read_text()
        (limits,) = re.findall(r"BAND_LIMITS = \[(.*)\]", script)
        assert tuple(map(float, limits.split(","))) == BAND_LIMITS
        for name, token in (("chainmap", "yield"), ("chain_map", "cm-band")):
            sheet = (static / "css" / f"{name}.css").read_text()
            colours = re.findall(rf"--{token}-\d: (#\w+)", sheet)
            light, dark = PALETTES["light"].bands, PALETTES["dark"].bands
            assert tuple(colours[: 2 * len(light)]) == light + dark, name
            assert set(colours[2 * len(light) :]) <= set(light), "on white paper"

    def test_dark_theme_changes_colours_only(self) -> None:
        light, dark = (chain_picture(small_finding(), theme=theme).dot for theme in ("light", "dark"))
        assert light != dark
        assert re.sub("#[0-9a-f]{6}", "", light) == re.sub("#[0-9a-f]{6}", "", dark)


class TestPlaces:
    def test_left_to_right_suppliers_left_customers_right(self) -> None:
        parties = [
            party(0, "Shop", PartyKind.END_CUSTOMER),
            party(1, "Ann", team="Works"),
            party(2, "Mill", PartyKind.EXTERNAL_SUPPLIER),
        ]
        finding = replace(
            small_finding(), parties=parties, handoffs=[handoff(1, "p1", "p0"), handoff(2, "p2", "p1", rank=2)]
        )
        across = {}
        for group in drawn(finding).iter(f"{SVG}g"):
            if group.get("id", "").startswith("party-"):
                across[group.get("id")] = float(group.find(f"{SVG}text").get("x"))  # type: ignore[union-attr,arg-type]
        assert across["party-102"] < across["party-101"] < across["party-100"]

    def test_teams_are_boxes_unless_the_parties_are_teams(self) -> None:
        assert chain_picture(small_finding()).dot.count("class=team") == 2
        assert "class=team" not in chain_picture(replace(small_finding(), by_team=True)).dot

    def test_teams_have_no_key_of_their_own_and_may_work_inside(self) -> None:
        parties = [replace(party(place, name), key=-1) for place, name in enumerate(["Sales", "Works"])]
        handoffs = [handoff(-1, "p0", "p1"), handoff(-1, "p0", "p0", rank=2)]
        finding = replace(small_finding(), parties=parties, handoffs=handoffs, by_team=True)
        ids = [group.get("id") for group in drawn(finding).iter(f"{SVG}g") if group.get("id")]
        assert {"party-n0", "party-n1", "handoff-n0", "handoff-n1"} <= set(ids)
        assert len(ids) == len(set(ids))


class TestWhatIsLeftOut:
    def test_a_tangle_is_thinned_and_says_so(self) -> None:
        finding = row_finding([f"Person {place}" for place in range(30)])
        finding = replace(
            finding,
            handoffs=[replace(h, flow=3.0 if h.rank == 30 else 1.0) for h in finding.handoffs],
            parties=[replace(p, inflow=3.0 if p.key == 129 else p.inflow) for p in finding.parties],
        )
        picture = chain_picture(finding, max_handoffs=25)
        assert (picture.drawn_handoffs, picture.left_out_handoffs, len(picture.parties)) == (25, 5, 26)
        sentence = "5 smaller hand-offs, carrying 16\u00a0% of the flow, are not drawn. The table has them all."
        assert sentence in picture.description
        assert sentence in picture.dot
        assert "5 parties without a drawn hand-off are left out." in picture.description
        assert 'id="handoff-29"' in picture.dot  # the largest flow, though ranked last

    def test_how_many_are_legible(self) -> None:
        assert [legible_handoffs(parties) for parties in (0, 10, 50, 1000)] == [60, 60, 120, 180]

    def test_without_flow_only_the_count_is_said(self) -> None:
        picture = chain_picture(unanalysed(row_finding(["Ann", "Ben", "Cat"])), max_handoffs=1)
        assert "2 hand-offs are not drawn. The table has them all." in picture.description


class TestLittleOrNothing:
    def test_empty_chain(self) -> None:
        picture = chain_picture(empty_finding())
        assert (picture.drawn_handoffs, picture.left_out_handoffs, picture.parties) == (0, 0, ())
        assert "Next step" in picture.description
        assert "There is no chain yet" in "".join(drawn(empty_finding()).itertext())

    def test_one_party(self) -> None:
        finding = Bottlenecks("One", False, 1.0, None, None, None, None, None, (), [party(0, "Ann")], Structure())
        picture = chain_picture(finding)
        assert picture.parties == (("p0", 100),)
        assert "Ann" in "".join(drawn(finding).itertext())

    def test_unanalysed_chain_is_dashed_of_one_width_and_without_a_scale(self) -> None:
        finding = unanalysed(small_finding())
        picture = chain_picture(finding)
        assert picture.dot.count("style=dashed") == 3
        assert len({number(line_of(picture, f"handoff-{key}"), "penwidth") for key in (11, 12, 13)}) == 1
        text = "".join(drawn(finding).itertext())
        assert "No ratings yet" in text
        assert "this much arrives" not in text
        assert "%" not in text


class TestForEverybody:
    def test_title_description_and_names(self) -> None:
        root = drawn(small_finding())
        assert root.get("role") == "img"
        title, desc = root[0], root[1]
        assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert (title.text or "").startswith("Müller & Co: Of every 100 units of work")
        assert "parties: 3, of them end customers at the right edge: 1; hand-offs: 3" in (desc.text or "")
        titles = {group.get("id"): group.findtext(f"{SVG}title") for group in root.iter(f"{SVG}g")}
        assert titles["party-1"] == "Ann"
        assert titles["handoff-11"] == "50\u00a0% arrives between Ann and Ben (plan); 4 answers"
        assert titles["handoff-13"] == "between Ben and Client (-2); no answer yet"
        assert titles["graph0"] is None

    def test_same_finding_same_bytes(self) -> None:
        finding = row_finding(HOSTILE_NAMES)
        assert chain_picture(finding).dot == chain_picture(finding).dot
        assert draw(chain_picture(finding), format="svg") == draw(chain_picture(finding), format="svg")
        small = small_finding()
        assert draw(chain_picture(small), format="png") == draw(chain_picture(small), format="png")

    def test_scales_to_the_page(self) -> None:
        root = drawn(small_finding())
        assert root.get("viewBox") == f"0.00 0.00 {root.get('width')} {root.get('height')}"
        assert "Arial" in root.get("font-family", "")


class TestHostileNames:
    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_one_name_everywhere_is_shown_literally(self, name: str) -> None:
        finding = row_finding([name], organization=name)
        root = drawn(finding)
        check_inert(root)
        (box,) = [group for group in root.iter(f"{SVG}g") if group.get("id") == "party-100"]
        expected = clean_text(name) or "p0"
        assert shown_text(box) == expected.replace(" ", "")
        assert box.findtext(f"{SVG}title") == expected

    def test_png_of_all_of_them(self) -> None:
        assert draw(chain_picture(row_finding(HOSTILE_NAMES)), format="png").startswith(b"\x89PNG")

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.text(max_size=30) | st.text('<>&"\\{}|[];:=-#/*\x00\n\r%ntlNGLE', max_size=30), min_size=50, max_size=50
        )
    )
    def test_any_text(self, names: list[str]) -> None:
        root = drawn(row_finding(names))
        check_inert(root)
        boxes = {group.get("id"): shown_text(group) for group in root.iter(f"{SVG}g")}
        for place, name in enumerate(names):
            assert boxes[f"party-{100 + place}"] == (clean_text(name) or f"p{place}").replace(" ", "")

    def test_label_ends_no_string_and_starts_no_entity(self) -> None:
        assert label('a"b\\') == 'a\\"b\\\\'
        assert label("&lt;") == "&amp;lt;"
        assert len(label("x" * 20_000)) == 80

    def test_assumed_yield_is_never_shown_as_a_number(self) -> None:
        root = drawn(replace(small_finding(), handoffs=[handoff(5, "ann", "ben", rank=None, basis=Basis.ASSUMED)]))
        (group,) = [group for group in root.iter(f"{SVG}g") if group.get("id") == "handoff-5"]
        assert "%" not in "".join(group.itertext())
