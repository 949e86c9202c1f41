"""A hand-off in words, as one of its sides sees it: who says what, the scores one after the other, who decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, log10

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.exports import words
from chainmap.exports.plain_text import clean_text
from chainmap.models import Need
from chainmap.services.decisions import OwnDecisions, waits_for_decision
from chainmap.services.handoffs import OwnRow, claims_of
from chainmap.services.own import OwnHandOff
from chainmap.services.scores import ScoreSaid

#: So many scores are said one after the other.
SCORES_SAID = 4
#: A change of a score up to this much says nothing.
ABOUT_THE_SAME = 1
#: Numbers beyond are written with a power of ten.
LARGEST_WRITTEN, SMALLEST_WRITTEN = 1e12, 1e-4
#: Sign of a state, beside its words.
SIGNS = {"both": "✓✓", "mine": "✓ …", "theirs": "… ✓", "disputed": "≠", "unsaid": "…", "outside": "–"}


@dataclass(frozen=True, slots=True)
class ChainRow:
    """One hand-off of a list."""

    own: OwnHandOff
    row: OwnRow
    state: str
    sign: str
    state_said: str
    needs_said: str  # "" when there is none
    volume_said: str
    decides_said: str  # "" where nobody said
    scores_said: str  # "" when there is none
    trend_said: str

    @property
    def deliverable(self) -> str:
        """What is handed over; "" where nobody gave it a name."""
        return clean_text(self.own.handoff.deliverable, 200)

    @property
    def title(self) -> str:
        """What is handed over, else to or from whom."""
        if self.deliverable:
            return self.deliverable
        said = _("What you give to %(name)s") if self.own.is_supplier else _("What you get from %(name)s")
        return said % {"name": clean_text(self.own.other.name)}

    @property
    def may_name(self) -> bool:
        """Whether it has no name, and the other side is there to be told one."""
        return not self.deliverable and self.own.other.left_on is None


def chain_rows(rows: Iterable[OwnRow]) -> list[ChainRow]:
    """The rows of a list, in their order."""
    return [chain_row(row) for row in rows]


def chain_row(row: OwnRow) -> ChainRow:
    """One hand-off in words."""
    scores = scores_of_customer(row)
    return ChainRow(
        own=row.own,
        row=row,
        state=row.state,
        sign=SIGNS[row.state],
        state_said=state_sentence(row.own, row.state),
        needs_said=needs_sentence(row.needs),
        volume_said=volume_sentence(row),
        decides_said=decides_sentence(row.own),
        scores_said=scores_sentence(scores),
        trend_said=trend_sentence(scores),
    )


def state_sentence(own: OwnHandOff, state: str) -> str:
    """What the two sides say of it."""
    said = _state(own, state)
    if not own.handoff.is_claim:
        return said
    return _("%(said)s. It counts in the chain once you both say so") % {"said": said}


def _state(own: OwnHandOff, state: str) -> str:
    name = {"name": clean_text(own.other.name)}
    if state == "disputed":
        mine, theirs = claims_of(own)
        if mine == theirs == "no":
            return _("You both say it is not so")
        return _("You say it is not so") if mine == "no" else _("%(name)s says it is not so") % name
    return {
        "both": _("You both say it is so"),
        "mine": _("You say it is so; %(name)s has not said anything yet") % name,
        "theirs": _("%(name)s says it is so; you have not said anything yet") % name,
        "unsaid": _("Neither of you has said whether it is so"),
        "outside": _("%(name)s is outside your organization, so nobody is asked to confirm it") % name,
    }[state]


def needs_sentence(needs: Iterable[Need]) -> str:
    """How many needs there are, and how many are agreed; "" when there is none."""
    listed = list(needs)
    if not listed:
        return ""
    said = ngettext("%(count)s need, %(agreed)s agreed", "%(count)s needs, %(agreed)s agreed", len(listed))
    return said % {"count": len(listed), "agreed": sum(need.reply == Need.Reply.AGREED for need in listed)}


def volume_sentence(row: OwnRow) -> str:
    """The volume in the supplier's unit, and its share in what the supplier gives."""
    volume = volume_number(row.own.handoff.volume)
    if row.share is None:
        return volume
    values = {"volume": volume, "share": words.percent(row.share), "name": clean_text(row.own.other.name)}
    if row.own.is_supplier:
        return _("%(volume)s · %(share)s of what you give") % values
    return _("%(volume)s · %(share)s of what %(name)s gives") % values


def volume_number(volume: float) -> str:
    """A volume with at most four digits that mean something: "4", "0.25", "1200"."""
    shown = float(f"{volume:.4g}")
    if shown >= LARGEST_WRITTEN or shown < SMALLEST_WRITTEN:
        return f"{shown:g}"
    digits = 0 if shown == int(shown) else max(0, 3 - floor(log10(shown)))
    return number_format(shown, digits).rstrip("0").rstrip(".,") if digits else number_format(shown, 0)


def decides_sentence(own: OwnHandOff) -> str:
    """Who decides on exceptions; "" where nobody said."""
    owner = own.handoff.decision_owner
    if owner is None:
        return ""
    if owner.pk == own.party.pk:
        return _("You")
    return clean_text(owner.name)


def scores_of_customer(row: OwnRow) -> list[ScoreSaid]:
    """The scores of the customer, in rounds and at the end of agreements, oldest first; where there is
    none, everybody's."""
    given = [score for score in row.said if score.rater == row.own.handoff.customer_id]
    return given or list(row.said)


def scores_sentence(scores: list[ScoreSaid]) -> str:
    """The last scores, oldest first: "5, then 7"."""
    return _(", then ").join(_number(score.score) for score in scores[-SCORES_SAID:])


def trend_sentence(scores: list[ScoreSaid]) -> str:
    """Whether the last score is higher, lower, or about the same as the one before by the same person."""
    if not scores:
        return ""
    earlier = [score for score in scores[:-1] if score.rater == scores[-1].rater]
    if not earlier:
        return ""
    change = scores[-1].score - earlier[-1].score
    if abs(change) <= ABOUT_THE_SAME:
        return _("about the same")
    return _("higher") if change > 0 else _("lower")


def authorization_sentence(row: OwnRow) -> str:
    """How many of the answers the reader may see said that authorization had to be asked for; "" when none did."""
    count = sum(waits_for_decision(score.card) for score in row.scores)
    if not count:
        return ""
    return ngettext(
        "%(count)s answer says “I have to ask for authorization”.",
        "%(count)s answers say “I have to ask for authorization”.",
        count,
    ) % {"count": count}


def own_decisions_sentence(own: OwnDecisions) -> str:
    """What waits for the reader's own decision; "" when nothing does."""
    if not own.handoffs:
        return ""
    handoffs = ngettext("%(count)s hand-off", "%(count)s hand-offs", own.handoffs) % {"count": own.handoffs}
    people = ngettext("%(count)s person", "%(count)s people", own.askers) % {"count": own.askers}
    said = _("You decide on exceptions for %(handoffs)s of %(people)s") % {"handoffs": handoffs, "people": people}
    if own.dependence is None:
        return said + "."
    waits = _("%(share)s of everything delivered waits for your decision.") % {"share": words.percent(own.dependence)}
    return f"{said}; {waits}"


def _number(score: float) -> str:
    return number_format(round(score, 1), 0 if score == round(score) else 1)
