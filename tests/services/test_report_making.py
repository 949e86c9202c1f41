"""Real reports as files: what is asked for arrives, with the same bytes each time, and nothing without results."""

from __future__ import annotations

import pytest
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.models import KeptFile, Team, TeamLead
from chainmap.services.kept_files import kept_file_chunks
from chainmap.services.report_making import report_formats, report_make, request_resolved
from chainmap.services.report_requests import ReportRequest
from tests.keeping import ask

pytestmark = pytest.mark.django_db


def test_a_pdf_of_the_latest_round_twice_the_same(organization, carla):
    first = ask(carla, organization)
    content = b"".join(kept_file_chunks(file=first))
    assert first.state == "ready"
    assert content.startswith(b"%PDF-")
    assert first.filename == "report-acme-spring.pdf"
    KeptFile.objects.all().delete()
    second = ask(carla, organization)
    assert second.pk != first.pk
    assert b"".join(kept_file_chunks(file=second)) == content


def test_there_is_a_pdf_among_the_formats():
    assert "pdf" in report_formats()


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_round_without_results_is_told(organization, carla, state):
    """A pair round that is open, or closed and not published yet."""
    other = organization.rounds.create(name="Summer", mode="pair", state=state, closed_on=timezone.localdate())
    file = ask(carla, organization, round=other.pk)
    assert (file.state, file.problem) == ("failed", "nothing")


def test_before_any_round_there_is_nothing(organization, carla):
    organization.rounds.all().delete()
    wanted = ReportRequest()
    assert request_resolved(user=carla, organization=organization, request=wanted) == wanted
    assert ask(carla, organization).problem == "nothing"


def test_of_another_team_there_is_none(organization, carla):
    TeamLead.objects.create(team=Team.objects.get(name="Delivery"), user=carla)
    with pytest.raises(NotFound):
        report_make(
            user=carla, organization=organization, request=ReportRequest(team=Team.objects.get(name="Sales").pk)
        )
