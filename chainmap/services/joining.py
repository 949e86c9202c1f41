"""Coming into a workshop by its short code, with or without an account, and being known by one's phone from then on.

A phone holds a secret of 256 random bits, of which only a hash is stored. In an anonymous workshop nothing else is: no
name, no place in the chain, no account. In an open one a person may hold several phones, and an account proves who it
is: it takes its place from whoever only said to be there, inherits nothing of what that one said, and shares no phone
with anybody. Between phones without an account the second of a place waits until the coach lets it in.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require, roles_of
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.domain.texts import TextCode, TextFault, read_text
from chainmap.exports.plain_text import clean_text
from chainmap.models import Entry, Participant, Party, Phone, Workshop
from chainmap.services.journal import journal_empty
from chainmap.services.limits import ROOM_CODE, ROOM_PHONES, attempt_require
from chainmap.services.links import LinkDead
from chainmap.services.workshops import WorkshopProblem, workshop_held, workshop_touch

__all__ = ["LinkDead"]  # what the functions here raise, from one place

LONGEST_NAME = 60
#: More than this no room holds.
MOST_PARTICIPANTS = 1000
#: Phones that wait for one place.
MOST_WAITING = 5
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{6}", re.ASCII)
_LOOK_ALIKES = str.maketrans("OIL", "011", " -\u2010\u2011\u2013\t")
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)
#: Content of an entry in which its owner said nothing: somebody else named them, and they were asked.
ASKED_ALONE = "{}"
_MEMO = signing.Signer(salt="chainmap.room.left")


@dataclass(frozen=True, slots=True)
class JoinOffer:
    """A workshop that can be joined. ``people``: (number, name, team) to choose oneself from, by name, in an open one.

    ``known``: the name the reader's account says, "" without an account of this organization.
    """

    workshop: Workshop
    people: tuple[tuple[int, str, str], ...]
    known: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody is in, or waits for the coach. ``token`` is for the phone alone."""

    token: str = field(repr=False)
    participant: Participant
    is_waiting: bool
    phone: int


@dataclass(frozen=True, slots=True)
class Room:
    """The workshop as one phone stands in it. ``token``: the phone's own secret, for what is said anonymously."""

    workshop: Workshop
    participant: Participant
    phone: Phone
    token: str = field(repr=False)

    @property
    def is_waiting(self) -> bool:
        """Whether the coach has to let this phone in first."""
        return not self.phone.is_let_in


@dataclass(frozen=True, slots=True)
class _Before:
    """Who a browser was before it left: the participant, if any is left, and the place in the chain it said."""

    there: Participant | None
    party: Party | None


@dataclass(frozen=True, slots=True)
class _Claim:
    """What somebody without an account says when coming in."""

    name: str
    party: int | None
    was: _Before


def code_shown(code: str) -> str:
    """A code as people read it.

    >>> code_shown("ABC123"), code_shown("")
    ('ABC-123', '')
    """
    return f"{code[:3]}-{code[3:]}" if code else ""


