"""QR codes as SVG: black on white whatever the page looks like, of any size, without a style."""

from __future__ import annotations

from itertools import groupby
from xml.sax.saxutils import escape

import segno

#: Light modules around the code that a reader needs to find it; the standard says four.
QUIET_ZONE = 4


def qr_svg(text: str, *, title: str) -> str:
    """The code of ``text`` (an address) as one ``svg`` element; ``title`` says to a screen reader what it is.

    One unit is one module. The same text always gives the same picture. The text itself is not in it as text, so
    that an address with a token is seen by the camera alone. Raises ValueError for a text too long for a code (2,331
    bytes).
    """
    rows = segno.make_qr(text, error="m").matrix
    size = len(rows) + 2 * QUIET_ZONE
    path = "".join(_row_path(row, y) for y, row in enumerate(rows, start=QUIET_ZONE))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr" role="img" viewBox="0 0 {size} {size}" '
        f'shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )


def _row_path(row: bytearray, y: int) -> str:
    """Each run of dark modules of a row as one rectangle."""
    path, x = "", QUIET_ZONE
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            path += f"M{x} {y}h{width}v1h-{width}z"
        x += width
    return path
