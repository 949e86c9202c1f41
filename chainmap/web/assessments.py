"""Self-assessments: the list, the form with its result, the figures of teams."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import can
from chainmap.domain.questionnaires import QuestionnaireError, first_low_step
from chainmap.domain.roles import Action
from chainmap.exports import assessment_words as words
from chainmap.exports.round_words import cell_mean_words, cell_raters_words
from chainmap.models import Organization
from chainmap.services.assessments import (
    AssessmentResult,
    OwnAssessment,
    TeamFigure,
    TeamRow,
    assessment_find,
    assessment_result,
    assessment_save,
    assessment_share,
    assessments_list,
    assessments_shared,
    team_figures,
)
from chainmap.services.customers_said import TeamSaid
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.web.assessment_forms import AssessmentForm
from chainmap.web.assessment_rows import DotLine, dot_rows
from chainmap.web.pages import button_page, form_page, page
from chainmap.web.queries import page_of, require_known

#: Teams on one page of figures.
TEAMS_A_PAGE = 20
#: Assessments a coach was shown, on that page; the others are counted.
SHARED_ON_THE_PAGE = 200


@page
def assessments(request: HttpRequest, organization: int) -> HttpResponse:
    """What the reader can answer, and did."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    listed = assessments_list(user=request.user, organization=found)
    groups: dict[str, list[OwnAssessment]] = {}
    for one in listed:
        groups.setdefault(one.code, []).append(one)
    context = {
        "organization": found,
        "groups": [(own[0].questionnaire.shown, own) for own in groups.values()],
        "may_change": can(request.user, Action.CHANGE_QUESTIONNAIRES, found),
    }
    return render(request, "chainmap/me/assessments.html", context)


@form_page
def assessment(request: HttpRequest, organization: int, code: str, about: str) -> HttpResponse:
    """Answer one, or see the result of it and answer anew."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    own = assessment_find(user=request.user, organization=found, code=code, about=about)
    if request.method != "POST":
        return _assessment_page(request, found, own, _form_of(own))
    form = AssessmentForm(request.POST, text=own.questionnaire.text, shown=own.questionnaire.shown)
    if form.is_valid():
        try:
            changed = assessment_save(
                user=request.user,
                organization=found,
                code=code,
                about=about,
                answers=form.answers(),
                version=form.cleaned_data["version"] or 0,
                edition=form.cleaned_data["edition"],
            )
        except QuestionnaireError as refused:
            form.refuse_answers(refused)
        except OwnProblem as problem:
            form.refuse(problem)
        except EditConflict as conflict:
            form.show_stored(conflict)
        else:
            messages.success(request, _("Saved.") if changed else _("These are the answers that were saved already."))
            return redirect("chainmap:assessment", organization, code, about)
    return _assessment_page(request, found, own, form)


@button_page
def share(request: HttpRequest, organization: int, code: str, about: str) -> HttpResponse:
    """Show the coach one's own answers, or no longer."""
    found = organization_find(actor=request.user, pk=organization)
    shared = request.POST.get("shared") == "yes"
    assessment_share(user=request.user, organization=found, code=code, about=about, shared=shared)
    messages.success(
        request,
        _("Your coaches see these answers now.") if shared else _("Nobody but you sees these answers any more."),
    )
    return redirect("chainmap:assessment", organization, code, about)


@page
def figures(request: HttpRequest, organization: int) -> HttpResponse:
    """What was published of teams, and for a coach what people share."""
    require_known(request, "page")
    found = organization_find(actor=request.user, pk=organization)
    seen = team_figures(actor=request.user, organization=found)
    is_coach = can(request.user, Action.SEE_SHARED_TALKS, found)
    shared = assessments_shared(actor=request.user, organization=found) if is_coach else []
    more = max(len(shared) - SHARED_ON_THE_PAGE, 0)
    table = page_of(request, Paginator(seen.rows, TEAMS_A_PAGE))
    context = {
        "organization": found,
        "seen": seen,
        "table": table,
        "teams": [_team(row) for row in table],
        "line": DotLine(),
        "is_coach": is_coach,
        "may_change": can(request.user, Action.CHANGE_QUESTIONNAIRES, found),
        "more": more,
        "shared": [
            (one, one.questionnaire.shown, dot_rows(one.questionnaire.shown, one.answers, None))
            for one in shared[:SHARED_ON_THE_PAGE]
        ],
    }
    return render(request, "chainmap/me/assessment_figures.html", context)


