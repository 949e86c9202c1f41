"""What the room's ratings say: per hand-off, and for what arrives at the end customers, before and after.

Before is the workshop's part of the chain as everybody saw it, without anything the room drew. After is the same with
the room's scores and with what it drew and rated: of one rater about one hand-off the new score counts instead of the
former one. Both are read from the same analysis as everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.exercise_entries import RateEntry
from chainmap.domain.exercise_results import Answered, RatedLink, RateResult, ReasonSaid, Text
from chainmap.domain.exercise_tallies import Room, Said
from chainmap.domain.findings import Basis, Bottlenecks, HandOffFinding
from chainmap.domain.reasons import Reason
from chainmap.domain.records import Chain
from chainmap.domain.release import Clip
from chainmap.domain.shares import round_share
from chainmap.domain.solver import SolverError
from chainmap.domain.workshop_chain import LiveRating, with_ratings
from chainmap.domain.yields import DEFAULT_KAPPA


def live_ratings(said: Sequence[Said[RateEntry]], chain: Chain) -> list[LiveRating]:
    """The scores about a hand-off by somebody whose place in the chain is known.

    Somebody without a key of their own was drawn in words, and rates what they were drawn to get: so the score is that
    of the receiver in ``chain``, which has what was drawn.
    """
    receivers = _receivers(chain)
    found = []
    for one in said:
        handoff, score = one.entry.handoff, one.entry.score
        if handoff is None or score is None:
            continue
        rater = receivers.get(handoff) if one.party is None and handoff < 0 else one.party
        if rater is not None:
            found.append(LiveRating(handoff, rater, score))
    return sorted(found, key=lambda rating: (rating.handoff, rating.rater, rating.score))


def _receivers(chain: Chain) -> dict[int, int]:
    """Drawn hand-off -> the key of who gets it."""
    drawn = chain.handoff_keys < 0
    return dict(zip(chain.handoff_keys[drawn].tolist(), chain.party_keys[chain.customer[drawn]].tolist(), strict=True))


def tally_rates(
    said: Sequence[Said[RateEntry]],
    room: Room,
    *,
    chain: Chain,
    known: Chain | None = None,
    day: int,
    kappa: float = DEFAULT_KAPPA,
) -> RateResult:
    """``chain`` is the workshop's part of the chain with what was drawn and counts, ``known`` that without (None: the
    same), ``day`` the workshop's ``date.toordinal()``.

    A hand-off that is not in the chain any more is left out. Where a loop is so nearly closed that no value would be
    sure, and where there is no end customer whom anything could reach, the scores stand alone.
    """
    answered = room.answered([one for one in said if one.entry.score is not None])
    if room.is_anonymous:
        return _overall(said, room, answered)
    alone = _exact(said, room, answered, _scores_alone(said, chain))
    if not chain.is_end_customer.any():
        return alone
    rated = with_ratings(chain, live_ratings(said, chain), day)
    try:
        before = find_bottlenecks(chain if known is None else known, organization="", kappa=kappa)
        after = find_bottlenecks(rated, organization="", kappa=kappa)
    except SolverError:
        return alone
    return replace(
        alone,
        links=_links(said, before, after),
        created=after.created,
        created_before=before.created,
        before=before.delivered,
        after=after.delivered,
        kappa=kappa,
        handoffs=len(after.handoffs),
        assumed=sum(finding.basis == Basis.ASSUMED for finding in after.handoffs),
    )


def _exact(
    said: Sequence[Said[RateEntry]],
    room: Room,
    answered: Answered,
    links: tuple[RatedLink, ...],
) -> RateResult:
    return RateResult(
        answered,
        links=links,
        created=None,
        before=None,
        after=None,
        mean=None,
        clip=Clip.NONE,
        reasons=_reasons(said, room),
        texts=_texts(said, room),
    )


def _overall(said: Sequence[Said[RateEntry]], room: Room, answered: Answered) -> RateResult:
    """Without names: one mean over all, rounded as in a release."""
    scores = [one.entry.score for one in said if one.entry.score is not None]
    mean, clip = None, Clip.NONE
    if answered.is_shown:
        people = room.people([one for one in said if one.entry.score is not None])
        mean, clip = room.mean(sum(scores), len(scores), people)
    return RateResult(
        answered,
        links=(),
        created=None,
        before=None,
        after=None,
        mean=mean,
        clip=clip,
        reasons=_reasons(said, room),
        texts=_texts(said, room),
    )


def _links(said: Sequence[Said[RateEntry]], before: Bottlenecks, after: Bottlenecks) -> tuple[RatedLink, ...]:
    scores = _scores(said)
    was = {finding.key: finding for finding in before.handoffs}
    # in the order of the ranking: what it would bring to repair it
    return tuple(
        _link(finding, scores[finding.key], was.get(finding.key)) for finding in after.handoffs if finding.key in scores
    )


def _scores_alone(said: Sequence[Said[RateEntry]], chain: Chain) -> tuple[RatedLink, ...]:
    """Lowest mean first, without what it means for the chain."""
    known = set(chain.handoff_keys.tolist())
    links = [
        RatedLink(key, sum(scores) / len(scores), len(scores), None, sum(scores) / (10 * len(scores)), None, None)
        for key, scores in _scores(said).items()
        if key in known
    ]
    return tuple(sorted(links, key=lambda link: (link.score, link.handoff)))


def _scores(said: Sequence[Said[RateEntry]]) -> dict[int, list[int]]:
    """Hand-off -> its scores."""
    scores: dict[int, list[int]] = {}
    for one in said:
        if one.entry.handoff is not None and one.entry.score is not None:
            scores.setdefault(one.entry.handoff, []).append(one.entry.score)
    return scores


def _link(finding: HandOffFinding, scores: Sequence[int], was: HandOffFinding | None) -> RatedLink:
    return RatedLink(
        finding.key,
        score=sum(scores) / len(scores),
        answers=len(scores),
        before=None if was is None or was.basis == Basis.ASSUMED else was.yield_,
        after=sum(scores) / (10 * len(scores)) if finding.yield_ is None else finding.yield_,
        lost=finding.lost,
        gain=finding.recoverable,
    )


def _reasons(said: Sequence[Said[RateEntry]], room: Room) -> tuple[ReasonSaid, ...]:
    """How often each reason was named beside a score below 10, most often first, ties in the order of the card."""
    lost = [one for one in said if one.entry.score is not None and one.entry.score < 10]
    counts = Counter(one.entry.reason for one in lost if one.entry.reason is not None)
    named = sorted((reason for reason in Reason if counts[reason]), key=lambda reason: -counts[reason])
    if not room.is_anonymous:
        return tuple(ReasonSaid(reason, counts[reason], None) for reason in named)
    if not room.has_shares(lost):
        return ()
    return tuple(
        ReasonSaid(reason, None, round_share(counts[reason], len(lost)))
        for reason in sorted(Reason, key=lambda reason: -round_share(counts[reason], len(lost)))
    )


def _texts(said: Sequence[Said[RateEntry]], room: Room) -> tuple[Text, ...]:
    return room.texts(said, lambda entry: entry.words, lambda entry: Text(entry.words, entry.handoff))
