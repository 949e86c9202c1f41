"""A workshop into the organization: what was drawn into its chain, live ratings into a round, agreements to their two.

All or nothing, once: the workshop is held, and one that was copied is not copied again.

- Hand-offs the coach ticked come in as an import would bring them: in the chain, neither side has said anything yet,
  and either may dispute them on their own page.
- Ratings of an open workshop become a closed open round, those of a drawn hand-off together with it. Without names
  there are none; a draft of an anonymous round is prepared instead.
- An agreement is proposed by the side that said it while signed in, and the other side says yes on its own page:
  nobody's yes is given for them, also where the room heard it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.questions import QuestionSet
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.domain.workshop_chain import same_words
from chainmap.imports.chain_files import PersonRow
from chainmap.models import Agreement, HandOff, Organization, Party, Round, Workshop
from chainmap.services.agreements import AgreementPlan, agreement_make
from chainmap.services.chain_store import (
    HandOffValues,
    RatingValues,
    handoffs_store,
    parties_known,
    parties_store,
    ratings_store,
)
from chainmap.services.limits import TooMany
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.purposes import purpose_find, purpose_set
from chainmap.services.rounds import LONGEST_NAME, RoundPlan, least_group, round_create
from chainmap.services.workshop_after import held_on
from chainmap.services.workshop_offers import CopyOffers, HandOffOffer, PersonOffer, copy_offers_find
from chainmap.services.workshop_rating_offers import RatingOffer, new_rater
from chainmap.services.workshops import WorkshopProblem, workshop_held, workshop_touch

#: Of the id a new person gets.
_CODE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class CopyPlan:
    """What a coach ticked; ``mark`` is that of the offers they looked at."""

    mark: str
    handoffs: frozenset[int] = frozenset()  # places
    kinds: Mapping[int, str] = field(default_factory=dict)  # place of a new person -> kind of party
    raters: frozenset[int] = frozenset()  # whose scores
    agreements: bool = False
    draft: bool = False  # anonymous: prepare a round
    purpose: str = ""  # one of the offered texts; "" = none


@dataclass(frozen=True, slots=True)
class CopyDone:
    """What was copied. ``was_so``: it had been copied before, and nothing was done now."""

    round: Round | None
    handoffs: int = 0
    people: int = 0
    ratings: int = 0
    agreements: int = 0
    was_so: bool = False


def workshop_copy(*, actor: User | Operator, workshop: Workshop, plan: CopyPlan) -> CopyDone:
    """Copy what was ticked, all of it or nothing.

    Raises NotFound, PermissionDenied, WorkshopProblem (not closed, nothing ticked, a kind that cannot be, too many
    agreements of one person; naming the field), and EditConflict where the offers are others than those that were
    looked at.
    """
    require(actor, Action.RUN_WORKSHOPS, workshop.organization)
    with transaction.atomic():
        held = workshop_held(workshop)
        if held.is_copied:
            return CopyDone(held.round, was_so=True)
        if held.state != Workshop.State.CLOSED:
            raise WorkshopProblem("not_closed", _("The workshop is still going on. Close it first, then copy it."))
        offers = copy_offers_find(actor=actor, workshop=held)
        if plan.mark != offers.mark:
            raise EditConflict({}, held.version)
        done = _copied(actor, held, offers, plan)
        held.round, held.is_copied = done.round, True
        held.save(update_fields=["round", "is_copied"])
        workshop_touch(held)
    return done


def _copied(actor: User | Operator, held: Workshop, offers: CopyOffers, plan: CopyPlan) -> CopyDone:
    ticked = [offer for offer in offers.handoffs if offer.place in plan.handoffs and not offer.problem]
    if not (ticked or plan.raters or plan.agreements or plan.draft or plan.purpose):
        raise WorkshopProblem("nothing", _("Nothing is ticked. Tick what should be copied."))
    organization = held.organization
    people = _people_make(organization, offers, ticked, plan.kinds)
    written = handoffs_store(organization=organization, rows=_values(organization, ticked, people))
    copied = _Copied.of(organization, ticked, people)
    round, ratings = _round_make(actor, held, offers, plan, copied)
    if written.changed or people or ratings:
        organization.touch()
    agreements = 0
    if plan.agreements:
        agreements = _agreements_make(organization, offers) + _new_pairs_agree(offers, copied)
    _purpose_write(actor, held, offers, plan.purpose)
    return CopyDone(round, written.created + written.updated, len(people), ratings, agreements)


def _people_make(
    organization: Organization, offers: CopyOffers, ticked: Iterable[HandOffOffer], kinds: Mapping[int, str]
) -> dict[int, int]:
    """Place of a new person -> number of the party, for those in ticked hand-offs."""
    suppliers = {offer.ends[0].person for offer in ticked}
    wanted = suppliers | {offer.ends[1].person for offer in ticked}
    people = [person for person in offers.people if person.place in wanted]
    taken = set(parties_known(organization=organization))
    rows: dict[int, PersonRow] = {}
    for person in people:
        kind = _kind(person, kinds, gives=person.place in suppliers)
        code = _free(person.name, taken, _CODE_LENGTH)
        taken.add(code)
        rows[person.place] = PersonRow(
            line=0, id=code, name=person.name, kind=kind, team=None, role=None, email=None, capacity=None
        )
    parties_store(organization=organization, rows=list(rows.values()))
    known = parties_known(organization=organization)
    return {place: known[row.id].pk for place, row in rows.items()}


def _kind(person: PersonOffer, kinds: Mapping[int, str], *, gives: bool) -> PartyKind:
    chosen = kinds.get(person.place) or person.usual_kind
    field_name = f"kind{person.place}"
    if chosen not in set(PartyKind):
        raise WorkshopProblem("kind", _("Choose what %(name)s is.") % {"name": person.name}, field_name)
    if chosen == PartyKind.END_CUSTOMER and gives:
        said = _("%(name)s hands something on, and nothing leaves an end customer. Choose another, or untick that.")
        raise WorkshopProblem("end_customer_gives", said % {"name": person.name}, field_name)
    return PartyKind(chosen)


def _values(
    organization: Organization, ticked: Iterable[HandOffOffer], people: Mapping[int, int]
) -> list[HandOffValues]:
    """The hand-offs to store. One that is stored already, as a claim or taken out, keeps its words and its volume."""
    stored = _stored(organization)
    values = {}
    for offer in ticked:
        supplier, customer = _parties(offer, people)
        same = stored.get((supplier, customer, same_words(offer.deliverable)))
        value = HandOffValues(supplier, customer, same or offer.deliverable, None if same else offer.volume)
        values[value.link] = value
    return list(values.values())


def _stored(organization: Organization) -> dict[tuple[int, int, str], str]:
    rows = HandOff.everything.filter(organization=organization)
    return {
        (supplier, customer, same_words(what)): what
        for supplier, customer, what in rows.values_list("supplier_id", "customer_id", "deliverable")
    }


@dataclass(frozen=True, slots=True)
class _Copied:
    """What became of the drawn hand-offs and of the new people that were copied."""

    handoffs: Mapping[int, int]  # key below 0 -> hand-off
    people: Mapping[int, int]  # number of a new rater -> party

    @classmethod
    def of(cls, organization: Organization, ticked: Iterable[HandOffOffer], people: Mapping[int, int]) -> _Copied:
        rows = HandOff.everything.filter(organization=organization)
        stored = {
            (supplier, customer, same_words(what)): pk
            for pk, supplier, customer, what in rows.values_list("pk", "supplier_id", "customer_id", "deliverable")
        }
        handoffs = {offer.key: stored[(*_parties(offer, people), same_words(offer.deliverable))] for offer in ticked}
        return cls(handoffs, {new_rater(place): party for place, party in people.items()})

    def ratings(self, offers: Iterable[RatingOffer]) -> list[RatingOffer]:
        """The ratings with the numbers of the chain, without those of what was not copied; each once."""
        found = {}
        for one in offers:
            handoff = one.handoff if one.handoff > 0 else self.handoffs.get(one.handoff)
            rater = one.rater if one.rater > 0 else self.people.get(one.rater)
            if handoff is not None and rater is not None:
                found[handoff, rater] = RatingOffer(handoff, rater, one.score)
        return list(found.values())


def _parties(offer: HandOffOffer, people: Mapping[int, int]) -> tuple[int, int]:
    """The numbers of its two sides, once the new people are there."""
    supplier, customer = (people[end.person] if end.person is not None else (end.party or 0) for end in offer.ends)
    return supplier, customer


def _round_make(
    actor: User | Operator, held: Workshop, offers: CopyOffers, plan: CopyPlan, copied: _Copied
) -> tuple[Round | None, int]:
    """The round of the ratings and how many there are; of an anonymous workshop a draft, where it is wanted."""
    organization = held.organization
    taken = set(Round.objects.filter(organization=organization).values_list("name", flat=True))
    name = _free(" ".join(held.name.split()), taken, LONGEST_NAME)
    if held.is_anonymous:
        if not plan.draft:
            return None, 0
        teams = (held.team_id,) if held.team_id is not None else None
        wanted = RoundPlan(name=name, mode=Round.Mode.ANONYMOUS.value, teams=teams)
        return round_create(actor=actor, organization=organization, plan=wanted), 0
    scores = copied.ratings(one for one in offers.ratings if one.rater in plan.raters)
    if not scores:
        return None, 0
    day = held_on(held)
    made: Round = Round.objects.create(
        organization=organization,
        name=name,
        mode=Round.Mode.OPEN,
        state=Round.State.CLOSED,
        question_set=QuestionSet.SCORE.value,
        k=least_group(),
        opened_on=day,
        closed_on=day,
    )
    if held.team_id is not None:
        made.teams.add(held.team_id)
    ratings_store(round=made, rows=[RatingValues(one.handoff, one.rater, day, float(one.score)) for one in scores])
    return made, len(scores)


def _agreements_make(organization: Organization, offers: CopyOffers) -> int:
    """Propose each in the name of the side that said it. One that is proposed already is left alone."""
    users = get_user_model()._default_manager.in_bulk([offer.user for offer in offers.agreements if offer.user])
    made = 0
    for offer in offers.agreements:
        user = users.get(offer.user)
        if user is None or not user.is_active:
            continue
        plan = AgreementPlan(offer.sentence, offer.owner, date.fromisoformat(offer.due_on))
        try:
            agreement_make(user=user, organization=organization, plan=plan, handoff=offer.handoff)
        except NotFound:  # an account that no longer belongs to the organization
            continue
        except TooMany as refused:
            said = _("%(name)s has proposed as many agreements as fit into a day. Untick them, or copy tomorrow.")
            raise WorkshopProblem("agreement", said % {"name": offer.proposer}) from refused
        except OwnProblem as problem:
            if problem.code != "twice":
                raise WorkshopProblem("agreement", str(problem)) from problem
        else:
            made += 1
    return made


def _new_pairs_agree(offers: CopyOffers, copied: _Copied) -> int:
    """Propose those between two who came into the chain with this copy; the other side says yes on their own page.

    Nothing where their hand-off was not ticked, or one of the two works outside.
    """
    made = 0
    staff = PartyKind.EMPLOYEE.value
    parties = Party.objects.filter(kind=staff).in_bulk(copied.people.values())
    for offer in offers.agreements:
        handoff = copied.handoffs.get(offer.handoff)
        ends = [parties.get(copied.people.get(new_rater(place), 0)) for place in offer.ends]
        proposer, other = ends
        if offer.user or handoff is None or proposer is None or other is None:
            continue
        Agreement.objects.create(
            handoff_id=handoff,
            made_by=proposer,
            owner=proposer if offer.owner == "me" else other,
            sentence=offer.sentence,
            due_on=date.fromisoformat(offer.due_on),
        )
        made += 1
    return made


def _purpose_write(actor: User | Operator, held: Workshop, offers: CopyOffers, text: str) -> None:
    if not text or isinstance(actor, Operator):
        return
    if text not in offers.purposes:
        raise WorkshopProblem("purpose", _("This is none of the sentences of the room. Choose one of them."), "purpose")
    seen = purpose_find(user=actor, organization=held.organization, team=held.team_id)
    purpose_set(user=actor, organization=held.organization, team=held.team_id, text=text, version=seen.version)


def _free(name: str, taken: Iterable[str], most: int) -> str:
    """The name, or with the first number behind it that is free: "Kitchen (2)"."""
    others = set(taken)
    free, number = name[:most], 1
    while free in others:
        number += 1
        behind = f" ({number})"
        free = name[: most - len(behind)] + behind
    return free
