"""What people answer while a round is open: signed beside the question, or sealed apart from it.

Rows of both kinds exist from the opening on, one for each question, in random order and of one length. So an answer
is a change of a row and not a new one: neither numbers nor the place in the file tell who answered when, and two
taps at the same moment find the same row. No row has a time.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chainmap.models.keys import random_key
from chainmap.models.rounds import Ask, Round

#: How a score is kept: not answered, "not this period", 0..10. Two characters, whatever it says.
SCORES = ("--", "NA", *(f"{score:02d}" for score in range(11)))
#: Nothing said, in the shape of domain.cards.Card.marks.
NO_MARKS = "-" * 8
#: Tries to save that are remembered, and the length of one (digest of the key, digest of what was sent).
RECEIPTS, RECEIPT = 8, 32
NO_RECEIPTS = "-" * (RECEIPTS * RECEIPT)


class AnswerContent(models.Model):
    """What was answered, in fields whose length does not depend on it but for the texts."""

    score = models.CharField(_("score"), max_length=2, default="--")
    marks = models.CharField(max_length=8, default=NO_MARKS)
    texts = models.TextField(default="", blank=True)
    saves = models.CharField(max_length=6, default="000000")
    receipts = models.CharField(max_length=RECEIPTS * RECEIPT, default=NO_RECEIPTS)

    class Meta:
        abstract = True


class Answer(AnswerContent):
    """The signed answer to one question of an open or pair round."""

    id = models.BigIntegerField(primary_key=True, default=random_key)
    ask = models.OneToOneField(Ask, models.CASCADE, related_name="answer")
    #: The version of the round in which it was last saved; 0 = never.
    given_in = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [models.CheckConstraint(condition=Q(score__in=SCORES), name="answer_score_known")]

    def __str__(self) -> str:
        return f"{self.ask_id}"


class SealedAnswer(AnswerContent):
    """An answer of an anonymous round while it is open: no rater, no hand-off, no question.

    ``slot`` is a keyed hash of the question and the round's seal; the key is not in the database. Sealed answers are
    removed when the round closes, and the seal with them.
    """

    id = models.BigIntegerField(primary_key=True, default=random_key)
    round = models.ForeignKey(Round, models.CASCADE, related_name="sealed_answers")
    slot = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = _("sealed answer")
        verbose_name_plural = _("sealed answers")
        constraints = [models.CheckConstraint(condition=Q(score__in=SCORES), name="sealed_score_known")]

    def __str__(self) -> str:
        return ""
