"""A room full of phones: ``python -m tests.benchmarks.workshop_room [--phones 60 --reveals 5 --seconds 20]``.

The server as ``make run`` starts it (granian, one worker, one thread, SQLite in a scratch folder) and, in this process,
phones that ask every 1.5 s as static/chainmap/js/live.js does: with keep-alive, a little jitter and If-None-Match, each
at its own moment, 40 requests a second for 60 phones. They join by the code, answer while the timer runs, and the coach
reveals again and again. Told are p50, p95 and the largest time of a question that was answered by 304 and of one that
was answered by a new screen, errors, how long from the answer to the coach's tap until every phone had the result, and
the share of one processor the server took. Also the processor time of a 304 against an empty view of the same server.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
EVERY, JITTER = 1.5, 0.15
GOAL = 2.0  # seconds until all saw it
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_SAID = re.compile(rb'name="version" value="(\d+)"')
_KEY = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Answer:
    """What came back. ``seconds`` from the first byte sent to the last byte read."""

    status: int
    headers: bytes
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.headers, re.IGNORECASE)
        return found.group(1).decode() if found else ""


class Browser:
    """One keep-alive connection with its cookies: as much of a browser as a server notices."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None
        self.one_at_a_time = asyncio.Lock()

    async def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        body = urlencode(form).encode() if form is not None else b""
        head = {"Host": f"127.0.0.1:{self.port}", "Connection": "keep-alive", "X-Requested-With": "fetch"}
        if form is not None:
            head |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
        head |= {name.replace("_", "-"): value for name, value in headers.items()}
        head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in head.items())]
        async with self.one_at_a_time:
            start = time.perf_counter()
            if self.writer is None:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
            assert self.reader is not None
            self.writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
            answer = await self._read(self.reader, start)
        for name, value in re.findall(rb"\r\nset-cookie: *([^=]+)=([^;\r]*)", answer.headers, re.IGNORECASE):
            self.cookies[name.decode()] = value.decode()
        return answer

    async def _read(self, reader: asyncio.StreamReader, start: float) -> Answer:
        headers = await reader.readuntil(b"\r\n\r\n")
        status, length = int(headers.split(b" ", 2)[1]), _LENGTH.search(headers)
        body = b""
        if length is not None:
            body = await reader.readexactly(int(length.group(1)))
        elif b"chunked" in headers.lower():
            while size := int((await reader.readline()).split(b";")[0], 16):
                body += (await reader.readexactly(size + 2))[:-2]
            await reader.readline()
        return Answer(status, headers, body, time.perf_counter() - start)

    async def close(self) -> None:
        if self.writer is not None:
            self.writer.close()
            await self.writer.wait_closed()


@dataclass
class Figures:
    """What the phones met: seconds by kind, errors in words, and seconds from the coach's tap until all saw it."""

    unchanged: list[float] = field(default_factory=list)
    new: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)


class Phone:
    """Joins, follows, answers once per edition."""

    def __init__(self, number: int, port: int, room: int, figures: Figures, drawn: random.Random) -> None:
        self.number, self.room, self.figures, self.drawn = number, room, figures, drawn
        self.browser, self.tag, self.shown = Browser(port), "", b""
        self.saw = asyncio.Event()

    async def join(self, code: str) -> None:
        page = await self.browser.ask(f"/w/{code}/")
        key = _KEY.search(page.body.decode())
        assert key is not None, page.status
        form = {"csrfmiddlewaretoken": key.group(1), "name": f"Phone {self.number}", "who": ""}
        answer = await self.browser.ask(f"/w/{code}/", form)
        assert answer.status == 302, answer.status

    async def follow(self, end: Callable[[], bool]) -> None:
        await asyncio.sleep(self.drawn.random() * EVERY)
        while not end():
            started = time.perf_counter()
            await self.look()
            pause = EVERY + (self.drawn.random() - 0.5) * 2 * JITTER
            await asyncio.sleep(max(pause - (time.perf_counter() - started), 0))

    async def look(self) -> None:
        headers = {"If_None_Match": self.tag} if self.tag else {}
        answer = await self.browser.ask(f"/room/{self.room}/now/", **headers)
        if answer.status == 304:
            self.figures.unchanged.append(answer.seconds)
        elif answer.status == 200:
            self.figures.new.append(answer.seconds)
            self.tag, self.shown = answer.header("etag"), answer.body
            if b"now-result" in answer.body:
                self.saw.set()
        else:
            self.figures.errors.append(f"look {answer.status}")

    async def say(self, exercise: int) -> None:
        """Send an answer, and look at once as the script does."""
        key = _KEY.search(self.shown.decode())
        if key is None or b"now-card" not in self.shown:
            return
        form = {"key": "one", "words": f"Client {self.number % 7}", "csrfmiddlewaretoken": key.group(1)}
        answer = await self.browser.ask(f"/room/{self.room}/exercises/{exercise}/", form)
        self.figures.sent.append(answer.seconds)
        if answer.status != 200:
            self.figures.errors.append(f"say {answer.status} {answer.body[:80]!r}")
        await self.look()


