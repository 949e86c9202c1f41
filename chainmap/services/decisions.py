"""Who decides on exceptions, and what waits for it: findings about decision rights, kept as the others are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from chainmap.access import Operator, User, can, require
from chainmap.domain.analysis import Analysis
from chainmap.domain.cards import HIGHEST_SCORE, Card
from chainmap.domain.permissions import NOT_SAID, DecisionOwner, Permissions, find_permissions
from chainmap.domain.reasons import Reason
from chainmap.domain.records import IntArray
from chainmap.domain.roles import Action
from chainmap.models import Answer, HandOff, Organization, Round
from chainmap.services.analysis import analysis_find
from chainmap.services.own import own_party

#: What was found is kept with the analysis it was found in, and forgotten with it.
_kept: WeakKeyDictionary[Analysis, Permissions] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class OwnDecisions:
    """What one party decides on for others; all 0 where it decides on nothing."""

    handoffs: int = 0
    askers: int = 0
    dependence: float | None = None  # share of everything delivered that waits for a decision of theirs, 0..1


def permissions_find(*, actor: User | Operator, organization: Organization) -> Permissions:
    """Who decides, who has to ask whom, and for whom how much waits.

    ``waits`` counts answers "I have to ask for authorization" of closed open rounds, and is 0 throughout for those
    who may not see the single answers of such rounds: one answer at one hand-off is somebody's. Raises as
    bottlenecks_find does.
    """
    analysis = analysis_find(actor=actor, organization=organization)
    found = _permissions(analysis, organization)
    if can(actor, Action.SEE_OPEN_RATINGS, organization):
        return found
    return replace(found, owners=tuple(replace(owner, waits=0) for owner in found.owners))


def own_decisions(*, user: User, organization: Organization) -> OwnDecisions:
    """What waits for the user's own decision. Raises NotFound as own_party does."""
    require(user, Action.SEE_BOTTLENECKS, organization)
    party = own_party(user=user, organization=organization)
    if not HandOff.objects.in_chain().filter(decision_owner=party).exclude(supplier=party).exists():
        return OwnDecisions()  # the chain need not be solved to know that
    code = party.code
    mine: DecisionOwner | None = next(
        (one for one in permissions_find(actor=user, organization=organization).owners if one.party == code), None
    )
    return OwnDecisions() if mine is None else OwnDecisions(mine.handoffs, mine.askers, mine.dependence)


def waits_for_decision(card: Card) -> bool:
    """Whether an answer says that something was lost because authorization had to be asked for.

    >>> waits_for_decision(Card(score=6, reason=Reason.NO_POWER_TO_DECIDE)), waits_for_decision(Card(score=6))
    (True, False)
    """
    return card.reason == Reason.NO_POWER_TO_DECIDE and card.score is not None and card.score < HIGHEST_SCORE


def _permissions(analysis: Analysis, organization: Organization) -> Permissions:
    found = _kept.get(analysis)
    if found is None:
        found = find_permissions(analysis, _owners(analysis, organization), _waits(analysis, organization))
        _kept[analysis] = found
    return found


def _owners(analysis: Analysis, organization: Organization) -> IntArray:
    """[m] position of the party that decides; NOT_SAID where nobody said."""
    places = {key: place for place, key in enumerate(analysis.chain.party_keys.tolist())}
    decided = HandOff.objects.filter(organization=organization, decision_owner__isnull=False)
    owners = {handoff: places.get(party, NOT_SAID) for handoff, party in decided.values_list("pk", "decision_owner")}
    return _by_handoff(analysis, owners, NOT_SAID)


def _waits(analysis: Analysis, organization: Organization) -> IntArray:
    """[m] how many said in a closed open round that they have to ask for authorization."""
    answers = Answer.objects.filter(
        ask__round__organization=organization,
        ask__round__mode=Round.Mode.OPEN,
        ask__round__state=Round.State.CLOSED,
        ask__handoff__decision_owner__isnull=False,
    )
    cards = answers.values_list("ask__handoff", "score", "marks")
    waiting = Counter(handoff for handoff, score, marks in cards if waits_for_decision(Card.from_row(score, marks, "")))
    return _by_handoff(analysis, waiting, 0)


def _by_handoff(analysis: Analysis, values: dict[int, int], otherwise: int) -> IntArray:
    return np.array([values.get(key, otherwise) for key in analysis.chain.handoff_keys.tolist()], np.int32)
