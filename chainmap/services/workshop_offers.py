"""What of a workshop can be copied into the organization: shown before anything is, and worked out again when it is.

What was drawn comes from the frozen result. Ratings and agreements are a person's own words, so they come from the
entries of the revealed edition, where the frozen result no longer says who said what; in an anonymous workshop there
are none to be had. Nothing here writes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import Operator, User, can, require
from chainmap.domain.drawn_volumes import DrawnVolume, drawn_scales
from chainmap.domain.exercise_entries import AgreementEntry, entry_from_json
from chainmap.domain.exercise_results import DrawnLink, DrawResult, PurposeResult, Side
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.domain.workshop_chain import same_words
from chainmap.models import Entry, Exercise, HandOff, Party, Workshop
from chainmap.services.exercise_guests import guests_of
from chainmap.services.exercise_rooms import NOBODY
from chainmap.services.workshop_after import revealed_results
from chainmap.services.workshop_rating_offers import RaterOffer, RatingOffer, Receivers, new_rater, rating_offers

#: Ticks and choices of one form; Django takes 500 fields.
MOST_FIELDS = 450
_REVEALED = (Exercise.State.REVEALED, Exercise.State.DONE)


@dataclass(frozen=True, slots=True)
class PersonOffer:
    """Somebody who was named in words and is not in the chain: would become a party."""

    place: int  # 0, 1, ... in the order of the drawing
    name: str
    gives: bool  # an end customer gives nothing
    usual_kind: str


@dataclass(frozen=True, slots=True)
class Ends:
    """One side of a drawn hand-off: the number of a party, or the place of a new person."""

    party: int | None
    person: int | None


@dataclass(frozen=True, slots=True)
class HandOffOffer:
    """A drawn hand-off that is not in the chain. ``problem``: why it cannot be, "" = it can."""

    place: int
    supplier: str
    customer: str
    deliverable: str
    volume: float  # in the unit of the supplier's other hand-offs
    ends: tuple[Ends, Ends]
    named_by: str
    problem: str = ""
    key: int = 0  # below 0, as the room rated it
    is_rated: bool = False


@dataclass(frozen=True, slots=True)
class AgreementOffer:
    """An agreement on a hand-off of the chain whose proposer was signed in: ``user`` is the proposer's account.

    Or one on a drawn hand-off between two people who are new, and come into the chain together with it.
    """

    handoff: int  # below 0: the key of a drawn one
    user: int  # 0: nobody's, the proposer is new
    proposer: str
    other: str
    sentence: str
    due_on: str  # year-month-day
    owner: str  # who sees to it, seen from the proposer: "me" or "other"
    ends: tuple[int, int] = (0, 0)  # places of the two new people: proposer, other; of a drawn hand-off


@dataclass(frozen=True, slots=True)
class CopyOffers:
    """Everything that can be copied, and how much cannot."""

    handoffs: tuple[HandOffOffer, ...]
    known: int  # drawn hand-offs that are in the chain already
    too_many: int  # drawn hand-offs that do not fit on one form
    people: tuple[PersonOffer, ...]
    ratings: tuple[RatingOffer, ...]
    raters: tuple[RaterOffer, ...]  # of these scores, by name
    ratings_left: int  # scores of people whose place in the chain is not known, or about what they do not receive
    agreements: tuple[AgreementOffer, ...]
    agreements_left: int
    purposes: tuple[str, ...]  # what the room wrote; () for whoever may not change the purpose
    claimed: int  # people who said something without an account
    mark: str = field(repr=False, default="")  # changes with all of the above

    @property
    def is_empty(self) -> bool:
        return not (self.handoffs or self.ratings or self.agreements or self.purposes)

    @property
    def has_unrated(self) -> bool:
        """Whether a drawn hand-off that can be copied counts in the chain, and did not in the results."""
        return any(not (one.is_rated or one.problem) for one in self.handoffs)


def copy_offers_find(*, actor: User | Operator, workshop: Workshop) -> CopyOffers:
    """What can be copied. Raises NotFound for a stranger, PermissionDenied without the right."""
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    results = revealed_results(workshop)
    drawn = results.get(Kind.DRAW)
    chain = _Chain.of(workshop)
    sides = _Sides(chain)
    links = drawn.links if isinstance(drawn, DrawResult) else ()
    new = tuple(_handoff_offers(links, chain, sides))
    receivers = _receivers(links, new, chain, sides)
    ratings, ratings_left, raters = rating_offers(_entries(workshop, Kind.RATE), receivers)
    rated = {one.handoff for one in ratings}
    new = tuple(replace(offer, is_rated=offer.key in rated) for offer in new)
    handoffs = _fitting(new, MOST_FIELDS - len(raters))
    guests = guests_of(workshop)
    agreements, agreements_left = _agreements(workshop, chain, NewPairs(handoffs, sides.new, guests))
    said = results.get(Kind.PURPOSE)
    may_change = can(actor, Action.CHANGE_PURPOSE, workshop.organization) and not isinstance(actor, Operator)
    texts = said.texts if isinstance(said, PurposeResult) and may_change else ()
    offers = CopyOffers(
        handoffs=handoffs,
        known=len(links) - len(new),
        too_many=len(new) - len(handoffs),
        people=sides.people(handoffs),
        ratings=ratings,
        raters=raters,
        ratings_left=ratings_left,
        agreements=agreements,
        agreements_left=agreements_left,
        purposes=tuple(dict.fromkeys(text.words for text in texts)),
        claimed=workshop.participants.filter(user=None, entries__teller__gt=NOBODY).distinct().count(),
    )
    return _marked(offers)


def _fitting(offers: tuple[HandOffOffer, ...], most: int) -> tuple[HandOffOffer, ...]:
    """As many as fit on one form, each with its new people; what both sides drew comes first."""
    people: set[int] = set()
    for count, offer in enumerate(offers):
        people |= {end.person for end in offer.ends if end.person is not None}
        if count + 1 + len(people) > most:
            return offers[:count]
    return offers


def _marked(offers: CopyOffers) -> CopyOffers:
    """With a mark by which a form is known to be about these very offers."""
    said = json.dumps([repr(offers.handoffs), repr(offers.ratings), repr(offers.raters)])
    said += json.dumps([repr(offers.agreements), offers.purposes])
    values = {name: getattr(offers, name) for name in CopyOffers.__dataclass_fields__ if name != "mark"}
    return CopyOffers(**values, mark=hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class _Chain:
    """The organization's chain as copying needs it."""

    parties: Mapping[int, Party]
    by_name: Mapping[str, tuple[int, ...]]
    links: Mapping[tuple[int, int, str], int]  # supplier, customer, folded deliverable -> hand-off
    ends: Mapping[int, tuple[int, int]]  # hand-off -> supplier, customer
    volumes: Mapping[tuple[int, int, str], float]

    @classmethod
    def of(cls, workshop: Workshop) -> _Chain:
        parties = {party.pk: party for party in Party.objects.filter(organization=workshop.organization_id)}
        by_name: dict[str, tuple[int, ...]] = {}
        for pk, party in parties.items():
            by_name[same_words(party.name)] = (*by_name.get(same_words(party.name), ()), pk)
        rows = HandOff.objects.in_chain().filter(organization=workshop.organization_id)
        links, ends, volumes = {}, {}, {}
        for pk, supplier, customer, what, volume in rows.values_list(
            "pk", "supplier_id", "customer_id", "deliverable", "volume"
        ):
            link = (supplier, customer, same_words(what))
            links[link], ends[pk], volumes[link] = pk, (supplier, customer), volume
        return cls(parties, by_name, links, ends, volumes)


