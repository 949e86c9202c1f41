"""What happened to a person, as they may see it: the list on their page, how many are new, and "all read".

News of a round says that the person is asked, from its opening until it takes no answers any more, whether they
answered or not. News that ask for something are new until they were read or what they ask for is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict, Unpack

from django.db import OperationalError, connection, transaction
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import User
from chainmap.domain.records import PartyKind
from chainmap.exports.news_words import NewsWords, news_label, news_sentence
from chainmap.models import Agreement, Conversation, Notification, Organization, Party, Round
from chainmap.models.keys import random_public_key
from chainmap.services.answers import is_taking_answers
from chainmap.services.bulk import rows_insert
from chainmap.services.mails import mail_address
from chainmap.services.news_overtaken import overtaken_news
from chainmap.services.own import OwnProblem, own_party

_Kind = Notification.Kind
_OF_MOMENTS: Final = {_Kind.MOMENT, _Kind.THANKED}
#: An address can have a number no row can have, which the database would not even look for.
_LARGEST_KEY: Final = 2**63 - 1
#: More news of one thing than anybody has.
_READ_AT_ONCE: Final = 500
#: Rows a piece of news is told from; read with it.
NEWS_RELATED: Final = (
    "party__organization",
    "by",
    "handoff__supplier",
    "handoff__customer",
    "agreement",
    "conversation",
    "story",
    "round",
)


@dataclass(frozen=True, slots=True)
class NewsAddress:
    """Where a piece of news leads: the name of an address of this site and what stands in its holes."""

    name: str
    args: tuple[int, ...]


class NewsPage(TypedDict, total=False):
    """Of what a page is: the number of one thing, or the moments, of a hand-off or of all."""

    handoff: int | None
    conversation: int | None
    agreement: int | None
    story: int | None
    round: int | None
    moments: bool


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One piece of news. ``address`` None: there is nothing (any more) that the reader could open."""

    pk: int
    kind: str
    sentence: str
    label: str  # of the link to the address
    address: NewsAddress | None
    made_at: datetime
    is_seen: bool


@dataclass(frozen=True, slots=True)
class OwnLinks:
    """For whoever stands for a party: how many news they have not seen."""

    party: int
    unseen: int


def news_list(*, user: User, organization: Organization, offset: int = 0, limit: int = 25) -> list[NewsItem]:
    """The user's own news, those not seen first, each half newest first. Three queries.

    Raises NotFound for whoever is no part of the chain.
    """
    party = own_party(user=user, organization=organization)
    now = timezone.now()
    is_old = Case(When(unseen_only(now), then=Value(False)), default=Value(True), output_field=BooleanField())
    rows = (
        _own(user, organization)
        .annotate(is_old=is_old, is_overtaken=overtaken_news())
        .select_related(*NEWS_RELATED)
        .order_by("is_old", "-made_at", "-pk")
    )
    return [_item(row, party, now) for row in rows[offset : offset + limit]]


def news_total(*, user: User, organization: Organization) -> int:
    """How many news the user has in all; 0 for a stranger."""
    return _own(user, organization).count()


def news_count(*, user: User, organization: Organization) -> int:
    """How many news the user has not seen; 0 for a stranger. One query."""
    return _own(user, organization).filter(unseen_only(timezone.now())).count()


def news_seen(*, user: User, organization: Organization, upto: int | datetime | None) -> int:
    """Mark what was told until ``upto`` as seen: a point in time, or the number of the newest of the user's own news
    that was shown, so that what came after it stays new. How many were marked.

    Raises NotFound for whoever is no part of the chain, OwnProblem for a number that is none of their news.
    """
    own_party(user=user, organization=organization)
    with transaction.atomic():
        rows = _own(user, organization)
        if not isinstance(upto, datetime):
            shown = None if upto is None else rows.filter(pk=upto).values_list("made_at", flat=True).first()
            if shown is None:
                raise OwnProblem(
                    "upto", _("It was not said until where you have read. Open your news and press the button there.")
                )
            upto = shown
        return rows.filter(is_seen=False, made_at__lte=upto).update(is_seen=True)


def news_read(*, user: User, organization: Organization, **page: Unpack[NewsPage]) -> int:
    """Whoever opened the page of one thing has read what they were told of it; how many news that were.

    One of the five numbers says which page. A hand-off's: what is told of the hand-off itself, and its moments; with
    ``moments`` its moments alone, and without a number those of every hand-off. Nothing for a stranger. One query where
    nothing is new, so that no page waits to write; two otherwise. A database that is locked is no reason to show less:
    then the news stay new.
    """
    handoff, moments = page.get("handoff"), page.get("moments", False)
    about = {
        "conversation": page.get("conversation"),
        "agreement": page.get("agreement"),
        "story": page.get("story"),
        "round": page.get("round"),
    }
    shown = Q(**{name: number for name, number in about.items() if number is not None})
    if handoff is not None:
        shown &= Q(handoff=handoff, conversation=None, agreement=None)
    if moments:
        shown &= Q(kind__in=_OF_MOMENTS)
    if not shown:
        raise ValueError("news of what were read?")
    if any(number is not None and number > _LARGEST_KEY for number in (handoff, *about.values())):
        return 0
    rows = _own(user, organization).filter(shown, is_seen=False)
    keys = list(rows.values_list("pk", flat=True)[:_READ_AT_ONCE])
    if not keys:
        return 0
    try:
        with transaction.atomic():
            return Notification.objects.filter(pk__in=keys).update(is_seen=True)
    except OperationalError:
        return 0


