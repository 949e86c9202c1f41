"""The organization, which everything else belongs to, and who belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import MATRIX, Action, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

    User = AbstractBaseUser | AnonymousUser


class OrganizationQuerySet(models.QuerySet["Organization"]):
    """Organizations, always asked for through the person who asks."""

    def visible_to(self, user: User, action: Action = Action.SEE_CHAIN) -> OrganizationQuerySet:
        """The organizations in which the user holds a role that allows the action; none for a stranger."""
        if not user.is_active:
            return self.none()
        return self.filter(
            pk__in=Membership.objects.filter(user_id=user.pk, role__in=MATRIX[action]).values("organization_id")
        )


class Organization(models.Model):
    """A company or another body whose chain is followed."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    kappa = models.FloatField(
        _("weight of the mean"),
        default=2.0,
        help_text=_("How many average ratings a hand-off starts with; few ratings are drawn towards the mean."),
    )
    magic_for_one_misery = models.FloatField(
        _("magic moments that make up for one misery"), default=2.0, db_default=2.0
    )
    told_of_misery = models.PositiveSmallIntegerField(_("people who hear of one misery"), default=20, db_default=20)
    told_of_magic = models.PositiveSmallIntegerField(
        _("people who hear of one magic moment"), default=10, db_default=10
    )
    data_version = models.PositiveBigIntegerField(_("data version"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    #: Invented, made by this coach to practise with; None = a real one.
    practice_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    is_practice = models.BooleanField(default=False, db_default=False, editable=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(kappa__gte=0), name="organization_kappa_not_negative"),
            models.CheckConstraint(condition=~Q(name=""), name="organization_named"),
            models.CheckConstraint(
                condition=Q(magic_for_one_misery__gt=0, magic_for_one_misery__lte=1000)
                & Q(told_of_misery__gt=0)
                & Q(told_of_magic__gt=0),
                name="organization_coaching_rules_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def touch(self) -> None:
        """Say that the data changed: every finding kept for the former version is stale."""
        Organization.objects.filter(pk=self.pk).update(data_version=F("data_version") + 1)
        self.refresh_from_db(fields=["data_version"])


class Membership(models.Model):
    """One role of one user in one organization; a person may hold several."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.value) for role in Role])

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "role"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.organization}"


Rows = TypeVar("Rows", bound="models.QuerySet[Any]")


def in_visible_organization(
    queryset: Rows, user: User, *, path: str = "organization", action: Action = Action.SEE_CHAIN
) -> Rows:
    """The rows of ``queryset`` whose organization (at ``path``) the user may see."""
    return queryset.filter(**{f"{path}__in": Organization.objects.visible_to(user, action).values("pk")})
