"""The words of the exercises: what cannot be kept and why, and the one sentence that each result is read from.

Names come as they may be shown (hidden or not) and are cleaned here; templates escape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chainmap.domain.entry_reading import EntryFault, EntryProblem
from chainmap.domain.exercise_results import (
    AgreementsResult,
    Answered,
    ClientResult,
    CoffeeResult,
    DrawResult,
    LadderResult,
    MomentsResult,
    NamedBy,
    OrientationResult,
    PairShown,
    RateResult,
    Result,
    Shown,
    Side,
)
from chainmap.domain.moments import Moment
from chainmap.domain.questionnaires import Questionnaire
from chainmap.domain.response import Band
from chainmap.exports.ladder_words import rung_label
from chainmap.exports.plain_text import clean_text
from chainmap.exports.questionnaire_words import questionnaire_shown
from chainmap.exports.rate_words import assumed_words, if_average_sentence, rated_so_far
from chainmap.exports.report_figures import of_hundred

#: The middle of the questionnaire, and how far from it still counts as the middle.
_MIDDLE, _NEAR = 5.0, 0.5


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys of a result are called: parties (hidden or not), and the two ends and the thing of a hand-off."""

    parties: Mapping[int, str]
    handoffs: Mapping[int, tuple[int, int, str]]
    mask: Callable[[str], str] = str  # takes names out of a sentence where they are hidden
    is_hidden: bool = False
    drawn: Mapping[int, tuple[Side, Side, str]] = field(default_factory=dict)  # what the room drew, by keys below 0
    _outside: dict[str, int] = field(default_factory=dict, compare=False, repr=False)

    def party(self, key: int | None) -> str:
        """The name of a party; of one that is gone a word for it."""
        found = self.parties.get(key) if key is not None else None
        return clean_text(found, 60) if found else pgettext("a party that was removed", "somebody who is gone")

    def side(self, side: Side) -> str:
        return self.party(side.party) if side.party is not None else self.outsider(side.words)

    def outsider(self, words: str) -> str:
        """Somebody who was typed as words; hidden: a number, the same for the same words wherever these names are."""
        if not self.is_hidden:
            return clean_text(self.mask(words), 60)
        number = self._outside.setdefault(" ".join(words.split()).casefold(), len(self._outside) + 1)
        return _("somebody not in the chain (%(number)d)") % {"number": number}

    def link(self, key: int) -> tuple[str, str, str] | None:
        """Supplier, customer and deliverable of a hand-off; None for one that is gone."""
        if key in self.drawn:
            supplier, customer, what = self.drawn[key]
            return self.side(supplier), self.side(customer), clean_text(self.mask(what))
        found = self.handoffs.get(key)
        if found is None:
            return None
        return self.party(found[0]), self.party(found[1]), clean_text(self.mask(found[2]))


# ---- entries


def entry_problem(problem: EntryProblem, questionnaire: Questionnaire | None = None) -> str:
    """What is wrong with one field, why, and what to do."""
    values = {
        "field": _field(problem.field, questionnaire),
        "limit": problem.limit,
        "length": problem.length,
        "shown": clean_text(problem.shown),
    }
    return {
        EntryFault.MISSING: _("%(field)s: nothing is said yet. Say it, then send it again."),
        EntryFault.WRONG_TYPE: _("%(field)s: “%(shown)s” is no answer to this. Choose one of those offered."),
        EntryFault.TOO_LONG: _("%(field)s: this has %(length)s characters, and %(limit)s fit. Shorten it."),
        EntryFault.BAD_TEXT: _("%(field)s: it has a character that cannot be shown (%(shown)s). Take it out."),
        EntryFault.OUT_OF_RANGE: _("%(field)s: %(shown)s is not on the scale, which ends at %(limit)s."),
        EntryFault.UNKNOWN_CHOICE: _("%(field)s: “%(shown)s” is none of the choices. Choose one of those offered."),
        EntryFault.UNKNOWN_FIELD: _("“%(field)s” is not asked here. Load the page again."),
        EntryFault.CONTRADICTION: _("%(field)s: choose a name or write one, not both."),
        EntryFault.SAME_SIDES: _("Both sides are the same. A hand-off goes from one to another."),
        EntryFault.BAD_DATE: _("%(field)s: “%(shown)s” is no day. Choose it from the calendar."),
        EntryFault.NOT_ASKED: _("%(field)s: this workshop is without names, so it is not asked. Leave it out."),
    }[problem.code] % values


def _field(name: str, questionnaire: Questionnaire | None) -> str:
    if questionnaire is not None:
        for row in questionnaire_shown(questionnaire).rows:
            if row.code == name:
                return clean_text(row.label)
    return {
        "party": _("Your most important client"),
        "words": _("Your words"),
        "supplier": _("Who hands it over"),
        "supplier_words": _("Who hands it over"),
        "customer": _("Who gets it"),
        "customer_words": _("Who gets it"),
        "deliverable": _("What is handed over"),
        "volume": _("How much of it"),
        "handoff": _("The hand-off"),
        "score": _("Your score"),
        "reason": _("The reason"),
        "kind": _("Magic or misery"),
        "rung": _("The rung"),
        "met": _("Whether you met"),
        "sentence": _("What you agree on"),
        "due_on": _("The day"),
    }.get(name, clean_text(name))


