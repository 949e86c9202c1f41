"""My chain: to whom I give what, from whom I get what, and what of it waits for a word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization
from chainmap.services.decisions import own_decisions
from chainmap.services.handoffs import (
    GIVEN,
    RECEIVED,
    claim_state,
    claims_open,
    needs_gaps,
    own_rows,
    removed_list,
)
from chainmap.services.organizations import organization_find
from chainmap.services.own import OwnHandOff
from chainmap.web.handoff_forms import SayForm
from chainmap.web.handoff_words import SIGNS, ChainRow, chain_rows, own_decisions_sentence, state_sentence
from chainmap.web.pages import page
from chainmap.web.queries import QueryError, page_of, require_known

#: Rows of a list when both are shown, and rows a page of one of them.
ROWS_SHOWN, ROWS_A_PAGE = 6, 20
#: Claims to answer, and further lists above the chain.
CLAIMS_SHOWN, LISTED = 3, 4
#: Name of a further list in the address -> rows of it above or below the chain.
LISTS = {"waiting": CLAIMS_SHOWN, "asked": LISTED, "disputed": LISTED, "gaps": LISTED, "removed": ROWS_SHOWN}
#: Characters of what somebody looks for.
LONGEST_FIND = 100
_PAGE = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Claim:
    """A hand-off that waits for a word, in words, with the form to say it."""

    own: OwnHandOff
    form: SayForm
    sign: str
    said: str


@dataclass(frozen=True, slots=True)
class Listed:
    """The first of a list, and how many there are; ``page`` where it is the only one on the page."""

    name: str
    rows: Sequence[Claim | OwnHandOff]
    total: int
    page: Page[int] | None = None

    @property
    def more(self) -> int:
        """Those that are not shown."""
        return 0 if self.page is not None else self.total - len(self.rows)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two lists; ``page`` where it is the only one on the page."""

    side: str
    title: str
    empty: str
    rows: list[ChainRow]
    total: int
    find: str = ""
    page: Page[int] | None = None

    @property
    def query(self) -> str:
        """What the address of a further page of this list asks for, but for the page."""
        return urlencode({"side": self.side} | ({"find": self.find} if self.find else {}))

    @property
    def is_cut(self) -> bool:
        return self.page is None and self.total > len(self.rows)


@page
def my_chain(request: HttpRequest, organization: int) -> HttpResponse:
    """Both lists, or one of them page by page; on top what waits for a word of the reader.

    ``?find=`` keeps those with a person or a deliverable; ``?list=`` is one of the further lists, page by page.
    """
    require_known(request, "side", "page", "find", "list")
    found = organization_find(actor=request.user, pk=organization)
    side, listed = request.GET.get("side", ""), request.GET.get("list", "")
    is_known = side in ("", GIVEN, RECEIVED) and listed in ("", *LISTS)
    is_page_of_none = "page" in request.GET and not side and not listed
    if not is_known or is_page_of_none or (listed and (side or "find" in request.GET)):
        raise QueryError(_("The address asks for a list that is not there. Leave out what follows the “?”."))
    find = clean_text(request.GET.get("find", ""), LONGEST_FIND)
    sides = [] if listed else [_side(request, found, one, find) for one in ([side] if side else [GIVEN, RECEIVED])]
    context: dict[str, object] = {
        "organization": found,
        "sides": sides,
        "side": side,
        "list": listed,
        "find": find,
        "is_whole": not (side or listed or find),
        "may_find": bool(find) or any(one.total > ROWS_SHOWN for one in sides),
    }
    if listed or not (side or find):
        context |= _waiting(request, found, listed)
    return render(request, "chainmap/me/chain.html", context)


def say_form(own: OwnHandOff, data: object = None) -> SayForm:
    """The form to confirm or dispute, with ids of its own: several stand on one page."""
    initial = {"version": own.handoff.version}
    return SayForm(data, side=own.side, auto_id=f"say_{own.handoff.pk}_%s", initial=initial)


def _side(request: HttpRequest, organization: Organization, side: str, find: str) -> Side:
    is_only = bool(request.GET.get("side"))
    limit = ROWS_A_PAGE if is_only else ROWS_SHOWN
    offset = (_number(request) - 1) * limit
    rows = own_rows(user=request.user, organization=organization, side=side, offset=offset, limit=limit, find=find)
    is_given = side == GIVEN
    return Side(
        side=side,
        title=_("To whom I give what") if is_given else _("From whom I get what"),
        empty=(
            _("As far as the chain knows you give nothing to anybody yet. Who works with what you do? Name the first.")
            if is_given
            else _(
                "As far as the chain knows you get nothing from anybody yet. Whose work do you need? Name the first."
            )
        ),
        rows=chain_rows(rows.rows),
        find=find,
        total=rows.total,
        page=page_of(request, Paginator(range(rows.total), limit)) if is_only else None,
    )


def _waiting(request: HttpRequest, organization: Organization, only: str) -> dict[str, object]:
    """What stands above and below the two lists; or ``only`` one of these lists, page by page."""
    user = request.user
    found: dict[str, Listed] = {}
    if only in ("", "waiting", "asked", "disputed"):
        claims = claims_open(user=user, organization=organization)
        for name in ("waiting", "asked", "disputed"):
            if only in ("", name):
                found[name] = _listed(request, name, getattr(claims, name), only, _claim)
    if only in ("", "gaps"):
        gaps = needs_gaps(user=user, organization=organization)
        found["gaps"] = _listed(request, "gaps", gaps, only, _as_it_is)
    if only in ("", "removed"):
        removed = removed_list(user=user, organization=organization)
        found["removed"] = _listed(request, "removed", removed, only, _as_it_is)
    if only:
        return dict(found)
    return {**found, "decisions": own_decisions_sentence(own_decisions(user=user, organization=organization))}


def _listed(
    request: HttpRequest,
    name: str,
    owns: Sequence[OwnHandOff],
    only: str,
    shown: Callable[[OwnHandOff], Claim | OwnHandOff],
) -> Listed:
    if not only:
        return Listed(name, [shown(own) for own in owns[: LISTS[name]]], len(owns))
    page = page_of(request, Paginator(range(len(owns)), ROWS_A_PAGE))
    return Listed(name, [shown(owns[place]) for place in page], len(owns), page)


def _claim(own: OwnHandOff) -> Claim:
    state = claim_state(own)
    return Claim(own, say_form(own), SIGNS[state], state_sentence(own, state))


def _as_it_is(own: OwnHandOff) -> OwnHandOff:
    return own


def _number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "1")
    return int(asked) if _PAGE.fullmatch(asked) else 1
