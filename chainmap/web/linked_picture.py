"""A checked picture made part of a page: its parties lead to their pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_PARTY = re.compile(r"party-([0-9]+)", re.ASCII)
#: Natural width, in pixels, under which a picture is still legible on a small tablet without scrolling.
SMALL_WIDTH = 900
_TRANSLATE = re.compile(r"translate\([-0-9.]+ ([-0-9.]+)\)", re.ASCII)
#: What the file says about itself; on a page the caption and the table say it, once.
_SPOKEN_ATTRIBUTES = ("role", "aria-labelledby")


def linked_picture(svg: str, *, address: Callable[[int], str] | None) -> SafeString:
    """The picture with a link around every party ``id="party-<key>"``, or without links when ``address`` is None.

    ``svg`` must come from ``exports.svg.checked_svg``, which lets only shapes and text through. Links are not in the
    tab order and the picture is hidden from screen readers: the table beside it is its twin for both.
    """
    root = ET.fromstring(svg)  # noqa: S314 - reduced to an allow-list by checked_svg before it gets here
    for element in root.iter():
        element.tag = str(element.tag).removeprefix(_NAMESPACE)
    for spoken in [child for child in root if child.tag in ("title", "desc")]:
        root.remove(spoken)
    for name in _SPOKEN_ATTRIBUTES:
        root.attrib.pop(name, None)
    _drop_heading(root)
    if float(root.get("width", "0")) < SMALL_WIDTH:
        root.set("class", f"{root.get('class', '')} small-picture".strip())
    root.attrib.update({"aria-hidden": "true", "focusable": "false"})
    if address is not None:
        _link_parties(root, address)
    return mark_safe(ET.tostring(root, encoding="unicode"))  # noqa: S308 - serialised by ElementTree, which escapes


def _drop_heading(root: ET.Element) -> None:
    """Take out the heading a file needs above its picture: the page has said it already, in larger letters."""
    graph = root.find("g[@class='graph']")
    lines = [] if graph is None else graph.findall("text")
    moved = None if graph is None else _TRANSLATE.search(graph.get("transform", ""))
    if graph is None or moved is None or not lines:
        return
    for line in lines:
        graph.remove(line)
    cut = float(moved[1]) + max(float(line.get("y", "0")) for line in lines)
    left, top, width, height = (float(part) for part in root.get("viewBox", "").split())
    root.set("viewBox", f"{left:g} {top + cut:g} {width:g} {height - cut:g}")
    root.set("height", f"{height - cut:g}")


def _link_parties(root: ET.Element, address: Callable[[int], str]) -> None:
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            party = _PARTY.fullmatch(child.get("id", ""))
            if party and child.tag == "g":
                link = ET.Element("a", {"href": address(int(party[1])), "tabindex": "-1"})
                link.append(child)
                parent[place] = link
