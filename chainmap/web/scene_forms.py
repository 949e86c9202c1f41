"""The form of a scene. What may be kept is decided by the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.models import Exercise, Scene
from chainmap.services.own import EditConflict
from chainmap.services.scenes import (
    LEAST_STEPS,
    LONGEST_QUESTION,
    LONGEST_TITLE,
    MOST_STEPS,
    ScenePlan,
)
from chainmap.web.own_forms import CleanTextField, OwnForm

_CHOOSE = {
    "invalid_choice": gettext_lazy("Choose one of those shown."),
    "required": gettext_lazy("Choose one of those shown."),
}
_NAME = 240


class SceneForm(OwnForm):
    """What a scene shows, what stands above and below it, and whether names are hidden."""

    kind = forms.ChoiceField(label=gettext_lazy("What does it show?"), widget=forms.RadioSelect, error_messages=_CHOOSE)
    title = CleanTextField(
        label=gettext_lazy("Title"),
        most=LONGEST_TITLE,
        required=False,
        help_text=gettext_lazy("Empty: what the picture says."),
    )
    question = CleanTextField(
        label=gettext_lazy("Question to the room"),
        most=LONGEST_QUESTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    focus = CleanTextField(
        label=gettext_lazy("Look at"),
        most=_NAME,
        required=False,
        help_text=gettext_lazy(
            "A name. Empty: the whole map; of a walk, where most is lost. Words and results need none."
        ),
    )
    steps = forms.IntegerField(
        label=gettext_lazy("Steps up and down, on the map"), min_value=LEAST_STEPS, max_value=MOST_STEPS, initial=2
    )
    exercise = forms.TypedChoiceField(
        label=gettext_lazy("Result of"), coerce=int, empty_value=None, required=False, error_messages=_CHOOSE
    )
    hides_names = forms.BooleanField(label=gettext_lazy("Hide all names in this scene"), required=False)

    def __init__(self, *args: Any, exercises: list[Exercise] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in Scene.Kind.choices if exercises or choice[0] != Scene.Kind.RESULT]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if exercises:
            choices = [("", "–"), *((str(one.pk), one.get_kind_display()) for one in exercises)]
            self.fields["exercise"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["exercise"]

    def plan(self, focus: int | None) -> ScenePlan:
        """What was typed, as the service takes it."""
        said = self.cleaned_data
        return ScenePlan(
            kind=said["kind"],
            title=said["title"],
            question=said["question"],
            focus=focus,
            steps=said["steps"],
            exercise=said.get("exercise"),
            hides_names=said["hides_names"],
        )

    def other_words(self, stored: Mapping[str, object]) -> dict[str, str]:
        """Of what is stored now, in words, the fields that differ from what was typed."""
        return {name: str(value) for name, value in stored.items() if str(value) != self._in_words(name)}

    def show_conflict(self, conflict: EditConflict, shown: Mapping[str, str]) -> None:
        """As everywhere; typed choices are shown in words."""
        super().show_conflict(conflict, shown)
        names = [name for name in shown if name in self.fields]
        self.conflict = [
            (label, kept, self._in_words(name))
            for name, (label, kept, _typed) in zip(names, self.conflict, strict=True)
        ]

    def _in_words(self, name: str) -> str:
        field = self.fields.get(name)
        typed = str(self.data.get(self.add_prefix(name), ""))
        if isinstance(field, forms.BooleanField):
            return _("yes") if typed else _("no")
        if isinstance(field, forms.ChoiceField):
            named = {str(key): str(label) for key, label in field.choices}
            return "" if not typed else named.get(typed, typed)
        return typed

    @staticmethod
    def values_of(scene: Scene, focus: str) -> dict[str, object]:
        """What the form starts from; ``focus`` is the label of whom the scene looks at."""
        return {
            "kind": scene.kind,
            "title": scene.title,
            "question": scene.question,
            "focus": focus,
            "steps": scene.steps,
            "exercise": scene.exercise_id,
            "hides_names": scene.hides_names,
            "version": scene.version,
        }
