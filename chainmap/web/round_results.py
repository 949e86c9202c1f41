"""What a closed round says to the reader: the finding, then the own part, then what stands behind both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can
from chainmap.domain.cells import Table
from chainmap.domain.findings import Bottlenecks
from chainmap.domain.release import CellState
from chainmap.domain.roles import Action
from chainmap.domain.solver import SolverError
from chainmap.exports import words
from chainmap.exports.bottlenecks import ExportFormat
from chainmap.exports.picture_error import PictureError
from chainmap.models import Round
from chainmap.services.organizations import organization_find
from chainmap.services.results import (
    CellRow,
    own_results_find,
    rating_share,
    results_state,
    round_results_find,
)
from chainmap.services.round_analysis import round_bottlenecks_find, round_draw, round_export
from chainmap.services.rounds import round_find
from chainmap.web.chain import ROWS_A_PAGE, gain_of_hundred
from chainmap.web.downloads import file_links, file_response
from chainmap.web.errors import picture_unavailable
from chainmap.web.handoff_rows import handoff_rows
from chainmap.web.linked_picture import linked_picture
from chainmap.web.pages import button_page, page
from chainmap.web.party_links import PartyLinks
from chainmap.web.queries import QueryError, page_of, require_known

#: Hand-offs with names and scores on one page; a longer list would be read by nobody.
HANDOFFS_SHOWN = 200


class TeamNames(PartyLinks):
    """The groups of a release by their key; they have no page of their own."""

    def __getitem__(self, id_: str) -> SafeString:
        return format_html("<bdi>{}</bdi>", self.name(id_))


@dataclass(frozen=True, slots=True)
class CellTable:
    """One table of released cells."""

    table: Table
    title: str
    meaning: str
    rows: Sequence[CellRow]

    @property
    def is_link(self) -> bool:
        """Whether its cells have two names."""
        return self.table == Table.LINK


def results_context(request: HttpRequest, round: Round) -> dict[str, object]:
    """Everything the templates of a closed round need; {} before it is closed, ``computing`` right after."""
    state = results_state(round=round)
    if state != "ready":
        return {"computing": state == "computing"}
    results = round_results_find(actor=request.user, round=round)
    finding = _finding(request, round)
    context: dict[str, object] = {
        "ready": True,
        "results": results,
        "own_results": own_results_find(actor=request.user, round=round),
        "headline": _headline(round, finding),
        "tables": _cell_tables(results.cells),
        "whole_cell": next((row for row in results.cells if row.table == Table.ORGANIZATION), None),
        "commented": [row for row in results.cells if row.comments],
        "with_shares": [row for row in results.cells if row.shares],
        "asked_somebody": round.asks.exists(),
        "something_hidden": any(row.cell.state == CellState.NOT_SHOWN for row in results.cells),
        "handoffs_shown": results.handoffs[:HANDOFFS_SHOWN],
        "may_export": can(request.user, Action.EXPORT_BOTTLENECKS, round.organization),
        "files": file_links("chainmap:round_download", round.organization_id, round.pk),
    }
    if finding is not None and finding.analysed:
        context |= _finding_context(request, round, finding)
    return context


@page
def round_download(request: HttpRequest, organization: int, round: int, format: ExportFormat) -> HttpResponse:
    """The finding of a closed round as one file to keep."""
    require_known(request)
    found = round_find(
        actor=request.user, organization=organization_find(actor=request.user, pk=organization), pk=round
    )
    try:
        file = round_export(actor=request.user, round=found, format=format)
    except PictureError as error:
        return picture_unavailable(error)
    return file_response(file)


@button_page
def round_share(request: HttpRequest, organization: int, round: int, rating: int) -> HttpResponse:
    """The tick of the rated side, "share with the coach", or taking it back."""
    require_known(request)
    found = round_find(
        actor=request.user, organization=organization_find(actor=request.user, pk=organization), pk=round
    )
    wanted = request.POST.getlist("shared")
    if wanted not in (["yes"], ["no"]):
        raise QueryError(_("The form must say “yes” or “no” to sharing, once. Go back and use the button again."))
    rating_share(actor=request.user, round=found, rating=rating, shared=wanted == ["yes"])
    said = {
        "yes": _("You share this answer. The coach sees it if the other side shares it too."),
        "no": _("You no longer share this answer with the coach."),
    }
    messages.success(request, said[wanted[0]])
    return redirect("chainmap:round", organization, round)


def _finding(request: HttpRequest, round: Round) -> Bottlenecks | None:
    """The finding of the round; None where nothing was published, or its flow cannot be solved."""
    try:
        return round_bottlenecks_find(actor=request.user, round=round)
    except (NotFound, SolverError):
        return None


def _headline(round: Round, finding: Bottlenecks | None) -> str:
    if finding is not None and finding.analysed:
        return words.headline(finding)
    if round.is_protected:
        return _("Too few people answered to show where value is lost.")
    return _("Nobody gave a score in this round, so nothing can be said about it.")


def _finding_context(request: HttpRequest, round: Round, finding: Bottlenecks) -> dict[str, object]:
    links = (TeamNames if finding.by_team else PartyLinks)(round.organization, finding)
    ranked = finding.ranked
    table = page_of(request, Paginator(ranked, ROWS_A_PAGE))
    drawn = round_draw(actor=request.user, round=round)
    address = None if drawn.by_team else links.address
    return {
        "finding": finding,
        "supporting": words.where_the_rest_goes(finding),
        "worst": handoff_rows(ranked[:1], links),
        "worst_gain": gain_of_hundred(finding),
        "table": table,
        "rows": handoff_rows(table.object_list, links),
        "largest_loss": max((one.lost_share or 0.0 for one in ranked), default=0.0),
        # the sentence about a folded picture is not for a round that knows teams alone
        "drawn": replace(drawn, by_team=drawn.by_team and not round.is_protected),
        "picture": linked_picture(drawn.svg, address=address) if drawn.svg else "",
    }


def _cell_tables(cells: Iterable[CellRow]) -> list[CellTable]:
    """The released cells of teams; that of the whole organization stands by itself."""
    listed = list(cells)
    told = [
        (
            Table.SUPPLIER_TEAM,
            _("What others say about each team"),
            _("How much of what they need they get from this team."),
        ),
        (
            Table.RATER_TEAM,
            _("What each team says about what it gets"),
            _("How much of what it needs it gets from all its suppliers together."),
        ),
        (
            Table.LINK,
            _("From team to team"),
            _("How much of what the receiving team needs it gets from the giving one."),
        ),
    ]
    tables = [CellTable(*heading, rows=[row for row in listed if row.table == heading[0]]) for heading in told]
    return [table for table in tables if table.rows]
