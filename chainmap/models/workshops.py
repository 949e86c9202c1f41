"""A workshop: a room full of phones, the exercises a coach runs, and what people say in them.

No row here has a time at which somebody said something, and no number tells which came first. In an anonymous
workshop an entry is tied to nobody: its ``slot`` is a keyed hash of the phone's own secret, which the database does
not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.domain.roles import Action
from chainmap.models.keys import random_key, random_public_key
from chainmap.models.organizations import Organization, in_visible_organization
from chainmap.models.parties import Party, Team
from chainmap.models.rounds import Round

if TYPE_CHECKING:
    from chainmap.models.organizations import User


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def visible_to(self, user: User) -> WorkshopQuerySet:
        """Workshops of the organizations whose workshops the user may see: as a coach or as a manager."""
        return in_visible_organization(self, user, action=Action.SEE_WORKSHOPS)


class Workshop(models.Model):
    """One team, or a whole organization, in one room.

    prepared -> open (people join by the code) -> closed (nobody joins or says anything) -> open again ...
    ``version`` grows with everything the room could see change; screens ask for it.
    """

    class Mode(models.TextChoices):
        OPEN = "open", _("open")
        ANONYMOUS = "anonymous", _("anonymous")

    class State(models.TextChoices):
        PREPARED = "prepared", _("prepared")
        OPEN = "open", _("open now")
        CLOSED = "closed", _("closed")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="workshops")
    name = models.CharField(_("name"), max_length=120)
    #: Whose chain is looked at; None = the whole organization.
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team"))
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.OPEN)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PREPARED)
    #: What people type to join; "" while nobody can.
    code = models.CharField(_("code"), max_length=12, blank=True, default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    #: The exercise the room is at.
    current = models.ForeignKey("Exercise", models.SET_NULL, null=True, blank=True, related_name="+")
    #: Phones show what there is but take nothing.
    is_locked = models.BooleanField(default=False)
    #: Phones say "look at the screen" and nothing else.
    is_looking = models.BooleanField(default=False)
    hides_names = models.BooleanField(default=False)
    #: The scene on the projector; None = the exercise, or the lobby.
    scene = models.ForeignKey("Scene", models.SET_NULL, null=True, blank=True, related_name="+")
    #: What the coach's last steps changed, newest last, so that they can be undone (JSON, services/workshop_steps.py).
    history = models.TextField(default="[]", editable=False)
    #: The round its ratings were copied into.
    round = models.ForeignKey(Round, models.SET_NULL, null=True, blank=True, related_name="+")
    is_copied = models.BooleanField(default=False)
    #: The link for those who took part: kept as a hash, with its end.
    results_hash = models.CharField(max_length=64, blank=True, default="")
    results_until = models.DateTimeField(null=True, blank=True)
    #: Invented, with invented answers: for coaches to practise.
    is_practice = models.BooleanField(default=False)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="workshop_named"),
            models.CheckConstraint(condition=Q(mode__in=["open", "anonymous"]), name="workshop_mode_known"),
            models.CheckConstraint(condition=Q(state__in=["prepared", "open", "closed"]), name="workshop_state_known"),
            models.CheckConstraint(condition=Q(state="open") | Q(code=""), name="workshop_code_while_open"),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="workshop_code_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_anonymous(self) -> bool:
        """Whether what is said is tied to nobody."""
        return self.mode == Workshop.Mode.ANONYMOUS


class Participant(models.Model):
    """Somebody in the room. In an anonymous workshop without name, place in the chain and account."""

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="participants")
    name = models.CharField(_("name"), max_length=60, blank=True, default="")
    #: Who they say they are in the chain: as sure as the room is, unless an account says it.
    party = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    #: Who this browser said to be before, and is not any more: somebody with that account came in, or it left.
    said_party = models.ForeignKey(Party, models.SET_NULL, null=True, blank=True, related_name="+")
    #: An invented participant of a practice workshop.
    is_invented = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "party"], condition=Q(party__isnull=False), name="participant_party_once"
            ),
            models.UniqueConstraint(
                fields=["workshop", "user"], condition=Q(user__isnull=False), name="participant_user_once"
            ),
        ]

    def __str__(self) -> str:
        return ""


class Phone(models.Model):
    """A browser that joined: known by a secret only it has. One person may hold several, the second if the coach
    lets it in."""

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="phones")
    token_hash = models.CharField(max_length=64, unique=True)
    #: False: it says to be somebody who is here already, and waits for the coach.
    is_let_in = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("phone")
        verbose_name_plural = _("phones")

    def __str__(self) -> str:
        return ""


class Exercise(models.Model):
    """One card the coach can run. Hidden until it is revealed; ``result`` is what was shown then (JSON)."""

    class Kind(models.TextChoices):
        CLIENT = "client", _("Who is your most important client?")
        DRAW = "draw", _("Draw our chain")
        RATE = "rate", _("Rate live")
        MOMENTS = "moments", _("Magic and misery")
        LADDER = "ladder", _("The ladder")
        ORIENTATION = "orientation", _("Customer-focused or operations-focused?")
        PURPOSE = "purpose", _("Purpose")
        COFFEE = "coffee", _("Coffee pairs")
        AGREEMENTS = "agreements", _("Agreements")

    class State(models.TextChoices):
        READY = "ready", _("not yet")
        RUNNING = "running", _("running")
        REVEALED = "revealed", _("revealed")
        DONE = "done", _("done")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="exercises")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    place = models.PositiveSmallIntegerField()
    #: In the coach's words; "" = the words that come with it.
    instruction = models.CharField(_("instruction"), max_length=500, blank=True, default="")
    seconds = models.PositiveSmallIntegerField(_("seconds"), default=180)
    state = models.CharField(max_length=10, choices=State.choices, default=State.READY)
    #: When it was started, for the timer alone; gone when it is over.
    started_at = models.DateTimeField(null=True, blank=True)
    #: Asked anew: what was said in a former edition does not count.
    edition = models.PositiveSmallIntegerField(default=1)
    result = models.TextField(blank=True, default="")
    #: How many were in when it was started: "about half" is of these, so that whoever comes and goes moves no word.
    asked = models.PositiveIntegerField(default=0)
    #: How many were in when figures of it were last shown; None = never. Asked anew with a few more people, the
    #: difference of the two figures would be those few.
    shown_to = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("exercise")
        verbose_name_plural = _("exercises")
        ordering = ["place", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "kind"], name="exercise_once"),
            models.CheckConstraint(
                condition=Q(state__in=["ready", "running", "revealed", "done"]), name="exercise_state_known"
            ),
            models.CheckConstraint(condition=Q(seconds__lte=3600), name="exercise_within_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}"


class Entry(models.Model):
    """What somebody said in one edition of an exercise (JSON, domain/exercise_entries.py)."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    exercise = models.ForeignKey(Exercise, models.CASCADE, related_name="entries")
    edition = models.PositiveSmallIntegerField(default=1)
    #: None in an anonymous workshop.
    participant = models.ForeignKey(Participant, models.CASCADE, null=True, related_name="entries")
    #: Keyed hash of the phone's secret (anonymous) or of the participant, the exercise, its edition and the phone's
    #: own number of the entry: the same thing sent twice finds the same row.
    slot = models.CharField(max_length=64, unique=True)
    #: Keyed hash of who said it, the same for all entries of one of them in this edition: to count people.
    teller = models.CharField(max_length=64)
    content = models.TextField()
    is_taken_back = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        indexes = [models.Index(fields=["exercise", "edition"], name="entry_of_edition")]

    def __str__(self) -> str:
        return ""


