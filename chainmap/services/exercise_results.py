"""What the room said together: worked out once at the reveal, kept, and shown from what is kept alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from chainmap.access import OPERATOR
from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.coffee_pairs import CoffeePlan, Link, Pair, find_coffee_pairs, pair_of
from chainmap.domain.confidentiality import raters_needed
from chainmap.domain.exercise_entries import DrawEntry
from chainmap.domain.exercise_rates import live_ratings, tally_rates
from chainmap.domain.exercise_results import CoffeeResult, Result, result_from_json, result_to_json
from chainmap.domain.exercise_tallies import (
    Said,
    tally_agreements,
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
from chainmap.domain.hidden_names import name_mask
from chainmap.domain.moments import CoachingRules
from chainmap.domain.questionnaires import ORIENTATION
from chainmap.domain.records import Chain, PartyKind
from chainmap.domain.response import FEWEST_ASKED, band_of_response
from chainmap.domain.solver import SolverError
from chainmap.domain.workshop_chain import DrawnHandOff, DrawnSide, with_drawn, with_ratings, workshop_part
from chainmap.exports.exercise_shown import result_context
from chainmap.exports.exercise_words import Names, answered_band, answered_words
from chainmap.models import Exercise, HandOff, Participant, Party, Workshop
from chainmap.services.analysis import analysis_find
from chainmap.services.exercise_rooms import entries_of, plan_kept, rules_of, said_in
from chainmap.services.questionnaires import questionnaire_find

#: Pairs that were proposed within this time get less weight.
_LATELY = timedelta(days=90)
#: People for whom pairs are looked for; in a larger room those with most to gain.
_MOST_PEOPLE = 100
#: Findings of workshops kept at a time.
_KEPT = 8
_SHOWN = (Exercise.State.REVEALED, Exercise.State.DONE)


@dataclass(frozen=True, slots=True)
class ResultShown:
    """A result on a screen."""

    title: str
    template: str
    context: Mapping[str, Any]


def result_freeze(*, exercise: Exercise) -> None:
    """Work the result out from what counts now, and keep it; inside the caller's transaction, which holds the row."""
    exercise.result = result_to_json(_result(exercise))
    exercise.save(update_fields=["result"])


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
    template = f"chainmap/workshop/results/{exercise.kind}.html"
    return ResultShown(context["title"], template, {**context, "exercise": exercise})


def result_kept(*, exercise: Exercise) -> Result | None:
    """The frozen result; None before the reveal."""
    if exercise.state not in _SHOWN or not exercise.result:
        return None
    return result_from_json(Kind(exercise.kind), exercise.result)


def taken_part(exercise: Exercise) -> str:
    """How many have answered, in the words that may be said of them: exact with names, coarse without."""
    answered = entries_of(exercise).order_by().values("teller").distinct().count()
    workshop = exercise.workshop
    if not workshop.is_anonymous:
        return answered_words(answered)
    joined = Participant.objects.filter(workshop=workshop).count()
    if joined < FEWEST_ASKED:
        return answered_band(None)
    return answered_band(band_of_response(joined, min(answered, joined)))


def workshop_finding(*, workshop: Workshop) -> Bottlenecks:
    """The workshop's part of the chain with everything the room drew and rated and the coach revealed.

    Of a workshop without names the organization's chain alone: what was said is in no chain. Whoever calls has asked
    whether the reader may see the chain. Kept for as long as nothing of it changes. Raises SolverError.
    """
    organization = workshop.organization
    shown = Exercise.objects.filter(workshop=workshop, kind__in=[Kind.DRAW.value, Kind.RATE.value], state__in=_SHOWN)
    revealed = tuple(shown.order_by("kind").values_list("kind", "edition", "result"))
    chain = (organization.pk, organization.data_version, organization.kappa, organization.name)
    return _finding(workshop, (*chain, workshop.team_id, workshop.mode, revealed))


@lru_cache(maxsize=_KEPT)
def _finding(workshop: Workshop, _state: tuple[object, ...]) -> Bottlenecks:
    organization = workshop.organization
    return find_bottlenecks(_chain(workshop), organization=organization.name, kappa=organization.kappa)


def _chain(workshop: Workshop) -> Chain:
    chain = _chain_drawn(workshop)
    rated = _revealed(workshop, Kind.RATE)
    if rated is None or workshop.is_anonymous:
        return chain
    return with_ratings(chain, live_ratings(said_in(rated)), _day(workshop))


def coffee_plan(exercise: Exercise) -> CoffeePlan:
    """Who should talk to whom now: of the people in the room, without names of all people of the team."""
    workshop = exercise.workshop
    finding = _finding_or_none(workshop)
    keys = {party.id: party.key for party in finding.parties} if finding else {}
    people = _people_in(workshop, finding)
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
        if handoff.key > 0
    ]
    plan = find_coffee_pairs(people, links, _paired_lately(exercise))
    if not workshop.is_anonymous:
        return plan
    # nobody said to be here, so nobody is told to sit with others
    return CoffeePlan(tuple(type(pair)(pair.supplier, pair.customer, pair.handoff, pair.gain) for pair in plan.pairs))


