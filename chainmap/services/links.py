"""Personal links: a way in without an account, to one person's own ballot in one round and nothing else.

A link is a capability. Its token is known to its mail alone: the database keeps a hash. Every link that does not work
is answered alike, whatever the reason. The first answer gives the link to one browser; any other browser can have a
new link mailed to the person it belongs to.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import OperationalError, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from chainmap.access import Operator, User, require
from chainmap.domain.roles import Action
from chainmap.models import Ask, Link, Membership, Party, Round
from chainmap.services.answers import RoundClosed, is_taking_answers
from chainmap.services.background import run_soon
from chainmap.services.ballots import BallotKey, Busy, unanswered_raters
from chainmap.services.limits import LINK_CODE, LINK_MAIL, LINK_REQUEST, TooMany, attempt_forgive, attempt_require
from chainmap.services.mails import MailedLink, MailKind, mail_address, mail_compose, mails_send

__all__ = ["RoundClosed", "TooMany"]  # what the functions here raise, from one place

LONGEST_LIFE = timedelta(days=14)
MOST_REMINDERS = 2
#: Crockford's: no letter that looks like a digit.
_CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 10
_LOOK_ALIKES = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\t")
_SECRET = re.compile(r"[\w-]{43}", re.ASCII)
#: Mails are made a moment after the answer, so that its time does not tell whether there was one to make.
_MOMENT = 1.0


class LinkDead(Exception):  # noqa: N818 - what it is, not a mistake
    """No link: ended, replaced, of a closed round, never made or not even a token. The reason is never told."""


class LinkElsewhere(Exception):  # noqa: N818
    """The link belongs to another browser since its first answer."""


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A link that works. ``bound``: it belongs to one browser, see :func:`link_check_browser`."""

    key: BallotKey
    bound: bool
    browser_hash: str = field(repr=False)
    pk: int = field(repr=False)
    token_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class MailCount:
    """How many mails left, how many did not, and how many people have no address."""

    sent: int
    failed: int
    without_address: int


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed for one person: whose slip it is, the short code (XXXXX-XXXXX), and when it ends."""

    name: str
    code: str = field(repr=False)
    expires_at: datetime


def link_issue(*, round: Round, rater: Party) -> MailedLink:
    """A new link for one asked person: token, short code (XXXXX-XXXXX) and end, known from now on to the caller alone.

    An earlier link of the person in this round is dead. Raises RoundClosed when the round takes no answers.
    """
    link = _link_make(round)
    _link_keep(round, rater, link)
    return link


def link_find(*, token: str) -> FoundLink:
    """The ballot a token opens. Looking changes nothing, however often. Raises LinkDead."""
    link = _working().filter(token_hash=_digest(token)).first()
    if link is None:
        raise LinkDead
    key = BallotKey(link.round, link.rater)
    return FoundLink(key, bool(link.browser_hash), link.browser_hash, link.pk, link.token_hash)


def browser_secret_new() -> str:
    """What a browser is known by: 256 random bits, for a cookie set at the first look."""
    return secrets.token_urlsafe(32)


def link_check_browser(*, found: FoundLink, browser: str | None) -> bool:
    """Whether this browser may use the link: anyone until the first answer, then only the one that gave it."""
    return not found.bound or (browser is not None and constant_time_compare(_digest(browser), found.browser_hash))


def link_bind(*, found: FoundLink, browser: str | None) -> str:
    """Give the link to this browser before an answer is saved; the secret the browser has to keep.

    The same browser may do so again, also twice at the same moment. A browser without a secret gets a new one. Raises
    LinkElsewhere when the link belongs to another, LinkDead when it was replaced in between, Busy.
    """
    secret = browser if browser is not None and _SECRET.fullmatch(browser) else browser_secret_new()
    try:
        held = _bind(found, _digest(secret))
    except OperationalError as error:
        raise Busy from error
    if held and not constant_time_compare(_digest(secret), held):
        raise LinkElsewhere
    return secret


def link_code_redeem(*, code: str, address: str) -> str:
    """The token of a new link for a short code, which is spent by it, as is the earlier link.

    Small letters, blanks, hyphens and look-alikes (O for 0) are understood. Raises TooMany after 10 wrong codes a
    minute from ``address`` (of the network), LinkDead for a code that does not work.
    """
    attempt_require(limit=LINK_CODE, who=address)
    code_hash = _code_digest(code)
    link = _working().filter(code_hash=code_hash).first()
    if link is None:
        raise LinkDead
    token = secrets.token_urlsafe(32)
    # of many at the same moment one finds the code still there
    spent = Link.objects.filter(pk=link.pk, code_hash=code_hash).update(
        token_hash=_digest(token), code_hash=_code_digest(_code_make()), browser_hash=""
    )
    if not spent:
        raise LinkDead
    attempt_forgive(limit=LINK_CODE, who=address)
    return token


def link_request(*, email: str, address: str) -> None:
    """Mail a new link for every open round in which somebody with this mail address is asked.

    Answer, work and time are the same for an address nobody has: whatever differs happens a moment later, in the
    background. Raises TooMany after 30 an hour from ``address`` (of the network), or 5 an hour for one mail address,
    known or not.
    """
    wanted = email.strip().encode("utf-8", "replace").decode()
    attempt_require(limit=LINK_REQUEST, who=address)
    attempt_require(limit=LINK_MAIL, who=wanted.casefold())
    run_soon(partial(_mail_again, wanted), seconds=_MOMENT)


def link_renew(*, token: str, address: str) -> None:
    """Mail a new link to the person a link belongs to, for one that is opened in another browser.

    Nothing tells whether the person has a mail address. Raises LinkDead; TooMany as :func:`link_request`.
    """
    attempt_require(limit=LINK_REQUEST, who=address)
    key = link_find(token=token).key
    attempt_require(limit=LINK_MAIL, who=key.rater.email.casefold() or f"party {key.rater.pk}")
    run_soon(partial(_mail, key.round, [key.rater], MailKind.AGAIN), seconds=_MOMENT)


def links_mail(*, round: Round) -> MailCount:
    """Invite everybody asked who holds no working link: all of them at opening, later those no mail could reach.

    A link is kept only once its mail has left, so a mail server that fails costs nothing: call again. People who share
    an address get a mail each.
    """
    held = _working().filter(round=round).values("rater_id")
    asked = Party.objects.filter(asks__round=round).exclude(pk__in=held).distinct().order_by("pk")
    return _mail(_fresh(round), list(asked), MailKind.INVITATION)


def links_mail_again(*, actor: User | Operator, round: Round) -> MailCount:
    """The administrator's "send again": :func:`links_mail` for whoever may manage rounds. Raises RoundClosed."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    if not is_taking_answers(_fresh(round), timezone.now()):
        raise RoundClosed
    return links_mail(round=round)


