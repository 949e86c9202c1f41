"""Entries of a room -> the result that is frozen at the reveal. Pure: the order in which people answered is no input.

In an anonymous workshop people are counted by an opaque mark that is the same for all entries of one phone. Figures
need 6 people (``confidentiality.raters_needed``), and so do agreements, which are written to be seen; other texts need
10 who wrote one, distributions 21 (``shares``). Whatever is listed is ordered by what it says, texts by a hash of their
words.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from chainmap.domain.coffee_pairs import CoffeePlan
from chainmap.domain.confidentiality import MINIMUM_RATERS, raters_needed
from chainmap.domain.exercise_entries import (
    AgreementEntry,
    ClientEntry,
    CoffeeEntry,
    DrawEntry,
    LadderEntry,
    MomentEntry,
    OrientationEntry,
    PurposeEntry,
)
from chainmap.domain.exercise_results import (
    Answered,
    ClientAnswered,
    ClientResult,
    CoffeeResult,
    DrawnLink,
    DrawResult,
    LadderResult,
    MomentsResult,
    MomentText,
    NamedBy,
    NamedClient,
    OrientationResult,
    PairShown,
    PurposeResult,
    RowMean,
    RungSaid,
    Shown,
    Side,
    Text,
)
from chainmap.domain.exercises import WorkshopMode
from chainmap.domain.ladder import Rung
from chainmap.domain.moments import CoachingRules, apply_coaching_rules, find_moment_balance
from chainmap.domain.questionnaire_profiles import find_profile
from chainmap.domain.questionnaires import Questionnaire
from chainmap.domain.release import HIGHEST_MEAN, LOWEST_MEAN, Clip, band_of, round_mean
from chainmap.domain.shares import SHARE_RATERS, round_share
from chainmap.domain.workshop_chain import same_words

E = TypeVar("E")
T = TypeVar("T")
#: From how many people who wrote something on texts are shown in an anonymous workshop.
TEXT_WRITERS = 10
#: From how many people on a mean comes in steps of 0.5; below, one more or one fewer would move it by a step too often.
FINE_PEOPLE = 10


@dataclass(frozen=True, slots=True)
class Said(Generic[E]):
    """One entry, who said it (an opaque mark), and in an open workshop the key of their party; of a guest the name."""

    teller: str
    entry: E
    party: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """Who may learn what: the mode, and the minimum group."""

    mode: WorkshopMode
    k: int = MINIMUM_RATERS
    #: People in the room now: one who came in several times counts as no more than that. None: whoever said something.
    most: int | None = None
    #: Asked anew with a few more people than when it was last shown.
    is_held_back: bool = False

    @property
    def is_anonymous(self) -> bool:
        return self.mode == WorkshopMode.ANONYMOUS

    def people(self, said: Iterable[Said[E]]) -> int:
        """How many said something, never more than there are.

        >>> Room(WorkshopMode.ANONYMOUS, most=1).people([Said("a", 1), Said("b", 2)])
        1
        """
        people = len({one.teller for one in said})
        return people if self.most is None else min(people, self.most)

    def answered(self, said: Iterable[Said[E]], *, needed: int = 0) -> Answered:
        """How many people answered, and whether anything may be shown; ``needed`` raises the 6 of an anonymous room."""
        said = list(said)
        if not self.is_anonymous:
            people = len({one.teller for one in said})
            return Answered(Shown.SHOWN if people else Shown.NOTHING, people, None)
        if self.is_held_back:
            return Answered(Shown.FEW_MORE, None, None)
        people = self.people(said)
        if people < max(raters_needed(self.k), needed):
            return Answered(Shown.TOO_FEW, None, None)
        return Answered(Shown.SHOWN, None, band_of(people))

    @property
    def writers_needed(self) -> int:
        """From how many people who wrote something on an anonymous room sees texts."""
        return max(TEXT_WRITERS, raters_needed(self.k))

    def has_shares(self, said: Iterable[Said[E]]) -> bool:
        """Whether an anonymous room is large enough for a distribution."""
        needed = max(SHARE_RATERS, raters_needed(self.k))
        return self.is_anonymous and not self.is_held_back and self.people(said) >= needed

    def mean(self, total: int, count: int, people: int) -> tuple[float, Clip]:
        """The mean of ``count`` scores of so many people as a release gives it; below 10 people a whole number.

        >>> room = Room(WorkshopMode.ANONYMOUS)
        >>> room.mean(39, 6, 6)[0], room.mean(65, 10, 10)[0], room.mean(6, 6, 6)
        (7.0, 6.5, (2.0, <Clip.AT_MOST: 'at_most'>))
        """
        mean, clip = round_mean(total, count)
        if clip != Clip.NONE or people >= FINE_PEOPLE:
            return mean, clip
        whole = float((2 * total + count) // (2 * count))
        if whole <= LOWEST_MEAN:
            return LOWEST_MEAN, Clip.AT_MOST
        return (HIGHEST_MEAN, Clip.AT_LEAST) if whole >= HIGHEST_MEAN else (whole, Clip.NONE)

    def texts(self, said: Iterable[Said[E]], words_of: Callable[[E], str], text: Callable[[E], T]) -> tuple[T, ...]:
        """What was written, in an order that says nothing about who or when; () where too few wrote."""
        written = [one for one in said if words_of(one.entry)]
        if self.is_anonymous and (self.is_held_back or self.people(written) < self.writers_needed):
            return ()
        made = [(shuffle_mark(words_of(one.entry)), text(one.entry)) for one in written]
        return tuple(shown for _mark, shown in sorted(made, key=lambda pair: (pair[0], repr(pair[1]))))


def shuffle_mark(words: str) -> str:
    """Where a text stands in a list: by a hash of what it says.

    >>> sorted(["first", "second", "third"], key=shuffle_mark)
    ['second', 'first', 'third']
    """
    return hashlib.sha256(words.encode("utf-8")).hexdigest()


def tally_client(
    said: Sequence[Said[ClientEntry]],
    room: Room,
    *,
    clients: Mapping[int, int],
    shares: Mapping[int, float] | None = None,
) -> ClientResult:
    """``clients``: key of a party -> key of its most important client by the chain, for those that have one.

    ``shares``: key of a party -> what of its delivered value goes through that client, 0..1, where it is known.

    >>> said = [Said("a", ClientEntry(3, ""), 1), Said("b", ClientEntry(3, ""), 2), Said("c", ClientEntry(9, ""))]
    >>> found = tally_client(said, Room(WorkshopMode.OPEN), clients={1: 3, 2: 9})
    >>> [(client.who.party, client.people) for client in found.named], found.matching, found.judged
    ([(3, 2), (9, 1)], 1, 2)
    """
    named = [(one, Side(one.entry.party, one.entry.words)) for one in said]
    counts = Counter(same_side(side) for _one, side in named)
    # of several ways to write a name always the same one is shown
    sides = {same_side(side): side for _one, side in sorted(named, key=lambda pair: pair[1].words, reverse=True)}
    ranked = sorted(counts, key=lambda same: (-counts[same], same))
    answered, people = room.answered(said), len(said)
    half = next((same for same in ranked if 2 * counts[same] >= people), None) if answered.is_shown else None
    if not room.is_anonymous:
        judged = [
            (side.party, clients[one.party]) for one, side in named if one.party is not None and one.party in clients
        ]
        return ClientResult(
            answered,
            tuple(NamedClient(sides[same], counts[same], None) for same in ranked),
            matching=sum(party == client for party, client in judged),
            judged=len(judged),
            half_name=None if half is None else sides[half],
            answers=_client_answers(named, clients, shares or {}),
        )
    # a party of the chain is a figure, a name in words is a text
    fewest = {same: raters_needed(room.k) if sides[same].party else room.writers_needed for same in ranked}
    listed = [same for same in ranked if counts[same] >= fewest[same]] if room.has_shares(said) else []
    shown = half is not None and (sides[half].party is not None or counts[half] >= fewest[half])
    return ClientResult(
        answered,
        tuple(NamedClient(sides[same], None, round_share(counts[same], people)) for same in listed),
        matching=None,
        judged=None,
        half_name=sides[half] if shown and half is not None else None,
    )


def _client_answers(
    named: Iterable[tuple[Said[ClientEntry], Side]], clients: Mapping[int, int], shares: Mapping[int, float]
) -> tuple[ClientAnswered, ...]:
    found = [
        ClientAnswered(one.party, side, clients.get(one.party), shares.get(one.party))
        for one, side in named
        if one.party is not None
    ]
    return tuple(sorted(found, key=lambda answer: (answer.party, answer.named.party or 0, answer.named.words)))


def tally_draw(said: Sequence[Said[DrawEntry]], room: Room, *, keys: Sequence[int]) -> DrawResult:
    """``keys``: the key in the chain of each entry's hand-off, as ``workshop_chain.with_drawn`` gives them."""
    answered = room.answered(said, needed=TEXT_WRITERS)
    if not answered.is_shown:
        return DrawResult(answered, ())
    groups: dict[tuple[int, tuple[object, ...]], list[Said[DrawEntry]]] = {}
    for one, key in zip(said, keys, strict=True):
        groups.setdefault((key, () if key else _same_link(one.entry)), []).append(one)
    links = [_drawn(key, group, room) for (key, _same), group in groups.items()]
    order = {by: place for place, by in enumerate([*NamedBy, None])}
    return DrawResult(
        answered,
        tuple(
            sorted(
                links,
                key=lambda link: (
                    order[link.named_by],
                    not link.is_new,
                    abs(link.key) if link.key > 0 else 0,
                    shuffle_mark(repr((link.supplier, link.customer, link.deliverable))),
                ),
            )
        ),
    )


