"""Team by team: rows hand over, columns receive; what is lost, arrives, is said and handed over between any two."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from chainmap.access import NotFound, User, can
from chainmap.domain.roles import Action
from chainmap.exports.compare_files import matrix_csv
from chainmap.exports.matrix_words import (
    Measure,
    largest_sentence,
    measure_sentence,
    measure_words,
    shown_matrix,
)
from chainmap.models import Organization, Round
from chainmap.services.comparing import rounds_comparable, team_matrix_find
from chainmap.services.comparing_views import comparing_allow, comparing_taken
from chainmap.services.first_looks import Progress
from chainmap.services.organizations import organization_find
from chainmap.services.report_looks import matrix_look
from chainmap.web.compare_parts import number_asked, query, word_asked
from chainmap.web.downloads import file_response
from chainmap.web.first_looks import being_worked_out, only_asks
from chainmap.web.pages import page
from chainmap.web.queries import require_known

_MEASURES = tuple(measure.value for measure in Measure)


@page
def matrix(request: HttpRequest, organization: int) -> HttpResponse:
    """The matrix of the latest round, or of ``?round=``; ``?show=`` loss, yield, nps or flow."""
    require_known(request, "round", "show")
    asked, measure = number_asked(request, "round"), Measure(word_asked(request, "show", _MEASURES))
    found = organization_find(actor=request.user, pk=organization)
    rounds = rounds_comparable(actor=request.user, organization=found)
    context: dict[str, object] = {"organization": found, "way": "matrix", "rounds": rounds, "only": None}
    if not rounds and asked is None:
        return render(request, "chainmap/compare/none.html", context)
    round = _chosen(rounds, asked)
    made = matrix_look(actor=request.user, round=round, only_asks=only_asks(request))
    if isinstance(made, Progress) or only_asks(request):
        return being_worked_out(request, found, made, title=_("Team by team"), way="matrix")
    own = reverse("chainmap:matrix", args=[organization])
    file = reverse("chainmap:matrix_file", args=[organization, "csv"]) + query(round=round.pk)
    context |= {
        "round": round,
        "sentence": largest_sentence(made),
        "about": measure_sentence(measure),
        "table": shown_matrix(made, measure, released=round.is_protected) if made.cells else None,
        "measures": [
            (measure_words(each), own + query(round=round.pk, show=each.value), each == measure) for each in Measure
        ],
        "measure": measure.value,
        "files": [("csv", file)] if can(request.user, Action.EXPORT_BOTTLENECKS, found) else [],
    }
    return render(request, "chainmap/compare/matrix.html", context)


@page
def matrix_download(request: HttpRequest, organization: int, matrix_format: str) -> HttpResponse:
    """Every cell of it as CSV."""
    require_known(request, "round")
    asked = number_asked(request, "round")
    found = organization_find(actor=request.user, pk=organization)
    round = _chosen_of(request.user, found, asked)
    if matrix_format != "csv":
        raise NotFound
    comparing_allow(actor=request.user, organization=found, of=f"matrix {round.pk}", format=matrix_format)
    file = matrix_csv(team_matrix_find(actor=request.user, round=round), found.name)
    comparing_taken(actor=request.user, organization=found, file=file)
    return file_response(file)


def _chosen_of(user: User, organization: Organization, asked: int | None) -> Round:
    return _chosen(rounds_comparable(actor=user, organization=organization), asked)


def _chosen(rounds: list[Round], asked: int | None) -> Round:
    """The round of that number, else the latest. Raises NotFound where there is none."""
    chosen = next((round for round in rounds if asked in (None, round.pk)), None)
    if chosen is None:
        raise NotFound
    return chosen
