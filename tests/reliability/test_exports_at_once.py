"""Many who take reports away at once: the count is exact, the room is not overrun, and nobody waits for ever."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Role
from chainmap.models import Attempt, AuditEntry, KeptFile, ReportLink, ReportSchedule, TeamLead
from chainmap.services import audit, kept_files, kept_room
from chainmap.services.audit import audit_shorten, audit_verify, audit_write
from chainmap.services.kept_files import kept_file_make
from chainmap.services.limits import EXPORT, TooMany, parts_require
from chainmap.services.organizations import organization_hold
from chainmap.services.report_links import report_link_end, report_link_make, shared_open
from chainmap.services.report_schedules import schedule_end, schedule_make
from chainmap.services.team_leads import team_lead_name, team_lead_remove
from tests import cast
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "four plain words here"
needs_row_locks = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture
def maker(monkeypatch):
    return stand_in(monkeypatch)


@pytest.fixture
def manager(organization):
    user = cast.make_user("mona", organization, Role.MANAGER)
    user.email = "mona@acme.example"
    user.save()
    return user


def together(job, times):
    """What each gives of so many that begin at the same moment; None where it was too many."""
    start = Barrier(times)

    def run(number):
        try:
            start.wait(10)
            return job(number)
        except TooMany:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def counts(what):
    return sum(Attempt.objects.filter(what=what).values_list("count", flat=True))


def part(number, *, whole="a", who="user 1"):
    parts_require(limit=EXPORT, who=who, whole=whole, part=str(number))
    return True


def test_all_files_of_a_report_at_once_are_one_report(db):
    assert together(part, 11) == [True] * 11
    assert counts("export") == 1


def test_the_same_file_at_once_is_bounded_exactly(db):
    had = together(lambda number: part(0), 14)
    assert had.count(True) == EXPORT.most
    assert counts("export") == EXPORT.most


def test_reports_of_one_person_at_once_are_counted_exactly(db):
    assert together(lambda number: part(0, whole=str(number)), 14).count(True) == EXPORT.most


def test_many_people_at_once_and_rows_long_over_in_the_way(db):
    """Each takes, and removes what is over, rows of the others among it."""
    for number in range(8):
        part(0, who=f"user {number}")
    Attempt.objects.update(since=timezone.now() - timedelta(days=3))
    assert together(lambda number: part(0, who=f"user {number}"), 8) == [True] * 8
    new = together(lambda number: part(1, who=f"somebody else {number}"), 8)
    assert new == [True] * 8
    assert counts("export_whole") >= 8


def test_the_room_is_not_overrun_by_many_at_once(organization, manager, maker, monkeypatch):
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    monkeypatch.setattr(kept_room, "MOST_KEPT", 3 * len(maker.content))
    teams = [None, *organization.teams.values_list("pk", flat=True)]
    files = [ask(manager, organization, team=team, format=format).pk for team in teams[:3] for format in ("pdf", "csv")]
    made = together(lambda number: kept_file_make(pk=files[number]), 6)
    assert made.count(True) == 3
    assert sorted(KeptFile.objects.values_list("state", "problem")) == [("failed", "no_room")] * 3 + [("ready", "")] * 3


def test_old_lines_go_once_while_new_ones_are_written(organization, manager, monkeypatch):
    with monkeypatch.context() as clock:
        clock.setattr(audit.timezone, "now", lambda: datetime(2020, 1, 1, tzinfo=UTC))
        for _turn in range(5):
            audit_write(organization=organization, user=manager, what=AuditWhat.LINK_MADE)
    now = timezone.now()

    def job(number):
        if number % 2:
            return audit_shorten(now=now)
        audit_write(organization=organization, user=manager, what=AuditWhat.LINK_MADE)
        return 0

    assert sum(together(job, 8)) == 5
    assert list(AuditEntry.objects.order_by("number").values_list("number", flat=True)) == [6, 7, 8, 9]
    assert audit_verify(organization=organization) is None


# ---- one order of locks: the organization first, then its rows


def waits_for_a_lock():
    """Wait until another session of this database waits for a row."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees the same sessions all the time
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def while_it_waits(organization, other, mine):
    """Hold the organization; when ``other`` waits for it in a session of its own, do ``mine``; what ``other`` gives.

    Where ``other`` held a row that ``mine`` wants, the two would wait for each other, and the database would end one.
    """

    def run():
        try:
            return other()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            organization_hold(organization=organization)
            left = pool.submit(run)
            waits_for_a_lock()
            mine()
        return left.result(30)


