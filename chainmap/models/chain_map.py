"""Where each party stands on the map, so that it stands there again the next time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.models.organizations import Organization
from chainmap.models.parties import Party, Team


class MapPlace(models.Model):
    """The place of one party, or of one team where the map shows teams, in units of the layout."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="map_places")
    party = models.ForeignKey(Party, models.CASCADE, null=True, blank=True, related_name="+")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    x = models.FloatField()
    y = models.FloatField()
    #: Put there by somebody, not by the layout.
    is_moved = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("place on the map")
        verbose_name_plural = _("places on the map")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "party"], condition=Q(party__isnull=False), name="map_place_party_once"
            ),
            models.UniqueConstraint(
                fields=["organization", "team"], condition=Q(team__isnull=False), name="map_place_team_once"
            ),
            models.CheckConstraint(
                condition=Q(party__isnull=False, team__isnull=True) | Q(party__isnull=True, team__isnull=False),
                name="map_place_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.x:.0f}, {self.y:.0f}"