class Coach:
    """Presses the buttons of the console."""

    def __init__(self, port: int, base: str, session: str) -> None:
        self.browser, self.base = Browser(port), base
        self.browser.cookies["sessionid"] = session

    async def press(self, step: str, exercise: int) -> float:
        """The moment at which the answer was there."""
        console = await self.browser.ask(f"{self.base}console/")
        version, key = _SAID.search(console.body), _KEY.search(console.body.decode())
        assert version is not None
        assert key is not None
        form = {"step": step, "exercise": str(exercise), "version": version.group(1).decode()}
        answer = await self.browser.ask(f"{self.base}step/", form | {"csrfmiddlewaretoken": key.group(1)})
        assert answer.status == 200, (step, answer.status)
        return time.perf_counter()


async def room(seed: dict[str, Any], port: int, phones: int, reveals: int, seconds: float) -> Figures:
    """Everybody joins, and then the coach starts and reveals; between the two everybody answers."""
    figures, drawn, over = Figures(), random.Random(7), False
    everybody = [Phone(number, port, seed["workshop"], figures, drawn) for number in range(phones)]
    for phone in everybody:
        await phone.join(seed["code"])
    coach = Coach(port, seed["base"], seed["session"])
    following = [asyncio.create_task(phone.follow(lambda: over)) for phone in everybody]
    try:
        for turn in range(reveals):
            for phone in everybody:
                phone.saw.clear()
            await coach.press("anew" if turn else "start", seed["exercise"])
            await asyncio.sleep(EVERY + 2 * JITTER)
            said = [_later(drawn.random() * seconds, phone.say, seed["exercise"]) for phone in everybody]
            await asyncio.gather(*said)
            start = await coach.press("reveal", seed["exercise"])
            await asyncio.wait_for(asyncio.gather(*(phone.saw.wait() for phone in everybody)), 20)
            figures.seen.append(time.perf_counter() - start)
        over = True
        await asyncio.gather(*following)
    finally:
        over = True
        for task in following:
            task.cancel()
        for browser in (coach.browser, *(phone.browser for phone in everybody)):
            await browser.close()
    return figures


async def _later(pause: float, call: Callable[..., Awaitable[None]], *given: Any) -> None:
    await asyncio.sleep(pause)
    await call(*given)


