"""What a person is told: on the page and, unless they stop it, in one mail a day or a week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.handoffs import HandOff
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import in_visible_organization
from chainmap.models.parties import Party
from chainmap.models.purposes import Story
from chainmap.models.rounds import Round
from chainmap.models.talks import Agreement, Conversation

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class NotificationQuerySet(models.QuerySet["Notification"]):
    def visible_to(self, user: User) -> NotificationQuerySet:
        """The user's own."""
        own = in_visible_organization(self, user, path="party__organization", action=Action.SEE_OWN_PAGE)
        return own.filter(party__user__pk=user.pk or 0)


class Notification(models.Model):
    """Something that happened to one person. It never tells of an answer in a round."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked to rate")
        CLAIMED = "claimed", _("named as customer or supplier")
        CONFIRMED = "confirmed", _("confirmed")
        DISPUTED = "disputed", _("disputed")
        EDITED = "edited", _("changed")
        REMOVED = "removed", _("taken out")
        NEED = "need", _("need told")
        NEED_ANSWERED = "need_answered", _("need answered")
        INVITED = "invited", _("invited to a conversation")
        INVITATION_ANSWERED = "invitation_answered", _("invitation answered")
        PROPOSED = "proposed", _("agreement proposed")
        AGREED = "agreed", _("agreed")
        AGREEMENT_DUE = "agreement_due", _("agreement due")
        MOMENT = "moment", _("moment told")
        THANKED = "thanked", _("thanked")
        STORY = "story", _("part of a story")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    party = models.ForeignKey(Party, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    by = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    handoff = models.ForeignKey(HandOff, models.CASCADE, null=True, related_name="+")
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="+")
    agreement = models.ForeignKey(Agreement, models.CASCADE, null=True, related_name="+")
    story = models.ForeignKey(Story, models.CASCADE, null=True, related_name="+")
    round = models.ForeignKey(Round, models.CASCADE, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    is_seen = models.BooleanField(default=False)
    is_mailed = models.BooleanField(default=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-made_at", "-id"]
        indexes = [
            models.Index(fields=["party", "is_seen"], name="notification_unseen"),
            models.Index(fields=["is_mailed", "made_at"], name="notification_unmailed"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind}"


class MailChoice(models.Model):
    """How often a person wants the digest; without a row: daily."""

    class Digest(models.TextChoices):
        DAILY = "daily", _("once a day, if there is something")
        WEEKLY = "weekly", _("once a week, if there is something")
        NEVER = "never", _("never")

    party = models.OneToOneField(Party, models.CASCADE, related_name="mail_choice")
    digest = models.CharField(max_length=10, choices=Digest.choices, default=Digest.DAILY)
    last_sent_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail choice")
        verbose_name_plural = _("mail choices")
        constraints = [
            models.CheckConstraint(condition=Q(digest__in=["daily", "weekly", "never"]), name="mail_choice_known")
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.digest}"
