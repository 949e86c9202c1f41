"""The check after the layout: nothing but shapes and text gets through, even from a layout program gone wrong."""

from __future__ import annotations

import pytest

from chainmap.exports.graphviz import PictureError
from chainmap.exports.svg import checked_svg

HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'


@pytest.mark.parametrize(
    "inside",
    [
        b"<script>alert(1)</script>",
        b"<foreignObject/>",
        b'<image xlink:href="http://evil.example/x.png"/>',
        b'<a xlink:href="javascript:alert(1)"><text>x</text></a>',
        b"<style>*{}</style>",
        b'<use href="#x"/>',
        b'<g><animate attributeName="href"/></g>',
        b'<path xmlns="http://evil.example/"/>',
    ],
)
def test_other_elements_are_refused(inside: bytes) -> None:
    with pytest.raises(PictureError) as error:
        checked_svg(HEAD + inside + b"</svg>")
    assert "element" in error.value.detail


@pytest.mark.parametrize(
    "drawn",
    [
        b'<!DOCTYPE svg [<!ENTITY a "x">]>' + HEAD + b"</svg>",
        b'<!DOCTYPE svg PUBLIC "a" "b"[<!ENTITY a SYSTEM "file:///etc/hostname">]>' + HEAD + b"<text>&a;</text></svg>",
        HEAD + b"<text>\x01</text></svg>",
        HEAD,
        b"",
    ],
)
def test_other_document_types_and_broken_xml_are_refused(drawn: bytes) -> None:
    with pytest.raises(PictureError):
        checked_svg(drawn)


def test_attributes_that_could_act_are_dropped() -> None:
    checked = checked_svg(
        HEAD
        + b'<path d="M0,0" onclick="x()" style="fill:url(#x)" xlink:href="#x" fill="url(http://evil.example)" '
        + b'stroke="#fff" id="&quot;&gt;"/></svg>'
    )
    assert b'<path d="M0,0" stroke="#fff" />' in checked


def test_comments_and_the_standard_document_type_are_dropped() -> None:
    checked = checked_svg(
        b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"\n "http://www.w3.org/x.dtd">\n'
        + b"<!-- c -->"
        + HEAD
        + b"<!-- d --><text>a</text></svg>"
    )
    assert b"<!" not in checked
    assert b"<?" not in checked
    assert b"<text>a</text>" in checked


def test_titles_of_the_layout_give_way_to_names() -> None:
    checked = checked_svg(
        HEAD + b'<g id="a"><title>p0</title></g><g id="b"><title>p1</title></g></svg>',
        title="T <1>",
        description="D & d",
        names={"a": "Ann <b>"},
    )
    assert b"<title>Ann &lt;b&gt;</title>" in checked
    assert b"p1" not in checked
    assert b">T &lt;1&gt;</title>" in checked
    assert b">D &amp; d</desc>" in checked
