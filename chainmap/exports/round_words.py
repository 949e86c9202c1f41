"""The words of a round: what a card asks, who will see the answer, and what the results say in sentences.

The same on page, mail and file, in the reader's language. Plain sentences before figures; what is not known is said;
nobody is to blame. Names come cleaned but not escaped: a template still escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chainmap.domain.answers import ENOUGH
from chainmap.domain.cards import HIGHEST_SCORE, LOWEST_SCORE, CardError, CardFault, CardField
from chainmap.domain.comments import raters_for_comments
from chainmap.domain.confidentiality import MINIMUM_RATERS
from chainmap.domain.icare import CareProfile, Chip, Dimension
from chainmap.domain.icare import Reading as CareReading
from chainmap.domain.intervals import Interval
from chainmap.domain.mirror import Direction, MirrorGap
from chainmap.domain.moments import CoachingView, Moment, MomentBalance
from chainmap.domain.moments import Reading as MomentReading
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reasons import Reason, ReasonProfile
from chainmap.domain.release import BANDS, NPS_LIMIT, CellState, Clip, ReleasedCell
from chainmap.domain.shares import HIGHEST_SHARE, LOWEST_SHARE
from chainmap.exports.plain_text import clean_text
from chainmap.exports.words import percent as percent_words


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A piece of a question; the pieces in their order are the sentence."""

    text: str
    emphasized: bool


# ---- the card


def question_parts(supplier: str, deliverable: str) -> tuple[QuestionPart, ...]:
    """What a card asks, with the deliverable (where there is one) and "your" to be emphasised."""
    if clean_text(deliverable):
        # Translators: keep the stars, they mark what is emphasised.
        text = _(
            "%(supplier)s hands you *%(deliverable)s*. How much of what you need to serve *your* customer did you get?"
        )
    else:
        text = _("%(supplier)s hands work on to you. How much of what you need to serve *your* customer did you get?")
    return _parts(text, supplier=_name(supplier), deliverable=clean_text(deliverable))


def plain_question(parts: Iterable[QuestionPart]) -> str:
    """A question as one line of text."""
    return "".join(part.text for part in parts)


def scale_ends() -> tuple[str, str]:
    """What 0 and 10 stand for."""
    return _("nothing"), _("everything I need")


def field_label(field: str) -> str:
    """The name of one part of the card; the name itself of a part nobody knows."""
    labels = {
        CardField.SCORE: _("Score"),
        CardField.NOT_THIS_PERIOD: _("Not this period"),
        CardField.REASON: _("Reason"),
        CardField.MOMENT: _("Moment"),
        CardField.MOMENT_LINE: _("What happened, in one line"),
        CardField.CARE: _("I-CARE"),
        CardField.NEEDS: _("What I said I need"),
        CardField.COMMENT: _("Comment"),
        CardField.WISH: _("What I need instead"),
        CardField.SHARED: _("Share with my coach"),
    }
    return labels[CardField(field)] if field in set(CardField) else clean_text(field)


def reason_label(reason: Reason) -> str:
    """A reason in the words of the one who was served."""
    return {
        Reason.UNSPOKEN_EXPECTATION: _("I thought you would do it"),
        Reason.HABIT: _("we usually do it this way"),
        Reason.NO_OWNER: _("I didn't know it was up to me"),
        Reason.NO_POWER_TO_DECIDE: _("I have to ask for authorization"),
        Reason.LATE: _("late"),
        Reason.INCOMPLETE: _("incomplete"),
        Reason.NOT_WHAT_I_NEED: _("not what I need"),
        Reason.OTHER: pgettext("a reason", "other"),
    }[reason]


def moment_label(moment: Moment) -> str:
    """A moment of truth."""
    return {
        Moment.MAGIC: pgettext("a moment", "magic"),
        Moment.ORDINARY: pgettext("a moment", "ordinary"),
        Moment.MISERY: pgettext("a moment", "misery"),
    }[moment]


def dimension_label(dimension: Dimension) -> str:
    """A dimension of I-CARE."""
    return {
        Dimension.IDEAL_SERVICE: _("Ideal service"),
        Dimension.CULTURE_OF_SERVICE: _("Culture of service"),
        Dimension.ATTENTIVENESS: _("Attentiveness"),
        Dimension.RESPONSIVENESS: _("Responsiveness"),
        Dimension.EMPOWERMENT: _("Empowerment"),
    }[dimension]


