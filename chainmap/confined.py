"""Bytes in, bytes out, by a program in a cage: it can take too long, fill the memory or crash, and nothing else does.

Whatever draws, sets or reads for somebody runs like this. The program gets

- wall time until a deadline, and as much processor time as is left of it;
- so much memory, no core dump, and no byte of a file on the disk;
- so much room for what it says; more is a failure, and of its complaints only the end is kept;
- a session of its own, killed as a whole when the program ends, however it ends: no grandchild outlives it, unless it
  leaves the session, and then its processor time ends it. Every child is collected, so none stays as a zombie;
- nothing of ours: not the environment (keys, the address of the data base), no open file, not the working folder.

The limits are set from outside, before the first byte is handed over: a program that reads its input first works
within them from the start. That needs Linux; on another system nothing is started and the error says so.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

if sys.platform == "linux":
    import resource

__all__ = ["Cage", "Done", "Failure", "ProgramError", "run", "turn"]

#: All of its environment, but for what a cage adds: numbers and error texts without the machine's language.
_ENVIRONMENT = {"LC_ALL": "C"}
#: Bytes a program may say: several times the largest picture or document we know of.
MOST_OUTPUT = 64 * 2**20
#: Bytes of its complaints that are kept, from the end; the signs of little memory are looked for in them.
_COMPLAINT = 64 * 1024
#: Characters of a complaint for the log.
_DETAIL = 500
#: Seconds after which we look whether a program has ended that closed its pipes, or whose children hold them open.
_TICK = 0.05
_FIRST_TICK = 0.0002
_CHUNK = 64 * 1024
#: Reads of a pipe after the end of its program: more than any pipe can still hold.
_LAST_READS = 32
_MISSING_ERRORS = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ENOEXEC})
#: How programs in C, Rust, Python and JavaScript say that the memory was not enough.
_MEMORY_SIGNS = (
    b"out of memory", b"memory allocation", b"cannot allocate", b"memoryerror", b"capacity overflow",
    b"javascript oom", b"failed to map segment",
)  # fmt: skip


class Failure(StrEnum):
    """Why a program did not do its work."""

    TIME = "time"
    MEMORY = "memory"
    BUSY = "busy"
    FAILED = "failed"
    MISSING = "missing"
    SYSTEM = "system"


class ProgramError(Exception):
    """A program did not do its work; ``detail`` is for the log, ``code`` how it ended (below 0: by a signal)."""

    def __init__(self, reason: Failure, detail: str = "", code: int | None = None) -> None:
        self.reason = reason
        self.detail = detail
        self.code = code
        super().__init__(reason, detail, code)


@dataclass(frozen=True, slots=True)
class Cage:
    """What one run may take."""

    deadline: float  # of time.monotonic()
    memory: int | None = None  # bytes of address space, at least 1; None where the program bounds itself
    only_data: bool = False  # bounds the data segment instead, for a program that reserves more than it takes
    output: int = MOST_OUTPUT  # bytes
    environment: Mapping[str, str] | None = None  # what is added to LC_ALL=C

    def left(self) -> float:
        """Seconds until the deadline, below 0 when it has passed."""
        return self.deadline - time.monotonic()


@dataclass(frozen=True, slots=True)
class Done:
    """What a program said, and its exit code: one of those that were called answers."""

    code: int
    output: bytes


@contextlib.contextmanager
def turn(places: threading.Semaphore, seconds: float) -> Iterator[float]:
    """Hold one of the places; yields the deadline ``seconds`` from now, waiting included.

    Raises ProgramError (busy).
    """
    deadline = time.monotonic() + seconds
    if not places.acquire(timeout=seconds):
        raise ProgramError(Failure.BUSY)
    try:
        yield deadline
    finally:
        places.release()


def run(command: Sequence[str], given: bytes, *, cage: Cage, answers: Collection[int] = (0,)) -> Done:
    """Give ``given`` to the program's standard input and return what it writes, if it ends with one of ``answers``.

    Raises ProgramError: time, memory, failed (a crash, another exit code, too much said), missing (no such program),
    system (not on this one). What a program says may be garbage; that is for the caller to judge.
    """
    if sys.platform != "linux":
        raise ProgramError(Failure.SYSTEM, f"programs can be confined on Linux alone, not on {sys.platform}")
    if cage.left() <= 0:
        raise ProgramError(Failure.TIME)
    child = _started(command, _ENVIRONMENT | dict(cage.environment or {}))
    try:
        _limit(child.pid, cage)
        output, complaint = _talk(child, given, cage)
    finally:
        _end(child)
    if child.returncode in answers:
        return Done(child.returncode, output)
    raise ProgramError(_reason(child.returncode, complaint), _readable(complaint), child.returncode)


def _started(command: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env=environment,
            start_new_session=True,
            restore_signals=False,  # a file it may not write is an error it can tell, as in Python, and no signal
        )
    except OSError as error:
        reason = Failure.MISSING if error.errno in _MISSING_ERRORS else Failure.FAILED
        raise ProgramError(Failure.MEMORY if error.errno == errno.ENOMEM else reason, str(error)) from error


def _limit(process_id: int, cage: Cage) -> None:
    """From here on it is bounded. Raises ProgramError (system) where the machine does not let us."""
    seconds = max(int(cage.left()) + 1, 1)
    limits = [
        (resource.RLIMIT_CPU, seconds, seconds + 1),  # a signal that tells why; a second later one that none ignores
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
    ]
    if cage.memory is not None:
        limits.append((resource.RLIMIT_DATA if cage.only_data else resource.RLIMIT_AS, cage.memory, cage.memory))
    try:
        for kind, soft, hard in limits:
            resource.prlimit(process_id, kind, (soft, hard))
    except ProcessLookupError:
        pass  # it has ended already; its exit code tells
    except (OSError, ValueError) as error:
        raise ProgramError(Failure.SYSTEM, f"the limits of a program could not be set: {error}") from error


class _Heard:
    """What came through one pipe: all of it up to a bound, or the end of it."""

    def __init__(self, most: int, *, keep_end: bool) -> None:
        self.said = bytearray()
        self._most = most
        self._keep_end = keep_end

    def add(self, chunk: bytes) -> None:
        """Raises ProgramError (failed) where there is more than may be."""
        self.said += chunk
        if len(self.said) > self._most:
            if not self._keep_end:
                raise ProgramError(Failure.FAILED, f"the program said more than {self._most} bytes")
            del self.said[: -self._most]


def _talk(child: subprocess.Popen[bytes], given: bytes, cage: Cage) -> tuple[bytes, bytes]:
    """Feed it and listen until it has ended. Raises ProgramError (time; failed: too much was said)."""
    feed, answer, complaint = (pipe for pipe in (child.stdin, child.stdout, child.stderr) if pipe is not None)
    heard = {answer: _Heard(cage.output, keep_end=False), complaint: _Heard(_COMPLAINT, keep_end=True)}
    rest, silent = memoryview(given), _FIRST_TICK
    with selectors.DefaultSelector() as selector:
        _listen(selector, feed, selectors.EVENT_WRITE)
        for pipe in heard:
            _listen(selector, pipe, selectors.EVENT_READ)
        while not _has_ended(child.pid):
            left = cage.left()
            if left <= 0:
                raise ProgramError(Failure.TIME)
            is_silent = not selector.get_map()  # it ended this moment, as a rule
            silent = min(2 * silent, _TICK) if is_silent else silent
            for key, _events in selector.select(min(left, silent if is_silent else _TICK)):
                if key.fileobj is feed:
                    rest = _feed(selector, feed, rest)
                else:
                    _hear(selector, key.fileobj, heard)
    _kill(child.pid)  # whoever it left behind writes no more; what is in the pipes is the last
    for pipe, what in heard.items():
        _drain(pipe, what)
    return bytes(heard[answer].said), bytes(heard[complaint].said)


def _listen(selector: selectors.BaseSelector, pipe: IO[bytes], event: int) -> None:
    os.set_blocking(pipe.fileno(), False)
    selector.register(pipe, event)


def _feed(selector: selectors.BaseSelector, pipe: IO[bytes], rest: memoryview) -> memoryview:
    """Hand over what the pipe takes; returns what is left. A program need not read to the end."""
    try:
        rest = rest[os.write(pipe.fileno(), rest[:_CHUNK]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        rest = rest[:0]
    if not rest:
        selector.unregister(pipe)
        pipe.close()
    return rest


def _hear(selector: selectors.BaseSelector, pipe: object, heard: Mapping[IO[bytes], _Heard]) -> None:
    for known, what in heard.items():
        if known is pipe:
            chunk = os.read(known.fileno(), _CHUNK)
            what.add(chunk)
            if not chunk:
                selector.unregister(known)


def _drain(pipe: IO[bytes], heard: _Heard) -> None:
    with contextlib.suppress(BlockingIOError):  # held open by one that left the session
        for _read in range(_LAST_READS):
            chunk = os.read(pipe.fileno(), _CHUNK)
            if not chunk:
                return
            heard.add(chunk)


def _has_ended(process_id: int) -> bool:
    """Whether it has; it is not collected yet, so that its number cannot be somebody else's."""
    try:
        return os.waitid(os.P_PID, process_id, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True  # collected by somebody else


def _kill(process_id: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process_id, signal.SIGKILL)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill it with everything it started, collect it and close its pipes."""
    if child.returncode is None:
        _kill(child.pid)
    child.wait()
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()


def _reason(code: int, complaint: bytes) -> Failure:
    lowered = complaint.lower()
    if code == -signal.SIGXCPU:
        return Failure.TIME
    # the only one but us who kills so is the machine, when its memory is full
    if code == -signal.SIGKILL or any(sign in lowered for sign in _MEMORY_SIGNS):
        return Failure.MEMORY
    return Failure.MISSING if b"no module named" in lowered else Failure.FAILED


def _readable(complaint: bytes) -> str:
    return complaint.decode("utf-8", "replace")[-_DETAIL:]
