"""What the signed answers of an open round say beside the scores, and how much of what was asked was answered.

Two queries each, rows straight from the cursor: a round of 5,000 people has some 25,000 answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from chainmap.domain.analysis import Analysis
from chainmap.domain.cards import Card
from chainmap.domain.icare import find_care_profile
from chainmap.domain.moments import Moment, find_moment_balance
from chainmap.domain.reasons import ScoredReason, find_reasons
from chainmap.domain.report_parts import SaidOf, said_of, score_of
from chainmap.domain.reports import LOW_COVERAGE, Coverage, MomentLines, Score, TeamCoverage
from chainmap.domain.response import FEWEST_ASKED, band_of_response, response_by_group
from chainmap.domain.told_groups import Said
from chainmap.domain.yields import latest_ratings
from chainmap.models import Answer, Ask, Rating, Round
from chainmap.services.structure import structure_of

#: hand-off -> (score, card) of each answer about it.
Cards = Mapping[int, list[tuple[float, Card]]]


@dataclass(frozen=True, slots=True)
class CoverageFound:
    """Coverage, and how many groups are too small for a line of their own."""

    coverage: Coverage
    groups_small: int


def cards_of(*, round: Round, analysis: Analysis) -> Cards:
    """Score and card of every rating the analysis counts; an empty card where nothing was ticked or it was imported.

    Of a round that is open again the scores alone: cards of those who answer anew would be missing, and tell who.
    """
    marks: dict[tuple[int, int], tuple[str, str]] = {}
    read = cache(lambda score, ticked: Card.from_row(score, ticked, ""))  # thousands tick the same few things
    if round.state == Round.State.CLOSED:
        rows = Answer.objects.filter(ask__round=round).values_list("ask__handoff_id", "ask__rater_id", "score", "marks")
        marks = {
            (handoff, rater): (score, ticked) for handoff, rater, score, ticked in rows.iterator(chunk_size=10_000)
        }
    cards: dict[int, list[tuple[float, Card]]] = defaultdict(list)
    for handoff, rater, score in _counted(analysis):
        found = marks.get((handoff, rater))
        cards[handoff].append((score, Card() if found is None else read(*found)))
    return dict(cards)


def cards_of_chain(analysis: Analysis) -> Cards:
    """The score of every rating an analysis counts, of whatever round, with an empty card."""
    cards: dict[int, list[tuple[float, Card]]] = defaultdict(list)
    for handoff, _rater, score in _counted(analysis):
        cards[handoff].append((score, Card()))
    return dict(cards)


def said_by_handoff(cards: Cards, handoffs: Collection[int]) -> dict[int, SaidOf]:
    """What is said of each of these hand-offs; nothing of one that nobody rated."""
    return {handoff: _said(cards[handoff]) for handoff in handoffs if handoff in cards}


def score_of_all(cards: Cards, handoffs: Collection[int] | None = None) -> Score:
    """The score of everything that was answered, or of what was answered about these hand-offs."""
    return score_of([score for score, _card in _among(cards, handoffs)])


def moments_of_all(cards: Cards, *, rule: float, handoffs: Collection[int] | None = None) -> MomentLines | None:
    """The moments counted; None where nobody named one. ``rule``: magic moments that make up for one misery."""
    balance = find_moment_balance(card.moment for _score, card in _among(cards, handoffs))
    if not balance.said:
        return None
    counts = dict(zip(Moment, (balance.magic, balance.ordinary, balance.misery), strict=True))
    return MomentLines(counts=counts, magic_for_one_misery=rule)


def moments_told(
    *, round: Round, analysis: Analysis, team: str | None, handoffs: Collection[int] | None, fewest: int
) -> bool:
    """Whether moments may be told to somebody who may not see single answers, by the groups of the round's page.

    ``team``: its key, None for the whole; ``handoffs``: what the report is about, None for all. Where the chain of
    today has other hand-offs, or others in the team, than the page tells of, what the two tell would differ by single
    answers; then nothing is told here.
    """
    places = _places(round)
    answered = Rating.objects.in_open_rounds().filter(round=round).values_list("handoff_id", "rater_id")
    on_page = {pair for pair in answered if team is None or places.get(pair[0]) == team}
    here = {(key, rater) for key, rater, _score in _counted(analysis) if handoffs is None or key in handoffs}
    return here == on_page and moments_told_to(round=round, team=team, reader=None, fewest=fewest)


def moments_told_to(*, round: Round, team: str | None, reader: int | None, fewest: int) -> bool:
    """The same for a party, who knows what was said about itself; of the groups alone."""
    places = _places(round)
    rows = Rating.objects.in_open_rounds().filter(round=round)
    ends = rows.values_list("handoff_id", "handoff__supplier_id", "rater_id")
    said = Said((places.get(handoff, ""), giver, rater) for handoff, giver, rater in ends)
    told, tells_all = said.told_to(reader, fewest=fewest)
    return tells_all if team is None else team in told


def _places(round: Round) -> dict[int, str]:
    """Hand-off -> the group of opening day that gives it."""
    return dict(Ask.objects.filter(round=round).values_list("handoff_id", "supplier_team"))


def open_coverage(*, round: Round, analysis: Analysis, handoffs: Collection[int] | None = None) -> CoverageFound:
    """Of an open round: hand-offs rated of those asked about, and people who rated at least one.

    ``handoffs``: only these, for a team; then there are no groups. A round that asked nobody (it was imported) tells
    hand-offs rated of all in the chain, and no people.
    """
    asks = list(Ask.objects.filter(round=round).values_list("handoff_id", "rater_id", "rater_team"))
    asks = [ask for ask in asks if handoffs is None or ask[0] in handoffs]
    rated = {(handoff, rater) for handoff, rater, _score in _counted(analysis)}
    if not asks:
        keys = analysis.chain.handoff_keys.tolist()
        asked_about = {key for key in keys if handoffs is None or key in handoffs}
        return CoverageFound(_coverage(len(asked_about), len({key for key, _ in rated} & asked_about), 0, None, ""), 0)
    asked_about = {handoff for handoff, _rater, _team in asks}
    team_of = {rater: team for _handoff, rater, team in asks}
    answered = {rater for handoff, rater, _team in asks if (handoff, rater) in rated}
    found = _coverage(
        len(asked_about),
        len({handoff for handoff, _rater in rated} & asked_about),
        len(team_of),
        len(answered),
        band_of_response(len(team_of), len(answered)) if len(team_of) >= FEWEST_ASKED else "",
    )
    if handoffs is not None:
        return CoverageFound(found, 0)
    counts = dict.fromkeys(team_of.values(), (0, 0))
    for rater, team in team_of.items():
        counts[team] = (counts[team][0] + 1, counts[team][1] + (rater in answered))
    groups, names = response_by_group(counts), structure_of(round=round).names
    teams = tuple(TeamCoverage(tuple(names.get(key, key) for key in one.teams), one.band) for one in groups)
    told = {key for one in groups for key in one.teams}
    return CoverageFound(replace(found, teams=teams), len(counts.keys() - told))


def _coverage(asked: int, rated: int, people: int, answered: int | None, band: str) -> Coverage:
    return Coverage(asked, rated, people, answered, band, rated < LOW_COVERAGE * asked if asked else None)


def _counted(analysis: Analysis) -> Iterator[tuple[int, int, float]]:
    """(hand-off, rater, score) of every rating that counts, by their own numbers."""
    chain = analysis.chain
    rows = latest_ratings(chain)
    return zip(
        chain.handoff_keys[chain.rating_handoff[rows]].tolist(),
        chain.party_keys[chain.rating_rater[rows]].tolist(),
        chain.rating_score[rows].tolist(),
        strict=True,
    )


def _among(cards: Cards, handoffs: Collection[int] | None) -> Iterator[tuple[float, Card]]:
    chosen = cards.keys() if handoffs is None else [handoff for handoff in handoffs if handoff in cards]
    return (answer for handoff in chosen for answer in cards[handoff])


def _said(answers: Sequence[tuple[float, Card]]) -> SaidOf:
    return said_of(
        [score for score, _card in answers],
        find_reasons(ScoredReason(score, card.reason) for score, card in answers),
        find_care_profile(card.care for _score, card in answers),
    )
