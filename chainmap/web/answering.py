"""Answering with an account: the ballot of whoever is signed in, and a way to take it along on a phone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from chainmap.exports.qr import qr_svg
from chainmap.services.answers import RoundClosed
from chainmap.services.ballots import ballot_of_user
from chainmap.services.links import link_issue
from chainmap.services.mails import link_address
from chainmap.services.organizations import organization_find
from chainmap.web.answer_pages import Way, closed_page, common_context, save_card, show_card, show_done, show_start
from chainmap.web.mirror_page import save_mirror, show_mirror
from chainmap.web.news_marks import news_opened
from chainmap.web.pages import form_page, page
from chainmap.web.queries import require_known


@page
def answer(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """On to the first question without an answer, or to the end."""
    way = _way(request, organization, round)
    if way.organization is not None:
        news_opened(request, way.organization, round=round)
    return show_start(way)


@form_page
def answer_card(request: HttpRequest, organization: int, round: int, ask: int) -> HttpResponse:
    """One question."""
    way = _way(request, organization, round)
    return save_card(request, way, ask) if request.method == "POST" else show_card(request, way, ask)


@page
def answer_done(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """All answers, and the end."""
    return show_done(request, _way(request, organization, round))


@form_page
def answer_mirror(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """What the person thinks their own customers would say."""
    way = _way(request, organization, round)
    return save_mirror(request, way) if request.method == "POST" else show_mirror(request, way)


@form_page
def answer_phone(request: HttpRequest, organization: int, round: int) -> HttpResponse:
    """A button, and behind it a link for one's own phone, as a picture and as a short code."""
    way = _way(request, organization, round)
    context = common_context(way)
    if request.method == "POST":
        try:
            link = link_issue(round=way.key.round, rater=way.key.rater)
        except RoundClosed:
            return closed_page(request, way, ())
        svg = qr_svg(link_address(link.token), title=_("Code that opens your questions on a phone"))
        picture = mark_safe(svg)  # noqa: S308 - it is made of numbers, and its title is escaped there
        context |= {"picture": picture, "code": link.code, "until": link.expires_at}
        context["join"] = settings.CHAINMAP_URL + reverse("chainmap:join")
    return render(request, "chainmap/answer/phone.html", context)


def _way(request: HttpRequest, organization: int, round: int) -> Way:
    """The ballot of the person who asks. Raises NotFound where they are not asked."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    key = ballot_of_user(user=request.user, organization=found, pk=round)
    where = [organization, round]
    return Way(
        key=key,
        start=reverse("chainmap:answer", args=where),
        done=reverse("chainmap:answer_done", args=where),
        mirror=reverse("chainmap:answer_mirror", args=where),
        card=lambda ask: reverse("chainmap:answer_card", args=[*where, ask]),
        interface=lambda ask: reverse("chainmap_api:ballot_question", args=[*where, ask]),
        frame="chainmap/base.html",
        organization=found,
        results=reverse("chainmap:round", args=where),
        phone=reverse("chainmap:answer_phone", args=where),
        home=reverse("chainmap:me", args=[organization]),
        coffee=lambda handoff: reverse("chainmap:coffee_new", args=[organization, handoff]),
    )
