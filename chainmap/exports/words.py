"""The sentences of a bottleneck report, the same on page, table and picture, in the reader's language.

The link is at fault, never the person: "lost between A and B". The unit is named. What is not known is said.
Names come cleaned (no control or direction characters) but not escaped: a template still escapes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from chainmap.domain.findings import Basis, Bottlenecks, ChainStep, HandOffFinding
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import of_hundred, parts_of_hundred, plural_of, with_sign

#: With fewer ratings (or passes) than this the figure is mostly the organization's mean.
LIKELY_FROM_RATINGS = 3
LIKELY_FROM_PASSES = 10
_NAMES_IN_A_SENTENCE = 5


def party_names(finding: Bottlenecks) -> dict[str, str]:
    """Id -> the name to show, cleaned; the id itself where there is no name."""
    return {party.id: clean_text(party.name) or clean_text(party.id) or "?" for party in finding.parties}


def percent(share: float, digits: int = 0) -> str:
    """A share 0..1 as a percentage, never rounded to a flat 0 or 100 that is not one.

    ``percent(0.414)`` is "41 %", ``percent(0.002)`` is "<1 %", ``percent(0.999)`` is ">99 %".
    """
    step = 10.0**-digits
    shown = round(share * 100, digits)
    if shown == 0 and share > 0:
        sign, shown = "<", step
    elif shown == 100 and share < 1:
        sign, shown = ">", 100 - step
    else:
        sign = ""
    return pgettext("a percentage", "%(number)s\u00a0%%") % {"number": sign + number_format(shown, digits)}


def units(value: float) -> str:
    """An amount in person-equivalents with two decimals; "<0.01" rather than a zero that is not one."""
    if 0 < value < 0.005:
        return "<" + number_format(0.01, 2)
    return number_format(round(value, 2) + 0.0, 2)  # number_format alone cuts


def signed_units(value: float) -> str:
    """A difference of person-equivalents with its sign: "+0.30", "−0.05", "0.00" where nothing is left of it."""
    shown = round(value, 2)
    return with_sign(shown, units(abs(shown)))


def headline(finding: Bottlenecks) -> str:
    """The finding in one sentence: how much of the work arrives, or why that cannot be said."""
    if not finding.parties:
        return _("There is no chain yet: nobody and no hand-off has been entered.")
    if not finding.analysed:
        return _("No ratings yet: how much of the work reaches the end customer cannot be said.")
    if finding.chain_yield is None:
        return _("Nobody creates work of their own yet, so nothing can be lost or delivered.")
    delivered = of_hundred(finding.chain_yield)
    text = ngettext(
        "Of every 100 units of work (person-equivalents) this organization creates, "
        "%(delivered)s reaches the end customer.",
        "Of every 100 units of work (person-equivalents) this organization creates, "
        "%(delivered)s reach the end customer.",
        plural_of(delivered),
    )
    return text % {"delivered": delivered}


def where_the_rest_goes(finding: Bottlenecks) -> str:
    """The second sentence: lost at hand-offs, and stranded. Empty when there is nothing to say."""
    if not finding.created or finding.lost is None or finding.stranded is None:
        return ""
    lost, stranded = finding.lost / finding.created, finding.stranded / finding.created
    stranded = 0.0 if stranded < 1e-9 else stranded  # the rest of a subtraction, not work
    figures = parts_of_hundred([1 - lost - stranded, lost, stranded])
    said = []
    if lost > 0:
        text = ngettext("%(lost)s is lost at hand-offs", "%(lost)s are lost at hand-offs", plural_of(figures[1]))
        said.append(text % {"lost": figures[1]})
    if stranded > 0:
        text = ngettext(
            "%(stranded)s ends where no way leads on to an end customer",
            "%(stranded)s end where no way leads on to an end customer",
            plural_of(figures[2]),
        )
        said.append(text % {"stranded": figures[2]})
    return f"{'; '.join(said)}." if said else _("Nothing is lost on the way.")


def between(handoff: HandOffFinding, names: Mapping[str, str]) -> str:
    """Where a hand-off is: "between Sales and Planning (forecast)", or "inside Sales" for work within a team."""
    values = {
        "supplier": _name(names, handoff.supplier),
        "customer": _name(names, handoff.customer),
        "deliverable": clean_text(handoff.deliverable),
    }
    if handoff.supplier == handoff.customer:
        place = _("inside %(supplier)s") if not values["deliverable"] else _("inside %(supplier)s (%(deliverable)s)")
    elif values["deliverable"]:
        place = _("between %(supplier)s and %(customer)s (%(deliverable)s)")
    else:
        place = _("between %(supplier)s and %(customer)s")
    return place % values


def worst_handoff_sentence(finding: Bottlenecks) -> str:
    """The one hand-off to work on first, what repairing it brings and how sure that is. Empty when none is ranked."""
    worst = next((handoff for handoff in finding.handoffs if handoff.rank is not None), None)
    if worst is None or not worst.recoverable or not finding.created:
        return ""
    return _(
        "Most can be won back %(place)s: if everything arrived there, of every 100 units %(gain)s more would "
        "reach the end customer. %(certainty)s."
    ) % {
        "place": between(worst, party_names(finding)),
        "gain": of_hundred(worst.recoverable / finding.created),
        "certainty": certainty(worst),
    }


def evidence(handoff: HandOffFinding) -> str:
    """What the yield rests on: "6 answers", "34 passes, 5 returned", "no answer yet"."""
    if handoff.basis == Basis.ASSUMED:
        return _("no answer yet")
    if handoff.basis != Basis.MEASURED and handoff.ratings:
        return ngettext("%(count)s answer", "%(count)s answers", handoff.ratings) % {"count": handoff.ratings}
    if handoff.passes:
        text = ngettext(
            "%(passes)s pass, %(returned)s returned", "%(passes)s passes, %(returned)s returned", handoff.passes
        )
        return text % {"passes": handoff.passes, "returned": handoff.returned or 0}
    return _("figure of the team")


def certainty(handoff: HandOffFinding) -> str:
    """How sure a figure is: "Likely (6 answers)", "Too early to tell (2 answers)"."""
    if handoff.basis == Basis.ASSUMED:
        return _("Not known: nobody has rated it")
    text = _("Likely (%(evidence)s)") if _is_enough(handoff) else _("Too early to tell (%(evidence)s)")
    return text % {"evidence": evidence(handoff)}


def _is_enough(handoff: HandOffFinding) -> bool:
    """By what the figure rests on, and says so: passes of a log do not make one rating likely."""
    if handoff.basis != Basis.MEASURED and handoff.ratings:
        return handoff.ratings >= LIKELY_FROM_RATINGS
    # a figure given as such, without counts, was released only because enough people stand behind it
    return not handoff.passes or handoff.passes >= LIKELY_FROM_PASSES


def assumed_sentence(finding: Bottlenecks) -> str:
    """How many hand-offs nobody has rated, and where to ask first; of a release, how many are not shown. Else empty."""
    unknown = finding.ask_next
    if not unknown or not finding.analysed:
        return ""
    if finding.released:
        said = ngettext(
            "%(unknown)s of %(total)s hand-offs between teams is not shown and taken as average.",
            "%(unknown)s of %(total)s hand-offs between teams are not shown and taken as average.",
            len(unknown),
        )
        return said % {"unknown": len(unknown), "total": len(finding.handoffs)}
    count = ngettext(
        "%(unknown)s of %(total)s hand-offs is only assumed to be average: nobody has rated it.",
        "%(unknown)s of %(total)s hand-offs are only assumed to be average: nobody has rated them.",
        len(unknown),
    ) % {"unknown": len(unknown), "total": len(finding.handoffs)}
    ask = _("Ask first what arrives %(place)s.") % {"place": between(unknown[0], party_names(finding))}
    return f"{count} {ask}"


def next_step(finding: Bottlenecks) -> str:
    """What to do when there is nothing to analyse yet. Empty once there is."""
    if not finding.parties:
        return _("Next step: enter the people and who hands work to whom, or import them from a file.")
    if not finding.handoffs:
        return _("Next step: enter who hands work to whom, or import it from a file.")
    if not finding.analysed:
        return _(
            "Next step: ask those who receive work, “How much of what you need to serve your customer did you get?”, "
            "or import their ratings or an event log."
        )
    if finding.chain_yield is None:
        return _("Next step: give at least one person a capacity above 0.")
    return ""


def main_chain_sentence(steps: Sequence[ChainStep], names: Mapping[str, str]) -> str:
    """A party's main chain in a sentence: how much arrives at its end and where most is lost. Empty without steps."""
    if not steps:
        return ""
    arriving = _("Of every 100 units %(first)s hands on towards %(last)s, %(left)s arrive.") % {
        "first": _name(names, steps[0].supplier),
        "last": _name(names, steps[-1].customer),
        "left": of_hundred(steps[-1].left),
    }
    before = [1.0, *(step.left for step in steps[:-1])]
    losses = [start - step.left for start, step in zip(before, steps, strict=True)]
    lost = max(losses)
    if lost <= 0:
        return arriving
    worst = losses.index(lost)
    leak = _("Most is lost between %(supplier)s and %(customer)s: %(lost)s.") % {
        "supplier": _name(names, steps[worst].supplier),
        "customer": _name(names, steps[worst].customer),
        "lost": of_hundred(lost),
    }
    return f"{arriving} {leak}"


