"""The forms by which a round is made, changed and opened again, and by which the coaching rules are set.

They add courtesy; what may be saved is decided by the services, whose refusals are shown beside the field they are
about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.domain.confidentiality import MINIMUM_RATERS
from chainmap.exports import round_words
from chainmap.exports.plain_text import clean_text
from chainmap.models import Organization, Round, Team
from chainmap.services.rounds import (
    LARGEST_K,
    LONGEST_NAME,
    MOST_ASKED,
    RoundPlan,
    RoundProblem,
    least_group,
    reminder_days_of,
)
from chainmap.services.settings import LARGEST_RULE

#: A round closes after so many days unless somebody says otherwise.
USUAL_DAYS = 13  # personal links last 14 days from opening: they should not end before the round
#: More days than this after opening are a slip of the finger.
LATEST_REMINDER = 60
_DAYS = re.compile(r"[0-9]{1,3}", re.ASCII)
_SHOWN = 30


class LocalDateTimeField(forms.DateTimeField):
    """A date and a time of day in the site's time zone, as the browser's own control sends them."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {
        "invalid": gettext_lazy("Give a day and a time, such as 2027-03-31 18:00."),
        "years": gettext_lazy("Give a day between the years 2000 and 2100."),
    }

    def to_python(self, value: Any) -> datetime | None:
        try:
            found = super().to_python(value)
        except OverflowError:
            raise ValidationError(self.error_messages["years"], code="years") from None
        if found is not None and not 2000 <= found.year <= 2100:
            raise ValidationError(self.error_messages["years"], code="years")
        return found