@needs_row_locks
def test_a_schedule_made_and_ended_at_once(organization, manager):
    def make():
        schedule_make(actor=manager, organization=organization, team=None, when="monthly", paper="letter")

    make()
    pk = ReportSchedule.objects.get().pk
    while_it_waits(organization, lambda: schedule_end(actor=manager, organization=organization, pk=pk), make)
    assert not ReportSchedule.objects.exists(), "made anew before it was ended"
    assert list(AuditEntry.objects.order_by("number").values_list("what", flat=True)) == [
        "report_mail_made", "report_mail_ended",
    ]  # fmt: skip


@needs_row_locks
def test_a_link_ended_while_it_is_opened(organization, manager, maker):
    file = ask(manager, organization)
    made = report_link_make(actor=manager, organization=organization, file=file.pk, days=7, password=PASSWORD)
    token = made.address.rstrip("/").rpartition("/")[2]

    def end():
        report_link_end(actor=manager, organization=organization, pk=made.link.pk)

    def open_it():
        try:
            shared_open(token=token, password=PASSWORD, address="203.0.113.9")
        except Exception as dead:
            return type(dead).__name__
        return "opened"

    assert while_it_waits(organization, open_it, end) == "LinkDead"
    assert ReportLink.objects.get().opened == 0


@needs_row_locks
def test_a_link_opened_while_it_is_ended(organization, manager, maker):
    file = ask(manager, organization)
    made = report_link_make(actor=manager, organization=organization, file=file.pk, days=7, password=PASSWORD)
    token = made.address.rstrip("/").rpartition("/")[2]

    def end():
        report_link_end(actor=manager, organization=organization, pk=made.link.pk)

    while_it_waits(
        organization, end, lambda: shared_open(token=token, password=PASSWORD, address="203.0.113.9")
    )  # fmt: skip
    link = ReportLink.objects.get()
    assert (link.opened, link.ended_at is not None) == (1, True)


@needs_row_locks
def test_a_lead_taken_back_while_they_are_named_anew(organization, manager):
    dora = cast.make_user("doris", organization, Role.ADMINISTRATOR)
    team = organization.teams.first()
    lead = team_lead_name(actor=dora, organization=organization, team=team.pk, user=manager.pk)
    team.delete()
    other = organization.teams.first().pk
    left = while_it_waits(
        organization,
        lambda: missing(team_lead_remove, actor=dora, organization=organization, pk=lead.pk),
        lambda: team_lead_name(actor=dora, organization=organization, team=other, user=manager.pk),
    )
    assert left == "NotFound", "another team took its place"
    assert TeamLead.objects.get().team_id == other


@needs_row_locks
def test_a_file_finished_by_a_slow_worker_while_another_one_holds_room(organization, manager, maker, monkeypatch):
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    file = ask(manager, organization)
    monkeypatch.setattr(kept_files, "_hold_room", lambda *given: None)  # it comes to its end

    def again():
        KeptFile.objects.filter(pk=file.pk).update(size=1)

    assert while_it_waits(organization, lambda: kept_file_make(pk=file.pk), again)
    assert KeptFile.objects.get().size == len(maker.content)


def missing(job, **given):
    try:
        job(**given)
    except Exception as error:
        return type(error).__name__
    return ""
