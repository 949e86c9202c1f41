"""GraphML as people and hand-offs: our own files come back exactly, others as far as they say; bad ones are refused."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainmap.domain.records import PartyKind
from chainmap.exports.graph_files import report_graphml
from chainmap.imports.chain_files import HandOffRow, PersonRow
from chainmap.imports.errors import ImportRefused
from chainmap.imports.graphml import MAX_DEPTH, read_graphml
from chainmap.imports.limits import Limits
from chainmap.imports.text import clean_name
from tests.exports import reports
from tests.imports.samples import outcome

example_report, large_report = cache(reports.example_report), cache(reports.large_report)

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns"'
    ' xmlns:y="http://www.yworks.com/xml/graphml">\n'
)
#: As yEd saves a drawing: groups, labels with their place inside, an attribute of one's own, an unlabelled arrow.
DRAWN = (
    HEAD
    + """<key for="node" id="d4" yfiles.type="nodegraphics"/>
<key attr.name="Capacity" attr.type="string" for="node" id="d5"/>
<key for="edge" id="d9" yfiles.type="edgegraphics"/>
<graph edgedefault="directed" id="G">
<node id="n0" yfiles.foldertype="group">
<data key="d4"><y:ProxyAutoBoundsNode><y:Realizers active="0"><y:GroupNode>
<y:NodeLabel>Sales</y:NodeLabel></y:GroupNode><y:GroupNode><y:NodeLabel>Folder 1</y:NodeLabel></y:GroupNode>
</y:Realizers></y:ProxyAutoBoundsNode></data>
<graph edgedefault="directed" id="n0:">
<node id="n0::n0"><data key="d5"><![CDATA[0.5]]></data><data key="d4"><y:ShapeNode><y:Geometry x="1" y="2"/>
<y:NodeLabel>Ann
M\u00fcller<y:LabelModel><y:SmartNodeLabelModel/></y:LabelModel></y:NodeLabel></y:ShapeNode></data></node>
<node id="n0::n1"><data key="d4"><y:ShapeNode><y:NodeLabel>Ben</y:NodeLabel></y:ShapeNode></data></node>
</graph></node>
<node id="n1"><data key="d4"><y:ShapeNode><y:NodeLabel>Client</y:NodeLabel></y:ShapeNode></data></node>
<edge id="e0" source="n0::n0" target="n0::n1"><data key="d9"><y:PolyLineEdge><y:EdgeLabel>brief</y:EdgeLabel>
</y:PolyLineEdge></data></edge>
<edge id="e1" source="n0::n1" target="n1"/>
</graph></graphml>"""
)


def read(text, **limits):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return read_graphml(data, name="chain.graphml", limits=Limits(**limits))


def graph(inside, default="directed"):
    head = f'{HEAD}<key id="v" for="edge" attr.name="volume"/>\n<graph edgedefault="{default}">\n'
    return f"{head}{inside}\n</graph></graphml>"


def found(file):
    return [(error.code, error.line, error.column, error.value) for error in file.errors]


def refusal(text, **limits):
    with pytest.raises(ImportRefused) as refused:
        read(text, **limits)
    [error] = refused.value.errors
    assert error.reason
    assert error.remedy
    return error


# ---- our own


def parties_of(report):
    return [
        (clean_name(one.id), clean_name(one.name), one.kind, clean_name(one.team) or None)
        for one in report.finding.parties
    ]


def links_of(report):
    return [
        (clean_name(one.supplier), clean_name(one.customer), clean_name(one.deliverable), one.volume)
        for one in report.finding.handoffs
    ]


def comes_back(report):
    people, handoffs = read(report_graphml(report).content)
    assert not people.errors + handoffs.errors + people.warnings
    assert [(row.id, row.name, row.kind, row.team) for row in people.rows] == parties_of(report)
    assert [(row.supplier, row.customer, row.deliverable, row.volume) for row in handoffs.rows] == links_of(report)


def test_our_own_file_comes_back_exactly():
    comes_back(example_report())
    comes_back(large_report(2000))


def test_a_hand_off_without_a_name_does_not_take_the_label_of_its_line():
    report = example_report()
    unnamed = [replace(one, deliverable="") for one in report.finding.handoffs]
    comes_back(replace(report, finding=replace(report.finding, handoffs=unnamed)))


@pytest.mark.parametrize("volume", [1e-05, 0.1 + 0.2, 1e20, 123456789.123, 2.5e-10, 1 / 3])
def test_every_volume_comes_back_as_the_same_number(volume):
    report = example_report()
    comes_back(
        replace(
            report,
            finding=replace(report.finding, handoffs=[replace(one, volume=volume) for one in report.finding.handoffs]),
        )
    )


visible = st.text(min_size=1, max_size=20).filter(lambda text: bool(clean_name(text)))


@settings(max_examples=60, deadline=None)
@given(st.lists(visible, min_size=3, max_size=3, unique_by=clean_name), visible, visible)
def test_any_names_come_back(names, team, what):
    report = example_report()
    finding = report.finding
    new = {party.id: name for party, name in zip(finding.parties, names, strict=False)}
    if {clean_name(name) for name in names} & {party.id for party in finding.parties if party.id not in new}:
        return
    parties = [
        replace(one, id=new[one.id], name=new[one.id], team=team) if one.id in new else one for one in finding.parties
    ]
    handoffs = [
        replace(
            one,
            supplier=new.get(one.supplier, one.supplier),
            customer=new.get(one.customer, one.customer),
            deliverable=f"{place}{what}",
        )
        for place, one in enumerate(finding.handoffs)
    ]
    comes_back(replace(report, finding=replace(finding, parties=parties, handoffs=handoffs)))


@pytest.mark.parametrize(
    "name", ["]]>", "<b>&amp;", "\"'", "👩‍🚀", "=1+1", "עברית 山田", "<!DOCTYPE a>", "&#0;", "a\r\nb"]
)
def test_hostile_names_come_back(name):
    report = example_report()
    first = report.finding.parties[0]
    parties = [replace(first, name=name, team=name), *report.finding.parties[1:]]
    comes_back(replace(report, finding=replace(report.finding, parties=parties)))


# ---- others'


def test_a_drawing_of_yed_with_its_labels_and_its_groups_as_teams():
    people, handoffs = read(DRAWN)
    assert people.rows == (
        PersonRow(12, "n0::n0", "Ann Müller", None, "Sales", None, None, 0.5),
        PersonRow(15, "n0::n1", "Ben", None, "Sales", None, None, None),
        PersonRow(17, "n1", "Client", None, None, None, None, None),
    )
    assert handoffs.rows == (
        HandOffRow(18, "n0::n0", "n0::n1", "brief", None),
        HandOffRow(20, "n0::n1", "n1", "", None),
    )
    assert not people.errors + handoffs.errors + people.warnings


def test_a_graph_of_networkx():
    drawn = nx.MultiDiGraph()
    drawn.add_node("ann", name="Ann", team="Sales", role="1e5", capacity=0.5)
    drawn.add_node("cli", label="Client", kind="end customer")
    drawn.add_edge("ann", "cli", deliverable="plan", volume=1e-05)
    drawn.add_edge("ann", "cli", deliverable="help", weight=2)
    data = io.BytesIO()
    nx.write_graphml(drawn, data)
    people, handoffs = read(data.getvalue())
    rows = [(row.id, row.name, row.kind, row.team, row.role, row.capacity) for row in people.rows]
    assert rows == [
        ("ann", "Ann", None, "Sales", "1e5", 0.5),
        ("cli", "Client", PartyKind.END_CUSTOMER, None, None, None),
    ]
    assert [(row.supplier, row.customer, row.deliverable, row.volume) for row in handoffs.rows] == [
        ("ann", "cli", "plan", 1e-05), ("ann", "cli", "help", 2.0)
    ]  # fmt: skip
    assert not people.errors + handoffs.errors


def test_a_party_drawn_anew_into_our_own_file_takes_its_label():
    mark = b"</graph>"
    added = (
        b'<node id="x1"><data key="look_of_node"><y:ShapeNode><y:NodeLabel>New one</y:NodeLabel></y:ShapeNode></data>'
        b'</node><edge source="x1" target="n0"><data key="look_of_edge"><y:PolyLineEdge><y:EdgeLabel>new thing'
        b"</y:EdgeLabel></y:PolyLineEdge></data></edge>"
    )
    people, handoffs = read(report_graphml(example_report()).content.replace(mark, added + mark))
    assert (people.rows[-1].id, people.rows[-1].name) == ("x1", "New one")
    assert (handoffs.rows[-1].supplier, handoffs.rows[-1].customer, handoffs.rows[-1].deliverable) == (
        "x1", "ann", "new thing"
    )  # fmt: skip


def test_parties_without_a_name_are_counted_and_go_by_their_ids():
    people, _handoffs = read(graph('<node id="a"/><node id="b"/>'))
    assert [row.name for row in people.rows] == ["a", "b"]
    [warning] = people.warnings
    assert (warning.code, warning.line, warning.value) == ("graph_nameless", 5, "a")
    assert "2" in warning.reason


# ---- what is wrong with a file


def test_bad_lines_are_told_by_place():
    people, handoffs = read(
        graph(
            '<node id="a"/>\n<node id="b"/>\n<node id="a"/>\n<node/>\n'
            '<edge source="a" target="ghost"/>\n<edge source="b" target="b"/>\n'
            '<edge source="a" target="b" directed="false"/>\n'
            '<edge source="a" target="b"/>\n<edge source="a" target="b"/>\n'
            '<edge source="b" target="a"><data key="v">much</data></edge>\n<edge source="b"/>'
        )
    )
    assert ("duplicate_id", 7, "id", "a") in found(people)
    assert ("required", 8, "id", "") in found(people)
    assert found(handoffs) == [
        ("unknown_node", 9, "target", "ghost"),
        ("self_handoff", 10, "customer", "b"),
        ("undirected_edge", 11, "", ""),
        ("duplicate_handoff", 13, "deliverable", ""),
        ("not_a_number", 14, "volume", "much"),
        ("unknown_node", 15, "target", ""),
    ]


def test_an_arrow_to_a_group_is_told():
    _people, handoffs = read(DRAWN.replace('target="n1"', 'target="n0"'))
    assert found(handoffs) == [("unknown_node", 20, "target", "n0")]


def test_a_graph_without_directions():
    _people, handoffs = read(graph('<node id="a"/><node id="b"/><edge source="a" target="b"/>', "undirected"))
    assert [error.code for error in handoffs.errors] == ["undirected_edge"]


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    '<graphml><graph><node id="&b;"/></graph></graphml>'
)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "file_empty", None),
        ("id,name\na,Ann\n", "graph_unreadable", 1),
        (graph('<node id="a">'), "graph_unreadable", 6),
        (graph('<node id="\x01"/>'), "graph_unreadable", 5),
        (graph('<node id="&b;"/>'), "graph_unreadable", 5),
        (b"\xff\xfe<\0g\0", "graph_unreadable", 1),
        (b"\xb3", "graph_unreadable", 1),
        ("<gexf/>", "graph_foreign", 1),
        (HEAD.replace("graphml xmlns=", "svg xmlns="), "graph_foreign", 2),
        (BOMB, "graph_dtd", 1),
        ('<!DOCTYPE graphml SYSTEM "http://example.org/x.dtd"><graphml/>', "graph_dtd", 1),
        (graph(""), "graph_empty", None),
        ("<graphml>" * (MAX_DEPTH + 1), "graph_deep", 1),
    ],
)
def test_refused_as_a_whole(text, code, line):
    error = refusal(text)
    assert (error.code, error.line) == (code, line)


def test_too_much():
    many = "\n".join(f'<node id="{number}"/>' for number in range(4))
    assert refusal(graph(many), max_rows=3).code == "too_many_rows"
    edges = '<node id="a"/><node id="b"/>' + '<edge source="a" target="b"/>' * 4
    assert refusal(graph(edges), max_rows=3).code == "too_many_rows"
    assert refusal(graph(many), max_bytes=100).code == "file_too_big"
    people, _handoffs = read(graph(f'<node id="a"/><node id="{"x" * 3000}"/>'))
    assert {(error.code, error.line) for error in people.errors} == {("cell_too_long", 5)}
    people, _handoffs = read(graph(f'<node id="a"/><node id="{"x" * 300}"/>'))
    assert {(error.code, error.column) for error in people.errors} == {("too_long", "id"), ("too_long", "name")}


@pytest.mark.parametrize("place", ["node", "edge", "key"])
def test_half_a_megabyte_of_one_text_is_not_kept(place):
    inside = f'<node id="a"><data key="v">{"x" * 500_000}</data></node>'
    people, _handoffs = read(graph(inside).replace('for="edge" attr.name="volume"', f'for="{place}" attr.name="name"'))
    [error] = people.errors
    assert (error.code, error.column) == ("cell_too_long", "name")


starts = st.sampled_from(
    [b"", b"<graphml>", HEAD.encode(), graph("").encode(), b"\xef\xbb\xbf<graphml/>", b"<!DOCTYPE "]
)


@given(starts, st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes(start, data):
    outcome(read_graphml, start + data)


@given(
    st.integers(0, len(DRAWN) - 1), st.sampled_from(["", "<", '"', "</node>", "<node>", "&", "]]>", "<graph>", "\x00"])
)
@settings(max_examples=100, deadline=None)
def test_a_disturbed_drawing(place, junk):
    read_anyway = outcome(read_graphml, DRAWN[:place] + junk + DRAWN[place + 3 :])
    if read_anyway is not None:
        people, handoffs = read_anyway
        assert len(people.rows) <= 5
        assert len(handoffs.rows) <= 3
