"""Pictures, charts and documents by programs that misbehave: each says what went wrong, and nothing is left over."""

from __future__ import annotations

import pickle
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chainmap import confined
from chainmap.exports import charts, graphviz, typst_file
from chainmap.exports.chart_rows import Form, Head, Row, rows_spec
from chainmap.exports.charts import ChartError, chart_svg
from chainmap.exports.picture_error import DrawingError, PictureError, PictureFailure
from chainmap.exports.typst_file import DocumentError, pdf_document

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are confined on Linux alone")

ERRORS = (PictureError, ChartError, DocumentError)
SPEC = rows_spec([Row("Anna", 0, 1)], Form(0, 1), Head(), {"name": "x", "title": "X", "description": "x"})

#: What the program does -> what a reader is told.
BAD = {
    "import time; time.sleep(1000)": PictureFailure.TIME,
    "bytearray(2**31)": PictureFailure.MEMORY,
    "import os; os.abort()": PictureFailure.FAILED,
    "print('garbage')": PictureFailure.FAILED,
    "print('5')": PictureFailure.FAILED,
    "print('[]')": PictureFailure.FAILED,
    "print('[' * 100000)": PictureFailure.FAILED,
    "print('garbage'); sys.exit(3)": PictureFailure.FAILED,
    "print('[7]'); sys.exit(3)": PictureFailure.FAILED,
    "pass": PictureFailure.FAILED,
    "while True: print('x' * 1000000)": PictureFailure.FAILED,
    "import nothing_like_this": PictureFailure.MISSING,
}


@pytest.fixture
def behaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """All three programs are one that does this."""
    program = tmp_path / "program"
    for module in (charts, typst_file):
        monkeypatch.setattr(module, "_CHILD", program)
    monkeypatch.setattr(graphviz, "layout_program", lambda: str(program))

    def behave(what: str) -> None:
        program.write_text(f"#!{sys.executable} -I\nimport sys; sys.stdin.buffer.read()\n{what}\n")
        program.chmod(0o755)

    return behave


def svg(**bounds: float) -> object:
    return graphviz.layout("digraph {}", format="svg", **bounds)


def png(**bounds: float) -> object:
    return graphviz.layout("digraph {}", format="png", **bounds)


def chart(**bounds: float) -> object:
    return chart_svg(SPEC, **bounds)


def document(**bounds: float) -> object:
    data = {"title": "Names", "lang": "en", "names": []}
    return pdf_document("report", data, made_on=date(2026, 3, 12), **bounds)


@pytest.mark.parametrize("what", BAD)
@pytest.mark.parametrize("make", [svg, png, chart, document])
def test_what_goes_wrong_is_told_and_leaves_nothing(make, what, behaving, tmp_path, monkeypatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(own))
    behaving(what)
    with pytest.raises(DrawingError) as caught:
        make(**({"seconds": 0.3} if BAD[what] == PictureFailure.TIME else {}))
    assert caught.value.reason == BAD[what], caught.value.detail
    assert str(caught.value) == type(caught.value).sentences()[BAD[what]]
    assert list(own.iterdir()) == []
    for places in (charts._charts, graphviz._layouts, typst_file._documents):
        assert places._value == places._initial_value, "every place was given back"


@pytest.mark.parametrize("make", [svg, png, chart, document])
def test_on_another_system_nothing_is_drawn_and_the_error_says_so(make, monkeypatch) -> None:
    monkeypatch.setattr(confined.sys, "platform", "darwin")
    with pytest.raises(DrawingError, match="on Linux only") as caught:
        make()
    assert caught.value.reason == PictureFailure.SYSTEM


@pytest.mark.parametrize("error", ERRORS)
def test_every_failure_has_a_sentence_of_its_own(error: type[DrawingError]) -> None:
    sentences = [str(error(reason, "secret detail")) for reason in PictureFailure]
    assert len(set(sentences)) == len(PictureFailure)
    assert all(sentence.endswith(".") and "secret" not in sentence for sentence in sentences)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_survives_a_queue(error: type[DrawingError]) -> None:
    again = pickle.loads(pickle.dumps(error(PictureFailure.TIME, "why")))
    assert (type(again), again.reason, again.detail) == (error, PictureFailure.TIME, "why")
