"""The finding a walk or a scene is made of: of all open rounds, of one round, of a workshop; with or without names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chainmap.access import NotFound, Operator, User
from chainmap.domain.findings import Bottlenecks, PartyFinding
from chainmap.domain.hidden_names import HiddenWords, hide_names, name_mask
from chainmap.domain.records import PartyKind
from chainmap.models import Organization, Participant, Party, Round, Workshop
from chainmap.services.analysis import bottlenecks_find
from chainmap.services.maps import MapShown, map_shown, map_sources
from chainmap.services.round_analysis import round_bottlenecks_find
from chainmap.services.rounds import latest_published
from chainmap.services.structure import group_key
from chainmap.services.workshop_findings import workshop_finding

#: Rounds to choose from.
MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding to look at. ``mask`` takes names out of a sentence; it changes nothing where they are not hidden."""

    finding: Bottlenecks
    round: Round | None
    workshop: Workshop | None
    hides_names: bool
    mask: Callable[[str], str]

    def party(self, key: int) -> PartyFinding:
        """The party with this number. Raises NotFound."""
        for party in self.finding.parties:
            if party.key == key:
                return party
        raise NotFound

    def party_of(self, row: Party | None) -> PartyFinding | None:
        """The party a row of the database stands for: itself, or its team in a finding by team."""
        if row is None:
            return None
        wanted = group_key(row) if self.finding.by_team else row.code
        return next((party for party in self.finding.parties if party.id == wanted), None)


def finding_shown(
    *,
    actor: User | Operator,
    organization: Organization,
    round: Round | None = None,
    workshop: Workshop | None = None,
    hides_names: bool = False,
    by_person: bool = False,
) -> Shown:
    """The finding of a round; of a workshop; else of all open rounds by person. Where nothing is known of those, and a
    workshop has drawn and rated nothing, the last protected round by team, unless it has to be ``by_person``.

    Raises NotFound for a stranger and for a round without results, SolverError as in ``services/analysis.py``.
    """
    if workshop is not None:
        bottlenecks_find(actor=actor, organization=organization)  # may the reader see a chain at all?
        finding = workshop_finding(workshop=workshop)
        knows = finding.analysed or any(one.key < 0 for one in finding.handoffs)
        round = None if knows else latest_published(actor=actor, organization=organization)
        if round is not None:
            finding = round_bottlenecks_find(actor=actor, round=round)
    elif round is not None:
        finding = round_bottlenecks_find(actor=actor, round=round)
    else:
        finding = bottlenecks_find(actor=actor, organization=organization)
        round = None if finding.analysed or by_person else latest_published(actor=actor, organization=organization)
        if round is not None:
            finding = round_bottlenecks_find(actor=actor, round=round)
    if not hides_names:
        return Shown(finding, round, workshop, False, _as_it_is)
    mask = name_mask(finding, _all_names(organization, workshop))
    return Shown(hide_names(finding, hidden_words()), round, workshop, True, mask)


def map_opened(*, actor: User | Operator, organization: Organization) -> tuple[Round | None, MapShown]:
    """The map as it opens when nobody chose one: as a walk begins (:func:`finding_shown`), and the round it is of.

    Raises NotFound for a stranger, PermissionDenied without the right, SolverError as in ``services/analysis.py``.
    """
    whole = map_shown(actor=actor, organization=organization)
    round = None if whole.finding.analysed else latest_published(actor=actor, organization=organization)
    return round, whole if round is None else map_shown(actor=actor, organization=organization, round=round)


def walk_rounds(*, actor: User | Operator, organization: Organization) -> list[Round]:
    """The rounds with something to show, newest first, at most MOST_ROUNDS. Raises NotFound for a stranger."""
    return map_sources(actor=actor, organization=organization)[:MOST_ROUNDS]


def hidden_words() -> HiddenWords:
    """What stands instead of names, in the reader's language."""
    return HiddenWords(
        person=lambda team: _("a person of %(team)s") % {"team": team} if team else _("a person"),
        team=lambda letter: _("Team %(letter)s") % {"letter": letter},
        customer=_("an end customer"),
        supplier=_("an external supplier"),
    )


def map_words() -> HiddenWords:
    """The same for a map, where there is little room: "Planning 2" is who a sentence calls a person of Planning (2)."""
    return HiddenWords(
        person=lambda team: team or _("Person"),
        team=lambda letter: _("Team %(letter)s") % {"letter": letter},
        customer=_("Customer"),
        supplier=_("Supplier"),
        numbered=lambda called, number: _("%(called)s %(number)s") % {"called": called, "number": number},
    )


def _all_names(organization: Organization, workshop: Workshop | None) -> list[str]:
    """Names of people that may stand in what somebody typed, though the finding may know teams alone."""
    people = Party.objects.filter(organization=organization, kind=PartyKind.EMPLOYEE.value)
    names = list(people.values_list("name", flat=True))
    if workshop is not None:
        names += Participant.objects.filter(workshop=workshop).exclude(name="").values_list("name", flat=True)
    return names


def _as_it_is(text: str) -> str:
    return text
