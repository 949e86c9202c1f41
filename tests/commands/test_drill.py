"""``manage.py drill``: one line of figures, and exit code 1 where a goal is missed. Linkage: tests/privacy."""

from __future__ import annotations

import io
import re
from collections import defaultdict

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from chainmap.domain.cells import CellKey
from chainmap.domain.confidentiality import Selection
from chainmap.services import privacy_drill
from chainmap.services.privacy_drill import PrivacyFigures, company_answers, privacy_measure
from tests.privacy.auditor import audit, incidence

LINE = re.compile(
    r"(\d+) companies: (\d+) of (\d+) hidden cells and (\d+) of (\d+) single answers can be computed, .*; "
    r"([\d.]+) % of the cells .* \(goal 85 %\); 150 people with 750 ratings take \d+ ms \(goal 500\)\.\n"
)


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("drill", *arguments, stdout=out)
    return out.getvalue()


def minimum_group_alone(answers) -> Selection:
    """What a minimum of five would publish, without any check."""
    raters: dict[CellKey, set[int]] = defaultdict(set)
    for answer in answers:
        for key in answer.cells:
            raters[key].add(answer.rater)
    enough = tuple(key for key in raters if len(raters[key]) >= 5)
    few = tuple(key for key in raters if len(raters[key]) < 5)
    return Selection(5, False, tuple(answers), enough, few, ())


def test_the_privacy_drill_finds_nothing_and_says_so_in_one_line():
    companies, cells, hidden, single, answers, kept = map(
        float, LINE.fullmatch(run("privacy", "--companies", "3")).groups()
    )
    assert (companies, cells, single, answers) == (3, 0, 0, 3 * 200 - 40)
    assert hidden > 100
    assert kept >= 85


def test_it_finds_what_a_minimum_group_alone_gives_away(monkeypatch):
    """Its own check agrees with the auditor of the tests, answer by answer, and the exit code is 1."""
    monkeypatch.setattr(privacy_drill, "choose_cells", minimum_group_alone)
    monkeypatch.setattr(privacy_drill, "_duration", lambda: 1.0)
    found = privacy_measure(companies=1)
    answers = company_answers(people=40, suppliers=4, seed=0)
    plain = minimum_group_alone(answers)
    rater = np.array([answer.rater for answer in answers])
    known = audit(incidence(answers, plain.published), incidence(answers, plain.hidden), rater)
    everybody, insiders = len(known.ratings), len(known.ratings_by_insider)
    assert found.answers_derived == everybody + insiders > 0
    assert found.cells_derived == len(known.cells) + len(known.cells_by_insider) > 0
    with pytest.raises(SystemExit) as end:
        run("privacy", "--companies", "1")
    assert end.value.code == 1


@pytest.mark.parametrize(
    ("cells", "answers", "kept", "met"), [(0, 0, 0.85, True), (1, 0, 1, False), (0, 1, 1, False), (0, 0, 0.84, False)]
)
def test_when_its_goals_are_met(cells, answers, kept, met):
    assert PrivacyFigures(1, 10, 10, cells, answers, kept, 9999.0).is_kept is met


def test_its_companies_are_random_and_the_same_each_time():
    one = company_answers(people=60, suppliers=4, seed=1)
    assert one == company_answers(people=60, suppliers=4, seed=1) != company_answers(people=60, suppliers=4, seed=2)
    assert len({answer.identity for answer in one}) == len(one) == 240
    assert all(answer.rater != answer.supplier for answer in one)


@pytest.mark.parametrize(
    "wrong",
    [["privacy", "--companies", "0"], ["privacy", "--companies", "x"], ["linkage", "--raters", "9"], [], ["all"]],
)
def test_what_cannot_be_is_said(wrong):
    with pytest.raises(CommandError):
        run(*wrong)
