"""The cage of every program: what it may take, what becomes of what it starts, and what is said when it fails."""

from __future__ import annotations

import ast
import contextlib
import os
import pickle
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainmap import confined
from chainmap.confined import Cage, Done, Failure, ProgramError, run, turn

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="programs are confined on Linux alone")

MEGABYTE = 2**20
#: Longer than any of these programs needs on any machine.
LONG = 50.0


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The programs that were started. However they ended, none is left: not as a zombie, and not as an open pipe."""
    children: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, command, **settings) -> None:  # type: ignore[no-untyped-def]
            super().__init__(command, **settings)
            children.append(self)

    monkeypatch.setattr(confined.subprocess, "Popen", Watched)
    yield children
    for child in children:
        assert child.returncode is not None
        with pytest.raises(ChildProcessError):
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        assert all(pipe is not None and pipe.closed for pipe in (child.stdin, child.stdout, child.stderr))


def cage(seconds: float = LONG, **bounds) -> Cage:  # type: ignore[no-untyped-def]
    return Cage(time.monotonic() + seconds, **bounds)


def shell(script: str, given: bytes = b"", *, seconds: float = LONG, answers=(0,), **bounds) -> Done:  # type: ignore[no-untyped-def]
    return run(["/bin/sh", "-c", script], given, cage=cage(seconds, **bounds), answers=answers)


def python(script: str, given: bytes = b"", **bounds) -> Done:  # type: ignore[no-untyped-def]
    return run([sys.executable, "-I", "-c", script], given, cage=cage(**bounds))


def failure(script: str, given: bytes = b"", **bounds) -> ProgramError:  # type: ignore[no-untyped-def]
    with pytest.raises(ProgramError) as caught:
        shell(script, given, **bounds)
    return caught.value


# ---- what goes in and comes out


def test_much_goes_through(started) -> None:
    given = os.urandom(8 * MEGABYTE)
    assert shell("cat", given) == Done(0, given)


def test_what_is_not_read_is_no_harm(started) -> None:
    assert shell("echo ready", b"x" * MEGABYTE) == Done(0, b"ready\n")


def test_the_end_is_noticed_at_once(started, monkeypatch) -> None:
    """Once its pipes are closed nobody waits out a whole tick for a program that has ended."""
    waits: list[float] = []

    class Watched(confined.selectors.DefaultSelector):  # type: ignore[misc, name-defined]
        def select(self, timeout):  # type: ignore[no-untyped-def]
            if not self.get_map():
                waits.append(timeout)
            return super().select(timeout)

    really_ended = confined._has_ended
    monkeypatch.setattr(confined.selectors, "DefaultSelector", Watched)
    monkeypatch.setattr(confined, "_has_ended", lambda number: len(waits) >= 10 and really_ended(number))
    assert shell("true").code == 0
    assert waits[0] < 0.001
    assert waits == sorted(waits), "it is asked less and less often"
    assert waits[9] == confined._TICK


def test_the_last_words_are_heard(started) -> None:
    """What is still in the pipe when the program has ended."""
    assert len(shell("head -c 60000 /dev/zero").output) == 60_000


def test_codes_that_are_answers(started) -> None:
    assert shell("echo no; exit 3", answers=(0, 3)) == Done(3, b"no\n")
    assert (failure("exit 3").reason, failure("exit 3").code) == (Failure.FAILED, 3)


def test_a_program_may_close_its_pipes_and_work_on(started) -> None:
    assert shell("exec 1>&- 2>&-; cat > /dev/null; exit 7", b"x" * MEGABYTE, answers=(7,)) == Done(7, b"")


# ---- what it may take


def test_limits_hold_before_the_first_byte_is_handed_over(started) -> None:
    script = (
        "import sys; sys.stdin.read(); from resource import *;"
        "print([getrlimit(kind) for kind in (RLIMIT_CPU, RLIMIT_AS, RLIMIT_DATA, RLIMIT_CORE, RLIMIT_FSIZE)])"
    )
    for only_data in (False, True):
        said = ast.literal_eval(python(script, memory=300 * MEGABYTE, only_data=only_data).output.decode())
        processor, addresses, data, core, written = said
        assert processor == (int(LONG), int(LONG) + 1)
        assert (data if only_data else addresses) == (300 * MEGABYTE, 300 * MEGABYTE)
        assert core == written == (0, 0)


def test_wall_time_is_bounded(started) -> None:
    assert failure("cat > /dev/null; sleep 1000", seconds=0.1).reason == Failure.TIME
    assert failure("exec 1>&- 2>&-; sleep 1000", seconds=0.1).reason == Failure.TIME
    assert failure("sleep 1000", b"x" * MEGABYTE, seconds=0.1).reason == Failure.TIME, "it reads nothing"
    begun = len(started)
    assert failure("true", seconds=-1).reason == Failure.TIME
    assert len(started) == begun, "nothing is started after the deadline"


def test_processor_time_is_bounded(started, monkeypatch) -> None:
    """The clock stands still, so that the wall time is not what ends it."""
    limits: list[tuple[int, tuple[int, int]]] = []
    set_really = confined.resource.prlimit
    monkeypatch.setattr(confined.resource, "prlimit", lambda _pid, kind, given: limits.append((kind, given)))
    shell("true", seconds=4)
    assert (confined.resource.RLIMIT_CPU, (4, 5)) in limits
    soft = (confined.resource.RLIMIT_CPU, 1, 2)
    monkeypatch.setattr(
        confined.resource,
        "prlimit",
        lambda pid, kind, given: set_really(pid, kind, soft[1:] if kind == soft[0] else given),
    )
    assert failure("while :; do :; done").reason == Failure.TIME


def test_memory_is_bounded(started) -> None:
    for only_data in (False, True):
        with pytest.raises(ProgramError) as caught:
            python("import sys; sys.stdin.read(); bytearray(10**9)", memory=200 * MEGABYTE, only_data=only_data)
        assert caught.value.reason == Failure.MEMORY


def test_whom_the_machine_kills_took_too_much_memory(started) -> None:
    assert failure("kill -KILL $$").reason == Failure.MEMORY


@pytest.mark.parametrize(
    ("complaint", "reason"),
    [
        ("memory allocation of 4096 bytes failed", Failure.MEMORY),
        ("Fatal JavaScript OOM in Reached heap limit", Failure.MEMORY),
        ("thread panicked: capacity overflow", Failure.MEMORY),
        ("ModuleNotFoundError: No module named x", Failure.MISSING),
        ("there is no room in here", Failure.FAILED),
    ],
)
def test_the_reason_is_read_from_the_complaint(started, complaint: str, reason: Failure) -> None:
    error = failure(f"echo '{complaint}' >&2; exit 1")
    assert (error.reason, error.detail) == (reason, complaint + "\n")


def test_a_crash_is_a_failure(started) -> None:
    error = failure("kill -SEGV $$")
    assert (error.reason, error.code) == (Failure.FAILED, -signal.SIGSEGV)


def test_what_it_says_is_bounded(started) -> None:
    assert shell("head -c 1000 /dev/zero", output=1000).output == bytes(1000)
    assert failure("head -c 1001 /dev/zero", output=1000).reason == Failure.FAILED
    error = failure("yes", output=MEGABYTE)
    assert (error.reason, error.detail) == (Failure.FAILED, f"the program said more than {MEGABYTE} bytes")


def test_of_its_complaints_the_end_is_kept(started) -> None:
    error = failure("yes | head -c 3000000 >&2; printf '\\377the end' >&2; exit 1")
    assert error.reason == Failure.FAILED
    assert error.detail.endswith("\ufffdthe end")
    assert len(error.detail) == 500


def test_nothing_is_written(started, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert failure(f"cat; echo much > {kept} && exit 0; exit 5").code == 5
    assert not kept.exists() or not kept.stat().st_size


def test_it_learns_nothing_of_ours(started, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "very secret")
    monkeypatch.chdir(tmp_path)
    secret = os.open(tmp_path, os.O_RDONLY)
    os.set_inheritable(secret, True)
    try:
        said = python(
            f"import os; print(dict(os.environ), os.getcwd(), os.path.exists('/proc/self/fd/{secret}'))",
            environment={"TZ": "UTC"},
        )
    finally:
        os.close(secret)
    assert said.output == b"{'LC_ALL': 'C', 'TZ': 'UTC'} / False\n"


# ---- what it leaves behind


@contextlib.contextmanager
def lives(tmp_path: Path) -> Iterator[str]:
    """A pipe that somebody holds open as long as it lives: the end of it is read once all of them are gone."""
    pipe = tmp_path / "lives"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    yield str(pipe)
    os.set_blocking(reader, True)
    with os.fdopen(reader, "rb") as stream:
        assert stream.read() in (b"started\n", b"")  # nothing on a machine too busy to start it in time


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ("wait", Failure.TIME),
        ("yes", Failure.FAILED),
        ("kill -SEGV $$", Failure.FAILED),
        ("exit 1", Failure.FAILED),
    ],
)
def test_what_it_started_ends_with_it(started, tmp_path: Path, end: str, reason: Failure) -> None:
    with lives(tmp_path) as pipe:
        seconds = 0.5 if reason == Failure.TIME else LONG
        error = failure(f"exec 3>{pipe}; echo started >&3; sleep 1000 & {end}", output=MEGABYTE, seconds=seconds)
        assert error.reason == reason


def test_a_program_that_ends_well_leaves_nobody_behind_and_nobody_waits(started, tmp_path: Path) -> None:
    """The one it leaves holds the pipes open: they are not read until it ends."""
    with lives(tmp_path) as pipe:
        assert shell(f"exec 3>{pipe}; echo started >&3; sleep 1000 & echo done") == Done(0, b"done\n")


def test_nobody_waits_for_one_that_left_the_session(started) -> None:
    done = shell("setsid sleep 1000 & echo $!")
    os.kill(int(done.output), signal.SIGKILL)


def test_our_own_interruption_ends_it(started, monkeypatch, tmp_path: Path) -> None:
    def interrupted(_process_id: int) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(confined, "_has_ended", interrupted)
    with lives(tmp_path) as pipe, pytest.raises(KeyboardInterrupt):
        shell(f"exec 3>{pipe}; sleep 1000 & wait")
    assert started[0].returncode == -signal.SIGKILL


# ---- where it cannot run


def test_no_such_program(started, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("echo no first line that says by what\n")
    for mode in (0o644, 0o755):
        script.chmod(mode)
        assert stat.S_IMODE(script.stat().st_mode) == mode
        with pytest.raises(ProgramError) as caught:
            run([str(script)], b"", cage=cage())
        assert caught.value.reason == Failure.MISSING
    with pytest.raises(ProgramError, match="missing"):
        run([str(tmp_path / "absent")], b"", cage=cage())
    assert started == []


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_on_another_system_nothing_is_started_and_the_error_says_so(started, monkeypatch, platform: str) -> None:
    monkeypatch.setattr(confined.sys, "platform", platform)
    error = failure("true")
    assert error.reason == Failure.SYSTEM
    assert platform in error.detail
    assert started == []


def test_without_limits_it_does_not_run(started, monkeypatch) -> None:
    def refused(*_limit: object) -> None:
        raise PermissionError("not here")

    monkeypatch.setattr(confined.resource, "prlimit", refused)
    error = failure("cat; echo it ran")
    assert (error.reason, "not here" in error.detail) == (Failure.SYSTEM, True)
    assert started[0].returncode == -signal.SIGKILL


# ---- how many at a time


def test_a_place_is_waited_for_and_given_back() -> None:
    places = threading.BoundedSemaphore(1)
    with turn(places, 5) as deadline:
        assert 0 < deadline - time.monotonic() <= 5
        with pytest.raises(ProgramError) as caught, turn(places, 0.01):
            pytest.fail("there was no place")
        assert caught.value.reason == Failure.BUSY
    with pytest.raises(KeyError), turn(places, 5):
        raise KeyError
    with turn(places, 0.01):
        pass


def test_the_error_survives_a_queue() -> None:
    error = pickle.loads(pickle.dumps(ProgramError(Failure.FAILED, "why", 3)))
    assert (error.reason, error.detail, error.code) == (Failure.FAILED, "why", 3)