class _Sides:
    """Who a drawn side is: a party of the chain, or somebody new, the same for the same words."""

    def __init__(self, chain: _Chain) -> None:
        self.chain = chain
        self.new: dict[str, tuple[int, str]] = {}

    def ends(self, side: Side) -> Ends:
        if side.party is not None:
            return Ends(side.party if side.party in self.chain.parties else None, None)
        named = self.chain.by_name.get(same_words(side.words), ())
        if len(named) == 1:
            return Ends(named[0], None)
        if named:
            return Ends(None, None)  # two of one name: nobody knows who is meant
        return Ends(None, self.new.setdefault(same_words(side.words), (len(self.new), side.words))[0])

    def name(self, side: Side) -> str:
        if side.party is None:
            return side.words
        party = self.chain.parties.get(side.party)
        return party.name if party is not None else ""

    def people(self, handoffs: Iterable[HandOffOffer]) -> tuple[PersonOffer, ...]:
        """The new people of hand-offs that can be copied."""
        possible = [offer for offer in handoffs if not offer.problem]
        giving = {offer.ends[0].person for offer in possible}
        wanted = giving | {offer.ends[1].person for offer in possible}
        return tuple(
            PersonOffer(place, name, place in giving, _usual_kind(place in giving))
            for place, name in self.new.values()
            if place in wanted
        )


