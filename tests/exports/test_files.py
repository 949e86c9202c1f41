"""File names and the registry of formats."""

from __future__ import annotations

import pytest

from chainmap.exports.bottlenecks import EXPORT_FORMATS, export_bottlenecks
from chainmap.exports.files import export_filename
from tests.exports.examples import HOSTILE_NAMES, small_finding


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "", "../../etc/passwd", "a\r\nSet-Cookie: s=1", "CON"])
def test_filename_is_safe_whatever_the_name(name: str) -> None:
    filename = export_filename("bottlenecks", name, "csv")
    assert filename.startswith("bottlenecks-")
    assert filename.endswith(".csv")
    assert set(filename) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
    assert filename.count(".") == 1
    assert len(filename) <= 80


@pytest.mark.parametrize(
    ("format", "extension", "content_type", "beginning"),
    [
        ("json", "json", "application/json", b'{"organization":'),
        ("csv", "csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfrank,supplier,"),
        ("dot", "dot", "text/vnd.graphviz; charset=utf-8", b"digraph chain {"),
        ("svg", "svg", "image/svg+xml", b"<svg xmlns="),
        ("png", "png", "image/png", b"\x89PNG"),
        ("table", "txt", "text/plain; charset=utf-8", b"Of every 100 units of work"),
    ],
)
def test_every_format_of_the_registry(format: str, extension: str, content_type: str, beginning: bytes) -> None:
    file = export_bottlenecks(small_finding(), format=format)  # type: ignore[arg-type]
    assert file.filename == f"bottlenecks-muller-co.{extension}"
    assert file.content_type == content_type
    assert file.content.startswith(beginning)


def test_registry_is_complete() -> None:
    assert set(EXPORT_FORMATS) == {"json", "csv", "dot", "svg", "png", "table"}


def test_unknown_format_is_an_error() -> None:
    with pytest.raises(KeyError):
        export_bottlenecks(small_finding(), format="exe")  # type: ignore[arg-type]


def test_top_limits_the_table_only() -> None:
    one = export_bottlenecks(small_finding(), format="table", top=1).content.decode()
    assert "1 more hand-off is not listed here." in one
    assert export_bottlenecks(small_finding(), format="csv", top=1).content.count(b"\r\n") == 4