def tally_moments(said: Sequence[Said[MomentEntry]], room: Room, *, rules: CoachingRules) -> MomentsResult:
    """Magic against misery; ``rules`` are those of the organization."""
    answered = room.answered(said)
    balance = find_moment_balance(one.entry.kind for one in said)
    view = apply_coaching_rules(balance, rules)
    is_exact, is_shown = answered.people is not None, answered.is_shown
    return MomentsResult(
        answered,
        magic=balance.magic if is_exact else None,
        misery=balance.misery if is_exact else None,
        magic_for_one_misery=rules.magic_for_one_misery,
        still_wanted=view.magic_still_wanted if is_exact else None,
        made_up_for=view.made_up_for if is_shown else None,
        magic_share=round_share(balance.magic, balance.said) if room.has_shares(said) else None,
        texts=room.texts(
            said,
            lambda entry: entry.words,
            lambda entry: MomentText(entry.kind if is_exact else None, entry.words, entry.handoff),
        ),
    )


def tally_ladder(said: Sequence[Said[LadderEntry]], room: Room) -> LadderResult:
    """On which rung the room sees the customers.

    >>> said = [Said(str(number), LadderEntry(rung)) for number, rung in enumerate([Rung.CLIENT, Rung.ADVOCATE])]
    >>> str(tally_ladder(said, Room(WorkshopMode.OPEN)).half_reach)
    'advocate'
    """
    answered, people = room.answered(said), len(said)
    counts = Counter(one.entry.rung for one in said)
    rungs, half = list(Rung), None
    if answered.is_shown:
        reached = [sum(counts[above] for above in rungs[place:]) for place in range(len(rungs))]
        half = next(rung for rung, many in reversed(list(zip(rungs, reached, strict=True))) if 2 * many >= people)
    has_shares = room.has_shares(said)
    if room.is_anonymous and not has_shares:
        return LadderResult(answered, (), half)
    return LadderResult(
        answered,
        tuple(
            RungSaid(
                rung,
                None if room.is_anonymous else counts[rung],
                round_share(counts[rung], people) if has_shares else None,
            )
            for rung in rungs
        ),
        half,
    )


