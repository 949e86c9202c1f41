"""DOT in, picture out, in a child process that cannot hurt the one that serves pages.

The layout is done by ``graphviz-pure``: one static program from PyPI, installed beside Python, that needs no system
library and writes the same bytes everywhere. An installed ``dot`` is used where that program is missing.
"""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path
from typing import Literal

from chainmap.confined import Cage, ProgramError, run, turn
from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.exports.svg import checked_svg

__all__ = ["PictureError", "PictureFailure", "PictureFormat", "layout", "layout_program", "render"]

PictureFormat = Literal["svg", "png"]

#: Layouts at the same time in one process; more wait for their turn within their own time limit.
CONCURRENT_LAYOUTS = 5
#: Dots per inch of a PNG: sharp on a projector and in a document.
PNG_DPI = 144
#: How a picture begins; what begins otherwise is none, whatever the exit code says.
_BEGINS = {"svg": b"<", "png": b"\x89PNG\r\n\x1a\n"}

_layouts = threading.BoundedSemaphore(CONCURRENT_LAYOUTS)


def layout_program() -> str:
    """Path of the layout program: graphviz-pure beside Python or on the PATH, else ``dot``.

    Raises PictureError (missing) when there is neither.
    """
    beside_python = Path(sys.executable).parent / "graphviz-pure"
    if beside_python.exists():
        return str(beside_python)
    found = shutil.which("graphviz-pure") or shutil.which("dot")
    if found is None:
        raise PictureError(PictureFailure.MISSING)
    return found


def render(dot: str, *, format: PictureFormat, seconds: float = 10, memory_mb: int = 512) -> bytes:
    """``dot`` as a PNG, or as an SVG that was checked element by element. Raises PictureError like :func:`layout`."""
    drawn = layout(dot, format=format, seconds=seconds, memory_mb=memory_mb)
    return checked_svg(drawn) if format == "svg" else drawn


def layout(
    dot: str,
    *,
    format: PictureFormat,
    seconds: float = 10,
    memory_mb: int = 512,
    program: str | None = None,
) -> bytes:
    """Lay out and draw ``dot``; the bytes as the layout program wrote them (an SVG still to be checked).

    ``seconds`` is wall and processor time, waiting for a free place included; ``memory_mb`` bounds the child's
    address space. Raises PictureError: time, memory, busy, failed, missing or system.
    """
    program = program or layout_program()
    arguments = [program, f"-T{format}"] + ([f"-Gdpi={PNG_DPI}"] if format == "png" else [])
    try:
        with turn(_layouts, seconds) as deadline:
            # the program waits for its input, so that the limits hold before it does any work
            done = run(arguments, dot.encode("utf-8", "replace"), cage=Cage(deadline, memory_mb * 2**20))
    except ProgramError as error:
        raise PictureError(error.reason, error.detail) from error
    if not done.output.startswith(_BEGINS[format]):
        raise PictureError(PictureFailure.FAILED, f"what was drawn does not begin like {format}")
    return done.output
