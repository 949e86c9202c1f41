"""What the room said together: worked out once at the reveal, kept, and shown from what is kept alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import numpy as np
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.agreement_tallies import tally_agreements
from chainmap.domain.coffee_pairs import CoffeePlan, Link, Pair, find_coffee_pairs, pair_of
from chainmap.domain.confidentiality import raters_needed
from chainmap.domain.exercise_rates import tally_rates
from chainmap.domain.exercise_results import CoffeeResult, Result, result_from_json, result_to_json
from chainmap.domain.exercise_tallies import (
    Room,
    Said,
    tally_client,
    tally_coffee,
    tally_draw,
    tally_ladder,
    tally_moments,
    tally_orientation,
    tally_purpose,
)
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Basis, Bottlenecks
from chainmap.domain.first_clients import find_first_clients
from chainmap.domain.moments import CoachingRules
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.records import PartyKind
from chainmap.domain.response import FEWEST_ASKED, band_of_response
from chainmap.domain.solver import SolverError
from chainmap.domain.workshop_chain import same_words
from chainmap.exports.exercise_shown import result_context
from chainmap.exports.exercise_words import answered_band, answered_words
from chainmap.models import Exercise, Participant, Party, Workshop
from chainmap.services.analysis import analysis_find
from chainmap.services.exercise_asking import people_here, yes_said
from chainmap.services.exercise_forgetting import is_figure_alone, revealed_forget
from chainmap.services.exercise_guests import guests_of
from chainmap.services.exercise_names import names_of
from chainmap.services.exercise_pictures import drawn_picture
from chainmap.services.exercise_rooms import entries_of, plan_kept, rules_of, said_in
from chainmap.services.questionnaires import questionnaire_find
from chainmap.services.workshop_findings import (
    SHOWN_STATES,
    chain_counted,
    chain_known,
    drawn_keys,
    workshop_day,
    workshop_finding,
)

#: Pairs that were proposed within this time get less weight.
_LATELY = timedelta(days=90)
#: People for whom pairs are looked for; in a larger room those with most to gain.
_MOST_PEOPLE = 100


@dataclass(frozen=True, slots=True)
class ResultShown:
    """A result on a screen."""

    title: str
    template: str
    context: Mapping[str, Any]


def result_freeze(*, exercise: Exercise) -> None:
    """Work the result out from what counts now, and keep it; inside the caller's transaction, which holds the row.

    People count as often as they are in the room, however many phones they had. Where only figures are ever shown,
    nothing else is left afterwards.
    """
    joined = Participant.objects.filter(workshop=exercise.workshop).count()
    rules = rules_of(exercise.workshop)
    is_held_back = is_figure_alone(exercise) and _is_difference(exercise, joined, raters_needed(rules.k))
    found = _result(exercise, replace(rules, most=joined, is_held_back=is_held_back))
    exercise.result = result_to_json(found)
    if found.answered.is_shown:
        exercise.shown_to = joined
    exercise.save(update_fields=["result", "shown_to"])
    revealed_forget(exercise=exercise)


def _is_difference(exercise: Exercise, joined: int, needed: int) -> bool:
    """Whether a second figure beside the one that was shown would be about too few: those who came in between."""
    return exercise.shown_to is not None and 0 < abs(joined - exercise.shown_to) < needed


def result_find(*, workshop: Workshop, exercise: Exercise, hides_names: bool) -> ResultShown | None:
    """The result of a revealed exercise of this workshop, in words; None before the reveal.

    Names are today's. Whoever calls has asked whether the reader belongs to the room or to the organization.
    """
    found = result_kept(exercise=exercise)
    if found is None or exercise.workshop_id != workshop.pk:
        return None
    asked = None
    if exercise.kind == Kind.ORIENTATION:
        asked = questionnaire_find(organization=workshop.organization, code=ORIENTATION.code).text
    names = names_of(workshop, hides_names=hides_names)
    context = result_context(found, names, needed=raters_needed(rules_of(workshop).k), questionnaire=asked)
    if exercise.kind == Kind.DRAW and not workshop.is_anonymous:
        # worked out where a template shows it: sixty phones show the list alone
        context["picture"] = partial(drawn_picture, workshop=workshop, hides_names=hides_names)
    template = f"chainmap/workshop/results/{exercise.kind}.html"
    return ResultShown(context["title"], template, {**context, "exercise": exercise})


def result_kept(*, exercise: Exercise) -> Result | None:
    """The frozen result; None before the reveal."""
    if exercise.state not in SHOWN_STATES or not exercise.result:
        return None
    return result_from_json(Kind(exercise.kind), exercise.result)


def taken_part(exercise: Exercise) -> str:
    """How many have answered, in the words that may be said of them: exact with names, coarse without.

    Coarse is of those who were in at the start, so that nobody finds the number by coming and going. "" once it was
    revealed and nothing is left to count.
    """
    if exercise.result and is_figure_alone(exercise):
        return ""
    answered = entries_of(exercise).order_by().values("teller").distinct().count()
    workshop = exercise.workshop
    if not workshop.is_anonymous:
        return answered_words(answered)
    if exercise.asked < FEWEST_ASKED:
        return answered_band(None)
    return answered_band(band_of_response(exercise.asked, min(answered, exercise.asked)))


def coffee_plan(exercise: Exercise) -> CoffeePlan:
    """Who should talk to whom now: of the people in the room, without names of all people of the team."""
    workshop = exercise.workshop
    finding = _finding_or_none(workshop)
    guests = guests_of(workshop)
    keys = {
        # somebody the room drew is whoever came under that name
        party.id: party.key if party.key > 0 else guests.get(same_words(party.name), 0)
        for party in (finding.parties if finding else ())
    }
    people = [*_people_in(workshop, finding), *(key for key in keys.values() if key < 0)]
    created = finding.created if finding else 0.0
    links = [
        Link(
            handoff.key,
            keys[handoff.supplier],
            keys[handoff.customer],
            None
            if handoff.basis == Basis.ASSUMED or handoff.recoverable is None or not created
            else handoff.recoverable / created,
        )
        for handoff in (finding.handoffs if finding else ())
        if handoff.key > 0 or guests
    ]
    plan = find_coffee_pairs(people, links, _paired_lately(exercise))
    if not workshop.is_anonymous:
        return plan
    # nobody said to be here, so nobody is told to sit with others
    return CoffeePlan(tuple(type(pair)(pair.supplier, pair.customer, pair.handoff, pair.gain) for pair in plan.pairs))


def _result(exercise: Exercise, rules: Room) -> Result:
    said, workshop = said_in(exercise), exercise.workshop
    organization = workshop.organization
    match Kind(exercise.kind):
        case Kind.CLIENT:
            clients, shares = _clients(workshop, said)
            return tally_client(said, rules, clients=clients, shares=shares)
        case Kind.DRAW:
            return tally_draw(said, rules, keys=drawn_keys(workshop, said))
        case Kind.RATE:
            chains = {"chain": chain_counted(workshop, said), "known": chain_known(workshop)}
            return tally_rates(said, rules, **chains, day=workshop_day(workshop), kappa=organization.kappa)
        case Kind.MOMENTS:
            coaching = CoachingRules(
                organization.magic_for_one_misery, organization.told_of_misery, organization.told_of_magic
            )
            return tally_moments(said, rules, rules=coaching)
        case Kind.LADDER:
            return tally_ladder(said, rules)
        case Kind.ORIENTATION:
            asked = questionnaire_find(organization=organization, code=ORIENTATION.code).text
            return tally_orientation(said, rules, questionnaire=asked)
        case Kind.PURPOSE:
            return tally_purpose(said, rules)
        case Kind.COFFEE:
            return tally_coffee(said, rules, plan=plan_kept(exercise) or coffee_plan(exercise))
        case Kind.AGREEMENTS:
            guests = guests_of(workshop)
            return tally_agreements(said, rules, yes=yes_said(exercise), here=people_here(workshop), guests=guests)


def _clients(workshop: Workshop, said: list[Said[Any]]) -> tuple[dict[int, int], dict[int, float]]:
    """The most important client of everybody who said something, by the organization's whole chain.

    Beside it the share of what they deliver that goes through that client, 0..1, where it is known.
    """
    analysis = analysis_find(actor=OPERATOR, organization=workshop.organization)
    keys = analysis.chain.party_keys.tolist()
    place = {key: position for position, key in enumerate(keys)}
    people = sorted({one.party for one in said if one.party is not None and one.party in place})
    if not people:
        return {}, {}
    found = find_first_clients(analysis, np.array([place[person] for person in people], np.int64))
    rows = list(zip(people, found.client.tolist(), found.share.tolist(), strict=True))
    return (
        {person: keys[client] for person, client, _share in rows if client >= 0},
        {person: share for person, client, share in rows if client >= 0 and not math.isnan(share)},
    )


def _finding_or_none(workshop: Workshop) -> Bottlenecks | None:
    """The finding; None where a loop is so nearly closed that nothing would be sure."""
    try:
        return workshop_finding(workshop=workshop)
    except SolverError:
        return None


def _people_in(workshop: Workshop, finding: Bottlenecks | None) -> list[int]:
    if not workshop.is_anonymous:
        rows = Participant.objects.filter(workshop=workshop, party__isnull=False)
        return sorted(rows.values_list("party_id", flat=True))
    if finding is None:
        return []
    here = {party.id: party.key for party in finding.parties if party.kind == PartyKind.EMPLOYEE}
    if workshop.team_id is not None:
        team = set(Party.objects.filter(team=workshop.team_id).values_list("pk", flat=True))
        here = {code: key for code, key in here.items() if key in team}
    ranked = [here[end] for link in finding.handoffs for end in (link.supplier, link.customer) if end in here]
    return list(dict.fromkeys(ranked))[:_MOST_PEOPLE]


def _paired_lately(exercise: Exercise) -> dict[Pair, int]:
    """How often two people were proposed to each other lately, in other workshops or a former edition."""
    rows = Exercise.objects.filter(
        workshop__organization=exercise.workshop.organization_id,
        kind=Kind.COFFEE.value,
        workshop__made_at__gte=timezone.now() - _LATELY,
    )
    found: dict[Pair, int] = {}
    for text in rows.exclude(pk=exercise.pk).exclude(result="").values_list("result", flat=True):
        kept = result_from_json(Kind.COFFEE, text)
        for pair in kept.pairs if isinstance(kept, CoffeeResult) else ():
            two = pair_of(pair.supplier, pair.customer)
            found[two] = found.get(two, 0) + 1
    return found
