"""The audit log: lines are only added, each sealed with the one before; whoever changes one is found out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from chainmap.access import OPERATOR, NotFound
from chainmap.domain.audit import AuditWhat
from chainmap.models import AuditEntry
from chainmap.services.audit import audit_file, audit_find, audit_has_seal, audit_state, audit_verify, audit_write
from tests.cast import make_organization

pytestmark = pytest.mark.django_db


def write(organization, user=None, times=1, about="Spring"):
    for _turn in range(times):
        entry = audit_write(organization=organization, user=user, what=AuditWhat.REPORT_TAKEN, about=about)
    return entry


def tampered(sql, *values):
    """Change the table behind the back of the program: without its rule."""
    dropped = {
        "sqlite": "DROP TRIGGER IF EXISTS chainmap_audit_entry_stays_update",
        "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE chainmap_auditentry DISABLE TRIGGER USER",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(dropped)
        cursor.execute(sql, values)


def test_lines_are_numbered_by_organization_and_sealed_one_with_the_other(organization, carla):
    other = make_organization("Second")
    first, second = write(organization, carla), write(organization, None, about="Sales")
    elsewhere = write(other, carla)
    assert [(entry.number, entry.who) for entry in (first, second, elsewhere)] == [(1, "Carla"), (2, ""), (1, "Carla")]
    # worked out again by hand
    line = {
        "about": "Sales",
        "at": second.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        "number": 2,
        "organization": organization.pk,
        "what": "report_taken",
        "who": "",
    }
    written = json.dumps(line, sort_keys=True, separators=(",", ":"))
    assert second.seal == hashlib.sha256((first.seal + written).encode()).hexdigest()
    assert audit_verify(organization=organization) is None


def test_a_line_is_there_only_if_what_it_tells_of_happened(organization, carla):
    def fail_after():
        with transaction.atomic():
            write(organization, carla)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after()
    assert write(organization, carla).number == 1


@pytest.mark.parametrize("field", ["who", "what", "about"])
def test_a_changed_line_is_found(organization, carla, field):
    write(organization, carla, 5)
    tampered(f"UPDATE chainmap_auditentry SET {field} = 'x' WHERE number = 3")
    assert audit_verify(organization=organization) == 3


def test_a_line_dated_back_is_found(organization, carla):
    write(organization, carla, 3)
    tampered("UPDATE chainmap_auditentry SET at = '2020-01-01 00:00:00+00:00' WHERE number = 2")
    assert audit_verify(organization=organization) == 2


def test_a_line_taken_out_is_found_and_one_off_the_end_by_its_seal(organization, carla):
    last = write(organization, carla, 5)
    AuditEntry.objects.filter(number=5).delete()
    assert audit_verify(organization=organization) is None
    assert not audit_has_seal(organization=organization, seal=last.seal)
    AuditEntry.objects.filter(number=2).delete()
    assert audit_verify(organization=organization) == 2


def test_a_line_sealed_anew_is_found_by_the_next(organization, carla):
    write(organization, carla, 3)
    tampered("UPDATE chainmap_auditentry SET seal = %s WHERE number = 2", "0" * 64)
    assert audit_verify(organization=organization) == 2


def test_the_database_refuses_to_change_a_line(organization, carla):
    entry = write(organization, carla)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(about="x")


def test_the_name_stays_when_the_account_is_gone(organization, carla):
    write(organization, carla)
    carla.delete()
    assert AuditEntry.objects.get().user_id is None
    [line] = audit_find(actor=OPERATOR, organization=organization).lines
    assert line.who == "Carla"
    assert audit_verify(organization=organization) is None


@pytest.mark.parametrize("who", ["alice", "bob", "carla"])
def test_only_administrator_and_auditor_read_it(organization, people, who):
    for read in (audit_find, audit_state, audit_file):
        with pytest.raises(PermissionDenied):
            read(actor=people[who], organization=organization)


def test_to_a_stranger_there_is_none(organization, zoe):
    for read in (audit_find, audit_state, audit_file):
        with pytest.raises(NotFound):
            read(actor=zoe, organization=organization)


def test_newest_first_in_parts(organization, erik):
    write(organization, erik, 7)
    rows = audit_find(actor=erik, organization=organization, offset=2, limit=3)
    assert ([line.number for line in rows.lines], rows.total) == ([5, 4, 3], 7)


def test_the_table_can_be_checked_without_the_program(organization, erik):
    write(organization, erik, 2, about="=HYPERLINK(1)")
    file = audit_file(actor=erik, organization=organization)
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [row["number"] for row in rows] == ["1", "2"]
    assert rows[0]["about"] == "'=HYPERLINK(1)", "no spreadsheet runs it"
    before = ""
    for row in rows:
        line = {name: row[name] for name in ("what", "who")} | {
            "about": row["about"].removeprefix("'"),
            "at": row["at"],
            "number": int(row["number"]),
            "organization": organization.pk,
        }
        written = json.dumps(line, sort_keys=True, separators=(",", ":"))
        before = hashlib.sha256((before + written).encode()).hexdigest()
        assert row["seal"] == before


def test_hostile_words_become_one_line(organization, carla):
    carla.first_name = "Car\u202ela\nX"
    entry = write(organization, carla, about="a\x1b[2Jb\r\nc" + "x" * 900)
    assert entry.who == "Car la X"
    assert entry.about.startswith("a [2Jb c")
    assert len(entry.about) <= 400
    assert audit_verify(organization=organization) is None
