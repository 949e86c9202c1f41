"""The chain as a picture: DOT for the layout program, and what a reader hears instead of seeing it.

Left to right, end customers at the right edge, external suppliers at the left, a box around each team. The width of a
hand-off is the work handed over, its colour how much of it arrives, dashes say that nobody has rated it; the few worst
carry their number.

Classes and ids in the SVG, for a stylesheet (colours in the file are defaults that any CSS rule overrides)::

    svg.chain-picture                 the picture; its background is  g.graph > polygon
    g.party                           a party: path (the box) and text;  id="party-<key>"
    g.party.end_customer .external_supplier .employee       its kind
    g.team                            the box around a team: path and text
    g.handoff                         a hand-off: path, polygon (arrow head), text;  id="handoff-<key>"
    g.handoff.yield-0 .. .yield-4     under 40 % arrives, 40-60, 60-75, 75-90, 90 % and more
    g.handoff.assumed                 nobody has rated it
    g.handoff.worst                   one of the few with a number
    g.handoff.drawn                   one that a room drew just now
    g.handoff polygon.tag             the paper behind a number (the other polygon is the arrow head)
    g.legend                          the legend: text, and polygon.swatch-0 .. .swatch-4

A key below 0 (a team, which is no row of the database) is replaced by ``n`` and its place: ``party-n3``.
"""

from __future__ import annotations

import html
import textwrap
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.exports import words
from chainmap.exports.graphviz import PictureFormat, layout
from chainmap.exports.picture_selection import drawn_handoffs, reading_order, weight
from chainmap.exports.picture_style import PALETTES, Palette, Theme, yield_band
from chainmap.exports.picture_words import PictureKey, description, left_out_notes, legend, picture_key, spoken_handoff
from chainmap.exports.plain_text import clean_text
from chainmap.exports.svg import checked_svg

#: More hand-offs than this take seconds to lay out and cannot be told apart ...
MAX_HANDOFFS = 180
#: ... and among few parties fewer can be, though never fewer than this.
HANDOFFS_PER_PARTY, LEGIBLE_ANYWAY = 2.4, 60
#: Parties drawn when there is no hand-off at all.
MAX_PARTIES_ALONE = 40
WORST_LABELLED = 5
#: Ranked hand-offs drawn at full strength; the others step back.
STRONG = 12
_THINNEST, _THICKEST = 0.8, 6.5
_MARKED = 3.0
_STEPPED_BACK = "99"  # opacity, two hexadecimal digits
_TEXT_WIDTH, _TITLE_WIDTH, _TEAM_LENGTH = 22, 78, 40
#: Width of every line while no flow is known: what is not known is not drawn as if it were.
_UNKNOWN_SHARE = 0.15


@dataclass(frozen=True, slots=True)
class ChainPicture:
    """One picture of a finding, before layout."""

    dot: str
    drawn_handoffs: int
    left_out_handoffs: int
    parties: tuple[tuple[str, int], ...]  # (node id in the DOT, the caller's key of the party), as drawn
    title: str
    description: str  # the picture in words, for those who do not see it
    names: Mapping[str, str]  # id in the SVG -> what it is, in words
    classes_by_fill: Mapping[str, str]  # legend swatches
    key: PictureKey  # what colours, width and dashes mean, and what is not drawn


