"""The audit log, for administrators and auditors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from chainmap.domain.audit import AuditLine
from chainmap.exports.audit_lines import chain_words, what_words, who_words
from chainmap.models import Organization
from chainmap.services.audit import audit_file, audit_find, audit_state
from chainmap.services.organizations import organization_find
from chainmap.web.downloads import file_response
from chainmap.web.pages import page
from chainmap.web.parts import Parts
from chainmap.web.queries import page_of, require_known

LINES_A_PAGE = 50


@page
def audit(request: HttpRequest, organization: int) -> HttpResponse:
    """Who took what away, newest first, and whether the chain of seals is whole."""
    require_known(request, "page")
    found = organization_find(actor=request.user, pk=organization)
    state = audit_state(actor=request.user, organization=found)
    table = page_of(request, Paginator(Parts(partial(_lines, request, found)), LINES_A_PAGE))
    context = {
        "organization": found,
        "state": state,
        "chain": chain_words(state.broken, state.lines, state.removed),
        "table": table,
        "rows": [(line, who_words(line.who, line.what), what_words(line.what)) for line in table],
        "csv": reverse("chainmap:audit_download", args=[organization]),
    }
    return render(request, "chainmap/report_jobs/audit.html", context)


@page
def audit_download(request: HttpRequest, organization: int) -> HttpResponse:
    """The whole log as a table."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    return file_response(audit_file(actor=request.user, organization=found))


def _lines(
    request: HttpRequest, organization: Organization, offset: int, limit: int
) -> tuple[Sequence[AuditLine], int]:
    rows = audit_find(actor=request.user, organization=organization, offset=offset, limit=limit)
    return rows.lines, rows.total
