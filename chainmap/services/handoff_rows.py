"""A person's own hand-offs to read: both lists, what waits for a word, and everything about one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Least

from chainmap.access import User
from chainmap.domain.effects import Effect
from chainmap.domain.records import PartyKind
from chainmap.models import Agreement, HandOff, Need, Organization, Party
from chainmap.services.agreement_effects import effects_find
from chainmap.services.own import OwnHandOff, own_handoff, own_of, own_party
from chainmap.services.scores import ScoreSaid, ScoreSeen, scores_find, scores_said

GIVEN, RECEIVED = "given", "received"
#: Volumes from here on are not added: PostgreSQL answers a sum beyond a double with an error, SQLite with infinity.
_LARGEST_ADDED = 1e290
_ENDS = ("supplier__team", "customer__team", "decision_owner")
#: Both sides are people of the house who are still there: they can say something of the hand-off.
_CONFIRMABLE = Q(
    supplier__kind=PartyKind.EMPLOYEE.value,
    customer__kind=PartyKind.EMPLOYEE.value,
    supplier__left_on=None,
    customer__left_on=None,
)


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One of the reader's hand-offs.

    ``state``: "both" confirmed it, only "mine" or "theirs" did, "disputed" by either, "unsaid" by both, or "outside"
    where the other side is no employee and so is not asked. ``share`` is that of its volume in all its supplier gives,
    0..1, None where the volumes are too large to be added.
    """

    own: OwnHandOff
    needs: tuple[Need, ...]  # those not taken back, most important first
    scores: tuple[ScoreSeen, ...]  # of rounds, that the reader may see, oldest first
    said: tuple[ScoreSaid, ...]  # those, and the ones given again at the end of agreements, oldest first
    state: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Some of the reader's hand-offs on one side, and how many there are in all."""

    rows: tuple[OwnRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class EndedAgreement:
    """The last agreement of a hand-off that is over, and whether it helped; None where that cannot be said."""

    agreement: Agreement
    effect: Effect | None


@dataclass(frozen=True, slots=True)
class ClaimsWaiting:
    """The oldest hand-offs the other side says yes to and this side said nothing of, and how many there are in all."""

    owns: tuple[OwnHandOff, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OpenClaims:
    """Hand-offs of one person that wait for a word of either side."""

    waiting: tuple[OwnHandOff, ...]  # the other side says yes, the reader nothing
    asked: tuple[OwnHandOff, ...]  # the reader says yes, the other side nothing
    disputed: tuple[OwnHandOff, ...]  # somebody says no


def own_rows(*, user: User, organization: Organization, side: str, offset: int, limit: int, find: str = "") -> OwnRows:
    """The hand-offs the user gives (largest volume first) or receives (by supplier), ``limit`` from ``offset`` on.

    ``side`` is "given" or "received". ``find``: only those whose other side or deliverable has this text, whatever its
    case and accents. As many queries for 10 as for 200. Raises NotFound as own_party does.
    """
    party = own_party(user=user, organization=organization)
    if side == GIVEN:
        ordered = HandOff.objects.filter(organization=organization, supplier=party).order_by("-volume", "pk")
    else:
        ordered = HandOff.objects.filter(organization=organization, customer=party).order_by("supplier__name", "pk")
    if find:
        other = "customer__name" if side == GIVEN else "supplier__name"
        ordered = ordered.filter(pk__in=_having(ordered, find, other))
    found = [own_of(handoff, party) for handoff in ordered.select_related(*_ENDS)[offset : offset + limit]]
    return OwnRows(tuple(rows_of(user=user, owns=found)), ordered.count())


def agreement_ended(*, user: User, own: OwnHandOff) -> EndedAgreement | None:
    """The agreement of one of the user's own hand-offs that was over last; at most five queries."""
    over = Agreement.objects.filter(handoff=own.handoff, state=Agreement.State.ENDED).select_related("handoff")
    last = over.order_by("-due_on", "-made_at", "-pk").first()
    if last is None:
        return None
    effects = effects_find(user=user, organization=own.party.organization, agreements=[last])
    return EndedAgreement(last, effects.get(last.pk))


def handoff_find(*, user: User, organization: Organization, handoff: int) -> OwnRow:
    """Everything the page of one hand-off shows. Raises NotFound and HandOffRemoved as own_handoff does."""
    own = own_handoff(user=user, organization=organization, pk=handoff)
    (row,) = rows_of(user=user, owns=[own])
    return row


def rows_of(*, user: User, owns: Collection[OwnHandOff]) -> list[OwnRow]:
    """The rows for some of the user's hand-offs, in their order. Five queries, however many there are."""
    keys = [own.handoff.pk for own in owns]
    needs: dict[int, list[Need]] = {}
    for need in Need.objects.filter(handoff__in=keys, is_removed=False):
        needs.setdefault(need.handoff_id, []).append(need)
    scores = scores_find(user=user, handoffs=keys)
    said = scores_said(user=user, handoffs=keys, seen=scores)
    totals = _given_volumes({own.handoff.supplier_id for own in owns})
    return [
        OwnRow(
            own=own,
            needs=tuple(needs.get(own.handoff.pk, ())),
            scores=tuple(scores.get(own.handoff.pk, ())),
            said=tuple(said.get(own.handoff.pk, ())),
            state=claim_state(own),
            share=_share(own.handoff.volume, totals.get(own.handoff.supplier_id)),
        )
        for own in owns
    ]


def claims_waiting(*, party: Party, limit: int) -> ClaimsWaiting:
    """Hand-offs the other side named and this side said nothing of; both employees, nobody left. Oldest first.

    Two queries, and at most ``limit`` rows, however many wait.
    """
    asked = Q(supplier=party, supplier_says="", customer_says="yes") | Q(
        customer=party, customer_says="", supplier_says="yes"
    )
    rows = _of_employees(party).filter(asked)
    owns = tuple(own_of(handoff, party) for handoff in rows.select_related(*_ENDS)[:limit])
    return ClaimsWaiting(owns, rows.count())


def claims_open(*, user: User, organization: Organization) -> OpenClaims:
    """What of the user's hand-offs waits for a word, both ways. One query beside those of own_party."""
    party = own_party(user=user, organization=organization)
    one_sided = Q(supplier_says="yes", customer_says="") | Q(supplier_says="", customer_says="yes")
    disputed = Q(supplier_says="no") | Q(customer_says="no")
    rows = _of_employees(party).filter(one_sided | disputed).select_related(*_ENDS)
    by_state: dict[str, list[OwnHandOff]] = {}
    for handoff in rows:
        own = own_of(handoff, party)
        by_state.setdefault(claim_state(own), []).append(own)
    return OpenClaims(
        waiting=tuple(by_state.get("theirs", ())),
        asked=tuple(by_state.get("mine", ())),
        disputed=tuple(by_state.get("disputed", ())),
    )


def needs_gaps(*, user: User, organization: Organization) -> list[OwnHandOff]:
    """The user's hand-offs without an agreed need: nobody can know what "good" is there. Only between employees who
    are still there, because nobody else could tell a need and agree to it."""
    party = own_party(user=user, organization=organization)
    agreed = Need.objects.filter(is_removed=False, reply=Need.Reply.AGREED).values("handoff")
    rows = _of_employees(party).exclude(pk__in=agreed).exclude(supplier_says="no").exclude(customer_says="no")
    return [own_of(handoff, party) for handoff in rows.select_related(*_ENDS)]


def removed_list(*, user: User, organization: Organization) -> list[OwnHandOff]:
    """The user's hand-offs that were taken out, newest first: either side may bring them back."""
    party = own_party(user=user, organization=organization)
    rows = HandOff.everything.filter(Q(supplier=party) | Q(customer=party), is_removed=True)
    return [own_of(handoff, party) for handoff in rows.select_related(*_ENDS).order_by("-pk")]


def claim_state(own: OwnHandOff) -> str:
    """What the two sides say of a hand-off, in one word of OwnRow.state."""
    mine, theirs = claims_of(own)
    if "no" in (mine, theirs):
        return "disputed"
    if not own.other_can_say:
        return "outside"
    return {("yes", "yes"): "both", ("yes", ""): "mine", ("", "yes"): "theirs"}.get((mine, theirs), "unsaid")


def claims_of(own: OwnHandOff) -> tuple[str, str]:
    """What the reader says and what the other side says: "yes", "no" or ""."""
    said = own.handoff.supplier_says, own.handoff.customer_says
    return said if own.is_supplier else (said[1], said[0])


def _having(rows: QuerySet[HandOff], find: str, other: str) -> list[int]:
    """Numbers of the rows whose deliverable or other side has the text."""
    wanted = _plain(find)
    told = rows.order_by().values_list("pk", "deliverable", other)
    return [pk for pk, *texts in told if any(wanted in _plain(text) for text in texts)]


def _plain(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in apart if not unicodedata.combining(letter)).split())


def _of_employees(party: Party) -> QuerySet[HandOff]:
    rows: QuerySet[HandOff] = HandOff.objects.filter(_CONFIRMABLE, Q(supplier=party) | Q(customer=party))
    return rows.order_by("pk")


def _given_volumes(suppliers: Collection[int]) -> Mapping[int, float]:
    """Number of a supplier -> the volume of everything it gives, ``_LARGEST_ADDED`` or more where that is not known."""
    rows = HandOff.objects.filter(supplier__in=suppliers).order_by().values("supplier")
    sums = rows.annotate(total=Sum(Least("volume", _LARGEST_ADDED)))
    return dict(sums.values_list("supplier", "total"))


def _share(volume: float, total: float | None) -> float | None:
    if total is None or not 0 < total < _LARGEST_ADDED:
        return None
    return min(volume / total, 1.0)
