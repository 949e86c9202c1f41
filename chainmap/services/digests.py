"""The digest: one mail a day or a week to whoever has news they did not look at, and the choice how often.

A mail says who did what, never what was written, handed over or scored; it goes to whoever could read the same on the
page, so to nobody without an account in the organization. Each has a link by which its reader changes the choice
without signing in. The link is the right to that one choice and to nothing else; it ends with the secret key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.access import User
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import MATRIX, Action
from chainmap.exports.plain_text import clean_text
from chainmap.models import MailChoice, Membership, Notification, Organization, Party
from chainmap.services.mails import PROGRAM_HEADERS, mail_address, mails_send
from chainmap.services.news import NEWS_RELATED, news_words, unseen_only
from chainmap.services.own import OwnProblem, own_party

#: News are told by mail once they were not looked at for so long.
PATIENCE = timedelta(minutes=15)
WEEK = timedelta(days=7)
#: More lines than this nobody reads; the rest is counted.
MOST_LINES = 20
_BATCH = 100
_Digest = MailChoice.Digest


class ChoiceDead(Exception):  # noqa: N818 - what it is, not a mistake
    """No link to a choice: not a token, of another secret key, or of somebody who is gone. Which, is never told."""


@dataclass(frozen=True, slots=True)
class DigestChoice:
    """How often one person wants the digest. ``address``: where it goes; None when there is no mail address."""

    digest: str
    organization: str
    address: str | None


@dataclass(frozen=True, slots=True)
class _Mail:
    """One digest that is about to leave. ``before``: the day the last one left."""

    party: Party
    digest: str
    before: date | None
    news: tuple[int, ...]
    message: EmailMessage


# ---- sending


def digests_send(*, now: datetime) -> int:
    """Mail everybody whose digest is due what they have not looked at for 15 minutes; how many mails left.

    Daily: at most one a day; weekly: at most one in seven days. Safe to run at any time and twice at once: a day is
    taken before its mail leaves, and given back when it does not, so that the next call tries again. What a mail told
    counts as mailed right after that mail left.
    """
    _settle(now)
    under_way: list[_Mail] = []
    sent = 0
    for left in mails_send(messages=_messages(now, under_way)):
        mail = under_way.pop()
        if left:
            Notification.objects.filter(pk__in=mail.news).update(is_mailed=True)
        else:
            MailChoice.objects.filter(party=mail.party).update(last_sent_on=mail.before)
        sent += left
    return sent


def _messages(now: datetime, under_way: list[_Mail]) -> Iterator[EmailMessage]:
    """Message after message; what it is about stands in ``under_way`` while it is sent."""
    today = timezone.localdate(now)
    for party in _due_parties(now, today):
        mail = _compose(party, now)
        if mail is not None and _take_day(mail, today):
            under_way.append(mail)
            yield mail.message


def _due_parties(now: datetime, today: date) -> Iterator[Party]:
    """In batches, each read when its turn comes: mails may take minutes."""
    daily = Q(mail_choice__digest=_Digest.DAILY) & Q(mail_choice__last_sent_on__lt=today)
    weekly = Q(mail_choice__digest=_Digest.WEEKLY) & Q(mail_choice__last_sent_on__lte=today - WEEK)
    first = Q(mail_choice__isnull=True) | Q(mail_choice__last_sent_on__isnull=True)
    due = (
        _reachable()
        .filter(Exists(_waiting(now).filter(party=OuterRef("pk"))))
        .filter(first | daily | weekly)
        .exclude(mail_choice__digest=_Digest.NEVER)
        .select_related("organization")
        .order_by("pk")
    )
    last = 0
    while batch := list(due.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1].pk
        yield from batch


def _waiting(now: datetime) -> QuerySet[Notification]:
    """News that are still to be told by mail."""
    return Notification.objects.filter(unseen_only(now), is_mailed=False, made_at__lte=now - PATIENCE)


def _reachable() -> QuerySet[Party]:
    """People with a mail address who could read the same news on their page."""
    member = Membership.objects.filter(
        user=OuterRef("user"),
        user__is_active=True,
        organization=OuterRef("organization"),
        role__in=MATRIX[Action.SEE_OWN_PAGE],
    )
    employees = Party.objects.filter(kind=PartyKind.EMPLOYEE.value, left_on__isnull=True)
    return employees.exclude(email="").filter(Exists(member))


def _settle(now: datetime) -> None:
    """Count as mailed what no mail will ever tell, so that it is not looked through again every minute."""
    unwanted = Q(party__mail_choice__digest=_Digest.NEVER) | ~Q(party__in=_reachable().values("pk"))
    old = Notification.objects.filter(is_mailed=False, made_at__lte=now - PATIENCE)
    old.filter(Q(is_seen=True) | unwanted).update(is_mailed=True)


def _compose(party: Party, now: datetime) -> _Mail | None:
    """The digest of one person; None where there is nothing to tell any more, or no address a mail can go to."""
    rows = list(_waiting(now).filter(party=party).select_related(*NEWS_RELATED).order_by("-made_at", "-pk"))
    if not rows or mail_address(party) is None:
        return None
    choice = MailChoice.objects.filter(party=party).first() or MailChoice(party=party)
    said = Counter(news_words(row, now, deliverable=False) for row in rows)  # in the order of the rows
    choose = settings.CHAINMAP_URL + reverse("chainmap:mail_choice", args=[choice_token(party=party)])
    values = {"organization": clean_text(party.organization.name), "count": len(rows)}
    words = values | {
        "reader": clean_text(party.name),
        "lines": [_line(sentence, times) for sentence, times in list(said.items())[:MOST_LINES]],
        "more": sum(list(said.values())[MOST_LINES:]),
        "news": settings.CHAINMAP_URL + reverse("chainmap:news", args=[party.organization_id]),
        "choose": choose,
    }
    subject = ngettext(
        "%(organization)s: one thing is new for you", "%(organization)s: %(count)d things are new for you", len(rows)
    )
    one_click = {"List-Unsubscribe": f"<{choose}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMessage(
        subject=clean_text(subject % values, limit=200),
        body=render_to_string("chainmap/mail/digest.txt", words).strip() + "\n",
        to=[party.email],
        headers=PROGRAM_HEADERS | one_click,
    )
    return _Mail(party, choice.digest, choice.last_sent_on, tuple(row.pk for row in rows), message)


def _line(sentence: str, times: int) -> str:
    if times == 1:
        return sentence
    return _("%(sentence)s (%(times)d times)") % {"sentence": sentence, "times": times}


def _take_day(mail: _Mail, today: date) -> bool:
    """Whether this call is the one that sends today's digest of the person, whose choice has not changed since."""
    MailChoice.objects.get_or_create(party=mail.party)
    same = MailChoice.objects.filter(party=mail.party, digest=mail.digest, last_sent_on=mail.before)
    return same.update(last_sent_on=today) == 1


