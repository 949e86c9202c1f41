"""What a closed round shows, and to whom: the two sides their ratings, everybody else findings or the release."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from chainmap.access import NotFound, Operator, User, can, require
from chainmap.domain.answers import Level, Place, group_by_level
from chainmap.domain.cards import Card
from chainmap.domain.cells import CellKey, Table
from chainmap.domain.icare import CareProfile, find_care_profile
from chainmap.domain.mirror import MirrorGap, find_mirror_gap
from chainmap.domain.moments import (
    CoachingRules,
    CoachingView,
    MomentBalance,
    apply_coaching_rules,
    find_moment_balance,
)
from chainmap.domain.nps import NetPromoterScore
from chainmap.domain.reasons import ReasonProfile, ScoredReason, find_reasons
from chainmap.domain.release import ReleasedCell
from chainmap.domain.roles import Action
from chainmap.domain.shares import Shares
from chainmap.domain.told_groups import Said
from chainmap.models import Answer, HandOff, MirrorGuess, Organization, Party, Rating, Round
from chainmap.services.parties import party_of_user
from chainmap.services.releases import Extras, release_extras, release_of, release_table
from chainmap.services.structure import structure_of

#: Tables everybody with the right sees; of the fifth each supplier sees the own cell.
_TEAM_TABLES = (Table.ORGANIZATION, Table.RATER_TEAM, Table.SUPPLIER_TEAM, Table.LINK)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a group of answers says together."""

    nps: NetPromoterScore
    care: CareProfile
    reasons: ReasonProfile
    moments: MomentBalance
    coaching: CoachingView


@dataclass(frozen=True, slots=True)
class SignedAnswer:
    """One answer of an open or pair round, for those who may see it. ``rating`` is None for "not this period"."""

    rating: int | None
    handoff: int
    rater: int
    giver: int
    supplier: str
    customer: str
    deliverable: str
    card: Card
    guess: int | None
    gap: MirrorGap | None
    shared_by_rater: bool
    shared_by_supplier: bool


@dataclass(frozen=True, slots=True)
class OwnResults:
    """What concerns one person: what others said of what they hand over, and what they said themselves."""

    received: tuple[SignedAnswer, ...] = ()
    given: tuple[SignedAnswer, ...] = ()
    profile: Profile | None = None
    cell: ReleasedCell | None = None
    comments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandOffResult:
    """One hand-off of an open round, with names: for coach and managers."""

    answers: tuple[SignedAnswer, ...]
    profile: Profile

    @property
    def first(self) -> SignedAnswer:
        """All answers are about the same hand-off."""
        return self.answers[0]


@dataclass(frozen=True, slots=True)
class CellRow:
    """One released cell with its names: ``name`` is the team; of a link supplier and ``other_name`` customer."""

    table: Table
    name: str
    other_name: str
    cell: ReleasedCell
    shares: Shares | None
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundResults:
    """The results of a round for one reader. ``state``: not_closed, computing or ready; ``version`` they are of.

    ``too_few``: whether something of an open round was left out for somebody who may not see single answers.
    """

    state: str
    version: int = 0
    organization: Profile | None = None
    teams: tuple[tuple[str, Profile], ...] = ()
    handoffs: tuple[HandOffResult, ...] = ()
    cells: tuple[CellRow, ...] = ()
    shared: tuple[SignedAnswer, ...] = ()
    too_few: bool = False


def results_state(*, round: Round) -> str:
    """Whether there is something to show: also of an earlier version while the round is open again."""
    if round.is_protected and round.state == Round.State.CLOSED:
        published = round.releases.filter(version=round.version).exists()
        return "ready" if published or not round.asks.exists() else "computing"
    if round.state == Round.State.CLOSED or round.releases.exists():
        return "ready"
    return "ready" if not round.is_protected and round.version > 1 else "not_closed"


