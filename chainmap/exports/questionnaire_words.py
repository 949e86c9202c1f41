"""The words of self-assessments: the built-in texts in the reader's language, what is wrong, what was published.

Built-in questionnaires stand in English in ``domain.questionnaires``, which knows no languages; the texts are listed
here once more for the translators, and a test keeps the two equal. What an organization wrote itself is shown as it is.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from chainmap.domain.questionnaire_profiles import PublishedMean
from chainmap.domain.questionnaires import (
    HIGHEST,
    LOWEST,
    Questionnaire,
    QuestionnaireCode,
    QuestionnaireFault,
    QuestionnaireRow,
    Subject,
)
from chainmap.domain.release import Clip
from chainmap.exports.plain_text import clean_text

#: Every text of the built-in questionnaires, once.
BUILT_IN_TEXTS = (
    gettext_noop("Operations-focused or customer-focused?"),
    gettext_noop("Nobody is wholly on one side. Choose where things really are today, not where they should be."),
    gettext_noop("Focus"),
    gettext_noop("What counts is that our own work runs smoothly."),
    gettext_noop("What counts is what our customer can do with it."),
    gettext_noop("Direction of attention"),
    gettext_noop("Inwards and upwards: to plans, targets and superiors."),
    gettext_noop("Outwards: to the people who use what we make."),
    gettext_noop("Sales strategy"),
    gettext_noop("We offer what we have and look for somebody to take it."),
    gettext_noop("We find out what is needed and shape our offer to it."),
    gettext_noop("Mindset"),
    gettext_noop("Done means that it has left our desk."),
    gettext_noop("Done means that it works for the person who got it."),
    gettext_noop("Reaction to a downturn"),
    gettext_noop("First we save, cut and turn to ourselves."),
    gettext_noop("First we go to our customers and ask what helps them now."),
    gettext_noop("Six steps to a reliable team"),
    gettext_noop(
        "Each step rests on the one before it. How much of it is true today? The first low step is where to begin."
    ),
    gettext_noop("Mastery"),
    gettext_noop("Not yet"),
    gettext_noop("Every day: the craft is mastered, and gets better all the time."),
    gettext_noop("Niche"),
    gettext_noop("Every day: it is clear what is done best, for whom, and what others do."),
    gettext_noop("Leverage"),
    gettext_noop("Every day: what was learned or built once saves work for many."),
    gettext_noop("Team"),
    gettext_noop("Every day: promises are kept, or it is said early that they cannot be."),
    gettext_noop("Synergy"),
    gettext_noop("Every day: together more is achieved than anybody could alone."),
    gettext_noop("Results"),
    gettext_noop("Every day: customers count on it, and can say what it made possible."),
)


def questionnaire_shown(questionnaire: Questionnaire) -> Questionnaire:
    """The questionnaire for the reader's eyes: built-in texts translated, an organization's own texts as they are.

    Codes stay; the version does not, so answers are read and kept with the original.
    """
    return replace(
        questionnaire,
        title=_translated(questionnaire.title),
        intro=_translated(questionnaire.intro),
        rows=tuple(
            QuestionnaireRow(row.code, _translated(row.label), _translated(row.left), _translated(row.right))
            for row in questionnaire.rows
        ),
    )


def subject_label(subject: Subject) -> str:
    """Whom a questionnaire is about."""
    return {
        Subject.PERSON: pgettext("what a self-assessment is about", "a person"),
        Subject.TEAM: pgettext("what a self-assessment is about", "a team"),
        Subject.BOTH: pgettext("what a self-assessment is about", "a person or a team"),
    }[subject]


def published_mean_words(mean: PublishedMean) -> str:
    """A published mean: "6.5", "2 or less", "9 or more"."""
    if mean.clip == Clip.AT_MOST:
        return _("%(figure)s or less") % {"figure": number_format(mean.mean, 0)}
    if mean.clip == Clip.AT_LEAST:
        return _("%(figure)s or more") % {"figure": number_format(mean.mean, 0)}
    return number_format(mean.mean, 1)


def questionnaire_field_label(field: str) -> str:
    """The name of a field of a questionnaire; the name itself of one nobody knows; "" for the whole."""
    labels = {
        "code": _("Code"),
        "title": _("Title"),
        "intro": _("Introduction"),
        "about": _("About"),
        "rows": _("Rows"),
        "label": _("Label"),
        "left": _("Left end"),
        "right": _("Right end"),
    }
    return labels.get(field) or clean_text(field)


def questionnaire_fault(fault: QuestionnaireFault, questionnaire: Questionnaire | None = None) -> str:
    """What is wrong, where, and what to do. With the questionnaire that was answered its rows are named by label."""
    code = QuestionnaireCode(fault.code)
    values = {
        "field": _field(fault, questionnaire) or _("The questionnaire"),
        "value": fault.shown,
        "lowest": LOWEST,
        "highest": HIGHEST,
        "length": number_format(fault.length or 0, 0, force_grouping=True),
        "limit": number_format(fault.limit or 0, 0, force_grouping=True),
        "more": number_format((fault.length or 0) - (fault.limit or 0), 0, force_grouping=True),
    }
    sentence = (_answer_sentences() if questionnaire else {}).get(code) or _sentences()[code]
    where = "" if questionnaire or fault.row is None else _("Row %(row)s.") % {"row": fault.row} + " "
    return where + sentence % values


def _sentences() -> dict[QuestionnaireCode, str]:
    return {
        QuestionnaireCode.NOT_JSON: _(
            "This is not JSON: “%(value)s”. Start from the file that was downloaded here and change only its texts."
        ),
        QuestionnaireCode.WRONG_TYPE: _(
            "%(field)s: “%(value)s” cannot be read here. See how the downloaded file does it."
        ),
        QuestionnaireCode.MISSING: _("%(field)s: nothing is there. Fill it in."),
        QuestionnaireCode.EMPTY: _("%(field)s: the text is empty. Write what the reader should see."),
        QuestionnaireCode.TOO_LONG: _(
            "%(field)s: %(length)s characters are too many, %(limit)s fit. Shorten the text by %(more)s."
        ),
        QuestionnaireCode.BAD_TEXT: _(
            "%(field)s: the text holds a character that cannot be shown (%(value)s). Remove it and send it again."
        ),
        QuestionnaireCode.BAD_CODE: _(
            "%(field)s: “%(value)s” is no code. Take 1 to %(limit)s of the letters a to z and the underscore."
        ),
        QuestionnaireCode.REPEATED: _("%(field)s: “%(value)s” comes twice. Keep one of the two."),
        QuestionnaireCode.ROW_COUNT: _("There are %(length)s rows. A questionnaire has 1 to %(limit)s."),
        QuestionnaireCode.UNKNOWN_CHOICE: _(
            "%(field)s: “%(value)s” is not one of the choices. Write person, team or both."
        ),
        QuestionnaireCode.UNKNOWN_FIELD: _("%(field)s: a questionnaire has no such field. Leave it out."),
        QuestionnaireCode.SCORE_RANGE: _(
            "%(field)s: “%(value)s” is not on the scale. Choose a whole number from %(lowest)s to %(highest)s."
        ),
        QuestionnaireCode.SCORE_TYPE: _(
            "%(field)s: “%(value)s” is not a whole number. Choose a whole number from %(lowest)s to %(highest)s."
        ),
    }


def _answer_sentences() -> dict[QuestionnaireCode, str]:
    """Where an answer is meant and not the questionnaire itself."""
    return {
        QuestionnaireCode.MISSING: _("%(field)s: not answered yet. Choose where things are today."),
        QuestionnaireCode.UNKNOWN_FIELD: _(
            "%(field)s: this questionnaire has no such row. It may have changed meanwhile; load the page again."
        ),
    }


def _field(fault: QuestionnaireFault, questionnaire: Questionnaire | None) -> str:
    if questionnaire is None:
        return questionnaire_field_label(fault.field)
    labels = {row.code: _translated(row.label) for row in questionnaire.rows}
    return clean_text(labels.get(fault.field, fault.field))


def _translated(text: str) -> str:
    # only texts that are listed: gettext of "" is the header of the catalogue
    return _(text) if text in BUILT_IN_TEXTS else text
