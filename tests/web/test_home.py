"""The first page: straight on, a choice, or the next step."""

from __future__ import annotations

from django.contrib.auth.models import User

from chainmap.access import OPERATOR
from chainmap.models import Membership, Party
from chainmap.services.rounds import RoundPlan, round_create, round_open


def test_a_member_who_stands_for_a_party_lands_on_their_own_page(alice, organization, chain_url, signed_in):
    """Also where something is due: it is the first block there."""
    assert signed_in(alice).get("/")["Location"] == f"{chain_url}me/"
    planned = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Now"))
    round_open(actor=OPERATOR, round=planned)
    assert signed_in(alice).get("/")["Location"] == f"{chain_url}me/"


def test_one_organization_leads_straight_to_its_chain(bob, carla, chain_url, signed_in):
    for user in (bob, carla):
        assert signed_in(user).get("/")["Location"] == chain_url


def test_a_member_without_a_place_in_the_chain_sees_what_is_due_or_the_chain(alice, organization, chain_url, signed_in):
    planned = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Now"))
    round_open(actor=OPERATOR, round=planned)
    Party.objects.update(user=None)
    assert signed_in(alice).get("/")["Location"] == chain_url


def test_whoever_has_another_role_too_sees_first_what_is_due(alice, organization, chain_url, signed_in):
    Membership.objects.create(organization=organization, user=alice, role="manager")
    planned = round_create(actor=OPERATOR, organization=organization, plan=RoundPlan(name="Now"))
    round_open(actor=OPERATOR, round=planned)
    assert "You are asked" in signed_in(alice).get("/").content.decode()


def test_two_roles_in_one_organization_are_still_one_organization(alice, organization, chain_url, signed_in):
    Membership.objects.create(organization=organization, user=alice, role="coach")
    assert signed_in(alice).get("/")["Location"] == chain_url


def test_several_organizations_are_a_choice_by_name(alice, organization, other_organization, signed_in):
    Membership.objects.create(organization=other_organization, user=alice, role="coach")
    page = signed_in(alice).get("/").content.decode()
    assert page.index(">Acme<") < page.index(">Other<")
    for one in (organization, other_organization):
        assert f'href="/organizations/{one.pk}/"' in page


def test_nobodys_home_says_what_to_do(db, signed_in):
    page = signed_in(User.objects.create_user("newcomer")).get("/").content.decode()
    assert "You do not belong to an organization yet" in page
    assert "ask the administrator" in page
    assert "manage.py import_chain" not in page, "that is for whoever runs the server"


def test_whoever_runs_the_server_reads_how_to_bring_in_a_chain(db, signed_in):
    page = signed_in(User.objects.create_superuser("runs")).get("/").content.decode()
    assert "You do not belong to an organization yet" in page
    assert "manage.py import_chain" in page


def test_an_account_that_is_nobody_in_the_chain_reads_whom_to_ask(
    alice, bob, carla, organization, chain_url, signed_in
):
    said = "Your account is not linked to a person of the chain yet. Ask your administrator."
    for user in (alice, bob, carla):
        assert said not in signed_in(user).get(chain_url).content.decode()
    Party.objects.update(user=None)
    assert said in signed_in(alice).get(chain_url).content.decode()
    assert said not in signed_in(bob).get(chain_url).content.decode(), "a coach need not be a part of it"
