"""What the two sides of a hand-off talk about and agree. Theirs alone; of an agreement the coach's if both share it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.handoffs import HandOff, OfSidesQuerySet
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import Organization
from chainmap.models.parties import Party
from chainmap.models.rounds import Round

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class Conversation(models.Model):
    """A coffee: one side of a hand-off invites the other, and says why."""

    class Reason(models.TextChoices):
        LOW_SCORE = "low_score", _("a low score")
        GAP = "gap", _("we see it differently")
        DISPUTE = "dispute", _("whose job it is")
        MAGIC = "magic", _("a magic moment")
        MISERY = "misery", _("a moment of misery")
        NEED = "need", _("a need")
        OTHER = "other", _("something else")

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("not now")
        ENDED = "ended", _("talked")
        WITHDRAWN = "withdrawn", _("taken back")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="conversations")
    inviter = models.ForeignKey(Party, models.CASCADE, related_name="+")
    invitee = models.ForeignKey(Party, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    words = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=20)
    place = models.CharField(max_length=120, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = OfSidesQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(inviter=F("invitee")), name="conversation_of_two"),
            models.CheckConstraint(
                condition=Q(state__in=["invited", "accepted", "declined", "ended", "withdrawn"]),
                name="conversation_state_known",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=240), name="conversation_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id}"


class Preparation(models.Model):
    """The three lines one side prepares; the writer's alone until they choose to show them."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="preparations")
    party = models.ForeignKey(Party, models.CASCADE, related_name="+")
    gets = models.CharField(max_length=300, blank=True, default="")
    needs = models.CharField(max_length=300, blank=True, default="")
    unsaid = models.CharField(max_length=300, blank=True, default="")
    is_shown = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        constraints = [models.UniqueConstraint(fields=["conversation", "party"], name="preparation_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.party_id}"


class AgreementQuerySet(OfSidesQuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own hand-offs, and for a coach those that both sides share."""
        own = super().visible_to(user)
        coached = Organization.objects.visible_to(user, Action.SEE_SHARED_TALKS).values("pk")
        shared = Q(shared_by_supplier=True, shared_by_customer=True, handoff__organization__in=coached)
        return self.filter(Q(pk__in=own.values("pk")) | shared)


class Agreement(models.Model):
    """One sentence two people agree on: who sees to it, until when, and who decides."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for the other side")
        AGREED = "agreed", _("agreed")
        ENDED = "ended", _("over")
        WITHDRAWN = "withdrawn", _("taken back")

    class Outcome(models.TextChoices):
        NONE = "", _("not said yet")
        KEPT = "kept", _("kept")
        PARTLY = "partly", _("partly kept")
        NOT_KEPT = "not", _("not kept")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="agreements")
    conversation = models.ForeignKey(Conversation, models.SET_NULL, null=True, related_name="agreements")
    #: The agreement these other words are proposed for: it stands until both say yes to them.
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="proposals")
    sentence = models.CharField(max_length=300)
    made_by = models.ForeignKey(Party, models.CASCADE, related_name="+")
    owner = models.ForeignKey(Party, models.CASCADE, related_name="+")
    decides = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    supplier_outcome = models.CharField(max_length=10, choices=Outcome.choices, default="", blank=True)
    customer_outcome = models.CharField(max_length=10, choices=Outcome.choices, default="", blank=True)
    #: What the customer said last before the agreement, and again after the due date; of these two alone.
    score_before = models.PositiveSmallIntegerField(null=True, blank=True)
    score_after = models.PositiveSmallIntegerField(null=True, blank=True)
    shared_by_supplier = models.BooleanField(default=False)
    shared_by_customer = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(sentence=""), name="agreement_said"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "agreed", "ended", "withdrawn"]), name="agreement_state_known"
            ),
            models.CheckConstraint(
                condition=Q(supplier_outcome__in=["", "kept", "partly", "not"])
                & Q(customer_outcome__in=["", "kept", "partly", "not"]),
                name="agreement_outcome_known",
            ),
            models.CheckConstraint(
                condition=(Q(score_before__isnull=True) | Q(score_before__lte=10))
                & (Q(score_after__isnull=True) | Q(score_after__lte=10)),
                name="agreement_scores_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id}"


class Moment(models.Model):
    """A moment of truth a customer tells, thanked and answered by the supplier. The two sides' alone.

    Told on the hand-off's page, or on a card of an open or pair round: then ``round`` is set when that round closes.
    """

    class Kind(models.TextChoices):
        MAGIC = "magic", _("magic")
        MISERY = "misery", _("misery")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="moments")
    teller = models.ForeignKey(Party, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    words = models.CharField(max_length=200, blank=True, default="")
    told_on = models.DateField()
    round = models.ForeignKey(Round, models.SET_NULL, null=True, related_name="+")
    is_thanked = models.BooleanField(default=False)
    reply = models.CharField(max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    objects = OfSidesQuerySet.as_manager()

    class Meta:
        verbose_name = _("moment")
        verbose_name_plural = _("moments")
        ordering = ["-told_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["magic", "misery"]), name="moment_kind_known"),
            models.UniqueConstraint(
                fields=["round", "handoff", "teller"], condition=Q(round__isnull=False), name="moment_once_a_round"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id} {self.kind}"