# ---- how many have answered


def answered_words(people: int) -> str:
    """Of a room with names: how many have answered."""
    if not people:
        return _("No answer yet")
    return ngettext("%(count)d has answered", "%(count)d have answered", people) % {"count": people}


def answered_band(band: Band | None) -> str:
    """Of a room without names: roughly; None where nothing may be said."""
    if band is None:
        return _("Answers are coming in")
    return {
        Band.UNDER_QUARTER: _("A few have answered"),
        Band.UNDER_HALF: _("Under half have answered"),
        Band.OVER_HALF: _("Half or more have answered"),
        Band.OVER_THREE_QUARTERS: _("Most have answered"),
    }[band]


# ---- results


def too_few_sentence(needed: int) -> str:
    """Why there is nothing to see in a room without names; the same for nobody and for too few."""
    return _("Not shown: without names, this needs answers of %(needed)s people or more.") % {"needed": needed}


def too_few_for_line_sentence(needed: int) -> str:
    """Why the room's own line is not shown, with names and without."""
    return _(
        "Not shown: this is a line of the whole room, with names as well. It needs answers of %(needed)s people."
    ) % {"needed": needed}


def few_more_sentence() -> str:
    """Why what was asked anew in a room without names is not shown."""
    return _("Only a few people joined since this was last shown. The new figures would give them away.")


def people_words(people: int | None, band: str | None) -> str:
    """On how many people a result rests."""
    if people is not None:
        return ngettext("%(count)d person answered", "%(count)d people answered", people) % {"count": people}
    return _("%(band)s people answered") % {"band": band} if band else ""


def result_title(result: Result, names: Names) -> str:
    """The finding in one sentence: what stands big on the projector."""
    answered = result.answered
    always = isinstance(result, CoffeeResult)
    if not answered.is_shown and not always:
        return _not_shown_title(answered)
    match result:
        case ClientResult():
            return _client_title(result, names)
        case DrawResult():
            return _draw_title(result)
        case RateResult():
            return _rate_title(result)
        case MomentsResult():
            return _moments_title(result)
        case LadderResult():
            return _ladder_title(result)
        case OrientationResult():
            return _orientation_title(result)
        case CoffeeResult():
            return _coffee_title(result)
        case AgreementsResult():
            return _agreements_title(result)
    return ngettext(
        "What we are here for, in %(count)d sentence", "What we are here for, in %(count)d sentences", len(result.texts)
    ) % {"count": len(result.texts)}


def _not_shown_title(answered: Answered) -> str:
    if answered.shown == Shown.FEW_MORE:
        return _("Not shown this time")
    return _("Nobody has said anything yet") if answered.people is not None else _("Too few answers to show")


def _client_title(result: ClientResult, names: Names) -> str:
    if result.judged:
        return ngettext(
            "%(matching)d of %(judged)d names the client whom the chain names",
            "%(matching)d of %(judged)d name the client whom the chain names",
            result.judged,
        ) % {"matching": result.matching, "judged": result.judged}
    if result.half_name is not None:
        return _("Half of us or more name %(client)s") % {"client": names.side(result.half_name)}
    return _("No client is named by half of us")


def _draw_title(result: DrawResult) -> str:
    if result.answered.people is None:
        return ngettext("%(count)d hand-off drawn", "%(count)d hand-offs drawn", len(result.links)) % {
            "count": len(result.links)
        }
    return ngettext(
        "%(count)d hand-off drawn: %(both)d by both sides, %(new)d not in the chain yet",
        "%(count)d hand-offs drawn: %(both)d by both sides, %(new)d not in the chain yet",
        len(result.links),
    ) % {"count": len(result.links), "both": result.both, "new": result.new}


def _rate_title(result: RateResult) -> str:
    if result.mean is not None:
        return _("We get about %(arrives)s of every 100 units we need") % {
            "arrives": number_format(result.mean * 10, 0)
        }
    if result.arrives is not None and result.is_mostly_assumed:
        return rated_so_far(result)
    if result.arrives is not None:
        return _("Of every 100 units of work we create, %(arrive)s reach the end customer") % {
            "arrive": of_hundred(min(result.arrives, 1.0))
        }
    return ngettext("%(count)d hand-off rated", "%(count)d hand-offs rated", len(result.links)) % {
        "count": len(result.links)
    }


def _moments_title(result: MomentsResult) -> str:
    if result.magic is not None and result.misery is not None:
        values = {
            "magic": ngettext("%(count)d magic moment", "%(count)d magic moments", result.magic)
            % {"count": result.magic},
            "misery": ngettext("%(count)d misery", "%(count)d miseries", result.misery) % {"count": result.misery},
        }
        return _("%(magic)s, %(misery)s") % values
    if result.made_up_for:
        return _("Magic makes up for misery here")
    return _("Misery outweighs magic here")


