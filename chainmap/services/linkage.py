"""The linkage drill: can whoever steals the database file tell who gave which anonymous answer (SECURITY P8)?

It plays anonymous rounds with made-up people in a scratch SQLite file, steals the file before and after closing, and
counts how many answers each attack of ``linkage_attacks`` gives to the right person. It never touches a database that
holds an organization.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from chainmap.access import OPERATOR
from chainmap.domain.cards import Card
from chainmap.models import Ask, HandOff, Organization, Party, Round, SealedAnswer, Team
from chainmap.services import linkage_attacks as attacks
from chainmap.services.ballots import BallotKey, answer_save
from chainmap.services.releases import release_extras, release_of
from chainmap.services.rounds import RoundPlan, round_close, round_create, round_open

#: How many customers each made-up supplier has.
_CUSTOMERS = 10
#: Shares of people who write something, most of them a line; and of those who come back and write something else.
_WRITES, _WRITES_LONG, _COMES_BACK = 0.6, 0.1, 0.2
#: An attack may give this much more of the answers to the right person than guessing does.
LINK_MARGIN = 0.05
#: Of the pairs of answers on one page of the file, so much more than half may lie in the order of answering.
PAIR_MARGIN = 0.12


class NotScratch(Exception):  # noqa: N818 - what it is
    """The database is in use, or no SQLite file: the drill stays away from it."""


@dataclass(slots=True)
class LinkageFigures:
    """What the attacks found. ``hits``: attack -> answers given to the right person; attacks begin with "open" (the
    file without its log, while the round is open), "log" (the write-ahead log) or "closed" (file and log afterwards).
    """

    raters: int
    rounds: int = 0
    hits: Counter[str] = field(default_factory=Counter)
    in_order: int = 0
    pairs: int = 0
    left_behind: int = 0  # texts found in the file after closing that were never published

    @property
    def chance(self) -> float:
        """The share that guessing gives."""
        return 1 / self.raters

    @property
    def pairs_right(self) -> float:
        """Of the pairs of answers on one page the share whose order in time can be told; a half is chance."""
        share = self.in_order / self.pairs if self.pairs else 0.5
        return max(share, 1 - share)

    def best(self, when: str) -> float:
        """The share of the best attack of a kind."""
        most = max((count for name, count in self.hits.items() if name.startswith(when)), default=0)
        return most / (self.raters * self.rounds)

    def misses(self) -> list[str]:
        """The goals that are missed, by name."""
        found = [when for when in ("open", "log", "closed") if self.best(when) > self.chance + LINK_MARGIN]
        if self.pairs_right > 0.5 + PAIR_MARGIN:
            found.append("pairs")
        return [*found, "left behind"] if self.left_behind else found


@dataclass(slots=True)
class _Played:
    """One anonymous round that was answered: what really happened."""

    round: Round
    asks: Mapping[str, Ask]  # person -> question, in the order of the questions
    visits: Sequence[str]  # people in the order of their first save
    last_visits: Sequence[str] = ()  # and of their last
    rater_of: dict[str, str] = field(default_factory=dict)  # slot -> person
    comments: dict[str, str] = field(default_factory=dict)  # person -> the comment that was kept
    secrets: list[str] = field(default_factory=list)  # texts that are never published

    def orders(self) -> Mapping[str, Sequence[str]]:
        """Every order of people the thief knows."""
        return {"by first save": self.visits, "by last save": self.last_visits, "as asked": list(self.asks)}


def linkage_measure(*, raters: int, rounds: int, seed: int = 0) -> LinkageFigures:
    """Play and attack that many anonymous rounds of so many people. Raises NotScratch for a database in use."""
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or not path.is_file() or Organization.objects.exists():
        raise NotScratch
    figures = LinkageFigures(raters)
    for number in range(rounds):
        played = _play(raters, random.Random(seed + number))  # noqa: S311 - a drill that can be repeated
        _attack_open(figures, played, path)
        round_close(actor=OPERATOR, round=played.round)
        _attack_closed(figures, played, path)
        figures.rounds += 1
    return figures


def _play(raters: int, chance: random.Random) -> _Played:
    """A company of two teams, one asked about the other; everybody answers in an order drawn by lot."""
    organization = _company(raters, chance)
    plan = RoundPlan(name="Drill", mode=Round.Mode.ANONYMOUS.value)
    made = round_open(actor=OPERATOR, round=round_create(actor=OPERATOR, organization=organization, plan=plan))
    asks = {ask.rater.name: ask for ask in Ask.objects.filter(round=made).select_related("rater").order_by("pk")}
    played = _Played(made, asks, visits=chance.sample(list(asks), raters))
    for name in played.visits:
        blank = set(SealedAnswer.objects.filter(round=made, saves="000000").values_list("slot", flat=True))
        _answer(played, name, chance)
        (slot,) = blank - set(SealedAnswer.objects.filter(round=made, saves="000000").values_list("slot", flat=True))
        played.rater_of[slot] = name
    back = chance.sample(list(played.comments), int(_COMES_BACK * len(played.comments)))
    for name in back:
        played.secrets.append(played.comments[name])
        _answer(played, name, chance, version=2)
    played.last_visits = [name for name in played.visits if name not in back] + back
    return played


def _answer(played: _Played, name: str, chance: random.Random, version: int = 0) -> None:
    """The score at the first tap, then perhaps the rest of the card."""
    key, score = BallotKey(played.round, played.asks[name].rater), chance.randint(0, 10)
    longest = 1500 if chance.random() < _WRITES_LONG else 40
    cards = [Card(score=score)]
    if version or chance.random() < _WRITES:
        comment, wish = uuid.uuid4().hex, uuid.uuid4().hex
        cards.append(Card(score=score, comment=comment + "." * chance.randrange(longest), wish=wish))
        played.comments[name] = comment
        played.secrets.append(wish)
    for step, card in enumerate(cards):
        answer_save(key=key, ask=played.asks[name].pk, card=card, version=version + step, client_id=str(uuid.uuid4()))


def _company(raters: int, chance: random.Random) -> Organization:
    organization = Organization.objects.create(name=f"Drill {uuid.uuid4().hex}")
    giving, asked = (Team.objects.create(organization=organization, name=name) for name in ("Giving", "Asked"))
    suppliers, people = (
        [
            Party(organization=organization, code=f"{kind} {number}", name=f"{kind} {number}", team=team, capacity=1.0)
            for number in range(count)
        ]
        for kind, team, count in (("Supplier", giving, -(-raters // _CUSTOMERS)), ("Person", asked, raters))
    )
    Party.objects.bulk_create([*suppliers, *people])
    HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=chance.choice(suppliers), customer=person, deliverable="drill")
        for person in chance.sample(people, raters)
    )
    return organization


def _attack_open(figures: LinkageFigures, played: _Played, path: Path) -> None:
    """File and log are stolen while the round is open; the secret key is not."""
    log = _log_of(path).read_bytes() if _log_of(path).exists() else b""
    with tempfile.TemporaryDirectory() as folder:
        for each in (path, _log_of(path)):
            if each.exists():
                shutil.copy(each, folder)
        copy = Path(folder) / path.name
        with closing(sqlite3.connect(copy)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            orders = dict(attacks.orders_of_rows(file, played.round.pk))
            figures.hits["open: a value that stands elsewhere too"] += attacks.values_shared(file, played.round.pk)
        data = copy.read_bytes()
    texts = {slot: played.comments[name] for slot, name in played.rater_of.items() if name in played.comments}
    on_page = attacks.places_in_file(data, texts)
    orders["place on the page"] = on_page
    orders["place in the file"] = attacks.places_everywhere(data, {slot: slot for slot in played.rater_of})
    orders["place of the texts"] = attacks.places_everywhere(data, texts)
    in_order, pairs = attacks.pairs_in_order(on_page, played.rater_of, played.last_visits)
    figures.in_order, figures.pairs = figures.in_order + in_order, figures.pairs + pairs
    _count(figures, "open", orders, played.rater_of, played)
    changes = {"order of changes": attacks.changes_in_log(log, played.rater_of)}
    _count(figures, "log", changes, played.rater_of, played)


def _attack_closed(figures: LinkageFigures, played: _Played, path: Path) -> None:
    """File and log are stolen after closing."""
    release = release_of(round=played.round)
    if release is None:
        raise AssertionError("the round was closed without a release")
    data = path.read_bytes() + (_log_of(path).read_bytes() if _log_of(path).exists() else b"")
    name_of = {comment: name for name, comment in played.comments.items()}
    said = {cell: [text.rstrip(".") for text in texts] for cell, texts in release_extras(release).comments.items()}
    orders: dict[str, attacks.Groups] = {}
    for cell, texts in said.items():
        orders.setdefault(f"order of comments, {cell.table}", []).append(texts)  # type: ignore[attr-defined]
    orders["place of the comments"] = attacks.places_everywhere(data, {comment: comment for comment in name_of})
    _count(figures, "closed", orders, name_of, played)
    public = {text for texts in said.values() for text in texts}
    gone = [*played.secrets, *played.rater_of, played.round.seal, *(set(name_of) - public)]
    figures.left_behind += sum(text.encode() in data for text in gone)


def _count(
    figures: LinkageFigures,
    when: str,
    orders: Mapping[str, attacks.Groups],
    rater_of: Mapping[str, str],
    played: _Played,
) -> None:
    """Each order, forwards and backwards, against each order of people the thief knows."""
    for name, groups in orders.items():
        for known, people in played.orders().items():
            for direction, step in (("", 1), (", backwards", -1)):
                turned = [group[::step] for group in groups]
                hits = attacks.links_found(turned, rater_of, people)
                figures.hits[f"{when}: {name}, {known}{direction}"] += hits


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
