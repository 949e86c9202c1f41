"""What the keys of a result are called today, as whoever looks may know it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from chainmap.domain.bottlenecks import find_bottlenecks
from chainmap.domain.coffee_pairs import CoffeePlan
from chainmap.domain.hidden_names import HiddenWords, name_mask, with_number
from chainmap.domain.records import Chain, PartyKind
from chainmap.exports.exercise_words import Names
from chainmap.models import HandOff, Participant, Party, Workshop
from chainmap.services.exercise_guests import guest_names
from chainmap.services.shown_findings import hidden_words, map_words
from chainmap.services.workshop_drawn import drawn_ends


def pair_names(workshop: Workshop, plan: CoffeePlan) -> Names:
    """The names a phone needs for the pairs of a coffee, and no others: sixty phones ask at once."""
    people = {person for pair in plan.pairs for person in pair.people}
    links = {pair.handoff for pair in plan.pairs}
    parties = Party.objects.filter(organization=workshop.organization_id, pk__in=people).values_list("pk", "name")
    rows = HandOff.everything.filter(organization=workshop.organization_id, pk__in=links)
    ends = rows.values_list("pk", "supplier_id", "customer_id", "deliverable")
    called = guest_names(workshop) if any(person < 0 for person in people) else {}
    drawn = drawn_ends(workshop) if any(link < 0 for link in links) else {}
    return Names(
        dict(parties) | called, {pk: (supplier, customer, what) for pk, supplier, customer, what in ends}, drawn=drawn
    )


def names_of(workshop: Workshop, *, hides_names: bool, on_map: bool = False) -> Names:
    """What the keys of a result are called today; hidden: where somebody works, numbered, and no name in a text.

    ``on_map``: as short as there is room for on a map, "Planning 2", with the numbers of the long form.
    """
    rows = Party.objects.filter(organization=workshop.organization_id).order_by("pk")
    parties = {pk: (name, kind, team) for pk, name, kind, team in rows.values_list("pk", "name", "kind", "team__name")}
    handoffs = {
        pk: (supplier, customer, what)
        for pk, supplier, customer, what in HandOff.everything.filter(
            organization=workshop.organization_id
        ).values_list("pk", "supplier_id", "customer_id", "deliverable")
    }
    drawn = drawn_ends(workshop)
    if not hides_names:
        real = {key: name for key, (name, _kind, _team) in parties.items()}
        return Names(real | guest_names(workshop), handoffs, drawn=drawn)
    said = Participant.objects.filter(workshop=workshop).exclude(name="").values_list("name", flat=True)
    nothing = find_bottlenecks(Chain.from_records([], []), organization="")
    people = [name for name, kind, _team in parties.values() if kind == PartyKind.EMPLOYEE]
    companies = [name for name, kind, _team in parties.values() if kind != PartyKind.EMPLOYEE]
    mask = name_mask(nothing, [*people, *said], companies)
    called = _hidden(
        {key: (kind, team) for key, (_name, kind, team) in parties.items()}, map_words() if on_map else hidden_words()
    )
    guests = dict.fromkeys(guest_names(workshop), hidden_words().person(""))
    return Names(called | guests, handoffs, mask, True, drawn)


def _hidden(parties: Mapping[int, tuple[str, str | None]], words: HiddenWords) -> dict[int, str]:
    used: Counter[str] = Counter()
    shown = {}
    for key, (kind, team) in parties.items():
        called = words.person(team or "")
        if kind == PartyKind.END_CUSTOMER:
            called = words.customer
        elif kind == PartyKind.EXTERNAL_SUPPLIER:
            called = words.supplier
        used[called] += 1
        shown[key] = with_number(called, used[called], words.numbered)
    return shown
