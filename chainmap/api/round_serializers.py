"""What the addresses of rounds, releases and ballots answer and take, field by field.

Of a round nobody learns here who answered, how many, or when.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chainmap.api.parsers import LARGEST_NUMBER
from chainmap.api.serializers import ProblemSerializer
from chainmap.domain.cards import HIGHEST_SCORE, LONGEST_COMMENT, LONGEST_MOMENT_LINE, LONGEST_WISH, LOWEST_SCORE
from chainmap.domain.cells import Table
from chainmap.domain.icare import Chip, Dimension
from chainmap.domain.moments import Moment
from chainmap.domain.questions import QuestionSet
from chainmap.domain.reasons import Reason
from chainmap.domain.release import BANDS, CellState, Clip, ReleasedCell
from chainmap.exports.round_words import mode_sentence
from chainmap.models import Round
from chainmap.services.ballots import Ballot, BallotItem
from chainmap.services.published import Published


class RoundSerializer(serializers.Serializer):
    """A time in which ratings are asked for, and the sentence that says who sees a single one."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    mode = serializers.ChoiceField(choices=Round.Mode.values)
    mode_sentence = serializers.CharField(
        help_text=_("Who will see a single rating: what is shown above every question.")
    )
    state = serializers.ChoiceField(choices=Round.State.values)
    version = serializers.IntegerField(help_text=_("1, and one more each time the round is opened again."))
    question_set = serializers.ChoiceField(choices=[each.value for each in QuestionSet])
    opens_at = serializers.DateTimeField(allow_null=True, help_text=_("Planned; null: opened by hand."))
    closes_at = serializers.DateTimeField(allow_null=True, help_text=_("Planned; null: closed by hand."))


class ReleasedCellSerializer(serializers.Serializer):
    """One published figure; of what is not shown only that it is not."""

    table = serializers.ChoiceField(
        choices=[table.value for table in Table],
        help_text=_("What is described; “supplier” is there only for yourself, as one who is rated."),
    )
    supplier_team = serializers.CharField(allow_null=True, help_text=_("Key of the giving team; null: all of them."))
    supplier_team_name = serializers.CharField(allow_null=True)
    rater_team = serializers.CharField(allow_null=True, help_text=_("Key of the receiving team; null: all of them."))
    rater_team_name = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(
        choices=[state.value for state in CellState],
        help_text=_("not_shown: too few answers, or hidden so that nothing can be computed from the others."),
    )
    mean = serializers.FloatField(allow_null=True, help_text=_("2 to 9 in steps of 0.5."))
    clip = serializers.ChoiceField(
        choices=[clip.value for clip in Clip if clip.value],
        allow_null=True,
        help_text=_("at_most: the mean or less; at_least: the mean or more."),
    )
    raters = serializers.ChoiceField(
        choices=[band for _fewest, band in reversed(BANDS)], allow_null=True, help_text=_("How many people, as a band.")
    )
    nps = serializers.IntegerField(
        allow_null=True, help_text=_("Net promoter score, -90 to 90 in steps of 10; null under 10 people.")
    )


class ReleaseSerializer(serializers.Serializer):
    """What was published when a pair or anonymous round closed. It never changes."""

    round = serializers.IntegerField()
    version = serializers.IntegerField()
    versions = serializers.ListField(child=serializers.IntegerField(), help_text=_("Those that were published."))
    k = serializers.IntegerField(help_text=_("The minimum group behind any figure."))
    proof = serializers.CharField(help_text=_("SHA-256 of the cells everybody sees: two people hold the same ones."))
    cells = ReleasedCellSerializer(many=True)


def _care_field() -> serializers.DictField:
    chips = serializers.ChoiceField(choices=[Chip.GOOD.value, Chip.MISSING.value])
    dimensions = ", ".join(Dimension)
    return serializers.DictField(
        child=chips, required=False, help_text=_("By dimension: %(listed)s.") % {"listed": dimensions}
    )


def _needs_field() -> serializers.DictField:
    chips = serializers.ChoiceField(choices=[Chip.GOOD.value, Chip.MISSING.value])
    return serializers.DictField(
        child=chips,
        required=False,
        help_text=_("By the number of a need of the question: good is met, missing is not met."),
    )


class NeedSerializer(serializers.Serializer):
    """Something you said you need from this hand-off."""

    id = serializers.IntegerField()
    text = serializers.CharField()


class CardSerializer(serializers.Serializer):
    """An answer about one hand-off. What a round does not ask stays empty."""

    score = serializers.IntegerField(
        allow_null=True,
        min_value=LOWEST_SCORE,
        max_value=HIGHEST_SCORE,
        required=False,
        help_text=_("How much of what you need you got; null: no answer (yet, or taken back)."),
    )
    not_this_period = serializers.BooleanField(required=False, help_text=_("Nothing was handed over; without a score."))
    reason = serializers.ChoiceField(choices=[each.value for each in Reason], allow_null=True, required=False)
    moment = serializers.ChoiceField(choices=[each.value for each in Moment], allow_null=True, required=False)
    moment_line = serializers.CharField(allow_blank=True, max_length=LONGEST_MOMENT_LINE, required=False)
    care = _care_field()
    needs = _needs_field()
    comment = serializers.CharField(allow_blank=True, max_length=LONGEST_COMMENT, required=False)
    wish = serializers.CharField(
        allow_blank=True, max_length=LONGEST_WISH, required=False, help_text=_("What you need instead.")
    )
    shared = serializers.BooleanField(required=False, help_text=_("Share it with the coach; pair rounds."))


