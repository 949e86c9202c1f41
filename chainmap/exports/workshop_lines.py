"""What each exercise of a workshop found, as a title, a sentence and rows: for the page after it, its PDF and its link.

Made of the frozen result alone; the sentence is the one that stood on the projector. Parties and hand-offs are keys
there: a row about whoever is gone is left out. Texts are as they were typed, cleaned where they stand in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.exercise_results import (
    AgreementsResult,
    ClientResult,
    CoffeeResult,
    DrawResult,
    LadderResult,
    MomentsResult,
    OrientationResult,
    PurposeResult,
    RatedLink,
    RateResult,
    Result,
    Side,
)
from chainmap.domain.questionnaire_profiles import PublishedMean
from chainmap.domain.questionnaires import Questionnaire
from chainmap.exports.client_words import chain_named_words, clients_beside
from chainmap.exports.exercise_words import Names, moment_name, result_title
from chainmap.exports.ladder_words import rung_label
from chainmap.exports.plain_text import clean_text
from chainmap.exports.questionnaire_words import published_mean_words, questionnaire_shown
from chainmap.exports.rate_words import careful_sentence, if_average_sentence, rated_so_far
from chainmap.exports.report_figures import of_hundred
from chainmap.exports.room_agreement_words import agreement_state
from chainmap.exports.round_words import reason_label
from chainmap.exports.talk_words import score_words
from chainmap.exports.words import percent
from chainmap.exports.workshop_report import (
    AgreementLine,
    ChainFigures,
    CoffeePair,
    ExerciseLines,
    ResultRow,
)
from chainmap.exports.workshop_words import exercise_title

_HIGHEST = 10


@dataclass(frozen=True, slots=True)
class Known:
    """What the keys of a result stand for today."""

    names: Names  # as they may be shown
    real: Mapping[int, str]  # party -> name, also where names are hidden: for what two people agreed
    orientation: Questionnaire | None = None  # the text that is asked now

    def side(self, side: Side) -> str:
        """The name of a side; "" for whoever is gone."""
        if side.party is not None and side.party not in self.names.parties:
            return ""
        return self.names.side(side)

    def handoff(self, key: int) -> str:
        """A hand-off in words; "" for one that is gone."""
        found = self.names.link(key)
        if key in self.names.drawn and found is not None:
            return between(*found) if all(self.side(side) for side in self.names.drawn[key][:2]) else ""
        ends = self.names.handoffs.get(key)
        if ends is None or found is None or not self.real.keys() >= set(ends[:2]):
            return ""
        return between(*found)


def between(supplier: str, customer: str, what: str) -> str:
    """What goes from whom to whom.

    >>> between("Ann", "Bob", "forecast"), between("Ann", "Bob", "")
    ('forecast, from Ann to Bob', 'from Ann to Bob')
    """
    values = {"one": supplier, "other": customer, "what": what}
    return (_("%(what)s, from %(one)s to %(other)s") if what else _("from %(one)s to %(other)s")) % values


def exercise_lines(kind: str, result: Result, known: Known) -> ExerciseLines:
    """One exercise; where nothing may be shown the sentence says so, and there are no rows."""
    rows = _ROWS[type(result)](result, known) if result.answered.is_shown else ()
    return ExerciseLines(
        exercise_title(kind), result_title(result, known.names), tuple(row for row in rows if row.label.strip())
    )


def agreement_lines(result: AgreementsResult, known: Known) -> tuple[AgreementLine, ...]:
    """Every agreement with both names: hidden names would be no agreement."""
    lines = []
    for one in result.agreements:
        sides = [_real(one.supplier, known), _real(one.customer, known)]
        if all(sides):
            supplier, customer = clean_text(sides[0], 60), clean_text(sides[1], 60)
            who = _("%(one)s for %(other)s") % {"one": supplier, "other": customer}
            state = agreement_state(one, supplier, customer)
            lines.append(AgreementLine(one.sentence, who, one.due_on, not one.yes, state))
    return tuple(lines)


def coffee_lines(result: CoffeeResult, known: Known) -> tuple[CoffeePair, ...]:
    """Every pair of which both are still there, and what it is about."""
    pairs = []
    for pair in result.pairs:
        one, other = known.real.get(pair.supplier, ""), known.real.get(pair.customer, "")
        if one and other:
            pairs.append(CoffeePair(one, other, (known.names.link(pair.handoff) or ("", "", ""))[2]))
    return tuple(pairs)


def chain_figures(result: RateResult) -> ChainFigures | None:
    """How much arrives, with the room's ratings and before; None in an anonymous room or without any rating."""
    if result.arrives is None:
        return None
    return ChainFigures(result.arrives, result.arrived, if_average=result.is_mostly_assumed)


def rate_headlines(result: RateResult, known: Known) -> tuple[str, ...]:
    """How much arrives, where most is lost, and what would be won there."""
    chain = chain_figures(result)
    if chain is None or not result.created:
        return ()
    arrives = _("Of every 100 units of work, %(arrive)s reach the end customer.")
    said = [arrives % {"arrive": of_hundred(chain.delivered)}]
    most_lost = _("Most is lost at one hand-off (%(where)s): %(lost)s of every 100.")
    if result.is_mostly_assumed:
        said = [f"{rated_so_far(result)}.", if_average_sentence(result)]
        most_lost = _("Among those rated most is lost at one hand-off (%(where)s): %(lost)s of every 100.")
    worst = max(result.links, key=lambda link: link.lost or 0.0, default=None)
    where = known.handoff(worst.handoff) if worst is not None else ""
    if worst is not None and where and worst.lost:
        values = {"lost": of_hundred(min(worst.lost / result.created, 1.0)), "where": where}
        said.append(most_lost % values)
        if worst.gain and not result.is_mostly_assumed:
            more = {"more": of_hundred(min(worst.gain / result.created, 1.0))}
            said.append(_("If all of it arrived there, end customers would get %(more)s more.") % more)
    return tuple(said)


