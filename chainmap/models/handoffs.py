"""Hand-offs: the directed links of the chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.keys import random_public_key
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

    def in_chain(self) -> HandOffQuerySet:
        """Those that are analysed and asked about: not what one side alone says so far."""
        return self.filter(is_claim=False)


class HandOffManager(models.Manager.from_queryset(HandOffQuerySet)):  # type: ignore[misc]
    """Those that are in the chain: not the ones somebody took out."""

    def get_queryset(self) -> HandOffQuerySet:
        return HandOffQuerySet(self.model, using=self._db).filter(is_removed=False)


#: What a side may say of a hand-off.
CLAIMS = [("yes", _("it is so")), ("no", _("it is not so"))]


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
    #: What each side says of it: nothing, that it is so, or that it is not. A note goes with a "no".
    supplier_says = models.CharField(max_length=3, choices=CLAIMS, default="", db_default="", blank=True)
    customer_says = models.CharField(max_length=3, choices=CLAIMS, default="", db_default="", blank=True)
    supplier_note = models.CharField(max_length=200, default="", db_default="", blank=True)
    customer_note = models.CharField(max_length=200, default="", db_default="", blank=True)
    decision_owner = models.ForeignKey(
        Party,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="decides",
        verbose_name=_("decides on exceptions"),
    )
    #: Named by one of two people of the house and not confirmed by the other yet: seen, but not part of the chain that
    #: is analysed and asked about. What a file brings is none, and what was confirmed once is none any more.
    is_claim = models.BooleanField(default=False, db_default=False)
    #: Counts the changes, so that two at once do not overwrite each other.
    version = models.PositiveIntegerField(default=1, db_default=1)
    #: Taken out of the chain; its ratings and its history stay, and it can be brought back.
    is_removed = models.BooleanField(default=False, db_default=False)

    objects = HandOffManager()
    everything = HandOffQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(supplier_says__in=["", "yes", "no"]) & Q(customer_says__in=["", "yes", "no"]),
                name="handoff_claims_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier_id} -> {self.customer_id} {self.deliverable}".strip()


class OfSidesQuerySet(models.QuerySet[Any]):
    """Rows about one hand-off that its two sides alone may see."""

    def visible_to(self, user: User) -> Self:
        """Those of hand-offs the user gives or receives, in organizations the user belongs to."""
        member_of = in_visible_organization(self, user, path="handoff__organization", action=Action.SEE_OWN_PAGE)
        return member_of.filter(Q(handoff__supplier__user_id=user.pk) | Q(handoff__customer__user_id=user.pk))


class HandOffChange(models.Model):
    """One step of a hand-off's history: who changed what, for its two sides. ``before`` and ``after`` are JSON."""

    KINDS = [
        ("added", _("added")),
        ("edited", _("changed")),
        ("said", _("said")),
        ("removed", _("taken out")),
        ("restored", _("brought back")),
        ("need_added", _("need added")),
        ("need_edited", _("need changed")),
        ("need_removed", _("need taken back")),
        ("need_answered", _("need answered")),
    ]

    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="changes")
    party = models.ForeignKey(Party, models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=KINDS)
    before = models.TextField(default="{}")
    after = models.TextField(default="{}")
    #: The version of the hand-off this change made.
    version = models.PositiveIntegerField()
    is_undone = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = OfSidesQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.handoff_id} {self.kind}"


class Need(models.Model):
    """What the customer needs from a hand-off, in their words, and what the supplier says to it."""

    class Importance(models.IntegerChoices):
        NICE = 1, _("nice to have")
        IMPORTANT = 2, _("important")
        VITAL = 3, _("I cannot work without it")

    class Reply(models.TextChoices):
        NONE = "", _("no answer yet")
        AGREED = "agreed", _("agreed")
        CANNOT = "cannot", _("cannot")
        TALK = "talk", _("let us talk")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="needs")
    text = models.CharField(max_length=200)
    importance = models.PositiveSmallIntegerField(choices=Importance.choices, default=Importance.IMPORTANT)
    reply = models.CharField(max_length=10, choices=Reply.choices, default=Reply.NONE, blank=True)
    reply_note = models.CharField(max_length=200, default="", blank=True)
    version = models.PositiveIntegerField(default=1)
    is_removed = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)

    objects = OfSidesQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ["-importance", "made_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="need_said"),
            models.CheckConstraint(condition=Q(importance__gte=1, importance__lte=3), name="need_importance_known"),
            models.CheckConstraint(condition=Q(reply__in=["", "agreed", "cannot", "talk"]), name="need_reply_known"),
        ]

    def __str__(self) -> str:
        return self.text
