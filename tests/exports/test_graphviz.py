"""The layout child: limits of time, memory and number, and what a reader is told."""

from __future__ import annotations

import pickle
import sys
import time
from pathlib import Path

import pytest

from chainmap.exports import graphviz
from chainmap.exports.graphviz import PictureError, PictureFailure, layout, render

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits are set with prlimit")


def program(tmp_path: Path, body: str) -> str:
    """A layout program that misbehaves in its own way."""
    path = tmp_path / "layout"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_render_svg_and_png() -> None:
    dot = 'digraph { a -> b [penwidth=3, style=dashed, id="x", class="y"]; }'
    assert b'id="x"' in render(dot, format="svg")
    assert b"stroke-dasharray" in render(dot, format="svg")
    assert b"<!DOCTYPE" not in render(dot, format="svg")
    assert b"<!--" not in render(dot, format="svg")
    assert render(dot, format="png").startswith(b"\x89PNG")


def test_the_program_beside_python_is_used() -> None:
    assert graphviz.layout_program() == str(Path(sys.executable).parent / "graphviz-pure")


def test_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(PictureError) as error:
        render("digraph {}", format="svg")
    assert error.value.reason == PictureFailure.MISSING
    assert "graphviz-pure" in str(error.value)


def test_program_that_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(PictureError) as error:
        layout("digraph {}", format="svg", program=str(tmp_path / "absent"))
    assert error.value.reason == PictureFailure.MISSING


def test_installed_dot_is_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/dot" if name == "dot" else None)
    assert graphviz.layout_program() == "/usr/bin/dot"


def test_bad_dot_is_a_failure_with_the_detail_kept_for_the_log() -> None:
    with pytest.raises(PictureError) as error:
        render("digraph { a -> ", format="svg")
    assert error.value.reason == PictureFailure.FAILED
    assert "syntax error" in error.value.detail
    assert "syntax" not in str(error.value)


@LINUX
def test_memory_limit() -> None:
    dot = "digraph {" + "".join(f"a{number} -> a{number * 7 % 3000};" for number in range(3000)) + "}"
    started = time.monotonic()
    with pytest.raises(PictureError) as error:
        render(dot, format="svg", memory_mb=24)
    assert error.value.reason == PictureFailure.MEMORY
    assert time.monotonic() - started < 5


@LINUX
def test_child_inherits_nothing_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    said = layout("", format="svg", program=program(tmp_path, "cat > /dev/null; echo '<svg>'; env"))
    assert b"LC_ALL=C" in said
    assert b"secret" not in said


def test_full_house_says_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphviz, "_layouts", graphviz.threading.BoundedSemaphore(1))
    graphviz._layouts.acquire()
    with pytest.raises(PictureError) as error:
        render("digraph {}", format="svg", seconds=0.05)
    assert error.value.reason == PictureFailure.BUSY
    graphviz._layouts.release()
    assert render("digraph {}", format="svg")


@LINUX
def test_place_is_given_back_after_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphviz, "_layouts", graphviz.threading.BoundedSemaphore(1))
    for _attempt in range(2):
        with pytest.raises(PictureError) as error:
            layout("digraph {}", format="svg", program=program(tmp_path, "exit 3"))
        assert error.value.reason == PictureFailure.FAILED


def test_error_survives_a_queue() -> None:
    error = pickle.loads(pickle.dumps(PictureError(PictureFailure.TIME, "why")))
    assert (error.reason, error.detail) == (PictureFailure.TIME, "why")
