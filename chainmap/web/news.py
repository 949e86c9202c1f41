"""What happened to me: the list, "all read", and how often I want it by mail."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.services.digests import digest_find, digest_set
from chainmap.services.news import NewsItem, news_count, news_list, news_seen, news_total
from chainmap.services.organizations import organization_find
from chainmap.services.own import OwnProblem
from chainmap.web.news_forms import DigestForm
from chainmap.web.pages import button_page, form_page, page, posted
from chainmap.web.queries import QueryError, page_of, require_known

ROWS_A_PAGE = 25
_NUMBER = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One piece of news as the page shows it. ``address``: "" where there is nothing to open."""

    item: NewsItem
    address: str


@page
def news_page(request: HttpRequest, organization: int) -> HttpResponse:
    """My news: those I have not seen first."""
    require_known(request, "page")
    found = organization_find(actor=request.user, pk=organization)
    first = news_list(user=request.user, organization=found, limit=ROWS_A_PAGE)
    total = news_total(user=request.user, organization=found)
    table = page_of(request, Paginator(range(total), ROWS_A_PAGE))
    start = (table.number - 1) * ROWS_A_PAGE
    items = news_list(user=request.user, organization=found, offset=start, limit=ROWS_A_PAGE) if start else first
    rows = [NewsRow(item, _address(item)) for item in items]
    context = {
        "organization": found,
        "table": table,
        "total": total,
        "unseen_count": news_count(user=request.user, organization=found),
        "unseen": [row for row in rows if not row.item.is_seen],
        "seen": [row for row in rows if row.item.is_seen],
        # the newest there is is always on the first page, be it new or not
        "upto": max(first, key=lambda item: item.made_at).pk if first else None,
    }
    return render(request, "chainmap/me/news.html", context)


@button_page
def news_all_read(request: HttpRequest, organization: int) -> HttpResponse:
    """All that was shown is read; what came while reading stays new."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    sent = request.POST.get("upto", "")
    try:
        news_seen(user=request.user, organization=found, upto=int(sent) if _NUMBER.fullmatch(sent) else None)
    except OwnProblem as problem:
        raise QueryError(str(problem)) from None
    messages.success(request, _("All news is marked as read."))
    return redirect("chainmap:news", organization)


@form_page
def news_mail(request: HttpRequest, organization: int) -> HttpResponse:
    """How often I want my news by mail."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    choice = digest_find(user=request.user, organization=found)
    form = DigestForm(posted(request), initial={"digest": choice.digest})
    if form.is_valid():
        digest_set(user=request.user, organization=found, digest=form.cleaned_data["digest"])
        messages.success(request, _("Saved."))
        return redirect("chainmap:news_mail", organization)
    context = {"organization": found, "form": form, "choice": choice}
    return render(request, "chainmap/me/news_mail.html", context, status=400 if form.errors else 200)


def _address(item: NewsItem) -> str:
    return "" if item.address is None else reverse(f"chainmap:{item.address.name}", args=item.address.args)
