"""Keeping what phones say in the running exercise: the same thing sent twice is kept once, the last word counts.

Until the reveal everybody may change or take back their own. Without names the row is found again by the phone's
secret alone, which is not stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import NotFound
from chainmap.domain.entry_reading import EntryErrors, EntryFault, EntryProblem
from chainmap.domain.exercise_entries import (
    AgreementEntry,
    ClientEntry,
    DrawEntry,
    MomentEntry,
    RateEntry,
    entry_from_json,
    entry_to_json,
    read_entry,
)
from chainmap.domain.exercise_entries import Entry as Said
from chainmap.domain.exercises import MOST_ENTRIES, takes_several
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.records import PartyKind
from chainmap.domain.workshop_chain import same_words
from chainmap.exports.exercise_words import entry_problem
from chainmap.models import Entry, Exercise, HandOff, Party, Workshop
from chainmap.services.exercise_asking import sides_ask
from chainmap.services.exercise_guests import person_of
from chainmap.services.exercise_rooms import (
    entries_of,
    mode_of,
    parties_by_words,
    slot_of,
    speaks_of,
    teller_of,
)
from chainmap.services.joining import Room
from chainmap.services.journal import journal_empty
from chainmap.services.questionnaires import questionnaire_find
from chainmap.services.workshop_drawn import drawn_to_rate

#: An agreement is due within two years.
FARTHEST = timedelta(days=731)
_KEPT, _KEPT_DIGITS = "kept-", 32
_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
Sided = TypeVar("Sided", DrawEntry, AgreementEntry)


class ExerciseClosed(Exception):  # noqa: N818 - what happened, not a mistake
    """Nothing is taken now; ``str()`` says what and why.

    ``code``: revealed, anew (it was written for another edition), not_running, locked, closed, waiting.
    """

    def __init__(self, code: str) -> None:
        super().__init__(_closed_sentence(code))
        self.code = code


class EntryRefused(Exception):  # noqa: N818 - said to people
    """What was sent cannot be kept; ``str()`` says what, why and what to do. ``field``: of the first problem."""

    def __init__(self, message: str, field: str | None, *, messages: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.field, self.messages = field, messages or (message,)


def entry_save(*, room: Room, exercise: int, key: str, data: Mapping[str, object], edition: int | None = None) -> Entry:
    """Keep what somebody says; ``key`` is the phone's own number of the entry, ``data`` holds JSON types.

    ``edition``: the one it was written for; None: whichever runs. Where one person says one thing only, the key does
    not matter: the last word counts. Raises NotFound for an exercise of another workshop, ExerciseClosed where nothing
    is taken now, EntryRefused with what is wrong.
    """
    with transaction.atomic():
        held = exercise_held(room, exercise, edition)
        kind = Kind(held.kind)
        said = _checked(room, held, _read(held, data))
        several = takes_several(kind, mode_of(held.workshop))
        place = handoff_key(said.handoff) if several and isinstance(said, RateEntry) else key
        row, slot = _row(room, held, place if several else None)
        content = entry_to_json(said)
        if row is None:
            row = _new(room, held, slot, content)
        elif row.content != content or row.is_taken_back:
            _ask_sides(room, held, row)
            row.content, row.is_taken_back = content, False
            row.version += 1
            row.save(update_fields=["content", "is_taken_back", "version"])
        _ask_sides(room, held, row)
    _forget_order(room)
    return row


def entry_take_back(*, room: Room, exercise: int, key: str, edition: int | None = None) -> bool:
    """Take back one's own entry before the reveal; False where there is none. Raises as :func:`entry_save`.

    What was said is gone at once; an empty row stays, by which other screens of its owner see that something changed.

    ``key`` as it was sent, as ``kept_key`` names it, or for a rating as ``handoff_key`` does; any where one person says
    one thing only.
    """
    with transaction.atomic():
        held = exercise_held(room, exercise, edition)
        several = takes_several(Kind(held.kind), mode_of(room.workshop))
        row, _slot = _row(room, held, key if several else None)
        if row is None or row.is_taken_back:
            return False
        _ask_sides(room, held, row)
        row.content, row.is_taken_back = "", True
        row.version += 1
        row.save(update_fields=["content", "is_taken_back", "version"])
    _forget_order(room)
    return True


def _ask_sides(room: Room, held: Exercise, row: Entry) -> None:
    """With names: the phones of those whom an agreement binds show it as it is now, and ask."""
    if held.kind == Kind.AGREEMENTS and not held.workshop.is_anonymous and row.content:
        said = entry_from_json(Kind.AGREEMENTS, row.content)
        if isinstance(said, AgreementEntry):
            sides_ask(exercise=held, said=said, but=person_of(room))


def _forget_order(room: Room) -> None:
    """Without names: the write-ahead log would keep the order in which people answered, and what they took back."""
    if room.workshop.is_anonymous:
        journal_empty(wait=False)


def exercise_held(room: Room, exercise: int, edition: int | None) -> Exercise:
    """The running exercise, held against a reveal that comes at the same moment, inside the caller's transaction."""
    rows = Exercise.objects.select_for_update(no_key=True, of=("self",)).select_related("workshop__organization")
    found = rows.filter(pk=exercise, workshop=room.workshop.pk).first()
    if found is None:
        raise NotFound
    workshop = found.workshop
    if room.is_waiting:
        raise ExerciseClosed("waiting")
    if workshop.state != Workshop.State.OPEN:
        raise ExerciseClosed("closed")
    if found.state != Exercise.State.RUNNING:
        is_over = found.state in (Exercise.State.REVEALED, Exercise.State.DONE)
        raise ExerciseClosed("revealed" if is_over else "not_running")
    if workshop.is_locked:
        raise ExerciseClosed("locked")
    if edition is not None and edition != found.edition:
        raise ExerciseClosed("anew")
    return found


