"""What the forms of "my page" have in common: texts read strictly, versions, and two values after a conflict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chainmap.domain.texts import TextCode, TextFault, read_text
from chainmap.services.own import EditConflict, OwnProblem


class CleanTextField(forms.CharField):
    """A text of at most ``most`` characters, cleaned as a card's texts are; what was typed stays in the field.

    ``widget`` as for a CharField; a Textarea keeps line ends, anything else is one line.
    """

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.most = most
        self.one_line = not isinstance(self.widget, forms.Textarea)
        self.widget.attrs |= {"data-most": str(most), "autocomplete": "off"}

    def clean(self, value: Any) -> str:
        given = value if isinstance(value, str) else ""
        try:
            text = read_text(given, self.most, one_line=self.one_line)
        except TextFault as fault:
            raise ValidationError(text_fault_sentence(fault), code=fault.code.value) from None
        return str(super().clean(text))

    def run_validators(self, value: Any) -> None:
        """What could be wrong was looked at while cleaning."""


def text_fault_sentence(fault: TextFault) -> str:
    """What is wrong with a text, why, and what to do."""
    if fault.code == TextCode.TOO_LONG:
        return _(
            "This text has %(length)s characters, and %(limit)s fit. Shorten it; it is still here and nothing is lost."
        ) % {"length": fault.length, "limit": fault.limit}
    return _("This text has a character that cannot be shown (%(character)s). Take it out and send it again.") % {
        "character": fault.shown
    }


class OwnForm(forms.Form):
    """A form that shows what a service refuses beside its field, and both values after a conflict.

    ``version`` travels in a hidden field: the one of what was shown when the form was opened.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)

    #: What somebody else saved meanwhile: (label, stored, typed) of the fields that differ.
    conflict: list[tuple[str, str, str]]
    conflict_by: str
    #: Whether it was refused because of what somebody else saved meanwhile.
    is_conflict: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.conflict, self.conflict_by, self.is_conflict = [], "", False

    @property
    def status(self) -> int:
        """Of the answer that shows this form: 409 after a conflict, 400 where anything is wrong, else 200."""
        if self.is_conflict:
            return 409
        return 400 if self.errors else 200

    @property
    def is_marked(self) -> bool:
        """Whether anything is wrong with a field that is shown, so that it is marked."""
        return any(field.errors for field in self.visible_fields())

    def refuse(self, problem: OwnProblem) -> None:
        """Add the sentence of the service; one about no field of this form stands above all of them."""
        self.add_error(problem.field if problem.field in self.fields else None, str(problem))

    def show_conflict(self, conflict: EditConflict, shown: Mapping[str, str]) -> None:
        """Keep what was typed, say beside it what is stored (``shown``: field -> text), and go on from that version."""
        self.conflict_by = conflict.by
        self.conflict = [
            (str(self.fields[name].label), stored, str(self.data.get(self.add_prefix(name), "")))
            for name, stored in shown.items()
            if name in self.fields
        ]
        self.go_on(
            conflict,
            _(
                "Somebody saved something else while you were writing. Both are shown: send yours again to keep it, or "
                "go back and keep the other."
            ),
        )

    def go_on(self, conflict: EditConflict, said: str) -> None:
        """Say what happened meanwhile; what was typed stays, and is kept if it is sent once more."""
        self.is_conflict = True
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(conflict.version)
        self.add_error(None, said)


class VersionedForm(OwnForm):
    """A change of something that is there already: it has to say which version it was shown with."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("version") is None:
            self.add_error(
                None, _("What came does not say what it changes. Open the page again and send it from there.")
            )
        return dict(cleaned)
