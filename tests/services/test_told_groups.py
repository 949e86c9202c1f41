"""What was ticked in an open round: hand-off by hand-off for those who may see names, of groups alone for others."""

from __future__ import annotations

import pytest

from chainmap.domain.cards import Card
from chainmap.domain.moments import Moment
from chainmap.domain.roles import Role
from chainmap.models import HandOff, Party, Round
from chainmap.services.reports import report_find
from chainmap.services.results import round_results_find
from tests.cast import make_user
from tests.crowd import answer_all, close, make_crowd, make_round

pytestmark = pytest.mark.django_db

MAY = (Role.COACH, Role.MANAGER)
MAY_NOT = (Role.MEMBER, Role.ADMINISTRATOR, Role.AUDITOR)


@pytest.fixture
def crowd(db):
    return make_crowd()


def round_of(crowd, answering, misery=()) -> Round:
    """The people of these codes answer, about everything they get; those of ``misery`` name a moment of it."""
    made = make_round(crowd, "open")

    def card(ask):
        if ask.rater.code not in answering:
            return None
        return Card(score=5, moment=Moment.MISERY if ask.rater.code in misery else Moment.MAGIC)

    answer_all(made, card)
    return close(made)


def codes(team, count):
    return [f"{team}{number}" for number in range(count)]


def seen(crowd, made, role):
    found = round_results_find(actor=make_user(role.value, crowd, role), round=made)
    return {name for name, _profile in found.teams}, found


@pytest.mark.parametrize("role", MAY_NOT)
def test_a_team_about_which_one_person_spoke_is_not_told(crowd, role):
    made = round_of(crowd, [*codes("blue", 8), *codes("green", 7), "red0"], misery=["red0"])
    teams, found = seen(crowd, made, role)
    # Red speaks of Green, Blue of Red, Green of Blue: Green's own one answer would be what is left beside the others
    assert teams == {"Red"}
    assert found.too_few
    assert found.organization.moments.misery == 2


@pytest.mark.parametrize("role", MAY)
def test_coach_and_manager_see_every_team(crowd, role):
    made = round_of(crowd, [*codes("blue", 8), *codes("green", 8), "red0"], misery=["red0"])
    teams, found = seen(crowd, made, role)
    assert (teams, found.too_few) == ({"Red", "Blue", "Green"}, False)


@pytest.mark.parametrize("role", MAY_NOT)
def test_of_fewer_than_the_minimum_group_nothing_is_told(crowd, role):
    teams, found = seen(crowd, round_of(crowd, codes("blue", 4)), role)
    assert (teams, found.organization, found.too_few) == (set(), None, True)


@pytest.mark.parametrize("role", MAY_NOT)
def test_groups_that_are_large_enough_are_told(crowd, role):
    teams, found = seen(crowd, round_of(crowd, codes("blue", 8) + codes("green", 5)), role)
    assert (teams, found.too_few) == ({"Red", "Blue"}, False)


def test_the_page_says_what_it_leaves_out(crowd, client):
    made = round_of(crowd, [*codes("blue", 8), "red0"], misery=["red0"])
    client.force_login(make_user("auditor", crowd, Role.AUDITOR))
    page = client.get(f"/organizations/{crowd.pk}/rounds/{made.pk}/").content.decode()
    assert "Not every team is shown here: reasons and moments are told of 5 people or more" in page


def moments(crowd, made, user, team=None):
    found = report_find(actor=user, organization=crowd, round=made, team=team)
    return found.moments and found.moments.counts[Moment.MISERY]


def team_of(crowd, name):
    return crowd.teams.get(name=name)


def is_party(user, crowd, code):
    """Make the user this person of the chain, who sees what was said about them one by one."""
    Party.objects.filter(organization=crowd, code=code).update(user=user)
    return user


def changed(crowd):
    crowd.touch()
    crowd.refresh_from_db()


