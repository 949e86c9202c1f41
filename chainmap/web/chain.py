"""The first page, and the chain of one organization: what was found, the picture, the table, what to do next."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from chainmap.access import roles_of
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.roles import Action, Role, allows
from chainmap.exports import words
from chainmap.exports.report_figures import of_hundred
from chainmap.models import Organization
from chainmap.services.analysis import bottlenecks_find, delivered_range_find
from chainmap.services.decisions import permissions_find
from chainmap.services.first_question import clarity_find
from chainmap.services.my_page import home_organization
from chainmap.services.organizations import organization_find, organizations_list
from chainmap.services.parties import party_of_user
from chainmap.services.pictures import chain_draw
from chainmap.services.purposes import purpose_texts
from chainmap.services.rounds import latest_published
from chainmap.web.decision_items import decision_items
from chainmap.web.downloads import file_links
from chainmap.web.due import due_rows
from chainmap.web.handoff_rows import handoff_rows
from chainmap.web.linked_picture import linked_picture
from chainmap.web.pages import page
from chainmap.web.party_links import PartyLinks
from chainmap.web.queries import page_of, require_known
from chainmap.web.structure_items import structure_items

ROWS_A_PAGE = 25
#: Questions are for a conversation: more than this nobody asks in one week.
ASKED_NEXT = 10


@page
def home(request: HttpRequest) -> HttpResponse:
    """A member's own page; for others what is due, if anything; else straight on to the chain, or a choice for those
    who belong to several organizations."""
    require_known(request)
    organizations = organizations_list(actor=request.user)
    own = home_organization(user=request.user, organizations=organizations)
    if own is not None:
        return redirect("chainmap:me", own.pk)
    due = due_rows(request.user)
    if len(organizations) == 1 and not due:
        return redirect("chainmap:chain", organizations[0].pk)
    return render(request, "chainmap/home.html", {"organizations": organizations, "due": due})


@page
def chain_page(request: HttpRequest, organization: int) -> HttpResponse:
    """Where this organization loses value: a sentence, the picture, the ranked hand-offs, questions, structure."""
    require_known(request, "page")
    found = organization_find(actor=request.user, pk=organization)
    finding = bottlenecks_find(actor=request.user, organization=found)
    links = PartyLinks(found, finding)
    ranked, asked = finding.ranked, finding.ask_next
    roles = roles_of(request.user, found)
    table = page_of(request, Paginator(ranked, ROWS_A_PAGE))
    own = party_of_user(user=request.user, organization=found)
    context = {
        "organization": found,
        "due": due_rows(request.user, found),
        "finding": finding,
        "headline": words.headline(finding),
        "supporting": words.where_the_rest_goes(finding),
        "next_step": words.next_step(finding),
        "worst": handoff_rows(ranked[:1], links),
        "worst_gain": gain_of_hundred(finding),
        "table": table,
        "largest_loss": max((one.lost_share or 0.0 for one in ranked), default=0.0),
        "rows": handoff_rows(table.object_list, links),
        "asked_count": len(asked),
        "asked": handoff_rows(asked[:ASKED_NEXT], links) if finding.analysed else (),
        "structure": structure_items(finding, links),
        "decisions": decision_items(permissions_find(actor=request.user, organization=found), links),
        "delivered_range": delivered_range_find(actor=request.user, organization=found),
        "own": own,
        "is_unlinked": own is None and roles == {Role.MEMBER},
        "purpose": purpose_texts(actor=request.user, organization=found),
        "clarity": clarity_find(actor=request.user, organization=found),
        "may_import": allows(roles, Action.IMPORT),
        "may_export": allows(roles, Action.EXPORT_BOTTLENECKS),
        "may_keep_scenarios": allows(roles, Action.KEEP_SCENARIOS),
        "may_present": allows(roles, Action.PRESENT),
        "may_run_workshops": allows(roles, Action.RUN_WORKSHOPS),
        "may_compare": allows(roles, Action.COMPARE),
        "may_count_agreements": allows(roles, Action.COUNT_AGREEMENTS),
        "may_change_questionnaires": allows(roles, Action.CHANGE_QUESTIONNAIRES),
        "files": file_links("chainmap:bottlenecks_download", found.pk),
        "by_team": None if finding.analysed else latest_published(actor=request.user, organization=found),
    }
    if finding.parties and table.number == 1:
        context |= _picture(request, found, links)
    return render(request, "chainmap/chain.html", context)


def gain_of_hundred(finding: Bottlenecks) -> str:
    """How many more of every 100 created units would arrive if the worst hand-off were perfect; "" when unknown."""
    worst = next(iter(finding.ranked), None)
    if worst is None or not worst.recoverable or not finding.created:
        return ""
    return of_hundred(worst.recoverable / finding.created)


def _picture(request: HttpRequest, organization: Organization, links: PartyLinks) -> dict[str, object]:
    drawn = chain_draw(actor=request.user, organization=organization)
    # boxes of a folded picture are teams, which have no page of their own
    address = None if drawn.by_team else links.address
    return {"drawn": drawn, "picture": linked_picture(drawn.svg, address=address) if drawn.svg else ""}
