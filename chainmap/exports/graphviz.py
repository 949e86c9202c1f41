"""DOT in, picture out, in a child process that cannot hurt the one that serves pages.

The layout is done by ``graphviz-pure``: one static program from PyPI, installed beside Python, that needs no system
library and writes the same bytes everywhere. An installed ``dot`` is used where that program is missing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Literal

from chainmap.exports.picture_error import PictureError, PictureFailure
from chainmap.exports.svg import checked_svg

if sys.platform == "linux":
    import resource

__all__ = ["PictureError", "PictureFailure", "PictureFormat", "layout", "layout_program", "render"]

PictureFormat = Literal["svg", "png"]

#: Layouts at the same time in one process; more wait for their turn within their own time limit.
CONCURRENT_LAYOUTS = 5
#: Dots per inch of a PNG: sharp on a projector and in a document.
PNG_DPI = 144

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
    address space. Raises PictureError: time, memory, busy, failed or missing.
    """
    program = program or layout_program()
    deadline = time.monotonic() + seconds
    if not _layouts.acquire(timeout=seconds):
        raise PictureError(PictureFailure.BUSY)
    try:
        arguments = [program, f"-T{format}"] + ([f"-Gdpi={PNG_DPI}"] if format == "png" else [])
        return _run(arguments, dot.encode("utf-8", "replace"), deadline, memory_mb)
    finally:
        _layouts.release()


def _run(arguments: list[str], dot: bytes, deadline: float, memory_mb: int) -> bytes:
    try:
        child = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env={"LC_ALL": "C"},  # nothing of ours (keys, database address) is handed on
            start_new_session=True,
        )
    except OSError as error:
        raise PictureError(PictureFailure.MISSING, str(error)) from error
    try:
        # the child waits for its input, so limits set now hold before it does any work
        _limit(child.pid, deadline - time.monotonic(), memory_mb)
        picture, complaint = child.communicate(dot, timeout=max(deadline - time.monotonic(), 0.01))
    except subprocess.TimeoutExpired as error:
        raise PictureError(PictureFailure.TIME) from error
    finally:
        _end(child)
    if child.returncode != 0 or not picture:
        raise PictureError(_failure(child.returncode, complaint), complaint.decode("utf-8", "replace")[-500:])
    return picture


def _limit(process_id: int, seconds: float, memory_mb: int) -> None:
    if sys.platform != "linux":
        return  # wall time and the process group still bound the child
    cpu = max(int(seconds) + 1, 1)
    with contextlib.suppress(ProcessLookupError):  # it may have ended already; its exit code tells
        resource.prlimit(process_id, resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.prlimit(process_id, resource.RLIMIT_AS, (memory_mb * 2**20, memory_mb * 2**20))
        resource.prlimit(process_id, resource.RLIMIT_CORE, (0, 0))


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child with everything it started, and collect it."""
    if child.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _failure(returncode: int, complaint: bytes) -> PictureFailure:
    if returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return PictureFailure.TIME
    lowered = complaint.lower()
    if any(
        sign in lowered for sign in (b"memory allocation", b"out of memory", b"cannot allocate", b"capacity overflow")
    ):
        return PictureFailure.MEMORY
    return PictureFailure.FAILED
