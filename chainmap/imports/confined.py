"""Run a program over bytes, and end it with everything it started when it takes too long (POSIX)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """``exit_code`` is negative when a signal ended the program, None when it ran out of time."""

    exit_code: int | None
    output: bytes


def run_confined(command: Sequence[str], data: bytes, *, seconds: float) -> Outcome:
    """Give ``data`` to the program's standard input and return what it writes, after at most ``seconds``.

    The program gets its own process group, which is killed as a whole, and none of this process's environment: what
    a stranger's file could take over must not find the secrets of the server there.
    """
    environment = {key: os.environ[key] for key in ("LD_LIBRARY_PATH", "SYSTEMROOT") if key in os.environ}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(data, timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill_group(process)
            return Outcome(None, b"")
        except BaseException:
            _kill_group(process)
            raise
    return Outcome(process.returncode, output)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the program and its children; it is not waited for yet, so that its number cannot be somebody else's."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
