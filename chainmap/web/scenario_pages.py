"""What if: the answer for the script of the map, and a page that gives the same one without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from chainmap.access import can, require
from chainmap.domain.roles import Action
from chainmap.domain.scenario_changes import Changes, ScenarioError, changes_read, changes_write
from chainmap.exports.scenario_words import problem_sentence
from chainmap.models import Organization, Round
from chainmap.services.organizations import organization_find
from chainmap.services.own import OwnProblem
from chainmap.services.scenarios import scenario_open
from chainmap.services.what_if import REPAIR_COUNTS, RepairsFound, repairs_find, what_if_base, what_if_find
from chainmap.web.pages import button_page, form_page
from chainmap.web.queries import QueryError, require_known
from chainmap.web.scenario_answers import (
    outcome_json,
    outcome_of,
    problem_json,
    repair_rows,
    repairs_json,
    repairs_sentence,
)
from chainmap.web.scenario_forms import AddForm, ChangeForm, KeepForm
from chainmap.web.scenario_reading import changes_asked, number_or_none, question_read, round_asked


@button_page
def what_if(request: HttpRequest, organization: int) -> HttpResponse:
    """The answer to a script's question: {"round", "changes", "best"}; 400 with a sentence for what cannot be asked."""
    require_known(request)
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.SEE_BOTTLENECKS, found)
    try:
        asked = question_read(request.body)
        round_ = round_asked(request, found, asked.round)
        base = what_if_base(actor=request.user, organization=found, round=round_)
        changes = changes_asked(request, found, base, asked.rows)
        if asked.best:
            answer = repairs_json(_repairs(request, found, round_, asked.best, changes))
        else:
            told = what_if_find(actor=request.user, organization=found, round=round_, changes=changes)
            answer = outcome_json(told.base, told.finding, told.changes, asked.round)
    except ScenarioError as error:
        return JsonResponse(problem_json(error), status=400)
    except OwnProblem as problem:
        return JsonResponse({"code": problem.code, "field": problem.field, "message": str(problem)}, status=400)
    return JsonResponse(answer)


@form_page
def what_if_page(request: HttpRequest, organization: int) -> HttpResponse:
    """The same without scripts: changes are added one by one, and travel in the form itself.

    ``?round=`` the round it starts from, ``?handoff=`` the hand-off to begin with, ``?scenario=`` a kept one.
    """
    require_known(request, "round", "handoff", "scenario")
    found = organization_find(actor=request.user, pk=organization)
    require(request.user, Action.SEE_BOTTLENECKS, found)
    return _Page(request, found).answer()


