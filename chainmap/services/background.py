"""Work that need not be done before the answer: mails and releases, after the commit, in a thread of this process."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Timer

from django.conf import settings
from django.db import close_old_connections, connections, transaction
from django.utils.translation import get_language, override

_logger = logging.getLogger(__name__)
#: Few: they share the processor and, on SQLite, the one writer with those who wait for an answer.
_pool = ThreadPoolExecutor(2, thread_name_prefix="chainmap-background")
_changed = Condition()
_left = 0  # begun or waiting; changed while _changed is held


def run_soon(function: Callable[[], object], *, seconds: float = 0.0) -> None:
    """Call ``function`` after the transaction is committed (never when it is rolled back), beside the answer.

    It runs in the language of the caller, outside any transaction, and has to look again at whatever it was made
    from: minutes may have passed. What it raises is logged by kind and place, without its message, which may quote
    an address. When the process ends it finishes what was begun or waits in line. ``seconds`` waits before the start,
    so that not even a busy processor tells the caller what is being done.

    With ``settings.CHAINMAP_BACKGROUND`` off, ``function`` is called at once and here, and what it raises is raised:
    for tests, whose transactions are never committed.
    """
    if not settings.CHAINMAP_BACKGROUND:
        function()
        return
    language = get_language() or settings.LANGUAGE_CODE
    transaction.on_commit(lambda: _begin(function, language, seconds))


def background_finish(seconds: float | None = None) -> bool:
    """Wait until nothing is left to do, at most so many seconds; whether nothing is left.

    For commands and tests, which would go on, or end, too early.
    """
    with _changed:
        return _changed.wait_for(lambda: _left == 0, seconds)


def error_without_words(error: BaseException) -> str:
    """Kind and places of an error, for a log: its message may quote what must not be there.

    >>> error_without_words(ValueError("somebody@example.com"))
    'ValueError'
    """
    places = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return ", ".join([type(error).__name__, *reversed(places)])


def _begin(function: Callable[[], object], language: str, seconds: float) -> None:
    _count(1)
    if not seconds:
        _pool.submit(_run, function, language)
        return
    timer = Timer(seconds, lambda: _pool.submit(_run, function, language))
    timer.daemon = True
    timer.start()


def _run(function: Callable[[], object], language: str) -> None:
    close_old_connections()
    try:
        with override(language):
            function()
    except Exception as error:
        # nobody is left to tell but the log
        _logger.error("Work in the background failed: %s", error_without_words(error))
    finally:
        connections.close_all()
        _count(-1)


def _count(change: int) -> None:
    global _left
    with _changed:
        _left += change
        _changed.notify_all()
