"""Links that open a report: making one, and the list of them with a button that ends each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import require
from chainmap.domain.roles import Action
from chainmap.services.kept_files import FileLost, FileProblem, kept_file_find, title_of
from chainmap.services.organizations import organization_find
from chainmap.services.report_links import ShareProblem, report_link_end, report_link_make, report_links_list
from chainmap.web.pages import button_page, form_page, page, posted
from chainmap.web.queries import require_known
from chainmap.web.report_job_forms import ShareForm


@form_page
def report_link_new(request: HttpRequest, organization: int, file: int) -> HttpResponse:
    """Make a link to one of my PDFs. The address is on the answer to the form, and never again."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    seen = kept_file_find(actor=request.user, organization=found, pk=file)
    require(request.user, Action.SHARE_REPORTS, found)
    form = ShareForm(posted(request))
    context: dict[str, object] = {"organization": found, "file": seen, "title": title_of(file=seen), "form": form}
    if form.is_valid():
        try:
            made = report_link_make(actor=request.user, organization=found, file=file, **form.cleaned_data)
        except (FileProblem, ShareProblem) as problem:
            form.refuse(problem)
        except FileLost:
            messages.error(request, _("The file was not whole any more. It is made again; nothing else was changed."))
            return redirect("chainmap:kept_file", organization, file)
        else:
            return render(request, "chainmap/report_jobs/share_made.html", context | {"made": made})
    return render(request, "chainmap/report_jobs/share.html", context, status=form.status)


@page
def report_links(request: HttpRequest, organization: int) -> HttpResponse:
    """Every link to a report that the reader could have too."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    rows = report_links_list(actor=request.user, organization=found)
    return render(request, "chainmap/report_jobs/links.html", {"organization": found, "rows": rows})


@button_page
def report_link_stop(request: HttpRequest, organization: int, shared_link: int) -> HttpResponse:
    """End one at once."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    report_link_end(actor=request.user, organization=found, pk=shared_link)
    messages.success(request, _("The link works for nobody any more."))
    return redirect("chainmap:report_links", organization)