def structure_sentences(finding: Bottlenecks) -> list[str]:
    """What the shape of the chain says without any rating, one sentence a finding."""
    names, structure = party_names(finding), finding.structure
    said = []
    if structure.dead_ends:
        count = len(structure.dead_ends)
        text = ngettext(
            "The work of %(count)s has no way to an end customer: %(names)s.",
            "The work of %(count)s has no way to an end customer: %(names)s.",
            count,
        )
        said.append(text % {"count": count, "names": _listed(structure.dead_ends, names)})
    if structure.customers_without_supplier:
        count = len(structure.customers_without_supplier)
        text = ngettext(
            "%(count)s end customer receives nothing: %(names)s.",
            "%(count)s end customers receive nothing: %(names)s.",
            count,
        )
        said.append(text % {"count": count, "names": _listed(structure.customers_without_supplier, names)})
    if structure.cycles:
        largest = structure.cycles[0].parties
        text = ngettext(
            "Work can go round in a loop of %(count)s: %(names)s.",
            "Work can go round in a loop of %(count)s: %(names)s.",
            len(largest),
        )
        said.append(text % {"count": len(largest), "names": _listed(largest, names)})
    if structure.single_points:
        point = structure.single_points[0]
        text = ngettext(
            "Everything that %(count)s other does for end customers goes through %(name)s.",
            "Everything that %(count)s others do for end customers goes through %(name)s.",
            len(point.blocks),
        )
        said.append(text % {"count": len(point.blocks), "name": _name(names, point.party)})
    return said


def _name(names: Mapping[str, str], party: str) -> str:
    return clean_text(names.get(party, party))


def _listed(ids: Sequence[str], names: Mapping[str, str]) -> str:
    shown = ", ".join(_name(names, party) for party in ids[:_NAMES_IN_A_SENTENCE])
    more = len(ids) - _NAMES_IN_A_SENTENCE
    return shown if more <= 0 else _("%(names)s and %(count)s more") % {"names": shown, "count": more}
