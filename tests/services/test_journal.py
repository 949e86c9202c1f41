"""The write-ahead log is emptied outside of transactions; that nothing is left in it is shown by the linkage drill."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from chainmap.services import journal
from chainmap.services.journal import journal_empty

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


def test_inside_a_transaction_nothing_is_done():
    assert connection.in_atomic_block
    assert journal_empty() is False


class Stand:
    """A connection to a file of its own, as Django's is."""

    vendor, in_atomic_block = "sqlite", False

    def __init__(self, path):
        self.file = sqlite3.connect(path, isolation_level=None, timeout=0.05)

    def cursor(self):
        return closing(self.file.cursor())


@pytest.mark.parametrize("wait", [True, False])
def test_a_log_is_cut_to_nothing_unless_somebody_reads(tmp_path, monkeypatch, caplog, wait):
    path = tmp_path / "some.sqlite3"
    stand, log = Stand(path), path.with_name("some.sqlite3-wal")
    monkeypatch.setattr(journal, "connection", stand)
    stand.file.execute("PRAGMA journal_mode=WAL")
    stand.file.execute("CREATE TABLE words (word)")
    stand.file.execute("INSERT INTO words VALUES ('canary')")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM words").fetchall()
        stand.file.execute("DELETE FROM words")
        assert journal_empty(wait=wait) is False
        assert b"canary" in log.read_bytes()
        assert bool(caplog.records) is wait, "a save says nothing: the next one empties it"
        reader.execute("ROLLBACK")
    assert journal_empty(wait=wait) is True
    assert log.read_bytes() == b""
    assert stand.file.execute("PRAGMA busy_timeout").fetchone() == (50,)
    stand.file.close()
