"""Walk the chain: choose where to begin, then go to the end customer one hand-off at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.exports.walk_words import ForkSaid
from chainmap.models import Organization, Round
from chainmap.services.organizations import organization_find
from chainmap.services.rounds import round_find
from chainmap.services.shown_findings import walk_rounds
from chainmap.services.walks import Begin, WalkSeen, WayGone, walk_context, walk_find, walk_start
from chainmap.web.pages import page
from chainmap.web.queries import QueryError, require_known

_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_STEP = re.compile(r"0|[1-9][0-9]{0,3}", re.ASCII)
_WAY = re.compile(r"[0-9]{1,19}(-[0-9]{1,19}){0,199}", re.ASCII)
WHOLE = "all"
LONGEST_FIND = 100


@dataclass(frozen=True, slots=True)
class Place:
    """One stop of the walk: what is left there ("" ahead), a link to it, and whether it is the one that is shown."""

    name: str
    left: str
    href: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Branch:
    """Another way, with the address that follows it; "" where it goes round."""

    fork: ForkSaid
    href: str


@page
def walk_start_page(request: HttpRequest, organization: int) -> HttpResponse:
    """Where to begin: with oneself, with one of the three largest losses, or with somebody found by name."""
    require_known(request, "round", "find")
    found = organization_find(actor=request.user, pk=organization)
    round = round_asked(request, found)
    find = clean_text(request.GET.get("find", ""), LONGEST_FIND)
    start = walk_start(actor=request.user, organization=found, round=round, find=find)
    here = Route(found, start.shown.round)
    context = {
        "organization": found,
        "start": start,
        "finding": start.shown.finding,
        "own": here.link(start.own) if start.own else None,
        "suggested": [here.link(one) for one in start.suggested],
        "found": [here.link(one) for one in start.found],
        "find": find,
        "round": start.shown.round,
        "rounds": walk_rounds(actor=request.user, organization=found),
    }
    return render(request, "chainmap/walk/start.html", context)


@page
def walk_page(request: HttpRequest, organization: int, party: int) -> HttpResponse:
    """``?step=`` 0 is the beginning, "all" the whole walk; ``?way=`` the parties to go by, joined by "-"."""
    require_known(request, "round", "step", "way")
    found = organization_find(actor=request.user, pk=organization)
    round = round_asked(request, found)
    way = _way_asked(request)
    try:
        seen = walk_find(actor=request.user, organization=found, party=party, round=round, way=way)
    except WayGone:
        raise QueryError(
            _("This way is not in the chain any more. Leave out what follows the “?” and walk from the beginning.")
        ) from None
    here = Route(found, round, party, tuple(way))
    step = _step_asked(request, len(seen.walk.steps))
    context = {"organization": found, "round": round} | walk_context(seen, step) | _ways(here, seen, step)
    return render(request, "chainmap/walk/walk.html", context)


def round_asked(request: HttpRequest, organization: Organization) -> Round | None:
    """The round of ``?round=``; None for all open rounds together. Raises QueryError for what is no number."""
    asked = request.GET.get("round", "")
    if not asked:
        return None
    if not _NUMBER.fullmatch(asked) or int(asked) >= 2**63:
        raise QueryError(_("“%(asked)s” is no round. Choose one on the page.") % {"asked": clean_text(asked, 40)})
    return round_find(actor=request.user, organization=organization, pk=int(asked))


class Route:
    """The addresses of walks of one organization and round."""

    def __init__(
        self, organization: Organization, round: Round | None, party: int = 0, way: tuple[int, ...] = ()
    ) -> None:
        self._organization, self._round, self._party, self._way = organization.pk, round, party, way

    def link(self, begin: Begin) -> tuple[str, Begin]:
        """(address, who) of a walk to begin."""
        return self.address(party=begin.party.key, way=(), step=0), begin

    def address(self, *, step: int | str, party: int | None = None, way: tuple[int, ...] | None = None) -> str:
        """Of a step of this walk, or of another one."""
        query = {"step": str(step)}
        taken = self._way if way is None else way
        if taken:
            query["way"] = "-".join(map(str, taken))
        if self._round is not None:
            query["round"] = str(self._round.pk)
        key = self._party if party is None else party
        return f"{reverse('chainmap:walk', args=[self._organization, key])}?{urlencode(query)}"

    def again(self) -> str:
        """Where to choose another beginning."""
        query = "" if self._round is None else f"?round={self._round.pk}"
        return reverse("chainmap:walk_start", args=[self._organization]) + query


def _ways(here: Route, seen: WalkSeen, step: int | None) -> dict[str, object]:
    """Every link of the page: back, on, the stops, the whole, the branches."""
    count, said = len(seen.walk.steps), seen.said
    lefts = ["100", *(one.left for one in said.steps)]
    names = [said.start, *(one.customer for one in said.steps)]
    # what is left further on is the answer to what the page asks: it is told where the walk has come to it
    reached = count if step is None else step
    places = [
        Place(name, left if said.is_known and number <= reached else "", here.address(step=number), number == step)
        for number, (name, left) in enumerate(zip(names, lefts, strict=True))
    ]
    following: int | str | None = None
    if step is not None and count:
        following = step + 1 if step < count else WHOLE
    before = count if step is None else step - 1
    return {
        "places": places,
        "next": "" if following is None else here.address(step=following),
        "previous": here.address(step=before) if before >= 0 and count else "",
        "whole": here.address(step=WHOLE),
        "first": here.address(step=0),
        "again": here.again(),
        "branches": _branches(here, seen, step),
        "is_turned": bool(here._way),
        "straight": here.address(step=0, way=()),
    }


def _branches(here: Route, seen: WalkSeen, step: int | None) -> list[Branch]:
    """The other ways at the party this step sets out from; followed, the walk goes on from the fork."""
    if not step:
        return []
    keys = {one.id: one.key for one in seen.shown.finding.parties}
    passed = seen.keys[1:step]
    return [
        Branch(fork, here.address(step=step, way=(*passed, keys[fork.party])) if fork.can_follow else "")
        for fork in seen.said.steps[step - 1].forks
    ]


def _step_asked(request: HttpRequest, steps: int) -> int | None:
    """The number of ``?step=``, the beginning without one; None for the whole walk. Raises QueryError."""
    asked = request.GET.get("step", "0")
    if asked == WHOLE:
        return None
    if not _STEP.fullmatch(asked) or int(asked) > steps:
        raise QueryError(
            _("There is no step “%(asked)s” of this walk. Use a whole number from 0 to %(last)s, or “all”.")
            % {"asked": clean_text(asked, 40), "last": steps}
        )
    return int(asked)


def _way_asked(request: HttpRequest) -> list[int]:
    asked = request.GET.get("way", "")
    if not asked:
        return []
    if not _WAY.fullmatch(asked):
        raise QueryError(_("The address asks for a way that cannot be understood. Leave out what follows the “?”."))
    return [int(part) for part in asked.split("-")]
