"""Personal links: a way in without an account, to one person's own ballot in one round and nothing else."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chainmap.models.parties import Party
from chainmap.models.rounds import Round


class Link(models.Model):
    """One link. Token and short code are kept as hashes; a new link for the same person replaces the old one.

    ``browser_hash`` is set by the first answer: from then on other browsers have to ask for a new link.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="links")
    rater = models.ForeignKey(Party, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("ends"), db_index=True)
    browser_hash = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [models.UniqueConstraint(fields=["round", "rater"], name="link_once")]

    def __str__(self) -> str:
        return f"{self.round_id}"
