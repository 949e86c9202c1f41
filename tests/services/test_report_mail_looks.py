"""Reports by mail when many are due: so many at a look, and none is left out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.utils import timezone

from chainmap.exports.picture_error import PictureFailure
from chainmap.exports.typst_file import DocumentError
from chainmap.models import Party, ReportSchedule, Team
from chainmap.services import report_schedules
from chainmap.services.report_schedules import schedule_make, schedules_run
from tests.keeping import stand_in

pytestmark = pytest.mark.django_db
MONTHLY = "monthly"


@pytest.fixture(autouse=True)
def maker(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def carla(people):
    """A manager with a mail address."""
    people["carla"].email = "carla@acme.example"
    people["carla"].save()
    return people["carla"]


@pytest.fixture
def wanted(organization, carla):
    def want(when=MONTHLY, team=None, paper="a4", user=carla):
        schedule_make(actor=user, organization=organization, team=team, when=when, paper=paper)
        return ReportSchedule.objects.filter(user=user).latest("pk")

    return want


@pytest.fixture
def first():
    """The first of the next month, and so on: months after this one -> a moment."""

    def moment(months=1, day=1, hour=8):
        today = timezone.localdate()
        year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
        return datetime(year, month + 1, day, hour, tzinfo=UTC)

    return moment


class TestMany:
    def test_those_left_over_go_with_the_next_look(self, wanted, first, maker, monkeypatch):
        monkeypatch.setattr(report_schedules, "MOST_A_LOOK", 2)
        for team in (None, *Team.objects.filter(organization__name="Acme").values_list("pk", flat=True)):
            wanted(team=team)
        total = ReportSchedule.objects.count()
        assert total == 4
        assert [schedules_run(now=first(hour=hour)) for hour in range(4)] == [2, 2, 0, 0]
        assert len(maker.calls) == len(mail.outbox) == total
        assert {request.team for request in maker.calls} == set(ReportSchedule.objects.values_list("team", flat=True))

    def test_some_that_cannot_be_made_do_not_keep_the_others_for_ever(self, wanted, first, maker, monkeypatch):
        monkeypatch.setattr(report_schedules, "MOST_A_LOOK", 1)
        sales = Team.objects.get(organization__name="Acme", name="Sales").pk
        wanted(team=sales)
        wanted()

        def fail_for_sales():
            if maker.calls[-1].team == sales:
                raise DocumentError(PictureFailure.FAILED)

        maker.before = fail_for_sales
        assert sum(schedules_run(now=first()) for _look in range(8)) == 1, "it may be tried six times an hour"

    def test_one_without_an_address_takes_nobody_s_place(self, wanted, first, monkeypatch, carla, bob, organization):
        monkeypatch.setattr(report_schedules, "MOST_A_LOOK", 1)
        bob.email = "bob@acme.example"
        bob.save()
        wanted(user=bob)
        wanted()
        type(bob).objects.filter(pk=bob.pk).update(email="")
        Party.objects.filter(organization=organization, user=bob).update(email="")
        assert schedules_run(now=first()) == 1
