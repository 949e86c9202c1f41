"""A room of phones at the server as it is really started: nothing fails, and all see the reveal.

How fast is measured by tests/benchmarks/workshop_room.py with sixty phones; here a dozen show that it works.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.benchmarks.workshop_room import Server, room

PHONES = 12


@pytest.mark.timeout(180)
def test_a_dozen_phones_join_answer_and_see_the_reveal(tmp_path):
    # in a thread of its own: a test with a browser may have left a running loop in this one
    with Server(tmp_path) as server, ThreadPoolExecutor(1) as pool:
        told = room(server.seed, server.port, phones=PHONES, reveals=1, seconds=0.5)
        found = pool.submit(asyncio.run, told).result()
    assert found.errors == []
    assert len(found.sent) == PHONES
    assert len(found.seen) == 1
    # each saw the card and the result, and had nothing new in between
    assert len(found.new) >= 2 * PHONES
    assert found.unchanged
