"""The linkage drill, small: who gave which anonymous answer cannot be told from the stolen file of the database."""

from __future__ import annotations

import io
import random
import re
import sqlite3
from contextlib import closing

import pytest
from django.core.management import CommandError, call_command

from chainmap.services.linkage import LINK_MARGIN, PAIR_MARGIN, LinkageFigures, NotScratch, linkage_measure
from chainmap.services.linkage_attacks import (
    changes_in_log,
    links_found,
    pairs_in_order,
    places_everywhere,
    places_in_file,
    values_shared,
)

pytestmark = pytest.mark.sqlite_only

#: Enough answers for the best of some eighty attacks to stay below the goal by chance.
RATERS, ROUNDS = 50, 8
LINE = re.compile(
    r"(?P<rounds>\d+) rounds of (?P<raters>\d+): the best attack on the open file links (?P<open>[\d.]+) %, on its log "
    r"(?P<log>[\d.]+) %, after closing (?P<closed>[\d.]+) % \(chance (?P<chance>[\d.]+) %.*order told for "
    r"(?P<pairs>\d+) % of (?P<count>\d+) pairs.*; (?P<left>\d+) unpublished texts left"
)


@pytest.fixture(scope="module")
def drilled() -> tuple[dict[str, float], bool]:
    """The figures of the command's one line, and whether it ended with exit code 0."""
    out, met = io.StringIO(), True
    try:
        call_command("drill", "linkage", f"--raters={RATERS}", f"--rounds={ROUNDS}", stdout=out)
    except SystemExit as end:
        met = end.code == 0
    (line,) = out.getvalue().splitlines()
    return {name: float(figure) for name, figure in LINE.match(line).groupdict().items()}, met


@pytest.mark.parametrize("when", ["open", "closed"])
def test_no_attack_on_the_file_links_more_than_guessing_does(drilled, when):
    figures, _met = drilled
    assert (figures["raters"], figures["rounds"], figures["chance"]) == (RATERS, ROUNDS, 100 / RATERS)
    assert figures[when] <= 100 * (1 / RATERS + LINK_MARGIN)


def test_after_closing_no_unpublished_word_is_in_file_or_log(drilled):
    """Drafts, wishes, comments of hidden cells, the seal and the slots of all answers."""
    assert drilled[0]["left"] == 0


def test_the_log_of_an_open_round_tells_no_order(drilled):
    assert drilled[0]["log"] <= 100 * (1 / RATERS + LINK_MARGIN)


def test_the_place_in_a_page_tells_no_order(drilled):
    assert drilled[0]["count"] > 50
    assert drilled[0]["pairs"] <= 100 * (0.5 + PAIR_MARGIN)


def test_the_drill_ends_with_exit_code_0(drilled):
    assert drilled[1]


@pytest.mark.django_db
def test_the_drill_stays_away_from_a_database_in_use(organization):
    before = type(organization).objects.count()
    with pytest.raises(NotScratch):
        linkage_measure(raters=10, rounds=1)
    with pytest.raises(CommandError, match="of its own"):
        call_command("drill", "linkage", "--here")
    assert type(organization).objects.count() == before


class TestTheAttacksFindWhatIsThere:
    """Each attack against a file that gives something away."""

    @pytest.fixture
    def leaking(self, tmp_path):
        """Rows made in random order that grow when they are answered, and a log that is still there."""
        chance = random.Random(3)
        slots = [f"slot-{number:04d}-{chance.random():.17f}" for number in range(60)]
        visits = chance.sample(slots, len(slots))
        path = tmp_path / "leaking.sqlite3"
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.execute("PRAGMA journal_mode=WAL")
            file.execute("CREATE TABLE chainmap_sealedanswer (id, texts, slot, round_id, fill)")
            file.execute("CREATE TABLE log (who)")
            rows = [(number, "", slot, 1, "-" * 200) for number, slot in enumerate(slots)]
            file.executemany("INSERT INTO chainmap_sealedanswer VALUES (?, ?, ?, ?, ?)", rows)
            for slot in visits:
                file.execute("UPDATE chainmap_sealedanswer SET texts = ? WHERE slot = ?", (f"text of {slot}", slot))
            log = path.with_name("leaking.sqlite3-wal").read_bytes()
            file.execute("INSERT INTO log VALUES (?)", (slots[0],))
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shared = values_shared(file, 1)
        return slots, visits, path.read_bytes(), log, shared

    def test_the_log_tells_the_whole_order(self, leaking):
        slots, visits, _data, log, _shared = leaking
        assert links_found(changes_in_log(log, slots), dict(zip(slots, slots, strict=True)), visits) == len(slots)

    def test_a_place_in_a_page_tells_which_was_earlier(self, leaking):
        slots, visits, data, _log, _shared = leaking
        groups = places_in_file(data, {slot: f"text of {slot}" for slot in slots})
        in_order, pairs = pairs_in_order(groups, dict(zip(slots, slots, strict=True)), visits)
        assert pairs > 100
        assert in_order / pairs > 0.5 + PAIR_MARGIN

    def test_a_shared_value_and_a_text_are_found(self, leaking):
        slots, _visits, data, _log, shared = leaking
        assert shared == 1
        assert sorted(places_everywhere(data, {slot: slot for slot in slots})[0]) == slots


def test_a_missed_goal_is_named():
    found = LinkageFigures(raters=50, rounds=2)
    found.hits["open: x"] = 7
    assert found.misses() == []
    found.hits["log: x"], found.hits["closed: x"], found.left_behind = 8, 100, 1
    found.in_order, found.pairs = 2, 10
    assert found.misses() == ["log", "closed", "pairs", "left behind"]
