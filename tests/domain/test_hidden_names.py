"""A finding without names."""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.hidden_names import (
    _ARTICLES,
    _COMMON,
    _WORD,
    HIDDEN,
    HiddenWords,
    hide_names,
    name_mask,
    team_letters,
)
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


def test_on_a_map_everybody_has_a_short_name_with_a_number():
    words = replace(WORDS, person=lambda team: team or "Person", numbered=lambda called, number: f"{called} {number}")
    found = hide_names(find_bottlenecks(CHAIN, organization="Acme"), words)
    assert [party.name for party in found.parties] == ["Sales 1", "Sales 2", "Person 1", "seller 1", "buyer 1"]
    by_team = hide_names(find_bottlenecks(CHAIN, organization="Acme", by_team=True), words)
    assert [party.name for party in by_team.parties] == ["Team A", "Team B", "Team C", "seller 1", "buyer 1"]


def test_teams_are_letters():
    finding = find_bottlenecks(CHAIN, organization="Acme", by_team=True)
    found = hide_names(finding, WORDS)
    assert [party.name for party in found.parties] == ["Team A", "Team B", "Team C", "seller", "buyer"]
    assert {party.team for party in found.parties} == {""}


def test_a_sentence_is_masked_by_whole_words():
    mask = name_mask(find_bottlenecks(CHAIN, organization="Acme"), ["Zoe Quist"])
    assert mask("Ask Ann, Zoe or Quist") == f"Ask {HIDDEN}, {HIDDEN} or {HIDDEN}"
    assert mask("The annex is Annexed in Leeds") == "The annex is Annexed in Leeds"
    assert mask("The Mill and Bo") == f"{HIDDEN} and {HIDDEN}"
    assert mask("") == ""


def masked_by(*people, companies=()):
    return name_mask(find_bottlenecks(Chain.from_records([], []), organization="Acme"), people, companies)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Li and WU, zoë", f"{HIDDEN} and {HIDDEN}, {HIDDEN}"),
        ("anna, ANNA, Annas Bericht, annas", f"{HIDDEN}, {HIDDEN}, {HIDDEN} Bericht, {HIDDEN}"),
        ("Anna Meiers Bericht, anna  meier's", f"{HIDDEN} Bericht, {HIDDEN}'s"),
        ("Annabel hannah annal", "Annabel hannah annal"),
        ("Max's and Maxes and Max’ list", f"{HIDDEN}'s and {HIDDEN} and {HIDDEN}’ list"),
        ("three times, five bens; Tims", f"three times, five bens; {HIDDEN}"),
        ("We will do what Will does", f"We will do what {HIDDEN} does"),
        ("_Anna_ (Zoe\u0308)", f"_{HIDDEN}_ ({HIDDEN})"),
        ("STRASSER, Straßers", f"{HIDDEN}, {HIDDEN}"),
        ("请李伟来", f"请{HIDDEN}来"),
        (
            "ask siemens and Siemens AG; iron mill, Mill, Irons",
            f"ask {HIDDEN} and {HIDDEN}; {HIDDEN}, {HIDDEN}, {HIDDEN}",
        ),
        ("a mill of iron", "a mill of iron"),
        ("bobby new", HIDDEN),
    ],
)
def test_a_name_is_found_however_it_is_written(text, shown):
    people = ["Li Wu", "Zoë", "Anna Meier", "Max", "Tim", "Ben", "Will Straßer", "李伟", "bobby new"]
    assert masked_by(*people, companies=["Siemens AG", "Iron Mill"])(text) == shown


LETTERS = st.text("abcdeghilnorstuvwxyzäöüßéčłšñBÉÖABDEGHILNORSTÄЖжλΛ", min_size=2, max_size=8)
BETWEEN = st.sampled_from([" ", "  ", ", ", "-", ". ", "'s ", "’ ", "(", "\n", "_", "…"])


@given(
    st.lists(LETTERS.map(str.capitalize), min_size=1, max_size=4),
    st.lists(st.tuples(LETTERS, BETWEEN), max_size=8),
    st.data(),
)
def test_nothing_that_is_masked_holds_a_name_as_a_word(names, words, data):
    names = [name for name in names if name.casefold() not in _COMMON | _ARTICLES]
    change = st.sampled_from([str, str.upper, str.lower, str.casefold])
    text = "".join(
        data.draw(st.sampled_from([word, *(data.draw(change)(name) for name in names)])) + gap for word, gap in words
    )
    full = " ".join(names)
    said = masked_by(full)(text)
    found = {word.casefold() for word in _WORD.findall(said)}
    assert found.isdisjoint(name.casefold() for name in names)
    others = [word.group() for word in _WORD.finditer(unicodedata.normalize("NFC", text))]
    endings = {name.casefold() + ending for name in names for ending in ("", "s", "es")}
    kept = [word for word in others if word.casefold() not in endings]
    assert kept == [word for word in _WORD.findall(said) if word.casefold() not in endings], "nothing else is taken out"


def test_letters_go_on():
    letters = list(itertools.islice(team_letters(), 54))
    assert (letters[0], letters[25], letters[26], letters[53]) == ("A", "Z", "AA", "BB")
