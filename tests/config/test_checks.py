"""The system checks find what they are for, and nothing in the project as it comes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.db import connection

from chainmap.checks import check_database, check_policy

ROOT = Path(__file__).resolve().parents[2]


def ids(messages):
    return [message.id for message in messages]


@pytest.mark.django_db
def test_nothing_is_found_as_it_comes():
    assert ids(run_checks(databases=["default"])) == []
    assert ids(check_policy()) == []


def test_deployed_behind_tls_nothing_is_found_either(tmp_path):
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    environment = inherited | {
        "HTTPS": "1",
        "CHAINMAP_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_sqlite_must_begin_immediate(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", {})
    assert ids(check_database(databases=["default"])) == ["chainmap.E001"]


@pytest.mark.django_db
def test_requests_are_no_transactions(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    assert ids(check_database(databases=["default"])) == ["chainmap.E003"]


@pytest.mark.django_db
def test_other_databases_are_refused(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "mysql")
    assert ids(check_database(databases=["default"])) == ["chainmap.E002"]


@pytest.mark.parametrize(
    "policy", [{}, {"DIRECTIVES": {"default-src": ["'none'"], "script-src": ["'unsafe-inline'"]}}]
)  # fmt: skip
def test_a_policy_without_holes(settings, policy):
    settings.CONTENT_SECURITY_POLICY = policy
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(check_policy()) == ["chainmap.E004", "chainmap.E005"]


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_sqlite_is_opened_as_the_settings_say():
    with connection.cursor() as cursor:
        for pragma, value in (("foreign_keys", 1), ("secure_delete", 1), ("synchronous", 1)):
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone()[0] == value, pragma
    assert connection.transaction_mode == "IMMEDIATE"