def _read(held: Exercise, data: Mapping[str, object]) -> Said:
    organization, kind = held.workshop.organization, Kind(held.kind)
    asked = ORIENTATION
    if kind == Kind.ORIENTATION:
        asked = questionnaire_find(organization=organization, code=ORIENTATION.code).text
    try:
        return read_entry(kind, data, mode_of(held.workshop), questionnaire=asked)
    except EntryErrors as refused:
        said = tuple(entry_problem(problem, asked) for problem in refused.problems)
        raise EntryRefused(" ".join(said[:3]), refused.problems[0].field, messages=said) from None


def _checked(room: Room, held: Exercise, said: Said) -> Said:
    """The entry with names that mean somebody of the chain made keys. Raises EntryRefused for what is not there."""
    match said:
        case ClientEntry():
            return _with_party(room, said)
        case DrawEntry():
            drawn = _with_sides(room, said)
            _check_drawn(held, drawn)
            return drawn
        case AgreementEntry():
            _check_day(said.due_on)
            return said if held.workshop.is_anonymous else _with_sides(room, said)
        case RateEntry() | MomentEntry():
            if said.handoff is not None:
                _check_received(room, held, said.handoff)
    return said


def _with_party(room: Room, said: ClientEntry) -> ClientEntry:
    if said.party is not None:
        _check_party(room, said.party, "party")
        return said
    key = parties_by_words(room).get(same_words(said.words))
    return said if key is None else replace(said, party=key, words="")


def _with_sides(room: Room, said: Sided) -> Sided:
    known = parties_by_words(room)
    found: dict[str, int | None] = {}
    for side in ("supplier", "customer"):
        party, words = getattr(said, side), getattr(said, f"{side}_words")
        found[side] = known.get(same_words(words)) if party is None else party
        if party is not None:
            _check_party(room, party, side)
    if found["supplier"] is not None and found["supplier"] == found["customer"]:
        raise EntryRefused(entry_problem(EntryProblem("customer", EntryFault.SAME_SIDES)), "customer")
    words = {f"{side}_words": "" for side, party in found.items() if party is not None}
    return replace(said, **found, **words)  # type: ignore[arg-type]


