"""My chain: to whom I give what, from whom I get what, and what of it waits for a word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chainmap.access import User
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
CLAIMS_SHOWN, LISTED = 5, 4
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
    """The first of a list, and how many more there are."""

    rows: Sequence[Claim | OwnHandOff]
    more: int

    @property
    def total(self) -> int:
        return len(self.rows) + self.more


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two lists; ``page`` where it is the only one on the page."""

    side: str
    title: str
    empty: str
    rows: list[ChainRow]
    total: int
    page: Page[int] | None = None

    @property
    def is_cut(self) -> bool:
        return self.page is None and self.total > len(self.rows)


@page
def my_chain(request: HttpRequest, organization: int) -> HttpResponse:
    """Both lists, or one of them page by page; on top what waits for a word of the reader."""
    require_known(request, "side", "page")
    found = organization_find(actor=request.user, pk=organization)
    asked = request.GET.get("side", "")
    if asked not in ("", GIVEN, RECEIVED) or ("page" in request.GET and not asked):
        raise QueryError(_("The address asks for a list that is not there. Leave out what follows the “?”."))
    sides = [_side(request, found, asked)] if asked else [_side(request, found, side) for side in (GIVEN, RECEIVED)]
    context: dict[str, object] = {"organization": found, "sides": sides, "one_side": bool(asked)}
    if not asked:
        context |= _waiting(request.user, found)
    return render(request, "chainmap/me/chain.html", context)


def say_form(own: OwnHandOff, data: object = None) -> SayForm:
    """The form to confirm or dispute, with ids of its own: several stand on one page."""
    return SayForm(data, auto_id=f"say_{own.handoff.pk}_%s", initial={"version": own.handoff.version})


def _side(request: HttpRequest, organization: Organization, side: str) -> Side:
    is_only = "side" in request.GET
    asked = request.GET.get("page", "1")
    number = int(asked) if _PAGE.fullmatch(asked) else 1
    limit = ROWS_A_PAGE if is_only else ROWS_SHOWN
    rows = own_rows(user=request.user, organization=organization, side=side, offset=(number - 1) * limit, limit=limit)
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
        total=rows.total,
        page=page_of(request, Paginator(range(rows.total), limit)) if is_only else None,
    )


def _waiting(user: User, organization: Organization) -> dict[str, object]:
    """What stands above the lists."""
    claims = claims_open(user=user, organization=organization)
    gaps = needs_gaps(user=user, organization=organization)
    removed = removed_list(user=user, organization=organization)
    return {
        "waiting": _claims(claims.waiting, CLAIMS_SHOWN),
        "asked": _claims(claims.asked, LISTED),
        "disputed": _claims(claims.disputed, LISTED),
        "gaps": Listed(gaps[:LISTED], max(len(gaps) - LISTED, 0)),
        "gap_count": len(gaps),
        "removed": Listed(removed[:ROWS_SHOWN], max(len(removed) - ROWS_SHOWN, 0)),
        "decisions": own_decisions_sentence(own_decisions(user=user, organization=organization)),
    }


def _claims(owns: Sequence[OwnHandOff], most: int) -> Listed:
    rows = []
    for own in owns[:most]:
        state = claim_state(own)
        rows.append(Claim(own, say_form(own), SIGNS[state], state_sentence(own, state)))
    return Listed(rows, max(len(owns) - most, 0))
