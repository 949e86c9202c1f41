"""The data of a map and its words."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from chainmap.domain.bottlenecks import find_bottlenecks, find_team_bottlenecks
from chainmap.domain.chain_map import chain_map
from chainmap.domain.intervals import Interval
from chainmap.domain.records import Rating
from chainmap.exports.map_json import map_json
from chainmap.exports.map_words import (
    BAND_COUNT,
    about,
    arrives_sentence,
    band_words,
    certainty_sentence,
    cost_sentence,
    left_out_sentence,
    map_words,
)
from tests.domain.chains import chain_of

CHAIN = chain_of("a>b d=plan", "b>C", "x>b", ratings=(Rating("a", "b", 5, "plan"), Rating("b", "C", 8)))


def data_of(chain, **changes):
    found = chain_map(find_bottlenecks(chain, organization="Acme"))
    return map_json(
        replace(found, **changes),
        words={"about": "words"},
        may_arrange=True,
        party_address=lambda party: f"/{party.id}/",
        link_address=lambda link: None,
    )


def test_it_has_exactly_the_agreed_names():
    data = data_of(CHAIN)
    assert set(data) == {
        "version", "name", "by_team", "released", "analysed", "opens_folded", "may_arrange", "totals", "size",
        "parties", "teams", "links", "words",
    }  # fmt: skip
    assert set(data["totals"]) == {"created", "delivered", "lost", "stranded", "chain_yield"}
    assert set(data["parties"][0]) == {
        "id", "name", "kind", "team", "x", "y", "inflow", "reach", "dependence", "client", "href"
    }  # fmt: skip
    assert set(data["links"][0]) == {
        "id", "from", "to", "what", "volume", "share", "yield", "flow", "lost", "lost_share", "gain", "gain_share",
        "basis", "ratings", "rank", "bend", "href",
    }  # fmt: skip
    assert json.loads(json.dumps(data)) == data


def test_its_figures_add_up():
    data = data_of(CHAIN)
    totals = data["totals"]
    assert sum(link["lost"] for link in data["links"]) == pytest.approx(totals["lost"])
    assert totals["created"] == pytest.approx(totals["delivered"] + totals["lost"] + totals["stranded"])


def test_the_version_changes_when_anything_does_and_only_then():
    first = data_of(CHAIN)["version"]
    assert data_of(CHAIN)["version"] == first
    assert data_of(CHAIN, name="Other")["version"] != first
    other = chain_of("a>b d=plan", "b>C", "x>b", ratings=(Rating("a", "b", 6, "plan"), Rating("b", "C", 8)))
    assert data_of(other)["version"] != first


def test_hostile_names_are_harmless():
    found = chain_map(find_bottlenecks(CHAIN, organization="\u202eevil\x1b[2J"))
    parties = [replace(party, name="\u202egnp.exe\x00") for party in found.parties]
    data = map_json(
        replace(found, parties=parties),
        words={},
        may_arrange=False,
        party_address=lambda party: None,
        link_address=lambda link: None,
    )
    assert data["name"] == "evil [2J"
    assert {party["name"] for party in data["parties"]} == {"gnp.exe"}


def test_what_is_not_known_is_none():
    data = data_of(chain_of("a>b", "b>C"))
    assert data["totals"]["lost"] is None
    assert {link["yield"] for link in data["links"]} == {None}
    assert data["analysed"] is False


# ---- words


def test_every_band_has_a_name_and_no_other_number_has():
    assert [band_words(band) for band in range(BAND_COUNT)] == [
        "under 40 of 100 arrive",
        "40 to 60 of 100 arrive",
        "60 to 75 of 100 arrive",
        "75 to 90 of 100 arrive",
        "90 of 100 or more arrive",
    ]
    with pytest.raises(ValueError, match="no yield band"):
        band_words(BAND_COUNT)


def test_the_cost_is_what_reaches_the_end_customer_in_addition():
    """a and b create 1 each, y(a>b) = .5, y(b>C) = 1 (given): repairing a>b brings .5 of 2, 25 of 100."""
    finding = find_bottlenecks(chain_of("a>b y=.5 d=plan", "b>C y=1"), organization="Acme")
    assert cost_sentence(finding.handoffs[0], finding) == (
        "If everything arrived between A and B (plan), of every 100 units of work 25 more would reach the end customer."
    )
    assert cost_sentence(finding.handoffs[1], finding) == "Nothing is lost between B and C: everything arrives."
    assert arrives_sentence(finding.handoffs[0]) == "Of every 100 units handed over here, 50 arrive."


@pytest.mark.parametrize(
    ("recoverable", "said"),
    [
        (0.25, "of every 100 units of work 25 more"),
        (0.006, "of every 100 units of work 0.6 more"),
        (0.004, "of every 100 units of work 0.4 more"),
        (0.00012, "of every 100 units of work 0.01 more"),
        (0.000001, "of every 100 units of work less than 0.001 more"),
    ],
)
def test_a_small_gain_is_told_as_in_the_report(recoverable, said):
    finding = replace(find_bottlenecks(chain_of("a>b y=.5", "b>C y=1"), organization="Acme"), created=1.0)
    assert said in cost_sentence(replace(finding.handoffs[0], recoverable=recoverable), finding)


def test_what_is_not_known_is_said_to_be_so():
    finding = find_bottlenecks(CHAIN, organization="Acme")
    asked = finding.ask_next[0]
    assert "nobody has rated it" in cost_sentence(asked, finding)
    assert "too few people answered" in cost_sentence(asked, replace(finding, released=True))
    assert arrives_sentence(asked) == ""
    unknown = find_bottlenecks(chain_of("a>b", "b>C"), organization="Acme")
    assert "No ratings yet" in cost_sentence(unknown.handoffs[0], unknown)


def test_work_that_reaches_nobody_is_said_to():
    """a hands half to b, from whom no way leads on; d's only way ends too."""
    finding = find_bottlenecks(chain_of("a>b y=.5", "a>C y=.5", "d>e y=.5"), organization="Acme")
    by_ends = {(one.supplier, one.customer): one for one in finding.handoffs}
    assert "no way leads on from there" in cost_sentence(by_ends["a", "b"], finding)
    assert "No work that can reach an end customer" in cost_sentence(by_ends["d", "e"], finding)


def test_how_sure_it_is_names_the_answers_and_the_range():
    finding = find_bottlenecks(CHAIN, organization="Acme")
    said = certainty_sentence(finding.ranked[0], Interval(0.2, 0.8))
    assert said == "Too early to tell (1 answer). With 90 % certainty between 20 and 80 of 100 arrive."
    assert certainty_sentence(finding.ranked[0], None) == "Too early to tell (1 answer)."


def test_what_one_looks_at_is_always_said():
    finding = find_bottlenecks(CHAIN, organization="Acme")
    found = chain_map(finding)
    assert "its colour says how much of it arrives" in about(found)
    assert "colour" not in about(replace(found, analysed=False))
    assert "Every box is a team" in about(chain_map(find_team_bottlenecks(CHAIN, organization="Acme")))
    assert "no chain yet" in about(replace(found, parties=[]))
    assert set(map_words(found, finding)) == {
        "headline", "supporting", "next", "about", "width", "assumed", *(f"band_{band}" for band in range(5))
    }  # fmt: skip


def test_what_a_table_leaves_out_is_counted():
    assert left_out_sentence(100, 100) == ""
    assert left_out_sentence(100, 101) == "1 more row is not on this page."
    assert left_out_sentence(100, 5000) == "4900 more rows are not on this page."
