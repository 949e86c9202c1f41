"""Who leads which team, and whose reports there are for them."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.roles import Role
from chainmap.models import AuditEntry, Membership, Team, TeamLead
from chainmap.services.report_requests import ReportRequest, request_rows, requests_allowed
from chainmap.services.team_leads import (
    LeadProblem,
    led_teams,
    managers_list,
    team_lead_name,
    team_lead_remove,
    team_leads_list,
)
from tests.after import make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(organization):
    return lambda name: Team.objects.get(organization=organization, name=name)


@pytest.fixture
def leads_sales(organization, dora, carla, team):
    return team_lead_name(actor=dora, organization=organization, team=team("Sales").pk, user=carla.pk)


def test_a_manager_who_leads_a_team_has_the_reports_of_it_alone(organization, carla, leads_sales, team):
    assert led_teams(user=carla, organization=organization) == {team("Sales").pk}

    def has(name):
        wanted = ReportRequest(team=team(name).pk)
        return requests_allowed(user=carla, organization=organization, requests=[wanted]) == [True]

    assert [has(name) for name in ("Sales", "Planning", "Delivery")] == [True, False, False]
    with pytest.raises(NotFound):
        request_rows(user=carla, organization=organization, request=ReportRequest(team=team("Planning").pk))
    request_rows(user=carla, organization=organization, request=ReportRequest())


def test_a_workshop_of_another_team_is_not_theirs(organization, carla, leads_sales, team):
    theirs, own, whole = (make_workshop(organization, name=name) for name in ("Theirs", "Own", "Whole"))
    type(own).objects.filter(pk=own.pk).update(team=team("Sales"))
    type(own).objects.filter(pk=theirs.pk).update(team=team("Planning"))
    wanted = [ReportRequest(workshop=each.pk) for each in (theirs, own, whole)]
    assert requests_allowed(user=carla, organization=organization, requests=wanted) == [False, True, True]
    with pytest.raises(NotFound):
        request_rows(user=carla, organization=organization, request=wanted[0])


def test_whoever_leads_none_or_has_a_wider_role_has_all(organization, people, leads_sales, team):
    for name in ("alice", "bob", "dora", "erik"):
        assert led_teams(user=people[name], organization=organization) is None
    assert led_teams(user=OPERATOR, organization=organization) is None
    Membership.objects.create(organization=organization, user=people["carla"], role=Role.COACH.value)
    assert led_teams(user=people["carla"], organization=organization) is None


def test_said_twice_it_is_said_once_and_taken_back_it_is_gone(organization, dora, carla, leads_sales, team):
    team_lead_name(actor=dora, organization=organization, team=team("Sales").pk, user=carla.pk)
    assert TeamLead.objects.count() == 1
    by_team = {row.team.name: row.leads for row in team_leads_list(actor=dora, organization=organization)}
    assert by_team == {"Delivery": (), "Planning": (), "Sales": ((leads_sales.pk, "Carla"),)}
    team_lead_remove(actor=dora, organization=organization, pk=leads_sales.pk)
    assert led_teams(user=carla, organization=organization) is None
    with pytest.raises(NotFound):
        team_lead_remove(actor=dora, organization=organization, pk=leads_sales.pk)
    said = AuditEntry.objects.order_by("number").values_list("what", "who", "about")
    assert list(said) == [("lead_named", "Dora", "Sales · Carla"), ("lead_removed", "Dora", "Sales · Carla")]


def test_whoever_led_a_team_that_is_gone_does_not_see_all_others(organization, dora, carla, leads_sales, team):
    team("Sales").delete()
    assert led_teams(user=carla, organization=organization) == frozenset()
    planning = ReportRequest(team=team("Planning").pk)
    assert requests_allowed(user=carla, organization=organization, requests=[planning, ReportRequest()]) == [
        False, True,
    ]  # fmt: skip
    gone = team_leads_list(actor=dora, organization=organization)[-1]
    assert (gone.team, gone.leads) == (None, ((leads_sales.pk, "Carla"),))
    # another team takes the place of the one that is gone
    team_lead_name(actor=dora, organization=organization, team=team("Planning").pk, user=carla.pk)
    assert led_teams(user=carla, organization=organization) == {team("Planning").pk}
    assert [row.team for row in team_leads_list(actor=dora, organization=organization)].count(None) == 0
    # or the administrator says that they lead none
    team("Planning").delete()
    left = TeamLead.objects.get()
    team_lead_remove(actor=dora, organization=organization, pk=left.pk)
    assert led_teams(user=carla, organization=organization) is None
    assert AuditEntry.objects.order_by("number").last().about == "Carla"


def test_one_of_two_teams_is_gone(organization, dora, carla, leads_sales, team):
    team_lead_name(actor=dora, organization=organization, team=team("Delivery").pk, user=carla.pk)
    team("Sales").delete()
    assert led_teams(user=carla, organization=organization) == {team("Delivery").pk}


def test_a_lead_and_its_team_are_of_one_organization(organization, other_organization, carla):
    foreign = Team.objects.filter(organization=other_organization).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamLead.objects.create(organization=organization, team=foreign, user=carla)


def test_only_managers_of_the_house_and_its_own_teams(organization, other_organization, dora, alice, zoe, carla, team):
    assert managers_list(actor=dora, organization=organization) == [(carla.pk, "Carla")]
    foreign = Team.objects.filter(organization=other_organization).first()
    for wrong, field in (((team("Sales").pk, alice.pk), "user"), ((team("Sales").pk, zoe.pk), "user")):
        with pytest.raises(LeadProblem) as refused:
            team_lead_name(actor=dora, organization=organization, team=wrong[0], user=wrong[1])
        assert refused.value.field == field
    for pk in (foreign.pk, 2**70):
        with pytest.raises(LeadProblem) as refused:
            team_lead_name(actor=dora, organization=organization, team=pk, user=carla.pk)
        assert refused.value.field == "team"
    assert not TeamLead.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("who", ["alice", "bob", "carla", "erik"])
def test_only_administrators_say_so(organization, people, who, team):
    with pytest.raises(PermissionDenied):
        team_lead_name(actor=people[who], organization=organization, team=team("Sales").pk, user=people["carla"].pk)
    with pytest.raises(PermissionDenied):
        team_leads_list(actor=people[who], organization=organization)


def test_a_lead_of_another_organization_is_none_here(organization, other_organization, dora, zoe):
    foreign = TeamLead.objects.create(team=Team.objects.filter(organization=other_organization).first(), user=zoe)
    with pytest.raises(NotFound):
        team_lead_remove(actor=dora, organization=organization, pk=foreign.pk)
    with pytest.raises(NotFound):
        team_leads_list(actor=zoe, organization=organization)