class SavedAnswerSerializer(serializers.Serializer):
    """What is kept of one question."""

    ask = serializers.IntegerField(help_text=_("Primary key of the question."))
    version = serializers.IntegerField(help_text=_("Counts the saves: send it back with the next one."))
    card = CardSerializer()


class BallotItemSerializer(SavedAnswerSerializer):
    """One question: the hand-off it is about, and your answer."""

    place = serializers.IntegerField(help_text=_("1 for the first."))
    supplier = serializers.CharField(help_text=_("Name of whoever hands it to you."))
    deliverable = serializers.CharField(allow_blank=True)
    needs = NeedSerializer(many=True, help_text=_("To be ticked as met or not; without what the supplier cannot do."))


class MirrorItemSerializer(serializers.Serializer):
    """A hand-off you give, and what you think its customer would say."""

    handoff = serializers.IntegerField()
    customer = serializers.CharField(help_text=_("Name of whoever receives it."))
    deliverable = serializers.CharField(allow_blank=True)
    guess = serializers.IntegerField(allow_null=True, min_value=LOWEST_SCORE, max_value=HIGHEST_SCORE)


class BallotSerializer(serializers.Serializer):
    """Everything you are asked in a round."""

    round = RoundSerializer()
    editable = serializers.BooleanField(help_text=_("Whether the round still takes answers."))
    answered = serializers.IntegerField()
    total = serializers.IntegerField()
    items = BallotItemSerializer(many=True)
    mirrors = MirrorItemSerializer(many=True)


class AnswerSerializer(serializers.Serializer):
    """An answer to save."""

    client_id = serializers.UUIDField(
        help_text=_("Made anew for every attempt to save something else; the same again for the same attempt.")
    )
    version = serializers.IntegerField(
        min_value=0, max_value=LARGEST_NUMBER, help_text=_("The version the answer was shown with; 0 at first.")
    )
    card = CardSerializer()


class AnswerProblemSerializer(ProblemSerializer):
    """Why an answer was refused: ``codes`` is ``errors`` for programs."""

    codes = serializers.DictField(
        child=serializers.CharField(), required=False, help_text=_("A fixed word by the name of the field.")
    )


class AnswerConflictSerializer(ProblemSerializer):
    """Why an answer does not fit what is kept, with what was sent; ``current`` and ``version`` of answer_conflict."""

    yours = CardSerializer()
    current = CardSerializer(required=False)
    version = serializers.IntegerField(required=False, help_text=_("Of what is kept: send it to overwrite that."))


def round_data(round: Round) -> dict[str, Any]:
    """A round as RoundSerializer describes it."""
    return {
        "id": round.pk,
        "name": round.name,
        "mode": round.mode,
        "mode_sentence": mode_sentence(round.mode, None, round.k),
        "state": round.state,
        "version": round.version,
        "question_set": round.question_set,
        "opens_at": round.opens_at,
        "closes_at": round.closes_at,
    }


def item_data(item: BallotItem) -> dict[str, Any]:
    """A question and its answer as BallotItemSerializer describes them."""
    return {
        **saved_data(item),
        "place": item.place,
        "supplier": item.supplier,
        "deliverable": item.deliverable,
        "needs": [{"id": need.number, "text": need.text} for need in item.needs if need.is_asked],
    }


def saved_data(item: BallotItem) -> dict[str, Any]:
    """What was saved, as SavedAnswerSerializer describes it."""
    return {"ask": item.ask, "version": item.version, "card": item.card.to_data()}


def ballot_data(ballot: Ballot) -> dict[str, Any]:
    """A ballot as BallotSerializer describes it."""
    mirrors = [
        {
            "handoff": mirror.handoff,
            "customer": mirror.customer,
            "deliverable": mirror.deliverable,
            "guess": mirror.guess,
        }
        for mirror in ballot.mirrors
    ]
    return {
        "round": round_data(ballot.round),
        "editable": ballot.editable,
        "answered": ballot.answered,
        "total": ballot.total,
        "items": [item_data(item) for item in ballot.items],
        "mirrors": mirrors,
    }


def release_data(published: Published) -> dict[str, Any]:
    """A release as ReleaseSerializer describes it."""
    return {
        "round": published.round.pk,
        "version": published.version,
        "versions": list(published.versions),
        "k": published.k,
        "proof": published.proof,
        "cells": [cell_data(cell, published.names) for cell in published.cells],
    }


def cell_data(cell: ReleasedCell, names: Mapping[str, str]) -> dict[str, Any]:
    """A cell as ReleasedCellSerializer describes it; a person's number is never part of it."""
    key = [str(part) for part in cell.key]
    supplier = key[0] if cell.table in {Table.SUPPLIER_TEAM, Table.LINK} else None
    rater = key[-1] if cell.table in {Table.RATER_TEAM, Table.LINK} else None
    return {
        "table": cell.table.value,
        "supplier_team": supplier,
        "supplier_team_name": None if supplier is None else names.get(supplier, supplier),
        "rater_team": rater,
        "rater_team_name": None if rater is None else names.get(rater, rater),
        "state": cell.state.value,
        "mean": cell.mean,
        "clip": cell.clip.value or None,
        "raters": cell.raters,
        "nps": cell.nps,
    }