def tally_orientation(
    said: Sequence[Said[OrientationEntry]], room: Room, *, questionnaire: Questionnaire
) -> OrientationResult:
    """The profile of the room, rounded as in a release; answers to another edition of the text are left out."""
    own = [one for one in said if one.entry.version == questionnaire.version]
    answered = replace(room, mode=WorkshopMode.ANONYMOUS).answered(own)
    if not answered.is_shown:
        return OrientationResult(answered, questionnaire.version, (), None)
    found, people = find_profile([one.entry.answers for one in own], questionnaire), room.people(own)
    count = found.people
    return OrientationResult(
        answered,
        questionnaire.version,
        tuple(RowMean(code, *room.mean(total, count, people)) for code, total in found.totals.items()),
        RowMean("", *room.mean(sum(found.totals.values()), count * len(found.totals), people)),
    )


def tally_purpose(said: Sequence[Said[PurposeEntry]], room: Room) -> PurposeResult:
    """What the work is for."""
    texts = room.texts(said, lambda entry: entry.words, lambda entry: Text(entry.words))
    return PurposeResult(room.answered(said, needed=TEXT_WRITERS), texts)


def tally_coffee(said: Sequence[Said[CoffeeEntry]], room: Room, *, plan: CoffeePlan) -> CoffeeResult:
    """The pairs that were proposed, and how many say that they met."""
    answered = room.answered(said)
    met = sum(one.entry.met for one in said)
    return CoffeeResult(
        answered,
        tuple(PairShown(pair.supplier, pair.customer, pair.handoff, pair.gain, pair.listeners) for pair in plan.pairs),
        met=None if room.is_anonymous else met,
        half_met=2 * met >= len(said) if answered.is_shown else None,
        texts=room.texts(said, lambda entry: entry.words, lambda entry: Text(entry.words)),
    )


