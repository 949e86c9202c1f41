"""Slips of paper for those who are asked and have neither a mail address nor an account: made once, shown once."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from chainmap.access import require
from chainmap.domain.roles import Action
from chainmap.exports import round_words
from chainmap.exports.qr import qr_svg
from chainmap.models import Round
from chainmap.services.answers import is_taking_answers
from chainmap.services.links import RoundClosed, Slip, carries_answers_on, slips_count, slips_issue
from chainmap.services.organizations import organization_find
from chainmap.services.rounds import round_find
from chainmap.web.pages import form_page
from chainmap.web.queries import require_known


@form_page
def round_slips(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """How many would get a slip and what that means; behind the button the slips, this one time."""
    require_known(request)
    found = round_find(
        actor=request.user, organization=organization_find(actor=request.user, pk=organization), pk=round
    )
    require(request.user, Action.MANAGE_ROUNDS, found.organization)
    if request.method == "POST":
        try:
            slips = slips_issue(actor=request.user, round=found)
        except RoundClosed:
            return _refused(request, found)
        return _shown(request, found, slips=slips)
    if not is_taking_answers(found, timezone.now()):
        return _refused(request, found)
    return _shown(request, found, count=slips_count(actor=request.user, round=found))


def _refused(request: HttpRequest, round: Round) -> HttpResponse:
    said = _("This round takes no answers now, so nobody is given a slip. Slips can be printed while a round is open.")
    return _shown(request, round, refused=said)


def _shown(
    request: HttpRequest, round: Round, *, count: int = 0, slips: tuple[Slip, ...] = (), refused: str = ""
) -> HttpResponse:
    context = {"organization": round.organization, "round": round, "count": count, "slips": slips, "refused": refused}
    if slips:
        address = settings.CHAINMAP_URL + reverse("chainmap:join")
        picture = qr_svg(address, title=_("QR code of the page where codes are typed"))
        context |= {
            "address": address,
            "picture": mark_safe(picture),  # noqa: S308 - it is made of numbers, and its title is escaped there
            "mode_said": round_words.mode_sentence(round.mode, None, round.k),
        }
    elif not count:
        context["carried_on"] = carries_answers_on(round)
    return render(request, "chainmap/rounds/slips.html", context, status=400 if refused else 200)
