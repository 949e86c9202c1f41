"""A walk in words and whole numbers: the same on page, table and picture, in the reader's language.

The numbers of one walk add up: of 100 units, what is lost at each step, what goes other ways and what arrives are
rounded together. Names come cleaned but not escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chainmap.domain.findings import Basis
from chainmap.domain.walks import Amounts, Fork, ForkKind, Walk, WalkStep, whole_parts
from chainmap.exports.plain_text import clean_text
from chainmap.exports.report_figures import plural_of

_NOTHING = 1e-9


@dataclass(frozen=True, slots=True)
class ForkSaid:
    """Another way at one step, in a sentence. ``can_follow``: the walk may turn there."""

    party: str  # id
    name: str
    sentence: str
    can_follow: bool


@dataclass(frozen=True, slots=True)
class StepSaid:
    """One step in words. The four numbers are "" while nothing is known of yields."""

    number: int  # from 1
    supplier: str
    customer: str
    sentence: str
    before: str
    lost: str
    elsewhere: str
    left: str
    inside: str  # a sentence about what is lost inside a team, or ""
    sure: str  # what the figures rest on, where that is nobody's word; else ""
    deliverables: tuple[str, ...]
    forks: tuple[ForkSaid, ...]
    amounts: Amounts | None
    is_worst: bool


@dataclass(frozen=True, slots=True)
class WalkSaid:
    """A walk in words. ``headline`` is about the whole of it, ``supporting`` says where the rest is."""

    start: str
    end: str
    opening: str
    headline: str
    supporting: str
    steps: tuple[StepSaid, ...]
    left: str
    lost: str
    elsewhere: str
    is_known: bool
    reaches_end: bool


def walk_said(walk: Walk, names: Mapping[str, str], *, released: bool = False) -> WalkSaid:
    """Everything a page, a table or a picture says of a walk.

    ``names``: id -> name of the parties, any text. ``released``: the figures come from a release, where what nobody
    may see is taken as average.
    """
    parts = [part for step in walk.steps if step.amounts for part in (step.amounts.lost, step.amounts.elsewhere)]
    whole = whole_parts([*parts, walk.left])
    steps, before = [], 100
    for place, step in enumerate(walk.steps):
        lost, elsewhere = (whole[2 * place], whole[2 * place + 1]) if step.amounts else (0, 0)
        said = _step_said(step, place, (before, lost, elsewhere), names, released=released)
        steps.append(_marked(said) if walk.worst == place else said)
        before -= lost + elsewhere
    lost_sum, elsewhere_sum = sum(whole[0:-1:2]), sum(whole[1:-1:2])
    left = _count(before, walk.left)
    return WalkSaid(
        start=_name(names, walk.start),
        end=_name(names, walk.end),
        opening=_("100 units of work are at %(name)s. How many reach the end customer?")
        % {"name": _name(names, walk.start)},
        headline=_headline(walk, names, left),
        supporting=_supporting(walk, steps, elsewhere_sum, released=released),
        steps=tuple(steps),
        left=left,
        lost=_count(lost_sum, walk.lost),
        elsewhere=_count(elsewhere_sum, walk.elsewhere),
        is_known=walk.is_known,
        reaches_end=walk.reaches_end,
    )


def suggestion_words(walk: Walk, names: Mapping[str, str], *, released: bool = False) -> tuple[str, str]:
    """Why this walk is worth taking: where most of it is lost, and how much is lost on all of it; where a part of that
    is assumed, how much is lost there by what people said."""
    said = walk_said(walk, names)
    worst = said.steps[walk.worst or 0]
    place = _("Between %(supplier)s and %(customer)s") % {"supplier": worst.supplier, "customer": worst.customer}
    if walk.assumed > _NOTHING:
        found = worst.amounts.found if worst.amounts else 0.0
        values = {"start": said.start, "lost": _count(round(100 * found), found), "end": said.end}
        text = ngettext(
            "Of every 100 units of work at %(start)s, %(lost)s is lost here, on the way to %(end)s.",
            "Of every 100 units of work at %(start)s, %(lost)s are lost here, on the way to %(end)s.",
            plural_of(values["lost"]),
        )
        told = text % values
        rest = _("What is not shown is not counted.") if released else _("What nobody has rated yet is not counted.")
        return place, f"{told} {rest}"
    told = ngettext(
        "Of every 100 units of work at %(start)s, %(lost)s is lost on the way to %(end)s, most of it here.",
        "Of every 100 units of work at %(start)s, %(lost)s are lost on the way to %(end)s, the most of them here.",
        plural_of(said.lost),
    ) % {
        "start": said.start,
        "lost": said.lost,
        "end": said.end,
    }
    return place, told


def _headline(walk: Walk, names: Mapping[str, str], left: str) -> str:
    values = {"start": _name(names, walk.start), "end": _name(names, walk.end), "left": left}
    if not walk.steps:
        if walk.reaches_end:
            return _("%(start)s is an end customer: every walk ends here.") % values
        return _("From %(start)s no way leads on to an end customer.") % values
    if not walk.reaches_end:
        return _("From %(start)s this way ends at %(end)s: from there none leads on to an end customer.") % values
    if not walk.is_known:
        return _("From %(start)s to %(end)s: how much arrives nobody has said yet.") % values
    text = ngettext(
        "Of every 100 units of work at %(start)s, %(left)s reaches %(end)s on this way.",
        "Of every 100 units of work at %(start)s, %(left)s reach %(end)s on this way.",
        plural_of(left),
    )
    return text % values


def _supporting(walk: Walk, steps: Sequence[StepSaid], elsewhere: int, *, released: bool) -> str:
    if not walk.is_known:
        return ""
    said = []
    said.append(_most_lost(walk, steps, released=released))
    if walk.elsewhere > _NOTHING:
        reaches = _count(round(100 * walk.elsewhere_reaches), walk.elsewhere_reaches)
        said.append(
            _("%(elsewhere)s go other ways, on which %(reaches)s more reach an end customer.")
            % {"elsewhere": _count(elsewhere, walk.elsewhere), "reaches": reaches}
        )
    return " ".join(said)


def _most_lost(walk: Walk, steps: Sequence[StepSaid], *, released: bool) -> str:
    """Where most is lost, by what people said; what is assumed is named as what it is."""
    if walk.worst is None:
        if walk.assumed <= _NOTHING:
            return _("Nothing is lost on this way.")
        if released:
            return _("What is lost on this way is not shown, and taken as average.")
        return _("What is lost on this way nobody has rated yet: it is taken as average.")
    worst = steps[walk.worst]
    values = {"supplier": worst.supplier, "customer": worst.customer, "lost": worst.lost}
    if walk.assumed > _NOTHING and worst.amounts:
        values["lost"] = _count(round(100 * worst.amounts.found), worst.amounts.found)
    if walk.assumed <= _NOTHING:
        return _("Most is lost between %(supplier)s and %(customer)s: %(lost)s.") % values
    if released:
        return _("Of what is shown, most is lost between %(supplier)s and %(customer)s: %(lost)s.") % values
    return _("Of what people rated, most is lost between %(supplier)s and %(customer)s: %(lost)s.") % values


def _step_said(
    step: WalkStep, place: int, counts: tuple[int, int, int], names: Mapping[str, str], *, released: bool
) -> StepSaid:
    before, lost, elsewhere = counts
    amounts, supplier, customer = step.amounts, _name(names, step.supplier), _name(names, step.customer)
    figures = ("", "", "", "")
    if amounts is not None:
        figures = (
            _count(before, amounts.before),
            _count(lost, amounts.lost),
            _count(elsewhere, amounts.elsewhere),
            _count(before - lost - elsewhere, amounts.left),
        )
    return StepSaid(
        place + 1,
        supplier,
        customer,
        _step_sentence(amounts, supplier, customer, figures),
        *figures,
        inside=_inside_sentence(amounts, supplier),
        sure=_sure(step, released=released),
        deliverables=tuple(dict.fromkeys(clean_text(one.deliverable) for one in step.handoffs if one.deliverable)),
        forks=_forks_said(step.forks, names, elsewhere, is_known=amounts is not None),
        amounts=amounts,
        is_worst=False,
    )


def _marked(said: StepSaid) -> StepSaid:
    values = {name: getattr(said, name) for name in StepSaid.__dataclass_fields__}
    return StepSaid(**values | {"is_worst": True})


def _step_sentence(amounts: Amounts | None, supplier: str, customer: str, figures: Sequence[str]) -> str:
    values = {"supplier": supplier, "customer": customer, "lost": figures[1], "left": figures[3]}
    if amounts is None:
        return _("From %(supplier)s to %(customer)s: how much arrives nobody has said yet.") % values
    if amounts.lost <= _NOTHING:
        text = ngettext(
            "Between %(supplier)s and %(customer)s nothing is lost; %(left)s of 100 is left.",
            "Between %(supplier)s and %(customer)s nothing is lost; %(left)s of 100 are left.",
            plural_of(figures[3]),
        )
        return text % values
    is_lost = ngettext("%(lost)s of 100 is lost", "%(lost)s of 100 are lost", plural_of(figures[1])) % values
    are_left = ngettext("%(left)s is left", "%(left)s are left", plural_of(figures[3])) % values
    values |= {"is_lost": is_lost, "are_left": are_left}
    return _("Between %(supplier)s and %(customer)s %(is_lost)s; %(are_left)s.") % values


def _inside_sentence(amounts: Amounts | None, supplier: str) -> str:
    if amounts is None or amounts.inside <= _NOTHING:
        return ""
    figure = _count(round(100 * amounts.inside), amounts.inside)
    text = ngettext(
        "Of it, %(inside)s is lost inside %(supplier)s, where work goes round between its own people.",
        "Of it, %(inside)s are lost inside %(supplier)s, where work goes round between its own people.",
        plural_of(figure),
    )
    return text % {"inside": figure, "supplier": supplier}


def _sure(step: WalkStep, *, released: bool) -> str:
    if step.amounts is None or not all(one.basis == Basis.ASSUMED for one in step.handoffs):
        return ""
    if released:
        return _("How much arrives here is not shown, and taken as average.")
    return _("Nobody has rated this yet: it is taken as average.")


def _forks_said(
    forks: Sequence[Fork], names: Mapping[str, str], elsewhere: int, *, is_known: bool
) -> tuple[ForkSaid, ...]:
    whole = whole_parts([fork.amount for fork in forks], elsewhere)
    return tuple(
        ForkSaid(
            fork.party,
            _name(names, fork.party),
            _fork_sentence(fork, _name(names, fork.party), _count(part, fork.amount) if is_known else ""),
            fork.kind != ForkKind.BACK,
        )
        for fork, part in zip(forks, whole, strict=True)
    )


def _fork_sentence(fork: Fork, name: str, amount: str) -> str:
    values = {"amount": amount, "name": name}
    if fork.kind == ForkKind.BACK:
        if not amount:
            return _("Some goes back to %(name)s: the work goes round.") % values
        return _("%(amount)s of 100 go back to %(name)s: the work goes round.") % values
    if fork.kind == ForkKind.NOWHERE:
        if not amount:
            return _("Some goes to %(name)s, from where no way leads on to an end customer.") % values
        return _("%(amount)s of 100 go to %(name)s, from where no way leads on to an end customer.") % values
    if not amount:
        return _("Some goes another way: to %(name)s.") % values
    return _("%(amount)s of 100 go another way: to %(name)s.") % values


def _count(whole: int, exact: float) -> str:
    """A whole number of 100, never a flat 0 or 100 that is not one."""
    if whole <= 0 and exact > _NOTHING:
        return _("less than 1")
    if whole >= 100 and exact < 1 - _NOTHING:
        return _("more than 99")
    return number_format(max(whole, 0), 0)


def _name(names: Mapping[str, str], party: str) -> str:
    return clean_text(names.get(party, party)) or "?"
