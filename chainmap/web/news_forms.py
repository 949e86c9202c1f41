"""The choice how often news are mailed: the same form with an account and by the link of a mail."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from chainmap.models import MailChoice
from chainmap.web.own_forms import OwnForm


class DigestForm(OwnForm):
    """Daily, weekly or never; anything else is said to be none of them."""

    digest = forms.ChoiceField(
        label=gettext_lazy("One mail with what is new for me"),
        choices=MailChoice.Digest.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose one of the three: once a day, once a week, or never."),
            "invalid_choice": gettext_lazy("Choose one of the three: once a day, once a week, or never."),
        },
    )
