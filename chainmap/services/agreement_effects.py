"""Did an agreement help? The same customer's scores before and after it, with how sure the change is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.db.models import Avg, Q, QuerySet
from django.utils import timezone

from chainmap.access import User
from chainmap.domain.answers import HIGHEST_SCORE
from chainmap.domain.effects import Effect, find_effect
from chainmap.models import Agreement, Organization, Rating
from chainmap.services.grounds import customer_scores
from chainmap.services.own import OwnHandOff, own_party
from chainmap.services.scores import ScoreSeen, scores_find

#: The mean retention where nothing was rated yet.
_NOTHING_KNOWN = 0.5
#: Scores older than this before an agreement say nothing of it any more.
_BEFORE = timedelta(days=365)


def last_score(*, user: User, own: OwnHandOff) -> float | None:
    """What the customer said last, in a round the user sees or at the end of an agreement of these two."""
    scores = customer_scores(user=user, own=own)
    ended = _scored().filter(handoff=own.handoff).order_by("due_on", "pk").last()
    if not scores:
        return None if ended is None else ended.score_after
    given_on = scores[-1].given_on
    is_older = ended is not None and (given_on is None or given_on <= ended.due_on)
    return ended.score_after if ended is not None and is_older else scores[-1].score


def effects_find(*, user: User, organization: Organization, agreements: Iterable[Agreement]) -> Mapping[int, Effect]:
    """Number of an agreement -> its effect, of those with a score before and after; at most four queries.

    ``agreements`` are of the user's own hand-offs, which come with them. Before: what the customer said in the year up
    to the agreement, since the end of an earlier one; after: the score they gave at its end and those of rounds until
    the next one. As far as the user may see it, so never from an anonymous round.
    """
    scored = [each for each in agreements if each.score_before is not None and each.score_after is not None]
    if not scored:
        return {}
    handoffs = {each.handoff_id for each in scored}
    scores = scores_find(user=user, handoffs=handoffs)
    siblings: dict[int, list[Agreement]] = {}
    for each in _scored().filter(handoff__in=handoffs):
        siblings.setdefault(each.handoff_id, []).append(each)
    mean = _mean_retention(organization)
    found = {}
    for agreement in scored:
        seen = [score for score in scores.get(agreement.handoff_id, ()) if score.rater == agreement.handoff.customer_id]
        before, after = _series(agreement, seen, siblings.get(agreement.handoff_id, []))
        effect = find_effect(before, after, mean=mean, kappa=organization.kappa)
        if effect is not None:
            found[agreement.pk] = effect
    return found


def scored_agreements(*, user: User, organization: Organization) -> list[Agreement]:
    """The user's own agreements that are over and have both scores, with their hand-offs. Raises NotFound."""
    party = own_party(user=user, organization=organization)
    sides = Q(handoff__supplier=party) | Q(handoff__customer=party)
    over = _scored().filter(sides, handoff__is_removed=False, score_before__isnull=False)
    return list(over.select_related("handoff"))


def _scored() -> QuerySet[Agreement]:
    """Agreements that are over and at whose end the customer scored again."""
    return Agreement.objects.filter(state=Agreement.State.ENDED, score_after__isnull=False)


def _series(
    agreement: Agreement, scores: Iterable[ScoreSeen], siblings: Iterable[Agreement]
) -> tuple[list[float], list[float]]:
    """The customer's scores before and after; ``siblings`` are the scored agreements of the same hand-off.

    ``score_before`` stands alone where no round told a score in its time.
    """
    made = _made_on(agreement)
    earlier = [each.due_on for each in siblings if each.due_on < made]
    later = [_made_on(each) for each in siblings if _made_on(each) > agreement.due_on]
    since, until = max([made - _BEFORE, *earlier]), min([date.max, *later])
    dated = [(score.given_on, score.score) for score in scores if score.given_on is not None]
    before = [score for on, score in dated if since < on <= made]
    after = [score for on, score in dated if agreement.due_on < on <= until]
    return before or [float(agreement.score_before or 0)], [float(agreement.score_after or 0), *after]


def _made_on(agreement: Agreement) -> date:
    return timezone.localdate(agreement.made_at)


def _mean_retention(organization: Organization) -> float:
    """The mean of all ratings of open rounds, which everybody sees in the figures, as a share 0..1."""
    ratings = Rating.objects.in_open_rounds().filter(round__organization=organization)
    mean = ratings.aggregate(mean=Avg("score"))["mean"]
    return _NOTHING_KNOWN if mean is None else float(mean) / HIGHEST_SCORE
