"""The pages of practice workshops: one click, the label, the script, and taking it away."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import reverse

from chainmap.domain.roles import Role
from chainmap.models import Membership, Organization, Workshop
from chainmap.services.practice import practice_guide, practice_load
from tests import cast

pytestmark = pytest.mark.django_db

PAGE = "/practice/"


@pytest.fixture
def company(bob):
    return practice_load(user=bob).organization


def remove_url(company):
    return reverse("chainmap:practice_remove", args=[company.pk])


def test_one_click_loads_and_leads_to_the_workshop(bob, signed_in):
    answer = signed_in(bob).post(PAGE)
    workshop = Workshop.objects.get(is_practice=True)
    assert answer.status_code == 302
    assert answer.url == reverse("chainmap:workshop", args=[workshop.organization_id, workshop.pk])


def test_the_page_offers_what_is_there(bob, company, signed_in):
    client = signed_in(bob)
    page = client.get(PAGE).content.decode()
    assert company.name in page
    assert "Start afresh" in page
    assert "Load one more" in page
    client.post(PAGE, {"known": "1"})
    client.post(PAGE, {"known": "2"})
    assert "Load one more" not in client.get(PAGE).content.decode()
    refused = client.post(PAGE, {"known": "3"})
    assert refused.status_code == 400
    assert "which is as many as fit" in refused.content.decode()
    assert Organization.objects.filter(is_practice=True).count() == 3


def test_starting_afresh_asks_first(bob, company, organization, other_organization, signed_in):
    client, asked = signed_in(bob), f"{PAGE}?afresh={company.pk}"
    assert asked.removeprefix(PAGE) in client.get(PAGE).content.decode()
    page = client.get(asked).content.decode()
    assert f"Start <bdi>{company.name}</bdi> afresh?" in page
    assert f'name="afresh" value="{company.pk}"' in page
    assert Organization.objects.filter(pk=company.pk).exists()
    eve = signed_in(cast.make_user("eve", other_organization, Role.COACH))
    foreign = [eve.get(PAGE, {"afresh": asked}) for asked in (company.pk, organization.pk, 10**9, "x", "-1", "")]
    assert {answer.status_code for answer in foreign} == {404}
    assert len({answer.content for answer in foreign}) == 1


def test_afresh_and_what_is_gone(bob, company, signed_in):
    client = signed_in(bob)
    assert client.post(PAGE, {"afresh": company.pk}).status_code == 302
    assert not Organization.objects.filter(pk=company.pk).exists()
    again = client.post(PAGE, {"afresh": company.pk})  # a second tap
    assert again.status_code == 400
    assert "not there any more" in again.content.decode()
    assert Organization.objects.filter(is_practice=True).count() == 1


@pytest.mark.parametrize("sent", [{"known": "many"}, {"afresh": "-1"}, {"known": "9" * 40}])
def test_junk_is_refused_and_loads_nothing(bob, signed_in, sent):
    answer = signed_in(bob).post(PAGE, sent)
    assert answer.status_code == 400
    assert not Organization.objects.filter(is_practice=True).exists()


def test_afresh_touches_neither_a_real_nor_another_coach_s_company(
    bob, company, organization, other_organization, signed_in
):
    eve = cast.make_user("eve", other_organization, Role.COACH)
    client = signed_in(eve)
    answers = [client.post(PAGE, {"afresh": pk}) for pk in (company.pk, organization.pk, 10**9)]
    assert {answer.status_code for answer in answers} == {400}
    assert Organization.objects.filter(pk__in=[company.pk, organization.pk]).count() == 2


def test_removing_asks_first(bob, company, signed_in):
    client = signed_in(bob)
    assert company.name in client.get(remove_url(company)).content.decode()
    assert Organization.objects.filter(pk=company.pk).exists()
    answer = client.post(remove_url(company), follow=True)
    assert "The invented company is gone" in answer.content.decode()
    assert not Organization.objects.filter(pk=company.pk).exists()


def test_another_coach_s_company_is_a_404_with_the_same_bytes(company, other_organization, signed_in):
    eve = cast.make_user("eve", other_organization, Role.COACH)
    client = signed_in(eve)
    addresses = [remove_url(company), reverse("chainmap:practice_remove", args=[10**9])]
    answers = [client.generic(method, url) for url in addresses for method in ("GET", "POST")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert Organization.objects.filter(pk=company.pk).exists()


def test_a_real_organization_cannot_be_removed_here(bob, organization, signed_in):
    assert signed_in(bob).post(remove_url(organization)).status_code == 404
    assert Organization.objects.filter(pk=organization.pk).exists()


def test_the_label_stands_on_invented_companies_alone(organization, company):
    assert "Invented company, for practice" in label(company)
    assert label(organization) == ""


def label(organization):
    return render_to_string("chainmap/workshop/_practice_label.html", {"organization": organization}).strip()


def test_the_script_says_what_to_do_and_after_the_reveal_what_comes_then(company):
    workshop = Workshop.objects.get(organization=company)
    workshop.state = "open"
    exercise = workshop.exercises.get(kind="client")
    workshop.current = exercise
    for state, there, gone in (
        ("running", "Do now", "Now that all see it"),
        ("revealed", "Now that all see it", "Do now"),
    ):
        workshop.exercises.filter(kind="client").update(state=state)
        page = render_to_string("chainmap/workshop/_guide.html", {"guide": practice_guide(workshop=workshop)})
        assert "Who is your most important client?" in page
        assert there in page
        assert gone not in page
    assert render_to_string("chainmap/workshop/_guide.html", {"guide": None}).strip() == ""


def test_the_button_is_there_for_coaches_alone(bob, carla, company):
    """Also not for somebody whose only coach's role is the one in their invented company."""
    assert "Practise with" in button(bob)
    assert button(carla) == button(AnonymousUser()) == ""
    Membership.objects.filter(user=bob).exclude(organization=company).delete()
    assert button(bob) == ""


def button(user):
    template = Template("{% load chainmap_practice %}{% practice_button %}")
    return template.render(Context({"user": user, "csrf_token": "x"})).strip()
