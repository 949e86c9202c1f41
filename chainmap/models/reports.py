"""Reports taken away: files made in the background, links that open one PDF, reports by mail, and who leads a team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Team
from chainmap.models.rounds import Round

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class TeamLead(models.Model):
    """That a manager leads this team alone: with one such row or more, the reports of other teams do not exist.

    The row outlives its team: a manager whose team is gone must not see the reports of all others for that.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="team_leads")
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="leads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("team lead")
        verbose_name_plural = _("team leads")
        constraints = [models.UniqueConstraint(fields=["team", "user"], name="team_lead_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.team_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A lead is of the organization of its team."""
        if self.team is not None and not self.organization_id:
            self.organization_id = self.team.organization_id
        super().save(*args, **kwargs)


class KeptFileQuerySet(models.QuerySet["KeptFile"]):
    def visible_to(self, user: User) -> KeptFileQuerySet:
        """The user's own, for as long as they may still take reports away."""
        own = in_visible_organization(self, user, action=Action.EXPORT_BOTTLENECKS)
        return own.filter(asked_by_id=user.pk or 0)


class KeptFile(models.Model):
    """A file that is being made, or was made, in the background; its bytes are in parts and go away with it.

    waiting -> running -> ready | failed. ``request`` says what is in it (JSON, services/kept_files.py). Who may fetch
    it is asked again each time.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("not made")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="kept_files")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    request = models.TextField()
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    #: How far: steps done of steps in all.
    done = models.PositiveIntegerField(default=0)
    steps = models.PositiveIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    #: Why it was not made, as a code of services/kept_files.py.
    problem = models.CharField(max_length=40, blank=True, default="")
    filename = models.CharField(max_length=200, blank=True, default="")
    content_type = models.CharField(max_length=120, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    #: Moved on while it is being made: one that stands still was left by a process that ended.
    touched_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("ends"), db_index=True)

    objects = KeptFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept file")
        verbose_name_plural = _("kept files")
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["state", "touched_at"], name="kept_file_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "ready", "failed"]), name="kept_file_state_known"
            ),
            models.CheckConstraint(condition=Q(steps__gte=1, done__lte=F("steps")), name="kept_file_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.filename}"


class KeptFilePart(models.Model):
    """One piece of a file's bytes, so that it is written and read without ever being whole in memory."""

    file = models.ForeignKey(KeptFile, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        ordering = ["file", "number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="kept_file_part_once")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"


class ReportLinkQuerySet(models.QuerySet["ReportLink"]):
    def visible_to(self, user: User) -> ReportLinkQuerySet:
        """Links to reports of the organizations whose reports the user may take away."""
        return in_visible_organization(self, user, action=Action.EXPORT_BOTTLENECKS)


class ReportLink(models.Model):
    """A link that opens one PDF for whoever has it and its password, until a day, or until somebody ends it.

    Token and password are kept as hashes. The PDF is as it was when the link was made.
    """

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="report_links")
    file = models.OneToOneField(KeptFile, models.CASCADE, related_name="link")
    title = models.CharField(max_length=300)
    token_hash = models.CharField(max_length=64, unique=True)
    password_hash = models.CharField(max_length=200)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("ends"), db_index=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    opened = models.PositiveIntegerField(default=0)

    objects = ReportLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to a report")
        verbose_name_plural = _("links to reports")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.title


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def visible_to(self, user: User) -> ReportScheduleQuerySet:
        """The user's own, for as long as they may take reports away."""
        own = in_visible_organization(self, user, action=Action.EXPORT_BOTTLENECKS)
        return own.filter(user_id=user.pk or 0)


class ReportSchedule(models.Model):
    """That somebody wants the report by mail: on the first of each month, or when a round closes."""

    class When(models.TextChoices):
        MONTHLY = "monthly", _("on the first of each month")
        AT_CLOSE = "at_close", _("when a round closes")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="report_schedules")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("team"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    when = models.CharField(_("when"), max_length=10, choices=When.choices)
    paper = models.CharField(_("paper"), max_length=10, default="a4")
    language = models.CharField(max_length=10, default="en")
    made_at = models.DateTimeField(auto_now_add=True)
    #: The month (its first day) or the round it was last sent for; taken before the mail leaves.
    sent_month = models.DateField(null=True, blank=True)
    sent_round = models.ForeignKey(Round, models.SET_NULL, null=True, blank=True, related_name="+")
    sent_version = models.PositiveSmallIntegerField(default=0)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "team", "when"], name="report_schedule_once"),
            models.UniqueConstraint(
                fields=["user", "organization", "when"],
                condition=Q(team__isnull=True),
                name="report_schedule_whole_once",
            ),
            models.CheckConstraint(condition=Q(when__in=["monthly", "at_close"]), name="report_schedule_when_known"),
            models.CheckConstraint(condition=Q(paper__in=["a4", "letter"]), name="report_schedule_paper_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.when}"