def _usual_kind(gives: bool) -> str:
    return (PartyKind.EMPLOYEE if gives else PartyKind.END_CUSTOMER).value


def _handoff_offers(links: Iterable[DrawnLink], chain: _Chain, sides: _Sides) -> Iterable[HandOffOffer]:
    """The drawn hand-offs that are not in the chain, each once."""
    listed = list(links)
    ends = [(sides.ends(link.supplier), sides.ends(link.customer)) for link in listed]
    scale = _scales(listed, ends, chain)
    seen: set[tuple[object, ...]] = set()
    place = 0
    for link, two in zip(listed, ends, strict=True):
        problem = _problem(two, chain)
        same = (*two, same_words(link.deliverable))
        if _chain_key(two, link.deliverable) in chain.links or (same in seen and not problem):
            continue
        seen.add(same)
        yield HandOffOffer(
            place=place,
            supplier=sides.name(link.supplier),
            customer=sides.name(link.customer),
            deliverable=link.deliverable,
            volume=link.volume * scale.get(two[0], 1.0),
            ends=two,
            named_by=str(link.named_by or ""),
            problem=problem,
            key=link.key,
        )
        place += 1


def _chain_key(ends: tuple[Ends, Ends], deliverable: str) -> tuple[int, int, str]:
    return (ends[0].party or 0, ends[1].party or 0, same_words(deliverable))


def _scales(links: Iterable[DrawnLink], ends: Iterable[tuple[Ends, Ends]], chain: _Chain) -> dict[Ends, float]:
    """Supplier -> how much one drawn unit is in the unit of what it hands over already; as the room saw it."""
    drawn = [
        DrawnVolume(two[0], link.volume, chain.volumes.get(_chain_key(two, link.deliverable)))
        for link, two in zip(links, ends, strict=True)
        if not _problem(two, chain)
    ]
    given: dict[Ends, list[float]] = {}
    for (supplier, _customer, _what), volume in chain.volumes.items():
        given.setdefault(Ends(supplier, None), []).append(volume)
    return drawn_scales(drawn, given)


def _problem(ends: tuple[Ends, Ends], chain: _Chain) -> str:
    """Why this cannot be a hand-off; "" where it can."""
    if ends[0] == ends[1] and ends[0] != Ends(None, None):
        return _("Both sides are the same person.")
    for end in ends:
        if end == Ends(None, None):
            return _("One of the two cannot be told: there are several of this name, or nobody any more.")
        if end.party is not None and chain.parties[end.party].left_on is not None:
            return _("One of the two has left.")
    supplier = chain.parties.get(ends[0].party or 0)
    if supplier is not None and supplier.kind == PartyKind.END_CUSTOMER.value:
        return _("Nothing leaves an end customer: turn it round in the chain yourself if it was meant so.")
    return ""


def _entries(workshop: Workshop, kind: Kind) -> Iterable[Entry]:
    """What was said in the revealed edition of an exercise, by whom; nothing in an anonymous workshop."""
    if workshop.is_anonymous:
        return []
    exercise = (
        Exercise.objects.filter(workshop=workshop, kind=kind.value, state__in=_REVEALED).exclude(result="").first()
    )
    if exercise is None:
        return []
    rows = Entry.objects.filter(exercise=exercise, edition=exercise.edition, is_taken_back=False)
    rows = rows.exclude(teller=NOBODY)  # what people were asked is no agreement
    return rows.filter(participant__isnull=False).select_related("participant").order_by("pk")


