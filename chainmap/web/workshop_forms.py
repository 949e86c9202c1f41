"""The forms by which a workshop is made and joined. What may be saved is decided by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.exports.plain_text import clean_text
from chainmap.exports.workshop_words import exercise_title, mode_label, mode_sentence
from chainmap.models import Exercise, Organization, Team, Workshop
from chainmap.services.joining import LONGEST_NAME as LONGEST_PERSON
from chainmap.services.joining import JoinOffer
from chainmap.services.workshops import (
    KINDS,
    LONGEST_EXERCISE,
    LONGEST_INSTRUCTION,
    LONGEST_NAME,
    WorkshopPlan,
    WorkshopProblem,
)
from chainmap.web.own_forms import CleanTextField, OwnForm

#: Between the name of a person and their team in the list to choose from.
_JOINT = " · "


class WorkshopForm(OwnForm):
    """Everything a coach says about a workshop; all of it has a usual value."""

    name = CleanTextField(
        label=gettext_lazy("Name"),
        most=LONGEST_NAME,
        help_text=gettext_lazy("Everybody who joins sees it."),
        error_messages={"required": gettext_lazy("Give the workshop a name, so that you find it again.")},
    )
    team = forms.ChoiceField(label=gettext_lazy("Whose chain?"), required=False)
    mode = forms.ChoiceField(
        label=gettext_lazy("Who will see what people say?"),
        choices=Workshop.Mode.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose who will see what people say.")},
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Exercises"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("You run them in any order, and none of them has to be run."),
        error_messages={"required": gettext_lazy("Tick at least one exercise.")},
    )

    def __init__(self, *args: Any, teams: Iterable[Team], kinds: Iterable[str] = KINDS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = [("", _("The whole organization"))]
        self.fields["team"].choices = everybody + [(str(team.pk), clean_text(team.name)) for team in teams]  # type: ignore[attr-defined]
        self.fields["kinds"].choices = [(kind, exercise_title(kind)) for kind in kinds]  # type: ignore[attr-defined]

    @property
    def modes(self) -> list[tuple[Any, str, str]]:
        """Each radio of the mode with its name and the sentence people will read above their first tap."""
        return [(radio, mode_label(radio.data["value"]), mode_sentence(radio.data["value"])) for radio in self["mode"]]

    def plan(self) -> WorkshopPlan:
        """What was asked for, once the form is valid."""
        data = self.cleaned_data
        team = int(data["team"]) if data["team"] else None
        return WorkshopPlan(name=data["name"], team=team, mode=data["mode"], kinds=tuple(data["kinds"]))

    def refuse_workshop(self, problem: WorkshopProblem) -> None:
        """Show what the service refuses beside its field."""
        self.add_error(problem.field if problem.field in self.fields else None, str(problem))


class ExerciseForm(OwnForm):
    """The coach's own words for an exercise, its time and its place."""

    instruction = CleanTextField(
        label=gettext_lazy("What the room is asked"),
        most=LONGEST_INSTRUCTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Empty: the words that come with it."),
    )
    minutes = forms.FloatField(
        label=gettext_lazy("Minutes"),
        min_value=0,
        max_value=LONGEST_EXERCISE / 60,
        help_text=gettext_lazy("0: without a timer."),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )
    place = forms.IntegerField(label=gettext_lazy("Place in the order"), min_value=1, max_value=len(KINDS))

    @property
    def seconds(self) -> int:
        """The time in whole seconds."""
        return round(self.cleaned_data["minutes"] * 60)

    @staticmethod
    def values_of(exercise: Exercise) -> dict[str, Any]:
        """What it says now."""
        minutes = exercise.seconds / 60
        whole = int(minutes) if minutes == int(minutes) else round(minutes, 2)
        return {"instruction": exercise.instruction, "minutes": whole, "place": exercise.place}


