"""One round against another, the trend, and the matrix of teams, through real rounds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.cards import Card
from chainmap.domain.records import PartyKind
from chainmap.domain.roles import Role
from chainmap.domain.team_matrix import Group
from chainmap.models import Agreement, HandOff, Rating, Round
from chainmap.services.comparing import comparison_find, rounds_comparable, team_matrix_find, trend_find
from chainmap.services.round_analysis import round_bottlenecks_find
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db
RED, BLUE, GREEN = (Group(PartyKind.EMPLOYEE, name) for name in ("Red", "Blue", "Green"))
SHORE = Group(PartyKind.END_CUSTOMER, "")


def run(organization, mode, score, name, *, days_ago=0):
    """A round in which every hand-off gets ``score(deliverable)``, closed so many days ago."""
    made = make_round(organization, mode, name=name)
    answer_all(made, lambda ask: Card(score=score(ask.handoff.deliverable)))
    closed = close(made)
    Round.objects.filter(pk=closed.pk).update(closed_on=timezone.localdate() - timedelta(days=days_ago))
    return Round.objects.get(pk=closed.pk)


@pytest.fixture
def crowd(db):
    return make_crowd()


@pytest.fixture
def two(crowd):
    """Specs were 4 and are 8 now; everything else 6 both times."""
    first = run(crowd, "open", lambda what: 4 if what == "spec" else 6, "First", days_ago=40)
    second = run(crowd, "open", lambda what: 8 if what == "spec" else 6, "Second")
    return first, second


def compare(before, now, actor=OPERATOR):
    return comparison_find(actor=actor, before=before, now=now)


def test_what_got_better_is_the_yield_of_what_was_rated_better(two):
    found = compare(*two)
    assert found.obstacle == ""
    parts = found.change.parts
    assert parts.by_yield < 0 < parts.by_flow  # more survives the specs, so that more flows on and is lost later
    total = parts.by_yield + parts.by_assumed + parts.by_flow + parts.new + parts.removed
    assert total == pytest.approx(found.now.lost - found.before.lost, abs=1e-9)
    assert found.change.yield_now > found.change.yield_before
    assert found.change.yield_now == pytest.approx(found.now.chain_yield)
    assert found.now.chain_yield == pytest.approx(round_bottlenecks_find(actor=OPERATOR, round=two[1]).chain_yield)
    most = found.change.handoffs[0]
    assert most.deliverable == "spec"
    assert found.names[most.supplier].startswith("Red")
    assert found.nps.difference > 0


def test_the_earlier_round_is_seen_on_the_chain_of_its_day(crowd, two):
    """Taken out since, one hand-off was there then; the others are the same."""
    gone = HandOff.objects.filter(organization=crowd, deliverable="part").first()
    HandOff.objects.filter(pk=gone.pk).update(is_removed=True)
    gone.changes.create(kind="removed", before='{"is_removed": false}', after='{"is_removed": true}', version=2)
    crowd.touch()
    found = compare(*[Round.objects.get(pk=each.pk) for each in two])
    change = found.change
    assert found.before.chain_yield == pytest.approx(change.yield_before)
    assert trend_find(actor=OPERATOR, organization=crowd)[0].chain_yield == pytest.approx(change.yield_before)
    removed = [one for one in change.handoffs if one.presence == "removed"]
    assert [one.key for one in removed] == [gone.pk]
    assert change.parts.removed == pytest.approx(-removed[0].lost_before)


def test_protected_rounds_are_compared_team_by_team_from_their_releases(crowd):
    before = run(crowd, "pair", lambda what: 4 if what == "spec" else 6, "First", days_ago=40)
    now = run(crowd, "pair", lambda what: 8 if what == "spec" else 6, "Second")
    found = compare(before, now)
    assert found.by_team
    assert found.change.difference is None  # a release tells no variance
    assert found.change.direction == 0
    assert {found.names[one.supplier] for one in found.change.handoffs} == {"Red", "Blue", "Green"}
    moved = found.change.handoffs[0]
    assert (found.names[moved.supplier], found.names[moved.customer]) == ("Red", "Blue")
    assert (moved.yield_before, moved.yield_now) == (0.4, 0.8)
    assert found.agreements is None


def test_a_signed_and_a_protected_round_stand_side_by_side_but_are_not_taken_apart(crowd):
    before = run(crowd, "open", lambda what: 6, "First", days_ago=40)
    now = run(crowd, "anonymous", lambda what: 6, "Second")
    found = compare(before, now)
    assert (found.obstacle, found.change, found.nps) == ("modes", None, None)
    assert found.before.chain_yield
    assert found.now.chain_yield


def test_a_round_that_nobody_rated_is_not_compared(crowd):
    before = make_round(crowd, "open", name="First")
    before = close(before)
    now = run(crowd, "open", lambda what: 6, "Second")
    found = compare(before, now)
    assert (found.obstacle, found.change, found.before.chain_yield) == ("unrated", None, None)


def test_strangers_members_and_rounds_of_elsewhere_find_nothing(crowd, two, other_organization):
    elsewhere = Round.objects.get(organization=other_organization)
    zoe = make_user("zoe", other_organization, Role.MANAGER)
    carla = make_user("carla", crowd, Role.MANAGER)
    member = make_user("mia", crowd, Role.MEMBER)
    assert compare(*two, actor=carla).change
    for before, now, actor in (
        (*two, zoe),
        (elsewhere, two[1], carla),
        (two[0], elsewhere, carla),
        (two[1],) * 2 + (carla,),
    ):
        with pytest.raises(NotFound):
            compare(before, now, actor=actor)
    with pytest.raises(PermissionDenied):
        compare(*two, actor=member)
    with pytest.raises(PermissionDenied):
        rounds_comparable(actor=member, organization=crowd)
    with pytest.raises(NotFound):
        compare(two[0], make_round(crowd, "pair", name="Third"), actor=carla)


def test_the_trend_has_every_round_with_results_oldest_first(crowd, two):
    protected = run(crowd, "anonymous", lambda what: 7, "Third")
    make_round(crowd, "pair", name="still open")
    found = trend_find(actor=OPERATOR, organization=crowd)
    assert found[0].round == two[0]
    assert {each.round for each in found} == {*two, protected}
    signed = found[0]
    assert signed.interval.low < signed.chain_yield < signed.interval.high
    released = next(each for each in found if each.round == protected)
    assert (released.interval, released.score.mean) == (None, 7.0)


# ---- agreements


def agree(handoff, on):
    made = Agreement.objects.create(
        handoff=handoff, sentence="We talk first", made_by=handoff.customer, owner=handoff.customer,
        due_on=on, state=Agreement.State.AGREED,
    )  # fmt: skip
    Agreement.objects.filter(pk=made.pk).update(made_at=timezone.now() - timedelta(days=10))


def test_pairs_that_agreed_are_compared_with_pairs_that_did_not(crowd):
    """Of ten specs that rose from 4 to 8 eight agreed; of those that did not move one spec and two parts."""
    first, second = agreed_between(crowd, moved=10, rose=8, stayed=2, low=1)
    found = compare(first, second).agreements
    # exact: 11 agreed, began at (9 * 4 + 2 * 6) / 11 and changed by 32 / 11; the other 37 by 8 / 37
    assert (found.agreed.pairs, found.agreed.before, found.agreed.change) == (8, 4.5, 3.0)
    assert (found.others.pairs, found.others.before, found.others.change) == (21, 5.5, 0.0)
    assert found.difference == 2.5
    assert found.interval.low <= 32 / 11 - 8 / 37 <= found.interval.high
    assert found.began_lower


def test_who_agreed_cannot_be_told_from_who_moved(crowd):
    """Whoever agreed rose, and nobody else: managers know the scores, so a figure would say which pairs agreed."""
    assert compare(*agreed_between(crowd, moved=8, rose=8, stayed=0)).agreements is None


def agreed_between(crowd, *, moved, rose, stayed, low=0):
    """Two rounds: ``moved`` specs rise from 4 to 8, ``rose`` of them agreed; ``low`` stay at 4, ``stayed`` parts."""
    first = run(crowd, "open", lambda what: 4 if what == "spec" else 6, "First", days_ago=40)
    specs = list(HandOff.objects.filter(organization=crowd, deliverable="spec").order_by("pk"))
    parts = list(HandOff.objects.filter(organization=crowd, deliverable="part").order_by("pk"))
    for handoff in (*specs[:rose], *parts[:stayed], *specs[len(specs) - low :]):
        agree(handoff, date(2027, 1, 1))
    second = run(crowd, "open", lambda what: 4 if what == "spec" else 6, "Second")
    Rating.objects.filter(round=second, handoff__in=specs[:moved]).update(score=8)
    crowd.touch()
    return first, Round.objects.get(pk=second.pk)


def test_five_pairs_that_agreed_are_too_few_to_be_told_of(crowd):
    first = run(crowd, "open", lambda what: 4, "First", days_ago=40)
    for handoff in HandOff.objects.filter(organization=crowd, deliverable="spec")[:5]:
        agree(handoff, date(2027, 1, 1))
    assert compare(first, run(crowd, "open", lambda what: 6, "Second")).agreements is None


# ---- the matrix


def test_the_matrix_of_a_signed_round_has_what_receivers_said_team_by_team(two):
    matrix = team_matrix_find(actor=OPERATOR, round=two[1])
    cell = matrix.cells[RED, BLUE]
    assert (cell.handoffs, cell.score.answers, cell.score.mean) == (16, "16", 8.0)
    assert cell.score.nps.score == 0
    assert matrix.cells[GREEN, SHORE].score is None  # end customers were not asked
    assert matrix.cells[GREEN, SHORE].yield_ is None
    assert sum(one.lost for one in matrix.cells.values()) == pytest.approx(matrix.lost)


def test_the_matrix_of_a_protected_round_is_its_release(crowd):
    made = run(crowd, "anonymous", lambda what: 4 if what == "spec" else 6, "First")
    matrix = team_matrix_find(actor=OPERATOR, round=made)
    cell = matrix.cells[RED, BLUE]
    assert (cell.yield_, cell.score.mean, cell.score.answers, cell.score.nps) == (0.4, 4.0, "8-12", None)
    assert matrix.cells[GREEN, SHORE].score is None
