"""Kept files: for whom one is, by the rights it was made with, and how much room there is for them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.roles import Role
from chainmap.models import AuditEntry, KeptFile, KeptFilePart, Membership, Team, TeamLead
from chainmap.services import kept_files, kept_room
from chainmap.services.kept_files import (
    FileProblem,
    kept_file_chunks,
    kept_file_make,
    kept_file_open,
    kept_files_list,
    kept_files_run,
    problem_of,
)
from chainmap.services.report_links import ShareProblem, report_link_end, report_link_make
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def maker(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def waits(monkeypatch):
    """Nothing is begun in the background."""
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)


def stored(file):
    return KeptFile.objects.get(pk=file.pk)


def content(file):
    return b"".join(kept_file_chunks(file=stored(file)))


class TestRights:
    """A file holds what its asker may see when it is made, and is handed out while they may see all of it."""

    def leads(self, user, name):
        return TeamLead.objects.create(team=Team.objects.get(name=name), user=user)

    def can_open(self, user, organization, file):
        try:
            return bool(kept_file_open(actor=user, organization=organization, pk=file.pk))
        except NotFound:
            return False

    def test_what_was_made_of_all_teams_is_not_for_the_lead_of_one(self, organization, carla, maker):
        file = ask(carla, organization)
        lead = self.leads(carla, "Sales")
        assert not self.can_open(carla, organization, file)
        assert kept_files_list(actor=carla, organization=organization) == []
        of_sales = ask(carla, organization)
        assert of_sales.pk != file.pk
        assert self.can_open(carla, organization, of_sales)
        lead.delete()
        assert self.can_open(carla, organization, of_sales), "a right more takes nothing away"

    def test_what_was_made_of_two_teams_is_not_for_the_lead_of_one(self, organization, carla, maker):
        self.leads(carla, "Sales")
        self.leads(carla, "Delivery")
        file = ask(carla, organization)
        assert self.can_open(carla, organization, file)
        Team.objects.get(name="Delivery").delete()
        assert not self.can_open(carla, organization, file)

    def test_the_rights_of_making_are_kept_not_those_of_asking(self, organization, carla, maker, waits):
        """Asked as a manager, made when also a coach: for whoever is both."""
        file = ask(carla, organization)
        coach = Membership.objects.create(organization=organization, user=carla, role=Role.COACH.value)
        assert kept_file_make(pk=file.pk)
        assert self.can_open(carla, organization, file)
        coach.delete()
        assert not self.can_open(carla, organization, file)

    def test_a_team_less_while_it_waited(self, organization, carla, maker, waits):
        file = ask(carla, organization)
        self.leads(carla, "Sales")
        assert kept_file_make(pk=file.pk)
        assert self.can_open(carla, organization, file), "it was made of this team alone"

    def test_rights_that_move_while_it_is_made_make_it_again(self, organization, carla, maker):
        def move():
            maker.before = lambda: None
            self.leads(carla, "Sales")

        maker.before = move
        file = ask(carla, organization)
        assert stored(file).state == "waiting"
        assert not AuditEntry.objects.exists()
        assert kept_files_run(now=timezone.now() + 2 * HOUR) == 1
        assert len(maker.calls) == 2
        assert self.can_open(carla, organization, file)

    def test_a_file_of_before_that_names_no_teams_is_of_all(self, organization, carla, maker):
        file = ask(carla, organization)
        text = json.loads(stored(file).request)
        text.pop("led")
        KeptFile.objects.update(request=json.dumps(text))
        assert self.can_open(carla, organization, file)
        self.leads(carla, "Sales")
        assert not self.can_open(carla, organization, file)


class TestRoom:
    def fill(self, monkeypatch, most):
        monkeypatch.setattr(kept_room, "MOST_KEPT", most)

    def test_beyond_it_nothing_is_asked_for_and_nothing_counted(self, organization, carla, maker, monkeypatch):
        self.fill(monkeypatch, len(maker.content))
        file = ask(carla, organization)
        with pytest.raises(FileProblem) as refused:
            ask(carla, organization, format="xlsx")
        for said in ("take all the room there is", "Nothing was changed", "CSV or JSON", "within 24 hours"):
            assert said in str(refused.value)
        assert ask(carla, organization).pk == file.pk, "what is there is still given"
        assert content(file) == maker.content
        KeptFile.objects.update(expires_at=timezone.now())
        assert ask(carla, organization, format="xlsx").state == "ready"

    def test_one_that_does_not_fit_says_so_and_leaves_the_others(self, organization, carla, maker, monkeypatch):
        first = ask(carla, organization)
        self.fill(monkeypatch, 2 * len(maker.content) - 1)
        second = ask(carla, organization, format="xlsx")
        assert (second.state, second.problem) == ("failed", "no_room")
        assert "take all the room" in problem_of(file=second)
        assert content(first) == maker.content
        assert KeptFilePart.objects.count() == 1
        maker.content = maker.content[:-1]
        assert ask(carla, organization, format="xlsx").state == "ready"

    def test_the_room_of_another_organization_is_its_own(
        self, organization, other_organization, carla, zoe, maker, monkeypatch
    ):
        self.fill(monkeypatch, len(maker.content))
        ask(carla, organization)
        assert ask(zoe, other_organization).state == "ready"

    def test_a_link_takes_room_and_gives_it_back(self, organization, carla, maker, monkeypatch):
        self.fill(monkeypatch, 2 * len(maker.content))
        given = {"actor": carla, "organization": organization, "days": 7, "password": "four plain words here"}
        file = ask(carla, organization)
        made = report_link_make(file=file.pk, **given)
        with pytest.raises(ShareProblem, match="take all the room"):
            report_link_make(file=file.pk, **given)
        report_link_end(actor=carla, organization=organization, pk=made.link.pk)
        assert report_link_make(file=file.pk, **given)
