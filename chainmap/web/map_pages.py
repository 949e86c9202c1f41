"""The chain map: the page, its data, the sheet of a hand-off, and where everybody stands."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _

from chainmap.access import NotFound, can, require
from chainmap.domain.chain_map import ChainMap, MapLink, MapParty
from chainmap.domain.roles import Action
from chainmap.exports import map_words, words
from chainmap.exports.map_json import map_json
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization, Round
from chainmap.services.map_sheets import sheet_find, team_sheet_find
from chainmap.services.maps import (
    MOST_PLACES,
    MapProblem,
    MapShown,
    MovedPlace,
    map_places_keep,
    map_places_reset,
    map_shown,
    map_sources,
)
from chainmap.services.organizations import organization_find
from chainmap.services.rounds import round_find
from chainmap.services.shown_findings import map_opened
from chainmap.web.map_table import map_table
from chainmap.web.pages import button_page, page
from chainmap.web.queries import QueryError, require_known

_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Source:
    """What a map can be drawn from: everything so far, or one closed round."""

    name: str
    address: str
    round: int | None
    is_chosen: bool
    by_team: bool


@page
def map_page(request: HttpRequest, organization: int) -> HttpResponse:
    """The map, with the same as a table below it. ``?party=`` and ``?handoff=`` are chosen when it opens.

    An address without anything opens on what is known; ``?all=yes`` is the chain of everybody, rated or not.
    """
    require_known(request, "round", "party", "handoff", "steps", "all")
    for name in ("party", "handoff", "steps"):
        _number(request, name)
    found = organization_find(actor=request.user, pk=organization)
    if request.GET:
        chosen = _round(request, found)
        shown = map_shown(actor=request.user, organization=found, round=chosen)
    else:
        chosen, shown = map_opened(actor=request.user, organization=found)
    data = _data(request, found, chosen, shown)
    context = {
        "organization": found,
        "round": chosen,
        "map_data": data,
        "headline": words.headline(shown.finding),
        "supporting": words.where_the_rest_goes(shown.finding),
        "next_step": words.next_step(shown.finding),
        "about": map_words.about(shown.map),
        "rounds": _sources(request, found, chosen),
        "may_arrange": data["may_arrange"],
        "may_keep_scenarios": can(request.user, Action.KEEP_SCENARIOS, found),
        "may_present": can(request.user, Action.PRESENT, found),
        "places_url": reverse("chainmap:map_places", args=[found.pk]) if data["may_arrange"] else "",
        "places_reset_url": reverse("chainmap:map_places_reset", args=[found.pk]) if data["may_arrange"] else "",
        "twin": map_table(
            shown.finding,
            data,
            files=_files(request, found, chosen),
        ),
    }
    return render(request, "chainmap/map/map.html", context)


@page
def map_data(request: HttpRequest, organization: int) -> HttpResponse:
    """The data of the map alone; 304 for whoever has this version already."""
    require_known(request, "round")
    found = organization_find(actor=request.user, pk=organization)
    chosen = _round(request, found)
    data = _data(request, found, chosen, map_shown(actor=request.user, organization=found, round=chosen))
    response = JsonResponse(data)
    response["ETag"] = f'"{data["version"]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


@page
def map_handoff(request: HttpRequest, organization: int, handoff: int) -> HttpResponse:
    """The sheet of one hand-off: what it costs the end customer first, then what the reader may see of it."""
    require_known(request, "round")
    found = organization_find(actor=request.user, pk=organization)
    chosen = _round(request, found)
    sheet = sheet_find(actor=request.user, organization=found, handoff=handoff, round=chosen)
    names = words.party_names(sheet.finding)
    context = {
        "organization": found,
        "round": chosen,
        "sheet": sheet,
        "one": sheet.handoff,
        "supplier": names[sheet.handoff.supplier],
        "customer": names[sheet.handoff.customer],
        "cost": map_words.cost_sentence(sheet.handoff, sheet.finding),
        "arrives": map_words.arrives_sentence(sheet.handoff),
        "certainty": map_words.certainty_sentence(sheet.handoff, sheet.likely),
        "may_count_agreements": can(request.user, Action.COUNT_AGREEMENTS, found),
        "back": _map_address(found, chosen, f"handoff={handoff}"),
    }
    return _sheet(request, context)


@page
def map_team_link(request: HttpRequest, organization: int, supplier: int, customer: int) -> HttpResponse:
    """The sheet of what goes between two groups of a protected round: what its release says, and no more."""
    require_known(request, "round")
    found = organization_find(actor=request.user, pk=organization)
    chosen = _round(request, found)
    if chosen is None:
        raise NotFound  # groups are those of a round
    sheet = team_sheet_find(actor=request.user, round=chosen, supplier=supplier, customer=customer)
    names = words.party_names(sheet.finding)
    context = {
        "organization": found,
        "round": chosen,
        "team_sheet": sheet,
        "one": sheet.handoff,
        "supplier": names[sheet.handoff.supplier],
        "customer": names[sheet.handoff.customer],
        "cost": map_words.cost_sentence(sheet.handoff, sheet.finding),
        "arrives": map_words.arrives_sentence(sheet.handoff),
        "back": _map_address(found, chosen),
    }
    return _sheet(request, context)


@button_page
def map_places(request: HttpRequest, organization: int) -> HttpResponse:
    """Keep where parties and teams were dragged to, for everybody. JSON in, JSON out."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.ARRANGE_MAP, found)
    try:
        kept = map_places_keep(actor=request.user, organization=found, places=_places(request))
    except MapProblem as problem:
        return JsonResponse({"message": str(problem)}, status=400)
    shown = map_shown(actor=request.user, organization=found)
    return JsonResponse({"kept": kept, "version": _data(request, found, None, shown)["version"]})


