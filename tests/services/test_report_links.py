"""Links that open one PDF with a password: what they open, how long, for whom, and what guessing costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from chainmap.access import NotFound
from chainmap.domain.roles import Role
from chainmap.models import Attempt, AuditEntry, KeptFile, KeptFilePart, Membership, ReportLink, Team, TeamLead
from chainmap.services import report_links
from chainmap.services.audit import audit_verify
from chainmap.services.kept_files import FileProblem, kept_files_clean, kept_files_list
from chainmap.services.limits import TooMany
from chainmap.services.links import LinkDead
from chainmap.services.report_links import (
    ShareProblem,
    WrongPassword,
    report_link_end,
    report_link_make,
    report_links_clean,
    report_links_list,
    shared_find,
    shared_open,
)
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db
PASSWORD = "four plain words here"
HERE = "203.0.113.9"


@pytest.fixture
def maker(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def make(organization, carla, maker):
    """A link of carla's; the token of its address beside it."""

    def made(user=carla, days=7, password=PASSWORD, **wanted):
        file = ask(user, organization, **wanted)
        link = report_link_make(actor=user, organization=organization, file=file.pk, days=days, password=password)
        return link.link, link.address.rstrip("/").rpartition("/")[2]

    return made


def opened(token, password=PASSWORD, address=HERE):
    return b"".join(shared_open(token=token, password=password, address=address).chunks)


def logged():
    return list(AuditEntry.objects.order_by("number").values_list("what", "who"))


class TestHowMany:
    def test_copies_of_pdfs_do_not_fill_the_disk(self, make, monkeypatch, organization, carla):
        monkeypatch.setattr(report_links, "MOST_WORKING", 2)
        first, _token = make()
        over, _token = make()
        with pytest.raises(ShareProblem, match="You have 2 links that work"):
            make()
        assert KeptFile.objects.filter(link__isnull=False).count() == 2, "nothing was copied"
        report_link_end(actor=carla, organization=organization, pk=first.pk)
        ReportLink.objects.filter(pk=over.pk).update(expires_at=timezone.now())
        make()
        make()


class TestOpening:
    def test_with_the_password_it_opens_the_pdf(self, make, maker, organization):
        link, token = make()
        assert opened(token) == opened(token) == maker.content
        link.refresh_from_db()
        assert link.opened == 2
        assert logged() == [
            ("report_taken", "Carla"), ("link_made", "Carla"), ("link_opened", ""), ("link_opened", "")
        ]  # fmt: skip
        assert audit_verify(organization=organization) is None

    def test_a_wrong_password_opens_nothing_and_is_written_down(self, make):
        link, token = make()
        for wrong in ("", "x", PASSWORD + " ", PASSWORD.upper(), "x" * 10_000, "\0"):
            with pytest.raises(WrongPassword):
                opened(token, wrong)
        link.refresh_from_db()
        assert link.opened == 0
        assert logged()[2:] == [("link_refused", "")] * 6

    def test_however_the_letters_are_composed(self, make):
        _link, token = make(password="cafe\u0301 au lait")
        assert opened(token, "caf\u00e9 au lait")

    def test_looking_spends_nothing(self, make):
        link, token = make()
        for _look in range(50):
            shared_find(token=token)
        link.refresh_from_db()
        assert link.opened == 0
        assert not Attempt.objects.filter(what__startswith="shared").exists()

    def test_the_pdf_is_as_it_was_that_day(self, make, maker, organization, carla):
        _link, token = make()
        before, maker.content = maker.content, b"%PDF-1.7 another"
        organization.touch()
        ask(carla, organization)
        kept_files_clean(now=timezone.now() + timedelta(days=2))
        assert opened(token) == before, "it lives as long as its link, not a day"

    def test_neither_token_nor_password_is_kept(self, make, carla):
        _link, token = make()
        with pytest.raises(WrongPassword):
            opened(token, "wrong password 77")
        tables = connection.introspection.table_names()
        with connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f'SELECT * FROM "{table}"')
                for row in cursor.fetchall():
                    said = " ".join(str(value) for value in row)
                    assert token not in said
                    assert PASSWORD not in said
                    assert "wrong password 77" not in said


