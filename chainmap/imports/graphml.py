"""A GraphML file as people and hand-offs: one of our own reports, a drawing made in yEd, a graph of networkx.

Nodes are parties, directed edges hand-offs. What is read of them, by the name of the attribute (``attr.name``):

- of a node ``code`` (else the id of the node), ``name`` (else ``label``, else the label yEd shows, else the id),
  ``kind``, ``team``, ``role``, ``email``, ``capacity``; a group of yEd is a team of everybody in it who has none
- of an edge ``deliverable`` (else ``label``, else the label yEd shows), ``volume`` (else ``weight``)

Everything else is left alone. The parser is that of the standard library (expat) and reads as the bytes come: nothing
is ever opened or loaded, a DOCTYPE ends it, so that no entity can be defined, and so do too many parties or elements
too deep inside one another. Names are cleaned and checked exactly as those of the CSV files (``chain_files``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple
from xml.parsers import expat

from chainmap.imports.chain_files import (
    HANDOFF_COLUMNS,
    PEOPLE_COLUMNS,
    HandOffsFile,
    PeopleFile,
    handoffs_in,
    people_in,
)
from chainmap.imports.errors import Problem, RowError, refused
from chainmap.imports.limits import DEFAULT_LIMITS, Limits
from chainmap.imports.tables import Table
from chainmap.imports.text import clean_name

_GRAPHML = re.compile(r"http://graphml\.graphdrawing\.org/xmlns[^ ]* |")  # also files without a name space
_YED = "http://www.yworks.com/xml/graphml "
_LABELS = {_YED + "NodeLabel", _YED + "EdgeLabel"}
#: Written on every edge of our own files: its label is then the picture's, not what somebody called it.
_OURS = "basis"
#: Elements inside one another; a group in a group is two more.
MAX_DEPTH = 100
_SCIENTIFIC = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?[eE][+-]?[0-9]{1,2}", re.ASCII)


def read_graphml(data: bytes, *, name: str, limits: Limits = DEFAULT_LIMITS) -> tuple[PeopleFile, HandOffsFile]:
    """The parties and the hand-offs of a graph, with the errors and warnings of both; lines are those of the file.

    Raises ImportRefused when the file as a whole cannot be used.

    >>> people, handoffs = read_graphml(
    ...     b'<graphml><graph edgedefault="directed"><node id="ann"/><node id="ben"/>'
    ...     b'<edge source="ann" target="ben"/></graph></graphml>', name="chain.graphml")
    >>> [row.name for row in people.rows], [(row.supplier, row.customer) for row in handoffs.rows]
    (['ann', 'ben'], [('ann', 'ben')])
    """
    graph = _Reading(name, limits).whole(data)
    if all(node.is_group for node in graph.nodes):
        raise refused("graph_empty", file=name)
    people, handoffs = people_in(_people(graph, name, limits)), _handoffs(graph, name, limits)
    return replace(people, warnings=_warnings(graph, name)), handoffs


# ---- what is in the file


@dataclass(slots=True)
class _Element:
    """A node, an edge or a graph while it is open, and what was found in it."""

    line: int
    attributes: Mapping[str, str]
    told: dict[str, str] = field(default_factory=dict)  # attribute name -> text
    label: str = ""
    is_group: bool = False
    group: _Element | None = None  # the node around it


class _Edge(NamedTuple):
    element: _Element
    is_directed: bool


@dataclass(slots=True)
class _Graph:
    nodes: list[_Element] = field(default_factory=list)
    edges: list[_Edge] = field(default_factory=list)
    not_read: list[tuple[str, int]] = field(default_factory=list)  # element, the line of the first


class _Reading:
    """One pass over one file."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._graph = _Graph()
        self._keys: dict[str, str] = {}  # id of a key -> name of the attribute
        self._depth = 0
        self._directed: list[bool] = []  # of the graphs that are open, innermost last
        self._open: list[_Element] = []  # nodes and edges that are open, innermost last
        self._data: str | None = None  # the name of the attribute that is open
        self._text: list[str] | None = None
        self._length = 0
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def whole(self, data: bytes) -> _Graph:
        """All of the file. Raises ImportRefused."""
        if len(data) > self._limits.max_bytes:
            size, limit = f"{len(data) / 1e6:,.1f}", f"{self._limits.max_bytes / 1e6:,.1f}"
            raise refused("file_too_big", file=self._name, size=size, limit=limit)
        if not data.strip():
            raise refused("file_empty", file=self._name)
        try:
            self._parser.Parse(data, True)  # all at once: a long attribute would be read anew with every piece
        except expat.ExpatError as error:
            detail = expat.errors.messages.get(error.code, str(error.code))
            raise refused("graph_unreadable", file=self._name, line=error.lineno, detail=detail) from error
        return self._graph

    def _doctype(self, *_told: object) -> None:
        raise refused("graph_dtd", file=self._name, line=self._line)

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise refused("graph_deep", file=self._name, line=self._line, limit=MAX_DEPTH)
        if tag in _LABELS:
            self._listen()
            return
        here = _GRAPHML.sub("", tag, count=1)
        if self._depth == 1 and here != "graphml":
            raise refused("graph_foreign", file=self._name, line=self._line, value=tag.rpartition(" ")[2])
        if here == "key":
            self._keys[attributes.get("id", "")] = attributes.get("attr.name", "").strip().lower()
        elif here == "graph":
            self._directed.append(attributes.get("edgedefault", "directed") != "undirected")
            if self._open:
                self._open[-1].is_group = True
        elif here in ("node", "edge"):
            self._start_element(here, attributes)
        elif here == "data":
            self._data = self._keys.get(attributes.get("key", ""), "")
            self._listen()
        elif here in ("hyperedge", "port") and here not in dict(self._graph.not_read):
            self._graph.not_read.append((here, self._line))

    def _start_element(self, here: str, attributes: Mapping[str, str]) -> None:
        element = _Element(self._line, attributes, group=self._open[-1] if self._open else None)
        self._open.append(element)
        if here == "node":
            self._graph.nodes.append(element)
            count = len(self._graph.nodes)
        else:
            usual = self._directed[-1] if self._directed else True
            said = attributes.get("directed", "true" if usual else "false")
            self._graph.edges.append(_Edge(element, said != "false"))
            count = len(self._graph.edges)
        if count > self._limits.max_rows:
            raise refused("too_many_rows", file=self._name, line=self._line, limit=self._limits.max_rows)

    def _listen(self) -> None:
        self._text, self._length = [], 0

    def _characters(self, text: str) -> None:
        # one character more than is allowed is kept, so that the check of the row finds it
        if self._text is not None and self._length <= self._limits.max_cell:
            self._text.append(text[: self._limits.max_cell + 1 - self._length])
            self._length += len(text)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        here = _GRAPHML.sub("", tag, count=1)
        if tag in _LABELS:
            if self._open and not self._open[-1].label:
                self._open[-1].label = "".join(self._text or ())
            # what else stands in the drawing of a node is no text of ours
            self._text = None
        elif here == "data":
            if self._open and self._data and self._text is not None:
                self._open[-1].told.setdefault(self._data, "".join(self._text))
            self._data = self._text = None
        elif here == "graph":
            self._directed.pop()
        elif here in ("node", "edge") and self._open:
            self._open.pop()


