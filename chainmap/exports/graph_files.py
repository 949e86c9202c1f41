"""A report as a graph for other programs: GraphML for yEd, GEXF 1.3 for Gephi, both for networkx and igraph too.

Parties are nodes, hand-offs directed edges with an id of their own; parallel ones and loops of teams are kept. Figures
stand in attributes of the same names as in the CSV (``report_table``), so that a number read is the number of the
report; what is not known is left out. Look and place come with it (``graph_style``): GraphML carries yEd's own
elements, GEXF the ``viz`` ones, and both open as the picture a reader knows. The same report gives the same bytes.

GraphML 1.0 with the extension of yFiles: http://graphml.graphdrawing.org/specification.html; GEXF 1.3:
https://gexf.net/schema.html.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from chainmap.domain.findings import PartyFinding
from chainmap.domain.reports import Report
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.graph_style import Edge, GraphLook, Node, edge_weight
from chainmap.exports.picture_style import PALETTES
from chainmap.exports.report_method_words import hidden_sentences, pay_reason, pay_sentence, who_may_see
from chainmap.exports.report_table import COLUMNS, FIELDS, Cell, Kind, report_rows
from chainmap.exports.report_words import report_subject, report_title
from chainmap.exports.xml_text import xml_attribute, xml_text

GRAPHML_TYPE = "application/graphml+xml"
GEXF_TYPE = "application/gexf+xml"
#: Elements in a piece.
_ROWS = 500
_PALETTE = PALETTES["light"]
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Attribute(NamedTuple):
    """One figure or word of a node or an edge: its name, and its type in GraphML and in GEXF."""

    name: str
    graphml: str
    gexf: str


_TEXT, _WHOLE, _NUMBER = ("string", "string"), ("int", "integer"), ("double", "double")

NODE_ATTRIBUTES: Sequence[Attribute] = (
    Attribute("code", *_TEXT),  # the id the import and the interface know; "id" would be the node's own
    Attribute("name", *_TEXT),
    Attribute("kind", *_TEXT),
    Attribute("team", *_TEXT),
    Attribute("inflow", *_NUMBER),
    Attribute("reach", *_NUMBER),
    Attribute("dependence", *_NUMBER),
    Attribute("dependence_error", *_NUMBER),
    Attribute("most_important_client", *_TEXT),
)
#: Of the columns those that are not said by the two ends; answers may be a band ("5-7").
_ENDS = frozenset(field for field in FIELDS if field.startswith(("supplier", "customer")))
_BY_KIND = {Kind.TEXT: _TEXT, Kind.WHOLE: _WHOLE}
EDGE_ATTRIBUTES: Sequence[Attribute] = tuple(
    Attribute(column.field, *_BY_KIND.get(column.kind, _NUMBER)) for column in COLUMNS if column.field not in _ENDS
)
_TOTALS = ("created", "delivered", "lost", "stranded", "chain_yield", "mean_yield")
GRAPH_ATTRIBUTES: Sequence[Attribute] = (
    *(Attribute(name, *_TEXT) for name in ("organization", "subject", "of", "round", "mode")),
    *(Attribute(name, *_NUMBER) for name in _TOTALS),
)
#: A hand-off without a name says so, that nobody takes the label of its line for one.
_EVEN_EMPTY = frozenset({"deliverable"})
Values = Iterable[tuple[str, str]]


def report_graphml_chunks(report: Report) -> Iterator[bytes]:
    """The GraphML file in pieces, so that it is never whole in memory."""
    return _pieces(_graphml(report))


def report_graphml(report: Report) -> ExportFile:
    """The whole GraphML file."""
    name = export_filename("report", report.scope.organization, "graphml")
    return ExportFile(name, GRAPHML_TYPE, b"".join(report_graphml_chunks(report)))


def report_gexf_chunks(report: Report) -> Iterator[bytes]:
    """The GEXF file in pieces, so that it is never whole in memory."""
    return _pieces(_gexf(report))


def report_gexf(report: Report) -> ExportFile:
    """The whole GEXF file."""
    name = export_filename("report", report.scope.organization, "gexf")
    return ExportFile(name, GEXF_TYPE, b"".join(report_gexf_chunks(report)))


def _pieces(elements: Iterable[str]) -> Iterator[bytes]:
    piece: list[str] = []
    for element in elements:
        piece.append(element)
        if len(piece) == _ROWS:
            yield "".join(piece).encode("utf-8")
            piece.clear()
    yield "".join(piece).encode("utf-8")


# ---- what is told


def _about(report: Report) -> str:
    """What the file is, for whom, and what it is not for: as in every other format."""
    parts = [*report_subject(report), f"{pay_sentence()} {pay_reason()}", who_may_see(report)]
    return "\n".join([report_title(report), *parts, *hidden_sentences(report.hidden)])


def _graph_values(report: Report) -> Values:
    scope = report.scope
    said = (scope.organization, scope.subject.value, scope.name, scope.round, scope.mode)
    totals = (getattr(report.totals, name) for name in _TOTALS)
    return _told(GRAPH_ATTRIBUTES, (*said, *totals))


def _node_values(party: PartyFinding) -> Values:
    told = (
        party.id,
        party.name,
        party.kind.value,
        party.team,
        party.inflow,
        party.reach,
        party.dependence,
        party.dependence_error,
        party.most_important_client,
    )
    return _told(NODE_ATTRIBUTES, told)


def _edge_values(row: Sequence[Cell]) -> Values:
    return _told(EDGE_ATTRIBUTES, [cell for field, cell in zip(FIELDS, row, strict=True) if field not in _ENDS])


def _told(attributes: Sequence[Attribute], values: Iterable[Cell]) -> Values:
    """Name and text of every value there is; numbers so that reading them gives the same number."""
    for attribute, value in zip(attributes, values, strict=True):
        if value is None or (value == "" and attribute.name not in _EVEN_EMPTY):
            continue
        if isinstance(value, float) and not math.isfinite(value):
            continue
        if attribute.graphml == "double" and not isinstance(value, str):
            value = float(value)
        yield attribute.name, value if isinstance(value, str) else repr(value)


# ---- GraphML


def _graphml(report: Report) -> Iterator[str]:
    yield (
        f'{_HEAD}<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/'
        'xmlns http://www.yworks.com/xml/schema/graphml/1.1/ygraphml.xsd">\n'
        f"<desc>{xml_text(_about(report))}</desc>\n"
        '<key id="look_of_node" for="node" yfiles.type="nodegraphics"/>\n'
        '<key id="look_of_edge" for="edge" yfiles.type="edgegraphics"/>\n'
    )
    for of, attributes in (("graph", GRAPH_ATTRIBUTES), ("node", NODE_ATTRIBUTES), ("edge", EDGE_ATTRIBUTES)):
        for one in attributes:
            yield f'<key id="{of}_{one.name}" for="{of}" attr.name="{one.name}" attr.type="{one.graphml}"/>\n'
    yield f'<graph id="G" edgedefault="directed">\n{_data("graph", _graph_values(report))}\n'
    look = GraphLook(report)
    for node in look.nodes():
        told = _data("node", _node_values(node.party))
        yield f'<node id="{node.id}">{told}<data key="look_of_node">{_shape_node(node)}</data></node>\n'
    for edge, row in zip(look.edges(), report_rows(report), strict=True):
        told = _data("edge", _edge_values(row))
        yield (
            f'<edge id="{edge.id}" source="{edge.source}" target="{edge.target}">{told}'
            f'<data key="look_of_edge">{_line_edge(edge)}</data></edge>\n'
        )
    yield "</graph>\n</graphml>\n"


def _data(of: str, values: Values) -> str:
    return "".join(f'<data key="{of}_{name}">{xml_text(text)}</data>' for name, text in values)


def _shape_node(node: Node) -> str:
    """As yEd draws it; its coordinates are those of the upper left corner."""
    left, top = node.x - node.width / 2, node.y - node.height / 2
    return (
        f'<y:ShapeNode><y:Geometry height="{node.height:.1f}" width="{node.width:.1f}" x="{left:.1f}" y="{top:.1f}"/>'
        f'<y:Fill color="{node.fill}" transparent="false"/>'
        f'<y:BorderStyle color="{_PALETTE.quiet}" type="line" width="1.0"/>'
        f'<y:NodeLabel alignment="center" autoSizePolicy="content" fontFamily="Dialog" fontSize="12" fontStyle="plain"'
        f' hasBackgroundColor="false" hasLineColor="false" modelName="internal" modelPosition="c"'
        f' textColor="{node.ink}" visible="true">{xml_text(node.label)}</y:NodeLabel>'
        f'<y:Shape type="{node.shape}"/></y:ShapeNode>'
    )


def _line_edge(edge: Edge) -> str:
    bends = "".join(f'<y:Point x="{x:.1f}" y="{y:.1f}"/>' for x, y in edge.points)
    label = ""
    if edge.label:
        label = (
            f'<y:EdgeLabel alignment="center" backgroundColor="{_PALETTE.box}" fontFamily="Dialog" fontSize="12"'
            f' fontStyle="plain" hasLineColor="false" modelName="centered" modelPosition="center"'
            f' textColor="{_PALETTE.ink}" visible="true">{xml_text(edge.label)}</y:EdgeLabel>'
        )
    return (
        f'<y:PolyLineEdge><y:Path sx="0.0" sy="0.0" tx="0.0" ty="0.0">{bends}</y:Path>'
        f'<y:LineStyle color="{edge.colour}" type="{"dashed" if edge.dashed else "line"}" width="{edge.width}"/>'
        f'<y:Arrows source="none" target="standard"/>{label}<y:BendStyle smoothed="true"/></y:PolyLineEdge>'
    )


# ---- GEXF


def _gexf(report: Report) -> Iterator[str]:
    yield (
        f'{_HEAD}<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">\n'
        f"<meta><creator>Chainmap</creator><description>{xml_text(_about(report))}</description></meta>\n"
        '<graph defaultedgetype="directed" mode="static" idtype="string">\n'
    )
    for of, attributes in (("node", NODE_ATTRIBUTES), ("edge", EDGE_ATTRIBUTES)):
        yield f'<attributes class="{of}" mode="static">\n'
        for one in attributes:
            yield f'<attribute id="{one.name}" title="{one.name}" type="{one.gexf}"/>\n'
        yield "</attributes>\n"
    look = GraphLook(report)
    yield "<nodes>\n"
    for node in look.nodes():
        yield _gexf_node(node)
    yield "</nodes>\n<edges>\n"
    for edge, row in zip(look.edges(), report_rows(report), strict=True):
        yield _gexf_edge(edge, row)
    yield "</edges>\n</graph>\n</gexf>\n"


def _gexf_node(node: Node) -> str:
    # Gephi measures height upwards
    return (
        f'<node id="{node.id}" label="{xml_attribute(" ".join(node.label.split()))}">'
        f"{_attvalues(_node_values(node.party))}{_viz_colour(_dot_colour(node))}"
        f'<viz:position x="{node.x:.1f}" y="{0.0 - node.y:.1f}" z="0.0"/>'
        f'<viz:size value="{node.size}"/><viz:shape value="{"square" if node.shape == "rectangle" else "disc"}"/>'
        "</node>\n"
    )


def _dot_colour(node: Node) -> str:
    """A dot has no border to be seen by: a party that is nearly white in a picture is grey here."""
    return _PALETTE.quiet if node.fill == _PALETTE.box else node.fill


def _gexf_edge(edge: Edge, row: Sequence[Cell]) -> str:
    # parallel edges need another kind each, else Gephi makes one of them
    kind = f' kind="{edge.number + 1}"' if edge.number else ""
    label = xml_attribute(edge.handoff.deliverable)
    return (
        f'<edge id="{edge.id}" source="{edge.source}" target="{edge.target}"{kind}'
        f' weight="{edge_weight(edge.handoff)!r}" label="{label}">{_attvalues(_edge_values(row))}'
        f'{_viz_colour(edge.colour)}<viz:thickness value="{edge.width}"/>'
        f'<viz:shape value="{"dashed" if edge.dashed else "solid"}"/></edge>\n'
    )


def _attvalues(values: Values) -> str:
    told = "".join(f'<attvalue for="{name}" value="{xml_attribute(text)}"/>' for name, text in values)
    return f"<attvalues>{told}</attvalues>"


def _viz_colour(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f'<viz:color r="{red}" g="{green}" b="{blue}"/>'
