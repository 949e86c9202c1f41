"""The forms of links to reports, of reports by mail, and of who leads which team."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from chainmap.exports.plain_text import clean_text
from chainmap.models import ReportSchedule, Team
from chainmap.services.kept_files import FileProblem
from chainmap.services.report_links import LONGEST_PASSWORD, MOST_DAYS, SHORTEST_PASSWORD, USUAL_DAYS, ShareProblem
from chainmap.services.report_schedules import ScheduleProblem
from chainmap.services.team_leads import LeadProblem

Problem = FileProblem | ShareProblem | ScheduleProblem | LeadProblem
_PROBLEMS = (FileProblem, ShareProblem, ScheduleProblem, LeadProblem)
_CHOOSE = gettext_lazy("Choose one of the list.")
_CHOICE_ERRORS = {"required": _CHOOSE, "invalid_choice": _CHOOSE}


class JobForm(forms.Form):
    """A form that shows what a service refuses beside its field."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, label_suffix="", **kwargs)  # type: ignore[arg-type]

    @property
    def status(self) -> int:
        return 400 if self.errors else 200

    def saves(self, action: Callable[..., object], **given: object) -> bool:
        """Whether what was sent is valid and the service took it; what it refuses is said beside its field."""
        if not self.is_valid():
            return False
        try:
            action(**given, **self.cleaned_data)
        except _PROBLEMS as problem:
            self.refuse(problem)
            return False
        return True

    def refuse(self, problem: Problem) -> None:
        """Add the sentence of the service."""
        field = getattr(problem, "field", None)
        self.add_error(field if field in self.fields else None, str(problem))


class ShareForm(JobForm):
    """How long a link works, and its password."""

    days = forms.TypedChoiceField(
        label=gettext_lazy("How long the link works"),
        coerce=int,
        widget=forms.RadioSelect,
        initial=7,
        error_messages=_CHOICE_ERRORS,
    )
    password = forms.CharField(
        label=gettext_lazy("Password for whoever opens it"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Give the link a password: without one it cannot be made.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(str(days), days_words(days)) for days in (*USUAL_DAYS, MOST_DAYS)]  # type: ignore[attr-defined]
        said = _("%(least)d characters or more. Tell it in another way than the link: by telephone, not in the mail.")
        self.fields["password"].help_text = said % {"least": SHORTEST_PASSWORD}


class PasswordForm(JobForm):
    """What a shared link asks for."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Type the password you were given.")},
    )


class ScheduleForm(JobForm):
    """Of what, when, and on which paper a report comes by mail."""

    team = forms.TypedChoiceField(
        label=gettext_lazy("Report of"), coerce=int, empty_value=None, required=False, error_messages=_CHOICE_ERRORS
    )
    when = forms.ChoiceField(
        label=gettext_lazy("When"), choices=ReportSchedule.When.choices, widget=forms.RadioSelect,
        error_messages=_CHOICE_ERRORS,
    )  # fmt: skip
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=[("a4", gettext_lazy("A4")), ("letter", gettext_lazy("Letter"))],
        widget=forms.RadioSelect,
        initial="a4",
        error_messages=_CHOICE_ERRORS,
    )

    def __init__(self, *args: object, teams: Iterable[Team], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(team.pk), clean_text(team.name)) for team in teams]
        self.fields["team"].choices = [("", _("The whole organization")), *named]  # type: ignore[attr-defined]


class LeadForm(JobForm):
    """Which manager leads which team."""

    team = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int, error_messages=_CHOICE_ERRORS)
    user = forms.TypedChoiceField(label=gettext_lazy("Manager"), coerce=int, error_messages=_CHOICE_ERRORS)

    def __init__(
        self, *args: object, teams: Iterable[Team], managers: Iterable[tuple[int, str]], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        choose = ("", _("Choose"))
        self.fields["team"].choices = [choose, *((str(team.pk), clean_text(team.name)) for team in teams)]  # type: ignore[attr-defined]
        self.fields["user"].choices = [choose, *((str(pk), clean_text(name)) for pk, name in managers)]  # type: ignore[attr-defined]


def days_words(days: int) -> str:
    """A time a link works for."""
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