class CodeForm(OwnForm):
    """The code on the projector."""

    code = forms.CharField(
        label=gettext_lazy("The code on the screen"),
        max_length=100,
        strip=True,
        error_messages={
            "required": gettext_lazy("Type the six letters and digits that stand on the screen."),
            "max_length": gettext_lazy("A code has six letters and digits."),
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "inputmode": "text"}
        ),
    )


class JoinForm(OwnForm):
    """Who somebody is, in a workshop with names: both may stay empty."""

    name = CleanTextField(
        label=gettext_lazy("Your first name"),
        most=LONGEST_PERSON,
        required=False,
        help_text=gettext_lazy("As the room knows you. Empty: “someone”."),
    )
    who = CleanTextField(
        label=gettext_lazy("Who are you in the chain?"),
        most=250,
        required=False,
        help_text=gettext_lazy("A few letters of your name make the list shorter."),
    )
    #: A label of the list; it counts more than what is typed.
    pick = forms.CharField(required=False, max_length=250)

    def __init__(self, *args: Any, offer: JoinOffer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.labels = labels_of(offer)
        self.fields["name"].widget.attrs["autocomplete"] = "given-name"
        self.fields["who"].widget.attrs |= {"autocomplete": "off", "data-find": ""}
        if offer.known or not self.labels:
            del self.fields["who"], self.fields["pick"]
        if offer.known:
            del self.fields["name"]

    @property
    def people(self) -> list[str]:
        """The labels with all the letters that were typed; every one where none has them."""
        parts = str(self["who"].value() or "").casefold().split()
        found = [label for label in self.labels if all(part in label.casefold() for part in parts)]
        return found or list(self.labels)

    @property
    def picked(self) -> str:
        """The label that was chosen; "" for none."""
        return str(self["pick"].value() or "")

    def clean_who(self) -> int | None:
        """The number of the party that was meant; None for nobody."""
        picked = str(self.data.get(self.add_prefix("pick"), ""))
        if picked in self.labels:
            return self.labels[picked]
        if picked:
            raise self._unknown(picked)
        typed = " ".join(self.cleaned_data["who"].split()).casefold()
        if not typed:
            return None
        exact = [pk for label, pk in self.labels.items() if label.casefold() == typed]
        named = [pk for label, pk in self.labels.items() if label.split(_JOINT)[0].casefold() == typed]
        found = exact or named
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several people are called that. Choose one with their team from the list."))
        raise self._unknown(self.cleaned_data["who"])

    @staticmethod
    def _unknown(name: str) -> forms.ValidationError:
        said = _("“%(name)s” is nobody in this chain. Choose a name from the list, or leave this empty.")
        return forms.ValidationError(said % {"name": clean_text(name, LONGEST_PERSON)})


def labels_of(offer: JoinOffer) -> dict[str, int]:
    """What stands in the list to choose oneself from -> number; the team where there is one."""
    labels: dict[str, int] = {}
    for pk, name, team in offer.people:
        label = _JOINT.join(filter(None, (clean_text(name), clean_text(team))))
        if label in labels:
            label = f"{label}{_JOINT}{pk}"
        labels[label] = pk
    return labels


def usual_values() -> dict[str, Any]:
    """What a new workshop starts with."""
    name = _("Workshop of %(day)s") % {"day": date_format(timezone.localdate(), "DATE_FORMAT")}
    return {"name": name, "team": "", "mode": Workshop.Mode.OPEN.value, "kinds": list(KINDS)}


def values_of(workshop: Workshop, kinds: Iterable[str]) -> dict[str, Any]:
    """What a workshop says now."""
    return {
        "name": workshop.name,
        "team": str(workshop.team_id or ""),
        "mode": workshop.mode,
        "kinds": list(kinds),
        "version": workshop.version,
    }


def teams_of(user: Any, organization: Organization) -> list[Team]:
    """The teams a workshop can be about, by name."""
    return list(Team.objects.visible_to(user).filter(organization=organization))
