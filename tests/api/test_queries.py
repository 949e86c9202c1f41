"""How many queries an address costs: written down, and the same for 10 rows and for 200."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chainmap.models import HandOff, Organization, Party, Rating, Round
from chainmap.services.analysis import findings_forget
from chainmap.services.tokens import token_create

#: Changed only on purpose. Each begins with session and user (2) or token, user's tokens (2).
QUERIES = {
    "": 3,  # organization
    "bottlenecks/": 7,  # organization, roles, parties, hand-offs, ratings
    "parties/": 5,  # organization, count, page
    "handoffs/": 5,
    "ratings/": 5,
    "ratings/?ordering=-score&supplier={party}": 5,
}


def fill(organization, handoffs):
    """``handoffs`` rated hand-offs from new parties to carla."""
    carla = Party.objects.get(organization=organization, code="carla")
    start = Party.objects.count()
    parties = Party.objects.bulk_create(
        Party(organization=organization, code=f"p{number}", name=f"P {number}", capacity=1)
        for number in range(start, start + handoffs)
    )
    made = HandOff.objects.bulk_create(
        HandOff(organization=organization, supplier=party, customer=carla, deliverable="work") for party in parties
    )
    asked = Round.objects.get(organization=organization)
    Rating.objects.bulk_create(Rating(round=asked, handoff=handoff, rater=carla, score=5) for handoff in made)


def queries(client, address, **headers):
    client.get(
        "/api/v1/organizations/", headers=headers
    )  # the first request of a minute notes that the session is used
    findings_forget()
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address, headers=headers)
    assert response.status_code == 200, response.content
    return len(captured), response


@pytest.mark.parametrize("address", QUERIES)
def test_queries_do_not_grow_with_the_rows(client, carla, organization, things, address):
    client.force_login(carla)
    query = "&" if "?" in address else "?"
    whole = f"/api/v1/organizations/{organization.pk}/{address.format(party=things.party)}"
    whole += f"{query}page_size=200" if "parties" in whole or "handoffs" in whole or "ratings" in whole else ""
    few, small = queries(client, whole)
    fill(organization, 190)
    many, large = queries(client, whole)
    assert (few, many) == (QUERIES[address], QUERIES[address])
    if address in {"bottlenecks/", "parties/", "handoffs/", "ratings/"}:
        assert len(large.content) > 10 * len(small.content)


def test_a_token_costs_no_more_than_a_session(client, carla, organization):
    token = token_create(user=carla)
    address = f"/api/v1/organizations/{organization.pk}/handoffs/"
    assert queries(client, address, authorization=f"Token {token}")[0] == QUERIES["handoffs/"]


def test_queries_do_not_grow_with_the_organizations(client, carla):
    client.force_login(carla)
    few, _ = queries(client, "/api/v1/organizations/")
    for number in range(20):
        organization = Organization.objects.create(name=f"Organization {number}")
        organization.memberships.create(user=carla, role="member")
    many, response = queries(client, "/api/v1/organizations/")
    assert (few, many) == (3, 3)
    assert response.json()["count"] == 21
