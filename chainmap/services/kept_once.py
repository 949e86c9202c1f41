"""What is worked out once and kept: as ``lru_cache``, but one computation at a time for the same thing.

Who asks while it is being worked out waits for that result instead of working it out again. What is kept lives in this
process alone: another process works it out once itself, and one that ends leaves nothing half done behind.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Event, Lock
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
_only: ContextVar[bool] = ContextVar("only_kept", default=False)


class NotKept(Exception):  # noqa: N818 - no error: it has to be worked out first
    """What was asked for inside :func:`only_kept` is not kept."""


@contextmanager
def only_kept() -> Iterator[None]:
    """Work nothing out in here: whatever is missing, or still being worked out, raises NotKept."""
    before = _only.set(True)
    try:
        yield
    finally:
        _only.reset(before)


class Same(Generic[R]):
    """An object as a key: the very same one, however large it is and whatever it is equal to."""

    __slots__ = ("one",)

    def __init__(self, one: R) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.one is self.one

    def __hash__(self) -> int:
        return id(self.one)


class KeptOnce(Generic[P, R]):
    """A function of hashable arguments, and at most ``most`` of its results, those used last."""

    def __init__(self, function: Callable[P, R], most: int) -> None:
        self._function, self._most = function, most
        self._lock = Lock()
        self._kept: OrderedDict[Hashable, R] = OrderedDict()
        self._running: dict[Hashable, Event] = {}

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """The result. What the function raises is raised and not kept: whoever waited for it tries in its place.

        Raises NotKept as :func:`only_kept` says.
        """
        key = (args, *sorted(kwargs.items()))
        while True:
            with self._lock:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    return self._kept[key]
                if _only.get():
                    raise NotKept
                running = self._running.get(key)
                if running is None:
                    own = self._running[key] = Event()
                    break
            running.wait()
        try:
            found = self._function(*args, **kwargs)
            self._keep(key, own, found)
        finally:
            with self._lock:
                if self._running.get(key) is own:
                    del self._running[key]
            own.set()
        return found

    def cache_clear(self) -> None:
        """Keep nothing; what is being worked out now is not kept either."""
        with self._lock:
            self._kept.clear()
            self._running.clear()

    def _keep(self, key: Hashable, own: Event, found: R) -> None:
        with self._lock:
            if self._running.get(key) is own:
                self._kept[key] = found
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)


def kept_once(most: int) -> Callable[[Callable[P, R]], KeptOnce[P, R]]:
    """A decorator that makes a function a :class:`KeptOnce`.

    >>> @kept_once(2)
    ... def doubled(number: int) -> int:
    ...     print("worked out")
    ...     return 2 * number
    >>> doubled(3), doubled(3)
    worked out
    (6, 6)
    """
    return lambda function: KeptOnce(function, most)
