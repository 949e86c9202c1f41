"""An SVG as the layout program wrote it, checked element by element and made readable for everybody.

Nothing but shapes and text leaves here: no link, script, style, image or foreign element, whatever was in the data.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from chainmap.exports.picture_error import PictureError, PictureFailure

SVG_NAMESPACE = "http://www.w3.org/2000/svg"
#: Widths measured by the layout are Arial's, so fonts of the same widths come first.
FONT_STACK = "Helvetica Neue, Helvetica, Arial, Liberation Sans, Arimo, Roboto, system-ui, sans-serif"

_SHAPES = frozenset({"path", "polygon", "polyline", "ellipse", "circle", "rect", "line"})
_ELEMENTS = _SHAPES | {"svg", "g", "title", "desc", "text"}
_GEOMETRY = {"transform", "viewBox", "points", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry"}
_PAINT = {"fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap"}
_TYPE = {"text-anchor", "font-size", "font-weight", "font-style"}
_ATTRIBUTES = frozenset({"id", "class", "width", "height"} | _GEOMETRY | _PAINT | _TYPE)
#: A paint or geometry value never needs more: no "url(", no quotes, no angle brackets.
_HARMLESS = re.compile(r"[\w\s.,#%()+\-]*\Z", re.ASCII)
_DOCTYPE = re.compile(rb"<!DOCTYPE svg PUBLIC \"[^\"<>\[]*\"\s+\"[^\"<>\[]*\">")


def checked_svg(
    drawn: bytes,
    *,
    title: str = "",
    description: str = "",
    names: Mapping[str, str] | None = None,
    classes_by_fill: Mapping[str, str] | None = None,
) -> bytes:
    """The drawing reduced to an allow-list, titled for screen readers, without anything that could act.

    ``names`` maps the id of a group to what a reader sees on pointing at it; ``classes_by_fill`` maps "class of the
    group, space, lower-case fill colour" of a polygon to the class it gets. Raises PictureError (failed) for markup
    no layout program should write.
    """
    root = _parse(drawn)
    svg = _copy(root)
    _name_polygons(svg, classes_by_fill or {})
    _title_groups(svg, names or {})
    width, height = (svg.get("viewBox", "0 0 1 1").split() + ["1"] * 4)[2:4]
    attributes = {
        "xmlns": SVG_NAMESPACE,
        "class": "chain-picture",
        "viewBox": svg.get("viewBox", ""),
        "width": width,
        "height": height,
        "role": "img",
        "aria-labelledby": "chain-picture-title chain-picture-description",
        "font-family": FONT_STACK,
    }
    svg.attrib.clear()
    svg.attrib.update(attributes)
    svg.insert(0, _text_element("title", "chain-picture-title", title))
    svg.insert(1, _text_element("desc", "chain-picture-description", description))
    markup: bytes = ET.tostring(svg, encoding="utf-8", xml_declaration=False)
    return markup + b"\n"


def _parse(drawn: bytes) -> ET.Element:
    markup = _DOCTYPE.sub(b"", drawn, count=1)
    if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup:
        raise PictureError(PictureFailure.FAILED, "the drawing declares a document type of its own")
    try:
        return ET.fromstring(markup)  # noqa: S314 - our own child's output, document types refused above
    except ET.ParseError as error:
        raise PictureError(PictureFailure.FAILED, f"the drawing is not XML: {error}") from error


def _copy(element: ET.Element) -> ET.Element:
    name = str(element.tag).removeprefix("{" + SVG_NAMESPACE + "}")
    if name not in _ELEMENTS:
        raise PictureError(PictureFailure.FAILED, f"the drawing holds an element {name[:40]!r}")
    copy = ET.Element(name, {key: value for key, value in element.items() if _kept(key, value)})
    if name in ("text", "title"):
        copy.text = "".join(element.itertext())
        return copy
    copy.extend([_copy(child) for child in element])
    return copy


def _kept(attribute: str, value: str) -> bool:
    return attribute in _ATTRIBUTES and _HARMLESS.match(value) is not None


def _name_polygons(svg: ET.Element, classes_by_fill: Mapping[str, str]) -> None:
    for group in svg.iter("g"):
        for polygon in group.findall("polygon"):
            for group_class in group.get("class", "").split():
                name = classes_by_fill.get(f"{group_class} {polygon.get('fill', '').lower()}")
                if name:
                    polygon.set("class", name)


def _title_groups(svg: ET.Element, names: Mapping[str, str]) -> None:
    """Replace the layout's own titles (p0, p0->p1) by names, or drop them."""
    for group in svg.iter("g"):
        for old in group.findall("title"):
            group.remove(old)
        name = names.get(group.get("id", ""))
        if name:
            title = ET.Element("title")
            title.text = name
            group.insert(0, title)


def _text_element(tag: str, id_: str, text: str) -> ET.Element:
    element = ET.Element(tag, {"id": id_})
    element.text = text
    return element
