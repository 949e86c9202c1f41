"""The questionnaires of an organization: the list, and one to change."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chainmap.access import require
from chainmap.domain.questionnaires import QuestionnaireError
from chainmap.domain.roles import Action
from chainmap.exports.questionnaire_words import subject_label
from chainmap.models import Organization
from chainmap.services.organizations import organization_find
from chainmap.services.own import EditConflict, OwnProblem
from chainmap.services.questionnaires import (
    QuestionnaireSeen,
    questionnaire_add,
    questionnaire_find,
    questionnaire_reset,
    questionnaire_set,
    questionnaires_list,
)
from chainmap.web.assessment_forms import QuestionnaireDataForm, QuestionnaireForm
from chainmap.web.pages import form_page, posted
from chainmap.web.queries import require_known


@form_page
def questionnaires(request: HttpRequest, organization: int) -> HttpResponse:
    """All of them, and a form to bring in another as data."""
    require_known(request)
    found = _organization(request, organization)
    form = QuestionnaireDataForm(posted(request))
    if form.is_valid():
        try:
            code = questionnaire_add(actor=request.user, organization=found, data=form.cleaned_data["content"])
        except QuestionnaireError as refused:
            form.refuse_text(refused)
        except OwnProblem as problem:
            form.refuse(problem)
        else:
            messages.success(request, _("Saved. People can answer it from now on."))
            return redirect("chainmap:questionnaire_edit", organization, code)
    listed = questionnaires_list(actor=request.user, organization=found)
    context = {
        "organization": found,
        "listed": [(one, one.shown, subject_label(one.text.about)) for one in listed],
        "form": form,
    }
    return render(request, "chainmap/me/questionnaires.html", context, status=form.status)


@form_page
def questionnaire_edit(request: HttpRequest, organization: int, code: str) -> HttpResponse:
    """Change one, row by row or as data, or go back to the built-in text."""
    require_known(request)
    found = _organization(request, organization)
    seen = questionnaire_find(organization=found, code=code)
    if request.method != "POST":
        return _edit_page(request, found, seen)
    if request.POST.get("do") == "reset":
        return _reset(request, found, seen)
    if "content" in request.POST:
        return _change(request, found, seen, QuestionnaireDataForm(request.POST))
    return _change(request, found, seen, QuestionnaireForm(request.POST))


def _organization(request: HttpRequest, pk: int) -> Organization:
    found = organization_find(actor=request.user, pk=pk)
    require(request.user, Action.CHANGE_QUESTIONNAIRES, found)
    return found


def _change(
    request: HttpRequest,
    organization: Organization,
    seen: QuestionnaireSeen,
    form: QuestionnaireForm | QuestionnaireDataForm,
) -> HttpResponse:
    code = seen.text.code
    if form.is_valid():
        try:
            changed = questionnaire_set(
                actor=request.user,
                organization=organization,
                code=code,
                data=form.data_of(code),
                version=form.cleaned_data["version"] or 0,
            )
        except QuestionnaireError as refused:
            form.refuse_text(refused)
        except OwnProblem as problem:
            form.refuse(problem)
        except EditConflict as conflict:
            form.show_stored(conflict, questionnaire_find(organization=organization, code=code).shown)
        else:
            return _done(request, organization, code, changed)
    if isinstance(form, QuestionnaireForm):
        return _edit_page(request, organization, seen, form=form, status=form.status)
    return _edit_page(request, organization, seen, data_form=form, status=form.status)


def _reset(request: HttpRequest, organization: Organization, seen: QuestionnaireSeen) -> HttpResponse:
    form = QuestionnaireDataForm(request.POST)
    form.is_valid()
    version = form.cleaned_data.get("version") or 0
    code = seen.text.code
    try:
        questionnaire_reset(actor=request.user, organization=organization, code=code, version=version)
    except EditConflict:
        refused = _("Somebody changed it meanwhile, so nothing was taken back. Below is what is kept now.")
        return _edit_page(request, organization, seen, refused=refused, status=409)
    if seen.is_built_in:
        messages.success(request, _("The built-in text is asked again. Answers to the other one are kept."))
        return redirect("chainmap:questionnaire_edit", organization.pk, code)
    messages.success(request, _("Removed. What was answered to it is kept."))
    return redirect("chainmap:questionnaires", organization.pk)


def _done(request: HttpRequest, organization: Organization, code: str, changed: bool) -> HttpResponse:
    messages.success(
        request,
        _("Saved. From now on this text is asked; answers to the former one are kept, and no longer compared.")
        if changed
        else _("Nothing was changed: this is the text that is asked already."),
    )
    return redirect("chainmap:questionnaire_edit", organization.pk, code)


def _edit_page(
    request: HttpRequest,
    organization: Organization,
    seen: QuestionnaireSeen,
    *,
    form: QuestionnaireForm | None = None,
    data_form: QuestionnaireDataForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "organization": organization,
        "seen": seen,
        "shown": seen.shown,
        "form": form or QuestionnaireForm.of(seen.shown, seen.version),
        "data_form": data_form
        or QuestionnaireDataForm(initial={"content": seen.text.to_json(), "version": seen.version}),
        "refused": refused,
    }
    return render(request, "chainmap/me/questionnaire_edit.html", context, status=status)
