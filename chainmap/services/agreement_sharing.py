"""What others learn of agreements: a coach the shared ones, without scores; some roles how many there are."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from chainmap.access import Operator, User, require
from chainmap.domain.roles import Action
from chainmap.models import Agreement, Organization

State = Agreement.State


@dataclass(frozen=True, slots=True)
class AgreementCounts:
    """How many agreements an organization has; never which. None where too few hand-offs have one to tell."""

    open: int | None  # proposed or agreed; other words for what is agreed are no second one
    due: int | None  # of these agreed, and their day has come
    kept: int | None  # over: everybody who said something said "kept"
    partly: int | None  # over: anything between
    not_kept: int | None  # over: everybody who said something said "not"


def agreement_counts(*, actor: User | Operator, organization: Organization) -> AgreementCounts:
    """Open ones and outcomes, each from one hand-off more than the minimum group on: fewer would tell whose they are.

    One query. Raises NotFound for a stranger, PermissionDenied for a member.
    """
    require(actor, Action.COUNT_AGREEMENTS, organization)
    waiting = Q(state=State.PROPOSED, replaces=None) | Q(state=State.AGREED)
    ended = Q(state=State.ENDED)
    kept = ended & Q(supplier_outcome__in=["", "kept"], customer_outcome__in=["", "kept"])
    missed = ended & Q(supplier_outcome__in=["", "not"], customer_outcome__in=["", "not"])
    counted = Agreement.objects.filter(handoff__organization=organization, handoff__is_removed=False).aggregate(
        open=Count("pk", filter=waiting),
        open_at=Count("handoff", filter=waiting, distinct=True),
        ended_at=Count("handoff", filter=ended, distinct=True),
        due=Count("pk", filter=Q(state=State.AGREED, due_on__lte=timezone.localdate())),
        ended=Count("pk", filter=ended),
        kept=Count("pk", filter=kept),
        not_kept=Count("pk", filter=missed),
    )
    least = settings.CHAINMAP_MINIMUM_GROUP + 1
    tells_open, tells_ended = counted["open_at"] >= least, counted["ended_at"] >= least
    partly = counted["ended"] - counted["kept"] - counted["not_kept"]
    return AgreementCounts(
        open=counted["open"] if tells_open else None,
        due=counted["due"] if tells_open else None,
        kept=counted["kept"] if tells_ended else None,
        partly=partly if tells_ended else None,
        not_kept=counted["not_kept"] if tells_ended else None,
    )


def shared_agreements(*, actor: User | Operator, organization: Organization) -> list[Agreement]:
    """Those both sides share with the coach and both agreed to, the latest first. Their scores are not for the coach.

    Raises NotFound for a stranger, PermissionDenied for whoever is no coach.
    """
    require(actor, Action.SEE_SHARED_TALKS, organization)
    shared = Agreement.objects.filter(
        handoff__organization=organization,
        handoff__is_removed=False,
        shared_by_supplier=True,
        shared_by_customer=True,
        state__in=[State.AGREED, State.ENDED],
    )
    sides = shared.select_related("handoff__supplier", "handoff__customer", "owner", "decides")
    return list(sides.defer("score_before", "score_after").order_by("-due_on", "pk"))