class TestSomebodyWhoKnowsAPart:
    """Five people answer, two of them about red0 alone, who sees both by name; what is left is three people."""

    @pytest.fixture
    def made(self, crowd):
        made = make_round(crowd, "open")
        raters = {"blue0": {"red0"}, "blue1": {"red0"}} | {f"blue{n}": {f"red{n}"} for n in (2, 3, 4)}

        def card(ask):
            if ask.handoff.supplier.code not in raters.get(ask.rater.code, ()):
                return None
            return Card(score=5, moment=Moment.MISERY if ask.rater.code == "blue3" else Moment.MAGIC)

        answer_all(made, card)
        return close(made)

    def test_the_page_leaves_out_what_they_could_work_out(self, crowd, made):
        user = make_user("member", crowd, Role.MEMBER)
        assert round_results_find(actor=user, round=made).organization is not None
        found = round_results_find(actor=is_party(user, crowd, "red0"), round=made)
        assert (found.organization, found.teams, found.too_few) == (None, (), True)

    @pytest.mark.parametrize("role", MAY_NOT)
    def test_and_so_does_the_report(self, crowd, made, role):
        user = make_user(role.value, crowd, role)
        assert moments(crowd, made, user) == 1
        assert moments(crowd, made, is_party(user, crowd, "red0")) is None

    def test_a_coach_sees_it_all(self, crowd, made):
        user = is_party(make_user("coach", crowd, Role.COACH), crowd, "red0")
        assert moments(crowd, made, user) == 1

    def test_whoever_was_told_nothing_is_told_of_the_group(self, crowd, made):
        user = is_party(make_user("member", crowd, Role.MEMBER), crowd, "green0")
        assert moments(crowd, made, user) == 1


class TestWhatChangedSince:
    """The page tells of opening day. A report of a chain that changed since would differ by single answers."""

    @pytest.fixture
    def made(self, crowd):
        return round_of(crowd, [*codes("blue", 8), *codes("green", 8), *codes("red", 8)], misery=["blue0"])

    @pytest.mark.parametrize(("role", "told"), [(Role.MANAGER, 1), (Role.ADMINISTRATOR, None)])
    def test_somebody_went_to_another_team(self, crowd, made, role, told):
        user = make_user(role.value, crowd, role)
        assert moments(crowd, made, user, team_of(crowd, "Red")) == 2
        Party.objects.filter(organization=crowd, code="red0").update(team=team_of(crowd, "Green"))
        changed(crowd)
        assert moments(crowd, made, user, team_of(crowd, "Red")) == told
        assert moments(crowd, made, user, team_of(crowd, "Green")) == told
        assert moments(crowd, made, user, team_of(crowd, "Blue")) == 0
        assert moments(crowd, made, user) == 2

    @pytest.mark.parametrize(("role", "told"), [(Role.MANAGER, 1), (Role.MEMBER, None)])
    def test_a_hand_off_was_taken_out(self, crowd, made, role, told):
        user = make_user(role.value, crowd, role)
        assert moments(crowd, made, user) == 2
        HandOff.objects.filter(supplier__code="red0", customer__code="blue0").update(is_removed=True)
        changed(crowd)
        assert moments(crowd, made, user) == told
        assert round_results_find(actor=user, round=made).organization.moments.misery == 2


class TestReport:
    @pytest.mark.parametrize(("role", "told"), [(Role.MANAGER, 2), (Role.AUDITOR, None)])
    def test_of_a_team_about_which_one_person_spoke(self, crowd, role, told):
        made = round_of(crowd, [*codes("blue", 8), *codes("green", 8), "red0"], misery=["red0"])
        assert moments(crowd, made, make_user(role.value, crowd, role), team_of(crowd, "Green")) == told

    @pytest.mark.parametrize(("role", "told"), [(Role.MANAGER, 0), (Role.AUDITOR, None)])
    def test_of_a_team_that_goes_with_it(self, crowd, role, told):
        made = round_of(crowd, [*codes("blue", 8), *codes("green", 7), "red0"], misery=["red0"])
        assert moments(crowd, made, make_user(role.value, crowd, role), team_of(crowd, "Blue")) == told

    @pytest.mark.parametrize("role", [Role.MANAGER, Role.AUDITOR])
    def test_of_the_whole_and_of_a_group(self, crowd, role):
        made = round_of(crowd, [*codes("blue", 8), *codes("green", 7), "red0"], misery=["red0"])
        user = make_user(role.value, crowd, role)
        assert moments(crowd, made, user) == 2
        assert moments(crowd, made, user, team_of(crowd, "Red")) == 0

    @pytest.mark.parametrize(("role", "told"), [(Role.MANAGER, 2), (Role.AUDITOR, None)])
    def test_of_fewer_than_the_minimum_group(self, crowd, role, told):
        made = round_of(crowd, codes("blue", 4), misery=["blue0"])
        assert moments(crowd, made, make_user(role.value, crowd, role)) == told