def _receivers(links: Iterable[DrawnLink], offers: Iterable[HandOffOffer], chain: _Chain, sides: _Sides) -> Receivers:
    """Who receives what: by the chain, and by the drawing where it is in no chain, or came into it meanwhile."""
    found: dict[int, tuple[int, int]] = {}
    for link in links:
        two = sides.ends(link.supplier), sides.ends(link.customer)
        handoff = chain.links.get(_chain_key(two, link.deliverable))
        if link.key < 0 and handoff is not None:
            found[link.key] = (handoff, chain.ends[handoff][1])
    for offer in offers:
        end = offer.ends[1]
        receiver = end.party if end.person is None else new_rater(end.person)
        if offer.key < 0 and receiver is not None and not offer.problem:
            found[offer.key] = (offer.key, receiver)
    people = {words: new_rater(place) for words, (place, _name) in sides.new.items()}
    return Receivers(chain.parties, chain.ends, found, people)


def _agreements(workshop: Workshop, chain: _Chain, pairs: NewPairs) -> tuple[tuple[AgreementOffer, ...], int]:
    """Each agreement once: proposed by the side that was signed in with the account of its place in the chain."""
    found: dict[tuple[int, str, str], AgreementOffer] = {}
    all_of_them: set[tuple[object, ...]] = set()
    for row in _entries(workshop, Kind.AGREEMENTS):
        said = entry_from_json(Kind.AGREEMENTS, row.content)
        if not isinstance(said, AgreementEntry):
            continue
        what = same_words(said.sentence), said.due_on.isoformat()
        all_of_them.add(
            (said.supplier, same_words(said.supplier_words), said.customer, same_words(said.customer_words), what)
        )
        offer = _agreement_offer(said, row, chain) or pairs.agreement(said, row)
        if offer is not None:
            found.setdefault((offer.handoff, *what), offer)
    return tuple(found[key] for key in sorted(found)), len(all_of_them) - len(found)


@dataclass(frozen=True, slots=True)
class NewPairs:
    """The drawn hand-offs between two people who are new, and who is in the room under which name alone."""

    handoffs: Iterable[HandOffOffer]
    people: Mapping[str, tuple[int, str]]  # folded name -> place, name
    guests: Mapping[str, int]  # folded name -> minus the number of the participant

    def agreement(self, said: AgreementEntry, row: Entry) -> AgreementOffer | None:
        """None unless a side wrote it, by the name they were drawn by; their account may come later."""
        teller = row.participant
        names = same_words(said.supplier_words), same_words(said.customer_words)
        if teller is None or said.due_on < timezone.localdate() or said.supplier or said.customer:
            return None
        own = same_words(teller.name)
        gives, gets = (self.people.get(name) for name in names)
        if own not in names or self.guests.get(own) != -teller.pk or gives is None or gets is None:
            return None
        ends = gives[0], gets[0]
        between = [
            (-one.volume, one.key)
            for one in self.handoffs
            if not one.problem and (one.ends[0].person, one.ends[1].person) == ends
        ]
        if not between:
            return None
        own_side, other, owner = (gives, gets, "me") if own == names[0] else (gets, gives, "other")
        key, day = min(between)[1], said.due_on.isoformat()
        return AgreementOffer(key, 0, own_side[1], other[1], said.sentence, day, owner, (own_side[0], other[0]))


def _agreement_offer(said: AgreementEntry, row: Entry, chain: _Chain) -> AgreementOffer | None:
    """None where it cannot be proposed: nobody but the person themselves, signed in, speaks for them."""
    teller = row.participant
    ends = said.supplier, said.customer
    if teller is None or teller.party_id not in ends or teller.user_id is None or said.due_on < timezone.localdate():
        return None
    parties = [chain.parties.get(end or 0) for end in ends]
    if any(party is None or party.left_on is not None or party.kind != PartyKind.EMPLOYEE.value for party in parties):
        return None
    supplier, customer = (party for party in parties if party is not None)
    proposer, other = (supplier, customer) if teller.party_id == supplier.pk else (customer, supplier)
    if proposer.user_id != teller.user_id or other.user_id is None:
        return None
    handoff = _main_handoff(supplier.pk, customer.pk, chain)
    if handoff is None:
        return None
    owner = "me" if proposer is supplier else "other"
    return AgreementOffer(
        handoff, teller.user_id, proposer.name, other.name, said.sentence, said.due_on.isoformat(), owner
    )


def _main_handoff(supplier: int, customer: int, chain: _Chain) -> int | None:
    """The hand-off with the most work from one to the other; None without one."""
    between = [
        (-volume, chain.links[link]) for link, volume in chain.volumes.items() if link[:2] == (supplier, customer)
    ]
    return min(between)[1] if between else None