def slips_issue(*, actor: User | Operator, round: Round) -> tuple[Slip, ...]:
    """A slip of paper for everybody asked who has no other way in: no mail address, no account, no link so far.

    Of each link only the short code is told; its token is thrown away, so that the way in has to be typed, and the
    paper is worthless once its owner did (:func:`link_code_redeem`). A slip is given out once per person and opening of
    the round and never again: a slip made anew would open the answers given so far to whoever made it. For the same
    reason there are none where :func:`carries_answers_on`. By name. Raises PermissionDenied, RoundClosed.
    """
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=round.pk)
        if not is_taking_answers(held, timezone.now()):
            raise RoundClosed
        made = [(rater, _link_make(held)) for rater in _without_a_way_in(held)]
        rows = [Link(round=held, rater=rater, **_row(link)) for rater, link in made]
        # whoever was given a link a moment ago keeps that one, and the slip made here is not told
        Link.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        kept = set(Link.objects.filter(round=held).values_list("code_hash", flat=True))
    return tuple(
        Slip(rater.name, link.code, link.expires_at) for rater, link in made if _code_digest(link.code) in kept
    )


def slips_count(*, actor: User | Operator, round: Round) -> int:
    """How many slips :func:`slips_issue` would give out now; 0 for a round that takes no answers."""
    require(actor, Action.MANAGE_ROUNDS, round.organization)
    return _without_a_way_in(round).count() if is_taking_answers(round, timezone.now()) else 0


def carries_answers_on(round: Round) -> bool:
    """Opened again with the answers there were: a link made now may open some. Anonymous rounds start from blank."""
    return round.version > 1 and round.mode != Round.Mode.ANONYMOUS


def reminders_mail(*, round: Round) -> int:
    """Remind those with unanswered questions, with a new link; how many mails left.

    Counts itself in ``round.reminders_sent``; 0 when two were sent, or another process sends this one. A reminder of
    which no mail could leave is not counted.
    """
    this_one = Round.objects.filter(pk=round.pk, state=Round.State.OPEN, reminders_sent=round.reminders_sent)
    if not this_one.filter(reminders_sent__lt=MOST_REMINDERS).update(reminders_sent=F("reminders_sent") + 1):
        return 0
    fresh = _fresh(round)
    count = _mail(fresh, unanswered_raters(round=fresh), MailKind.REMINDER)
    if count.failed and not count.sent:
        Round.objects.filter(pk=round.pk, reminders_sent=fresh.reminders_sent).update(
            reminders_sent=F("reminders_sent") - 1
        )
    return count.sent


