"""Other programs that open what is exported; tests that need one skip where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def needed(program: str) -> str:
    """Where it is. Skips the test where it is not."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def converted(content: bytes, folder: Path, *, name: str, to: str) -> Path:
    """What LibreOffice makes of a file: ``to`` is its name for a format, "pdf" or "csv:...". Returns the new file."""
    source = folder / name
    source.write_bytes(content)
    command = [
        needed("soffice"), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", to,
        "--outdir", str(folder / "out"), str(source),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, timeout=120, check=False, cwd=folder)
    made = sorted((folder / "out").glob("*")) if (folder / "out").exists() else []
    assert made, done.stderr.decode("utf-8", "replace")
    return made[0]
