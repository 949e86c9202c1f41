"""Rounds: a time in which ratings are asked for, who is asked about what, and what was published at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.questions import QuestionSet
from chainmap.models.handoffs import HandOff
from chainmap.models.keys import random_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party, Team

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: User) -> RoundQuerySet:
        """Rounds of the organizations the user belongs to."""
        return in_visible_organization(self, user)


class Round(models.Model):
    """A time in which ratings are asked for, with one mode that says who sees a single rating.

    draft -> open -> closed -> open again as the next version -> closed ...
    """

    class Mode(models.TextChoices):
        OPEN = "open", _("open")
        PAIR = "pair", _("pair")
        ANONYMOUS = "anonymous", _("anonymous")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open now")
        CLOSED = "closed", _("closed")

    QUESTION_SETS = [
        (QuestionSet.SCORE.value, _("the score alone")),
        (QuestionSet.SHORT.value, _("score, reason and comment")),
        (QuestionSet.FULL.value, _("everything: also moments, I-CARE, what is needed instead, and the mirror")),
    ]

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="rounds")
    name = models.CharField(_("name"), max_length=120)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.PAIR)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    question_set = models.CharField(
        _("question set"), max_length=10, choices=QUESTION_SETS, default=QuestionSet.FULL.value
    )
    k = models.PositiveSmallIntegerField(
        _("minimum group"), default=5, help_text=_("People besides the reader behind any number; 5 or more.")
    )
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    teams = models.ManyToManyField(
        Team, blank=True, related_name="+", verbose_name=_("teams"), help_text=_("Whose members are asked; none = all.")
    )
    most_asked = models.PositiveSmallIntegerField(
        _("hand-offs a person, at most"), null=True, blank=True, help_text=_("Those with the most work; empty = all.")
    )
    asks_end_customers = models.BooleanField(_("end customers are asked too"), default=False)
    #: Days after opening on which those missing are reminded: at most two numbers with a comma, "3,7".
    reminder_days = models.CharField(_("reminders after days"), max_length=10, default="", blank=True)
    reminders_sent = models.PositiveSmallIntegerField(default=0, editable=False)
    #: Who asked to close a protected round before its time; somebody else has to agree.
    closing_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    #: The chain of teams as it was at opening: groups and how many hand-offs between them (services/structure.py).
    structure = models.TextField(default="", blank=True, editable=False)
    #: Random, and gone when an anonymous round closes: without it nobody finds the answer of a person.
    seal = models.CharField(max_length=64, blank=True, default="", editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="round_named_once"),
            models.CheckConstraint(condition=Q(mode__in=["open", "pair", "anonymous"]), name="round_mode_known"),
            models.CheckConstraint(condition=Q(state__in=["draft", "open", "closed"]), name="round_state_known"),
            models.CheckConstraint(
                condition=Q(question_set__in=[each.value for each in QuestionSet]), name="round_question_set_known"
            ),
            models.CheckConstraint(condition=Q(k__gte=5), name="round_minimum_group"),
            models.CheckConstraint(condition=Q(most_asked__isnull=True) | Q(most_asked__gte=1), name="round_asks_some"),
            models.CheckConstraint(condition=Q(version__gte=1), name="round_version_counts"),
            models.CheckConstraint(condition=Q(reminders_sent__lte=2), name="round_two_reminders"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_protected(self) -> bool:
        """Whether everybody but the two sides sees the release alone."""
        return self.mode != Round.Mode.OPEN


class Ask(models.Model):
    """That somebody is asked about one hand-off in a round. Not whether they answered.

    The two groups are the teams of opening day (``services/structure.py`` makes the keys): whoever moves to another
    team later changes no cell of this round.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="asks")
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="asks")
    rater = models.ForeignKey(Party, models.CASCADE, related_name="asks")
    rater_team = models.CharField(max_length=30)
    supplier_team = models.CharField(max_length=30)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "handoff", "rater"], name="ask_once")]

    def __str__(self) -> str:
        return f"{self.rater_id}: {self.handoff_id}"


class Release(models.Model):
    """What was published when one version of a protected round closed. The database refuses to change it.

    ``selection`` is for the next version of the same round only and for nobody's eyes: who rated whom, no scores.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="releases")
    version = models.PositiveSmallIntegerField(_("version"))
    content = models.TextField()  # domain.release.Release.to_bytes
    extras = models.TextField(default="{}")  # comments and shares of the cells, services/releases.py
    proof = models.CharField(_("proof"), max_length=64)
    selection = models.TextField(default="")

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["round", "version"]
        constraints = [models.UniqueConstraint(fields=["round", "version"], name="release_once")]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version}"


class MirrorGuess(models.Model):
    """What a supplier thinks the customer of a hand-off would say; the supplier's own, whatever the mode."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    round = models.ForeignKey(Round, models.CASCADE, related_name="guesses")
    handoff = models.ForeignKey(HandOff, models.CASCADE, related_name="guesses")
    guess = models.PositiveSmallIntegerField(_("guess"))

    class Meta:
        verbose_name = _("guess")
        verbose_name_plural = _("guesses")
        constraints = [
            models.UniqueConstraint(fields=["round", "handoff"], name="guess_once"),
            models.CheckConstraint(condition=Q(guess__lte=10), name="guess_range"),
        ]

    def __str__(self) -> str:
        return f"{self.handoff_id}"
