"""An invented company for practice: its files as checked records. Bytes in; nothing of a wrong file is used.

People and hand-offs are files of the ordinary import and stay bytes here. The JSON files name parties by their ids in
``people.csv``, and a hand-off by supplier, customer and deliverable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chainmap.domain.cards import Card, card_from
from chainmap.domain.exercises import Exercise
from chainmap.domain.plain_data import from_json

#: Supplier, customer, deliverable.
Link = tuple[str, str, str]
#: How an answer names a party or a hand-off, and a day; everything else is said as a phone says it.
_LINK = ("supplier", "customer", "deliverable")


@dataclass(frozen=True, slots=True)
class PurposeText:
    """What a team is here for; ``team`` None: the whole company."""

    team: str | None
    text: str


@dataclass(frozen=True, slots=True)
class StoryText:
    """A success of an end customer; ``handoffs`` made it possible."""

    title: str
    teller: str
    customer: str
    text: str
    handoffs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class ClaimText:
    """A hand-off that one side alone names. ``supplier_says`` and ``customer_says``: "yes", "no" or ""."""

    supplier: str
    customer: str
    deliverable: str
    volume: float
    supplier_says: str
    customer_says: str


@dataclass(frozen=True, slots=True)
class AgreementText:
    """An agreement both sides said yes to; due ``due_in_days`` after the day of loading, or before it."""

    supplier: str
    customer: str
    deliverable: str
    made_by: str
    owner: str
    sentence: str
    due_in_days: int


@dataclass(frozen=True, slots=True)
class SceneText:
    """One picture of the presentation: "map", "walk" or "words"; ``focus`` is the person in the middle."""

    kind: str
    title: str
    question: str
    focus: str | None
    steps: int


@dataclass(frozen=True, slots=True)
class CompanyTexts:
    """What ``company.json`` holds."""

    name: str
    about: str
    round: str
    workshop: str
    purposes: tuple[PurposeText, ...]
    stories: tuple[StoryText, ...]
    claims: tuple[ClaimText, ...]
    scenes: tuple[SceneText, ...]
    agreements: tuple[AgreementText, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one invented person says once in an exercise: who, and the fields a phone would send, with ids."""

    who: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PracticeCompany:
    """Everything that is loaded, and what is said in its workshop."""

    people: bytes
    handoffs: bytes
    texts: CompanyTexts
    cards: Mapping[Link, Card]
    answers: Mapping[Exercise, tuple[Answer, ...]]


@dataclass(frozen=True, slots=True)
class _CardRow:
    supplier: str
    customer: str
    deliverable: str
    card: Mapping[str, object]


def read_practice_company(files: Mapping[str, bytes]) -> PracticeCompany:
    """The company in ``files`` (name -> bytes). Raises KeyError for a missing file, ValueError for a wrong one."""
    return PracticeCompany(
        people=files["people.csv"],
        handoffs=files["handoffs.csv"],
        texts=from_json(CompanyTexts, files["company.json"].decode()),
        cards=_cards(files["cards.json"].decode()),
        answers=_answers(files["answers.json"].decode()),
    )


def link_named(fields: Mapping[str, object]) -> Link | None:
    """The hand-off an answer names by all three of its parts; None where it names none.

    >>> link_named({"supplier": "ann", "customer": "ben", "deliverable": "plan"}), link_named({"words": "yes"})
    (('ann', 'ben', 'plan'), None)
    """
    supplier, customer, deliverable = (fields.get(name) for name in _LINK)
    if isinstance(supplier, str) and isinstance(customer, str) and isinstance(deliverable, str):
        return supplier, customer, deliverable
    return None


def _cards(text: str) -> dict[Link, Card]:
    rows: tuple[_CardRow, ...] = from_json(tuple[_CardRow, ...], text)
    cards = {(row.supplier, row.customer, row.deliverable): card_from(row.card) for row in rows}
    if len(cards) != len(rows):
        raise ValueError("cards.json rates a hand-off twice")
    return cards


def _answers(text: str) -> dict[Exercise, tuple[Answer, ...]]:
    data = json.loads(text)
    if not isinstance(data, dict) or data.keys() != set(Exercise):
        raise ValueError("answers.json has to hold a list for every exercise, and nothing else")
    return {Exercise(kind): tuple(_answer(said) for said in listed) for kind, listed in data.items()}


def _answer(said: object) -> Answer:
    if not isinstance(said, dict) or not isinstance(said.get("who"), str):
        raise ValueError("answers.json: an answer says who gives it")
    return Answer(said["who"], {name: value for name, value in said.items() if name != "who"})