def same_side(side: Side) -> tuple[int, str]:
    """Equal for two ways to write the same side."""
    return (side.party or 0, "" if side.party is not None else same_words(side.words))


def _same_link(entry: DrawEntry) -> tuple[object, ...]:
    return (*(same_side(side) for side in sides_of(entry)), same_words(entry.deliverable))


def _drawn(key: int, group: Sequence[Said[DrawEntry]], room: Room) -> DrawnLink:
    """One hand-off of all that drew it; its words are those that come first in the alphabet."""
    shown = min((one.entry for one in group), key=lambda entry: (entry.deliverable, repr(entry)))
    return DrawnLink(
        key,
        Side(shown.supplier, shown.supplier_words),
        Side(shown.customer, shown.customer_words),
        shown.deliverable,
        sum(one.entry.volume for one in group) / len(group),
        None if room.is_anonymous else named_by(group),
    )


def named_by(group: Sequence[Said[DrawEntry]] | Sequence[Said[AgreementEntry]]) -> NamedBy:
    """Which sides of it are among those who said it; a guest without a place in the chain by the name they joined with.

    >>> entry = DrawEntry(None, "Ines", 2, "", "plan")
    >>> [str(named_by([Said("a", entry, None, name)])) for name in ("ines", "Otto", "")]
    ['supplier', 'others', 'others']
    """
    tellers = {one.party for one in group if one.party is not None}
    guests = {same_words(one.name) for one in group if one.party is None and one.name}
    supplier, customer = (
        any(side.party in tellers if side.party is not None else same_words(side.words) in guests for side in sides)
        for sides in zip(*(sides_of(one.entry) for one in group), strict=True)
    )
    named = {(True, True): NamedBy.BOTH, (True, False): NamedBy.SUPPLIER, (False, True): NamedBy.CUSTOMER}
    return named.get((supplier, customer), NamedBy.OTHERS)


def sides_of(entry: DrawEntry | AgreementEntry) -> tuple[Side, Side]:
    """Who hands over and who gets it."""
    return Side(entry.supplier, entry.supplier_words), Side(entry.customer, entry.customer_words)
