"""Emptying SQLite's write-ahead log, which keeps every earlier state of a page, in order, until it is written over."""

from __future__ import annotations

import logging

from django.db import connection

_logger = logging.getLogger(__name__)


def journal_empty(*, wait: bool = True) -> bool:
    """Bring the log into the database file and cut it to nothing; whether that was done.

    Waits for readers as long as any statement does, or not at all: then, while others write, one of them may empty it
    in the end. Does nothing inside a transaction or on another database.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (patience,) = cursor.fetchone()
        if not wait:
            cursor.execute("PRAGMA busy_timeout = 0")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy = bool(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {int(patience)}")
    if is_busy and wait:
        _logger.warning("The write-ahead log is in use: what was deleted stays in it until it is written over.")
    return not is_busy
