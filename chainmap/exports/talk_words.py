"""The words of a conversation and of what comes of it: grounds, questions, effects. In the reader's language.

Names come cleaned but not escaped: a template still escapes them. Never who is weak: what is lost between two.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from chainmap.domain.effects import Effect, EffectSummary, Verdict
from chainmap.exports.plain_text import clean_text
from chainmap.exports.words import percent

#: Two questions for each reason: open, short, about the work and not about the person.
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "low_score": (
        gettext_noop("What would make this a 10 for you?"),
        gettext_noop("What is the first thing you have to add or repair when it arrives?"),
    ),
    "gap": (
        gettext_noop("What do you do with it next, and for whom?"),
        gettext_noop("What did each of us look at when we gave our number?"),
    ),
    "dispute": (
        gettext_noop("What did each of us believe the other would do?"),
        gettext_noop("Who would miss it first if nobody did it?"),
    ),
    "magic": (
        gettext_noop("What exactly made the difference that day?"),
        gettext_noop("What would it take to make this the usual way?"),
    ),
    "misery": (
        gettext_noop("What did it cost you, in time or with your own customer?"),
        gettext_noop("What would you have needed to know, and when?"),
    ),
    "need": (
        gettext_noop("What happens at your end when this is missing?"),
        gettext_noop("What is the smallest part of it that would already help?"),
    ),
    "other": (
        gettext_noop("What do you do with it next?"),
        gettext_noop("What should we keep exactly as it is?"),
    ),
}


def two_questions(reason: str) -> tuple[str, str]:
    """The two questions of a reason of a conversation. Raises KeyError for another."""
    first, second = QUESTIONS[reason]
    return _(first), _(second)


# ---- grounds


def low_score_sentence(score: float, rater: str, round_name: str) -> str:
    """``rater`` "" is the reader."""
    values = {"score": score_words(score), "name": _name(rater), "round": clean_text(round_name)}
    if not rater:
        return _("You gave %(score)s of 10 in “%(round)s”.") % values
    return _("%(name)s gave %(score)s of 10 in “%(round)s”.") % values


def gap_sentence(guess: int, score: float, rater: str, round_name: str) -> str:
    """For the supplier alone: the guess is theirs."""
    values = {
        "guess": guess,
        "score": score_words(score),
        "name": _name(rater),
        "round": clean_text(round_name),
    }
    return _("You expected %(guess)s of 10, %(name)s gave %(score)s in “%(round)s”.") % values


def dispute_sentence(name: str, note: str) -> str:
    """``name`` "" is the reader."""
    said = _("%(name)s says it is not so.") % {"name": _name(name)} if name else _("You said it is not so.")
    return f"{said} “{clean_text(note, 200)}”" if note else said


def moment_sentence(kind: str, words: str) -> str:
    """``kind`` "magic" or "misery"."""
    said = _("A magic moment was told.") if kind == "magic" else _("A moment of misery was told.")
    return f"{said} “{clean_text(words, 200)}”" if words else said


def need_sentence(text: str, reply: str) -> str:
    """A need that is not agreed; ``reply`` "", "cannot" or "talk"."""
    sentences = {
        "": _("Nobody has agreed yet to the need “%(need)s”."),
        "cannot": _("The need “%(need)s” cannot be met as it is."),
        "talk": _("“Let us talk” was the answer to the need “%(need)s”."),
    }
    return sentences[reply] % {"need": clean_text(text, 200)}


def other_sentence() -> str:
    """The ground that is always there."""
    return _("Whatever it is: say it in a line below, or keep it for the coffee.")


# ---- the calendar


def calendar_title(other: str) -> str:
    """What stands in the calendar: with whom, not about what."""
    return _("Coffee with %(name)s") % {"name": _name(other)}


def calendar_description(questions: tuple[str, str], address: str) -> str:
    """Two questions to take along, and where the rest stands."""
    return "\n".join([_("Two good questions:"), *(f"- {question}" for question in questions), "", address])


# ---- what came of it


def due_words(due_on: date, today: date) -> str:
    """How far away a day is: "today", "in 3 days", "2 days ago"."""
    days = (due_on - today).days
    if days == 0:
        return _("today")
    if days > 0:
        return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day ago", "%(days)s days ago", -days) % {"days": -days}


def score_words(score: float) -> str:
    """A score 0..10 with at most one decimal: "4", "4.5".

    >>> score_words(4.0), score_words(4.46)
    ('4', '4.5')
    """
    rounded = round(score, 1)
    return number_format(rounded, 0 if rounded == int(rounded) else 1)


def effect_sentence(effect: Effect) -> str:
    """ "From 4 to 7." """
    values = {"before": score_words(effect.before), "after": score_words(effect.after)}
    if values["before"] == values["after"]:
        return _("It stayed at %(after)s.") % values
    return _("From %(before)s to %(after)s.") % values


def effect_certainty(effect: Effect) -> str:
    """How sure the change is: "Likely better (chance 83 %)", or that it is too early."""
    answers = ngettext("%(count)s answer", "%(count)s answers", effect.answers) % {"count": effect.answers}
    against = percent(1 - effect.chance)
    sentences = {
        Verdict.SURELY_BETTER: _("Almost surely better (chance %(chance)s, %(answers)s)."),
        Verdict.LIKELY_BETTER: _("Likely better (chance %(chance)s, %(answers)s)."),
        Verdict.TOO_EARLY: _("Too early to tell (%(answers)s)."),
        Verdict.LIKELY_WORSE: _("Likely worse (chance %(against)s, %(answers)s)."),
        Verdict.SURELY_WORSE: _("Almost surely worse (chance %(against)s, %(answers)s)."),
    }
    values = {"chance": percent(effect.chance), "against": against, "answers": answers}
    return sentences[effect.verdict] % values


def summary_sentence(summary: EffectSummary) -> str:
    """What all agreements of a person changed together, with how sure that is."""
    low, high = _bound_words(summary.interval.low), _bound_words(summary.interval.high)
    change = score_words(abs(summary.mean_change))
    values = {"pairs": summary.pairs, "change": change, "low": low, "high": high}
    if not summary.excludes_zero:
        return _("After %(pairs)s agreements it is too early to say whether they help.") % values
    if summary.mean_change > 0:
        return (
            _(
                "Your %(pairs)s agreements moved the score up by %(change)s on average (between %(low)s and %(high)s, "
                "90 %% sure)."
            )
            % values
        )
    return (
        _(
            "Your %(pairs)s agreements did not help: the score went down by %(change)s on average (between %(low)s and "
            "%(high)s, 90 %% sure)."
        )
        % values
    )


def left_sentence(name: str, on: date | None) -> str:
    """That somebody is no longer there, and since when."""
    if on is None:
        return _("%(name)s is outside your organization; agreements are between colleagues.") % {"name": _name(name)}
    return _("%(name)s left on %(day)s.") % {"name": _name(name), "day": date_format(on, "j F Y")}


def _bound_words(value: float) -> str:
    """With one decimal, or two where one would show a zero that is none."""
    return number_format(round(value, 1 if abs(value) >= 0.05 else 2), 1 if abs(value) >= 0.05 else 2)


def _name(name: str) -> str:
    return clean_text(name, 60)