@dataclass(frozen=True, slots=True)
class LineMark:
    """What makes a hand-off stand out that a room drew: ``style`` solid, dashed or dotted, the words at its line, and
    the sentence about such lines below the picture. All our own words, none of data."""

    style: str
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One drawn hand-off: what the finding says of it and how it is painted."""

    handoff: HandOffFinding
    id: str
    supplier: int  # position of the party
    customer: int
    weight: float
    share_of_largest: float  # of the largest weight drawn, 0..1
    worst: bool  # carries its number
    strong: bool  # painted at full strength
    mark: LineMark | None = None

    def dot(self, palette: Palette, *, backwards: bool) -> str:
        """The line of DOT. Backwards ones do not decide who stands left of whom."""
        if self.mark is not None:
            return self._marked(self.mark, palette, backwards=backwards)
        width = _THINNEST + (_THICKEST - _THINNEST) * self.share_of_largest
        known = self.handoff.yield_ is not None and self.handoff.basis != Basis.ASSUMED
        band = yield_band(self.handoff.yield_ or 0.0) if known else None
        colour = palette.assumed if band is None else palette.bands[band] + ("" if self.strong else _STEPPED_BACK)
        classes = ["handoff", "assumed" if band is None else f"yield-{band}", *(["worst"] if self.worst else [])]
        attributes = [
            f'id="{self.id}"',
            f'class="{" ".join(classes)}"',
            f'color="{colour}"',
            f"penwidth={width:.2f}",
            f"weight={1 + round(8 * self.share_of_largest)}",
        ]
        if band is None:
            attributes.append("style=dashed")
        if self.worst:
            attributes.append(f"label=<{_tag(words.percent(self.handoff.yield_ or 0.0), width, palette)}>")
        if backwards:
            attributes.append("constraint=false")
        return f"p{self.supplier} -> p{self.customer} [{', '.join(attributes)}];"

    def _marked(self, mark: LineMark, palette: Palette, *, backwards: bool) -> str:
        """The same of one a room drew: how much arrives there nobody has said, so its width and colour say that it is
        new."""
        attributes = [
            f'id="{self.id}"',
            'class="handoff drawn"',
            f'color="{palette.drawn}"',
            f"penwidth={_MARKED}",
            f"style={mark.style}",
            f"label=<{_tag(mark.words, _MARKED, palette)}>",
            *(["constraint=false"] if backwards else []),
        ]
        return f"p{self.supplier} -> p{self.customer} [{', '.join(attributes)}];"


def _tag(number: str, line_width: float, palette: Palette) -> str:
    """A number on a piece of paper beside its line: an HTML label, safe because no data but a number gets in."""
    return (
        '<table border="0" cellborder="0" cellspacing="0" cellpadding="1">'
        f'<tr><td bgcolor="{palette.box}"><b>{html.escape(number)}</b></td></tr>'
        f'<tr><td height="{line_width / 2 + 2:.0f}"></td></tr></table>'
    )


def label(text: str, limit: int = 80) -> str:
    """Any text as the inside of a quoted DOT label: shown literally, on one line, at most ``limit`` characters.

    Unshown characters go, ``&`` cannot start an entity, a backslash no escape, a quote no new attribute; as the label
    is always quoted, ``<...>`` is not read as HTML.

    >>> label('a&lt;"\\\\N')
    'a&amp;lt;\\\\"\\\\\\\\N'
    """
    return clean_text(text, limit).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')


def chain_picture(
    finding: Bottlenecks,
    *,
    theme: Theme = "light",
    max_handoffs: int | None = None,
    titled: bool = True,
    keyed: bool = True,
    in_spreadsheet: bool = False,
    wrap: int = _TEXT_WIDTH,
    marks: Mapping[int, LineMark] | None = None,
) -> ChainPicture:
    """The picture of a finding with at most ``max_handoffs`` hand-offs; the description counts what is left out.

    Without ``max_handoffs``, as many as can be told apart: 2.4 a party, at least 60, at most 180. The same finding
    gives the same DOT, byte for byte. ``titled`` False leaves out the heading inside the picture, for a page that says
    the same beside it; names are broken after ``wrap`` characters. ``marks``: key of a hand-off -> how it stands out;
    those are always drawn.
    """
    marks = marks or {}
    palette = PALETTES[theme]
    names = words.party_names(finding)
    most = legible_handoffs(len(finding.parties)) if max_handoffs is None else max_handoffs
    handoffs = drawn_handoffs(finding, most, always=marks)
    parties = _drawn_parties(finding, handoffs)
    lines = _handoff_lines(handoffs, parties, marks)
    order = reading_order(list(parties), [(line.supplier, line.customer, line.weight) for line in lines])
    notes = [*dict.fromkeys(one.mark.note for one in lines if one.mark)]
    notes += left_out_notes(finding, len(parties), handoffs, in_spreadsheet=in_spreadsheet)
    key = picture_key(handoffs, notes, palette, analysed=finding.analysed, released=finding.released)
    title = words.headline(finding)
    dot = [
        *_opening(*(finding.organization, title) if titled else ("", ""), palette),
        *_chain_box(f"<{legend(key)}>" if keyed else '""', palette),
        *_party_lines(parties, order, names, palette, by_team=finding.by_team, wrap=wrap),
        # later ones are painted over earlier ones: what matters most comes last
        *[line.dot(palette, backwards=order[line.supplier] > order[line.customer]) for line in reversed(lines)],
        "}",
        "}",
        "",
    ]
    return ChainPicture(
        dot="\n".join(dot),
        drawn_handoffs=len(handoffs),
        left_out_handoffs=len(finding.handoffs) - len(handoffs),
        parties=tuple((f"p{position}", party.key) for position, party in parties.items()),
        title=f"{clean_text(finding.organization)}: {title}" if finding.organization else title,
        description=description(finding, len(handoffs), list(parties.values()), notes),
        names={line.id: spoken_handoff(line.handoff, names) for line in lines}
        | {_party_id(position, party): names[party.id] for position, party in parties.items()},
        classes_by_fill={f"legend {colour}": f"swatch-{band}" for band, colour in enumerate(palette.bands)}
        | {f"handoff {palette.box}": "tag"},
        key=key,
    )


def draw(picture: ChainPicture, *, format: PictureFormat, seconds: float = 10, memory_mb: int = 512) -> bytes:
    """The picture as checked, titled SVG or as PNG. Raises PictureError; the table is then what is left to show."""
    drawn = layout(picture.dot, format=format, seconds=seconds, memory_mb=memory_mb)
    if format == "png":
        return drawn
    return checked_svg(
        drawn,
        title=picture.title,
        description=picture.description,
        names=picture.names,
        classes_by_fill=picture.classes_by_fill,
    )


def legible_handoffs(parties: int) -> int:
    """How many hand-offs among so many parties a reader can still tell apart."""
    return min(max(round(HANDOFFS_PER_PARTY * parties), LEGIBLE_ANYWAY), MAX_HANDOFFS)


def _handoff_lines(
    handoffs: Sequence[HandOffFinding], parties: Mapping[int, PartyFinding], marks: Mapping[int, LineMark]
) -> list[_Line]:
    position = {party.id: place for place, party in parties.items()}
    largest = max(map(weight, handoffs), default=0.0) or 1.0
    few = len(handoffs) <= 2 * STRONG
    lines = []
    for place, handoff in enumerate(handoffs):
        rank = handoff.rank or len(handoffs) + STRONG
        lines.append(
            _Line(
                handoff=handoff,
                id=f"handoff-{handoff.key}" if handoff.key >= 0 else f"handoff-n{place}",
                supplier=position[handoff.supplier],
                customer=position[handoff.customer],
                weight=weight(handoff),
                share_of_largest=_UNKNOWN_SHARE if handoff.flow is None else weight(handoff) / largest,
                worst=rank <= WORST_LABELLED and bool(handoff.recoverable),
                strong=few or rank <= STRONG,
                mark=marks.get(handoff.key),
            )
        )
    return lines


def _party_id(position: int, party: PartyFinding) -> str:
    return f"party-{party.key}" if party.key >= 0 else f"party-n{position}"


def _drawn_parties(finding: Bottlenecks, handoffs: Sequence[HandOffFinding]) -> dict[int, PartyFinding]:
    """Position -> party with a drawn hand-off; with no hand-off at all, the first parties."""
    if not handoffs:
        return dict(enumerate(finding.parties[:MAX_PARTIES_ALONE]))
    linked = {end for handoff in handoffs for end in (handoff.supplier, handoff.customer)}
    return {position: party for position, party in enumerate(finding.parties) if party.id in linked}


def _opening(organization: str, title: str, palette: Palette) -> list[str]:
    heading = [organization, *textwrap.wrap(title, _TITLE_WIDTH)]
    text = "".join(f"{label(line, 120)}\\l" for line in heading if line)
    return [
        "digraph chain {",
        f'graph [rankdir=LR, bgcolor="{palette.paper}", fontname=Arial, fontsize=19, fontcolor="{palette.ink}",'
        f' label="{text}", labelloc=t, labeljust=l, nodesep=0.16, ranksep=0.42, pad=0.2];',
        f'node [shape=box, style="rounded,filled", fontname=Arial, fontsize=16, margin="0.13,0.06", height=0.36,'
        f' color="{palette.quiet}", penwidth=0.7, fillcolor="{palette.box}", fontcolor="{palette.ink}"];',
        f'edge [fontname=Arial, fontsize=16, fontcolor="{palette.ink}", arrowhead=normal, arrowsize=0.55];',
    ]


def _chain_box(legend: str, palette: Palette) -> list[str]:
    # an unseen box around the chain, because its label is the one place for a legend below everything
    return [
        "subgraph cluster_chain {",
        f'graph [class=legend, penwidth=0, style=filled, fillcolor="{palette.paper}", color="{palette.paper}",'
        f' fontsize=13, fontcolor="{palette.quiet}", labelloc=b, labeljust=l, label={legend}];',
    ]


def _party_lines(
    parties: Mapping[int, PartyFinding],
    order: Mapping[int, int],
    names: Mapping[str, str],
    palette: Palette,
    *,
    by_team: bool,
    wrap: int,
) -> list[str]:
    teams: dict[str, list[str]] = defaultdict(list)
    edges: dict[PartyKind, list[str]] = defaultdict(list)
    for position in sorted(parties, key=order.__getitem__):
        party = parties[position]
        line = _party_line(position, party, names[party.id], palette, wrap)
        if party.kind != PartyKind.EMPLOYEE:
            edges[party.kind].append(line)
        else:
            teams["" if by_team else clean_text(party.team)].append(line)
    lines = teams.pop("", [])
    for number, (team, members) in enumerate(sorted(teams.items())):
        lines += [
            f"subgraph cluster_team_{number} {{",
            f'graph [id="team-{number}", class=team, style="rounded,filled", penwidth=0, color="{palette.team}",'
            f' fillcolor="{palette.team}", fontsize=14, fontcolor="{palette.quiet}", labelloc=t,'
            f' labeljust=l, label="{label(team, _TEAM_LENGTH)}"];',
            *members,
            "}",
        ]
    for kind, rank in ((PartyKind.EXTERNAL_SUPPLIER, "min"), (PartyKind.END_CUSTOMER, "max")):
        if edges[kind]:
            lines += [f"{{ rank={rank};", *edges[kind], "}"]
    return lines


def _party_line(position: int, party: PartyFinding, name: str, palette: Palette, wrap: int) -> str:
    shown = "\\n".join(label(line) for line in textwrap.wrap(name, wrap))
    attributes = f'id="{_party_id(position, party)}", class="party {party.kind}", label="{shown}"'
    if party.kind == PartyKind.END_CUSTOMER:
        attributes += f', fillcolor="{palette.accent}", color="{palette.accent}", fontcolor="{palette.on_accent}"'
    elif party.kind == PartyKind.EXTERNAL_SUPPLIER:
        attributes += f', fillcolor="{palette.outside}", style=filled'
    return f"p{position} [{attributes}];"