class ReminderDaysField(forms.CharField):
    """At most two numbers of days after opening: "3, 7" -> (3, 7); empty = no reminder."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=20, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, tuple | list) else value

    def clean(self, value: Any) -> tuple[int, ...]:
        text = super().clean(value)
        parts = [part.strip() for part in re.split(r"[,;\s]+", text) if part.strip()]
        if not all(_DAYS.fullmatch(part) and 1 <= int(part) <= LATEST_REMINDER for part in parts):
            raise ValidationError(
                _("“%(given)s” cannot be understood. Give whole days from 1 to %(latest)s, such as “3, 7”.")
                % {"given": clean_text(text, _SHOWN), "latest": LATEST_REMINDER}
            )
        days = tuple(sorted({int(part) for part in parts}))
        if len(days) > 2:
            raise ValidationError(_("At most two reminders are sent, so that nobody is pestered. Keep two days."))
        return days


class FieldsOfProblems(forms.Form):
    """A form that shows what a service refuses beside the field it is about."""

    def refuse(self, problem: RoundProblem) -> None:
        """Add the sentence of the service; one about no field of this form stands above all of them."""
        self.add_error(problem.field if problem.field in self.fields else None, str(problem))


class RoundForm(FieldsOfProblems):
    """Everything of a round that can be said before it opens. A name is enough: the rest has usual values."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=LONGEST_NAME,
        help_text=gettext_lazy("Everybody who is asked sees it, for example “Spring 2027”."),
        error_messages={"required": gettext_lazy("Give the round a name, so that people know what they answer.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("Who sees a single answer?"),
        choices=Round.Mode.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Everybody reads the sentence of the mode before the first tap."),
    )
    question_set = forms.ChoiceField(
        label=gettext_lazy("What is asked?"), choices=Round.QUESTION_SETS, widget=forms.RadioSelect
    )
    closes_at = LocalDateTimeField(
        label=gettext_lazy("Closes"),
        required=False,
        help_text=gettext_lazy(
            "Results are shown in one step after that. Empty: closed by hand, and a protected round by two people."
        ),
    )
    opens_at = LocalDateTimeField(
        label=gettext_lazy("Opens"), required=False, help_text=gettext_lazy("Empty: you open it by hand.")
    )
    asks_end_customers = forms.BooleanField(label=gettext_lazy("End customers are asked too"), required=False)
    teams = forms.MultipleChoiceField(
        label=gettext_lazy("Only people of these teams are asked"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: everybody who receives something is asked."),
    )
    most_asked = forms.IntegerField(
        label=gettext_lazy("Hand-offs one person is asked about, at most"),
        required=False,
        min_value=1,
        max_value=MOST_ASKED,
        help_text=gettext_lazy("Those with the most work. Empty: all of them."),
    )
    reminder_days = ReminderDaysField(
        label=gettext_lazy("Reminders, days after opening"),
        help_text=gettext_lazy("At most two, only to those who have not finished. Empty: none."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    k = forms.IntegerField(
        label=gettext_lazy("Smallest group behind a number"),
        min_value=MINIMUM_RATERS,
        max_value=LARGEST_K,
        help_text=gettext_lazy("People besides the reader. 5 is the least and can only be raised."),
    )

    #: Fields behind "more"; the details stand open where one of them has an error.
    FURTHER = ("opens_at", "asks_end_customers", "teams", "most_asked", "reminder_days", "k")

    def __init__(self, *args: Any, teams: Iterable[Team], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        choices = [(str(team.pk), clean_text(team.name)) for team in teams]
        self.fields["teams"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["teams"]

    def clean_name(self) -> str:
        """One line of text that can be seen."""
        name = clean_text(self.cleaned_data["name"], LONGEST_NAME)
        if not name:
            raise ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name

    def plan(self) -> RoundPlan:
        """What was asked for, once the form is valid."""
        data = self.cleaned_data
        return RoundPlan(
            name=data["name"],
            mode=data["mode"],
            question_set=data["question_set"],
            k=data["k"],
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
            asks_end_customers=data["asks_end_customers"],
            reminder_days=data["reminder_days"],
            teams=tuple(int(pk) for pk in data.get("teams", ())) or None,
            most_asked=data["most_asked"],
        )

    @property
    def modes(self) -> list[tuple[Any, str, str]]:
        """Each radio of the mode with its name and the sentence people will read above their first tap."""
        return [
            (radio, round_words.mode_label(radio.data["value"]), round_words.mode_sentence(radio.data["value"]))
            for radio in self["mode"]
        ]

    @property
    def further(self) -> list[BoundField]:
        """The fields behind "more", in their order."""
        return [self[name] for name in self.FURTHER if name in self.fields]

    @property
    def further_is_open(self) -> bool:
        """Whether something behind "more" has to be seen: an error, or a choice made earlier."""
        given = self.initial
        chosen = any(given.get(name) for name in ("opens_at", "asks_end_customers", "teams", "most_asked"))
        return chosen or any(field.errors for field in self.further)


class ReopenForm(FieldsOfProblems):
    """Until when a closed round is open again."""

    closes_at = LocalDateTimeField(
        label=gettext_lazy("Closes again"),
        error_messages={"required": gettext_lazy("Say when it closes again: a day and a time.")},
    )


class CoachingRulesForm(FieldsOfProblems):
    """The figures coaches work with."""

    magic_for_one_misery = forms.FloatField(
        label=gettext_lazy("Magic moments that make up for one misery"),
        min_value=0.1,
        max_value=LARGEST_RULE,
    )
    told_of_misery = forms.IntegerField(
        label=gettext_lazy("People who hear of one misery"), min_value=1, max_value=LARGEST_RULE
    )
    told_of_magic = forms.IntegerField(
        label=gettext_lazy("People who hear of one magic moment"), min_value=1, max_value=LARGEST_RULE
    )


def usual_values() -> dict[str, Any]:
    """What a new round starts with."""
    usual = RoundPlan(name="")
    return {
        "mode": usual.mode,
        "question_set": usual.question_set,
        "k": least_group(),
        "closes_at": usual_closing(),
        "reminder_days": usual.reminder_days,
    }


def values_of(round: Round) -> dict[str, Any]:
    """What a draft says now."""
    names = ("name", "mode", "question_set", "k", "opens_at", "closes_at", "asks_end_customers", "most_asked")
    return {name: getattr(round, name) for name in names} | {
        "reminder_days": reminder_days_of(round),
        "teams": [str(team.pk) for team in round.teams.all()],
    }


def teams_of(user: Any, organization: Organization) -> list[Team]:
    """The teams whose people may be asked, by name."""
    return list(Team.objects.visible_to(user).filter(organization=organization))


def usual_closing() -> datetime:
    """Two weeks from now, at the end of that working day."""
    return (timezone.localtime() + timedelta(days=USUAL_DAYS)).replace(hour=18, minute=0, second=0, microsecond=0)
