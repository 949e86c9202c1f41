"""The audit log keeps a line for 24 months; the chain of those left is whole, and the seal of the last removed is
kept."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from chainmap.access import OPERATOR
from chainmap.domain.audit import AuditWhat
from chainmap.models import AuditAnchor, AuditEntry
from chainmap.services.audit import (
    audit_file,
    audit_has_seal,
    audit_shorten,
    audit_state,
    audit_verify,
    audit_write,
)

pytestmark = pytest.mark.django_db
START = datetime(2024, 5, 31, 12, tzinfo=UTC)


@pytest.fixture
def travel(monkeypatch):
    """The clock of the program."""

    def to(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return to


@pytest.fixture
def monthly(organization, carla, travel):
    """A line in each of 30 months from START on; their seals. The clock stands at the last of them."""
    seals = []
    for number in range(30):
        travel(month(number))
        seals.append(write(organization, carla))
    return seals


def month(number):
    years, months = divmod(4 + number, 12)
    return START.replace(year=2024 + years, month=months + 1, day=15)


def write(organization, user):
    return audit_write(organization=organization, user=user, what=AuditWhat.REPORT_TAKEN, about="Spring").seal


def numbers(organization):
    return list(
        AuditEntry.objects.filter(organization=organization).order_by("number").values_list("number", flat=True)
    )


def test_older_ones_go_and_the_chain_is_whole(organization, monthly, travel):
    now = month(29)
    assert audit_shorten(now=now) == 5, "those of May to September 2024; that of October is 24 months old to the minute"
    assert numbers(organization) == list(range(6, 31))
    state = audit_state(actor=OPERATOR, organization=organization)
    assert (state.broken, state.lines, state.removed, state.seal) == (None, 25, 5, monthly[-1])
    anchor = AuditAnchor.objects.get()
    assert (anchor.number, anchor.at, anchor.seal) == (5, month(4), monthly[4])
    assert [audit_shorten(now=now) for _turn in range(3)] == [0, 0, 0]
    assert audit_shorten(now=travel(now + timedelta(seconds=1))) == 1
    assert AuditAnchor.objects.get().seal == monthly[5]
    assert audit_verify(organization=organization) is None


def test_when_all_are_gone_the_next_follows_the_last(organization, carla, monthly, travel):
    travel(month(29).replace(year=2030))
    assert audit_shorten(now=timezone.now()) == 30
    state = audit_state(actor=OPERATOR, organization=organization)
    assert (state.broken, state.lines, state.removed, state.seal) == (None, 0, 30, monthly[-1])
    write(organization, carla)
    entry = AuditEntry.objects.get()
    assert entry.number == 31
    line = {
        "about": "Spring",
        "at": entry.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        "number": 31,
        "organization": organization.pk,
        "what": "report_taken",
        "who": "Carla",
    }
    written = json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert entry.seal == hashlib.sha256((monthly[-1] + written).encode()).hexdigest()
    assert audit_verify(organization=organization) is None


def test_each_organization_its_own(organization, other_organization, carla, zoe, monthly, travel):
    travel(month(28))
    young = write(other_organization, zoe)
    assert audit_shorten(now=month(29)) == 5
    assert audit_state(actor=OPERATOR, organization=other_organization).seal == young
    assert AuditAnchor.objects.get().organization == organization


def test_a_younger_line_in_between_keeps_those_behind_it(organization, carla, travel):
    """As when the clock of the server was wrong: what is left has no gap."""
    for moment in (month(0), month(29), month(1)):
        travel(moment)
        write(organization, carla)
    assert audit_shorten(now=travel(month(29))) == 1
    assert numbers(organization) == [2, 3]
    assert audit_verify(organization=organization) is None


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lambda rows: rows.filter(number=6).delete(), 6),
        (lambda rows: rows.filter(number=17).delete(), 17),
        (lambda rows: AuditAnchor.objects.all().delete(), 1),
        (lambda rows: AuditAnchor.objects.update(number=6), 7),
        (lambda rows: AuditAnchor.objects.update(number=30, seal="0" * 64), 31),
    ],
    ids=["the first left", "one in between", "the beginning", "a beginning one on", "a beginning with another seal"],
)
def test_what_others_take_out_is_found(organization, monthly, harm, found):
    audit_shorten(now=month(29))
    harm(AuditEntry.objects.filter(organization=organization))
    assert audit_verify(organization=organization) == found


def test_younger_lines_taken_out_as_if_they_were_old(organization, monthly, travel):
    """Whoever deletes lines and moves the beginning after them is found by the age of what is gone."""
    travel(month(29))
    last = AuditEntry.objects.get(number=20)
    AuditEntry.objects.filter(number__lte=20).delete()
    AuditAnchor.objects.create(organization=organization, number=20, at=last.at, seal=last.seal)
    assert audit_verify(organization=organization) == 20


def test_the_beginning_never_goes_back(organization, monthly):
    audit_shorten(now=month(29))
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditAnchor.objects.update(number=3)


def test_seals_written_down_before(organization, monthly):
    audit_shorten(now=month(29))
    assert [audit_has_seal(organization=organization, seal=monthly[place]) for place in (0, 4, 5, 29)] == [
        False, True, True, True,
    ]  # fmt: skip


def test_the_table_begins_with_the_seal_of_the_last_one_removed(organization, erik, monthly):
    audit_shorten(now=month(29))
    text = audit_file(actor=erik, organization=organization).content.decode("utf-8-sig")
    first, *rows = csv.DictReader(io.StringIO(text))
    assert (first["number"], first["what"], first["seal"]) == ("5", "removed_until_here", monthly[4])
    assert [row["number"] for row in rows] == [str(number) for number in range(6, 31)]
    assert AuditEntry.objects.get(number=31).what == "audit_log_taken"


def test_the_commands_do_it_and_say_so(organization, monthly, capsys):
    call_command("run_rounds")
    assert "5 lines of the audit log were 24 months old and were removed." in capsys.readouterr().out
    call_command("run_rounds")
    assert "audit log" not in capsys.readouterr().out
    call_command("audit_verify", seal=monthly[4])
    said = capsys.readouterr().out
    assert "Acme: The chain of seals is whole: all 25 lines" in said
    assert "Lines 1 to 5 were removed when they were 24 months old" in said
    with pytest.raises(CommandError, match="24 months old"):
        call_command("audit_verify", seal=monthly[0])
    AuditEntry.objects.filter(number=6).delete()
    with pytest.raises(CommandError):
        call_command("audit_verify")
    assert "broken at line 6" in capsys.readouterr().out


def test_a_look_asks_little_while_nothing_is_old(organization, carla, django_assert_max_num_queries):
    write(organization, carla)
    with django_assert_max_num_queries(1):
        assert audit_shorten(now=timezone.now()) == 0


def test_removed_meanwhile_it_is_read_once_more(organization, monthly, monkeypatch):
    """The lines are removed between the reading of the beginning and that of the lines."""
    from chainmap.services import audit

    real, turns = audit._check, []

    def check(*given):
        turns.append(given)
        if len(turns) == 1:
            audit_shorten(now=month(29))
        return real(*given)

    monkeypatch.setattr(audit, "_check", check)
    assert audit_verify(organization=organization) is None
    assert len(turns) == 2


def test_a_leap_day_does_not_make_what_is_gone_seem_too_young(organization, carla, travel):
    travel(datetime(2026, 2, 28, 22, tzinfo=UTC))
    write(organization, carla)
    assert audit_shorten(now=travel(datetime(2028, 2, 28, 23, tzinfo=UTC))) == 1
    for moment in (datetime(2028, 2, 29, 1, tzinfo=UTC), datetime(2028, 2, 29, 23, tzinfo=UTC)):
        travel(moment)
        assert audit_verify(organization=organization) is None
