"""What closing a round leaves behind: signed ratings for the two sides, one immutable release for everybody else.

The work is done after the round was closed, outside of the transaction that closed it: the answers cannot change any
more, and nobody has to wait while a pair round of 150 people is examined.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from chainmap.domain.cells import Answer as CellAnswer
from chainmap.domain.cells import CellKey, Table
from chainmap.domain.comments import raters_for_comments, release_comments
from chainmap.domain.confidentiality import Selection, TooFewChangesError, changed_raters
from chainmap.domain.release import ProtectedRating, fill_cells
from chainmap.domain.release import Release as ReleaseTable
from chainmap.domain.shares import Shares, find_shares
from chainmap.domain.small_groups import choose_counted
from chainmap.models import Ask, Rating, Release, Round, SealedAnswer
from chainmap.services.answers import StoredAnswer, answers_find
from chainmap.services.journal import journal_empty
from chainmap.services.moments import moments_of_round

#: Numbers of raters in an anonymous round start here, far above the number of any party.
_FIRST_UNNAMED = 2**40


@dataclass(frozen=True, slots=True)
class Extras:
    """What a release says besides the numbers, by cell: comments in no order, and shares of the chips."""

    comments: Mapping[CellKey, tuple[str, ...]]
    shares: Mapping[CellKey, Shares]


@dataclass(frozen=True, slots=True)
class _Given:
    """One answer with a score, and the number that stands for its rater."""

    ask: Ask
    rater: int
    score: int
    stored: StoredAnswer

    @property
    def cells(self) -> tuple[CellKey, ...]:
        return self.rating.answer.cells

    @property
    def rating(self) -> ProtectedRating:
        return ProtectedRating(
            rater=self.rater,
            rater_team=self.ask.rater_team,
            supplier=self.ask.handoff.supplier_id,
            supplier_team=self.ask.supplier_team,
            score=self.score,
            deliverable=str(self.ask.handoff_id),
            version=self.stored.given_in,
        )


def releases_missing() -> list[int]:
    """Closed protected rounds whose results are still to be worked out: a process that ended in the middle."""
    closed = Round.objects.filter(state=Round.State.CLOSED, asks__isnull=False).exclude(mode=Round.Mode.OPEN).distinct()
    return [round.pk for round in closed if not round.releases.filter(version=round.version).exists()]


def release_publish(*, round_pk: int) -> bool:
    """Work out and keep the results of the version that was closed; False when that was done before.

    Nothing of an anonymous answer is left afterwards but the release.
    """
    round = Round.objects.select_related("organization").get(pk=round_pk)
    if round.state != Round.State.CLOSED or round.releases.filter(version=round.version).exists():
        return False
    given = _given(round)
    release = _release(round, given) if round.is_protected else None
    with transaction.atomic():
        held = Round.objects.select_for_update(of=("self",)).select_related("organization").get(pk=round_pk)
        if held.state != Round.State.CLOSED or held.version != round.version:
            return False
        if held.releases.filter(version=held.version).exists():
            return False
        if held.mode != Round.Mode.ANONYMOUS:
            _ratings_write(held, given, held.closed_on or timezone.localdate())
            moments_of_round(round=held)  # told on the cards: of the two sides alone, as the ratings are
        if release is not None:
            release.save()
        SealedAnswer.objects.filter(round=held).delete()
        Round.objects.filter(pk=held.pk).update(seal="")
        held.organization.touch()
    if round.mode == Round.Mode.ANONYMOUS:
        journal_empty()
    return True


def release_of(*, round: Round, version: int | None = None) -> Release | None:
    """The release of one version, or the latest; None before the first closing (and always of open rounds)."""
    releases = round.releases.order_by("-version")
    return (releases if version is None else releases.filter(version=version)).first()


def release_table(release: Release) -> ReleaseTable:
    """The published cells. Raises ValueError where the row was changed behind the program's back."""
    return ReleaseTable.from_bytes(release.content.encode())


def release_extras(release: Release) -> Extras:
    """The published comments and shares."""
    read = json.loads(release.extras)
    return Extras(
        comments={CellKey(Table(table), tuple(key)): tuple(said) for table, key, said in read.get("comments", [])},
        shares={
            CellKey(Table(table), tuple(key)): Shares.from_dict(share) for table, key, share in read.get("shares", [])
        },
    )


def _given(round: Round) -> list[_Given]:
    asks = list(Ask.objects.filter(round=round).select_related("handoff").order_by("pk"))
    stored = answers_find(round=round, asks=[ask.pk for ask in asks])
    number_of = _rater_numbers(round, asks)
    return [
        _Given(ask, number_of[ask.rater_id], score, stored[ask.pk])
        for ask in asks
        if ask.pk in stored and (score := stored[ask.pk].card.score) is not None
    ]


def _rater_numbers(round: Round, asks: Sequence[Ask]) -> dict[int, int]:
    """Who is called what: in an anonymous round numbers drawn by lot, kept nowhere."""
    raters = sorted({ask.rater_id for ask in asks})
    if round.mode != Round.Mode.ANONYMOUS:
        return {rater: rater for rater in raters}
    numbers = secrets.SystemRandom().sample(range(_FIRST_UNNAMED, 2 * _FIRST_UNNAMED), len(raters))
    return dict(zip(raters, numbers, strict=True))


