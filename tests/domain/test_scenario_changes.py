"""Changes as JSON: what is written is read back, and nothing else is let in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainmap.domain.scenario_changes import (
    Add,
    Remove,
    Reroute,
    ScenarioCode,
    ScenarioError,
    SetVolume,
    SetYield,
    changes_read,
    changes_write,
)

_KEY = st.integers(0, 2**53 - 1)
_YIELD, _VOLUME = st.floats(0, 1), st.floats(1e-6, 1e9)
_CHANGES = st.lists(
    st.builds(SetYield, _KEY, _YIELD)
    | st.builds(SetVolume, _KEY, _VOLUME)
    | st.builds(Remove, _KEY)
    | st.builds(Add, _KEY, _KEY, st.sampled_from(["", "plan", "Änderung 😀"]), _VOLUME, st.none() | _YIELD)
    | st.builds(Reroute, _KEY, _KEY),
    max_size=50,
)


@given(_CHANGES)
def test_what_is_written_is_read_back(changes):
    text = changes_write(changes)
    assert list(changes_read(text)) == changes
    assert list(changes_read(text.encode())) == changes


@pytest.mark.parametrize(
    ("text", "code", "field", "place"),
    [
        ("", ScenarioCode.NOT_READABLE, "", None),
        ("[" * 5000, ScenarioCode.NOT_READABLE, "", None),
        ("{}", ScenarioCode.NOT_READABLE, "changes", None),
        ("[7]", ScenarioCode.NOT_READABLE, "kind", 0),
        ('[{"kind": ["yield"]}]', ScenarioCode.NOT_READABLE, "kind", 0),
        ('[{"kind": "erase", "handoff": 1}]', ScenarioCode.NOT_READABLE, "kind", 0),
        ('[{"kind": "remove"}]', ScenarioCode.NOT_READABLE, "handoff", 0),
        ('[{"kind": "remove", "handoff": null}]', ScenarioCode.NOT_READABLE, "handoff", 0),
        ('[{"kind": "remove", "handoff": 1, "yield": 1}]', ScenarioCode.NOT_READABLE, "yield", 0),
        ('[{"kind": "remove", "handoff": true}]', ScenarioCode.NOT_READABLE, "handoff", 0),
        ('[{"kind": "remove", "handoff": 1.0}]', ScenarioCode.NOT_READABLE, "handoff", 0),
        ('[{"kind": "remove", "handoff": -1}]', ScenarioCode.NOT_READABLE, "handoff", 0),
        ('[{"kind": "remove", "handoff": 9007199254740992}]', ScenarioCode.NOT_READABLE, "handoff", 0),
        ('[{"kind": "remove", "handoff": 1, "handoff": 2}]', ScenarioCode.NOT_READABLE, "", None),
        ('[{"kind": "remove", "handoff": 1}, {"kind": "yield", "handoff": 1, "yield": "1"}]',
         ScenarioCode.NOT_READABLE, "yield", 1),
        ('[{"kind": "yield", "handoff": 1, "yield": NaN}]', ScenarioCode.NOT_READABLE, "", None),
        ('[{"kind": "yield", "handoff": 1, "yield": 1.01}]', ScenarioCode.OUTSIDE, "yield", 0),
        ('[{"kind": "yield", "handoff": 1, "yield": 1e400}]', ScenarioCode.OUTSIDE, "yield", 0),
        ('[{"kind": "yield", "handoff": 1, "yield": -0.01}]', ScenarioCode.OUTSIDE, "yield", 0),
        (f'[{{"kind": "yield", "handoff": 1, "yield": {"9" * 400}}}]', ScenarioCode.OUTSIDE, "yield", 0),
        ('[{"kind": "volume", "handoff": 1, "volume": 0}]', ScenarioCode.OUTSIDE, "volume", 0),
        ('[{"kind": "add", "supplier": 1, "customer": 2, "deliverable": 5}]',
         ScenarioCode.NOT_READABLE, "deliverable", 0),
        ('[{"kind": "add", "supplier": 1, "customer": 2, "deliverable": "a\\u0000"}]',
         ScenarioCode.BAD_TEXT, "deliverable", 0),
        (json.dumps([{"kind": "remove", "handoff": at} for at in range(51)]), ScenarioCode.TOO_MANY, "changes", None),
        ("[" + " " * 20_000 + "]", ScenarioCode.TOO_LONG, "changes", None),
        ('["' + "ä" * 10_000 + '"]', ScenarioCode.TOO_LONG, "changes", None),
    ],
)  # fmt: skip
def test_what_is_refused(text, code, field, place):
    with pytest.raises(ScenarioError) as caught:
        changes_read(text)
    assert (caught.value.code, caught.value.field, caught.value.place) == (code, field, place)


def test_what_would_not_be_read_is_not_written():
    with pytest.raises(ScenarioError):
        changes_write([Remove(1)] * 51)
    with pytest.raises(ScenarioError):
        changes_write([Add(1, 2, "ä" * 200 + str(at)) for at in range(50)])


def test_a_yield_of_null_is_the_mean_and_the_text_is_cleaned():
    row = {"kind": "add", "supplier": 1, "customer": 2, "deliverable": "  the \n plan ", "yield": None}
    assert changes_read(json.dumps([row])) == (Add(1, 2, "the plan"),)
