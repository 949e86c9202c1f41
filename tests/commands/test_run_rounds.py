"""``manage.py run_rounds [--watch]``: what is due happens, once or until stopped."""

import signal
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from chainmap.management.commands import run_rounds
from chainmap.models import Agreement, HandOff, KeptFile, Notification, Party, ReportSchedule, Round
from chainmap.services.report_schedules import schedule_make
from chainmap.services.rounds import RoundsRun
from tests.keeping import ask, stand_in

pytestmark = pytest.mark.django_db
NOTHING = RoundsRun(opened=0, closed=0, released=0, reminders=0)


@pytest.fixture
def due(organization):
    """A round that should have been opened an hour ago."""
    now = timezone.now()
    return organization.rounds.create(
        name="Due", reminder_days="3", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=5)
    )


@pytest.fixture
def told(capsys):
    def run(*arguments):
        call_command("run_rounds", *arguments)
        return capsys.readouterr()

    return run


def test_what_is_due_is_opened_reminded_closed_and_published(due, told):
    Party.objects.filter(code="bob").update(email="bob@acme.example")
    assert told().out == "Rounds opened: 1, closed: 0, published: 0. Reminders: 0.\n"
    assert Round.objects.get(pk=due.pk).state == Round.State.OPEN
    Round.objects.filter(pk=due.pk).update(opened_on=timezone.localdate() - timedelta(days=3))
    assert told().out.endswith("Reminders: 1.\n")
    assert [message.to for message in mail.outbox] == [["bob@acme.example"]] * 2
    ended = timezone.now() - timedelta(minutes=1)
    Round.objects.filter(pk=due.pk).update(closes_at=ended, opens_at=None)
    assert "closed: 1, published: 1" in told().out
    assert told().out == "Rounds opened: 0, closed: 0, published: 0. Reminders: 0.\n"


@pytest.fixture
def looks(monkeypatch):
    """What the looks of a watch find, one after the other; it is stopped while it takes the last."""
    before = signal.getsignal(signal.SIGTERM)
    found, pauses = [], []

    def look(now):
        if len(found) == 1:
            signal.raise_signal(signal.SIGTERM)
        if isinstance(result := found.pop(0), BaseException):
            raise result
        return result

    monkeypatch.setattr(run_rounds, "rounds_run", look)
    monkeypatch.setattr(run_rounds.time, "sleep", pauses.append)
    monkeypatch.setattr(run_rounds, "close_old_connections", lambda: None)  # the test's own transaction is on it
    yield found
    assert set(pauses) <= {60}
    signal.signal(signal.SIGTERM, before)


def test_a_watch_goes_on_until_it_is_stopped_and_tells_only_what_was_done(looks, told):
    looks += [NOTHING, RoundsRun(opened=0, closed=1, released=1, reminders=0), NOTHING]
    assert told("--watch").out == "Rounds opened: 0, closed: 1, published: 1. Reminders: 0.\n"
    assert looks == []


def test_one_look_that_fails_does_not_end_the_watch_nor_repeat_what_it_says(looks, told):
    looks += [ValueError("somebody@acme.example"), RoundsRun(opened=1, closed=0, released=0, reminders=0), NOTHING]
    output = told("--watch")
    assert "opened: 1" in output.out
    assert "the next is in a minute: ValueError" in output.err
    assert "somebody" not in output.err


def test_ctrl_c_ends_a_watch_quietly(looks, told):
    looks += [NOTHING, KeyboardInterrupt()]
    output = told("--watch")
    assert (output.out, output.err) == ("", "")


def test_a_stop_during_the_pause_ends_it_at_once(looks, told, monkeypatch):
    looks += [NOTHING, NOTHING, NOTHING]
    monkeypatch.setattr(run_rounds.time, "sleep", lambda _seconds: signal.raise_signal(signal.SIGTERM))
    assert told("--watch").out == ""
    assert len(looks) == 2, "no look after the stop"


# ---- agreements and news


@pytest.fixture
def day_came(organization, people):
    """An agreement of alice and bob whose day is today."""
    given = HandOff.objects.get(organization=organization, supplier__code="alice", customer__code="bob")
    return Agreement.objects.create(
        handoff=given,
        made_by=given.customer,
        owner=given.supplier,
        sentence="By Tuesday.",
        due_on=timezone.localdate(),
        state=Agreement.State.AGREED,
    )


def test_agreements_whose_day_came_are_told_and_what_is_new_is_mailed(day_came, told):
    Party.objects.filter(code="alice").update(email="alice@acme.example")
    first = told().out
    assert first.endswith("People reminded of an agreement: 2. Mails with news: 0.\n")
    assert Notification.objects.filter(kind="agreement_due").count() == 2
    Notification.objects.update(made_at=timezone.now() - timedelta(minutes=16))
    assert told().out.endswith("Reminders: 0.\nPeople reminded of an agreement: 0. Mails with news: 1.\n")
    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert told().out == "Rounds opened: 0, closed: 0, published: 0. Reminders: 0.\n", "nothing to tell, nothing said"


def test_a_look_at_rounds_that_fails_does_not_keep_news_back(looks, told, day_came):
    looks += [ValueError("somebody@acme.example"), NOTHING]
    output = told("--watch")
    assert output.out == "People reminded of an agreement: 2. Mails with news: 0.\n"
    assert "ValueError" in output.err


# ---- reports


def test_reports_left_half_made_are_made_due_ones_mailed_and_old_ones_deleted(organization, carla, told, monkeypatch):
    stand_in(monkeypatch)
    carla.email = "carla@acme.example"
    carla.save()
    old = ask(carla, organization, format="csv")
    KeptFile.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    left = ask(carla, organization)
    KeptFile.objects.filter(pk=left.pk).update(state="running", touched_at=timezone.now() - timedelta(hours=1))
    schedule_make(actor=carla, organization=organization, team=None, when="monthly", paper="a4")
    ReportSchedule.objects.update(sent_month=None)
    assert told().out.endswith("Reports made: 1, mailed: 1. Files deleted: 1.\n")
    assert [message.to for message in mail.outbox] == [["carla@acme.example"]]
    assert list(KeptFile.objects.values_list("pk", "state")) == [(left.pk, "ready")]
    assert told().out == "Rounds opened: 0, closed: 0, published: 0. Reminders: 0.\n"
