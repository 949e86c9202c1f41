"""Comparisons without a database, for tests of words, pictures and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from chainmap.domain.analysis import analyse
from chainmap.domain.compared import Compared, ComparedRound
from chainmap.domain.compared_map import ComparedMap, MapGround, compared_map
from chainmap.domain.findings import PartyFinding
from chainmap.domain.intervals import Interval
from chainmap.domain.nps import NetPromoterScore, find_change
from chainmap.domain.records import Chain, HandOff, Party, PartyKind, Rating
from chainmap.domain.reports import Score
from chainmap.domain.round_changes import compare_rounds

#: Seven hand-offs of three people: before, now; None where nobody rated it.
SCORES: dict[tuple[str, str, str], tuple[float | None, float | None]] = {
    ("ann", "bob", "forecast"): (4, 9),
    ("ann", "cid", "figures"): (6, 3),
    ("bob", "cid", "plan"): (7, 7),
    ("cid", "client", "report"): (8, 8),
    ("cid", "bob", "questions"): (None, 5),
}
NAMES = {"ann": "Ann Ace", "bob": "Bob Bee", "cid": "Cid Cole", "client": "The client"}


def score_of(scores: Sequence[float]) -> Score:
    """Signed answers."""
    return Score(str(len(scores)), sum(scores) / len(scores), nps=NetPromoterScore.of_scores(scores))


def round_of(name: str, **changes: object) -> ComparedRound:
    """A signed round in which 47 of 100 arrived."""
    given = {
        "name": name, "closed_on": date(2026, 3, 3), "mode": "open", "k": 5, "chain_yield": 0.47,
        "interval": Interval(0.4, 0.54), "score": score_of([9] * 6 + [5] * 6), "lost": 3.0, "created": 6.0,
    }  # fmt: skip
    return ComparedRound(**{**given, **changes})  # type: ignore[arg-type]


def chain_of(place: int, *, ratings: int = 12, without: tuple[str, ...] = ()) -> Chain:
    """The chain in the round before (0) or now (1); every hand-off rated so many times."""
    parties = [
        Party(code, name, PartyKind.END_CUSTOMER if code == "client" else PartyKind.EMPLOYEE)
        for code, name in NAMES.items()
    ]
    ends = {key: scores[place] for key, scores in SCORES.items() if key[2] not in without}
    handoffs = [HandOff(supplier, customer, what) for supplier, customer, what in ends]
    rated = [
        Rating(supplier, customer, score, what)
        for (supplier, customer, what), score in ends.items()
        if score is not None
        for _again in range(ratings)
    ]
    return Chain.from_records(parties, handoffs, rated)


def example_compared(*, ratings: int = 12, **changes: object) -> Compared:
    """Forecasts got better, figures worse, questions were not rated before; prices are new and the report stays."""
    before = analyse(chain_of(0, ratings=ratings))
    now = analyse(chain_of(1, ratings=ratings))
    change = compare_rounds(before, now, by_ends=True)
    first, second = round_of("Spring"), round_of("Autumn", closed_on=date(2026, 9, 3))
    given = {
        "organization": "Acme", "before": first, "now": second, "obstacle": "", "change": change,
        "nps": find_change(first.score.nps, second.score.nps), "agreements": None, "names": NAMES,
    }  # fmt: skip
    return Compared(**{**given, **changes})  # type: ignore[arg-type]


def come_and_gone() -> Compared:
    """Plans are gone, questions are new."""
    before, now = analyse(chain_of(0, without=("questions",))), analyse(chain_of(1, without=("plan",)))
    return example_compared(change=compare_rounds(before, now, by_ends=True))


def example_map(compared: Compared) -> ComparedMap:
    """Everybody in a row."""
    assert compared.change is not None
    findings = [
        PartyFinding(
            place, code, name, PartyKind.END_CUSTOMER if code == "client" else PartyKind.EMPLOYEE, "", 1, 1, 0, 0, None
        )
        for place, (code, name) in enumerate(compared.names.items())
    ]
    places = {one.id: (80.0 + 280 * one.key, 80.0) for one in findings}
    return compared_map(MapGround(findings, findings, places, {}, False), compared.change.handoffs)
