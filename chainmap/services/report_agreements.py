"""What a report may say of agreements: how many there are, and what a named room agreed on aloud.

What two people agreed between themselves is theirs: it is counted, never listed. What a room said aloud in a workshop
with names stands on the results page of that workshop, and only for those who may see that page it stands here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from chainmap.access import Operator, User, can
from chainmap.domain.exercise_results import AgreementShown, AgreementsResult, result_from_json
from chainmap.domain.exercises import Exercise as Kind
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.reports import AgreementFigures, AgreementMark
from chainmap.domain.roles import Action
from chainmap.models import Exercise, Organization, Workshop
from chainmap.services.agreement_sharing import agreement_counts
from chainmap.services.workshop_findings import SHOWN_STATES

#: What was agreed between two parties: (supplier, customer) -> marks, by their own numbers.
Agreed = Mapping[tuple[int, int], tuple[AgreementMark, ...]]


def agreement_figures(*, actor: User | Operator, organization: Organization) -> AgreementFigures:
    """How many agreements are kept, open, overdue; nothing for whoever may not count them. At most two queries."""
    if not can(actor, Action.COUNT_AGREEMENTS, organization):
        return AgreementFigures()
    found = agreement_counts(actor=actor, organization=organization)
    return AgreementFigures(found.kept, found.partly, found.not_kept, found.open, found.due)


def agreed_aloud(*, organization: Organization, teams: Collection[int] | None = None) -> Agreed:
    """What rooms of the organization agreed on, in workshops with names. One query.

    ``teams``: only workshops of these teams and of the whole organization. Practice workshops are invented. Whoever
    calls has asked whether the reader may see workshops.
    """
    rows = Exercise.objects.filter(
        workshop__organization=organization,
        workshop__mode=Workshop.Mode.OPEN,
        workshop__is_practice=False,
        kind=Kind.AGREEMENTS.value,
        state__in=SHOWN_STATES,
    ).exclude(result="")
    listed = rows.order_by("workshop__made_at", "pk").values_list("result", "workshop__team_id")
    shown: list[AgreementShown] = []
    for text, team in listed:
        if teams is None or team is None or team in teams:
            shown += _read(text)
    return agreed_of(shown)


def agreed_of(shown: Iterable[AgreementShown]) -> Agreed:
    """The agreements between two parties of the chain, in their order; those with somebody else have no hand-off.

    Only those both said yes to: what is proposed is no agreement, and beside it would stand who has not said yes.
    """
    found: dict[tuple[int, int], tuple[AgreementMark, ...]] = {}
    for one in shown:
        if one.yes and one.supplier.party is not None and one.customer.party is not None:
            ends = one.supplier.party, one.customer.party
            found[ends] = (*found.get(ends, ()), AgreementMark(one.sentence, one.due_on))
    return found


def marks_by_handoff(agreed: Agreed, finding: Bottlenecks) -> dict[int, tuple[AgreementMark, ...]]:
    """Key of a hand-off -> what was agreed between its two sides: at the first of the ranking between them alone."""
    keys = {party.id: party.key for party in finding.parties}
    marks: dict[int, tuple[AgreementMark, ...]] = {}
    told: set[tuple[int, int]] = set()
    for handoff in finding.ranked:
        ends = keys[handoff.supplier], keys[handoff.customer]
        if ends in agreed and ends not in told:
            told.add(ends)
            marks[handoff.key] = agreed[ends]
    return marks


def _read(text: str) -> tuple[AgreementShown, ...]:
    """The agreements of a kept result; none of one that cannot be read."""
    try:
        found = result_from_json(Kind.AGREEMENTS, text)
    except ValueError:
        return ()
    return found.agreements if isinstance(found, AgreementsResult) else ()