class Scene(models.Model):
    """One picture of a presentation, prepared before: the map or a walk, where to look, and a question to the room."""

    class Kind(models.TextChoices):
        MAP = "map", _("the map")
        WALK = "walk", _("a walk to the end customer")
        RESULT = "result", _("the result of an exercise")
        WORDS = "words", _("words alone")

    id = models.BigIntegerField(primary_key=True, default=random_public_key)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="scenes")
    #: None: a presentation of the organization outside a workshop.
    workshop = models.ForeignKey(Workshop, models.CASCADE, null=True, blank=True, related_name="scenes")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(_("shows"), max_length=8, choices=Kind.choices, default=Kind.MAP)
    title = models.CharField(_("title"), max_length=120, blank=True, default="")
    question = models.CharField(_("question to the room"), max_length=300, blank=True, default="")
    focus = models.ForeignKey(
        Party, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("look at")
    )
    steps = models.PositiveSmallIntegerField(_("steps up and down"), default=2)
    exercise = models.ForeignKey(
        Exercise, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("exercise")
    )
    hides_names = models.BooleanField(_("names hidden"), default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = _("scene")
        verbose_name_plural = _("scenes")
        ordering = ["place", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["map", "walk", "result", "words"]), name="scene_kind_known"),
            models.CheckConstraint(condition=Q(steps__gte=1, steps__lte=9), name="scene_steps"),
        ]

    def __str__(self) -> str:
        return self.title