class TestDead:
    def test_every_dead_link_is_the_same(self, make, organization, carla):
        ended, ended_token = make()
        over, over_token = make(format="pdf", paper="letter")
        report_link_end(actor=carla, organization=organization, pk=ended.pk)
        ReportLink.objects.filter(pk=over.pk).update(expires_at=timezone.now())
        for token in (ended_token, over_token, "x" * 43, "", "x", "x" * 10_000, "\0", "%00", "é" * 43, over_token[:-1]):
            with pytest.raises(LinkDead):
                shared_find(token=token)
            with pytest.raises(LinkDead):
                opened(token)
        assert not Attempt.objects.filter(what__startswith="shared").exists()

    @pytest.mark.parametrize(
        "change",
        [
            lambda user: user.memberships.all().delete(),
            lambda user: user.memberships.update(role=Role.AUDITOR.value),
            lambda user: type(user).objects.filter(pk=user.pk).update(is_active=False),
            lambda user: TeamLead.objects.create(team=Team.objects.get(name="Delivery"), user=user),
        ],
        ids=["gone", "may not share", "no account", "leads another team"],
    )
    def test_it_works_as_long_as_its_maker_may_have_the_report(self, make, organization, bob, carla, change):
        _link, token = make(team=Team.objects.get(name="Sales").pk)
        assert opened(token)
        change(carla)
        with pytest.raises(LinkDead):
            opened(token)
        [row] = report_links_list(actor=bob, organization=organization)
        assert row.state == "stopped"

    def test_lost_bytes_are_a_dead_link_and_no_half_file(self, make):
        link, token = make()
        KeptFilePart.objects.filter(file=link.file).delete()
        with pytest.raises(LinkDead):
            opened(token)

    def test_ended_it_has_no_bytes_left_and_ends_once(self, make, organization, bob):
        link, _token = make()
        for _turn in range(2):
            report_link_end(actor=bob, organization=organization, pk=link.pk)
        assert not KeptFilePart.objects.filter(file=link.file).exists()
        assert logged()[2:] == [("link_ended", "Bob")]

    def test_ended_between_the_password_and_the_file(self, make, organization, bob, monkeypatch):
        from chainmap.services import report_links

        link, token = make()

        def check(*given):
            report_link_end(actor=bob, organization=organization, pk=link.pk)
            return True

        monkeypatch.setattr(report_links, "check_password", check)
        with pytest.raises(LinkDead):
            opened(token)


class TestGuessing:
    @pytest.mark.parametrize(
        ("stranger", "neighbour"), [(HERE, HERE), ("2001:db8:1:2::5", "2001:db8:1:2:ffff:1:2:3")], ids=["IPv4", "IPv6"]
    )
    def test_ten_wrong_ones_from_one_address_lock_out_nobody_else(self, make, stranger, neighbour):
        _link, token = make()
        for _turn in range(10):
            with pytest.raises(WrongPassword):
                opened(token, "wrong", stranger)
        for password in (PASSWORD, "wrong"):
            with pytest.raises(TooMany):
                opened(token, password, neighbour)
        for address in ("198.51.100.99", "2001:db8:1:3::5"):
            assert opened(token, PASSWORD, address)
        assert logged().count(("link_refused", "")) == 10

    def test_many_together_do_not_guess_it(self, make, monkeypatch):
        monkeypatch.setattr(report_links, "SHARED_WHOLE", replace(report_links.SHARED_WHOLE, most=12))
        _link, token = make()
        for number in range(12):
            with pytest.raises(WrongPassword):
                opened(token, "wrong", f"198.51.100.{number}")
        for _turn in range(40):  # told to wait, one has not tried: nobody is kept waiting longer for it
            with pytest.raises(TooMany):
                opened(token, PASSWORD, HERE)
        Attempt.objects.filter(what="shared_whole").update(since=timezone.now() - timedelta(minutes=16))
        assert opened(token, PASSWORD, HERE)
        assert report_links.SHARED_LINK.most < report_links.SHARED_WHOLE.most

    def test_thirty_from_one_address_for_any_link(self, make):
        tokens = [make(paper="letter")[1], make()[1], make(team=Team.objects.get(name="Sales").pk)[1]]
        tokens.append(make(team=Team.objects.get(name="Planning").pk)[1])
        for token in tokens[:3]:
            for _turn in range(10):
                with pytest.raises(WrongPassword):
                    opened(token, "wrong")
        with pytest.raises(TooMany):
            opened(tokens[3])
        assert opened(tokens[3], address="198.51.100.1")

    def test_right_ones_cost_nothing(self, make):
        _link, token = make()
        for _turn in range(40):
            assert opened(token)

    def test_one_link_is_not_opened_without_end(self, make, monkeypatch):
        monkeypatch.setattr(report_links, "SHARED_OPENED", replace(report_links.SHARED_OPENED, most=3))
        link, token = make()
        for number in range(3):
            assert opened(token, address=f"198.51.100.{number}")
        with pytest.raises(TooMany):
            opened(token, address="198.51.100.9")
        link.refresh_from_db()
        assert link.opened == 3


