"""A finding without names."""

from __future__ import annotations

import itertools

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.hidden_names import HIDDEN, HiddenWords, hide_names, name_mask, team_letters
from chainmap.domain.records import Chain, HandOff, Party, PartyKind

WORDS = HiddenWords(
    lambda team: f"one of {team}" if team else "one", lambda letter: f"Team {letter}", "buyer", "seller"
)
CHAIN = Chain.from_records(
    [
        Party("a", "Ann Lee", team="Sales"),
        Party("b", "Bo", team="Sales"),
        Party("c", "Cem Öz"),
        Party("e", "The Mill", PartyKind.EXTERNAL_SUPPLIER),
        Party("k", "The Client", PartyKind.END_CUSTOMER),
    ],
    [HandOff("a", "b", "Ann's plan"), HandOff("b", "k", "report for The Client")],
)


def test_everybody_is_called_what_they_are():
    found = hide_names(find_bottlenecks(CHAIN, organization="Acme"), WORDS)
    assert [party.name for party in found.parties] == ["one of Sales", "one of Sales (2)", "one", "seller", "buyer"]
    assert [party.team for party in found.parties][:2] == ["Sales", "Sales"]
    assert sorted(one.deliverable for one in found.handoffs) == [f"report for {HIDDEN}", f"{HIDDEN}'s plan"]


def test_teams_are_letters():
    finding = find_bottlenecks(CHAIN, organization="Acme", by_team=True)
    found = hide_names(finding, WORDS)
    assert [party.name for party in found.parties] == ["Team A", "Team B", "Team C", "seller", "buyer"]
    assert {party.team for party in found.parties} == {""}


def test_a_sentence_is_masked_by_whole_words():
    mask = name_mask(find_bottlenecks(CHAIN, organization="Acme"), ["Zoe Quist"])
    assert mask("Ask Ann, Zoe or Quist") == f"Ask {HIDDEN}, {HIDDEN} or {HIDDEN}"
    assert mask("The annex is Annexed by a lee") == "The annex is Annexed by a lee"
    assert mask("The Mill and Bo") == f"{HIDDEN} and {HIDDEN}"
    assert mask("") == ""


def test_letters_go_on():
    letters = list(itertools.islice(team_letters(), 54))
    assert (letters[0], letters[25], letters[26], letters[53]) == ("A", "Z", "AA", "BB")