def pair_names(workshop: Workshop, plan: CoffeePlan) -> Names:
    """The names a phone needs for the pairs of a coffee, and no others: sixty phones ask at once."""
    people = {person for pair in plan.pairs for person in pair.people}
    links = {pair.handoff for pair in plan.pairs}
    parties = Party.objects.filter(organization=workshop.organization_id, pk__in=people).values_list("pk", "name")
    rows = HandOff.everything.filter(organization=workshop.organization_id, pk__in=links)
    ends = rows.values_list("pk", "supplier_id", "customer_id", "deliverable")
    return Names(dict(parties), {pk: (supplier, customer, what) for pk, supplier, customer, what in ends})


def names_of(workshop: Workshop, *, hides_names: bool) -> Names:
    """What the keys of a result are called today; hidden: where somebody works, numbered, and no name in a text."""
    rows = Party.objects.filter(organization=workshop.organization_id).order_by("pk")
    parties = {pk: (name, kind, team) for pk, name, kind, team in rows.values_list("pk", "name", "kind", "team__name")}
    handoffs = {
        pk: (supplier, customer, what)
        for pk, supplier, customer, what in HandOff.everything.filter(
            organization=workshop.organization_id
        ).values_list("pk", "supplier_id", "customer_id", "deliverable")
    }
    if not hides_names:
        return Names({key: name for key, (name, _kind, _team) in parties.items()}, handoffs)
    said = Participant.objects.filter(workshop=workshop).exclude(name="").values_list("name", flat=True)
    nothing = find_bottlenecks(Chain.from_records([], []), organization="")
    mask = name_mask(nothing, [*(name for name, _kind, _team in parties.values()), *said])
    return Names(_hidden({key: (kind, team) for key, (_name, kind, team) in parties.items()}), handoffs, mask)


def _hidden(parties: Mapping[int, tuple[str, str | None]]) -> dict[int, str]:
    used: dict[str, int] = {}
    shown = {}
    for key, (kind, team) in parties.items():
        called = _("a person of %(team)s") % {"team": team} if team else _("a person")
        if kind == PartyKind.END_CUSTOMER:
            called = _("an end customer")
        elif kind == PartyKind.EXTERNAL_SUPPLIER:
            called = _("an external supplier")
        used[called] = used.get(called, 0) + 1
        shown[key] = called if used[called] == 1 else f"{called} ({used[called]})"
    return shown


def _result(exercise: Exercise) -> Result:
    said, workshop, rules = said_in(exercise), exercise.workshop, rules_of(exercise.workshop)
    organization = workshop.organization
    match Kind(exercise.kind):
        case Kind.CLIENT:
            return tally_client(said, rules, clients=_clients(workshop, said))
        case Kind.DRAW:
            keys = with_drawn(_part_of_chain(workshop), [_drawn(one.entry) for one in said])[1]
            return tally_draw(said, rules, keys=keys)
        case Kind.RATE:
            chain = _chain_drawn(workshop)
            return tally_rates(said, rules, chain=chain, day=_day(workshop), kappa=organization.kappa)
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
            return tally_agreements(said, rules)


def _clients(workshop: Workshop, said: list[Said[Any]]) -> dict[int, int]:
    """The most important client of everybody who said something, by the organization's whole chain."""
    analysis = analysis_find(actor=OPERATOR, organization=workshop.organization)
    keys = analysis.chain.party_keys.tolist()
    place = {key: position for position, key in enumerate(keys)}
    people = sorted({one.party for one in said if one.party is not None and one.party in place})
    if not people:
        return {}
    found = find_first_clients(analysis, np.array([place[person] for person in people], np.int64))
    return {person: keys[client] for person, client in zip(people, found.client.tolist(), strict=True) if client >= 0}


def _part_of_chain(workshop: Workshop) -> Chain:
    analysis = analysis_find(actor=OPERATOR, organization=workshop.organization)
    if workshop.team_id is None:
        return analysis.chain
    team = Party.objects.filter(organization=workshop.organization_id, team=workshop.team_id)
    return workshop_part(analysis.chain, team.values_list("pk", flat=True))


def _chain_drawn(workshop: Workshop) -> Chain:
    chain = _part_of_chain(workshop)
    drawn = _revealed(workshop, Kind.DRAW)
    if drawn is None or workshop.is_anonymous:
        return chain
    return with_drawn(chain, [_drawn(one.entry) for one in said_in(drawn)])[0]


def _drawn(entry: DrawEntry) -> DrawnHandOff:
    return DrawnHandOff(
        DrawnSide(entry.supplier, entry.supplier_words),
        DrawnSide(entry.customer, entry.customer_words),
        entry.deliverable,
        float(entry.volume),
    )


def _revealed(workshop: Workshop, kind: Kind) -> Exercise | None:
    rows = Exercise.objects.filter(workshop=workshop, kind=kind.value, state__in=_SHOWN)
    return rows.exclude(result="").select_related("workshop__organization").first()


def _day(workshop: Workshop) -> int:
    return (workshop.closed_on or timezone.localdate()).toordinal()


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