def agreements_headline(result: AgreementsResult) -> str:
    """How many agreements there are and how many wait for a yes; "" without any."""
    count = len(result.agreements)
    if not count:
        return ""
    said = ngettext("There is %(count)s agreement.", "There are %(count)s agreements.", count) % {"count": count}
    if not result.open:
        return said
    still = ngettext("%(open)s still waits for a yes.", "%(open)s still wait for a yes.", result.open)
    return f"{said} {still % {'open': result.open}}"


def took_part_words(count: int) -> str:
    """How many took part, in coarse words that are never far from it.

    >>> from django.utils import translation
    >>> with translation.override("en"):
    ...     [took_part_words(count) for count in (12, 16, 20)]
    ['About a dozen people took part.', 'About fifteen people took part.', 'About twenty people took part.']
    """
    if count == 0:
        return _("Nobody joined with a phone.")
    for most, said in (
        (5, _("A handful of people took part.")),
        (9, _("Fewer than ten people took part.")),
        (13, _("About a dozen people took part.")),
        (17, _("About fifteen people took part.")),
        (24, _("About twenty people took part.")),
        (34, _("About thirty people took part.")),
        (44, _("About forty people took part.")),
        (54, _("About fifty people took part.")),
        (75, _("Between fifty-five and seventy-five people took part.")),
    ):
        if count <= most:
            return said
    return _("More than seventy-five people took part.")


def method_words(*, is_anonymous: bool, rates: RateResult | None = None) -> str:
    """Where the figures come from, and what they are not for. ``rates``: those the page shows."""
    said = _(
        "Scores run from 0, nothing of what I need, to 10, all of it; what reaches the end customer is worked out from "
        "them along the chain."
    )
    if rates is not None and (careful := careful_sentence(rates)):
        said += " " + careful
    if is_anonymous:
        said += " " + _("Nobody’s answer can be told from these figures; texts stand in no order.")
    return said + " " + _("They are about hand-offs, never about a person, and nothing for pay.")


_Rows = Iterable[ResultRow]


def _client(result: ClientResult, known: Known) -> _Rows:
    listed = clients_beside(result, known.names)
    is_judged = any(row.chain for row in listed)
    for row in listed:
        value, share = _people(row.people, row.share, result.answered.people)
        if is_judged:
            value = f"{value} · {chain_named_words(row.chain)}"
        yield ResultRow(row.label, value, share)


def _draw(result: DrawResult, known: Known) -> _Rows:
    """What is new first."""
    for link in sorted(result.links, key=lambda link: not link.is_new):
        supplier, customer = known.side(link.supplier), known.side(link.customer)
        if supplier and customer:
            what = clean_text(known.names.mask(link.deliverable))
            yield ResultRow(between(supplier, customer, what), _("new") if link.is_new else _("known"))


def _rate(result: RateResult, known: Known) -> _Rows:
    if result.mean is not None:
        return (ResultRow(reason_label(one.reason), *_people(one.people, one.share, None)) for one in result.reasons)
    return (
        ResultRow(known.handoff(link.handoff), _counted(link, result), link.score / _HIGHEST) for link in result.links
    )


def _moments(result: MomentsResult, known: Known) -> _Rows:
    return (ResultRow(known.names.mask(text.words), moment_name(text.kind)) for text in result.texts)


def _ladder(result: LadderResult, known: Known) -> _Rows:
    """Highest first; rungs nobody may be told about are left out."""
    people = result.answered.people
    rows = (ResultRow(rung_label(one.rung), *_people(one.people, one.share, people)) for one in reversed(result.rungs))
    return (row for row in rows if row.value)


def _orientation(result: OrientationResult, known: Known) -> _Rows:
    """Another edition of the text may ask something else under the same code: then there are no rows."""
    if known.orientation is None or known.orientation.version != result.version:
        return ()
    labels = {row.code: row.label for row in questionnaire_shown(known.orientation).rows}
    return (
        ResultRow(
            labels.get(row.code, ""),
            _of_ten(published_mean_words(PublishedMean(row.mean, row.clip))),
            row.mean / _HIGHEST,
        )
        for row in result.rows
    )


def _texts(result: PurposeResult | CoffeeResult, known: Known) -> _Rows:
    return (ResultRow(known.names.mask(text.words)) for text in result.texts)


def _nothing(result: AgreementsResult, known: Known) -> _Rows:
    return ()


_ROWS: Mapping[type[Any], Callable[[Any, Known], _Rows]] = {
    ClientResult: _client,
    DrawResult: _draw,
    RateResult: _rate,
    MomentsResult: _moments,
    LadderResult: _ladder,
    OrientationResult: _orientation,
    PurposeResult: _texts,
    CoffeeResult: _texts,
    AgreementsResult: _nothing,
}


def _people(people: int | None, share: int | None, of: int | None) -> tuple[str, float | None]:
    """Value and bar: how many people, or which share of them; nothing where neither may be told."""
    if people is not None:
        said = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
        return said, (people / of if of else None)
    return (percent(share / 100), share / 100) if share is not None else ("", None)


def _counted(link: RatedLink, result: RateResult) -> str:
    """The mean of the scores, and beside it as what it counts in the chain."""
    score = score_words(link.score)
    if result.arrives is None:
        return _of_ten(score)
    return _("%(score)s of 10, counted as %(yield)s of 100") % {"score": score, "yield": of_hundred(link.after)}


def _of_ten(score: str) -> str:
    return _("%(score)s of 10") % {"score": score}


def _real(side: Side, known: Known) -> str:
    return side.words if side.party is None else known.real.get(side.party, "")
