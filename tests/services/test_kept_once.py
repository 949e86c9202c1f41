"""What is worked out once: one computation at a time, taken over where one failed, and nothing at all where only what
is kept is wanted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest

from chainmap.services.kept_once import NotKept, Same, kept_once, only_kept


class Gated:
    """A function that begins, and goes on when it is let."""

    def __init__(self):
        self.begun, self.go_on, self.calls, self.fails = Event(), Event(), [], False

    def __call__(self, number):
        self.calls.append(number)
        self.begun.set()
        assert self.go_on.wait(10)
        if self.fails:
            self.fails = False
            raise MemoryError
        return [number]


@pytest.fixture
def gated():
    return Gated()


@pytest.fixture
def kept(gated):
    return kept_once(2)(gated)


def waiting_for(kept, monkeypatch):
    """Set when somebody waits for what another works out."""
    waits = Event()
    known = Event.wait

    def wait(self, *seconds):
        if self in kept._running.values():
            waits.set()
        return known(self, *seconds)

    monkeypatch.setattr(Event, "wait", wait)
    return waits


def test_two_at_once_have_one_result(kept, gated, monkeypatch):
    waits = waiting_for(kept, monkeypatch)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept, 7)
        assert gated.begun.wait(10)
        second = pool.submit(kept, 7)
        assert waits.wait(10)
        gated.go_on.set()
        assert first.result(10) is second.result(10)
    assert gated.calls == [7]


def test_whoever_waited_for_one_that_failed_takes_over(kept, gated, monkeypatch):
    waits = waiting_for(kept, monkeypatch)
    gated.fails = True
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept, 7)
        assert gated.begun.wait(10)
        second = pool.submit(kept, 7)
        assert waits.wait(10)
        gated.go_on.set()
        assert isinstance(first.exception(10), MemoryError)
        assert second.result(10) == [7]
    assert gated.calls == [7, 7]
    assert kept(7) == [7]
    assert gated.calls == [7, 7]


def test_different_things_do_not_wait_for_each_other(kept, gated):
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(kept, 7)
        assert gated.begun.wait(10)
        gated.begun.clear()
        other = Thread(target=kept, args=(8,))
        other.start()
        assert gated.begun.wait(10)
        gated.go_on.set()
        other.join(10)
        assert first.result(10) == [7]
    assert gated.calls == [7, 8]


def test_where_only_what_is_kept_is_wanted_nothing_is_worked_out(kept, gated):
    with pytest.raises(NotKept), only_kept():
        kept(7)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(kept, 7)
        assert gated.begun.wait(10)
        with pytest.raises(NotKept), only_kept():
            kept(7)
        gated.go_on.set()
        first.result(10)
    with only_kept():
        assert kept(7) == [7]
    assert gated.calls == [7]
    assert kept(8) == [8]


def test_those_used_last_are_kept(kept, gated):
    gated.go_on.set()
    for number in (1, 2, 1, 3, 1, 2):
        kept(number)
    assert gated.calls == [1, 2, 3, 2]


def test_what_was_begun_before_everything_was_forgotten_is_not_kept(kept, gated):
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(kept, 7)
        assert gated.begun.wait(10)
        kept.cache_clear()
        gated.go_on.set()
        assert first.result(10) == [7]
    with pytest.raises(NotKept), only_kept():
        kept(7)


def test_named_arguments_belong_to_the_key():
    calls = []

    @kept_once(4)
    def said(number, *, language):
        calls.append((number, language))
        return language

    assert [said(1, language=each) for each in ("en", "it", "en")] == ["en", "it", "en"]
    assert calls == [(1, "en"), (1, "it")]


def test_the_very_same_object_is_a_key_and_an_equal_one_is_another():
    one, equal = [1], [1]
    assert Same(one) == Same(one)
    assert hash(Same(one)) == hash(Same(one))
    assert Same(one) != Same(equal)
    assert Same(one) != one
