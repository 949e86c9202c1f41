"""The parties of a chain and the teams they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.records import PartyKind
from chainmap.models.organizations import Organization, in_visible_organization

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, user: User) -> TeamQuerySet:
        """Teams of the organizations the user belongs to."""
        return in_visible_organization(self, user)


class Team(models.Model):
    """A group of parties that works together."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="teams")
    name = models.CharField(_("name"), max_length=120)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="team_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="team_named"),
        ]

    def __str__(self) -> str:
        return self.name


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, user: User) -> PartyQuerySet:
        """Parties of the organizations the user belongs to."""
        return in_visible_organization(self, user)


class Party(models.Model):
    """A person, an end customer or an external supplier: a place in the chain."""

    KINDS = [
        (PartyKind.EMPLOYEE.value, _("employee")),
        (PartyKind.END_CUSTOMER.value, _("end customer")),
        (PartyKind.EXTERNAL_SUPPLIER.value, _("external supplier")),
    ]

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="parties")
    code = models.CharField(_("id"), max_length=220, help_text=_("The id the files use, unique in the organization."))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=KINDS, default=PartyKind.EMPLOYEE.value)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="parties")
    job = models.CharField(_("role"), max_length=120, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    capacity = models.FloatField(_("capacity"), help_text=_("Value this party creates itself, in person-equivalents."))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="parties")
    #: The day a person left; what they took part in stays, nothing new is agreed with them.
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "code"], name="party_code_once"),
            models.UniqueConstraint(
                fields=["organization", "user"], condition=Q(user__isnull=False), name="party_user_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in PartyKind]), name="party_kind_known"),
            models.CheckConstraint(condition=Q(capacity__gte=0), name="party_capacity_not_negative"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="party_named"),
        ]

    def __str__(self) -> str:
        return self.name
