"""A look that is worked out beside the answer: how far it is, once at a time, and what went wrong is told."""

from __future__ import annotations

from threading import Event

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import get_language, override

from chainmap.domain.solver import SolverError
from chainmap.services import first_looks
from chainmap.services.first_looks import Progress, first_look, first_looks_finish
from chainmap.services.kept_once import kept_once


class Page:
    """A page made of two large parts; the second is begun when it is let."""

    def __init__(self):
        self.calls, self.begun, self.go_on, self.error = [], Event(), Event(), None
        self.part = kept_once(4)(self._part)

    def _part(self, name):
        self.calls.append((name, get_language()))
        if name == "second":
            self.begun.set()
            assert self.go_on.wait(10)
        if self.error:
            raise self.error
        return name

    def look(self, key="page", who=1, **options):
        steps = [lambda: self.part("first"), lambda: self.part("second")]
        return first_look(organization=None, who=who, key=key, steps=steps, result=self.result, **options)

    def result(self):
        return self.part("first") + " " + self.part("second")


@pytest.fixture
def page(settings, monkeypatch):
    settings.CHAINMAP_BACKGROUND = True
    monkeypatch.setattr(first_looks, "_is_small", lambda organization: False)
    monkeypatch.setattr(first_looks, "GRACE", 0.0)
    made = Page()
    yield made
    made.go_on.set()
    assert first_looks_finish(10)


def over(key="page"):
    """When it is worked out."""
    assert first_looks._looks[1, key].over.wait(10)


def test_how_far_it_is_and_then_what_was_found(page):
    assert isinstance(page.look(), Progress)
    assert page.begun.wait(10)
    assert page.look() == page.look(only_asks=True) == Progress(1, 2)
    page.go_on.set()
    over()
    assert page.look() == "first second"
    assert [name for name, _language in page.calls] == ["first", "second"]
    page.part.cache_clear()
    page.go_on.clear()
    assert isinstance(page.look(), Progress)  # a first look again


def test_what_is_kept_is_there_at_once(page):
    page.go_on.set()
    assert page.result() == "first second"
    assert page.look() == page.look(only_asks=True) == "first second"
    assert not first_looks._looks


def test_what_takes_no_time_is_waited_for(page, monkeypatch):
    monkeypatch.setattr(first_looks, "GRACE", 10.0)
    page.go_on.set()
    assert page.look() == "first second"


def test_it_is_worked_out_once_and_in_the_language_of_whoever_asked(page):
    with override("pl"):
        for _ in range(3):
            page.look()
    page.go_on.set()
    over()
    assert page.calls == [("first", "pl"), ("second", "pl")]


def test_another_waits_for_its_turn_and_finds_the_parts_made(page):
    page.look()
    assert page.begun.wait(10)
    assert page.look("other") == Progress(0, 2, is_waiting=True)
    page.go_on.set()
    over("other")
    assert page.look("other") == "first second"
    assert [name for name, _language in page.calls] == ["first", "second"]


def test_one_person_who_opens_many_pages_does_not_keep_the_others_waiting(page):
    for number in range(20):
        assert isinstance(page.look(f"page {number}"), Progress)
    assert page.begun.wait(10)
    mine = [look for look in first_looks._looks.values() if look.who == 1]
    assert len(mine) == first_looks.MOST_OF_ONE
    assert page.look("page 19") == Progress(0, 2, is_waiting=True)
    page.look("page 19", who=2)
    assert (2, "page 19") in first_looks._looks
    page.go_on.set()
    assert first_looks._looks[2, "page 19"].over.wait(10)
    page.part.cache_clear()
    page.look("page 18")
    assert (1, "page 18") in first_looks._looks, "once the others are over it is begun"


def test_asking_how_far_it_is_never_works_anything_out(page):
    """Whatever was found is not there any more: the next look has it all the same, with its answer."""
    page.go_on.set()
    page.look(only_asks=True)
    over()
    page.part.cache_clear()
    assert page.look(only_asks=True) == Progress(2, 2, is_over=True)
    assert len(page.calls) == 2
    assert page.look() == "first second"
    assert len(page.calls) == 4


@pytest.mark.parametrize("error", [SolverError("x"), PermissionDenied("x"), ZeroDivisionError("secret words")])
def test_what_went_wrong_is_told_once_and_then_tried_again(page, error, caplog):
    page.error = error
    page.go_on.set()
    page.look(only_asks=True)  # a look itself raises it where the thread is quick
    over()
    assert page.look(only_asks=True) == Progress(2, 2, is_over=True)
    with pytest.raises(type(error)):
        page.look()
    page.error = None
    page.look()
    over()
    assert page.look() == "first second"
    assert ("ZeroDivisionError" in caplog.text) == isinstance(error, ZeroDivisionError)
    assert "secret words" not in caplog.text


def test_one_that_was_ended_from_outside_is_taken_over(page):
    page.error = SystemExit()
    page.go_on.set()
    page.look(only_asks=True)
    over()
    page.error = None
    assert page.look() == "first second"


def test_what_nobody_came_back_for_is_forgotten(page, monkeypatch):
    page.go_on.set()
    page.look(only_asks=True)
    over()
    page.part.cache_clear()
    monkeypatch.setattr(first_looks, "REMEMBERED", -1.0)
    page.go_on.clear()
    page.begun.clear()
    assert isinstance(page.look(), Progress)
    assert page.begun.wait(10)


@pytest.mark.parametrize("why", ["small", "switched off"])
def test_a_small_organization_never_sees_it(page, monkeypatch, settings, why):
    if why == "small":
        monkeypatch.setattr(first_looks, "_is_small", lambda organization: True)
    else:
        settings.CHAINMAP_BACKGROUND = False
    page.go_on.set()
    assert page.look() == "first second"
    assert not first_looks._looks


def test_the_cast_is_a_small_organization(organization, monkeypatch):
    assert first_looks._is_small(organization)
    monkeypatch.setattr(first_looks, "LEAST_PARTIES", 2)
    assert not first_looks._is_small(organization)
