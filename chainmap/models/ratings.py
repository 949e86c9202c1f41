"""The signed ratings the analysis by person is made of: imported, or written when an open or pair round closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.handoffs import HandOff
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party
from chainmap.models.rounds import Round

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class RatingQuerySet(models.QuerySet["Rating"]):
    def in_open_rounds(self) -> RatingQuerySet:
        """Signed ratings that the analysis by person may use; protected rounds answer through their release only."""
        return self.filter(round__mode=Round.Mode.OPEN)

    def visible_to(self, user: User) -> RatingQuerySet:
        """Single ratings the user may see.

        Of an open round: all of them for coach and manager, one's own given and received ones for everybody else. Of
        a pair round those the user gave or received, and for a coach those that both sides share. Of an anonymous
        round there are none.
        """
        member_of = in_visible_organization(self, user, path="round__organization", action=Action.SEE_OWN_RATINGS)
        overseen = Organization.objects.visible_to(user, Action.SEE_OPEN_RATINGS).values("pk")
        is_open = Q(round__mode=Round.Mode.OPEN)
        signed = Q(round__mode__in=[Round.Mode.OPEN, Round.Mode.PAIR])
        own = Q(rater__user_id=user.pk) | Q(handoff__supplier__user_id=user.pk)
        coached = Organization.objects.visible_to(user, Action.SEE_SHARED_RATINGS).values("pk")
        shared = Q(shared_by_rater=True, shared_by_supplier=True, round__organization__in=coached)
        return member_of.filter(signed & ((is_open & Q(round__organization__in=overseen)) | own | shared))


class Rating(models.Model):
    """A score 0..10 by the receiving side about one hand-off.

    Numbers are drawn by lot: those of one's own ratings must not tell how many others were given in between.
    """

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    round = models.ForeignKey(Round, models.CASCADE, related_name="ratings")
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="ratings")
    rater = models.ForeignKey(Party, models.CASCADE, related_name="ratings_given")
    score = models.FloatField(_("score"), help_text=_("0 nothing, 10 everything I need to serve my customer."))
    given_on = models.DateField(_("date"), null=True, blank=True)
    shared_by_rater = models.BooleanField(_("shared with the coach by the rater"), default=False, db_default=False)
    shared_by_supplier = models.BooleanField(
        _("shared with the coach by the supplier"), default=False, db_default=False
    )

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
