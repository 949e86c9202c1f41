"""Walk the chain: the ways of a finding with words and figures, as one reader may see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

from chainmap.access import NotFound, Operator, User, require
from chainmap.domain.findings import Bottlenecks, PartyFinding
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Action
from chainmap.domain.walks import Suggestion, Walk, WalkError, Walks
from chainmap.exports import words
from chainmap.exports.plain_text import clean_text
from chainmap.exports.walk_picture import walk_start_svg, walk_step_svg, walk_whole_svg
from chainmap.exports.walk_words import WalkSaid, suggestion_words, walk_said
from chainmap.models import Organization, Party, Round
from chainmap.services.parties import party_of_user
from chainmap.services.purposes import purpose_texts
from chainmap.services.shown_findings import Shown, finding_shown
from chainmap.services.walk_sayings import Quote, quotes_find

#: Findings whose walks are kept at a time.
_KEPT = 4
#: Parties found by name that are shown.
MOST_FOUND = 20
#: Words of one hand-off that have room beside its picture on a projector.
MOST_ALOUD = 2


class WayGone(Exception):  # noqa: N818 - what happened, not a mistake
    """The way that was asked for is not in the chain any more."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Somebody to begin with. ``place`` and ``sentence`` say why, where there is something to say."""

    party: PartyFinding
    name: str
    place: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class WalkStart:
    """Where a walk may begin: the reader's own place, the walks with the largest loss, who was found by name."""

    shown: Shown
    own: Begin | None
    suggested: tuple[Begin, ...]
    found: tuple[Begin, ...]
    total: int  # how many were found

    @property
    def further(self) -> int:
        return self.total - len(self.found)


@dataclass(frozen=True, slots=True)
class WalkSeen:
    """One walk as a reader sees it. ``quotes`` and ``keys`` have an entry a step, ``keys`` one more."""

    shown: Shown
    walk: Walk
    said: WalkSaid
    keys: tuple[int, ...]  # numbers of the parties, the first one included
    quotes: tuple[tuple[Quote, ...], ...]
    last_team: str  # whose purpose it is
    last_purpose: str  # of the team that hands over to the end customer
    purpose: str  # of the organization