@button_page
def map_reset(request: HttpRequest, organization: int) -> HttpResponse:
    """Lay the whole map out anew."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    map_places_reset(actor=request.user, organization=found)
    messages.success(request, _("Everybody stands where the map puts them again."))
    return redirect("chainmap:map", organization)


# ---- the data


def _data(request: HttpRequest, organization: Organization, round: Round | None, shown: MapShown) -> dict[str, object]:
    found = shown.map
    query = f"?round={round.pk}" if round is not None else ""
    addresses = _Addresses(organization, query, found)
    return map_json(
        found,
        words=map_words.map_words(found, shown.finding),
        may_arrange=not found.by_team and can(request.user, Action.ARRANGE_MAP, organization),
        party_address=addresses.party,
        link_address=addresses.link,
    )


class _Addresses:
    """Addresses of a whole map: reversed once, as thousands of ``reverse`` take longer than the map."""

    def __init__(self, organization: Organization, query: str, found: ChainMap) -> None:
        self._by_team, self._query = found.by_team, query
        self._party = reverse("chainmap:party", args=[organization.pk, 0]).removesuffix("0/")
        self._handoff = reverse("chainmap:map_handoff", args=[organization.pk, 0]).removesuffix("0/")
        self._link = reverse("chainmap:map_team_link", args=[organization.pk, 0, 0]).removesuffix("0/0/")

    def party(self, party: MapParty) -> str | None:
        """The page of a party; a group of a release has none."""
        return None if self._by_team else f"{self._party}{party.id}/"

    def link(self, link: MapLink) -> str:
        """The sheet of a hand-off."""
        if self._by_team:
            return f"{self._link}{link.supplier}/{link.customer}/{self._query}"
        return f"{self._handoff}{link.id}/{self._query}"


def _sources(request: HttpRequest, organization: Organization, chosen: Round | None) -> list[Source]:
    whole = reverse("chainmap:map", args=[organization.pk])
    listed = [Source(_("Everything so far"), f"{whole}?all=yes", None, chosen is None, False)]
    return listed + [
        Source(
            clean_text(round.name),
            f"{whole}?round={round.pk}",
            round.pk,
            chosen is not None and round.pk == chosen.pk,
            round.is_protected,
        )
        for round in map_sources(actor=request.user, organization=organization)
    ]


def _files(request: HttpRequest, organization: Organization, round: Round | None) -> str:
    """The address of the whole ranking as a table for a spreadsheet; "" for whoever may not take it away."""
    if not can(request.user, Action.EXPORT_BOTTLENECKS, organization):
        return ""
    if round is None:
        return reverse("chainmap:bottlenecks_download", args=[organization.pk, "csv"])
    return reverse("chainmap:round_download", args=[organization.pk, round.pk, "csv"])


def _sheet(request: HttpRequest, context: Mapping[str, object]) -> HttpResponse:
    """A fragment for the script of the map, a page for everybody else."""
    is_fragment = request.headers.get("X-Requested-With") == "fetch"
    template = "chainmap/map/_sheet.html" if is_fragment else "chainmap/map/sheet.html"
    response = render(request, template, {**context, "is_fragment": is_fragment})
    patch_vary_headers(response, ["X-Requested-With"])
    return response


def _map_address(organization: Organization, round: Round | None, more: str = "") -> str:
    query = "&".join(part for part in (f"round={round.pk}" if round else "", more) if part)
    return reverse("chainmap:map", args=[organization.pk]) + (f"?{query}" if query else "")


# ---- what was sent


def _round(request: HttpRequest, organization: Organization) -> Round | None:
    number = _number(request, "round")
    if number is None:
        return None
    return round_find(actor=request.user, organization=organization, pk=number)


def _number(request: HttpRequest, name: str) -> int | None:
    asked = request.GET.get(name)
    if asked is None:
        return None
    if not _NUMBER.fullmatch(asked):
        raise QueryError(
            _("The address gives “%(asked)s” as %(name)s, which is no whole number. Leave out what follows the “?”.")
            % {"asked": clean_text(asked, 40), "name": name}
        )
    number = int(asked)
    if number >= 2**63:
        raise NotFound
    return number


def _places(request: HttpRequest) -> list[MovedPlace]:
    """What the script sent. Raises MapProblem for anything else."""
    try:
        sent = json.loads(request.body, parse_constant=_no_constant)
    except RequestDataTooBig:
        raise MapProblem(
            _("More places came at once than can be kept, which are %(most)s. Move fewer at a time.")
            % {"most": MOST_PLACES}
        ) from None
    except (ValueError, RecursionError):
        raise _unreadable() from None
    rows = sent.get("places") if isinstance(sent, dict) else None
    if not isinstance(rows, list):
        raise _unreadable()
    return [_place(row) for row in rows]


def _place(row: object) -> MovedPlace:
    if not isinstance(row, dict) or not set(row) <= {"party", "team", "x", "y"}:
        raise _unreadable()
    keys = [row.get(name) for name in ("party", "team")]
    if not all(
        key is None or (isinstance(key, int) and not isinstance(key, bool) and 0 <= key < 2**63) for key in keys
    ):
        raise _unreadable()
    x, y = row.get("x"), row.get("y")
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in (x, y)):
        raise MapProblem(_("A place needs two numbers, from the left and from above. Move it again."))
    try:
        return MovedPlace(float(x), float(y), *keys)  # type: ignore[arg-type]
    except OverflowError:
        raise MapProblem(_("A place needs two numbers, from the left and from above. Move it again.")) from None


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _unreadable() -> MapProblem:
    return MapProblem(_("These places could not be read, and none was kept. Reload the page and move them again."))
