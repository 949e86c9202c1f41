"""Facts of the project that nobody should have to remember: migrations, settings, documents."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from chainmap.models.integrity import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", "chainmap", verbosity=0)


@pytest.mark.django_db
def test_the_triggers_are_installed():
    """A table that a migration rebuilds loses its triggers on SQLite; they are put back after every migrate."""
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        installed = {row[0] for row in cursor.fetchall()}
    for name in RULES:
        assert any(trigger.startswith(f"chainmap_{name}") for trigger in installed), name


def environment_variables() -> set[str]:
    text = "".join((ROOT / "config" / name).read_text() for name in ("settings.py",))
    return set(re.findall(r'read_\w+\(\s*"([A-Z_]+)"', text))


def test_every_setting_is_documented():
    documented = (ROOT / "docs" / "administrator.md").read_text()
    assert len(environment_variables()) > 8
    assert not {name for name in environment_variables() if f"`{name}`" not in documented}


def test_every_command_is_documented():
    documented = "".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    commands = [path.stem for path in (ROOT / "chainmap/management/commands").glob("[a-z]*.py")]
    assert not [name for name in commands if f"manage.py {name}" not in documented]


def test_the_requirements_are_those_of_the_project():
    """requirements.txt is compiled from pyproject.toml; a pin changed in one place only would be a surprise."""
    declared = set(re.findall(r'^  "([\w.\[\]-]+==[\w.]+)",$', (ROOT / "pyproject.toml").read_text(), re.M))
    bare = {re.sub(r"\[.*?\]", "", pin).lower() for pin in declared}
    locked = {line.split(" ")[0].lower() for line in (ROOT / "requirements-dev.txt").read_text().splitlines()}
    locked = {re.sub(r"\[.*?\]", "", pin) for pin in locked}
    assert len(bare) > 20
    assert bare <= locked