def chip_label(chip: Chip) -> str:
    """What can be said of a dimension."""
    return {
        Chip.GOOD: pgettext("a dimension of service", "good"),
        Chip.MISSING: pgettext("a dimension of service", "missing"),
        Chip.NOT_SAID: pgettext("a dimension of service", "not said"),
    }[chip]


def card_error(error: CardError) -> str:
    """What is wrong, with the value, and what to do."""
    values = {
        "field": field_label(error.field),
        "value": error.shown,
        "lowest": LOWEST_SCORE,
        "highest": HIGHEST_SCORE,
        "length": number_format(error.length or 0, 0, force_grouping=True),
        "limit": number_format(error.limit or 0, 0, force_grouping=True),
        "more": number_format((error.length or 0) - (error.limit or 0), 0, force_grouping=True),
    }
    sentences = {
        CardFault.SCORE_RANGE: _(
            "“%(value)s” is not on the scale. Choose a whole number from %(lowest)s to %(highest)s."
        ),
        CardFault.SCORE_TYPE: _(
            "“%(value)s” is not a whole number. Choose a whole number from %(lowest)s to %(highest)s."
        ),
        CardFault.UNKNOWN_FIELD: _("A card has no part with the name “%(field)s”. Leave it out."),
        CardFault.UNKNOWN_CHOICE: _("%(field)s: “%(value)s” is not one of the choices. Take one of those offered."),
        CardFault.TOO_LONG: _(
            "%(field)s: %(length)s characters are too many, %(limit)s fit. Shorten the text by %(more)s."
        ),
        CardFault.BAD_TEXT: _(
            "%(field)s: the text holds a character that cannot be shown (%(value)s). Remove it and send it again."
        ),
        CardFault.WRONG_TYPE: _("%(field)s: “%(value)s” cannot be read here. Send it in the form the card asks for."),
        CardFault.CONTRADICTION: _(
            "There is a score (%(value)s) and also “not this period”. Keep one of the two and take the other out."
        ),
        CardFault.NOT_ASKED: _("%(field)s: this round does not ask for it. Leave it out."),
    }
    return sentences[CardFault(error.code)] % values


# ---- who will see it


def mode_label(mode: str) -> str:
    """The name of a mode, ``open``, ``pair`` or ``anonymous``. Raises KeyError for another."""
    return {
        "open": _("Open: with your name"),
        "pair": _("Between the two of you"),
        "anonymous": _("Anonymous"),
    }[mode]


def mode_sentence(mode: str, supplier_name: str | None = None, k: int = MINIMUM_RATERS) -> str:
    """Who will see the answer (PRIVACY section 1); without a name "The person you rate". KeyError for another mode.

    ``k`` is the number the round shows: the people besides the reader behind any figure.
    """
    values = {"name": _name(supplier_name or ""), "k": k}
    if supplier_name:
        pair = _("%(name)s will see your name and your score. %(name)s's manager will not.")
        open_ = _("%(name)s, your coach and the managers will see your name and your score.")
    else:
        pair = _("The person you rate will see your name and your score. Their manager will not.")
        open_ = _("The person you rate, your coach and the managers will see your name and your score.")
    anonymous = _(
        "Your name and your answer are stored apart. After closing nobody can put them together. "
        "Numbers appear only for %(k)s or more people."
    )
    return {"open": open_, "pair": pair, "anonymous": anonymous}[mode] % values


def comment_notice(mode: str, k: int = MINIMUM_RATERS, supplier_name: str | None = None) -> str:
    """What to know before writing a comment: who reads it, and how."""
    values = {"name": clean_text(supplier_name or "") or _("The person you rate"), "raters": raters_for_comments(k)}
    if mode == "open":
        text = _("%(name)s, your coach and the managers read all you say here, with your name.")
    elif mode == "pair":
        text = _(
            "%(name)s reads all you say here, with your name. Others see comments without name, date or score, where "
            "at least %(raters)s people answered. Colleagues may recognise your style."
        )
    else:
        text = _(
            "Comments are published without name, date or score where at least %(raters)s people answered. "
            "Colleagues may recognise your style."
        )
    return text % values


# ---- how many have answered


def response_band(band: str) -> str:
    """How many of a team have answered, in steps so coarse that they tell on nobody. KeyError for another band."""
    return {
        "under_quarter": _("fewer than a quarter have answered"),
        "under_half": _("fewer than half have answered"),
        "over_half": _("half or more have answered"),
        "over_three_quarters": _("three quarters or more have answered"),
    }[band]


