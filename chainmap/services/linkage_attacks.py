"""What a thief of the database file can try to find out who gave which sealed answer, as functions of bytes and rows.

The thief knows more than he should: in what order people answered, and the list of all who were asked. Every attack
puts the answers into groups, each in an order that he takes for the order of answering; :func:`links_found` pairs them
with the people as well as that can be done. An answer is named by its slot, which is all the file says of it.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from math import comb

#: Pages of a table with rows in them begin with the first, pages of an index with one of the others.
_TABLE_LEAF = 0x0D
_INDEX_PAGES = (0x02, 0x0A)
#: Values shorter than this are shared by chance.
_TELLING = 6
_WAL_HEADER, _FRAME_HEADER = 32, 24

#: Answers in groups; the order inside a group is believed to be the order of answering.
Groups = Sequence[Sequence[str]]


def links_found(groups: Groups, rater_of: Mapping[str, str], known_order: Sequence[str]) -> int:
    """How many answers are given to the right person.

    The r-th of m answers that were drawn from n people in order is most likely by the person at whose place the r-th
    of m random places among n is most likely.

    >>> links_found([["a", "b"], ["c"]], {"a": "Ann", "b": "Ben", "c": "Cy"}, ["Ann", "Ben", "Cy"])
    1
    """
    people = len(known_order)
    return sum(
        rater_of[answer] == known_order[_likeliest_place(place, len(group), people)]
        for group in groups
        for place, answer in enumerate(group, start=1)
    )


def pairs_in_order(groups: Groups, rater_of: Mapping[str, str], known_order: Sequence[str]) -> tuple[int, int]:
    """Pairs of answers in one group whose order is that of their people, and all such pairs: half of them by chance.

    >>> pairs_in_order([["a", "b"], ["c"]], {"a": "Ann", "b": "Ben", "c": "Cy"}, ["Ann", "Ben", "Cy"])
    (1, 1)
    """
    place = {person: at for at, person in enumerate(known_order)}
    pairs = [pair for group in groups for pair in combinations([place[rater_of[answer]] for answer in group], 2)]
    return sum(one < other for one, other in pairs), len(pairs)


def _likeliest_place(place: int, size: int, people: int) -> int:
    """Where, from 0, the ``place``-th of ``size`` random places among ``people`` is most likely."""
    ways = [comb(at, place - 1) * comb(people - at - 1, size - place) for at in range(people)]
    return ways.index(max(ways))


def orders_of_rows(file: sqlite3.Connection, round_pk: int) -> Iterator[tuple[str, Groups]]:
    """The answers by hidden row number and by every column of theirs, the size of a row included."""
    names = [row[1] for row in file.execute("PRAGMA table_info(chainmap_sealedanswer)")]
    columns = ["rowid", *names, " || ".join(f"coalesce({name}, '')" for name in names)]
    for column in columns:
        key = column if column in {"rowid", *names} else f"length({column})"
        slots = [
            slot
            for (slot,) in file.execute(
                f"SELECT slot FROM chainmap_sealedanswer WHERE round_id = ? ORDER BY {key}, slot",  # noqa: S608 - names from the schema
                [round_pk],
            )
        ]
        yield f"order by {column if key == column else 'size'}", [slots]


def values_shared(file: sqlite3.Connection, round_pk: int) -> int:
    """How many sealed answers have a value, not the same for all, that stands in some other table too."""
    tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    elsewhere: set[object] = set()
    for table in tables:
        if table != "chainmap_sealedanswer":
            for row in file.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names from the schema
                elsewhere.update(row)
    rows = file.execute("SELECT * FROM chainmap_sealedanswer WHERE round_id = ?", [round_pk]).fetchall()
    constant = set.intersection(*(set(row) for row in rows)) if rows else set()
    telling = [{value for value in row if _is_telling(value)} - constant for row in rows]
    return sum(bool(values & elsewhere) for values in telling)


def _is_telling(value: object) -> bool:
    return value is not None and len(str(value)) >= _TELLING


def pages_of(data: bytes) -> Iterator[bytes]:
    """The pages of a database file."""
    size = page_size_of(data)
    for start in range(0, len(data) - size + 1, size):
        yield data[start : start + size]


def page_size_of(data: bytes) -> int:
    """Bytes of a page; the file says 1 for 65,536, which does not fit into its two bytes."""
    size: int = struct.unpack(">H", data[16:18])[0]
    return 65_536 if size == 1 else size


def places_in_file(data: bytes, texts: Mapping[str, str]) -> Groups:
    """What is named by a text, page by page, by where it lies in it, from its end: a row that moves is put before them.

    Pages of an index, which are sorted, tell nothing and are left out.
    """
    groups = []
    for page in pages_of(data):
        if page[0] not in _INDEX_PAGES:
            found = [(page.rfind(text.encode()), name) for name, text in texts.items() if text.encode() in page]
            groups.append([name for _place, name in sorted(found, reverse=True)])
    return [group for group in groups if group]


def places_everywhere(data: bytes, texts: Mapping[str, str]) -> Groups:
    """What is named by a text in the order in which the texts are first met in the raw bytes."""
    found = [(data.find(text.encode()), name) for name, text in texts.items() if text.encode() in data]
    return [[name for _place, name in sorted(found)]]


def changes_in_log(log: bytes, slots: Iterable[str]) -> Groups:
    """The answers in the order of their last change, as the write-ahead log tells it."""
    wanted = [slot.encode() for slot in slots]
    last: dict[str, int] = {}
    rows: dict[bytes, bytes] = {}
    for number, page in enumerate(_frames(log)):
        if page[0] != _TABLE_LEAF:
            continue
        for row in _rows(page):
            for slot in wanted:
                if slot in row and rows.get(slot) != row:
                    if slot in rows:
                        last[slot.decode()] = number
                    rows[slot] = row
    return [sorted(last, key=lambda slot: last[slot])]


def _frames(log: bytes) -> Iterator[bytes]:
    """Every page version in the log, oldest first: what is left of its last turn, then what this turn wrote over it."""
    if len(log) < _WAL_HEADER:
        return
    size: int = struct.unpack(">I", log[8:12])[0]
    starts = range(_WAL_HEADER, len(log) - size - _FRAME_HEADER + 1, size + _FRAME_HEADER)
    salt = log[16:24]
    for start in sorted(starts, key=lambda start: log[start + 8 : start + 16] == salt):
        yield log[start + _FRAME_HEADER : start + _FRAME_HEADER + size]


def _rows(page: bytes) -> Iterator[bytes]:
    """The rows of a page of a table."""
    (count,) = struct.unpack(">H", page[3:5])
    for (start,) in struct.iter_unpack(">H", page[8 : 8 + 2 * count]):
        length, at = 0, start
        while True:
            length = (length << 7) | (page[at] & 0x7F)
            at += 1
            if page[at - 1] < 0x80:
                break
        yield page[at : at + length]