def token_digest(token: str) -> str:
    """What is stored of a phone's secret: enough for 256 random bits, nobody can try them all."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def join_start(*, code: str, address: str, user: User | None = None) -> JoinOffer:
    """What a code leads to. Looking changes nothing. Small letters, blanks, hyphens and look-alikes are understood.

    Raises LinkDead for a code of no open workshop, TooMany for a wrong one after 10 of them a minute from ``address``
    (of the network).
    """
    workshop = _workshop_of(code, address)
    if workshop.is_anonymous:
        return JoinOffer(workshop, (), "")
    rows = _people(workshop).values_list("pk", "name", "team__name")
    return JoinOffer(workshop, tuple((pk, name, team or "") for pk, name, team in rows), _known_name(workshop, user))


def join(
    *,
    code: str,
    address: str,
    user: User | None = None,
    name: str = "",
    party: int | None = None,
    token: str | None = None,
    memo: str | None = None,
) -> Joined:
    """Come in. The same browser (``token``: what it holds from before) and the same account are the same participant.

    ``party``: who somebody without an account says to be in the chain; ``memo``: what :func:`leave` gave this browser.
    Raises LinkDead and TooMany as :func:`join_start`, TooMany for too many new phones a minute, and WorkshopProblem for
    a name that cannot be, for a party that is nobody here or somebody with an account, and in a full room.
    """
    workshop = _workshop_of(code, address)
    said = "" if workshop.is_anonymous else _name(name)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.state != Workshop.State.OPEN or held.code != workshop.code:
            raise LinkDead
        again = _phone_of(held, token)
        if again is not None and token is not None:
            return Joined(token, again.participant, not again.is_let_in, again.pk)
        if held.participants.count() >= MOST_PARTICIPANTS:
            raise WorkshopProblem("full", _("This room is full. Ask your coach."))
        attempt_require(limit=ROOM_PHONES, who=f"{held.pk} {address}")
        participant, is_let_in = _participant(held, user, _Claim(said, party, _before(held, memo)))
        secret = secrets.token_urlsafe(32)
        phone = Phone.objects.create(participant=participant, token_hash=token_digest(secret), is_let_in=is_let_in)
    if held.is_anonymous:
        journal_empty(wait=False)  # it would keep the order in which phones came in
    return Joined(secret, participant, not is_let_in, phone.pk)


def participant_of(*, workshop: int, token: str | None) -> Room:
    """Where a phone stands, let in or waiting, whatever the state of the workshop. One query.

    Raises LinkDead for a phone this workshop does not know, or no more.
    """
    phone = None
    if token is not None and _TOKEN.fullmatch(token):
        rows = Phone.objects.select_related(
            "participant__workshop__organization", "participant__workshop__current", "participant__party"
        )
        phone = rows.filter(participant__workshop_id=workshop, token_hash=token_digest(token)).first()
    if phone is None or token is None:
        raise LinkDead
    return Room(phone.participant.workshop, phone.participant, phone, token)


def leave(*, room: Room) -> str:
    """Forget this phone, and in an open workshop its participant where nothing is left that they said or hold.

    Without names the participant stays, of whom nothing is known: how many joined only grows, so that nobody makes a
    room look smaller than the number that answered. The answer is for the browser to keep, so that it comes again as
    the one it was and no other; "" where there is nothing to keep.
    """
    with transaction.atomic():
        held = workshop_held(room.workshop)
        Phone.objects.filter(pk=room.phone.pk).delete()
        if held.is_anonymous:
            return ""
        _forget_if_nothing_is_left(room.participant.pk)
    who = room.participant
    if room.is_waiting or who.user_id is not None:
        return ""
    return _MEMO.sign(f"{held.pk}.{who.pk}.{who.party_id or who.said_party_id or 0}")


def phones_end(*, phones: Iterable[int]) -> None:
    """The phones of an account end with its session. Phones of nobody in particular stay."""
    Phone.objects.filter(pk__in=list(phones), participant__user__isnull=False).delete()


def phone_is_here(*, workshop: Workshop, phone: int) -> bool:
    """Whether the workshop knows a phone of this number."""
    return Phone.objects.filter(pk=phone, participant__workshop=workshop).exists()


def phone_allow(*, actor: User | Operator, workshop: Workshop, phone: int) -> None:
    """Let a waiting phone in: it has all of its participant's answers from now on. One that is in stays in.

    Raises NotFound for a phone of another workshop, one that left, and one that says to be somebody with an account.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        rows = Phone.objects.filter(pk=phone, participant__workshop=held)
        at_a_place = Participant.objects.filter(workshop=held, phones__in=rows, party__isnull=False)
        if rows.filter(is_let_in=False, participant__user__isnull=False).exists() or not rows.update(is_let_in=True):
            raise NotFound
        at_a_place.update(said_party=None)
        workshop_touch(held)


def phone_refuse(*, actor: User | Operator, workshop: Workshop, phone: int) -> None:
    """Send a waiting phone away; it may join as somebody else. Raises NotFound where none waits under this number."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        found = Phone.objects.filter(pk=phone, participant__workshop=held, is_let_in=False).first()
        if found is None:
            raise NotFound
        found.delete()
        _forget_if_nothing_is_left(found.participant_id)
        workshop_touch(held)


def _workshop_of(code: str, address: str) -> Workshop:
    """The open workshop of a code. Only wrong ones are counted, and none of them shuts out who has the right one."""
    typed = code[:100].upper().translate(_LOOK_ALIKES)
    found = None
    if _CODE.fullmatch(typed):
        rows = Workshop.objects.select_related("organization", "team")
        found = rows.filter(code=typed, state=Workshop.State.OPEN).first()
    if found is None:
        attempt_require(limit=ROOM_CODE, who=address)
        raise LinkDead
    return found


def _before(workshop: Workshop, memo: str | None) -> _Before:
    """Who a browser was in this workshop before it left; nobody for what we did not sign."""
    try:
        room, who, party = (int(part) for part in _MEMO.unsign(memo or "").split("."))
    except (signing.BadSignature, ValueError):
        return _Before(None, None)
    if room != workshop.pk:
        return _Before(None, None)
    there = Participant.objects.filter(workshop=workshop, pk=who, user__isnull=True).first()
    return _Before(there, _people(workshop).filter(pk=party).first())


def _participant(workshop: Workshop, user: User | None, claim: _Claim) -> tuple[Participant, bool]:
    """Who comes in, and whether at once. The workshop's row is held: of two at the same moment one is first."""
    if workshop.is_anonymous:
        return Participant.objects.create(workshop=workshop), True
    if user is not None and roles_of(user, workshop.organization):
        return _with_account(workshop, user, claim.name), True
    was = claim.was
    if claim.party is None:
        return was.there or _again(workshop, claim), True
    who = _people(workshop).filter(pk=claim.party).first()
    if who is None:
        said = _("Nobody of this name is in the chain this workshop is about. Choose a name of the list, or leave it.")
        raise WorkshopProblem("nobody", said, "party")
    there = Participant.objects.filter(workshop=workshop, party=who).first()
    if there is not None and there == was.there:
        return there, True
    if there is None and was.party in (None, who):
        return _placed(workshop, was.there, who, claim.name), True
    if there is not None:
        return _claimed(there, who, was.party), False
    there = _placed(workshop, None, who, claim.name)
    there.said_party = was.party
    there.save(update_fields=["said_party"])
    return there, False


