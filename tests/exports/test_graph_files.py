"""The report as GraphML and GEXF: read by networkx, igraph and plain XML, every figure as in the finding."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree as ET

import igraph
import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.findings import Basis
from chainmap.exports.graph_files import (
    EDGE_ATTRIBUTES,
    NODE_ATTRIBUTES,
    report_gexf,
    report_gexf_chunks,
    report_graphml,
    report_graphml_chunks,
)
from chainmap.exports.picture_style import PALETTES, yield_band
from chainmap.exports.report_method_words import pay_sentence
from chainmap.exports.report_table import FIELDS, report_rows
from chainmap.exports.xml_text import possible, xml_attribute, xml_text
from chainmap.imports.text import clean_name
from tests.exports import reports

example_report, released_report, empty_report, one_rating_report, large_report = map(
    cache,
    (
        reports.example_report,
        reports.released_report,
        reports.empty_report,
        reports.one_rating_report,
        reports.large_report,
    ),
)
ALL = (example_report, released_report, empty_report, one_rating_report)
Y = "{http://www.yworks.com/xml/graphml}"
G = "{http://graphml.graphdrawing.org/xmlns}"
X = "{http://gexf.net/1.3}"
VIZ = "{http://gexf.net/1.3/viz}"


@cache
def doubled_report():
    """With two more hand-offs beside the first, one of them the other way, and nothing else changed."""
    report = example_report()
    first = report.finding.handoffs[1]
    more = [
        replace(first, key=900, deliverable="another", rank=None),
        replace(first, key=901, deliverable="back", supplier=first.customer, customer=first.supplier, rank=None),
    ]
    return replace(report, finding=replace(report.finding, handoffs=[*report.finding.handoffs, *more]))


MORE = (*ALL, doubled_report)


def graphml(report):
    return nx.read_graphml(io.BytesIO(report_graphml(report).content), force_multigraph=True)


def gexf(report):
    return nx.read_gexf(io.BytesIO(report_gexf(report).content))


def igraphed(report, folder):
    path = folder / "report.graphml"
    path.write_bytes(report_graphml(report).content)
    return igraph.Graph.Read_GraphML(str(path))


def links_of(report):
    """Every hand-off as (code, code, what), as often as there are."""
    return Counter((one.supplier, one.customer, one.deliverable) for one in report.finding.handoffs)


def edge_figures(report):
    """(supplier, customer, deliverable) -> what the table says, without what is not known."""
    found = {}
    for row in report_rows(report):
        told = dict(zip(FIELDS, row, strict=True))
        ends = told["supplier"], told["customer"], told["deliverable"]
        told = {field: told[field] for field in (one.name for one in EDGE_ATTRIBUTES)}
        if told["answers"] is not None:
            told["answers"] = str(told["answers"])
        found[ends] = {field: value for field, value in told.items() if value is not None}
    return found


def node_figures(report):
    return {
        party.id: {
            name: value
            for name, value in {
                "name": party.name,
                "kind": party.kind.value,
                "team": party.team,
                "inflow": party.inflow,
                "reach": party.reach,
                "dependence": party.dependence,
                "dependence_error": party.dependence_error,
                "most_important_client": party.most_important_client,
            }.items()
            if value not in (None, "")
        }
        for party in report.finding.parties
    }


def told_of(data, attributes):
    names = {one.name for one in attributes} - {"code"}
    return {name: value for name, value in data.items() if name in names}


# ---- read by others


@pytest.mark.parametrize("make", MORE)
@pytest.mark.parametrize("read", [graphml, gexf])
def test_networkx_reads_every_party_and_every_hand_off_with_its_figures(make, read):
    report = make()
    graph = read(report)
    codes = {node: data["code"] for node, data in graph.nodes(data=True)}
    assert {codes[node]: told_of(data, NODE_ATTRIBUTES) for node, data in graph.nodes(data=True)} == node_figures(
        report
    )
    edges = list(graph.edges(data=True))
    assert Counter((codes[one], codes[other], data["deliverable"]) for one, other, data in edges) == links_of(report)
    figures = edge_figures(report)
    for one, other, data in edges:
        assert told_of(data, EDGE_ATTRIBUTES) == figures[codes[one], codes[other], data["deliverable"]]
    assert graph.is_directed()


@pytest.mark.parametrize("make", MORE)
def test_igraph_reads_the_same(make, tmp_path):
    report = make()
    graph = igraphed(report, tmp_path)
    assert graph.is_directed()
    codes = graph.vs["code"]
    assert dict(zip(codes, graph.vs["name"], strict=True)) == {one.id: one.name for one in report.finding.parties}
    inflow = dict(zip(codes, graph.vs["inflow"], strict=True))
    for party in report.finding.parties:
        assert inflow[party.id] == party.inflow or (party.inflow is None and inflow[party.id] != inflow[party.id])
    ends = [(codes[edge.source], codes[edge.target], edge["deliverable"]) for edge in graph.es]
    assert Counter(ends) == links_of(report)
    figures = edge_figures(report)
    for edge, key in zip(graph.es, ends, strict=True):
        for field in ("volume", "share", "lost", "yield", "flow", "rank", "recoverable"):
            known = figures[key].get(field)
            assert edge[field] == known if known is not None else edge[field] != edge[field]  # not a number: not known


def test_parallel_hand_offs_and_the_loop_of_a_team_are_there(tmp_path):
    doubled, teams = doubled_report(), released_report()
    first = doubled.finding.handoffs[1]
    graph = graphml(doubled)
    node = {data["code"]: name for name, data in graph.nodes(data=True)}
    assert graph.number_of_edges(node[first.supplier], node[first.customer]) == 2
    assert gexf(doubled).number_of_edges(node[first.supplier], node[first.customer]) == 2
    assert nx.number_of_selfloops(graphml(teams)) == nx.number_of_selfloops(gexf(teams)) == 1
    assert sum(igraphed(teams, tmp_path).is_loop()) == 1
    # Gephi keeps parallel edges apart by their kind
    edges = ET.fromstring(report_gexf(doubled).content).iter(f"{X}edge")
    seen = Counter((edge.get("source"), edge.get("target"), edge.get("kind")) for edge in edges)
    assert max(seen.values()) == 1


def test_the_graph_says_what_the_report_is_and_what_it_is_not_for():
    report = example_report()
    assert graphml(report).graph["organization"] == "Küchen & Co"
    assert graphml(report).graph["delivered"] == report.totals.delivered
    for content in (report_graphml(report).content, report_gexf(report).content):
        root = ET.fromstring(content)
        about = root.findtext(f"{G}desc") or root.findtext(f"{X}meta/{X}description")
        assert pay_sentence() in about
        assert "Spring 2026" in about


# ---- what yEd and Gephi show


def boxes(report):
    """Of every node its middle, its size and its label, as yEd reads them."""
    root = ET.fromstring(report_graphml(report).content)
    found = {}
    for node in root.iter(f"{G}node"):
        box = node.find(f".//{Y}ShapeNode/{Y}Geometry")
        left, top, width, height = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        label = node.findtext(f".//{Y}ShapeNode/{Y}NodeLabel")
        found[node.get("id")] = (left + width / 2, top + height / 2, width, height, label)
    return found


def test_yed_shows_every_party_with_its_name_where_the_map_has_it():
    report = example_report()
    shown = boxes(report)
    for party in report.finding.parties:
        x, y, width, height, label = shown[f"n{party.key}"]
        assert (x, y) == pytest.approx(report.positions[party.key], abs=0.1)
        assert width >= 60
        assert height >= 30
        assert "".join(label.split()) == "".join(party.name.split())


@pytest.mark.parametrize("make", [example_report, released_report, lambda: replace(large_report(300), positions={})])
def test_no_two_boxes_overlap(make):
    placed = sorted(boxes(make()).values())
    for one, other in pairwise(placed):
        if one[0] == other[0]:
            assert abs(one[1] - other[1]) >= (one[3] + other[3]) / 2
    assert len({each[:2] for each in placed}) == len(placed)


def test_colours_and_dashes_are_those_of_the_picture():
    report = example_report()
    graph = ET.fromstring(report_graphml(report).content)
    lines = {edge.get("id"): edge.find(f".//{Y}LineStyle") for edge in graph.iter(f"{G}edge")}
    arrows = {edge.find(f".//{Y}Arrows").get("target") for edge in graph.iter(f"{G}edge")}
    assert arrows == {"standard"}
    dots = {edge.get("id"): edge for edge in ET.fromstring(report_gexf(report).content).iter(f"{X}edge")}
    for one in report.finding.handoffs:
        line = lines[f"e{one.key}"]
        assumed = one.basis == Basis.ASSUMED
        assert line.get("type") == ("dashed" if assumed else "line")
        palette = PALETTES["light"]
        wanted = palette.assumed if assumed else palette.bands[yield_band(one.yield_)]
        assert line.get("color") == wanted
        colour = dots[f"e{one.key}"].find(f"{VIZ}color")
        assert "#{:02x}{:02x}{:02x}".format(*(int(colour.get(part)) for part in "rgb")) == wanted
        assert 0.8 <= float(dots[f"e{one.key}"].find(f"{VIZ}thickness").get("value")) <= 6.5
        assert float(dots[f"e{one.key}"].get("weight")) > 0
    labels = [edge.findtext(f".//{Y}EdgeLabel") for edge in graph.iter(f"{G}edge")]
    assert sum(label is not None for label in labels) == 5
    assert any("%" in label for label in labels if label)


def test_gephi_has_height_upwards():
    report = example_report()
    for node in ET.fromstring(report_gexf(report).content).iter(f"{X}node"):
        at, size = node.find(f"{VIZ}position"), float(node.find(f"{VIZ}size").get("value"))
        x, y = report.positions[int(node.get("id")[1:])]
        assert (float(at.get("x")), float(at.get("y"))) == (x, -y)
        assert 12 <= size <= 40


def test_lines_between_the_same_two_parties_lie_apart():
    report = doubled_report()
    first = report.finding.handoffs[1]
    pair = {first.supplier, first.customer}
    keys = [one.key for one in report.finding.handoffs if {one.supplier, one.customer} == pair]
    edges = {edge.get("id"): edge for edge in ET.fromstring(report_graphml(report).content).iter(f"{G}edge")}
    ways = [tuple(tuple(at.attrib.items()) for at in edges[f"e{key}"].iter(f"{Y}Point")) for key in keys]
    assert len(keys) == 3
    assert len(set(ways)) == 3
    [loop] = [edge for edge in ET.fromstring(report_graphml(released_report()).content).iter(f"{G}edge")
              if edge.get("source") == edge.get("target")]  # fmt: skip
    assert len(list(loop.iter(f"{Y}Point"))) == 3


def test_a_long_line_goes_around_those_in_its_row():
    """Sales hands on to Care, Design and Works stand between, all in one row."""
    report = released_report()
    edges = {edge.get("id"): edge for edge in ET.fromstring(report_graphml(report).content).iter(f"{G}edge")}
    [key] = [one.key for one in report.finding.handoffs if (one.supplier, one.customer) == ("t1", "t4")]
    [point] = edges[f"e{key}"].iter(f"{Y}Point")
    shown = boxes(report)
    x, y = float(point.get("x")), float(point.get("y"))
    assert all(abs(x - box[0]) > box[2] / 2 or abs(y - box[1]) > box[3] / 2 for box in shown.values())


# ---- any name, the same bytes


def renamed(name, report=None):
    """The report in which one party, its id, its team and one thing handed over are called so."""
    report = report or example_report()
    finding = report.finding
    old = finding.handoffs[0].supplier
    parties = [replace(one, id=name, name=name, team=name) if one.id == old else one for one in finding.parties]
    handoffs = [
        replace(
            one,
            supplier=name if one.supplier == old else one.supplier,
            customer=name if one.customer == old else one.customer,
            deliverable=name if place == 0 else one.deliverable,
        )
        for place, one in enumerate(finding.handoffs)
    ]
    scope = replace(report.scope, organization=name, round=name)
    return replace(report, scope=scope, finding=replace(finding, parties=parties, handoffs=handoffs))


#: Every character, the impossible ones often.
hostile = st.text(
    st.one_of(
        st.characters(), st.characters(categories=["Cs", "Cc", "Cf"]), st.sampled_from("<>&\"']]>\r\n\t\x0b\x1c")
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(hostile)
def test_any_name_is_valid_xml_and_comes_back(name):
    report = renamed(name)
    for content, path, key in (
        (report_graphml(report).content, f"{G}graph/{G}node/{G}data[@key='node_name']", None),
        (report_gexf(report).content, f"{X}graph/{X}nodes/{X}node/{X}attvalues/{X}attvalue[@for='name']", "value"),
    ):
        root = ET.fromstring(content)
        found = [(each.get(key) if key else each.text) or "" for each in root.findall(path)]
        told = [possible(party.name) for party in report.finding.parties if party.name]
        assert found == told
        assert [clean_name(each) for each in found] == [
            clean_name(one.name) for one in report.finding.parties if one.name
        ]


@pytest.mark.parametrize(
    "name", ["a]]>b", "\ud83d", "👩‍🚀 & <b>", "\x00\x08\ufffe", "\r\n\t", "-->", "%s&#0;", "\u202eevil"]
)
def test_hostile_names_by_hand(name, tmp_path):
    report = renamed(name)
    for read in (graphml, gexf):
        assert possible(name) in {data.get("name", "") for _node, data in read(report).nodes(data=True)}
    assert igraphed(report, tmp_path).vcount() == len(report.finding.parties)


@given(hostile)
def test_text_and_attributes_are_read_as_they_were_written(text):
    element = ET.fromstring(f'<a b="{xml_attribute(text)}">{xml_text(text)}</a>'.encode())
    assert element.get("b") == (element.text or "") == possible(text)


@pytest.mark.parametrize("make", MORE)
def test_the_same_report_gives_the_same_bytes(make):
    report = make()
    for write, chunks in ((report_graphml, report_graphml_chunks), (report_gexf, report_gexf_chunks)):
        assert write(report) == write(replace(report))
        assert b"".join(chunks(report)) == write(report).content
        assert not re.search(rb"(lastmodified|creat\w*=|20\d\d-\d\d-\d\dT)", write(report).content)


def test_both_stream():
    report = large_report(5000)
    for chunks in (report_graphml_chunks(report), report_gexf_chunks(report)):
        pieces = [len(piece) for piece in chunks]
        assert len(pieces) > 10
        assert max(pieces) < 1_000_000


def test_ids_are_the_same_in_every_file_and_none_is_used_twice():
    report = example_report()
    assert {f"n{party.key}" for party in report.finding.parties} == set(graphml(report).nodes)
    folded = replace(
        report,
        finding=replace(
            report.finding,
            parties=[replace(one, key=-1) for one in report.finding.parties],
            handoffs=[replace(one, key=-1) for one in report.finding.handoffs],
        ),
    )
    graph = graphml(folded)
    assert (len(graph), graph.number_of_edges()) == (14, 15)
    assert len({data["x"] + data["y"] for _node, data in graph.nodes(data=True)}) == 14