def own_links_find(*, user: User, organization: Organization) -> OwnLinks | None:
    """What the head of every page shows to whoever stands for a party; None for everybody else. At most two queries."""
    if user.pk is None:
        return None
    found = Party.objects.visible_to(user).filter(organization=organization, user__pk=user.pk)
    party = found.values_list("pk", flat=True).first()
    return None if party is None else OwnLinks(party, news_count(user=user, organization=organization))


def news_of_round(*, round: Round) -> int:
    """Tell everybody asked in a round that they are; to how many. Call it inside the transaction that opens the round.

    Whoever has a mail address gets an invitation of its own, so that no digest repeats it. Those who were told and did
    not look yet are not told twice. Three queries, however many are asked.
    """
    told = Notification.objects.filter(kind=_Kind.ASKED, round=round, is_seen=False).values("party")
    asked = Party.objects.filter(asks__round=round, kind=PartyKind.EMPLOYEE.value, left_on__isnull=True)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = [
        (random_public_key(), party.pk, _Kind.ASKED.value, round.pk, now, False, mail_address(party) is not None)
        for party in asked.exclude(pk__in=told).distinct().order_by("pk")
    ]
    fields = ("id", "party", "kind", "round", "made_at", "is_seen", "is_mailed")
    rows_insert(model=Notification, fields=fields, rows=rows)
    return len(rows)


def unseen_only(now: datetime) -> Q:
    """News that are new: not seen, not overtaken, and of a round only while it takes answers."""
    open_round = Q(round__state=Round.State.OPEN) & (Q(round__closes_at__isnull=True) | Q(round__closes_at__gt=now))
    return Q(is_seen=False) & (~Q(kind=_Kind.ASKED) | open_round) & ~Q(overtaken_news())


def news_words(row: Notification, now: datetime, *, deliverable: bool = True, is_overtaken: bool = False) -> str:
    """The sentence of one row, read with :data:`NEWS_RELATED`. ``deliverable`` False: without what is handed over and
    without the title of a story. ``is_overtaken``: what it asks for is done."""
    side = _side(row, row.party)
    named = row.round.name if row.round else row.story.title if row.story and deliverable else ""
    return news_sentence(
        NewsWords(
            kind=row.kind,
            who=_who(row, side),
            side=side,
            deliverable=row.handoff.deliverable if row.handoff and deliverable else "",
            about="agreement" if row.agreement_id else "conversation" if row.conversation_id else "",
            name=named,
            organization=row.party.organization.name,
            is_over=_is_over(row, now),
            is_removed=row.handoff is not None and row.handoff.is_removed,
            is_done=is_overtaken,
        )
    )


def _own(user: User, organization: Organization) -> QuerySet[Notification]:
    return Notification.objects.visible_to(user).filter(party__organization=organization)


def _item(row: Notification, party: Party, now: datetime) -> NewsItem:
    is_overtaken = row.is_overtaken  # type: ignore[attr-defined]  # annotated
    return NewsItem(
        pk=row.pk,
        kind=row.kind,
        sentence=news_words(row, now, is_overtaken=is_overtaken),
        label=news_label("" if is_overtaken else row.kind),
        address=_address(row, party, now),
        made_at=row.made_at,
        is_seen=row.is_seen or is_overtaken or (row.kind == _Kind.ASKED and _is_over(row, now)),
    )


def _address(row: Notification, party: Party, now: datetime) -> NewsAddress | None:
    """What the news is about, where the reader may open it."""
    where = party.organization_id
    if row.round_id is not None:
        return NewsAddress("round" if _is_over(row, now) else "answer", (where, row.round_id))
    if row.story_id is not None:
        return NewsAddress("story", (where, row.story_id))
    if row.handoff is not None and not _side(row, party):
        return None  # it changed hands
    if row.handoff is not None and row.handoff.is_removed:
        return NewsAddress("handoff", (where, row.handoff.pk))  # says who took it out, and brings it back
    if row.agreement_id is not None:
        return NewsAddress("agreement", (where, row.agreement_id))
    if row.conversation_id is not None:
        return NewsAddress("talk", (where, row.conversation_id))
    if row.kind in _OF_MOMENTS:
        return NewsAddress("moments", (where,))
    return None if row.handoff is None else NewsAddress("handoff", (where, row.handoff.pk))


def _side(row: Notification, party: Party) -> str:
    """The reader's side of the hand-off; "" where it is none of theirs."""
    if row.handoff is None:
        return ""
    return {row.handoff.supplier_id: "supplier", row.handoff.customer_id: "customer"}.get(party.pk, "")


def _who(row: Notification, side: str) -> str:
    """Who did it; of what nobody did (an agreement is due) the other of the two."""
    if row.by is not None:
        return row.by.name
    if row.kind != _Kind.AGREEMENT_DUE or row.handoff is None or not side:
        return ""
    return row.handoff.customer.name if side == "supplier" else row.handoff.supplier.name


def _is_over(row: Notification, now: datetime) -> bool:
    """A round that takes no answers, or an agreement or a conversation that was taken back."""
    if row.round is not None:
        return not is_taking_answers(row.round, now)
    if row.agreement is not None:
        return row.agreement.state == Agreement.State.WITHDRAWN
    return row.conversation is not None and row.conversation.state == Conversation.State.WITHDRAWN
