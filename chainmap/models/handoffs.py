"""Hand-offs: the directed links of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party

if TYPE_CHECKING:
    from chainmap.models.organizations import User

#: The largest double; ``volume < infinity`` keeps infinity and NaN out on both databases.
_LARGEST = 1.7976931348623157e308


class HandOffQuerySet(models.QuerySet["HandOff"]):
    def visible_to(self, user: User) -> HandOffQuerySet:
        """Hand-offs of the organizations the user belongs to."""
        return in_visible_organization(self, user)


class HandOff(models.Model):
    """Supplier -> customer with one named deliverable.

    That both ends belong to the organization and that nothing leaves an end customer is kept by triggers
    (``models/integrity.py``), because a check of one row cannot see another table.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="handoffs")
    supplier = models.ForeignKey(Party, models.CASCADE, related_name="given", verbose_name=_("supplier"))
    customer = models.ForeignKey(Party, models.CASCADE, related_name="received", verbose_name=_("customer"))
    deliverable = models.CharField(_("deliverable"), max_length=200, blank=True, default="")
    volume = models.FloatField(_("volume"), default=1.0)
    passes = models.PositiveIntegerField(_("passes"), null=True, blank=True)
    returned = models.PositiveIntegerField(_("returned"), null=True, blank=True)

    objects = HandOffQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-off")
        verbose_name_plural = _("hand-offs")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "customer", "deliverable"], name="handoff_once"),
            models.CheckConstraint(condition=~Q(supplier=F("customer")), name="handoff_not_to_self"),
            models.CheckConstraint(condition=Q(volume__gt=0) & Q(volume__lte=_LARGEST), name="handoff_volume_positive"),
            models.CheckConstraint(
                condition=Q(passes__isnull=True, returned__isnull=True)
                | Q(passes__isnull=False, returned__isnull=False, passes__gte=1, returned__lte=F("passes")),
                name="handoff_passes_consistent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} -> {self.customer_id} {self.deliverable}".strip()
