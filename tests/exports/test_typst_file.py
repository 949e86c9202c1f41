"""Documents: the cage of the child, data that is never markup, letters without a glyph, the same bytes twice."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from chainmap import confined
from chainmap.exports import typst_file
from chainmap.exports.picture_error import PictureFailure
from chainmap.exports.typst_file import DocumentError, pdf_document, spelled
from tests.exports.documents import needs_pdftotext, pdf_text
from tests.exports.examples import HOSTILE_NAMES

DAY = date(2026, 3, 12)
#: Written against a template of our own, so that these tests say nothing about how a report looks.
PLAIN = "#set page(width: 15cm)\n= #data.title\n#for name in data.names [- #shown(name)\n]"


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template called "plain" beside the house's own."""
    (tmp_path / "house.typ").write_text((typst_file._TEMPLATES / "house.typ").read_text("utf-8"), "utf-8")
    (tmp_path / "plain.typ").write_text(PLAIN, "utf-8")
    monkeypatch.setattr(typst_file, "_TEMPLATES", tmp_path)
    return tmp_path


def plain_pdf(*names: str, **bounds: float) -> bytes:
    return pdf_document("plain", {"title": "Names", "lang": "en", "names": names}, made_on=DAY, **bounds)


def test_a_document_is_tagged_dated_and_the_same_twice(plain: Path) -> None:
    first = plain_pdf("Anna")
    assert first.startswith(b"%PDF")
    assert first == plain_pdf("Anna")
    assert first != plain_pdf("Anne")
    assert b"/StructTreeRoot" in first
    assert b"pdfuaid" in first
    assert b"2026-03-12" in first


@needs_pdftotext
def test_names_of_many_scripts_are_printed_as_they_are(plain: Path) -> None:
    names = ["Zażółć gęślą jaźń", "Ελένη Παπαδοπούλου", "Наталья Щербакова", "Nguyễn Đặng", "გიორგი", "Գրիգոր"]
    said = pdf_text(plain_pdf(*names))
    assert [name for name in names if name not in said] == []


@needs_pdftotext
@pytest.mark.parametrize(
    "name",
    [
        '#import "@preview/cetz:0.3.0"',
        "#panic()",
        "$ x^2 $",
        "*bold* _slanted_ `code`",
        "= Heading",
        "#sys.inputs.data",
        '#read("/etc/passwd")',
        "<label> @reference",
        "//comment",
        "\\u{41}",
    ],
)
def test_nothing_that_was_typed_is_markup(plain: Path, name: str) -> None:
    assert name in pdf_text(plain_pdf(name)).replace("’", "'").replace("”", '"').replace("“", '"')


def test_hostile_names_make_a_document(plain: Path) -> None:
    assert plain_pdf(*HOSTILE_NAMES).startswith(b"%PDF")


@needs_pdftotext
def test_a_very_long_name_stays_on_the_page_and_whole(plain: Path) -> None:
    said = pdf_text(plain_pdf("x" * 3000)).replace(" ", "")
    assert said.count("x") == 3000


@needs_pdftotext
def test_what_no_font_has_is_put_in_words(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's fonts are not asked, so that the test says the same everywhere."""
    monkeypatch.setattr(typst_file, "_run", _without_system_fonts(typst_file._run))
    document = plain_pdf("Ann 🔥", "김철수", "山田 Taro", "👩\u200d💻", "ทอง")
    said = pdf_text(document)
    for words in ("Ann [fire]", "[gim ceol su]", "[U+5C71 U+7530] Taro", "[woman personal computer]"):
        assert words in said
    assert b"pdfuaid" in document  # it is still a tagged one


def _without_system_fonts(run):
    """The same attempts; the fonts of the machine stay out of them. What was missing is told at the second."""
    return lambda request, cage, _with_system_fonts: run(request, cage, False)


def test_arabic_and_hebrew_need_no_words_instead(plain: Path) -> None:
    assert b"pdfuaid" in plain_pdf("محمد علي", "שלום")


def test_spelled_keeps_what_can_be_shown() -> None:
    assert spelled("Ann & Bob", "") == "Ann & Bob"
    assert spelled("a]b^c\\-", "]^\\-") == "a[right square bracket]b[circumflex accent]c[reverse solidus hyphen-minus]"


def test_time_is_bounded(plain: Path) -> None:
    (plain / "plain.typ").write_text("#for a in range(100000) { for b in range(100000) { let c = a * b } }", "utf-8")
    with pytest.raises(DocumentError) as stopped:
        plain_pdf("Anna", seconds=1)
    assert stopped.value.reason == PictureFailure.TIME
    assert "print it" in str(stopped.value)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is bounded on Linux")
def test_memory_is_bounded(plain: Path) -> None:
    (plain / "plain.typ").write_text('#let x = "a" * 100000000\n#(x * 40)', "utf-8")
    with pytest.raises(DocumentError) as stopped:
        plain_pdf("Anna", memory_mb=700)
    assert stopped.value.reason == PictureFailure.MEMORY, stopped.value.detail


@pytest.mark.parametrize(
    "reach", ['#read("house.typ")', '#read("/etc/hostname")', '#image("x.png")', '#import "@preview/cetz:0.3.0": *']
)
def test_a_template_reaches_no_file_and_no_package(plain: Path, reach: str) -> None:
    (plain / "plain.typ").write_text(reach, "utf-8")
    with pytest.raises(DocumentError) as refused:
        plain_pdf("Anna")
    assert refused.value.reason == PictureFailure.FAILED
    assert refused.value.detail


def test_no_template_of_ours_evaluates_or_reads(plain: Path) -> None:
    templates = list(Path(typst_file.__file__).with_name("typst").glob("*.typ"))
    assert len(templates) >= 2
    for template in templates:
        assert not re.search(
            r"\b(eval|read|import|include|plugin|csv|yaml|toml|cbor|xml)\(?\b *[(\"@]", template.read_text("utf-8")
        )


def test_the_child_gets_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch, plain: Path) -> None:
    monkeypatch.setenv("CHAINMAP_SECRET", "s3cret")
    given: dict[str, object] = {}

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, command, **settings) -> None:
            given.update(settings, command=command)
            super().__init__(command, **settings)

    monkeypatch.setattr(confined.subprocess, "Popen", Watched)
    plain_pdf("Anna")
    assert given["env"] == {"LC_ALL": "C", "RAYON_NUM_THREADS": "1"}
    assert "-I" in given["command"]


def test_no_program(monkeypatch: pytest.MonkeyPatch, plain: Path) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DocumentError) as missing:
        plain_pdf("Anna")
    assert missing.value.reason == PictureFailure.MISSING
    assert "pip install typst" in str(missing.value)


def test_too_many_at_once_are_told_to_wait(monkeypatch: pytest.MonkeyPatch, plain: Path) -> None:
    monkeypatch.setattr(typst_file, "_documents", typst_file.threading.BoundedSemaphore(1))
    assert typst_file._documents.acquire(timeout=1)
    with pytest.raises(DocumentError) as busy:
        plain_pdf("Anna", seconds=0.05)
    assert busy.value.reason == PictureFailure.BUSY
