"""How a report came about, what it does not show, who may see it, and what it must never be used for."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.questions import QuestionSet
from chainmap.domain.reports import Hidden, Report, Subject
from chainmap.exports.plain_text import clean_text


def pay_sentence() -> str:
    """What every report says, strongly."""
    return _("Never tie ratings to pay.")


def pay_reason() -> str:
    """Why: said once, beside the sentence."""
    return _("People would stop telling you what is missing. A figure is about a hand-off, never about a person.")


def who_may_see(report: Report) -> str:
    """Who this report is for, and what those who pass it on decide."""
    organization = clean_text(report.scope.organization, 80) or _("this organization")
    said = _(
        "For the managers, coaches and administrators of %(organization)s; whoever passes it on answers for it."
    ) % {"organization": organization}
    if report.finding.released:
        k = report.scope.k
        figures = _("It is made of the published figures alone, and shows teams, never a person’s answer.")
        if k is not None:
            figures = _(
                "It is made of the published figures alone: each has at least %(k)s people behind it, and nobody’s "
                "answer can be worked out."
            ) % {"k": k}
        return f"{said} {figures}"
    if _is_measured(report):
        return said
    if report.scope.mode == "anonymous":
        return said + " " + _("Nobody’s answer can be told from these figures.")
    return said + " " + _("Those who answered knew that names and scores are open to both sides, coaches and managers.")


def hidden_sentences(hidden: Hidden) -> list[str]:
    """What is not shown, counted: "Not shown" says nothing about the answers; [] where everything is."""
    rows = (
        (
            hidden.cells,
            ngettext(
                "%(count)s published figure is not shown: too few answers.",
                "%(count)s published figures are not shown: too few answers.",
                hidden.cells,
            ),
        ),
        (
            hidden.links,
            ngettext(
                "%(count)s link between teams has no figure of its own and is taken as average.",
                "%(count)s links between teams have no figure of their own and are taken as average.",
                hidden.links,
            ),
        ),
        (
            hidden.not_listed,
            ngettext(
                "%(count)s more hand-off is ranked below those listed; the spreadsheet has it.",
                "%(count)s more hand-offs are ranked below those listed; the spreadsheet has them.",
                hidden.not_listed,
            ),
        ),
        (
            hidden.people_small,
            ngettext(
                "%(count)s group is too small to say how many of it answered.",
                "%(count)s groups are too small to say how many of them answered.",
                hidden.people_small,
            ),
        ),
    )
    return [text % {"count": number_format(count, 0, force_grouping=True)} for count, text in rows if count]


def method_rows(report: Report) -> list[tuple[str, str]]:
    """How the figures were made: a label and a sentence each."""
    method = report.method
    asked = [
        (_("The question"), _quoted(method.question)),
        (_("What was asked"), question_set_words(method.question_set)),
        (_("Who sees an answer"), _mode(report)),
        (_("Smallest group"), _smallest_group(report)),
    ]
    rows = [
        *([] if _is_measured(report) else asked),
        (_("Which answers count"), _window(report)),
        (_("From score to share"), "" if _is_measured(report) else curve_words(method.curve)),
        # published means are taken as they are
        (_("Few answers"), "" if report.finding.released else kappa_words(method.kappa)),
        (_("The order"), _order()),
        (_("How sure"), _draws(report)),
        (_("The unit"), _unit()),
    ]
    return [(label, text) for label, text in rows if text]


def _is_measured(report: Report) -> bool:
    """Whether nobody has said anything: everything known comes from an event log."""
    return report.method.window == "all" and not report.score.answers


def _quoted(question: str) -> str:
    text = clean_text(question, 320)
    return _("“%(words)s”") % {"words": text} if text else ""


def question_set_words(question_set: str) -> str:
    """What a card asked; the name itself of a set nobody knows."""
    return {
        QuestionSet.SCORE.value: _("The score alone."),
        QuestionSet.SHORT.value: _("Score, reason and comment."),
        QuestionSet.FULL.value: _("Everything: also moments, I-CARE, what is needed instead, and the mirror."),
    }.get(question_set, clean_text(question_set))


def _mode(report: Report) -> str:
    sentences = {
        "open": _("An open round: the person rated, coaches and managers see names and scores."),
        "pair": _("Between two: the two sides of a hand-off see it, everybody else sees published figures only."),
        "anonymous": _("Anonymous: nobody. Names and answers are stored apart; everybody sees published figures only."),
    }
    return sentences.get(report.scope.mode, "")


def _smallest_group(report: Report) -> str:
    if report.scope.k is None:
        return _("None: answers are signed.")
    return _("At least %(k)s people stand behind every figure; where they are fewer, it is not shown.") % {
        "k": report.scope.k
    }


def _window(report: Report) -> str:
    if report.scope.subject == Subject.WORKSHOP:
        return _("The answers given in this workshop, the latest of each person on each hand-off.")
    if report.method.window == "round":
        return _("The answers of this round alone, the latest of each person on each hand-off.")
    if report.method.window == "all":
        return _("Everything that was imported or measured so far, the latest of each person on each hand-off.")
    return clean_text(report.method.window, 160)


def curve_words(curve: str) -> str:
    """How a score becomes a share, by the name of the retention curve."""
    return {
        "linear": _("The score in tenths: a score of 7 counts as 70 of 100 received."),
        "promoter": _("The curve for “would you recommend”: 6 counts as 60 of 100, 9 and 10 as all of it."),
    }.get(curve, clean_text(curve))


def kappa_words(kappa: float) -> str:
    """What the shrinking towards the mean does, in plain words and with its number."""
    number = number_format(kappa, 0 if kappa == int(kappa) else 1)
    return _(
        "A hand-off with few answers is moved towards the average of all: the average counts like %(kappa)s more "
        "answers (kappa = %(kappa)s)."
    ) % {"kappa": number}


def _order() -> str:
    return _(
        "Hand-offs are ranked by what a repair of this one alone would bring to the end customers, not by the lowest "
        "score. Two repairs together bring more or less than their sum."
    )


def _draws(report: Report) -> str:
    draws = report.method.draws
    if report.finding.released:
        return _("No ranges are given: published figures are rounded, and their spread is not published.")
    if not report.finding.analysed:
        return ""
    if not draws:
        return _("Ranges hold the true figure in 90 of 100 cases. The chain is too large to draw the places anew.")
    return _(
        "Ranges hold the true figure in 90 of 100 cases. Places come from %(draws)s draws: the chain is worked out "
        "anew each time with figures as likely as those seen."
    ) % {"draws": number_format(draws, 0, force_grouping=True)}


def _unit() -> str:
    return _(
        "A person-equivalent is the work of one full-time person. Created work is delivered, lost at hand-offs, or "
        "stranded where no way leads on to an end customer: the three add up."
    )