class TestMaking:
    def test_it_ends_on_its_day(self, make):
        for days in (1, 7, 30, 90):
            link, _token = make(days=days)
            assert abs(link.expires_at - timezone.now() - timedelta(days=days)) < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"days": 0}, "days"), ({"days": 91}, "days"), ({"days": -1}, "days"),
            ({"password": "1234567"}, "password"), ({"password": ""}, "password"),
            ({"password": "password1"}, "password"), ({"password": "x" * 201}, "password"),
        ],
    )  # fmt: skip
    def test_times_and_passwords_that_cannot_be(self, make, wrong, field):
        with pytest.raises(ShareProblem) as refused:
            make(**wrong)
        assert refused.value.field == field
        assert not ReportLink.objects.exists()
        assert KeptFile.objects.count() == 1

    def test_only_a_pdf(self, make):
        with pytest.raises(FileProblem):
            make(format="csv")

    def test_somebody_else_s_file_is_none(self, organization, carla, bob, maker):
        file = ask(carla, organization)
        given = {"organization": organization, "days": 7, "password": PASSWORD}
        with pytest.raises(NotFound):
            report_link_make(actor=bob, file=file.pk, **given)

    def test_an_auditor_takes_reports_away_and_shares_none(self, organization, erik, maker):
        file = ask(erik, organization)
        with pytest.raises(PermissionDenied):
            report_link_make(actor=erik, organization=organization, file=file.pk, days=7, password=PASSWORD)

    def test_two_links_to_one_file_end_apart(self, make, organization, carla):
        (first, first_token), (_second, second_token) = make(), make()
        assert first_token != second_token
        report_link_end(actor=carla, organization=organization, pk=first.pk)
        assert opened(second_token)
        assert len(kept_files_list(actor=carla, organization=organization)) == 1, "the copies are no files of mine"


class TestListing:
    def test_whoever_could_have_the_report_sees_and_ends_its_link(self, make, organization, dora, alice, erik, zoe):
        link, _token = make()
        assert [row.link for row in report_links_list(actor=dora, organization=organization)] == [link]
        for actor, error in ((alice, PermissionDenied), (erik, PermissionDenied), (zoe, NotFound)):
            with pytest.raises(error):
                report_links_list(actor=actor, organization=organization)
            with pytest.raises(error):
                report_link_end(actor=actor, organization=organization, pk=link.pk)

    def test_a_lead_of_another_team_sees_it_not(self, make, organization, carla, bob):
        link, _token = make(user=bob, team=Team.objects.get(name="Sales").pk)
        TeamLead.objects.create(team=Team.objects.get(name="Delivery"), user=carla)
        assert report_links_list(actor=carla, organization=organization) == []
        with pytest.raises(NotFound):
            report_link_end(actor=carla, organization=organization, pk=link.pk)

    def test_states(self, make, organization, bob, carla):
        links = [make()[0] for _turn in range(3)]
        report_link_end(actor=bob, organization=organization, pk=links[0].pk)
        ReportLink.objects.filter(pk=links[1].pk).update(expires_at=timezone.now())
        rows = {row.link.pk: row.state for row in report_links_list(actor=bob, organization=organization)}
        assert [rows[link.pk] for link in links] == ["ended", "over", "works"]

    def test_it_asks_as_often_for_many_as_for_one(self, make, organization, bob, django_assert_max_num_queries):
        for _turn in range(12):
            make()
        with django_assert_max_num_queries(13):
            assert len(report_links_list(actor=bob, organization=organization)) == 12

    def test_what_is_over_loses_its_bytes_and_a_month_later_its_line(self, make, organization):
        link, _token = make(days=1)
        assert report_links_clean(now=link.expires_at - timedelta(seconds=1)) == 0
        assert report_links_clean(now=link.expires_at) == 1
        assert ReportLink.objects.filter(pk=link.pk).exists()
        report_links_clean(now=link.expires_at + timedelta(days=31))
        assert not ReportLink.objects.exists()
        assert not KeptFile.objects.filter(pk=link.file_id).exists()


def test_a_removed_role_comes_back_with_its_links(make, organization, carla):
    _link, token = make()
    carla.memberships.all().delete()
    with pytest.raises(LinkDead):
        opened(token)
    Membership.objects.create(organization=organization, user=carla, role=Role.MANAGER.value)
    assert opened(token)
