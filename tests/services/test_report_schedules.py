"""Reports by mail: when, to whom, in which words; never twice, never for nothing, never to whoever lost the right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.signing import Signer, dumps
from django.utils import timezone
from django.utils.translation import override

from chainmap.access import NotFound
from chainmap.domain.roles import Role
from chainmap.exports.picture_error import PictureFailure
from chainmap.exports.typst_file import DocumentError
from chainmap.models import Attempt, AuditEntry, Party, Release, ReportSchedule, Round, Team, TeamLead
from chainmap.services.report_schedules import (
    MOST_SCHEDULES,
    ScheduleDead,
    ScheduleProblem,
    mail_address_of,
    schedule_end,
    schedule_end_by_token,
    schedule_make,
    schedule_of_token,
    schedule_teams,
    schedule_token,
    schedules_find,
    schedules_run,
)
from tests.keeping import stand_in
from tests.services.test_mails import Refusing, Unreachable

pytestmark = pytest.mark.django_db
MONTHLY, AT_CLOSE = "monthly", "at_close"


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


def closed(organization, name, mode="open", on=None, version=1, released=True):
    made = Round.objects.create(
        organization=organization, name=name, mode=mode, state="closed", version=version,
        closed_on=on or timezone.localdate(),
    )  # fmt: skip
    if mode != "open" and released:
        Release.objects.create(round=made, version=version, content="{}", proof="x")
    return made


def logged():
    return list(AuditEntry.objects.order_by("number").values_list("what", "who", "about"))


class TestMonthly:
    def test_on_the_first_and_once(self, wanted, first, maker, organization):
        wanted()
        assert schedules_run(now=timezone.now()) == 0, "not for the month in which it was asked for"
        assert [schedules_run(now=first(hour=hour)) for hour in (0, 8, 23)] == [1, 0, 0]
        assert schedules_run(now=first(day=20)) == 0
        assert schedules_run(now=first(2)) == 1
        assert len(mail.outbox) == len(maker.calls) == 2
        assert maker.calls[0].round == organization.rounds.get().pk, "the latest with results"

    def test_a_server_that_slept_on_the_first_sends_it_later(self, wanted, first):
        wanted()
        assert schedules_run(now=first(day=3)) == 1
        assert schedules_run(now=first(day=4)) == 0

    def test_the_first_is_that_of_the_server_s_zone(self, wanted, first, settings):
        settings.TIME_ZONE = "Pacific/Auckland"
        wanted()
        ReportSchedule.objects.update(sent_month=date(2026, 1, 1))
        with timezone.override("Pacific/Auckland"):
            assert schedules_run(now=datetime(2026, 1, 31, 10, tzinfo=UTC)) == 0
            assert schedules_run(now=datetime(2026, 1, 31, 12, tzinfo=UTC)) == 1

    def test_no_results_send_nothing_and_it_goes_on_next_month(self, wanted, first, maker):
        wanted()
        maker.error = NotFound()
        assert [schedules_run(now=first(hour=hour)) for hour in (1, 2)] == [0, 0]
        assert len(maker.calls) == 1
        assert mail.outbox == []
        maker.error = None
        assert schedules_run(now=first(2)) == 1


class TestAtClose:
    def test_when_a_round_closes_and_not_for_those_before(self, wanted, organization, maker):
        wanted(AT_CLOSE)
        assert schedules_run(now=timezone.now()) == 0
        autumn = closed(organization, "Autumn")
        assert [schedules_run(now=timezone.now()) for _turn in range(3)] == [1, 0, 0]
        assert maker.calls[0].round == autumn.pk
        assert "Autumn" in mail.outbox[0].subject

    def test_a_protected_round_has_to_be_published_first(self, wanted, organization):
        wanted(AT_CLOSE)
        autumn = closed(organization, "Autumn", mode="pair", released=False)
        assert schedules_run(now=timezone.now()) == 0
        Release.objects.create(round=autumn, version=1, content="{}", proof="x")
        assert schedules_run(now=timezone.now()) == 1

    def test_closed_anew_it_is_sent_anew(self, wanted, organization, maker):
        wanted(AT_CLOSE)
        autumn = closed(organization, "Autumn", mode="pair")
        assert schedules_run(now=timezone.now()) == 1
        Round.objects.filter(pk=autumn.pk).update(state="open", version=2, closed_on=None)
        assert schedules_run(now=timezone.now()) == 0
        Round.objects.filter(pk=autumn.pk).update(state="closed", closed_on=timezone.localdate())
        assert schedules_run(now=timezone.now()) == 0, "its second release is not there"
        Release.objects.create(round=autumn, version=2, content="{}", proof="x")
        assert schedules_run(now=timezone.now()) == 1
        assert schedules_run(now=timezone.now()) == 0

    def test_while_the_last_one_is_open_again_others_still_come(self, wanted, organization):
        wanted(AT_CLOSE)
        autumn = closed(organization, "Autumn")
        assert schedules_run(now=timezone.now()) == 1
        today = timezone.localdate()
        Round.objects.filter(pk=autumn.pk).update(state="open", version=2, closed_on=None, opened_on=today)
        assert schedules_run(now=timezone.now()) == 0
        closed(organization, "Winter")
        assert schedules_run(now=timezone.now()) == 1

    def test_two_that_close_together_are_two_mails(self, wanted, organization, maker):
        wanted(AT_CLOSE)
        rounds = [closed(organization, name) for name in ("Autumn", "Winter")]
        assert [schedules_run(now=timezone.now()) for _turn in range(3)] == [1, 1, 0]
        assert [call.round for call in maker.calls] == [round.pk for round in rounds]

    def test_before_any_round_there_is_nothing(self, wanted, organization):
        Round.objects.all().delete()
        wanted(AT_CLOSE)
        assert schedules_run(now=timezone.now()) == 0
        closed(organization, "Autumn")
        assert schedules_run(now=timezone.now()) == 1

    def test_drafts_open_ones_and_those_of_others_are_none(self, wanted, organization, other_organization):
        wanted(AT_CLOSE)
        organization.rounds.create(name="Draft")
        organization.rounds.create(name="Running", state="open")
        closed(other_organization, "Theirs")
        assert schedules_run(now=timezone.now()) == 0


class TestTheMail:
    def test_the_whole_organization_is_named_once(self, wanted, first, maker, organization):
        wanted()
        schedules_run(now=first())
        assert mail.outbox[0].subject == "Bottleneck report: Acme · Spring"
        assert "you asked for: Acme · Spring. It is" in mail.outbox[0].body

    def test_it_has_the_pdf_plain_words_and_a_way_to_end_it(self, wanted, first, maker, organization, settings):
        settings.CHAINMAP_URL = "https://chain.example/x"
        schedule = wanted(team=Team.objects.get(name="Sales").pk, paper="letter")
        schedules_run(now=first())
        [message] = mail.outbox
        end = f"https://chain.example/x/mail/{schedule_token(schedule=schedule)}/report/"
        assert message.to == ["carla@acme.example"]
        assert message.subject == "Bottleneck report: Sales · Spring (Acme)"
        assert message.attachments == [("report-acme.pdf", maker.content, "application/pdf")]
        assert message.body == (
            "Hello Carla,\n\n"
            "here is the bottleneck report you asked for: Sales · Spring (Acme). It is attached as a PDF.\n\n"
            "A low figure is about a hand-off, never about a person: both sides made it, and both can mend it. Never "
            "tie ratings to pay; people would stop telling you.\n\n"
            f"This mail comes on the first of each month. End it, without signing in:\n{end}\n\n"
            "All your reports by mail, after signing in:\n"
            f"https://chain.example/x/organizations/{organization.pk}/report-mails/\n"
        )
        raw = message.message()
        assert raw["List-Unsubscribe"] == f"<{end}>"
        assert raw["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert raw["Auto-Submitted"] == "auto-generated"
        assert (maker.calls[0].team, maker.calls[0].paper) == (schedule.team_id, "letter")

    def test_it_is_written_down(self, wanted, first):
        wanted()
        schedules_run(now=first())
        assert logged() == [
            ("report_mail_made", "Carla", "Acme · monthly"),
            ("report_taken", "Carla", "Acme · Spring · pdf · a4"),
            ("report_mail_sent", "Carla", "Acme · monthly"),
        ]

    @pytest.mark.parametrize("name", ["a\r\nBcc: x@y.example", "\u202egnp", "a\x1b[2J", "x" * 120, "株式会社 🙂"])
    def test_hostile_names_stay_text_on_one_line(self, wanted, first, organization, name):
        schedule = wanted(team=Team.objects.get(name="Sales").pk)
        Team.objects.filter(pk=schedule.team_id).update(name=name)
        type(organization).objects.filter(pk=organization.pk).update(name=name)
        assert schedules_run(now=first()) == 1
        [message] = mail.outbox
        raw = message.message()
        assert raw["Bcc"] is None
        assert len(message.subject) <= 200
        assert message.subject.isprintable()
        assert message.body.count("\n") == 11

    def test_it_is_made_in_the_language_it_was_asked_for_in(self, wanted, first, maker):
        from django.utils.translation import get_language

        spoken = []
        maker.before = lambda: spoken.append(get_language())
        with override("es"):
            wanted()
        schedules_run(now=first())
        assert spoken == ["es"]


class TestAccess:
    @pytest.mark.parametrize(
        "change",
        [
            lambda user: user.memberships.all().delete(),
            lambda user: user.memberships.update(role=Role.MEMBER.value),
            lambda user: user.memberships.update(role=Role.AUDITOR.value),
            lambda user: type(user).objects.filter(pk=user.pk).update(is_active=False),
            lambda user: TeamLead.objects.create(team=Team.objects.get(name="Delivery"), user=user),
        ],
        ids=["gone", "member", "auditor", "no account", "leads another team"],
    )
    def test_whoever_lost_the_right_gets_nothing_and_it_ends_silently(self, wanted, first, carla, maker, change):
        wanted(team=Team.objects.get(name="Sales").pk)
        change(carla)
        assert schedules_run(now=first()) == 0
        assert not ReportSchedule.objects.exists()
        assert (mail.outbox, maker.calls) == ([], [])
        assert logged()[-1] == ("report_mail_stopped", "Carla", "Sales · monthly")

    @pytest.mark.parametrize(("who", "error"), [("alice", PermissionDenied), ("erik", PermissionDenied)])
    def test_who_may_not(self, people, organization, wanted, who, error):
        people[who].email = f"{who}@acme.example"
        people[who].save()
        with pytest.raises(error):
            wanted(user=people[who])
        with pytest.raises(error):
            schedules_find(actor=people[who], organization=organization)

    def test_to_a_stranger_there_is_nothing(self, zoe, wanted, organization):
        schedule = wanted()
        for call in (schedules_find, schedule_teams):
            with pytest.raises(NotFound):
                call(actor=zoe, organization=organization)
        with pytest.raises(NotFound):
            schedule_end(actor=zoe, organization=organization, pk=schedule.pk)

    def test_those_of_others_are_none_of_mine(self, wanted, organization, bob):
        schedule = wanted()
        assert schedules_find(actor=bob, organization=organization).schedules == ()
        with pytest.raises(NotFound):
            schedule_end(actor=bob, organization=organization, pk=schedule.pk)
        assert ReportSchedule.objects.exists()

    def test_a_lead_is_offered_their_teams_alone(self, wanted, organization, carla):
        assert len(schedule_teams(actor=carla, organization=organization)) == 3
        sales = Team.objects.get(name="Sales")
        TeamLead.objects.create(team=sales, user=carla)
        assert schedule_teams(actor=carla, organization=organization) == [sales]
        with pytest.raises(NotFound):
            wanted(team=Team.objects.get(name="Planning").pk)


class TestAsking:
    @pytest.mark.parametrize(("wrong", "field"), [({"when": "daily"}, "when"), ({"paper": "a3"}, "paper")])
    def test_what_cannot_be(self, wanted, wrong, field):
        with pytest.raises(ScheduleProblem) as refused:
            wanted(**wrong)
        assert refused.value.field == field

    def test_a_team_of_others_and_of_nobody(self, wanted, other_organization):
        for pk in (Team.objects.filter(organization=other_organization).first().pk, 10**9, 2**70):
            with pytest.raises(NotFound):
                wanted(team=pk)

    def test_asked_for_twice_it_is_there_once(self, wanted):
        wanted()
        wanted(paper="letter")
        wanted(AT_CLOSE)
        wanted(team=Team.objects.get(name="Sales").pk)
        assert sorted(ReportSchedule.objects.values_list("when", "paper")) == [
            ("at_close", "a4"), ("monthly", "a4"), ("monthly", "letter")
        ]  # fmt: skip

    def test_twenty_are_enough(self, wanted, organization, carla):
        for number in range(MOST_SCHEDULES):
            wanted(team=Team.objects.create(organization=organization, name=f"T{number}").pk)
        with pytest.raises(ScheduleProblem):
            wanted()

    def test_where_it_goes(self, organization, carla, wanted):
        party = Party.objects.filter(organization=organization, code="carla")
        address = lambda: mail_address_of(user=carla, organization=organization)  # noqa: E731
        assert address() == "carla@acme.example"
        party.update(user=carla, email="party@acme.example")
        assert address() == "carla@acme.example", "not where somebody who may change people sends it"
        type(carla).objects.update(email="")
        carla.refresh_from_db()
        assert address() == "party@acme.example"
        party.update(email="no address")
        assert address() is None
        with pytest.raises(ScheduleProblem):
            wanted()

    def test_without_an_address_left_it_waits_for_one(self, wanted, first, carla):
        wanted()
        type(carla).objects.filter(pk=carla.pk).update(email="")
        assert schedules_run(now=first()) == 0
        type(carla).objects.filter(pk=carla.pk).update(email="carla@acme.example")
        assert schedules_run(now=first(day=2)) == 1


class TestEnding:
    def test_on_the_page(self, wanted, organization, carla):
        schedule = wanted()
        schedule_end(actor=carla, organization=organization, pk=schedule.pk)
        assert not ReportSchedule.objects.exists()
        with pytest.raises(NotFound):
            schedule_end(actor=carla, organization=organization, pk=schedule.pk)
        assert [what for what, *_more in logged()] == ["report_mail_made", "report_mail_ended"]

    def test_by_the_link_of_a_mail(self, wanted, first):
        schedule = wanted()
        token = schedule_token(schedule=schedule)
        assert schedule_of_token(token=token) == schedule
        schedule_end_by_token(token=token)
        for call in (schedule_of_token, schedule_end_by_token):
            with pytest.raises(ScheduleDead):
                call(token=token)
        assert schedules_run(now=first()) == 0

    def test_tokens_of_others_end_nothing(self, wanted, carla):
        schedule = wanted()
        own = [schedule.pk, carla.pk]
        wrong = [
            "", "x", "\0", "x" * 10_000, dumps(own), Signer(salt="chainmap.mail.choice").sign_object(own),
            Signer(salt="chainmap.mail.report").sign_object([schedule.pk, carla.pk + 1]),
            Signer(salt="chainmap.mail.report").sign_object("x"),
            Signer(salt="chainmap.mail.report").sign_object([schedule.pk]),
            schedule_token(schedule=schedule)[:-1],
        ]  # fmt: skip
        for token in wrong:
            with pytest.raises(ScheduleDead):
                schedule_end_by_token(token=token)
        assert ReportSchedule.objects.exists()


class TestFailing:
    def test_a_mail_that_does_not_leave_is_given_back(self, wanted, first, settings):
        schedule = wanted()
        before = ReportSchedule.objects.values().get()
        works, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.services.test_mails.Unreachable"
        Unreachable.opened = 0
        assert schedules_run(now=first()) == 0
        assert ReportSchedule.objects.values().get() == before
        assert [what for what, *_more in logged()] == ["report_mail_made"], "nothing was sent"
        settings.EMAIL_BACKEND = works
        assert schedules_run(now=first()) == 1
        assert ReportSchedule.objects.get(pk=schedule.pk).sent_month == first().date()

    def test_one_that_fails_does_not_stop_the_others(self, wanted, first, people, settings):
        for who in ("bob", "dora"):
            people[who].email = f"{who}@acme.example"
            people[who].save()
            wanted(user=people[who])
        settings.EMAIL_BACKEND = "tests.services.test_mails.Refusing"
        Refusing.sent = 0
        assert schedules_run(now=first()) == 1
        assert sum(schedules_run(now=first()) for _turn in range(3)) == 1

    @pytest.mark.parametrize(
        "error", [DocumentError(PictureFailure.BUSY), ValueError("somebody@acme.example")], ids=["busy", "mistake"]
    )
    def test_a_document_that_cannot_be_made_is_tried_six_times_an_hour(self, wanted, first, maker, caplog, error):
        wanted()
        maker.error = error
        assert sum(schedules_run(now=first()) for _turn in range(60)) == 0
        assert len(maker.calls) == 6
        assert "acme.example" not in caplog.text
        maker.error = None
        Attempt.objects.update(since=timezone.now() - timedelta(hours=2))
        assert schedules_run(now=first()) == 1
