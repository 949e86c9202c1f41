"""What a phone shows of the running exercise: what is asked, the choices, and what this person has said so far."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from chainmap.domain.coffee_pairs import CoffeePlan
from chainmap.domain.entry_reading import HIGHEST_SCORE, LONGEST_NAME, LOWEST_SCORE, NOT_ANSWERED
from chainmap.domain.exercise_entries import (
    LEAST_VOLUME,
    LONGEST_DELIVERABLE,
    LONGEST_SENTENCE,
    LONGEST_WORDS,
    MOST_VOLUME,
    entry_from_json,
)
from chainmap.domain.exercise_results import PairShown
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.exercises import takes_several
from chainmap.domain.ladder import Rung
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.reasons import Reason
from chainmap.domain.records import PartyKind
from chainmap.exports.exercise_words import Names, pair_about, pair_reason
from chainmap.exports.ladder_words import rung_label, rung_sentence
from chainmap.exports.plain_text import clean_text
from chainmap.exports.round_words import plain_question, question_parts, reason_label
from chainmap.models import Exercise, HandOff, Party
from chainmap.services.exercise_asking import proposals_to
from chainmap.services.exercise_entries import FARTHEST, handoff_key, kept_key
from chainmap.services.exercise_guests import person_of
from chainmap.services.exercise_names import pair_names
from chainmap.services.exercise_results import coffee_plan
from chainmap.services.exercise_rooms import (
    entries_of,
    mode_of,
    parties_known,
    party_label,
    people_of,
    plan_keep,
    plan_kept,
    received_by,
    teller_of,
)
from chainmap.services.joining import Room
from chainmap.services.questionnaires import questionnaire_find
from chainmap.services.workshop_drawn import drawn_to_rate

#: Names shown as buttons; the rest is typed.
_BUTTONS = 8
#: Hand-offs to rate that are seen at once; the rest is one tap away.
_ROWS = 5
#: What an agreement is due in unless another day is chosen.
_USUAL_DAYS = 14


@dataclass(frozen=True, slots=True)
class CardShown:
    """The card of one phone."""

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of several."""

    value: str
    label: str
    checked: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry of this person, as it stands: its key and its fields."""

    key: str
    entry: Any


@dataclass(frozen=True, slots=True)
class RateRow:
    """One hand-off to rate: the question, the eleven choices and what was said."""

    handoff: int | None  # < 0: one the room drew
    key: str
    title: str  # what is handed over and by whom, short
    question: str
    scores: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    words: str
    is_na: bool  # "not this time" was said
    is_kept: bool
    is_new: bool  # the room drew it


def card_find(*, room: Room, exercise: Exercise) -> CardShown:
    """The card of an exercise for one phone. Nothing of what others said is in it."""
    kind = Kind(exercise.kind)
    mine = _mine(room, exercise)
    context: dict[str, Any] = {
        "exercise": exercise,
        "workshop": room.workshop,
        "is_anonymous": room.workshop.is_anonymous,
        "is_locked": room.workshop.is_locked,
        "several": takes_several(kind, mode_of(room.workshop)),
        "mine": mine,
        "kept": mine[0] if mine else None,
        "form_key": f"{kind.value}-{exercise.pk}-{exercise.edition}",
        "new_key": secrets.token_hex(8),
        "longest_words": LONGEST_WORDS,
        "longest_name": LONGEST_NAME,
    }
    return CardShown(f"chainmap/workshop/cards/{kind.value}.html", context | _CONTEXTS[kind](room, exercise, mine))


def _mine(room: Room, exercise: Exercise) -> list[Kept]:
    """What this phone's owner said, in an order that stays."""
    rows = entries_of(exercise).filter(teller=teller_of(room, exercise)).order_by("slot")
    kind = Kind(exercise.kind)
    return [Kept(kept_key(row.slot), entry_from_json(kind, row.content)) for row in rows]