def _again(workshop: Workshop, claim: _Claim) -> Participant:
    """Somebody who says no place, and has the one they said before where it is still free."""
    said = claim.was.party
    if said is not None and not Participant.objects.filter(workshop=workshop, party=said).exists():
        return _placed(workshop, None, said, claim.name)
    return Participant.objects.create(workshop=workshop, name=claim.name, said_party=said)


def _placed(workshop: Workshop, there: Participant | None, who: Party, name: str) -> Participant:
    """Somebody at a free place: ``there``, who said none until now, or somebody new."""
    if there is None:
        return Participant.objects.create(workshop=workshop, party=who, name=name or who.name[:LONGEST_NAME])
    there.party, there.said_party = who, None
    there.save(update_fields=["party", "said_party"])
    return there


def _claimed(there: Participant, who: Party, was: Party | None) -> Participant:
    """Somebody whose place a phone without account says to be at, and may wait for. Raises WorkshopProblem.

    ``was``: whom the phone said to be before. That the place waits for one who was another is true of all its phones.
    """
    name = {"name": clean_text(who.name, LONGEST_NAME)}
    if there.user_id is not None:
        said = _(
            "%(name)s is in with an account. If that is you, sign in and come back here. If not, leave this empty: you"
            " are in under your name, without a place in the chain."
        )
        raise WorkshopProblem("account", said % name, "party")
    if Phone.objects.filter(participant=there, is_let_in=False).count() >= MOST_WAITING:
        said = _(
            "Several phones wait for %(name)s already. Ask your coach, or leave this empty: you are in under your name,"
            " without a place in the chain."
        )
        raise WorkshopProblem("waiting", said % name, "party")
    if there.said_party_id is not None and was in (None, who):
        there.said_party = None
        there.save(update_fields=["said_party"])
    return there


def _with_account(workshop: Workshop, user: User, name: str) -> Participant:
    """The participant of an account, new where there is none; whoever is at the account's place without it loses it."""
    there = Participant.objects.filter(workshop=workshop, user__pk=user.pk or 0).first()
    if there is not None:
        return there
    own = Party.objects.filter(organization=workshop.organization, user__pk=user.pk or 0).first()
    if own is not None:
        for other in Participant.objects.filter(workshop=workshop, party=own):
            place_lose(other)
    known = name or (own.name if own is not None else _name_of(user))[:LONGEST_NAME]
    return Participant.objects.create(workshop=workshop, user_id=user.pk, party=own, name=known)


def place_lose(participant: Participant) -> None:
    """Somebody stays under their name, without their place, inside the caller's transaction, which holds the workshop.

    What they rated there as the receiving side goes, and the phones that wait for the place. Nothing becomes anybody's.
    """
    Entry.objects.filter(participant=participant, exercise__kind=Kind.RATE.value).delete()
    Phone.objects.filter(participant=participant, is_let_in=False).delete()
    participant.said_party, participant.party = participant.party, None
    participant.save(update_fields=["party", "said_party"])


def _people(workshop: Workshop) -> QuerySet[Party]:
    """Whom a participant can be: people of the team, or of the organization, who did not leave."""
    rows = Party.objects.filter(
        organization=workshop.organization_id, kind=PartyKind.EMPLOYEE.value, left_on__isnull=True
    )
    return (rows.filter(team=workshop.team_id) if workshop.team_id else rows).order_by("name", "pk")


def _phone_of(workshop: Workshop, token: str | None) -> Phone | None:
    if token is None or not _TOKEN.fullmatch(token):
        return None
    rows = Phone.objects.select_related("participant").filter(participant__workshop=workshop)
    return rows.filter(token_hash=token_digest(token)).first()


def _forget_if_nothing_is_left(participant: int) -> None:
    rows = Participant.objects.filter(pk=participant, is_invented=False)
    said = Entry.objects.filter(participant=participant).exclude(content=ASKED_ALONE)
    if rows.filter(phones__isnull=True).exists() and not said.exists():
        rows.delete()


def _known_name(workshop: Workshop, user: User | None) -> str:
    if user is None or not user.is_authenticated or not roles_of(user, workshop.organization):
        return ""
    own = Party.objects.filter(organization=workshop.organization, user__pk=user.pk).first()
    return own.name if own is not None else _name_of(user)


def _name_of(user: User) -> str:
    full = getattr(user, "get_full_name", str)()
    return str(full or user.get_username())


def _name(value: str) -> str:
    """A name as it is kept: one line without what turns or paints over its neighbours."""
    try:
        return read_text(value, LONGEST_NAME, one_line=True)
    except TextFault as fault:
        said = _("This name has a character that cannot be shown. Take it out and send it again.")
        if fault.code == TextCode.TOO_LONG:
            said = _("A name is at most %(limit)s characters long. A first name is enough.") % {"limit": LONGEST_NAME}
        raise WorkshopProblem(fault.code.value, said, "name") from None
