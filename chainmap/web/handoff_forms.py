"""The forms of one's own hand-offs and needs: courtesy beside what the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.models import Need
from chainmap.services.handoff_checks import LONGEST_DELIVERABLE
from chainmap.services.handoffs import GIVEN, RECEIVED
from chainmap.services.needs import LONGEST_NEED, LONGEST_NOTE
from chainmap.services.own import OwnHandOff
from chainmap.web.own_forms import CleanTextField, OwnForm, VersionedForm

#: Side -> what its "no" may say in one tap: code -> words, which become the first words of the note.
DISPUTES = {
    "supplier": {
        "no_owner": gettext_lazy("I didn't know it was up to me."),
        "not_mine": gettext_lazy("This is not mine to do."),
        "somebody_else": gettext_lazy("Somebody else does this."),
        "over": gettext_lazy("I no longer do this."),
        "otherwise": gettext_lazy("It is something else than what is written here."),
    },
    "customer": {
        "not_got": gettext_lazy("I do not get this."),
        "from_else": gettext_lazy("I get it from somebody else."),
        "over": gettext_lazy("I no longer get this."),
        "otherwise": gettext_lazy("It is something else than what is written here."),
    },
}
LONGEST_DISPUTE = 200
_LONGEST_NAME = 400


class PersonField(CleanTextField):
    """The name of somebody, with suggestions while typing; which party it means, the view finds out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(most=_LONGEST_NAME, **kwargs)
        self.widget.attrs |= {"autocapitalize": "words", "spellcheck": "false"}


class VolumeField(forms.CharField):
    """A number above 0 as people write it, "0,5" too; None where nothing is given."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> float | None:
        text = str(super().clean(value)).strip()
        if not text:
            return None
        try:
            if len(text) > 30 or "_" in text or not text.isascii():
                raise ValueError
            return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        except ValueError:
            raise ValidationError(
                _("This is not a number. Give one above 0, such as 3 or 0.5."), code="number"
            ) from None


class HandOffForm(OwnForm):
    """What is handed over, how much, and who decides on exceptions."""

    deliverable = CleanTextField(
        most=LONGEST_DELIVERABLE,
        label=gettext_lazy("What is handed over?"),
        help_text=gettext_lazy("In a word or two, for example “forecast”."),
        error_messages={"required": gettext_lazy("Say in a word or two what is handed over, for example “forecast”.")},
    )
    volume = VolumeField(label=gettext_lazy("How much of the work is it?"))
    decision_owner = PersonField(
        required=False,
        label=gettext_lazy("Who may decide when something is out of the ordinary?"),
        help_text=gettext_lazy("A name; you, the other side or somebody else. Empty: nobody said yet."),
    )


class NewForm(HandOffForm):
    """A hand-off somebody names."""

    side = forms.ChoiceField(
        label=gettext_lazy("Which way does it go?"),
        choices=[(GIVEN, gettext_lazy("I give it to somebody")), (RECEIVED, gettext_lazy("I get it from somebody"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose whether you give it or get it.")},
    )
    other = PersonField(
        label=gettext_lazy("Who is the other side?"),
        help_text=gettext_lazy("Begin with the name; people of your organization are suggested."),
        error_messages={"required": gettext_lazy("Name the person, the end customer or the supplier.")},
    )
    field_order = ("side", "other", "deliverable", "volume", "decision_owner", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["volume"].help_text = _(
            "A number in the unit of everything you give, hours a week for example. Empty: as much as usual. Leave it "
            "empty for what you get: the other side says it."
        )


class EditForm(HandOffForm):
    """A change of a hand-off; its volume is for the supplier alone to say."""

    def __init__(self, *args: Any, own: OwnHandOff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if own.is_supplier:
            self.fields["volume"].help_text = _(
                "A number in the unit of everything you give, hours a week for example."
            )
        else:
            del self.fields["volume"]
        if not own.handoff.deliverable:
            self.fields["deliverable"].required = False


class SayForm(VersionedForm):
    """Yes, or no with a reason: one to tap, of those the ``side`` may have, own words, or both."""

    says = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=gettext_lazy("Why not?"), choices=(), widget=forms.RadioSelect, required=False)
    note = CleanTextField(most=LONGEST_DISPUTE, label=gettext_lazy("In your own words"), required=False)

    def __init__(self, *args: Any, side: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = DISPUTES[side]
        self.fields["reason"].choices = list(self.reasons.items())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code, words = cleaned.get("reason", ""), cleaned.get("note", "")
        together = " ".join(part for part in (str(self.reasons.get(code, "")), words) if part)
        if len(together) > LONGEST_DISPUTE:
            over = len(together) - LONGEST_DISPUTE
            self.add_error(
                "note", _("Together with the reason this is %(over)s too long. Shorten it.") % {"over": over}
            )
        return cleaned | {"together": together}


class UndoForm(OwnForm):
    """Which step of the history is taken back."""

    change = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class NeedForm(OwnForm):
    """What a customer needs."""

    text = CleanTextField(
        most=LONGEST_NEED,
        label=gettext_lazy("What do you need?"),
        help_text=gettext_lazy("One short item in your own words, for example “by Tuesday noon”."),
        error_messages={"required": gettext_lazy("Say in a few words what you need.")},
    )
    importance = forms.TypedChoiceField(
        label=gettext_lazy("How important is it?"),
        choices=list(reversed(Need.Importance.choices)),
        coerce=int,
        initial=Need.Importance.IMPORTANT.value,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say how important it is: one of the three.")},
    )


class ReplyForm(VersionedForm):
    """What a supplier says to a need."""

    reply = forms.ChoiceField(
        label=gettext_lazy("What do you say to it?"),
        choices=[choice for choice in Need.Reply.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the three.")},
    )
    note = CleanTextField(most=LONGEST_NOTE, label=gettext_lazy("A word to it, if you like"), required=False)


class LeftForm(OwnForm):
    """The day a person left; empty: they are still here."""

    left_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Give a day, such as 2027-03-31.")},
    )