async def cost(seed: dict[str, Any], port: int, pid: int, times: int) -> tuple[float, float]:
    """Milliseconds of the server's processor time for one 304 and for the answer of an empty view."""
    phone = Phone(999, port, seed["workshop"], Figures(), random.Random(1))
    await phone.join(seed["code"])
    await phone.look()
    found = []
    for path, headers in ((f"/room/{seed['workshop']}/now/", {"If_None_Match": phone.tag}), ("/empty/", {})):
        for _number in range(30):
            await phone.browser.ask(path, **headers)
        before = cpu_seconds(pid)
        for _number in range(times):
            await phone.browser.ask(path, **headers)
        found.append(1e3 * (cpu_seconds(pid) - before) / times)
    await phone.browser.close()
    return found[0], found[1]


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and of those it started, as the system counts it."""
    ticks = 0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, listed) for found in (child, *_children(child))]


#: Those of `make run`, but for names of files of which none is asked for here.
SETTINGS = """
from config.settings import *
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
ROOT_URLCONF = "room_urls"
"""
URLS = """
from django.http import HttpResponse
from django.urls import include, path
urlpatterns = [path("empty/", lambda request: HttpResponse()), path("", include("config.urls"))]
"""


class Server:
    """Granian as in the Makefile, over a scratch data base with one open workshop; a context manager."""

    #: The module that fills the data base when it is called with ``--seed``.
    MODULE = "tests.benchmarks.workshop_room"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "room_settings.py").write_text(SETTINGS)
        (folder / "room_urls.py").write_text(URLS)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        path = os.pathsep.join([str(folder), str(ROOT)])
        self.environment = os.environ | {
            "CHAINMAP_DATA": str(folder),
            "PYTHONPATH": path,
            "DJANGO_SETTINGS_MODULE": "room_settings",
        }
        self.environment.pop("DATABASE_URL", None)

    def __enter__(self) -> Server:
        lines = self.run("-m", self.MODULE, "--seed").splitlines()
        self.seed: dict[str, Any] = {
            name: int(value) if value.isdigit() and name != "code" else value
            for name, _space, value in (line.partition(" ") for line in lines)
        }
        command = ["--interface", "wsgi", "config.wsgi:application", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", "1", "--blocking-threads", "1", "--log-level", "warning"]
        self.process = subprocess.Popen([sys.executable, "-m", "granian", *command], cwd=ROOT, env=self.environment)
        for _try in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        self.__exit__()
        raise RuntimeError("the server did not start")

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def seed() -> None:
    """Fill a new data base and say what the phones and the coach need, a name and a value a line."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from chainmap.models import Exercise
    from tests import cast
    from tests.workshop import make_workshop

    call_command("migrate", verbosity=0)
    organization = cast.make_organization("Acme")
    workshop, client = make_workshop(organization), Client()
    client.force_login(cast.make_cast(organization)["bob"])
    print("workshop", workshop.pk)
    print("code", workshop.code)
    print("base", f"/organizations/{organization.pk}/workshops/{workshop.pk}/")
    print("exercise", Exercise.objects.get(workshop=workshop, kind="client").pk)
    print("session", client.cookies["sessionid"].value)


def spread(times: Sequence[float]) -> str:
    """p50, p95 and the largest, in milliseconds."""
    ordered = sorted(times)
    if not ordered:
        return "none"
    p95 = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)]
    return f"{len(ordered)} times, p50 {1e3 * median(ordered):.1f} p95 {1e3 * p95:.1f} max {1e3 * ordered[-1]:.1f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phones", type=int, default=60)
    parser.add_argument("--reveals", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15.0, help="in which everybody answers, before each reveal")
    parser.add_argument("--seed", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seed:
        seed()
        return 0
    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server:
        pid = server.process.pid
        one, empty = asyncio.run(cost(server.seed, server.port, pid, 300))
        before, start = cpu_seconds(pid), time.perf_counter()
        found = asyncio.run(room(server.seed, server.port, options.phones, options.reveals, options.seconds))
        took, share = time.perf_counter() - start, cpu_seconds(pid) - before
    asked = len(found.unchanged) + len(found.new) + len(found.sent)
    print(f"{options.phones} phones, {asked / took:.0f} requests/s, server {100 * share / took:.0f} % of one processor")
    print(f"  a 304 costs {one:.2f} ms of processor, an empty view {empty:.2f} ms: {one / empty:.2f} times")
    print(f"  nothing new   {spread(found.unchanged)}")
    print(f"  a new screen  {spread(found.new)}")
    print(f"  an answer     {spread(found.sent)}")
    print(f"  errors        {len(found.errors)} {found.errors[:3]}")
    print(f"  reveal seen by all after {', '.join(f'{seconds:.2f}' for seconds in found.seen)} s (goal {GOAL:.0f} s)")
    return int(bool(found.errors) or max(found.seen) > GOAL)


if __name__ == "__main__":
    sys.exit(main())
