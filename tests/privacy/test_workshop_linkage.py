"""Whoever steals file and log of the database finds no order of anonymous answers, and no word that was not shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite_only

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the played workshop left behind."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.privacy.room_on_disk"],
        env=os.environ
        | {
            "CHAINMAP_DATA": str(tmp_path_factory.mktemp("room")),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONPATH": str(ROOT),
        },
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


def test_the_log_holds_no_order_while_the_room_answers(found):
    assert (found["open"], found["joined"]) == ([], 0)


def test_after_the_reveal_what_was_not_shown_is_in_neither(found):
    """Of a former edition, taken back, and of fewer than texts need."""
    assert found["revealed"] == []


def test_after_closing_no_unrevealed_word_is_in_file_or_log(found):
    assert (found["closed"], found["log"]) == ([], 0)
