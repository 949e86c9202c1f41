"""What-if: named sets of changes to the chain, kept to be compared. They change nothing themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.rounds import Round

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: User) -> ScenarioQuerySet:
        """Scenarios of the organizations where the user may keep some."""
        return in_visible_organization(self, user, action=Action.KEEP_SCENARIOS)


class Scenario(models.Model):
    """A named set of changes (JSON, domain/scenarios.py) to the chain as it stands, or to that of one round."""

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="scenarios")
    #: The round whose figures it starts from; None = all open ratings.
    round = models.ForeignKey(Round, models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    changes = models.TextField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="scenario_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="scenario_named"),
        ]

    def __str__(self) -> str:
        return self.name