def _form_of(own: OwnAssessment) -> AssessmentForm:
    """With the answers of before, unless they were given to another text."""
    answers = own.answers if own.is_current and own.answers else {}
    return AssessmentForm.of(own.questionnaire.text, own.questionnaire.shown, answers, own.version)


def _assessment_page(
    request: HttpRequest, organization: Organization, own: OwnAssessment, form: AssessmentForm
) -> HttpResponse:
    result = assessment_result(user=request.user, organization=organization, code=own.code, about=own.about)
    own, shown = result.own, result.own.questionnaire.shown
    figure = result.team_figure
    earlier = "" if own.is_current or not own.answers else words.answers_words(shown, own.answers)
    context = {
        "organization": organization,
        "own": own,
        "shown": shown,
        "form": form,
        "needed": result.needed,
        "finding": "" if form.errors else _finding(result),  # what is wrong with the form comes before anything else
        "said": result.person_said,
        "team_said": _team_said(result.team_said),
        "own_mean": None if own.mean is None else (words.score_words(own.mean), own.mean / 10),
        "customers": _customers(result),
        "rows": dot_rows(shown, own.answers if own.is_current else None, figure.profile if figure else None),
        "line": DotLine(),
        "figure": figure,
        "figure_people": words.people_words(figure.profile.people) if figure else "",
        "earlier": earlier,
        "begin_with": _begin_with(own),
    }
    return render(request, "chainmap/me/assessment.html", context, status=form.status)


def _begin_with(own: OwnAssessment) -> str:
    """The label of the first low step; "" where there is none."""
    if own.mean is None or own.answers is None:
        return ""
    step = first_low_step(own.questionnaire.shown, own.answers)
    return step.label if step is not None else ""


def _finding(result: AssessmentResult) -> str:
    """The result in a sentence: the own place and, where anything may be shown, what customers say."""
    own = result.own
    if own.mean is None:
        return ""
    place = words.place_words(own.questionnaire.text, own.about, own.mean)
    said, team = result.person_said, result.team_said
    if said is not None and said.mean is not None:
        return words.beside_scores(place, said.mean)
    cell = said.cell if said is not None else team.cell if team is not None else None
    if cell is not None:
        return words.beside_released(place, cell_mean_words(cell))
    if team is not None and team.yield_ is not None:
        return words.beside_yield(place, team.yield_)
    return words.alone(place)


def _customers(result: AssessmentResult) -> dict[str, object]:
    """What the page shows of the reader's own customers, in words, and the bars beside it."""
    said = result.person_said
    if said is None or not said.is_known:
        return {}
    moments = said.moments
    counts = ((_("Magic"), moments.magic), (_("Ordinary"), moments.ordinary), (_("Misery"), moments.misery))
    return {
        "mean": "" if said.mean is None else words.score_words(said.mean),
        "share": None if said.mean is None else said.mean / 10,
        "counted": words.scores_counted(said.scores),
        "cell": "" if said.cell is None else cell_mean_words(said.cell),
        "cell_people": "" if said.cell is None else cell_raters_words(said.cell),
        "cell_share": None if said.cell is None or said.cell.mean is None else said.cell.mean / 10,
        "round_name": said.round_name,
        "moments": [(label, count, count / moments.said) for label, count in counts] if moments.said else [],
    }


def _team_said(said: TeamSaid | None) -> dict[str, object]:
    if said is None:
        return {}
    return {
        "cell": "" if said.cell is None else cell_mean_words(said.cell),
        "people": "" if said.cell is None else cell_raters_words(said.cell),
        "round_name": said.round_name,
        "yield": said.yield_,
        "ratings": said.ratings,
    }


def _team(row: TeamRow) -> dict[str, object]:
    return {
        "team": row.team,
        "is_own": row.is_own,
        "said": _team_said(row.said),
        "figures": [
            (one.shown, _figure(figure), dot_rows(one.shown, None, figure.profile if figure else None))
            for one, figure in row.figures
        ],
    }


def _figure(figure: TeamFigure | None) -> dict[str, object]:
    if figure is None:
        return {}
    return {
        "overall": words.published_words(figure.profile.overall),
        "people": words.people_words(figure.profile.people),
        "made_on": figure.made_on,
    }