def walk_start(
    *, actor: User | Operator, organization: Organization, round: Round | None = None, find: str = ""
) -> WalkStart:
    """What there is to begin with; ``find`` keeps parties with these letters in their name.

    Raises NotFound for a stranger and for a round without results, SolverError as in ``services/analysis.py``.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    shown = finding_shown(actor=actor, organization=organization, round=round)
    names = words.party_names(shown.finding)
    own = None if isinstance(actor, Operator) else party_of_user(user=actor, organization=organization)
    own_party = shown.party_of(own)
    looked_for = clean_text(find, 100).casefold()
    found = [one for one in _starts(shown.finding) if looked_for and looked_for in names[one.id].casefold()]
    found.sort(key=lambda one: (not names[one.id].casefold().startswith(looked_for), names[one.id].casefold(), one.id))
    return WalkStart(
        shown,
        None if own_party is None else Begin(own_party, names[own_party.id]),
        tuple(suggested_walks(shown.finding)),
        tuple(Begin(one, names[one.id]) for one in found[:MOST_FOUND]),
        len(found),
    )


def suggested_walks(finding: Bottlenecks) -> list[Begin]:
    """The three walks on which most is found to be lost, each because of another hand-off that people rated."""
    names = words.party_names(finding)
    parties = {party.id: party for party in finding.parties}
    walks = [one.walk for one in _suggested(_Same(finding))]
    return [
        Begin(parties[walk.start], names[walk.start], *suggestion_words(walk, names, released=finding.released))
        for walk in walks
    ]


def walk_find(
    *,
    actor: User | Operator,
    organization: Organization,
    party: int,
    round: Round | None = None,
    finding: Shown | None = None,
    way: Sequence[int] = (),
    aloud: bool = False,
) -> WalkSeen:
    """The walk from a party to the end customer, first along ``way`` (numbers of parties), then where most goes.

    ``finding``: one that was found already; else that of ``round``, or of all open rounds. ``aloud``: for a room, with
    words everybody in it may hear alone. Raises NotFound for a stranger and an unknown party, WayGone for a way that
    is not there, SolverError as in ``services/analysis.py``.
    """
    require(actor, Action.SEE_BOTTLENECKS, organization)
    shown = finding or finding_shown(actor=actor, organization=organization, round=round, by_person=round is None)
    ids = {one.key: one.id for one in shown.finding.parties}
    if party not in ids:
        raise NotFound
    try:
        walk = _walks(_Same(shown.finding)).walk(ids[party], [ids[key] for key in way])
    except (KeyError, WalkError) as error:
        raise WayGone from error
    keys = {one.id: one.key for one in shown.finding.parties}
    team, purpose = _last_purpose(actor, organization, shown, walk)
    return WalkSeen(
        shown,
        walk,
        walk_said(walk, words.party_names(shown.finding), released=shown.finding.released),
        tuple(keys[one] for one in walk.parties),
        _quotes(actor, shown, walk, aloud=aloud),
        team,
        purpose,
        shown.mask(purpose_texts(actor=actor, organization=organization).organization),
    )


def walk_context(seen: WalkSeen, step: int | None, *, tight: bool = False) -> dict[str, object]:
    """What a template shows of one step; 0 is the beginning, None the whole walk. ``tight``: for a projector."""
    said = seen.said
    common: dict[str, object] = {"seen": seen, "said": said, "step": step, "stops": _stops(said, step)}
    if step is None:
        whole = _picture(walk_whole_svg(said, tight=tight))
        return common | {"title": said.headline, "supporting": said.supporting, "picture": whole}
    if step == 0:
        title = said.opening if said.is_known else said.headline
        return common | {"title": title, "picture": _picture(walk_start_svg(said, tight=tight))}
    at, is_last = said.steps[step - 1], step == len(said.steps)
    return common | {
        "at": at,
        "title": at.sentence,
        "arrived": said.headline if is_last else "",
        "picture": _picture(walk_step_svg(at, tight=tight)),
        "quotes": [(quote.kind.value, quote.text) for quote in seen.quotes[step - 1][: MOST_ALOUD if tight else None]],
        "is_last": is_last,
    }


def _stops(said: WalkSaid, step: int | None) -> list[tuple[str, str, bool, bool]]:
    """(name, what is left there, whether it is reached, whether it is the one that is shown) of each stop."""
    named = [(said.start, "100"), *((one.customer, one.left) for one in said.steps)]
    return [
        (name, left if said.is_known else "", step is None or place <= step, place == step)
        for place, (name, left) in enumerate(named)
    ]


def _picture(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 - every name is escaped where it is drawn


class _Same:
    """A finding as a key: the very same object, which the analysis keeps as long as the data stay as they are."""

    def __init__(self, finding: Bottlenecks) -> None:
        self.finding = finding

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.finding is self.finding

    def __hash__(self) -> int:
        return id(self.finding)


@lru_cache(maxsize=_KEPT)
def _walks(same: _Same) -> Walks:
    return Walks(same.finding)


@lru_cache(maxsize=_KEPT)
def _suggested(same: _Same) -> list[Suggestion]:
    """Of 100,000 hand-offs in two seconds, so not at every look."""
    return _walks(same).suggestions()


def _starts(finding: Bottlenecks) -> list[PartyFinding]:
    return [party for party in finding.parties if party.kind != PartyKind.END_CUSTOMER]


def _quotes(actor: User | Operator, shown: Shown, walk: Walk, *, aloud: bool) -> tuple[tuple[Quote, ...], ...]:
    """What is said at each step; nothing where the parties are teams: their words are not told by hand-off."""
    if shown.finding.by_team:
        return tuple(() for _step in walk.steps)
    said: Mapping[int, tuple[Quote, ...]] = quotes_find(
        actor=actor,
        handoffs=[one.key for step in walk.steps for one in step.handoffs],
        round=shown.round,
        workshop=shown.workshop,
        aloud=aloud or shown.hides_names,
    )
    return tuple(
        tuple(Quote(quote.kind, shown.mask(quote.text)) for one in step.handoffs for quote in said.get(one.key, ()))
        for step in walk.steps
    )


def _last_purpose(actor: User | Operator, organization: Organization, shown: Shown, walk: Walk) -> tuple[str, str]:
    """The team that hands over to the end customer, and what it is here for; "" where there is none."""
    if not walk.steps or not walk.reaches_end:
        return "", ""
    last = walk.steps[-1].supplier
    wanted: dict[str, object] = {"code": last}
    if shown.finding.by_team:
        wanted = {"team": int(last[1:])} if last[:1] == "t" and last[1:].isdecimal() else {"pk": None}
    row = Party.objects.filter(organization=organization, **wanted).select_related("team").first()
    if row is None or row.team is None:
        return "", ""
    purpose = purpose_texts(actor=actor, organization=organization).teams.get(row.team.pk, "")
    return ("" if shown.finding.by_team and shown.hides_names else clean_text(row.team.name)), shown.mask(purpose)