def own_results_find(*, actor: User, round: Round) -> OwnResults | None:
    """What the reader may see as one of the two sides; None for whoever is no party here, or before closing."""
    require(actor, Action.SEE_ROUNDS, round.organization)
    party = party_of_user(user=actor, organization=round.organization)
    if party is None or results_state(round=round) != "ready":
        return None
    if round.mode == Round.Mode.ANONYMOUS:
        return _own_cell(round, party)
    is_closed = round.state == Round.State.CLOSED
    received = _signed(round, Rating.objects.visible_to(actor).filter(handoff__supplier=party))
    given = _signed(round, Rating.objects.visible_to(actor).filter(rater=party), guesses=False)
    own = _own_cell(round, party) if round.is_protected else OwnResults()
    return OwnResults(
        received=received,
        given=given,
        # while it is open again reasons and moments are not told, and would seem not to have been given
        profile=_profile([one.card for one in received], round.organization) if received and is_closed else None,
        cell=own.cell,
        comments=own.comments,
    )


def round_results_find(*, actor: User | Operator, round: Round) -> RoundResults:
    """What everybody with a role may see, and what this reader's roles add."""
    require(actor, Action.SEE_RELEASE, round.organization)
    state = results_state(round=round)
    if state != "ready":
        return RoundResults(state)
    if round.is_protected:
        return _released(actor, round)
    answers = _signed(round, Rating.objects.in_open_rounds(), guesses=False)
    if not answers:
        return RoundResults(state, round.version)
    return _open(actor, round, answers)


def _open(actor: User | Operator, round: Round, answers: tuple[SignedAnswer, ...]) -> RoundResults:
    """Everybody has the chain by person; what was ticked is told hand-off by hand-off to those who may see names, and
    to the others of groups alone."""
    placed = _placed(round, answers)
    teams = sorted(group_by_level(placed, Level.TEAM).items(), key=lambda pair: str(pair[0]))
    handoffs: list[HandOffResult] = []
    tells_all = True
    if can(actor, Action.SEE_OPEN_RATINGS, round.organization):
        handoffs = [
            HandOffResult(tuple(group), _profile([one.card for one in group], round.organization))
            for group in group_by_level(placed, Level.HANDOFF).values()
        ]
    else:
        said = Said((team, one.giver, one.rater) for team, group in teams for one in group)
        told, tells_all = said.told_to(_party_of(actor, round), fewest=round.k)
        teams = [(team, group) for team, group in teams if team in told]
    return RoundResults(
        "ready",
        round.version,
        organization=_profile([one.card for one in answers], round.organization) if tells_all else None,
        teams=tuple((str(team), _profile([one.card for one in group], round.organization)) for team, group in teams),
        handoffs=tuple(handoffs),
        too_few=sum(len(group) for _team, group in teams) < len(answers),
    )


def _party_of(actor: User | Operator, round: Round) -> int | None:
    own = None if isinstance(actor, Operator) else party_of_user(user=actor, organization=round.organization)
    return None if own is None else own.pk


def rating_share(*, actor: User, round: Round, rating: int, shared: bool) -> None:
    """The supplier's tick "share with the coach" under a rating of a pair round. Raises NotFound for anybody else."""
    require(actor, Action.SEE_OWN_RATINGS, round.organization)
    with transaction.atomic():
        found = (
            Rating.objects.visible_to(actor)
            .filter(pk=rating, round=round, round__mode=Round.Mode.PAIR, handoff__supplier__user__pk=actor.pk or 0)
            .first()
        )
        if found is None:
            raise NotFound
        Rating.objects.filter(pk=found.pk).update(shared_by_supplier=shared)


def _released(actor: User | Operator, round: Round) -> RoundResults:
    release = release_of(round=round)
    if release is None:
        return RoundResults("ready")
    extras, names = release_extras(release), structure_of(round=round).names
    rows = []
    for cell in release_table(release).cells:
        if cell.table in _TEAM_TABLES:
            rows.append(_cell_row(actor, round.organization, cell, extras, names))
    shared: tuple[SignedAnswer, ...] = ()
    if not isinstance(actor, Operator) and can(actor, Action.SEE_SHARED_RATINGS, round.organization):
        ticked = Rating.objects.visible_to(actor).filter(shared_by_rater=True, shared_by_supplier=True)
        shared = _signed(round, ticked, guesses=False)
    return RoundResults("ready", release.version, cells=tuple(rows), shared=shared)


