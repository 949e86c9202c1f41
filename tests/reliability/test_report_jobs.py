"""Two at once, a worker that was killed, and one that was only slow: no file is made twice, none is spoiled, no mail
leaves twice, and the seals of the audit log follow each other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connections
from django.utils import timezone

from chainmap.domain.audit import AuditWhat
from chainmap.domain.roles import Role
from chainmap.models import AuditEntry, KeptFile, KeptFilePart, ReportSchedule, TeamLead
from chainmap.services import kept_files
from chainmap.services.audit import audit_verify, audit_write
from chainmap.services.kept_files import PART_BYTES, kept_file_chunks, kept_file_make, kept_files_run
from chainmap.services.report_schedules import schedule_make, schedules_run
from chainmap.services.team_leads import team_lead_name
from tests import cast
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def maker(monkeypatch):
    return stand_in(monkeypatch, b"%PDF" + b"x" * (3 * PART_BYTES))


@pytest.fixture
def manager(organization):
    user = cast.make_user("mona", organization, Role.MANAGER)
    user.email = "mona@acme.example"
    user.save()
    return user


def together(job, times=6):
    """What each of so many gives that begin at the same moment."""
    start = Barrier(times)

    def run(number):
        try:
            start.wait(10)
            return job(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def test_lines_of_the_audit_log_written_at_once(organization, manager):
    def write(number):
        return audit_write(organization=organization, user=manager, what=AuditWhat.LINK_MADE, about=str(number)).number

    assert sorted(together(write, 8)) == list(range(1, 9))
    assert audit_verify(organization=organization) is None


def test_one_file_for_many_taps(organization, manager, maker):
    files = together(lambda number: ask(manager, organization).pk)
    assert len(set(files)) == 1
    assert len(maker.calls) == 1
    assert KeptFile.objects.get().state == "ready"
    assert AuditEntry.objects.count() == 1


def test_one_file_is_made_once_however_many_want_to(organization, manager, maker, monkeypatch):
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    file = ask(manager, organization)
    assert sum(together(lambda number: kept_file_make(pk=file.pk))) >= 1
    assert len(maker.calls) == 1
    assert b"".join(kept_file_chunks(file=KeptFile.objects.get(pk=file.pk))) == maker.content


class Killed(BaseException):
    """As if the machine were switched off: nothing is tidied up."""


def kill(*_given, **_named):
    raise Killed


@pytest.mark.parametrize("where", ["report_make", "parts_write", "_finish"])
def test_a_worker_killed_anywhere_leaves_a_file_that_is_made_again(organization, manager, maker, monkeypatch, where):
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    file = ask(manager, organization)
    with monkeypatch.context() as death:
        death.setattr(kept_files, where, kill)
        with pytest.raises(Killed):
            kept_file_make(pk=file.pk)
    left = KeptFile.objects.get(pk=file.pk)
    assert left.state == "running"
    assert not AuditEntry.objects.exists()
    assert kept_files_run(now=timezone.now() + timedelta(minutes=1)) == 0, "it may only be slow"
    KeptFile.objects.update(touched_at=timezone.now() - timedelta(minutes=6))
    assert kept_files_run(now=timezone.now()) == 1
    made = KeptFile.objects.get(pk=file.pk)
    assert (made.state, made.tries) == ("ready", 2)
    assert b"".join(kept_file_chunks(file=made)) == maker.content
    assert AuditEntry.objects.count() == 1


def test_a_slow_worker_that_was_given_up_spoils_nothing(organization, manager, maker, monkeypatch):
    """It comes back when another one has made the file, with bytes of its own."""
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    file = ask(manager, organization)

    def sleep():
        maker.before = lambda: None
        KeptFile.objects.update(touched_at=timezone.now() - timedelta(minutes=6))
        assert kept_files_run(now=timezone.now()) == 1
        maker.content = b"%PDF of the slow one"

    maker.before = sleep
    whole = maker.content
    assert not kept_file_make(pk=file.pk)
    made = KeptFile.objects.get(pk=file.pk)
    assert (made.state, made.tries, made.size) == ("ready", 2, len(whole))
    assert b"".join(kept_file_chunks(file=made)) == whole
    assert KeptFilePart.objects.count() == 4
    assert AuditEntry.objects.count() == 1


def test_a_slow_worker_stops_while_the_other_one_is_still_at_it(organization, manager, maker, monkeypatch):
    monkeypatch.setattr(kept_files, "run_soon", lambda work: None)
    file = ask(manager, organization)

    def taken_over():
        KeptFile.objects.update(tries=2, done=3, steps=9)
        KeptFilePart.objects.create(file=file, number=0, content=b"of the other one")

    maker.before = taken_over
    assert not kept_file_make(pk=file.pk)
    now = KeptFile.objects.get(pk=file.pk)
    assert (now.state, now.tries, now.done, now.steps) == ("running", 2, 3, 9)
    assert [bytes(part.content) for part in KeptFilePart.objects.all()] == [b"of the other one"]


def test_a_report_is_mailed_once_however_many_run(organization, manager, maker):
    schedule_make(actor=manager, organization=organization, team=None, when="monthly", paper="a4")
    ReportSchedule.objects.update(sent_month=None)
    now = timezone.now()
    assert sum(together(lambda number: schedules_run(now=now))) == 1
    assert len(mail.outbox) == 1
    assert audit_verify(organization=organization) is None


def test_asked_for_by_mail_twice_at_once_it_is_there_once(organization, manager, maker):
    together(
        lambda number: schedule_make(actor=manager, organization=organization, team=None, when="at_close", paper="a4")
    )
    assert ReportSchedule.objects.count() == 1


def test_a_lead_named_twice_at_once_is_named_once(organization, manager):
    dora = cast.make_user("doris", organization, Role.ADMINISTRATOR)
    team = organization.teams.first().pk
    together(lambda number: team_lead_name(actor=dora, organization=organization, team=team, user=manager.pk))
    assert (TeamLead.objects.count(), AuditEntry.objects.count()) == (1, 1)
