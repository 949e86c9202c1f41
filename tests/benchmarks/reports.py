"""What a report costs as a file, beside the bare library that writes it:

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python -m tests.benchmarks.reports

- *CSV*, 100,000 hand-offs: against ``csv.writer`` with the same rows, already in memory;
- *XLSX*, 100,000 hand-offs: against XlsxWriter in constant memory with the same cells, text and numbers alike;
- *PDF* of some 20 pages: against Typst alone with as many pages of plain paragraphs, in the same child process.

Each in a process of its own, so that memory is its own: wall seconds (median of the rounds), and the most memory above
that of the process with the report in it, or of a child process where that is more (PDF). Ratios are within one run.
Goals: CSV at most 3 times, XLSX at most 2 times the bare library, and neither needs more than 64 MB for itself: they
stream; exit code 1 where one is missed.
"""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from statistics import median
from typing import Any

ROWS = 100_000
ROUNDS = 3
#: Times the bare library, at most; megabytes for writing, at most.
GOALS = {"csv": 3.0, "xlsx": 2.0}
MEMORY = 64.0


def megabytes() -> float:
    """The most this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def now_megabytes() -> float:
    """What this process uses now."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def drain(pieces: Iterable[bytes]) -> int:
    return sum(len(piece) for piece in pieces)


def large(rows: int) -> Any:
    from tests.exports.reports import large_report

    return large_report(rows)


def our_csv(report: Any) -> int:
    from chainmap.exports.report_csv import report_csv_chunks

    return drain(report_csv_chunks(report))


def bare_csv(rows: list[Any]) -> int:
    """Row by row into a buffer that is emptied, as a view that streams would."""

    def pieces() -> Iterator[bytes]:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        for place, row in enumerate(rows):
            writer.writerow(row)
            if place % 1000 == 999:
                yield text.getvalue().encode()
                text.seek(0)
                text.truncate()
        yield text.getvalue().encode()

    return drain(pieces())


def our_xlsx(report: Any) -> int:
    from chainmap.exports.report_xlsx import report_xlsx_chunks

    return drain(report_xlsx_chunks(report))


def bare_xlsx(rows: list[Any]) -> int:
    import xlsxwriter

    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            sheet = book.add_worksheet()
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(place, column, cell)
                    elif cell is not None:
                        sheet.write_number(place, column, cell)
        return file.tell()


def our_pdf(report: Any) -> int:
    from chainmap.exports.report_pdf import report_pdf

    content = report_pdf(report, paper="a4").content
    return content.count(b"/Type /Page\n") or content.count(b"/Type/Page/") or len(content)


def bare_pdf(_rows: list[Any]) -> int:
    from chainmap.confined import Cage
    from chainmap.exports import typst_file

    text = "\n\n".join(["#lorem(90)"] * 116)
    request = {"template": text, "data": {}, "made_at": 0, "standard": None}
    cage = Cage(time.monotonic() + 60, 2**30)
    return len(typst_file._run(json.dumps(request).encode(), cage, False).output)


def measured(work: Callable[[Any], int], given: Any, rounds: int) -> tuple[float, float, int]:
    """Median seconds, megabytes above those before, and what ``work`` said."""
    before = now_megabytes()
    seconds, size = [], 0
    for _ in range(rounds):
        start = time.perf_counter()
        size = work(given)
        seconds.append(time.perf_counter() - start)
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return median(seconds), max(megabytes() - before, children, 0.0), size


def _child(name: str, rows: int, rounds: int, answer: Any) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from chainmap.exports.report_table import report_rows

    kind, what = name.split()
    if what == "pdf":
        from tests.exports.reports import example_report

        given: Any = long_report(example_report())
    else:
        given = large(rows)
    if kind == "bare":
        given = list(report_rows(given))
    answer.put(measured(globals()[f"{'our' if kind == 'our' else 'bare'}_{what}"], given, rounds))


def long_report(report: Any) -> Any:
    """With links enough for some 20 pages: five blocks, and the rest row by row."""
    links = [replace(one, rank=place + 1) for place, one in enumerate(list(report.links) * 28)]
    scope = replace(report.scope, closed_on=report.scope.closed_on or date(2026, 1, 1))
    return replace(report, links=links, scope=scope)


def run(name: str, rows: int = ROWS, rounds: int = ROUNDS) -> tuple[float, float, int]:
    context = multiprocessing.get_context("spawn")
    answer: Any = context.Queue()
    child = context.Process(target=_child, args=(name, rows, rounds, answer))
    child.start()
    found: tuple[float, float, int] = answer.get(timeout=600)
    child.join()
    return found


def main() -> int:
    os.environ.setdefault("CHAINMAP_DATA", tempfile.mkdtemp())
    os.environ.setdefault("SECRET_KEY", "benchmark")
    missed = False
    print(f"{'':6}{'ours s':>9}{'bare s':>9}{'times':>7}{'ours MB':>10}{'bare MB':>10}")
    for what in ("csv", "xlsx", "pdf"):
        (ours, memory, size), (bare, bare_memory, _size) = run(f"our {what}"), run(f"bare {what}")
        ratio = ours / bare
        print(f"{what:6}{ours:9.2f}{bare:9.2f}{ratio:7.1f}{memory:10.0f}{bare_memory:10.0f}   {size:,} bytes or pages")
        if what in GOALS:
            missed |= ratio > GOALS[what] or memory > MEMORY
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
