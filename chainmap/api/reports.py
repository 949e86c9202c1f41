"""Addresses of the bottleneck report: the whole record as JSON, and files that are written while they are sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from chainmap.access import NotFound
from chainmap.api.base import PROBLEMS, ApiView
from chainmap.api.exceptions import ParameterProblem
from chainmap.api.parameters import LARGEST_KEY, values_read, whole_number
from chainmap.api.problems import PROBLEM_TYPE
from chainmap.api.report_schema import report_schema
from chainmap.api.serializers import ProblemSerializer
from chainmap.api.views import described
from chainmap.exports.report_files import REPORT_FORMATS
from chainmap.exports.report_json import report_json
from chainmap.services.organizations import organization_find
from chainmap.services.report_requests import ReportRequest
from chainmap.services.report_taking import report_rows, report_take
from chainmap.services.reports import report_find

FILE_PROBLEMS = PROBLEMS | {(int(HTTPStatus.TOO_MANY_REQUESTS), PROBLEM_TYPE): ProblemSerializer}
_KEY = {"type": "integer", "minimum": 1, "maximum": LARGEST_KEY}
_ASKED = (
    OpenApiParameter(
        "round", _KEY, description=gettext_lazy("Primary key of a round; the latest with results without it.")
    ),
    OpenApiParameter("team", _KEY, description=gettext_lazy("Primary key of a team: its own report.")),
    OpenApiParameter(
        "workshop", _KEY, description=gettext_lazy("Primary key of a workshop, without a round and a team.")
    ),
)


@described(
    report_schema(),
    gettext_lazy("The bottleneck report"),
    gettext_lazy(
        "Everything the report of an organization, a team or a workshop says, as its JSON file has it: every hand-off, "
        "every party, totals, coverage and what to ask next. What your role may not read is empty. Of a pair or "
        "anonymous round it is made of the release alone. Nothing before the round is closed. Never tie ratings to pay."
    ),
    parameters=list(_ASKED),
)
class OrganizationReport(ApiView):
    accepted_parameters = tuple(each.name for each in _ASKED)

    def get(self, request: Request, organization: int) -> HttpResponse:
        found = organization_find(actor=request.user, pk=organization)
        rows = report_rows(actor=request.user, organization=found, request=_wanted(request))
        report = report_find(
            actor=request.user, organization=found, round=rows.round, team=rows.team, workshop=rows.workshop
        )
        return HttpResponse(report_json(report).content, content_type="application/json")


def _wanted(request: Request, format: str = "json") -> ReportRequest:
    """What is asked for. Raises ParameterProblem for what is no number, and for a workshop with anything else."""
    values: dict[str, Any] = values_read(request, {each.name: whole_number for each in _ASKED})
    if "workshop" in values and len(values) > 1:
        reason = _("A workshop has a report of its own: leave out “round” and “team”.")
        raise ParameterProblem("bad_filter", reason, {"workshop": [reason]})
    return ReportRequest(format=format, **values)


@described(
    {"type": "string", "format": "binary"},
    gettext_lazy("The bottleneck report as a file"),
    gettext_lazy(
        "One of the formats that are written while they are sent: csv, json, graphml, gexf or dot. A report counts as "
        "one of ten an hour, each of its formats with it; the same file again counts as another one. Each file is "
        "written to the audit log. Documents, workbooks and pictures take longer: the page of the report makes them."
    ),
    parameters=list(_ASKED),
    problems=FILE_PROBLEMS,
)
class OrganizationReportFile(ApiView):
    accepted_parameters = tuple(each.name for each in _ASKED)

    def get(self, request: Request, organization: int, format: str) -> StreamingHttpResponse:
        found = organization_find(actor=request.user, pk=organization)
        if format not in REPORT_FORMATS or REPORT_FORMATS[format].is_long:
            raise NotFound
        file = report_take(actor=request.user, organization=found, request=_wanted(request, format))
        response = StreamingHttpResponse(file.chunks, content_type=file.content_type)
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file.filename)
        return response
