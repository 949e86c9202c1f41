"""The report of a workshop, and what a room agreed in the report of a round."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from chainmap.access import NotFound
from chainmap.domain.exercise_results import AgreementSaid, MomentsResult
from chainmap.domain.moments import Moment
from chainmap.domain.reports import OneSided, Subject
from chainmap.models import TeamLead
from chainmap.services.reports import report_find, report_sources
from tests.after import agreements, anonymous_workshop, make_workshop, open_workshop, revealed
from tests.services.reported import team

pytestmark = pytest.mark.django_db


class TestWorkshop:
    def test_what_a_room_agreed_aloud_stands_at_its_hand_off(self, organization, people, carla, alice):
        workshop = make_workshop(organization)
        revealed(workshop, agreements(organization, said=AgreementSaid.ROOM))
        found = {link.deliverable: link for link in report_find(actor=carla, organization=organization).links}
        (mark,) = found["forecast"].agreements
        assert mark.what == "The forecast comes on Friday."
        assert found["plan"].agreements == ()
        # members do not see workshops
        assert not any(link.agreements for link in report_find(actor=alice, organization=organization).links)

    @pytest.mark.parametrize("said", [AgreementSaid.OPEN, AgreementSaid.NOT_ASKED])
    def test_what_one_side_has_not_said_yes_to_is_no_agreement(self, organization, carla, said):
        """Else the report, and whoever gets its PDF, would say who did not."""
        workshop = make_workshop(organization)
        revealed(workshop, agreements(organization, said=said))
        for asked in ({}, {"workshop": workshop}):
            found = report_find(actor=carla, organization=organization, **asked)
            assert not any(link.agreements for link in found.links)
            assert found.agreements.in_room == 0

    def test_a_room_without_names_is_listed_nowhere(self, organization, carla):
        workshop = make_workshop(organization, mode="anonymous")
        revealed(workshop, agreements(organization))
        assert not any(link.agreements for link in report_find(actor=carla, organization=organization).links)
        assert not any(link.agreements for link in report_find(actor=carla, organization=organization,
                                                               workshop=workshop).links)  # fmt: skip

    def test_the_report_of_a_workshop(self, organization, people, carla):
        workshop = open_workshop(organization, people)
        found = report_find(actor=carla, organization=organization, workshop=workshop)
        assert (found.scope.subject, found.scope.name, found.scope.round) == (Subject.WORKSHOP, "Kitchen table", "")
        assert (found.score.answers, found.score.mean) == ("2", 6.0)  # the forecast 4, the plan 8
        assert found.moments.counts == {Moment.MAGIC: 3, Moment.MISERY: 1}
        assert found.agreements.in_room == 1
        assert found.structure.one_sided.count == 1
        assert (found.coverage, found.change) == (None, None)
        by_name = {link.deliverable: link for link in found.links}
        assert [mark.what for mark in by_name["forecast"].agreements] == ["The forecast comes on Friday."]
        assert by_name["forecast"].score.mean == 4.0  # what Bob said in the room is his latest

    def test_the_report_of_a_workshop_without_names_is_as_coarse_as_it_was(self, organization, carla):
        workshop = anonymous_workshop(organization)
        found = report_find(actor=carla, organization=organization, workshop=workshop)
        assert (found.score.answers, found.score.mean) == ("8-12", 5.5)
        assert (found.moments, found.structure.one_sided, found.scope.k) == (None, OneSided(0), 5)
        assert found.hidden.cells == 1  # what it is all for: too few wrote something
        assert [link.score.mean for link in found.links] == [None] * 4
        assert "CANARY" not in repr(found)

    def test_nothing_revealed_is_no_report(self, organization, carla):
        workshop = make_workshop(organization)
        exercise = revealed(workshop, agreements(organization), state="running")
        with pytest.raises(NotFound):
            report_find(actor=carla, organization=organization, workshop=workshop)
        assert report_sources(actor=carla, organization=organization).workshops == ()
        exercise.state = "revealed"
        exercise.save()
        assert report_find(actor=carla, organization=organization, workshop=workshop).agreements.in_room == 1
        assert report_sources(actor=carla, organization=organization).workshops == (workshop,)

    def test_who_may_have_it(self, organization, people):
        workshop = make_workshop(organization, team=team(organization, "Sales"))
        revealed(workshop, MomentsResult(agreements(organization).answered, 3, 1, 2.0, 0, True, None, ()))
        for who in ("alice", "dora", "erik"):
            with pytest.raises(PermissionDenied):
                report_find(actor=people[who], organization=organization, workshop=workshop)
        assert report_find(actor=people["carla"], organization=organization, workshop=workshop).moments
        TeamLead.objects.create(team=team(organization, "Delivery"), user=people["carla"])
        with pytest.raises(NotFound):
            report_find(actor=people["carla"], organization=organization, workshop=workshop)