def _release(round: Round, given: Sequence[_Given]) -> Release:
    is_pair = round.mode == Round.Mode.PAIR
    # of an anonymous round everybody is asked anew: no answer is carried on, and who answered is not kept either
    earlier = list(round.releases.order_by("version")) if is_pair else []
    try:
        selection, left_out = choose_counted(
            [one.rating.answer for one in given],
            k=round.k,
            pair=is_pair,
            previous=[_selection_read(one.selection) for one in earlier],
        )
    except TooFewChangesError:
        last = earlier[-1]  # stays the published one: nothing new is said about this version
        return Release(
            round=round, version=round.version, content=last.content, extras=last.extras, proof=last.proof,
            selection=last.selection,
        )  # fmt: skip
    unshown = {cell for answer in left_out for cell in answer.cells}
    counted = [one for one in given if one.rating.answer not in left_out]
    ratings = [one.rating for one in counted]
    of_one = _cells_of_one(counted)
    table = fill_cells(selection, ratings, asked=_asked_cells(round), left_out=unshown, withheld=of_one)
    return Release(
        round=round,
        version=round.version,
        content=table.to_bytes().decode("ascii"),
        extras=_extras(selection, counted, of_one, earlier[-1] if earlier else None),
        proof=table.proof,
        selection=_selection_text(selection) if is_pair else "",
    )


def _asked_cells(round: Round) -> set[CellKey]:
    """Every cell somebody was asked about: one without any answer says "no data"."""
    cells: set[CellKey] = set()
    for ask in Ask.objects.filter(round=round).select_related("handoff"):
        cells.update(CellAnswer(-1, ask.rater_team, ask.handoff.supplier_id, ask.supplier_team).cells)
    return cells


def _cells_of_one(given: Sequence[_Given]) -> set[CellKey]:
    """Cells of a team or a link in which all answers are about one person: that person's figure, not a team's."""
    suppliers: dict[CellKey, set[int]] = {}
    for one in given:
        for cell in one.cells:
            if cell.table in {Table.SUPPLIER_TEAM, Table.LINK}:
                suppliers.setdefault(cell, set()).add(one.ask.handoff.supplier_id)
    return {cell for cell, people in suppliers.items() if len(people) == 1}


def _extras(
    selection: Selection, given: Sequence[_Given], withheld: Collection[CellKey], earlier: Release | None
) -> str:
    """Comments and shares as text. ``earlier``: the version before, where answers were carried on from it."""
    published = set(selection.published) - set(withheld)
    inside: dict[CellKey, list[_Given]] = {}
    for one in given:
        for cell in one.cells:
            inside.setdefault(cell, []).append(one)
    shares = []
    for cell in published & inside.keys():
        members = inside[cell]
        found = find_shares([one.stored.card for one in members], len({one.rater for one in members}))
        if found is not None:
            shares.append([cell.table, list(cell.key), found.as_dict()])
    said = release_comments(
        [(cell, one.rater, one.stored.card.comment) for cell, members in inside.items() for one in members],
        published=published,
        k=selection.k,
        pair=selection.pair,
        shuffle=secrets.SystemRandom().shuffle,
    )
    if earlier is not None and not _may_say_anew(earlier, given, said, selection.k):
        said = dict(release_extras(earlier).comments)
    comments = [[cell.table, list(cell.key), list(texts)] for cell, texts in said.items()]
    return json.dumps({"comments": sorted(comments, key=_place), "shares": sorted(shares, key=_place)})


def _may_say_anew(earlier: Release, given: Sequence[_Given], said: Mapping[CellKey, tuple[str, ...]], k: int) -> bool:
    """Whether in every cell with comments nobody or enough people changed something: one new line has one writer.

    All lists stay as they were otherwise, because those of one cell can be taken out of those of another.
    """
    before = _selection_read(earlier.selection).answers
    after = [one.rating.answer for one in given]
    for cell in {*release_extras(earlier).comments, *said}:
        changed = changed_raters(
            [answer for answer in before if cell in answer.cells], [answer for answer in after if cell in answer.cells]
        )
        if 0 < len(changed) < raters_for_comments(k):
            return False
    return True


def _place(row: list[object]) -> tuple[str, list[str]]:
    return str(row[0]), [str(part) for part in row[1]]  # type: ignore[attr-defined]


def _ratings_write(round: Round, given: Iterable[_Given], day: date) -> None:
    """The signed ratings of the round as they are now; ticks of the suppliers are kept."""
    answers = {(one.ask.handoff_id, one.ask.rater_id): one for one in given}
    for rating in Rating.objects.filter(round=round):
        one = answers.pop((rating.handoff_id, rating.rater_id), None)
        if one is None:
            rating.delete()
        elif rating.score != one.score or rating.shared_by_rater != one.stored.card.shared:
            rating.score, rating.shared_by_rater, rating.given_on = float(one.score), one.stored.card.shared, day
            rating.save()
    Rating.objects.bulk_create(
        Rating(
            round=round,
            handoff_id=handoff,
            rater_id=rater,
            score=float(one.score),
            given_on=day,
            shared_by_rater=one.stored.card.shared,
        )
        for (handoff, rater), one in sorted(answers.items())
    )


def _selection_text(selection: Selection) -> str:
    return json.dumps(asdict(selection), separators=(",", ":"))


def _selection_read(text: str) -> Selection:
    read = json.loads(text)
    cells = {
        name: tuple(CellKey(Table(cell["table"]), tuple(cell["key"])) for cell in read[name])
        for name in ("published", "hidden", "withheld")
    }
    answers = tuple(CellAnswer(**answer) for answer in read["answers"])
    return Selection(k=read["k"], pair=read["pair"], answers=answers, **cells)
