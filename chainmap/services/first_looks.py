"""The first look at a large page: what would take seconds is worked out beside the answer, and the page says how far.

Every page first asks for what is kept (``services/kept_once.py``), with its own access checks, by the call that shows
it. Only where that is missing the same is worked out in a thread of this process, which is where it will be kept; few
pages wait for long, so there is one thread. What was worked out for one reader is never handed to another: each asks
again by their own call, and finds the large parts kept.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connections
from django.utils.translation import get_language, override

from chainmap.access import NotFound
from chainmap.domain.solver import SolverError
from chainmap.models import Organization, Party
from chainmap.services.background import error_without_words
from chainmap.services.kept_once import NotKept, only_kept

T = TypeVar("T")
#: Fewer parties than these are worked out with the answer: that takes a fraction of a second.
LEAST_PARTIES = 100
#: Seconds an answer waits for what may be there at once.
GRACE = 0.4
#: Seconds for which is remembered that something was worked out, for whoever asked for it to come back.
REMEMBERED = 60.0
#: What one person waits for at a time; more of it is begun when they look again. Nobody can keep the thread for hours.
MOST_OF_ONE = 3
#: What a page says in its own way; anything else is our mistake.
_EXPECTED = (NotFound, PermissionDenied, SolverError)
_logger = logging.getLogger(__name__)
_pool = ThreadPoolExecutor(1, thread_name_prefix="chainmap-first-look")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: ``done`` of ``steps``. ``is_over``: worked out, or failed, which the page itself will say."""

    done: int
    steps: int
    is_waiting: bool = False
    is_over: bool = False


@dataclass(slots=True, eq=False)
class _Look:
    who: Hashable
    steps: int
    done: int = 0
    is_begun: bool = False
    error: Exception | None = None
    ended_at: float = 0.0  # of the monotonic clock; counts once ``over`` is set
    over: Event = field(default_factory=Event)

    @property
    def is_forgotten(self) -> bool:
        return self.over.is_set() and time.monotonic() - self.ended_at > REMEMBERED


_looks: dict[Hashable, _Look] = {}
_lock = Lock()


def first_look(
    *,
    organization: Organization,
    who: Hashable,
    key: Hashable,
    steps: Sequence[Callable[[], object]],
    result: Callable[[], T],
    only_asks: bool = False,
) -> T | Progress:
    """What ``result`` gives, where that is at hand or takes no time; else how far it is.

    ``result`` checks access before it asks for anything that is kept, and reads only. ``steps``, which together work
    out what it needs, are called one after the other in another thread, in the language of the caller; they look again
    at whatever they are made from. ``who`` asks, ``key`` is for what: it is worked out once at a time for them, and few
    of theirs stand in the queue at once. Somebody who ``only_asks`` how far it is never waits.

    Whatever was found out before, and by then is of old data or no longer kept, is worked out with the answer: nobody
    looks at the progress twice in a row. With ``settings.CHAINMAP_BACKGROUND`` off nobody does at all.

    Raises what ``result`` and the steps raise.
    """
    if not settings.CHAINMAP_BACKGROUND or _is_small(organization):
        return result()
    try:
        with only_kept():
            found = result()
    except NotKept:
        look = _of(who, (who, key), steps)
    else:
        if not only_asks:
            _forget((who, key))  # after the next change it is a first look again
        return found
    if look is None:
        return Progress(0, len(steps), is_waiting=True)
    if not look.over.wait(0.0 if only_asks else GRACE):
        return Progress(look.done, look.steps, is_waiting=not look.is_begun)
    if only_asks:
        return Progress(look.steps, look.steps, is_over=True)
    _forget((who, key))
    if look.error is not None:
        raise look.error
    return result()


def first_looks_finish(seconds: float | None = None) -> bool:
    """Wait until nothing is being worked out, then forget all of it; whether nothing was left. For tests."""
    with _lock:
        left = list(_looks.values())
        _looks.clear()
    return all(look.over.wait(seconds) for look in left)


def _is_small(organization: Organization) -> bool:
    return Party.objects.filter(organization=organization)[:LEAST_PARTIES].count() < LEAST_PARTIES


def _of(who: Hashable, key: Hashable, steps: Sequence[Callable[[], object]]) -> _Look | None:
    """What is being worked out, or was a moment ago; where there is nothing it is begun, if they wait for few others
    (else None)."""
    with _lock:
        for old in [one for one, look in _looks.items() if look.is_forgotten]:
            del _looks[old]
        found = _looks.get(key)
        if found is None:
            if sum(look.who == who and not look.over.is_set() for look in _looks.values()) >= MOST_OF_ONE:
                return None
            found = _looks[key] = _Look(who, len(steps))
            _pool.submit(_run, found, steps, get_language() or settings.LANGUAGE_CODE)
        return found


def _forget(key: Hashable) -> None:
    """What is over; what still runs goes on, for its parts are kept for everybody."""
    with _lock:
        if key in _looks and _looks[key].over.is_set():
            del _looks[key]


def _run(look: _Look, steps: Sequence[Callable[[], object]], language: str) -> None:
    look.is_begun = True
    close_old_connections()
    try:
        with override(language):
            for step in steps:
                step()
                look.done += 1
    except Exception as error:
        look.error = error
        if not isinstance(error, _EXPECTED):
            _logger.error("A page could not be worked out: %s", error_without_words(error))
    finally:
        # whatever ended it: who asks next finds it over, and works it out itself where it is not there
        look.ended_at = time.monotonic()
        look.over.set()
        connections.close_all()