def _mail_again(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        return
    asked = Ask.objects.filter(rater__email__iexact=email, round__state=Round.State.OPEN)
    for round_pk, rater_pk in sorted(set(asked.values_list("round_id", "rater_id"))):
        rater = Party.objects.get(pk=rater_pk)
        _mail(Round.objects.select_related("organization").get(pk=round_pk), [rater], MailKind.AGAIN)


def _mail(round: Round, raters: Sequence[Party], kind: MailKind) -> MailCount:
    """Mail each rater a new link and keep those that left; none once the round takes no answers."""
    reached = [rater for rater in raters if mail_address(rater)]
    sent = failed = 0
    if is_taking_answers(round, timezone.now()):
        made = [(rater, _link_make(round)) for rater in reached]
        messages = (mail_compose(kind=kind, round=round, rater=rater, link=link) for rater, link in made)
        try:
            for (rater, link), left in zip(made, mails_send(messages=messages), strict=True):
                if left:
                    _link_keep(round, rater, link)
                sent, failed = sent + left, failed + (not left)
        except RoundClosed:
            pass  # it closed in between: the rest has nothing to answer any more
    return MailCount(sent, failed, len(raters) - len(reached))


def _fresh(round: Round) -> Round:
    return Round.objects.select_related("organization").get(pk=round.pk)


def _working() -> QuerySet[Link]:
    """Links that open something now. Who left the organization, or whose account was ended, is not let in."""
    now = timezone.now()
    member = Membership.objects.filter(
        user=OuterRef("rater__user"), organization=OuterRef("round__organization"), user__is_active=True
    )
    return (
        Link.objects.filter(expires_at__gt=now, round__state=Round.State.OPEN)
        .filter(Q(round__closes_at__isnull=True) | Q(round__closes_at__gt=now))
        .filter(Q(rater__user__isnull=True) | Exists(member))
        .select_related("round__organization", "rater")
    )


def _bind(found: FoundLink, browser_hash: str) -> str:
    """Whose browser the link was bound to already; "" where it is bound to this one now. Raises LinkDead."""
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=found.key.round.pk)
        same = Link.objects.filter(pk=found.pk, token_hash=found.token_hash)
        held = same.values_list("browser_hash", flat=True).first()
        if held is None:
            raise LinkDead
        if not held:
            # all links of the round are written in one go: else the database would know which was used when
            mine = When(pk=found.pk, then=Value(browser_hash))
            links = Link.objects.filter(round=found.key.round)
            links.update(browser_hash=Case(mine, default=F("browser_hash")))
    return held


def _without_a_way_in(round: Round) -> QuerySet[Party]:
    """Who could be given a slip, by name."""
    if carries_answers_on(round):
        return Party.objects.none()
    asked = Party.objects.filter(pk__in=Ask.objects.filter(round=round).values("rater_id"))
    held = Link.objects.filter(round=round).values("rater_id")
    return asked.filter(email="", user__isnull=True).exclude(pk__in=held).order_by("name", "pk")


def _link_make(round: Round) -> MailedLink:
    end = timezone.now() + LONGEST_LIFE
    code = _code_make()
    return MailedLink(
        token=secrets.token_urlsafe(32),
        code=f"{code[:5]}-{code[5:]}",
        expires_at=end if round.closes_at is None else min(end, round.closes_at),
    )


def _link_keep(round: Round, rater: Party, link: MailedLink) -> None:
    with transaction.atomic():
        held = Round.objects.select_for_update().get(pk=round.pk)
        if not is_taking_answers(held, timezone.now()):
            raise RoundClosed
        Link.objects.update_or_create(round=held, rater=rater, defaults=_row(link))


def _row(link: MailedLink) -> dict[str, Any]:
    """What is kept of a link that is new, and of nobody's browser yet."""
    return {
        "token_hash": _digest(link.token),
        "code_hash": _code_digest(link.code),
        "expires_at": link.expires_at,
        "browser_hash": "",
    }


def _digest(secret: str) -> str:
    """Enough for 256 random bits: nobody can try them all."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _code_make() -> str:
    return "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))


def _code_digest(code: str) -> str:
    """Keyed, because whoever has a copy of the database could try all 50 bits."""
    typed = code[:100].upper().translate(_LOOK_ALIKES)
    return salted_hmac("chainmap.links.code", typed.encode("utf-8", "surrogatepass"), algorithm="sha256").hexdigest()
