"""One party's own view: its most important client, its suppliers, its main chain, what depends on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from chainmap.access import NotFound, can
from chainmap.domain.findings import ClientShare, HandOffFinding, PartyChain, SupplierShare
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.exports.waterfall import waterfall_svg
from chainmap.models import Organization, Party
from chainmap.services.analysis import bottlenecks_find, party_chain_find
from chainmap.services.organizations import organization_find
from chainmap.services.parties import party_find, party_of_user
from chainmap.services.purposes import purpose_texts
from chainmap.services.stories import stories_list
from chainmap.web.handoff_forms import LeftForm
from chainmap.web.handoff_rows import HandOffRow, handoff_rows
from chainmap.web.pages import page
from chainmap.web.party_links import PartyLinks
from chainmap.web.party_sentences import PartySentences
from chainmap.web.queries import require_known

#: Neighbours seen at once, neighbours behind "more", and hand-offs of one table.
NEIGHBOURS_SHOWN, NEIGHBOURS_MORE, HANDOFFS_SHOWN = 8, 200, 100
#: Stories on the page of an end customer.
STORIES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A direct customer or supplier with its share."""

    link: SafeString
    share: float | None  # 0..1
    volume: float


@dataclass(frozen=True, slots=True)
class Listing:
    """The first rows of a list, those behind "more", and how many there are in all."""

    rows: Sequence[HandOffRow | Neighbour]
    total: int
    further: Sequence[Neighbour] = ()

    @property
    def count(self) -> int:
        """How many of them are on the page."""
        return len(self.rows) + len(self.further)


@page
def party_page(request: HttpRequest, organization: int, party: int) -> HttpResponse:
    """Who this party serves and who serves it; in the second person when it is the reader's own page."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    person = party_find(actor=request.user, organization=found, pk=party)
    finding = bottlenecks_find(actor=request.user, organization=found)
    links = PartyLinks(found, finding)
    if links.party(person.code) is None:
        raise NotFound  # entered after this finding was made: it has no place in the chain yet
    chain = party_chain_find(actor=request.user, organization=found, party=person)
    own = person.user_id is not None and person.user_id == request.user.pk
    context = {
        "organization": found,
        "party": person,
        "about": links.party(person.code),
        "own": own,
        "analysed": finding.analysed,
        "said": PartySentences(finding=finding, chain=chain, links=links, own=own),
        "customers": _neighbours(chain.customers, links),
        "suppliers": _neighbours(chain.suppliers, links),
        "waterfall": _waterfall(chain, links),
        "steps": [(links[step.supplier], links[step.customer], step) for step in chain.main_chain],
        "given": _handoffs([row for row in finding.handoffs if row.supplier == person.code], links),
        "received": _handoffs([row for row in finding.handoffs if row.customer == person.code], links),
    }
    if can(request.user, Action.CHANGE_PEOPLE, found):
        context["form"] = LeftForm(initial={"left_on": person.left_on})
    return render(request, "chainmap/party.html", context | _purpose(request, found, person))


def _purpose(request: HttpRequest, organization: Organization, party: Party) -> dict[str, object]:
    """What it is all for, where the chain ends; of an end customer also the stories that reached them."""
    purpose = purpose_texts(actor=request.user, organization=organization)
    told: dict[str, object] = {"purpose": purpose, "team_purpose": purpose.teams.get(party.team_id or 0, "")}
    if party.kind == PartyKind.END_CUSTOMER.value:
        told["stories"] = stories_list(
            actor=request.user, organization=organization, customer=party.pk, limit=STORIES_SHOWN
        )
        told["may_tell"] = party_of_user(user=request.user, organization=organization) is not None
    return told


def _waterfall(chain: PartyChain, links: PartyLinks) -> SafeString:
    names = {id_: links.name(id_) for step in chain.main_chain for id_ in (step.supplier, step.customer)}
    return mark_safe(waterfall_svg(chain.main_chain, names))  # noqa: S308 - every name is escaped there


def _neighbours(shares: Sequence[ClientShare | SupplierShare], links: PartyLinks) -> Listing:
    most = shares[: NEIGHBOURS_SHOWN + NEIGHBOURS_MORE]
    rows = [Neighbour(link=links[one.party], share=one.share, volume=one.volume) for one in most]
    return Listing(rows=rows[:NEIGHBOURS_SHOWN], further=rows[NEIGHBOURS_SHOWN:], total=len(shares))


def _handoffs(findings: Sequence[HandOffFinding], links: PartyLinks) -> Listing:
    largest = sorted(findings, key=lambda one: (-(one.flow or 0.0), -one.volume, one.key))
    return Listing(rows=handoff_rows(largest[:HANDOFFS_SHOWN], links), total=len(findings))
