"""A report of an organization of 5,000 people: page, CSV and document, with the chain drawn by team."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.urls import reverse

from chainmap.access import OPERATOR
from chainmap.domain.roles import Role
from chainmap.exports.report_files import report_file
from chainmap.models import HandOff, Organization, Party, Rating, Round, Team
from chainmap.services.reports import report_find
from tests.cast import make_user

pytestmark = pytest.mark.django_db
PEOPLE, TEAMS = 5_000, 40


@pytest.fixture
def large(db):
    """Everybody hands something to the two people some steps further on, the last hundred to an end customer."""
    organization = Organization.objects.create(name="Large")
    teams = Team.objects.bulk_create(Team(organization=organization, name=f"Team {one}") for one in range(TEAMS))
    people = Party.objects.bulk_create(
        (
            Party(
                organization=organization, code=f"p{one}", name=f"Person {one}", team=teams[one % TEAMS], capacity=1.0
            )
            for one in range(PEOPLE)
        ),
        batch_size=1000,
    )
    shore = Party.objects.create(
        organization=organization, code="c", name="Customers", kind="end_customer", capacity=0.0
    )
    ends = [
        (one, people[one.pk - people[0].pk + step] if one.pk - people[0].pk + step < PEOPLE else shore)
        for one in people
        for step in (61, 97)
    ]
    pairs = dict.fromkeys((one.pk, other.pk) for one, other in ends)
    handoffs = HandOff.objects.bulk_create(
        (HandOff(organization=organization, supplier_id=one, customer_id=other) for one, other in pairs),
        batch_size=1000,
    )
    closed = Round.objects.create(
        organization=organization, name="Spring", mode="open", state="closed", closed_on=date(2026, 5, 4)
    )
    Rating.objects.bulk_create(
        (
            Rating(round=closed, handoff=one, rater_id=one.customer_id, score=4 + place % 7, given_on=date(2026, 5, 4))
            for place, one in enumerate(handoffs)
            if place % 5 == 0
        ),
        batch_size=1000,
    )
    organization.touch()
    return organization, len(handoffs)


def test_five_thousand_people_have_their_report(large, client):
    organization, handoffs = large
    client.force_login(make_user("max", organization, Role.MANAGER))
    page = client.get(reverse("chainmap:report", args=[organization.pk]))
    assert page.status_code == 200
    assert "the picture shows teams" in page.content.decode()
    answer = client.get(reverse("chainmap:report_file", args=[organization.pk, "csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text, newline="")))) == handoffs > 9_000
    report = report_find(actor=OPERATOR, organization=organization)
    assert report.totals.created == PEOPLE
    parts = report.totals.delivered + report.totals.lost + report.totals.stranded
    assert parts == pytest.approx(PEOPLE, rel=1e-9)
    assert report_file(report, format="pdf").content.startswith(b"%PDF")
