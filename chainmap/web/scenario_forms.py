"""The forms of a what-if without scripts, and those by which a scenario is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.domain.scenario_changes import MOST_DELIVERABLE
from chainmap.exports.scenario_words import HandOffWords
from chainmap.services.scenarios import LONGEST_NAME, LONGEST_NOTE
from chainmap.services.what_if import WhatIfBase
from chainmap.web.handoff_forms import PersonField, VolumeField
from chainmap.web.own_forms import CleanTextField, OwnForm, VersionedForm

#: What can happen to a hand-off that is there.
WHAT = [
    ("yield", gettext_lazy("so much of it arrives")),
    ("volume", gettext_lazy("it has another volume")),
    ("remove", gettext_lazy("it is taken out")),
    ("reroute", gettext_lazy("it goes to somebody else")),
]


class ArriveField(VolumeField):
    """How many of every 100 arrive, 0 to 100, as people write it; the value is the share 0..1, None for nothing."""

    def clean(self, value: Any) -> float | None:
        number = super().clean(value)
        if number is None:
            return None
        if not 0 <= number <= 100:
            raise ValidationError(_("How much arrives is a number from 0 to 100."), code="outside")
        return number / 100


class _StepForm(OwnForm):
    """A change somebody adds. People are named, teams are chosen from a list."""

    def __init__(self, *args: Any, base: WhatIfBase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base = base
        if base.by_team:
            for name in {"supplier", "customer"} & self.fields.keys():
                named = base.parties(giving=name == "supplier")
                teams = [("", _("choose")), *((team, team) for _key, team in named)]
                old = self.fields[name]
                self.fields[name] = forms.ChoiceField(label=old.label, required=old.required, choices=teams)


class ChangeForm(_StepForm):
    """What happens to a hand-off that is there."""

    handoff = forms.TypedChoiceField(
        label=gettext_lazy("Which hand-off?"),
        coerce=int,
        error_messages={
            "required": gettext_lazy("Choose a hand-off."),
            "invalid_choice": gettext_lazy("This hand-off is not in the chain (any more). Choose another one."),
        },
    )
    what = forms.ChoiceField(label=gettext_lazy("What if …"), choices=WHAT, initial="yield", widget=forms.RadioSelect)
    arrive = ArriveField(
        label=gettext_lazy("How much of it would arrive"),
        help_text=gettext_lazy("Of every 100 units, 0 to 100."),
    )
    volume = VolumeField(
        label=gettext_lazy("Its volume"),
        help_text=gettext_lazy("In the unit of everything the giver gives. The shares of the others follow."),
    )
    customer = PersonField(required=False, label=gettext_lazy("Who gets it instead"))

    def __init__(self, *args: Any, base: WhatIfBase, asked: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, base=base, **kwargs)
        offered = base.handoffs(also=asked)
        self.fields["handoff"].choices = [  # type: ignore[attr-defined]
            ("", _("choose")),
            *((str(key), handoff_line(words)) for key, words in offered),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        needed = {"yield": "arrive", "volume": "volume", "reroute": "customer"}.get(cleaned.get("what", ""))
        if needed in cleaned and cleaned[needed] in (None, ""):
            self.add_error(needed, _("Fill this in too."))
        return dict(cleaned)

    def row(self) -> dict[str, Any]:
        """The change as JSON says it; a customer is still a name."""
        read = self.cleaned_data
        row: dict[str, Any] = {"kind": read["what"], "handoff": read["handoff"]}
        match read["what"]:
            case "yield":
                row["yield"] = read["arrive"]
            case "volume":
                row["volume"] = read["volume"]
            case "reroute":
                row["customer"] = read["customer"]
        return row


class AddForm(_StepForm):
    """A new hand-off."""

    supplier = PersonField(label=gettext_lazy("Who gives"))
    customer = PersonField(label=gettext_lazy("Who gets it"))
    deliverable = CleanTextField(most=MOST_DELIVERABLE, required=False, label=gettext_lazy("What is handed over"))
    arrive = ArriveField(
        label=gettext_lazy("How much of it would arrive"),
        help_text=gettext_lazy("Of every 100 units, 0 to 100. Empty: as much as on average."),
    )
    volume = VolumeField(
        label=gettext_lazy("Its volume"),
        help_text=gettext_lazy("In the unit of everything the giver gives. Empty: 1."),
    )

    def row(self) -> dict[str, Any]:
        """The change as JSON says it; people are still names."""
        read = self.cleaned_data
        row = {name: read[name] for name in ("supplier", "customer", "deliverable")}
        return {
            "kind": "add",
            **row,
            "yield": read["arrive"],
            "volume": 1.0 if read["volume"] is None else read["volume"],
        }


class KeepForm(OwnForm):
    """A name for what was tried out."""

    name = CleanTextField(
        most=LONGEST_NAME,
        label=gettext_lazy("Name"),
        error_messages={"required": gettext_lazy("Give it a name, so that it is found again.")},
    )
    note = CleanTextField(
        most=LONGEST_NOTE,
        required=False,
        label=gettext_lazy("Note"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What it would take, who would have to agree."),
    )


class RenameForm(VersionedForm, KeepForm):
    """Another name and note for a scenario that is kept."""


def handoff_line(words: HandOffWords) -> str:
    """A hand-off as one line of a list to choose from."""
    ends = f"{words.supplier} → {words.customer}"
    return f"{ends}: {words.deliverable}" if words.deliverable else ends