def _ladder_title(result: LadderResult) -> str:
    if result.half_reach is None:
        return _("The room sees our customers on many rungs")
    return _("Half of us or more see our customers on the rung “%(rung)s” or higher") % {
        "rung": rung_label(result.half_reach)
    }


def _orientation_title(result: OrientationResult) -> str:
    if result.overall is None:
        return _("Too few answers to show")
    if abs(result.overall.mean - _MIDDLE) <= _NEAR:
        return _("We stand in the middle: as much operations-focused as customer-focused")
    if result.overall.mean > _MIDDLE:
        return _("We lean towards the customer")
    return _("We lean towards our own operations")


def _coffee_title(result: CoffeeResult) -> str:
    if not result.pairs:
        return _("Nobody in the room hands anything to anybody else in it")
    return ngettext(
        "%(count)d conversation that would bring our customers most",
        "%(count)d conversations that would bring our customers most",
        len(result.pairs),
    ) % {"count": len(result.pairs)}


def _agreements_title(result: AgreementsResult) -> str:
    agreed = len(result.agreements) - result.open
    return _("%(agreed)d agreed, %(open)d still open") % {"agreed": agreed, "open": result.open}


def rule_sentence(result: MomentsResult) -> str:
    """What the organization's coaching rule makes of the moments; a rule of thumb, and called so."""
    values = {"rule": _short_number(result.magic_for_one_misery), "wanted": result.still_wanted}
    if result.made_up_for:
        return _("By your coaching rule, %(rule)s magic moments make up for one misery. They do.") % values
    if result.still_wanted is None:
        return _("By your coaching rule, %(rule)s magic moments make up for one misery. They do not yet.") % values
    return (
        ngettext(
            "By your coaching rule, %(rule)s magic moments make up for one misery: %(wanted)d more is wanted.",
            "By your coaching rule, %(rule)s magic moments make up for one misery: %(wanted)d more are wanted.",
            result.still_wanted,
        )
        % values
    )


def arrives_sentence(result: RateResult) -> str:
    """What reached the end customers before, and what does with the room's ratings; "" where it is not known."""
    if result.arrives is None:
        return ""
    if result.is_mostly_assumed:
        return if_average_sentence(result)
    return " ".join(filter(None, [_before_and_after(result, result.arrives), assumed_words(result)]))


def _before_and_after(result: RateResult, arrives: float) -> str:
    after = of_hundred(min(arrives, 1.0))
    if result.arrived is None:
        return _("Nothing was rated before. Now %(after)s of every 100 units reach the end customer.") % {
            "after": after
        }
    values = {"before": of_hundred(min(result.arrived, 1.0)), "after": after}
    if values["before"] == after:
        return _("Before the workshop it was %(before)s of every 100; your scores say the same.") % values
    if any(link.handoff < 0 for link in result.links):
        said = _("Before the workshop it was %(before)s of every 100; with what you drew and rated it is %(after)s.")
        return said % values
    return _("Before the workshop it was %(before)s of every 100; with your scores it is %(after)s.") % values


def named_by_words(by: NamedBy | None) -> str:
    """Which sides drew a hand-off."""
    if by is None:
        return ""
    return {
        NamedBy.BOTH: _("drawn by both sides"),
        NamedBy.SUPPLIER: _("drawn by who hands it over"),
        NamedBy.CUSTOMER: _("drawn by who gets it"),
        NamedBy.OTHERS: _("drawn by others"),
    }[by]


def pair_about(pair: PairShown, names: Names) -> str:
    """What two should talk about: the hand-off, without a figure."""
    link = names.link(pair.handoff)
    if link is None:
        return _("The hand-off they were to talk about is gone.")
    supplier, customer, what = link
    values = {"supplier": supplier, "customer": customer, "what": what}
    return (
        _("Talk about “%(what)s”, from %(supplier)s to %(customer)s.")
        if what
        else _("Talk about what %(supplier)s hands to %(customer)s.")
    ) % values


def pair_reason(pair: PairShown, names: Names) -> str:
    """Why these two: the hand-off, and what more would arrive."""
    said = pair_about(pair, names)
    if names.link(pair.handoff) is None:
        return said
    if pair.gain is None:
        return f"{said} {_('Nobody has rated it yet.')}"
    more = _("If all of it arrived, our end customers would get %(more)s more of every 100 units.")
    return f"{said} {more % {'more': of_hundred(min(pair.gain, 1.0))}}"


def pair_short(pair: PairShown, names: Names) -> str:
    """The same for the back row: what it is about, and what it would bring."""
    link = names.link(pair.handoff)
    what = link[2] if link is not None else ""
    if pair.gain is None:
        gain = _("not rated yet")
    else:
        gain = _("%(more)s more of every 100") % {"more": of_hundred(min(pair.gain, 1.0))}
    return f"{what} · {gain}" if what else gain


def _short_number(value: float) -> str:
    return number_format(int(value) if value == int(value) else value)


def moment_name(kind: Moment | None) -> str:
    """What a moment was; "" where it is not told."""
    if kind is None:
        return ""
    return pgettext("a moment", "magic") if kind == Moment.MAGIC else pgettext("a moment", "misery")
