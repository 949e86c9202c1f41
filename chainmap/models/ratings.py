"""Rounds and the ratings given in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.handoffs import HandOff
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Rounds of the organizations the user belongs to."""
        return in_visible_organization(self, user)


class Round(models.Model):
    """A time in which ratings are asked for, with one mode that says who sees a single rating."""

    class Mode(models.TextChoices):
        OPEN = "open", _("open")
        PAIR = "pair", _("pair")
        ANONYMOUS = "anonymous", _("anonymous")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="rounds")
    name = models.CharField(_("name"), max_length=120)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.PAIR)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="round_named_once"),
            models.CheckConstraint(condition=Q(mode__in=["open", "pair", "anonymous"]), name="round_mode_known"),
        ]

    def __str__(self) -> str:
        return self.name


class RatingQuerySet(models.QuerySet["Rating"]):
    def in_open_rounds(self) -> RatingQuerySet:
        """Signed ratings that the analysis by person may use; protected rounds answer through their release only."""
        return self.filter(round__mode=Round.Mode.OPEN)

    def visible_to(self, user: User) -> RatingQuerySet:
        """Single ratings the user may see.

        Of an open round: all of them for coach and manager, one's own given and received ones for everybody else. Of
        a protected round only those the user gave.
        """
        member_of = in_visible_organization(self, user, path="round__organization", action=Action.SEE_OWN_RATINGS)
        overseen = Organization.objects.visible_to(user, Action.SEE_OPEN_RATINGS).values("pk")
        is_open = Q(round__mode=Round.Mode.OPEN)
        given, received = Q(rater__user_id=user.pk), Q(handoff__supplier__user_id=user.pk)
        return member_of.filter((is_open & Q(round__organization__in=overseen)) | (is_open & received) | given)


class Rating(models.Model):
    """A score 0..10 by the receiving side about one hand-off."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="ratings")
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="ratings")
    rater = models.ForeignKey(Party, models.CASCADE, related_name="ratings_given")
    score = models.FloatField(_("score"), help_text=_("0 nothing, 10 everything I need to serve my customer."))
    given_on = models.DateField(_("date"), null=True, blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=10), name="rating_score_range"),
            models.UniqueConstraint(fields=["handoff", "rater", "round", "given_on"], name="rating_once_a_day"),
            models.UniqueConstraint(
                fields=["handoff", "rater", "round"],
                condition=Q(given_on__isnull=True),
                name="rating_once_without_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rater_id}: {self.handoff_id}"