# ---- as the tables of the CSV files


def _name_of(node: _Element) -> str:
    """What a node is called; "" where nothing says it."""
    told = (node.told.get("name", ""), node.told.get("label", ""), node.label)
    return next((name for name in map(clean_name, told) if name), "")


def _code_of(node: _Element) -> str:
    return node.told.get("code") or node.attributes.get("id", "")


def _people(graph: _Graph, name: str, limits: Limits) -> Table:
    rows, problems = [], []
    first: dict[str, int] = {}
    for node in graph.nodes:
        id = node.attributes.get("id", "")
        earlier = first.setdefault(id, node.line)
        # where two nodes of one line share their id, the code they share says so
        if earlier != node.line:
            problems.append(Problem(node.line, "id", id, "duplicate_id", {"first": earlier}))
        if node.is_group:
            continue
        told = node.told
        team = told.get("team") or (_team_of(node) if told.get("kind", "employee") in ("", "employee") else "")
        called = _name_of(node) or _code_of(node)
        role, email, capacity = (told.get(column, "") for column in ("role", "email", "capacity"))
        rows.append((node.line, (_code_of(node), called, told.get("kind", ""), team, role, email, _plain(capacity))))
    return _table(name, PEOPLE_COLUMNS, rows, problems, limits)


def _team_of(node: _Element) -> str:
    """The name of the innermost group around a node that has one."""
    group = node.group
    while group is not None:
        found = _name_of(group)
        if found:
            return found
        group = group.group
    return ""


def _handoffs(graph: _Graph, name: str, limits: Limits) -> HandOffsFile:
    codes = {node.attributes.get("id", ""): _code_of(node) for node in graph.nodes if not node.is_group}
    rows, problems = [], []
    for edge, is_directed in graph.edges:
        ends = [edge.attributes.get(end, "") for end in ("source", "target")]
        if not is_directed:
            problems.append(Problem(edge.line, "", "", "undirected_edge"))
        unknown = [
            Problem(edge.line, end, id, "unknown_node")
            for end, id in zip(("source", "target"), ends, strict=True)
            if not id or id not in codes
        ]
        problems += unknown
        if is_directed and not unknown:
            volume = _plain(edge.told.get("volume") or edge.told.get("weight", ""))
            rows.append((edge.line, (codes[ends[0]], codes[ends[1]], _deliverable_of(edge), volume)))
    return handoffs_in(_table(name, HANDOFF_COLUMNS, rows, problems, limits))


def _deliverable_of(edge: _Element) -> str:
    if "deliverable" in edge.told or _OURS in edge.told:
        return edge.told.get("deliverable", "")
    return edge.told.get("label") or edge.label


def _plain(number: str) -> str:
    """A number as programs write it, 1e-05, as people do; any other text as it is."""
    text = number.strip()
    return format(Decimal(text), "f") if _SCIENTIFIC.fullmatch(text) else text


def _table(
    name: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[int, tuple[str, ...]]],
    problems: list[Problem],
    limits: Limits,
) -> Table:
    """The rows as a table; those with a text that is too long become problems."""
    kept = []
    for line, cells in rows:
        long = [(column, cell) for column, cell in zip(columns, cells, strict=True) if len(cell) > limits.max_cell]
        for column, cell in long:
            problems.append(
                Problem(line, column, cell, "cell_too_long", {"count": len(cell), "limit": limits.max_cell})
            )
        if not long:
            kept.append((line, cells))
    return Table(
        name=name,
        columns=columns,
        header_line=1,
        lines=tuple(line for line, _cells in kept),
        rows=tuple(cells for _line, cells in kept),
        decimal_comma=False,
        problems=tuple(problems),
    )


def _warnings(graph: _Graph, name: str) -> tuple[RowError, ...]:
    nameless = [node for node in graph.nodes if not node.is_group and not _name_of(node)]
    found = [RowError.of("graph_not_read", file=name, line=line, value=element) for element, line in graph.not_read]
    if nameless:
        value = _code_of(nameless[0])
        found.append(RowError.of("graph_nameless", file=name, line=nameless[0].line, value=value, count=len(nameless)))
    return tuple(found)
