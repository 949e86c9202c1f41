"""Why two people might talk: the grounds one side of a hand-off can see, in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chainmap.access import User
from chainmap.domain.mirror import AGREEMENT
from chainmap.domain.moments import Moment as MomentKind
from chainmap.exports import talk_words
from chainmap.models import Conversation, MirrorGuess, Moment, Need
from chainmap.services.own import OwnHandOff
from chainmap.services.scores import ScoreSeen, scores_find

#: Up to this score it is worth a talk.
LOW_SCORE = 6


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason to talk that the reader can see, and what it rests on."""

    reason: Conversation.Reason
    sentence: str


def customer_scores(*, user: User, own: OwnHandOff) -> tuple[ScoreSeen, ...]:
    """What the customer of the hand-off said of it, as far as the user may see it; oldest first."""
    found = scores_find(user=user, handoffs=[own.handoff.pk]).get(own.handoff.pk, ())
    return tuple(score for score in found if score.rater == own.handoff.customer_id)


def conversation_reasons(*, user: User, own: OwnHandOff) -> tuple[Ground, ...]:
    """The grounds the reader can see, and always "something else". A fixed number of queries.

    The gap to the mirror is the supplier's alone: nobody else is told what they guessed.
    """
    return tuple(_grounds(own, customer_scores(user=user, own=own)))


def _grounds(own: OwnHandOff, scores: tuple[ScoreSeen, ...]) -> Iterator[Ground]:
    reason = Conversation.Reason
    last = scores[-1] if scores else None
    if last is not None and last.score <= LOW_SCORE:
        yield Ground(reason.LOW_SCORE, talk_words.low_score_sentence(last.score, _rater(own), last.round_name))
    if own.is_supplier and (gap := _gap(own, scores)):
        yield Ground(reason.GAP, gap)
    if dispute := _dispute(own):
        yield Ground(reason.DISPUTE, dispute)
    moments = _moments(own, last)
    for kind in (reason.MAGIC, reason.MISERY):
        if kind.value in moments:
            yield Ground(kind, talk_words.moment_sentence(kind.value, moments[kind.value]))
    need = Need.objects.filter(handoff=own.handoff, is_removed=False).exclude(reply=Need.Reply.AGREED).first()
    if need is not None:
        yield Ground(reason.NEED, talk_words.need_sentence(need.text, need.reply))
    yield Ground(reason.OTHER, talk_words.other_sentence())


def _rater(own: OwnHandOff) -> str:
    return own.other.name if own.is_supplier else ""


def _gap(own: OwnHandOff, scores: tuple[ScoreSeen, ...]) -> str:
    """The latest round in which the supplier guessed and the customer said something else."""
    guesses = dict(MirrorGuess.objects.filter(handoff=own.handoff).values_list("round_id", "guess"))
    for score in reversed(scores):
        if score.round in guesses:
            guess = guesses[score.round]
            is_far = abs(guess - score.score) > AGREEMENT
            return talk_words.gap_sentence(guess, score.score, own.other.name, score.round_name) if is_far else ""
    return ""


def _dispute(own: OwnHandOff) -> str:
    handoff = own.handoff
    sides = [(handoff.supplier_says, handoff.supplier_note), (handoff.customer_says, handoff.customer_note)]
    (mine, my_note), (theirs, their_note) = sides if own.is_supplier else sides[::-1]
    if theirs == "no":
        return talk_words.dispute_sentence(own.other.name, their_note)
    return talk_words.dispute_sentence("", my_note) if mine == "no" else ""


def _moments(own: OwnHandOff, last: ScoreSeen | None) -> dict[str, str]:
    """Kind -> the words of the latest moment of that kind, told on the page or on the last card."""
    told: dict[str, str] = {}
    for kind in Moment.Kind:
        latest = Moment.objects.filter(handoff=own.handoff, kind=kind).first()
        if latest is not None:
            told[kind.value] = latest.words
    if last is not None and last.card.moment in (MomentKind.MAGIC, MomentKind.MISERY):
        told.setdefault(last.card.moment.value, last.card.moment_line)
    return told
