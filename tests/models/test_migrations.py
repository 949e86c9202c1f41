"""A database of an earlier version, with rows and triggers in it, becomes one of this version."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRIGGER = (
    "CREATE TRIGGER chainmap_old BEFORE UPDATE ON chainmap_rating"
    " WHEN NEW.round_id IN (SELECT id FROM chainmap_round) BEGIN SELECT 1; END"
)
ORGANIZATION = "INSERT INTO chainmap_organization (name, kappa, data_version, created_at) VALUES ('A', 2, 1, 0)"
PARTY = (
    "INSERT INTO chainmap_party (id, organization_id, code, name, kind, job, email, capacity)"
    " VALUES ({0}, 1, 'p{0}', 'P{0}', 'employee', '', '', 1)"
)
HANDOFF = (
    "INSERT INTO chainmap_handoff (organization_id, supplier_id, customer_id, deliverable, volume)"
    " VALUES (1, 1, 2, 'x', 3)"
)


def migrate(database, *arguments):
    environment = os.environ | {"CHAINMAP_DATA": str(database.parent), "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "manage.py", "migrate", "-v0", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def first_version(tmp_path_factory):
    """The file of an empty database as the first migration made it: to be copied."""
    database = tmp_path_factory.mktemp("first") / "old.sqlite3"
    migrate(database, "chainmap", "0001")
    with closing(sqlite3.connect(database)) as made:
        assert made.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # all of it is in the one file
    return database


@pytest.mark.parametrize("had_attempts", [False, True], ids=["first", "later"])
def test_rounds_from_before_are_closed_and_nothing_is_lost(tmp_path, first_version, had_attempts):
    """For a short time the first migration made the table of attempts; both kinds of database go on."""
    old = shutil.copy(first_version, tmp_path / "old.sqlite3")
    with closing(sqlite3.connect(old)) as database, database:
        for statement in (ORGANIZATION, PARTY.format(1), PARTY.format(2), HANDOFF):
            database.execute(statement)
        database.execute("INSERT INTO chainmap_round (name, mode, organization_id) VALUES ('Imported', 'open', 1)")
        database.execute(TRIGGER)
        if had_attempts:
            columns = "id integer PRIMARY KEY, what varchar(30), who varchar(64), since datetime, count integer"
            database.execute(f"CREATE TABLE chainmap_attempt ({columns})")
    migrate(old)
    with closing(sqlite3.connect(old)) as database:
        assert database.execute("SELECT name, mode, state, k FROM chainmap_round").fetchall() == [
            ("Imported", "open", "closed", 5)
        ]
        says = "SELECT deliverable, volume, supplier_says, customer_says, version, is_removed FROM chainmap_handoff"
        assert database.execute(says).fetchall() == [("x", 3.0, "", "", 1, 0)]
        assert database.execute("SELECT count(*) FROM chainmap_attempt").fetchone() == (0,)
        triggers = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    assert any(name.startswith("chainmap_rating_sides") for name in triggers)
