"""The forms of conversations and agreements. They add courtesy; what may be saved is decided by the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from chainmap.domain.cards import HIGHEST_SCORE, LOWEST_SCORE
from chainmap.exports.plain_text import clean_text
from chainmap.models import Agreement, Conversation, Party, Preparation
from chainmap.services.agreements import LONGEST_SENTENCE, AgreementPlan
from chainmap.services.own import EditConflict, OwnHandOff
from chainmap.web.own_forms import CleanTextField, OwnForm
from chainmap.web.round_forms import LocalDateTimeField

_MINUTES = (10, 15, 20, 30, 45, 60)
_CHOOSE = {
    "invalid_choice": gettext_lazy("Choose one of those shown."),
    "required": gettext_lazy("Choose one of those shown."),
}
_WORDS, _PLACE, _NAME = 300, 120, 240


class TalkForm(OwnForm):
    """An own form whose template sets its fields out itself, and whose conflicts name choices as the page does."""

    def show_conflict(self, conflict: EditConflict, shown: Mapping[str, str]) -> None:
        """As everywhere; typed choices are shown in words."""
        super().show_conflict(conflict, shown)
        names = [name for name in shown if name in self.fields]
        self.conflict = [
            (label, stored, self._in_words(name, typed))
            for name, (label, stored, typed) in zip(names, self.conflict, strict=True)
        ]

    def _in_words(self, name: str, typed: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return _("yes") if typed else _("no")
        if isinstance(field, forms.ChoiceField):
            return str({str(key): label for key, label in field.choices}.get(typed, typed))
        return typed


class ScoreField(forms.TypedChoiceField):
    """One of the eleven numbers as tiles; written in plain digits, as the tiles send them. None: not said."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        numbers = [(str(number), str(number)) for number in range(LOWEST_SCORE, HIGHEST_SCORE + 1)]
        super().__init__(choices=numbers, coerce=int, empty_value=None, **kwargs)

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            said = _("“%(shown)s” is no number from 0 to 10. Choose one of the numbers.")
            raise ValidationError(said % {"shown": clean_text(str(value), 20)}, code="invalid_choice")
        super().validate(value)


def _minutes_field() -> forms.TypedChoiceField:
    choices = [(each, ngettext_lazy("%d minute", "%d minutes") % each) for each in _MINUTES]
    return forms.TypedChoiceField(
        label=gettext_lazy("How long"), choices=choices, coerce=int, initial=20, error_messages=_CHOOSE
    )


class TimeForm(TalkForm):
    """When and where."""

    starts_at = LocalDateTimeField(
        label=gettext_lazy("When"), required=False, help_text=gettext_lazy("Empty: you fix it by word of mouth.")
    )
    minutes = _minutes_field()
    place = CleanTextField(
        label=gettext_lazy("Where"), most=_PLACE, required=False, help_text=gettext_lazy("The kitchen, a call, a walk.")
    )

    @staticmethod
    def values_of(conversation: Conversation) -> dict[str, object]:
        """What the form starts from."""
        return {
            "starts_at": conversation.starts_at,
            "minutes": conversation.minutes,
            "place": conversation.place,
            "version": conversation.version,
        }


