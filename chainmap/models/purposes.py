"""Why the work is done: noble purposes, and stories of customers who had success. For everybody in the organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.models.handoffs import HandOff
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party, Team

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class Purpose(models.Model):
    """How the organization, or one team, makes a difference to its customers."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="purposes")
    team = models.OneToOneField(Team, models.CASCADE, null=True, blank=True, related_name="purpose")
    text = models.CharField(_("purpose"), max_length=300)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(team__isnull=True), name="purpose_once_an_organization"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class StoryQuerySet(models.QuerySet["Story"]):
    def visible_to(self, user: User) -> StoryQuerySet:
        """Stories of the organizations the user belongs to."""
        return in_visible_organization(self, user)


class Story(models.Model):
    """A success of an end customer, and the hand-offs that made it possible."""

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="stories")
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("story"), max_length=2000)
    teller = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="stories")
    customer = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    handoffs = models.ManyToManyField(HandOff, blank=True, related_name="stories")
    told_on = models.DateField()
    version = models.PositiveIntegerField(default=1)

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-told_on", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(title="") & ~Q(text=""), name="story_told")]

    def __str__(self) -> str:
        return self.title
