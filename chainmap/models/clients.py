"""What people say about their chain before they see it: their most important client."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chainmap.models.parties import Party


class ClientAnswer(models.Model):
    """Whom a person names as their most important client. Nobody but that person ever sees it.

    ``client`` is the party the words mean, None where they mean nobody of the chain; empty words: "I do not know".
    """

    party = models.OneToOneField(Party, models.CASCADE, related_name="client_answer")
    words = models.CharField(_("answer"), max_length=200, blank=True, default="")
    client = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    answered_on = models.DateField()
    #: Whether the published figure of the organization knows this answer (services/group_figures.py).
    is_counted = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("answer to the first question")
        verbose_name_plural = _("answers to the first question")

    def __str__(self) -> str:
        return f"{self.party_id}"