def _check_drawn(held: Exercise, said: DrawEntry) -> None:
    if said.supplier is None:
        return
    rows = Party.objects.filter(organization=held.workshop.organization_id, pk=said.supplier)
    if rows.filter(kind=PartyKind.END_CUSTOMER.value).exists():
        raise EntryRefused(
            _("The chain ends at an end customer, so nothing is handed on from there. Turn the two round."), "supplier"
        )


def _check_received(room: Room, held: Exercise, handoff: int) -> None:
    """Only what one is handed oneself, in the chain or as the room drew it.

    Somebody else's hand-off and none at all are answered alike.
    """
    own = room.participant.party_id
    rows = HandOff.objects.in_chain().filter(organization=held.workshop.organization_id, pk=handoff, customer=own)
    is_drawn = handoff < 0 and handoff in {one.key for one in drawn_to_rate(room)}
    if not is_drawn and (own is None or not rows.exists()):
        raise EntryRefused(
            _("This is not one of the things you are handed in the chain. Choose one from your list."), "handoff"
        )


def _check_day(day: date) -> None:
    today = timezone.localdate()
    if day < today:
        raise EntryRefused(_("This day is over already. Give today or a later one."), "due_on")
    if day > today + FARTHEST:
        raise EntryRefused(_("This is more than two years away. Give an earlier day."), "due_on")


def _check_party(room: Room, party: int, field: str) -> None:
    if not speaks_of(room).filter(pk=party).exists():
        raise EntryRefused(_("This name is not in the chain any more. Choose another, or write it."), field)


def _row(room: Room, held: Exercise, key: str | None) -> tuple[Entry | None, str]:
    """This person's entry of that key, locked, and its slot; None: there is one entry a person.

    A hand-off is rated once whatever the phone calls it. Raises EntryRefused for a key no page of ours sends.
    """
    rows = Entry.objects.select_for_update(no_key=True)
    if key is not None and not _KEY.fullmatch(key):
        said = _("This was not sent by the page of the workshop. Load the page again and answer once more.")
        raise EntryRefused(said, None)
    if key is not None and key.startswith(_KEPT):
        kept = entries_of(held).filter(teller=teller_of(room, held), slot__startswith=key[len(_KEPT) :]).first()
        # taken back on another tab meanwhile: what is sent is a new entry
        slot = kept.slot if kept is not None else slot_of(room, held, key)
    else:
        slot = slot_of(room, held, key or "")
    return rows.filter(slot=slot).first(), slot


def kept_key(slot: str) -> str:
    """The key by which a page names an entry that is kept, to change it or to take it back."""
    return _KEPT + slot[:_KEPT_DIGITS]


def handoff_key(handoff: int | None) -> str:
    """The key of the rating of a hand-off."""
    return f"handoff-{handoff}"


def _new(room: Room, held: Exercise, slot: str, content: str) -> Entry:
    teller = teller_of(room, held)
    mine = entries_of(held).filter(teller=teller)
    same = mine.filter(content=content).first()
    if same is not None:  # a second tap came with a number of its own
        return same
    if mine.count() >= MOST_ENTRIES:
        raise EntryRefused(
            _("You have added %(most)s, which is as many as fit. Take one back to add another.")
            % {"most": MOST_ENTRIES},
            None,
        )
    kept: Entry = Entry.objects.create(
        exercise=held,
        edition=held.edition,
        participant=None if held.workshop.is_anonymous else room.participant,
        slot=slot,
        teller=teller,
        content=content,
    )
    return kept


def _closed_sentence(code: str) -> str:
    return {
        "revealed": _("The answers are on the screen already, so this one was not counted. Your words are still here."),
        "anew": _(
            "This is asked anew since you wrote that, so it was not counted. Your words are still here: send them"
            " again if they still hold."
        ),
        "not_running": _("This is not asked now. Your words are still here; look at the screen."),
        "locked": _(
            "Your coach has stopped the answers for a moment. Your words are still here: send them again later."
        ),
        "closed": _("The workshop is closed, so nothing is taken any more. Your words are still here."),
        "waiting": _("Your coach has not let this phone in yet. Your words are still here."),
    }[code]
