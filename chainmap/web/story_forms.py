"""The forms of moments, purposes and stories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chainmap.exports.plain_text import clean_text
from chainmap.models import HandOff, Moment
from chainmap.services.moments import LONGEST_REPLY, LONGEST_WORDS
from chainmap.services.own import EditConflict
from chainmap.services.purposes import LONGEST_PURPOSE
from chainmap.services.stories import LONGEST_STORY, LONGEST_TITLE, StoryOffer, StoryWords, handoff_line
from chainmap.web.own_forms import CleanTextField, OwnForm, VersionedForm


@dataclass(frozen=True, slots=True)
class FormPart:
    """A form as ``me/_form.html`` shows it, with some of its fields: the template lays out the others itself."""

    form: OwnForm
    names: Sequence[str]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.form, name)

    def visible_fields(self) -> list[BoundField]:
        return [self.form[name] for name in self.names]


class MomentForm(OwnForm):
    """A moment to tell: which of the two, and a line."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How was it?"),
        widget=forms.RadioSelect,
        choices=[
            (Moment.Kind.MAGIC.value, gettext_lazy("Magic")),
            (Moment.Kind.MISERY.value, gettext_lazy("Misery")),
        ],
        error_messages={"required": gettext_lazy("Choose one of the two: was it magic, or misery?")},
    )
    words = CleanTextField(
        label=gettext_lazy("What happened, in one line"),
        most=LONGEST_WORDS,
        required=False,
        help_text=gettext_lazy("Up to 200 characters; you can leave it empty."),
    )

    @property
    def kinds(self) -> list[tuple[BoundField, str]]:
        """The two radios, each with what it means."""
        meanings = (_("Better than I needed. It made my own work easier."), _("It made my own work harder."))
        return list(zip(self["kind"], meanings, strict=True))

    @property
    def line(self) -> FormPart:
        return FormPart(self, ["words"])


class AnswerForm(VersionedForm):
    """Thanks, an answer, or both."""

    thanked = forms.BooleanField(label=gettext_lazy("Say thank you"), required=False)
    answer = CleanTextField(
        label=gettext_lazy("Your answer"),
        most=LONGEST_REPLY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Up to 500 characters. What will be different next time, or what made it possible."),
    )

    @property
    def line(self) -> FormPart:
        return FormPart(self, ["answer"])


class PurposeForm(VersionedForm):
    """A purpose; an empty one takes it away."""

    text = CleanTextField(
        label=gettext_lazy("How do we make a difference to our customers?"),
        most=LONGEST_PURPOSE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One sentence, up to 300 characters. Leave it empty to take the purpose away."),
    )


class StoryForm(OwnForm):
    """A story, its end customer, and the hand-offs that made it possible."""

    title = CleanTextField(label=gettext_lazy("Title"), most=LONGEST_TITLE)
    text = CleanTextField(
        label=gettext_lazy("What happened for the customer?"),
        most=LONGEST_STORY,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("What they could do afterwards that they could not do before. Up to 2,000 characters."),
    )
    customer = forms.ChoiceField(label=gettext_lazy("For which end customer?"), required=False)
    handoffs = forms.MultipleChoiceField(
        label=gettext_lazy("Which hand-offs made it possible?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, offer: StoryOffer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        customers = [(str(each.pk), clean_text(each.name)) for each in offer.customers]
        self.fields["customer"].choices = [("", _("none in particular")), *customers]  # type: ignore[attr-defined]
        self.fields["handoffs"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), handoff_label(each)) for each in offer.handoffs
        ]
        gone = _("One of the hand-offs is not in your chain (any more). Look at the ticks and send it again.")
        self.fields["handoffs"].error_messages["invalid_choice"] = gone
        gone = _("This end customer is not in the chain (any more). Choose again.")
        self.fields["customer"].error_messages["invalid_choice"] = gone

    def words(self) -> StoryWords:
        """What was told, once the form is valid."""
        read = self.cleaned_data
        customer = int(read["customer"]) if read["customer"] else None
        return StoryWords(read["title"], read["text"], customer, [int(number) for number in read["handoffs"]])

    @property
    def texts(self) -> FormPart:
        return FormPart(self, ["title", "text", "customer"])

    def show_stored(self, conflict: EditConflict) -> None:
        """Both values of what differs; chosen things by their names."""
        stored = {name: str(value) for name, value in conflict.stored.items()}
        self.show_conflict(conflict, stored)
        chosen = dict(self.fields["customer"].choices)  # type: ignore[attr-defined]
        ticked = set(self.data.getlist("handoffs"))
        typed = {
            "title": self.data.get("title", ""),
            "text": self.data.get("text", ""),
            "customer": str(chosen.get(self.data.get("customer"), "")) if self.data.get("customer") else "",
            "handoffs": "\n".join(handoff_line(each) for each in self.offer.handoffs if str(each.pk) in ticked),
        }
        self.conflict = [
            (str(self.fields[name].label), stored[name], typed[name])
            for name in typed
            if stored.get(name, "") != typed[name]
        ]


class StoryEditForm(VersionedForm, StoryForm):
    """A story that is there already."""


def handoff_label(handoff: HandOff) -> SafeString:
    """A hand-off in one line beside a tick; every name keeps its own reading direction."""
    ends = format_html(
        '<bdi>{}</bdi> <span aria-hidden="true">→</span><span class="unseen">{}</span> <bdi>{}</bdi>',
        clean_text(handoff.supplier.name),
        _("to"),
        clean_text(handoff.customer.name),
    )
    return format_html("{}: <bdi>{}</bdi>", ends, clean_text(handoff.deliverable)) if handoff.deliverable else ends
