"""The drawn chain for a document: shapes as SVG, and every word of it as text with its place.

The document sets the words itself, in its own type: letters of every script are shaped well there, and one that no
font has is found by name, which it is not inside a drawing.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from chainmap.exports.svg import SVG_NAMESPACE

#: Characters of one piece of the shapes: no text of a document is longer than twice that.
PIECE = 10_000
_TRANSFORM = re.compile(r"scale\(([\d.]+)[^)]*\).*translate\((-?[\d.]+)[ ,]+(-?[\d.]+)\)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
#: A name keeps this far from the sides of its box.
_INSIDE = 8.0


def drawing(svg: bytes) -> dict[str, Any]:
    """A checked drawing (``chain_picture.draw``) as data: width and height in points, the shapes in pieces, the texts.

    A text has its place from the upper left (baseline), its size, colour and anchor, and ``most``: the width of the
    box it stands in, None outside one. Raises ValueError for a drawing of another make.
    """
    root = ET.fromstring(svg)  # noqa: S314 - reduced to an allow-list before
    graph = root.find(f"{{{SVG_NAMESPACE}}}g")
    found = _TRANSFORM.search("" if graph is None else graph.get("transform", ""))
    if graph is None or found is None:
        raise ValueError("the drawing has no group with a transform")
    scale, right, down = map(float, found.groups())
    texts = [
        _placed(text, group, scale, right, down)
        for group in graph.iter(_tag("g"))
        for text in group.findall(_tag("text"))
    ]
    _keep_shapes(root)
    ET.register_namespace("", SVG_NAMESPACE)
    shapes = ET.tostring(root, encoding="unicode")
    width, height = (float(number) for number in root.get("viewBox", "0 0 1 1").split()[2:4])
    return {
        "width": width,
        "height": height,
        "shapes": [shapes[begin : begin + PIECE] for begin in range(0, len(shapes), PIECE)],
        "texts": [text for text in texts if text["words"]],
    }


def _tag(name: str) -> str:
    return f"{{{SVG_NAMESPACE}}}{name}"


def _placed(text: ET.Element, group: ET.Element, scale: float, right: float, down: float) -> dict[str, Any]:
    x, y = float(text.get("x", "0")), float(text.get("y", "0"))
    return {
        "x": scale * (x + right),
        "y": scale * (y + down),
        "size": scale * float(text.get("font-size", "14")),
        "fill": text.get("fill", "#000000"),
        "bold": text.get("font-weight") == "bold",
        "anchor": text.get("text-anchor", "start"),
        "most": _width_inside(group, scale),
        "words": " ".join("".join(text.itertext()).split()),
    }


def _width_inside(group: ET.Element, scale: float) -> float | None:
    """The room for a name in the box of its party; None for what stands in no box."""
    shape = next((child for child in group if child.tag in (_tag("path"), _tag("polygon"))), None)
    if "party" not in group.get("class", "").split() or shape is None:
        return None
    numbers = [float(number) for number in _NUMBER.findall(shape.get("d") or shape.get("points") or "")]
    across = numbers[0::2]
    return scale * (max(across) - min(across) - _INSIDE) if across else None


def _keep_shapes(root: ET.Element) -> None:
    unwanted = {_tag("text"), _tag("title"), _tag("desc")}
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in unwanted:
                parent.remove(child)
