"""The first page: straight on, a choice, or the next step."""

from __future__ import annotations

from django.contrib.auth.models import User

from chainmap.models import Membership


def test_one_organization_leads_straight_to_its_chain(alice, chain_url, signed_in):
    assert signed_in(alice).get("/")["Location"] == chain_url


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
    assert "manage.py import_chain" in page
