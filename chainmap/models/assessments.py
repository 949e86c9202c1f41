"""Self-assessments: questionnaires as data, the answers of one person, and figures of groups large enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.keys import random_public_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party, Team

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class Questionnaire(models.Model):
    """An organization's own edition of a questionnaire (domain/questionnaires.py); built-in ones have no row."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="questionnaires")
    code = models.CharField(max_length=30)
    content = models.TextField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        constraints = [models.UniqueConstraint(fields=["organization", "code"], name="questionnaire_once")]

    def __str__(self) -> str:
        return self.code


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: User) -> AssessmentQuerySet:
        """The user's own, and for a coach those about themselves that people share."""
        coached = Organization.objects.visible_to(user, Action.SEE_SHARED_TALKS).values("pk")
        own = in_visible_organization(self, user, path="party__organization", action=Action.SEE_OWN_PAGE)
        return self.filter(
            Q(pk__in=own.filter(party__user__pk=user.pk or 0).values("pk"))
            | Q(is_shared=True, about="person", party__organization__in=coached)
        )


class Assessment(models.Model):
    """One person's answers, about themselves or about their team. Theirs alone unless they share it with the coach."""

    ABOUT = [("person", _("myself")), ("team", _("my team"))]

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    party = models.ForeignKey(Party, models.CASCADE, related_name="assessments")
    code = models.CharField(max_length=30)
    edition = models.CharField(max_length=64)
    about = models.CharField(max_length=6, choices=ABOUT)
    #: The team at the time of answering; whoever moves later changes no figure.
    team = models.ForeignKey(Team, models.SET_NULL, null=True, related_name="+")
    answers = models.TextField()
    answered_on = models.DateField()
    is_shared = models.BooleanField(default=False)
    is_counted = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-assessment")
        verbose_name_plural = _("self-assessments")
        constraints = [
            models.UniqueConstraint(fields=["party", "code", "about"], name="assessment_once"),
            models.CheckConstraint(condition=Q(about__in=["person", "team"]), name="assessment_about_known"),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.code}"


class GroupFigure(models.Model):
    """The last published figure of a group: made anew only when enough answers are new or changed."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="group_figures")
    kind = models.CharField(max_length=30)  # "clarity", or the code of a questionnaire
    edition = models.CharField(max_length=64, default="", blank=True)
    group = models.CharField(max_length=30)  # "organization", or "t" and the number of a team
    content = models.TextField()
    made_on = models.DateField()

    class Meta:
        verbose_name = _("figure of a group")
        verbose_name_plural = _("figures of groups")
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "edition", "group"], name="group_figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.group}"