def response_group(names: Sequence[str], groups: int) -> str:
    """The name of a group of teams, of which there are ``groups``: a team, the smaller ones together, or everybody."""
    if len(names) == 1:
        return clean_text(names[0])
    return _("Everybody together") if groups == 1 else _("The smaller teams together")


# ---- what the answers say: for the two sides, or for everybody in an open round


def nps_sentence(score: NetPromoterScore) -> str:
    """The net promoter score and how sure it is; single answers while there are fewer than five."""
    if not score.answers:
        return _("No answers yet.")
    count = ngettext("%(count)s answer", "%(count)s answers", score.answers) % {"count": score.answers}
    if score.score is None or score.interval is None:
        text = _(
            "%(answers)s: %(high)s of 9 or 10, %(some)s of 7 or 8, %(low)s of 6 or less. A figure needs %(enough)s."
        )
        counts = {"high": score.promoters, "some": score.passives, "low": score.detractors}
        return text % {"answers": count, "enough": ENOUGH, **counts}
    text = _("NPS %(score)s") if score.named else _("%(score)s on a scale from −100 to +100")
    return f"{text % {'score': score.signed}} ({count}). {_interval(score.interval, score.confidence)}"


def care_sentence(profile: CareProfile) -> str:
    """The weakest point of I-CARE among those who said something, or why there is none."""
    if profile.reading == CareReading.TOO_FEW:
        return _("I-CARE: too early to tell. A dimension needs %(enough)s people who say something about it.") % {
            "enough": ENOUGH
        }
    if profile.reading == CareReading.NOTHING_MISSING:
        return _("I-CARE: nothing is missing where enough was said.")
    weakest = next(each for each in profile.dimensions if each.dimension == profile.weakest_point)
    return _("I-CARE: most is missing in %(dimensions)s: good for %(good)s of %(said)s who said something.") % {
        "dimensions": _listed(dimension_label(dimension) for dimension in profile.weakest_points),
        "good": weakest.good,
        "said": weakest.said,
    }


def reasons_sentence(profile: ReasonProfile) -> str:
    """The reason named most often and the one that cost most; where nothing was lost or named, that."""
    if not profile.answers:
        return _("No answers yet.")
    if not profile.answers_with_loss:
        return _("Nothing was lost: everything that was needed arrived.")
    if not profile.named:
        return ngettext(
            "%(count)s answer tells of a loss, without a reason.",
            "%(count)s answers tell of a loss, none of them with a reason.",
            profile.answers_with_loss,
        ) % {"count": profile.answers_with_loss}
    times = next(each.count for each in profile.reasons if each.reason in profile.most_frequent)
    often = ngettext(
        "Named most often: %(reasons)s (%(count)s of %(named)s answer with a reason).",
        "Named most often: %(reasons)s (%(count)s of %(named)s answers with a reason).",
        profile.named,
    ) % {"reasons": _quoted(profile.most_frequent), "count": times, "named": profile.named}
    if profile.most_frequent == profile.costliest:
        return often + " " + _("Most is lost there as well.")
    return often + " " + _("Most is lost with: %(reasons)s.") % {"reasons": _quoted(profile.costliest)}


def moments_sentence(balance: MomentBalance) -> str:
    """What was counted, and which side prevails."""
    if balance.reading == MomentReading.NOTHING_SAID:
        return _("Nobody named a moment yet.")
    counted = _("Moments: %(magic)s magic, %(ordinary)s ordinary, %(misery)s misery.") % {
        "magic": balance.magic,
        "ordinary": balance.ordinary,
        "misery": balance.misery,
    }
    reading = {
        MomentReading.ONLY_ORDINARY: _("All were ordinary."),
        MomentReading.MORE_MAGIC: _("Magic prevails."),
        MomentReading.MORE_MISERY: _("Misery prevails."),
        MomentReading.EVEN: _("The two are even."),
    }[balance.reading]
    return f"{counted} {reading}"