class _Page:
    """One request to the plain page."""

    def __init__(self, request: HttpRequest, organization: Organization) -> None:
        self.request, self.organization = request, organization
        self.round, self.changes, self.handoff = self._address()
        self.base = what_if_base(actor=request.user, organization=organization, round=self.round)
        self.problem = ""
        self.repairs: RepairsFound | None = None
        self.status = 200

    def _address(self) -> tuple[Round | None, Changes, int | None]:
        """What the address asks for."""
        asked = self.request.GET
        try:
            handoff, kept = number_or_none(asked.get("handoff")), number_or_none(asked.get("scenario"))
            round_ = round_asked(self.request, self.organization, number_or_none(asked.get("round")))
        except ScenarioError as error:
            raise QueryError(problem_sentence(error)) from None
        if kept is None:
            return round_, (), handoff
        opened = scenario_open(actor=self.request.user, organization=self.organization, pk=kept)
        return opened.scenario.round, opened.changes, handoff

    def answer(self) -> HttpResponse:
        posted = self.request.POST if self.request.method == "POST" else None
        do = "" if posted is None else posted.get("do", "")
        initial = self._initial()
        change = ChangeForm(
            posted if do == "change" else None, base=self.base, asked=self.handoff, initial=initial, auto_id="change_%s"
        )
        add = AddForm(posted if do == "add" else None, base=self.base, auto_id="add_%s")
        if posted is not None:
            self._do(do, posted.get("changes", "[]"), change if do == "change" else add)
        return self._shown(change, add)

    def _initial(self) -> dict[str, Any]:
        if self.handoff is None or not self.base.knows_handoff(self.handoff):
            return {}
        kept = self.base.handoff_words(self.handoff).yield_
        return {"handoff": self.handoff, "arrive": "" if kept is None else f"{100 * kept:.0f}"}

    def _do(self, do: str, text: str, form: ChangeForm | AddForm) -> None:
        """Make the step that was sent. What was changed before is kept, whatever is wrong with the new step."""
        try:
            self.changes = changes_read(text)
            if do in {"change", "add"}:
                self._add(form)
            elif do.startswith("undo-"):
                self._undo(number_or_none(do.removeprefix("undo-")))
            elif do in {f"best-{count}" for count in REPAIR_COUNTS}:
                self.repairs = _repairs(
                    self.request, self.organization, self.round, int(do.removeprefix("best-")), self.changes
                )
            elif do != "show":
                self.status, self.problem = 400, str(QueryError())
        except ScenarioError as error:
            self.status, self.problem = 400, problem_sentence(error)

    def _add(self, form: ChangeForm | AddForm) -> None:
        if not form.is_valid():
            self.status = 400
            return
        row = form.row()
        try:
            (new,) = changes_asked(self.request, self.organization, self.base, [row])
            # the same part of the same hand-off anew takes the place of what was said of it before
            kept = tuple(each for each in self.changes if not _same_part(each, new))
            what_if_find(
                actor=self.request.user, organization=self.organization, round=self.round, changes=(*kept, new)
            )
        except OwnProblem as problem:
            form.refuse(problem)
            self.status = 400
            return
        except ScenarioError as error:
            form.refuse(OwnProblem(error.code.value, problem_sentence(error), _form_field(error.field)))
            self.status = 400
            return
        self.changes = (*kept, new)

    def _undo(self, place: int | None) -> None:
        if place is not None and place < len(self.changes):
            self.changes = (*self.changes[:place], *self.changes[place + 1 :])

    def _shown(self, change: ChangeForm, add: AddForm) -> HttpResponse:
        outcome = None
        try:
            told = what_if_find(
                actor=self.request.user, organization=self.organization, round=self.round, changes=self.changes
            )
            outcome = outcome_of(told.base, told.finding)
        except ScenarioError as error:
            self.problem = problem_sentence(error)
        context = {
            "organization": self.organization,
            "round": self.round,
            "by_team": self.base.by_team,
            "outcome": outcome,
            "problem": self.problem,
            "changes_text": changes_write(self.changes) if outcome else "[]",
            "rows": [(place, self.base.sentence(each)) for place, each in enumerate(self.changes)] if outcome else (),
            "change": change,
            "add": add,
            "keep": KeepForm(auto_id="keep_%s"),
            "repairs": repair_rows(self.repairs) if self.repairs else None,
            "repairs_said": repairs_sentence(self.repairs) if self.repairs else "",
            "repaired_text": _together(self.changes, self.repairs),
            "repair_counts": REPAIR_COUNTS,
            "may_keep": can(self.request.user, Action.KEEP_SCENARIOS, self.organization),
        }
        return render(self.request, "chainmap/map/what_if.html", context, status=self.status)


def _repairs(
    request: HttpRequest, organization: Organization, round_: Round | None, count: int, changes: Sequence[Any]
) -> RepairsFound:
    return repairs_find(actor=request.user, organization=organization, round=round_, count=count, changes=changes)


def _together(changes: Changes, repairs: RepairsFound | None) -> str:
    """The changes with the repairs, for the button that takes them over; "" where they do not fit."""
    if repairs is None or not repairs.changes:
        return ""
    try:
        return changes_write((*changes, *repairs.changes))
    except ScenarioError:
        return ""


def _same_part(kept: Any, new: Any) -> bool:
    return type(kept) is type(new) and hasattr(new, "handoff") and kept.handoff == new.handoff


def _form_field(field: str) -> str:
    """Where a part of a change stands on the form."""
    return {"yield": "arrive"}.get(field, field)
