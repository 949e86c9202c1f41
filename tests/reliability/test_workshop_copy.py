"""Two coaches copy one workshop at the same moment, and a link is made while it is looked at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from chainmap.models import Agreement, HandOff, Party, Rating, Round, Workshop
from chainmap.services.workshop_after import after_link, after_link_make
from chainmap.services.workshop_copy import CopyPlan, workshop_copy
from chainmap.services.workshop_offers import copy_offers_find
from tests.after import open_workshop

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(job, times):
    """What each of so many threads gets that begin together."""
    ready = Barrier(times)

    def run():
        try:
            ready.wait(timeout=10)
            return job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return [future.result() for future in [pool.submit(run) for _time in range(times)]]


def test_a_workshop_copied_twice_at_once_is_copied_once(organization, people, bob):
    workshop = open_workshop(organization, people)
    offers = copy_offers_find(actor=bob, workshop=workshop)
    raters = frozenset(one.party for one in offers.raters)
    plan = CopyPlan(offers.mark, frozenset({0, 1}), raters=raters, agreements=True)
    there = HandOff.objects.count()
    done = at_once(lambda: workshop_copy(actor=bob, workshop=workshop, plan=plan), 4)
    assert sorted(one.was_so for one in done) == [False, True, True, True]
    assert len({one.round.pk for one in done}) == 1
    assert HandOff.objects.count() == there + 2
    assert Party.objects.filter(name="Night shift").count() == 1
    copied = Round.objects.get(name__startswith="Kitchen table")
    assert (Rating.objects.filter(round=copied).count(), Agreement.objects.count()) == (2, 1)


def test_of_links_made_at_once_one_works(organization, people, bob):
    workshop = open_workshop(organization, people)
    made = at_once(lambda: after_link_make(actor=bob, workshop=workshop), 4)
    assert len(set(made)) == 4
    kept = Workshop.objects.get(pk=workshop.pk)
    assert after_link(workshop=kept) in made
