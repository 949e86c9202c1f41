"""The files of the invented company are read strictly, and say that they are invented."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainmap.domain.exercises import Exercise
from chainmap.imports.practice_company import read_practice_company

FOLDER = Path(__file__).resolve().parents[2] / "chainmap" / "sample" / "wendelmoor_wheels"


@pytest.fixture
def files():
    return {path.name: path.read_bytes() for path in FOLDER.iterdir()}


def changed(files, name, change):
    """The files with one JSON file changed."""
    data = json.loads(files[name])
    return files | {name: json.dumps(change(data)).encode()}


def test_everything_is_read(files):
    company = read_practice_company(files)
    assert len(company.cards) == 49
    assert company.answers.keys() == set(Exercise)
    assert len(company.texts.purposes) == 6


def test_every_text_that_is_shown_alone_says_invented(files):
    """The company, its round, its workshop, and every firm that is not the company itself."""
    texts = read_practice_company(files).texts
    assert "invented" in texts.about.lower()
    assert "invented" in texts.round
    assert "practice" in texts.workshop
    outside = [
        line for line in files["people.csv"].decode().splitlines() if "end_customer" in line or "_supplier" in line
    ]
    assert len(outside) == 5
    assert all("(invented" in line for line in outside)
    assert "invented" in files["README.md"].decode().splitlines()[0]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("company.json", lambda data: data | {"mood": "good"}),
        ("company.json", lambda data: {key: data[key] for key in data if key != "claims"}),
        ("company.json", lambda data: data | {"name": 7}),
        ("cards.json", lambda data: [*data, data[0]]),
        ("cards.json", lambda data: [{**data[0], "card": {"score": 11}}]),
        ("answers.json", lambda data: data | {"dance": []}),
        ("answers.json", lambda data: {key: data[key] for key in data if key != "rate"}),
        ("answers.json", lambda data: data | {"ladder": [{"rung": "client"}]}),
        ("answers.json", lambda data: data | {"ladder": ["client"]}),
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(files, name, change):
    with pytest.raises(ValueError, match=r"json|stored data|refused|score"):
        read_practice_company(changed(files, name, change))


def test_a_missing_file_is_named(files):
    del files["cards.json"]
    with pytest.raises(KeyError, match="cards"):
        read_practice_company(files)
