"""The bottleneck finding as a file: one registry of formats for page, API and command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from chainmap.domain.findings import Bottlenecks
from chainmap.exports.chain_picture import chain_picture, draw
from chainmap.exports.files import ExportFile, export_filename
from chainmap.exports.tables import bottlenecks_csv, bottlenecks_json, bottlenecks_table

ExportFormat = Literal["json", "csv", "dot", "svg", "png", "table"]
EXPORT_FORMATS: tuple[str, ...] = get_args(ExportFormat)


@dataclass(frozen=True, slots=True)
class _Format:
    extension: str
    content_type: str
    write: Callable[[Bottlenecks, int | None], bytes]


_FORMATS: dict[str, _Format] = {
    "json": _Format("json", "application/json", lambda finding, _top: bottlenecks_json(finding)),
    "csv": _Format("csv", "text/csv; charset=utf-8", lambda finding, _top: bottlenecks_csv(finding)),
    "dot": _Format(
        "dot", "text/vnd.graphviz; charset=utf-8", lambda finding, _top: chain_picture(finding).dot.encode("utf-8")
    ),
    "svg": _Format("svg", "image/svg+xml", lambda finding, _top: draw(chain_picture(finding), format="svg")),
    "png": _Format("png", "image/png", lambda finding, _top: draw(chain_picture(finding), format="png")),
    "table": _Format(
        "txt", "text/plain; charset=utf-8", lambda finding, top: bottlenecks_table(finding, top=top).encode("utf-8")
    ),
}


def export_bottlenecks(finding: Bottlenecks, *, format: ExportFormat, top: int | None = 10) -> ExportFile:
    """The finding as one file.

    ``top`` limits the hand-offs of the plain-text table (None = all); CSV and JSON always hold every hand-off, the
    pictures as many as can be told apart. Downloads of pictures use the light colours. Raises PictureError when a
    picture cannot be drawn, KeyError for a format not in ``EXPORT_FORMATS``.
    """
    chosen = _FORMATS[format]
    return ExportFile(
        filename=export_filename("bottlenecks", finding.organization, chosen.extension),
        content_type=chosen.content_type,
        content=chosen.write(finding, top),
    )