def coaching_sentence(view: CoachingView) -> str:
    """What the coaching rules make of the moments: always with their label and their figures."""
    rules = view.rules
    rule = _(
        "A coaching rule, not a finding: %(magic)s magic moments make up for one misery; a misery is told to "
        "%(told_of_misery)s people, a magic moment to %(told_of_magic)s."
    ) % {
        "magic": _short_number(rules.magic_for_one_misery),
        "told_of_misery": rules.told_of_misery,
        "told_of_magic": rules.told_of_magic,
    }
    heard = _("By it %(misery)s people have heard of misery and %(magic)s of magic") % {
        "misery": view.told_of_misery,
        "magic": view.told_of_magic,
    }
    if view.made_up_for:
        return f"{rule} {heard}; " + _("no more magic moments are wanted.")
    wanted = ngettext(
        "%(count)s more magic moment is wanted.", "%(count)s more magic moments are wanted.", view.magic_still_wanted
    ) % {"count": view.magic_still_wanted}
    return f"{rule} {heard}; {wanted}"


def mirror_sentence(gap: MirrorGap | None) -> str:
    """What a supplier expected beside what was said, said to the supplier; "" without a guess or an answer."""
    if gap is None:
        return ""
    values = {
        "guess": _short_number(gap.guess),
        "rating": _short_number(gap.rating),
        "points": _short_number(abs(gap.gap)),
    }
    if gap.direction == Direction.ALIKE:
        return _("You expected %(guess)s and the answer was %(rating)s: you see it alike.") % values
    if gap.direction == Direction.BRIGHTER:
        text = _("You expected %(guess)s and the answer was %(rating)s: %(points)s points less than you thought.")
    else:
        text = _("You expected %(guess)s and the answer was %(rating)s: %(points)s points more than you thought.")
    return text % values


# ---- the release


def cell_mean_words(cell: ReleasedCell) -> str:
    """The mean of a cell: "6.5", "2 or less", "9 or more", or why there is none."""
    if cell.state == CellState.NO_DATA:
        return _("No data")
    if cell.state == CellState.NOT_SHOWN or cell.mean is None:
        return _("Not shown: too few answers")
    if cell.clip == Clip.AT_MOST:
        return _at_most(number_format(cell.mean, 0))
    if cell.clip == Clip.AT_LEAST:
        return _at_least(number_format(cell.mean, 0))
    return number_format(cell.mean, 1)


def cell_raters_words(cell: ReleasedCell) -> str:
    """How many answered, as a band: "5–7 people"; "" where the cell is not shown."""
    if cell.raters is None:
        return ""
    if cell.raters == BANDS[0][1]:
        return _("more than %(count)s people") % {"count": BANDS[0][0] - 1}
    return _("%(band)s people") % {"band": cell.raters.replace("-", "–")}


def cell_nps_words(cell: ReleasedCell) -> str:
    """The net promoter score of a cell in steps of 10: "+30", "+90 or more"; "" where there is none."""
    if cell.nps is None:
        return ""
    signed = f"{cell.nps:+d}".replace("-", "−") if cell.nps else "0"
    if cell.nps >= NPS_LIMIT:
        return _at_least(signed)
    return _at_most(signed) if cell.nps <= -NPS_LIMIT else signed


def share_words(share: int) -> str:
    """A share of a cell in steps of 10: "30 %", "10 % or less", "90 % or more"."""
    if share <= LOWEST_SHARE:
        return _at_most(percent_words(LOWEST_SHARE / 100))
    if share >= HIGHEST_SHARE:
        return _at_least(percent_words(HIGHEST_SHARE / 100))
    return percent_words(share / 100)


def _parts(text: str, **values: str) -> tuple[QuestionPart, ...]:
    """Split at the stars before the names are filled in: a name may hold stars of its own."""
    pieces = [(piece % values, place % 2 == 1) for place, piece in enumerate(text.split("*"))]
    return tuple(QuestionPart(piece, emphasized) for piece, emphasized in pieces if piece)


def _name(name: str) -> str:
    return clean_text(name) or "?"


def _at_most(figure: str) -> str:
    return _("%(figure)s or less") % {"figure": figure}


def _at_least(figure: str) -> str:
    return _("%(figure)s or more") % {"figure": figure}


def _short_number(value: float) -> str:
    """At most one decimal, none where it is 0."""
    rounded = round(value, 1)
    return number_format(rounded, 0 if rounded == int(rounded) else 1)


def _interval(interval: Interval, confidence: float) -> str:
    low, high = (f"{round(end):+d}".replace("-", "−") if round(end) else "0" for end in (interval.low, interval.high))
    return _("It may lie anywhere between %(low)s and %(high)s (%(confidence)s sure).") % {
        "low": low,
        "high": high,
        "confidence": percent_words(confidence),
    }


def _quoted(reasons: Iterable[Reason]) -> str:
    return _listed(_("“%(words)s”") % {"words": reason_label(reason)} for reason in reasons)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
