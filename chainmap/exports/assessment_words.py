"""What a self-assessment says, and what stands beside it: sentences, and numbers as they are spoken."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.questionnaire_profiles import PublishedMean
from chainmap.domain.questionnaires import ORIENTATION, RELIABLE_TEAM, Questionnaire, Subject
from chainmap.domain.release import BANDS
from chainmap.exports.plain_text import clean_text
from chainmap.exports.questionnaire_words import published_mean_words
from chainmap.exports.report_figures import of_hundred


def score_words(score: float) -> str:
    """A score or a mean of scores: "7", "6.4"."""
    rounded = round(score, 1)
    return number_format(rounded, 0 if rounded == int(rounded) else 1)


def place_words(questionnaire: Questionnaire, about: str, mean: float) -> str:
    """Where somebody places themselves, or their team: "You place yourself at 7 of 10 towards customer-focused".

    Of a text the organization wrote itself nobody knows what its right-hand side means, so it is called that.
    """
    of_team = about == Subject.TEAM.value
    if questionnaire == ORIENTATION:
        text = (
            _("You place your team at %(mean)s of 10 towards customer-focused")
            if of_team
            else _("You place yourself at %(mean)s of 10 towards customer-focused")
        )
    elif questionnaire == RELIABLE_TEAM:
        text = (
            _("You place your team at %(mean)s of 10 on the six steps to a reliable team")
            if of_team
            else _("You place yourself at %(mean)s of 10 on the six steps to a reliable team")
        )
    else:
        text = (
            _("You place your team at %(mean)s of 10 towards the sentences on the right")
            if of_team
            else _("You place yourself at %(mean)s of 10 towards the sentences on the right")
        )
    return text % {"mean": score_words(mean)}


def beside_scores(place: str, mean: float) -> str:
    """The place beside the scores of one's customers: two figures side by side, never subtracted."""
    return _("%(place)s; your customers’ mean score is %(mean)s.") % {"place": place, "mean": score_words(mean)}


def beside_released(place: str, mean: str) -> str:
    """The place beside a released mean, which is in words already: "6.5", "9 or more"."""
    return _("%(place)s; your customers’ published mean is %(mean)s.") % {"place": place, "mean": mean}


def beside_yield(place: str, share: float) -> str:
    """The place of a team beside the yield of what it hands over; ``share`` 0..1."""
    return _("%(place)s; of every 100 units of work your team hands to others, %(arrive)s arrive.") % {
        "place": place,
        "arrive": of_hundred(share),
    }


def alone(place: str) -> str:
    """The place where customers said nothing that may be shown."""
    return _("%(place)s. What customers say: not enough answers yet.") % {"place": place}


def people_words(band: str) -> str:
    """How many people a published figure rests on: "5–7 people", "more than 20 people"."""
    if band == BANDS[0][1]:
        return _("more than %(count)s people") % {"count": BANDS[0][0] - 1}
    return _("%(band)s people") % {"band": band.replace("-", "–")}


def scores_counted(scores: int) -> str:
    """What a mean of scores rests on."""
    return ngettext(
        "The last score for each hand-off: %(count)s score.",
        "The last score for each hand-off: %(count)s scores.",
        scores,
    ) % {"count": number_format(scores, 0)}


def answers_words(questionnaire: Questionnaire, answers: Mapping[str, object]) -> str:
    """Answers in one line, "Focus 7 · Mindset 5": by the rows that are there today, in their order."""
    return " · ".join(
        f"{clean_text(row.label)} {answers[row.code]}" for row in questionnaire.rows if row.code in answers
    )


def published_words(mean: PublishedMean) -> str:
    """A published mean of a team in a sentence."""
    return _("On average the team places itself at %(mean)s of 10.") % {"mean": published_mean_words(mean)}