def _client(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    parties = parties_known(room.workshop)
    said = mine[0].entry if mine else None
    chosen = said.party if said is not None else None
    own = room.participant.party_id
    # whom one serves stands on the buttons by name, so that the order says nothing; typed is everybody else
    buttons = _served(room, own) if own else [party for party in parties if party.kind == _END][:_BUTTONS]
    if chosen is not None and chosen not in {party.pk for party in buttons}:
        buttons += [party for party in parties if party.pk == chosen]
    return {
        "choices": [Choice(str(party.pk), party_label(party), party.pk == chosen) for party in buttons],
        "names": _labels(party for party in parties if party.pk != own),
        "words": said.words if said is not None else "",
    }


_END = PartyKind.END_CUSTOMER.value


def _served(room: Room, own: int) -> list[Party]:
    """Whom somebody hands most to, by name. By volume alone: the share of what arrives is what is asked."""
    rows = HandOff.objects.in_chain().filter(organization=room.workshop.organization_id, supplier_id=own)
    volumes = dict(rows.order_by().values_list("customer_id").annotate(total=Sum("volume")))
    served = list(people_of(room.workshop).filter(pk__in=volumes).select_related("team").order_by("name", "pk"))
    largest = sorted(served, key=lambda party: -volumes[party.pk])[:_BUTTONS]
    return [party for party in served if party in largest]


def _draw(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    parties = parties_known(room.workshop)
    names = {party.pk: party.name for party in parties}
    me = room.participant.party
    return {
        "names": _labels(parties),
        "me": party_label(me) if me is not None else room.participant.name,
        "rows": _rows(mine, lambda entry: _sides(entry, names) | {"what": entry.deliverable}),
        "longest_deliverable": LONGEST_DELIVERABLE,
        "volumes": [Choice(str(volume), str(volume), volume == LEAST_VOLUME) for volume in range(1, MOST_VOLUME + 1)],
    }


def _rate(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    said = {kept.entry.handoff: kept.entry for kept in mine}
    if room.workshop.is_anonymous:
        rows = [_rate_row(None, "", "", said.get(None))]
    else:
        # what the room drew comes first: nobody has rated it yet
        received = [(one.key, one.supplier, one.deliverable) for one in drawn_to_rate(room)]
        chain = _received(room.participant.party_id, room)
        received += [(row.pk, row.supplier.name, row.deliverable) for row in chain]
        rows = [_rate_row(key, supplier, what, said.get(key)) for key, supplier, what in received]
    left = [row for row in rows if not row.is_kept]
    first = left[:_ROWS] if len(rows) > _ROWS + 1 else rows
    shown = {row.key for row in first}
    return {
        "rows": rows,
        "todo": left[0] if left else None,
        "left": len(left),
        "first": first,
        "more": [row for row in rows if row.key not in shown],
    }


def _rate_row(handoff: int | None, supplier: str, deliverable: str, said: Any) -> RateRow:
    score = None if said is None else NOT_ANSWERED if said.score is None else str(said.score)
    reason = said.reason if said is not None else None
    question = title = ""
    if handoff is not None:
        title = " · ".join(clean_text(part) for part in (deliverable, supplier) if part)
        question = plain_question(question_parts(supplier, deliverable))
    return RateRow(
        handoff=handoff,
        key="" if handoff is None else handoff_key(handoff),
        title=title,
        question=question,
        scores=tuple(
            Choice(str(number), str(number), str(number) == score) for number in range(LOWEST_SCORE, HIGHEST_SCORE + 1)
        ),
        reasons=tuple(Choice(one.value, str(reason_label(one)), one == reason) for one in Reason),
        words=said.words if said is not None else "",
        is_na=score == NOT_ANSWERED,
        is_kept=said is not None,
        is_new=handoff is not None and handoff < 0,
    )


def _moments(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    received = [] if room.workshop.is_anonymous else _received(room.participant.party_id, room)
    about = {row.pk: f"{row.deliverable or '–'} · {row.supplier.name}" for row in received}
    rows = _rows(
        mine, lambda entry: {"kind": entry.kind.value, "words": entry.words, "about": about.get(entry.handoff or 0, "")}
    )
    return {"rows": rows, "handoffs": [Choice(str(key), label, False) for key, label in about.items()]}


def _ladder(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    chosen = mine[0].entry.rung if mine else None
    rungs = [Choice(rung.value, str(rung_label(rung)), rung == chosen, str(rung_sentence(rung))) for rung in Rung]
    return {"choices": rungs[::-1]}


def _orientation(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    asked = questionnaire_find(organization=room.workshop.organization, code=ORIENTATION.code)
    said = mine[0].entry.answers if mine and mine[0].entry.version == asked.text.version else {}
    lines = [
        (
            row,
            tuple(
                Choice(str(number), str(number), said.get(row.code) == number)
                for number in range(LOWEST_SCORE, HIGHEST_SCORE + 1)
            ),
        )
        for row in asked.shown.rows
    ]
    return {"lines": lines}


def _purpose(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    return {"words": mine[0].entry.words if mine else ""}


def _coffee(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    plan = _plan(exercise)
    names = pair_names(room.workshop, plan)
    own = person_of(room)
    pair = plan.place_for(own) if own is not None and (own > 0 or plan.pair_of(own)) else None
    context: dict[str, Any] = {
        "pair": None,
        "pairs": [],
        "met": None if not mine else mine[0].entry.met,
        "words": mine[0].entry.words if mine else "",
    }
    if pair is not None:
        others = [names.party(person) for person in pair.people if person != own]
        # what more would arrive comes from earlier ratings: for people of the chain, not for whoever has the code
        reason = _reason(pair, names) if own is not None and own > 0 else pair_about(_shown(pair), names)
        return context | {"pair": others, "listens": own in pair.listeners, "reason": reason}
    if own is None or own < 0:
        pairs = [
            ((names.party(one.supplier), names.party(one.customer)), pair_about(_shown(one), names))
            for one in plan.pairs[:_BUTTONS]
        ]
        return context | {"pairs": pairs}
    return context


def _reason(pair: Any, names: Names) -> str:
    return pair_reason(_shown(pair), names)


def _shown(pair: Any) -> PairShown:
    return PairShown(pair.supplier, pair.customer, pair.handoff, pair.gain, ())


def _plan(exercise: Exercise) -> CoffeePlan:
    """The pairs of this edition: made when the first phone asks, and then nobody's partner changes."""
    kept = plan_kept(exercise)
    if kept is not None:
        return kept
    with transaction.atomic():
        held = Exercise.objects.select_for_update(no_key=True, of=("self",)).select_related("workshop__organization")
        found = held.get(pk=exercise.pk)
        kept = plan_kept(found)
        if kept is None:
            kept = coffee_plan(found)
            if found.state == Exercise.State.RUNNING:
                plan_keep(found, kept)
    return kept


def _agreements(room: Room, exercise: Exercise, mine: list[Kept]) -> dict[str, Any]:
    parties = [] if room.workshop.is_anonymous else parties_known(room.workshop)
    names = {party.pk: party.name for party in parties}
    me, today = room.participant.party, timezone.localdate()
    return {
        "names": _labels(parties),
        "me": party_label(me) if me is not None else room.participant.name,
        "rows": _rows(
            mine,
            lambda entry: _sides(entry, names) | {"sentence": entry.sentence, "due_on": entry.due_on},
        ),
        "asked": [
            _sides(one.entry, names)
            | {"mark": one.mark, "answer": one.answer, "sentence": one.entry.sentence, "due_on": one.entry.due_on}
            for one in proposals_to(room=room, exercise=exercise)
        ],
        "today": today.isoformat(),
        "usual_day": (today + timedelta(days=_USUAL_DAYS)).isoformat(),
        "last_day": (today + FARTHEST).isoformat(),
        "longest_sentence": LONGEST_SENTENCE,
    }


_CONTEXTS: Mapping[Kind, Callable[[Room, Exercise, list[Kept]], dict[str, Any]]] = {
    Kind.CLIENT: _client,
    Kind.DRAW: _draw,
    Kind.RATE: _rate,
    Kind.MOMENTS: _moments,
    Kind.LADDER: _ladder,
    Kind.ORIENTATION: _orientation,
    Kind.PURPOSE: _purpose,
    Kind.COFFEE: _coffee,
    Kind.AGREEMENTS: _agreements,
}


def _received(own: int | None, room: Room) -> list[HandOff]:
    return [] if own is None else received_by(own, room.workshop)


def _labels(parties: Any) -> list[str]:
    """Every name to choose from once; a team stands beside a name that two have."""
    listed = list(parties)
    names = [party.name for party in listed]
    return [party.name if names.count(party.name) == 1 else party_label(party) for party in listed]


def _sides(entry: Any, names: Mapping[int, str]) -> dict[str, str]:
    return {
        side: getattr(entry, f"{side}_words") or names.get(getattr(entry, side) or 0, "–")
        for side in ("supplier", "customer")
    }


def _rows(mine: list[Kept], words: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"key": kept.key, **words(kept.entry)} for kept in mine]
