"""Conversations and agreements: what nobody else ever sees, and where the two find their part."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chainmap.domain.roles import Role
from chainmap.models import (
    Agreement,
    Membership,
    Need,
    Preparation,
)
from chainmap.services.agreements import agreement_share
from chainmap.services.own import own_handoff
from tests.pair import elsewhere, make_pair
from tests.privacy.crawl import addresses
from tests.web.talking import text

pytestmark = pytest.mark.django_db
CANARY = "kanarienvogel"


@pytest.fixture
def pair(organization, alice):
    return make_pair(organization, alice)


@pytest.fixture
def visit(pair, signed_in):
    """User, name of an address, its number, what is sent -> the answer."""

    def go(user, name, *numbers, **sent):
        address = reverse(f"chainmap:{name}", args=[pair.organization.pk, *numbers])
        client = signed_in(user)
        return client.post(address, sent) if sent else client.get(address)

    return go


def everything(pair):
    """A hand-off with a conversation, lines, needs and two agreements, each with a text only the two may see."""
    talk = pair.invite(words=CANARY, place=CANARY, starts_at=timezone.now() + timedelta(days=1))
    for party, shown in ((pair.supplier, True), (pair.customer, False)):
        Preparation.objects.create(
            conversation=talk, party=party, gets=f"{CANARY} {party.code}", is_shown=shown, version=1
        )
    Need.objects.create(handoff=pair.handoff, text=CANARY)
    made = pair.due(sentence=CANARY)
    pair.propose(sentence=CANARY)
    return talk, made


def crawled(pair, user, talk, made):
    """What this user gets at every address of this part, with the numbers of the pair in it, and on usual pages."""
    client = Client()
    client.force_login(user)
    values = {
        "organization": pair.organization.pk, "handoff": pair.handoff.pk, "conversation": talk.pk,
        "agreement": made.pk, "need": pair.handoff.needs.get().pk,
    }  # fmt: skip
    parts = ("me/handoffs/", "me/talks/", "me/agreements/", "organization>/agreements/")
    pages = {address: client.get(address) for part in parts for address in addresses(values, only=part)}
    for name in ("chain", "me", "rounds", "news"):
        pages[name] = client.get(reverse(f"chainmap:{name}", args=[pair.organization.pk]))
    return pages


def test_nobody_else_sees_a_word(pair, bob):
    """Toni is a colleague; Bob has every other role here, so what coach, manager, administrator or auditor see."""
    talk, made = everything(pair)
    agreement_share(user=pair.alice, organization=pair.organization, pk=made.pk, shared=True)
    for role in (Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR):
        Membership.objects.create(organization=pair.organization, user=bob, role=role.value)
    for user in (pair.toni, bob):
        for address, answer in crawled(pair, user, talk, made).items():
            assert CANARY.encode() not in answer.content, (user.username, address)
    seen = [answer for answer in crawled(pair, pair.alice, talk, made).values() if CANARY.encode() in answer.content]
    assert len(seen) >= 5  # the crawl does see what there is


def test_the_coach_sees_the_words_while_both_tick_and_never_a_score(pair, bob, visit):
    _talk, made = everything(pair)
    Agreement.objects.filter(pk=made.pk).update(score_before=3, score_after=7, state="ended")

    def shown():
        return CANARY in text(visit(bob, "agreements_shared"))

    def tick(user, shared):
        assert visit(user, "agreement_share", made.pk, shared=shared).status_code == 302

    tick(pair.alice, "yes")
    assert not shown()
    tick(pair.marta, "yes")
    assert shown()
    assert "From 3 to 7" not in text(visit(bob, "agreements_shared"))
    assert visit(bob, "agreement", made.pk).status_code == 404
    tick(pair.marta, "no")
    assert not shown()


def test_a_manager_sees_how_many_and_a_member_nothing(pair, carla, visit):
    everything(pair)
    page = visit(carla, "agreements_shared")
    assert text(page).count("Too few to count without telling whose they are.") == 2
    elsewhere(pair, 5, state="agreed")
    page = visit(carla, "agreements_shared")
    assert page.context["counts"].open == 7
    assert text(page).count("Too few to count") == 1
    assert CANARY not in text(page)
    assert "Shared with you" not in text(page)
    assert visit(pair.alice, "agreements_shared").status_code == 403


def test_lines_are_hidden_until_they_are_shown(pair, visit):
    talk, _made = everything(pair)
    for user, mine, theirs in ((pair.alice, "alice", "bob"), (pair.marta, "bob", "alice")):
        page = text(visit(user, "talk", talk.pk))
        assert f"{CANARY} {mine}" in page
        assert (f"{CANARY} {theirs}" in page) == (theirs == "alice")


def test_the_pages_take_as_many_queries_whatever_there_is(pair, signed_in):
    """Of each page: the same number with one agreement, need and moment, and with many."""
    talk, made = everything(pair)
    client = signed_in(pair.alice)

    def counted():
        numbers = {}
        for name, number in (("talk", talk.pk), ("agreement", made.pk), ("coffee_new", pair.handoff.pk)):
            with CaptureQueriesContext(connection) as queries:
                address = reverse(f"chainmap:{name}", args=[pair.organization.pk, number])
                assert client.get(address).status_code == 200
            numbers[name] = len(queries)
        return numbers

    counted()  # what is kept of the first visit
    few = counted()
    for more in range(10):
        pair.due(sentence=str(more))
        Need.objects.create(handoff=pair.handoff, text=str(more))
    Agreement.objects.update(conversation=talk)
    assert counted() == few
    assert max(few.values()) <= 20


def test_the_two_sides_find_their_part_on_the_page_of_the_hand_off(pair, visit):
    own = own_handoff(user=pair.alice, organization=pair.organization, pk=pair.handoff.pk)
    assert own.other == pair.customer
    page = text(visit(pair.alice, "handoff", pair.handoff.pk))
    assert "Invite for a coffee" in page
