"""The pure modules of the chain map, run by node where the machine has one."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def test_folding_filters_focus_and_widths_of_the_map():
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine: the pure scripts of the map are left to the browser tests")
    run = subprocess.run(
        [node, "--test", "--test-reporter=tap", str(HERE / "chain_map_model.test.js")],
        capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert "# pass 13" in run.stdout