def _cell_row(
    actor: User | Operator, organization: Organization, cell: ReleasedCell, extras: Extras, names: Mapping[str, str]
) -> CellRow:
    key = CellKey(cell.table, cell.key)
    named = [names.get(str(part), str(part)) for part in cell.key] + ["", ""]
    may_read = {
        Table.ORGANIZATION: Action.SEE_ORGANIZATION_COMMENTS,
        Table.SUPPLIER_TEAM: Action.SEE_TEAM_COMMENTS,
    }.get(cell.table)
    comments: tuple[str, ...] = ()
    if may_read is not None and key in extras.comments and can(actor, may_read, organization):
        comments = extras.comments[key]
    return CellRow(cell.table, named[0], named[1], cell, extras.shares.get(key), comments)


def _own_cell(round: Round, party: Party) -> OwnResults:
    release = release_of(round=round)
    if release is None:
        return OwnResults()
    cell = release_table(release).cell(Table.SUPPLIER, party.pk)
    comments = release_extras(release).comments.get(CellKey(Table.SUPPLIER, (party.pk,)), ())
    return OwnResults(cell=cell, comments=tuple(comments))


def _signed(round: Round, ratings: object, *, guesses: bool = True) -> tuple[SignedAnswer, ...]:
    """The ratings with their cards. ``guesses``: with the mirror, which is the supplier's own."""
    rows = list(
        ratings.filter(round=round)  # type: ignore[attr-defined]
        .select_related("handoff__supplier", "handoff__customer", "rater")
        .order_by("handoff__supplier__name", "rater__name", "handoff__deliverable", "pk")
    )
    answers = Answer.objects.filter(ask__round=round).select_related("ask")
    if round.state == Round.State.OPEN:  # open again: to leave out some cards alone would tell who answers anew
        answers = answers.none()
    cards = {
        (answer.ask.handoff_id, answer.ask.rater_id): Card.from_row(answer.score, answer.marks, answer.texts)
        for answer in answers
    }
    guessed: dict[int, int] = {}
    if guesses:
        guessed = dict(MirrorGuess.objects.filter(round=round).values_list("handoff_id", "guess"))
    return tuple(_signed_answer(row, cards, guessed) for row in rows)


def _signed_answer(row: Rating, cards: Mapping[tuple[int, int], Card], guessed: Mapping[int, int]) -> SignedAnswer:
    guess = guessed.get(row.handoff_id)
    card = cards.get((row.handoff_id, row.rater_id)) or Card(score=round(row.score))
    return SignedAnswer(
        rating=row.pk,
        handoff=row.handoff_id,
        rater=row.rater_id,
        giver=row.handoff.supplier_id,
        supplier=row.handoff.supplier.name,
        customer=row.rater.name,
        deliverable=row.handoff.deliverable,
        card=card,
        guess=guess,
        gap=find_mirror_gap(guess, [row.score]),
        shared_by_rater=row.shared_by_rater,
        shared_by_supplier=row.shared_by_supplier,
    )


def _placed(round: Round, answers: Iterable[SignedAnswer]) -> list[tuple[Place, SignedAnswer]]:
    """Each answer with the hand-off and the team, at opening, of the giving party."""
    names = structure_of(round=round).names
    listed = list(answers)
    # imported rounds asked nobody and froze nothing: the teams of today
    # also those that were taken out since
    handoffs = HandOff.everything.filter(pk__in={one.handoff for one in listed})
    team_of = {pk: team or "" for pk, team in handoffs.values_list("pk", "supplier__team__name")}
    team_of |= {pk: names.get(key, key) for pk, key in round.asks.values_list("handoff_id", "supplier_team")}
    return [(Place(one.handoff, one.supplier, team_of[one.handoff]), one) for one in listed]


def _profile(cards: Iterable[Card], organization: Organization) -> Profile:
    listed = list(cards)
    moments = find_moment_balance(card.moment for card in listed)
    rules = CoachingRules(
        magic_for_one_misery=organization.magic_for_one_misery,
        told_of_misery=organization.told_of_misery,
        told_of_magic=organization.told_of_magic,
    )
    return Profile(
        nps=NetPromoterScore.of_scores(card.score for card in listed),
        care=find_care_profile(card.care for card in listed),
        reasons=find_reasons(ScoredReason(card.score, card.reason) for card in listed if card.score is not None),
        moments=moments,
        coaching=apply_coaching_rules(moments, rules),
    )
