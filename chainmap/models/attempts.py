"""How often something was tried: what slows down guessing. Nobody's name or address is kept, only a keyed hash."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """Tries of one kind by one party (``who``, hashed) since the window began."""

    what = models.CharField(_("what"), max_length=30)
    who = models.CharField(_("who"), max_length=64)
    since = models.DateTimeField(_("since"), db_index=True)
    count = models.PositiveIntegerField(_("count"), default=0)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint(fields=["what", "who"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.count}"
