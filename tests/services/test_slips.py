"""Printed slips: who gets one, that nobody gets two, and what one opens.

Asked in Acme (tests/cast.py): alice, who has an account; bob and carla, who have none. Nobody has a mail address. Dora
is administrator, Bob coach.
"""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.models import Link, Party, Round
from chainmap.services import links
from chainmap.services.ballots import answer_save, ballot_find
from chainmap.services.links import (
    LinkDead,
    RoundClosed,
    link_code_redeem,
    link_find,
    link_issue,
    links_mail,
    slips_count,
    slips_issue,
)
from chainmap.services.rounds import round_close, round_open, round_reopen

HERE = "203.0.113.9"


def open_round(organization, mode="pair"):
    ends = timezone.now() + timedelta(days=5)
    return round_open(actor=OPERATOR, round=organization.rounds.create(name="Summer", mode=mode, closes_at=ends))


def issue(round):
    """Name -> code of the slips made now."""
    return {slip.name: slip.code for slip in slips_issue(actor=OPERATOR, round=round)}


@pytest.fixture
def round(people, organization):
    return open_round(organization)


def test_those_without_mail_and_account_get_one_by_name(round, dora):
    assert slips_count(actor=dora, round=round) == 2
    slips = slips_issue(actor=dora, round=round)
    assert [slip.name for slip in slips] == ["Bob Brown", "Carla Conti"]
    assert {slip.expires_at for slip in slips} == {round.closes_at}
    assert not any(slip.code in repr(slip) for slip in slips)


def test_not_those_with_an_address_nor_those_nobody_asked(round):
    Party.objects.filter(code="bob").update(email="bob@acme.example")
    assert set(issue(round)) == {"Carla Conti"}


def test_nobody_gets_a_second_one(round, dora):
    """Not after typing the code either, nor after the link has ended; nor whoever holds a link of another kind."""
    link_issue(round=round, rater=Party.objects.get(code="carla"))
    code = issue(round)["Bob Brown"]
    kept = list(Link.objects.values())
    assert (slips_count(actor=dora, round=round), issue(round)) == (0, {})
    assert list(Link.objects.values()) == kept, "what works goes on working"
    link_code_redeem(code=code, address=HERE)
    Link.objects.update(expires_at=timezone.now())
    assert issue(round) == {}


def test_a_code_opens_exactly_its_owner_s_ballot_and_is_spent(round):
    codes = issue(round)
    token = link_code_redeem(code=codes["Bob Brown"], address=HERE)
    found = link_find(token=token)
    assert (found.key.round, found.key.rater.code, found.bound) == (round, "bob", False)
    assert {item.deliverable for item in ballot_find(key=found.key).items} == {"forecast", "questions"}
    with pytest.raises(LinkDead):
        link_code_redeem(code=codes["Bob Brown"], address=HERE)
    assert link_find(token=link_code_redeem(code=codes["Carla Conti"], address=HERE)).key.rater.code == "carla"


def test_only_hashes_are_kept(round):
    kept = [code.replace("-", "") for code in issue(round).values()]
    stored = repr(list(Link.objects.values())).replace("-", "")
    assert len(kept) == 2
    assert not any(code in stored for code in kept)


def test_whoever_was_given_a_link_in_between_keeps_it(round, monkeypatch):
    """Two who print at the same moment both found bob and carla without a link; one of them is told bob's code."""
    found = list(Party.objects.filter(code__in=["bob", "carla"]).order_by("name"))
    first = link_issue(round=round, rater=found[0])
    monkeypatch.setattr(links, "_without_a_way_in", lambda _round: found)
    assert set(issue(round)) == {"Carla Conti"}
    assert link_find(token=first.token).key.rater == found[0]


def test_an_invitation_does_not_end_a_slip_that_works(round, people):
    code = issue(round)["Bob Brown"]
    Party.objects.filter(code="bob").update(email="bob@acme.example")
    assert links_mail(round=round).sent == 0
    assert link_find(token=link_code_redeem(code=code, address=HERE)).key.rater.code == "bob"


def _over(round):
    Round.objects.filter(pk=round.pk).update(closes_at=timezone.now(), opens_at=None)


def _closed(round):
    round_close(actor=OPERATOR, round=round)


def _draft(round):
    Round.objects.filter(pk=round.pk).update(state=Round.State.DRAFT)


@pytest.mark.parametrize("end", [_over, _closed, _draft])
def test_none_while_the_round_takes_no_answers(round, end, dora):
    end(round)
    with pytest.raises(RoundClosed):
        slips_issue(actor=dora, round=round)
    round.refresh_from_db()
    assert slips_count(actor=dora, round=round) == 0
    assert not Link.objects.exists()


@pytest.mark.parametrize(("mode", "again"), [("open", 0), ("pair", 0), ("anonymous", 2)])
def test_a_round_opened_again_gives_slips_only_where_it_starts_from_blank(people, organization, mode, again):
    """Closing ends all links; one made anew for bob would open what he answered before in an open or pair round."""
    round = open_round(organization, mode)
    key = link_find(token=link_code_redeem(code=issue(round)["Bob Brown"], address=HERE)).key
    for item in ballot_find(key=key).items:
        answer_save(key=key, ask=item.ask, card=Card(score=2), version=item.version, client_id=f"{item.ask}")
    round_close(actor=OPERATOR, round=round)
    if mode == "pair":
        assert Party.objects.get(code="bob").asks.filter(answer__score="02").count() == 2
    again_open = round_reopen(actor=OPERATOR, round=round, closes_at=timezone.now() + timedelta(days=5))
    codes = issue(again_open)
    assert len(codes) == again
    for code in codes.values():
        ballot = ballot_find(key=link_find(token=link_code_redeem(code=code, address=HERE)).key)
        assert {item.card for item in ballot.items if item.card.answered} == set()


@pytest.mark.parametrize("name", ["alice", "carla", "erik"])
def test_only_for_those_who_may_manage_rounds(round, people, name):
    for function in (slips_issue, slips_count):
        with pytest.raises(PermissionDenied):
            function(actor=people[name], round=round)
    assert not Link.objects.exists()