class CoffeeForm(TimeForm):
    """An invitation: why, in a line if one likes, and when."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why do you want to talk?"), widget=forms.RadioSelect, error_messages=_CHOOSE
    )
    words = CleanTextField(
        label=gettext_lazy("A line to go with it"),
        most=_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, reasons: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]

    def reasons(self, sentences: Mapping[str, str]) -> list[tuple[BoundField, str, str]]:
        """(radio, label, the sentence of the ground) of each."""
        radios = self["reason"].subwidgets
        return [(radio, radio.choice_label, sentences[radio.data["value"]]) for radio in radios]


class LinesForm(TalkForm):
    """Three lines to prepare; one's own until they are shown."""

    gets = CleanTextField(
        label=gettext_lazy("What I get"), most=_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    needs = CleanTextField(
        label=gettext_lazy("What I need"), most=_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    unsaid = CleanTextField(
        label=gettext_lazy("What I did not say"), most=_WORDS, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_shown = forms.BooleanField(label=gettext_lazy("Show my lines to the other side"), required=False)

    LINES = ("gets", "needs", "unsaid")

    @classmethod
    def of(cls, mine: Preparation) -> LinesForm:
        """The form as it is opened."""
        return cls(initial={name: getattr(mine, name) for name in (*cls.LINES, "is_shown", "version")})

    @property
    def lines(self) -> list[BoundField]:
        return [self[name] for name in self.LINES]


class AgreementForm(TalkForm):
    """One sentence, one owner, a day, and who decides."""

    NOBODY, ME, OTHER, SOMEBODY = "", "me", "other", "somebody"

    sentence = CleanTextField(
        label=gettext_lazy("What do we agree?"),
        most=LONGEST_SENTENCE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence that both of you can check, for example “The forecast comes by Tuesday”."),
        error_messages={"required": gettext_lazy("Say in one sentence what you agree on.")},
    )
    owner = forms.ChoiceField(label=gettext_lazy("Who sees to it?"), widget=forms.RadioSelect, error_messages=_CHOOSE)
    due_on = forms.DateField(
        label=gettext_lazy("Until when?"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("On that day both of you are asked what came of it."),
        error_messages={
            "invalid": gettext_lazy("Give a day, such as 2027-03-31."),
            "required": gettext_lazy("Give the day on which you look at it again."),
        },
    )
    decides = forms.ChoiceField(
        label=gettext_lazy("Who decides if something comes up?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    decides_name = CleanTextField(
        label=gettext_lazy("Name of somebody else"),
        most=_NAME,
        required=False,
    )
    score_today = ScoreField(label=gettext_lazy("How is it today?"), required=False)

    def __init__(self, *args: Any, own: OwnHandOff, asks_score: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = clean_text(own.other.name, 60)
        sides = [(self.ME, _("me")), (self.OTHER, other)]
        self.fields["owner"].choices = sides  # type: ignore[attr-defined]
        self.fields["decides"].choices = [  # type: ignore[attr-defined]
            (self.NOBODY, _("we see then")),
            *sides,
            (self.SOMEBODY, _("somebody else")),
        ]
        if not asks_score:
            del self.fields["score_today"]

    def clean(self) -> dict[str, Any]:
        """A name is needed where somebody else decides; one that was typed means that."""
        given = super().clean() or {}
        if given.get("decides_name") and not given.get("decides"):
            given["decides"] = self.SOMEBODY
        if (
            given.get("decides") == self.SOMEBODY
            and not given.get("decides_name")
            and "decides_name" not in self.errors
        ):
            self.add_error("decides_name", _("Write the name of whoever decides, or choose one of the others."))
        return given

    def plan(self, own: OwnHandOff, somebody: Party | None) -> AgreementPlan:
        """What was given, with the person a name means."""
        given = self.cleaned_data
        decides = {self.ME: own.party, self.OTHER: own.other, self.SOMEBODY: somebody}.get(given["decides"])
        return AgreementPlan(given["sentence"], given["owner"], given["due_on"], decides)

    @classmethod
    def values_of(cls, own: OwnHandOff, agreement: Agreement, label: str) -> dict[str, object]:
        """What the form starts from; ``label`` is the name of whoever decides."""
        who = {None: cls.NOBODY, own.party.pk: cls.ME, own.other.pk: cls.OTHER}
        decides = who.get(agreement.decides_id, cls.SOMEBODY)
        return {
            "sentence": agreement.sentence,
            "owner": cls.ME if agreement.owner_id == own.party.pk else cls.OTHER,
            "due_on": agreement.due_on,
            "decides": decides,
            "decides_name": label if decides == cls.SOMEBODY else "",
            "version": agreement.version,
        }


class YesForm(TalkForm):
    """Yes to what was proposed; a customer may say how it is today."""

    score_today = ScoreField(label=gettext_lazy("How is it today?"), required=False)


class OutcomeForm(TalkForm):
    """What came of it: one of three, and the customer's score again."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("What came of it?"),
        choices=[each for each in Agreement.Outcome.choices if each[0]],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one of the three: kept, partly, not."),
            "invalid_choice": gettext_lazy("Choose one of the three: kept, partly, not."),
        },
    )
    score = ScoreField(
        label=gettext_lazy("And how is it now?"),
        error_messages={"required": gettext_lazy("Say how it is today: choose one of the numbers.")},
    )
    #: What the reader had said before, as it was shown.
    seen_outcome = forms.ChoiceField(choices=Agreement.Outcome.choices, required=False, widget=forms.HiddenInput)
    seen_score = ScoreField(required=False)

    def __init__(self, *args: Any, is_supplier: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_score"].widget = forms.HiddenInput()
        if is_supplier:
            del self.fields["score"], self.fields["seen_score"]

    @property
    def seen(self) -> tuple[str, int | None]:
        return self.cleaned_data["seen_outcome"], self.cleaned_data.get("seen_score")

    def go_on_from(self, outcome: str, score: int | None) -> None:
        """After a conflict: sending again overwrites what is stored now."""
        self.data["seen_outcome"] = outcome
        self.data["seen_score"] = "" if score is None else str(score)
