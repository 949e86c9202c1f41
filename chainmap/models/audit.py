"""The audit log: who took what away, in an order that cannot be changed unseen. It never dates an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.organizations import Organization, in_visible_organization

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User) -> AuditEntryQuerySet:
        """Entries of the organizations whose log the user may read."""
        return in_visible_organization(self, user, action=Action.READ_AUDIT)


class AuditEntry(models.Model):
    """One line. ``seal`` = SHA-256 over the seal before it and this line; the database refuses to change a line.

    ``who`` is the name of that day: it stays readable when the account is gone.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="audit_entries")
    number = models.PositiveBigIntegerField()  # 1, 2, ... within the organization
    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=200)
    what = models.CharField(_("what"), max_length=40)
    about = models.CharField(_("about"), max_length=400, blank=True, default="")
    seal = models.CharField(max_length=64)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")
        ordering = ["organization", "-number"]
        indexes = [models.Index(fields=["at"], name="audit_entry_at")]
        constraints = [models.UniqueConstraint(fields=["organization", "number"], name="audit_entry_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class AuditAnchor(models.Model):
    """What is kept of the lines that were removed when they were old enough: number, moment and seal of the last one.

    The first line that is left is sealed with that seal, so that the chain can still be checked.
    """

    organization = models.OneToOneField(Organization, models.CASCADE, related_name="audit_anchor")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    seal = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("beginning of the audit log")
        verbose_name_plural = _("beginnings of audit logs")

    def __str__(self) -> str:
        return f"{self.number}"