# ---- the choice


def choice_token(*, party: Party) -> str:
    """What the link of a person's mails is made of; the same in each, until the secret key or the person changes."""
    return _signer().sign_object([party.pk, party.user_id])


def choice_find(*, token: str) -> DigestChoice:
    """The choice a link of a mail is about, with the name of the organization and nothing else. Raises ChoiceDead."""
    party = _party_of(token)
    return DigestChoice(_digest_of(party), party.organization.name, None)


def choice_set(*, token: str, digest: str) -> DigestChoice:
    """Change how often by the link of a mail. Raises ChoiceDead; OwnProblem for a choice that is none."""
    party = _party_of(token)
    _keep(party, digest)
    return DigestChoice(digest, party.organization.name, None)


def digest_find(*, user: User, organization: Organization) -> DigestChoice:
    """How often the user wants the digest. Raises NotFound for whoever is no part of the chain."""
    party = own_party(user=user, organization=organization)
    return DigestChoice(_digest_of(party), organization.name, mail_address(party))


def digest_set(*, user: User, organization: Organization, digest: str) -> None:
    """Change it. Raises NotFound as :func:`digest_find`, OwnProblem for a choice that is none."""
    _keep(own_party(user=user, organization=organization), digest)


def _signer() -> Signer:
    return Signer(salt="chainmap.mail.choice")


def _party_of(token: str) -> Party:
    """Raises ChoiceDead."""
    try:
        key, user = _signer().unsign_object(token)
    except (BadSignature, TypeError, ValueError):
        raise ChoiceDead from None
    found = Party.objects.filter(pk=key).select_related("organization").first()
    if found is None or found.user_id != user:  # the place is another person's now
        raise ChoiceDead
    return found


def _digest_of(party: Party) -> str:
    chosen = MailChoice.objects.filter(party=party).values_list("digest", flat=True).first()
    return chosen or _Digest.DAILY.value


def _keep(party: Party, digest: str) -> None:
    if digest not in _Digest.values:
        raise OwnProblem("digest", _("Choose one of the three: once a day, once a week, or never."), "digest")
    with transaction.atomic():
        MailChoice.objects.update_or_create(party=party, defaults={"digest": digest})
